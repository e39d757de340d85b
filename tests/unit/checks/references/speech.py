# SPDX-License-Identifier: Apache-2.0
"""What the product asks of a linearised rate where few units speak: no narrower than the score's interval of as many
independent rows as the linearised variance stands for. Plain sums and numerical maximisation."""
import numpy as np
from scipy import optimize, stats

FEW = 50


def heard(speaks, w, unit, copies, variance, spread):
    """Kish's n of the speaking units as if few among many, and the independent rows of a rate; judged rows only."""
    unit = np.arange(len(w)) if unit is None else unit
    own = [dict(w=w[unit == u].sum(), g=(w * speaks)[unit == u].sum(), n=copies[unit == u].sum()) for u in np.unique(unit)]
    rows_alone = len(own) == len(w)
    size = lambda key, of: sum(o[key] ** 2 / (o["n"] if rows_alone else 1) for o in of)
    total = w.sum()
    kish = total ** 2 / size("w", own)
    loud = [o for o in own if o["g"] > 0]
    if not loud:
        return 0, kish
    loud_weight = sum(o["w"] for o in loud)
    share = loud_weight / total
    units = sum(o["g"] for o in loud) ** 2 / size("g", loud)
    units = np.inf if share >= .5 else units * (1 - share) / (1 - 2 * share) ** 2
    if not (variance > 0 and spread > 0):
        return units, kish
    sizes = (size("w", loud) / loud_weight) / (size("w", own) / total)
    return units, min(total ** 2 / (w ** 2 / copies).sum(), spread / variance * sizes)


def tango_z(b, c, n, delta):
    """b and c of n rows one way and the other, against the difference delta; nuisance by maximum likelihood."""
    slope = lambda q: b / (q + delta) + c / q - 2 * (n - b - c) / (1 - 2 * q - delta)
    low, high = max(0, -delta) + 1e-14, (1 - delta) / 2 - 1e-14
    q = low if slope(low) < 0 else high if slope(high) > 0 else optimize.brentq(slope, low, high, xtol=1e-16)
    return (b - c - n * delta) / np.sqrt(n * (2 * q + delta - delta ** 2))


def tango(b, c, n, alpha):
    z = stats.norm.isf(alpha)
    middle = (b - c) / n
    end = lambda sign, edge: optimize.brentq(lambda d: tango_z(b, c, n, d) - sign * z, *sorted([middle, edge]), xtol=1e-14)
    return [end(1, -1 + 1e-9), end(-1, 1 - 1e-9)]


def wilson(p, n, alpha):
    z = stats.norm.isf(alpha)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [middle - half, middle + half]


def wider(one, other):
    return [min(one[0], other[0]), max(one[1], other[1])]
