# SPDX-License-Identifier: Apache-2.0
"""Every outcome of the contract, by recorded predictions: what is printed, written and returned."""

from __future__ import annotations

import unittest

import numpy as np

from support import GATE, Case, run_modelgate, write_table


class Outcomes(Case):
    def test_good_candidate_passes_with_exit_0(self) -> None:
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertEqual({c["outcome"] for c in run.checks.values()}, {"pass"})
        for words in ("PASS", "roc_auc", "exit 0"):
            self.assertIn(words, run.stdout)
        self.assertEqual(run.report["scope"], "full")
        self.assertEqual(run.report["dataset"]["rows"], 2000)

    def test_bad_candidate_is_blocked_with_exit_1_and_the_report_says_by_how_much(self) -> None:
        run = self.run_gate("--candidate", "bad.csv")
        self.assert_code(run, 1)
        self.assert_agreement(run)
        self.assertIn("accuracy.accuracy.max_regression", run.blocking())
        failure = next(c for c in run.junit.iter("testcase") if c.get("name") == "accuracy.accuracy.max_regression")[0]
        self.assertEqual(failure.get("type"), "threshold")
        self.assertTrue(failure.text.startswith(failure.get("message")))
        self.assertIn(" declared at ", failure.text)
        for words in ("BLOCK", "beyond the allowed", "exit 1"):
            self.assertIn(words, run.stdout)

    def test_default_reports_stand_in_a_folder_named_after_the_gate(self) -> None:
        run = run_modelgate("run", cwd=self.folder, folder=self.folder / "modelgate-report/tiny")
        self.assert_code(run, 0)
        for name in ("junit.xml", "report.json", "summary.md", "report.html", "report.files/style.css"):
            self.assertTrue(run.path(name).is_file(), name)

    def test_ids_follow_family_metric_limit_and_scope(self) -> None:
        self.assertEqual(set(self.run_gate().checks), {
            "accuracy.accuracy.min", "accuracy.accuracy.max_regression", "accuracy.roc_auc.max_regression",
            "accuracy.recall.max_regression.group=a", "accuracy.recall.max_regression.group=b",
            "bias.demographic_parity_difference.max.attribute=group"})

    def test_warn_severity_never_blocks(self) -> None:
        self.gate(GATE, ("max_regression: 5pp}", "max_regression: 5pp, severity: warn}"),
                  ("max_regression: 0.05}", "max_regression: 0.05, severity: warn}"),
                  ("slices: [group]}", "slices: [group], severity: warn}"))
        run = self.run_gate("--candidate", "bad.csv")
        self.assertEqual(run.checks["accuracy.accuracy.max_regression"]["outcome"], "fail")
        self.assertNotIn("accuracy.accuracy.max_regression", run.blocking())
        self.assert_agreement(run)

    def few_rows(self, policy: str):
        few = {name: values[:60] for name, values in self.data.items()}
        self.write_golden(few)
        for name in ("production", "good"):
            write_table(self.folder / f"{name}.csv", {"id": few["id"], "score": few[name]})
        text = GATE[:GATE.index("checks:")] + "checks:\n  accuracy:\n    - {metric: accuracy, max_regression: 1pp}\n"
        self.gate(text, ("guard", policy))
        return self.run_gate()

    def test_too_few_rows_are_inconclusive_and_block_where_proof_is_asked_for(self) -> None:
        run = self.few_rows("block")
        self.assert_code(run, 1)
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual((check["outcome"], check["reason"]), ("inconclusive", "straddles_limit"))
        self.assertIn("more", check["message"])
        self.assertEqual(next(run.junit.iter("failure")).get("type"), "inconclusive")
        self.assert_agreement(run)

    def test_too_few_rows_are_inconclusive_and_pass_with_a_warning_where_only_proven_harm_blocks(self) -> None:
        run = self.few_rows("warn")
        self.assert_code(run, 0)
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual((check["outcome"], check["blocking"]), ("inconclusive", False))
        self.assertIsNone(next(run.junit.iter("failure"), None))
        self.assert_agreement(run)

    def test_an_absent_declared_slice_is_not_assessable_and_blocks(self) -> None:
        self.gate(GATE, ("slices: [group]", "slices: [{column: group, values: [a, z]}]"))
        run = self.run_gate()
        self.assert_code(run, 1)
        check = run.checks["accuracy.recall.max_regression.group=z"]
        self.assertEqual((check["outcome"], check["reason"]), ("not_assessable", "absent_slice"))
        self.assertNotIn("accuracy.recall.max_regression.group=b", run.checks)
        self.assertEqual(next(run.junit.iter("failure")).get("type"), "data")
        self.assert_agreement(run)

    def test_a_null_in_a_slice_column_is_a_group_of_its_own(self) -> None:
        groups = list(self.data["group"])
        groups[:200] = [None] * 200
        write_table(self.folder / "golden.parquet", {k: self.data[k] for k in ("id", "label")} | {"group": groups})
        run = self.run_gate()
        slices = [c["slice"] for c in run.report["checks"] if c["metric"] == "recall"]
        self.assertIn({"group": "(missing)"}, slices)

    def test_first_release_judges_absolute_limits_and_lists_the_relative_ones(self) -> None:
        self.gate(GATE, ("production: {predictions: production.csv, columns: [score]}\n", ""))
        without = self.run_gate()
        self.assert_code(without, 2)
        self.assertIn("--first-release", without.stderr)
        run = self.run_gate("--first-release")
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertEqual(run.report["scope"], "full")
        listed = {entry["id"] for entry in run.report["not_judged"]}
        self.assertIn("accuracy.accuracy.max_regression", listed)
        self.assertNotIn("accuracy.accuracy.min", listed)

    def test_identical_models_are_no_proof(self) -> None:
        run = self.run_gate("--candidate", "production.csv")
        self.assert_code(run, 1)
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual((check["outcome"], check["reason"]), ("not_assessable", "identical_models"))


class BrokenData(Case):
    def assert_data_error(self, run, *words: str) -> None:
        self.assert_code(run, 3)
        self.assert_agreement(run)
        for word in words:
            self.assertIn(word, run.stderr + run.stdout)
        self.assertEqual({c["outcome"] for c in run.checks.values()}, {"error"})

    def test_zero_rows_are_an_error(self) -> None:
        self.write_golden({name: values[:0] for name, values in self.data.items()})
        self.assert_data_error(self.run_gate(), "golden.parquet")

    def test_a_missing_column_is_named_with_the_file(self) -> None:
        self.gate(GATE, ("label: label", "label: lable"))
        self.assert_data_error(self.run_gate(), "golden.parquet", "lable")

    def test_an_absent_data_file_is_named(self) -> None:
        (self.folder / "golden.parquet").unlink()
        self.assert_data_error(self.run_gate(), "golden.parquet")

    def test_a_glob_without_match_is_an_error(self) -> None:
        self.gate(GATE, ("path: golden.parquet", "path: golden/*.parquet"))
        self.assert_data_error(self.run_gate(), "golden/*.parquet")

    def test_duplicate_ids_are_refused(self) -> None:
        ids = self.data["id"].copy()
        ids[7] = ids[3]
        self.write_golden(self.data | {"id": ids})
        self.assert_data_error(self.run_gate(), "golden.parquet", "id")

    def test_a_null_label_is_refused_with_its_row(self) -> None:
        label = self.data["label"].astype(object)
        label[41] = None
        write_table(self.folder / "golden.parquet", {"id": self.data["id"], "label": list(label),
                                                     "group": self.data["group"]})
        self.assert_data_error(self.run_gate(), "golden.parquet", "label", "42")

    def test_fewer_rows_than_min_rows_are_refused(self) -> None:
        self.gate(GATE, ("  label: label\n", "  label: label\n  min_rows: 5000\n"))
        run = self.run_gate()
        self.assert_data_error(run)
        self.assertRegex(run.stderr, "5,?000")

    def test_a_digest_not_met_is_refused(self) -> None:
        self.gate(GATE, ("  label: label\n", f"  label: label\n  sha256: {'0' * 64}\n"))
        run = self.run_gate()
        self.assert_data_error(run)
        self.assertEqual({c["reason"] for c in run.checks.values()}, {"digest_mismatch"})

    def test_a_git_lfs_pointer_names_the_command(self) -> None:
        (self.folder / "golden.parquet").write_text(
            "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n")
        self.assert_data_error(self.run_gate(), "git lfs pull")

    def test_an_object_store_address_names_a_way_out(self) -> None:
        self.gate(GATE, ("path: golden.parquet", "path: s3://bucket/golden.parquet"))
        run = self.run_gate()
        self.assertIn(run.code, (2, 3))
        self.assertIn("s3", run.stderr + run.stdout)

    def test_a_nan_score_is_never_dropped(self) -> None:
        score = self.data["good"].copy()
        score[17] = np.nan
        write_table(self.folder / "good.parquet", {"id": self.data["id"], "score": score})
        run = self.run_gate("--candidate", "good.parquet")
        self.assert_code(run, 3)
        self.assertIn("good.parquet", run.stderr + run.stdout)

    def test_a_cell_value_never_appears_in_a_message(self) -> None:
        label = [str(v) for v in self.data["label"]]
        label[5] = "SECRET-VALUE"
        write_table(self.folder / "golden.parquet", {"id": self.data["id"], "label": label,
                                                     "group": self.data["group"]})
        run = self.run_gate()
        self.assert_code(run, 3)
        everything = run.stdout + run.stderr + "".join(p.read_text() for p in run.folder.rglob("*") if p.is_file())
        self.assertNotIn("SECRET-VALUE", everything)


if __name__ == "__main__":
    unittest.main()
