# SPDX-License-Identifier: Apache-2.0
"""What GitHub Actions shows of a run: annotations on standard output, the job summary and the step's outputs."""

from __future__ import annotations

import re
import unittest

from support import GATE, Case, Run, run_modelgate

COMMAND = re.compile(r"::(error|warning) (?:file=([^,:]*),line=(\d+),)?title=([^:]*?)::(.*)")


def unescaped(text: str) -> str:
    """As GitHub's runner reads data and properties back."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


class GitHub(Case):
    """A workspace whose gate lies in a folder of it."""

    def setUp(self) -> None:
        super().setUp()
        self.summary, self.output = self.folder / "step_summary.md", self.folder / "step_output"
        self.environment = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.folder.parent),
                            "GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_OUTPUT": str(self.output)}

    def gate_run(self, *arguments: object, **changes: str) -> Run:
        return self.run_gate(*arguments, environment=self.environment | changes)

    def commands(self, run: Run) -> list[tuple]:
        """(level, file, line, title, message) of every line of either stream that GitHub would run."""
        lines = [line for line in (run.stdout + run.stderr).splitlines() if line.lstrip().startswith("::") or "##[" in line]
        read = [COMMAND.fullmatch(line) for line in lines]
        self.assertNotIn(None, read, f"a line that is no annotation: {lines}")
        return [(m[1], unescaped(m[2] or ""), int(m[3] or 0), unescaped(m[4]), unescaped(m[5])) for m in read]

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())

    def test_a_block_is_annotated_on_the_lines_of_the_gate_file(self) -> None:
        run = self.gate_run("--candidate", "bad.csv")
        self.assert_code(run, 1)
        errors = [c for c in self.commands(run) if c[0] == "error"]
        self.assertEqual(len(errors), sum(c["blocking"] for c in run.report["checks"]))
        gate = (self.folder / "modelgate.yaml").read_text().splitlines()
        for _, file, line, title, message in errors:
            self.assertEqual(file, f"{self.folder.name}/modelgate.yaml")
            metric = re.match(r"\w+", title)[0]
            self.assertIn(metric, gate[line - 1])
            self.assertIn(message.splitlines()[0], {c["message"] for c in run.report["checks"] if c["blocking"]})

    def test_commands_come_after_the_table_and_with_quiet_too(self) -> None:
        run = self.gate_run("--candidate", "bad.csv")
        self.assertLess(run.stdout.index("BLOCK"), run.stdout.index("::error"))
        quiet = self.gate_run("--candidate", "bad.csv", "--quiet")
        self.assertEqual(self.commands(quiet), self.commands(run))
        self.assertTrue(quiet.stdout.startswith("block: "))

    def test_elsewhere_nothing_is_told(self) -> None:
        for environment in ({}, {"GITLAB_CI": "true", "CI": "true"}, {"BUILD_URL": "https://jenkins.example/1"},
                            {"GITHUB_ACTIONS": "false"}):
            run = self.run_gate("--candidate", "bad.csv",
                                environment={k: v for k, v in self.environment.items() if k != "GITHUB_ACTIONS"} | environment)
            self.assertEqual(self.commands(run), [], environment)
            self.assertFalse(self.summary.exists() or self.output.exists())

    def test_nine_of_many_and_a_tenth_that_counts_the_rest(self) -> None:
        columns = [f"{{metric: accuracy, min: 0.99{i:02d}, id: strict_{i}}}" for i in range(30)]
        warned = [f"{{metric: recall, min: 0.99{i:02d}, id: warned_{i}, severity: warn}}" for i in range(12)]
        head, _ = GATE.split("checks:")
        self.gate(head + "checks:\n  accuracy:\n" + "".join(f"    - {c}\n" for c in columns + warned))
        run = self.gate_run()
        self.assert_code(run, 1)
        for level, count in (("error", 30), ("warning", 12)):
            told = [c for c in self.commands(run) if c[0] == level]
            self.assertEqual(len(told), 10)
            self.assertRegex(told[-1][3], f"^and {count - 9} more ")
        levels = [c[0] for c in self.commands(run)]
        self.assertEqual(levels, sorted(levels), "errors come first")

    def test_one_cause_is_one_annotation(self) -> None:
        (self.folder / "bad.csv").unlink()
        run = self.gate_run("--candidate", "bad.csv")
        self.assert_code(run, 3)
        errors = self.commands(run)
        self.assertEqual([c[0] for c in errors], ["error"])
        self.assertIn("checks, one cause", errors[0][3])
        self.assertIn("bad.csv", errors[0][4])

    def test_an_error_of_the_gate_file_names_its_line(self) -> None:
        self.gate(GATE, ("max_regression: 0.05}", "max_regresion: 0.05}"))
        run = self.gate_run()
        self.assert_code(run, 2)
        (level, file, line, _, message), = self.commands(run)
        self.assertEqual((level, file), ("error", f"{self.folder.name}/modelgate.yaml"))
        self.assertIn("max_regresion", (self.folder / "modelgate.yaml").read_text().splitlines()[line - 1])
        self.assertIn("max_regression", message)
        self.assertEqual(self.outputs()["verdict"], "error")
        self.assertEqual(self.outputs()["exit-code"], "2")
        self.assertIn("max_regresion", self.summary.read_text())

    def test_a_pass_says_so_without_an_error(self) -> None:
        run = self.gate_run()
        self.assert_code(run, 0)
        self.assertEqual([c for c in self.commands(run) if c[0] == "error"], [])
        self.assertEqual(self.outputs() | {"verdict": "pass", "exit-code": "0", "failed": "0"}, self.outputs())
        self.assertTrue(self.summary.read_text().startswith("## modelgate: tiny pass"))

    def test_outputs_are_those_of_the_reports(self) -> None:
        run = self.gate_run("--candidate", "bad.csv")
        told = self.outputs()
        self.assertEqual(told["verdict"], run.report["verdict"])
        self.assertEqual(int(told["exit-code"]), run.code)
        self.assertEqual(int(told["failed"]), sum(c["blocking"] for c in run.report["checks"]))
        for name, file in (("junit", "junit.xml"), ("json", "report.json"), ("summary", "summary.md")):
            self.assertEqual(told[name], f"{self.folder.name}/out/{file}")
            self.assertTrue((self.folder.parent / told[name]).is_file())

    def test_the_summary_is_appended_within_its_limit(self) -> None:
        self.summary.write_text("what an earlier step wrote")
        self.gate_run()
        text = self.summary.read_text()
        self.assertTrue(text.startswith("what an earlier step wrote\n\n## modelgate: tiny pass"), text[:80])
        self.summary.write_text("x" * 899_000 + "\n")
        self.gate_run()
        self.assertLessEqual(self.summary.stat().st_size, 900_000)
        self.assertIn("tiny pass", self.summary.read_text())
        self.summary.write_text("x" * 900_000 + "\n")
        full = self.gate_run()
        self.assert_code(full, 0)
        self.assertEqual(self.summary.stat().st_size, 900_001)
        self.assertIn("summary is full", full.stderr)

    def test_files_that_cannot_be_written_are_a_warning(self) -> None:
        run = self.gate_run(GITHUB_STEP_SUMMARY="/proc/nowhere/summary", GITHUB_OUTPUT=str(self.folder))
        self.assert_code(run, 0)
        for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
            self.assertIn(f"warning: {name} cannot be written", run.stderr)

    def test_a_file_outside_of_the_workspace_is_not_named(self) -> None:
        run = self.gate_run("--candidate", "bad.csv", GITHUB_WORKSPACE=str(self.folder / "out"))
        self.assertEqual({(c[1], c[2]) for c in self.commands(run)}, {("", 0)})

    def test_hostile_names_run_no_command(self) -> None:
        hostile = "::error title=owned::%0A::stop-commands::x"
        self.data["group"] = self.data["group"].astype("U64")
        self.data["group"][self.data["group"] == "a"] = hostile
        self.write_golden(self.data)
        (self.folder / f"{hostile.replace('/', '_')}.csv").write_bytes((self.folder / "bad.csv").read_bytes())
        run = self.gate_run("--candidate", f"{hostile}.csv", "--set", f"candidate.version=##[error]{hostile}")
        self.assert_code(run, 1)
        self.assertTrue(any(hostile in c[3] + c[4] for c in self.commands(run)), "the name is shown as it is")
        missing = self.gate_run("--candidate", f"::warning::{hostile}.csv")
        self.assert_code(missing, 3)
        self.commands(missing)
        unknown = self.gate_run("--dataset", "\n::set-output name=verdict::pass")
        self.assert_code(unknown, 2)
        self.commands(unknown)
        self.assertEqual(self.outputs()["verdict"], "error")

    def test_a_path_with_a_line_break_forges_no_output(self) -> None:
        out = self.folder / "a\nverdict=pass"
        run = self.gate_run("--candidate", "bad.csv", "-o", f"{out}.json")
        self.assert_code(run, 1)
        lines = self.output.read_text().splitlines()
        self.assertEqual([line for line in lines if line.startswith("verdict=")], ["verdict=block"])

    def test_predictions_validate_and_plan_print_no_command_either(self) -> None:
        name = "::error::x.yaml"
        (self.folder / name).write_text((self.folder / "modelgate.yaml").read_text())
        for command in ("validate", "plan"):
            run = run_modelgate(command, "-c", name, cwd=self.folder, environment=self.environment)
            self.assert_code(run, 0)
            self.assertEqual(self.commands(run), [], command)


if __name__ == "__main__":
    unittest.main()
