"""One source in, one report out: where it lies, what it is, what it says of its date, what in it is not the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from standoff.errors import EvidenceError, Problem, StandoffError
from standoff.evidence.dates import DateSpan
from standoff.evidence.reprints import Reprint, text_of
from standoff.language.printable import printable
from standoff.reading.addresses import shown
from standoff.reading.arrived import Arrived
from standoff.reading.figures import FigureText, Odds, figures_at_odds
from standoff.reading.filler import find_filler
from standoff.reading.library import Library, name_of
from standoff.reading.plain import LONGEST, Extract, read_plain
from standoff.reading.published import candidates, decide, resolved, wire
from standoff.reading.shingles import Shelf, Story, story_of
from standoff.reading.worker import Worker

SECONDS, SIZE = 30.0, 20_000_000
MANY = 300  # reports in a case, beyond which figures are left to the command that is for them
_FORMS = {"page": "HTML", "pdf": "PDF", "plain": "text", "markdown": "Markdown"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read: `seconds` for fetching and again for parsing one source, `size` in bytes, `said` the publication
    date the user gives, `read_on` the present day."""

    seconds: float = SECONDS
    size: int = SIZE
    allow_private: bool = False
    said: DateSpan | None = None
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came of reading several sources: reports in the order given, and what is wrong with the others.

    `alike`: id -> the reports of the case, or read before it, that share wording with it, most alike first. `odds`:
    figures at odds in which one of these reports has a part, None where the case has more than `MANY` reports.
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
    """Each source read and filed; one that cannot be read is a problem and stops no other."""
    listed = list(sources)
    reports: list[Arrived] = []
    problems: list[Problem] = []
    alike: dict[str, tuple[Reprint, ...]] = {}
    shelf = Shelf()
    for report in library.reports.values():
        if report.text:
            shelf.add(story_of(report))
    with Worker() as worker:
        for number, source in enumerate(listed):
            if progress is not None:
                progress(number, len(listed))
            try:
                made = library.add(arrive(source, worker, manner), write=write)
                reports.append(made)
                alike[made.id] = tuple(shelf.like(_story(made)))
                if made.id not in shelf.stories:
                    shelf.add(_story(made))
            except StandoffError as error:
                problems += error.problems
    folder = "" if library.folder is None else str(library.folder)
    return Arrivals(tuple(reports), alike, _odds(reports, library), tuple(problems), folder, dry=not write)


def _odds(reports: Sequence[Arrived], library: Library) -> tuple[Odds, ...] | None:
    """Figures of these reports that do not agree with each other's or with those of the case."""
    if len(library.reports) + len(reports) > MANY:
        return None
    texts = {
        name: FigureText(name, report.text or report.digest_text, report.published, text_of(report).filler)
        for name, report in library.reports.items()
    }
    new = {made.id: FigureText(made.id, made.normalised, made.published, _story(made).filler) for made in reports}
    found = figures_at_odds(list({**texts, **new}.values()))
    return tuple(odds for odds in found if any(side.report in new for side in odds.sides))


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
    form = _form(raw, kind, where)
    extract: Extract
    if form in ("page", "pdf"):
        extract = worker.extract(form, raw, charset, where, manner.seconds)
    else:
        extract = read_plain(raw, charset, where)
    if len(extract.text) > LONGEST:
        found = f"a text of {len(extract.text):,} characters"
        raise _problem(name, found, f"at most {LONGEST:,}", "Cut the report itself out of it.")
    if not re.search(r"\w", extract.text):
        raise _problem(name, "a text without a word", "the text of a report", "Look at what was saved.")
    return _described(extract, raw, where, form, manner)


def _described(extract: Extract, raw: bytes, where: str, form: str, manner: Manner) -> Arrived:
    read_on = manner.read_on or date.today()
    key = sha256(raw).hexdigest()
    title = extract.title or f"Untitled ({shown(where).rstrip('/').rsplit('/', 1)[-1]})"
    made = Arrived(
        id=name_of(extract.title, where, key), title=title, outlet=extract.outlet, published=None, published_from="",
        filed_as=DateSpan(read_on, read_on), text=extract.text, source=shown(where), sha256=key, form=_FORMS[form],
        filler=find_filler(extract.text), remarks=extract.remarks, read_on=read_on,
    )  # fmt: skip
    body = made.normalised
    found = candidates(body, where, extract.told, manner.said)
    published, why, filed_as, remarks = decide(found, body, read_on)
    return replace(
        made, published=published, published_from=why, filed_as=filed_as, origin=wire(body), candidates=found,
        dates=resolved(body, published), remarks=(*made.remarks, *remarks),
    )  # fmt: skip


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
