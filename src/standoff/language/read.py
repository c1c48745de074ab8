"""YAML with positions: every key and value knows its line and column.

The reader takes the plain part of YAML 1.2: mappings with text keys, lists, text, numbers, true/false,
empty values and ISO days. Keys are always text, so ``on``, ``yes`` and ``no`` stay words. Tags, merge
keys and more than one document are refused; anchors work, but what they expand to is counted, so a small
file cannot grow into a huge one. Whatever is wrong comes as `CaseError` with positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from standoff.errors import CaseError, Problem
from standoff.language.located import Located, Path_, Spot
from standoff.language.printable import named, obeyed, printable
from standoff.language.validation import validate
from standoff.language.yaml_words import broken

__all__ = ["Located", "Path_", "parse_yaml", "plain_value", "read_yaml", "validate"]

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_VALUES = 200_000
SMALL = 300_000  # characters; of larger texts fewer are remembered

_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$", re.ASCII)
_CONSTANTS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".nan": float("nan"),
    ".inf": float("inf"),
    "-.inf": float("-inf"),
}
_TEXT_TAG = "tag:yaml.org,2002:str"


def read_yaml(path: Path | str) -> Located:
    """Read the YAML file at `path`.

    Raises `CaseError` for a missing or unreadable file, bytes that are not UTF-8, broken YAML, repeated
    keys, tags, more than 2 MB, more than 40 levels, more than 200,000 values (anchors counted in full).
    """
    path = Path(path)
    return parse_yaml(_read_text(path), str(path))


def parse_yaml(text: str, file: str = "") -> Located:
    """The same from text already in memory. The result is shared between callers: never change its data."""
    if len(text) > MAX_BYTES:
        raise _too_large(len(text), file)
    try:
        return replace(_parsed(text) if len(text) <= SMALL else _parsed_large(text), file=file)
    except CaseError as error:
        raise CaseError([replace(problem, file=file) for problem in error.problems]) from None


@lru_cache(maxsize=64)  # a case is looked at more than once in one run, in its folder and as kept; parsing is slow
def _parsed(text: str) -> Located:
    return _Builder(text).build()


@lru_cache(maxsize=2)
def _parsed_large(text: str) -> Located:
    return _Builder(text).build()


def _read_text(path: Path) -> str:
    file = str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(size, file)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _file_problem(
            file, "no such file", "Check the path; `standoff new NAME` makes a case."
        ) from None
    except IsADirectoryError:
        raise _file_problem(file, "a folder where a file should be", "Name the file inside it.") from None
    except PermissionError:
        raise _file_problem(
            file, "a file that may not be read", "Give yourself permission to read it."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _file_problem(
            file, f"a file that cannot be read ({reason})", "Check the path and the disk."
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
        raise CaseError(
            Problem(
                found=f"the byte 0x{raw[error.start]:02x}, which is not UTF-8",
                expected="text in UTF-8",
                mend="Save the file as UTF-8; every editor offers it under 'encoding'.",
                file=file,
                line=line,
                column=column,
            )
        ) from None


def _too_large(size: int, file: str) -> CaseError:
    return _file_problem(
        file,
        f"a file of {size:,} bytes",
        "Split it: the model in case.yaml, the evidence in evidence.yaml, texts in reports/.",
        expected=f"at most {MAX_BYTES:,}",
    )


def _file_problem(file: str, found: str, mend: str, expected: str = "a readable text file") -> CaseError:
    return CaseError(Problem(found=found, expected=expected, mend=mend, file=file))


@dataclass(slots=True)
class _Anchor:
    value: Any
    count: int


class _Builder:
    """Plain data and positions out of the parser's event stream, without recursion on its side."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spots: dict[Path_, Spot] = {}
        self.anchors: dict[str, _Anchor] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def build(self) -> Located:
        try:
            data = self._document(_events(self.text))
        except CaseError:
            raise
        except RecursionError:
            self._stop((1, 1), "YAML nested too deeply", f"at most {MAX_DEPTH} levels", "Make it flatter.")
        except Exception as error:  # a third-party parser on hostile text: whatever it throws is broken YAML
            raise CaseError(broken(error, self.text, "")) from None
        if self.problems:
            raise CaseError(self.problems)
        return Located(data, "", self.text, self.spots)

    def _document(self, events: Iterator[Any]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    self._stop(
                        _at(event),
                        "a second document",
                        "one document a file",
                        "Remove the line `---` between them.",
                    )
            elif kind in ("MappingStartEvent", "SequenceStartEvent", "ScalarEvent", "AliasEvent"):
                data = self._value(event, events, (), _at(event), 0)
        if documents == 0 or data is None:
            self._stop(
                (1, 1), "an empty file", "keys and values", "`standoff new NAME` writes a case to start from."
            )
        return data

    def _value(self, event: Any, events: Iterator[Any], path: Path_, key: tuple[int, int], depth: int) -> Any:
        kind = type(event).__name__
        here = _at(event)
        self.count += 1
        if depth > MAX_DEPTH:
            self._stop(here, "YAML nested too deeply", f"at most {MAX_DEPTH} levels", "Make it flatter.")
        if kind == "AliasEvent":
            return self._alias(event, path, key)
        before = self.count - 1
        self._tag(event)
        block = kind != "ScalarEvent" and not event.flow_style
        if kind == "ScalarEvent" and not event.value and event.style is None:
            here = key  # the parser places an empty value at whatever comes next
        self.spots[path] = Spot(key, here, block, event.start_mark.index, event.end_mark.index)
        if kind == "ScalarEvent":
            value: Any = self._scalar(event, path)
        elif kind == "SequenceStartEvent":
            value = []
            for i, item in enumerate(_until(events, "SequenceEndEvent")):
                value.append(self._value(item, events, (*path, i), _at(item), depth + 1))
        else:
            value = self._mapping(events, path, depth)
        if self.count > MAX_VALUES:
            self._stop(
                here, f"more than {MAX_VALUES:,} values", "a case a person can read", "Make it smaller."
            )
        if event.anchor:
            self.anchors[event.anchor] = _Anchor(value, self.count - before)
        return value

    def _mapping(self, events: Iterator[Any], path: Path_, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in _until(events, "MappingEndEvent"):
            at = _at(event)
            if type(event).__name__ != "ScalarEvent":
                self._stop(
                    at, "a key that is not text", "plain words as keys", "Put quotation marks around it."
                )
            key = str(event.value)
            self._sound(event, (*path, key))
            if not key:
                self._complain(at, path, "an empty key", "a name before the colon", "Write the name.")
            elif key == "<<" and event.style is None:
                self._complain(
                    at,
                    path,
                    "the merge key `<<`",
                    "keys written out",
                    "Copy the lines; merging hides what is said.",
                )
            elif key in found:
                line = self.spots[(*path, key)].key[0]
                self._complain(
                    at,
                    (*path, key),
                    f"`{printable(key)}` a second time (first on line {line})",
                    "each key once",
                    "Remove one, or give one of them another name.",
                )
            follow = next(events)
            found[key] = self._value(follow, events, (*path, key), at, depth + 1)
        return found

    def _alias(self, event: Any, path: Path_, key: tuple[int, int]) -> Any:
        anchor = self.anchors.get(event.anchor)
        if anchor is None:
            self._stop(
                _at(event),
                f"`*{printable(event.anchor)}`, an alias of nothing before it",
                "an anchor `&name` that is complete",
                "Write the value out, or put `*...` in quotation marks if it is text.",
            )
        self.count += anchor.count - 1
        if self.count > MAX_VALUES:
            self._stop(
                _at(event),
                f"aliases that expand to more than {MAX_VALUES:,} values",
                "a case a person can read",
                "Write the values out.",
            )
        self.spots[path] = Spot(key, _at(event), False)
        return anchor.value

    def _tag(self, event: Any) -> None:
        tag = str(event.tag) if event.tag else None
        if tag not in (None, "!", _TEXT_TAG):
            self._complain(
                _at(event),
                (),
                f"the tag `{printable(tag or '')}`",
                "plain values",
                "Remove it, or put the value in quotation marks if it is text.",
            )

    def _scalar(self, event: Any, path: Path_) -> Any:
        text = str(event.value)
        self._sound(event, path)
        if event.style is not None or event.tag:
            return text
        return plain_value(text)

    def _sound(self, event: Any, path: Path_) -> None:
        """Complain of a character that whoever shows the text would obey: no text of a case needs one."""
        text = str(event.value)
        letter = obeyed(text)
        if letter is None:
            return
        start = event.start_mark.index
        raw = self.text.find(letter, start, event.end_mark.index)
        line, column = _at(event)
        if raw >= 0:  # not written as an escape: it stands at a place of its own
            line, column = self.text.count("\n", 0, raw) + 1, raw - self.text.rfind("\n", 0, raw)
        self._complain(
            (line, column),
            path,
            f"{named(letter)} in `{printable(text, 40)}`",
            "text that can be printed",
            "Remove it: nobody sees it, and a terminal or a page would obey it.",
        )

    def _complain(self, at: tuple[int, int], path: Path_, found: str, expected: str, mend: str) -> None:
        dotted = ".".join(printable(str(part)) for part in path)
        self.problems.append(Problem(found, expected, mend, "", at[0], at[1], dotted))

    def _stop(self, at: tuple[int, int], found: str, expected: str, mend: str) -> NoReturn:
        self._complain(at, (), found, expected, mend)
        raise CaseError(self.problems)


def plain_value(text: str) -> Any:
    """What an unquoted scalar means: None, bool, int, float, `datetime.date` or text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.match(text):
        digits = text.replace("_", "")
        return int(digits) if len(digits) <= 30 else float(digits)
    if _FLOAT.match(text):
        return float(text.replace("_", ""))
    if _DAY.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    return iter(yaml.parse(text))


def _until(events: Iterator[Any], end: str) -> Iterator[Any]:
    for event in events:
        if type(event).__name__ == end:
            return
        yield event


def _at(event: Any) -> tuple[int, int]:
    return (event.start_mark.line + 1, event.start_mark.column + 1)
