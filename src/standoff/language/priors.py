"""Priors of parameters: quantile functions, so that one point of the unit cube is one draw.

Families and their parametrisation are those of `standoff.language.document.Prior`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from standoff.language.document import Prior

Floats = NDArray[np.float64]
_Z95 = 1.6448536269514722  # standard normal quantile at 0.95


def family(prior: Prior) -> tuple[str, tuple[float, ...]]:
    """Name of the one family a prior states, and its numbers. Raises ValueError if there is not exactly one."""
    stated = [(name, getattr(prior, name)) for name in type(prior).model_fields if getattr(prior, name) is not None]
    if len(stated) != 1:
        raise ValueError("a prior states exactly one family")
    name, value = stated[0]
    if name == "from_":
        return "from", value.values
    return name, (value,) if isinstance(value, float) else tuple(value)


def quantile(prior: Prior, u: Floats | float) -> Floats:
    """Value of the prior at probability `u` (any shape, in the open interval 0..1), float64, same shape."""
    from scipy import special

    name, numbers = family(prior)
    u = np.asarray(u, float)
    if name == "from":
        rank = np.sort(np.array(numbers, float))
        return np.asarray(np.interp(u, (np.arange(len(rank)) + 0.5) / len(rank), rank))
    if name == "fixed":
        return np.full(u.shape, numbers[0])
    if name == "uniform":
        low, high = numbers
        return np.asarray(low + (high - low) * u)
    if name == "triangular":
        low, mode, high = numbers
        if high == low:
            return np.full(u.shape, low)
        split = (mode - low) / (high - low)
        left = low + np.sqrt(u * (high - low) * (mode - low))
        right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u < split, left, right)
    if name == "beta":
        return np.asarray(special.betaincinv(numbers[0], numbers[1], u))
    if name == "normal":
        return np.asarray(numbers[0] + numbers[1] * special.ndtri(u))
    median, spread = numbers
    return np.asarray(median * np.exp(special.ndtri(u) * math.log(spread) / _Z95))


def at_point(prior: Prior, u: float) -> float:
    """The draw that a coordinate of the unit cube stands for: the quantile, but of posterior draws the one at that
    place of their file, so that parameters of one file are drawn together."""
    if prior.from_ is None:
        return float(quantile(prior, u))
    values = prior.from_.values
    return values[min(int(u * len(values)), len(values) - 1)]


def mean(prior: Prior) -> float:
    """Expected value of the prior, in closed form."""
    name, numbers = family(prior)
    if name == "from":
        return sum(numbers) / len(numbers)
    if name in ("fixed", "normal"):
        return numbers[0]
    if name == "uniform":
        return (numbers[0] + numbers[1]) / 2
    if name == "triangular":
        return sum(numbers) / 3
    if name == "beta":
        return numbers[0] / (numbers[0] + numbers[1])
    median, spread = numbers
    return median * math.exp((math.log(spread) / _Z95) ** 2 / 2)


def in_words(prior: Prior) -> str:
    """``beta(2, 5)``: the way a prior is printed."""
    name, numbers = family(prior)
    if prior.from_ is not None:
        return f"{prior.from_.parameter} as fitted in {prior.from_.file}"
    return f"{name}({', '.join(f'{x:g}' for x in numbers)})"
