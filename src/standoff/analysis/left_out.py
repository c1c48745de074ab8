"""What the forecast would be without each item of evidence, each report and each origin.

A variant weighs every draw by how likely the rest of the evidence is in it, so that its answer is that of a forecast
made from a case without the item, with the same draws. How far a change may be due to the draws is told by a bootstrap:
draws are put back and drawn again, those of the prior and those of refinement apart, for both answers at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.competing import Competing
from standoff.analysis.enough import Thin, enough, is_certain
from standoff.forecast import Forecast
from standoff.forecast import weights as weighing
from standoff.forecast.items import Items
from standoff.forecast.without import Variant
from standoff.game.model import Floats

RESAMPLES = 400
ERRORS = 200  # variants whose errors are worked out, those that move most


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """The answer without one thing.

    `chances` and `errors`: by set, [H] probability without it and the standard error of how far that is from the whole
    answer, nan where others move more; empty where `thin`. `same`: other variants that leave the same evidence.
    """

    variant: Variant
    effective_draws: float
    thin: Thin | None
    chances: dict[str, Floats]
    errors: dict[str, Floats]
    same: tuple[Variant, ...] = ()


def left_out(
    made: Forecast, items: Items, sets: list[Competing], whole: dict[str, Floats], rng: np.random.Generator
) -> list[LeftOut]:
    """Every variant, those that leave the same evidence once; the largest move first, those too thin to tell last.

    `whole`: by set [D, H], what each draw says now.
    """
    counts = _resampled(made, rng)
    outcomes = list(made.structure.document.outcomes)
    groups: dict[object, list[int]] = {}
    for v, one in enumerate(items.variants):
        groups.setdefault((one.line, frozenset(one.unsaid), frozenset(one.said)), []).append(v)
    now = {one.name: weighing.mean(whole[one.name], made.weights) for one in sets}

    def weights_of(v: int) -> Floats:
        return weighing.normalised(made.records["without_loglik"][:, v] - made.log_proposal)

    def each_draw(v: int, each: Competing) -> Floats:
        line = items.variants[v].line
        if line < 0:
            return whole[each.name]
        return each.likely(made.records["without_held"][:, line], made.records["without_series"][:, line], outcomes)

    found: list[tuple[float, int, LeftOut]] = []
    for members in groups.values():
        members = sorted(members, key=lambda v: _ORDER[items.variants[v].kind])
        weights = weights_of(members[0])
        thin = enough(weights, certain=is_certain(made))
        chances = {} if thin else {each.name: weighing.mean(each_draw(members[0], each), weights) for each in sets}
        size = max((float(np.abs(row - now[name]).max()) for name, row in chances.items()), default=0.0)
        errors = {name: np.full(len(row), np.nan) for name, row in chances.items()}
        one, *same = (items.variants[v] for v in members)
        left = LeftOut(one, weighing.effective(weights), thin, chances, errors, tuple(same))
        found.append((size, members[0], left))
    found.sort(key=lambda row: (row[2].thin is not None, -row[0]))
    for _, v, left in found[:ERRORS]:
        for each in sets if left.thin is None else ():
            left.errors[each.name] = _error(made.weights, whole[each.name], weights_of(v), each_draw(v, each), counts)
    return [left for _, _, left in found]


_ORDER = {"move": 0, "testimony": 1, "report": 2, "origin": 3}


def _resampled(made: Forecast, rng: np.random.Generator) -> Floats:
    """[RESAMPLES, D] how often each draw is drawn again."""
    strata = [made.drawn, made.refined]
    parts = [rng.multinomial(size, np.full(size, 1 / size), RESAMPLES) for size in strata if size]
    return np.concatenate(parts, axis=1, dtype=float)


def _error(before: Floats, whole: Floats, after: Floats, mine: Floats, counts: Floats) -> Floats:
    """[H] standard error of the change from `whole` to `mine` [D, H] with weights `before` and `after` [D]."""
    first, second = _means(before, whole, counts), _means(after, mine, counts)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nan_to_num(np.nanstd(second - first, axis=0)))


def _means(weights: Floats, values: Floats, counts: Floats) -> Floats:
    use = weights > 0
    drawn = counts[:, use] * weights[use]
    total = drawn.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(total > 0, drawn @ values[use] / total, np.nan))
