"""Which grounds of a statement matter most, by the numbers that the findings hold.

A ground matters as far as it moved a belief or an outcome: a dated move and a testimony by the shift of beliefs, a
move also by its part in the step that an outcome took when it became known, a parameter by how far the outcome or
the belief is apart between draws one standard deviation apart in it; a claim by the most that rests on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from standoff.report import basis
from standoff.report.references import Reference, References

MOST = 4  # grounds shown before the others are folded away


@dataclass(frozen=True, slots=True)
class Grounds:
    """The grounds that matter most, in the order they are listed in, and all of them where more are folded away."""

    top: list[Reference]
    all: list[Reference]


class Weights:
    """How far each place of a brief moved each outcome and each belief, in chances."""

    def __init__(self, findings: Mapping[str, Any], refs: References) -> None:
        self._sizes: dict[str, dict[str, float]] = {}
        for entry in basis.rows(findings, "history"):
            sizes = {actor: basis.shift_of(entry, actor) for actor in entry.get("shift") or {}}
            self._count(refs.href("history", str(entry["index"])), sizes)
            self._claims(refs, entry, sizes)
        for entry, sizes in _steps(findings):
            self._count(refs.href("history", str(entry["index"])), sizes)
            self._claims(refs, entry, sizes)
        for heard in basis.rows(findings, "testimony"):
            if heard.get("counted"):
                sizes = {actor: basis.shift_of(heard, actor) for actor in heard.get("shift") or {}}
                self._count(refs.href("claim", str(heard.get("claim"))), sizes)
        for name, row in (findings.get("parameters") or {}).items():
            sizes = {what: abs(size) for what, size in (row.get("sway") or {}).items()}
            self._count(refs.href("parameter", name), sizes)
            self._claims(refs, row, sizes)

    def _claims(self, refs: References, record: Mapping[str, Any], sizes: Mapping[str, float]) -> None:
        for claim in record.get("because") or []:
            self._count(refs.href("claim", claim), sizes)

    def _count(self, href: str, sizes: Mapping[str, float]) -> None:
        held = self._sizes.setdefault(href, {})
        for name, size in sizes.items():
            held[name] = max(held.get(name, 0.0), size)

    def of(self, item: Reference, about: Collection[str] = ()) -> float:
        """The most that a ground moved any of these outcomes and actors; of anything, where none is named."""
        sizes = self._sizes.get(item.href) or {}
        return max((size for name, size in sizes.items() if not about or name in about), default=0.0)

    def chief(self, items: Sequence[Reference], about: Collection[str] = ()) -> Grounds:
        """The few that matter most, or all where there are hardly more; ties go to what is listed first."""
        if len(items) <= MOST + 1:
            return Grounds(list(items), [])
        ranked = sorted(range(len(items)), key=lambda k: (-self.of(items[k], about), -self.of(items[k]), k))
        return Grounds([items[k] for k in sorted(ranked[:MOST])], list(items))


def _steps(findings: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], dict[str, float]]]:
    """What each dated move had to do with the steps of the series: the change of each outcome at the date that first
    knows it, shared among the moves of that date by their shifts of beliefs."""
    entries = {(h.get("date"), h.get("who"), h.get("move")): h for h in basis.rows(findings, "history")}
    found = []
    points = basis.rows(findings, "series")
    for before, after in pairwise(points):
        fresh = [
            entries[key]
            for key in ((m.get("date"), m.get("who"), m.get("move")) for m in after.get("moves") or [])
            if key in entries
        ]
        sizes = [max((basis.shift_of(e, a) for a in e.get("shift") or {}), default=0.0) for e in fresh]
        was, now = before.get("outcomes") or {}, after.get("outcomes") or {}
        steps = {n: abs(now[n]["mean"] - was[n]["mean"]) for n in now if n in was}
        for entry, size in zip(fresh, sizes, strict=True):
            share = size / sum(sizes) if sum(sizes) > 0 else 1 / len(fresh)
            found.append((entry, {name: step * share for name, step in steps.items()}))
    return found
