"""What a proposal is held against: the text of one report, and what the case has that could happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from standoff.case import Case
from standoff.errors import DraftError, Problem, did_you_mean
from standoff.evidence import Anchor, Report, anchor_key, find_anchor
from standoff.evidence.files import citable, read_bytes
from standoff.evidence.history import EVENT
from standoff.evidence.originals import find_original, text_folders
from standoff.evidence.text import digest, normalise
from standoff.language.calendar import DAYS
from standoff.language.printable import printable

MOST_LETTERS = 120_000


@dataclass(frozen=True)
class Ground:
    """The text of one report of a case, and the case's moves.

    `file`: where the text lies; `key`: what an anchor into it goes under; `written`: the text as it stands, `text`
    normalised; `moves`: actor (or 'event') -> move -> title; `covert`: (actor, move) that nobody sees; `cited`:
    claim -> its anchor into this text.
    """

    case: Case = field(repr=False)
    report: Report = field(repr=False)
    file: Path
    key: str
    written: str = field(repr=False)
    text: str = field(repr=False)
    filler: tuple[Anchor, ...]
    moves: Mapping[str, Mapping[str, str]] = field(repr=False)
    covert: frozenset[tuple[str, str]]
    first: date
    last: date
    cited: Mapping[str, Anchor] = field(repr=False)

    @property
    def digest(self) -> str:
        """Names the text: SHA-256 of it, normalised."""
        return digest(self.text)


def ground_of(case: Case, report: str | Path, texts: str | Path | None = None) -> Ground:
    """The ground for a report of the case: its id, or the file of its text or digest.

    An id means the original where it is at hand (`texts` as for `load`), else the digest. Raises `DraftError` for a
    report that the case does not have, holds no text of, or is longer than 120,000 characters.
    """
    found, file, original = _find(case, report, Path(texts) if texts is not None else None)
    written = citable(file)
    text = normalise(written)
    if not text:
        raise _refused("a report without words", "a text to read", "Put its text there.", file)
    if len(text) > MOST_LETTERS:
        raise _refused(
            f"a report of {len(text):,} characters",
            f"at most {MOST_LETTERS:,}, which a model reads in one piece",
            "File its parts as reports of their own.",
            file,
        )
    whole = original or found.source is None  # the text itself, not our digest of it
    standing = [find_anchor(text, span) for span in found.filler] if whole else []
    key = "anchor" if original else anchor_key(file)
    document = case.document
    moves = {actor: {name: move.title or name for name, move in own.items()} for actor, own in document.moves.items()}
    moves[EVENT] = {name: event.title or name for name, event in document.events.items()}
    start = document.clock.start
    claims = [claim for claim in case.evidence.claims.values() if claim.report == found.id]
    return Ground(
        case=case,
        report=found,
        file=file,
        key=key,
        written=written,
        text=text,
        filler=tuple(each.anchor for each in standing if each.good),
        moves=moves,
        covert=frozenset((who, name) for who, own in document.moves.items() for name in own if own[name].covert),
        first=start,
        last=start + timedelta(days=int(document.clock.steps * DAYS[document.clock.step]) - 1),
        cited={claim.id: spot for claim in claims if (spot := getattr(claim, key)) is not None},
    )


def _find(case: Case, report: str | Path, texts: Path | None) -> tuple[Report, Path, bool]:
    """(report, file, whether that is the original of which the case has a digest)."""
    reports = case.evidence.reports
    folders = text_folders(case.folder, texts)
    if str(report) in reports:
        found = reports[str(report)]
        original = find_original(found.source, folders) if found.source else None
        if original is not None and original[2]:
            return found, original[0], True
        if not found.file:
            mend = f"Give it a `file:`, or keep the original where --texts finds it ({found.title})."
            raise _refused(f"no text of report '{found.id}'", "its text, or a digest", mend)
        return found, case.folder / found.file, False
    path = Path(report)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if there:
        for found in reports.values():
            if found.file and (case.folder / found.file).resolve() == path.resolve():
                return found, path, False
        sum_ = sha256(read_bytes(path)).hexdigest()
        for found in reports.values():
            if found.source is not None and found.source.sha256 == sum_:
                return found, path, True
        mend = "File it first: `standoff read FILE --into CASE`; then name it by its id."
        raise _refused("a text that is no report of this case", "a report of the case", mend, path)
    shown = printable(str(report), 100)
    mend = did_you_mean(str(report), reports)
    raise _refused(f"`{shown}`, neither a report of the case nor a file", "the id of a report, or its file", mend)


def _refused(found: str, expected: str, mend: str, file: Path | None = None) -> DraftError:
    return DraftError(Problem(found, expected, mend, file=printable(str(file), 300) if file else ""))
