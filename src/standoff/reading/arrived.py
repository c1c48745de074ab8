"""A report that has come in: what was read out of one file or page, before and after it is filed in a case.

Offsets (`Mark`, `FoundDate`) count characters of the *normalised* text (`standoff.evidence.text.normalise`), end
excluded, as anchors do: what is marked here can be cited, or kept from being cited, as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from standoff.evidence.dates import DateSpan
from standoff.evidence.text import normalise

Filing = Literal["new", "already there", "not asked"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage that is not the report. `kind` is the rule that found it, `why` says it in words."""

    start: int
    end: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in the text. `span` is None where it is relative to a day nobody gives, or its year is not said.

    `precision`: 'day', 'week', 'early month', 'mid month', 'late month', 'month', 'season', 'quarter', 'year',
    'decade' or 'interval'. `note` says how it was understood, where the words alone do not.
    """

    start: int
    end: int
    words: str
    precision: str
    span: DateSpan | None = None
    relative: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day on which the report may have been published, and where that is said: 'meta tag', 'byline', ..."""

    span: DateSpan
    where: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """One report, read.

    `published` is None where nothing says it; `filed_as` is then as wide as what is certain: not before the latest
    year the text looks back on, not after the day it was read. `text` is as written, in paragraphs. `sha256` is of
    the bytes that were read. `file` is the report in the case, '' where none was written.
    """

    id: str
    title: str
    outlet: str
    published: DateSpan | None
    published_from: str
    filed_as: DateSpan
    text: str = field(repr=False)
    source: str
    sha256: str
    form: str = "text"
    origin: str = ""
    filler: tuple[Mark, ...] = ()
    dates: tuple[FoundDate, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    remarks: tuple[str, ...] = ()
    read_on: date = date.min
    filing: Filing = "not asked"
    file: str = ""
    head: Mapping[str, str] = field(default_factory=dict)

    @property
    def normalised(self) -> str:
        """The text in which offsets count; computed anew at each call."""
        return normalise(self.text)

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def filler_share(self) -> float:
        """Characters that are marked over all of them, 0 to 1."""
        whole = len(self.normalised)
        return sum(mark.end - mark.start for mark in self.filler) / whole if whole else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain data: the shape that docs/scripts.md documents. The text itself is not repeated."""
        body = self.normalised
        return {
            "id": self.id,
            "title": self.title,
            "outlet": self.outlet,
            "origin": self.origin or None,
            "head": dict(self.head),
            "form": self.form,
            "source": self.source,
            "sha256": self.sha256,
            "published": None if self.published is None else _span(self.published),
            "published_from": self.published_from,
            "filed_as": _span(self.filed_as),
            "candidates": [{"where": one.where, **_span(one.span)} for one in self.candidates],
            "dates": [
                {
                    "start": one.start,
                    "end": one.end,
                    "words": one.words,
                    "precision": one.precision,
                    "relative": one.relative,
                    "first": None if one.span is None else one.span.first.isoformat(),
                    "last": None if one.span is None else one.span.last.isoformat(),
                    "note": one.note,
                }
                for one in self.dates
            ],
            "words": self.words,
            "characters": len(body),
            "filler_share": self.filler_share,
            "filler": [
                {
                    "start": mark.start,
                    "end": mark.end,
                    "kind": mark.kind,
                    "why": mark.why,
                    "passage": body[mark.start : mark.end],
                }
                for mark in self.filler
            ],
            "remarks": list(self.remarks),
            "filing": self.filing,
            "file": self.file or None,
        }


def _span(span: DateSpan) -> dict[str, Any]:
    return {
        "text": span.text,
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "precision": span.precision,
    }
