"""Forecasts and resolutions as plain tables (CSV), so that people and models can be scored alike.

    forecaster,question,made,deadline,outcome,probability        one row an outcome
    question,outcome,resolved,source                             one row a question

Columns may stand in any order, and others beside them are left aside. Dates are ISO days; a probability is a number
from 0 to 1, or a percentage with its sign. The rows of one forecaster, question and day are one forecast; an outcome
that it does not list has no chance in it. Everything that is wrong with a table is said at once, with line and column.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from standoff.errors import Problem, ScoreError
from standoff.score import rules

FORECASTS = ("forecaster", "question", "made", "deadline", "outcome", "probability")
RESOLUTIONS = ("question", "outcome", "resolved", "source")
MOST = 200  # problems of one table that are said


Columns = Callable[[int, str], int]  # line, name of a column -> where its cell begins, from 1


@dataclass(frozen=True, slots=True)
class Said:
    """One forecast: who gave which chances to the outcomes of a question, on which day, by when it is decided.

    `chances` sum to 1. `file` and `line` say where it was read, `line` 0 for what was in no table; `lines` where each
    outcome was, `columns` finds a column of a line.
    """

    forecaster: str
    question: str
    made: date
    deadline: date
    chances: Mapping[str, float]
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    columns: Columns | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What happened: the outcome of a question, the day from which it was known, and who says so."""

    question: str
    outcome: str
    resolved: date
    source: str = ""
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    columns: Columns | None = field(default=None, compare=False, repr=False)


def read_forecasts(path: str | Path, problems: list[Problem] | None = None) -> tuple[Said, ...]:
    """The forecasts of a table, in its order. Raises ScoreError with everything that is wrong; or, given a list of
    `problems`, adds it to that, and returns what can be looked at further, whatever it sums to."""
    table = _Table(Path(path), FORECASTS)
    rows: dict[tuple[str, str, date], dict[str, float]] = {}
    first: dict[tuple[str, str, date], _Row] = {}
    lines: dict[tuple[str, str, date], dict[str, int]] = {}
    deadlines: dict[str, list[tuple[date, _Row]]] = {}
    broken: set[tuple[str, str, date]] = set()
    for row in table.rows():
        names = [row.text(name) for name in ("forecaster", "question", "outcome")]
        made, deadline, chance = row.day("made"), row.day("deadline"), row.chance("probability")
        if made is None:
            continue
        key = (names[0], names[1], made)
        first.setdefault(key, row)
        if not all(names) or deadline is None or chance is None:
            broken.add(key)  # nothing is said of the sum of what is not whole
            continue
        deadlines.setdefault(names[1], []).append((deadline, row))
        if made > deadline:
            row.wrong("made", f"{made}, after the deadline {deadline}", "a day up to the deadline", "Mend one of them.")
        said = rows.setdefault(key, {})
        if names[2] in said:
            row.wrong(
                "outcome", f"{names[2]!r} once more for {names[0]!r}, {names[1]!r}, {made}", "one row for each outcome",
                "Drop one of the two rows.",
            )  # fmt: skip
            broken.add(key)
        said[names[2]] = chance
        lines.setdefault(key, {})[names[2]] = row.line
    agreed = {question: _agreed(question, dated) for question, dated in deadlines.items()}
    found = []
    for key, said in rows.items():
        sound = rules.whole(said)
        if key in broken:
            continue
        if isinstance(sound, str):
            first[key].wrong(
                "probability", f"{sound}, for {key[0]!r}, {key[1]!r}, {key[2]}",
                f"chances that sum to 1 (give or take {rules.SLACK})", "Mend them, or add the outcome that is missing.",
            )  # fmt: skip
            sound = said
        found.append(Said(*key, agreed[key[1]], sound, str(path), first[key].line, lines[key], table.column))
    table.done(problems)
    return tuple(found)


def _agreed(question: str, dated: list[tuple[date, _Row]]) -> date:
    """The deadline that most rows of a question have, the earlier row's if as many have another; the others are
    complained of."""
    (deadline, count), *others = Counter(each for each, _ in dated).most_common()
    if others:
        line = next(row.line for each, row in dated if each == deadline)
        also = f" and {count - 1} more" if count > 1 else ""
        for each, row in dated:
            if each != deadline:
                row.wrong(
                    "deadline", f"{each} for {question!r}, which has {deadline} on line {line}{also}",
                    "one deadline for a question", "Give both the same, or call one of the questions otherwise.",
                )  # fmt: skip
    return deadline


def read_resolutions(path: str | Path, problems: list[Problem] | None = None) -> tuple[Resolution, ...]:
    """The resolutions of a table, in its order. Raises ScoreError with everything that is wrong; or, given a list of
    `problems`, adds it to that."""
    table = _Table(Path(path), RESOLUTIONS)
    found: dict[str, Resolution] = {}
    for row in table.rows():
        question, outcome, source = row.text("question"), row.text("outcome"), row.text("source", may_be_empty=True)
        resolved = row.day("resolved")
        if question and question in found:
            row.wrong(
                "question", f"{question!r} once more, resolved on line {found[question].line}",
                "one resolution for a question", "Drop one of the two rows.",
            )  # fmt: skip
        elif question and outcome and resolved is not None:
            found[question] = Resolution(question, outcome, resolved, source, str(path), row.line, table.column)
    table.done(problems)
    return tuple(found.values())


def forecasts_csv(said: Iterable[Said]) -> str:
    """Forecasts as the table that `read_forecasts` reads; nothing is rounded."""
    rows = (
        (one.forecaster, one.question, one.made.isoformat(), one.deadline.isoformat(), outcome, repr(float(chance)))
        for one in said
        for outcome, chance in one.chances.items()
    )
    return _csv(FORECASTS, rows)


def resolutions_csv(resolutions: Iterable[Resolution]) -> str:
    """Resolutions as the table that `read_resolutions` reads."""
    return _csv(RESOLUTIONS, ((one.question, one.outcome, one.resolved.isoformat(), one.source) for one in resolutions))


def _csv(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


class _Table:
    """A CSV file being read; problems gather until `done`."""

    def __init__(self, path: Path, wanted: tuple[str, ...]) -> None:
        self.path, self.wanted = path, wanted
        self.problems: list[Problem] = []
        self.more = 0
        self.head: list[str] = []
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            found = error.strerror or str(error)
            raise self._refused(found, "a file that can be read", "Mend the path or its permissions.") from None
        except UnicodeDecodeError as error:
            found = f"bytes that are no UTF-8, from byte {error.start} on"
            raise self._refused(found, "a table in UTF-8", "Save it as CSV UTF-8.") from None
        self.lines = io.StringIO(text, newline="").readlines()  # ends of lines as CSV has them, not every kind there is
        if not text.strip():
            raise self._refused("nothing in it", f"a head: {','.join(wanted)}", "Write the head, then the rows.")
        if "\0" in text:
            raise self._refused("characters of value 0", "a table of text", "Save it as CSV UTF-8.")

    def _refused(self, found: str, expected: str, mend: str) -> ScoreError:
        return ScoreError(Problem(found, expected, mend, file=str(self.path)))

    def say(self, line: int, column: int, found: str, expected: str, mend: str) -> None:
        if len(self.problems) < MOST:
            self.problems.append(Problem(found, expected, mend, file=str(self.path), line=line, column=column))
        else:
            self.more += 1

    def done(self, problems: list[Problem] | None = None) -> None:
        """Raises ScoreError if anything was wrong, or adds it to a list."""
        if self.more:
            found = f"{self.more} more problems of this table"
            self.problems.append(Problem(found, "a sound table", "Mend those above first.", file=str(self.path)))
        told = sorted(self.problems, key=lambda one: (not one.line, one.line, one.column))
        if problems is not None:
            problems += told
        elif told:
            raise ScoreError(told)

    def column(self, number: int, name: str) -> int:
        """Where the cell of a column begins in a line, from 1."""
        line = self.lines[number - 1]
        left, quoted = self.head.index(name), False
        for place, character in enumerate(line):
            if not left:
                return place + 1
            quoted ^= character == '"'
            left -= character == "," and not quoted
        return len(line.rstrip("\r\n")) + 1

    def rows(self) -> Iterable[_Row]:
        """Every row under the head that is not empty."""
        reader = csv.reader(self.lines, strict=True)
        head: list[str] | None = None
        at = 1
        try:
            for cells in reader:
                line, at = at, reader.line_num + 1
                if head is None:
                    self.head = head = [cell.strip().lower() for cell in cells]
                    self._check(head, line)
                elif not any(cell.strip() for cell in cells):
                    continue
                elif len(cells) != len(head):
                    self.say(
                        line, 1, f"{len(cells)} cells in a row", f"{len(head)}, as in the head",
                        "Put quotation marks around a cell with a comma in it.",
                    )  # fmt: skip
                else:
                    yield _Row(self, dict(zip(head, cells, strict=True)), line)
        except csv.Error as error:
            self.say(at, 1, f"a row that is no CSV ({error})", "cells between commas", "Mend its quotation marks.")

    def _check(self, head: list[str], line: int) -> None:
        missing = [name for name in self.wanted if name not in head]
        twice = sorted({name for name in head if head.count(name) > 1 and name in self.wanted})
        if len(head) == 1 and (";" in head[0] or "\t" in head[0]):
            raise self._refused(
                "cells between semicolons or tabs", f"commas between cells: {','.join(self.wanted)}",
                "Save it as CSV with commas.",
            )  # fmt: skip
        for name in missing:
            spare = [one for one in head if one not in self.wanted]
            near = get_close_matches(name, spare, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else f"Add it: the head has {', '.join(head)}."
            self.say(line, 1, f"no column {name!r}", f"the columns {', '.join(self.wanted)}", mend)
        for name in twice:
            self.say(line, 1, f"two columns {name!r}", "one of each name", "Rename or drop one.")
        if missing or twice:
            self.done()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table."""

    table: _Table
    cells: Mapping[str, str]
    line: int

    def wrong(self, column: str, found: str, expected: str, mend: str) -> None:
        self.table.say(self.line, self.table.column(self.line, column), f"{column}: {found}", expected, mend)

    def text(self, name: str, *, may_be_empty: bool = False) -> str:
        found = self.cells[name].strip()
        if not found and not may_be_empty:
            self.wrong(name, "nothing", "a name", "Fill the cell in, or drop the row.")
        return found

    def day(self, name: str) -> date | None:
        found = self.cells[name].strip()
        try:
            if len(found) != 10:
                raise ValueError
            return date.fromisoformat(found)
        except ValueError:
            self.wrong(name, repr(found) if found else "nothing", "a day such as 2025-11-28", "Write it so.")
            return None

    def chance(self, name: str) -> float | None:
        found = self.cells[name].strip()
        try:
            value = float(found[:-1].strip()) / 100 if found.endswith("%") else float(found)
        except ValueError:
            value = float("nan")
        if 0 <= value <= 1:
            return value
        mend = "A percentage needs its sign: 35%." if 1 < value <= 100 else "Write it as 0.35 or 35%."
        self.wrong(name, repr(found) if found else "nothing", "a probability from 0 to 1", mend)
        return None
