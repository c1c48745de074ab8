"""Flip-points of the model itself: a few draws solved again along one parameter, everything else as it is in them.

What `standoff.analysis.flips` reads off the draws is a smoothed cloud. Here the parameter alone moves, from one end
of its prior to the other, in a handful of common draws; each is solved and walked through the history anew, and where
their mean changes sides the place is halved again and again. The draws are those at even steps of the weighted
distribution of the likeliest outcome's chance (one draw: the one in the middle), and count alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.analysis.inputs import made_of
from standoff.errors import Problem, RunError, did_you_mean
from standoff.forecast.draw import OK
from standoff.forecast.ensemble import Workers, run_chunks
from standoff.game.model import Floats
from standoff.language.priors import quantile

if TYPE_CHECKING:
    from standoff.forecast import Forecast

COMMON = 8  # draws
LEVELS = (0.01, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 0.99)  # of the prior, solved first
HALVINGS = 5  # of the piece between two of them in which something flips
MOST = 4  # such pieces that are looked into


@dataclass(frozen=True, slots=True)
class ExactTurn:
    """A flip: the parameter's value lies between `low` and `high`, next to nothing apart. `what`: ``likeliest``, or
    the outcome whose chance crosses one half; `before` and `after`: the likeliest outcome, or ``below`` and
    ``above``."""

    what: str
    low: float
    high: float
    before: str
    after: str

    @property
    def at(self) -> float:
        """The middle of where it lies."""
        return (self.low + self.high) / 2

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "what": self.what, "at": self.at, "low": self.low, "high": self.high, "before": self.before,
            "after": self.after,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exact:
    """The answer along one parameter: mean chances [V, O] of the outcomes at `values` [V], over `common` draws;
    `dropped` of those chosen failed somewhere along it, or rule out what happened there. `single`: in how many the
    likeliest outcome changes."""

    parameter: str
    common: int
    dropped: int
    outcomes: tuple[str, ...]
    values: tuple[float, ...]
    chances: tuple[tuple[float, ...], ...]
    single: int
    flips: tuple[ExactTurn, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "parameter": self.parameter, "common": self.common, "dropped": self.dropped, "single": self.single,
            "values": list(self.values),
            "outcomes": {name: [row[o] for row in self.chances] for o, name in enumerate(self.outcomes)},
            "flips": [turn.to_json() for turn in self.flips],
        }  # fmt: skip


def exact_flips(
    made: Forecast,
    parameter: str,
    outcomes: Sequence[str],
    *,
    common: int = COMMON,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Exact:
    """Flips of the likeliest outcome, and of each of `outcomes` at one half, along a parameter that a prior is drawn
    for.

    Costs 9 solves for each common draw, and 5 more for each flip; `progress(solves done, solves)` counts them, and
    their number grows when flips are found. Raises RunError for a parameter that is not drawn, and where no draw can
    be solved along all of it.
    """
    axis = axis_of(made, parameter)
    prior = made.structure.uncertain()[parameter]
    names = list(made.structure.document.outcomes)
    asked = [names.index(name) for name in outcomes]
    base = made.records["u"][_common(made, common)]
    task = replace(made.task, lines=made.task.lines[-1:], after=(), values=(), signs=(), items=None, only_walk=True)
    done = 0
    total = len(base) * len(LEVELS)

    def solve(levels: Sequence[float]) -> Floats:
        """Chances [levels, draws, O]; nan where a draw failed."""
        nonlocal done
        points = np.repeat(base[None], len(levels), axis=0)
        points[:, :, axis] = np.array(levels)[:, None]
        before = done
        shown = None if progress is None else (lambda ready, _: progress(before + ready, total))
        records = run_chunks(task, points.reshape(-1, points.shape[2]), None, workers or Workers(), 0, shown)
        done += len(levels) * len(base)
        found = np.where((records["status"] == OK)[:, None], records["series"][:, -1], np.nan)
        return np.asarray(found.reshape(len(levels), len(base), -1))

    tables = dict(zip(LEVELS, solve(LEVELS), strict=True))
    good = np.all([np.isfinite(table).all(axis=1) for table in tables.values()], axis=0)
    if not good.any():
        raise RunError(
            Problem(
                found=f"no draw that can be solved along all of {parameter}",
                expected="at least one",
                mend="Ask for another parameter, or mend what makes draws fail at the ends of its prior.",
            )
        )

    def side(level: float, what: int | None) -> int:
        mean = tables[level][good].mean(axis=0)
        return int(mean.argmax()) if what is None else int(mean[what] > 0.5)

    pieces = [
        (what, low, high)
        for what in (None, *asked)
        for low, high in pairwise(LEVELS)
        if side(low, what) != side(high, what)
    ][:MOST]
    total += len(pieces) * HALVINGS * len(base)
    for _ in range(HALVINGS):
        middles = sorted({(low + high) / 2 for _, low, high in pieces} - set(tables))
        if middles:
            found = dict(zip(middles, solve(middles), strict=True))
            still = good & np.all([np.isfinite(table).all(axis=1) for table in found.values()], axis=0)
            if not still.any():
                break  # the flips stay as narrow as they are
            tables, good = tables | found, still
        pieces = [_halved(piece, side) for piece in pieces]
    # fewer draws than at first may not flip there at all
    pieces = [piece for piece in pieces if side(piece[1], piece[0]) != side(piece[2], piece[0])]

    def turned(what: int | None, low: float, high: float) -> ExactTurn:
        labels = names if what is None else ("below", "above")
        ends = (float(quantile(prior, low)), float(quantile(prior, high)))
        before, after = labels[side(low, what)], labels[side(high, what)]
        return ExactTurn("likeliest" if what is None else names[what], *ends, before, after)

    levels = sorted(tables)
    each = np.stack([tables[level][good].argmax(axis=1) for level in LEVELS])
    if progress is not None:
        progress(done, done)
    return Exact(
        parameter=parameter,
        common=int(good.sum()),
        dropped=int((~good).sum()),
        outcomes=tuple(names),
        values=tuple(float(quantile(prior, level)) for level in levels),
        chances=tuple(tuple(map(float, tables[level][good].mean(axis=0))) for level in levels),
        single=int((each != each[0]).any(axis=0).sum()),
        flips=tuple(turned(*piece) for piece in pieces),
    )


def _halved(
    piece: tuple[int | None, float, float], side: Callable[[float, int | None], int]
) -> tuple[int | None, float, float]:
    what, low, high = piece
    middle = (low + high) / 2
    return (what, middle, high) if side(middle, what) == side(low, what) else (what, low, middle)


def axis_of(made: Forecast, parameter: str) -> int:
    """Coordinate of a drawn parameter. Raises RunError for anything else."""
    drawn = list(made.task.axes.parameters)
    if parameter in drawn:
        return drawn.index(parameter)
    known = list(made.structure.document.parameters)
    if parameter in known:
        parts = made_of(made, parameter)
        found = f"`{parameter}`, which {'is made of others' if parts else 'does not vary'}"
        mend = f"Ask for one of {', '.join(parts)}." if parts else "Give it a prior, or name another."
    else:
        found, mend = f"`{parameter}` as a parameter", did_you_mean(parameter, drawn) or "Name one of the case's."
    raise RunError(Problem(found=found, expected="a parameter that a prior is drawn for", mend=mend))


def _common(made: Forecast, count: int) -> Any:
    """Rows of `count` draws at even steps of the weighted distribution of the likeliest outcome's chance."""
    weights = made.weights
    chances = made.records["series"][:, -1]
    used = np.flatnonzero(weights > 0)
    leading = int((weights[used] @ chances[used]).argmax())
    order = used[np.argsort(chances[used, leading], kind="stable")]
    cum = np.cumsum(weights[order]) / weights[order].sum()
    steps = (np.arange(count) + 0.5) / count
    return np.unique(order[np.minimum(np.searchsorted(cum, steps), len(order) - 1)])
