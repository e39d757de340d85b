# SPDX-License-Identifier: Apache-2.0
"""The whole gate against bare libtorch on the same rows: wall time, CPU time and peak memory of all processes.

    python tests/bench/compare.py [--pairs 7] [--cpus 0,1] [--build build/release] [--json FILE]

The gate reads Parquet, runs both models, judges 4 metrics on 18 scopes and 3 bias metrics, and writes its reports.
The floor (tests/bench/floor.cpp) runs both models over rows that lie in memory already. Runs alternate A B A B, so
that noise of the machine hits both; the minimum is the least disturbed run. Memory is sampled in runs of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "fixtures/generated/bench"


def timed(command: list[str], folder: str) -> dict[str, float]:
    """Wall and CPU seconds of a process and of all it waited for."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}\n{process.stderr.read()}")
    process.stderr.close()
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime}


def descendants(root: int) -> list[int]:
    """The process and all below it."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in task.read_text().split()]
            except OSError:
                pass
    return found


def memory_mib(pids: list[int]) -> float:
    """Proportional set size: what processes share is counted once."""
    total = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024


def peak_memory(command: list[str], folder: str) -> float:
    """The largest sum over all processes of one run, looked at every 5 ms."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, ended = 0.0, threading.Event()
    threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
    while not ended.wait(0.005):
        peak = max(peak, memory_mib(descendants(process.pid)))
    return peak


def summary(runs: list[dict[str, float]]) -> dict[str, float]:
    result = {}
    for what in ("wall", "cpu"):
        values = [run[what] for run in runs]
        result |= {f"{what}_min": min(values), f"{what}_median": statistics.median(values)}
    return result


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7, help="timed runs of each")
    parser.add_argument("--cpus", default="", help="CPUs both may use, e.g. 0,1; default: all")
    parser.add_argument("--build", type=Path, default=REPOSITORY / "build/release", help="build folder")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args()


def show(name: str, figures: dict[str, float]) -> None:
    print(f"{name:10s} {figures['wall_min']:9.3f} {figures['wall_median']:9.3f} {figures['cpu_min']:9.3f}"
          f" {figures['cpu_median']:9.3f} {figures['memory_mib']:11.0f}")


def main() -> None:
    chosen = options()
    subprocess.run([sys.executable, REPOSITORY / "fixtures/make_all.py", "bench"], check=True)
    programs = [chosen.build.resolve() / "bin" / name for name in ("modelgate", "bench_floor")]
    for program in programs:
        if not program.is_file():
            raise SystemExit(f"{program} is not there: cmake --build {chosen.build} --target {program.name}")
    if chosen.cpus:
        os.sched_setaffinity(0, {int(cpu) for cpu in chosen.cpus.split(",")})
    models = [str(BENCH / "models" / f"{name}.pt") for name in ("candidate", "production")]
    gate = [str(programs[0]), "run", "--quiet", "-c", str(REPOSITORY / "fixtures/bench/modelgate.yaml"), "-o", "out/"]
    floor = [str(programs[1]), *models, str(BENCH / "rows.bin"), "32"]
    with tempfile.TemporaryDirectory(prefix="modelgate-bench-") as folder:
        timed(gate, folder), timed(floor, folder)   # files into the page cache
        pairs = [(timed(gate, folder), timed(floor, folder)) for _ in range(chosen.pairs)]
        memory = [max(peak_memory(command, folder) for _ in range(3)) for command in (gate, floor)]
    figures = {name: summary([pair[side] for pair in pairs]) | {"memory_mib": memory[side]}
               for side, name in enumerate(("gate", "floor"))}
    ratio = {key: figures["gate"][key] / figures["floor"][key] for key in figures["gate"]}
    print(f"{chosen.pairs} runs each, alternating; CPUs {sorted(os.sched_getaffinity(0))}, "
          f"load average {os.getloadavg()[0]:.1f}")
    print(f"{'':10s} {'wall min':>9s} {'median':>9s} {'cpu min':>9s} {'median':>9s} {'memory MiB':>11s}")
    show("gate", figures["gate"])
    show("floor", figures["floor"])
    print(f"ratio      {ratio['wall_min']:9.2f} {ratio['wall_median']:9.2f} {ratio['cpu_min']:9.2f} "
          f"{ratio['cpu_median']:9.2f} {figures['gate']['memory_mib'] - figures['floor']['memory_mib']:+11.0f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures | {"ratio": ratio}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
