# SPDX-License-Identifier: Apache-2.0
"""Recorded predictions: scikit-learn's values to 1e-9, joins by id, globs and shards, predict then run."""

from __future__ import annotations

import json
import unittest

import numpy as np
import pyarrow.parquet as pq

from support import FIXTURES, GATE, GENERATED, Case, Run, run_modelgate, write_table
from test_models import LIVE, MODELS

RECORDED = FIXTURES / "recorded"
EXPECTED = json.loads((RECORDED / "expected.json").read_text(encoding="utf-8"))


class AgainstScikitLearn(Case):
    def judged(self, task: str, code: int) -> Run:
        out = self.folder / task
        run = run_modelgate("run", "-c", RECORDED / task / "modelgate.yaml", "-o", f"{out}/", cwd=self.folder, folder=out)
        self.assert_code(run, code)
        self.assert_agreement(run)
        return run

    def compare_accuracy(self, task: str, run: Run) -> set[str]:
        """Every accuracy value in the report against the expected one; gives the metrics met."""
        met = set()
        for check in run.report["checks"]:
            if check["type"] != "accuracy":
                continue
            for side in ("candidate", "production"):
                of_slices = EXPECTED[task][side]["accuracy"]
                entry = next(e for e in of_slices if e["slice"] == check["slice"])
                if check["class"]:
                    entry = EXPECTED[task][side]["class"][check["class"]]
                with self.subTest(task=task, check=check["id"], side=side):
                    self.assertAlmostEqual(check[side]["value"], entry[check["metric"]], delta=1e-9)
            met.add(check["metric"])
        return met

    def test_binary_metrics_equal_scikit_learns(self) -> None:
        met = self.compare_accuracy("binary", self.judged("binary", 0))
        self.assertEqual(met, {"accuracy", "precision", "recall", "specificity", "f1", "balanced_accuracy", "roc_auc",
                               "log_loss", "brier_score"})

    def test_multiclass_metrics_equal_scikit_learns_and_the_worse_candidate_is_blocked(self) -> None:
        run = self.judged("multiclass", 1)
        met = self.compare_accuracy("multiclass", run)
        self.assertEqual(met, {"accuracy", "balanced_accuracy", "f1_macro", "precision_macro", "recall_macro", "log_loss",
                               "f1", "precision", "recall"})
        self.assertIn("accuracy.accuracy.max_regression", run.blocking())

    def test_regression_metrics_equal_scikit_learns(self) -> None:
        met = self.compare_accuracy("regression", self.judged("regression", 0))
        self.assertEqual(met, {"mae", "rmse", "r2"})

    def test_bias_gaps_equal_fairlearns_when_every_group_is_assessable(self) -> None:
        run = self.judged("binary", 0)
        expected, met = EXPECTED["binary"]["candidate"]["bias"], set()
        for check in run.report["checks"]:
            if check["type"] == "bias" and check["metric"] in expected["sex"]:
                with self.subTest(check["id"]):
                    self.assertAlmostEqual(check["candidate"]["value"],
                                           expected[check["attribute"]][check["metric"]], delta=1e-9)
                met.add((check["metric"], check["attribute"]))
        self.assertEqual(len(met), 12)

    def test_group_rates_equal_fairlearns(self) -> None:
        rates = 0
        for check in self.judged("binary", 0).report["checks"]:
            for group in check.get("groups", []):
                of_groups = EXPECTED["binary"]["candidate"]["groups"][check["attribute"]]
                expected = of_groups[group["group"]][group["rate"]]
                with self.subTest(check=check["id"], group=group["group"], rate=group["rate"]):
                    self.assertAlmostEqual(group["candidate"]["value"], expected, delta=1e-9)
                rates += 1
        self.assertGreater(rates, 20)

    def test_the_same_inputs_give_the_same_bytes_outside_run_and_environment(self) -> None:
        first, second = self.judged("binary", 0).report, self.judged("binary", 0).report
        for volatile in ("run", "environment"):
            first.pop(volatile), second.pop(volatile)
        self.assertEqual(json.dumps(first), json.dumps(second))


class Joining(Case):
    def score(self, rows: np.ndarray, name: str = "good") -> dict:
        return {"id": self.data["id"][rows], "score": self.data[name][rows]}

    def test_a_glob_of_parts_gives_what_one_file_gives(self) -> None:
        whole = self.run_gate()
        for part in range(4):
            write_table(self.folder / f"part{part}.parquet", self.score(np.arange(part, 2000, 4)))
        parts = self.run_gate("--candidate", "part*.parquet")
        self.assert_code(parts, 0)
        for check, entry in whole.checks.items():
            self.assertEqual(parts.checks[check]["candidate"], entry["candidate"])

    def assert_refused(self, run: Run, *words: str) -> None:
        self.assert_code(run, 3)
        self.assert_agreement(run)
        for word in words:
            self.assertIn(word, run.checks["accuracy.accuracy.min"]["message"])

    def test_a_missing_id_is_counted_not_dropped(self) -> None:
        write_table(self.folder / "short.csv", self.score(np.arange(1990)))
        self.assert_refused(self.run_gate("--candidate", "short.csv"), "10", "short.csv")

    def test_an_id_that_is_not_golden_is_refused(self) -> None:
        ids = np.append(self.data["id"], "stranger")
        write_table(self.folder / "long.csv", {"id": ids, "score": np.append(self.data["good"], .5)})
        self.assert_refused(self.run_gate("--candidate", "long.csv"), "long.csv")

    def test_an_id_predicted_twice_is_refused(self) -> None:
        write_table(self.folder / "twice.csv", self.score(np.append(np.arange(2000), 3)))
        self.assert_refused(self.run_gate("--candidate", "twice.csv"), "twice.csv")

    def test_predictions_without_digests_are_of_unproven_origin(self) -> None:
        self.assertIn("unproven", self.run_gate().report["models"]["candidate"]["origin"])

    def test_predictions_may_stand_in_the_golden_rows(self) -> None:
        write_table(self.folder / "golden.parquet",
                    {k: self.data[k] for k in ("id", "label", "group")} | {"new": self.data["good"], "old": self.data["production"]})
        self.gate(GATE, ("predictions: good.csv, columns: [score]", "predictions: dataset, columns: [new]"),
                  ("predictions: production.csv, columns: [score]", "predictions: dataset, columns: [old]"))
        self.assert_code(self.run_gate(), 0)


class PredictThenRun(Case):
    def setUp(self) -> None:
        super().setUp()
        self.gate(LIVE)

    def predict(self, role: str, name: str, *arguments: object, code: int = 0) -> Run:
        run = run_modelgate("predict", "--model", role, "-o", name, *arguments, cwd=self.folder)
        self.assert_code(run, code)
        return run

    def test_predict_then_run_equals_run(self) -> None:
        live = self.run_gate()
        self.predict("candidate", "c.parquet")
        self.predict("production", "p.parquet")
        recorded = self.run_gate("--candidate", "c.parquet", "--production", "p.parquet")
        self.assert_code(recorded, live.code)
        self.assertNotIn("unproven", recorded.report["models"]["candidate"]["origin"])
        self.assertEqual(set(live.checks), set(recorded.checks))
        for check, entry in live.checks.items():
            for key in ("outcome", "candidate", "production", "difference", "p", "message"):
                self.assertEqual(recorded.checks[check][key], entry[key], f"{check} {key}")

    def test_predictions_replace_a_model_that_has_inputs_and_an_output_of_its_own(self) -> None:
        self.gate(LIVE, (f"candidate: {{model: {MODELS}/better.pt}}",
                         f"candidate:\n  model: {MODELS}/tuple.pt\n  output: {{index: 1, positive_threshold: 0.4}}\n"
                         "  inputs: [{columns: [x0, x1], dtype: float32}]"))
        live = self.run_gate()
        self.predict("candidate", "c.parquet")
        recorded = self.run_gate("--candidate", "c.parquet")
        self.assert_code(recorded, live.code)
        for check, entry in live.checks.items():
            self.assertEqual(recorded.checks[check]["candidate"], entry["candidate"])

    def test_several_classes_are_predicted_and_judged_as_live(self) -> None:
        text = (FIXTURES / "digits/modelgate.yaml").read_text(encoding="utf-8").partition("  latency:")[0]
        self.gate(text, ("../generated", str(GENERATED)))
        live = self.run_gate()
        self.assert_code(live, 0)
        self.predict("candidate", "c.parquet")
        recorded = self.run_gate("--candidate", "c.parquet")
        self.assert_code(recorded, 0)
        for check, entry in live.checks.items():
            self.assertEqual(recorded.checks[check]["candidate"], entry["candidate"], check)

    def test_shards_of_many_machines_are_one_prediction(self) -> None:
        live = self.run_gate()
        (self.folder / "shards").mkdir()
        for shard in (1, 2, 3):
            self.predict("candidate", f"shards/{shard}.parquet", "--shard", f"{shard}/3")
        rows = [pq.read_metadata(self.folder / f"shards/{shard}.parquet").num_rows for shard in (1, 2, 3)]
        self.assertEqual(sum(rows), 2000)
        sharded = self.run_gate("--candidate", "shards/*.parquet")
        for check, entry in live.checks.items():
            self.assertEqual(sharded.checks[check]["candidate"], entry["candidate"])
        (self.folder / "shards/2.parquet").unlink()
        gap = self.run_gate("--candidate", "shards/*.parquet")
        self.assert_code(gap, 3)
        self.assertIn("2", gap.checks["accuracy.accuracy.min"]["message"])

    def test_a_shard_given_twice_is_refused(self) -> None:
        (self.folder / "shards").mkdir()
        for name, shard in (("1", 1), ("2", 2), ("again", 1)):
            self.predict("candidate", f"shards/{name}.parquet", "--shard", f"{shard}/2")
        self.assert_code(self.run_gate("--candidate", "shards/*.parquet"), 3)

    def test_predictions_of_a_model_that_is_named_by_no_digest_are_refused(self) -> None:
        self.predict("candidate", "c.parquet")
        table = pq.read_table(self.folder / "c.parquet")
        metadata = table.schema.metadata | {b"modelgate.model_sha256": b"latest"}
        pq.write_table(table.replace_schema_metadata(metadata), self.folder / "c.parquet")
        run = self.run_gate("--candidate", "c.parquet")
        self.assert_code(run, 3)
        self.assertIn("no SHA-256", run.checks["accuracy.accuracy.min"]["message"])

    def test_predictions_of_other_data_are_refused(self) -> None:
        self.predict("candidate", "c.parquet")
        changed = self.data | {"x1": self.data["x1"] + np.float32(1)}
        self.write_golden(changed)
        run = self.run_gate("--candidate", "c.parquet")
        self.assert_code(run, 3)
        self.assertEqual(run.checks["accuracy.accuracy.min"]["reason"], "digest_mismatch")

    def test_latency_needs_live_models_and_is_listed(self) -> None:
        self.predict("candidate", "c.parquet")
        self.gate(LIVE + "  latency:\n    - {metric: latency_p99, batch: 1, max: 1s}\n")
        run = self.run_gate("--candidate", "c.parquet")
        self.assert_code(run, 0)
        self.assertEqual(run.report["scope"], "partial")
        self.assertIn("latency.latency_p99.max.batch=1", {e["id"] for e in run.report["not_judged"]})
        skipped = {c.get("name") for c in run.junit.iter("testcase") if c.find("skipped") is not None}
        self.assertIn("latency.latency_p99.max.batch=1", skipped)

    def test_a_shard_out_of_range_is_a_usage_error(self) -> None:
        for shard in ("0/3", "4/3", "x", "1"):
            self.predict("candidate", "c.parquet", "--shard", shard, code=2)


if __name__ == "__main__":
    unittest.main()
