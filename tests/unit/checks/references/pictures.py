#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes pictures.json: the whole curves, bins and matrices of scikit-learn, scipy and numpy that pictures are drawn of.

Run: .venv/bin/python tests/unit/checks/references/pictures.py
"""
import json
import pathlib

import numpy as np
from scipy import stats
from sklearn import metrics as skl
from sklearn.calibration import calibration_curve

BINS = 15
MOST_CLASSES = 20


def short(values, digits=8):
    return [round(float(v), digits) for v in values]


def roc(label, score, weight=None):
    x, y, _ = skl.roc_curve(label, score, sample_weight=weight, drop_intermediate=False)
    return {"x": short(x), "y": short(y)}


def precision_recall(label, score, weight=None):
    precision, recall, _ = skl.precision_recall_curve(label, score, sample_weight=weight)
    return {"x": short(recall[::-1]), "y": short(precision[::-1])}


def reliability(came, score):
    """scikit-learn's calibration_curve with the rows of every bin and scipy's Wilson interval."""
    observed, mean = calibration_curve(came, score, n_bins=BINS, strategy="uniform")
    rows = np.histogram(score, bins=BINS, range=(0, 1))[0]
    bins = []
    for o, m, n in zip(observed, mean, rows[rows > 0]):
        wilson = stats.binomtest(int(round(o * n)), int(n)).proportion_ci(0.95, method="wilson")
        bins.append({"observed": float(o), "score": float(m), "rows": int(n), "interval": [wilson.low, wilson.high]})
    return bins


def binary(rng, rows):
    label = (rng.random(rows) < 0.2).astype(int)
    weight = np.round(rng.gamma(2.0, 0.7, rows), 3)
    weight[:5] = 0
    ability = rng.normal(size=rows) + 1.5 * label
    sides = {}
    for name, noise, digits in (("candidate", 0.6, 9), ("production", 1.2, 2)):   # production's scores tie
        score = np.round(1 / (1 + np.exp(-(ability + noise * rng.normal(size=rows) - 1.5))), digits)
        sides[name] = {"scores": score.tolist(), "roc": roc(label, score), "precision_recall": precision_recall(label, score),
                       "weighted_roc": roc(label, score, weight),
                       "weighted_precision_recall": precision_recall(label, score, weight),
                       "reliability": reliability(label, score) if digits > 2 else None,
                       "confusion": skl.confusion_matrix(label, score >= 0.4).ravel().tolist()}
    return {"labels": label.tolist(), "weights": weight.tolist(), "threshold": 0.4, **sides}


def multiclass(rng, rows, classes, keep_scores):
    label = np.minimum(rng.geometric(0.12, rows) - 1, classes - 1)
    sides = {}
    for name, strength in (("candidate", 3.0), ("production", 2.0)):
        logits = rng.normal(size=(rows, classes))
        logits[np.arange(rows), label] += strength
        scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        decided = scores.argmax(axis=1)
        sides[name] = {"decided": decided.tolist(), "confusion": folded(label, decided, classes).ravel().tolist()}
        if keep_scores:
            sides[name] |= {"scores": np.round(scores, 7).ravel().tolist(),
                            "reliability": reliability(decided == label, np.round(scores, 7).max(axis=1))}
    return {"classes": classes, "kept": kept(label, classes), "labels": label.tolist(), **sides}


def kept(label, classes):
    """The classes with the most rows, the lower number first where they tie, in their own order."""
    if classes <= MOST_CLASSES:
        return list(range(classes))
    rows = np.bincount(label, minlength=classes)
    return sorted(np.lexsort((np.arange(classes), -rows))[: MOST_CLASSES - 1].tolist())


def folded(label, decided, classes):
    """The confusion matrix with every class that is not kept as one last class."""
    names = kept(label, classes)
    place = {c: names.index(c) if c in names else len(names) for c in range(classes)}
    return skl.confusion_matrix([place[c] for c in label], [place[c] for c in decided],
                                labels=range(len(names) + (classes > len(names))))


def ecdf(values):
    """Every value with numpy's share of values at or below."""
    ordered = np.unique(values)
    return {"x": [float(f"{v:.9g}") for v in ordered], "y": short(np.searchsorted(np.sort(values), ordered, side="right") / len(values))}


def regression(rng, rows):
    label = np.round(rng.normal(50, 20, rows), 4)
    sides = {}
    for name, spread in (("candidate", 3.0), ("production", 2.0)):
        value = np.round(label + spread * rng.standard_t(3, rows), 4)
        sides[name] = {"values": value.tolist(), "ecdf": ecdf(np.abs(value - label))}
    return {"labels": label.tolist(), **sides}


def latency(rng, requests):
    sides = {}
    for name, typical in (("candidate", 2.0), ("production", 1.6)):
        seconds = (typical * 1e-3 * rng.lognormal(0, 0.3, requests)).astype(np.float32)
        sides[name] = {"seconds": seconds.astype(float).tolist(), "ecdf": ecdf(seconds.astype(float) * 1000)}
    return sides


def main():
    rng = np.random.default_rng(20261122)
    data = {"binary": binary(rng, 500), "multiclass": multiclass(rng, 200, 4, True),
            "many_classes": multiclass(rng, 700, 30, False), "regression": regression(rng, 400), "latency": latency(rng, 400)}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
