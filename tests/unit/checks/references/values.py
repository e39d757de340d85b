#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes values.json: regression, calibration, multiclass scores and rankings with their linearised intervals.

Values are scikit-learn's and statsmodels', or slow loops over every order of tied rows. Means have statsmodels' HC1
standard errors; everything else numerical influences (the weight of a row, or query, is moved and the metric computed
again). Run: .venv/bin/python tests/unit/checks/references/values.py
"""
import itertools
import json
import math
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics as skl

ALPHA = 0.05


def t_interval(value, se, dof, logit=False):
    t = stats.t.isf(ALPHA, dof)
    if not logit:
        return [value - t * se, value + t * se]
    ends = (math.log(value / (1 - value)) + side * t * se / (value * (1 - value)) for side in (-1, 1))
    return [1 / (1 + math.exp(-end)) for end in ends]


def mean_of(values, weight, cluster):
    """Weighted mean with the HC1 (or clustered) standard error of a regression on a constant."""
    fit = sm.WLS(values, np.ones(len(values)), weights=weight)
    n = len(values)
    if cluster is None:
        return fit.fit(cov_type="HC1").params[0], fit.fit(cov_type="HC1").bse[0], n - 1
    groups = len(np.unique(cluster))
    robust = fit.fit(cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    return robust.params[0], robust.bse[0] * math.sqrt(groups / (groups - 1)), groups - 1


def numerical(metric, n, weight, step=1e-2):
    psi = np.empty(n)
    for i in range(n):
        up, down = weight.copy(), weight.copy()
        up[i] *= 1 + step
        down[i] *= 1 - step
        psi[i] = (metric(up) - metric(down)) / (2 * step * weight[i]) * weight.sum()
    return psi


def spread(psi, weight, cluster):
    sums = weight * psi if cluster is None else np.bincount(np.unique(cluster, return_inverse=True)[1], weights=weight * psi)
    g = len(sums)
    return math.sqrt(g / (g - 1) * (sums**2).sum()) / weight.sum(), g - 1


def both_sides(metric_of, n, weight, cluster, logit=False):
    """metric_of(side)(weight) -> value; influences by moving weights."""
    made, psis = {}, {}
    for side in ("candidate", "production"):
        metric = metric_of(side)
        value = metric(weight)
        psis[side] = numerical(metric, n, weight)
        se, dof = spread(psis[side], weight, cluster)
        made[side] = {"value": value, "interval": t_interval(value, se, dof, logit)}
    se, dof = spread(psis["candidate"] - psis["production"], weight, cluster)
    difference = made["candidate"]["value"] - made["production"]["value"]
    made["difference"] = {"value": difference, "interval": t_interval(difference, se, dof)}
    return made


def mean_sides(losses, weight, cluster):
    made = {}
    for side in ("candidate", "production", "difference"):
        values = losses["candidate"] - losses["production"] if side == "difference" else losses[side]
        value, se, dof = mean_of(values, weight, cluster)
        made[side] = {"value": value, "interval": t_interval(value, se, dof)}
    return made


def regression(rng):
    n = 160
    label = np.round(np.abs(rng.gamma(3, 4, n)) + 0.5, 3)
    sides = {"candidate": np.round(label + rng.normal(0.2, 1, n), 3), "production": np.round(label + rng.normal(0, 1.5, n), 3)}
    weight, cluster = np.round(rng.uniform(0.5, 3, n), 2), rng.integers(0, 40, n)
    naive = np.abs(np.diff(label)).mean()
    losses = {
        "mse": lambda y, p: (y - p) ** 2,
        "mape": lambda y, p: np.abs(y - p) / np.abs(y),
        "mase": lambda y, p: np.abs(y - p) / naive,
        "pinball@0.9": lambda y, p: np.where(y > p, 0.9 * (y - p), 0.1 * (p - y)),
        "mean_bias": lambda y, p: p - y,
    }
    sklearn = {
        "mse": skl.mean_squared_error,
        "mape": skl.mean_absolute_percentage_error,
        "pinball@0.9": lambda y, p: skl.mean_pinball_loss(y, p, alpha=0.9),
    }
    kinds = {"plain": (np.ones(n), None), "weighted": (weight, None), "clustered": (np.ones(n), cluster)}
    made = {}
    for name, loss in losses.items():
        rows = {side: loss(label, p) for side, p in sides.items()}
        made[name] = {kind: mean_sides(rows, w, c) for kind, (w, c) in kinds.items()}
        if name in sklearn:
            assert math.isclose(sklearn[name](label, sides["candidate"]), made[name]["plain"]["candidate"]["value"])
    del made["mase"]["weighted"]  # refused: the naive forecast knows no weights
    made["wape"] = {
        kind: both_sides(lambda side: lambda u: (u * np.abs(label - sides[side])).sum() / (u * np.abs(label)).sum(), n, w, c)
        for kind, (w, c) in kinds.items()
    }
    return {"labels": label.tolist(), **{k: v.tolist() for k, v in sides.items()}, "weight": weight.tolist(),
            "cluster": cluster.tolist(), "metrics": made}


def recalibrated(label, score, weight, slope):
    logit = np.log(score / (1 - score))
    if slope:
        model = sm.GLM(label, sm.add_constant(logit), family=sm.families.Binomial(), freq_weights=weight)
    else:
        model = sm.GLM(label, np.ones(len(label)), family=sm.families.Binomial(), offset=logit, freq_weights=weight)
    return model.fit(tol=1e-15, maxiter=200).params[1 if slope else 0]


def calibration(rng):
    n = 200
    logit = rng.normal(-0.6, 1.2, n)
    label = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    sides = {
        "candidate": np.round(1 / (1 + np.exp(-(1.3 * logit + 0.2 + 0.3 * rng.normal(size=n)))), 4),
        "production": np.round(1 / (1 + np.exp(-(0.8 * logit - 0.3 + 0.5 * rng.normal(size=n)))), 4),
    }
    weight, cluster = np.round(rng.uniform(0.5, 3, n), 2), rng.integers(0, 50, n)
    kinds = {"plain": (np.ones(n), None), "weighted": (weight, None), "clustered": (np.ones(n), cluster)}
    made = {
        name: {
            kind: both_sides(lambda side: lambda u: recalibrated(label, sides[side], u, slope), n, w, c)
            for kind, (w, c) in kinds.items()
        }
        for name, slope in (("calibration_intercept", False), ("calibration_slope", True))
    }
    # statsmodels' own sandwich agrees with the numerical influences
    design = sm.add_constant(np.log(sides["candidate"] / (1 - sides["candidate"])))
    robust = sm.GLM(label, design, family=sm.families.Binomial()).fit(tol=1e-15, cov_type="HC0").bse[1]
    low, high = made["calibration_slope"]["plain"]["candidate"]["interval"]
    assert math.isclose((high - low) / 2 / stats.t.isf(ALPHA, n - 1), robust * math.sqrt(n / (n - 1)), rel_tol=1e-6)
    ece = {}
    for side, p in sides.items():
        bins = np.minimum((p * 15).astype(int), 14)
        ece[side] = sum(abs((p[bins == b] - label[bins == b]).sum()) for b in range(15)) / n
        redrawn = rng.random((20000, n)) < p
        gaps = np.stack([np.abs((p - redrawn)[:, bins == b].sum(axis=1)) for b in range(15)]).sum(axis=0) / n
        ece[side + "_if_calibrated"] = [gaps.mean(), gaps.std(), np.quantile(gaps, 0.95)]
    return {"labels": label.tolist(), **{k: v.tolist() for k, v in sides.items()}, "weight": weight.tolist(),
            "cluster": cluster.tolist(), "metrics": made, "ece": ece}


def multiclass(rng):
    n, classes = 150, 3
    label = rng.integers(0, classes, n)
    sides = {}
    for side, strength in (("candidate", 1.5), ("production", 1.1)):
        logits = rng.normal(size=(n, classes))
        logits[np.arange(n), label] += strength
        p = np.round(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), 2)
        p[:, 2] = np.round(1 - p[:, 0] - p[:, 1], 2)
        sides[side] = np.clip(p, 0, 1)
    onehot = np.eye(classes)[label]
    ones = np.ones(n)
    auc = both_sides(lambda side: lambda u: np.mean([skl.roc_auc_score(label == k, sides[side][:, k], sample_weight=u)
                                                    for k in range(classes)]), n, ones, None, True)
    assert math.isclose(auc["candidate"]["value"], skl.roc_auc_score(label, sides["candidate"], multi_class="ovr"))
    losses = {side: ((p - onehot) ** 2).sum(axis=1) for side, p in sides.items()}
    brier = mean_sides(losses, ones, None)
    assert math.isclose(skl.brier_score_loss(label, sides["candidate"]), brier["candidate"]["value"])
    return {"labels": label.tolist(), **{k: v.ravel().tolist() for k, v in sides.items()},
            "metrics": {"roc_auc_ovr_macro": {"plain": auc}, "brier_score": {"plain": brier}}}


def orders(scores):
    """All orders of the rows that the scores allow, best first."""
    groups = [list(np.flatnonzero(scores == s)) for s in np.unique(scores)[::-1]]
    for parts in itertools.product(*(itertools.permutations(group) for group in groups)):
        yield [row for part in parts for row in part]


def ap_of(relevant, order, k):
    hits, total = 0, 0.0
    for rank, row in enumerate(order[:k], 1):
        if relevant[row]:
            hits += 1
            total += hits / rank
    return total / min(relevant.sum(), k)


def rr_of(relevant, order, k):
    return next((1 / rank for rank, row in enumerate(order[:k], 1) if relevant[row]), 0.0)


def recall_of(relevant, order, k):
    return sum(relevant[row] for row in order[:k]) / relevant.sum()


def over_orders(measure, relevance, scores, k):
    relevant = relevance > 0
    return float(np.mean([measure(relevant, order, k) for order in orders(scores)]))


def ranking(rng):
    queries, per = 40, 7
    relevance = np.where(rng.random((queries, per)) < 0.55, 0, rng.integers(1, 4, (queries, per)))
    relevance[5] = relevance[17] = 0  # nothing relevant: left out
    sides = {
        "candidate": np.round(0.5 * relevance + rng.normal(size=(queries, per)), 0),  # ties on purpose
        "production": np.round(0.3 * relevance + rng.normal(size=(queries, per)), 0),
    }
    kept = [q for q in range(queries) if relevance[q].any()]
    whole = per
    measures = {
        "ndcg@4": lambda r, s: skl.ndcg_score([r], [s], k=4),
        "ndcg": lambda r, s: skl.ndcg_score([r], [s]),
        "ndcg_exp@4": lambda r, s: skl.ndcg_score([2.0**r - 1], [s], k=4),
        "map": lambda r, s: over_orders(ap_of, r, s, whole),
        "map@3": lambda r, s: over_orders(ap_of, r, s, 3),
        "mrr": lambda r, s: over_orders(rr_of, r, s, whole),
        "mrr@2": lambda r, s: over_orders(rr_of, r, s, 2),
        "recall@3": lambda r, s: over_orders(recall_of, r, s, 3),
    }
    cluster = np.arange(queries) // 2 % 19 + np.arange(queries) % 2 * 19  # 38 units over the queries
    made = {}
    for name, measure in measures.items():
        values = {side: np.array([measure(relevance[q], s[q]) for q in kept]) for side, s in sides.items()}
        made[name] = {
            "plain": mean_sides(values, np.ones(len(kept)), None),
            "clustered": mean_sides(values, np.ones(len(kept)), cluster[kept]),
        }
    return {"labels": relevance.ravel().tolist(), **{k: v.ravel().tolist() for k, v in sides.items()},
            "query": np.repeat(np.arange(queries), per).tolist(), "cluster": np.repeat(cluster, per).tolist(),
            "left_out": queries - len(kept), "metrics": made}


def main():
    rng = np.random.default_rng(41)
    result = {name: make(rng) for name, make in
              (("regression", regression), ("calibration", calibration), ("multiclass", multiclass), ("ranking", ranking))}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
