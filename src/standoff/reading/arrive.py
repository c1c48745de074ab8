"""One source in, one report out: where it lies, what it is, what it says of its date, what in it is not the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from standoff.errors import EvidenceError, Problem, StandoffError
from standoff.evidence.dates import DateSpan
from standoff.evidence.reprints import Reprint, text_of
from standoff.language.printable import printable
from standoff.reading.addresses import shown
from standoff.reading.arrived import Arrived
from standoff.reading.beside import Question
from standoff.reading.figures import FigureText, Odds
from standoff.reading.library import Library
from standoff.reading.shingles import Story, story_of
from standoff.reading.worker import Worker

SECONDS, SIZE = 30.0, 20_000_000
MANY = 300  # reports in a case, beyond which figures are left to the command that is for them
EACH = 0.05  # seconds more for each report of the case that a new one is held against


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read: `seconds` for fetching one source, again for taking it apart and again for holding it against the
    others, `size` in bytes, `said` the publication date the user gives, `read_on` the present day. `allow_private`
    holds for the machines that the addresses given name, not for those a redirect leads to."""

    seconds: float = SECONDS
    size: int = SIZE
    allow_private: bool = False
    said: DateSpan | None = None
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came of reading several sources: reports in the order given, and what is wrong with the others.

    `alike`: id -> the reports of the case, or read before it, that share wording with it, most alike first. `odds`:
    figures at odds in which one of these reports has a part, None where the case has more than `MANY` reports, or
    where the comparison did not end in time, which is then among the problems.
    """

    reports: tuple[Arrived, ...]
    alike: Mapping[str, tuple[Reprint, ...]] = field(default_factory=dict)
    odds: tuple[Odds, ...] | None = ()
    problems: tuple[Problem, ...] = ()
    folder: str = ""
    dry: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain data: the shape that docs/scripts.md documents."""
        return {
            "reports": [
                {**report.to_json(), "reprints": [pair.to_json() for pair in self.alike.get(report.id, ())]}
                for report in self.reports
            ],
            "figures_at_odds": None if self.odds is None else [each.to_json() for each in self.odds],
            "problems": [problem.to_json() for problem in self.problems],
            "into": self.folder or None,
            "dry_run": self.dry,
        }


def read_all(
    sources: Iterable[str | Path],
    library: Library,
    manner: Manner,
    *,
    write: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Arrivals:
    """Each source read and filed; one that cannot be read is a problem and stops no other.

    An exception that ends it in the middle says which reports are written: KeyboardInterrupt as its message, others in
    a note.
    """
    listed = list(sources)
    reports: list[Arrived] = []
    problems: list[Problem] = []
    alike: Mapping[str, tuple[Reprint, ...]] = {}
    odds: tuple[Odds, ...] | None = ()
    there = tuple(story_of(report) for report in library.reports.values() if report.text)
    try:
        with Worker() as worker:
            for number, source in enumerate(listed):
                if progress is not None:
                    progress(number, len(listed))
                try:
                    reports.append(library.add(arrive(source, worker, manner), write=write))
                except StandoffError as error:
                    problems += error.problems
            if reports:
                seconds = manner.seconds * len(reports) + EACH * len(library.reports)
                try:
                    found = worker.beside(_question(there, reports, library), seconds)
                    alike, odds = found.alike, found.odds
                except StandoffError as error:
                    odds = None
                    problems += error.problems
    except BaseException as stop:
        _told(stop, reports)
        raise
    folder = "" if library.folder is None else str(library.folder)
    return Arrivals(tuple(reports), alike, odds, tuple(problems), folder, dry=not write)


def _told(stop: BaseException, reports: Sequence[Arrived]) -> None:
    """Whoever ends the reading in the middle, or whatever, is told what is written: it stays."""
    files = list(dict.fromkeys(made.file for made in reports if made.file and made.filing == "new"))
    said = f"Already written, and kept: {', '.join(files)}." if files else "Nothing had been written."
    if isinstance(stop, KeyboardInterrupt):
        stop.args = (said,)  # what the terminal prints of it
    else:
        stop.add_note(said)


def _question(there: tuple[Story, ...], reports: Sequence[Arrived], library: Library) -> Question:
    """What to hold against what: wording, and figures unless the case has more than `MANY` reports."""
    new = tuple(map(_story, reports))
    if len(library.reports) + len(reports) > MANY:
        return Question(there, new, None)
    texts = {
        name: FigureText(name, report.text or report.digest_text, report.published, text_of(report).filler)
        for name, report in library.reports.items()
    }
    texts |= {each.id: FigureText(each.id, each.text, each.published, each.filler) for each in new}
    return Question(there, new, tuple(texts.values()))


def _story(made: Arrived) -> Story:
    return Story(
        made.id, made.normalised, tuple((mark.start, mark.end) for mark in made.filler), made.published, made.outlet
    )


def arrive(source: str | Path, worker: Worker, manner: Manner = Manner()) -> Arrived:
    """Read one file or address. Raises `EvidenceError`; nothing is written."""
    where = str(source)
    raw, kind, charset, where = (
        _fetched(where, worker, manner) if "://" in where else (*_on_disk(where, manner.size), where)
    )
    name = shown(where)
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        found = "an empty file" if not raw else "a file of nothing but blanks"
        raise _problem(name, found, "the text of a report", "Save the text again, or give another source.")
    read_on = manner.read_on or date.today()
    return worker.read(_form(raw, kind, where), raw, charset, where, manner.said, read_on, manner.seconds)


def _fetched(url: str, worker: Worker, manner: Manner) -> tuple[bytes, str, str | None, str]:
    from standoff.reading.fetch import clean_url

    got = worker.fetch(clean_url(url), seconds=manner.seconds, size=manner.size, allow_private=manner.allow_private)
    return got.data, got.kind, got.charset, got.url


def _on_disk(where: str, size: int) -> tuple[bytes, str, None]:
    name, path = printable(where, 200), Path(where)
    try:
        if path.is_dir():
            mend = f"Name the files in it: `standoff read {name.rstrip('/')}/*`."
            raise _problem(name, "a folder where a report should be", "files or addresses", mend)
        if not path.exists():
            looks = re.match(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/|$)", where, re.IGNORECASE)
            mend = (
                f"Did you mean `https://{name}`?"
                if looks and path.suffix[1:] not in ("txt", "md", "pdf")
                else "Check the path."
            )
            raise _problem(name, "no such file", "a file or an address with https://", mend)
        if not path.is_file():
            raise _problem(name, "no ordinary file (a device or a pipe)", "a file", "Save its content to a file.")
        if path.stat().st_size > size:
            raise _too_large(name, path.stat().st_size, size)
        with path.open("rb") as file:
            raw = file.read(size + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _problem(
            name, f"a file that cannot be read ({reason})", "a file that can", "Check path and permissions."
        ) from None
    if len(raw) > size:
        raise _too_large(name, len(raw), size)
    return raw, "", None


def _form(raw: bytes, kind: str, where: str) -> str:
    """'page', 'pdf', 'markdown' or 'plain': by its first bytes, then by what the server says, then by its name."""
    start = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in raw[:1024].lower():
        return "pdf"
    if start.startswith((b"<!doctype html", b"<html")) or kind in ("text/html", "application/xhtml+xml"):
        return "page"
    ending = Path(where.partition("?")[0]).suffix.lower() if "://" not in where or not kind else ""
    if ending in (".html", ".htm", ".xhtml", ".mhtml"):
        return "page"
    if start.startswith(b"<?xml") and b"<html" in raw[:4096].lower():
        return "page"
    return "markdown" if ending in (".md", ".markdown") or kind == "text/markdown" else "plain"


def _too_large(name: str, found: int, size: int) -> EvidenceError:
    mend = "Cut the report itself out of it, or allow more with --max-size."
    return _problem(name, f"a file of {found / 1e6:,.1f} MB", f"at most {size / 1e6:g} MB", mend)


def _problem(name: str, found: str, expected: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found, expected, mend, file=name))
