# SPDX-License-Identifier: Apache-2.0
"""Outputs beside outputs with real models: two of them (parity), one asked again (determinism), one while it is timed."""

from __future__ import annotations

import json
import re
import unittest

import numpy as np
import yaml

from support import FIXTURES, GENERATED, Case, Run, announce_skip, run_modelgate, write_table

MODELS = GENERATED / "odd_models"
GATE = """\
version: 1
name: tiny
task: binary
on_inconclusive: guard
candidate: {model: CANDIDATE}
production: {model: PRODUCTION}
dataset:
  path: golden.parquet
  id: id
  inputs: [{columns: [x0, x1], dtype: float32}]
"""
PARITY = """\
checks:
  parity:
    - {metric: max_abs_difference, max: 1e-5}
    - {metric: mean_abs_difference, max: 1e-6}
    - {metric: mismatched_rows, max: 0, tolerance: 1e-6}
    - {metric: mismatched_rows, max: 0, id: bitwise, severity: warn}
    - {metric: decision_flips, max: 0, slices: [group]}
"""
DETERMINISM = """\
checks:
  determinism:
    - {metric: mismatched_rows, max: 0}
"""
SAME_ROWS = "determinism.mismatched_rows.max"


class Outputs(Case):
    def run_models(self, candidate: str, production: str, checks: str, *arguments: object) -> Run:
        self.gate(GATE + checks, ("CANDIDATE", f"{MODELS}/{candidate}.pt"), ("PRODUCTION", f"{MODELS}/{production}.pt"))
        run = self.run_gate(*arguments, timeout=300)
        self.assert_agreement(run)
        return run

    def outcomes(self, run: Run) -> dict[str, str]:
        return {i: check["outcome"] for i, check in run.checks.items()}


class Parity(Outputs):
    def test_a_model_that_differs_in_its_last_bits_has_parity(self) -> None:
        run = self.run_models("nearly", "plain", PARITY)
        self.assert_code(run, 0)
        self.assertEqual(self.outcomes(run), {
            "parity.max_abs_difference.max": "pass", "parity.mean_abs_difference.max": "pass",
            "parity.mismatched_rows.max": "pass", "bitwise.max": "fail",
            "parity.decision_flips.max.group=a": "pass", "parity.decision_flips.max.group=b": "pass"})
        largest = run.checks["parity.max_abs_difference.max"]
        self.assertGreater(largest["candidate"]["value"], 0)
        self.assertLess(largest["candidate"]["value"], 1e-6)
        self.assertEqual((largest["method"], largest["rows"]), ("compared row by row, exactly", 2000))
        self.assertIsNone(largest["candidate"]["interval"])
        self.assertRegex(run.checks["bitwise.max"]["message"],
                         r"[\d,]+ of 2,000 rows differ\. Most of all row [\d,]+ by \S+e-0[78], .* more\.")
        self.assertEqual(len(run.checks["bitwise.max"]["evidence"]["changed_rows"]), 20)

    def test_another_model_has_none_and_its_rows_are_named(self) -> None:
        run = self.run_models("worse", "plain", PARITY)
        self.assert_code(run, 1)
        self.assertEqual(set(self.outcomes(run).values()), {"fail"})
        largest = run.checks["parity.max_abs_difference.max"]
        x = np.stack([self.data["x0"], self.data["x1"]], axis=1).astype(np.float64)
        squash = lambda z: 1 / (1 + np.exp(-z))
        apart = np.abs(squash(0.5 * x[:, 0] + 2 * x[:, 1]) - squash(2 * x[:, 0]))
        self.assertAlmostEqual(largest["candidate"]["value"], apart.max(), places=5)
        self.assertIn(f"Most of all row {apart.argmax() + 1:,} by ", largest["message"])
        worst = [row["row"] for row in largest["evidence"]["changed_rows"]]
        self.assertEqual(worst, [int(i) + 1 for i in np.argsort(-apart, kind="stable")[:20]])
        mean = run.checks["parity.mean_abs_difference.max"]["candidate"]["value"]
        self.assertAlmostEqual(mean, apart.mean(), places=5)
        told = run_modelgate("explain", "parity.max_abs_difference.max", "--from", run.path("report.json"), cwd=self.folder)
        self.assert_code(told, 0)
        words = " ".join(told.stdout.split())
        self.assertIn("the value is beyond the limit, and is known without error", words)
        self.assertIn("2,000 rows, compared row by row, exactly", words)
        self.assertNotIn("correction", words)

    def test_recorded_and_live_models_mix(self) -> None:
        x0 = self.data["x0"].astype(np.float64)
        write_table(self.folder / "recorded.csv", {"id": self.data["id"], "score": 1 / (1 + np.exp(-2 * x0))})
        self.gate(GATE + PARITY, ("CANDIDATE", f"{MODELS}/plain.pt"),
                  ("{model: PRODUCTION}", "{predictions: recorded.csv, columns: [score]}"))
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertLess(run.checks["parity.max_abs_difference.max"]["candidate"]["value"], 1e-6)

    def test_the_same_file_has_nothing_to_compare(self) -> None:
        run = self.run_models("plain", "plain", PARITY)
        self.assert_code(run, 1)
        self.assertEqual({c["reason"] for c in run.checks.values()}, {"identical_models"})

    def test_a_first_release_has_nothing_to_compare_with(self) -> None:
        self.gate(GATE + PARITY + "  accuracy:\n    - {metric: accuracy, min: 0.1}\n", ("CANDIDATE", f"{MODELS}/plain.pt"),
                  ("production: {model: PRODUCTION}\n", ""), ("  id: id\n", "  id: id\n  label: label\n"))
        run = self.run_gate("--first-release")
        self.assert_code(run, 0)
        self.assertEqual(len(run.report["not_judged"]), 5)

    def test_render_gives_the_same_reports_again(self) -> None:
        run = self.run_models("worse", "plain", PARITY)
        again = run_modelgate("render", run.path("report.json"), "-o", "again.xml", cwd=self.folder)
        self.assert_code(again, 0)
        self.assertEqual((self.folder / "again.xml").read_bytes(), run.path("junit.xml").read_bytes())


class Determinism(Outputs):
    def test_a_model_that_repeats_itself_passes(self) -> None:
        run = self.run_models("better", "plain", DETERMINISM)
        self.assert_code(run, 0)
        check = run.checks[SAME_ROWS]
        self.assertEqual((check["candidate"]["value"], check["production"]["value"], check["rows"]), (0, 0, 2000))
        self.assertIn("All golden rows were given again, to the same worker and, while its time lasted, to a second one. No row of 2,000 changes.",
                      check["message"])

    def test_a_model_that_turns_at_its_sixth_call_fails(self) -> None:
        run = self.run_models("turning", "plain", DETERMINISM)
        self.assert_code(run, 1)
        check = run.checks[SAME_ROWS]
        self.assertEqual((check["outcome"], check["production"]["value"]), ("fail", 0))
        self.assertRegex(check["message"], r"2,000 of 2,000 rows change\. Most of all row [\d,]+ by \S+ in its answer 6, ")
        self.assertIn("dropout left on (model.eval())", check["message"])

    def test_dropout_that_was_left_on_fails_and_production_is_told(self) -> None:
        run = self.run_models("plain", "drawing", DETERMINISM)
        self.assert_code(run, 0)
        self.assertIn("Of production: ", run.checks[SAME_ROWS]["message"])
        run = self.run_models("drawing", "plain", DETERMINISM)
        self.assert_code(run, 1)
        self.assertGreater(run.checks[SAME_ROWS]["candidate"]["value"], 0.9)

    def test_a_tolerance_allows_what_is_meant(self) -> None:
        for tolerance in ("1", "{absolute: 1}", "{relative: 1}"):
            with self.subTest(tolerance):
                run = self.run_models("drawing", "plain", DETERMINISM.replace("max: 0", f"max: 0, tolerance: {tolerance}"))
                self.assert_code(run, 0)

    def test_chunks_come_in_another_order_and_rows_keep_their_numbers(self) -> None:
        run = self.run_models("turning", "plain", "runtime: {chunk: 300}\n" + DETERMINISM)
        self.assert_code(run, 1)
        message = run.checks[SAME_ROWS]["message"]
        self.assertIn("All golden rows were given again, to the same worker and, while its time lasted, to a second one.", message)
        self.assertGreaterEqual(run.checks[SAME_ROWS]["candidate"]["value"], 0.75)  # five of its seven chunks were answered

    def test_left_out_it_asks_nothing_again(self) -> None:
        checks = DETERMINISM + "  parity:\n    - {metric: max_abs_difference, max: 1}\n"
        run = self.run_models("better", "plain", checks, "--only", "parity")
        self.assert_code(run, 0)
        self.assertEqual(run.checks[SAME_ROWS]["outcome"], "not_selected")

    def test_recorded_predictions_cannot_tell(self) -> None:
        self.gate(GATE + DETERMINISM, ("{model: CANDIDATE}", "{predictions: good.csv, columns: [score]}"),
                  ("PRODUCTION", f"{MODELS}/plain.pt"))
        run = self.run_gate()
        self.assert_code(run, 1)
        self.assertEqual(run.checks[SAME_ROWS]["outcome"], "not_assessable")


class Timed(Outputs):
    LATENCY = "checks:\n  latency:\n    - {metric: latency, max_regression: 900%%}\n    - {metric: latency_p99, max: 60s%s}\n"

    def test_whoever_stops_computing_is_not_fast(self) -> None:
        for load in ("", ", load: offline", ", load: server, rate: 50/s"):
            with self.subTest(load):
                checks = f"checks:\n  latency:\n    - {{metric: latency_p99, max: 60s{load}}}\n"
                if load == ", load: offline":
                    checks = "checks:\n  resources:\n    - {metric: throughput, min: 1/s, load: offline}\n"
                run = self.run_models("turning", "plain", checks)
                self.assert_code(run, 3)
                check = next(iter(run.checks.values()))
                self.assertEqual((check["outcome"], check["reason"]), ("error", "outputs_differ"))
                self.assertRegex(check["message"], r"candidate: its answers changed while it was timed: 1 of .* \(row \d+ by ")

    def test_a_production_that_draws_leaves_absolute_limits(self) -> None:
        run = self.run_models("plain", "drawing", self.LATENCY % "")
        self.assert_code(run, 3)
        self.assertEqual(run.checks["latency.latency.max_regression"]["reason"], "outputs_differ")
        self.assertEqual(run.checks["latency.latency_p99.max"]["outcome"], "pass")

    def test_what_the_message_advises_to_declare_is_taken(self) -> None:
        checks = "checks:\n  latency:\n    - {metric: latency_p99, max: 60s}\n"
        run = self.run_models("drawing", "plain", checks)
        self.assert_code(run, 3)
        message = run.checks["latency.latency_p99.max"]["message"]
        advice = re.search(r"under checks: of the gate file: (determinism: \[.*\]) \(twice", message)
        self.assertIsNotNone(advice, message)
        run = self.run_models("drawing", "plain", checks + f"  {advice[1]}\n", "--only", "latency")
        self.assertEqual(run.checks["latency.latency_p99.max"]["outcome"], "pass", run.stdout)
        run = self.run_models("drawing", "plain", checks + "  determinism: [{metric: mismatched_rows, max: 0}]\n", "--only",
                              "latency")
        self.assertEqual(run.checks["latency.latency_p99.max"]["reason"], "outputs_differ", "it declares nothing")


class Formats(Outputs):
    """One model as TorchScript and as an AOTInductor package, in the shipped examples' gate files."""

    CHECKS = {"parity": [{"metric": "mismatched_rows", "max": 0, "tolerance": {"absolute": 1e-5, "relative": 1.3e-6}},
                         {"metric": "max_abs_difference", "max": 1e-5}, {"metric": "decision_flips", "max": 0}],
              "determinism": [{"metric": "mismatched_rows", "max": 0}]}

    def judged(self, example: str, candidate: str, production: str) -> Run:
        """The example's gate file with these checks, its candidate's inputs and output, and full isolation."""
        path = FIXTURES / example / "modelgate.yaml"
        gate = yaml.safe_load(path.read_text(encoding="utf-8").replace("../generated", str(GENERATED)))
        models = GENERATED / example / "models"
        for role, model in (("candidate", candidate), ("production", production)):
            if not (models / model).is_file():
                announce_skip(f"outputs: fixtures/make_all.py made no {model}, for want of a C++ compiler")
            gate[role] = gate["candidate"] | {"model": str(models / model)}
        for key in ("waivers", "ledger", "reports"):
            gate.pop(key, None)
        decides = gate["task"] != "regression"   # its numbers are large, and it decides nothing
        parity = self.CHECKS["parity"] if decides else self.CHECKS["parity"][:1]
        gate |= {"checks": self.CHECKS | {"parity": parity}, "runtime": {"isolation": "full"}}
        run = self.run_models_of(json.dumps(gate))
        self.assertTrue(run.report["isolation"].startswith("full"), run.report["isolation"])
        return run

    def run_models_of(self, gate: str) -> Run:
        self.gate(gate)
        run = self.run_gate(timeout=300)
        self.assert_agreement(run)
        return run

    def test_a_package_is_its_torchscript_twin_and_no_other_model(self) -> None:
        for example, twin in (("breast_cancer", "candidate"), ("fraud", "fraud_v2.3"), ("digits", "candidate"),
                              ("diabetes", "candidate")):
            with self.subTest(example):
                run = self.judged(example, f"{twin}.pt2", f"{twin}.pt")
                self.assert_code(run, 0)
                self.assertEqual(set(self.outcomes(run).values()), {"pass"})
                same = run.checks[SAME_ROWS]
                self.assertEqual((same["candidate"]["value"], same["production"]["value"]), (0, 0))
        run = self.judged("fraud", "fraud_v2.3.pt2", "fraud_v2.2.pt")
        self.assert_code(run, 1)
        self.assertEqual(run.blocking(), {"parity.mismatched_rows.max", "parity.max_abs_difference.max",
                                          "parity.decision_flips.max"})
        self.assertEqual(len(run.checks["parity.mismatched_rows.max"]["evidence"]["changed_rows"]), 20)


if __name__ == "__main__":
    unittest.main()
