"""Forecasts and resolutions together: which questions can be scored at a date, and which forecasts of them.

A question counts once it is resolved, and not before: neither its deadline nor anybody's certainty resolves it. What
was said on the day from which the outcome was known, or later, was no forecast. A forecast is in force from its day
until the next of the same forecaster, and to the end: the resolution, or the deadline if that came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from standoff.errors import Problem, ScoreError, did_you_mean
from standoff.score.rules import Ranks
from standoff.score.table import Resolution, Said


@dataclass(frozen=True, slots=True)
class Question:
    """A resolved question: its outcomes in the order met, what happened, when forecasts stop counting, and the
    forecasts by forecaster, in order of time."""

    name: str
    outcomes: tuple[str, ...]
    happened: str
    resolved: date
    ends: date
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
) -> Docket:
    """Put forecasts and resolutions together as they stand at `as_of`: forecasts made and resolutions known by then.

    outcomes: the possible ones of a question, where they are known (of a case); else those that forecasts list.
    orders: question -> order of its outcomes; order: that of every question all of whose outcomes are in it, before the
        others. waiting_for: question -> why it has no resolution, where more is known than that.

    Raises ScoreError with everything that is wrong: outcomes that are none, forecasts made on or after the day of the
    resolution, one question with two deadlines, two forecasts of one forecaster on one day.
    """
    known = outcomes or {}
    grouped: dict[str, list[Said]] = {}
    for one in said:
        if one.made <= as_of:
            grouped.setdefault(one.question, []).append(one)
    answers = {one.question: one for one in resolutions}
    problems: list[Problem] = []
    questions, waiting = [], []
    remarks: list[str] = []
    for name, rows in grouped.items():
        possible = tuple(known[name]) if name in known else tuple(dict.fromkeys(o for row in rows for o in row.chances))
        problems += _at_odds(rows, possible)
        answer = answers.get(name)
        if answer is not None and answer.outcome not in possible:
            problems.append(_unknown(answer, possible, "an outcome of the question"))
            continue
        if answer is None or answer.resolved > as_of:
            why = _why(answer, rows[0].deadline, as_of)
            if answer is None and name in (waiting_for or {}):
                why = (waiting_for or {})[name]
            waiting.append(Open(name, rows[0].deadline, why))
            continue
        late = [row for row in rows if row.made >= answer.resolved]
        problems += [_late(row, answer) for row in late]
        if name not in known:
            remarks += _only_some(name, rows, possible)
        mine = (orders or {}).get(name)
        if order is not None and set(possible) <= {each for rank in order for each in rank}:
            mine = order
        by: dict[str, list[Said]] = {}
        for row in sorted(rows, key=lambda row: row.made):
            by.setdefault(row.forecaster, []).append(row)
        ends = min(answer.resolved, rows[0].deadline)
        kept = {who: tuple(each) for who, each in by.items()}
        questions.append(Question(name, possible, answer.outcome, answer.resolved, ends, kept, mine))
    spare = [name for name, one in answers.items() if name not in grouped and one.resolved <= as_of]
    if spare:
        remarks.append(f"No forecast speaks of {', '.join(spare[:5])}{' and others' * (len(spare) > 5)}.")
    if problems:
        raise ScoreError(problems)
    return Docket(as_of, tuple(questions), tuple(waiting), tuple(remarks))


def _why(answer: Resolution | None, deadline: date, as_of: date) -> str:
    if answer is not None:
        return f"resolved on {answer.resolved}, after {as_of}"
    if deadline <= as_of:
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
                    row, f"a forecast of {row.question!r} by {row.forecaster!r} made on {row.made}, after its deadline",
                    f"one made up to {row.deadline}", "Drop it, or mend the date.",
                )
            )  # fmt: skip
        if row.deadline != rows[0].deadline:
            found.append(
                _problem(
                    row, f"a deadline {row.deadline} for {row.question!r}, which has {rows[0].deadline} elsewhere",
                    "one deadline for a question", "Give both the same, or call one of the questions otherwise.",
                )
            )  # fmt: skip
        other = met.setdefault((row.forecaster, row.made), row)
        if other is not row:
            found.append(
                _problem(
                    row, f"two forecasts of {row.question!r} by {row.forecaster!r} on {row.made}", "one a day",
                    "Drop one, or call one of the forecasters otherwise.",
                )
            )  # fmt: skip
    return found


def _late(row: Said, answer: Resolution) -> Problem:
    when = "on the day of" if row.made == answer.resolved else "after"
    return _problem(
        row, f"a forecast of {row.question!r} by {row.forecaster!r} made on {row.made}, {when} its resolution",
        f"one made before {answer.resolved}", "Drop it, or mend the date: that was no forecast any more.",
    )  # fmt: skip


def _unknown(row: Said | Resolution, possible: Sequence[str], expected: str, outcome: str = "") -> Problem:
    name = outcome or getattr(row, "outcome", "")
    return _problem(row, f"{name!r} for {row.question!r}", expected, did_you_mean(name, possible))


def _problem(row: Said | Resolution, found: str, expected: str, mend: str) -> Problem:
    return Problem(found, expected, mend, file=row.file, line=row.line, column=1 if row.line else 0)


def _only_some(name: str, rows: Sequence[Said], possible: Sequence[str]) -> list[str]:
    """A remark on outcomes that some forecasters list and others do not: a slip of the pen looks like that."""
    lists = {row.forecaster: set(row.chances) for row in rows}
    odd = [outcome for outcome in possible if not all(outcome in listed for listed in lists.values())]
    return [f"{name}: not every forecaster lists {', '.join(odd)}; who does not gave it no chance."] if odd else []
