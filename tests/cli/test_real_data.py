# SPDX-License-Identifier: Apache-2.0
"""Published real data, read from $MODELGATE_TEST_DATA; skipped aloud where that is unset."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

import pyarrow.parquet as pq
from sklearn import metrics

import adult
import compas
from support import Case, announce_skip, run_modelgate


def data_folder(source: str) -> Path:
    data = os.environ.get("MODELGATE_TEST_DATA", "")
    if not data:
        announce_skip("MODELGATE_TEST_DATA is not set: real data are not tested")
    if not (Path(data) / source).is_file():
        announce_skip(f"{Path(data) / source} is not there")
    return Path(data).absolute()


class Compas(Case):
    def test_published_error_rates_by_race_are_reproduced(self) -> None:
        compas.prepare(data_folder(compas.SOURCE), self.folder)
        run = self.run_gate("--first-release")
        self.assert_code(run, 1)
        self.assert_agreement(run)
        self.assertEqual(run.report["dataset"]["rows"], 7214)
        check = run.checks["bias.equalized_odds_difference.max.attribute=race"]
        self.assertEqual(check["outcome"], "fail")
        rates = {(g["group"], g["rate"]): g for g in check["groups"]}
        for race, (fpr, fnr) in compas.PUBLISHED.items():
            self.assertEqual(round(100 * rates[race, "fpr"]["candidate"]["value"], 2), fpr)
            self.assertEqual(round(100 * (1 - rates[race, "tpr"]["candidate"]["value"]), 2), fnr)
        self.assertEqual((rates["African-American", "fpr"]["n"], rates["African-American", "tpr"]["n"]), (1795, 1901))

    def test_a_group_too_small_to_judge_is_named(self) -> None:
        compas.prepare(data_folder(compas.SOURCE), self.folder)
        check = self.run_gate("--first-release").checks["bias.equalized_odds_difference.max.attribute=race"]
        small = {g["group"] for g in check["groups"] if not g["assessable"]}
        self.assertIn("Native American", small)
        self.assertNotIn("Caucasian", small)


    def test_fairlearns_gap_stands_beside_that_of_the_large_groups(self) -> None:
        compas.prepare(data_folder(compas.SOURCE), self.folder)
        check = self.run_gate("--first-release").checks["large_groups.max.attribute=race"]
        self.assertEqual(check["outcome"], "fail")
        self.assertEqual(round(check["value_all_groups"], 3), 0.577)  # driven by 18 and 32 people
        self.assertEqual(round(check["candidate"]["value"], 3), 0.214)
        self.assertEqual({g["group"] for g in check["groups"] if g["declared"]}, {"African-American", "Caucasian"})
        self.assertIn("0.5767", check["message"])

    def test_a_reference_group_leaves_one_pair_for_each_other_group_and_rate(self) -> None:
        compas.prepare(data_folder(compas.SOURCE), self.folder)
        check = self.run_gate("--first-release").checks["to_reference.max.attribute=race"]
        self.assertEqual(check["outcome"], "fail")
        self.assertTrue(all("Caucasian" in pair["groups"] for pair in check["pairs"]))
        self.assertEqual(len(check["pairs"]), 3 + 4)  # tpr of three others, fpr of the four with 20 negative rows
        self.assertIn("only listed", check["message"])


class Adult(Case):
    def test_two_models_of_income_run_end_to_end(self) -> None:
        adult.prepare(data_folder(adult.SOURCE), self.folder)
        run = self.run_gate()
        self.assert_code(run, 1)
        self.assert_agreement(run)
        outcomes = {i: c["outcome"] for i, c in run.checks.items()}
        for check in ("accuracy.accuracy.max_regression", "accuracy.roc_auc.min", "accuracy.roc_auc.max_regression",
                      "accuracy.log_loss.max_regression", "accuracy.f1.max_regression"):
            self.assertEqual(outcomes[check], "pass", check)
        self.assertEqual(run.blocking(), {"bias.demographic_parity_difference.max.attribute=sex"})
        self.assert_values_are_scikit_learns(run)

    def assert_values_are_scikit_learns(self, run) -> None:
        predicted = run_modelgate("predict", "--model", "candidate", "-o", "candidate.parquet", cwd=self.folder)
        self.assert_code(predicted, 0)
        scores = pq.read_table(self.folder / "candidate.parquet").column("prediction_0").to_numpy()
        label = pq.read_table(self.folder / "golden.parquet").column("income").to_numpy(zero_copy_only=False) == ">50K"
        decided = scores >= scores.dtype.type(0.4)
        expected = {"accuracy.accuracy.max_regression": metrics.accuracy_score(label, decided),
                    "accuracy.roc_auc.min": metrics.roc_auc_score(label, scores),
                    "accuracy.log_loss.max_regression": metrics.log_loss(label, scores.astype(float)),
                    "accuracy.f1.max_regression": metrics.f1_score(label, decided)}
        for check, value in expected.items():
            self.assertAlmostEqual(run.checks[check]["candidate"]["value"], value, delta=1e-9, msg=check)


if __name__ == "__main__":
    unittest.main()
