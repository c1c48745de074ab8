"""Reports: published texts, our digests of them, and whether the original is at hand.

What is known of a report may stand in evidence.yaml, in the front matter of its digest, or partly in each;
`read_reports` brings them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from standoff.evidence.anchors import Anchor
from standoff.evidence.dates import DateSpan

TextState = Literal["held", "edited", "not held"]
TEXT_WORDS = {
    "held": "text held",
    "edited": "text held, but not the file that was cited",
    "not held": "text not held here",
}


@dataclass(frozen=True, slots=True)
class Source:
    """The original of a report: file name and digest of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """A published text.

    `file` is relative to the case folder. `digest_text` is the normalised body of our digest and `text` that
    of the original; each is empty where there is none. `state` says whether the original is at hand.
    """

    id: str
    title: str
    outlet: str
    published: DateSpan
    file: str = ""
    source: Source | None = None
    grade: str = "F"
    grade_because: str | None = None
    precision: str | None = None
    origin: str | None = None
    derived_from: str | None = None
    filler: tuple[Anchor, ...] = ()
    state: TextState = "not held"
    text: str = field(default="", repr=False)
    digest_text: str = field(default="", repr=False)

    @property
    def known(self) -> date:
        """The day from which the report counts as known: the last on which it may have been published."""
        return self.published.last
