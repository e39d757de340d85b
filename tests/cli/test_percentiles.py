# SPDX-License-Identifier: Apache-2.0
"""Absolute limits of latency percentiles with live models: the requests they need, told before and judged after."""

from __future__ import annotations

import unittest

import torch
from support import Run, run_modelgate
from test_models import LIVE, MODELS, LiveCase

LATENCY = LIVE[:LIVE.index("checks:")] + """\
checks:
  latency:
    - {metric: latency_p50, max: 60s}
    - {metric: latency_p99, max: 60s}
    - {metric: latency_p99.9, max: 1us}
"""


class Slow(torch.nn.Module):
    """About 50 ms or more a request, by work and not by sleeping."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.ones(256, 256)
        for _ in range(150):
            y = torch.tanh(y @ y / 256)
        return torch.sigmoid(x[:, :1] + 0 * y.mean())


def words(text: str) -> str:
    return " ".join(text.split())


class Percentiles(LiveCase):
    def told(self, *arguments: object) -> str:
        done = run_modelgate(*arguments, cwd=self.folder)
        self.assert_code(done, 0)
        return words(done.stdout)

    def measured(self, code: int) -> Run:
        run = self.run_gate()
        self.assert_code(run, code)
        self.assert_agreement(run)
        return run

    def test_the_requests_are_told_before_and_judged_after(self) -> None:
        self.gate(LATENCY)
        validated = self.told("validate")
        self.assertIn("latency.latency_p99.max max 60s (candidate at most 60000 ms; needs 459 requests)", validated)
        self.assertIn("latency.latency_p99.9.max max 1us", validated)
        self.assertIn("needs 4,603 requests", validated)
        self.assertIn("needs 4,603 requests, 768 in each of 6 blocks of rounds; measured during the run", self.told("plan"))

        run = self.measured(1)
        self.assertEqual(run.checks["latency.latency_p50.max"]["outcome"], "pass")
        self.assertEqual(run.checks["latency.latency_p99.max"]["outcome"], "pass")
        beyond = run.checks["latency.latency_p99.9.max"]   # no model answers within 1 us, production neither
        self.assertEqual((beyond["outcome"], beyond["reason"]), ("inconclusive", "runner_unfit"), beyond["message"])
        self.assertIn("Production misses the limit in the same rounds, too", beyond["message"])
        side = beyond["latency"]["candidate"]
        for name in ("p50_ms", "p90_ms", "p95_ms", "p99_ms", "p99_9_ms"):
            low, high = side["intervals"][name]
            self.assertLessEqual(low, side[name])
            self.assertGreaterEqual(high, side[name])

        planned = self.told("plan", "--pilot", "out/report.json")
        self.assertIn("needs 459 requests, 77 in each of 6 blocks of rounds; as fast as the pilot's, 60 s hold about",
                      planned)
        self.assertIn(": enough", planned)

    def test_a_percentile_out_of_reach_is_told_after_the_first_round(self) -> None:
        torch.jit.script(Slow()).save(str(self.folder / "slow.pt"))
        gate = LATENCY.replace(f"{MODELS}/better.pt", "slow.pt").replace(f"{MODELS}/plain.pt", "slow.pt")
        gate = gate.replace("on_inconclusive: guard", "on_inconclusive: guard\nallow_identical: true")
        self.gate("\n".join(line for line in gate.splitlines() if "p50" not in line and "p99," not in line) + "\n")
        run = self.measured(1)
        check = run.checks["latency.latency_p99.9.max"]
        self.assertEqual((check["outcome"], check["reason"]), ("not_assessable", "too_few_events"), check["message"])
        self.assertIn("1 round gave", check["message"])
        self.assertIsNone(check["candidate"]["value"])
        self.assertEqual(check["latency"]["rounds"], 1)
        planned = self.told("plan", "--pilot", "out/report.json")
        self.assertIn("too few", planned)
        self.assertIn("That blocks every model", planned)

    def test_explain_tells_the_percentiles_apart(self) -> None:
        for name, percent in (("latency_p99.9", "99.9 %"), ("latency.latency_p99.9.max", "99.9 %"), ("latency_p99", "99 %")):
            text = self.told("explain", name)
            self.assertIn(f"The time within which {percent} of the candidate's requests are answered", text)
            self.assertEqual(text.count("What it checks"), 1)
            self.assertIn("No `max_regression`", text)


if __name__ == "__main__":
    unittest.main()
