# SPDX-License-Identifier: Apache-2.0
"""gate/verdict/FAIL_CLOSED.md, row by row: every case is made and the binary held to what the table says of it."""

from __future__ import annotations

import datetime
import os
import re
import signal
import subprocess
import time
import unittest
from pathlib import Path

import numpy as np

from support import BINARY, FROM_CI, GENERATED, REPOSITORY, Case, Run, write_table

TABLE = REPOSITORY / "gate/verdict/FAIL_CLOSED.md"
MODELS = GENERATED / "odd_models"
GATE = """\
version: 1
name: tiny
task: binary
on_inconclusive: guard
candidate: {predictions: good.csv, columns: [score]}
production: {predictions: production.csv, columns: [score]}
dataset: {path: golden.parquet, id: id, label: label, inputs: [{columns: [x0, x1], dtype: float32}]}
checks:
  accuracy:
    - {metric: accuracy, max_regression: 5pp}
"""
CHECK = "    - {metric: accuracy, max_regression: 5pp}\n"
PRODUCTION = "production: {predictions: production.csv, columns: [score]}\n"
ABSOLUTE = (CHECK, "    - {metric: accuracy, min: 0.6}\n")


def day(offset: int) -> str:
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)).isoformat()


def rows_of_table() -> dict[str, tuple[str, str, int]]:
    """case → outcome, reason, exit."""
    rows = re.findall(r"^\| (\w+) \| (.+) \| (\S+) \| (\S+) \| (\d+) \|$", TABLE.read_text(encoding="utf-8"), re.M)
    return {case: (outcome, reason, int(code)) for case, _, outcome, reason, code in rows}


class FailClosed(Case):
    """Each case_… prepares one row and runs; it returns the run and the id of the check concerned."""

    def change(self, *changes: tuple[str, str]) -> None:
        self.gate(GATE, *changes)

    def scores(self, name: str, values: np.ndarray, rows: slice = slice(None)) -> None:
        write_table(self.folder / name, {"id": self.data["id"][rows], "score": values[rows]})

    def golden(self, **columns: np.ndarray) -> None:
        self.write_golden(self.data | columns)

    def waiver(self, text: str) -> None:
        (self.folder / "waivers.yaml").write_text(text, encoding="utf-8")

    def waiver_of(self, check: str, until: str, worst: str) -> None:
        self.waiver(f"- {{check: {check}, owner: ada, reason: retraining, until: {until}{worst}}}\n")

    def with_nan(self, name: str, column: str) -> None:
        values = self.data[column].copy()
        values[7] = np.nan
        self.scores(name, values)

    def case_nan_candidate(self):
        self.with_nan("good.csv", "good")
        self.change(ABSOLUTE)
        return self.run_gate(), "accuracy.accuracy.min"

    def case_nan_production(self):
        self.with_nan("production.csv", "production")
        self.change()
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_infinite_candidate(self):
        values = self.data["good"].copy()
        values[7] = np.inf
        self.scores("good.csv", values)
        self.change(ABSOLUTE)
        return self.run_gate(), "accuracy.accuracy.min"

    def case_nan_beside_production(self):
        self.with_nan("good.csv", "good")
        self.change(("  accuracy:\n" + CHECK, "  parity:\n    - {metric: max_abs_difference, max: 1}\n"))
        return self.run_gate(), "parity.max_abs_difference.max"

    def asked_again(self, model: str, family: str, check: str):
        self.change(("candidate: {predictions: good.csv, columns: [score]}", f"candidate: {{model: {MODELS}/{model}}}"),
                    ("  accuracy:\n" + CHECK, f"  {family}:\n    - {{{check}}}\n"))
        return self.run_gate()

    def case_turning_candidate(self):
        return self.asked_again("turning.pt", "determinism", "metric: mismatched_rows, max: 0"), \
            "determinism.mismatched_rows.max"

    def case_turning_while_timed(self):
        return self.asked_again("turning.pt", "latency", "metric: latency_p99, max: 60s"), "latency.latency_p99.max"

    def case_drawing_while_timed(self):
        return self.asked_again("drawing.pt", "latency", "metric: latency_p99, max: 60s"), "latency.latency_p99.max"

    def case_repetition_of_records(self):
        self.change(("  accuracy:\n" + CHECK, "  determinism:\n    - {metric: mismatched_rows, max: 0}\n"))
        return self.run_gate(), "determinism.mismatched_rows.max"

    def case_other_bytes(self):
        self.change(("{path: golden.parquet,", f"{{path: golden.parquet, sha256: {'0' * 64},"))
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_missing_candidate(self):
        self.change(("good.csv", "nowhere.csv"))
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_missing_production(self):
        self.change(("production.csv", "nowhere.csv"))
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_missing_prediction(self):
        self.scores("good.csv", self.data["good"], slice(1, None))
        self.change()
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_missing_label(self):
        self.golden(label=np.where(np.arange(2000) == 5, None, self.data["label"]).tolist())
        self.change()
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_missing_slice(self):
        self.change((CHECK, CHECK.replace("5pp}", "5pp, slices: [{column: group, values: [nowhere]}]}")))
        return self.run_gate(), "accuracy.accuracy.max_regression.group=nowhere"

    def case_small_slice(self):
        self.golden(group=np.where(np.arange(2000) < 3, "tiny", self.data["group"]))
        self.change((CHECK, CHECK.replace("5pp}", "5pp, slices: [group]}")))
        return self.run_gate(), "accuracy.accuracy.max_regression.group=tiny"

    def case_one_class(self):
        self.golden(label=np.zeros(2000, np.int64))
        self.change((CHECK, "    - {metric: roc_auc, max_regression: 0.05}\n"))
        return self.run_gate(), "accuracy.roc_auc.max_regression"

    def case_no_positives(self):
        self.golden(label=np.zeros(2000, np.int64))
        self.change((CHECK, "    - {metric: recall, max_regression: 5pp}\n"))
        return self.run_gate(), "accuracy.recall.max_regression"

    def bias(self, metric: str) -> None:
        self.change(("  accuracy:\n" + CHECK, f"  bias:\n    - {{metric: {metric}, attributes: [group], max: 0.3}}\n"))

    def case_empty_group(self):
        self.golden(label=np.where(self.data["group"] == "a", 0, self.data["label"]))
        self.bias("equal_opportunity_difference")
        return self.run_gate(), "bias.equal_opportunity_difference.max.attribute=group"

    def case_one_group(self):
        self.golden(group=np.full(2000, "a"))
        self.bias("demographic_parity_difference")
        return self.run_gate(), "bias.demographic_parity_difference.max.attribute=group"

    def case_constant_scores(self):
        self.scores("good.csv", np.full(2000, 0.4))
        self.scores("production.csv", np.full(2000, 0.3))
        self.change((CHECK, "    - {metric: roc_auc, max_regression: 0.05}\n"))
        return self.run_gate(), "accuracy.roc_auc.max_regression"

    def case_zero_rows(self):
        self.write_golden({k: v[:0] for k, v in self.data.items()})
        self.change()
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_zero_checks(self):
        self.change((":\n" + CHECK, ": []\n"))
        return self.run_gate(), None

    def case_all_not_assessable(self):
        self.change((CHECK, CHECK.replace("5pp}", "5pp, slices: [{column: group, values: [nowhere]}], "
                                                  "on_not_assessable: warn}")))
        run = self.run_gate()
        self.assertIn("No check was judged", run.report["headline"])
        return run, "accuracy.accuracy.max_regression.group=nowhere"

    def case_production_absent(self):
        self.change((PRODUCTION, ""), ABSOLUTE)
        return self.run_gate(), None

    def assert_first_release(self, run: Run) -> None:
        self.assertRegex(run.report["headline"], r"^First release( \(.*\))?: there is no production model")
        self.assertEqual([n["id"] for n in run.report["not_judged"]], ["accuracy.accuracy.max_regression"])

    def case_first_release(self):
        self.change((PRODUCTION, ""), (CHECK, CHECK + ABSOLUTE[1]))
        run = self.run_gate("--first-release")
        self.assert_first_release(run)
        return run, "accuracy.accuracy.min"

    def terms(self, until: str) -> None:
        self.change((PRODUCTION, f"first_release: {{owner: ada, reason: nothing deployed yet, until: {until}}}\n"),
                    (CHECK, CHECK + ABSOLUTE[1]))

    def case_first_release_terms(self):
        self.terms(day(0))
        run = self.run_gate()
        self.assert_first_release(run)
        self.assertIn(f"(ada, until {day(0)}: nothing deployed yet)", run.report["headline"])
        self.assertTrue(any("first_release" in w for w in run.report["warnings"]), run.report["warnings"])
        return run, "accuracy.accuracy.min"

    def case_first_release_ended(self):
        self.terms(day(-1))
        return self.run_gate(), None

    def case_first_release_contradicted(self):
        self.change()
        return self.run_gate("--first-release"), None

    def case_identical(self):
        self.change((CHECK, CHECK + ABSOLUTE[1]))
        run = self.run_gate("--candidate", "production.csv")
        self.assertTrue(run.report["headline"].startswith("Nothing to compare:"), run.report["headline"])
        self.assertEqual(run.checks["accuracy.accuracy.min"]["outcome"], "pass")
        return run, "accuracy.accuracy.max_regression"

    def case_identical_allowed(self):
        self.change(("name: tiny\n", "name: tiny\nallow_identical: true\n"))
        return self.run_gate("--candidate", "production.csv"), "accuracy.accuracy.max_regression"

    def live(self, model: str, *options: str, **more):
        self.change(("candidate: {predictions: good.csv, columns: [score]}", f"candidate: {{model: {MODELS}/{model}}}"),
                    ABSOLUTE)
        return self.run_gate(*options, **more), "accuracy.accuracy.min"

    def case_unsigned(self):
        signed = "signature: {bundle: nowhere.sig, public_key: nowhere.pem}"
        self.change(("candidate: {predictions: good.csv, columns: [score]}",
                     f"candidate: {{model: {MODELS}/better.pt, {signed}}}"), ABSOLUTE)
        return self.run_gate(), "accuracy.accuracy.min"

    def case_torch_missing(self):
        for name in ("libtorch_cpu.so", "libc10.so"):      # found first, and no library
            (self.folder / name).write_text("", encoding="utf-8")
        run, check = self.live("better.pt", environment={"LD_LIBRARY_PATH": str(self.folder)})
        self.assertEqual(len([w for w in run.report["warnings"] if "pip install torch==" in w]), 1)
        return run, check

    def case_isolation_insufficient(self):
        """As on a kernel that has neither Landlock nor seccomp."""
        self.change(("candidate: {predictions: good.csv, columns: [score]}",
                     f"candidate: {{model: {MODELS}/better.pt}}"), ABSOLUTE)
        out = self.folder / "out"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        done = subprocess.run([BINARY.parent / "deny-primitives", "both", BINARY, "run", "-o", f"{out}/"], cwd=self.folder,
                              env=clean, capture_output=True, text=True, timeout=120, check=False)
        return Run(done.returncode, done.stdout, done.stderr, out), "accuracy.accuracy.min"

    def case_worker_killed(self):
        return self.live("raising.pt")

    def case_worker_signalled(self):
        """From outside, as the kernel does when memory runs out: the worker that is caught in an endless loop."""
        self.change(("candidate: {predictions: good.csv, columns: [score]}",
                     f"candidate: {{model: {MODELS}/endless.pt}}"), ABSOLUTE)
        out = self.folder / "out"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        process = subprocess.Popen([BINARY, "run", "-q", "-o", f"{out}/"], cwd=self.folder, env=clean, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.communicate()))
        os.kill(self.busy_worker(process), signal.SIGKILL)
        stdout, stderr = process.communicate(timeout=60)
        run = Run(process.returncode, stdout, stderr, out)
        self.assertIn("signal 9", run.checks["accuracy.accuracy.min"]["message"])
        return run, "accuracy.accuracy.min"

    def busy_worker(self, process: subprocess.Popen) -> int:
        for _ in range(600):
            for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[11]) / os.sysconf("SC_CLK_TCK") > 2:
                    return int(child)
            time.sleep(0.05)
        self.fail("no worker is busy")

    def case_worker_timeout(self):
        return self.live("endless.pt", "--set", "runtime.timeout=3s")

    def waived(self, *changes: tuple[str, str]) -> None:
        self.change(("name: tiny\n", "name: tiny\nwaivers: waivers.yaml\n"), *changes)

    def case_waiver_unknown(self):
        self.waiver_of("accuracy.acuracy.max_regression", day(90), ", worst: 0.5")
        self.waived()
        run = self.run_gate()
        self.assertIn("did you mean", run.stderr)
        return run, None

    def case_waiver_stray_slice(self):
        self.waiver_of("accuracy.accuracy.max_regression.group=c", day(90), ", worst: 0.5")
        self.waived((CHECK, CHECK.replace("5pp}", "5pp, slices: [group]}")))
        run = self.run_gate()
        self.assertIn("no check has the id", run.report["headline"])
        self.assertIn("accuracy.accuracy.max_regression.group=b", run.report["headline"])
        return run, "accuracy.accuracy.max_regression.group=a"

    def failing(self, until: str, worst: str):
        self.waiver_of("accuracy.accuracy.max_regression", until, worst)
        self.waived()
        return self.run_gate("--candidate", "bad.csv"), "accuracy.accuracy.max_regression"

    def case_waiver_expired(self):
        return self.failing(day(-1), ", worst: 0.5")

    def case_waiver_exceeded(self):
        return self.failing(day(90), ", worst: 0.99")

    def case_waiver_unbounded(self):
        return self.failing(day(90), "")

    def case_waivers_missing(self):
        self.waived()
        return self.run_gate(), None

    def case_waivers_of_everything(self):
        self.waiver_of("accuracy.accuracy.max_regression.group=nowhere", day(90), "")
        self.waived((CHECK, CHECK.replace("5pp}", "5pp, slices: [{column: group, values: [nowhere]}]}")))
        run = self.run_gate()
        self.assertIn("No check was judged", run.report["headline"])
        return run, "accuracy.accuracy.max_regression.group=nowhere"

    def case_waiver_of_error(self):
        self.with_nan("bad.csv", "bad")
        return self.failing(day(90), ", worst: 0.5")

    def ledger(self, budget: int = 9, looks: int = 1) -> None:
        self.change(("name: tiny\n", f"name: tiny\nledger: {{path: ledger.json, budget: {budget}, looks: {looks}}}\n"))

    def case_ledger_damaged(self):
        (self.folder / "ledger.json").write_text("{", encoding="utf-8")
        self.ledger()
        run = self.run_gate()
        self.assertEqual((self.folder / "ledger.json").read_text(encoding="utf-8"), "{")
        return run, "accuracy.accuracy.max_regression"

    def case_ledger_of_two_minds(self):
        """A merge gone wrong: the second list would hide the candidates that the first one counts."""
        self.ledger()
        self.assert_code(self.run_gate(), 0)
        ledger = self.folder / "ledger.json"
        ledger.write_text(ledger.read_text(encoding="utf-8").rstrip()[:-1] + ', "golden_sets": []}', encoding="utf-8")
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_report_unwritable(self):
        (self.folder / "out/summary.md").mkdir(parents=True)
        self.change()
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_ledger_unwritable(self):
        """A folder that can be opened and locked and takes no file, whoever asks."""
        self.change(("name: tiny\n", "name: tiny\nledger: {path: /proc/ledger.json, budget: 9}\n"))
        return self.run_gate(), "accuracy.accuracy.max_regression"

    def case_budget_exhausted(self):
        self.ledger(budget=1)
        self.assert_code(self.run_gate(), 0)
        self.scores("second.csv", self.data["good"] * 0.999)
        return self.run_gate("--candidate", "second.csv"), "accuracy.accuracy.max_regression"

    def case_looks_exhausted(self):
        """The same columns of the golden rows, which grow: one candidate, two looks, one declared."""
        self.change(("name: tiny\n", "name: tiny\nledger: {path: ledger.json, budget: 1, looks: 1}\n"),
                    ("{predictions: good.csv, columns: [score]}", "{predictions: dataset, columns: [good]}"),
                    ("{predictions: production.csv, columns: [score]}", "{predictions: dataset, columns: [production]}"))
        for rows in (1900, 2000):
            columns = ("id", "label", "group", "x0", "x1", "good", "production")
            write_table(self.folder / "golden.parquet", {k: self.data[k][:rows] for k in columns})
            run = self.run_gate()
        return run, "accuracy.accuracy.max_regression"

    def assert_row(self, run: Run, check: str | None, outcome: str, reason: str, code: int) -> None:
        self.assert_code(run, code)
        self.assertEqual(run.report["exit_code"], code)
        self.assertEqual(run.report["verdict"] == "pass", code == 0)
        red = [e for e in ("failure", "error") if next(run.junit.iter(e), None) is not None]
        self.assertEqual(bool(red), code != 0, "JUnit is red exactly where the exit code is not 0")
        if check is None:
            self.assertEqual((outcome, reason), ("-", "-"))
            self.assertFalse([c for c in run.report["checks"] if c["outcome"] == "pass"])
            return
        found = run.checks.get(check)
        self.assertIsNotNone(found, list(run.checks))
        self.assertEqual((found["outcome"], found["reason"] or "-"), (outcome, reason), found["message"])
        self.assertTrue(found["message"])


def make_test(case: str, row: tuple[str, str, int]):
    def test(self: FailClosed) -> None:
        run, check = getattr(self, f"case_{case}")()
        self.assert_row(run, check, *row)
    return test


ROWS = rows_of_table()
for name, expected in ROWS.items():
    if hasattr(FailClosed, f"case_{name}"):
        setattr(FailClosed, f"test_{name}", make_test(name, expected))


class Table(unittest.TestCase):
    def test_every_row_has_its_case_and_every_case_its_row(self) -> None:
        cases = {name.removeprefix("case_") for name in dir(FailClosed) if name.startswith("case_")}
        self.assertEqual(set(ROWS), cases)
        self.assertGreater(len(ROWS), 30)

    def test_only_an_unbroken_gate_has_exit_0(self) -> None:
        passes = {name for name, (_, _, code) in ROWS.items() if code == 0}
        self.assertEqual(passes, {"first_release", "first_release_terms", "identical_allowed"})


if __name__ == "__main__":
    unittest.main()
