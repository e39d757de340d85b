# SPDX-License-Identifier: Apache-2.0
"""Live TorchScript models: every way to give an output, and every way to misbehave."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import BINARY, FROM_CI, GATE, GENERATED, Case, Run

MODELS = GENERATED / "odd_models"
LIVE = (GATE.replace("candidate: {predictions: good.csv, columns: [score]}", f"candidate: {{model: {MODELS}/better.pt}}")
        .replace("production: {predictions: production.csv, columns: [score]}", f"production: {{model: {MODELS}/plain.pt}}")
        .replace("  label: label\n", "  label: label\n  inputs: [{columns: [x0, x1], dtype: float32}]\n"))


class LiveCase(Case):
    def setUp(self) -> None:
        super().setUp()
        self.gate(LIVE)

    def candidate(self, entry: str) -> None:
        self.gate(LIVE, (f"candidate: {{model: {MODELS}/better.pt}}", f"candidate: {entry}"))


class Outputs(LiveCase):
    def values(self, run: Run) -> dict[str, float]:
        self.assert_code(run, 0)
        self.assert_agreement(run)
        return {i: c["candidate"]["value"] for i, c in run.checks.items()}

    def test_every_shape_of_output_gives_the_same_values(self) -> None:
        plain = self.values(self.run_gate())
        self.assertGreater(plain["accuracy.roc_auc.max_regression"], 0.9)
        entries = [f"{{model: {MODELS}/flat.pt}}", f"{{model: {MODELS}/two_columns.pt}}",
                   f"{{model: {MODELS}/logit.pt, output: {{kind: logit}}}}",
                   f"{{model: {MODELS}/tuple.pt, output: {{index: 1}}}}",
                   f"{{model: {MODELS}/dict.pt, output: {{name: score}}}}"]
        for entry in entries:
            with self.subTest(entry):
                self.candidate(entry)
                for check, value in self.values(self.run_gate()).items():
                    self.assertAlmostEqual(value, plain[check], places=6)

    def test_strings_reach_the_model(self) -> None:
        self.candidate(f"\n  model: {MODELS}/strings.pt\n  inputs:\n    - {{columns: [x0, x1], dtype: float32}}\n"
                       "    - {columns: [group], dtype: string}")
        self.values(self.run_gate())

    def test_a_worse_model_is_blocked(self) -> None:
        run = self.run_gate("--candidate", MODELS / "worse.pt")
        self.assert_code(run, 1)
        self.assert_agreement(run)
        self.assertIn("accuracy.accuracy.max_regression", run.blocking())

    def test_the_digest_of_the_model_stands_in_the_report(self) -> None:
        import hashlib
        candidate = self.run_gate().report["models"]["candidate"]
        self.assertEqual(candidate["sha256"], hashlib.sha256((MODELS / "better.pt").read_bytes()).hexdigest())

    def test_the_chunk_size_does_not_change_a_value(self) -> None:
        first = self.values(self.run_gate())
        self.gate(LIVE + "runtime: {chunk: 7}\n")
        for check, value in self.values(self.run_gate()).items():
            self.assertAlmostEqual(value, first[check], places=6)

    def test_csv_and_npz_golden_data_give_the_same_values(self) -> None:
        import numpy as np
        first = self.values(self.run_gate())
        self.write_golden(self.data, "golden.csv")
        np.savez(self.folder / "golden.npz", **{k: self.data[k] for k in ("id", "label", "group", "x0", "x1")})
        for name in ("golden.csv", "golden.npz"):
            with self.subTest(name):
                for check, value in self.values(self.run_gate("--dataset", name)).items():
                    self.assertAlmostEqual(value, first[check], places=6)

    def test_files_of_a_glob_are_read_in_bytewise_order(self) -> None:
        whole = self.values(self.run_gate())
        (self.folder / "parts").mkdir()
        for part in range(3):
            self.write_golden({k: v[part::3] for k, v in self.data.items()}, f"parts/{part}.parquet")
        for path in ("parts/*.parquet", "parts"):
            with self.subTest(path):
                for check, value in self.values(self.run_gate("--dataset", path)).items():
                    self.assertAlmostEqual(value, whole[check], places=9)


class Misbehaviour(LiveCase):
    def assert_model_error(self, model: str, reason: str, *words: str, extra: tuple[str, ...] = ()) -> Run:
        run = self.run_gate("--candidate", MODELS / model, *extra)
        self.assert_code(run, 3)
        self.assert_agreement(run)
        self.assertEqual(run.report["verdict"], "error")
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual((check["outcome"], check["reason"]), ("error", reason))
        for word in words:
            self.assertIn(word, check["message"])
        return run

    def test_nan_is_an_error_with_count_and_first_row(self) -> None:
        run = self.assert_model_error("nan.pt", "non_finite", "candidate")
        self.assertRegex(run.checks["accuracy.accuracy.max_regression"]["message"], r"\d+")

    def test_a_wrong_shape_names_what_came_and_what_was_expected(self) -> None:
        self.assert_model_error("wrong_shape.pt", "wrong_shape", "candidate")

    def test_a_probability_above_1_is_refused(self) -> None:
        run = self.run_gate("--candidate", MODELS / "too_large.pt")
        self.assert_code(run, 3)
        self.assert_agreement(run)

    def test_an_exception_of_the_model_is_told_and_production_is_still_reported(self) -> None:
        run = self.assert_model_error("raising.pt", "model_crashed", "refuses its rows")
        self.assertGreater(run.checks["accuracy.accuracy.max_regression"]["production"]["value"], 0.8)

    def test_a_file_that_is_no_model_is_told(self) -> None:
        self.assert_model_error("not_a_model.pt", "model_unloadable", "not_a_model.pt")

    def test_a_git_lfs_pointer_in_place_of_a_model_names_the_command(self) -> None:
        self.assert_model_error("pointer.pt", "model_unloadable", "git lfs pull")

    def test_an_absent_model_is_told(self) -> None:
        self.assert_model_error("nowhere.pt", "model_unloadable", "nowhere.pt")

    def test_a_model_pin_not_met_is_refused(self) -> None:
        self.candidate(f"{{model: {MODELS}/better.pt, sha256: {'0' * 64}}}")
        run = self.run_gate()
        self.assert_code(run, 3)
        self.assertEqual(run.checks["accuracy.accuracy.min"]["reason"], "digest_mismatch")

    def test_a_model_that_never_answers_is_stopped_at_its_deadline(self) -> None:
        self.gate(LIVE + "runtime: {timeout: 4s}\n")
        started = time.monotonic()
        self.assert_model_error("endless.pt", "timeout")
        self.assertLess(time.monotonic() - started, 30)


class Interruption(LiveCase):
    def start(self, *arguments: object) -> subprocess.Popen:
        """modelgate run with a candidate that never answers."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        process = subprocess.Popen([BINARY, "run", "-o", f"{self.folder / 'out'}/", "--candidate",
                                    MODELS / "endless.pt", *arguments], cwd=self.folder, env=clean, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.communicate()))
        return process

    def ended(self, process: subprocess.Popen) -> Run:
        stdout, stderr = process.communicate(timeout=60)
        return Run(process.returncode, stdout, stderr, self.folder / "out")

    def busy_child(self, process: subprocess.Popen, seconds: float = 2.0) -> int:
        """The worker that has used this much CPU time: the one caught in the endless loop."""
        for _ in range(600):
            for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[11]) / os.sysconf("SC_CLK_TCK") > seconds:
                    return int(child)
            time.sleep(0.05)
        self.fail("no worker is busy")

    def test_a_pessimistic_report_stands_there_while_models_run(self) -> None:
        process = self.start()
        self.busy_child(process, 1.0)
        self.assert_error_report(self.folder / "out/junit.xml")
        process.kill()

    def test_a_killed_worker_is_an_error_and_production_is_still_reported(self) -> None:
        process = self.start()
        os.kill(self.busy_child(process), signal.SIGKILL)
        run = self.ended(process)
        self.assert_code(run, 3)
        self.assert_agreement(run)
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual((check["outcome"], check["reason"]), ("error", "model_crashed"))
        self.assertIn("candidate", check["message"])
        self.assertIn("signal 9", check["message"])
        self.assertGreater(check["production"]["value"], 0.8)

    def interrupted(self, number: int, code: int) -> None:
        process = self.start()
        worker = self.busy_child(process, 1.0)
        process.send_signal(number)
        run = self.ended(process)
        self.assert_code(run, code)
        self.assert_error_report(run.path("junit.xml"))
        self.assertEqual(run.report["exit_code"], code)
        self.assertEqual({c["reason"] for c in run.checks.values()}, {"cancelled"})
        self.assertFalse(Path(f"/proc/{worker}").exists(), "no worker outlives the gate")

    def test_sigterm_writes_reports_and_exits_143(self) -> None:
        self.interrupted(signal.SIGTERM, 143)

    def test_sigint_writes_reports_and_exits_130(self) -> None:
        self.interrupted(signal.SIGINT, 130)

    def test_workers_die_with_a_killed_gate_and_no_pass_is_left(self) -> None:
        process = self.start()
        worker = self.busy_child(process, 1.0)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(Path(f"/proc/{worker}").exists())
        self.assert_error_report(self.folder / "out/junit.xml")


if __name__ == "__main__":
    unittest.main()
