# SPDX-License-Identifier: Apache-2.0
"""Timed rounds of real gates: they take turns on one machine, say for whom they wait, and end when told to."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import BINARY, FROM_CI, Case
from test_models import LIVE, MODELS

TIMED = (LIVE[:LIVE.index("checks:")] + "on_inconclusive: warn\nchecks:\n  latency:\n"
         "    - {metric: latency, max_regression: 1000%}\n").replace("on_inconclusive: guard\n", "")


def children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def workers_of(pid: int) -> list[int]:
    """Its children that run a model; a leak check at the end of a sanitized gate is a child, too."""
    return [child for child in children(pid) if name_of(child).startswith("modelgate-")]


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


class Rounds(Case):
    def setUp(self) -> None:
        super().setUp()
        self.gate(TIMED)
        self.lock = self.folder / "lock"

    def start(self, name: str, **options) -> subprocess.Popen:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(FROM_CI)}
        gate = subprocess.Popen([BINARY, "run", "-o", f"{self.folder / name}/"], cwd=self.folder,
                                env=clean | {"MODELGATE_LATENCY_LOCK": str(self.lock), "TERM": "xterm"}, **options)
        self.addCleanup(gate.wait)
        self.addCleanup(gate.kill)
        return gate

    def timed(self, name: str) -> dict:
        checks = json.loads((self.folder / name / "report.json").read_text())["checks"]
        return next(c["latency"] for c in checks if c["type"] == "latency")

    def test_two_gates_never_time_models_at_once(self) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        gates = [self.start(name, **quiet) for name in ("one", "two")]
        seen, together = [0, 0], 0
        while any(gate.poll() is None for gate in gates):
            workers = [len(workers_of(gate.pid)) for gate in gates]
            # A gate that has just let go may still be seen with a worker that dies: both must be there twice in a row.
            both = all(workers) and all(len(workers_of(gate.pid)) for gate in gates)
            together += both
            seen = [s + bool(w) for s, w in zip(seen, workers)]
            time.sleep(0.01)
        self.assertEqual([gate.returncode for gate in gates], [0, 0])
        self.assertGreater(min(seen), 10, "the workers were not seen at all, so nothing was tested")
        self.assertEqual(together, 0)
        runs = [self.timed(name) for name in ("one", "two")]
        self.assertEqual([r["rounds"] >= 6 for r in runs], [True, True])
        first, second = sorted(runs, key=lambda r: r["waited_s"])
        self.assertEqual(first["waited_s"], 0)
        self.assertGreater(second["waited_s"], 0.5 * first["seconds"])

    def watch(self, gate: subprocess.Popen, terminal: int, word: str) -> str:
        """What the gate shows until the word comes."""
        shown = ""
        end = time.monotonic() + 60
        while word not in shown and time.monotonic() < end and gate.poll() is None:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 4096).decode(errors="replace")
        self.assertIn(word, shown)
        return shown

    @staticmethod
    def watch_end(gate: subprocess.Popen, terminal: int) -> None:
        while gate.poll() is None:  # a terminal that nobody reads would stop it
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    os.read(terminal, 4096)
                except OSError:
                    break

    def waiting_gate(self) -> tuple[subprocess.Popen, int, int]:
        holder = os.open(self.lock, os.O_RDWR | os.O_CREAT)
        fcntl.flock(holder, fcntl.LOCK_EX)
        ours, theirs = pty.openpty()
        gate = self.start("out", stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        self.addCleanup(os.close, ours)
        shown = self.watch(gate, ours, "waiting for ")
        self.watch_pid = f"process {os.getpid()}" in shown or "another gate" in shown
        return gate, holder, ours

    def test_a_gate_says_for_whom_it_waits_and_goes_on_when_the_lock_is_free(self) -> None:
        gate, holder, terminal = self.waiting_gate()
        self.assertTrue(self.watch_pid)
        self.assertEqual(children(gate.pid), [], "it measures while another one holds the lock")
        os.close(holder)
        self.watch_end(gate, terminal)
        self.assertEqual(gate.wait(60), 0)
        self.assertGreater(self.timed("out")["waited_s"], 0)

    def test_a_model_exchanged_in_place_between_replay_and_rounds_is_an_error(self) -> None:
        model = self.folder / "candidate.pt"
        shutil.copy(MODELS / "better.pt", model)
        # Accuracy is judged by the replay, which ends before the rounds wait for the lock.
        self.gate(TIMED + LIVE[LIVE.index("  accuracy:"):LIVE.index("  bias:")], (f"{MODELS}/better.pt", str(model)))
        gate, holder, terminal = self.waiting_gate()
        model.write_bytes((MODELS / "worse.pt").read_bytes())
        os.close(holder)
        self.watch_end(gate, terminal)
        self.assertEqual(gate.wait(60), 3)
        checks = json.loads((self.folder / "out/report.json").read_text())["checks"]
        (latency,) = (c for c in checks if c["type"] == "latency")
        self.assertEqual((latency["outcome"], latency["reason"]), ("error", "digest_mismatch"))
        self.assertIn("was changed or replaced while the gate was running", latency["message"])
        self.assertEqual({c["outcome"] for c in checks if c["type"] == "accuracy"}, {"pass"})

    def test_a_signal_ends_the_waiting(self) -> None:
        gate, holder, _ = self.waiting_gate()
        self.addCleanup(os.close, holder)
        gate.send_signal(signal.SIGTERM)
        self.assertEqual(gate.wait(60), 143)
        self.assertEqual(json.loads((self.folder / "out/report.json").read_text())["verdict"], "error")

    def test_a_log_says_once_for_whom_it_waits(self) -> None:
        holder = os.open(self.lock, os.O_RDWR | os.O_CREAT)
        self.addCleanup(os.close, holder)
        fcntl.flock(holder, fcntl.LOCK_EX)
        gate = self.start("out", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        shown = self.watch(gate, gate.stderr.fileno(), "names the lock)\n")
        time.sleep(0.3)  # many looks at the lock
        gate.send_signal(signal.SIGTERM)
        shown += gate.communicate(timeout=60)[1].decode()
        self.assertEqual(shown.count("waiting for "), 1, shown)

    def test_without_a_lock_a_warning_says_so_and_the_models_are_timed(self) -> None:
        run = self.run_gate(environment={"MODELGATE_LATENCY_LOCK": str(self.folder / "nowhere/lock")})
        self.assert_code(run, 0)
        self.assertIn("MODELGATE_LATENCY_LOCK", " ".join(run.report["warnings"]))
        self.assertIn("without the lock", run.stdout + run.stderr)
        latency = next(c["latency"] for c in run.report["checks"] if c["type"] == "latency")
        self.assertEqual(latency["control"]["rounds"], (latency["rounds"] - 1) // 3)  # none after the deciding one
        self.assertIsNotNone(latency["machine"]["load"])

    def test_a_stalled_model_ends_at_its_deadline_and_the_other_one_is_still_timed(self) -> None:
        self.gate(TIMED, (f"candidate: {{model: {MODELS}/better.pt}}", f"candidate: {{model: {MODELS}/endless.pt}}"))
        run = self.run_gate("--set", "runtime.request_timeout=2s")
        self.assert_code(run, 3)
        check = next(c for c in run.report["checks"] if c["type"] == "latency")
        self.assertEqual((check["outcome"], check["reason"]), ("error", "timeout"))
        self.assertIsNotNone(check["latency"]["production"]["p50_ms"])


if __name__ == "__main__":
    unittest.main()
