"""What theory says, one mechanism a file, each with its card.

A mechanism rewrites a case into a longer case in the same language: costs, worths, flows, chances,
events and visible parameters, and nothing else. `expand` does it for a whole document, `trace` says what
each entry added. To add a mechanism: one file with CARD, Args, expand_one; one line in MODULES; one test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType, ModuleType
from typing import Any

from standoff.errors import Problem, did_you_mean
from standoff.language.document import CaseDocument
from standoff.mechanisms import (
    audience_costs,
    coup,
    coup_proofing,
    domestic_constraint,
    guard_as_jailer,
    incident_risk,
    militia_deterrence,
    patron_support,
    rally_effect,
    sanctions_attrition,
    sunk_costs,
)
from standoff.mechanisms.additions import Additions
from standoff.mechanisms.args import Settings, read_settings
from standoff.mechanisms.card import Card

__all__ = ["CARDS", "MECHANISMS", "Mechanism", "Traced", "expand", "find", "trace"]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A named theory: its card, the settings it takes, and what it adds to a document."""

    card: Card
    settings: type[Settings]
    expand_one: Callable[[CaseDocument, Any, int], Additions]


@dataclass(frozen=True, slots=True)
class Traced:
    """One entry of `mechanisms` and what it added."""

    index: int
    card: Card
    additions: Additions

    @property
    def lines(self) -> tuple[str, ...]:
        """Every addition in words, in order."""
        return tuple(addition.words for addition in self.additions.added)


MODULES: tuple[ModuleType, ...] = (
    audience_costs,
    sunk_costs,
    rally_effect,
    militia_deterrence,
    coup,
    coup_proofing,
    guard_as_jailer,
    sanctions_attrition,
    incident_risk,
    patron_support,
    domestic_constraint,
)

MECHANISMS: Mapping[str, Mechanism] = MappingProxyType(
    {module.CARD.name: Mechanism(module.CARD, module.Args, module.expand_one) for module in MODULES}
)
"""name: mechanism, in the order in which the docs show them."""

CARDS: tuple[Card, ...] = tuple(mechanism.card for mechanism in MECHANISMS.values())


def find(name: str) -> Mechanism | None:
    """The mechanism of this name or alias, or None."""
    for mechanism in MECHANISMS.values():
        if name == mechanism.card.name or name in (alias.name for alias in mechanism.card.aliases):
            return mechanism
    return None


def expand(document: CaseDocument) -> tuple[CaseDocument, list[Problem]]:
    """The same case with every entry of `mechanisms` spelled out, and `mechanisms` empty.

    Entries are expanded in order, each into what the ones before it left. An entry with an error adds
    nothing; the others still do. Problems carry key paths such as ``mechanisms.0.audience_costs.on``.
    """
    expanded, _, problems = _expanded(document)
    return expanded, problems


def trace(document: CaseDocument) -> tuple[Traced, ...]:
    """What each entry of `mechanisms` adds, in order; entries with errors are left out."""
    return _expanded(document)[1]


def _expanded(document: CaseDocument) -> tuple[CaseDocument, tuple[Traced, ...], list[Problem]]:
    expanded = document.model_copy(update={"mechanisms": []})
    traced: list[Traced] = []
    problems: list[Problem] = []
    for index, entry in enumerate(document.mechanisms):
        path = f"mechanisms.{index}"
        if len(entry) != 1:
            problems.append(_not_one(entry, path))
            continue
        (name, written), *_ = entry.items()
        mechanism = find(name)
        if mechanism is None:
            names = [alias.name for card in CARDS for alias in card.aliases]
            mend = did_you_mean(name, [*MECHANISMS, *names])
            problems.append(Problem(f"'{name}'", "the name of a mechanism", mend, path=f"{path}.{name}"))
            continue
        settings, wrong = read_settings(mechanism.settings, written, index, name)
        problems += wrong
        if settings is None:
            continue
        additions = mechanism.expand_one(expanded, settings, index)
        problems += [
            _renamed(problem, f"{path}.{mechanism.card.name}", f"{path}.{name}")
            for problem in additions.problems
        ]
        if any(problem.level == "error" for problem in additions.problems):
            continue
        expanded = additions.apply(expanded)
        traced.append(Traced(index, mechanism.card, additions))
    for each in traced:
        expanded = each.additions.finish(expanded)
    return expanded, tuple(traced), problems


def _not_one(entry: Mapping[str, Any], path: str) -> Problem:
    names = ", ".join(entry)
    return Problem(
        f"{len(entry)} mechanisms in one entry ({names})" if entry else "an empty entry",
        "one mechanism an entry",
        "Begin each mechanism on a line of its own with '- '.",
        path=path,
    )


def _renamed(problem: Problem, card: str, written: str) -> Problem:
    """The same problem under the name the case used, which may be an alias."""
    if card == written:
        return problem
    return replace(problem, path=written + problem.path.removeprefix(card))
