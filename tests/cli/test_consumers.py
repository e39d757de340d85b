# SPDX-License-Identifier: Apache-2.0
"""Reports of real runs in the hands of their real readers: each must understand what report.json says."""

from __future__ import annotations

import gzip
import json
import sys
import unittest
from pathlib import Path

import junitparser
from support import GATE, Case, Run

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "consumers"))
import readers  # noqa: E402

FORMATS = ("prom", "sarif")
HOSTILE = "@everyone ](http://x.example) | `<img src=x onerror=1> #12 \"q\" 'r' \\ {0} org/n#3 www.x.example &amp; ~~s~~"


class Consumers(Case):
    def all_formats(self, *arguments: object, code: int) -> tuple[Run, dict]:
        """Runs with every format; what each reader understood, by its name."""
        out = self.folder / "out"
        run = self.run_gate(*arguments, *(f"-o{out}/report.{suffix}" for suffix in FORMATS))
        self.assert_code(run, code)
        understood = {"junit": readers.read_junit(run.texts["junit.xml"].encode()),
                      "openmetrics": readers.read_openmetrics(run.path("report.prom").read_bytes()),
                      "sarif": readers.read_sarif(run.path("report.sarif")),
                      "markdown": readers.read_markdown(run.path("summary.md").read_text(encoding="utf-8"))}
        return run, understood

    def assert_understood(self, run: Run, understood: dict) -> None:
        """Verdict, counts and names of what blocks are those of report.json, in every reader's words."""
        truth = readers.expected(run.report)
        for name, read in understood.items():
            with self.subTest(reader=name):
                self.assertEqual(read.verdict, truth.verdict)
                self.assertEqual(read.blocking, truth.blocking)
                if read.names is not None:
                    self.assertEqual(read.names, truth.names)
                if read.checks is not None:
                    self.assertEqual(read.checks, truth.checks)

    def test_a_pass(self) -> None:
        run, understood = self.all_formats(code=0)
        self.assert_understood(run, understood)
        self.assertEqual(understood["openmetrics"].shown[("modelgate_golden_rows", (("gate", "tiny"),))], 2000)
        self.assertEqual(understood["markdown"].shown["rows"]["Passed"], len(run.checks))

    def test_a_block(self) -> None:
        run, understood = self.all_formats("--candidate", "bad.csv", code=1)
        self.assert_understood(run, understood)
        gate = (self.folder / "modelgate.yaml").read_text().splitlines()
        for record in understood["sarif"].shown["records"]:
            self.assertEqual(record["Location"], "modelgate.yaml")
            self.assertIn(record["Code"].split(".")[1], gate[record["Line"] - 1])
        values = {dict(labels)["check"]: value for (name, labels), value in understood["openmetrics"].shown.items()
                  if name == "modelgate_check_value" and dict(labels)["model"] == "candidate"}
        for check, value in values.items():
            self.assertAlmostEqual(value, run.checks[check]["candidate"]["value"], places=4, msg=check)

    def test_the_extended_dialect_names_file_and_line_and_is_not_the_default(self) -> None:
        out = self.folder / "out"
        run = self.run_gate("--candidate", "bad.csv", "-o", f"{out}/junit.extended.xml")
        self.assert_code(run, 1)
        gate = (self.folder / "modelgate.yaml").read_text().splitlines()
        suites = junitparser.JUnitXml.fromstring(run.path("junit.extended.xml").read_bytes())
        for case in (case for suite in suites for case in suite):
            self.assertEqual(case._elem.get("file"), "modelgate.yaml")
            self.assertIn(case.name.split(".")[1], gate[int(case._elem.get("line")) - 1])
        self.assertFalse([c for c in run.junit.iter("testcase") if c.get("file")])

    def test_an_error_of_a_model(self) -> None:
        (self.folder / "gone.csv").write_text("id,score\nr00000,0.5\n")
        run, understood = self.all_formats("--candidate", "gone.csv", code=3)
        self.assert_understood(run, understood)

    def test_a_gate_that_judged_nothing_is_no_pass_to_anyone(self) -> None:
        self.gate(GATE, ("max: 0.3", "maxi: 0.3"))
        run, understood = self.all_formats(code=2)
        for name, read in understood.items():
            self.assertEqual(read.verdict, "error", name)
            if name in ("junit", "sarif"):
                self.assertEqual(read.blocking, 1, name)
                self.assertIn("maxi", str(read.shown), name)

    def test_a_waived_block_is_suppressed_and_stands_in_no_ones_way(self) -> None:
        blocked = self.run_gate("--candidate", "bad.csv")
        waivers = "".join(f"- {{check: \"{i}\", owner: risk, reason: known, until: 2099-12-31, worst: {self.worst(c)}}}\n"
                          for i, c in blocked.checks.items() if c["blocking"])
        (self.folder / "waivers.yaml").write_text(waivers)
        self.gate(GATE + "waivers: waivers.yaml\n")
        run, understood = self.all_formats("--candidate", "bad.csv", code=0)
        self.assert_understood(run, understood)
        waived = {i for i, c in run.checks.items() if c["outcome"] == "waived"}
        self.assertEqual({r["properties"]["check"] for r in understood["sarif"].shown["suppressed"]}, waived)
        self.assertEqual(understood["markdown"].shown["rows"]["Waived"], len(waived))

    @staticmethod
    def worst(check: dict) -> float:
        return 0.0 if check["higher_is_better"] else 1.0

    def test_hostile_names(self) -> None:
        self.data["group"] = self.data["group"].astype("U200")
        self.data["group"][self.data["group"] == "a"] = HOSTILE
        self.write_golden(self.data)
        run, understood = self.all_formats("--candidate", "bad.csv", "--set", f"candidate.version={HOSTILE}", code=1)
        self.assert_understood(run, understood)
        firsts = [cells[0] for cells in understood["markdown"].shown["cells"]]
        self.assertIn(f"recall, group={HOSTILE}", firsts, "shown as it is, in one cell")

    def test_fingerprints_and_names_stay_when_numbers_change(self) -> None:
        self.gate(GATE, ("min: 0.6", "min: 0.9999"))
        prints = []
        for candidate in ("bad.csv", "good.csv"):
            run, _ = self.all_formats("--candidate", candidate, code=1)
            log = json.loads(run.path("report.sarif").read_text())
            prints.append({r["properties"]["check"]: r["partialFingerprints"] for r in log["runs"][0]["results"]})
        both = prints[0].keys() & prints[1].keys()
        self.assertEqual(both, {"accuracy.accuracy.min"})
        for check in both:
            self.assertEqual(prints[0][check], prints[1][check])

    def test_thousands_of_checks_keep_within_every_limit(self) -> None:
        head, _ = GATE.split("checks:")
        checks = "".join(f"    - {{metric: accuracy, min: 0.99, id: c{i:04d}}}\n" for i in range(6000))
        self.gate(f"{head}checks:\n  accuracy:\n{checks}")
        run, understood = self.all_formats(code=1)
        truth = readers.expected(run.report)
        self.assertEqual(truth.blocking, 6000)
        self.assertEqual(understood["junit"].blocking, 6000)
        metrics = understood["openmetrics"]
        self.assertEqual((metrics.blocking, len(metrics.names)), (6000, 1000))
        self.assertEqual(metrics.shown[("modelgate_checks_unlisted", (("gate", "tiny"),))], 5000)
        self.assertEqual(understood["sarif"].blocking, 5000)
        sarif = run.path("report.sarif").read_bytes()
        self.assertIn(b"1000 more checks did not pass", sarif)
        self.assertLess(len(gzip.compress(sarif)), 10_000_000)
        self.assertIn("of 6000 checks", understood["markdown"].shown["title"])


if __name__ == "__main__":
    unittest.main()
