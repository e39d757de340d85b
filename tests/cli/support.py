# SPDX-License-Identifier: Apache-2.0
"""Runs the real modelgate binary on small data and reads back everything it left: exit code, text, reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from functools import cached_property
from pathlib import Path

import jsonschema
import junitparser
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"
GENERATED = FIXTURES / "generated"
BINARY = Path(os.environ.get("MODELGATE_BIN", REPOSITORY / "build/release/bin/modelgate")).absolute()
FROM_CI = ("GITHUB_", "GITLAB_", "JENKINS_", "CI")   # what a CI says of itself must not change what a test sees

GATE = """\
version: 1
name: tiny
task: binary
on_inconclusive: guard
candidate: {predictions: good.csv, columns: [score]}
production: {predictions: production.csv, columns: [score]}
dataset:
  path: golden.parquet
  id: id
  label: label
output: {kind: probability, positive_threshold: 0.5}
checks:
  accuracy:
    - {metric: accuracy, min: 0.6, max_regression: 5pp}
    - {metric: roc_auc, max_regression: 0.05}
    - {metric: recall, max_regression: 20pp, slices: [group]}
  bias:
    - {metric: demographic_parity_difference, attributes: [group], max: 0.3}
"""


class Run:
    """What one call of modelgate did. Reports are read at once: the next call may write to the same folder."""

    def __init__(self, code: int, stdout: str, stderr: str, folder: Path) -> None:
        self.code, self.stdout, self.stderr, self.folder = code, stdout, stderr, folder
        self.texts = {name: self.path(name).read_text(encoding="utf-8") for name in ("report.json", "junit.xml")
                      if self.path(name).is_file()}

    def path(self, name: str) -> Path:
        return self.folder / name

    @cached_property
    def report(self) -> dict:
        return json.loads(self.texts["report.json"])

    @cached_property
    def junit(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.texts["junit.xml"])

    @cached_property
    def checks(self) -> dict[str, dict]:
        return {check["id"]: check for check in self.report["checks"]}

    def blocking(self) -> set[str]:
        """Ids of what blocks: a fail, inconclusive or not_assessable that the policy does not let through."""
        return {i for i, c in self.checks.items() if c["blocking"] and c["outcome"] != "error"}


def run_modelgate(*arguments: object, cwd: Path, folder: Path | None = None, timeout: float = 120,
                  environment: dict[str, str] | None = None) -> Run:
    """Runs modelgate in cwd; folder: where its reports are expected."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)} | (environment or {})
    done = subprocess.run([BINARY, *map(str, arguments)], cwd=cwd, env=clean, capture_output=True, text=True,
                          timeout=timeout, check=False)
    return Run(done.returncode, done.stdout, done.stderr, folder or cwd)


def tiny_data(rows: int = 2000, seed: int = 5) -> dict[str, np.ndarray]:
    """Labels, a group, two features, and the scores of production, of a good and of a bad candidate."""
    rng = np.random.default_rng(seed)
    label = (rng.random(rows) < 0.4).astype(np.int64)
    signal = rng.normal(label * 3.0 - 1.5, 1)
    squash = lambda x: (1 / (1 + np.exp(-x))).round(4)
    return {"id": np.array([f"r{i:05d}" for i in range(rows)]), "label": label,
            "group": rng.choice(["a", "b"], rows), "x0": signal.astype(np.float32),
            "x1": rng.normal(0, 1, rows).astype(np.float32), "production": squash(signal + rng.normal(0, .4, rows)),
            "good": squash(signal + rng.normal(0, .3, rows)), "bad": squash(signal * .3 + rng.normal(0, 2, rows))}


def write_table(path: Path, columns: dict) -> None:
    table = pa.table(columns)
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    else:
        pq.write_table(table, path)


class Case(unittest.TestCase):
    """A test with a folder of its own that holds tiny golden data and recorded predictions."""

    def setUp(self) -> None:
        if not BINARY.is_file():
            self.fail(f"{BINARY} is not there: build it (ci/build) or set MODELGATE_BIN")
        holder = tempfile.TemporaryDirectory(prefix="modelgate-cli-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.data = tiny_data()
        self.write_golden(self.data)
        for name in ("production", "good", "bad"):
            write_table(self.folder / f"{name}.csv", {"id": self.data["id"], "score": self.data[name]})
        self.gate(GATE)

    def write_golden(self, columns: dict, name: str = "golden.parquet") -> None:
        write_table(self.folder / name, {k: columns[k] for k in ("id", "label", "group", "x0", "x1")})

    def gate(self, text: str, *changes: tuple[str, str]) -> str:
        """Writes modelgate.yaml after the changes, each of which must apply."""
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        (self.folder / "modelgate.yaml").write_text(text, encoding="utf-8")
        return text

    def run_gate(self, *arguments: object, **options) -> Run:
        """modelgate run with its reports in the test's folder."""
        out = self.folder / "out"
        return run_modelgate("run", "-o", f"{out}/", *arguments, cwd=self.folder, folder=out, **options)

    def assert_code(self, run: Run, code: int) -> None:
        self.assertEqual(run.code, code, f"exit {run.code}, not {code}\n--- stdout\n{run.stdout}\n--- stderr\n{run.stderr}")

    def assert_formats(self, run: Run) -> None:
        """report.json against its schema; junit.xml is XML, read by junitparser and, where it is there, held to Jenkins' schema."""
        jsonschema.validate(run.report, json.loads((REPOSITORY / "gate/report/report.schema.json").read_text()))
        junitparser.JUnitXml.fromstring(run.texts["junit.xml"].encode())
        schema = Path(os.environ.get("MODELGATE_TEST_DATA") or "/nowhere", "schemas/junit-10.xsd")
        strict = ["--schema", str(schema.absolute())] if schema.is_file() else []
        lint = subprocess.run(["xmllint", "--noout", *strict, "-"], input=run.texts["junit.xml"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(lint.returncode, 0, lint.stderr)

    def assert_agreement(self, run: Run) -> None:
        """Exit code, report.json and JUnit tell the same, in the formats agreed."""
        self.assert_formats(run)
        report, junit = run.report, run.junit
        self.assertEqual(report["exit_code"], run.code)
        self.assertEqual(report["verdict"], {0: "pass", 1: "block", 3: "error"}.get(run.code, report["verdict"]))
        cases = {c.get("name"): c for c in junit.iter("testcase")}
        failures = {n for n, c in cases.items() if c.find("failure") is not None}
        errors = {n for n, c in cases.items() if c.find("error") is not None}
        self.assertEqual(failures, run.blocking())
        self.assertEqual(errors, {i for i, c in run.checks.items() if c["outcome"] == "error"})
        self.assertEqual(int(junit.get("failures")), len(failures))
        self.assertEqual(int(junit.get("errors")), len(errors))
        self.assertEqual(int(junit.get("tests")), len(cases))
        self.assertLessEqual(set(run.checks), set(cases))
        self.assertEqual(run.code == 0, not failures and not errors)

    def assert_error_report(self, path: Path) -> ElementTree.Element:
        """A JUnit file that blocks whoever reads it: at least one <error>, nothing passed."""
        root = ElementTree.parse(path).getroot()
        cases = list(root.iter("testcase"))
        self.assertTrue(cases)
        self.assertTrue(any(c.find("error") is not None for c in cases))
        self.assertFalse([c.get("name") for c in cases if not len(c)], "no case may look passed")
        return root


def announce_skip(reason: str) -> None:
    """Says aloud that something is not tested here, and skips it."""
    print(f"SKIPPED: {reason}", file=sys.stderr, flush=True)
    raise unittest.SkipTest(reason)
