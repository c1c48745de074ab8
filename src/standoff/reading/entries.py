"""What can be found: reports, our digests of them, and claims, each as one entry of the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from standoff.evidence.body import Evidence
from standoff.evidence.dates import DateSpan
from standoff.evidence.reports import Report
from standoff.evidence.reprints import text_of

Kind = Literal["report", "digest", "claim"]


@dataclass(frozen=True, slots=True)
class Entry:
    """`title` and `text` are searched, `text` without `filler`. Offsets count in `text`, which is normalised, plus
    `offset`: the place where a claim's passage begins in its report. `report` is the report that it belongs to, `file`
    where that stands."""

    kind: Kind
    id: str
    report: str
    title: str
    outlet: str
    published: DateSpan
    text: str = field(repr=False)
    filler: tuple[tuple[int, int], ...] = ()
    offset: int = 0
    file: str = ""
    cite: str = "anchor"

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def stamp(self) -> bytes:
        """Changes with anything that is indexed or shown."""
        parts = (
            self.kind, self.id, self.report, self.title, self.outlet, self.published.first.isoformat(),
            self.published.last.isoformat(), self.published.text, self.text, repr(self.filler), str(self.offset),
            self.file, self.cite,
        )  # fmt: skip
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def entries(evidence: Evidence) -> Iterator[Entry]:
    """Every report whose text is held, every digest in our own words, and every claim with the passage it cites."""
    for report in evidence.reports.values():
        original = report.source.name if report.source is not None else ""
        if report.text or not report.digest_text:
            # The text of a report that has no original elsewhere stands in the case, and is cited as a digest is.
            text = text_of(report)
            cite = "anchor" if original else "digest_anchor"
            yield _of(report, "report", text.text, text.filler, original or report.file, cite)
        if report.digest_text and (original or not report.text):
            yield _of(report, "digest", report.digest_text, (), report.file, "digest_anchor")
    for name, claim in evidence.claims.items():
        told = evidence.reports.get(claim.report)
        if told is None:
            continue
        passage = evidence.passage(name, original=True)
        anchor, cite = claim.anchor, "anchor"
        if passage is None:
            passage = evidence.passage(name)
            anchor, cite = claim.digest_anchor, "digest_anchor"
        source = told.source.name if told.source is not None and cite == "anchor" else told.file
        yield Entry(
            "claim", name, claim.report, claim.says, told.outlet, told.published, passage or "",
            offset=anchor.start if anchor and passage else 0, file=source, cite=cite,
        )  # fmt: skip


def _of(report: Report, kind: Kind, text: str, filler: tuple[tuple[int, int], ...], file: str, cite: str) -> Entry:
    return Entry(
        kind, report.id, report.id, report.title, report.outlet, report.published, text, filler, file=file, cite=cite
    )
