# SPDX-License-Identifier: Apache-2.0
"""reports.samples: every timed request in samples.parquet, every round in latency.json, which Google Benchmark's own
compare.py reads."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

import pyarrow.parquet as pq

from support import GATE, Case, Run
from test_models import LIVE

COMPARE = Path("/usr/share/benchmark/compare.py")
SAMPLES = "reports: {samples: true}\n"
TIMED = LIVE.split("checks:")[0] + "checks:\n  latency:\n    - {metric: latency, batch: 1, max_regression: 400%}\n"
SHAPE = "single_stream/batch:1"


class Samples(Case):
    def timed(self, seed: int = 1) -> Run:
        self.gate(TIMED + SAMPLES)
        run = self.run_gate("--seed", seed)
        self.assertIn(run.code, (0, 1), run.stdout + run.stderr)   # the times are those of this machine; any verdict will do
        self.assert_agreement(run)
        return run

    def compare(self, *arguments: object) -> dict[str, list[float]]:
        """Rows of compare.py's table: name → all changes of the wall time."""
        if not COMPARE.is_file() or importlib.util.find_spec("scipy") is None:
            self.skipTest("Google Benchmark's compare.py or scipy is not installed (ci/setup tests)")
        done = subprocess.run([sys.executable, COMPARE, "--no-color", *map(str, arguments)], capture_output=True,
                              text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found: dict[str, list[float]] = {}
        for line in done.stdout.splitlines():
            if row := re.match(r"(\S.*?)\s+([+-]\d+\.\d{4})\s+[+-]\d+\.\d{4}\s", line):
                found.setdefault(row.group(1), []).append(float(row.group(2)))
        return found

    def test_rows_and_repetitions_are_those_of_the_report_and_compare_py_reads_them(self) -> None:
        run = self.timed()
        timing = run.checks["latency.latency.max_regression.batch=1"]["latency"]
        table = pq.read_table(run.path("samples.parquet")).to_pandas()
        judged = table[table.model == "candidate"]
        self.assertEqual(len(judged), timing["requests"])
        self.assertEqual(judged["round"].nunique(), timing["rounds"])
        self.assertEqual(set(table.model) - {"control_a", "control_b"}, {"candidate", "production"})
        turns = judged.groupby(["round", "group", "turn"])
        self.assertTrue((turns.wall_ms.sum() - turns.turn_wall_ms.first()).abs().max() < 1e-3)
        self.assertTrue((turns.size() == turns.turn_requests.first()).all())

        rounds = run.path("latency.json")
        file = json.loads(rounds.read_text(encoding="utf-8"))
        self.assertGreater(file["context"]["num_cpus"], 0)
        repetitions = [b for b in file["benchmarks"] if b["name"] == f"candidate/{SHAPE}"]
        self.assertEqual(len(repetitions), timing["rounds"])
        self.assertEqual([b["repetition_index"] for b in repetitions], list(range(timing["rounds"])))
        self.assertEqual(sum(b["iterations"] for b in repetitions), timing["requests"])
        means = judged.groupby("round").wall_ms.mean() * 1e6
        for repetition, mean in zip(repetitions, means, strict=True):
            self.assertAlmostEqual(repetition["real_time"] / mean, 1.0, places=5)

        within = self.compare("benchmarksfiltered", rounds, "production", rounds, "candidate")
        self.assertIn(f"[production vs. candidate]/{SHAPE}", within)
        other = self.folder / "other.json"
        other.write_bytes(rounds.read_bytes())
        self.timed(seed=2)
        found = self.compare("benchmarks", other, rounds)
        for model in ("candidate", "production"):
            self.assertGreaterEqual(len(found[f"{model}/{SHAPE}"]), 6, "a row for every round")
            self.assertIn(f"{model}/{SHAPE}_median", found)

    def test_nothing_is_written_unasked_and_an_older_file_does_not_stay(self) -> None:
        self.gate(GATE)
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        for name in ("samples.parquet", "latency.json"):
            (out / name).write_text("of an earlier run", encoding="utf-8")
        run = self.run_gate()
        self.assertEqual(run.folder, out)
        self.assert_code(run, 0)
        self.assertFalse(run.path("samples.parquet").exists())
        self.assertFalse(run.path("latency.json").exists())

    def test_says_so_where_nothing_was_timed(self) -> None:
        self.gate(GATE + SAMPLES)
        run = self.run_gate()
        self.assert_code(run, 0)
        self.assertIn("no request was timed", " ".join(run.report["warnings"]))
        self.assertFalse(run.path("latency.json").exists())


if __name__ == "__main__":
    unittest.main()
