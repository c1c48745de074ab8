"""Forecasts and resolutions together: which questions can be scored at a date, and which forecasts of them.

A question counts once it is resolved, and not before: neither its deadline nor anybody's certainty resolves it. What
was said on the day from which the outcome was known, or later, was no forecast. A forecast is in force from its day
until the next of the same forecaster, and to the end: the resolution, or the deadline if that came first. What happened
on the day of the deadline happened by it; what happened later is no answer to the question (`by_deadline`).

The outcomes of a question are those of its case; else those that any forecast lists, with those that its resolution or
an order names beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from standoff.errors import Problem, ScoreError, did_you_mean
from standoff.score.rules import Ranks
from standoff.score.table import Resolution, Said

CLOCK_OUT = "unresolved"  # the outcome that stands for nothing having happened by the deadline


@dataclass(frozen=True, slots=True)
class Question:
    """A resolved question: its outcomes in the order met, what happened, the day from which that was known, the
    deadline, and the forecasts by forecaster, in order of time."""

    name: str
    outcomes: tuple[str, ...]
    happened: str
    resolved: date
    deadline: date
    said: Mapping[str, tuple[Said, ...]]
    order: Ranks | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A question that cannot be scored yet, and why."""

    name: str
    deadline: date
    why: str


@dataclass(frozen=True, slots=True)
class Docket:
    """What can be scored at a date, and what cannot."""

    as_of: date
    questions: tuple[Question, ...]
    open: tuple[Open, ...]
    remarks: tuple[str, ...]


def docket(
    said: Iterable[Said],
    resolutions: Iterable[Resolution],
    *,
    as_of: date,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    orders: Mapping[str, Ranks] | None = None,
    order: Ranks | None = None,
    waiting_for: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Docket:
    """Put forecasts and resolutions together as they stand at `as_of`: forecasts made and resolutions known by then.

    outcomes: the possible ones of a question, where they are known (of a case); else those that forecasts list.
    orders: question -> order of its outcomes; order: that of every question all of whose outcomes are in it, before the
        others. waiting_for: question -> why it has no resolution, where more is known than that.
    today: the day of scoring, by which a deadline may have passed though nothing in the tables is as late.

    Raises ScoreError with everything that is wrong: outcomes that are none, forecasts made on or after the day of the
    resolution, one question with two deadlines, two forecasts of one forecaster on one day, an answer that
    came after the deadline.
    """
    known = outcomes or {}
    now = max(as_of, today or as_of)
    grouped: dict[str, list[Said]] = {}
    for one in said:
        if one.made <= as_of:
            grouped.setdefault(one.question, []).append(one)
    answers = {one.question: one for one in resolutions}
    problems: list[Problem] = []
    questions, waiting = [], []
    remarks: list[str] = []
    slips: set[str] = set()
    listed: dict[tuple[str, ...], str] = {}  # outcomes that nothing but forecasts name -> a question of theirs
    for name, rows in grouped.items():
        answer = answers.get(name)
        possible, said_of = _outcomes(name, rows, answer, known, order)
        problems += _at_odds(rows, possible)
        if answer is not None and answer.outcome not in possible:
            problems.append(_unknown(answer, possible, "an outcome of the question"))
            continue
        written = answer
        if written is not None:
            answer = by_deadline(written, rows[0].deadline, possible)
            if answer is None:
                problems.append(_afterwards(written, rows[0].deadline))
                continue
        if answer is None or answer.resolved > as_of:
            near = _slip(name, {*known, *answers}) if answer is None and name not in known else None
            if near is not None:
                waiting.append(Open(name, rows[0].deadline, f"no such question; did you mean {near!r}?"))
                slips.add(name)
                continue
            why = _why(answer, rows[0].deadline, as_of, now)
            if answer is None and name in (waiting_for or {}):
                why = (waiting_for or {})[name]
            waiting.append(Open(name, rows[0].deadline, why))
            continue
        late = [row for row in rows if row.made >= answer.resolved]
        problems += [_late(row, answer) for row in late]
        if written is not None and answer.outcome != written.outcome:
            remarks.append(
                f"{name}: {written.outcome} on {written.resolved} came after the deadline {rows[0].deadline}; what is "
                f"scored is {answer.outcome}."
            )
        remarks += said_of
        if name not in known and order is None:
            listed.setdefault(possible, name)
        mine = (orders or {}).get(name)
        if order is not None and set(possible) <= {each for rank in order for each in rank}:
            mine = order
        by: dict[str, list[Said]] = {}
        for row in sorted(rows, key=lambda row: row.made):
            by.setdefault(row.forecaster, []).append(row)
        kept = {who: tuple(each) for who, each in by.items()}
        questions.append(Question(name, possible, answer.outcome, answer.resolved, rows[0].deadline, kept, mine))
    spare = [name for name, one in answers.items() if name not in grouped and one.resolved <= as_of]
    if spare:
        remarks.append(f"No forecast speaks of {', '.join(spare[:5])}{' and others' * (len(spare) > 5)}.")
    if problems:
        raise ScoreError(problems)
    remarks += _even_over(listed) + _too_early(questions, [one for one in waiting if one.name not in slips], now)
    return Docket(as_of, tuple(questions), tuple(waiting), tuple(remarks))


def by_deadline(answer: Resolution, deadline: date, possible: Iterable[str]) -> Resolution | None:
    """What an answer says of a question with a deadline. Up to the deadline, its day included, it is what it says.
    Later nothing had happened by then: `unresolved`, known from the day after the deadline; None for a question without
    it."""
    if answer.resolved <= deadline:
        return answer
    return replace(answer, outcome=CLOCK_OUT, resolved=deadline + timedelta(days=1)) if CLOCK_OUT in possible else None


def _afterwards(answer: Resolution, deadline: date) -> Problem:
    return _problem(
        answer, "resolved", f"{answer.outcome!r} for {answer.question!r} on {answer.resolved}, after its deadline",
        f"what had happened by {deadline}, that day included",
        f"Name the outcome that stood on {deadline}, and that day if it was known only then.",
    )  # fmt: skip


def _slip(name: str, names: Iterable[str]) -> str | None:
    """The question that is likely meant. Names that only number otherwise are questions of their own."""
    plain = {one.lower(): one for one in names if not _numbered_apart(name, one)}
    near = get_close_matches(name.lower(), plain, n=1)
    return plain[near[0]] if near else None


def _numbered_apart(name: str, other: str) -> bool:
    ours, theirs = re.findall(r"\d+", name), re.findall(r"\d+", other)
    return bool(ours and theirs and ours != theirs)


def _why(answer: Resolution | None, deadline: date, as_of: date, now: date) -> str:
    if answer is not None:
        return f"resolved on {answer.resolved}, after {as_of}"
    if deadline <= now:
        return f"its deadline {deadline} has passed, and no resolution says what happened"
    return f"open until {deadline}"


def _at_odds(rows: Sequence[Said], possible: Sequence[str]) -> list[Problem]:
    """What is wrong with the forecasts of one question, whatever happened."""
    found = []
    met: dict[tuple[str, date], Said] = {}
    for row in rows:
        for outcome in row.chances:
            if outcome not in possible:
                found.append(_unknown(row, possible, "an outcome of the question", outcome))
        if row.made > row.deadline:
            found.append(
                _problem(
                    row, "made",
                    f"a forecast of {row.question!r} by {row.forecaster!r} made on {row.made}, after its deadline",
                    f"one made up to {row.deadline}", "Drop it, or mend the date.",
                )
            )  # fmt: skip
        if row.deadline != rows[0].deadline:
            found.append(
                _problem(
                    row, "deadline",
                    f"a deadline {row.deadline} for {row.question!r}, which has {rows[0].deadline} {_place(rows[0])}",
                    "one deadline for a question", "Give both the same, or call one of the questions otherwise.",
                )
            )  # fmt: skip
        other = met.setdefault((row.forecaster, row.made), row)
        if other is not row:
            found.append(
                _problem(
                    row, "made", f"two forecasts of {row.question!r} by {row.forecaster!r} on {row.made}", "one a day",
                    "Drop one, or call one of the forecasters otherwise.",
                )
            )  # fmt: skip
    return found


def _place(row: Said) -> str:
    return f"in {row.file or 'another forecast'}{f', line {row.line}' if row.line else ''}"


def _late(row: Said, answer: Resolution) -> Problem:
    when = "on the day of" if row.made == answer.resolved else "after"
    return _problem(
        row, "made", f"a forecast of {row.question!r} by {row.forecaster!r} made on {row.made}, {when} its resolution",
        f"one made before {answer.resolved}", "Drop it, or mend the date: that was no forecast any more.",
    )  # fmt: skip


def _unknown(row: Said | Resolution, possible: Sequence[str], expected: str, outcome: str = "") -> Problem:
    name = outcome or getattr(row, "outcome", "")
    line = row.lines.get(name, 0) if isinstance(row, Said) else 0
    return _problem(row, "outcome", f"{name!r} for {row.question!r}", expected, did_you_mean(name, possible), line)


def _problem(row: Said | Resolution, cell: str, found: str, expected: str, mend: str, line: int = 0) -> Problem:
    """cell: the column to point at, in the row's first line if no other is given."""
    line = line or row.line
    return Problem(
        found, expected, mend, file=row.file, line=line, column=row.columns(line, cell) if row.columns else 0
    )


def _outcomes(
    name: str,
    rows: Sequence[Said],
    answer: Resolution | None,
    known: Mapping[str, Sequence[str]],
    order: Ranks | None,
) -> tuple[tuple[str, ...], list[str]]:
    """The outcomes of a question, and remarks on those that not everybody, or nobody, lists. What happened and nobody
    lists is taken in unless it looks like a slip of the pen."""
    if name in known:
        return tuple(known[name]), []
    lists = {row.forecaster: set(row.chances) for row in rows}
    found = dict.fromkeys(outcome for row in rows for outcome in row.chances)
    odd = [outcome for outcome in found if not all(outcome in listed for listed in lists.values())]
    remarks = [f"{name}: not every forecaster lists {', '.join(odd)}; who does not gave it no chance."] if odd else []
    ordered = dict.fromkeys(outcome for rank in order or () for outcome in rank)
    if ordered.keys() >= found.keys():
        found |= ordered
    if answer is not None and answer.outcome not in found and not get_close_matches(answer.outcome, found):
        found[answer.outcome] = None
        remarks.append(f"{name}: nobody lists {answer.outcome}, which happened; all gave it no chance.")
    return tuple(found), remarks


def _even_over(listed: Mapping[tuple[str, ...], str]) -> list[str]:
    """Over which outcomes even odds are, where only forecasts tell which there are."""
    if not listed:
        return []
    (outcomes, name), more = next(iter(listed.items())), len(listed) - 1
    where = f" (in {name}; other questions have their own)" if more else ""
    return [f"Even odds are over the outcomes that somebody names: {', '.join(outcomes)}{where}."]


def _too_early(questions: Sequence[Question], waiting: Sequence[Open], as_of: date) -> list[str]:
    """Remarks where, of questions whose deadline is still to come, those that ended early count alone; and where
    others, whose deadline has passed, are left out because nobody wrote down what happened."""
    remarks = []
    early = sum(one.deadline > as_of for one in questions)
    still = sum(one.deadline > as_of for one in waiting)
    if early and still:
        remarks.append(
            f"Of {early + still} questions with a deadline after {as_of} only those that ended early are scored "
            f"({early}): until the deadlines have passed, scores favour whoever expects early ends."
        )
    before = sum(one.resolved < one.deadline for one in questions)
    unsaid = [one.name for one in waiting if one.deadline <= as_of]
    if before and unsaid:
        named = f"{', '.join(unsaid[:5])}{' and others' * (len(unsaid) > 5)}"
        remarks.append(
            f"No resolution says what happened by the deadline of {named}, while ends before a deadline are scored "
            f"({before}): if those are questions where nothing happened, scores favour whoever expects early ends."
        )
    return remarks
