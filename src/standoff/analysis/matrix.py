"""The matrix of evidence against hypotheses about hidden intentions.

With M_j(h) = sum over draws of w_d L_d(all up to j) mu_d(h after j), where w corrects for where the draws came from,
the probability of what came between i and j, given the hypothesis and all before, is M_j(h) / M_i(h). A row has as many
such factors as the walk passes its points apart from other rows' ones, and its cell is their product. So the prior
times all cells of a hypothesis is its posterior, up to the factor all hypotheses share. Cost: draws x runs x
hypotheses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from standoff.analysis.competing import Competing
from standoff.analysis.enough import Thin, enough, is_certain
from standoff.forecast import Forecast
from standoff.forecast.items import Items
from standoff.forecast.rows import Row
from standoff.game.model import Floats
from standoff.language.calendar import step_start


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """`prior` and `posterior` [H], summing to 1.

    `log_cells` [rows, H]: log-probability of each row under each hypothesis and all before it, nan where that
    hypothesis is ruled out before. `thin` by row, for those that rest on too few draws.
    """

    prior: Floats
    posterior: Floats
    log_cells: Floats
    thin: tuple[Thin | None, ...]


def matrix(made: Forecast, items: Items, one: Competing) -> Matrix:
    """The rows of everything known against the hypotheses of one set about types."""
    course = made.records["course"]  # [D, runs + 1, 1 + R]
    kept = np.isfinite(course[:, 0, 0])
    course, proposal = course[kept], made.log_proposal[kept]
    likely = one.likely(course[:, :, 1:], np.zeros((*course.shape[:2], 0)), [])
    log_weight = course[:, :, 0] - proposal[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_m = _log_sum(log_weight[:, :, None] + np.log(likely))  # [runs + 1, H]
    prior, posterior = _normalised(log_m[0]), _normalised(log_m[-1])
    cells = np.zeros((len(items.rows.rows), len(one.hypotheses)))
    thin: list[Thin | None] = [None] * len(cells)
    for j, (row, _) in enumerate(items.rows.runs):
        with np.errstate(invalid="ignore"):
            cells[row] += log_m[j + 1] - log_m[j]
        top = log_weight[:, j + 1].max(initial=-np.inf)
        weights = np.exp(log_weight[:, j + 1] - top) if np.isfinite(top) else np.zeros(len(log_weight))
        thin[row] = thin[row] or enough(weights, certain=is_certain(made))
    return Matrix(prior, posterior, cells, tuple(thin))


def _log_sum(values: Floats) -> Floats:
    """Log of the sum over the first axis of exponentials; -inf where there is nothing."""
    top = values.max(axis=0, initial=-np.inf)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(np.isfinite(top), safe + np.log(np.exp(values - safe).sum(axis=0)), -np.inf))


def _normalised(log_values: Floats) -> Floats:
    top = log_values.max(initial=-np.inf)
    if not np.isfinite(top):
        return np.full(len(log_values), np.nan)
    values = np.exp(log_values - top)
    return np.asarray(values / values.sum())


def cells_json(found: Matrix, one: Competing) -> list[dict[str, Any]]:
    """Every row against the set as plain data, in order of time, each with its rank by how much it tells."""
    names = [each.name for each in one.hypotheses]
    rows = []
    for r, (log_cell, thin) in enumerate(zip(found.log_cells, found.thin, strict=True)):
        rows.append({"row": r, **(thin.to_json() if thin is not None else _cell(log_cell, names))})
    order = sorted(range(len(rows)), key=lambda r: (-_tells(rows[r]), r))
    for rank, r in enumerate(order):
        rows[r]["rank"] = rank + 1
    return rows


def _cell(log_cell: Floats, names: list[str]) -> dict[str, Any]:
    known = np.isfinite(log_cell) | (log_cell == -np.inf)
    likely = {name: math.exp(value) if ok else None for name, value, ok in zip(names, log_cell, known, strict=True)}
    usable = np.nonzero(known)[0]
    ruled_out = [names[i] for i in usable if log_cell[i] == -np.inf]
    spread = None
    for_, against = None, None
    if len(usable):
        high, low = usable[np.argmax(log_cell[usable])], usable[np.argmin(log_cell[usable])]
        for_, against = names[high], names[low]
        if np.isfinite(log_cell[low]):
            spread = float(log_cell[high] - log_cell[low])
    return {
        "likelihood": likely,
        "ratio": None if spread is None or spread > 700 else math.exp(spread),
        "decibans": None if spread is None else 10 * spread / math.log(10),
        "for": for_,
        "against": against,
        "rules_out": ruled_out,
    }


def _tells(row: dict[str, Any]) -> float:
    if row.get("thin"):
        return -1.0
    return math.inf if row["rules_out"] else float(row["decibans"] or 0.0)


def rows_json(made: Forecast, items: Items) -> list[dict[str, Any]]:
    """What every row is, in order of time, as plain data."""
    return [{"row": r, **_row(made, row)} for r, row in enumerate(items.rows.rows)]


def _row(made: Forecast, row: Row) -> dict[str, Any]:
    evidence, clock = made.case.evidence, made.structure.document.clock
    if row.claim:
        claim = evidence.claims[row.claim]
        known = evidence.reports[claim.report].known
        return {
            "kind": "testimony", "entries": [], "claim": row.claim,
            "from": known.isoformat(), "until": known.isoformat(), "title": claim.says, "who": claim.attributed_to,
            "report": claim.report, "origin": evidence.origins[row.claim],
        }  # fmt: skip
    first = step_start(clock, max(row.first, 0))
    last = min(max(step_start(clock, row.last + 1) - timedelta(days=1), first), max(made.as_of, first))
    if row.silence:
        title = "no end became known, in a declared gap" if row.gap else "nothing else was reported"
        return _plain("silence", (), first, last, title, None)
    entries = [entry for entry in evidence.history if entry.index in row.entries]
    title = "; ".join(title_of(made, entry.index) for entry in entries)
    first, last = min(entry.when.first for entry in entries), max(entry.when.last for entry in entries)
    return _plain("move", row.entries, first, last, title, entries[0].who if len(entries) == 1 else None)


def _plain(kind: str, entries: tuple[int, ...], first: date, last: date, title: str, who: str | None) -> dict[str, Any]:
    return {
        "kind": kind, "entries": list(entries), "claim": None, "from": first.isoformat(), "until": last.isoformat(),
        "title": title, "who": who, "report": None, "origin": None,
    }  # fmt: skip


def title_of(made: Forecast, index: int) -> str:
    """A history entry in a few words."""
    document = made.structure.document
    entry = next(each for each in made.case.evidence.history if each.index == index)
    move = max(entry.moves, key=lambda name: entry.moves[name])
    moves = document.moves.get(entry.who, {})
    written = moves[move].title if move in moves else document.events[move].title if move in document.events else None
    return entry.title or written or f"{entry.who}: {move}"
