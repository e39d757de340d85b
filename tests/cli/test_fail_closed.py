# SPDX-License-Identifier: Apache-2.0
"""What must never end as a pass, as a stale pass, as a silent misreading or as a hang."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import unittest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from support import GATE, Case, run_modelgate, write_table

ABSOLUTE = """\
version: 1
name: tiny
task: binary
on_inconclusive: guard
candidate: {predictions: good.csv, columns: [score]}
production: {predictions: production.csv, columns: [score]}
dataset: {path: golden.parquet, id: id, label: label}
checks:
  accuracy:
    - {metric: accuracy, min: 0.6}
"""


class StaleReports(Case):
    def passed_before(self) -> None:
        self.assert_code(self.run_gate(), 0)

    def assert_replaced(self, run, code: int) -> None:
        self.assert_code(run, code)
        self.assertEqual(run.report["verdict"], "error")
        self.assertGreater(int(run.junit.get("errors")), 0)

    def test_an_unknown_option_replaces_the_report(self) -> None:
        self.passed_before()
        self.assert_replaced(self.run_gate("--bogus"), 2)

    def test_a_second_output_of_unknown_format_replaces_the_first(self) -> None:
        self.passed_before()
        self.assert_replaced(self.run_gate("-o", "x.foo"), 2)

    def test_a_broken_gate_file_replaces_the_default_folder_of_its_name(self) -> None:
        default = self.folder / "modelgate-report/tiny"
        self.assert_code(run_modelgate("run", cwd=self.folder, folder=default), 0)
        self.gate(GATE, ("metric: accuracy", "metric: acuracy"))
        self.assert_replaced(run_modelgate("run", cwd=self.folder, folder=default), 2)

    def test_an_unknown_option_replaces_the_default_folder_of_the_gate_file(self) -> None:
        default = self.folder / "modelgate-report/tiny"
        other = self.folder / "other.yaml"
        other.write_text(GATE, encoding="utf-8")
        for options in ((), ("-c", other), (f"--config={other}",), (f"-c{other}",)):
            with self.subTest(options=options):
                self.assert_code(run_modelgate("run", *options, cwd=self.folder, folder=default), 0)
                if options:
                    self.gate(GATE, ("name: tiny", "name: unlike"))
                self.assert_replaced(run_modelgate("run", *options, "--bogus", cwd=self.folder, folder=default), 2)

    @unittest.skipIf(os.geteuid() != 0, "needs root to mount a small file system")
    def test_a_report_that_cannot_be_written_takes_the_others_back(self) -> None:
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12k", "tmpfs", small], check=False).returncode != 0:
            self.skipTest("cannot mount here")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        run = run_modelgate("run", "-o", "out/junit.xml", "-o", "small/r.json", cwd=self.folder,
                            folder=self.folder / "out")
        self.assert_code(run, 4)
        self.assertGreater(int(run.junit.get("errors")), 0)


class OwnInputs(Case):
    def test_a_report_never_overwrites_what_the_gate_reads(self) -> None:
        gate = self.folder / "modelgate.json"
        gate.write_text((self.folder / "modelgate.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        before = gate.read_bytes()
        run = run_modelgate("run", "-c", gate, "-o", gate, cwd=self.folder)
        self.assert_code(run, 2)
        self.assertIn("would overwrite", run.stderr)
        self.assertEqual(gate.read_bytes(), before)

    def test_no_error_report_replaces_a_file_that_may_be_an_input(self) -> None:
        """Where the gate file or the command line cannot be read nobody knows what the gate reads."""
        kept = self.folder / "ledger.json"
        gate = self.folder / "gate.json"
        kept.write_text('{"modelgate_ledger": 1, "golden_sets": []}', encoding="utf-8")
        self.gate(ABSOLUTE)
        self.assert_code(run_modelgate("run", "-o", "junit.xml", cwd=self.folder), 0)   # the pass that must not stay
        for text, options in (("version: 1\nname: [", []), ("", []), (ABSOLUTE, ["--bogus"])):
            with self.subTest(gate=text, options=options):
                gate.write_text(text, encoding="utf-8")
                run = run_modelgate("run", "-c", gate, "-o", kept, "-o", gate, "-o", "junit.xml", *options, cwd=self.folder,
                                    folder=self.folder)
                self.assert_code(run, 2)
                self.assertIn("ledger.json is left as it is", run.stderr)
                self.assertEqual(json.loads(kept.read_text(encoding="utf-8")), {"modelgate_ledger": 1, "golden_sets": []})
                self.assertEqual(gate.read_text(encoding="utf-8"), text)
                self.assert_error_report(self.folder / "junit.xml")


class NothingJudged(Case):
    def test_a_gate_that_could_judge_nothing_is_an_error(self) -> None:
        text = ABSOLUTE.replace("min: 0.6", "max_regression: 5pp, on_not_assessable: warn")
        self.gate(text)
        run = self.run_gate("--candidate", "production.csv")
        self.assert_code(run, 3)
        self.assertIn("No check was judged", run.report["headline"])

    def test_the_same_columns_of_the_dataset_are_identical_models(self) -> None:
        columns = {k: self.data[k] for k in ("id", "label", "group")} | {"score": self.data["good"]}
        write_table(self.folder / "golden.parquet", columns)
        side = "{predictions: dataset, columns: [score]}"
        self.gate(ABSOLUTE, ("{predictions: good.csv, columns: [score]}", side),
                  ("{predictions: production.csv, columns: [score]}", side), ("min: 0.6", "max_regression: 5pp"))
        run = self.run_gate()
        self.assert_code(run, 1)
        self.assertEqual(run.checks["accuracy.accuracy.max_regression"]["reason"], "identical_models")

    def test_another_threshold_makes_another_model(self) -> None:
        self.gate(ABSOLUTE, ("good.csv, columns: [score]", "production.csv, columns: [score], "
                             "output: {positive_threshold: 0.4}"), ("min: 0.6", "max_regression: 10pp"))
        self.assert_code(self.run_gate(), 0)


class Superiority(Case):
    def test_guard_does_not_excuse_a_missing_improvement(self) -> None:
        for asked in ("0.001", "0.01"):
            with self.subTest(asked):
                rng = np.random.default_rng(3)
                shuffled = np.where(rng.random(2000) < 0.05, 1 - self.data["production"], self.data["production"])
                write_table(self.folder / "good.csv", {"id": self.data["id"], "score": shuffled})
                self.gate(ABSOLUTE, ("min: 0.6", f"min_improvement: {asked}"))
                self.assert_code(self.run_gate(), 1)


class Misreadings(Case):
    def test_logits_and_probabilities_in_one_set_are_refused(self) -> None:
        score = self.data["good"].clip(0.001, 0.999)
        logit = np.log(score / (1 - score))
        folder = self.folder / "mix"
        folder.mkdir()
        half = len(score) // 2
        pq.write_table(pa.table({"id": self.data["id"][:half], "prediction_0": logit[:half]}), folder / "a.parquet")
        marked = pa.table({"id": self.data["id"][half:], "prediction_0": score[half:]})
        pq.write_table(marked.replace_schema_metadata({"modelgate.kind": "probability"}), folder / "b.parquet")
        self.gate(ABSOLUTE, ("{predictions: good.csv, columns: [score]}",
                             "{predictions: 'mix/*.parquet', output: {kind: logit}}"))
        run = self.run_gate()
        self.assert_code(run, 3)
        self.assertIn("b.parquet", run.stdout + run.stderr)

    def test_a_production_that_cannot_be_read_is_told_though_only_the_candidate_is_judged(self) -> None:
        score = self.data["production"].copy()
        score[3] = np.nan
        write_table(self.folder / "production.csv", {"id": self.data["id"], "score": score})
        self.gate(ABSOLUTE)
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertTrue(any("production could not be evaluated" in w for w in run.report["warnings"]), run.report["warnings"])


def varint(value: int) -> bytes:
    """Thrift's compact form of a non-negative 64-bit integer."""
    zigzag, out = value << 1, bytearray()
    while zigzag > 0x7F:
        out.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    return bytes(out + bytes([zigzag]))


def with_row_count(path: Path, rows: int, claimed: int) -> None:
    """Rewrites a Parquet footer so that it claims another number of rows in the file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[-8:-4])
    footer = data[-8 - length:-8]
    field = footer.index(b"\x16" + varint(rows), footer.index(b"schema"))   # FileMetaData.num_rows, an i64
    footer = footer[:field] + b"\x16" + varint(claimed) + footer[field + 1 + len(varint(rows)):]
    path.write_bytes(data[:-8 - length] + footer + struct.pack("<I", len(footer)) + b"PAR1")


class HostileFooter(Case):
    def test_a_row_count_that_is_not_true_ends_in_time_and_never_passes(self) -> None:
        path = self.folder / "golden.parquet"
        with_row_count(path, 2000, 1 << 60)
        self.gate(ABSOLUTE)
        run = self.run_gate(timeout=60)
        self.assertIn(run.code, (1, 3), run.stdout + run.stderr)
        self.assertNotEqual(run.report["verdict"], "pass")


if __name__ == "__main__":
    unittest.main()
