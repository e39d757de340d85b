#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes references.json: small seeded data with the values of scikit-learn and fairlearn.

Run with the project's Python: .venv/bin/python tests/unit/checks/make_references.py
"""
import json
import pathlib
import warnings

import numpy as np
from fairlearn import metrics as fair
from sklearn import metrics as skl

warnings.simplefilter("error")


def binary(rng, rows):
    label = (rng.random(rows) < 0.3).astype(int)
    ability = rng.normal(size=rows) + 1.2 * label
    sides = {}
    for name, noise in (("candidate", 0.6), ("production", 0.9)):
        score = 1 / (1 + np.exp(-(ability + noise * rng.normal(size=rows) - 1)))
        score = np.round(score, 3)  # ties on purpose
        score[:2] = (0.0, 1.0)  # clipped by log_loss
        decided = (score >= 0.4).astype(int)
        sides[name] = {
            "scores": score.tolist(),
            "values": {
                "accuracy": skl.accuracy_score(label, decided),
                "precision": skl.precision_score(label, decided),
                "recall": skl.recall_score(label, decided),
                "specificity": skl.recall_score(label, decided, pos_label=0),
                "f1": skl.f1_score(label, decided),
                "balanced_accuracy": skl.balanced_accuracy_score(label, decided),
                "roc_auc": skl.roc_auc_score(label, score),
                "log_loss": skl.log_loss(label, score),
                "brier_score": skl.brier_score_loss(label, score),
            },
        }
    return {"labels": label.tolist(), "threshold": 0.4, **sides}


def multiclass(rng, rows, classes):
    label = rng.integers(0, classes, rows)
    sides = {}
    for name, strength in (("candidate", 1.6), ("production", 1.2)):
        logits = rng.normal(size=(rows, classes))
        logits[np.arange(rows), label] += strength
        scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        decided = scores.argmax(axis=1)
        values = {
            "accuracy": skl.accuracy_score(label, decided),
            "balanced_accuracy": skl.balanced_accuracy_score(label, decided),
            "f1_macro": skl.f1_score(label, decided, average="macro"),
            "precision_macro": skl.precision_score(label, decided, average="macro"),
            "recall_macro": skl.recall_score(label, decided, average="macro"),
            "log_loss": skl.log_loss(label, scores),
        }
        of_class_2 = {
            "recall": skl.recall_score(label, decided, average=None)[2],
            "precision": skl.precision_score(label, decided, average=None)[2],
            "f1": skl.f1_score(label, decided, average=None)[2],
        }
        sides[name] = {"scores": scores.ravel().tolist(), "values": values, "class_2": of_class_2}
    return {"labels": label.tolist(), "classes": classes, **sides}


def regression(rng, rows):
    label = 1000 + 50 * rng.normal(size=rows)
    sides = {}
    for name, noise in (("candidate", 20), ("production", 30)):
        value = label + noise * rng.normal(size=rows)
        sides[name] = {
            "scores": value.tolist(),
            "values": {
                "mae": skl.mean_absolute_error(label, value),
                "rmse": skl.root_mean_squared_error(label, value),
                "r2": skl.r2_score(label, value),
            },
        }
    return {"labels": label.tolist(), **sides}


def bias(rng, rows):
    group = rng.choice(["A", "B", "C"], rows, p=[0.5, 0.4, 0.1])
    label = (rng.random(rows) < 0.4).astype(int)
    score = np.clip(0.5 * label + 0.1 * (group == "A") + 0.6 * rng.random(rows), 0, 1)
    decided = (score >= 0.5).astype(int)
    common = {"y_true": label, "y_pred": decided, "sensitive_features": group}
    return {
        "labels": label.tolist(),
        "groups": group.tolist(),
        "scores": score.tolist(),
        "values": {
            "demographic_parity_difference": fair.demographic_parity_difference(**common),
            "demographic_parity_ratio": fair.demographic_parity_ratio(**common),
            "equal_opportunity_difference": fair.equal_opportunity_difference(**common),
            "equalized_odds_difference": fair.equalized_odds_difference(**common),
        },
    }


def main():
    rng = np.random.default_rng(20261122)
    references = {
        "binary": binary(rng, 300),
        "multiclass": multiclass(rng, 240, 4),
        "regression": regression(rng, 150),
        "bias": bias(rng, 400),
    }
    target = pathlib.Path(__file__).with_name("references.json")
    target.write_text(json.dumps(references, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
