# SPDX-License-Identifier: Apache-2.0
"""Time and peak memory of judging 10^5 to 10^8 recorded predictions, as a Markdown table.

    python tests/bench/scale.py [--build build/release] [--rows 100000,1000000] [--machine "4 cores, 24 GB"]

The rows are made once a size, in pieces, and stay in the build folder: two float32 scores, a label and two group
columns in one Parquet file; no id, no join. The gate reads both models' scores from the dataset itself and judges AUC,
accuracy and bias. Each size runs in a process of its own; its peak is the kernel's high-water mark. Results are kept in
scale.json beside the data, so that a run that was cut off goes on where it stopped; --again measures anew.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

REPOSITORY = Path(__file__).resolve().parents[2]
PIECE = 1_000_000   # rows made at a time
FIXED = 300e6       # bytes that do not grow with the rows
A_ROW = 32          # bytes

GATE = """\
version: 1
name: scale
task: binary
on_inconclusive: guard
candidate: {predictions: dataset, columns: [candidate]}
production: {predictions: dataset, columns: [production]}
dataset: {path: PATH, label: label}
output: {kind: probability}
checks:
  accuracy:
    - {metric: roc_auc, min: 0.6, max_regression: 0.01}
    - {metric: accuracy, min: 0.6, max_regression: 1pp}
  bias:
    - {metric: demographic_parity_difference, attributes: [sex], max: 0.1}
    - {metric: equalized_odds_difference, attributes: [region], max: 0.1}
"""


def piece(rng: np.random.Generator, rows: int) -> pa.Table:
    signal = rng.standard_normal(rows, dtype=np.float32)
    score = lambda spread: (1 / (1 + np.exp(-(signal + spread * rng.standard_normal(rows, dtype=np.float32))))).astype(np.float32)
    return pa.table({"candidate": score(0.6), "production": score(0.6),
                     "label": (rng.random(rows, dtype=np.float32) < 1 / (1 + np.exp(-signal))).astype(np.int8),
                     "sex": pa.DictionaryArray.from_arrays(rng.integers(0, 2, rows, dtype=np.int8), ["f", "m"]),
                     "region": pa.DictionaryArray.from_arrays(rng.integers(0, 8, rows, dtype=np.int8),
                                                              [f"region {i}" for i in range(8)])})


def golden(path: Path, rows: int) -> None:
    """Writes the rows, the same for the same number; to a temporary name, renamed when whole."""
    if path.is_file():
        return
    rng = np.random.default_rng(rows)
    temporary = path.with_suffix(".tmp")
    with pq.ParquetWriter(temporary, piece(rng, 1).schema) as writer:
        for start in range(0, rows, PIECE):
            writer.write_table(piece(rng, min(PIECE, rows - start)))
    temporary.rename(path)


def judge(binary: Path, folder: Path, rows: int) -> dict[str, float]:
    """Seconds and peak bytes of one run over so many rows."""
    data = folder / f"rows_{rows}.parquet"
    golden(data, rows)
    gate = folder / f"gate_{rows}.yaml"
    gate.write_text(GATE.replace("PATH", data.name), encoding="utf-8")
    started = time.monotonic()
    process = subprocess.Popen([binary, "run", "--quiet", "-c", gate, "-o", f"{folder}/out_{rows}/"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"{rows} rows: exit {code}\n{process.stderr.read()}")
    report = json.loads((folder / f"out_{rows}/report.json").read_text(encoding="utf-8"))
    if report["dataset"]["rows"] != rows or any(c["outcome"] == "error" for c in report["checks"]):
        raise SystemExit(f"{rows} rows: not judged")
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024,
            "checks": len(report["checks"])}


def table(results: dict[int, dict[str, float]], machine: str) -> str:
    lines = ["# Judging many recorded predictions", "",
             "Two float32 scores, a label and two group columns in one Parquet file, without id; AUC, accuracy and bias.",
             f"Made by `tests/bench/scale.py` on {machine}.",
             "The last column is CPU seconds / (n log2 n) as a share of the smallest size's: where it does not grow, neither",
             "does the cost grow faster than n log n.", "",
             "| rows | seconds | CPU seconds | peak memory | allowed (32 bytes a row + 300 MB) | bytes a row | against n log n |",
             "|---:|---:|---:|---:|---:|---:|---:|"]
    first = None
    for rows, one in sorted(results.items()):
        cost = one["cpu"] / (rows * math.log2(rows))
        first = first or cost
        allowed = rows * A_ROW + FIXED
        lines.append(f"| {rows:,} | {one['seconds']:.2f} | {one['cpu']:.2f} | {one['peak'] / 1e6:,.0f} MB | {allowed / 1e6:,.0f} MB "
                     f"| {one['peak'] / rows:.1f} | {cost / first:.2f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release", type=Path)
    parser.add_argument("--rows", default="100000,1000000,10000000,100000000")
    parser.add_argument("--machine", default="an unnamed machine")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--write", action="store_true", help="write tests/bench/scale.md")
    options = parser.parse_args()
    folder = REPOSITORY / options.build / "scale"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "scale.json"
    results = {int(k): v for k, v in json.loads(kept.read_text()).items()} if kept.is_file() else {}
    for rows in map(int, options.rows.split(",")):
        if rows in results and not options.again:
            continue
        results[rows] = judge(REPOSITORY / options.build / "bin/modelgate", folder, rows)
        print(rows, results[rows], flush=True)
        kept.write_text(json.dumps(results, indent=1))
    text = table(results, options.machine)
    print(text)
    over = [rows for rows, one in results.items() if one["peak"] > rows * A_ROW + FIXED]
    if options.write:
        (REPOSITORY / "tests/bench/scale.md").write_text(text, encoding="utf-8")
    if over:
        raise SystemExit(f"more memory than allowed at {over} rows")


if __name__ == "__main__":
    main()
