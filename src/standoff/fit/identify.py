"""Whether a table can tell the coefficients of a parameter apart, before anything is estimated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from standoff.fit.complaints import Complaints
from standoff.game.model import Floats
from standoff.language.terms import CONSTANT

if TYPE_CHECKING:
    from standoff.fit.design import Term

ALIKE = 1e-9  # what is left of a column beside the others, relative to it, where it is no more than round-off


def check_identified(
    complaints: Complaints,
    terms: Sequence[Term],
    blocks: Mapping[str, Floats],
    counts: Floats,
    *,
    standard: bool = False,
) -> None:
    """Complain of too few rows, and of columns that are nothing but others of the same parameter; a prior settles
    what the columns do not. standard: columns are in standard deviations, and 0 if they have none."""
    flat = sum(math.isinf(term.sd) for term in terms)
    kinds = int((counts.sum(axis=0) > 0).sum())
    told = len(counts) * (kinds - 1)
    if told < flat:
        rows = f"{len(counts)} row{'s' * (len(counts) != 1)} of {kinds} outcomes"
        complaints.whole(
            f"{rows}, which can tell {told} coefficient{'s' * (told != 1)} at most, and {flat} without a prior",
            "rows that can tell all of them",
            "Add rows, leave out terms, or give the coefficients priors: `{normal: [0, 1]}`.",
        )
        return
    for parameter, block in blocks.items():
        mine = [term for term in terms if term.parameter == parameter]
        _check_constants(complaints, mine, block, standard)
        _check_alike(complaints, mine, block)


def _check_constants(complaints: Complaints, mine: Sequence[Term], block: Floats, standard: bool) -> None:
    for j, term in enumerate(mine):
        value = block[0, j]
        if term.name == CONSTANT or not (block[:, j] == value).all():
            continue
        path = ("parameters", term.parameter, "regress", term.name)
        if standard and not value:
            found = f"`{term.name}`, which is the same in every row that is used"
            if math.isinf(term.sd):
                complaints.key(path, found, "a term that differs between rows", "Leave it out.")
            else:
                mend = "Leave it out: its coefficient is what its prior says."
                complaints.key(path, found, "a term that differs between rows", mend, level="warning")
        elif not value and math.isinf(term.sd):
            found = f"`{term.name}`, which is 0 in every row that is used"
            complaints.key(path, found, "a term that is not always 0", "Leave it out.")
        elif not any(other.name == CONSTANT for other in mine):
            found = f"`{term.name}`, which is {value:g} in every row that is used"
            mend = f"Write `{CONSTANT}` if that is meant."
            complaints.key(path, found, "a term that differs between rows", mend, level="warning")


def _check_alike(complaints: Complaints, mine: Sequence[Term], block: Floats) -> None:
    """Columns without a prior that are a combination of others without one."""
    free = [j for j, term in enumerate(mine) if math.isinf(term.sd)]
    if len(free) < 2:
        return
    columns = block[:, free]
    sizes = np.sqrt(np.mean(np.square(columns), axis=0))
    if not sizes.all():
        return  # a column of zeros is told of by itself
    order = sorted(range(len(free)), key=lambda j: mine[free[j]].name != CONSTANT)  # the constant explains first
    small = np.asarray(np.linalg.qr(columns[:, order] / sizes[order], mode="r"), np.float64)
    kept: list[int] = []
    for j in range(len(order)):
        if kept:
            weights, *_ = np.linalg.lstsq(small[:, kept], small[:, j])
            left = small[:, j] - small[:, kept] @ weights
            if np.linalg.norm(left) <= ALIKE * np.linalg.norm(small[:, j]):
                _complain_alike(complaints, mine, [free[order[i]] for i in kept], free[order[j]], weights
                                * sizes[order[j]] / sizes[[order[i] for i in kept]])  # fmt: skip
                continue
        kept.append(j)


def _complain_alike(
    complaints: Complaints, mine: Sequence[Term], others: Sequence[int], j: int, weights: Floats
) -> None:
    largest = float(np.abs(weights).max())
    parts: list[str] = []
    for i, weight in zip(others, weights, strict=True):
        if abs(weight) > 1e-7 * largest:
            name = mine[i].name
            size = f"{abs(weight):.4g}"
            part = size if name == CONSTANT else f"`{name}`" if size == "1" else f"{size} * `{name}`"
            sign = "-" if weight < 0 else "+" if parts else ""
            parts.append(f"{sign} {part}".strip() if parts else f"{sign}{part}")
    term = mine[j]
    path = ("parameters", term.parameter, "regress", term.name)
    found = f"`{term.name}`, which is {' '.join(parts)} in every row that is used"
    mend = f"Leave one of these terms of {term.parameter} out, or give their coefficients priors."
    complaints.key(path, found, "terms that the rows can tell apart", mend)
