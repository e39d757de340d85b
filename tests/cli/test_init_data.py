# SPDX-License-Identifier: Apache-2.0
"""modelgate init on data it has never seen, on data that is hard to write down, and its manners with files."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import yaml

import adult
import compas
from init_case import InitCase, columns_of
from support import GENERATED, announce_skip, run_modelgate, write_table


class UnseenData(InitCase):
    def public_data(self, source: str) -> Path:
        root = os.environ.get("MODELGATE_TEST_DATA")
        if not root or not (Path(root).absolute() / source).is_file():
            announce_skip(f"{source} is not there (MODELGATE_TEST_DATA)")
        return Path(root).absolute()

    def test_adult_two_models_and_a_vocabulary(self):
        adult.prepare(self.public_data(adult.SOURCE), self.folder)
        (self.folder / "modelgate.yaml").unlink()
        self.init("--candidate", "candidate.pt", "--production", "production.pt", "--dataset", "golden.parquet")
        gate = self.written()
        self.assertEqual(columns_of(gate["dataset"]), [adult.NUMBERS, adult.CATEGORIES])
        self.assertEqual(columns_of(gate["production"]), [adult.NUMBERS])
        self.assertEqual(gate["dataset"]["label"], {"column": "income", "positive": ">50K"})
        self.judged()

    def test_adult_with_its_sampling_weights_and_recorded_scores(self):
        columns = adult.read(self.public_data(adult.SOURCE))
        keys = np.array([f"p{i}" for i in range(columns["income"].size)])
        logit = (columns["education_num"] - 12) / 2 + (columns["age"] - 40) / 30
        for name, extra in (("old", 0), ("new", 3 * (columns["capital_gain"] > 5000))):
            write_table(self.folder / f"{name}.csv", {"person_id": keys, "p": 1 / (1 + np.exp(-logit - extra))})
        write_table(self.folder / "adult.csv", {"person_id": keys} | columns | {"fnlwgt": columns["fnlwgt"].astype(np.int64)})
        run = self.init("--candidate", "new.csv", "--production", "old.csv", "--dataset", "adult.csv")
        self.assertIn("age is no group as it is", run.stdout)
        dataset = self.written()["dataset"]
        self.assertEqual((dataset["id"], dataset["weight"]), ("person_id", "fnlwgt"))
        self.judged()

    def test_compas_without_production(self):
        data = self.public_data(compas.SOURCE)
        compas.prepare(data, self.folder)
        (self.folder / "modelgate.yaml").unlink()
        run = self.init("--candidate", "predictions.csv", "--dataset", data / compas.SOURCE, "--label", "two_year_recid")
        self.assertIn("--first-release", run.stdout)
        gate = self.written()
        self.assertEqual(gate["output"]["kind"], "class")
        self.assertEqual({a for c in gate["checks"]["bias"] for a in c["attributes"]}, {"sex", "age_cat", "race"})
        self.judged("--first-release")


class HardData(InitCase):
    """Names that YAML, patterns and crossings would trip over."""

    NAMES = ["plain: yes", "#hash", "'single'", 'double "quoted"', "- dash", "[v*]", "a & b", "{x}", "true", "1e3", "größe",
             "trailing ", "comma, separated", "%percent", "back\\slash"]

    def columns(self, rows: int = 1200) -> dict:
        rng = np.random.default_rng(3)
        label = (rng.random(rows) < .4).astype(int)
        columns = {"order nr": np.array([f"o-{i}" for i in range(rows)])}
        for i, name in enumerate(self.NAMES):
            columns[name] = (rng.normal(0, 1, rows) + (label if i == 0 else 0)).astype(np.float32)
        columns |= {"constant": np.ones(rows, np.float32), "Sex: code": rng.choice(["m", "f"], rows),
                    "weird # slice": rng.choice(["a: b", "c # d", '"e"', "é"], rows),
                    "free text": np.array([f"text {i * 7}" for i in range(rows)]),
                    "when": np.array(["2026-01-01"] * rows, dtype="datetime64[D]"), "Outcome?": np.where(label == 1, "yes: x", "no")}
        return columns | {"nothing": pa.nulls(rows, pa.string())}

    def save_model(self, width: int) -> None:
        torch.manual_seed(2)
        model = torch.nn.Sequential(torch.nn.Linear(width, 1), torch.nn.Sigmoid())
        torch.jit.script(model.eval()).save(str(self.folder / "model.pt"))
        with torch.no_grad():
            model[0].weight.mul_(0.9)
        torch.jit.script(model.eval()).save(str(self.folder / "old.pt"))

    def test_names_are_quoted_so_that_they_come_back(self):
        columns = self.columns()
        for suffix in ("parquet", "csv"):
            with self.subTest(suffix):
                write_table(self.folder / f"hard.{suffix}", columns)
                self.save_model(len(self.NAMES) + 1)
                run = self.init("--candidate", "model.pt", "--production", "old.pt", "--dataset", f"hard.{suffix}", "--force")
                gate = self.written()
                self.assertEqual(columns_of(gate["dataset"]), [[*self.NAMES, "constant"]])
                self.assertEqual(gate["dataset"]["id"], "order nr")
                self.assertEqual(gate["dataset"]["label"]["column"], "Outcome?")
                self.assertIn(gate["dataset"]["label"]["positive"], ("yes: x", "no"))
                slices = {s for c in gate["checks"]["accuracy"] for s in c.get("slices", [])}
                self.assertEqual(slices, {"weird # slice"})
                self.assertIn("nothing: empty in every row", run.stdout)
                self.judged()

    def test_what_no_gate_file_can_hold_is_told_or_left_out(self):
        data = {"id": self.data["id"], "label": self.data["label"]}
        columns = {name: self.data["group"] for name in (" lead", "bom\ufeff", "c1\x85", "group")}
        write_table(self.folder / "hard.parquet", data | columns)
        self.init("--candidate", "good.csv", "--production", "production.csv", "--dataset", "hard.parquet")
        named = json.dumps(self.written()["checks"])
        self.assertIn('"group"', named)
        for name in ("lead", "bom", "c1"):
            self.assertNotIn(name, named)
        for evil in ("a\nb", "\x1b[31mred", "t\tb"):
            with self.subTest(evil):
                words = [evil if one else "no" for one in self.data["label"]]
                write_table(self.folder / "hard.parquet", data | {"label": words})
                run = self.init("--candidate", "good.csv", "--dataset", "hard.parquet", "-o", "other.yaml", code=2)
                self.assertIn("which no gate file can hold", run.stderr)
                self.assertNotIn("\x1b", run.stderr)
                self.assertEqual([p.name for p in self.folder.glob("other*")], [])

    def test_many_long_class_names_are_wrapped_and_come_back(self):
        names = [f"a rather long name of class {i:02}, with a comma" for i in range(12)]
        rng = np.random.default_rng(5)
        label = rng.integers(0, 12, 1200)
        scores = np.eye(12)[label] * .5 + rng.dirichlet(np.ones(12), 1200) * .5
        keys = np.arange(1200)
        write_table(self.folder / "golden.csv", {"key": keys, "kind": np.array(names)[label]})
        write_table(self.folder / "scores.csv", {"key": keys} | {name: scores[:, i] for i, name in enumerate(names)})
        self.init("--candidate", "scores.csv", "--dataset", "golden.csv")
        gate = self.written()
        self.assertEqual((gate["output"]["classes"], gate["candidate"]["columns"]), (names, names))
        self.assertLessEqual(max(map(len, self.text().splitlines())), 120)
        self.judged("--first-release")

    def test_an_id_that_comes_twice_far_down_is_dropped(self):
        rows = 100_002
        rng = np.random.default_rng(6)
        key = np.arange(rows)
        key[-1] = 5
        label = rng.integers(0, 2, rows)
        write_table(self.folder / "long.parquet", {"row_id": key, "score": np.clip(label * .5 + rng.random(rows) * .5, 0, 1),
                                                   "label": label})
        self.init("--candidate", "dataset:score", "--dataset", "long.parquet")
        self.assertNotIn("id", self.written()["dataset"])
        self.judged("--first-release")

    def test_a_label_that_cannot_be_told_lists_the_columns(self):
        write_table(self.folder / "plain.csv", {"key": np.arange(50), "x0": np.linspace(0, 1, 50), "name": [f"n{i}" for i in range(50)]})
        run = self.init("--candidate", GENERATED / "odd_models/flat.pt", "--dataset", "plain.csv", code=2)
        self.assertIn("--label COLUMN", run.stderr)
        self.assertIn("key, x0, name", run.stderr)
        self.assertFalse((self.folder / "modelgate.yaml").exists())
        self.assertEqual([p.name for p in self.folder.glob("*.init")], [])


class Files(InitCase):
    ARGUMENTS = ("--candidate", "good.csv", "--production", "production.csv", "--dataset", "golden.parquet")

    def test_a_gate_file_that_is_there_is_never_replaced_unasked(self):
        (self.folder / "modelgate.yaml").write_text("mine\n")
        run = self.init(*self.ARGUMENTS, code=2)
        self.assertIn("--force", run.stderr)
        self.assertEqual(self.text(), "mine\n")
        self.init(*self.ARGUMENTS, "--force")
        self.judged()

    def test_force_replaces_no_input_and_no_folder(self):
        before = (self.folder / "good.csv").read_bytes()
        self.assertIn("good.csv", self.init(*self.ARGUMENTS, "--force", "-o", "good.csv", code=2).stderr)
        self.assertEqual((self.folder / "good.csv").read_bytes(), before)
        (self.folder / "gates").mkdir()
        self.assertIn("no plain file", self.init(*self.ARGUMENTS, "--force", "-o", "gates", code=2).stderr)

    def test_paths_are_relative_to_the_gate_file(self):
        self.init(*self.ARGUMENTS, "-o", "gates/mine.yaml", "--name", "mine")
        gate = yaml.safe_load((self.folder / "gates/mine.yaml").read_text())
        self.assertEqual((gate["dataset"]["path"], gate["candidate"]["predictions"]), ("../golden.parquet", "../good.csv"))
        self.assertTrue((self.folder / "gates/modelgate.schema.json").is_file())
        self.assert_code(run_modelgate("validate", "-c", "gates/mine.yaml", cwd=self.folder), 0)

    def test_a_schema_that_is_there_stays(self):
        (self.folder / "modelgate.schema.json").write_text("{}\n")
        self.init(*self.ARGUMENTS)
        self.assertEqual((self.folder / "modelgate.schema.json").read_text(), "{}\n")

    def test_a_glob_and_a_folder_of_golden_rows(self):
        table = pq.read_table(self.folder / "golden.parquet")
        (self.folder / "rows").mkdir()
        for i in range(2):
            pq.write_table(table.slice(1000 * i, 1000), self.folder / f"rows/part-{i}.parquet")
        for path in ("rows/*.parquet", "rows"):
            with self.subTest(path):
                self.init(*self.ARGUMENTS[:-1], path, "--force")
                self.assertEqual(self.written()["dataset"]["path"], path)
                self.judged()

    def test_scores_that_are_higher_for_the_other_label_turn_the_positive_label(self):
        data = self.data
        write_table(self.folder / "words.csv", {"id": data["id"], "label": np.where(data["label"] == 1, "no", "yes")})
        self.init(*self.ARGUMENTS[:-1], "words.csv")
        self.assertEqual(self.written()["dataset"]["label"]["positive"], "no")
        self.judged()

    def test_predictions_that_cannot_be_joined_say_what_they_need(self):
        write_table(self.folder / "other.csv", {"key": self.data["id"], "score": self.data["good"]})
        run = self.init("--candidate", "other.csv", "--dataset", "golden.parquet", code=3)
        self.assertIn("other.csv cannot be joined to golden.parquet", run.stderr)

    def test_the_age_in_years_is_told_of_and_its_band_is_compared(self):
        age = np.random.default_rng(1).integers(18, 80, self.data["id"].size)
        golden = {k: self.data[k] for k in ("id", "label")} | {"age": age, "age_band": np.where(age < 40, "young", "old")}
        write_table(self.folder / "aged.csv", golden)
        run = self.init(*self.ARGUMENTS[:-1], "aged.csv")
        self.assertIn("age is no group as it is", run.stdout)
        self.assertEqual({a for c in self.written()["checks"]["bias"] for a in c["attributes"]}, {"age_band"})
        self.judged()

    def test_wrong_calls_say_what_is_missing(self):
        for arguments, word in ((("--dataset", "golden.parquet"), "--candidate is missing"),
                                (("--candidate", "good.csv"), "--dataset is missing"),
                                ((*self.ARGUMENTS, "--label", "lable"), "--label lable"),
                                ((*self.ARGUMENTS, "--task", "guess"), "--task must be"),
                                ((*self.ARGUMENTS, "--task", "ranking"), "--task ranking needs"),
                                ((*self.ARGUMENTS, "--name", "a/b"), "--name must begin"),
                                ((*self.ARGUMENTS, "-o", ""), "-o names no file"),
                                (("--candidate", "model.onnx", "--dataset", "golden.parquet"), "model.onnx")):
            with self.subTest(word):
                self.assertIn(word, self.init(*arguments, code=2).stderr)


if __name__ == "__main__":
    unittest.main()
