# SPDX-License-Identifier: Apache-2.0
"""What the reports say of isolation, on this machine and on ones that lack Landlock, seccomp or both."""

from __future__ import annotations

import os
import subprocess
import unittest

from support import BINARY, FROM_CI, GATE, Run, run_modelgate
from test_models import LIVE, MODELS, LiveCase

DENY = BINARY.parent / "deny-primitives"


class Isolation(LiveCase):
    def least(self, level: str) -> None:
        self.gate(LIVE + f"runtime: {{isolation: {level}}}\n")

    def run_without(self, wall: str, *words: str) -> Run:
        """modelgate run, or these words, as on a kernel without landlock, seccomp or both."""
        out = self.folder / "out"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        done = subprocess.run([DENY, wall, BINARY, *(words or ("run", "-o", f"{out}/"))], cwd=self.folder, env=clean,
                              capture_output=True, text=True, timeout=120, check=False)
        return Run(done.returncode, done.stdout, done.stderr, out)

    def assert_level(self, run: Run, level: str) -> str:
        """The run passed at this level; what its warnings say of it."""
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertTrue(run.report["isolation"].startswith(f"{level}: "), run.report["isolation"])
        return " ".join(w for w in run.report["warnings"] if "isolation" in w)

    def assert_refused(self, run: Run) -> str:
        self.assert_code(run, 3)
        self.assert_agreement(run)
        self.assertEqual({c["reason"] for c in run.report["checks"]}, {"isolation_insufficient"})
        return run.report["checks"][0]["message"]

    def assert_nothing_ran(self, run: Run) -> None:
        """A model that stayed closed could do nothing, and no report says that it could have."""
        self.assertEqual(run.report["isolation"], "none yet: no model was opened")
        self.assertFalse([w for w in run.report["warnings"] if w.startswith("Models ran")])

    @property
    def full(self) -> bool:
        return self.run_gate().report["isolation"].startswith("full")

    def test_full_says_so_and_warns_of_nothing(self) -> None:
        run = self.run_gate()
        if not run.report["isolation"].startswith("full"):
            self.skipTest(f"this machine has {run.report['isolation']}")
        self.assertEqual(self.assert_level(run, "full"), "")
        self.assertIn("seccomp allow-list, Landlock (ABI ", run.report["isolation"])

    def test_without_landlock_the_labels_could_be_read(self) -> None:
        warning = self.assert_level(self.run_without("landlock"), "partial")
        self.assertIn("read the golden data", warning)
        self.assertNotIn("end the gate", warning)

    def test_without_seccomp_the_gate_could_be_ended(self) -> None:
        if not self.full:
            self.skipTest("this machine has no Landlock")
        warning = self.assert_level(self.run_without("seccomp"), "partial")
        self.assertIn("end the gate", warning)
        self.assertNotIn("read the golden data", warning)

    def test_with_neither_no_model_is_opened_unless_the_gate_file_says_so(self) -> None:
        message = self.assert_refused(self.run_without("both"))
        self.assertIn("the model was not opened", message)
        self.assertIn("runtime: {isolation: none}", message)
        self.assert_nothing_ran(self.run_without("both"))
        self.least("none")
        warning = self.assert_level(self.run_without("both"), "none")
        self.assertIn("read the golden data", warning)
        self.assertIn("end the gate", warning)

    def test_every_command_that_runs_a_model_warns_once(self) -> None:
        models = ("--candidate", f"{MODELS}/better.pt", "--production", f"{MODELS}/plain.pt", "--dataset", "golden.parquet")
        for words in (("predict", "--model", "candidate", "-o", "p.parquet"), ("init", *models, "-o", "other.yaml"),
                      ("selftest", "--only", "accuracy", "--decisions", "1")):
            with self.subTest(words[0]):
                run = self.run_without("landlock", *words)
                self.assert_code(run, 0)
                self.assertEqual(run.stderr.count("warning: Models ran at isolation partial"), 1, run.stderr)
                self.assertIn("read the golden data", run.stderr)
        if self.full:
            silent = run_modelgate("init", *models, "-o", "other.yaml", "--force", cwd=self.folder)
            self.assert_code(silent, 0)
            self.assertNotIn("isolation", silent.stderr)

    def test_full_can_be_asked_for(self) -> None:
        self.least("full")
        self.assertIn("asks for full", self.assert_refused(self.run_without("landlock")))

    def test_what_a_package_that_stayed_closed_could_do_is_not_told_of_the_other_model(self) -> None:
        package = MODELS / "better.pt2"
        if not package.exists():
            self.skipTest("no packages were exported: no C++ compiler")
        self.gate(LIVE, (f"candidate: {{model: {MODELS}/better.pt}}", f"candidate: {{model: {package}}}"))
        run = self.run_without("landlock")
        self.assert_code(run, 3)
        warning = " ".join(w for w in run.report["warnings"] if w.startswith("Models ran at isolation partial"))
        self.assertIn("read the golden data", warning)
        self.assertNotIn("write files", warning)
        self.assertIn(f"- isolation: {run.report['isolation'].split(':')[0]}", run.path("summary.md").read_text())

    def test_recorded_predictions_need_none(self) -> None:
        self.gate(GATE)
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertEqual(run.report["isolation"], "not needed: no model is run")


if __name__ == "__main__":
    unittest.main()
