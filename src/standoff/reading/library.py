"""The reports of a case: what is there already, and how a new one is put beside it.

A report is one file, `reports/ID.md`, with a head that `standoff check` reads. Nothing that is there is ever
written over: the same text is recognised, another text of the same name gets a number. A file appears whole or
not at all.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

from standoff.errors import EvidenceError, Problem
from standoff.evidence.anchors import anchor_at
from standoff.evidence.dates import DateSpan
from standoff.evidence.load import load_evidence
from standoff.evidence.reports import Report
from standoff.evidence.text import digest
from standoff.reading.addresses import without_secrets
from standoff.reading.arrived import Arrived, Filing
from standoff.reading.plain import flat
from standoff.reading.published import FRONT, SAID, resolved

SHELF = "reports"
LONGEST_ID = 48
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)
_TAKEN_BY_SYSTEMS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")


class Library:
    """The reports of a case folder as they were when this was made, and those filed since; of no folder, none."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.reports: dict[str, Report] = {}
        self._by_text: dict[str, str] = {}
        self._by_source: dict[str, str] = {}
        self._names: set[str] = set()
        if folder is None:
            return
        evidence, _ = load_evidence(folder, questions=False)  # what is wrong with it is for `standoff check`
        self.reports = dict(evidence.reports)
        self._names = {*self.reports, *evidence.unread, *(path.stem.lower() for path in (folder / SHELF).glob("*.md"))}
        for name, report in self.reports.items():
            for text in {report.text, report.digest_text} - {""}:
                self._by_text.setdefault(digest(text), name)
            if report.source is not None:
                self._by_source.setdefault(report.source.sha256, name)

    def same(self, arrived: Arrived) -> str | None:
        """The id of a report with the same bytes or the same words, None if there is none."""
        return self._by_source.get(arrived.sha256) or self._by_text.get(digest(arrived.normalised))

    def placed(self, arrived: Arrived) -> Arrived:
        """The report as it would be filed: under its own name, a numbered one, or as what is there already."""
        same = self.same(arrived)
        if same is not None:
            return self._known(arrived, same)
        name, number = arrived.id, 1
        while name in self._names or _TAKEN_BY_SYSTEMS.fullmatch(name):
            number += 1
            name = f"{arrived.id[: LONGEST_ID - 4]}-{number}"
        arrived = self._without_strangers(arrived)
        own = arrived.head.get("id")
        if own and own != name:
            arrived = replace(arrived, remarks=(*arrived.remarks, f"the id `{own}` of its head is taken"))
        return replace(arrived, id=name, filing="new", file=f"{SHELF}/{name}.md" if self.folder else "")

    def _without_strangers(self, arrived: Arrived) -> Arrived:
        """Without a report that it is said to repeat and that this case does not have."""
        other = arrived.head.get("derived_from", "")
        if not other or self.folder is None or other in self._names:
            return arrived
        head = {key: value for key, value in arrived.head.items() if key != "derived_from"}
        remark = f"of its head not taken: `derived_from: {other}` (no report of this case)"
        return replace(arrived, head=head, remarks=(*arrived.remarks, remark))

    def add(self, arrived: Arrived, *, write: bool = True) -> Arrived:
        """File a report, or with `write` False only remember it; gives it back with `filing` and `file`.

        Raises `EvidenceError` where the folder cannot be written to.
        """
        placed = self.placed(arrived)
        if placed.filing == "already there":
            return placed
        while write and self.folder is not None:
            try:
                _write_new(self.folder / placed.file, written(placed))
                break
            except FileExistsError:  # somebody else filed one of this name just now
                self._names.add(placed.id)
                placed = self.placed(arrived)
        self._names.add(placed.id)
        self._by_text[digest(placed.normalised)] = placed.id
        self._by_source[placed.sha256] = placed.id
        return placed

    def _known(self, arrived: Arrived, name: str) -> Arrived:
        there: Filing = "already there"
        report = self.reports.get(name)
        if report is None:  # filed a moment ago
            return replace(arrived, id=name, filing=there, file=f"{SHELF}/{name}.md" if self.folder else "")
        why = f" ({report.precision[:200]})" if report.precision else ""
        return replace(
            arrived, id=name, title=report.title, outlet=report.outlet, published=report.published,
            filed_as=report.published,
            published_from=f"the case, report {name}{why}", filing=there, file=report.file, head={},
            dates=resolved(arrived.normalised, report.published),
        )  # fmt: skip


def written(arrived: Arrived) -> str:
    """The file of a report: head and text. Marks say why they were made, in remarks that nothing reads but a person."""
    own = arrived.head
    head = [
        f"id: {_plain_id(arrived.id)}",
        f"title: {_quoted(arrived.title)}",
        *([f"outlet: {_quoted(arrived.outlet)}"] if arrived.outlet else []),
        f"published: {_written_date(arrived.filed_as)}",
        f"precision: {_quoted(_sentence(arrived))}",
        *([f"origin: {_quoted(arrived.origin)}"] if arrived.origin else []),
        *(f"{key}: {_quoted(own[key])}" for key in ("derived_from", "grade", "grade_because") if key in own),
        *(
            []
            if "grade" in own
            else ["# grade: F  # how reliable is the source? A to F, with grade_because; F is unknown, not bad"]
        ),
        f"digest: {_quoted(_provenance(arrived))}",
    ]
    if arrived.filler:
        body = arrived.normalised
        head.append("filler:  # not the report: never cited")
        for mark in arrived.filler:
            head.append(f"  - {anchor_at(body, mark.start, mark.end).to_yaml()}  # {flat(mark.why, 160)}")
    return "---\n" + "\n".join(head) + "\n---\n\n" + arrived.text + "\n"


def _plain_id(name: str) -> str:
    """An id as YAML reads it back as text: not a bare number or date."""
    return name if re.match("[a-z]", name) and name not in ("true", "false", "null", "nan", "inf") else _quoted(name)


def name_of(title: str, source: str, sha256: str) -> str:
    """An id out of a title, else out of the name of the file: lower case, digits and hyphens."""
    stem = re.sub(r"\.\w{1,5}$", "", source.rstrip("/").rsplit("/", 1)[-1])
    for words in (title, stem):
        plain = unicodedata.normalize("NFKD", words.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
        plain = re.sub(r"'s\b", "s", plain)
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        if len(slug) > LONGEST_ID:
            slug = slug[: LONGEST_ID + 1].rpartition("-")[0] or slug[:LONGEST_ID]
        if slug and not _TAKEN_BY_SYSTEMS.fullmatch(slug):
            return slug
    return f"report-{sha256[:8]}"


def _quoted(words: str) -> str:
    """Text as YAML reads it back, whatever stands in it."""
    return json.dumps(flat(words, 600), ensure_ascii=False)


def _written_date(span: DateSpan) -> str:
    return span.first.isoformat() if span.days == 1 else _quoted(str(span))


def _sentence(arrived: Arrived) -> str:
    if arrived.published is None:
        return arrived.published_from
    if arrived.published_from == FRONT and "precision" in arrived.head:
        return arrived.head["precision"]
    if arrived.published_from == SAID:
        return f"{arrived.published.precision}, as whoever read it in said"
    return f"{arrived.published.precision}, from: {arrived.published_from}"


def _provenance(arrived: Arrived) -> str:
    address = "://" in arrived.source
    # Where it lay is nobody's business, nor is what opened the door.
    source = without_secrets(arrived.source) if address else re.split(r"[/\\]", arrived.source)[-1]
    what = arrived.head.get("digest") or "the text itself, its publisher's words"
    return (
        f"{flat(what, 300)}; read on {arrived.read_on.isoformat()} from {source} "
        f"({arrived.form}, sha256 {arrived.sha256})"
    )


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises FileExistsError where anything has its name, be it a link that leads
    nowhere, and `EvidenceError` with what the disk says."""
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise _cannot(path, "a file where the folder reports/ should be") from None
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)
            _put(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise
    except OSError as error:
        raise _cannot(path, error.strerror or str(error)) from None


def _put(name: str, path: Path) -> None:
    """Give a finished file its name, which nothing has: where there are no links, an empty file is put in its place
    first, which fails if there is one, and what is replaced is then our own."""
    try:
        os.link(name, path)
        return
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    try:
        os.replace(name, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _cannot(path: Path, what: str) -> EvidenceError:
    return EvidenceError(
        Problem(
            what, "a folder reports/ with room that can be written to", "Look at its permissions and the disk.",
            file=str(path),
        )
    )  # fmt: skip
