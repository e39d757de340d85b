# SPDX-License-Identifier: Apache-2.0
"""What a model needs beside time: real TorchScript models that load slowly, hold memory or ship ballast."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import torch
from support import GATE, Case, Run, run_modelgate

MODELS_ONLY = GATE.split("checks:\n", maxsplit=1)[0]
CHECKS = """\
checks:
  resources:
    - {metric: peak_memory, max_regression: 50MiB}
    - {metric: model_size, max_regression: 50%}
    - {metric: load_time, max_regression: 300%, severity: warn}
    - {metric: cold_start, max: 60s, severity: warn}
    - {metric: first_request, max: 60s, severity: warn}
    - {metric: throughput, min: 1/s, severity: warn}
"""


class Plain(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(x[:, 0])


class Heavy(torch.nn.Module):
    """Computes and keeps 200 MB when it is loaded, and ships a megabyte that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.ballast = torch.rand(250_000)
        self.held = torch.ones(1)

    @torch.jit.export
    def __getstate__(self) -> tuple[torch.Tensor, bool]:
        return self.ballast, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]) -> None:
        self.ballast = state[0]
        self.training = state[1]
        self.held = torch.ones(50_000_000)
        for _ in range(3):
            self.held.sqrt_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(x[:, 0]) * self.held[0]


class ResourcesCase(Case):
    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory(prefix="modelgate-models-")
        cls.addClassCleanup(holder.cleanup)
        cls.models = Path(holder.name)
        for name, model in (("plain", Plain()), ("again", Plain()), ("heavy", Heavy())):
            scripted = torch.jit.script(model.eval())
            scripted.save(cls.models / f"{name}.pt", _extra_files={"name": name})  # bytes of its own

    def live(self, candidate: str, checks: str = CHECKS) -> None:
        self.gate(MODELS_ONLY + checks,
                  ("candidate: {predictions: good.csv, columns: [score]}", f"candidate: {{model: {self.models}/{candidate}.pt}}"),
                  ("production: {predictions: production.csv, columns: [score]}", f"production: {{model: {self.models}/plain.pt}}"),
                  ("  label: label\n", "  label: label\n  inputs: [{columns: [x0, x1], dtype: float32}]\n"))

    def outcomes(self, run: Run) -> dict[str, str]:
        return {i.split(".")[1]: check["outcome"] for i, check in run.checks.items()}


class Rounds(ResourcesCase):
    def test_a_model_that_needs_more_is_caught(self) -> None:
        self.live("heavy")
        run = self.run_gate(timeout=300)
        self.assert_code(run, 1)
        self.assert_agreement(run)
        self.assertEqual(self.outcomes(run), {"peak_memory": "fail", "model_size": "fail", "load_time": "fail",
                                              "cold_start": "pass", "first_request": "pass", "throughput": "pass"})
        memory = run.checks["resources.peak_memory.max_regression"]
        self.assertGreater(memory["difference"]["value"], 180e6)
        self.assertLess(memory["difference"]["value"], 220e6)
        self.assertGreaterEqual(memory["rows"], 6)
        self.assertRegex(memory["message"], r"peak_memory \d+\.\d MiB against production's \d+\.\d MiB, \+\d+\.\d MiB, "
                                            r"interval \[\+\d+\.\d MiB, \+\d+\.\d MiB\]: beyond the allowed regression of 50.00 MiB")
        size = run.checks["resources.model_size.max_regression"]
        self.assertEqual(size["candidate"]["value"], (self.models / "heavy.pt").stat().st_size)
        self.assertEqual(size["production"]["value"], (self.models / "plain.pt").stat().st_size)
        self.assertIsNone(size["difference"].get("interval"))
        load, start = (run.checks[i]["candidate"]["value"] for i in ("resources.load_time.max_regression", "resources.cold_start.max"))
        self.assertLess(load, start)

        report = run.path("report.json")
        told = run_modelgate("explain", "resources.peak_memory.max_regression", "--from", report, cwd=self.folder)
        self.assertEqual(told.code, 0, told.stderr)
        self.assertRegex(told.stdout, r"MiB")
        self.assertRegex(told.stdout, r"\d+ rounds,\s+Hodges-Lehmann of round differences")

    def test_the_same_model_in_another_file_passes(self) -> None:
        self.live("again")
        run = self.run_gate(timeout=300)
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertEqual(self.outcomes(run)["peak_memory"], "pass")
        self.assertEqual(self.outcomes(run)["model_size"], "pass")


class Size(ResourcesCase):
    def test_a_size_needs_no_rounds(self) -> None:
        self.live("heavy")
        run = self.run_gate("--only", "resources.model_size")
        self.assert_code(run, 1)
        self.assert_agreement(run)
        self.assertNotIn("rounds", run.stdout)
        size = run.checks["resources.model_size.max_regression"]
        self.assertEqual((size["outcome"], size["rows"]), ("fail", 1))
        self.assertEqual(size["method"], "one file, compared exactly")
        self.assertEqual({c["outcome"] for i, c in run.checks.items() if "model_size" not in i}, {"not_selected"})

    def test_a_file_that_is_no_model_is_an_error(self) -> None:
        (self.models / "broken.pt").write_bytes(b"")
        self.live("broken", "checks:\n  resources: [{metric: model_size, max: 1MiB}]\n")
        run = self.run_gate()
        self.assert_code(run, 3)
        self.assert_agreement(run)

    def test_recorded_predictions_have_no_size(self) -> None:
        self.gate(GATE + "  resources: [{metric: model_size, max: 1MiB}, {metric: peak_memory, max: 1GiB}]\n")
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertIn("no latency, memory or size", run.texts["report.json"])


if __name__ == "__main__":
    unittest.main()
