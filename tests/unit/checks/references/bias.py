#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes bias.json: bias of published data and of small tables by fairlearn, statsmodels and plain numpy.

Run with the project's Python, the folder of the published data in MODELGATE_TEST_DATA:
.venv/bin/python tests/unit/checks/references/bias.py. Only counts by group are written, no rows of published data.
"""
import csv
import itertools
import json
import os
import pathlib
import warnings

import numpy as np
from fairlearn import metrics as fair
from scipy import optimize, stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import speech

ALPHA = 0.05
warnings.simplefilter("ignore")  # undefined recalls and ratios of the small groups are what is looked at
RATES = {  # metric → (rate, denominator, numerator) of rows (label, decision), and how two groups are compared
    "demographic_parity_difference": (["selection_rate"], "difference"),
    "demographic_parity_ratio": (["selection_rate"], "ratio"),
    "equal_opportunity_difference": (["tpr"], "difference"),
    "equal_opportunity_ratio": (["tpr"], "ratio"),
    "equalized_odds_difference": (["tpr", "fpr"], "difference"),
    "equalized_odds_ratio": (["tpr", "fpr"], "ratio"),
    "false_positive_rate_difference": (["fpr"], "difference"),
    "accuracy_difference": (["accuracy"], "difference"),
    "predictive_parity_difference": (["ppv"], "difference"),
}
COUNTED = {
    "selection_rate": (lambda y, d: np.ones_like(y, bool), lambda y, d: d == 1),
    "tpr": (lambda y, d: y == 1, lambda y, d: d == 1),
    "fpr": (lambda y, d: y == 0, lambda y, d: d == 1),
    "accuracy": (lambda y, d: np.ones_like(y, bool), lambda y, d: d == y),
    "ppv": (lambda y, d: d == 1, lambda y, d: y == 1),
}


def counts(rate, label, decided):
    over, yes = COUNTED[rate]
    rows = over(label, decided)
    return int((yes(label, decided) & rows).sum()), int(rows.sum())


def newcombe(k1, n1, k2, n2):
    """Newcombe's method 10 from statsmodels' Wilson limits."""
    l1, u1 = proportion_confint(k1, n1, 2 * ALPHA, method="wilson")
    l2, u2 = proportion_confint(k2, n2, 2 * ALPHA, method="wilson")
    p1, p2 = k1 / n1, k2 / n2
    d = p1 - p2
    return [max(-1, d - np.hypot(p1 - l1, u2 - p2)), min(1, d + np.hypot(u1 - p1, p2 - l2))]


def koopman_z(k1, n1, k2, n2, theta):
    """The signed root of Koopman's chi-squared, its restricted likelihood maximised numerically."""
    p1, p2 = k1 / n1, k2 / n2
    top = min(1, 1 / theta)

    def slope(p):  # derivative of the log likelihood of p2 = p, p1 = theta·p
        return k1 / p - (n1 - k1) * theta / (1 - theta * p) + k2 / p - (n2 - k2) / (1 - p)

    edge = top * (1 - 1e-13)
    p = top if k1 == n1 and theta >= 1 or slope(edge) > 0 else optimize.brentq(slope, 1e-15, edge, xtol=1e-16)
    variance = theta * p * (1 - theta * p) / n1 + theta**2 * p * (1 - p) / n2
    return (p1 - theta * p2) / np.sqrt(variance)


def koopman(k1, n1, k2, n2):
    critical = stats.norm.isf(ALPHA)

    def end(z, low, high):
        return optimize.brentq(lambda u: koopman_z(k1, n1, k2, n2, np.exp(u)) - z, low, high, xtol=1e-13)

    middle = np.log(k1 / n1 / (k2 / n2)) if k1 else -20
    return [np.exp(end(critical, -20, middle)) if k1 else 0.0, np.exp(end(-critical, middle, 20))]


def interval(kind, one, other):
    ends = newcombe(*one, *other) if kind == "difference" else koopman(*one, *other)
    if kind == "ratio" and 0 < one[0] and other[0] < other[1]:  # statsmodels is lost on the edges, and looser
        check = confint_proportions_2indep(*one, *other, method="score", compare="ratio", correction=False,
                                           alpha=2 * ALPHA)
        assert np.allclose(ends, check, rtol=2e-5), (ends, check)
    return ends


def pairs_of(metric, groups, label, decided, fewest=20):
    """Every pair of groups with enough rows: the larger rate first for a difference, the smaller for a ratio."""
    rates, kind = RATES[metric]
    out = []
    for rate in rates:
        known = {g: counts(rate, label[groups == g], decided[groups == g]) for g in sorted(set(groups))}
        for a, b in itertools.combinations([g for g in known if known[g][1] >= fewest], 2):
            first, second = (a, b) if known[a][0] / known[a][1] >= known[b][0] / known[b][1] else (b, a)
            if kind == "ratio":
                first, second = second, first
                if known[second][0] == 0:
                    continue
            p1, p2 = (known[g][0] / known[g][1] for g in (first, second))
            out.append({"groups": sorted([a, b]), "rate": rate, "value": p1 - p2 if kind == "difference" else p1 / p2,
                        "interval": interval(kind, known[first], known[second])})
    return out


def fairlearn_value(metric, groups, label, decided, **weights):
    if metric == "predictive_parity_difference":
        frame = fair.MetricFrame(metrics=lambda y, d: precision_score(y, d, zero_division=0), y_true=label,
                                 y_pred=decided, sensitive_features=groups)
        return frame.difference()
    name = "accuracy_score_difference" if metric == "accuracy_difference" else metric
    value = getattr(fair, name)(label, decided, sensitive_features=groups, **weights)
    return None if np.isnan(value) else float(value)


def table(groups, label, decided):
    """Counts by group: [label][decision]."""
    cells = {g: [[int(((label == y) & (decided == d) & (groups == g)).sum()) for d in (0, 1)] for y in (0, 1)]
             for g in sorted(set(groups))}
    return {"cells": cells,
            "all_groups": {m: fairlearn_value(m, groups, label, decided) for m in RATES},
            "pairs": {m: pairs_of(m, groups, label, decided) for m in RATES}}


def compas(folder):
    with open(folder / "compas/compas-scores-two-years.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    race = np.array([r["race"] for r in rows])
    label = np.array([int(r["two_year_recid"]) for r in rows])
    decided = np.array([int(r["score_text"] != "Low") for r in rows])
    big = np.isin(race, ["African-American", "Caucasian"])
    return {**table(race, label, decided),
            "two_groups": fairlearn_value("equalized_odds_difference", race[big], label[big], decided[big])}


def adult(folder):
    """Income by a logistic regression on everything but sex and race, fitted on half, judged on the other half."""
    with open(folder / "adult/adult.data", encoding="utf-8") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file) if len(row) == 15]
    data = np.array(rows)
    numbers = StandardScaler().fit_transform(data[:, [0, 4, 10, 11, 12]].astype(float))
    codes = OneHotEncoder(sparse_output=False).fit_transform(data[:, [1, 3, 5, 6]])
    features = np.hstack([numbers, codes])
    label = (data[:, 14] == ">50K").astype(int)
    half = np.random.default_rng(1).random(len(label)) < 0.5
    model = LogisticRegression(max_iter=2000).fit(features[half], label[half])
    decided = model.predict(features[~half])
    crossing = np.array([f"{r[9]}, {r[8]}" for r in data])[~half]
    return table(crossing, label[~half], decided)


def of_cells(cells):
    groups, label, decided = [], [], []
    for g, counted in cells.items():
        for y in (0, 1):
            for d in (0, 1):
                groups += [g] * counted[y][d]
                label += [y] * counted[y][d]
                decided += [d] * counted[y][d]
    return table(np.array(groups), np.array(label), np.array(decided))


def linearised(groups, label, decided, weight, cluster):
    """Weighted rates by group, their covariance by cluster sums, and Welch's t of every pair; slow and plain."""
    units = sorted(set(cluster))
    out = {}
    for metric, (rates, kind) in RATES.items():
        pairs = []
        for rate in rates:
            over, yes = COUNTED[rate]
            counted, hit = over(label, decided), yes(label, decided)
            value, influence, size, thin, worth = {}, {}, {}, {}, {}
            for g in sorted(set(groups)):
                rows = (groups == g) & counted
                value[g] = (weight * hit)[rows].sum() / weight[rows].sum()
                by_row = np.where(rows, weight * (hit - value[g]), 0) / weight[rows].sum()
                influence[g] = np.array([by_row[cluster == u].sum() for u in units])
                size[g] = len(set(cluster[rows]))
                influence[g] = influence[g] * np.sqrt(size[g] / (size[g] - 1))
                heard, n = speech.heard(hit[rows] == (value[g] <= .5), weight[rows], cluster[rows], np.ones(rows.sum()),
                                        (influence[g] ** 2).sum(), value[g] * (1 - value[g]))
                thin[g], n = heard < speech.FEW, int(n)
                worth[g] = (round(value[g] * n), n)
            for a, b in itertools.combinations(sorted(set(groups)), 2):
                first, second = (a, b) if (value[a] >= value[b]) == (kind == "difference") else (b, a)
                va, vb = (influence[first] ** 2).sum(), (influence[second] ** 2).sum()
                covariance = (influence[first] * influence[second]).sum()
                if kind == "difference":
                    center = value[first] - value[second]
                else:
                    center = np.log(value[first] / value[second])
                    va, vb = va / value[first] ** 2, vb / value[second] ** 2
                    covariance /= value[first] * value[second]
                dof = (va + vb) ** 2 / (va**2 / (size[first] - 1) + vb**2 / (size[second] - 1))
                half = stats.t.isf(ALPHA, dof) * np.sqrt(va + vb - 2 * covariance)
                ends = np.array([center - half, center + half])
                ends = ends if kind == "difference" else np.exp(ends)
                if thin[first] or thin[second]:
                    ends = np.array(speech.wider(ends, interval(kind, worth[first], worth[second])))
                pairs.append({"groups": sorted([a, b]), "rate": rate,
                              "value": float(center if kind == "difference" else np.exp(center)),
                              "interval": ends.tolist()})
        out[metric] = pairs
    return out


def weighted(rng, rows=600, users=90):
    cluster = rng.integers(0, users, rows)
    group = np.where(rng.random(rows) < 0.5, np.array(["A", "B", "C"])[cluster % 3], "A")  # users lie in two groups
    pull = rng.normal(size=users)[cluster]
    label = (rng.random(rows) < 0.45).astype(int)
    decided = (label + 0.7 * pull + 0.3 * (group == "A") + rng.normal(size=rows) > 0.6).astype(int)
    weight = np.round(rng.gamma(3, 0.5, rows) + 0.1, 3)
    alone = np.arange(rows)
    flat = np.ones(rows)
    common = {"groups": group, "label": label, "decided": decided}
    return {**{k: v.tolist() for k, v in common.items()}, "weight": weight.tolist(), "cluster": cluster.tolist(),
            "weights_only": linearised(**common, weight=weight, cluster=alone),
            "clusters_only": linearised(**common, weight=flat, cluster=cluster),
            "both": linearised(**common, weight=weight, cluster=cluster),
            "all_groups_weighted": {m: fairlearn_value(m, group, label, decided, sample_weight=weight)
                                    for m in ("demographic_parity_difference", "demographic_parity_ratio",
                                              "equalized_odds_difference", "equalized_odds_ratio")}}


def against_production(rng, data):
    """Weighted, clustered true positive rates by group, candidate − production, enough of them apart; slow and plain."""
    group, label, decided = (np.array(data[k]) for k in ("groups", "label", "decided"))
    weight, cluster = np.array(data["weight"]), np.array(data["cluster"])
    production = np.where(rng.random(len(label)) < 0.4, 1 - decided, decided)
    out = {}
    for g in sorted(set(group)):
        rows = (group == g) & (label == 1)
        w, move, unit = weight[rows], (decided - production)[rows], cluster[rows]
        value = (w * move).sum() / w.sum()
        sums = np.array([(w * (move - value))[unit == u].sum() for u in sorted(set(unit))]) / w.sum()
        size = len(sums)
        half = stats.t.isf(ALPHA, size - 1) * np.sqrt(size / (size - 1) * (sums**2).sum())
        out[g] = {"difference": value, "interval": [value - half, value + half]}
    return {"production": production.tolist(), "by_group": out}


def welch(rng):
    out = []
    for _ in range(6):
        m, s, n = rng.normal(size=2), rng.gamma(2, 0.3, 2), rng.integers(5, 60, 2)
        gap = float(0.3 * rng.normal())
        test = stats.ttest_ind_from_stats(m[0] - gap, s[0], n[0], m[1], s[1], n[1], equal_var=False,
                                          alternative="greater")
        dof = test.df if hasattr(test, "df") else None
        se = s / np.sqrt(n)
        dof = dof or (se**2).sum() ** 2 / (se**4 / (n - 1)).sum()
        half = stats.t.isf(ALPHA, dof) * np.sqrt((se**2).sum())
        out.append({"means": m.tolist(), "errors": se.tolist(), "units": n.tolist(), "gap": gap,
                    "p_at_most": float(test.pvalue), "interval": [m[0] - m[1] - half, m[0] - m[1] + half]})
    return out


def residuals(rng, rows=160):
    group = np.array(["N", "S", "W"])[rng.integers(0, 3, rows)]
    label = 100 + 20 * rng.normal(size=rows)
    value = label + 5 * rng.normal(size=rows) + 2 * (group == "S")
    groups = {}
    for g in sorted(set(group)):
        r = (value - label)[group == g]
        half = stats.t.isf(ALPHA, len(r) - 1) * r.std(ddof=1) / np.sqrt(len(r))
        groups[g] = {"mean_bias": r.mean(), "interval": [r.mean() - half, r.mean() + half], "mae": np.abs(r).mean()}
    return {"groups": group.tolist(), "labels": label.tolist(), "values": value.tolist(), "by_group": groups}


def short(value):
    """12 decimals: below every tolerance, half the file."""
    if isinstance(value, dict):
        return {k: short(v) for k, v in value.items()}
    if isinstance(value, list):
        return [short(v) for v in value]
    return round(float(value), 12) if isinstance(value, float) else value


def main():
    folder = pathlib.Path(os.environ["MODELGATE_TEST_DATA"])
    rng = np.random.default_rng(20261122)
    references = {
        "compas": compas(folder),
        "adult": adult(folder),
        "small": [of_cells({"A": [[30, 10], [12, 48]], "B": [[25, 3], [20, 40]], "C": [[4, 1], [2, 3]]}),
                  of_cells({"A": [[50, 0], [0, 40]], "B": [[45, 5], [1, 39]]}),
                  of_cells({"A": [[40, 10], [0, 0]], "B": [[30, 20], [25, 30]], "C": [[30, 0], [25, 0]]})],
        "weighted": weighted(rng),
        "residuals": residuals(rng),
        "welch": welch(rng),
    }
    references["against_production"] = against_production(rng, references["weighted"])
    target = pathlib.Path(__file__).with_name("bias.json")
    target.write_text(json.dumps(short(references), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
