"""Scenario discovery: the box of inputs in which something happens (weighted PRIM).

Peel: of all ways to cut a twentieth off one end of one input, take the one that raises the share of interest most for
the weight it costs; go on until the box would hold less than `least` of the weight or nothing helps. Paste: put back
what raises it. Then choose on that path (`chosen`), keep the limits that carry the box (`simplified`), and
see on draws that had no part in it whether the box holds (`trial`): with some forty inputs and a hundred draws, a
path always finds a box.

A draw of weight 2 is the same as that draw made twice: quantiles, masses and quasi-p values are those of an ensemble
of `count` draws, in which each is repeated by its weight. At equal weights the path is that of EMA Workbench 2.5
(real-valued inputs, its default objective `lenient1`): boxes, coverage, density, mass and quasi-p. Inputs that are
whole numbers there take a peel of their own; here every input is a number on a scale.

Sources: Friedman and Fisher 1999, Statistics and Computing 9 (PRIM); Bryant and Lempert 2010, Technological
Forecasting and Social Change 77 (scenario discovery, quasi-p, resampling); Kwakkel and Jaxa-Rozen 2016, Environmental
Modelling & Software 79 (the lenient objective).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from standoff.analysis.moment_independent import resampled
from standoff.analysis.ranks import spearman
from standoff.forecast.weights import effective
from standoff.game.model import Floats

Bools = NDArray[np.bool_]
ALPHA = 0.05  # share of a box that a peel takes off, and a paste puts on
LEAST = 0.10  # of the weight that a box holds
CHANCE = 0.05  # quasi-p above which a restriction may be chance
SCREEN = 12  # inputs that are looked at, those whose ranks go most with the interest
FEW = (1, 2, 3, 4)  # and in so few of them first
ROUNDING = 1e-9  # share of a box's weight: a step that moves less takes nothing off, and puts nothing on
MOST = 4  # restrictions in one box: more nobody can hold in mind


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Limits low and high [P], the least and largest value where unrestricted; draws `inside` [D]; coverage (the
    share of the interest that is inside), density (the share of the inside that is of interest), mass (share of the
    weight)."""

    low: Floats
    high: Floats
    inside: Bools
    coverage: float
    density: float
    mass: float

    @property
    def score(self) -> float:
        """Harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2 * self.coverage * self.density / both if both > 0 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a search shares: X [D, P], interest [D], weights [D] that sum to `count`, and the orders of the
    columns."""

    X: Floats
    y: Bools
    w: Floats
    count: float
    order: NDArray[np.intp]
    sorted_: Floats
    least: Floats  # [P]
    most: Floats


def scene(X: Floats, y: Bools, w: Floats, count: float | None = None) -> Scene:
    """Set up a search over draws X [D, P] of which `y` [D] are of interest. count: what the weights are worth, Kish's
    if not given. Draws of zero weight have no part in it."""
    used = w > 0
    X, y, w = X[used], np.asarray(y, bool)[used], w[used]
    n = effective(w) if count is None else count
    total = float(w.sum())
    order = np.argsort(X, axis=0, kind="stable")
    sorted_ = np.take_along_axis(X, order, axis=0)
    return Scene(X, y, w if total == n else w * (n / total), n, order, sorted_, sorted_[0], sorted_[-1])


def _held(x: Floats, low: Floats, high: Floats) -> Bools:
    """Which draws [D] of x [D, P] lie in a box, its limits included."""
    return np.asarray(((x >= low) & (x <= high)).all(axis=1))


def box_of(at: Scene, low: Floats, high: Floats, inside: Bools | None = None) -> Box:
    """The box with these limits and what it holds."""
    within: Bools = _held(at.X, low, high) if inside is None else inside
    held, good = float(at.w[within].sum()), float(at.w[within & at.y].sum())
    interest = float(at.w[at.y].sum())
    return Box(low, high, within, good / interest if interest else 0.0, good / held if held else 0.0, held / at.count)


def prim(at: Scene, *, alpha: float = ALPHA, paste: float = ALPHA, least: float = LEAST) -> list[Box]:
    """The peeling and pasting path, from the box that holds everything. O(steps P D)."""
    path = [box_of(at, at.least, at.most)]
    while (found := _peel(at, path[-1], alpha, least)) is not None:
        path.append(found)
    while (found := _paste(at, path[-1], paste, least)) is not None:
        path.append(found)
    return path


def _cut(values: Floats, w: Floats, inside: Bools, n: float, share: float) -> Floats:
    """Where a peel cuts [P]: halfway between neighbours in an ensemble of n draws, never through draws of one value.

    values, w, inside [D, P] in the order of each column; share of the box below the cut."""
    cum = np.cumsum(np.where(inside, w, 0.0), axis=0)
    place = (n - 1) * share
    slack = 1e-9 * max(n, 1.0)
    column = np.arange(values.shape[1])

    def nth(k: float) -> Floats:
        row = np.argmax(cum > min(k, n - 1e-6) + slack, axis=0)  # the draw that holds place k, from 0
        return np.asarray(values[row, column])

    low, high = nth(math.floor(max(place, 0.0))), nth(math.ceil(max(place, 0.0)))
    same = low == high
    if share > 0.5:
        before = np.where(inside & (values < high), values, -np.inf).max(axis=0)
        low = np.where(same & np.isfinite(before), before, low)
    else:
        after = np.where(inside & (values > low), values, np.inf).min(axis=0)
        high = np.where(same & np.isfinite(after), after, high)
    return np.asarray((low + high) / 2)


def _gain(old: float, new: Floats, n_old: float, n_new: Floats) -> Floats:
    """The lenient objective: rise of the mean for each unit of weight given up or taken in."""
    change = np.abs(n_old - n_new)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((new != old) & (change > ROUNDING * n_old), (new - old) / change, 0.0)


def _best(gains: Floats, free: NDArray[np.int_]) -> int:
    """The largest gain; of equal ones, that which leaves most inputs free; of those, the first."""
    top = np.flatnonzero(gains == gains.max())
    return int(top[np.argmax(free[top])])


def _peel(at: Scene, box: Box, alpha: float, least: float) -> Box | None:
    inside = box.inside[at.order]
    w = at.w[at.order]
    n = float(at.w[box.inside].sum())
    good = at.w * at.y
    mean = float(good[box.inside].sum()) / n
    P = at.X.shape[1]
    upper = _cut(at.sorted_, w, inside, n, 1 - alpha)
    lower = _cut(at.sorted_, w, inside, n, alpha)
    x = at.X
    kept = np.stack([x <= upper, x >= lower], axis=2) & box.inside[:, None, None]  # [D, P, 2]
    flat = kept.reshape(len(at.w), 2 * P)
    held, interest = at.w @ flat, good @ flat
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(held > 0, interest / held, 0.0)
    gains = _gain(mean, means, n, held)
    tight = (box.low != at.least) | (box.high != at.most)
    after = np.stack([tight | (upper != at.most), tight | (lower != at.least)], axis=1)
    free = P - (tight.sum() - tight[:, None] + after).reshape(-1)
    i = _best(gains, free)
    if not (held[i] / at.count >= least and held[i] < n and gains[i] > 0):
        return None
    p, side = divmod(i, 2)
    low, high = box.low.copy(), box.high.copy()
    if side == 0:
        high[p] = upper[p]
    else:
        low[p] = lower[p]
    return box_of(at, low, high, flat[:, i])


def _paste(at: Scene, box: Box, share: float, least: float) -> Box | None:
    tight = np.flatnonzero((box.low != at.least) | (box.high != at.most))
    if not len(tight):
        return None
    n = float(at.w[box.inside].sum())
    mean = float(at.w[box.inside & at.y].sum()) / n
    columns = at.X[:, tight]
    within = (columns >= box.low[tight]) & (columns <= box.high[tight])  # [D, R]
    tried: list[Box] = []
    held, means = [], []
    for r, p in enumerate(tight):
        others = np.delete(within, r, axis=1).all(axis=1)
        for side in (0, 1):
            x = at.X[:, p]
            slab = others & ((x <= box.low[p]) if side == 0 else (x >= box.high[p]))
            low, high = box.low.copy(), box.high.copy()
            limit = at.least[p] if side == 0 else at.most[p]
            if slab.any():
                values, order = at.sorted_[:, [p]], at.order[:, [p]]
                limit = _cut(
                    values, at.w[order], slab[order], float(at.w[slab].sum()), 1 - share if side == 0 else share
                )[0]
            (low if side == 0 else high)[p] = limit
            new = box_of(at, low, high)
            tried.append(new)
            held.append(float(at.w[new.inside].sum()))
            means.append(float(at.w[new.inside & at.y].sum()) / held[-1] if held[-1] else 0.0)
    gains = _gain(mean, np.array(means), n, np.array(held))
    free = np.array([-int(((new.low != at.least) | (new.high != at.most)).sum()) for new in tried])
    i = _best(gains, free)
    grew = held[i] > n and held[i] / at.count >= least
    return tried[i] if grew and gains[i] > 0 and means[i] > mean else None


def restrictions(at: Scene, box: Box) -> list[tuple[int, int]]:
    """(input, side) of every limit of a box, side 0 from below and 1 from above."""
    low = [(int(p), 0) for p in np.flatnonzero(box.low != at.least)]
    return sorted(low + [(int(p), 1) for p in np.flatnonzero(box.high != at.most)])


def without(at: Scene, box: Box, part: tuple[int, int]) -> Box:
    """A box with one limit taken off."""
    low, high = box.low.copy(), box.high.copy()
    p, side = part
    if side == 0:
        low[p] = at.least[p]
    else:
        high[p] = at.most[p]
    return box_of(at, low, high)


def quasi_p(at: Scene, box: Box) -> dict[tuple[int, int], float]:
    """For every limit: the chance of as much interest inside if the limit told nothing, so that the draws inside were
    a sample of those of the box without it (one-sided binomial; Bryant and Lempert)."""
    from scipy import special

    held = box.mass * at.count
    good = box.density * held
    found = {}
    for part in restrictions(at, box):
        share = without(at, box, part).density
        # P(at least `good` of `held`) for a binomial, also between whole numbers
        found[part] = 1.0 if good < 1e-9 else float(special.betainc(good, max(held - good + 1, 1e-9), share))
    return found


def simplified(at: Scene, box: Box, *, chance: float = CHANCE, most: int = MOST) -> Box:
    """The limits of a box that carry it, `most` at most and none that chance explains.

    Starting from no limits, that limit of the box is put on which raises the harmonic mean of coverage and density
    most, as long as one does and every limit's quasi-p stays small; then the rest is pasted as far as that helps.
    """
    wanted = restrictions(at, box)
    now = box_of(at, at.least, at.most)
    while len(restrictions(at, now)) < most:
        tries = [_with(at, now, part, box) for part in wanted if part not in restrictions(at, now)]
        better = sorted((one for one in tries if one.score > now.score + 1e-12), key=lambda one: -one.score)
        found = next((one for one in better if max(quasi_p(at, one).values()) <= chance), None)
        if found is None:
            break
        now = found
    while (wider := _paste(at, now, ALPHA, 0.0)) is not None and wider.score > now.score:
        now = wider
    return now


def _with(at: Scene, box: Box, part: tuple[int, int], other: Box) -> Box:
    """A box with one limit of another put on."""
    low, high = box.low.copy(), box.high.copy()
    p, side = part
    if side == 0:
        low[p] = other.low[p]
    else:
        high[p] = other.high[p]
    return box_of(at, low, high)


def chosen(at: Scene, path: list[Box]) -> Box:
    """The box of a path with the best harmonic mean of coverage and density; of equal ones the one with fewest
    limits."""
    return max(path, key=lambda box: (round(box.score, 12), -len(restrictions(at, box))))


def discover(at: Scene, columns: NDArray[np.intp] | None = None) -> tuple[list[Box], Box]:
    """The path, and the simplified box to tell of. columns: inputs to look at, all if not given; boxes have limits
    for all."""
    if columns is None:
        path = prim(at)
    else:
        part = replace(
            at, X=at.X[:, columns], order=at.order[:, columns], sorted_=at.sorted_[:, columns],
            least=at.least[columns], most=at.most[columns],
        )  # fmt: skip
        path = [_widened(at, box, columns) for box in prim(part)]
    return path, simplified(at, chosen(at, path))


def _widened(at: Scene, box: Box, columns: NDArray[np.intp]) -> Box:
    """A box over some inputs as one over all."""
    low, high = at.least.copy(), at.most.copy()
    low[columns], high[columns] = box.low, box.high
    return replace(box, low=low, high=high)


def among_strongest(at: Scene, alike: Floats | None = None) -> tuple[list[Box], Box]:
    """`discover` in the few inputs whose ranks go most with the interest: in the first one, two, three, four, and in
    all that are kept, the best of these. A box over few inputs holds better on other draws; peeling among many, a
    search may miss one that matters.

    alike [P, P]: not 0 where an input is as good as another; of such, only the strongest is kept.
    """
    strength = np.nan_to_num(np.abs(spearman(at.X, at.y[:, None].astype(float), at.w)[:, 0]))
    columns: list[int] = []
    for p in np.argsort(-strength, kind="stable").tolist():
        if len(columns) < SCREEN and (alike is None or not alike[p, columns].any()):
            columns.append(p)
    sizes = [*(size for size in FEW if size < len(columns)), len(columns)]
    found = [discover(at, np.sort(np.array(columns[:size]))) for size in sizes]
    return max(found, key=lambda one: one[1].score)  # of equal ones the plainest


def tradeoff(at: Scene, path: list[Box]) -> list[Box]:
    """Those boxes of a path that no other beats in coverage and density at once, by falling coverage."""
    kept: list[Box] = []
    for box in sorted(path, key=lambda one: (-one.coverage, -one.density)):
        if not kept or box.density > kept[-1].density + 1e-12:
            kept.append(box)
    return kept


@dataclass(frozen=True, slots=True)
class Trial:
    """How a search fares where it is tried on draws it did not see, over bootstraps.

    reproduced: share of the bootstraps whose box has this limit too. coverage and density: over draws left out.
    base: share of interest among all draws. chance: how often votes that know nothing do as well.
    """

    reproduced: dict[tuple[int, int], float]
    coverage: float
    density: float
    base: float
    chance: float


Search = Callable[[Scene], tuple[list[Box], Box]]


def trial(
    at: Scene,
    box: Box,
    times: int,
    rng: np.random.Generator,
    search: Search = discover,
    shuffles: int = 999,
    alike: Floats | None = None,
) -> Trial:
    """Search again, by the same `search`, in `times` bootstraps over draws, and try each box on the draws left out.

    alike [P, P]: not 0 where a limit on one input also stands for one on another, negative where from the other side.
    """
    D = len(at.w)
    seen: dict[tuple[int, int], int] = dict.fromkeys(restrictions(at, box), 0)
    votes, chances = np.zeros(D), np.zeros(D)
    for w in resampled(at.w, times, rng):
        kept = w > 0
        if not (at.y[kept].any() and (~at.y[kept]).any()):
            continue
        again = scene(at.X, at.y, w, at.count)
        _, found = search(again)
        has = set(restrictions(again, found))
        for p, side in seen:
            same = {(p, side)} if alike is None else {
                (int(q), side if alike[p, q] > 0 else 1 - side) for q in np.flatnonzero(alike[p])
            }  # fmt: skip
            seen[p, side] += bool(same & has)
        # limits that are none reach beyond the draws the bootstrap saw
        low = np.where(found.low == again.least, -np.inf, found.low)
        high = np.where(found.high == again.most, np.inf, found.high)
        votes += ~kept & _held(at.X, low, high)
        chances += ~kept
    share = np.where(chances > 0, votes / np.maximum(chances, 1), 0.0)
    good = at.w * at.y
    held = float(at.w @ share)
    density = float(good @ share) / held if held > 0 else 0.0
    shuffled = rng.permuted(np.broadcast_to(share, (shuffles, D)), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_chance = np.nan_to_num((shuffled @ good) / (shuffled @ at.w))
    return Trial(
        reproduced={part: count / times for part, count in seen.items()},
        coverage=float(good @ share) / float(good.sum()),
        density=density,
        base=float(good.sum()) / at.count,
        chance=float((1 + (by_chance >= density - 1e-12).sum()) / (1 + shuffles)),
    )
