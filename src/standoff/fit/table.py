"""A table of numbers and words from a file: CSV or TSV, in UTF-8 or latin-1, with every cell's place in the file.

A column is one of numbers if all that stands in it are numbers, or nothing; else one of text. Nothing is an empty
cell, `NA`, `NaN` or `.`. Cells are read in blocks: a block of plain numbers by numpy, any other by the csv module and
column by column, so that a million rows take seconds.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.opening import MAX_FIELD, Opened, opened
from standoff.game.model import Floats, Ints
from standoff.language.printable import printable
from standoff.language.terms import word

BLOCK = 20_000  # rows
MOST = 20  # problems of one kind that are told one by one
MAX_COLUMNS = 5_000
Strings = NDArray[np.str_]
Progress = Callable[[int, int], None]
_NOTHING = frozenset({"", ".", "na", "nan"})


class Texts(NamedTuple):
    """A column of text: the distinct texts in order of the alphabet, and which of them each row has (-1: none)."""

    levels: tuple[str, ...]
    codes: Ints


class _Columns(Mapping[str, Floats | Strings]):
    """Columns by name: numbers, NaN where nothing stands, or texts, empty where nothing stands."""

    def __init__(self, numbers: Mapping[str, Floats], texts: Mapping[str, Texts], names: Sequence[str]) -> None:
        self._numbers, self._texts, self._names = numbers, texts, tuple(names)

    def __getitem__(self, name: str) -> Floats | Strings:
        if name in self._numbers:
            return self._numbers[name]
        found = self._texts[name]
        return np.array([*found.levels, ""], np.str_)[found.codes]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read. `columns`: name -> float64 [rows], NaN where nothing stands, or str [rows], empty where nothing
    stands. `lines` [rows]: the line of the file on which each row begins. `numbers` and `texts` are the same columns
    by kind. `remarks` are warnings about how it was read."""

    name: str
    columns: Mapping[str, Floats | Strings] = field(repr=False)
    rows: int
    lines: Ints = field(repr=False)
    numbers: Mapping[str, Floats] = field(repr=False, default_factory=dict)
    texts: Mapping[str, Texts] = field(repr=False, default_factory=dict)
    remarks: tuple[Problem, ...] = field(repr=False, default=())
    source: Opened | None = field(repr=False, default=None)

    def find(self, name: str) -> str | None:
        """The column meant by `name`: as it is written, or as an expression knows it; None if there is none."""
        if name in self.columns:
            return name
        return self.words.get(word(name))

    @property
    def words(self) -> dict[str, str]:
        """The name by which an expression knows a column -> the column; without those that share theirs."""
        known = [word(name) for name in self.columns]
        return {one: name for one, name in zip(known, self.columns, strict=True) if known.count(one) == 1}

    @property
    def digest(self) -> str:
        """First 16 hex digits of a SHA-256 over the file; empty where there is none."""
        return "" if self.source is None else self.source.digest

    def line(self, row: int) -> int:
        """The line of the file on which a row begins."""
        return int(self.lines[row])

    def cell(self, row: int, name: str) -> str:
        """What stands there, short enough for a message."""
        if name in self.numbers:
            value = self.numbers[name][row]
            return "nothing" if math.isnan(value) else f"{value:g}"
        found = self.texts[name]
        code = found.codes[row]
        return "nothing" if code < 0 else f"`{printable(found.levels[code], 40)}`"

    def places(self, cells: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
        """Line and column in the file of cells (row, column name), from 1."""
        names = list(self.columns)
        wanted = [(self.line(row), names.index(name)) for row, name in cells]
        if self.source is None:
            return [(line, at + 1) for line, at in wanted]
        return self.source.places(wanted)


def read_table(path: str | Path, *, progress: Progress | None = None) -> Table:
    """Read a table with a line of names at the top. Raises FitError with every problem, some twenty of a kind.

    progress: called as ``progress(characters read, characters)``.
    """
    source = opened(path)
    problems: list[Problem] = []
    names = _names(source, problems)
    if problems:
        raise FitError(problems)
    reading = _read(source, names, frozenset(), progress)
    late = frozenset(i for i, one in enumerate(reading.columns) if one.late)
    if late:  # their first rows read as numbers: read them again for the words that stand there
        again = _read(source, names, late, None)
        for i in late:
            reading.columns[i] = again.columns[i]
    if reading.problems:
        raise FitError([*reading.problems, *_rest(reading.wrong, source, "rows", "a row")])
    if not reading.lines.size:
        mend = "Look whether the file was saved whole."
        raise FitError(Problem("names of columns and no row", "a row for every case", mend, source.name, 1, 1))
    numbers, texts = dict[str, Floats](), dict[str, Texts]()
    for name, column in zip(names, reading.columns, strict=True):
        if column.text:
            texts[name] = column.as_texts()
        else:
            numbers[name] = column.as_numbers()
    problems += _infinite(source, numbers, names, reading.lines)
    if problems:
        raise FitError(problems)
    columns = _Columns(numbers, texts, names)
    rows = len(reading.lines)
    return Table(source.name, columns, rows, reading.lines, numbers, texts, source.remarks, source)


def _names(source: Opened, problems: list[Problem]) -> list[str]:
    """Names of the columns, in their order, and what is wrong with them."""

    def complain(at: int, found: str, expected: str, mend: str) -> None:
        line, column = source.places([(1, at)])[0]
        problems.append(Problem(found, expected, mend, source.name, line, column))

    header = source.header
    names = [cell.strip() for cell in header]
    if len(names) > MAX_COLUMNS:
        complain(0, f"{len(names):,} columns", f"at most {MAX_COLUMNS:,}", "Keep the columns that the case uses.")
        return names
    if all(_number(name) is not None for name in names) and any(name for name in names):
        mend = "Write a line with the names of the columns at the top."
        complain(0, "numbers in the first line", "the names of the columns", mend)
        return names
    for i, name in enumerate(names):
        if not name:
            if i == 0:  # statistics programs write a column of row names that has none
                names[0] = "row"
                continue
            complain(i, f"column {i + 1} without a name", "a name over every column", "Write one.")
        elif name in names[:i]:
            found = f"the column `{printable(name)}` a second time"
            complain(i, found, "each name once", "Rename one of the two.")
    if len(names) == 1 and ";" in names[0]:
        problems.clear()
        mend = "Save it with commas, or with tabs, and with points in the numbers."
        complain(0, "columns that semicolons separate", "commas or tabs between columns", mend)
    return names


@dataclass
class _Column:
    """A column as it grows: blocks of numbers, or codes of texts in the order in which they were met."""

    text: bool = False
    late: bool = False  # it turned out to be text after blocks that were read as numbers
    blocks: list[Any] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, cells: Sequence[str]) -> None:
        if not self.text:
            found = _floats(cells)
            if found is not None:
                self.blocks.append(found)
                return
            self.late = bool(self.blocks)
            self.text, self.blocks = True, []
        if self.late:
            return  # it will be read again
        seen = self.seen
        self.blocks.append(np.array([self._code(cell.strip(), seen) for cell in cells], np.int32))

    @staticmethod
    def _code(cell: str, seen: dict[str, int]) -> int:
        found = seen.get(cell)
        if found is not None:
            return found
        if cell.lower() in _NOTHING:
            return -1
        return seen.setdefault(cell, len(seen))

    def as_numbers(self) -> Floats:
        return np.concatenate(self.blocks) if self.blocks else np.zeros(0)

    def as_texts(self) -> Texts:
        levels = sorted(self.seen)
        order = np.empty(len(levels) + 1, np.int32)
        order[[self.seen[level] for level in levels]] = np.arange(len(levels), dtype=np.int32)
        order[-1] = -1
        codes = np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int32)
        return Texts(tuple(levels), order[codes])


@dataclass
class _Reading:
    columns: list[_Column]
    lines: Ints
    problems: list[Problem]
    wrong: int


def _read(source: Opened, names: Sequence[str], texts: frozenset[int], progress: Progress | None) -> _Reading:
    """Every column; or only those in `texts`, as text."""
    width = len(names)
    columns = [_Column(text=i in texts) for i in range(width)]
    wanted = sorted(texts) if texts else range(width)
    lines: list[Ints] = []
    problems: list[Problem] = []
    wrong = 0
    with source.text() as file:
        before = source.skip_header(file)
        while block := list(islice(file, BLOCK)):
            plain = not any(column.text for column in columns)
            found = None if not plain else _plain_block(block, source.delimiter, width)
            if found is not None:
                for i, column in enumerate(columns):
                    column.blocks.append(np.ascontiguousarray(found[:, i]))
                lines.append(np.arange(before + 1, before + 1 + len(block), dtype=np.int32))
                before += len(block)
                _tell(progress, source, file)
                continue
            rows, places, taken = _csv_block(block, file, source, before, problems)
            good = []
            for row, line in zip(rows, places, strict=True):
                if len(row) == width:
                    good.append(line)
                    continue
                wrong += 1
                if len(problems) < MOST:
                    problems.append(_ragged(source, row, width, line))
            if len(good) < len(rows):
                rows = [row for row in rows if len(row) == width]
            if rows:
                cells = list(zip(*rows, strict=True))
                for i in wanted:
                    columns[i].add(cells[i])
            lines.append(np.array(good, np.int32))
            before += taken
            _tell(progress, source, file)
    return _Reading(columns, np.concatenate(lines) if lines else np.zeros(0, np.int32), problems, wrong)


def _tell(progress: Progress | None, source: Opened, file: Any) -> None:
    if progress is not None:
        progress(min(file.buffer.tell(), source.size), source.size)


def _plain_block(block: Sequence[str], delimiter: str, width: int) -> Floats | None:
    """A block in which every cell is a number, fast; None where anything else stands in it."""
    if width == 1 and not all(line.strip() for line in block):
        return None
    for line in (block[0], block[-1]):
        if line.count(delimiter) != width - 1 or '"' in line:
            return None
    try:
        found = np.loadtxt(block, delimiter=delimiter, comments=None, ndmin=2)
    except ValueError:
        return None
    return found if found.shape == (len(block), width) else None


def _csv_block(
    block: Sequence[str], file: Iterator[str], source: Opened, before: int, problems: list[Problem]
) -> tuple[list[list[str]], list[int], int]:
    """Rows that begin in a block, the line of each, and how many lines they take: a quoted cell may go on beyond it."""
    reader = csv.reader(chain(block, file), delimiter=source.delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    taken, size = 0, len(block)
    try:
        while taken < size:
            row = next(reader, None)
            if row is None:
                break
            if row:
                rows.append(row)
                lines.append(before + taken + 1)
            taken = reader.line_num
    except csv.Error as error:
        problems.append(_unreadable(source, error, before + taken + 1))
        raise FitError(problems) from None
    return rows, lines, taken


def _unreadable(source: Opened, error: csv.Error, line: int) -> Problem:
    said = str(error)
    if "field larger" in said:
        found = f"a cell of more than {MAX_FIELD:,} characters"
        mend = "Look for a quotation mark that is never closed; or leave the long texts out."
        return Problem(found, f"cells of at most {MAX_FIELD:,} characters", mend, source.name, line, 1)
    if "end of data" in said:
        found = "a quotation mark that is never closed"
        return Problem(found, "a closing one", 'Close it, or write `""` for one inside a text.', source.name, line, 1)
    mend = 'Put the whole cell in quotation marks, and write `""` for one inside it.'
    return Problem(f"a row that cannot be read ({said})", "cells with commas between", mend, source.name, line, 1)


def _ragged(source: Opened, row: Sequence[str], width: int, line: int) -> Problem:
    if len(row) < width:
        mend = "Write what is missing, or `NA`; an empty cell needs its comma too."
        column = sum(len(cell) for cell in row) + len(row)
    else:
        mend = "A text with a comma in it needs quotation marks."
        column = source.places([(line, width)])[0][1]
    found = f"{len(row)} cell{'s' * (len(row) != 1)} in this row"
    return Problem(found, f"{width}, as many as there are names", mend, source.name, line, column)


def _rest(wrong: int, source: Opened, kind: str, one: str) -> list[Problem]:
    left = wrong - MOST
    if left <= 0:
        return []
    found = f"{left:,} more {kind} of this sort" if left > 1 else f"{one} more of this sort"
    return [Problem(found, "none", "Mend them in the same way.", source.name)]


def _floats(cells: Sequence[str]) -> Floats | None:
    """A column of cells as numbers; None if one is neither a number nor nothing."""
    try:
        found = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        values = list(map(_number, cells))
        return None if None in values else np.array(values, np.float64)
    # Python reads 1_000 as a number, and a table with 002020_1980 means a name
    if "_" in "".join(cells):
        return None
    return found


def _number(cell: str) -> float | None:
    """A cell as a number, NaN for nothing, None for a text."""
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return math.nan if cell.strip().lower() in _NOTHING else None


def _infinite(source: Opened, numbers: Mapping[str, Floats], names: Sequence[str], lines: Ints) -> list[Problem]:
    """Numbers too large to be any."""
    found: list[tuple[int, int]] = []
    for i, name in enumerate(names):
        if name in numbers:
            found += [(int(lines[row]), i) for row in np.flatnonzero(np.isinf(numbers[name]))[: MOST + 1]]
    places = source.places(found[:MOST])
    expected, mend = "a finite number, or nothing", "Write the number, or `NA`."
    told = [
        Problem(f"an infinite number in the column `{names[i]}`", expected, mend, source.name, line, column)
        for (_, i), (line, column) in zip(found, places, strict=False)
    ]
    return told + (_rest(len(found), source, "cells", "a cell") if len(found) > MOST else [])
