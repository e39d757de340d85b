# SPDX-License-Identifier: Apache-2.0
"""Levels of looks at growing data, by scipy's multivariate normal alone: writes spending.json beside this file.

Look k crosses where P(Z_1 < b_1, …, Z_{k-1} < b_{k-1}, Z_k >= b_k) is its share of the spending; the looks correlate by
sqrt(n_i / n_j). No recursion, no grid: an independent way to the same boundaries.
"""
import json
import pathlib

import numpy as np
from scipy import integrate, stats
from scipy.optimize import brentq


def spent(alpha, t):
    return 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / np.sqrt(t))


def below(bounds, rows):
    """P(every Z_i < b_i): exactly by conditioning for up to three looks."""
    rows = np.asarray(rows, float)
    sd = np.sqrt(np.diff(rows, prepend=0.0))
    ends = np.asarray(bounds) * np.sqrt(rows)

    def inner(k, s):
        if k == len(rows) - 1:
            return stats.norm.cdf((ends[k] - s) / sd[k])
        low = s - 9 * sd[k]
        if ends[k] <= low:
            return 0.0
        high = min(ends[k], s + 9 * sd[k])
        x, w = nodes[k]
        at = low + (high - low) * (x + 1) / 2
        values = np.array([inner(k + 1, u) for u in at])
        return float(np.sum(w * values * stats.norm.pdf((at - s) / sd[k]) / sd[k]) * (high - low) / 2)

    nodes = [np.polynomial.legendre.leggauss(60)] * len(rows)
    return inner(0, 0.0)


def levels(alpha, rows, looks):
    bounds, out = [], []
    for k in range(1, len(rows) + 1):
        share = spent(alpha, k / looks) - (spent(alpha, (k - 1) / looks) if k > 1 else 0.0)
        if k == 1:
            bound = stats.norm.isf(share)
        else:
            before = below(bounds, rows[:k - 1])
            bound = brentq(lambda b: before - below([*bounds, b], rows[:k]) - share, 0.5, 8, xtol=1e-11)
        bounds.append(bound)
        out.append(stats.norm.sf(bound))
    return out


cases = []
for alpha, rows, looks in ((.05, [1000, 2000], 2), (.025, [1, 2], 2), (.025, [1, 2, 3], 3), (.05, [500, 700, 2500], 4),
                           (.005, [2000, 2600, 9000], 3), (.05, [1000, 1100], 5)):
    found = levels(alpha, rows, looks)
    corr = np.sqrt(np.minimum.outer(rows, rows) / np.maximum.outer(rows, rows))
    total = 1 - stats.multivariate_normal(cov=corr, abseps=1e-9, releps=1e-9, maxpts=2_000_000).cdf(stats.norm.isf(found))
    assert abs(total - spent(alpha, len(rows) / looks)) < 1e-6, (total, alpha)
    cases.append({"alpha": alpha, "rows": rows, "looks": looks, "levels": found})
fractions = [{"alpha": a, "t": t, "spent": spent(a, t)} for a in (.05, .025, .0005) for t in (.1, .25, .5, .9, 1.0)]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"looks": cases, "spent": fractions}, indent=1) + "\n", encoding="utf-8")
