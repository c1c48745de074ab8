"""Numbers that carry their derivatives: forward-mode duals over numpy.

A `Dual` is a value and its derivatives in P directions. The formulas of a case, which are closures over numpy, are
evaluated on it as they are, through `__array_ufunc__`; so a likelihood is differentiated exactly, without a second
version of any formula. P is the number of parameters that vary by row (a handful), never the number of coefficients
behind them: `standoff.fit.likelihood` multiplies by the design afterwards.

The functions below take plain arrays as well and then give plain arrays: a computation asked for no derivative costs
none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Dual(np.lib.mixins.NDArrayOperatorsMixin):
    """`value` [...] float64 and `tangent` [P, ...], broadcastable to [P, *value.shape].

    Comparisons and tests are those of the values. Where a derivative does not exist (a kink of `min`, `max`, `abs`)
    it is that of the first argument, or 0 for `abs`.
    """

    value: Floats
    tangent: Floats

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs.get("out") is not None:
            return NotImplemented
        with np.errstate(all="ignore"):
            if ufunc in _UNARY:
                return _UNARY[ufunc](*inputs)
            if ufunc in _BINARY:
                return _BINARY[ufunc](*inputs)
            if ufunc in _TESTS:
                return ufunc(*(value_of(part) for part in inputs))
        return NotImplemented

    def __array_function__(self, function: Any, types: Any, arguments: Any, kwargs: Any) -> Any:
        if function is np.where and not kwargs and len(arguments) == 3:
            return where(*arguments)
        return NotImplemented

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    def __getitem__(self, at: Any) -> Dual:
        """Index all axes of the value alike; None and slices allowed, and one index array."""
        spread = full_tangent(self)
        return Dual(self.value[at], spread[(slice(None), *(at if isinstance(at, tuple) else (at,)))])

    def reshape(self, *shape: int) -> Dual:
        spread = full_tangent(self)
        value = self.value.reshape(*shape)
        return Dual(value, spread.reshape(spread.shape[0], *value.shape))

    def sum(self, axis: int) -> Dual:
        """Sum over an axis of the value, counted from 0."""
        return Dual(self.value.sum(axis), full_tangent(self).sum(axis + 1))


Number: TypeAlias = Dual | Floats


def value_of(x: Any) -> Any:
    """The value without derivatives."""
    return x.value if isinstance(x, Dual) else x


def seeds(values: Sequence[Floats]) -> list[Dual]:
    """The variables to differentiate in: the i-th has derivative 1 in direction i."""
    found = []
    for i, value in enumerate(values):
        one = np.zeros((len(values), *np.shape(value)))
        one[i] = 1.0
        found.append(Dual(np.asarray(value, float), one))
    return found


def full_tangent(x: Dual) -> Floats:
    """The tangent at its full shape [P, *value.shape]."""
    aligned = _aligned(x, x.value.ndim)
    shape = (aligned.shape[0], *x.value.shape)
    return aligned if aligned.shape == shape else np.broadcast_to(aligned, shape)


def _aligned(x: Dual, ndim: int) -> Floats:
    """The tangent with axes of length 1 after the first, so that it broadcasts against `ndim` value axes."""
    t = x.tangent
    missing = ndim + 1 - t.ndim
    return t.reshape(t.shape[0], *(1,) * missing, *t.shape[1:]) if missing > 0 else t


def _times(slope: Any, tangent: Floats) -> Floats:
    """slope * tangent, with 0 where the tangent is 0 however steep the slope."""
    product = slope * tangent
    if not np.isfinite(slope).all():
        product = np.where(tangent == 0, 0.0, product)
    return np.asarray(product)


def _unary(function: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        value = function(x.value)
        return Dual(value, _times(slope(x.value, value), _aligned(x, value.ndim)))

    return apply


def _binary(
    function: Callable[[Any, Any], Any], left: Callable[[Any, Any, Any], Any], right: Callable[[Any, Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    def apply(x: Any, y: Any) -> Any:
        a, b = value_of(x), value_of(y)
        value = np.asarray(function(a, b))
        parts = []
        if isinstance(x, Dual):
            parts.append(_times(left(a, b, value), _aligned(x, value.ndim)))
        if isinstance(y, Dual):
            parts.append(_times(right(a, b, value), _aligned(y, value.ndim)))
        return Dual(value, parts[0] if len(parts) == 1 else parts[0] + parts[1])

    return apply


def _one(*_: Any) -> Any:
    return 1.0


def _power_base(a: Any, b: Any, value: Any) -> Any:
    return np.where(np.asarray(b) == 0, 0.0, b * np.power(a, np.asarray(b) - 1.0))


def _power_exponent(a: Any, b: Any, value: Any) -> Any:
    return np.where(np.asarray(a) > 0, value * np.log(np.where(np.asarray(a) > 0, a, 1.0)), 0.0)


_UNARY: dict[np.ufunc, Callable[[Any], Any]] = {
    np.negative: lambda x: Dual(-x.value, -x.tangent),
    np.positive: lambda x: x,
    np.exp: _unary(np.exp, lambda x, f: f),
    np.expm1: _unary(np.expm1, lambda x, f: f + 1.0),
    np.log: _unary(np.log, lambda x, f: 1.0 / x),
    np.log1p: _unary(np.log1p, lambda x, f: 1.0 / (1.0 + x)),
    np.sqrt: _unary(np.sqrt, lambda x, f: 0.5 / f),
    np.square: _unary(np.square, lambda x, f: 2.0 * x),
    np.absolute: _unary(np.absolute, lambda x, f: np.sign(x)),
}
_BINARY: dict[np.ufunc, Callable[[Any, Any], Any]] = {
    np.add: _binary(np.add, _one, _one),
    np.subtract: _binary(np.subtract, _one, lambda a, b, f: -1.0),
    np.multiply: _binary(np.multiply, lambda a, b, f: b, lambda a, b, f: a),
    np.true_divide: _binary(np.true_divide, lambda a, b, f: 1.0 / b, lambda a, b, f: -f / b),
    np.power: _binary(np.power, _power_base, _power_exponent),
    np.remainder: _binary(np.remainder, _one, lambda a, b, f: -np.floor_divide(a, b)),
    np.minimum: _binary(np.minimum, lambda a, b, f: 1.0 * (a <= b), lambda a, b, f: 1.0 * (a > b)),
    np.maximum: _binary(np.maximum, lambda a, b, f: 1.0 * (a >= b), lambda a, b, f: 1.0 * (a < b)),
}
_TESTS = frozenset(
    {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.isfinite, np.isnan,
     np.logical_and, np.logical_or, np.logical_not}
)  # fmt: skip


def where(asked: Any, yes: Any, no: Any) -> Any:
    """`np.where` of which the branches may be duals."""
    asked = value_of(asked)
    value = np.where(asked, value_of(yes), value_of(no))
    if not (isinstance(yes, Dual) or isinstance(no, Dual)):
        return value
    parts = [_aligned(x, value.ndim) if isinstance(x, Dual) else np.zeros((1,) * (value.ndim + 1)) for x in (yes, no)]
    return Dual(value, np.where(asked, parts[0], parts[1]))


def exp(x: Any) -> Any:
    return np.exp(x)


def log(x: Any) -> Any:
    """Natural logarithm; -inf with derivative 0 where `x` is 0 or below, for chances that are nil."""
    value = np.asarray(value_of(x), float)
    nil = value <= 0
    kept = np.where(nil, 1.0, value)
    found = np.where(nil, -np.inf, np.log(kept))
    if not isinstance(x, Dual):
        return found
    return Dual(found, np.where(nil, 0.0, _aligned(x, value.ndim) / kept))


def ndtr(x: Any) -> Any:
    """The standard normal distribution function."""
    from scipy.special import ndtr as cdf

    value = cdf(value_of(x))
    if not isinstance(x, Dual):
        return value
    return Dual(value, _times(np.exp(-0.5 * x.value**2) / np.sqrt(2 * np.pi), _aligned(x, value.ndim)))


def log_ndtr(x: Any) -> Any:
    """Its logarithm, exact far into the lower tail, with slope sqrt(2/pi) / erfcx(-x / sqrt 2)."""
    from scipy.special import erfcx
    from scipy.special import log_ndtr as log_cdf

    value = log_cdf(value_of(x))
    if not isinstance(x, Dual):
        return value
    slope = np.sqrt(2 / np.pi) / erfcx(-x.value / np.sqrt(2))
    return Dual(value, _times(slope, _aligned(x, value.ndim)))


def log_quantile(x: Any) -> Any:
    """The standard normal quantile of a probability given as its logarithm."""
    from scipy.special import ndtri_exp

    value = ndtri_exp(value_of(x))
    if not isinstance(x, Dual):
        return value
    slope = np.exp(x.value + 0.5 * value**2) * np.sqrt(2 * np.pi)
    return Dual(value, _times(slope, _aligned(x, value.ndim)))


def logsumexp(x: Any, axis: int = 0) -> Any:
    """log of the sum of exp over an axis of the value; -inf where nothing is there, with derivative 0."""
    value = value_of(x)
    top = value.max(axis, keepdims=True)
    base = np.where(np.isfinite(top), top, 0.0)
    raised = np.exp(value - base)
    total = raised.sum(axis, keepdims=True)
    nil = total == 0
    found = np.where(nil, -np.inf, np.log(np.where(nil, 1.0, total)) + base).squeeze(axis)
    if not isinstance(x, Dual):
        return found
    shares = raised / np.where(nil, 1.0, total)
    return Dual(found, (shares * full_tangent(x)).sum(axis + 1))


def log_softmax(x: Any, axis: int = 0) -> Any:
    """x less its logsumexp: logarithms that stay finite however small the chance."""
    total = logsumexp(x, axis)
    spread = tuple(slice(None) if i != axis else None for i in range(value_of(x).ndim))
    return x - total[spread]


def log_sum_runs(x: Any, starts: Ints) -> Any:
    """logsumexp over the runs of axis 0 that begin at `starts`; no run is empty."""
    value = value_of(x)
    if len(starts) == len(value):
        return x
    sizes = np.diff(np.append(starts, len(value)))
    top = np.maximum.reduceat(value, starts, axis=0)
    base = np.where(np.isfinite(top), top, 0.0)
    raised = np.exp(value - np.repeat(base, sizes, axis=0))
    total = np.add.reduceat(raised, starts, axis=0)
    nil = total == 0
    found = np.where(nil, -np.inf, np.log(np.where(nil, 1.0, total)) + base)
    if not isinstance(x, Dual):
        return found
    shares = raised / np.repeat(np.where(nil, 1.0, total), sizes, axis=0)
    return Dual(found, np.add.reduceat(shares * full_tangent(x), starts, axis=1))


def sum_runs(x: Any, starts: Ints) -> Any:
    """Sums over the runs of axis 0 that begin at `starts`; no run is empty."""
    if len(starts) == len(value_of(x)):
        return x
    if not isinstance(x, Dual):
        return np.add.reduceat(x, starts, axis=0)
    return Dual(np.add.reduceat(x.value, starts, axis=0), np.add.reduceat(full_tangent(x), starts, axis=1))


def concatenate(parts: Sequence[Any]) -> Any:
    """Along axis 0, after broadcasting the other axes against each other."""
    values = [value_of(part) for part in parts]
    tail = np.broadcast_shapes(*(value.shape[1:] for value in values))
    joined = np.concatenate([np.broadcast_to(value, (len(value), *tail)) for value in values])
    P = next((part.tangent.shape[0] for part in parts if isinstance(part, Dual)), None)
    if P is None:
        return joined
    tangents = [
        np.broadcast_to(full_tangent(part), (P, len(value), *tail))
        if isinstance(part, Dual)
        else np.zeros((P, len(value), *tail))
        for part, value in zip(parts, values, strict=True)
    ]
    return Dual(joined, np.concatenate(tangents, axis=1))


def stack(parts: Sequence[Any]) -> Any:
    """Along a new axis 0, after broadcasting."""
    return concatenate([part[None] for part in parts])


def swapped(x: Any, a: int, b: int) -> Any:
    """Two axes of the value in each other's place."""
    if not isinstance(x, Dual):
        return np.swapaxes(x, a, b)
    return Dual(np.swapaxes(x.value, a, b), np.swapaxes(full_tangent(x), a + 1, b + 1))


def weighted(matrix: Any, x: Any) -> Any:
    """matrix [targets, k] (dense or sparse) times the first k rows of x [n, rows]."""
    k = matrix.shape[1]
    if not isinstance(x, Dual):
        return np.asarray(matrix @ x[:k])
    return Dual(
        np.asarray(matrix @ x.value[:k]), np.stack([np.asarray(matrix @ one[:k]) for one in full_tangent(x)])
    )
