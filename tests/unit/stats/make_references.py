#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes references.json: values for the tests of gate/stats, computed by scipy, statsmodels and scikit-learn, or slowly
and by another route (numerical likelihoods, O(n^2) kernels, enumeration). The output is committed."""

import itertools
import json
import math
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_score, roc_auc_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (confint_proportions_2indep, proportion_confint, proportions_ztest,
                                          test_proportions_2indep)

RNG = np.random.default_rng(20261122)
NORMAL = stats.norm()


def rates():
    out = []
    for k, n, alpha, limit in [(0, 20, .05, .1), (20, 20, .05, .9), (1, 29, .025, .1), (81, 263, .025, .3),
                               (997, 1000, .05, .99), (861, 1000, .05, .85), (170_000, 1_000_000, .01, .1705)]:
        wilson = proportion_confint(k, n, alpha=2 * alpha, method="wilson")
        exact = proportion_confint(k, n, alpha=2 * alpha, method="beta")
        z, at_most = proportions_ztest(k, n, limit, alternative="larger", prop_var=limit)
        at_least = proportions_ztest(k, n, limit, alternative="smaller", prop_var=limit)[1]
        out.append(dict(k=k, n=n, alpha=alpha, limit=limit, wilson=wilson, clopper_pearson=exact, at_most=at_most,
                        at_least=at_least))
    return out


def root_or_edge(score, high):
    """Where a falling function of t in (0, high) is 0, or the edge beyond which that lies."""
    eps = 1e-14 * high
    if score(eps) <= 0:
        return 0.0
    if score(high - eps) >= 0:
        return high
    return optimize.brentq(score, eps, high - eps, xtol=1e-18, rtol=1e-15)


def tango_z(b, c, n, delta):
    """Tango's score with the trinomial likelihood under p12 - p21 = delta maximised numerically."""
    up, down = max(0.0, delta), max(0.0, -delta)                # p12 = t + up, p21 = t + down
    high = (1.0 - abs(delta)) / 2.0

    def score(t):                                               # derivative of the log-likelihood
        return ((b / (t + up) if b else 0.0) + (c / (t + down) if c else 0.0)
                - 2 * (n - b - c) / (1 - 2 * t - abs(delta)))

    t = root_or_edge(score, high)
    return (b - c - n * delta) / math.sqrt(n * (2 * t + abs(delta) - delta * delta))


def paired():
    out = []
    for b, c, n, alpha, delta in [(0, 0, 267, .05, -.01), (0, 0, 268, .05, -.01), (1, 0, 30, .05, -.02),
                                  (0, 7, 100, .05, -.05), (5, 12, 250, .05, -.03), (43, 57, 1000, .05, -.01),
                                  (86, 150, 1600, .025, 0.0), (50_000, 50_900, 1_000_000, .01, -.002),
                                  (9, 2, 12, .025, .2), (30, 10, 200, .05, .02)]:
        z = tango_z(b, c, n, delta)
        critical = NORMAL.isf(alpha)
        low = optimize.brentq(lambda d: tango_z(b, c, n, d) - critical, -.97, .97, xtol=1e-14)
        high = optimize.brentq(lambda d: tango_z(b, c, n, d) + critical, -.97, .97, xtol=1e-14)
        out.append(dict(b=b, c=c, n=n, alpha=alpha, delta=delta, z=z, low=low, high=high, at_most=NORMAL.sf(z),
                        at_least=NORMAL.cdf(z)))
    return out


def ratio_z(a, b, c, d, theta):
    """Nam & Blackwelder's score with the full four-cell likelihood maximised numerically."""
    n = a + b + c + d
    s = (n - d) / n                                             # p00 keeps its free estimate
    low = max(0.0, (1 - theta) * s)
    q10 = max(0.0, (theta - 1) * s)                             # p01 = low + t, theta p10 = q10 + t
    high = s / (theta + 1) - low

    def score(t):                                               # p11 = (theta+1)(high-t)/theta
        return ((b / (q10 + t) if b else 0.0) + (c / (low + t) if c else 0.0) - (a / (high - t) if a else 0.0))

    t = root_or_edge(score, high)
    return (a + b - theta * (a + c)) / math.sqrt(n * (q10 + t + theta * (low + t)))


def paired_ratio():
    out = []
    for a, b, c, d, alpha, theta in [(30, 4, 6, 60, .05, .9), (43, 0, 1, 6, .025, .95), (200, 20, 35, 745, .05, .95),
                                     (50, 0, 0, 50, .05, .9), (12, 9, 3, 76, .05, 1.1), (0, 5, 8, 87, .05, .8),
                                     (40_000, 3000, 3300, 900_000, .01, .99), (25, 3, 0, 10, .025, 1.05)]:
        z = ratio_z(a, b, c, d, theta)
        critical = NORMAL.isf(alpha)
        def end(level):
            return math.exp(optimize.brentq(lambda u: ratio_z(a, b, c, d, math.exp(u)) - level, -8, 8, xtol=1e-14))
        out.append(dict(both=a, b=b, c=c, neither=d, alpha=alpha, theta=theta, z=z, at_most=NORMAL.sf(z),
                        at_least=NORMAL.cdf(z), low=end(critical), high=end(-critical)))
    return out


def two_rates():
    out = []
    for k1, n1, k2, n2, alpha, gap, ratio in [(56, 70, 48, 80, .025, .1, 1.1), (9, 10, 3, 10, .025, .1, 1.5),
                                              (36, 40, 16, 80, .025, .5, 3.0), (240, 300, 700, 1000, .05, .05, .8),
                                              (5, 56, 1, 29, .05, -.05, .8), (18, 300, 90, 1000, .05, 0.0, .8),
                                              (80_100, 100_000, 790_000, 1_000_000, .001, .02, 1.02)]:
        def newcombe(level):
            return confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff", alpha=2 * level)
        low, high = newcombe(alpha)
        if k1 / n1 - k2 / n2 > gap:
            at_most = optimize.brentq(lambda level: newcombe(level)[0] - gap, 1e-12, .5 - 1e-12, xtol=1e-15)
        else:
            at_most = 1 - optimize.brentq(lambda level: newcombe(level)[1] - gap, 1e-12, .5 - 1e-12, xtol=1e-15)
        koopman = confint_proportions_2indep(k1, n1, k2, n2, method="score", compare="ratio", correction=False,
                                             alpha=2 * alpha)
        p = test_proportions_2indep(k1, n1, k2, n2, value=ratio, method="score", compare="ratio", correction=False,
                                    alternative="larger").pvalue
        out.append(dict(k1=k1, n1=n1, k2=k2, n2=n2, alpha=alpha, gap=gap, ratio=ratio, newcombe=[low, high],
                        newcombe_at_most=at_most, koopman=list(koopman), koopman_at_most=float(p)))
    return out


def kernel_delong(labels, first, second):
    """DeLong by the O(mn) Mann-Whitney kernel, nothing ranked."""
    def parts(s):
        x, y = s[labels == 1][:, None], s[labels == 0][None, :]
        k = (x > y) + 0.5 * (x == y)
        return k.mean(), k.mean(axis=1), k.mean(axis=0)
    a1, v10, v01 = parts(first)
    a2, w10, w01 = parts(second)
    m, n = (labels == 1).sum(), (labels == 0).sum()
    cov = lambda p, q, r, s: np.cov(p, q, ddof=1)[0, 1] / m + np.cov(r, s, ddof=1)[0, 1] / n
    return a1, a2, cov(v10, v10, v01, v01), cov(w10, w10, w01, w01), cov(v10, w10, v01, w01)


def auc():
    out = []
    for n, share, digits in [(40, .5, 1), (300, .1, 2), (500, .4, 9)]:
        labels = (RNG.random(n) < share).astype(int)
        base = RNG.normal(size=n) + 1.2 * labels
        first = np.round(base + RNG.normal(size=n) * .6, digits)
        second = np.round(base + RNG.normal(size=n) * .6, digits)
        groups = RNG.integers(0, 3, size=n)
        rows = []
        for g in [None, 0, 1, 2]:
            keep = slice(None) if g is None else groups == g
            a1, a2, v1, v2, cov = kernel_delong(labels[keep], first[keep], second[keep])
            assert abs(a1 - roc_auc_score(labels[keep], first[keep])) < 1e-12
            se = math.sqrt(v1) / (a1 * (1 - a1))
            lo, hi = (1 / (1 + math.exp(-(math.log(a1 / (1 - a1)) + s * NORMAL.isf(.05) * se))) for s in (-1, 1))
            z = (math.log(a1 / (1 - a1)) - math.log(.7 / .3)) / se
            sd = math.sqrt(v1 + v2 - 2 * cov)
            contrast = math.sqrt(v1 + .81 * v2 - 1.8 * cov)
            rows.append(dict(group=-1 if g is None else g, candidate=a1, production=a2, v1=v1, v2=v2, cov=cov,
                             interval=[lo, hi], at_most=NORMAL.sf(z), at_least=NORMAL.cdf(z),
                             diff_at_most=NORMAL.sf((a1 - a2 + .01) / sd),
                             diff=[a1 - a2 - NORMAL.isf(.05) * sd, a1 - a2 + NORMAL.isf(.05) * sd],
                             percent_at_most=NORMAL.sf((a1 - .9 * a2) / contrast)))
        out.append(dict(labels=labels.tolist(), first=first.tolist(), second=second.tolist(), groups=groups.tolist(),
                        results=rows))
    return out


def means():
    out = []
    for n, offset, weighted in [(25, 0.0, False), (200, 1e6, False), (60, .3, True), (2, 1.0, False)]:
        x = offset + RNG.normal(size=n)
        w = RNG.gamma(2.0, size=n) if weighted else np.ones(n)
        cluster = RNG.integers(0, 9, size=n) if n > 9 else np.arange(n)
        ones = np.ones((n, 1))
        row = sm.WLS(x, ones, weights=w).fit(cov_type="HC1", use_t=True)
        grouped = sm.WLS(x, ones, weights=w).fit(cov_type="cluster", cov_kwds=dict(groups=cluster), use_t=True)
        limit = offset - .1
        t, dof = (row.params[0] - limit) / row.bse[0], n - 1
        half = stats.t.isf(.05, dof) * row.bse[0]
        units = len(set(cluster.tolist()))
        out.append(dict(x=x.tolist(), w=w.tolist(), cluster=cluster.tolist(), limit=limit, mean=row.params[0],
                        se=row.bse[0], low=row.params[0] - half, high=row.params[0] + half,
                        at_most=stats.t.sf(t, dof), at_least=stats.t.cdf(t, dof), cluster_se=grouped.bse[0],
                        units=units, kish=w.sum() ** 2 / (w ** 2).sum()))
    return out


def philox(counter, seed):
    """Philox4x32-10 in Python integers."""
    x, key = list(counter), [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(p1 >> 32) ^ x[1] ^ key[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ x[3] ^ key[1], p0 & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return x


def randoms():
    blocks = [dict(counter=c, seed=s, block=philox(c, s)) for c, s in
              [([0, 0, 0, 0], 0), ([1, 2, 3, 4], 5), ([0xFFFFFFFF] * 4, (1 << 64) - 1), ([7, 0, 1999, 2], 1)]]
    rows, seed = 11, 42
    moments = RNG.normal(size=(rows, 3)).round(3)
    sums = []
    for replicate in (0, 1, 777):
        weights = []
        for i in range(rows):
            u = philox([i - i % 4, 0, replicate, 2], seed)[i % 4]
            weights.append(int(stats.poisson.ppf((u + .5) / 2 ** 32, 1)))
        sums.append(dict(replicate=replicate, sums=(np.array(weights) @ moments).tolist()))
    means, cells = [0.0, 0.7, 3.0, 9.5], []
    for replicate in (0, 5):
        draw = []
        for cell, mean in enumerate(means):
            hi, lo = philox([0, cell, replicate, 1], seed)[:2]
            u = (((hi << 20) | (lo >> 12)) + .5) * 2.0 ** -52
            draw.append(0 if mean == 0 else int(stats.poisson.ppf(u, mean)))
        cells.append(dict(replicate=replicate, draw=draw))
    return dict(blocks=blocks, seed=seed, moments=moments.ravel().tolist(), sums=sums, means=means, cells=cells)


def holm():
    out = []
    for p in [[.01, .04, .03, .005], [.2, .9, .5], [.001, .001, .02, .02, 1.0], [.3]]:
        out.append(dict(p=p, adjusted=multipletests(p, method="holm")[1].tolist()))
    return out


def signed_rank():
    out = []
    for n in (6, 9, 13, 20):
        x = RNG.normal(.4, 1, size=n)
        walsh = sorted((x[i] + x[j]) / 2 for i in range(n) for j in range(i, n))
        ways = np.zeros(n * (n + 1) // 2 + 1)                  # subsets of 1..n by their sum, counted
        ways[0] = 1
        for r in range(1, n + 1):
            ways[r:] = ways[r:] + ways[:-r]
        cdf = np.cumsum(ways) / 2.0 ** n
        if n == 6:
            sums = [sum(s) for k in range(7) for s in itertools.combinations(range(1, 7), k)]
            assert abs(cdf[3] - np.mean(np.array(sums) <= 3)) < 1e-15
        intervals = []
        for level in (.0313, .05, .1):
            k = int((cdf <= level / 2 + 1e-15).sum())
            if k:
                intervals.append(dict(level=level, low=walsh[k - 1], high=walsh[-k]))
        out.append(dict(x=x.tolist(), hl=float(np.median(walsh)), shift=.1, intervals=intervals,
                        at_most=stats.wilcoxon(x - .1, alternative="greater", method="exact").pvalue,
                        at_least=stats.wilcoxon(x - .1, alternative="less", method="exact").pvalue))
    return out


def quantiles():
    x = RNG.gamma(3.0, size=700).round(6)
    out = dict(x=x.tolist(), points=[], bounds=[])
    for q in (0.0, .05, .5, .95, .99, 1.0):
        out["points"].append(dict(q=q, value=float(np.quantile(x, q))))
    ordered = np.sort(x)
    for q, confidence in [(.5, .95), (.95, .95), (.99, .95), (.99, .99)]:
        rank = next(r for r in range(1, 701) if stats.binom.cdf(r - 1, 700, q) >= confidence)
        low = next(r for r in range(700, 0, -1) if stats.binom.sf(r - 1, 700, q) >= confidence)
        out["bounds"].append(dict(q=q, confidence=confidence, upper=ordered[rank - 1], lower=ordered[low - 1]))
    return out


def tango_z_closed(b, c, n, delta):
    """Vectorised closed form; agreement with the numerical likelihood is what paired() tests."""
    A, B, C = 2 * n, -b - c + (2 * n - b + c) * delta, -c * delta * (1 - delta)
    q = (np.sqrt(B * B - 4 * A * C) - B) / (2 * A)
    return (b - c - n * delta) / np.sqrt(n * (2 * q + delta * (1 - delta)))


def power():
    out = []
    for n, disc, margin, alpha in [(200, .1, .01, .05), (1000, .1, .01, .05), (1000, .02, .01, .05),
                                   (300, .0, .01, .05),
                                   (3000, .05, .01, .025), (5000, .1, .01, .05), (200_000, .1, .001, .05)]:
        chance, critical = 0.0, NORMAL.isf(alpha)
        sd = math.sqrt(n * disc * (1 - disc))
        for s in range(max(0, int(n * disc - 9 * sd)), min(n, int(n * disc + 9 * sd) + 2)):
            b = np.arange(0, s + 1) if s < 4000 else np.arange(int(s / 2 - 5 * s ** .5), int(s / 2 + 5 * s ** .5))
            passes = tango_z_closed(b, s - b, n, -margin) > critical
            chance += stats.binom.pmf(s, n, disc) * stats.binom.pmf(b[passes], s, .5).sum()
            if s >= 4000:
                chance += stats.binom.pmf(s, n, disc) * stats.binom.sf(b[-1], s, .5)
        out.append(dict(n=n, disc=disc, margin=margin, alpha=alpha, chance=chance))
    return out


def delta():
    """Standard errors by the infinitesimal jackknife: numerical derivatives of the weighted metric in each weight."""
    n = 600
    y = (RNG.random(n) < .3).astype(int)
    c = np.where(RNG.random(n) < .8, y, 1 - y)
    p = np.where(RNG.random(n) < .7, c, np.where(RNG.random(n) < .75, y, 1 - y))
    cells = np.zeros((2, 2, 2), int)
    np.add.at(cells, (y, c, p), 1)
    out = []
    metrics = dict(precision=precision_score, f1=f1_score, balanced_accuracy=balanced_accuracy_score)
    for name, metric in metrics.items():
        for factor in (0.0, 1.0, .95):
            def value(w):
                return metric(y, c, sample_weight=w) - factor * metric(y, p, sample_weight=w)
            influence, h = {}, 1e-4
            for cell in itertools.product((0, 1), repeat=3):
                rows = np.flatnonzero((y == cell[0]) & (c == cell[1]) & (p == cell[2]))
                if len(rows):
                    up, down = np.ones(n), np.ones(n)
                    up[rows[0]] += h
                    down[rows[0]] -= h
                    influence[cell] = (value(up) - value(down)) / (2 * h)
            square = sum(cells[cell] * i * i for cell, i in influence.items())
            out.append(dict(metric=name, factor=factor, value=value(np.ones(n)), se=math.sqrt(n / (n - 1) * square)))
    return dict(cells=cells.ravel().tolist(), results=out)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


if __name__ == "__main__":
    made = dict(rates=rates(), paired=paired(), paired_ratio=paired_ratio(), two_rates=two_rates(), auc=auc(),
                means=means(), random=randoms(), holm=holm(), signed_rank=signed_rank(), quantiles=quantiles(),
                power=power(), delta=delta())
    target = pathlib.Path(__file__).with_name("references.json")
    target.write_text(json.dumps(plain(made), separators=(",", ":"), allow_nan=False) + "\n")
