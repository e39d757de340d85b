#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes resources.json: seeded rounds with scipy's signed-rank test of them.

Run with the project's Python: .venv/bin/python tests/unit/checks/references/resources.py

The interval is the test turned round: all shifts that neither one-sided test rejects at half the two-sided level. The
shifts tried lie between the Walsh averages, at which p changes.
"""
import json
import pathlib

import numpy as np
from scipy import stats

LEVELS = {6: 0.0313, 9: 0.012, 13: 0.014, 20: 0.016}  # of the looks, two-sided


def p(values, shift, alternative):
    return stats.wilcoxon(values - shift, alternative=alternative, method="exact").pvalue


def walsh(values):
    i, j = np.triu_indices(len(values))
    return np.sort((values[i] + values[j]) / 2)


def interval(values, level):
    averages = walsh(values)
    beside = (averages[1:] + averages[:-1]) / 2
    kept = [x for x in beside if min(p(values, x, "greater"), p(values, x, "less")) > level / 2]
    return [float(averages[averages < min(kept)].max()), float(averages[averages > max(kept)].min())]


def case(values, shift, rounds):
    return {"middle": float(np.median(walsh(values))), "interval": interval(values, LEVELS[rounds]), "shift": shift,
            "at_most": float(p(values, shift, "greater")), "at_least": float(p(values, shift, "less"))}


def main():
    rng = np.random.default_rng(20)
    out = []
    for rounds in LEVELS:
        production = np.round(0.4 * np.exp(rng.normal(0, 0.08, rounds)), 6)
        candidate = np.round(0.43 * np.exp(rng.normal(0, 0.08, rounds)), 6)
        out.append({"rounds": rounds, "candidate": candidate.tolist(), "production": production.tolist(),
                    "ratio": case(np.log(candidate / production), float(np.log(1.05)), rounds),
                    "difference": case(candidate - production, 0.02, rounds),
                    "value": case(candidate, 0.42, rounds)})
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
