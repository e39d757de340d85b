# SPDX-License-Identifier: Apache-2.0
"""The table of latency.md from recorded decisions; see latency_decisions.py."""

from __future__ import annotations

import json
import math
import platform
import statistics
import subprocess
import time
from pathlib import Path

from scipy.stats import beta

BEGIN, END = "<!-- table begin -->", "<!-- table end -->"
MODELS = ("mlp", "cnn", "big")

# (kind, margin %, slow-down %): (rows of the table: what it is, goal in words, is it met)
GOALS = {
    ("seeded", 5, 0): ("passed ≥ 98 %, none blocked", lambda c: c["pass"] >= 0.98 * c["n"] and c["fail"] == 0),
    ("seeded", 5, 2): ("passed ≥ 98 %, none blocked", lambda c: c["pass"] >= 0.98 * c["n"] and c["fail"] == 0),
    ("seeded", 5, 10): ("caught ≥ 99 %", lambda c: c["fail"] >= 0.99 * c["n"]),
    ("seeded", 2, 0): ("passed ≥ 95 %, none blocked", lambda c: c["pass"] >= 0.95 * c["n"] and c["fail"] == 0),
    ("seeded", 2, 5): ("caught ≥ 98 %", lambda c: c["fail"] >= 0.98 * c["n"]),
    ("run", 5, 0): ("as seeded", None),
    ("run", 2, 0): ("as seeded", None),
    ("added", 5, 10): ("apart", None),
    ("added", 2, 5): ("apart", None),
    ("sequential", 5, 0): ("for comparison", None),
    ("sequential", 5, 2): ("for comparison", None),
    ("sequential", 5, 5): ("for comparison", None),
    ("sequential", 5, 10): ("for comparison", None),
}
WORDS = {"seeded": "the gate, seeded slow-down", "run": "the gate, `modelgate run`", "added": "the gate, more work in the model",
         "sequential": "A for 5 s, then B, ratio of medians"}
TIME_GOAL_S = 12.0
WANTED = 120  # decisions of a kind before its goal counts


def clopper_pearson(hits: int, n: int) -> tuple[float, float]:
    """Exact two-sided 95 % interval of a share (Clopper and Pearson 1934)."""
    low = 0.0 if hits == 0 else float(beta.ppf(0.025, hits, n - hits + 1))
    high = 1.0 if hits == n else float(beta.ppf(0.975, hits + 1, n - hits))
    return low, high


def count(decisions: list[dict]) -> dict:
    return {"n": len(decisions), **{word: sum(d["outcome"] == word for d in decisions)
                                    for word in ("pass", "fail", "inconclusive")}}


def share(hits: int, n: int) -> str:
    low, high = clopper_pearson(hits, n)
    return f"{hits} ({100 * low:.1f}–{100 * high:.1f} %)"


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(q * len(ordered)) - 1)]


def row(kind: str, margin: int, slowdown: int, decisions: list[dict]) -> str:
    counted = count(decisions)
    n = counted["n"]
    goal, met = GOALS[kind, margin, slowdown]
    verdict = "" if met is None else " — **met**" if met(counted) else " — **missed**"
    verdict += " so far" if met is not None and n < WANTED else ""
    seconds = [d["seconds"] for d in decisions]
    true = "A/A" if slowdown == 0 else f"+{slowdown} %"
    return (f"| {WORDS[kind]} | {margin} % | {true} | {n} | {share(counted['pass'], n)} | {share(counted['fail'], n)} "
            f"| {counted['inconclusive']} | {statistics.median(seconds):.1f} | {quantile(seconds, 0.9):.1f} "
            f"| {statistics.median(d['rounds'] for d in decisions):g} | {goal}{verdict} |")


def model_row(kind: str, margin: int, slowdown: int, decisions: list[dict]) -> str:
    cells = []
    for model in MODELS:
        counted = count([d for d in decisions if d["model"] == model])
        of_model = [d["seconds"] for d in decisions if d["model"] == model]
        cells.append(f"{counted['pass']} / {counted['fail']} / {counted['inconclusive']}, {statistics.median(of_model):.1f} s"
                     if of_model else "–")
    true = "A/A" if slowdown == 0 else f"+{slowdown} %"
    return f"| {WORDS[kind]} | {margin} % | {true} | " + " | ".join(cells) + " |"


def gate_time(decisions: list[dict]) -> str:
    seconds = [d["seconds"] for d in decisions if d["kind"] in ("seeded", "run", "added")]
    if not seconds:
        return ""
    median = statistics.median(seconds)
    return (f"All {len(seconds)} decisions of the gate: median {median:.1f} s, p90 {quantile(seconds, 0.9):.1f} s to a verdict "
            f"(goal: median ≤ {TIME_GOAL_S:g} s — **{'met' if median <= TIME_GOAL_S else 'missed'}**).")


def truth_lines(folder: Path) -> list[str]:
    kept = folder / "truth.json"
    if not kept.is_file():
        return []
    parts = []
    for name, ratios in json.loads(kept.read_text(encoding="utf-8")).items():
        middle = statistics.median(ratios)
        error = statistics.stdev(ratios) / math.sqrt(len(ratios))
        parts.append(f"{name} {100 * math.expm1(middle):+.1f} % (± {200 * error:.1f})")
    return ["What the added work really costs (CPU time, median of rounds without hogs, ± two standard errors): "
            + ", ".join(parts) + ".", ""]


def border_lines(folder: Path) -> list[str]:
    kept = folder / "border.json"
    if not kept.is_file():
        return []
    one = json.loads(kept.read_text(encoding="utf-8"))
    own = one["empty_model_us"] - one["bare_model_us"]
    word = "met" if own <= 15.0 else "missed"
    return ["", f"The gate's own cost a request (`bench_latency_border`, one CPU, the quietest of five tries, load average "
            f"{one['load']:.1f}): a request of a model that only passes its input through takes {one['empty_model_us']:.1f} µs "
            f"at the median, {one['bare_model_us']:.1f} µs of it in bare libtorch without a process between (`bench_floor "
            f"--single`), so that the gate adds {own:.1f} µs (goal: ≤ 15 µs — **{word}**). An empty message, which every "
            f"report states, takes {one['ping_us']:.1f} µs, {one['ping_over_bare']:.2f} times what a bare socket pair takes in "
            f"the same run ({one['bare_us']:.1f} µs)."]


def first_line(*command: object) -> str:
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return "unknown"
    return (done.stdout.strip().splitlines() or ["unknown"])[0]


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def cores() -> int:
    return Path("/proc/cpuinfo").read_text(encoding="utf-8").count("\nprocessor") + 1


def machine_lines(decisions: list[dict], build: Path, machine: str) -> list[str]:
    loads = sorted(d["load"] for d in decisions)
    day = lambda stamp: time.strftime("%Y-%m-%d %H:%M", time.gmtime(stamp))
    commits = list(dict.fromkeys(d["commit"] for d in sorted(decisions, key=lambda d: d["time"])))
    lanes = sorted({d["lanes"] for d in decisions})
    return [f"- Machine: {cpu_model()}, {cores()} cores, Linux {platform.release()}{', ' + machine if machine else ''}.",
            f"- Recorded {day(min(d['time'] for d in decisions))} to {day(max(d['time'] for d in decisions))} UTC; load average "
            f"{loads[0]:.1f} to {loads[-1]:.1f}, median {statistics.median(loads):.1f}.",
            f"- {' and '.join(map(str, lanes))} lane(s) at a time, each with two CPUs of its own, and two hogs on these two CPUs "
            "(endless loops in sessions of their own), and a machine lock of its own.",
            f"- {first_line(build / 'bin/modelgate', '--version')}, commit {', '.join(commits)}; models: mlp (about 30 µs), "
            "cnn (4 ms), big (15 ms), batch 1, one thread.", ""]


def generated(decisions: list[dict], folder: Path, build: Path, machine: str) -> str:
    cells: dict[tuple, list[dict]] = {key: [] for key in GOALS}
    for decision in decisions:
        cells[decision["kind"], decision["margin"], decision["slowdown"]].append(decision)
    lines = machine_lines(decisions, build, machine)
    lines += ["| protocol | margin | true | n | passed (95 % interval) | blocked (95 % interval) | inconclusive | median s | p90 s "
              "| rounds | goal |", "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---|"]
    lines += [row(*key, some) for key, some in cells.items() if some]
    lines += ["", gate_time(decisions), "", *truth_lines(folder)]
    lines += ["By model: passed / blocked / inconclusive, median seconds.", "",
              "| protocol | margin | true | mlp | cnn | big |", "|---|---|---|---|---|---|"]
    lines += [model_row(*key, some) for key, some in cells.items() if some]
    return "\n".join(lines + border_lines(folder))


def rewrite(page: Path, folder: Path, build: Path, machine: str) -> None:
    """Puts the table between the page's markers."""
    recorded = folder / "decisions.jsonl"
    if not recorded.is_file():
        raise SystemExit(f"{recorded}: nothing was recorded yet")
    decisions = [json.loads(line) for line in recorded.read_text(encoding="utf-8").splitlines()]
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    table = generated(decisions, folder, build, machine)
    page.write_text(f"{head}{BEGIN}\n{table}\n{END}{tail}", encoding="utf-8")
    print(table)
