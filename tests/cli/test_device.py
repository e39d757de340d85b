# SPDX-License-Identifier: Apache-2.0
"""Where models run: a GPU is asked for by name, and its absence is said as what it is; threads beyond the CPUs warn."""

from __future__ import annotations

import os
import unittest

from support import Case, run_modelgate
from test_models import LIVE

LATENCY = LIVE[:LIVE.index("checks:")] + "checks:\n  latency: [{metric: latency, max_regression: 5%}]\n"


class Device(Case):
    def test_a_cpu_build_of_torch_says_that_it_cannot_run_on_a_gpu(self) -> None:
        for gate in (LIVE, LATENCY):
            with self.subTest(gate[-60:]):
                self.gate(gate, ("checks:", "runtime: {device: cuda}\nchecks:"))
                run = self.run_gate()
                self.assert_code(run, 3)
                self.assert_agreement(run)
                self.assertIn("runtime.device is cuda, but", run.texts["report.json"])
                self.assertIn("write device: cpu", run.texts["report.json"])

    def test_validate_knows_the_word_and_refuses_the_other_one(self) -> None:
        self.gate(LIVE, ("checks:", "runtime: {device: cuda}\nchecks:"))
        self.assert_code(run_modelgate("validate", cwd=self.folder), 0)
        self.gate(LIVE, ("checks:", "runtime: {device: mps}\nchecks:"))
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 2)
        self.assertIn("\"device: mps\" is not supported by this version", run.stdout + run.stderr)


class Threads(Case):
    def test_more_threads_than_cpus_warn_with_the_reason(self) -> None:
        many = len(os.sched_getaffinity(0)) + 1
        self.gate(LATENCY, ("checks:", f"runtime: {{threads: {many}, timeout: 5s}}\nchecks:"))
        run = self.run_gate()
        self.assertTrue(any(f"runtime.threads is {many}" in text for text in run.report["warnings"]), run.report["warnings"])


if __name__ == "__main__":
    unittest.main()
