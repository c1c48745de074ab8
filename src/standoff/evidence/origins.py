"""Origins: who said it first.

Claims with one origin are one piece of evidence however often they are repeated. The origin of a claim is,
in this order,

1. the origin of the claim it is `derived_from`, followed to the root;
2. its own `origin` tag;
3. who says it in that report: its `attributed_to` together with the origin of the report;
4. the origin of its report: the report this one is `derived_from`, the report's `origin` tag, or the report itself.

So two people quoted by one report are two origins, and what a report says in its own voice is one.
A different origin means that no
common one was declared or found, not that the two are independent.
"""

from __future__ import annotations

from collections.abc import Mapping

from standoff.evidence.claims import Claim
from standoff.evidence.reports import Report

Parents = Mapping[str, str | None]


def root(name: str, parents: Parents) -> str:
    """The end of the chain of parents from `name`; in a circle, its alphabetically first member.

    ``root(root(x)) == root(x)``. A parent that is not itself a key ends the chain.
    """
    path: dict[str, None] = {}
    here = name
    while here not in path:
        path[here] = None
        parent = parents.get(here)
        if parent is None or parent not in parents:
            return here
        here = parent
    chain = list(path)
    return min(chain[chain.index(here) :])


def circles(parents: Parents) -> list[tuple[str, ...]]:
    """Every circle of parents once, starting from its alphabetically first member."""
    found: set[tuple[str, ...]] = set()
    settled: set[str] = set()
    for name in sorted(parents):
        chain: list[str] = []
        here: str | None = name
        while here is not None and here in parents and here not in settled and here not in chain:
            chain.append(here)
            here = parents[here]
        if here is not None and here in chain:
            circle = chain[chain.index(here) :]
            first = circle.index(min(circle))
            found.add((*circle[first:], *circle[:first]))
        settled.update(chain)
    return sorted(found)


def report_origins(reports: Mapping[str, Report]) -> dict[str, str]:
    """Report id -> its origin: the root report's `origin` tag, or the root report's id."""
    parents = {name: report.derived_from for name, report in reports.items()}
    roots = {name: root(name, parents) for name in reports}
    return {name: reports[first].origin or first for name, first in roots.items()}


def origins(claims: Mapping[str, Claim], reports: Mapping[str, Report]) -> dict[str, str]:
    """Claim id -> origin, as the module says. A voice is the same whatever its letter case and spacing."""
    of_report = report_origins(reports)
    parents = {name: claim.derived_from for name, claim in claims.items()}
    spelled: dict[tuple[str, str], list[str]] = {}  # (origin of the report, voice) -> spellings of the voice
    for claim in claims.values():
        if claim.attributed_to:
            told_by = of_report.get(claim.report, claim.report)
            spelled.setdefault((told_by, fold(claim.attributed_to)), []).append(claim.attributed_to)
    found = {}
    for name in claims:
        first = claims[root(name, parents)]
        told_by = of_report.get(first.report, first.report)
        voice = min(spelled[told_by, fold(first.attributed_to)]) if first.attributed_to else ""
        found[name] = first.origin or (f"{told_by}: {voice}" if voice else told_by)
    return found


def fold(words: str) -> str:
    """A name as it is compared: letter case and spacing aside."""
    return " ".join(words.casefold().split())
