"""Reports of a case, from evidence.yaml and from the digests' own front matter.

Every ``reports/*.md`` whose front matter has an `id` is a report. What evidence.yaml says under that name is
added to it, and wins where both speak.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from standoff.errors import EvidenceError, Problem, did_you_mean
from standoff.evidence.anchors import Anchor
from standoff.evidence.complaints import Complaints
from standoff.evidence.dates import DateSpan
from standoff.evidence.digests import Digest, inside, read_digests
from standoff.evidence.document import AnchorRecord, ReportRecord
from standoff.evidence.files import citable_part, decode
from standoff.evidence.originals import find_original, text_folders
from standoff.evidence.reports import Report, Source
from standoff.evidence.text import normalise
from standoff.language.located import Path_
from standoff.language.validation import validate


def read_reports(
    folder: Path, names: Collection[str], complaints: Complaints, texts: Path | None
) -> tuple[dict[str, Report], frozenset[str]]:
    """(reports by id, ids of reports that are written but could not be read).

    `names` are the keys under `reports:` in the file of `complaints`, to which everything wrong goes.
    """
    written: dict[str, ReportRecord | None] = {}
    for name in names:
        written[name], problems = validate(ReportRecord, complaints.located, ("reports", name))
        complaints.extend(problems)
    named = {record.file for record in written.values() if record is not None and record.file}
    digests, problems = read_digests(folder, named | {f"reports/{name}.md" for name in names})
    complaints.extend(problems)
    by_id = _by_id(digests, complaints)
    broken = {digest.unread for digest in digests.values() if digest.unread}
    folders = text_folders(folder, texts)
    found: dict[str, Report] = {}
    for name in sorted({*written, *by_id}):
        record = written.get(name)
        if name in written and record is None:
            continue
        file = record.file if record is not None and record.file else None
        digest = digests.get(file) if file else by_id.get(name) or digests.get(f"reports/{name}.md")
        if file and digest is None:
            _no_file(name, file, folder, complaints)
            continue
        if digest is not None and digest.unread:
            continue  # its head may say whatever is missing here
        report = _settle(name, record, digest, complaints)
        if report is not None:
            found[name] = _with_original(report, folders, complaints)
    return found, frozenset({*written, *by_id, *broken} - set(found))


def to_anchor(record: AnchorRecord | None, path: Path_, complaints: Complaints) -> Anchor | None:
    """An anchor as a value; one that ends before it begins is an error."""
    if record is None:
        return None
    if record.end <= record.start:
        complaints.add(
            path,
            f"an anchor from character {record.start} to {record.end}",
            "an end after its start",
            'Make it with `standoff anchor FILE "passage"`.',
        )
        return None
    return Anchor(record.start, record.end, record.sha256, record.before, record.after)


def _by_id(digests: dict[str, Digest], complaints: Complaints) -> dict[str, Digest]:
    found: dict[str, Digest] = {}
    for digest in digests.values():
        if digest.front is None or digest.located is None:
            continue
        first = found.setdefault(digest.front.id, digest)
        if first is not digest:
            here = Complaints(digest.located)
            here.add(
                ("id",),
                f"a second digest with the id '{digest.front.id}' (the first is {first.file})",
                "one digest for each report",
                "Give one of them another id.",
            )
            complaints.extend(here.problems)
    return found


def _no_file(name: str, file: str, folder: Path, complaints: Complaints) -> None:
    path = ("reports", name, "file")
    if not inside(folder, file):
        mend = "Copy the text into reports/ of the case: a case carries what it cites."
        complaints.add(path, f"'{file}', outside the case folder", "a file inside the case folder", mend)
    elif not (folder / file).exists():
        near = [each.relative_to(folder).as_posix() for each in sorted((folder / "reports").glob("*.*"))]
        complaints.add(
            path, f"no file '{file}'", "the digest or the text of the report", did_you_mean(file, near)
        )
    # Otherwise the file is there and what is wrong with it has been said.


def _settle(
    name: str, record: ReportRecord | None, digest: Digest | None, complaints: Complaints
) -> Report | None:
    """One report out of the places where it is written; None where it lacks what every report needs."""
    front = digest.front if digest else None
    own_head = record is None and digest is not None and digest.located is not None
    say = Complaints(digest.located) if own_head and digest and digest.located else complaints
    path: Path_ = () if own_head else ("reports", name)
    fields = {key: getattr(each, key) for each in (front, record) if each for key in _said(each)}
    for key in sorted(_said(front) & _said(record)):
        if getattr(front, key) != getattr(record, key):
            say.warn(
                (*path, key),
                f"`{key}` of report '{name}' said differently here and in {digest.file if digest else ''}",
                "it said once, or the same in both",
                "What stands here is used; remove one of the two.",
            )
    published = _published(name, fields, path, say)
    if not fields.get("title"):
        say.add(
            (*path, "title"),
            f"no title for report '{name}'",
            "a title, here or in the front matter of its digest",
            "Add `title: ...`.",
        )
    anchors = [
        to_anchor(each, (*path, "filler", index), say) for index, each in enumerate(fields.get("filler", []))
    ]
    if say is not complaints:
        complaints.extend(say.problems)
    if published is None or not fields.get("title"):
        return None
    source = fields.get("source")
    return Report(
        id=name,
        title=fields["title"],
        outlet=fields.get("outlet") or "",
        published=published,
        file=digest.file if digest else "",
        source=Source(source.name, source.sha256) if source else None,
        grade=fields.get("grade", "F"),
        grade_because=fields.get("grade_because"),
        precision=fields.get("precision"),
        origin=fields.get("origin"),
        derived_from=fields.get("derived_from"),
        filler=tuple(anchor for anchor in anchors if anchor is not None),
        digest_text=digest.body if digest else "",
    )


def _said(record: ReportRecord | None) -> set[str]:
    return set() if record is None else record.model_fields_set & set(ReportRecord.model_fields) - {"file"}


def _published(name: str, fields: dict[str, Any], path: Path_, say: Complaints) -> DateSpan | None:
    written = fields.get("published")
    if written is None:
        say.add(
            (*path, "published"),
            f"no date for report '{name}'",
            "when it was published: what a forecast may use at a date depends on it",
            "Add `published: ...`; an interval will do, as in `early December 2025`.",
        )
        return None
    try:
        return DateSpan.parse(written)
    except EvidenceError as error:
        say.place((*path, "published"), error.problems)
        return None


def _with_original(report: Report, folders: list[Path], complaints: Complaints) -> Report:
    """The report with its original text, where that is at hand."""
    if report.source is None:
        # The file of a report that names no source is the report itself.
        return replace(report, text=report.digest_text, state="held" if report.file else "not held")
    try:
        original = find_original(report.source, folders)
        if original is None:
            return report
        file, raw, cited = original
        text = normalise(citable_part(decode(raw, str(file)), file.name))
    except EvidenceError as error:
        complaints.extend(error.problems)
        return report
    if not cited:
        complaints.extend(
            [
                Problem(
                    f"a text that is not byte for byte the one that report '{report.id}' was cited from",
                    f"a file with the digest {report.source.sha256[:16]}...",
                    "Each anchor is checked all the same. If this copy is as good, cite its digest.",
                    str(file),
                    level="warning",
                )
            ]
        )
    return replace(report, text=text, state="held" if cited else "edited")
