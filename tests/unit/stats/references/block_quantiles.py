#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes block_quantiles.json: intervals of a bootstrap of whole blocks (values concatenated, numpy.quantile, the
expanded tail of Hesterberg 2015 by scipy's t), the fewest values for an upper bound of a quantile by the binomial
distribution, and the ranks of a block's two bounds. The output is committed."""

import json
import math
import pathlib

import numpy as np
from scipy import stats

RNG = np.random.default_rng(20261123)


def intervals(blocks, q, replicates=100_000):
    n = len(blocks)
    tail = stats.norm.cdf(-math.sqrt(n / (n - 1)) * stats.t.isf(0.025, n - 1))
    redrawn = np.empty(replicates)
    for i in range(replicates):
        redrawn[i] = np.quantile(np.concatenate([blocks[j] for j in RNG.integers(n, size=n)]), q)
    low, high = np.quantile(redrawn, [tail, 1 - tail])
    return dict(q=q, low=low, high=high)


def floor(q, confidence):
    return next(n for n in range(1, 10_000) if stats.binom.cdf(n - 1, n, q) >= confidence)


def ranks(n, q):
    high = next(r for r in range(1, n + 1) if stats.binom.cdf(r - 1, n, q) >= 0.5)
    low = next(r for r in range(n, 0, -1) if stats.binom.sf(r - 1, n, q) >= 0.5)
    return dict(n=n, q=q, high=high, low=low)


if __name__ == "__main__":
    blocks = [np.round(RNG.gamma(3.0, size=int(size)) * scale, 4).astype(np.float32)
              for size, scale in zip((40, 55, 31, 60, 44, 52, 48, 39, 57), RNG.normal(1.0, 0.15, 9))]
    made = dict(blocks=[[float(x) for x in block] for block in blocks],
                intervals=[intervals(blocks, q) for q in (0.5, 0.9, 0.95)],
                floors=[dict(q=q, requests=floor(q, 0.99)) for q in (0.5, 0.9, 0.95, 0.99, 0.999)],
                ranks=[ranks(n, q) for n, q in ((2, .5), (100, .5), (8, .9), (15, .95), (77, .99), (100, .99),
                                                (1000, .99), (768, .999), (8000, .999))])
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(made, separators=(",", ":"), allow_nan=False) + "\n")
