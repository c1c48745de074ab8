"""Reprints: reports that repeat each other word for word.

Every five words in a row are a shingle. Two texts are compared by *containment*, the share of the shorter
text's shingles that the longer one has too: an excerpt of 40 % has containment 1, where a symmetric measure
would give it 0.4. Filler is cut out first. A paraphrase shares few shingles, so silence means that no reprint
was found, not that two reports are independent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from standoff.evidence.anchors import find_anchor
from standoff.evidence.reports import Report
from standoff.evidence.text import normalise

WORDS = 5
THRESHOLD = 0.2
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Reprint:
    """Two reports of which the shorter shares this much, from 0 to 1, with the other."""

    one: str
    other: str
    containment: float


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """All runs of five words, letter case and punctuation aside."""
    words = re.findall(r"\w+", normalise(text).casefold())
    return frozenset(zip(*(words[start:] for start in range(WORDS)), strict=False))


def containment(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Shared shingles over those of the smaller set; 0 where that is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def find_reprints(reports: Mapping[str, Report], threshold: float = THRESHOLD) -> tuple[Reprint, ...]:
    """Pairs of reports whose originals are at hand and share at least `threshold`, most alike first.

    Texts with fewer than 20 shingles are too short to tell and left out. Cost: linear in the length of the
    texts, quadratic in their number.
    """
    cut = {name: shingles(_without_filler(report)) for name, report in sorted(reports.items()) if report.text}
    found = [
        Reprint(one, other, containment(cut[one], cut[other]))
        for one, other in combinations(cut, 2)
        if min(len(cut[one]), len(cut[other])) >= FEWEST
    ]
    alike = [each for each in found if each.containment >= threshold]
    return tuple(sorted(alike, key=lambda each: (-each.containment, each.one, each.other)))


def _without_filler(report: Report) -> str:
    text = report.text
    spans = [
        standing.anchor for standing in (find_anchor(text, span) for span in report.filler) if standing.good
    ]
    for span in sorted(spans, key=lambda each: -each.start):
        text = f"{text[: span.start]} {text[span.end :]}"
    return text
