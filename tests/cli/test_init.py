# SPDX-License-Identifier: Apache-2.0
"""modelgate init on every example, on data it has never seen, and on data that is hard to write down: the file that it
writes is one that validate accepts and run judges."""

from __future__ import annotations

import json
import os
import re
import shutil
import unittest
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import yaml

import adult
import compas
from support import FIXTURES, GENERATED, REPOSITORY, Case, Run, announce_skip, run_modelgate, write_table

RECORDED = FIXTURES / "recorded"
MODELS = {name: (GENERATED / name / "models", GENERATED / name / "golden.parquet")
          for name in ("fraud", "breast_cancer", "diabetes", "digits")}


def columns_of(section: dict) -> list:
    """The columns of each input of a model or dataset."""
    return [entry["columns"] for entry in section["inputs"]]


class InitCase(Case):
    """A test whose folder is the project into which init writes."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "modelgate.yaml").unlink()

    def init(self, *arguments: object, code: int = 0) -> Run:
        run = run_modelgate("init", *arguments, cwd=self.folder)
        self.assert_code(run, code)
        return run

    def written(self) -> dict:
        return yaml.safe_load((self.folder / "modelgate.yaml").read_text(encoding="utf-8"))

    def text(self) -> str:
        return (self.folder / "modelgate.yaml").read_text(encoding="utf-8")

    def judged(self, *arguments: object, timed: bool = False) -> Run:
        """validate accepts what was written, the JSON Schema beside it, too, and run comes to a verdict. Latency takes
        seconds a gate, so one test alone is timed."""
        schema = json.loads((self.folder / "modelgate.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(self.written(), schema)
        self.assertLessEqual(max(len(l) for l in self.text().splitlines() if ".pt" not in l and ".parquet" not in l), 120)
        self.assert_code(run_modelgate("validate", *arguments, cwd=self.folder), 0)
        families = [family for family in self.written()["checks"] if timed or family != "latency"]
        run = self.run_gate(*arguments, "--only", ",".join(families))
        self.assertIn(run.code, (0, 1), run.stdout + run.stderr)
        self.assert_agreement(run)
        self.assertTrue(run.checks)
        self.assertFalse([i for i, check in run.checks.items() if check["outcome"] == "error"])
        return run


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
            if key and key.group(1) not in ("version", "accuracy", "bias", "latency", "column"):
                self.assertTrue("# " in line or before.lstrip().startswith("#"), line)
        self.assertLessEqual(max(map(len, lines)), 120)


if __name__ == "__main__":
    unittest.main()
