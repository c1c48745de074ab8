"""Origins: who said it first.

Claims with one origin are one piece of evidence however often they are repeated. The origin of a claim is,
in this order,

1. the origin of the claim it is `derived_from`, followed to the root;
2. its own `origin` tag;
3. that of its report: the report this one is `derived_from`, the report's `origin` tag, or the report itself.

So two claims of one report have one origin unless their tags say otherwise. A different origin means that no
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
    """Claim id -> origin, as the module says."""
    of_report = report_origins(reports)
    parents = {name: claim.derived_from for name, claim in claims.items()}
    found = {}
    for name in claims:
        first = claims[root(name, parents)]
        found[name] = first.origin or of_report.get(first.report, first.report)
    return found
