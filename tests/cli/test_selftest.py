# SPDX-License-Identifier: Apache-2.0
"""modelgate selftest: decisions on models of known truth, counted and never made up."""

from __future__ import annotations

import json
import signal
import subprocess
import unittest

import jsonschema
from scipy import stats
from support import BINARY, FIXTURES, GATE, REPOSITORY, Case, run_modelgate

SCHEMA = json.loads((REPOSITORY / "gate/selftest/selftest.schema.json").read_text(encoding="utf-8"))
BREAST_CANCER = FIXTURES / "breast_cancer/modelgate.yaml"


class Selftest(Case):
    def selftest(self, *arguments: object, timeout: float = 300):
        return run_modelgate("selftest", *arguments, cwd=self.folder, timeout=timeout)

    def read(self, name: str = "selftest.json") -> dict:
        report = json.loads((self.folder / name).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(SCHEMA).validate(report)
        return report

    def cells(self, report: dict, part: str, check: str | None) -> dict[str, dict]:
        return {c["label"]: c for c in report[part]["cells"] if c["check"] == check}


class Rows(Selftest):
    """On recorded predictions: no worker runs."""

    def test_every_rate_is_counted_from_the_decisions_in_the_file(self) -> None:
        done = self.selftest("--only", "accuracy", "--decisions", 30, "-o", "selftest.json")
        self.assert_code(done, 0)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80, done.stdout)
        report = self.read()
        self.assertEqual(report["model"]["role"], "production")
        self.assertIsNone(report["latency"])
        decisions = report["resamples"]["decisions"]
        for index, cell in enumerate(report["resamples"]["cells"]):
            own = [d for d in decisions if d["cell"] == index]
            self.assertEqual(len(own), 30)
            self.assertEqual(cell["rates"]["n"], 30)
            for outcome in ("pass", "fail", "inconclusive", "not_assessable"):
                count = sum(d["outcome"] == outcome for d in own)
                share = cell["rates"][outcome]
                self.assertEqual(share["count"], count)
                exact = stats.binomtest(count, 30).proportion_ci(0.95, "exact")
                self.assertAlmostEqual(share["interval"][0], exact.low, places=9)
                self.assertAlmostEqual(share["interval"][1], exact.high, places=9)
        self.assertEqual(len({d["seed"] for d in decisions}), len(decisions))

    def test_the_seeded_loss_is_the_true_one_and_is_judged_so(self) -> None:
        done = self.selftest("--only", "accuracy", "--decisions", 40, "-o", "selftest.json")
        self.assert_code(done, 0)
        report = self.read()
        checks = ["accuracy.accuracy.max_regression", "accuracy.roc_auc.max_regression",
                  "accuracy.recall.max_regression by group"]
        for check in checks:
            with self.subTest(check):
                cells = self.cells(report, "resamples", check)
                self.assertEqual({label: c["true_margins"] for label, c in cells.items()},
                                 {"0": 0, "1/2 margin": .5, "margin": 1, "2 margins": 2})
                self.assertEqual(cells["0"]["rates"]["fail"]["count"], 0)
                self.assertEqual(cells["2 margins"]["rates"]["pass"]["count"], 0)
                self.assertGreater(cells["2 margins"]["rates"]["fail"]["count"], 20)
        index = next(i for i, c in enumerate(report["resamples"]["cells"])
                     if c["check"] == checks[0] and c["label"] == "2 margins")
        seen = [d["difference"] for d in report["resamples"]["decisions"] if d["cell"] == index]
        self.assertAlmostEqual(sum(seen) / len(seen), -0.10, delta=0.01)   # margin 5pp, 2,000 rows

    def test_one_seed_gives_the_same_decisions_and_another_gives_others(self) -> None:
        told = []
        for seed in (1, 1, 2):
            self.assert_code(self.selftest("--only", "accuracy", "--decisions", 3, "--seed", seed, "-o", "s.json"), 0)
            told.append([(d["seed"], d["difference"]) for d in self.read("s.json")["resamples"]["decisions"]])
        self.assertEqual(told[0], told[1])
        self.assertNotEqual(told[0], told[2])

    def test_it_says_first_what_the_time_buys(self) -> None:
        done = self.selftest("--only", "accuracy", "--budget", "2s")
        self.assert_code(done, 0)
        words = " ".join(done.stdout.split())
        self.assertRegex(words, r"What 2\.0 s buy: Resamples of the golden rows: about [\d,]+ of each of 13 kinds")
        self.assertLess(words.index("would exclude rates above"), words.index("true loss"))

    def test_a_gate_without_margins_has_nothing_to_try(self) -> None:
        self.gate(GATE, (", max_regression: 5pp", ""), ("max_regression: 0.05", "min: 0.6"),
                  ("max_regression: 20pp", "min: 0.2"))
        done = self.selftest()
        self.assert_code(done, 3)
        self.assertIn("Accuracy and bias are not tried", done.stderr)
        self.assertIn("Latency is not tried", done.stderr)

    def test_what_is_asked_wrongly_is_refused_with_what_would_be_right(self) -> None:
        for arguments, words in ((("--slowdown", "0,fast"), "0,0.02,10%"), (("--margin", "0"), "such as 5%"),
                                 (("--budget", "5"), "such as 10min"), (("--decisions", "0"), "from 1 on"),
                                 (("--budget", "5s", "--decisions", "3"), "exclude each other"),
                                 (("--only", "speed"), "latency, accuracy and bias"), (("-o", "x.txt"), ".json"),
                                 (("-o", "golden.parquet"), ".json")):
            with self.subTest(arguments):
                done = self.selftest(*arguments)
                self.assert_code(done, 2)
                self.assertIn(words, done.stderr)

    def test_a_file_that_cannot_be_written_is_told_before_anything_is_tried(self) -> None:
        (self.folder / "taken").write_text("a file, no folder", encoding="utf-8")
        done = self.selftest("--only", "accuracy", "--decisions", 1, "-o", "taken/selftest.json")
        self.assert_code(done, 4)
        self.assertEqual(done.stdout, "")
        self.assert_code(self.selftest("--only", "accuracy", "--decisions", 1, "-o", "new/folder/selftest.json"), 0)
        self.read("new/folder/selftest.json")

    def test_a_signal_ends_it_and_leaves_what_was_decided(self) -> None:
        running = subprocess.Popen([BINARY, "selftest", "--only", "accuracy", "--budget", "10min", "-o", "selftest.json"],
                                   cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.addCleanup(running.stdout.close)
        while line := running.stdout.readline().strip():   # the outlook ends with an empty line; then decisions are taken
            self.assertNotIn("true loss", line)
        running.send_signal(signal.SIGINT)
        self.assertEqual(running.wait(timeout=60), 130)
        report = self.read()
        self.assertIsNotNone(report["ended_early"])


class Latency(Selftest):
    def test_a_budget_that_buys_nothing_is_refused(self) -> None:
        done = self.selftest("-c", BREAST_CANCER, "--only", "latency", "--budget", "1s")
        self.assert_code(done, 2)
        self.assertIn("buys no decision", done.stderr)

    def test_a_decision_is_a_whole_measurement_of_the_model_against_itself(self) -> None:
        done = self.selftest("-c", BREAST_CANCER, "--only", "latency", "--slowdown", "0", "--decisions", 1,
                             "--margin", "5%", "-o", "selftest.json")
        self.assert_code(done, 0)
        report = self.read()
        self.assertIsNone(report["resamples"])
        (cell,) = report["latency"]["cells"]
        self.assertEqual((cell["check"], cell["label"], cell["margin"]),
                         ("latency.latency.max_regression.batch=1", "A/A", 0.05))
        (decision,) = report["latency"]["decisions"]
        self.assertGreaterEqual(decision["rounds"], 6)
        self.assertIn(decision["outcome"], ("pass", "inconclusive"))   # never an error; a fail would be a false block
        self.assertIn("false blocks above 97.5 % are excluded (0 of 1", " ".join(done.stdout.split()))

    def test_recorded_predictions_have_no_latency(self) -> None:
        done = self.selftest("--only", "latency")
        self.assert_code(done, 3)
        self.assertIn("recorded predictions have none", done.stderr)


if __name__ == "__main__":
    unittest.main()
