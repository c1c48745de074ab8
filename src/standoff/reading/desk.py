"""The desk: what the reports of a case have in common, and where they contradict each other.

    copies(evidence)     reprints, excerpts and shared quotations; chains of copies; outlets that several reports name
    figures(evidence)    every figure in the reports, and those at odds
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from standoff.evidence.body import Evidence
from standoff.evidence.reports import Report
from standoff.evidence.reprints import Reprint, text_of
from standoff.reading.figures import FigureText, Odds, TextFigure, figures_at_odds, figures_in
from standoff.reading.shingles import Chain, Voice, chains, reprints, story_of, voices


@dataclass(frozen=True, slots=True)
class Copies:
    """`pairs` most alike first, `one` published before `other` where that is known; `texts`: report -> its normalised
    text, in which all places count; `not_held`: reports that could not be compared."""

    pairs: tuple[Reprint, ...]
    chains: tuple[Chain, ...]
    voices: tuple[Voice, ...]
    texts: Mapping[str, str]
    not_held: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape that docs/scripts.md documents."""
        pairs = [pair.to_json() for pair in self.pairs]
        for pair in pairs:
            for passage in pair["passages"]:
                for side in ("one", "other"):
                    place = passage[side]
                    place["passage"] = self.texts[pair[side]][place["start"] : place["end"]]
        named = [voice.to_json() for voice in self.voices]
        for voice in named:
            for report, places in voice["named_in"].items():
                for place in places:
                    place["passage"] = self.texts[report][place["start"] : place["end"]]
        return {
            "compared": sorted(self.texts),
            "not_held": list(self.not_held),
            "pairs": pairs,
            "chains": [chain.to_json() for chain in self.chains],
            "named": named,
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """`odds`: figures at odds, the widest apart first; `found`: report -> its figures in order. `digests`: reports
    whose original is not at hand, so that our digest was read in its place."""

    odds: tuple[Odds, ...]
    found: Mapping[str, tuple[TextFigure, ...]]
    digests: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape that docs/scripts.md documents."""
        return {
            "at_odds": [odds.to_json() for odds in self.odds],
            "figures": {report: [figure.to_json() for figure in figures] for report, figures in self.found.items()},
            "read_from_digest": list(self.digests),
        }


def copies(evidence: Evidence, as_of: date | None = None) -> Copies:
    """What the originals at hand share word for word; with `as_of`, of those published by then."""
    reports = _known(evidence, as_of)
    stories = [story_of(report) for report in reports if report.text]
    pairs = reprints(stories)
    return Copies(
        tuple(pairs),
        chains(stories, pairs),
        voices(stories),
        {story.id: story.text for story in stories},
        tuple(report.id for report in reports if not report.text),
    )


def figures(evidence: Evidence, as_of: date | None = None) -> Figures:
    """The figures of all reports; of one whose original is not at hand, those of our digest."""
    texts, digests = [], []
    for report in _known(evidence, as_of):
        text = text_of(report)
        if not text.text and report.digest_text:
            digests.append(report.id)
        texts.append(FigureText(report.id, text.text or report.digest_text, report.published, text.filler))
    found = {each.id: tuple(figures_in(each.text, each.filler)) for each in texts}
    return Figures(tuple(figures_at_odds(texts)), found, tuple(digests))


def _known(evidence: Evidence, as_of: date | None) -> list[Report]:
    reports = [report for report in evidence.reports.values() if as_of is None or report.known <= as_of]
    return sorted(reports, key=lambda report: (report.known, report.published.first, report.id))
