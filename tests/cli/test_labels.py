# SPDX-License-Identifier: Apache-2.0
"""Several labels a row and the other metrics of decisions: scikit-learn's values to 1e-9, flips, what is refused."""

from __future__ import annotations

import json
import shutil
import unittest

from support import FIXTURES, Case, Run, run_modelgate

RECORDED = FIXTURES / "recorded"
EXPECTED = json.loads((RECORDED / "expected_labels.json").read_text(encoding="utf-8"))
COSTS = """\
  bus: {car: 1, lorry: 2, tram: 1}
  car: {bus: 3, lorry: 2, tram: 1}
  lorry: {bus: 4, car: 1, tram: 5}
  tram: {bus: 1, car: 1, lorry: 2}
"""


class Labels(Case):
    def judged(self, gate: str, code: int) -> Run:
        out = self.folder / "report"
        run = run_modelgate("run", "-c", RECORDED / gate, "-o", f"{out}/", cwd=self.folder, folder=out)
        self.assert_code(run, code)
        self.assert_agreement(run)
        return run

    def compare(self, task: str, run: Run) -> set[str]:
        """Every value in the report against scikit-learn's; gives the metrics met."""
        met = set()
        for check in run.report["checks"]:
            met.add(check["metric"])
            if check["metric"] == "negative_flips":
                self.assertAlmostEqual(check["candidate"]["value"], EXPECTED[task]["flips"]["share"], delta=1e-9)
                continue
            for side in ("candidate", "production"):
                of_slices = EXPECTED[task][side]["slices"]
                values = next(e for e in of_slices if e["slice"] == check["slice"])["values"]
                if check["class"]:
                    values = EXPECTED[task][side]["class"][check["class"]]
                with self.subTest(check=check["id"], side=side):
                    self.assertAlmostEqual(check[side]["value"], values[check["metric"]], delta=1e-9)
        return met

    def copy_of(self, folder: str, gate: str, *changes: tuple[str, str]) -> str:
        """The example in the test's own folder, its gate file changed; the gate file's path there."""
        shutil.copytree(RECORDED / folder, self.folder / folder)
        text = (RECORDED / folder / gate).read_text(encoding="utf-8")
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        (self.folder / folder / "changed.yaml").write_text(text, encoding="utf-8")
        return f"{folder}/changed.yaml"

    def refused(self, gate: str, *words: str) -> None:
        run = run_modelgate("run", "-c", gate, cwd=self.folder, folder=self.folder)
        self.assert_code(run, 2)
        for word in words:
            self.assertIn(word, run.stderr)

    def test_multilabel_metrics_equal_scikit_learns_and_the_better_candidate_passes(self) -> None:
        run = self.judged("multilabel/modelgate.yaml", 0)
        self.assertEqual(self.compare("multilabel", run),
                         {"subset_accuracy", "hamming_loss", "f1_micro", "f1_macro", "precision_macro", "recall_macro",
                          "roc_auc_macro", "recall", "precision", "f1", "negative_flips"})

    def test_multilabel_results_carry_the_flips_of_whole_rows_and_of_one_label_its_own(self) -> None:
        expected = EXPECTED["multilabel"]["flips"]
        for check in self.judged("multilabel/modelgate.yaml", 0).report["checks"]:
            with self.subTest(check["id"]):
                if check["slice"]:
                    continue
                of_rows = {name: expected[name] for name in ("right_to_wrong", "wrong_to_right")}
                seen = {name: check["flips"][name] for name in of_rows}
                self.assertEqual(seen == of_rows, not check["class"])

    def test_metrics_of_decisions_equal_scikit_learns_and_each_sees_the_worse_candidate(self) -> None:
        run = self.judged("multiclass/decisions.yaml", 1)
        met = self.compare("multiclass", run)
        self.assertEqual(len(met), 8)
        for check in run.report["checks"]:
            self.assertEqual(check["outcome"], "fail", check["id"])

    def test_costs_are_needed_and_share_margins_of_kappa_refused(self) -> None:
        gate = self.copy_of("multiclass", "decisions.yaml", ("costs:   # by label, then decision\n" + COSTS, ""), ("cohen_kappa, max_regression: 0.02",
                                                                                     "cohen_kappa, max_regression: 2%"))
        self.refused(gate, "costs", "cohen_kappa can be zero or negative")

    def test_one_of_several_labels_must_be_named_and_flips_take_a_budget_alone(self) -> None:
        gate = self.copy_of("multilabel", "modelgate.yaml", ("recall, class: looped", "recall"),
                            ("negative_flips, max: 5pp", "negative_flips, max_regression: 1pp"))
        self.refused(gate, "recall of several labels needs an average", "recall_macro", "negative_flips")

    def test_flips_are_not_judged_on_a_first_release(self) -> None:
        production = "production: {predictions: production.csv, columns: [even, large, looped]}\n"
        gate = self.copy_of("multilabel", "modelgate.yaml", (production, ""),
                            ("{metric: subset_accuracy, max_regression: 2pp}", "{metric: subset_accuracy, min: 0.5}"))
        out = self.folder / "report"
        run = run_modelgate("run", "-c", gate, "--first-release", "-o", f"{out}/", cwd=self.folder, folder=out)
        self.assert_code(run, 0)
        self.assertIn("accuracy.negative_flips.max", [entry["id"] for entry in run.report["not_judged"]])
        self.assertEqual([check["id"] for check in run.report["checks"]], ["accuracy.subset_accuracy.min"])


if __name__ == "__main__":
    unittest.main()
