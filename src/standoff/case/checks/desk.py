"""The desk on which a case is checked: the document, its text, its evidence, and the pile of complaints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from standoff.errors import Level, Problem
from standoff.evidence.body import Evidence
from standoff.language.document import CaseDocument, Effect, OrderEntry
from standoff.language.expressions import Compiled, Scope
from standoff.language.located import Located, Path_


@dataclass
class Desk:
    """What the checks look at.

    `document` has its mechanisms spelled out, `written` is the document as it stands in the file.
    `formulas` holds every expression that reads, by key path.
    """

    document: CaseDocument
    written: CaseDocument
    located: Located
    evidence: Evidence
    evidence_located: Located
    problems: list[Problem] = field(default_factory=list)
    formulas: dict[Path_, Compiled] = field(default_factory=dict)

    def complain(
        self,
        path: Path_,
        found: str,
        expected: str,
        mend: str,
        *,
        level: Level = "error",
        column: int = 0,
        on_key: bool = False,
    ) -> None:
        """Add a complaint about what stands at `path` of case.yaml; `column` counts inside its text."""
        line, at = self._place(path, column, on_key)
        file = self.located.file_at(path if self._written(path) else ("mechanisms",))
        self.problems.append(Problem(found, expected, mend, file, line, at, dotted(path), level))

    def warn(self, path: Path_, found: str, expected: str, mend: str, *, on_key: bool = False) -> None:
        """A complaint that stops nothing."""
        self.complain(path, found, expected, mend, level="warning", on_key=on_key)

    def complain_of_evidence(
        self, path: Path_, found: str, expected: str, mend: str, *, level: Level = "error", column: int = 0
    ) -> None:
        """The same for evidence.yaml."""
        where = self.evidence_located
        line, at = where.where_inside(path, column) if column else where.where(path)
        self.problems.append(Problem(found, expected, mend, where.file, line, at, dotted(path), level))

    def holds_text(self, path: Path_) -> bool:
        """Whether the expression at `path` stands in the file as it is, not changed by a mechanism."""
        formula = self.formulas.get(path)
        try:
            written = self.located.get(path)
        except LookupError:
            return False
        return formula is None or written == formula.source or not isinstance(written, str)

    def scope(self) -> Scope:
        """Every name an expression of this case may use."""
        return Scope(
            parameters=frozenset(self.document.parameters),
            factors={name: tuple(factor.levels) for name, factor in self.document.factors.items()},
            actors={name: tuple(actor.types) for name, actor in self.document.actors.items()},
        )

    def _place(self, path: Path_, column: int, on_key: bool) -> tuple[int, int]:
        if not self._written(path):
            return self.located.where_key(("mechanisms",))
        if on_key:
            return self.located.where_key(path)
        if column and self.holds_text(path):
            return self.located.where_inside(path, column)
        return self.located.where(path)

    def _written(self, path: Path_) -> bool:
        """Whether the element at `path` stands in the file; mechanisms add elements that do not."""
        if len(path) < 2 or not self.written.mechanisms:
            return True
        depth = 3 if path[0] == "moves" else 2
        try:
            self.located.get(path[:depth])
        except LookupError:
            return False
        return True


def dotted(path: Path_) -> str:
    """``moves.washington.raid.when``."""
    return ".".join(str(part) for part in path)


def effects(document: CaseDocument) -> Iterator[tuple[Path_, str | None, str, Effect]]:
    """Every move and event: path, actor (None for chance), name, and what it does."""
    for actor, moves in document.moves.items():
        for name, move in moves.items():
            yield ("moves", actor, name), actor, name, move
    for name, event in document.events.items():
        yield ("events", name), None, name, event


def turns(document: CaseDocument) -> dict[str, int]:
    """Actor -> how many phases of a step it has; actors that never come up have 0."""
    count = dict.fromkeys(document.actors, 0)
    for entry in document.order or list(document.actors):
        name = entry.actor if isinstance(entry, OrderEntry) else entry
        if name in count:
            count[name] += 1
    return count


def chance_events(document: CaseDocument) -> set[str]:
    """Events that come up in a step: named by an entry, or left to ``chance``."""
    if not document.order or "chance" in document.order:
        return set(document.events)
    named = (entry.events or [] for entry in document.order if isinstance(entry, OrderEntry))
    return {name for names in named for name in names}


def payoffs(value: Any) -> Iterator[tuple[Path_, Any]]:
    """The expressions in ``expression`` or ``{type: expression}``, with the rest of their path."""
    if isinstance(value, dict):
        for kind, amount in value.items():
            yield (kind,), amount
    else:
        yield (), value


def list_names(names: list[str], limit: int = 6) -> str:
    """``a, b and c``."""
    shown = [f"`{name}`" for name in names[:limit]]
    if len(names) > limit:
        return ", ".join(shown) + f" and {len(names) - limit} more"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
