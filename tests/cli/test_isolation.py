# SPDX-License-Identifier: Apache-2.0
"""What the reports say of isolation, on this machine and on ones that lack Landlock, seccomp or both."""

from __future__ import annotations

import os
import subprocess
import unittest

from support import BINARY, FROM_CI, GATE, Run
from test_models import LIVE, LiveCase

DENY = BINARY.parent / "deny-primitives"


class Isolation(LiveCase):
    def least(self, level: str) -> None:
        self.gate(LIVE + f"runtime: {{isolation: {level}}}\n")

    def run_without(self, wall: str) -> Run:
        """modelgate run as on a kernel without landlock, seccomp or both."""
        out = self.folder / "out"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        done = subprocess.run([DENY, wall, BINARY, "run", "-o", f"{out}/"], cwd=self.folder, env=clean, capture_output=True,
                              text=True, timeout=120, check=False)
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
        if not self.run_gate().report["isolation"].startswith("full"):
            self.skipTest("this machine has no Landlock")
        warning = self.assert_level(self.run_without("seccomp"), "partial")
        self.assertIn("end the gate", warning)
        self.assertNotIn("read the golden data", warning)

    def test_with_neither_no_model_is_opened_unless_the_gate_file_says_so(self) -> None:
        message = self.assert_refused(self.run_without("both"))
        self.assertIn("the model was not opened", message)
        self.assertIn("runtime: {isolation: none}", message)
        self.least("none")
        warning = self.assert_level(self.run_without("both"), "none")
        self.assertIn("read the golden data", warning)
        self.assertIn("end the gate", warning)

    def test_full_can_be_asked_for(self) -> None:
        self.least("full")
        self.assertIn("asks for full", self.assert_refused(self.run_without("landlock")))

    def test_recorded_predictions_need_none(self) -> None:
        self.gate(GATE)
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertEqual(run.report["isolation"], "not needed: no model is run")


if __name__ == "__main__":
    unittest.main()
