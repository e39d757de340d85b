# SPDX-License-Identifier: Apache-2.0
"""Metrics of scores, values and rankings through the whole binary, on real data, against scikit-learn and scipy."""

from __future__ import annotations

import unittest

import numpy as np
import pyarrow.parquet as pq
from scipy import stats
from sklearn import datasets, linear_model, metrics

from support import FIXTURES, GENERATED, Case, run_modelgate, write_table

BINARY = """\
version: 1
name: tumours
task: binary
on_inconclusive: guard
candidate: {predictions: dataset, columns: [all_features]}
production: {predictions: dataset, columns: [two_features]}
dataset: {path: golden.parquet, label: malignant}
output: {kind: probability}
checks:
  accuracy:
    - {metric: average_precision, min: 0.8, max_regression: 0.05}
    - {metric: gini, min: 0.8, max_regression: 0.05}
    - {metric: ks, min: 0.6, max_regression: 0.1}
    - {metric: recall_at_fpr@0.1, min: 0.7, max_regression: 0.1}
    - {metric: precision_at_rate@0.2, min: 0.7, max_regression: 0.1}
    - {metric: calibration_slope, min: 0.2, max: 3}
    - {metric: calibration_intercept, min: -2, max: 2}
    - {metric: brier_score, max: 0.2, max_regression: 0.05}
"""

REGRESSION = """\
version: 1
name: progression
task: regression
on_inconclusive: guard
candidate: {predictions: dataset, columns: [all_features]}
production: {predictions: dataset, columns: [two_features]}
dataset: {path: golden.parquet, label: progression}
output: {kind: value}
checks:
  accuracy:
    - {metric: mse, max_regression: 5%}
    - {metric: mape, max_regression: 0.05}
    - {metric: wape, max_regression: 5%}
    - {metric: mase, max: 1, max_regression: 0.05}
    - {metric: pinball@0.9, max_regression: 5%}
    - {metric: mean_bias, min: -20, max: 20}
"""


class ScoreMetrics(Case):
    def fitted(self, model, data, few: list[int]) -> tuple[np.ndarray, dict]:
        """Labels of the golden half and the predictions of a model of all features and of one of a few."""
        train = np.arange(len(data.target)) % 2 == 0
        predict = lambda m, x: m.predict_proba(x)[:, 1] if hasattr(m, "predict_proba") else m.predict(x)
        sides = {}
        for name, x in (("all_features", data.data), ("two_features", data.data[:, few])):
            sides[name] = predict(model.fit(x[train], data.target[train]), x[~train]).round(6)
        return data.target[~train], sides

    def assert_values(self, run, label, sides, expected: dict) -> None:
        for word, names in (("candidate", "all_features"), ("production", "two_features")):
            for check, metric in expected.items():
                reported = run.checks[f"accuracy.{check}"][word]
                self.assertAlmostEqual(reported["value"], metric(label, sides[names]), delta=1e-9, msg=check)
                low, high = reported["interval"]
                self.assertLessEqual(low, reported["value"])
                self.assertGreaterEqual(high, reported["value"])

    def test_scores_of_real_tumours_equal_scikit_learn_and_scipy(self) -> None:
        data = datasets.load_breast_cancer()
        data.target = 1 - data.target
        label, sides = self.fitted(linear_model.LogisticRegression(C=0.02, max_iter=10000), data, [1, 4])
        write_table(self.folder / "golden.parquet", {"malignant": label, **sides})
        self.gate(BINARY)
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assert_agreement(run)
        roc = lambda y, s: metrics.roc_curve(y, s, drop_intermediate=False)
        best = lambda y, s: max(t for f, t, _ in zip(*roc(y, s)) if f <= 0.1)
        self.assert_values(run, label, sides, {
            "average_precision.max_regression": metrics.average_precision_score,
            "gini.max_regression": lambda y, s: 2 * metrics.roc_auc_score(y, s) - 1,
            "ks.max_regression": lambda y, s: stats.ks_2samp(s[y == 1], s[y == 0]).statistic,
            "recall_at_fpr@0.1.max_regression": best,
            "brier_score.max_regression": metrics.brier_score_loss})
        calibration = run.checks["accuracy.brier_score.max"]["evidence"]["calibration"]
        scores = sides["all_features"]
        bins = np.minimum((scores * 15).astype(int), 14)
        error = sum(abs((scores - label)[bins == b].sum()) for b in range(15)) / len(label)
        self.assertAlmostEqual(calibration["candidate"]["error"], error, delta=1e-9)
        self.assertLess(calibration["candidate"]["if_calibrated"], calibration["candidate"]["if_calibrated_high"])
        self.assertIn("Expected calibration error", run.checks["accuracy.brier_score.max"]["message"])
        self.assertNotIn("calibration", run.checks["accuracy.ks.min"]["evidence"])

    def test_errors_of_a_real_regression_equal_scikit_learn(self) -> None:
        data = datasets.load_diabetes()
        label, sides = self.fitted(linear_model.LinearRegression(), data, [2, 3])
        write_table(self.folder / "golden.parquet", {"progression": label, **sides})
        self.gate(REGRESSION)
        run = self.run_gate()
        self.assert_agreement(run)
        naive = np.abs(np.diff(label)).mean()
        self.assert_values(run, label, sides, {
            "mse.max_regression": metrics.mean_squared_error,
            "mape.max_regression": metrics.mean_absolute_percentage_error,
            "wape.max_regression": lambda y, p: np.abs(y - p).sum() / y.sum(),
            "mase.max": lambda y, p: np.abs(y - p).mean() / naive,
            "pinball@0.9.max_regression": lambda y, p: metrics.mean_pinball_loss(y, p, alpha=0.9),
            "mean_bias.min": lambda y, p: (p - y).mean(), "mean_bias.max": lambda y, p: (p - y).mean()})
        self.assertEqual(run.checks["accuracy.mean_bias.min"]["outcome"], "pass")

    def test_a_label_of_zero_makes_mape_not_assessable_by_name(self) -> None:
        label = np.arange(100.0)
        write_table(self.folder / "golden.parquet",
                    {"progression": label, "all_features": label + 1, "two_features": label + 2})
        self.gate(REGRESSION, ("    - {metric: mse, max_regression: 5%}\n", ""))
        check = self.run_gate().checks["accuracy.mape.max_regression"]
        self.assertEqual(check["outcome"], "not_assessable")
        self.assertIn("1 of 100 rows", check["message"])

    def test_a_share_or_a_number_of_ranks_must_stand_behind_the_metric(self) -> None:
        for wrong, said in (("recall_at_fpr", "lacks its share"), ("recall_at_fpr@10", "a share between 0 and 1"),
                            ("ks@0.1", "takes nothing behind an @")):
            self.gate(BINARY, ("recall_at_fpr@0.1", wrong))
            run = self.run_gate()
            self.assert_code(run, 2)
            self.assertIn(said, run.stderr)

    def test_percent_margins_of_gini_are_refused(self) -> None:
        self.gate(BINARY, ("gini, min: 0.8, max_regression: 0.05", "gini, max_regression: 5%"))
        self.assert_code(self.run_gate(), 2)


class Rankings(Case):
    def judged(self):
        out = self.folder / "out"
        return run_modelgate("run", "-c", FIXTURES / "search/modelgate.yaml", "-o", f"{out}/", cwd=self.folder, folder=out)

    def test_lists_of_real_digits_equal_scikit_learn_query_by_query(self) -> None:
        run = self.judged()
        self.assert_agreement(run)
        table = pq.read_table(GENERATED / "search/golden.parquet").to_pandas()
        lists = [rows for _, rows in table.groupby("query") if rows.relevance.any()]
        for side, column in (("candidate", "fine"), ("production", "coarse")):
            gains = np.array([metrics.ndcg_score([rows.relevance], [rows[column]], k=10) for rows in lists])
            check = run.checks["accuracy.ndcg@10.max_regression"]
            self.assertAlmostEqual(check[side]["value"], gains.mean(), delta=1e-9)
            half = stats.t.isf(0.05, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
            self.assertAlmostEqual(check[side]["interval"][0], gains.mean() - half, delta=1e-6)
        self.assertIn(f"{120 - len(lists)} of 120 queries have no relevant row", check["message"])

    def test_a_slice_that_cuts_through_a_query_is_an_error(self) -> None:
        table = pq.read_table(GENERATED / "search/golden.parquet").to_pandas()
        table.loc[3, "shape"] = "round" if table.loc[3, "shape"] == "straight" else "straight"
        write_table(self.folder / "golden.parquet", {name: table[name].to_numpy() for name in table.columns})
        text = (FIXTURES / "search/modelgate.yaml").read_text()
        self.gate(text, ("../generated/search/golden.parquet", "golden.parquet"))
        run = self.run_gate()
        self.assert_code(run, 3)
        self.assertIn("several slices of shape", run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
