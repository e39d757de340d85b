# SPDX-License-Identifier: Apache-2.0
"""How often the latency gate decides right on a busy machine, by fresh decisions; an hour or two, never part of ci/test.

    ci/build, then: cmake --build build/release --target bench_latency_decide bench_latency_rounds bench_latency_border bench_floor
    python tests/bench/latency_decisions.py [--build build/release] [--lanes 2] [--minutes 60] [--each 120]
    python tests/bench/latency_decisions.py --table      # only rewrites latency.md from what was recorded

Each lane has two CPUs, two hogs that keep them busy and a machine lock of its own. Decisions are taken one after the
other in a lane; the next one is of the cell that is furthest behind, so that no cell is recorded at one time only.
Every decision is appended to decisions.jsonl in the build folder at once: a run that was cut off goes on where it
stopped. Kinds: seeded (the candidate's worker burns a share of its own time; bench_latency_decide), run (modelgate run,
the same file twice), added (modelgate run, a model with more work in it) and sequential (one worker for 5 s, then the
other, block by the ratio of medians).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import latency_models
import latency_table

REPOSITORY = Path(__file__).resolve().parents[2]
MODELS = tuple(latency_models.MODELS)
TRUTH_ROUNDS = 12

GATE = """\
version: 1
name: {name}
task: binary
on_inconclusive: block
allow_identical: true
candidate: {{model: {candidate}.pt}}
production: {{model: {production}.pt}}
dataset: {{path: rows.parquet, id: id, label: y, inputs: [{{columns: ["v*"], dtype: float32}}]}}
checks:
  latency: [{{metric: latency, max_regression: {margin}%}}]
"""


@dataclass(frozen=True)
class Cell:
    kind: str
    margin: int    # per cent
    slowdown: int  # per cent; of the kind added: by design
    model: str

    def key(self) -> tuple:
        return (self.kind, self.margin, self.slowdown, self.model)


def targets(each: int) -> dict[Cell, int]:
    """How many decisions of each cell are wanted; each: of a kind, over the models."""
    wanted = {("seeded", 5, 0): each, ("seeded", 5, 2): each, ("seeded", 5, 10): each, ("seeded", 2, 0): each,
              ("seeded", 2, 5): each, ("run", 5, 0): each // 8, ("run", 2, 0): each // 8, ("added", 5, 10): each // 10,
              ("added", 2, 5): each // 10, ("sequential", 5, 0): each // 6, ("sequential", 5, 2): each // 6,
              ("sequential", 5, 5): each // 6, ("sequential", 5, 10): each // 6}
    return {Cell(*kind, model): -(-number // len(MODELS)) for kind, number in wanted.items() for model in MODELS}


class Recorder:
    """Knows what was decided and what comes next; several lanes ask it."""

    def __init__(self, folder: Path, build: Path, each: int):
        self.folder, self.build = folder, build
        self.path = folder / "decisions.jsonl"
        self.wanted = targets(each)
        self.begun = dict.fromkeys(self.wanted, 0)
        self.lock = threading.Lock()
        self.random = random.Random()
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                one = json.loads(line)
                cell = Cell(one["kind"], one["margin"], one["slowdown"], one["model"])
                self.begun[cell] = self.begun.get(cell, 0) + 1

    def next_cell(self) -> Cell | None:
        with self.lock:
            open_cells = [cell for cell, number in self.wanted.items() if self.begun[cell] < number]
            if not open_cells:
                return None
            behind = min(self.begun[cell] / self.wanted[cell] for cell in open_cells)
            cell = self.random.choice([c for c in open_cells if self.begun[c] / self.wanted[c] <= behind + 0.02])
            self.begun[cell] += 1
            return cell

    def add(self, cell: Cell, lane: int, lanes: int, commit: str, decision: dict) -> None:
        line = {"kind": cell.kind, "margin": cell.margin, "slowdown": cell.slowdown, "model": cell.model, **decision,
                "lane": lane, "lanes": lanes, "load": os.getloadavg()[0], "time": time.time(), "commit": commit}
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(f"{sum(self.begun.values())}/{sum(self.wanted.values())} {cell.kind} {cell.model} margin {cell.margin} % "
              f"+{cell.slowdown} %: {decision['outcome']}, {decision['seconds']:.1f} s, {decision['rounds']} rounds, "
              f"{decision['difference']}", flush=True)


class Lane:
    """Two CPUs with two hogs on them, and decisions one after the other."""

    def __init__(self, number: int, lanes: int, cpus: list[int], recorder: Recorder):
        self.number, self.lanes, self.cpus, self.recorder = number, lanes, cpus, recorder
        self.environment = {**os.environ, "MODELGATE_LATENCY_LOCK": str(recorder.folder / f"lane{number}.lock")}

    def start_hogs(self) -> list[subprocess.Popen]:
        """In sessions of their own, as neighbours are."""
        return [subprocess.Popen(["taskset", "-c", ",".join(map(str, self.cpus)), "sh", "-c", "while :; do :; done"],
                                 start_new_session=True) for _ in range(2)]

    def output_of(self, *words: object, codes: tuple[int, ...] = (0,)) -> str:
        command = ["taskset", "-c", ",".join(map(str, self.cpus)), *map(str, words)]
        done = subprocess.run(command, cwd=self.recorder.folder, env=self.environment, capture_output=True, text=True,
                              timeout=300, check=False)
        if done.returncode not in codes:
            raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-1000:]}")
        return done.stdout

    def decide(self, cell: Cell) -> dict:
        seed = random.getrandbits(31)
        build = self.recorder.build / "bin"
        if cell.kind == "sequential":
            return json.loads(self.output_of(build / "bench_latency_rounds", f"{cell.model}.pt", f"{cell.model}.pt",
                                             "sequential_s=5", f"slowdown={cell.slowdown / 100}", f"seed={seed}",
                                             f"margin={cell.margin / 100}"))
        candidate = f"{cell.model}_plus{cell.slowdown}" if cell.kind == "added" else cell.model
        gate = self.recorder.folder / f"{candidate}_{cell.margin}.yaml"
        if cell.kind == "seeded":
            return json.loads(self.output_of(build / "bench_latency_decide", gate, cell.slowdown / 100, seed))
        report = self.recorder.folder / f"lane{self.number}.json"
        begin = time.monotonic()
        self.output_of(build / "modelgate", "run", "-q", "-c", gate, "--seed", seed, "-o", report, codes=(0, 1))
        seconds = time.monotonic() - begin
        return decision_of(json.loads(report.read_text(encoding="utf-8")), seconds)

    def run(self, until: float, commit: str) -> None:
        while time.monotonic() < until:
            cell = self.recorder.next_cell()
            if cell is None:
                return
            try:
                self.recorder.add(cell, self.number, self.lanes, commit, self.decide(cell))
            except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
                print(f"lane {self.number}: no decision: {error}", flush=True)
                time.sleep(5)


def decision_of(report: dict, seconds: float) -> dict:
    """What `modelgate run` decided, as bench_latency_decide tells it."""
    check, = report["checks"]
    if check["outcome"] not in ("pass", "fail", "inconclusive"):
        raise ValueError(f"outcome {check['outcome']}: {check.get('message')}")
    difference = check.get("difference") or {}
    low, high = difference.get("interval") or (None, None)
    return {"outcome": check["outcome"], "rounds": check["latency"]["rounds"],
            "seconds": seconds - check["latency"].get("waited_s", 0.0), "difference": difference.get("value"),
            "low": low, "high": high}


def write_gates(folder: Path) -> None:
    for model in MODELS:
        for margin in (2, 5):
            for candidate in (model, *(f"{model}_plus{percent}" for percent in latency_models.ADDED)):
                text = GATE.format(name=candidate, candidate=candidate, production=model, margin=margin)
                (folder / f"{candidate}_{margin}.yaml").write_text(text, encoding="utf-8")


def cpu_ratios(folder: Path, build: Path, candidate: str, production: str) -> list[float]:
    """Log ratios of CPU time, one a round, without hogs."""
    done = subprocess.run([build / "bin/bench_latency_rounds", f"{candidate}.pt", f"{production}.pt",
                           f"rounds={TRUTH_ROUNDS}"], cwd=folder, capture_output=True, text=True, check=True)
    return [float(line.split(",")[0]) for line in done.stdout.splitlines()[1:]]


def measure_truth(folder: Path, build: Path) -> None:
    """Brings the added work near what it is called, in workers, and keeps in truth.json what it really costs."""
    kept = folder / "truth.json"
    truth = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for model in MODELS:
        for percent in latency_models.ADDED:
            name = f"{model}_plus{percent}"
            if name in truth:
                continue
            elements = latency_models.elements_for(model, percent / 100)
            for _ in range(4):
                latency_models.save(folder, model, elements, name)
                ratios = cpu_ratios(folder, build, name, model)
                cost = math.expm1(statistics.median(ratios))
                if abs(cost - percent / 100) < 0.1 * percent / 100:
                    break
                few = latency_models.FEW
                elements = few + max(1, round((elements - few) * min(3.0, percent / 100 / max(cost, 0.003))))
            truth[name] = ratios
            print(f"{name}: {100 * cost:+.1f} %", flush=True)
            kept.write_text(json.dumps(truth, indent=1), encoding="utf-8")


def measure_border(folder: Path, build: Path) -> None:
    """The gate's own cost a request, before the hogs start; kept in border.json, the quietest of five."""
    kept = folder / "border.json"
    if kept.is_file():
        return
    def printed(*words: object) -> str:
        return subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True, check=True).stdout

    tries = [json.loads(printed(build / "bin/bench_latency_border", "empty.pt", cpu)) |
             {"bare_model_us": float(printed("taskset", "-c", cpu, build / "bin/bench_floor", "--single", "empty.pt", 32))}
             for cpu in (sorted(os.sched_getaffinity(0)) * 5)[:5]]
    best = min(tries, key=lambda one: one["ping_us"])
    kept.write_text(json.dumps(best | {"load": os.getloadavg()[0]}), encoding="utf-8")


def commit_here() -> str:
    done = subprocess.run(["git", "-C", REPOSITORY, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                          check=False)
    return done.stdout.strip() or "unknown"


def record(options: argparse.Namespace, folder: Path, build: Path) -> None:
    latency_models.write_models(folder)
    write_gates(folder)
    measure_border(folder, build)
    measure_truth(folder, build)
    recorder = Recorder(folder, build, options.each)
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2 * options.lanes:
        raise SystemExit(f"{options.lanes} lanes need {2 * options.lanes} CPUs; this process may use {len(cpus)}")
    lanes = [Lane(i, options.lanes, cpus[2 * i:2 * i + 2], recorder) for i in range(options.lanes)]
    until = time.monotonic() + 60 * options.minutes
    hogs = [hog for lane in lanes for hog in lane.start_hogs()]
    try:
        threads = [threading.Thread(target=lane.run, args=(until, commit_here())) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for hog in hogs:
            hog.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release", type=Path)
    parser.add_argument("--lanes", default=1, type=int)
    parser.add_argument("--minutes", default=60.0, type=float, help="no decision begins after these")
    parser.add_argument("--each", default=120, type=int, help="decisions wanted of each kind, over the models")
    parser.add_argument("--machine", default="", help="what else is to be said of the machine")
    parser.add_argument("--table", action="store_true", help="record nothing, write the table only")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # so that the hogs end, too
    build = REPOSITORY / options.build
    folder = build / "latency"
    folder.mkdir(parents=True, exist_ok=True)
    if not options.table:
        record(options, folder, build)
    latency_table.rewrite(REPOSITORY / "tests/bench/latency.md", folder, build, options.machine)


if __name__ == "__main__":
    main()
