#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes labels.json: metrics of decisions by scikit-learn, their intervals by plain numpy and scipy.

Run with the project's Python: .venv/bin/python tests/unit/checks/references/labels.py
"""
import json
import pathlib
import warnings

import numpy as np
from scipy import optimize, stats
from sklearn import metrics as skl

warnings.simplefilter("error")
Z = stats.norm.ppf(0.95)
COST = np.array([[0, 1, 4, 2, 3], [2, 0, 1, 1, 5], [1, 6, 0, 2, 2], [3, 1, 1, 0, 1], [2.5, 2, 1, 7, 0]])


def wilson(events, n):
    low, high = stats.binomtest(int(events), int(n)).proportion_ci(0.90, method="wilson")
    return [low, high]


def tango(right, other):
    """Tango's interval by the definition: the nuisance share maximises the likelihood, found numerically."""
    n, b, c = len(right), int((right & ~other).sum()), int((~right & other).sum())

    def score(delta):
        def loss(share):  # share of production-only rows
            return -(b * np.log(share + delta) + c * np.log(share) + (n - b - c) * np.log(1 - 2 * share - delta))

        low, high = max(0, -delta) + 1e-13, (1 - delta) / 2 - 1e-13
        share = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-14}).x
        slope = lambda q: b / (q + delta) + c / q - 2 * (n - b - c) / (1 - 2 * q - delta)
        share = optimize.brentq(slope, max(low, share - 1e-4), min(high, share + 1e-4), xtol=1e-15)
        return (b - c - n * delta) / np.sqrt(n * (2 * share + delta - delta * delta))

    seen = (b - c) / n
    return [optimize.brentq(lambda d: score(d) - Z, -0.9, seen, xtol=1e-12),
            optimize.brentq(lambda d: score(d) + Z, seen, 0.9, xtol=1e-12)]


def mean_t(values):
    half = stats.t.ppf(0.95, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return [values.mean() - half, values.mean() + half]


def bootstrap(metric, label, sides, rng):
    """Percentile ends of 20,000 Poisson resamples, each with the Monte-Carlo error that 2,000 would have beside it."""
    weights = (rng.poisson(1, len(label)) for _ in range(20000))
    draws = np.array([[metric(label, side, weight) for side in sides] for weight in weights])
    ends = {}
    for name, values in (("candidate", draws[:, 0]), ("production", draws[:, 1]),
                         ("difference", draws[:, 0] - draws[:, 1])):
        near = np.quantile(values, [[0.035, 0.935], [0.065, 0.965]])
        spread = np.sqrt(0.05 * 0.95 / 2000) * (near[1] - near[0]) / 0.03  # of a quantile: sqrt(q(1-q)/B)/density
        ends[name] = {"interval": np.quantile(values, [0.05, 0.95]).tolist(), "error": spread.tolist()}
    return ends


def infinitesimal_jackknife(metric, sides, value):
    """t interval from the derivative of the metric by the weight of each row, taken numerically."""
    rows = len(sides[0])

    def influence(side):
        found = np.empty(rows)
        for row in range(rows):
            up, down = np.ones(rows), np.ones(rows)
            up[row] += 1e-4
            down[row] -= 1e-4
            found[row] = (metric(side, up) - metric(side, down)) / 2e-4
        return found

    one, two = influence(sides[0]), influence(sides[1])
    t = stats.t.ppf(0.95, rows - 1)
    ends = {}
    for name, psi, at in (("candidate", one, value[0]), ("production", two, value[1]),
                          ("difference", one - two, value[0] - value[1])):
        half = t * np.sqrt(rows / (rows - 1) * (psi**2).sum())
        ends[name] = [at - half, at + half]
    return ends


def weighted_jackknife(metric, sides, weight, cluster):
    """Values and t intervals under weights: the derivative by each row's weight times it, summed over its cluster."""
    value = [metric(side, weight) for side in sides]

    def influence(side):
        found = np.empty(len(weight))
        for row in range(len(weight)):
            up, down = weight.copy(), weight.copy()
            up[row] += 1e-4
            down[row] -= 1e-4
            found[row] = (metric(side, up) - metric(side, down)) / 2e-4 * weight[row]
        return np.array([found[cluster == unit].sum() for unit in np.unique(cluster)])

    one, two = influence(sides[0]), influence(sides[1])
    units = len(one)
    found = {}
    for name, psi, at in (("candidate", one, value[0]), ("production", two, value[1]),
                          ("difference", one - two, value[0] - value[1])):
        half = stats.t.ppf(0.95, units - 1) * np.sqrt(units / (units - 1) * (psi**2).sum())
        found[name] = [at, at - half, at + half]
    return found


def confusion(label, decided, weight, classes):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (label, decided), weight)
    return matrix


def mcc(matrix):
    s, c, t, p = matrix.sum(), np.trace(matrix), matrix.sum(1), matrix.sum(0)
    return (c * s - (t * p).sum()) / np.sqrt((s * s - (p * p).sum()) * (s * s - (t * t).sum()))


def kappa(matrix):
    s, t, p = matrix.sum(), matrix.sum(1), matrix.sum(0)
    chance = (t * p).sum() / s**2
    return (np.trace(matrix) / s - chance) / (1 - chance)


def precision_weighted(matrix):
    return (matrix.sum(1) * np.diag(matrix) / matrix.sum(0)).sum() / matrix.sum()


def f1_weighted(matrix):
    return (matrix.sum(1) * 2 * np.diag(matrix) / (matrix.sum(0) + matrix.sum(1))).sum() / matrix.sum()


FROM_MATRIX = {"matthews_corrcoef": mcc, "cohen_kappa": kappa, "precision_weighted": precision_weighted,
               "f1_weighted": f1_weighted}


def decision_values(label, decided):
    values = {"matthews_corrcoef": skl.matthews_corrcoef(label, decided),
              "cohen_kappa": skl.cohen_kappa_score(label, decided)}
    for name in ("precision", "recall", "f1"):
        values[f"{name}_weighted"] = getattr(skl, f"{name}_score")(label, decided, average="weighted")
    return values


def multiclass(rng, rows, classes):
    label = rng.choice(classes, rows, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    scores = []
    for strength in (1.7, 1.4):
        logits = rng.normal(size=(rows, classes))
        logits[np.arange(rows), label] += strength
        scores.append(np.round(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), 2))  # ties on purpose
    decided = [side.argmax(axis=1) for side in scores]
    values = [decision_values(label, side) for side in decided]
    intervals = {}
    for name, metric in FROM_MATRIX.items():
        assert np.allclose(values[0][name], metric(confusion(label, decided[0], 1, classes)))
        intervals[name] = bootstrap(lambda y, d, w: metric(confusion(y, d, w, classes)), label, decided, rng)
    exact = {}
    for k in (1, 2, 3):
        name = f"top_k_accuracy@{k}"
        hits = []
        for side, value in zip(scores, values):
            value[name] = skl.top_k_accuracy_score(label, side, k=k, labels=range(classes))
            order = np.argsort(side, axis=1, kind="stable")[:, ::-1][:, :k]
            hits.append((order == label[:, None]).any(axis=1))
            assert np.isclose(hits[-1].mean(), value[name])
        exact[name] = {"candidate": wilson(hits[0].sum(), rows), "production": wilson(hits[1].sum(), rows),
                       "difference": tango(*hits)}
    right = [side == label for side in decided]
    exact["recall_weighted"] = {"candidate": wilson(right[0].sum(), rows), "production": wilson(right[1].sum(), rows),
                                "difference": tango(*right)}
    cost = [COST[label, side] for side in decided]
    for value, side in zip(values, cost):
        value["expected_cost"] = side.mean()
    exact["expected_cost"] = {"candidate": mean_t(cost[0]), "production": mean_t(cost[1]),
                              "difference": mean_t(cost[0] - cost[1])}
    weight, cluster = rng.uniform(0.2, 3, rows).round(2), rng.integers(0, 60, rows)
    mean = lambda side, w: np.average(side, weights=w)
    weighed = {kind: {"expected_cost": weighted_jackknife(mean, cost, weight, unit),
                      "top_k_accuracy@3": weighted_jackknife(mean, hits, weight, unit)}
               for kind, unit in (("weighted", np.arange(rows)), ("clustered", cluster))}
    for kind, unit in (("weighted", np.arange(rows)), ("clustered", cluster)):
        for name, metric in FROM_MATRIX.items():
            weighed[kind][name] = weighted_jackknife(lambda side, w: metric(confusion(label, side, w, classes)),
                                                     decided, weight, unit)
        weighed[kind]["recall_weighted"] = weighted_jackknife(mean, right, weight, unit)
    for name, by_sklearn in (("matthews_corrcoef", skl.matthews_corrcoef), ("cohen_kappa", skl.cohen_kappa_score)):
        assert np.isclose(weighed["weighted"][name]["candidate"][0],
                          by_sklearn(label, decided[0], sample_weight=weight))
    assert np.isclose(weighed["weighted"]["top_k_accuracy@3"]["candidate"][0],
                      skl.top_k_accuracy_score(label, scores[0], k=3, labels=range(classes), sample_weight=weight))
    flips = int((right[1] & ~right[0]).sum())
    return {"weights": weight.tolist(), "clusters": cluster.tolist(), "weighed": weighed,
            "labels": label.tolist(), "classes": classes, "costs": COST.tolist(),
            "candidate": {"scores": scores[0].ravel().tolist(), "values": values[0]},
            "production": {"scores": scores[1].ravel().tolist(), "values": values[1]},
            "intervals": exact, "resampled": intervals,
            "flips": {"share": flips / rows, "interval": wilson(flips, rows)}}


def binary(rng, rows):
    label = (rng.random(rows) < 0.3).astype(int)
    decided = [np.where(rng.random(rows) < share, label, 1 - label) for share in (0.85, 0.8)]
    values = [{"matthews_corrcoef": skl.matthews_corrcoef(label, side),
               "cohen_kappa": skl.cohen_kappa_score(label, side)} for side in decided]
    exact = {name: infinitesimal_jackknife(lambda side, w: FROM_MATRIX[name](confusion(label, side, w, 2)), decided,
                                           [value[name] for value in values])
             for name in ("matthews_corrcoef", "cohen_kappa")}
    cost = [np.array([[0, 2.5], [40, 0]])[label, side] for side in decided]
    for value, side in zip(values, cost):
        value["expected_cost"] = side.mean()
    exact["expected_cost"] = {"candidate": mean_t(cost[0]), "production": mean_t(cost[1]),
                              "difference": mean_t(cost[0] - cost[1])}
    return {"labels": label.tolist(), "false_positive": 2.5, "false_negative": 40,
            "candidate": {"scores": decided[0].tolist(), "values": values[0]},
            "production": {"scores": decided[1].tolist(), "values": values[1]},
            "intervals": exact}


def macro_of(name, truth):
    """Macro or micro averages as functions of row weights."""
    def metric(said, weight):
        hit, called, there = ((x * weight[:, None]).sum(0) for x in (truth & said, said, truth))
        if name == "f1_micro":
            return 2 * hit.sum() / (called.sum() + there.sum())
        part = {"f1_macro": 2 * hit / (called + there), "precision_macro": hit / called, "recall_macro": hit / there}
        return part[name].mean()

    return metric


def auc_parts(truth, score):
    """Centred placements of every row for the mean of the labels' AUC: DeLong by its definition, in O(n²)."""
    rows, labels = truth.shape
    sums, aucs = np.zeros(rows), []
    for one in range(labels):
        positive, negative = np.flatnonzero(truth[:, one]), np.flatnonzero(1 - truth[:, one])
        beats = np.sign(score[positive, one][:, None] - score[negative, one][None, :]) / 2 + 0.5
        aucs.append(beats.mean())
        for where, placed in ((positive, beats.mean(1)), (negative, beats.mean(0))):
            size = len(where)
            sums[where] += (placed - aucs[-1]) / np.sqrt(size * (size - 1)) / labels
    return np.mean(aucs), sums


def multilabel(rng, rows):
    latent = rng.normal(size=(rows, 1))
    truth = (0.6 * latent + rng.normal(size=(rows, 4)) > [0.2, 0.6, -0.3, 0.9]).astype(int)
    scores = [np.round(1 / (1 + np.exp(-(1.8 * truth - 0.9 + noise * rng.normal(size=truth.shape)))), 2)
              for noise in (0.8, 1.0)]
    said = [(side >= 0.45).astype(int) for side in scores]
    values = []
    for side, score in zip(said, scores):
        values.append({
            "subset_accuracy": skl.accuracy_score(truth, side), "hamming_loss": skl.hamming_loss(truth, side),
            "f1_micro": skl.f1_score(truth, side, average="micro"),
            "f1_macro": skl.f1_score(truth, side, average="macro"),
            "precision_macro": skl.precision_score(truth, side, average="macro"),
            "recall_macro": skl.recall_score(truth, side, average="macro"),
            "roc_auc_macro": skl.roc_auc_score(truth, score, average="macro"),
        })
    right = [(side == truth).all(axis=1) for side in said]
    wrong = [(side != truth).mean(axis=1) for side in said]
    exact = {
        "subset_accuracy": {"candidate": wilson(right[0].sum(), rows), "production": wilson(right[1].sum(), rows),
                            "difference": tango(*right)},
        "hamming_loss": {"candidate": mean_t(wrong[0]), "production": mean_t(wrong[1]),
                         "difference": mean_t(wrong[0] - wrong[1])},
    }
    for name in ("f1_micro", "f1_macro", "precision_macro", "recall_macro"):
        metric = macro_of(name, truth)
        assert np.isclose(metric(said[0], np.ones(rows)), values[0][name])
        exact[name] = infinitesimal_jackknife(metric, said, [value[name] for value in values])
    (one, psi), (two, phi) = (auc_parts(truth, side) for side in scores)
    half = Z * np.sqrt(((psi - phi)**2).sum())
    logit = lambda auc, part: [
        1 / (1 + np.exp(-(np.log(auc / (1 - auc)) + sign * Z * np.sqrt((part**2).sum()) / (auc * (1 - auc)))))
        for sign in (-1, 1)]
    exact["roc_auc_macro"] = {"candidate": logit(one, psi), "production": logit(two, phi),
                              "difference": [one - two - half, one - two + half]}
    of_label = [{"recall": skl.recall_score(truth[:, 1], side[:, 1]),
                 "precision": skl.precision_score(truth[:, 1], side[:, 1]),
                 "f1": skl.f1_score(truth[:, 1], side[:, 1])} for side in said]
    weight, cluster = rng.uniform(0.2, 3, rows).round(2), rng.integers(0, 60, rows)
    mean = lambda side, w: np.average(side, weights=w)
    weighing = {"weighted": np.arange(rows), "clustered": cluster}
    weighed = {}
    for kind, unit in weighing.items():
        weighed[kind] = {name: weighted_jackknife(macro_of(name, truth), said, weight, unit)
                         for name in ("f1_micro", "f1_macro", "precision_macro", "recall_macro")}
        weighed[kind]["hamming_loss"] = weighted_jackknife(mean, wrong, weight, unit)
        weighed[kind]["subset_accuracy"] = weighted_jackknife(mean, right, weight, unit)
        weighed[kind]["negative_flips"] = weighted_jackknife(mean, [right[1] & ~right[0]] * 2, weight, unit)
        for name in ("f1_micro", "f1_macro"):
            by_sklearn = skl.f1_score(truth, said[0], average=name[3:], sample_weight=weight)
            assert np.isclose(by_sklearn, weighed[kind][name]["candidate"][0])
    flips = int((right[1] & ~right[0]).sum())
    return {"weights": weight.tolist(), "clusters": cluster.tolist(), "weighed": weighed, "names": ["even", "large", "looped", "round"], "bits": truth.ravel().tolist(), "threshold": 0.45,
            "candidate": {"scores": scores[0].ravel().tolist(), "values": values[0], "large": of_label[0]},
            "production": {"scores": scores[1].ravel().tolist(), "values": values[1], "large": of_label[1]},
            "intervals": exact, "flips": {"share": flips / rows, "interval": wilson(flips, rows)}}


def main():
    rng = np.random.default_rng(20261122)
    data = {"binary": binary(rng, 200), "multiclass": multiclass(rng, 260, 5), "multilabel": multilabel(rng, 240)}
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(data, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
