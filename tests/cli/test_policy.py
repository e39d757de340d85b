# SPDX-License-Identifier: Apache-2.0
"""A gate file that extends a policy may add and tighten, never loosen; what is judged in the end can be printed."""
import hashlib
import json
import subprocess
import unittest

import numpy as np

from support import BINARY, Case, REPOSITORY, run_modelgate

POLICY = """\
version: 1
task: binary
on_inconclusive: guard
dataset: {min_rows: 1000}
checks:
  accuracy:
    - {metric: accuracy, min: 0.6, max_regression: 5pp, confidence: 0.9}
    - {metric: recall, max_regression: 20pp, slices: [{column: group, values: [a, b]}]}
    - {metric: precision, max_regression: 10%, id: mine, severity: warn}
  bias:
    - {metric: demographic_parity_difference, attributes: [group], max: 0.3}
  parity:
    - {metric: mismatched_rows, max: 0, tolerance: 1e-6, severity: warn}
  determinism:
    - {metric: mismatched_rows, max: 0, tolerance: {relative: 1e-6}, on_not_assessable: warn}
"""
CHILD = """\
version: 1
name: tiny
extends: policy/base.yaml
candidate: {predictions: good.csv, columns: [score]}
production: {predictions: production.csv, columns: [score]}
dataset: {path: golden.parquet, id: id, label: label}
output: {kind: probability, positive_threshold: 0.5}
"""
ACCURACY = "checks: {accuracy: [{metric: accuracy, %s}]}\n"
RECALL = "checks: {accuracy: [{metric: recall, max_regression: 20pp, %s}]}\n"

# What a gate file adds → what the message says; each loosens the policy.
LOOSER = {
    ACCURACY % "min: 0.59": '"min" 0.59 is looser than 0.6',
    ACCURACY % "min: 59pp": '"min" 59pp is looser than 0.6',
    ACCURACY % "max_regression: 0.051": '"max_regression" 0.051 is looser than 5pp',
    ACCURACY % "max_regression: 4%": '"max_regression" 4% cannot be compared with 5pp',
    ACCURACY % "min: 0.6, confidence: 0.89": '"confidence" 0.89 is looser than 0.9',
    ACCURACY % "min: 0.6, severity: warn": '"severity" warn is looser than block',
    ACCURACY % "min: 0.6, on_not_assessable: warn": '"on_not_assessable" warn is looser than block',
    ACCURACY % "min: 0.6, on_inconclusive: warn": '"on_inconclusive" warn is looser than guard',
    ACCURACY % "max_regression: 5pp, hard_margin: 16pp": '"hard_margin" 16pp is looser than 15pp',
    RECALL % "slices: [group], min_rows: 10": '"min_rows" 10 is not 20',
    RECALL % "slices: [group], min_rows: 30": '"min_rows" 30 is not 20',
    RECALL % "slices: [{column: group, values: [a]}]": '"values" lacks b',
    "checks: {accuracy: [{metric: recall, id: mine, max_regression: 1%}]}\n": "is of another metric",
    "checks: {bias: [{metric: demographic_parity_difference, attributes: [group], max: 0.3, small_groups: report}]}\n":
        '"small_groups" report is looser',
    "checks: {bias: [{metric: demographic_parity_difference, attributes: [group], max: 0.3, min_group_size: 9}]}\n":
        '"min_group_size" 9 is not 20',
    "checks: {bias: [{metric: demographic_parity_difference, attributes: [group], max: 0.3, reference_group: a}]}\n":
        '"reference_group" may not be added',
    "checks: {bias: [{metric: demographic_parity_difference, attributes: [{column: group, values: [a, b]}], max: 0.3}]}\n":
        '"values" picks some',
    "checks: {parity: [{metric: mismatched_rows, max: 0, tolerance: 2e-6}]}\n": '"tolerance" 2e-6 is looser than 1e-6',
    "checks: {parity: [{metric: mismatched_rows, max: 0, tolerance: {absolute: 2e-6}}]}\n": '"absolute" 2e-6 is looser than 1e-6',
    "checks: {parity: [{metric: mismatched_rows, max: 0, tolerance: {relative: 1e-9}}]}\n": '"relative" 1e-9 is looser than 0',
    "checks: {determinism: [{metric: mismatched_rows, max: 0, tolerance: 1e-9}]}\n": '"absolute" 1e-9 is looser than 0',
    "checks: {determinism: [{metric: mismatched_rows, max: 0, tolerance: {relative: 1e-5}}]}\n":
        '"relative" 1e-5 is looser than 1e-6',
    "checks: {determinism: [{metric: mismatched_rows, max: 0.5}]}\n": '"max" 0.5 is looser than 0',
    "on_inconclusive: warn\n": '"on_inconclusive" warn is looser than guard',
    "runtime: {isolation: none}\n": '"isolation" none is looser than partial',
    "runtime: {allow_native_unisolated: true}\n": '"allow_native_unisolated" true is not false',
    "task: multiclass\n": '"task" multiclass is not binary',
    "allow_identical: true\n": '"allow_identical" true is not false',
    "waivers: w.yaml\n": '"waivers" may not be added',
    "target_prevalence: 0.5\n": '"target_prevalence" may not be added',
    "first_release: {owner: me, reason: new, until: 2099-01-01}\n": '"first_release" may not be added',
    "ledger: {path: l.jsonl, budget: 5, looks: 50}\n": '"looks" 50 is not 1',
}
STRICTER = [
    "checks: {parity: [{metric: mismatched_rows, max: 0, tolerance: 1e-7}]}\n",
    "checks: {parity: [{metric: mismatched_rows, max: 0, tolerance: {absolute: 1e-7}}]}\n",
    "checks: {determinism: [{metric: mismatched_rows, max: 0, tolerance: 0}]}\n",
    "checks: {determinism: [{metric: mismatched_rows, max: 0, tolerance: {absolute: 0, relative: 1e-7}}]}\n",
    ACCURACY % "min: 0.61", ACCURACY % "min: 60pp", ACCURACY % "max_regression: 4pp, hard_margin: 12pp",
    ACCURACY % "min: 0.6, confidence: 0.99, on_inconclusive: block", RECALL % "slices: [group], on_inconclusive: block",
    RECALL % "slices: [{column: group, values: [a, b]}]", "on_inconclusive: block\n",
    "checks: {accuracy: [{metric: precision, id: mine, max_regression: 9%, severity: block}]}\n",
    "checks: {accuracy: [{metric: roc_auc, min: 0.5, severity: warn}]}\n", "allow_identical: false\n",
    "costs: {fp: 1, fn: 2}\nchecks: {accuracy: [{metric: expected_cost, max: 1}]}\n", "reports: {suppress_below: 9}\n", "runtime: {seed: 7}\n", "runtime: {isolation: full}\n",
]


class Policy(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "policy").mkdir()
        self.policy(POLICY)
        self.gate(CHILD)

    def policy(self, text: str) -> None:
        (self.folder / "policy" / "base.yaml").write_text(text, encoding="utf-8")

    def validate(self, *arguments: str) -> tuple[int, str, str]:
        done = run_modelgate("validate", *arguments, cwd=self.folder)
        return done.code, done.stdout, done.stderr

    def test_every_loosening_is_refused_with_both_lines(self):
        for added, message in LOOSER.items():
            with self.subTest(added):
                self.gate(CHILD + added)
                code, _, stderr = self.validate()
                self.assertEqual(code, 2, stderr)
                self.assertIn(message, stderr)
                self.assertIn("modelgate.yaml:8: error: ", stderr)
                self.assertIn("\n    8 | ", stderr)
                self.assertRegex(stderr, r"policy/base\.yaml(:\d+)?: ")
                self.assertEqual(stderr.count("error: "), 1, stderr)

    def test_dataset_terms_may_be_tightened_alone(self):
        for terms, message in (("min_rows: 999", '"min_rows" 999 is looser than 1000'), ("min_rows: 1001", None),
                               ("population: fixed", '"population" fixed is looser than sample'),
                               ("cluster: group", None)):
            with self.subTest(terms):
                self.gate(CHILD, ("label: label}", f"label: label, {terms}}}"))
                code, _, stderr = self.validate("--resolved")
                self.assertEqual(code, 2 if message else 0, stderr)
                self.assertIn(message or "", stderr)

    def test_what_adds_or_tightens_stands(self):
        for added in STRICTER:
            with self.subTest(added):
                self.gate(CHILD + added)
                code, _, stderr = self.validate("--resolved")
                self.assertEqual(code, 0, stderr)

    def test_the_resolved_file_gives_the_same_plan(self):
        for added in ("", *STRICTER):
            with self.subTest(added):
                self.gate(CHILD + added)
                code, resolved, stderr = self.validate("--resolved")
                self.assertEqual(code, 0, stderr)
                self.assertNotIn("\nextends:", resolved)
                (self.folder / "whole.yaml").write_text(resolved, encoding="utf-8")
                plans = []
                for name in ("modelgate.yaml", "whole.yaml"):
                    done = subprocess.run([BINARY, "plan", "-c", name, "--json"], cwd=self.folder, capture_output=True,
                                          text=True, check=True)
                    plans.append(json.loads(done.stdout.replace(name, "NAME")))
                    plans[-1].pop("gate_sha256", None)
                self.assertEqual(*plans)

    def test_a_run_names_the_policy_and_where_each_check_stands(self):
        self.gate(CHILD + ACCURACY % "min: 0.7")
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assert_agreement(run)
        about = run.report["run"]
        self.assertEqual(about["extends_file"], "policy/base.yaml")
        self.assertEqual(about["extends_sha256"], hashlib.sha256(POLICY.encode()).hexdigest())
        self.assertEqual(run.checks["accuracy.accuracy.min"]["declared_at"], "modelgate.yaml:8")
        self.assertEqual(run.checks["accuracy.accuracy.max_regression"]["declared_at"], "policy/base.yaml:7")
        self.assertIn("declared at policy/base.yaml:7", run.texts["junit.xml"])

    def judged_beside_junk(self, own: str = "", parent: str = "", add: str = "") -> dict:
        """The policy's check, .00017 < p < .05 against it, beside 300 idle checks of the gate file."""
        share = float(np.mean((self.data["good"] >= 0.5) == self.data["label"]))
        limit = share + 3.0 * (share * (1 - share) / len(self.data["id"])) ** 0.5
        self.policy(POLICY[:POLICY.index("    - {metric: accuracy")].replace("guard", "warn") +
                    f"    - {{metric: accuracy, min: {limit:.4f}}}\n" + parent)
        junk = "".join(f"    - {{metric: accuracy, id: junk{i}, min: 0.1}}\n" for i in range(300))
        self.gate(CHILD + "checks:\n  accuracy:\n" + own.format(limit=limit) + junk + add)
        run = self.run_gate()
        self.assert_agreement(run)
        check = run.checks["accuracy.accuracy.min"]
        self.assertTrue(0.05 / 301 < check["p"] < 0.05, check["p"])
        self.assertEqual(check["outcome"], "fail")
        self.assert_code(run, 1)
        return run.checks

    def test_what_a_gate_adds_does_not_dilute_its_policy(self):
        checks = self.judged_beside_junk()
        self.assertEqual(checks["accuracy.accuracy.min"]["p_adjusted"], checks["accuracy.accuracy.min"]["p"])
        self.assertTrue(checks["accuracy.accuracy.min"]["evidence"]["of_policy"])
        self.assertNotIn("of_policy", checks["junk7.min"]["evidence"])
        explained = subprocess.run([BINARY, "explain", "accuracy.accuracy.min", "--from", "out/report.json"], cwd=self.folder,
                                   capture_output=True, text=True, check=True).stdout
        self.assertIn("after the correction over the policy's checks", " ".join(explained.split()))

    def test_a_policys_check_stays_its_own_when_the_gate_repeats_it(self):
        checks = self.judged_beside_junk("    - {{metric: accuracy, min: {limit:.4f}, note: ours}}\n")
        self.assertEqual(checks["accuracy.accuracy.min"]["note"], "ours")

    def test_a_warning_that_the_gate_makes_block_is_the_gates(self):
        warns = "".join(f"    - {{metric: accuracy, id: old{i}, min: 0.1, severity: warn}}\n" for i in range(300))
        checks = self.judged_beside_junk(parent=warns, own=warns.replace("warn", "block").replace("{", "{{").replace("}", "}}"))
        self.assertEqual(checks["old7.min"]["severity"], "block")

    def test_slice_values_that_the_gate_adds_are_the_gates(self):
        self.policy(POLICY.replace("values: [a, b]", "values: [a]"))
        self.gate(CHILD + RECALL % "slices: [{column: group, values: [b, a]}]")
        checks = self.run_gate().checks
        self.assertTrue(checks["accuracy.recall.max_regression.group=a"]["evidence"]["of_policy"])
        self.assertNotIn("of_policy", checks["accuracy.recall.max_regression.group=b"]["evidence"])

    def test_groups_cannot_be_added_to_a_comparison_of_the_policy(self):
        bias = "checks: {bias: [{metric: demographic_parity_difference, attributes: [{column: group, values: %s}], max: 0.3}]}\n"
        self.policy(POLICY[:POLICY.index("checks:")] + bias % "[a, b]")
        self.gate(CHILD + bias % "[a, b, c]")
        code, _, stderr = self.validate()
        self.assertEqual(code, 2, stderr)
        self.assertIn('"values" names groups beyond those that are compared already', stderr)
        self.assertIn("with an id", stderr)
        self.gate(CHILD + bias % "[b, a]")
        self.assertEqual(self.validate()[0], 0)

    def test_the_effective_digest_covers_both_files(self):
        before = self.run_gate().report["run"]["gate_sha256"]
        self.policy(POLICY + "# reviewed\n")
        self.assertNotEqual(self.run_gate().report["run"]["gate_sha256"], before)

    def test_a_bad_policy_is_refused_at_its_own_line(self):
        for old, new, where, message in (
                ("task: binary", "task: binary\nextends: other.yaml", ":3:", "may not extend another"),
                ("task: binary", "task: binary\nname: x", ":3:", '"name" may not stand in a file that is extended'),
                ("min: 0.6", "minn: 0.6", ":7:", 'unknown key "minn"'),
                ("version: 1\n", "", ":", '"version" is missing'),
                ("min: 0.6", "min: 60", ":7:", "60 is outside")):
            with self.subTest(message):
                self.assertIn(old, POLICY)
                self.policy(POLICY.replace(old, new))
                code, _, stderr = self.validate()
                self.assertEqual(code, 2, stderr)
                self.assertIn(f"policy/base.yaml{where} error: ", stderr)
                self.assertIn(message, stderr)
        (self.folder / "policy" / "base.yaml").unlink()
        code, _, stderr = self.validate()
        self.assertEqual(code, 2)
        self.assertIn("modelgate.yaml:3: error: \"extends\": policy/base.yaml is not there", stderr)

    def test_the_command_line_cannot_skip_the_comparison(self):
        self.gate(CHILD.replace("production: {predictions: production.csv, columns: [score]}\n", ""))
        code, _, stderr = self.validate("--first-release")
        self.assertEqual(code, 2)
        self.assertIn("policy/base.yaml allows no first release", stderr)

    def test_a_tightened_policy_word_needs_no_hard_margin(self):
        self.policy(POLICY.replace("max_regression: 5pp,", "max_regression: 5pp, hard_margin: 8pp,"))
        self.gate(CHILD + "on_inconclusive: block\n")
        code, _, stderr = self.validate()
        self.assertEqual(code, 0, stderr)

    def test_a_check_that_must_be_proven_needs_no_hard_margin(self):
        self.policy(POLICY.replace("max_regression: 5pp,", "max_regression: 5pp, hard_margin: 8pp,"))
        self.gate(CHILD + ACCURACY % "max_regression: 5pp, on_inconclusive: block")
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertEqual(run.checks["accuracy.accuracy.max_regression"]["policy"]["on_inconclusive"], "block")
        self.assertIsNone(run.checks["accuracy.accuracy.max_regression"]["policy"]["hard_margin"])

    def test_the_shipped_policy_passes_its_example(self):
        run = run_modelgate("run", "-c", "fixtures/policy/fraud.yaml", "-o", f"{self.folder}/out/", cwd=REPOSITORY,
                            folder=self.folder / "out")
        self.assert_code(run, 0)
        self.assertEqual(run.checks["bias.demographic_parity_ratio.min.attribute=sex"]["declared_at"],
                         "fixtures/policy/credit.yaml:18")


if __name__ == "__main__":
    unittest.main()
