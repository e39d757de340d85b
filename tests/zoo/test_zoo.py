# SPDX-License-Identifier: Apache-2.0
"""Every case of the zoo is run, and ends in time, with its exit code, with reports that are whole and never pass.

Cases stand in bad_models.py, bad_gates.py, bad_data.py and bad_surroundings.py; each is a test of its own here:
python -m unittest test_zoo.Zoo.test_gate_that_is_a_fifo
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import numpy as np

import place   # noqa: F401  also finds the folder below
import aftermath
import bad_data
import bad_gates
import bad_models
import bad_surroundings
import ordinary_user
from place import GATE, Case, Place
from support import BINARY, FROM_CI, REPOSITORY, Run, announce_skip, tiny_data, write_table

import jsonschema
import junitparser

CASES = [*bad_models.CASES, *bad_gates.CASES, *bad_data.CASES, *bad_surroundings.CASES]
AT_ONCE = int(os.environ.get("MODELGATE_AT_ONCE", max(2, len(os.sched_getaffinity(0)))))
COLUMNS = ("id", "label", "group", "x0", "x1")
COMMANDS = re.compile(r"^\s*::|##\[|##vso\[|\x1b", re.M)   # what a CI or a terminal would obey


def make_template(folder: Path) -> None:
    """Golden rows in three formats, predictions of two models, a gate file, and the reports of a run that passed."""
    folder.mkdir()
    data = tiny_data()
    rows = {name: data[name] for name in COLUMNS}
    write_table(folder / "golden.parquet", rows)
    write_table(folder / "golden.csv", rows)
    np.savez(folder / "golden.npz", **rows)
    for name in ("production", "good"):
        write_table(folder / f"{name}.csv", {"id": data["id"], "score": data[name]})
    (folder / "modelgate.yaml").write_text(GATE)
    done = subprocess.run([BINARY, "run", "-o", "out/"], cwd=folder, capture_output=True, text=True, check=False, env=clean())
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(aftermath.says_pass(folder / "out")) == 4


def clean() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}


class Outcome:
    """What a case left: the run, and how it differs from what was there before."""

    def __init__(self, case: Case, base: Path, ordinary: bool) -> None:
        self.folder = base / case.name
        shutil.copytree(base / "template", self.folder)
        spoilt = Place(self.folder, base / "models")
        case.make(spoilt)
        self.temporary = self.folder / "tmpdir"
        self.temporary.mkdir()
        own = {"TMPDIR": str(self.temporary)} | ({"HOME": str(self.folder)} if ordinary else {})
        environment = clean() | own | spoilt.environment
        if ordinary:
            ordinary_user.own(self.folder)
        self.in_ci = "GITHUB_ACTIONS" in spoilt.environment
        words = [*spoilt.command, str(BINARY), "run", "-o", spoilt.out, *spoilt.arguments]
        started = time.monotonic()
        try:
            done = subprocess.run(words, cwd=self.folder, capture_output=True, timeout=case.deadline, check=False,
                                  env={k: v for k, v in environment.items() if v is not None},
                                  **(ordinary_user.IDENTITY if ordinary else {}))
            self.code, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as late:
            self.code, self.stdout, self.stderr = None, late.stdout or b"", late.stderr or b""
        self.seconds = time.monotonic() - started
        self.out = self.folder / spoilt.out   # an absolute path stays what it is

    @property
    def console(self) -> str:
        return (self.stdout + self.stderr).decode(errors="replace")


class Visit(unittest.TestCase):
    """Runs its cases at once; each is judged by a test of its own."""

    cases: list[Case] = []
    ordinary = False   # as the user who runs the tests

    @classmethod
    def holds(cls, cases: list[Case]) -> None:
        cls.cases = cases
        for one in cases:
            setattr(cls, f"test_{one.name}", lambda self, one=one: self.judge(one))

    @classmethod
    def lacks(cls, case: Case) -> str:
        if not case.sanitized and "MODELGATE_SANITIZED" in os.environ:
            return "not under the sanitizers"
        root = os.geteuid() == 0 and not cls.ordinary
        if case.needs == "root":
            probe = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
            return "" if root and probe.returncode == 0 else "needs root and a mount namespace"
        return "root may do everything; zoo.as_user runs it" if case.needs == "user" and root else ""

    @classmethod
    def setUpClass(cls) -> None:
        aftermath.adopt_orphans()
        cls.memory = aftermath.shared_memory()
        holder = tempfile.TemporaryDirectory(prefix="modelgate-zoo-")
        cls.addClassCleanup(holder.cleanup)
        base = Path(holder.name)
        base.chmod(0o755)
        make_template(base / "template")
        bad_models.generate(base / "models")
        cls.skipped = {case.name: why for case in cls.cases if (why := cls.lacks(case))}
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            running = {case.name: pool.submit(Outcome, case, base, cls.ordinary) for case in cls.cases
                       if case.name not in cls.skipped}
            cls.outcomes = {name: one.result() for name, one in running.items()}
        print(f"zoo: {len(cls.outcomes)} cases in {time.monotonic() - started:.0f} s", flush=True)

    def judge(self, case: Case) -> None:
        if case.name in self.skipped:
            announce_skip(f"{case.name}: {self.skipped[case.name]}")
        outcome = self.outcomes[case.name]
        self.assertIsNotNone(outcome.code, f"still running after {case.deadline} s")
        self.assertIn(outcome.code, case.codes, outcome.console)
        reports = self.read_reports(outcome) if case.reports else ""
        self.assertIn(case.says, outcome.console + reports)
        if not outcome.in_ci:
            self.assertNotRegex(outcome.console, COMMANDS)
        if case.reports:
            self.assert_reports(case, outcome)
        if case.production:
            self.assert_production_judged(outcome)
        self.assertEqual(aftermath.temporary_files(outcome.folder), [])
        self.assertEqual(list(outcome.temporary.iterdir()), [])

    def read_reports(self, outcome: Outcome) -> str:
        names = [outcome.out / name for name in ("report.json", "junit.xml")]
        return "".join(path.read_text(encoding="utf-8") for path in names if path.is_file())

    def assert_reports(self, case: Case, outcome: Outcome) -> None:
        """Whole by other people's readers, and of one mind with the exit code; the pass that lay there is gone."""
        passing = aftermath.says_pass(outcome.out)
        self.assertEqual(passing == [], outcome.code != 0, f"{passing} with exit {outcome.code}")
        if (outcome.out / "report.json").is_file():
            report = json.loads((outcome.out / "report.json").read_text(encoding="utf-8"))
            SCHEMA.validate(report)
            self.assertEqual(report["exit_code"], outcome.code)
        if (outcome.out / "junit.xml").is_file():
            text = (outcome.out / "junit.xml").read_bytes()
            junitparser.JUnitXml.fromstring(text)
            lint = subprocess.run(["xmllint", "--noout", "-"], input=text, capture_output=True, check=False)
            self.assertEqual(lint.returncode, 0, lint.stderr)
            names = [c.get("name") for c in aftermath.parse_junit(outcome.out / "junit.xml").iter("testcase")]
            self.assertNotIn("forged", names)
        if outcome.code in (0, 1, 2, 3):
            self.assertTrue((outcome.out / "junit.xml").is_file() and (outcome.out / "report.json").is_file())

    def assert_production_judged(self, outcome: Outcome) -> None:
        report = json.loads((outcome.out / "report.json").read_text(encoding="utf-8"))
        values = {c["id"]: c["production"]["value"] for c in report["checks"] if c["production"]}
        self.assertGreater(values.get("accuracy.accuracy.max_regression") or 0, 0.8, values)

    def test_nothing_is_left_when_all_have_run(self) -> None:
        self.assertEqual(aftermath.strays(), {})
        self.assertEqual(aftermath.shared_memory(), self.memory)


class Zoo(Visit):
    def test_there_are_a_hundred_cases_and_no_name_twice(self) -> None:
        self.assertGreaterEqual(len(CASES), 100)
        self.assertEqual(len({case.name for case in CASES}), len(CASES))


SCHEMA = jsonschema.Draft202012Validator(json.loads((REPOSITORY / "gate/report/report.schema.json").read_text(encoding="utf-8")))
Zoo.holds(CASES)

if __name__ == "__main__":
    sys.exit(unittest.main())
