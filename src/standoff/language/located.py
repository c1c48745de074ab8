"""Plain data that remembers where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Path_ = tuple[str | int, ...]
"""A key path: ``("moves", "washington", "raid", "when")``; list items by index."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: of its key (or itself), of the value, and whether it is a block of lines."""

    key: tuple[int, int]
    value: tuple[int, int]
    block: bool
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Located:
    """Plain data and where each part of it stands in `file`."""

    data: Any
    file: str
    text: str = field(repr=False, default="")
    spots: Mapping[Path_, Spot] = field(repr=False, default_factory=dict)
    base: Located | None = field(repr=False, default=None)
    """What this was laid over: it places the paths that do not stand in `file`."""

    def file_at(self, path: Path_) -> str:
        """The file that `where(path)` speaks of."""
        return self._holder(path).file

    def where(self, path: Path_) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`: a block of lines is found by its key. A path
        that does not exist gives its nearest ancestor."""
        spot = self._holder(path)._spot(path)
        if spot is None:
            return (1, 1)
        return spot.key if spot.block else spot.value

    def where_key(self, path: Path_) -> tuple[int, int]:
        """Line and column of the key (or list item) at `path`, or of its nearest ancestor."""
        spot = self._holder(path)._spot(path)
        return spot.key if spot else (1, 1)

    def where_inside(self, path: Path_, column: int) -> tuple[int, int]:
        """Line and column in the file of the `column`-th character of the text at `path`.

        Characters are matched by counting those that are not white space, so folded lines, indented
        blocks and quotation marks do not matter."""
        holder = self._holder(path)
        if holder is not self:
            return holder.where_inside(path, column)
        spot = self.spots.get(path)
        if spot is None or spot.end <= spot.start:
            return self.where(path)
        try:
            value = self.get(path)
        except LookupError:
            return self.where(path)
        if not isinstance(value, str):
            return spot.value
        wanted = sum(not letter.isspace() for letter in value[: column - 1])
        at = self._content_start(spot)
        while at < spot.end - 1 and (wanted or self.text[at].isspace()):
            wanted -= not self.text[at].isspace()
            at += 1
        line = self.text.count("\n", 0, at) + 1
        return (line, at - self.text.rfind("\n", 0, at))

    def get(self, path: Path_) -> Any:
        """The value at `path`; LookupError if there is none."""
        value = self.data
        for part in path:
            try:
                value = value[part]
            except TypeError:
                raise KeyError(part) from None
        return value

    def _holder(self, path: Path_) -> Located:
        """This text, or the one beneath it where that says more of `path`."""
        if self.base is None:
            return self
        while path:
            if path in self.spots:
                return self
            if path in self.base.spots:
                return self.base
            path = path[:-1]
        return self

    def _spot(self, path: Path_) -> Spot | None:
        while path not in self.spots and path:
            path = path[:-1]
        return self.spots.get(path)

    def _content_start(self, spot: Spot) -> int:
        opening = self.text[spot.start : spot.start + 1]
        if opening in ("'", '"'):
            return spot.start + 1
        if opening in ("|", ">"):
            line_end = self.text.find("\n", spot.start)
            return spot.start if line_end < 0 else line_end + 1
        return spot.start
