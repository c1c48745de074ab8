"""Grades of sources and claims, and what the case says they are worth.

The wording is that of STANAG 2511: reliability (A-F) belongs to the source and credibility (1-6) to what
it says this time. F and 6 mean *cannot be judged*: unknown, not bad. A grade never becomes a number on its
own; the case states a `Discount` table, the ledger prints it, and anyone may change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

RELIABILITY: Mapping[str, str] = MappingProxyType(
    {
        "A": "completely reliable",
        "B": "usually reliable",
        "C": "fairly reliable",
        "D": "not usually reliable",
        "E": "unreliable",
        "F": "reliability cannot be judged",
    }
)
CREDIBILITY: Mapping[int, str] = MappingProxyType(
    {
        1: "confirmed by other sources",
        2: "probably true",
        3: "possibly true",
        4: "doubtful",
        5: "improbable",
        6: "truth cannot be judged",
    }
)


def grade_words(reliability: str, credibility: int) -> str:
    """``C3`` in words: 'fairly reliable source, possibly true'."""
    source = "source whose reliability cannot be judged"
    if reliability != "F":
        source = f"{RELIABILITY[reliability]} source"
    return f"{source}, {CREDIBILITY[credibility]}"


@dataclass(frozen=True, slots=True)
class Discount:
    """How much of a likelihood ratio survives a grade: ``ratio ** weight``, weight = source times claim.

    `reliability` maps A-F and `credibility` 1-6 to numbers in [0, 1]. A grade the table does not mention has
    no number, and what rests on it is not counted until the table does.
    """

    reliability: Mapping[str, float] = field(default_factory=dict)
    credibility: Mapping[int, float] = field(default_factory=dict)

    def weight(self, reliability: str, credibility: int) -> float | None:
        """The exponent for this pair of grades, or None where the table is silent about either."""
        source = self.reliability.get(reliability)
        claim = self.credibility.get(credibility)
        return None if source is None or claim is None else source * claim

    def silent_about(self, reliability: str, credibility: int) -> list[str]:
        """Which of the two grades the table does not mention, in words."""
        missing = []
        if reliability not in self.reliability:
            missing.append(f"reliability {reliability}")
        if credibility not in self.credibility:
            missing.append(f"credibility {credibility}")
        return missing
