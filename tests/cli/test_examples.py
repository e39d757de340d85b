# SPDX-License-Identifier: Apache-2.0
"""The shipped examples end as fixtures/expected.json says, and far from their limits."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest

from support import FIXTURES, GENERATED, REPOSITORY, Case, Run, run_modelgate

EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))["runs"]
HALF_WIDTHS = 3.0   # trained weights differ a little between CPUs; this much changes no outcome

LOWER_IS_BETTER = {"log_loss", "brier_score", "mae", "rmse"}


def distance(check: dict) -> float | None:
    """How many half-widths lie between the estimate and its limit; nothing where no interval decides."""
    word = check["limit"]["word"]
    estimate = check["difference"] if word == "max_regression" else check["candidate"]
    if not estimate or estimate.get("interval") is None or check["type"] == "latency":
        return None
    low, high = estimate["interval"]
    margin = check["limit"]["margin"]
    falls = word == "max_regression" and check["metric"] not in LOWER_IS_BETTER
    limit = -margin if falls else margin
    return abs(estimate["value"] - limit) / ((high - low) / 2)


class Examples(Case):
    runs: dict[str, Run] = {}   # an example is judged once

    def judged(self, expected: dict) -> Run:
        name = f"{expected['example']} {expected['candidate']}"
        if name not in self.runs:
            self.runs[name] = self.judge(expected)
        return self.runs[name]

    def judge(self, expected: dict) -> Run:
        out = self.folder / "out" / (expected["candidate"] or "gate")
        candidate = ["--candidate", GENERATED / expected["candidate"]] if expected["candidate"] else []
        return run_modelgate("run", "-c", FIXTURES / expected["example"] / "modelgate.yaml", *candidate,
                             "-o", f"{out}/", cwd=self.folder, folder=out, timeout=300)

    def test_every_example_ends_as_expected_and_far_from_its_limits(self) -> None:
        for expected in EXPECTED:
            with self.subTest(expected["example"], candidate=expected["candidate"]):
                run = self.judged(expected)
                self.assert_code(run, expected["exit_code"])
                self.assert_agreement(run)
                self.assertEqual(sorted(run.blocking()), sorted(expected["blocking"]))
                for check in run.report["checks"]:
                    away = distance(check)
                    if away is not None:
                        self.assertGreaterEqual(away, HALF_WIDTHS, f"{check['id']} is {away:.1f} half-widths off")

    def test_the_harmful_fraud_candidate_names_who_is_harmed(self) -> None:
        run = self.judged(next(e for e in EXPECTED if e["example"] == "fraud" and e["exit_code"] == 1))
        harmed = run.checks["accuracy.recall.max_regression.sex=F.age_band=60+"]
        self.assertEqual(harmed["slice"], {"sex": "F", "age_band": "60+"})
        bias = run.checks["bias.tpr.max_regression.attribute=sex+age_band"]
        self.assertIn("F, 60+", bias["message"])
        for word in ("F", "60+"):
            self.assertIn(word, run.stdout)
        overall = run.checks["accuracy.recall.max_regression"]
        self.assertGreater(overall["difference"]["value"], 0, "better over all customers, and blocked all the same")

    def test_a_scikit_learn_model_comes_to_the_gate_by_its_recorded_predictions(self) -> None:
        recorder = FIXTURES / "recorded/record_sklearn.py"
        subprocess.run([sys.executable, recorder, self.folder / "gbm.parquet"], cwd=REPOSITORY, check=True)
        run = run_modelgate("run", "-c", FIXTURES / "recorded/sklearn.yaml", "--candidate", "gbm.parquet",
                            "-o", "out/", cwd=self.folder, folder=self.folder / "out")
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertEqual(run.report["dataset"]["rows"], 369)


if __name__ == "__main__":
    unittest.main()
