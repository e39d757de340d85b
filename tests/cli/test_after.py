# SPDX-License-Identifier: Apache-2.0
"""After the verdict: render, verify, diff and explain --from, on reports of real runs."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import unittest
from pathlib import Path

from after_case import FORMATS, NOWHERE, PASSES, After, utc
from support import FIXTURES, GATE, run_modelgate


class Render(After):
    def assert_same_reports(self, name: str) -> None:
        outputs = [word for f in FORMATS for word in ("-o", f"again/{f}")]
        again = self.call("render", f"{name}/report.json", *outputs)
        self.assert_code(again, 0)
        for file in FORMATS:
            self.assertEqual((self.folder / "again" / file).read_bytes(), (self.folder / name / file).read_bytes(), file)
            self.assertIn(f"written: again/{file}", again.stdout)

    def test_every_report_comes_out_byte_for_byte(self) -> None:
        self.judge("pass")
        self.judge("block", "--candidate", "bad.csv", code=1)
        self.judge("partial", "--only", "bias")
        self.judge("error", "--candidate", "absent.csv", code=3)
        for name in ("pass", "block", "partial", "error"):
            with self.subTest(name):
                self.assert_same_reports(name)

    def test_usage_errors_and_waived_runs_come_out_byte_for_byte(self) -> None:
        self.judge("usage", "--set", "no.such=key", code=2)
        self.assert_same_reports("usage")
        blocked = self.judge("block", "--candidate", "bad.csv", code=1)
        until = (datetime.date.today() + datetime.timedelta(30)).isoformat()
        worst = {i: c["candidate"]["value"] for i, c in blocked.checks.items() if c["blocking"]}
        lower = {i for i, c in blocked.checks.items() if not c["higher_is_better"]}
        entries = [f'- {{check: "{i}", owner: ada, reason: "known", until: "{until}", worst: {v + (.1 if i in lower else -.1):.4f}}}'
                   for i, v in worst.items()]
        (self.folder / "waivers.yaml").write_text("\n".join(entries) + "\n")
        self.gate(GATE, PASSES, ("checks:\n", "waivers: waivers.yaml\nchecks:\n"))
        run = self.judge("waived", "--candidate", "bad.csv")
        self.assertIn("waived", {c["outcome"] for c in run.report["checks"]})
        self.assert_same_reports("waived")

    def test_the_folder_form_gives_the_default_set(self) -> None:
        out = self.folder / "whole"
        run_modelgate("run", "-o", f"{out}/", cwd=self.folder, folder=out)
        self.assert_code(self.call("render", "whole/report.json", "-o", "copy/"), 0)
        self.assert_same_trees(out, self.folder / "copy")

    def test_shipped_examples_with_pictures_latency_and_bias_come_out_byte_for_byte(self) -> None:
        for name in ("fraud", "digits", "diabetes"):
            one, other = self.folder / f"{name}-run", self.folder / f"{name}-again"
            self.call("run", "-q", "-c", FIXTURES / name / "modelgate.yaml", *self.everything(one), environment=NOWHERE)
            self.assert_code(self.call("render", one / "report.json", *self.everything(other)), 0)
            families = {check["type"] for check in json.loads((one / "report.json").read_text())["checks"]}
            self.assertIn("accuracy", families)
            self.assert_same_trees(one, other)

    @staticmethod
    def everything(folder: Path) -> list[object]:
        return ["-o", f"{folder}/", "-o", folder / "x.prom", "-o", folder / "x.sarif"]

    def assert_same_trees(self, one: Path, other: Path) -> None:
        files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file() and path.suffix != ".parquet")
        self.assertEqual(files, sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file()))
        for file in files:
            self.assertEqual((other / file).read_bytes(), (one / file).read_bytes(), f"{one.name}: {file}")

    def test_its_own_source_is_never_overwritten_by_other_bytes(self) -> None:
        self.judge("pass")
        before = (self.folder / "pass/report.json").read_bytes()
        self.assert_code(self.call("render", "pass/report.json", "-o", "pass/report.json"), 0)
        self.assertEqual((self.folder / "pass/report.json").read_bytes(), before)
        (self.folder / "link.md").symlink_to("pass/report.json")
        refused = self.call("render", "pass/report.json", "-o", "link.md")
        self.assert_code(refused, 2)
        self.assertIn("would overwrite pass/report.json", refused.stderr)
        self.assertEqual((self.folder / "pass/report.json").read_bytes(), before)

    def test_what_cannot_be_read_or_written_has_its_code(self) -> None:
        self.judge("pass")
        self.assert_code(self.call("render", "absent.json", "-o", "x.md"), 3)
        self.assert_code(self.call("render", "good.csv", "-o", "x.md"), 3)
        self.assert_code(self.call("render", "pass/report.json"), 2)
        self.assert_code(self.call("render", "pass/report.json", "-o", "x.docx"), 2)
        (self.folder / "wall").write_text("")
        self.assert_code(self.call("render", "pass/report.json", "-o", "wall/x.md"), 4)
        broken = self.edit("pass", lambda r: r["checks"][0].pop("limit"))
        refused = self.call("render", broken, "-o", "x.md")
        self.assert_code(refused, 3)
        self.assertIn("pass/report.json: /checks/0/limit is missing", refused.stderr)
        self.assertIn("not judged again", self.call("render", "--help").stdout.replace("\n", " "))


class Verify(After):
    def verify(self, report: str, *words: object, model: str = "good.csv"):
        return self.call("verify", report, "--model", model, *words)

    def assert_refused(self, run, *phrases: str) -> None:
        self.assert_code(run, 1)
        text = " ".join(run.stderr.split())
        self.assertEqual(text.count(" - "), len(phrases), run.stderr)
        for phrase in phrases:
            self.assertIn(phrase, text)

    def test_a_pass_for_these_very_bytes_is_verified(self) -> None:
        self.judge("pass")
        run = self.verify("pass/report.json", "--max-age", "7d", "--production", "production.csv", "--dataset",
                          "golden.parquet", "--gate", "modelgate.yaml")
        self.assert_code(run, 0)
        self.assertIn(hashlib.sha256((self.folder / "good.csv").read_bytes()).hexdigest(), run.stdout)

    def test_everything_wrong_is_listed(self) -> None:
        self.judge("block", "--candidate", "bad.csv", "--only", "accuracy", "--seed", 9, code=1)
        self.gate(GATE, PASSES, ("min: 0.6", "min: 0.5"))
        run = self.verify("block/report.json", "--production", "good.csv", "--dataset", "absent.parquet", "--gate",
                          "modelgate.yaml")
        self.assert_refused(run, "The verdict is block with exit code 1", "The scope is partial",
                            "The candidate good.csv has sha256", "The production model good.csv has sha256",
                            "The golden data absent.parquet cannot be read", "The gate file modelgate.yaml has sha256",
                            "runtime.seed=9 from the command line")

    def test_age_and_future(self) -> None:
        self.judge("pass")
        old = self.edit("pass", lambda r: r["run"].update(started=utc(days=8)))
        self.assert_refused(self.verify(old, "--max-age", "7d"), "8 days ago, and --max-age allows 7 days")
        self.assert_code(self.verify(old, "--max-age", "9d"), 0)
        self.assert_code(self.verify(old), 0)
        future = self.edit("pass", lambda r: r["run"].update(started=utc(hours=-2)))
        self.assert_refused(self.verify(future), "a clock is wrong")
        self.assert_code(self.verify(self.edit("pass", lambda r: r["run"].update(started=utc(minutes=-2)))), 0)
        unknown = self.edit("pass", lambda r: r["run"].update(started="yesterday"))
        self.assert_refused(self.verify(unknown), "its age is unknown")

    def test_overrides_are_judged(self) -> None:
        shutil.copy(self.folder / "golden.parquet", self.folder / "other.parquet")
        self.judge("ci", "--candidate", "good.csv", "--set", "candidate.version=v3", "--set", "runtime.timeout=5min")
        self.assert_code(self.verify("ci/report.json", "--gate", "modelgate.yaml"), 0)
        self.judge("other", "--dataset", "other.parquet", "--production", "production.csv", "--seed", 3)
        run = self.verify("other/report.json")
        self.assert_refused(run, "production.predictions=production.csv", "dataset.path=other.parquet", "runtime.seed=3")
        self.assertIn("--allow-override runtime.seed", " ".join(run.stderr.split()))
        proven = self.verify("other/report.json", "--dataset", "golden.parquet", "--production", "production.csv",
                             "--allow-override", "runtime.seed")
        self.assert_code(proven, 0)

    def test_predictions_in_several_files_have_the_digest_of_the_run(self) -> None:
        shards = self.folder / "shards"
        shards.mkdir()
        lines = (self.folder / "good.csv").read_text().splitlines(keepends=True)
        (shards / "1.csv").write_text(lines[0] + "".join(lines[1:900]))
        (shards / "2.csv").write_text(lines[0] + "".join(lines[900:]))
        self.judge("shards", "--candidate", "shards/*.csv")
        self.assert_code(self.verify("shards/report.json", model="shards/*.csv"), 0)
        self.assert_code(self.verify("shards/report.json", model="shards"), 0)
        self.assert_refused(self.verify("shards/report.json", model="shards/1.csv"), "other bytes")

    def test_predictions_with_digests_stand_for_the_model_they_came_from(self) -> None:
        models = FIXTURES / "generated/fraud/models"
        gate = ["-c", FIXTURES / "fraud/modelgate.yaml", "--candidate", models / "fraud_v2.3.pt"]
        self.assert_code(self.call("predict", "-q", *gate, "--model", "candidate", "-o", "preds.parquet"), 0)
        self.judge("recorded", "-q", "-c", FIXTURES / "fraud/modelgate.yaml", "--candidate", "preds.parquet")
        scope = "The scope is partial"  # recorded predictions have no latency
        self.assert_refused(self.verify("recorded/report.json", model=models / "fraud_v2.3.pt"), scope)
        self.assert_refused(self.verify("recorded/report.json", model="preds.parquet"), scope, "name that model")

    def test_a_forged_or_broken_report_is_unreadable(self) -> None:
        self.judge("block", "--candidate", "bad.csv", code=1)
        forged = self.edit("block", lambda r: r.update(verdict="pass", exit_code=0))
        run = self.verify(forged, model="bad.csv")
        self.assert_code(run, 3)
        self.assertIn("/verdict is pass, but", run.stderr)
        self.assert_code(self.verify("absent.json"), 3)
        newer = self.edit("block", lambda r: r.update(schema_version=99))
        self.assertIn("/schema_version is 99", self.verify(newer).stderr)

    def test_a_wrong_command_line_is_usage(self) -> None:
        self.judge("pass")
        self.assert_code(self.call("verify", "pass/report.json"), 2)
        self.assert_code(self.verify("pass/report.json", "--max-age", "soon"), 2)
        self.assert_code(self.verify("pass/report.json", "--gate", ""), 2)
        self.assert_code(self.verify("pass/report.json", "another.json"), 2)
        self.assertIn("does not prove", self.call("verify", "--help").stdout)


class Diff(After):
    def test_what_changed_is_told_blocking_first(self) -> None:
        self.judge("old")
        self.gate(GATE, PASSES, ("min: 0.6", "min: 0.55"), ("max: 0.3", "max: 0.25"),
                  ("    - {metric: roc_auc, max_regression: 0.05}\n", "    - {metric: precision, max_regression: 20pp}\n"))
        self.judge("new", "--candidate", "bad.csv", code=1)
        run = self.call("diff", "old/report.json", "new/report.json")
        self.assert_code(run, 0)
        heads = [line.split(":")[0] for line in run.stdout.splitlines() if line and line[0] not in " 0123456789"]
        for one, other in (("Verdict", "Limits loosened"), ("Limits loosened", "Checks removed"),
                           ("Checks removed", "Now blocking"), ("Now blocking", "Checks added")):
            self.assertLess(heads.index(one), heads.index(other))
        self.assertIn("accuracy.accuracy.min: limit loosened: min 0.6 → min 0.55", run.stdout)
        self.assertIn("limit tightened: max 0.3 → max 0.25", " ".join(run.stdout.split()))
        self.assertIn("accuracy.roc_auc.max_regression: max_regression 0.05, pass", run.stdout)
        self.assertTrue(all(len(line) <= 80 for line in run.stdout.splitlines()))

    def test_equal_reports_have_nothing_to_tell(self) -> None:
        checks = len(self.judge("old").checks)
        run = self.call("diff", "old/report.json", "old/report.json")
        self.assert_code(run, 0)
        self.assertEqual(run.stdout.splitlines()[0], "tiny")
        self.assertIn(f"{checks} checks unchanged", run.stdout)
        self.assertNotIn("→", run.stdout)

    def test_markdown_goes_to_a_file(self) -> None:
        self.judge("old")
        self.judge("new", "--candidate", "bad.csv", code=1)
        self.assert_code(self.call("diff", "old/report.json", "new/report.json", "--markdown", "-o", "d.md"), 0)
        text = (self.folder / "d.md").read_text(encoding="utf-8")
        self.assertTrue(text.startswith("## modelgate: what changed in tiny\n"))
        self.assertIn("### Now blocking", text)
        self.assert_code(self.call("diff", "old/report.json", "new/report.json", "-o", "d.txt"), 2)
        self.assert_code(self.call("diff", "old/report.json"), 2)
        self.assert_code(self.call("diff", "old/report.json", "absent.json"), 3)
        self.assert_code(self.call("diff", "old/report.json", "new/report.json", "-o", "good.csv/d.md"), 4)


class Explain(After):
    def test_one_result_in_words_with_its_interval_drawn(self) -> None:
        run = self.judge("block", "--candidate", "bad.csv", code=1)
        check = "accuracy.accuracy.max_regression"
        text = self.call("explain", check, "--from", "block/report.json").stdout
        self.assertIn("fail, and it blocks", text)
        line = next(line for line in text.splitlines() if "●" in line and "|" in line and "├" in line and "limit" not in line)
        self.assertLess(line.index("●"), line.index("|"), "worse than the limit: left of it")
        self.assertIn("2,000 rows", text)
        self.assertIn(f"declared at  {run.checks[check]['declared_at']}", text)
        self.assertTrue(all(len(line) <= 80 for line in text.splitlines()))
        bias = next(i for i in run.checks if i.startswith("bias."))
        self.assertIn("a, selection_rate:", self.call("explain", bias, "--from", "block/report.json").stdout)

    def test_without_an_id_all_are_listed_and_a_wrong_one_is_answered(self) -> None:
        run = self.judge("block", "--candidate", "bad.csv", code=1)
        text = self.call("explain", "--from", "block/report.json").stdout
        self.assertTrue(text.startswith("Blocking:"))
        for check in run.checks:
            self.assertIn(f"  {check}  ", text)
        wrong = self.call("explain", "accuracy.acuracy.min", "--from", "block/report.json")
        self.assert_code(wrong, 2)
        self.assertIn('did you mean "accuracy.accuracy.min"?', wrong.stderr)
        metric = self.call("explain", "accuracy", "--from", "block/report.json")
        self.assert_code(metric, 2)
        self.assertIn("\n  accuracy.accuracy.min\n", metric.stderr)
        self.assert_code(self.call("explain", "recall", "--from", "absent.json"), 3)
        self.assert_code(self.call("explain"), 2)
        self.assert_code(self.call("explain", "recall"), 0)


if __name__ == "__main__":
    unittest.main()
