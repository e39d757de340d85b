# SPDX-License-Identifier: Apache-2.0
"""Writes planning.json: chances, rows and margins of the planner by scipy, statsmodels and plain sums over all outcomes.

    python tests/unit/checks/references/planning.py
"""
import json
import math
import pathlib

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.power import normal_power, normal_sample_size_one_tail

ALPHA, POWER = 0.05, 0.9
Z = stats.norm.isf(ALPHA)


def tango_z(b, c, n, delta):
    """Tango 1998, eqs. (5)-(8): the restricted estimate q of P(production only) and the score."""
    big = 2 * n
    lin = -b - c + (2 * n - b + c) * delta
    const = -c * delta * (1 - delta)
    q = (math.sqrt(lin * lin - 4 * big * const) - lin) / (2 * big)
    variance = n * (2 * q + delta * (1 - delta))
    return (b - c - n * delta) / math.sqrt(variance) if variance > 0 else math.inf


def pass_chance(n, disc, margin):
    """Sum over all numbers of discordant rows s and of those the candidate wins."""
    chance = 0.0
    for s in range(n + 1):
        weight = stats.binom.pmf(s, n, disc)
        if weight < 1e-14:
            continue
        wins = np.arange(s + 1)
        passes = np.array([tango_z(b, s - b, n, -margin) > Z for b in wins])
        chance += weight * stats.binom.pmf(wins[passes], s, 0.5).sum()
    return chance


def smallest_margin(n, disc):
    low, high = 0.0, 1 - 1e-9
    while high - low > 1e-8:
        middle = (low + high) / 2
        low, high = (low, middle) if pass_chance(n, disc, middle) >= POWER else (middle, high)
    return high


def auc_variance():
    """2(E PhiX^2 - E PhiX PhiY), X, Y ~ N(mu, 1) of correlation .8, as bivariate normal orthants."""
    h = stats.norm.ppf(.8)   # mu / sqrt 2
    orthant = lambda r: stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([h, h])
    return 2 * (orthant(.5) - orthant(.4))


def kish(weights, units):
    sums = np.bincount(units, weights)
    return sums.sum() ** 2 / (sums ** 2).sum()


def main():
    rng = np.random.default_rng(7)
    weights = rng.lognormal(0, 1, 60).round(3)
    units = rng.integers(0, 25, 60)
    out = {
        "pass_chance": [{"n": n, "disc": d, "margin": m, "chance": pass_chance(n, d, m)}
                        for n, d, m in ((120, .1, .05), (200, .02, .01), (300, .1, .06), (400, .05, .03))],
        "smallest": [{"n": n, "disc": d, "margin": smallest_margin(n, d)} for n, d in ((60, .1), (150, .05), (250, .1))],
        "mean": [{"se": se, "margin": m,
                  "pass": float(normal_power(m / se, 1, ALPHA, alternative="larger")),
                  "fail": float(stats.norm.cdf(-m / se - Z)),
                  "smallest": float(brentq(lambda x, se=se: normal_power(x / se, 1, ALPHA, "larger") - POWER, 0, 10, xtol=1e-14))}
                 for se, m in ((.01, .02), (.004, .01), (.02, .01))],
        "rows": [{"disc": d, "margin": m,   # statsmodels: one-sided normal sample size
                  "rows": float(normal_sample_size_one_tail(m, POWER, ALPHA, std_null=math.sqrt(d)))}
                 for d, m in ((.1, .01), (.05, .01), (.1, .02))],
        "alike": [{"se": se, "limit": t,
                   "pass": float(max(0, stats.norm.cdf(t / se - Z) - stats.norm.cdf(-t / se + Z))),
                   "smallest": float(brentq(lambda x, se=se: stats.norm.cdf(x / se - Z) - stats.norm.cdf(-x / se + Z) - POWER,
                                            se, 10 * se, xtol=1e-14))} for se, t in ((.03, .1), (.02, .05))],
        "auc_variance": auc_variance(),
        "kish": {"weights": weights.tolist(), "units": units.tolist(), "rows_alone": kish(weights, np.arange(60)),
                 "by_unit": kish(weights, units)},
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
