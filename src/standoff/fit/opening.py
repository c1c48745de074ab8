"""The file behind a table: what it is, how it is encoded, what separates its columns, and where its cells stand."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from standoff.errors import FitError, Problem
from standoff.language.printable import printable

MAX_FIELD = 100_000  # characters of one cell
_KINDS = (
    (b"PK\x03\x04", "a spreadsheet or archive", "Save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet", "Save the sheet as CSV."),
    (b"\x1f\x8b", "a compressed file", "Unpack it first."),
    (b"\xff\xfe", "text in UTF-16", "Save it in UTF-8."),
    (b"\xfe\xff", "text in UTF-16", "Save it in UTF-8."),
    (b"%PDF", "a PDF", "Save the table as CSV."),
)


@dataclass(frozen=True)
class Opened:
    """A file that can be read as a table: `header` are the cells of its first line, `first` the lines before the
    first row, `size` its bytes."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    first: int
    size: int
    remarks: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """First 16 hex digits of a SHA-256 over its bytes."""
        with self.path.open("rb") as raw:
            return hashlib.file_digest(raw, "sha256").hexdigest()[:16]

    def text(self) -> TextIO:
        """The file, from its beginning, with its ends of lines."""
        return self.path.open(encoding=self.encoding, newline="")

    def skip_header(self, file: Iterator[str]) -> int:
        """Read over the names of the columns; gives the lines they take."""
        return sum(1 for _ in islice(file, self.first))

    def places(self, wanted: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Line and column, from 1, of cells given by the line on which their row begins and their place in it."""
        rows: dict[int, str] = {}
        lines = {line for line, _ in wanted}
        if lines:
            last = max(lines)
            with self.text() as file:
                for number, text in enumerate(islice(file, last), start=1):
                    if number in lines:
                        rows[number] = text
        return [(line, _offset(rows.get(line, ""), at, self.delimiter) + 1) for line, at in wanted]


def opened(path: str | Path) -> Opened:
    """Find out what a file is. Raises FitError if it is no table of text."""
    csv.field_size_limit(MAX_FIELD)
    path = Path(path)
    name = str(path)

    def refuse(found: str, expected: str, mend: str, line: int = 0) -> FitError:
        return FitError(Problem(found, expected, mend, name, line, 1 if line else 0))

    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            start = raw.read(65_536)
    except FileNotFoundError:
        raise refuse("no such file", "a table in CSV", "Check the path.") from None
    except IsADirectoryError:
        raise refuse("a folder", "a table in CSV", "Name the file inside it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(f"a file that cannot be read ({reason})", "a table in CSV", "Check the path.") from None
    for magic, kind, mend in _KINDS:
        if start.startswith(magic):
            raise refuse(kind, "a table in CSV, in UTF-8", mend)
    if b"\0" in start or sum(byte < 9 or 13 < byte < 32 for byte in start[:4096]) > 8:
        raise refuse("a file of bytes that are no text", "a table in CSV", "Save the table as CSV.")
    encoding, remarks = _encoding(path, name)
    with path.open(encoding=encoding, newline="") as file:
        top = file.readline(1_000_000)
        if not top.strip():
            if not size or not (top + file.read(65_536)).strip():
                mend = "Save the table again, with the names of its columns in the first line."
                raise refuse("an empty file", "a table in CSV", mend)
            raise refuse("an empty first line", "the names of the columns", "Remove it.", 1)
    delimiter = "\t" if "\t" in top and top.count("\t") >= top.count(",") else ","
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            header = next(reader)
        except csv.Error as error:
            mend = "Look for a quotation mark that is never closed."
            raise refuse(f"names of columns that cannot be read ({error})", "names with commas", mend, 1) from None
        first = reader.line_num
    return Opened(path, name, encoding, delimiter, tuple(header), first, size, remarks)


def _encoding(path: Path, name: str) -> tuple[str, tuple[Problem, ...]]:
    """UTF-8, or latin-1 with a remark where the first letter stands that is not UTF-8."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as raw:
        block = b"at first"
        while block:
            block = raw.read(1 << 20)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                held = error.object[: error.start]
                line += held.count(b"\n")
                seen = printable(error.object[error.start : error.start + 1].decode("latin-1"))
                column = len(held.rsplit(b"\n", 1)[-1]) + 1
                found = f"the byte 0x{error.object[error.start]:02x}, which is not UTF-8; the file is read as latin-1"
                mend = f"See whether `{seen}` is the letter it should be; else save the file as UTF-8."
                return "latin-1", (Problem(found, "text in UTF-8", mend, name, line, column, level="warning"),)
            line += block.count(b"\n")
    return "utf-8-sig", ()


def _offset(row: str, at: int, delimiter: str) -> int:
    """Where a cell of a row begins, from 0; the end of the row if there are fewer."""
    place, inside = 0, False
    if at:
        for i, letter in enumerate(row):
            if letter == '"':
                inside = not inside
            elif letter == delimiter and not inside:
                place += 1
                if place == at:
                    return i + 1
        return len(row.rstrip("\r\n"))
    return 0
