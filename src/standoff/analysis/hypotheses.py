"""Competing hypotheses: what each is worth now and was worth before, what tells them apart, and what they rest on.

Sets of hypotheses are about hidden intentions or about endings (`competing`). For each: its prior and posterior,
through time with bands; for those about intentions the matrix of evidence (`matrix`); and for all of them what they
would be without each item, report and origin (`left_out`): the single points of failure of an assessment.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from standoff.analysis.competing import NONE, Competing, competing
from standoff.analysis.enough import Thin, enough, enough_of, is_certain
from standoff.analysis.left_out import LeftOut, left_out
from standoff.analysis.matrix import Matrix, cells_json, matrix, rows_json, title_of
from standoff.errors import Problem, RunError
from standoff.forecast import Forecast
from standoff.forecast.forecast import bands
from standoff.forecast.items import Items
from standoff.forecast.without import MOVE, ORIGIN, REPORT, TESTIMONY, Variant
from standoff.game.model import Floats
from standoff.language.plain import plain


@dataclass(frozen=True, slots=True, eq=False)
class Hypotheses:
    """The sets of a forecast, and what they rest on.

    `sets` by name; `series` by set: for each date the band of every hypothesis, or `Thin`; `matrices` of the sets about
    types; `without`: the answers without one thing, the largest move first, those too thin to tell last; `thin`: the
    whole forecast rests on too few draws.
    """

    made: Forecast = field(repr=False)
    items: Items = field(repr=False)
    sets: dict[str, Competing]
    now: dict[str, Floats] = field(repr=False)
    series: dict[str, list[list[dict[str, float]] | Thin]] = field(repr=False)
    matrices: dict[str, Matrix] = field(repr=False)
    without: list[LeftOut] = field(repr=False)
    thin: Thin | None

    def __repr__(self) -> str:
        rows = {name: zip(one.hypotheses, self.now[name], strict=True) for name, one in self.sets.items()}
        said = ", ".join(f"{name}: {{{', '.join(f'{h.name}: {p:.3f}' for h, p in row)}}}" for name, row in rows.items())
        return f"Hypotheses({said if self.thin is None else self.thin.say}, left_out={len(self.without)})"

    def largest(self, one: LeftOut) -> tuple[str, int, float]:
        """(set, hypothesis, change) of the largest move that leaving one thing out makes; 0 where it is thin."""
        moves = [
            (abs(change), name, h, change)
            for name, chances in one.chances.items()
            for h, change in enumerate((chances - self.now[name]).tolist())
        ]
        if not moves:
            return "", -1, 0.0
        _, name, h, change = max(moves, key=lambda move: move[0])
        return name, h, float(change)

    def to_json(self) -> dict[str, Any]:
        """Plain data, as docs/scripts.md says."""
        found: dict[str, Any] = {
            "as_of": self.made.as_of.isoformat(),
            "effective_draws": self.made.effective_draws,
            "thin": None if self.thin is None else self.thin.to_json(),
            "dates": [day.isoformat() for day in self.made.dates],
            "sets": {name: self._set(one) for name, one in self.sets.items()},
            "rows": rows_json(self.made, self.items),
            "without": [self._without(one) for one in self.without],
            "untried": [{"kind": kind, "name": name} for kind, name in self.items.untried],
        }
        return dict(plain(found))

    def _set(self, one: Competing) -> dict[str, Any]:
        table, series = self.matrices.get(one.name), self.series[one.name]
        hypotheses = {}
        for h, each in enumerate(one.hypotheses):
            hypotheses[each.name] = {
                "title": each.title,
                "types": {actor: list(kinds) for actor, kinds in each.types.items()},
                "outcomes": list(each.outcomes),
                "prior": None if table is None or self.thin is not None else float(table.prior[h]),
                "posterior": _at(series[-1], h),
                "series": [_at(point, h) for point in series],
                "because": list(each.because),
                "judgement": each.judgement,
            }
        return {
            "title": one.title,
            "about": one.about,
            "written": one.written,
            "because": list(one.because),
            "judgement": one.judgement,
            "hypotheses": hypotheses,
            "matrix": None if table is None else cells_json(table, one),
        }

    def _without(self, one: LeftOut) -> dict[str, Any]:
        name, h, change = self.largest(one)
        result: dict[str, Any] = {
            **_named(self.made, one.variant),
            "same": [_named(self.made, each) for each in one.same],
            "effective_draws": one.effective_draws,
        }
        if one.thin is not None:
            return {**result, **one.thin.to_json(), "largest": None, "sets": {}}
        return {
            **result,
            "thin": False,
            "largest": {
                "set": name,
                "hypothesis": self.sets[name].hypotheses[h].name,
                "now": float(self.now[name][h]),
                "without": float(self.now[name][h]) + change,
                "error": float(one.errors[name][h]),
            },
            "sets": {
                name: {
                    each.name: {
                        "without": float(one.chances[name][h]),
                        "change": float(one.chances[name][h] - self.now[name][h]),
                        "error": float(one.errors[name][h]),
                    }
                    for h, each in enumerate(self.sets[name].hypotheses)
                }
                for name in one.chances
            },
        }


def hypotheses(made: Forecast, *, set_name: str | None = None) -> Hypotheses:
    """Weigh the competing hypotheses of a forecast.

    set_name: only this set; all of them if not given. Raises RunError for a name that no set has.
    """
    items = made.task.items
    assert items is not None
    sets = competing(made.structure.document, items.readings)
    if set_name is not None:
        if set_name not in sets:
            raise RunError(_unknown(set_name, list(sets)))
        sets = {set_name: sets[set_name]}
    outcomes = list(made.structure.document.outcomes)
    held, series = made.records["held"], made.records["series"]
    thin = enough_of(made)
    every: dict[str, list[list[dict[str, float]] | Thin]] = {}
    now, whole = {}, {}
    for name, one in sets.items():
        table = one.likely(held, series, outcomes)  # [D, M, H]
        points: list[list[dict[str, float]] | Thin] = []
        for m in range(len(made.dates)):
            weights = made.weights_at(m)
            points.append(enough(weights, certain=is_certain(made)) or bands(table[:, m], weights))
        every[name], whole[name] = points, table[:, -1]
        now[name] = np.array([band["mean"] for band in bands(table[:, -1], made.weights)])
    tables = {name: matrix(made, items, one) for name, one in sets.items() if one.about == "types"}
    without = left_out(made, items, list(sets.values()), whole, _rng(made)) if thin is None else []
    return Hypotheses(made, items, sets, now, every, tables, without, thin)


def _rng(made: Forecast) -> np.random.Generator:
    text = f"{made.case.hash} {made.settings.seed} hypotheses"
    return np.random.default_rng(list(hashlib.sha256(text.encode()).digest()[:16]))


def _unknown(name: str, known: list[str]) -> Problem:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return Problem(
        found=f"the set of hypotheses `{name}`"[:100],
        expected=f"one of {', '.join(known)}",
        mend=f"Did you mean '{near[0]}'?" if near else "Name one of these, or none to see all.",
        path="set_name",
    )


def _at(point: list[dict[str, float]] | Thin, h: int) -> dict[str, Any]:
    return point.to_json() if isinstance(point, Thin) else dict(point[h])


def _named(made: Forecast, one: Variant) -> dict[str, Any]:
    evidence = made.case.evidence
    if one.kind == MOVE:
        title = title_of(made, int(one.name))
    elif one.kind == TESTIMONY:
        title = evidence.claims[one.name].says
    elif one.kind == REPORT:
        title = evidence.reports[one.name].title
    else:
        title = one.name
    return {
        "kind": one.kind, "name": one.name, "title": title, "entries": list(one.entries),
        "redated": list(one.redated), "claims": list(one.claims), "instead": list(one.instead),
    }  # fmt: skip


__all__ = ["MOVE", "NONE", "ORIGIN", "REPORT", "TESTIMONY", "Hypotheses", "hypotheses"]
