# SPDX-License-Identifier: Apache-2.0
"""modelgate plan: what the rows can decide, told before any model runs."""

from __future__ import annotations

import json
import unittest

from support import FIXTURES, Case, run_modelgate

EXAMPLES = ("fraud", "digits", "breast_cancer", "diabetes")


class Plan(Case):
    def plan(self, *arguments: object):
        return run_modelgate("plan", *arguments, cwd=self.folder, timeout=60)

    def places(self, *arguments: object) -> dict[tuple[str, str], dict]:
        done = self.plan("--json", *arguments)
        self.assert_code(done, 0)
        return {(c["check"], c["scope"]): c for c in json.loads(done.stdout)["checks"]}

    def test_every_example_is_planned_within_eighty_columns_and_shows_the_chance(self) -> None:
        for example in EXAMPLES:
            with self.subTest(example):
                done = self.plan("-c", FIXTURES / example / "modelgate.yaml")
                self.assert_code(done, 0)
                self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)
                self.assertIn("model equal to production is blocked", " ".join(done.stdout.split()))
                self.assertIn("disagree on 10 % of the rows", " ".join(done.stdout.split()))

    def test_the_fraud_gate_rests_its_recall_on_the_rows_of_fraud(self) -> None:
        places = self.places("-c", FIXTURES / "fraud/modelgate.yaml")
        recall = places["accuracy.recall.max_regression", ""]
        self.assertEqual(recall["rows"], 60000)
        self.assertLess(recall["rests_on"], 10000)
        self.assertGreater(recall["pass_chance"], 0.99)
        self.assertLess(recall["smallest_margin"], 0.02)
        self.assertIsNone(places["accuracy.log_loss.max_regression", ""]["pass_chance"])
        self.assertIn("pilot", places["accuracy.log_loss.max_regression", ""]["note"])
        self.assertIn("during the run", places["latency.latency.max_regression.batch=1", ""]["note"])

    def test_a_small_gate_is_told_that_it_cannot_see_its_own_margin(self) -> None:
        self.gate((self.folder / "modelgate.yaml").read_text(), ("max_regression: 5pp", "max_regression: 0.5pp"),
                  ("on_inconclusive: guard", "on_inconclusive: block"))
        text = " ".join(self.plan().stdout.split())
        self.assertIn("warning: accuracy.accuracy.max_regression cannot see its own margin: 2,000 rows", text)
        self.assertIn("34,256 rows there would do", text)   # 8.5638 · .10 / .005²
        validated = run_modelgate("validate", cwd=self.folder)
        self.assertIn("accuracy.accuracy.max_regression cannot see its own margin", validated.stdout)

    def test_slices_stand_by_the_size_of_their_problem(self) -> None:
        lines = self.plan("-c", FIXTURES / "fraud/modelgate.yaml").stdout.splitlines()
        first = next(i for i, line in enumerate(lines) if "region=" in line)
        rows = [int(line.split()[1].replace(",", "")) for line in lines[first:first + 5]]
        self.assertEqual(rows, sorted(rows), "the smallest region first")

    def test_an_earlier_report_takes_the_place_of_the_assumption(self) -> None:
        self.gate((self.folder / "modelgate.yaml").read_text(),
                  ("  bias:", "    - {metric: brier_score, max_regression: 0.01}\n  bias:"))
        run = self.run_gate()
        self.assert_code(run, 0)
        places = self.places("--pilot", "out/report.json")
        accuracy = places["accuracy.accuracy.max_regression", ""]
        part = run.checks["accuracy.accuracy.max_regression"]["evidence"]["parts"][0]
        expected = 8.5638 * (part["discordant"] / 2000) / 0.05 ** 2
        self.assertTrue(accuracy["from_pilot"])
        if part["discordant"] / 2000 * expected > 100:
            self.assertAlmostEqual(accuracy["rows_needed"] / expected, 1, delta=.02)
        brier = places["accuracy.brier_score.max_regression", ""]
        low, high = run.checks["accuracy.brier_score.max_regression"]["difference"]["interval"]
        error = (high - low) / 2 / 1.6448536269514722
        self.assertAlmostEqual(brier["smallest_margin"], 2.9264051794955 * error, places=9)
        self.assertTrue(places["accuracy.accuracy.min", ""]["counted"], "the pilot knows how good production is")
        self.assertIn("as in the pilot report", run_modelgate("validate", "--pilot", "out/report.json",
                                                              cwd=self.folder).stdout)

    def test_a_report_of_another_gate_is_named_and_changes_nothing(self) -> None:
        self.gate((self.folder / "modelgate.yaml").read_text())
        self.assert_code(self.run_gate(), 0)
        report = json.loads((self.folder / "out/report.json").read_text())
        for check in report["checks"]:
            check["metric"], check["flips"] = "mae", None
        (self.folder / "other.json").write_text(json.dumps(report))
        done = self.plan("--pilot", "other.json")
        self.assert_code(done, 0)
        self.assertIn("measured nothing that this gate asks", " ".join(done.stdout.split()))
        self.assertIn("Assumed without a pilot report", done.stdout)

    def test_the_plan_is_written_where_asked_and_never_over_what_the_gate_reads(self) -> None:
        self.assert_code(self.plan("-o", "plan.json"), 0)
        plan = json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))
        self.assertEqual((plan["gate"], plan["rows"], plan["power"]), ("tiny", 2000, 0.9))
        self.assertLess(plan["p_block_equal"]["probability"], 0.01)
        self.assert_code(self.plan("-o", "golden.parquet"), 2)
        self.assert_code(self.plan("-o", "no/such/folder/plan.json"), 4)

    def test_a_ledger_costs_the_rows_of_its_budget(self) -> None:
        self.gate((self.folder / "modelgate.yaml").read_text(), ("max_regression: 5pp", "max_regression: 0.5pp"),
                  ("checks:", "ledger: {path: ledger.json, budget: 10}\nchecks:"))
        accuracy = self.places()["accuracy.accuracy.max_regression", ""]
        self.assertEqual(accuracy["rows_needed"], 59518)   # (2.5758 + 1.2816)² · .10 / .005²
        self.assertIn("over the ledger's budget of 10", " ".join(self.plan().stdout.split()))

    def test_what_is_no_report_is_refused(self) -> None:
        for content in ("", "[]", '{"dataset": {"rows": 0}, "checks": []}', '{"dataset": {"rows": 5}, "checks": [3]}'):
            (self.folder / "pilot.json").write_text(content, encoding="utf-8")
            done = self.plan("--pilot", "pilot.json")
            self.assert_code(done, 3)
            self.assertIn("--pilot pilot.json", done.stderr)
        self.assert_code(self.plan("--pilot", "absent.json"), 3)

    def test_no_model_is_needed_and_unknown_options_are_refused(self) -> None:
        (self.folder / "good.csv").unlink()
        self.assert_code(self.plan(), 0)
        self.assert_code(self.plan("--pilots", "x"), 2)
        self.assertIn("--pilot", self.plan("--help").stdout)


if __name__ == "__main__":
    unittest.main()
