"""Terms in standard deviations from their mean, as the rows that are learnt from have them, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from standoff.game.model import Floats
from standoff.language.terms import CONSTANT

if TYPE_CHECKING:
    from standoff.fit.design import Design, Term

SAME = 1e-9  # deviations, relative to what stands in the column, that are round-off

Pair = tuple[int, int]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """What was taken from the columns [M], and by what they were divided; the same of their products, which are made
    of standardised columns. A column that does not vary is 0, and is divided by infinity."""

    centre: Floats
    spread: Floats
    products: Mapping[Pair, tuple[float, float]] = field(repr=False)


def standardised(design: Design, rows: Index | None = None) -> Design:
    """The design with its blocks made anew from its `columns`: mean 0 and deviation 1 over the cases of `rows` (all,
    if not said), for every row. Blocks that are not standardised stay."""
    if design.columns is None:
        return design
    learnt = np.arange(design.rows) if rows is None else rows
    weight = design.counts[learnt].sum(axis=1)
    z, centre, spread = _scaled(design.columns, learnt, weight)
    made: dict[Pair, tuple[Floats, float, float]] = {}
    blocks = {}
    for parameter in design.blocks:
        parts = []
        for term in design.terms:
            if term.parameter != parameter:
                continue
            if len(term.of) == 2:
                pair = term.of[0], term.of[1]
                if pair not in made:
                    product, middle, width = _scaled((z[:, pair[0]] * z[:, pair[1]])[:, None], learnt, weight)
                    made[pair] = product[:, 0], float(middle[0]), float(width[0])
                parts.append(made[pair][0])
            else:
                parts.append(z[:, term.of[0]] if term.of else np.ones(design.rows))
        blocks[parameter] = np.stack(parts, axis=1) if parts else np.zeros((design.rows, 0))
    products = {pair: (middle, width) for pair, (_, middle, width) in made.items()}
    return replace(design, blocks=blocks, standard=Standard(centre, spread, products))


def _scaled(x: Floats, learnt: Index, weight: Floats) -> tuple[Floats, Floats, Floats]:
    here = x[learnt]
    centre = np.average(here, axis=0, weights=weight)
    spread = np.sqrt(np.average((here - centre) ** 2, axis=0, weights=weight))
    spread = np.where(spread > SAME * np.maximum(1e-300, np.abs(here).max(axis=0)), spread, np.inf)
    return (x - centre) / spread, centre, spread


def product(parts: Sequence[str]) -> str:
    """The expression that a product of terms is read as."""
    return " * ".join(f"({one})" for one in parts) if len(parts) > 1 else parts[0]


def _name(design: Design, term: Term) -> str:
    return product([design.column_names[at] for at in term.of]) if len(term.of) > 1 else term.name


def as_written(design: Design) -> tuple[list[tuple[str, str]], Floats]:
    """(parameter, term) of coefficients on the columns as they are in the table, and the matrix [those, K] that makes
    them of the design's own."""
    terms = [(term.parameter, _name(design, term)) for term in design.terms]
    if design.standard is None:
        return terms, np.eye(len(terms))
    told = design.standard
    found: dict[tuple[str, str], Floats] = {}

    def add(parameter: str, name: str, k: int, value: float) -> None:
        row = found.setdefault((parameter, name), np.zeros(len(terms)))
        row[k] += value

    for k, term in enumerate(design.terms):
        if not term.of:
            add(term.parameter, CONSTANT, k, 1.0)
        elif len(term.of) == 1:
            at, width = term.of[0], told.spread[term.of[0]]
            add(term.parameter, design.column_names[at], k, 1.0 / width)
            add(term.parameter, CONSTANT, k, -told.centre[at] / width)
        else:
            i, j = term.of
            middle, width = told.products[i, j]
            a, b = design.column_names[i], design.column_names[j]
            both = 1.0 / (width * told.spread[i] * told.spread[j])
            add(term.parameter, product((a, b)), k, both)
            add(term.parameter, a, k, -both * told.centre[j])
            add(term.parameter, b, k, -both * told.centre[i])
            add(term.parameter, CONSTANT, k, both * told.centre[i] * told.centre[j] - middle / width)
    return list(found), np.array(list(found.values())).reshape(len(found), len(terms))
