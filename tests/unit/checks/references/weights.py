# SPDX-License-Identifier: Apache-2.0
"""Writes weights.json beside it: metrics of weighted, clustered, counted and reweighted rows.

Values by scikit-learn with sample_weight; standard errors by the plainest means there are: statsmodels' cluster-robust
least squares for means and rates, a numerical derivative of scikit-learn's metric in each row's weight for the others,
and every pair of rows, one by one, for ROC AUC (Obuchowski 1997). A few minutes. Run: python weights.py
"""
import json
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics

import speech

RNG = np.random.default_rng(20261122)
ROWS, UNITS, ALPHA, TARGET = 300, 45, .05, .2


def draw():
    unit = np.sort(RNG.choice(UNITS, ROWS, p=RNG.dirichlet(np.full(UNITS, 3.0))))
    unit = RNG.permutation(np.unique(unit, return_inverse=True)[1])
    lift = RNG.normal(0, .8, UNITS)[unit]
    label = (RNG.random(ROWS) < .35).astype(int)
    base = RNG.normal(size=ROWS) + 1.4 * label + lift
    squash = lambda x: np.round(1 / (1 + np.exp(-(x - .7))), 3)           # rounding makes ties
    return dict(label=label, unit=unit, weight=np.round(RNG.gamma(2, .6, ROWS) + .1, 3),
                frequency=RNG.integers(0, 4, ROWS), exposure=np.round(RNG.gamma(3, .5, ROWS) + .05, 3),
                candidate=squash(base + RNG.normal(0, .7, ROWS)), production=squash(base + RNG.normal(0, .9, ROWS)),
                value=np.round(5 + 2 * base + RNG.normal(0, 1, ROWS), 3),
                candidate_value=np.round(5 + 2 * base + lift * .3, 3),
                production_value=np.round(5.2 + 1.9 * base + RNG.normal(0, .4, ROWS), 3))


D = draw()
decide = lambda s: (s >= .5).astype(int)
BINARY = dict(
    accuracy=lambda y, s, w: metrics.accuracy_score(y, decide(s), sample_weight=w),
    recall=lambda y, s, w: metrics.recall_score(y, decide(s), sample_weight=w),
    specificity=lambda y, s, w: metrics.recall_score(y, decide(s), sample_weight=w, pos_label=0),
    precision=lambda y, s, w: metrics.precision_score(y, decide(s), sample_weight=w),
    f1=lambda y, s, w: metrics.f1_score(y, decide(s), sample_weight=w),
    balanced_accuracy=lambda y, s, w: metrics.balanced_accuracy_score(y, decide(s), sample_weight=w),
    log_loss=lambda y, s, w: metrics.log_loss(y, np.clip(s, 1e-15, 1 - 1e-15), sample_weight=w),
    brier_score=lambda y, s, w: metrics.brier_score_loss(y, s, sample_weight=w))
RATES = ("accuracy", "recall", "specificity")
REGRESSION = dict(
    mae=lambda y, s, w: metrics.mean_absolute_error(y, s, sample_weight=w),
    rmse=lambda y, s, w: np.sqrt(metrics.mean_squared_error(y, s, sample_weight=w)),
    r2=lambda y, s, w: metrics.r2_score(y, s, sample_weight=w))


def influence(metric, y, s, w):
    """w_i times the derivative of the metric in w_i, five points a row."""
    out = np.zeros(len(y))
    for i in range(len(y)):
        if w[i] == 0:
            continue
        h = 1e-2 * w[i]
        at = []
        for move in (-2, -1, 1, 2):
            moved = w.astype(float).copy()
            moved[i] += move * h
            at.append(metric(y, s, moved))
        out[i] = w[i] * (8 * (at[2] - at[1]) - (at[3] - at[0])) / (12 * h)
    return out


def by_unit(psi, unit, copies):
    """Sum of squares over units times G/(G - 1), and G."""
    if unit is None:
        squares, units = np.sum(psi[copies > 0] ** 2 / copies[copies > 0]), copies.sum()
    else:
        sums = np.array([psi[unit == u].sum() for u in np.unique(unit)])
        squares, units = np.sum(sums ** 2), len(sums)
    return squares * units / (units - 1), int(units)


def ends(value, variance, units):
    half = stats.t.isf(ALPHA, units - 1) * np.sqrt(variance)
    return [value - half, value + half]


def case(metric, y, c, p, w, unit, copies, judged):
    """Values and t intervals of both models and their difference; units are those with judged rows."""
    keep = judged & (w > 0)
    y, c, p, w, copies = y[keep], c[keep], p[keep], w[keep].astype(float), copies[keep]
    unit = None if unit is None else unit[keep]
    psi = [influence(metric, y, s, w) for s in (c, p)]
    value = [metric(y, s, w) for s in (c, p)]
    parts = [*psi, psi[0] - psi[1]]
    values = [*value, value[0] - value[1]]
    out = {}
    for name, v, x in zip(("candidate", "production", "difference"), values, parts):
        variance, units = by_unit(x, unit, copies)
        out[name] = dict(value=v, interval=ends(v, variance, units))
    factor = .9                                                   # a percent margin of 10 %: candidate - .9 production
    variance, units = by_unit(psi[0] - factor * psi[1], unit, copies)
    out["p_percent"] = float(stats.t.sf((value[0] - factor * value[1]) / np.sqrt(variance), units - 1))
    out["units"] = units
    return out


def rate_case(name, y, c, p, w, unit, copies, judged):
    """case() of a rate; where few units speak no surer than the score of as many rows."""
    out = case(BINARY[name], y, c, p, w, unit, copies, judged)
    keep = judged & (w > 0)
    y, w, copies, unit = y[keep], w[keep].astype(float), copies[keep], None if unit is None else unit[keep]
    yes = [decide(s[keep]) == y for s in (c, p)]
    t = stats.t.isf(ALPHA, out["units"] - 1)
    variance = {k: ((out[k]["interval"][1] - out[k]["interval"][0]) / 2 / t) ** 2 for k in ("candidate", "difference")}
    value = out["candidate"]["value"]
    heard = speech.heard(yes[0] == (value <= .5), w, unit, copies, variance["candidate"], value * (1 - value))
    if heard[0] < speech.FEW:
        out["candidate"]["interval"] = speech.wider(out["candidate"]["interval"], speech.wilson(value, heard[1], ALPHA))
    b, c = [(w * (one & ~two)).sum() / w.sum() for one, two in (yes, yes[::-1])]
    units, rows = speech.heard(yes[0] != yes[1], w, unit, copies, variance["difference"], b + c - (b - c) ** 2)
    if units < speech.FEW:
        out["difference"]["interval"] = speech.wider(out["difference"]["interval"],
                                                     speech.tango(b * rows, c * rows, rows, ALPHA))
        score = stats.norm.sf(speech.tango_z(b * rows, c * rows, rows, -.1 * out["production"]["value"]))
        out["p_percent"] = float(min(out["p_percent"], score))    # the fail's p is the larger of the two
    return out


def sandwich(y, w, unit):
    """statsmodels: a weighted mean with cluster-robust (or HC1) errors and t with units - 1."""
    model = sm.WLS(y, np.ones(len(y)), weights=w)
    if unit is None:
        fit = model.fit(cov_type="HC1", use_t=True)
        return [float(x) for x in fit.conf_int(2 * ALPHA)[0]]
    fit = model.fit(cov_type="cluster", cov_kwds=dict(groups=unit), use_t=True)
    half = stats.t.isf(ALPHA, len(np.unique(unit)) - 1) * fit.bse[0]
    return [float(fit.params[0] - half), float(fit.params[0] + half)]


def naive_auc(y, c, p, w, unit, copies):
    """Obuchowski's components from every pair of rows."""
    pos, neg = np.flatnonzero((y == 1) & (w > 0)), np.flatnonzero((y == 0) & (w > 0))
    out, parts = [], []
    for s in (c, p):
        wins = (s[pos][:, None] > s[neg]) + .5 * (s[pos][:, None] == s[neg])
        v10 = wins @ w[neg] / w[neg].sum()
        v01 = w[pos] @ wins / w[pos].sum()
        auc = w[pos] @ v10 / w[pos].sum()
        out.append(auc)
        parts.append((w[pos] * (v10 - auc) / w[pos].sum(), w[neg] * (v01 - auc) / w[neg].sum()))

    def cov(i, j):
        (a, b), (x, z) = parts[i], parts[j]
        if unit is None:
            m, n = copies[pos].sum(), copies[neg].sum()
            return np.sum(a * x / copies[pos]) * m / (m - 1) + np.sum(b * z / copies[neg]) * n / (n - 1)
        units = np.unique(unit[w > 0])
        sums = lambda v, rows: np.array([v[unit[rows] == u].sum() for u in units])
        a, x, b, z = sums(a, pos), sums(x, pos), sums(b, neg), sums(z, neg)
        m, n, g = len(np.unique(unit[pos])), len(np.unique(unit[neg])), len(units)
        return a @ x * m / (m - 1) + b @ z * n / (n - 1) + (a @ z + b @ x) * g / (g - 1)

    counted = unit is None and not np.all(copies == 1)            # frequencies: DeLong's normal
    units = int((w > 0).sum()) if unit is None else len(np.unique(unit[w > 0]))
    quantile = stats.norm.isf(ALPHA) if counted else stats.t.isf(ALPHA, units - 1)
    tail = stats.norm.sf if counted else (lambda z: stats.t.sf(z, units - 1))
    result = {}
    for i, name in enumerate(("candidate", "production")):
        centre = np.log(out[i] / (1 - out[i]))
        half = quantile * np.sqrt(cov(i, i)) / (out[i] * (1 - out[i]))
        result[name] = dict(value=out[i], interval=[1 / (1 + np.exp(-(centre - half))), 1 / (1 + np.exp(-(centre + half)))])
    gap, variance = out[0] - out[1], cov(0, 0) + cov(1, 1) - 2 * cov(0, 1)
    half = quantile * np.sqrt(variance)
    result["difference"] = dict(value=gap, interval=[gap - half, gap + half])
    error = np.sqrt(cov(0, 0) + .81 * cov(1, 1) - 1.8 * cov(0, 1))
    result["p_percent"] = float(tail((out[0] - .9 * out[1]) / error))
    result["units"] = units
    return result


def scenario(weight, cluster, target=None):
    w = np.ones(ROWS) if weight is None else D[weight].astype(float)
    counted = weight == "frequency" and not cluster
    copies = w.copy() if counted else (w > 0).astype(float)
    unit = D["unit"] if cluster else None
    out = dict(weight=weight, cluster=cluster, target=target, binary={}, regression={})
    if target is not None:
        share = w[D["label"] == 1].sum() / w.sum()
        w = w * np.where(D["label"] == 1, target / share, (1 - target) / (1 - share))
    judged_by = dict(recall=D["label"] == 1, specificity=D["label"] == 0)
    score_alone = counted and target is None                      # the score methods on the expanded rows
    for name, metric in BINARY.items():
        if score_alone and name not in ("log_loss", "brier_score"):
            continue
        if not cluster and weight != "weight" and name in judged_by:
            continue                                              # rows of one label weigh alike
        rows = (D["label"], D["candidate"], D["production"], w, unit, copies, judged_by.get(name, np.ones(ROWS, bool)))
        out["binary"][name] = rate_case(name, *rows) if name in RATES else case(metric, *rows)
    if cluster or weight is not None:
        out["binary"]["roc_auc"] = naive_auc(D["label"], D["candidate"], D["production"], w, unit, copies)
    if weight != "frequency":
        gap = (decide(D["candidate"]) == D["label"]) * 1. - (decide(D["production"]) == D["label"])
        out["sandwich_accuracy"] = sandwich(gap, w, unit)
    if target is None:
        for name, metric in REGRESSION.items():
            out["regression"][name] = case(metric, D["value"], D["candidate_value"], D["production_value"], w, unit,
                                           copies, np.ones(ROWS, bool))
    return out


def exposed(cluster):
    """Sum of absolute errors over sum of exposures, both models."""
    x, e = [np.abs(D[f"{m}_value"] - D["value"]) for m in ("candidate", "production")], D["exposure"]
    unit = D["unit"] if cluster else None
    value = [v.sum() / e.sum() for v in x]
    psi = [(v - t * e) / e.sum() for v, t in zip(x, value)]
    out = {}
    for name, v, part in (("candidate", value[0], psi[0]), ("production", value[1], psi[1]),
                          ("difference", value[0] - value[1], psi[0] - psi[1])):
        variance, units = by_unit(part, unit, np.ones(ROWS))
        out[name] = dict(value=v, interval=ends(v, variance, units))
    return dict(cluster=cluster, units=units, mae=out)


def main():
    cases = [scenario("weight", False), scenario(None, True), scenario("weight", True), scenario("frequency", False),
             scenario("frequency", True), scenario(None, False, TARGET), scenario("weight", True, TARGET),
             scenario("frequency", False, TARGET)]
    data = {k: v.tolist() for k, v in D.items()}
    text = json.dumps(dict(data=data, alpha=ALPHA, cases=cases, exposure=[exposed(False), exposed(True)]),
                      default=lambda x: x.item() if hasattr(x, "item") else x)
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
