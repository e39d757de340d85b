# SPDX-License-Identifier: Apache-2.0
"""modelgate init on every example: the file that it writes is one that validate accepts and run judges."""

from __future__ import annotations

import os
import re
import shutil
import unittest

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from init_case import InitCase, columns_of
from support import FIXTURES, GENERATED, REPOSITORY, Run, write_table

RECORDED = FIXTURES / "recorded"
MODELS = {name: (GENERATED / name / "models", GENERATED / name / "golden.parquet")
          for name in ("fraud", "breast_cancer", "diabetes", "digits")}


class Examples(InitCase):
    def models(self, name: str, candidate: str, production: str, timed: bool = False) -> Run:
        models, golden = MODELS[name]
        self.init("--candidate", models / candidate, "--production", models / production, "--dataset", golden)
        return self.judged(timed=timed)

    def test_fraud_finds_both_models_columns_and_sees_the_group_that_is_harmed(self):
        run = self.models("fraud", "fraud_v2.2.pt", "fraud_v2.1.pt")
        gate = self.written()
        self.assertEqual((gate["task"], gate["on_inconclusive"]), ("binary", "guard"))
        self.assertEqual(gate["dataset"]["label"], {"column": "outcome", "positive": "fraud"})
        self.assertEqual(gate["dataset"]["id"], "transaction_id")
        numbers = ["amount", "hour", "distance_km", "card_age_days", "device_score", "v*"]
        self.assertEqual(columns_of(gate["dataset"]), [numbers, ["merchant_category"]])
        numbers.remove("device_score")
        self.assertEqual(columns_of(gate["production"]), [numbers, ["merchant_category"]])
        self.assertIn("CHECK: all numbers but device_score", self.text())
        self.assertEqual({a for c in gate["checks"]["bias"] for a in c["attributes"]}, {"sex", "age_band", "sex & age_band"})
        harm = run.checks["bias.tpr.max_regression.attribute=sex+age_band"]
        self.assertNotEqual(harm["outcome"], "pass")
        self.assertIn("F, 60+", harm["message"])

    def test_breast_cancer_tells_the_ten_columns_of_production_from_twenty_others(self):
        self.models("breast_cancer", "candidate.pt", "production.pt")
        gate = self.written()
        self.assertEqual(columns_of(gate["production"]), [["mean_*"]])
        self.assertEqual(gate["dataset"]["label"]["positive"], "malignant")

    def test_diabetes_finds_the_two_columns_of_production_by_trying(self):
        self.models("diabetes", "candidate.pt", "production.pt", timed=True)
        gate = self.written()
        self.assertEqual(gate["task"], "regression")
        self.assertEqual(columns_of(gate["production"]), [["age", "bp"]])
        self.assertEqual(gate["dataset"]["label"], "progression")
        self.assertEqual(gate["output"]["kind"], "value")

    def test_digits_finds_the_shape_of_the_image_and_the_order_of_the_classes(self):
        self.models("digits", "candidate.pt", "production.pt")
        gate = self.written()
        self.assertEqual(gate["task"], "multiclass")
        self.assertEqual(gate["dataset"]["inputs"][0]["shape"], [1, 8, 8])
        self.assertEqual(gate["output"]["classes"], "zero one two three four five six seven eight nine".split())

    def test_search_judges_columns_of_the_golden_rows(self):
        self.init("--candidate", "dataset:fine", "--production", "dataset:coarse",
                  "--dataset", GENERATED / "search/golden.parquet")
        gate = self.written()
        self.assertEqual((gate["task"], gate["dataset"]["query"], gate["dataset"]["label"]), ("ranking", "query", "relevance"))
        self.judged()

    def test_recorded_predictions_of_every_task(self):
        labels = {"binary": {"column": "outcome", "positive": "yes"}, "multiclass": "vehicle", "regression": "price",
                  "multilabel": {"columns": ["even", "large", "looped"]}}
        for task, label in labels.items():
            with self.subTest(task):
                folder = RECORDED / task
                self.init("--candidate", folder / "candidate.csv", "--production", folder / "production.csv",
                          "--dataset", folder / "golden.csv", "--force")
                gate = self.written()
                self.assertEqual((gate["task"], gate["dataset"]["id"], gate["dataset"]["label"]), (task, "id", label))
                self.judged()

    def test_a_predicting_gate_of_another_framework_and_a_live_production(self):
        golden = pq.read_table(MODELS["breast_cancer"][1])
        score = (1 - np.argsort(np.argsort(-golden["worst_area"].to_numpy())) / golden.num_rows) * .98
        write_table(self.folder / "gbm.parquet", {"patient": golden["patient"], "score": score})
        self.init("--candidate", "gbm.parquet", "--production", MODELS["breast_cancer"][0] / "production.pt",
                  "--dataset", MODELS["breast_cancer"][1])
        self.assertEqual(columns_of(self.written()["production"]), [["mean_*"]])
        self.judged()


class OtherOutputs(InitCase):
    """Models whose output is not simply a probability."""

    def test_logits_tuples_dicts_and_text_inputs(self):
        odd = GENERATED / "odd_models"
        for name, expected in (("logit", {"kind": "logit"}), ("two_columns", {}), ("tuple", {"index": 1}),
                               ("dict", {"name": "score"}), ("strings", {})):
            with self.subTest(name):
                self.init("--candidate", odd / f"{name}.pt", "--production", odd / "worse.pt", "--dataset",
                          "golden.parquet", "--force")
                gate = self.written()
                read = gate["output"] | gate["candidate"].get("output", {})
                self.assertLessEqual(expected.items(), read.items())
                self.judged()
        self.assertEqual(columns_of(gate["dataset"]), [["x0", "x1"], ["group"]])

    def test_a_model_that_takes_nothing_is_told_of_and_never_passes(self):
        odd = GENERATED / "odd_models"
        run = self.init("--candidate", odd / "raising.pt", "--production", odd / "worse.pt", "--dataset", "golden.parquet",
                        code=3)
        self.assertIn("this model refuses its rows", " ".join(run.stdout.split()))
        self.assertIn("CHECK: a guess: the model took none", self.text())
        self.assert_code(self.run_gate(), 3)

    def test_pictures_from_npz_and_a_convolution_that_gives_logits(self):
        class Picture(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.convolution, self.layer = torch.nn.Conv2d(3, 2, 3), torch.nn.Linear(2 * 36, 3)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.layer(torch.flatten(torch.relu(self.convolution(x)), 1))

        torch.manual_seed(4)
        rng = np.random.default_rng(4)
        torch.jit.script(Picture().eval()).save(str(self.folder / "picture.pt"))
        np.savez(self.folder / "pictures.npz", picture=rng.random((300, 3, 8, 8), np.float32), label=np.arange(300) % 3)
        self.init("--candidate", "picture.pt", "--dataset", "pictures.npz")
        gate = self.written()
        self.assertEqual((gate["task"], gate["output"]["kind"]), ("multiclass", "logit"))
        self.assertEqual(gate["dataset"]["inputs"][0]["shape"], [3, 8, 8])
        self.judged("--first-release")

    def test_a_model_that_wants_float64(self):
        class Wide(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.layer = torch.nn.Linear(2, 1).double()

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return torch.sigmoid(self.layer(x))

        torch.manual_seed(1)
        torch.jit.script(Wide()).save(str(self.folder / "wide.pt"))
        rows = pq.read_table(self.folder / "golden.parquet")
        when = pa.array([f"{2000 + i // 300}-{1 + i % 300}" for i in range(rows.num_rows)])
        pq.write_table(rows.append_column("seen_on", when), self.folder / "golden.parquet")
        run = self.init("--candidate", "wide.pt", "--dataset", "golden.parquet")
        self.assertRegex(run.stdout, r"not used +seen_on\n")
        self.assertEqual(self.written()["dataset"]["inputs"][0]["dtype"], "float64")
        self.judged("--first-release")


class Text(InitCase):
    """What people read, to the byte; UPDATE_GOLDEN=1 writes it anew."""

    def test_the_gate_file_and_the_console_of_one_example(self):
        for name in ("golden", "candidate", "production"):
            shutil.copy(RECORDED / "binary" / f"{name}.csv", self.folder)
        run = self.init("--candidate", "candidate.csv", "--production", "production.csv", "--dataset", "golden.csv",
                        "--name", "loans")
        golden = REPOSITORY / "tests/golden/init.txt"
        text = run.stdout + "\n" + "=" * 80 + "\n" + self.text()
        if os.environ.get("UPDATE_GOLDEN"):
            golden.write_text(text, encoding="utf-8")
        self.assertEqual(text, golden.read_text(encoding="utf-8"))

    def test_every_line_that_decides_something_has_a_comment(self):
        self.init("--candidate", "good.csv", "--production", "production.csv", "--dataset", "golden.parquet")
        lines = self.text().splitlines()
        for before, line in zip(lines, lines[1:]):
            key = re.match(r"\s*(?:- \{)?(\w+):", line)
            if key and key.group(1) not in ("version", "accuracy", "bias", "latency", "resources", "column"):
                self.assertTrue("# " in line or before.lstrip().startswith("#"), line)
        self.assertLessEqual(max(map(len, lines)), 120)


if __name__ == "__main__":
    unittest.main()
