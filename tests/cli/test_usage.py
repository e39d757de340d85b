# SPDX-License-Identifier: Apache-2.0
"""Options and gate-file mistakes: exit 2 with a line, a word meant, and no stale pass left behind; exit 4; commands."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from support import BINARY, GATE, Case, run_modelgate

STALE_PASS = ('<?xml version="1.0"?><testsuites name="modelgate" tests="1" failures="0" errors="0">'
              '<testsuite name="tiny.accuracy" tests="1"><testcase name="a" classname="tiny.accuracy"/></testsuite>'
              '</testsuites>')


class GateFileMistakes(Case):
    def assert_usage_error(self, run, *words: str) -> None:
        self.assert_code(run, 2)
        for word in words:
            self.assertIn(word, run.stderr)
        self.assertEqual(run.stdout, "")

    def test_an_unknown_key_is_named_with_line_and_the_word_meant(self) -> None:
        self.gate(GATE, ("on_inconclusive: guard", "on_inconclusiv: guard"))
        self.assert_usage_error(self.run_gate(), "modelgate.yaml:4", "on_inconclusiv", "on_inconclusive")

    def test_an_unknown_metric_suggests_the_one_meant(self) -> None:
        self.gate(GATE, ("metric: roc_auc", "metric: rocauc"))
        self.assert_usage_error(self.run_gate(), "modelgate.yaml:15", "roc_auc")

    def test_every_mistake_is_reported_at_once(self) -> None:
        self.gate(GATE, ("task: binary", "task: binry"), ("metric: roc_auc", "metric: rocauc"))
        self.assert_usage_error(self.run_gate(), "modelgate.yaml:3", "modelgate.yaml:15")

    def test_on_inconclusive_has_no_default(self) -> None:
        self.gate(GATE, ("on_inconclusive: guard\n", ""))
        self.assert_usage_error(self.run_gate(), "on_inconclusive")

    def test_a_duplicate_key_is_refused(self) -> None:
        self.gate(GATE + "name: again\n")
        self.assert_usage_error(self.run_gate(), "name")

    def test_anchors_are_refused(self) -> None:
        self.gate(GATE, ("name: tiny", "name: &anchor tiny"))
        self.assert_usage_error(self.run_gate(), "modelgate.yaml:2")

    def test_a_gate_without_checks_is_refused(self) -> None:
        self.gate(GATE[:GATE.index("checks:")] + "checks: {}\n")
        self.assert_usage_error(self.run_gate(), "checks")

    def test_a_check_without_limit_is_refused(self) -> None:
        self.gate(GATE, ("{metric: roc_auc, max_regression: 0.05}", "{metric: roc_auc}"))
        self.assert_usage_error(self.run_gate(), "modelgate.yaml:15")

    def test_what_is_not_built_is_refused_by_name(self) -> None:
        self.gate(GATE, ("output: {", "runtime: {device: mps}\noutput: {"))
        self.assert_usage_error(self.run_gate(), "device: mps")

    def test_a_missing_gate_file_is_named(self) -> None:
        (self.folder / "modelgate.yaml").unlink()
        self.assert_usage_error(self.run_gate(), "modelgate.yaml")
        self.assert_usage_error(self.run_gate(), "modelgate init --candidate")

    def test_a_usage_error_replaces_a_stale_pass(self) -> None:
        out = self.folder / "out"
        out.mkdir()
        (out / "junit.xml").write_text(STALE_PASS)
        self.gate(GATE, ("task: binary", "task: binry"))
        self.assert_code(self.run_gate(), 2)
        self.assert_error_report(out / "junit.xml")

    def test_a_data_error_replaces_a_stale_pass(self) -> None:
        out = self.folder / "out"
        out.mkdir()
        (out / "junit.xml").write_text(STALE_PASS)
        (self.folder / "golden.parquet").unlink()
        self.assert_code(self.run_gate(), 3)
        self.assert_error_report(out / "junit.xml")


class Options(Case):
    def test_an_unknown_option_is_a_usage_error(self) -> None:
        run = run_modelgate("run", "--candidat", "x.pt", cwd=self.folder)
        self.assert_code(run, 2)
        self.assertTrue(run.stderr)

    def test_an_unknown_command_is_a_usage_error(self) -> None:
        run = run_modelgate("rnu", cwd=self.folder)
        self.assert_code(run, 2)
        self.assertIn("rnu", run.stderr)
        self.assertIn("--help", run.stderr)

    def test_only_judges_what_is_named_and_says_that_the_scope_is_partial(self) -> None:
        run = self.run_gate("--only", "bias")
        self.assert_code(run, 0)
        self.assertEqual(run.report["scope"], "partial")
        outcomes = {i: c["outcome"] for i, c in run.checks.items()}
        self.assertEqual(outcomes["bias.demographic_parity_difference.max.attribute=group"], "pass")
        self.assertEqual(outcomes["accuracy.accuracy.min"], "not_selected")
        skipped = {c.get("name") for c in run.junit.iter("testcase") if c.find("skipped") is not None}
        self.assertIn("accuracy.accuracy.min", skipped)
        self.assert_code(self.run_gate("--only", "acuracy"), 2)

    def test_set_reaches_the_dataset_and_the_report_says_so(self) -> None:
        os.rename(self.folder / "golden.parquet", self.folder / "moved.parquet")
        run = self.run_gate("--set", "dataset.path=moved.parquet")
        self.assert_code(run, 0)
        self.assertIn("dataset.path", json.dumps(run.report["run"]["overrides"]))

    def test_set_never_reaches_a_limit(self) -> None:
        for key in ("checks.accuracy.0.min=0.1", "on_inconclusive=warn", "candidate.sha256=" + "0" * 64):
            self.assert_code(self.run_gate("--set", key), 2)

    def test_overrides_change_the_digest_of_the_effective_gate(self) -> None:
        plain, changed = self.run_gate(), self.run_gate("--set", "runtime.threads=2")
        self.assertNotEqual(plain.report["run"]["gate_sha256"], changed.report["run"]["gate_sha256"])

    def test_command_line_paths_are_relative_to_the_working_directory(self) -> None:
        nested = self.folder / "ci"
        nested.mkdir()
        run = run_modelgate("run", "-c", "../modelgate.yaml", "--candidate", "../good.csv", "-o", "r.json", cwd=nested)
        self.assert_code(run, 0)
        self.assertTrue((nested / "r.json").is_file())

    def test_o_repeats_and_the_suffix_names_the_format(self) -> None:
        run = run_modelgate("run", "-o", "a.xml", "-o", "b.json", "-o", "c.md", cwd=self.folder)
        self.assert_code(run, 0)
        self.assertEqual(ElementTree.parse(self.folder / "a.xml").getroot().tag, "testsuites")
        self.assertEqual(json.loads((self.folder / "b.json").read_text())["verdict"], "pass")
        self.assertIn("tiny", (self.folder / "c.md").read_text())
        self.assertFalse((self.folder / "modelgate-report").exists())

    def test_an_unwritable_report_path_is_exit_4_and_wins_over_2(self) -> None:
        (self.folder / "file").write_text("")
        run = run_modelgate("run", "-o", "file/junit.xml", cwd=self.folder)
        self.assert_code(run, 4)
        self.assertIn("file", run.stderr)
        self.gate(GATE, ("task: binary", "task: binry"))
        self.assert_code(run_modelgate("run", "-o", "file/junit.xml", cwd=self.folder), 4)

    def test_quiet_prints_no_progress(self) -> None:
        self.assertEqual(self.run_gate("--quiet").stderr, "")

    def test_quiet_tells_of_an_error_once(self) -> None:
        (self.folder / "golden.parquet").unlink()
        run = self.run_gate("--quiet")
        self.assertEqual((run.stdout + run.stderr).count("does not exist"), 1)

    def test_nothing_on_a_pipe_is_coloured(self) -> None:
        run = self.run_gate()
        self.assertNotIn("\x1b", run.stdout + run.stderr)


class Commands(Case):
    def test_help_lists_the_commands_and_needs_no_gate_file(self) -> None:
        run = run_modelgate("--help", cwd=self.folder)
        self.assert_code(run, 0)
        for word in ("run", "predict", "validate", "explain", "list"):
            self.assertIn(word, run.stdout)

    def test_help_of_every_command_fits_80_columns(self) -> None:
        overview = run_modelgate("--help", cwd=self.folder).stdout
        commands = re.findall(r"^  ([a-z]+) ", overview, re.M)
        self.assertGreaterEqual(len(commands), 11)
        for command in commands:
            with self.subTest(command):
                helped = run_modelgate("help", command, cwd=self.folder)
                self.assertEqual((helped.code, helped.stdout), (0, run_modelgate(command, "--help", cwd=self.folder).stdout))
                self.assertEqual([line for line in (overview + helped.stdout).splitlines() if len(line) > 80], [])

    @unittest.skipIf("MODELGATE_SANITIZED" in os.environ, "sanitizers cost more than that by themselves")
    def test_help_costs_less_than_30_ms_of_cpu_time(self) -> None:
        def seconds() -> float:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([BINARY, "--help"], check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.assertLess(min(seconds() for _ in range(10)), 0.030)

    def test_version_is_printed(self) -> None:
        run = run_modelgate("--version", cwd=self.folder)
        self.assert_code(run, 0)
        self.assertRegex(run.stdout, r"\d+\.\d+\.\d+")

    def test_validate_runs_no_model_and_prints_the_chance_of_an_equal_model(self) -> None:
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 0)
        self.assertRegex(run.stdout, r"\d %|\d%")
        self.assertFalse((self.folder / "modelgate-report").exists())

    def test_validate_prints_what_each_limit_demands(self) -> None:
        run = run_modelgate("validate", cwd=self.folder)
        said = " ".join(run.stdout.split())
        self.assertIn("max_regression 5pp (candidate > production - 0.05; guard: > production - 0.15)", said)
        self.assertIn("min 0.6 (candidate at least 0.6)", said)
        self.assertIn("max 0.3 across group (candidate at most 0.3)", said)
        self.assertLessEqual(max(len(line) for line in run.stdout.splitlines()), 80)

    def test_validate_prints_weight_cluster_and_terms(self) -> None:
        checks = GATE.index("checks:")
        self.gate(GATE[:checks] + "target_prevalence: 0.25\nledger: {path: ledger.json, budget: 3}\n"
                  "checks: {accuracy: [{metric: accuracy, min: 0.6}]}\n",
                  ("  label: label\n", "  label: label\n  weight: label\n  cluster: group\n"))
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 0)
        for line in ("weight: label (sampling)", "cluster: group, ", "target_prevalence: 0.25",
                     "ledger: ledger.json, budget 3, looks 1"):
            self.assertIn(line, run.stdout)

    def test_validate_tells_of_a_damaged_ledger_and_of_waivers_that_are_not_there(self) -> None:
        (self.folder / "ledger.json").write_text("{", encoding="utf-8")
        self.gate(GATE, ("checks:\n", "ledger: {path: ledger.json, budget: 3}\nchecks:\n"))
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 3)
        self.assertIn("ledger.json", run.stderr)
        self.gate(GATE, ("checks:\n", "waivers: waivers.yaml\nchecks:\n"))
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 2)
        self.assertIn("waivers.yaml", run.stderr)

    def test_validate_holds_models_and_data_to_their_pins(self) -> None:
        wrong = "0" * 64
        for place, pinned in (("  label: label\n", f"  label: label\n  sha256: {wrong}\n"),
                              ("good.csv, columns: [score]", f"good.csv, columns: [score], sha256: {wrong}")):
            self.gate(GATE, (place, pinned))
            run = run_modelgate("validate", cwd=self.folder)
            self.assert_code(run, 3)
            self.assertIn("the gate file pins " + wrong, run.stderr)

    def test_validate_refuses_a_column_that_is_not_there(self) -> None:
        self.gate(GATE, ("slices: [group]", "slices: [grp]"))
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 3)
        self.assertIn("grp", run.stderr)

    def test_file_only_reads_every_gate_file_named_and_nothing_else(self) -> None:
        (self.folder / "golden.parquet").unlink()
        (self.folder / "good.csv").unlink()
        self.assert_code(run_modelgate("validate", cwd=self.folder), 3)
        for words in (("--file-only",), ("--file-only", "-c", "modelgate.yaml"), ("modelgate.yaml", "--file-only")):
            run = run_modelgate("validate", *words, cwd=self.folder)
            self.assert_code(run, 0)
            self.assertIn("modelgate.yaml: valid, as far as the file tells", run.stdout)
        (self.folder / "wrong.yaml").write_text(GATE.replace("max_regression", "max_regresion", 1), encoding="utf-8")
        run = run_modelgate("validate", "--file-only", "wrong.yaml", "modelgate.yaml", "absent.yaml", cwd=self.folder)
        self.assert_code(run, 2)
        self.assertRegex(run.stderr, r"wrong\.yaml:\d+: error: ")
        self.assertIn("absent.yaml", run.stderr)
        self.assertIn("modelgate.yaml: valid", run.stdout)

    def test_file_only_refuses_what_it_would_not_read(self) -> None:
        for words in (("--file-only", "--pilot", "report.json"), ("--file-only", "-c", "a.yaml", "b.yaml"),
                      ("modelgate.yaml",)):
            self.assert_code(run_modelgate("validate", *words, cwd=self.folder), 2)

    def test_list_names_checks_and_reporters(self) -> None:
        run = run_modelgate("list", cwd=self.folder)
        self.assert_code(run, 0)
        for word in ("roc_auc", "equalized_odds_difference", "latency_p99", "JUnit"):
            self.assertIn(word, run.stdout)

    def test_explain_tells_of_a_check_and_where_to_find_the_names(self) -> None:
        run = run_modelgate("explain", "roc_auc", cwd=self.folder)
        self.assert_code(run, 0)
        self.assertIn("DeLong", run.stdout)
        typo = run_modelgate("explain", "rocauc", cwd=self.folder)
        self.assert_code(typo, 2)
        self.assertIn("rocauc", typo.stderr)
        self.assertIn("modelgate list", typo.stderr)

    def test_the_binary_needs_no_libtorch(self) -> None:
        needed = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("libtorch", needed)


if __name__ == "__main__":
    unittest.main()
