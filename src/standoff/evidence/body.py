"""The body of evidence: all that `evidence.yaml` and the reports say, checked and in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from standoff.evidence.claims import Claim
from standoff.evidence.conflicts import Conflict
from standoff.evidence.grades import Discount
from standoff.evidence.grip import Grip
from standoff.evidence.history import Gap, HistoryEntry
from standoff.evidence.origins import origins
from standoff.evidence.reports import Report


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reports, claims and history of a case.

    `history` is in order of date; `grips` says for every claim whether its passages hold; `conflicts` are
    the figures at odds. `unread` names the claims that are written but could not be read (the problems say
    why), so that a broken claim is not taken for a misspelt name; `readable` is false where evidence.yaml as
    a whole could not be read.
    """

    file: str = ""
    reports: Mapping[str, Report] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    history: tuple[HistoryEntry, ...] = ()
    gaps: tuple[Gap, ...] = ()
    discount: Discount = field(default_factory=Discount)
    conflicts: tuple[Conflict, ...] = ()
    grips: Mapping[str, Grip] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    readable: bool = True

    @property
    def origins(self) -> dict[str, str]:
        """Claim id -> who said it first."""
        return origins(self.claims, self.reports)

    def passage(self, claim: str, *, original: bool = False) -> str | None:
        """The cited passage of our digest (or of the original), normalised, where it is held; else None."""
        found = self.claims[claim]
        grip = self.grips.get(claim, Grip())
        report = self.reports.get(found.report)
        anchor = found.anchor if original else found.digest_anchor
        hold = grip.original if original else grip.digest
        if report is None or anchor is None or hold != "held":
            return None
        return (report.text if original else report.digest_text)[anchor.start : anchor.end]
