# SPDX-License-Identifier: Apache-2.0
"""The composite action and the example workflows of ci/github run on the example's models."""

from __future__ import annotations

import contextlib
import json
import os
import signal as signals
import subprocess
import unittest

from actions import ACTION, Runner, load, run_workflow
from user import BLOCKED, PASSING, REPOSITORY, VERSION, WHEEL, Case, write_script

EXAMPLES = REPOSITORY / "ci/github/examples"


class Action(Case):
    def act(self, model: str = BLOCKED, environment: dict | None = None, **given: str):
        runner = Runner(self.repository(model), environment or self.environment)
        return runner, runner.run_action({k.replace("_", "-"): v for k, v in given.items()})

    def test_a_blocked_candidate_fails_the_job_and_the_reports_are_uploaded(self) -> None:
        runner, result = self.act(version=VERSION, index=self.index)
        self.assertEqual(result.conclusion, "failure")
        self.assertEqual(result.step("Judge the candidate").code, 1, result.text)
        self.assertEqual((result.outputs["verdict"], result.outputs["exit-code"]), ("block", "1"))
        self.assertEqual(result.step("Upload the reports").conclusion, "success")
        uploaded = runner.artifacts / "modelgate-report"
        report = json.loads((uploaded / "report.json").read_text(encoding="utf-8"))
        self.assertEqual(report["verdict"], "block")
        self.assertEqual(int(result.outputs["failed"]), sum(check["blocking"] for check in report["checks"]))
        for name in ("junit", "json", "html", "summary"):
            self.assertTrue((runner.workspace / result.outputs[name]).is_file(), f"{name}: {result.outputs}")

    def test_a_good_candidate_passes_with_modelgate_on_the_path(self) -> None:
        _, result = self.act(PASSING, self.with_binary(), install="none")
        self.assertEqual(result.conclusion, "success", result.text)
        self.assertEqual((result.outputs["verdict"], result.outputs["exit-code"], result.outputs["failed"]), ("pass", "0", "0"))
        self.assertEqual(result.step("Install modelgate in an environment of its own").conclusion, "skipped")

    def test_every_input_reaches_the_gate_and_none_is_read_as_shell(self) -> None:
        runner = Runner(self.repository(PASSING), self.with_binary())
        (runner.workspace / "models/candidate.pt").rename(runner.workspace / "models/it's new.pt")
        (runner.workspace / "golden/golden.parquet").rename(runner.workspace / "golden/fresh.parquet")
        result = runner.run_action({
            "install": "none", "candidate": "models/it's new.pt", "production": "models/production.pt",
            "dataset": "golden/fresh.parquet", "output": "reports/$(touch owned)/", "args": "--only\naccuracy\n--seed\n7\n"})
        report = json.loads((runner.workspace / "reports/$(touch owned)/report.json").read_text(encoding="utf-8"))
        self.assertEqual(report["run"]["seed"], 7)
        self.assertEqual(report["scope"], "partial")
        self.assertTrue(report["models"]["candidate"]["path"].endswith("it's new.pt"), report["models"])
        self.assertFalse((runner.workspace / "owned").exists())
        self.assertEqual(result.outputs["verdict"], "pass", result.text)

    def test_a_wrong_gate_file_ends_with_2_and_a_gate_that_is_not_there_with_error(self) -> None:
        _, result = self.act(PASSING, self.with_binary(), install="none", config="no.yaml")
        self.assertEqual((result.step("Judge the candidate").code, result.outputs["verdict"], result.outputs["exit-code"]),
                         (2, "error", "2"))
        runner = Runner(self.repository(PASSING, "bare"), self.environment)
        result = runner.run_action({"install": "none"})
        self.assertEqual((result.conclusion, result.outputs["verdict"], result.outputs["exit-code"]), ("failure", "error", "127"))

    def test_a_committed_report_is_never_uploaded_as_this_run_s(self) -> None:
        for given in ({"install": "dist/no.whl"}, {"install": "none"}):
            with self.subTest(given):
                runner = Runner(self.repository(PASSING, f"forged-{len(given['install'])}"), self.environment)
                forged = runner.workspace / "modelgate-report"
                forged.mkdir()
                for name in ("junit.xml", "report.json", "summary.md", "report.html"):
                    (forged / name).write_text("passed", encoding="utf-8")
                result = runner.run_action(given)
                self.assertEqual(result.conclusion, "failure", result.text)
                self.assertEqual([path.name for path in runner.artifacts.rglob("*") if path.is_file()], [])

    def test_inputs_that_cannot_be_right_are_refused_in_a_sentence_before_anything_is_installed(self) -> None:
        for number, (given, words) in enumerate([
                ({}, "give the input install"), ({"version": VERSION, "install": "none"}, "not both"),
                ({"version": ">=0.1"}, "one exact version"), ({"version": VERSION}, "needs the input index"), ({"install": "dist/no.whl"}, "path of a wheel"),
                ({"install": "none", "config": ""}, "config is empty"), ({"install": "none", "output": "./"}, "output"),
                ({"install": "none", "install-only": "yes"}, "install-only")]):
            with self.subTest(given):
                workspace = self.folder / f"empty-{number}"
                workspace.mkdir()
                result = Runner(workspace, self.environment).run_action(given)
                self.assertEqual([s.conclusion for s in result.steps][:4], ["failure", "skipped", "skipped", "skipped"])
                self.assertRegex(result.text, rf"::error title=modelgate::.*{words}")

    def test_the_signal_of_a_cancelled_job_reaches_the_gate(self) -> None:
        """GitHub signals the step's shell alone; a stand-in for modelgate says whether it heard."""
        os.mkfifo(self.folder / "started")
        (self.folder / "tools").mkdir()
        write_script(self.folder / "tools/modelgate", 'trap "exit 77" INT TERM\necho >started\nwhile :; do read -r _ <never; done 2>/dev/null')
        os.mkfifo(self.folder / "never")
        script = next(step["run"] for step in load(ACTION)["runs"]["steps"] if step.get("id") == "gate")
        (self.folder / "script.sh").write_text(script)
        for signal in ("SIGINT", "SIGTERM"):
            environment = {"CONFIG": "c", "OUTPUT": "o", "CANDIDATE": "", "PRODUCTION": "", "DATASET": "", "MORE": "",
                           "GITHUB_OUTPUT": str(self.folder / "outputs"), "PATH": f"{self.folder}/tools:{os.environ['PATH']}"}
            step = subprocess.Popen(["bash", "-e", "script.sh"], cwd=self.folder, env=environment, start_new_session=True)
            self.addCleanup(end_group, step.pid)
            (self.folder / "started").read_text()
            step.send_signal(getattr(signals, signal))
            self.assertEqual(step.wait(20), 77, signal)

    def test_a_wheel_is_installed_beside_the_workflows_own_python(self) -> None:
        runner, result = self.act(install=f"tools/{WHEEL}", install_only="true")
        self.assertEqual(result.conclusion, "success", result.text)
        self.assertEqual(result.step("Judge the candidate").conclusion, "skipped")
        first = runner.environment["PATH"].split(":")[0]
        self.assertEqual([p.name for p in sorted((runner.temp / "modelgate-command").iterdir())], ["modelgate"])
        self.assertEqual(first, str(runner.temp / "modelgate-command"))


def end_group(leader: int) -> None:
    """Ends what a step may have left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signals.SIGKILL)


class Workflows(Case):
    def with_github_command(self, comments: str) -> dict[str, str]:
        """A gh that answers with the comments given and keeps what it is told to write."""
        tools = self.folder / "tools"
        tools.mkdir()
        write_script(tools / "gh", f'echo "$@" >>"{self.folder}/gh.log"\ncase "$*" in *--jq*) printf "{comments}" ;;\n'
                                   f'*comment.md*) cp comment.md "{self.folder}/comment.md" ;; esac')
        return self.environment | {"PATH": f"{tools}:{self.environment['PATH']}"}

    def pull_request(self, comments: str, head: str = "your-org/fraud"):
        event = {"pull_request": {"number": 12, "head": {"repo": {"full_name": head}}}}
        return run_workflow(EXAMPLES / "pull-request.yml", self.repository(BLOCKED), self.with_github_command(comments),
                            {"event": event})

    def test_a_pull_request_with_a_blocked_candidate_is_red_and_gets_one_comment(self) -> None:
        results = self.pull_request(comments="")
        self.assertEqual((results["gate"].conclusion, results["comment"].conclusion), ("failure", "success"))
        self.assertIn("--method POST repos/your-org/fraud/issues/12/comments", (self.folder / "gh.log").read_text())
        comment = (self.folder / "comment.md").read_text(encoding="utf-8")
        self.assertTrue(comment.startswith("<!-- modelgate -->\n"))
        self.assertRegex(comment.lower(), "block")
        self.assertLess(len(comment), 65536)

    def test_the_comment_that_is_there_is_renewed(self) -> None:
        self.pull_request(comments="77\\n")
        self.assertIn("--method PATCH repos/your-org/fraud/issues/comments/77", (self.folder / "gh.log").read_text())

    def test_a_pull_request_of_a_fork_is_judged_and_gets_no_comment(self) -> None:
        results = self.pull_request(comments="", head="someone/fraud")
        self.assertEqual((results["gate"].conclusion, results["comment"].conclusion), ("failure", "skipped"))

    def test_a_release_deploys_what_passed(self) -> None:
        results = run_workflow(EXAMPLES / "release.yml", self.repository(PASSING), self.environment)
        self.assertEqual({name: r.conclusion for name, r in results.items()}, {"gate": "success", "deploy": "success"},
                         results["deploy"].text)
        self.assertEqual((self.folder / "repository-deploy/deployed.txt").read_text(), "models/candidate.pt\n")

    def test_a_release_deploys_nothing_that_is_blocked(self) -> None:
        results = run_workflow(EXAMPLES / "release.yml", self.repository(BLOCKED), self.environment)
        self.assertEqual({name: r.conclusion for name, r in results.items()}, {"gate": "failure", "deploy": "skipped"})

    def test_the_nightly_run_judges_the_fresh_rows(self) -> None:
        results = run_workflow(EXAMPLES / "nightly.yml", self.repository(PASSING), self.environment)
        self.assertEqual(results["gate"].conclusion, "success", results["gate"].text)
        report = json.loads((self.folder / "artifacts-of-the-run/modelgate-report/report.json").read_text(encoding="utf-8"))
        self.assertTrue(report["dataset"]["path"].endswith("golden/fresh.parquet"), report["dataset"])


if __name__ == "__main__":
    unittest.main()
