# SPDX-License-Identifier: Apache-2.0
"""Same seed, same predictions, same bytes: whatever the threads, chunks, shards and the order of the rows."""

from __future__ import annotations

import itertools
import json
import math
import os

import numpy as np

from support import Case, Run, run_modelgate, write_table
from test_models import LIVE

PICTURES = ("curves", "reliability", "confusion")
ROWS = 6000   # above 4,096, so that both chunk sizes cut, and above 512 a shard
SHARDS = 6

HEAD = """\
version: 1
name: identity
task: {task}
on_inconclusive: guard
candidate: {{predictions: "candidate_*.parquet"}}
production: {{predictions: "production_*.parquet"}}
dataset: {{path: "golden_*.parquet", id: id, label: label{dataset}}}
output: {{kind: {kind}}}
checks:
"""

BINARY = """\
  accuracy:
    - {metric: accuracy, min: 0.6, max_regression: 5pp}
    - {metric: accuracy, max_regression: 5%, slices: [group, "group & band"]}
    - {metric: roc_auc, min: 0.6, max_regression: 0.05}
    - {metric: roc_auc, max_regression: 0.05, slices: [group]}
    - {metric: recall, max_regression: 10pp, slices: [band]}
    - {metric: precision, max_regression: 0.05}
    - {metric: f1, min: 0.5, max_regression: 0.05}
    - {metric: f1, max_regression: 0.05, slices: [group]}
    - {metric: balanced_accuracy, max_regression: 3pp}
    - {metric: log_loss, max: 1.0, max_regression: 0.05}
    - {metric: log_loss, max_regression: 5%, slices: [group, band]}
    - {metric: brier_score, max: 0.5, max_regression: 0.02}
  bias:
    - {metric: demographic_parity_difference, attributes: [group], max: 0.3}
    - {metric: equalized_odds_difference, attributes: ["group & band"], max: 0.4}
    - {metric: tpr, attributes: [group], max_regression: 0.2}
"""

MULTICLASS = """\
  accuracy:
    - {metric: accuracy, max_regression: 5pp}
    - {metric: balanced_accuracy, max_regression: 5pp, slices: [group]}
    - {metric: f1_macro, max_regression: 0.05}
    - {metric: recall_macro, max_regression: 0.05}
    - {metric: log_loss, max_regression: 0.1, slices: [group]}
"""

REGRESSION = """\
  accuracy:
    - {metric: mae, max_regression: 0.1}
    - {metric: mae, max_regression: 10%, slices: [group]}
    - {metric: rmse, max: 5, max_regression: 0.1}
    - {metric: rmse, max_regression: 0.2, slices: [band]}
    - {metric: r2, min: 0.5, max_regression: 0.05}
"""


SCORES = """\
  accuracy:
    - {metric: average_precision, max_regression: 0.05}
    - {metric: average_precision, max_regression: 0.2, slices: [group]}
    - {metric: gini, max_regression: 0.1}
    - {metric: ks, max_regression: 0.1}
    - {metric: recall_at_fpr@0.05, max_regression: 0.2}
    - {metric: precision_at_rate@0.05, max_regression: 0.2}
    - {metric: calibration_intercept, max: 3}
    - {metric: calibration_slope, max: 3}
"""

ERRORS = """\
  accuracy:
    - {metric: mse, max_regression: 0.5}
    - {metric: mape, max: 100}
    - {metric: wape, max_regression: 0.1, slices: [group]}
    - {metric: pinball@0.9, max_regression: 0.1}
    - {metric: mean_bias, max: 1}
"""

RANKING = """\
  accuracy:
    - {metric: ndcg@10, max_regression: 0.05}
    - {metric: ndcg_exp@10, max_regression: 0.05}
    - {metric: map@10, max_regression: 0.05}
    - {metric: mrr@10, max_regression: 0.1}
    - {metric: recall@10, max_regression: 0.05}
"""


def squash(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


class Identity(Case):
    """Golden rows and predictions with every digit a double has: sums of them show the order of adding."""

    def setUp(self) -> None:
        super().setUp()
        self.rng = np.random.default_rng(11)
        self.pictured: set[str] = set()
        self.signal = self.rng.normal(0, 1.5, ROWS)
        self.golden = {"id": np.array([f"r{i:05d}" for i in range(ROWS)]),
                       "group": self.rng.choice(["a", "b", "c"], ROWS), "band": self.rng.integers(0, 4, ROWS),
                       "user": self.rng.integers(0, 900, ROWS), "weight": self.rng.gamma(2.0, 0.7, ROWS),
                       "copies": self.rng.integers(0, 4, ROWS)}
        self.label = (self.rng.random(ROWS) < squash(self.signal)).astype(np.int64)

    def noisy(self, spread: float) -> np.ndarray:
        return self.signal + self.rng.normal(0, spread, ROWS)

    def write(self, golden: np.ndarray, predictions: np.ndarray, shards: int) -> None:
        """Rows in these orders, all files in so many pieces."""
        for old in self.folder.glob("*_*.parquet"):
            old.unlink()
        tables = [("golden", self.golden | {"label": self.label}, golden)]
        for side, columns in self.predictions.items():
            tables.append((side, {"id": self.golden["id"]} | columns, predictions))
        for (name, columns, order), (shard, piece) in itertools.product(tables, enumerate(range(shards))):
            rows = np.array_split(order, shards)[piece]
            write_table(self.folder / f"{name}_{shard}.parquet", {k: v[rows] for k, v in columns.items()})

    def said(self, *arguments: object, **options) -> str:
        """Every byte of checks[], the verdict and the exit code."""
        run = self.run_gate(*arguments, **options)
        self.assertIn(run.code, (0, 1), run.stderr + run.stdout)
        report = json.loads(run.texts["report.json"], parse_float=str)
        errors = [c["id"] for c in report["checks"] if c["outcome"] == "error"]
        self.assertEqual(errors, [])
        self.pictured |= {kind for check in report["checks"] for kind in PICTURES if kind in check["evidence"]}
        return json.dumps([run.code, report["verdict"], report["checks"]], indent=1)

    def assert_same_bytes(self, text: str) -> None:
        self.gate(text)
        in_order = np.arange(ROWS)
        self.write(in_order, in_order, 1)
        first = self.said()
        variants = {"the same again": (), "chunks of 512": ("--set", "runtime.chunk=512"),
                    "chunks of 4096": ("--set", "runtime.chunk=4096")}
        for name, arguments in variants.items():
            with self.subTest(name):
                self.assertMultiLineEqual(self.said(*arguments), first)
        with self.subTest("one thread"):
            cpus = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {min(cpus)})   # inherited: the gate judges with as many threads as it may use CPUs
            try:
                self.assertMultiLineEqual(self.said(), first)
            finally:
                os.sched_setaffinity(0, cpus)
        shuffled, other = self.rng.permutation(ROWS), self.rng.permutation(ROWS)
        for name, golden, predictions, shards in (
                ("golden rows shuffled", shuffled, in_order, 1), ("predictions shuffled", in_order, other, 1),
                ("both shuffled, in six pieces", shuffled, other, SHARDS), ("six pieces", in_order, in_order, SHARDS)):
            with self.subTest(name):
                self.write(golden, predictions, shards)
                self.assertMultiLineEqual(self.said(), first)

    def test_binary(self) -> None:
        self.predictions = {"candidate": {"prediction_0": squash(self.noisy(1.0))},
                            "production": {"prediction_0": squash(self.noisy(1.0)).astype(np.float32)}}
        self.assert_same_bytes(HEAD.format(task="binary", kind="probability", dataset="") + BINARY)

    def test_binary_with_tied_scores(self) -> None:
        self.predictions = {"candidate": {"prediction_0": squash(self.noisy(1.0)).round(1)},
                            "production": {"prediction_0": squash(self.noisy(1.0)).round(2)}}
        self.assert_same_bytes(HEAD.format(task="binary", kind="probability", dataset="") + BINARY)

    def test_a_worse_candidate_and_what_it_broke(self) -> None:
        self.predictions = {"candidate": {"prediction_0": squash(self.noisy(4.0))},
                            "production": {"prediction_0": squash(self.noisy(0.5))}}
        self.assert_same_bytes(HEAD.format(task="binary", kind="probability", dataset="") + BINARY)
        self.assertIn('"fail"', self.said())
        self.assertEqual(self.pictured, set(PICTURES))

    def test_a_target_prevalence(self) -> None:
        self.predictions = {side: {"prediction_0": squash(self.noisy(1.0))} for side in ("candidate", "production")}
        text = HEAD.format(task="binary", kind="probability", dataset=", weight: weight") + BINARY
        self.assert_same_bytes(text.replace("output:", "target_prevalence: 0.2\noutput:"))

    def test_weighted_and_clustered(self) -> None:
        self.predictions = {"candidate": {"prediction_0": squash(self.noisy(1.0))},
                            "production": {"prediction_0": squash(self.noisy(1.0))}}
        for dataset in (", weight: weight", ", cluster: user", ", weight: weight, cluster: user",
                        ", weight: {column: copies, kind: frequency}"):
            with self.subTest(dataset):
                self.assert_same_bytes(HEAD.format(task="binary", kind="probability", dataset=dataset) + BINARY)

    def test_orders_of_scores(self) -> None:
        self.predictions = {"candidate": {"prediction_0": squash(self.noisy(1.0))},
                            "production": {"prediction_0": squash(self.noisy(1.0)).round(2)}}
        self.assert_same_bytes(HEAD.format(task="binary", kind="probability", dataset="") + SCORES)

    def test_errors_of_values(self) -> None:
        self.label = np.exp(self.signal) + 1
        self.predictions = {side: {"prediction_0": self.label + self.rng.normal(0, 0.6, ROWS)}
                            for side in ("candidate", "production")}
        self.assert_same_bytes(HEAD.format(task="regression", kind="value", dataset="") + ERRORS)

    def test_ranking(self) -> None:
        """The first rows seen of a query, and of tied documents, differ with the order of the rows."""
        self.label = self.rng.integers(0, 4, ROWS)
        self.predictions = {"candidate": {"prediction_0": (self.label + self.rng.normal(0, 2, ROWS)).round(1)},
                            "production": {"prediction_0": self.label + self.rng.normal(0, 2, ROWS)}}
        self.assert_same_bytes(HEAD.format(task="ranking", kind="score", dataset=", query: user") + RANKING)

    def test_multiclass(self) -> None:
        centres = self.rng.normal(0, 1, (ROWS, 4))
        self.label = (centres + self.rng.gumbel(0, 0.7, (ROWS, 4))).argmax(1)
        def side() -> dict[str, np.ndarray]:
            scores = softmax(centres + self.rng.normal(0, 0.6, (ROWS, 4)))
            return {f"prediction_{k}": scores[:, k] for k in range(4)}
        self.predictions = {"candidate": side(), "production": side()}
        self.assert_same_bytes(HEAD.format(task="multiclass", kind="probability", dataset="") + MULTICLASS)

    def test_regression(self) -> None:
        self.label = self.signal * 3 + self.rng.normal(0, 0.5, ROWS)
        self.predictions = {side: {"prediction_0": self.signal * 3 + self.rng.normal(0, 0.6, ROWS)}
                            for side in ("candidate", "production")}
        self.assert_same_bytes(HEAD.format(task="regression", kind="value", dataset="") + REGRESSION)


def numbers(value: object, path: str = "") -> dict[str, float]:
    """Every number of a report's part by its place."""
    if isinstance(value, dict):
        return {k: v for name, one in value.items() for k, v in numbers(one, f"{path}.{name}").items()}
    if isinstance(value, list):
        return {k: v for i, one in enumerate(value) for k, v in numbers(one, f"{path}[{i}]").items()}
    return {path: float(value)} if isinstance(value, (int, float)) and not isinstance(value, bool) else {}


class LiveIdentity(Case):
    """A chunk of another size changes a model's own output by a float's rounding: values agree within 1e-6. Pictures are
    left out: a score that crosses the edge of a bin by such a hair moves a whole row."""

    def judged(self, *arguments: object) -> Run:
        run = self.run_gate(*arguments)
        self.assertIn(run.code, (0, 1), run.stderr + run.stdout)
        return run

    def assert_alike(self, run: Run, first: Run) -> None:
        self.assertEqual(run.code, first.code)
        self.assertEqual({i: c["outcome"] for i, c in run.checks.items()}, {i: c["outcome"] for i, c in first.checks.items()})
        for check, one in run.checks.items():
            expected, found = (numbers(c | {"evidence": {k: v for k, v in c["evidence"].items() if k not in PICTURES}})
                               for c in (first.checks[check], one))
            self.assertEqual(found.keys(), expected.keys())
            for place, value in found.items():
                self.assertTrue(math.isclose(value, expected[place], rel_tol=1e-6, abs_tol=1e-6), f"{check}{place}")

    def test_chunks_shuffles_and_shards_of_live_models(self) -> None:
        self.gate(LIVE)
        first = self.judged()
        for chunk in (512, 4096):
            with self.subTest(chunk=chunk):
                self.assert_alike(self.judged("--set", f"runtime.chunk={chunk}"), first)
        for side in ("candidate", "production"):
            for shard in range(1, SHARDS + 1):
                done = run_modelgate("predict", "--model", side, "--shard", f"{shard}/{SHARDS}", "-o",
                                     f"{side}_{shard}.parquet", cwd=self.folder)
                self.assert_code(done, 0)
        with self.subTest("six shards"):
            self.assert_alike(self.judged("--candidate", "candidate_*.parquet", "--production", "production_*.parquet"), first)
        order = np.random.default_rng(3).permutation(len(self.data["id"]))
        self.write_golden({name: column[order] for name, column in self.data.items()})
        with self.subTest("shuffled rows"):
            self.assert_alike(self.judged(), first)
