"""From written history to values: moves, gaps, and explanations of figures at odds."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from standoff.errors import EvidenceError
from standoff.evidence.claims import Claim
from standoff.evidence.complaints import Complaints
from standoff.evidence.conflicts import Explanation
from standoff.evidence.dates import DateSpan
from standoff.evidence.document import ConflictRecord, GapRecord, MoveRecord, is_gap
from standoff.evidence.history import EVENT, Gap, HistoryEntry, known_from
from standoff.evidence.read_claims import check_because
from standoff.evidence.reports import Report
from standoff.language.document import Record
from standoff.language.located import Path_
from standoff.language.validation import keys_of, validate


def read_history(
    entries: list[Any],
    claims: dict[str, Claim],
    reports: dict[str, Report],
    unread: frozenset[str],
    say: Complaints,
) -> tuple[tuple[HistoryEntry, ...], tuple[Gap, ...]]:
    """Moves and gaps, each in order of date; an entry that cannot be read is left out."""
    moves: list[HistoryEntry] = []
    gaps: list[Gap] = []
    for index, written in enumerate(entries):
        path: Path_ = ("history", index)
        shape: type[Record] = GapRecord if is_gap(written) else MoveRecord
        if _misspelt(written, shape, path, say):
            continue
        record, problems = validate(shape, say.located, path)
        say.extend(problems)
        if isinstance(record, GapRecord):
            check_because(record.because, claims, unread, (*path, "because"), say)
            gap = _gap(record, index, path, say)
            gaps += [gap] if gap else []
        elif isinstance(record, MoveRecord):
            check_because(record.because, claims, unread, (*path, "because"), say)
            entry = _entry(record, index, claims, reports, path, say)
            moves += [entry] if entry else []
    moves.sort(key=lambda entry: (entry.when.first, entry.when.last, entry.index))
    gaps.sort(key=lambda gap: (gap.first, gap.last, gap.index))
    return tuple(moves), tuple(gaps)


def _misspelt(written: Any, shape: type[Record], path: Path_, say: Complaints) -> bool:
    """Any key may be an actor's name, so a slip in one of ours is caught by its likeness."""
    if shape is not MoveRecord or not isinstance(written, dict):
        return False
    slips = [
        (key, near[0])
        for key in written
        if key not in keys_of(MoveRecord) and (near := get_close_matches(key, keys_of(MoveRecord), 1, 0.8))
    ]
    for key, near in slips:
        say.add(
            (*path, key),
            f"the key `{key}`",
            "date, because, judgement, title, event or an actor's name",
            f"Did you mean '{near}'?",
            on_key=True,
        )
    return bool(slips)


def _entry(
    record: MoveRecord,
    index: int,
    claims: dict[str, Claim],
    reports: dict[str, Report],
    path: Path_,
    say: Complaints,
) -> HistoryEntry | None:
    movers = dict(record.__pydantic_extra__ or {})
    if record.event is not None:
        movers[EVENT] = record.event
    if len(movers) != 1:
        say.add(
            path,
            f"an entry with {' and '.join(movers) if movers else 'nobody in it'}",
            "one actor and its move (`washington: reinforce`), or one event (`event: incident_at_sea`)",
            "Write one entry for each." if movers else "Say who did what.",
        )
        return None
    (who, happened), *_ = movers.items()
    if not happened or sum(happened.values()) > 1 + 1e-9:
        say.add(
            (*path, who),
            f"probabilities that sum to {sum(happened.values()):g}" if happened else "no move",
            "more than 0 and at most 1 in all; what is missing to 1 is 'none of these'",
            "Lower them, or name one move without a number if it was observed.",
        )
        return None
    when = _span(record.date, (*path, "date"), say)
    if when is None:
        return None
    told = [reports[claims[name].report].known for name in record.because if name in claims]
    return HistoryEntry(
        index=index,
        when=when,
        who=who,
        moves=dict(happened),
        because=tuple(record.because),
        judgement=record.judgement,
        known=known_from(when, told),
        title=record.title,
    )


def _gap(record: GapRecord, index: int, path: Path_, say: Complaints) -> Gap | None:
    first, last = _span(record.from_, (*path, "from"), say), _span(record.to, (*path, "to"), say)
    if first is None or last is None:
        return None
    if last.last < first.first:
        say.add(
            (*path, "to"),
            f"a gap that ends ({last}) before it begins ({first})",
            "from, then to",
            "Swap them.",
        )
        return None
    who = tuple(record.unreported)
    return Gap(first.first, last.last, who, index, tuple(record.because), record.judgement)


def _span(written: Any, path: Path_, say: Complaints) -> DateSpan | None:
    try:
        return DateSpan.parse(written)
    except EvidenceError as error:
        say.place(path, error.problems)
        return None


def read_explanations(
    entries: list[Any], claims: dict[str, Claim], unread: frozenset[str], say: Complaints
) -> list[Explanation]:
    """What the case says of figures at odds, in the order of the file."""
    found = []
    for index in range(len(entries)):
        path: Path_ = ("conflicts_declared", index)
        record, problems = validate(ConflictRecord, say.located, path)
        say.extend(problems)
        if record is not None:
            check_because(record.because, claims, unread, (*path, "because"), say)
            found.append(Explanation(record.about, record.unit, record.explained, tuple(record.because)))
    return found
