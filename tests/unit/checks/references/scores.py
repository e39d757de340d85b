#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes scores.json: metrics of binary scores with their linearised intervals.

Values are scikit-learn's and scipy's (operating points: slow loops over every threshold). Influences are numerical: every
row's weight is moved up and down and the weighted metric of scikit-learn computed again (the infinitesimal jackknife),
so that they share no formula with the gate. Run: .venv/bin/python tests/unit/checks/references/scores.py
"""
import json
import pathlib

import numpy as np
from scipy import stats
from sklearn import metrics as skl

ALPHA = 0.05


def ap(y, s, w, _):
    return skl.average_precision_score(y, s, sample_weight=w)


def auc(y, s, w, _):
    return skl.roc_auc_score(y, s, sample_weight=w)


def gini(y, s, w, _):
    return 2 * auc(y, s, w, _) - 1


def ks(y, s, w, _):
    fpr, tpr, _thresholds = skl.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    return np.max(np.abs(tpr - fpr))


def recall_at_fpr(y, s, w, x):
    best = 0.0
    for threshold in np.unique(s):
        passed = s >= threshold
        if w[passed & (y == 0)].sum() <= x * w[y == 0].sum() * (1 + 1e-12):
            best = max(best, w[passed & (y == 1)].sum() / w[y == 1].sum())
    return best


def precision_at_rate(y, s, w, rate):
    room, hits = rate * w.sum(), 0.0
    for threshold in np.unique(s)[::-1]:
        tied = s == threshold
        share = min(1.0, room / w[tied].sum())
        hits += share * w[tied & (y == 1)].sum()
        room -= share * w[tied].sum()
        if room <= 0:
            break
    return hits / (rate * w.sum())


def numerical(metric, y, s, w, par):
    """n influences: d metric / d(share of the weight of row i), by central differences."""
    psi = np.empty(len(y))
    for i in range(len(y)):
        step = 1e-4 * w[i]
        up, down = w.copy(), w.copy()
        up[i] += step
        down[i] -= step
        psi[i] = (metric(y, s, up, par) - metric(y, s, down, par)) / (2 * step) * w.sum()
    return psi


def curve_at(points, x):
    """Height of a curve of (x, y): linear between points, the last of those with an equal x."""
    below = max(i for i, point in enumerate(points) if point[0] <= x)
    if below == len(points) - 1:
        return points[below][1]
    (x0, y0), (x1, y1) = points[below], points[below + 1]
    return y0 + (x - x0) / (x1 - x0) * (y1 - y0)


def slope(points, x, n):
    half = 1.645 * np.sqrt(x * (1 - x) / n)
    low, high = max(0.0, x - half), min(1.0, x + half)
    return (curve_at(points, high) - curve_at(points, low)) / (high - low)


def psi_recall_at_fpr(y, s, w, x):
    w1, w0 = w[y == 1].sum(), w[y == 0].sum()
    points, threshold = [(0.0, 0.0)], np.inf
    for t in np.unique(s)[::-1]:
        passed = s >= t
        points.append((w[passed & (y == 0)].sum() / w0, w[passed & (y == 1)].sum() / w1))
        if points[-1][0] <= x * (1 + 1e-12):
            threshold = t
    passed = (s >= threshold).astype(float)
    tpr, fpr = (w * passed)[y == 1].sum() / w1, (w * passed)[y == 0].sum() / w0
    steep = slope(points, x, w0**2 / (w[y == 0] ** 2).sum())
    return np.where(y == 1, w.sum() / w1 * (passed - tpr), -steep * w.sum() / w0 * (passed - fpr))


def psi_precision_at_rate(y, s, w, rate):
    points = [(0.0, 0.0)]
    chosen = np.zeros(len(y))
    room = rate * w.sum()
    for t in np.unique(s)[::-1]:
        passed, tied = s >= t, s == t
        points.append((w[passed].sum() / w.sum(), w[passed & (y == 1)].sum() / w.sum()))
        chosen[tied] = np.clip(room / w[tied].sum(), 0, 1)
        room -= w[tied].sum()
    eta = slope(points, rate, w.sum() ** 2 / (w**2).sum())
    hits = (w * chosen * y).sum() / w.sum()
    return (chosen * (y - eta) - hits + eta * rate) / rate


def bias_of_ap(y, s, w):
    """What every positive row adds to the precision at its own score."""
    total = 0.0
    for i in np.flatnonzero(y == 1):
        above = s >= s[i]
        share = w[above & (y == 1)].sum() / w[above].sum()
        total += w[i] ** 2 * (1 - share) / w[above].sum()
    return total / w[y == 1].sum()


def folds(w, cluster):
    """Tenths dealt out row by row, or cluster by cluster as first seen; rows without weight take no turn."""
    fold, dealt = np.zeros(len(w), dtype=int), {}
    for row in np.flatnonzero(w > 0):
        unit = row if cluster is None else cluster[row]
        fold[row] = dealt.setdefault(unit, len(dealt) % 10)
    return fold


def crossed_ks(y, s, w, cluster):
    """TPR - FPR at thresholds chosen without the tenth of the rows that they are judged on."""
    fold = folds(w, cluster)
    gap = 0.0
    for k in range(10):
        rest, here = fold != k, fold == k
        best, sign = np.inf, 1.0
        most = 0.0
        for t in np.unique(s)[::-1]:
            passed = rest & (s >= t)
            d = w[passed & (y == 1)].sum() / w[rest & (y == 1)].sum() - w[passed & (y == 0)].sum() / w[rest & (y == 0)].sum()
            if abs(d) > most + 1e-15:
                best, most, sign = t, abs(d), np.sign(d)
        passed = here & (s >= best)
        gap += sign * (w[passed & (y == 1)].sum() / w[y == 1].sum() - w[passed & (y == 0)].sum() / w[y == 0].sum())
    return gap


def std_error(psi, w, cluster):
    sums = w * psi if cluster is None else np.bincount(np.unique(cluster, return_inverse=True)[1], weights=w * psi)
    g = len(sums)
    return np.sqrt(g / (g - 1) * (sums**2).sum()) / w.sum(), g - 1


def interval(value, se, dof, low_shift, high_shift, logit):
    t = stats.t.isf(ALPHA, dof)

    def end(shift, side):
        v = value + shift
        if not logit:
            return v + side * t * se
        return 1 / (1 + np.exp(-(np.log(v / (1 - v)) + side * t * se / (v * (1 - v)))))

    return [min(value, end(low_shift, -1)), max(value, end(high_shift, 1))]


METRICS = {
    "average_precision": (ap, None, None, True),
    "ks": (ks, None, None, False),
    "recall_at_fpr@0.1": (recall_at_fpr, psi_recall_at_fpr, 0.1, True),
    "precision_at_rate@0.15": (precision_at_rate, psi_precision_at_rate, 0.15, True),
}


def one(name, y, sides, w, cluster):
    metric, formula, par, logit = METRICS[name]
    made, psis = {}, {}
    for side, s in sides.items():
        value = metric(y, s, w, par)
        psi = formula(y, s, w, par) if formula else numerical(metric, y, s, w, par)
        low, high = 0.0, 0.0
        if name == "average_precision":
            low = high = -bias_of_ap(y, s, w)
        if name == "ks":
            low = min(0.0, crossed_ks(y, s, w, cluster) - value)
        psis[side] = psi
        se, dof = std_error(psi, w, cluster)
        made[side] = {"value": value, "interval": interval(value, se, dof, low, high, logit)}
    se, dof = std_error(psis["candidate"] - psis["production"], w, cluster)
    value = made["candidate"]["value"] - made["production"]["value"]
    made["difference"] = {"value": value, "interval": interval(value, se, dof, 0, 0, False)}
    # p of "the regression is 0.03 or more": the candidate's value <= production's - 0.03
    made["p_at_most"] = stats.t.sf((value + 0.03) / se, dof)
    return made


def main():
    rng = np.random.default_rng(20261122)
    rows = 300
    label = (rng.random(rows) < 0.3).astype(int)
    ability = rng.normal(size=rows) + 1.4 * label
    sides = {
        name: np.round(1 / (1 + np.exp(-(ability + noise * rng.normal(size=rows) - 1))), 2)  # ties on purpose
        for name, noise in (("candidate", 0.5), ("production", 0.9))
    }
    weight = np.round(rng.uniform(0.5, 3, rows), 2)
    cluster = rng.integers(0, 60, rows)
    ones = np.ones(rows)
    result = {
        "labels": label.tolist(),
        "candidate": sides["candidate"].tolist(),
        "production": sides["production"].tolist(),
        "weight": weight.tolist(),
        "cluster": cluster.tolist(),
        "metrics": {
            name: {
                "plain": one(name, label, sides, ones, None),
                "weighted": one(name, label, sides, weight, None),
                "clustered": one(name, label, sides, ones, cluster),
                "both": one(name, label, sides, weight, cluster),
            }
            for name in METRICS
        },
        "gini": {side: gini(label, s, ones, None) for side, s in sides.items()},
        "ks_2samp": {
            side: stats.ks_2samp(s[label == 1], s[label == 0]).statistic for side, s in sides.items()
        },
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=None) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
