# SPDX-License-Identifier: Apache-2.0
"""Pictures in report.json: whose rows they show, how exact they are, and what they never give away."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
from sklearn import metrics as skl

from support import FIXTURES, GENERATED, Case, Run, run_modelgate, write_table

BAD = """\
version: 1
name: tiny
task: binary
on_inconclusive: guard
candidate: {predictions: bad.csv, columns: [score]}
production: {predictions: production.csv, columns: [score]}
dataset: {path: golden.parquet, id: id, label: label}
output: {kind: probability, positive_threshold: 0.5}
checks:
  accuracy:
    - {metric: roc_auc, max_regression: 0.01}
    - {metric: roc_auc, max_regression: 0.01, slices: [group]}
    - {metric: average_precision, max_regression: 0.01}
    - {metric: log_loss, max_regression: 0.01}
    - {metric: recall, max_regression: 1pp, slices: [group]}
"""


def points(curve: dict) -> list[tuple[float, float]]:
    return list(zip(curve["x"], curve["y"], strict=True))


class Pictures(Case):
    def curve(self, run: Run, check: str) -> dict:
        (curve,) = run.checks[check]["evidence"]["curves"]
        return curve

    def assert_on(self, drawn: dict, x: np.ndarray, y: np.ndarray) -> None:
        """Every drawn point is one of the whole curve's, at the six decimals that are written."""
        self.assertLessEqual(len(drawn["x"]), 200)
        for a, b in points(drawn):
            away = np.maximum(np.abs(x - a), np.abs(y - b)).min()
            self.assertLess(away, 1e-6, f"({a}, {b}) is not on the whole curve")

    def test_a_worse_candidate_is_drawn_from_the_rows_that_were_judged(self) -> None:
        self.gate(BAD)
        run = self.run_gate()
        self.assert_code(run, 1)
        self.assert_formats(run)
        label = self.data["label"]
        overall = self.curve(run, "accuracy.roc_auc.max_regression")
        self.assertEqual(overall["kind"], "roc")
        for side, score in (("candidate", "bad"), ("production", "production")):
            x, y, _ = skl.roc_curve(label, self.data[score], drop_intermediate=False)
            self.assert_on(overall[side], x, y)
            self.assertEqual([points(overall[side])[0], points(overall[side])[-1]], [(0, 0), (1, 1)])
            precision, recall, _ = skl.precision_recall_curve(label, self.data[score])
            self.assert_on(self.curve(run, "accuracy.average_precision.max_regression")[side], recall, precision)
        for group in ("a", "b"):
            rows = self.data["group"] == group
            x, y, _ = skl.roc_curve(label[rows], self.data["bad"][rows], drop_intermediate=False)
            self.assert_on(self.curve(run, f"accuracy.roc_auc.max_regression.group={group}")["candidate"], x, y)
            confusion = run.checks[f"accuracy.recall.max_regression.group={group}"]["evidence"]["confusion"]
            self.assertEqual(confusion["candidate"], skl.confusion_matrix(label[rows], self.data["bad"][rows] >= 0.5).ravel().tolist())
        bins = run.checks["accuracy.log_loss.max_regression"]["evidence"]["reliability"]["candidate"]
        self.assertEqual(sum(one["rows"] for one in bins), len(label))

    def test_no_score_and_no_threshold_is_written(self) -> None:
        """Scores of a shape that no share of these rows has: nothing of them may stand in the report."""
        marked = {name: 0.123456 + 0.00071 * np.argsort(np.argsort(self.data[name])) / 2 for name in ("bad", "production")}
        for name, score in marked.items():
            write_table(self.folder / f"{name}.csv", {"id": self.data["id"], "score": score})
        self.gate(BAD)
        run = self.run_gate()
        self.assert_code(run, 1)
        positives = int(self.data["label"].sum())
        negatives = len(self.data["label"]) - positives
        for side in ("candidate", "production"):
            for x, y in points(self.curve(run, "accuracy.roc_auc.max_regression")[side]):
                self.assertAlmostEqual(x * negatives, round(x * negatives), delta=2e-3)
                self.assertAlmostEqual(y * positives, round(y * positives), delta=2e-3)
        for name, scores in marked.items():
            for score in scores[:50]:
                self.assertNotIn(f"{score:.9g}", run.texts["report.json"], name)

    def test_what_is_suppressed_is_not_drawn(self) -> None:
        few = self.data["group"].astype("U3")
        few[:8] = "few"
        self.write_golden(self.data | {"group": few})
        self.gate(BAD + "reports: {suppress_below: 9}\n")
        run = self.run_gate()
        self.assert_code(run, 1)
        small = run.checks["accuracy.recall.max_regression.group=few"]["evidence"]
        self.assertFalse({"curves", "reliability", "confusion"} & set(small))
        self.assertIn("confusion", run.checks["accuracy.recall.max_regression.group=a"]["evidence"])
        for one in run.checks["accuracy.log_loss.max_regression"]["evidence"]["reliability"]["candidate"]:
            self.assertGreaterEqual(one["rows"], 9)

    def test_hundreds_of_broken_slices_keep_the_report_small(self) -> None:
        rows = 20_000
        rng = np.random.default_rng(4)
        label = (rng.random(rows) < 0.4).astype(np.int64)
        write_table(self.folder / "golden.parquet", {
            "id": np.arange(rows), "label": label, "group": np.array([f"g{i:03d}" for i in np.arange(rows) % 400]),
            "bad": rng.random(rows), "good": np.clip(label * 0.3 + 0.7 * rng.random(rows), 0, 1)})
        self.gate(BAD, ("{predictions: bad.csv, columns: [score]}", "{predictions: dataset, columns: [bad]}"),
                  ("{predictions: production.csv, columns: [score]}", "{predictions: dataset, columns: [good]}"))
        run = self.run_gate()
        self.assert_code(run, 1)
        self.assertGreater(len(run.checks), 800)
        pictured = [c for c in run.checks.values() if {"curves", "reliability", "confusion"} & set(c["evidence"])]
        self.assertEqual(len(pictured), 100)
        worst = sum(c["outcome"] == "fail" for c in pictured)
        self.assertEqual(worst, min(100, sum(c["outcome"] == "fail" and c["blocking"] for c in run.checks.values())))
        self.assertLess(len(run.texts["report.json"]), 5_000_000)

    def test_the_fraud_example_shows_who_is_no_longer_caught(self) -> None:
        run = run_modelgate("run", "-c", FIXTURES / "fraud/modelgate.yaml", "--candidate",
                            GENERATED / "fraud/models/fraud_v2.2.pt", "-o", f"{self.folder}/out/", cwd=self.folder,
                            folder=self.folder / "out", timeout=300)
        self.assert_code(run, 1)
        self.assert_formats(run)
        golden = pq.read_table(GENERATED / "fraud/golden.parquet", columns=["sex", "age_band"]).to_pandas()
        broken = run.checks["accuracy.recall.max_regression.sex=F.age_band=60+"]["evidence"]["confusion"]
        self.assertEqual(broken["classes"], ["negative", "positive"])
        self.assertEqual(sum(broken["candidate"]), int(((golden.sex == "F") & (golden.age_band == "60+")).sum()))
        self.assertEqual(sum(broken["candidate"]), sum(broken["production"]))
        missed = {side: broken[side][2] / (broken[side][2] + broken[side][3]) for side in ("candidate", "production")}
        self.assertGreater(missed["candidate"], 2 * missed["production"], "the frauds that production caught")
        overall = self.curve(run, "accuracy.roc_auc.min")
        for side in ("candidate", "production"):
            area = np.trapezoid(overall[side]["y"], overall[side]["x"])
            value = run.checks["accuracy.roc_auc.max_regression"][side]["value"]
            self.assertAlmostEqual(area, value, delta=0.002, msg="the picture has the area that was judged")
        (timed,) = [c["evidence"]["curves"][0] for c in run.checks.values()
                    if c["type"] == "latency" and "curves" in c["evidence"]]
        self.assertEqual(timed["kind"], "latency_ecdf")
        for side in ("candidate", "production"):
            self.assertEqual(timed[side]["x"], sorted(timed[side]["x"]))
            self.assertGreaterEqual(timed[side]["y"][-1], 0.995)
