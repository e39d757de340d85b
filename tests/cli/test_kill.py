# SPDX-License-Identifier: Apache-2.0
"""Signals at instants spread over a whole run of two live models: what is left is never a pass that was not earned.

MODELGATE_KILLS is the number of SIGKILLs, 40 unless it is set; a release is held to 200. Where root runs the tests, a
quarter as many are sent once more to a gate that an ordinary user runs.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

import aftermath
import ordinary_user
from support import BINARY, FROM_CI, Case, announce_skip
from test_models import LIVE

KILLS = int(os.environ.get("MODELGATE_KILLS", "40"))
SEED = 20261122


class KillCase(Case):
    """One undisturbed run tells how long a run takes and what its reports say."""

    kills = KILLS
    others = max(8, KILLS // 5)     # SIGTERM, SIGINT and closed pipes, each
    identity: dict[str, object] = {}   # of the gate's process: whoever runs the tests

    @classmethod
    def setUpClass(cls) -> None:
        aftermath.adopt_orphans()

    def setUp(self) -> None:
        super().setUp()
        self.gate(LIVE)
        if self.identity:
            ordinary_user.own(self.folder)
        self.memory = aftermath.shared_memory()
        lengths = []
        for number in range(3):
            started = time.monotonic()
            code, folder = self.run_until(f"undisturbed{number}", None)
            lengths.append(time.monotonic() - started)
            self.assertEqual(code, 0)
        self.length = sorted(lengths)[1]
        self.truth = aftermath.lasting(folder)
        self.files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())

    def start(self, name: str, **options) -> tuple[subprocess.Popen, Path]:
        folder = self.folder / name
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        temporary = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        if self.identity:
            ordinary_user.own(temporary)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        return subprocess.Popen([BINARY, "run", "-o", f"{folder}/"], cwd=self.folder,
                                env=clean | {"TMPDIR": str(temporary)}, **quiet, **self.identity), folder

    def run_until(self, name: str, number: int | None, after: float = 0.0) -> tuple[int, Path]:
        """A run that gets this signal so many seconds after its start."""
        started = time.monotonic()
        process, folder = self.start(name)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        if number is not None:
            try:
                process.wait(timeout=after)
                self.length = min(self.length, time.monotonic() - started)
            except subprocess.TimeoutExpired:
                process.send_signal(number)
        return process.wait(timeout=60), folder

    def instants(self, count: int) -> Iterator[float]:
        """One in each of so many equal parts of a run, and a little beyond its end; seeded. How long a run takes is
        learnt on the way: on a busy machine the first runs may have been no measure."""
        draw = random.Random(SEED)
        for i in range(count):
            yield (i + draw.random()) / count * 1.05 * self.length

    def assert_whole_and_true(self, folder: Path) -> None:
        """Every report is there and says what an undisturbed run says."""
        self.assertEqual(sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file()), self.files)
        self.assertEqual(aftermath.lasting(folder), self.truth)

    def assert_nothing_left(self, folder: Path, hidden: int = 0) -> None:
        self.assertEqual(aftermath.strays(), {})
        left = aftermath.temporary_files(folder)
        self.assertLessEqual(len(left), hidden, left)
        self.assertTrue(all(Path(name).name.startswith(".") for name in left), left)
        self.assertEqual(aftermath.shared_memory(), self.memory)


class Killed(KillCase):
    def test_no_kill_leaves_a_pass_but_the_one_that_came_after_the_verdict(self) -> None:
        """The reports are renamed into place as the run's last act: whoever is killed between that and the end of the
        process leaves the true and whole reports of a finished run, and an exit code that is no pass."""
        blocking = earned = absent = 0
        for number, instant in enumerate(self.instants(self.kills)):
            with self.subTest(f"killed after {instant:.3f} of {self.length:.3f} s"):
                code, folder = self.run_until(f"kill{number}", signal.SIGKILL, instant)
                self.assertIn(code, (0, -signal.SIGKILL))
                self.assert_nothing_left(folder, hidden=1)   # between the two calls that put a file in place
                passing = aftermath.says_pass(folder)
                if code == 0 or "junit.xml" in passing:   # JUnit is the last that is put in place
                    self.assert_whole_and_true(folder)
                    earned += 1
                elif passing:                             # between two of the last renames
                    self.assertTrue("report.json" not in passing or aftermath.lasting(folder)[0] == self.truth[0])
                    earned += 1
                else:
                    blocking += (folder / "junit.xml").exists()
                    absent += not (folder / "junit.xml").exists()
        print(f"SIGKILL {self.kills} times over {self.length:.2f} s: {blocking} blocking reports, {absent} before any report, "
              f"{earned} after the verdict", flush=True)
        self.assertGreater(blocking, 0, "the kills did not meet the run")


class Stopped(KillCase):
    def stop(self, number: int, code_of_signal: int) -> None:
        stopped = 0
        for index, instant in enumerate(self.instants(self.others)):
            with self.subTest(f"signal {number} after {instant:.3f} of {self.length:.3f} s"):
                code, folder = self.run_until(f"stop{number}-{index}", number, instant)
                self.assert_nothing_left(folder)
                if code == 0:   # it came after the verdict
                    self.assert_whole_and_true(folder)
                    continue
                self.assertEqual(aftermath.says_pass(folder), [])
                if code == -number:   # it came before the handler was in place: nothing was written yet
                    self.assertFalse(folder.exists())
                    continue
                self.assertEqual(code, code_of_signal)
                report, _ = aftermath.lasting(folder)
                self.assertEqual((report["verdict"], report["exit_code"]), ("error", code_of_signal))
                self.assertEqual({c["reason"] for c in report["checks"]}, {"cancelled"})
                stopped += 1
        self.assertGreater(stopped, 0, "the signals did not meet the run")

    def test_sigterm_at_any_instant(self) -> None:
        self.stop(signal.SIGTERM, 143)

    def test_sigint_at_any_instant(self) -> None:
        self.stop(signal.SIGINT, 130)


class Unheard(KillCase):
    def test_a_reader_that_goes_away_at_any_instant_changes_nothing(self) -> None:
        for index, instant in enumerate(self.instants(self.others)):
            with self.subTest(f"closed after {instant:.3f} s"):
                process, folder = self.start(f"pipe{index}", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                try:
                    process.wait(timeout=instant)
                except subprocess.TimeoutExpired:
                    pass
                process.stdout.close()
                process.stderr.close()
                self.assertEqual(process.wait(timeout=60), 0)
                self.assert_whole_and_true(folder)
                self.assert_nothing_left(folder)


class AsUser:
    """The same for an ordinary user, in fewer instants; mixed into the cases above."""

    kills = max(10, KILLS // 4)
    others = max(4, KILLS // 10)
    identity = ordinary_user.IDENTITY

    @classmethod
    def setUpClass(cls) -> None:
        if why := ordinary_user.hindrance():
            announce_skip(f"kill as an ordinary user: {why}")
        super().setUpClass()


class KilledAsUser(AsUser, Killed):
    pass


class StoppedAsUser(AsUser, Stopped):
    pass


if __name__ == "__main__":
    unittest.main()
