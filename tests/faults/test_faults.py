# SPDX-License-Identifier: Apache-2.0
"""One call of a whole run fails, the first, the second, … until a run reaches no failure.

Whatever fails: the exit code is not 0, or every report is whole and says what an undisturbed run says; no report is
broken, none passes that should not, nothing hangs, no process and no file stays. MODELGATE_FAULTS=all tries every n and
300 seeded allocations of both kinds of run; without it a seeded sample of them, as ci/test has not that much time.
"""

from __future__ import annotations

import concurrent.futures
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import aftermath
from support import BINARY, FROM_CI, Case
from test_models import LIVE

INJECT = os.environ.get("MODELGATE_INJECT", "")
ALL = os.environ.get("MODELGATE_FAULTS", "") == "all"
SEED = 20261123
DEADLINE = 60   # seconds; a run takes less than one
AT_ONCE = max(2, os.cpu_count() or 2)
CALLS = {"write": "ENOSPC", "read": "EIO", "open": "EACCES", "fsync": "EIO", "rename": "EIO", "linkat": "ENOSPC",
         "mmap": "ENOMEM", "channel": "EMFILE", "fork": "EAGAIN", "thread": "EAGAIN", "malloc": "ENOMEM"}
ONWARD = ("write", "open", "fsync", "rename", "linkat", "fork", "thread")   # a disk that stays full, a narrow machine
ABORTS = -signal.SIGABRT   # where no memory is left to say so; what a killed run may leave is left
FAILED = (2, 3, 4)   # 2: the gate file cannot be read


@dataclass(frozen=True)
class Fault:
    call: str
    number: int
    onward: bool = False
    hang: bool = False

    def __str__(self) -> str:
        how = "HANG" if self.hang else CALLS[self.call]
        return f"{self.call}:{self.number}{'+' if self.onward else ''}:{how}"


@dataclass(frozen=True)
class Outcome:
    fault: Fault
    code: int | None   # none: it did not end
    text: str
    folder: Path
    temporary: Path
    seen: int
    failed: int


class FaultCase(Case):
    sample: dict[str, int]   # how many of a call's failures are tried in ci/test

    @classmethod
    def setUpClass(cls) -> None:
        aftermath.adopt_orphans()

    def setUp(self) -> None:
        super().setUp()
        if not Path(INJECT).is_file():
            self.fail("MODELGATE_INJECT names no library: run this by ctest, or build modelgate_inject and set it")
        self.memory = aftermath.shared_memory()

    def undisturbed(self) -> None:
        """What the reports say when nothing fails; also the old pass that lies about before every other run."""
        outcome = self.run_with(Fault("write", 0))
        self.assertEqual((outcome.code, outcome.failed), (0, 0), outcome.text)
        self.truth = aftermath.lasting(outcome.folder)
        self.old = outcome.folder.rename(self.folder / "old")
        shutil.rmtree(outcome.folder.parent)

    def run_with(self, fault: Fault, old: Path | None = None) -> Outcome:
        place = self.folder / str(fault).replace(":", "-")
        folder, temporary, log = place / "out", place / "tmpdir", place / "log"
        temporary.mkdir(parents=True)
        if old is not None:
            shutil.copytree(old, folder)
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        clean |= {"LD_PRELOAD": INJECT, "MODELGATE_FAULT": str(fault), "MODELGATE_FAULT_LOG": str(log),
                  "TMPDIR": str(temporary)}
        with (place / "said").open("w+", errors="replace") as said:
            process = subprocess.Popen([BINARY, "run", "-o", f"{folder}/"], cwd=self.folder, env=clean, stdout=said,
                                       stderr=subprocess.STDOUT)
            try:
                if fault.hang:
                    self.stop_at_the_fault(process, log)
                code = process.wait(timeout=DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                code = None
        seen, failed = map(int, log.read_text().split()) if log.exists() else (0, 0)
        text = f"{fault}: exit {code}\n" + (place / "said").read_text(errors="replace")
        return Outcome(fault, code, text, folder, temporary, seen, failed)

    def stop_at_the_fault(self, process: subprocess.Popen, log: Path) -> None:
        """Asks the run to end once it waits for what does not come."""
        while not log.exists() and process.poll() is None:
            time.sleep(0.01)
        process.terminate()

    def count(self, call: str) -> int:
        outcome = self.run_with(Fault(call, 0), self.old)
        self.assertEqual(outcome.code, 0, outcome.text)
        shutil.rmtree(outcome.folder.parent)
        return outcome.seen

    def assert_harmless(self, outcome: Outcome) -> None:
        self.assertIsNotNone(outcome.code, f"{outcome.text}\nstill running after {DEADLINE} s")
        if outcome.code == 0:
            self.assert_whole_and_true(outcome)
        else:
            self.assertTrue(outcome.code in FAILED or (outcome.fault.call == "malloc" and outcome.code == ABORTS),
                            outcome.text)
            self.assertGreater(outcome.failed, 0, outcome.text)
            for beside_the_point in ("basic_filebuf", "is an empty file"):
                self.assertNotIn(beside_the_point, outcome.text)
            self.assert_blocking(outcome)
        if outcome.code != ABORTS:
            self.assertEqual(aftermath.temporary_files(outcome.folder), [], outcome.text)
            self.assertEqual(list(outcome.temporary.iterdir()), [], outcome.text)

    def assert_blocking(self, outcome: Outcome) -> None:
        """The old pass is gone, unless the run ended as if killed, before its first act or after its verdict."""
        if outcome.code == ABORTS and "junit.xml" in aftermath.says_pass(outcome.folder):   # the last that is put in place
            self.assert_whole_and_true(outcome)
        elif outcome.code in FAILED or contents(outcome.folder) != contents(self.old):
            self.assertEqual(aftermath.says_pass(outcome.folder), [], outcome.text)

    def assert_whole_and_true(self, outcome: Outcome) -> None:
        """What an undisturbed run says, in every format: the others are what this very report.json gives."""
        self.assertEqual(aftermath.lasting(outcome.folder), self.truth, outcome.text)
        self.assertEqual(names(outcome.folder), names(self.old))
        again = outcome.folder.with_name("again")
        done = subprocess.run([BINARY, "render", outcome.folder / "report.json", "-o", f"{again}/"], cwd=self.folder,
                              capture_output=True, text=True, timeout=DEADLINE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(contents(outcome.folder), contents(again))

    def judge(self, fault: Fault) -> tuple[Outcome, AssertionError | None]:
        outcome = self.run_with(fault, self.old)
        try:
            self.assert_harmless(outcome)
        except (AssertionError, OSError, ValueError, KeyError, SyntaxError) as wrong:   # a report may be no XML, no JSON
            return outcome, wrong
        shutil.rmtree(outcome.folder.parent)
        return outcome, None

    def try_all(self, faults: list[Fault]) -> list[Outcome]:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            judged = list(pool.map(self.judge, faults))
        for outcome, wrong in judged:
            with self.subTest(str(outcome.fault)):
                if wrong is not None:
                    raise wrong
        return [outcome for outcome, _ in judged]

    def numbers(self, call: str, total: int) -> list[int]:
        """Every n of a run that makes so many of these calls, and the first that it does not reach; or a sample."""
        draw = random.Random(f"{SEED}{call}")
        if call == "malloc":
            return sorted(draw.sample(range(1, total + 1), min(total, 300 if ALL else self.sample[call])))
        if ALL:
            return list(range(1, total + 2))
        return sorted({total + 1, *draw.sample(range(1, total + 1), min(total, self.sample[call]))})

    def fail_each_once(self) -> None:
        totals = {call: self.count(call) for call in CALLS if self.sample[call]}
        started = time.monotonic()
        outcomes = self.try_all([Fault(call, n) for call, total in totals.items() for n in self.numbers(call, total)])
        for call, total in totals.items():
            own = [o for o in outcomes if o.fault.call == call]
            reached = [o for o in own if o.failed]
            ends = {code: sum(o.code == code for o in reached) for code in sorted({o.code for o in reached}, key=str)}
            print(f"{type(self).__name__}: {len(reached)} of about {total} calls of {call} failed; exit codes {ends}", flush=True)
            self.assertGreater(len(reached), 0, call)
        self.until_none_is_reached(outcomes, totals)
        print(f"{len(outcomes)} runs in {time.monotonic() - started:.0f} s", flush=True)

    def until_none_is_reached(self, outcomes: list[Outcome], totals: dict[str, int]) -> None:
        """Threads make a call more or less of a kind: goes on until a run is not met."""
        for call, total in totals.items():
            untouched = any(o.fault.call == call and not o.failed for o in outcomes)
            for n in range(total + 2, 2 * total + 20):
                if untouched or call == "malloc":
                    break
                untouched = not self.try_all([Fault(call, n)])[0].failed
            self.assertTrue(untouched or call == "malloc", call)

    def tearDown(self) -> None:
        self.assertEqual(aftermath.strays(), {})
        self.assertEqual(aftermath.shared_memory(), self.memory)


def contents(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def names(folder: Path) -> list[Path]:
    return sorted(p.relative_to(folder) for p in folder.rglob("*"))


class Recorded(FaultCase):
    """Recorded predictions: no worker is started."""

    sample = {"write": 8, "read": 24, "open": 8, "fsync": 12, "rename": 8, "linkat": 8, "mmap": 2, "channel": 0, "fork": 0,
              "thread": 11, "malloc": 80}

    def setUp(self) -> None:
        super().setUp()
        self.undisturbed()

    def test_each_call_fails_once(self) -> None:
        self.fail_each_once()

    def test_a_call_that_fails_from_then_on(self) -> None:
        totals = {call: self.count(call) for call in ONWARD if self.sample[call]}
        drawn = {call: self.numbers(call, total)[:None if ALL else 6] for call, total in totals.items()}
        outcomes = self.try_all([Fault(call, n, onward=True) for call, ns in drawn.items() for n in ns])
        met = sum(o.failed > 0 for o in outcomes)
        print(f"{met} of {len(outcomes)} runs met a failure that stayed", flush=True)
        self.assertGreater(met, len(totals))

    def test_a_read_that_never_returns_ends_with_sigterm(self) -> None:
        total = self.count("read")
        drawn = sorted(random.Random(SEED).sample(range(1, total + 1), total if ALL else 8))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:   # they wait, and take no time of a core
            outcomes = list(pool.map(lambda n: self.run_with(Fault("read", n, hang=True), self.old), drawn))
        for outcome in outcomes:
            with self.subTest(str(outcome.fault)):
                self.assertIsNotNone(outcome.code, f"{outcome.text}\nstill running after {DEADLINE} s")
                self.assertIn(outcome.code, (143, -signal.SIGTERM), outcome.text)   # it came before the handler
                self.assert_blocking(outcome)


    def test_a_run_without_o_leaves_no_pass_in_its_default_folder(self) -> None:
        """Its name stands in the gate file, not on the command line; the last allocations come behind the verdict."""
        total = self.count("malloc")
        for fault in (Fault("malloc", total - 20), Fault("malloc", total - 10)):
            with self.subTest(str(fault)):
                place = self.folder / "modelgate-report/tiny"
                shutil.rmtree(place, ignore_errors=True)
                shutil.copytree(self.old, place)
                clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
                log = self.folder / "log"
                done = subprocess.run([BINARY, "run"], cwd=self.folder, env=clean | {
                    "LD_PRELOAD": INJECT, "MODELGATE_FAULT": str(fault), "MODELGATE_FAULT_LOG": str(log)},
                    capture_output=True, timeout=DEADLINE, check=False)
                self.assertGreater(int(log.read_text().split()[1]), 0)
                self.assertIn(done.returncode, FAILED, done.stderr)
                self.assertEqual(aftermath.says_pass(place), [], done.stderr)

    def test_an_address_space_too_narrow_for_its_threads(self) -> None:
        """Memory that runs out by itself: in the heap, for a thread's stack, or before the program is loaded."""
        loader_fails = 127
        for kib in range(100_000, 500_001, 10_000 if ALL else 40_000):
            with self.subTest(f"ulimit -v {kib}"):
                out = self.folder / f"narrow-{kib}"
                clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
                done = subprocess.run(["sh", "-c", f'ulimit -v {kib}; exec "$0" "$@"', BINARY, "run", "-o", f"{out}/"],
                                      cwd=self.folder, env=clean, capture_output=True, timeout=DEADLINE, check=False)
                self.assertIn(done.returncode, (0, *FAILED, ABORTS, loader_fails), done.stderr)
                if done.returncode == 0:
                    self.assertEqual(aftermath.lasting(out), self.truth)
                elif done.returncode in FAILED:
                    self.assertIn(b"memory", done.stdout + done.stderr)
                    self.assertEqual(aftermath.says_pass(out), [])


class Live(FaultCase):
    """Two live models: the workers are spared, the gate is not."""

    sample = {"write": 3, "read": 12, "open": 4, "fsync": 4, "rename": 4, "linkat": 3, "mmap": 5, "channel": 11, "fork": 2,
              "thread": 8, "malloc": 30}

    def setUp(self) -> None:
        super().setUp()
        self.gate(LIVE)
        self.undisturbed()

    def test_each_call_fails_once(self) -> None:
        self.fail_each_once()


if __name__ == "__main__":
    unittest.main()
