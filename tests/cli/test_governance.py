# SPDX-License-Identifier: Apache-2.0
"""Waivers, the golden-set ledger, row evidence: what people decide beside the numbers, and what the reports say of it."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import subprocess
import unittest

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support import BINARY, Case, Run, run_modelgate, write_table

GATE = """\
version: 1
name: tiny
task: binary
on_inconclusive: guard
candidate: {predictions: good.csv, columns: [score]}
production: {predictions: production.csv, columns: [score]}
dataset: {path: golden.parquet, id: id, label: label}
checks:
  accuracy:
    - {metric: accuracy, min: 0.6, max_regression: 5pp}
    - {metric: recall, max_regression: 40pp, slices: [group]}
"""
ID = "accuracy.accuracy.max_regression"
NAME = "name: tiny\n"


def day(offset: int) -> str:
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)).isoformat()


class Waivers(Case):
    def setUp(self) -> None:
        super().setUp()
        self.gate(GATE, (NAME, NAME + "waivers: waivers.yaml\n"), ("min: 0.6, ", ""))

    def waive(self, *entries: str) -> None:
        (self.folder / "waivers.yaml").write_text("".join(f"- {{{e}}}\n" for e in entries), encoding="utf-8")

    def entry(self, check: str = ID, days: int = 90, worst: float = 0.5) -> str:
        return f"check: {check}, owner: ada, reason: retraining in March, until: {day(days)}, worst: {worst}"

    def bad(self) -> Run:
        return self.run_gate("--candidate", "bad.csv")

    def test_a_waived_fail_passes_and_stands_in_every_report(self) -> None:
        self.waive(self.entry())
        run = self.bad()
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertEqual(run.checks[ID]["waiver"], {"owner": "ada", "reason": "retraining in March", "until": day(90), "line": 1,
                                                    "worst": 0.5, "instead_of": "fail"})
        self.assertIn("1 waived", run.report["headline"])
        case = next(c for c in run.junit.iter("testcase") if c.get("name") == ID)
        for word in ("ada", "retraining in March", day(90)):
            self.assertIn(word, case.find("skipped").get("message"))
        self.assertIn("### Waived", run.path("summary.md").read_text(encoding="utf-8"))
        self.assertIn("Waived: 1", run.stdout)
        digest = hashlib.sha256((self.folder / "waivers.yaml").read_bytes()).hexdigest()
        self.assertEqual(run.report["run"]["waivers_sha256"], digest)
        self.assertIn(digest, run.texts["junit.xml"])
        self.assertIn(digest, run.path("summary.md").read_text(encoding="utf-8"))

    def test_a_waiver_near_its_end_is_warned_of(self) -> None:
        self.waive(self.entry(days=13))
        run = self.bad()
        self.assert_code(run, 0)
        self.assertTrue(any("ends in 13 days" in w for w in run.report["warnings"]), run.report["warnings"])

    def test_a_passing_check_needs_no_waiver(self) -> None:
        self.waive(self.entry())
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertEqual(run.checks[ID]["outcome"], "pass")
        self.assertTrue(any("is not needed" in w for w in run.report["warnings"]), run.report["warnings"])

    def test_two_waivers_of_one_check_and_a_missing_file_are_refused(self) -> None:
        self.waive(self.entry(), self.entry())
        run = self.run_gate()
        self.assert_code(run, 2)
        self.assertIn("waivers.yaml:2: error: two waivers", run.stderr)
        (self.folder / "waivers.yaml").unlink()
        self.assert_code(self.run_gate(), 2)

    def test_validate_reads_the_waivers_too(self) -> None:
        self.waive(self.entry("accuracy.accuracy.max_regresion"))
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 2)
        self.assertIn("did you mean", run.stderr)

    def test_a_report_never_overwrites_the_waivers(self) -> None:
        self.waive(self.entry())
        (self.folder / "waivers.yaml").rename(self.folder / "w.json")
        self.gate(GATE, (NAME, NAME + "waivers: w.json\n"))
        self.assert_code(run_modelgate("run", "-o", "w.json", cwd=self.folder), 2)

    def test_where_a_report_would_overwrite_an_input_the_others_keep_no_stale_pass(self) -> None:
        self.waive(self.entry())
        self.assert_code(self.run_gate(), 0)
        before = (self.folder / "waivers.yaml").read_bytes()
        (self.folder / "out/report.json").unlink()
        (self.folder / "out/report.json").symlink_to("../waivers.yaml")
        self.assert_code(run_modelgate("run", "-o", "out/", cwd=self.folder), 2)
        self.assertEqual((self.folder / "waivers.yaml").read_bytes(), before)
        self.assert_error_report(self.folder / "out/junit.xml")

    def test_plan_refuses_what_run_refuses(self) -> None:
        self.waive(self.entry("accuracy.accuracy.max_regresion"))
        self.assert_code(run_modelgate("plan", cwd=self.folder), 2)


class GoldenSetLedger(Case):
    def ledger(self, budget: int, looks: int = 1) -> None:
        self.gate(GATE, (NAME, f"{NAME}ledger: {{path: state/ledger.json, budget: {budget}, looks: {looks}}}\n"))

    def candidate(self, number: int) -> str:
        write_table(self.folder / f"c{number}.csv", {"id": self.data["id"], "score": self.data["good"] * (1 - number / 1e6)})
        return f"c{number}.csv"

    def bytes(self) -> bytes:
        return (self.folder / "state/ledger.json").read_bytes()

    def test_without_a_ledger_reuse_is_unknown(self) -> None:
        self.gate(GATE)
        run = self.run_gate()
        self.assertEqual(run.report["reuse"]["status"], "unknown")
        self.assertIn("unknown", run.path("summary.md").read_text(encoding="utf-8"))
        self.assertIn("Reuse of the golden rows is unknown", run.stdout)

    def test_counts_candidates_and_judges_pass_at_alpha_over_the_budget(self) -> None:
        self.ledger(2)
        first = self.run_gate("--candidate", self.candidate(1))
        self.assert_code(first, 0)
        self.assert_agreement(first)
        self.assertEqual((first.report["reuse"]["candidates"], first.report["reuse"]["budget"]), (1, 2))
        self.assertAlmostEqual(first.checks[ID]["confidence"], 0.975, places=12)
        written = self.bytes()
        self.assertEqual(self.run_gate("--candidate", self.candidate(1)).report["reuse"]["candidates"], 1)
        self.assertEqual(self.bytes(), written, "the same candidate on the same data costs nothing")
        digest = hashlib.sha256(written).hexdigest()
        told = [first.report["run"][f"ledger_sha256_{when}"] for when in ("before", "after")]
        self.assertEqual(told, [None, digest])
        self.assert_code(self.run_gate("--candidate", self.candidate(2)), 0)
        third = self.run_gate("--candidate", self.candidate(3))
        self.assert_code(third, 1)
        self.assertEqual(third.checks[ID]["reason"], "reuse_exhausted")
        self.assertIn("new golden set", third.checks[ID]["message"])
        self.assertIsNone(third.report["p_block_equal"], "no model passes used-up rows, whatever the row counts say")
        self.assert_code(self.run_gate("--candidate", self.candidate(1)), 0)

    def test_a_link_is_followed_and_what_it_points_to_is_counted(self) -> None:
        self.ledger(9)
        for folder in ("state", "shared"):
            (self.folder / folder).mkdir()
        (self.folder / "state/ledger.json").symlink_to("../shared/real.json")
        for number in (1, 2):
            self.assertEqual(self.run_gate("--candidate", self.candidate(number)).report["reuse"]["candidates"], number)
        self.assertTrue((self.folder / "state/ledger.json").is_symlink())
        self.assertTrue((self.folder / "shared/real.json").is_file())

    def test_no_report_takes_the_ledgers_place_before_its_first_run(self) -> None:
        self.gate(GATE, (NAME, NAME + "ledger: {path: out/report.json, budget: 9}\n"))
        for _ in range(2):
            run = self.run_gate()
            self.assert_code(run, 2)
            self.assertIn("would overwrite", run.stderr)
            self.assert_error_report(run.path("junit.xml"))
        self.gate(GATE, (NAME, NAME + "ledger: {path: out/flips.parquet, budget: 9}\n"))
        self.assert_code(self.run_gate(), 2)

    def test_planning_counts_the_budget(self) -> None:
        said = []
        for budget in (1, 50):
            self.gate(GATE, (NAME, f"{NAME}ledger: {{path: ledger.json, budget: {budget}}}\n"),
                      ("max_regression: 5pp", "max_regression: 1pp"))
            run = run_modelgate("validate", cwd=self.folder)
            self.assert_code(run, 0)
            said.append(re.search(r"passes this gate in about (\d+) %", run.stdout)[1])
        self.assertGreater(int(said[0]), int(said[1]), "a lower level lets an equal model pass less often")

    def test_a_blocked_candidate_counts(self) -> None:
        self.ledger(9)
        self.assert_code(self.run_gate("--candidate", "bad.csv"), 1)
        self.assertEqual(self.run_gate().report["reuse"]["candidates"], 2)

    def test_an_appended_row_does_not_reset_it(self) -> None:
        self.ledger(9)
        self.run_gate()
        more = {k: np.concatenate([v, v[:1]]) for k, v in self.data.items()}
        more["id"][-1] = "added"
        self.write_golden(more)
        for name in ("good", "production"):
            write_table(self.folder / f"{name}.csv", {"id": more["id"], "score": more[name]})
        self.assertEqual(self.run_gate().report["reuse"]["candidates"], 2)

    def test_looks_spend_alpha_over_growing_rows(self) -> None:
        self.gate(GATE, (NAME, f"{NAME}ledger: {{path: ledger.json, budget: 1, looks: 2}}\n"),
                  ("{predictions: good.csv, columns: [score]}", "{predictions: dataset, columns: [good]}"),
                  ("{predictions: production.csv, columns: [score]}", "{predictions: dataset, columns: [production]}"))
        seen = []
        for rows in (1000, 2000):
            columns = ("id", "label", "group", "good", "production")
            write_table(self.folder / "golden.parquet", {k: self.data[k][:rows] for k in columns})
            run = self.run_gate()
            seen.append((run.report["reuse"]["look"], round(run.report["reuse"]["fail_level"], 5),
                         round(1 - run.checks[ID]["confidence"], 5)))
        self.assertEqual(seen, [(1, 0.00557, 0.00557), (2, 0.04825, 0.04825)])
        other = self.run_gate("--set", "candidate.version=v3").report["reuse"]
        self.assertEqual((other["candidates"], other["look"]), (2, 1), "the version tells two models in one column apart")

    def test_an_error_is_not_counted_and_validate_writes_nothing(self) -> None:
        self.ledger(9)
        run = self.run_gate("--candidate", "nowhere.csv")
        self.assert_code(run, 3)
        run_modelgate("validate", cwd=self.folder)
        self.assertFalse((self.folder / "state/ledger.json").exists())

    def test_runs_at_the_same_time_never_count_past_each_other(self) -> None:
        self.ledger(9)
        names = [self.candidate(n) for n in range(4)]
        runs = [subprocess.Popen([BINARY, "run", "-q", "--candidate", n, "-o", f"out{n}/"], cwd=self.folder,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for n in names]
        self.assertEqual([r.wait(timeout=300) for r in runs], [0] * 4)
        numbers = [json.loads((self.folder / f"out{n}/report.json").read_text())["reuse"]["candidates"] for n in names]
        self.assertEqual(sorted(numbers), [1, 2, 3, 4])


class RowEvidence(Case):
    """Group b is broken: of its rows that production has right the candidate turns every second one around."""

    def setUp(self) -> None:
        super().setUp()
        right = (self.data["production"] >= 0.5) == (self.data["label"] == 1)
        chosen = right & (self.data["group"] == "b") & (np.arange(2000) % 2 == 0)
        self.flipped = set(self.data["id"][chosen])
        score = np.where(chosen, 1 - self.data["production"], self.data["production"])
        write_table(self.folder / "broken.csv", {"id": self.data["id"], "score": score})

    def run_with(self, reports: str) -> Run:
        self.gate(GATE, (NAME, NAME + reports), ("    - {metric: recall, max_regression: 40pp, slices: [group]}\n",
                                                 "    - {metric: recall, max_regression: 90pp, slices: [group]}\n"))
        run = self.run_gate("--candidate", "broken.csv")
        self.assert_code(run, 1)
        self.assert_agreement(run)
        return run

    def test_every_report_says_what_broke(self) -> None:
        run = self.run_with("")
        flips = run.checks[ID]["flips"]
        self.assertEqual((flips["right_to_wrong"], flips["rows"]), (len(self.flipped), 2000))
        self.assertEqual([(s["column"], s["value"], s["right_to_wrong"]) for s in flips["slices"]],
                         [("group", "b", len(self.flipped))])
        for text in (run.stdout, run.path("summary.md").read_text(encoding="utf-8"), run.texts["junit.xml"]):
            self.assertIn("Right to wrong", text)
            self.assertIn("group=b", text)
        self.assertFalse(run.path("flips.parquet").exists(), "off by default")

    def test_plain_evidence_holds_the_rows(self) -> None:
        run = self.run_with("reports: {row_evidence: plain}\n")
        table = pq.read_table(run.path("flips.parquet"))
        self.assertEqual(set(table["id"].to_pylist()), self.flipped)
        self.assertEqual(set(table["slice_group"].to_pylist()), {"b"})
        label, candidate, production = (table[n].to_numpy() for n in ("label", "candidate_score", "production_score"))
        self.assertTrue((((production >= 0.5) == label) & ((candidate >= 0.5) != label)).all())
        self.assertFalse(any(i in run.texts["report.json"] + run.texts["junit.xml"] + run.stdout for i in self.flipped))

    def test_hashed_evidence_names_no_id(self) -> None:
        table = pq.read_table(self.run_with("reports: {row_evidence: hashed}\n").path("flips.parquet"))
        self.assertNotIn("id", table.column_names)
        self.assertEqual(len(set(table["id_hash"].to_pylist())), len(self.flipped))
        self.assertTrue(pa.types.is_string(table.schema.field("id_hash").type))

    def test_small_slices_are_suppressed(self) -> None:
        run = self.run_with("reports: {row_evidence: plain, suppress_below: 100000}\n")
        self.assertEqual(run.checks[ID]["flips"]["slices"], [])
        self.assertEqual(set(pq.read_table(run.path("flips.parquet"))["slice_group"].to_pylist()), {None})

    def test_a_passing_run_leaves_no_rows_behind(self) -> None:
        self.run_with("reports: {row_evidence: plain}\n")
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertFalse(run.path("flips.parquet").exists())


if __name__ == "__main__":
    unittest.main()
