"""Wording: the words of a text and where they stand, and what two texts share word for word.

Every five words in a row are a *shingle*, letter case and punctuation aside. Two texts are compared by
*containment*, the share of the shorter text's shingles that the longer one has too: an excerpt of 40 % has
containment 1, where a symmetric measure would give it 0.4. Filler is left out, and the words around it close up,
so that what was spliced into a sentence does not hide it.

What is shared may be a quotation that two reporters heard for themselves. A shingle is quoted if at least
three of its words stand inside quotation marks, in both texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

WORDS = 5  # of a shingle
FEWEST = 20  # shingles that the shorter text must have for shares to mean anything
HALF = 0.5  # of both texts: a reprint
THRESHOLD = 0.2  # of the shorter text, outside quotations: an excerpt
RUN = 40  # words in a row outside quotations: an excerpt, however long the texts
QUOTED = 8  # words in a row inside quotation marks in both texts: worth telling
LONGEST_QUOTATION = 2_000  # characters; a mark that never closes quotes nothing

Hashes = npt.NDArray[np.uint64]
Spans = Iterable[tuple[int, int]]
Verdict = Literal["reprint", "excerpt", "quotations", "none", "too short"]

_WORD = re.compile(r"\w+")
_OPEN = re.compile(r"(?:(?<=[\s(\[\-:,>])|^)\"(?=\S)")
_CLOSE = re.compile(r"(?<=\S)\"(?!\w)")
_OPEN_SINGLE = re.compile(r"(?:(?<=[\s(\[\-:,])|^)'(?=\w)")
_CLOSE_SINGLE = re.compile(r"(?<=[.,!?])'(?!\w)")
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Worded:
    """A normalised text by its words, filler left out.

    `starts`, `ends`: character offsets of each word, int64[n]; `hashes`: of the shingle that begins at each word,
    uint64[max(n - 4, 0)]; `quoted`: whether a shingle stands in quotation marks, bool, as long as `hashes`.
    """

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    hashes: Hashes
    quoted: npt.NDArray[np.bool_]

    @property
    def words(self) -> int:
        return len(self.starts)

    @property
    def shingles(self) -> Hashes:
        """Each shingle once, in order of its hash."""
        return np.unique(self.hashes)


@dataclass(frozen=True, slots=True)
class Passage:
    """Words in a row that two texts share: character offsets into each normalised text, end excluded."""

    one_start: int
    one_end: int
    other_start: int
    other_end: int
    words: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts, word for word.

    `of_one`, `of_other`: share of each text's shingles that the other has, 0 to 1; `containment` is that of the
    shorter, `unquoted` the same without quotations. `passages` in the order of the first text.
    """

    verdict: Verdict
    of_one: float
    of_other: float
    containment: float
    unquoted: float
    passages: tuple[Passage, ...] = ()

    @property
    def copied(self) -> bool:
        return self.verdict in ("reprint", "excerpt")

    @property
    def shared_words(self) -> int:
        return sum(each.words for each in self.passages)

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "of_one": self.of_one,
            "of_other": self.of_other,
            "containment": self.containment,
            "unquoted": self.unquoted,
            "shared_words": self.shared_words,
            "passages": [
                {
                    "one": {"start": each.one_start, "end": each.one_end},
                    "other": {"start": each.other_start, "end": each.other_end},
                    "words": each.words,
                    "quoted": each.quoted,
                }
                for each in self.passages
            ],
        }


def worded(text: str, filler: Spans = ()) -> Worded:
    """The words of a text that is already normalised; `filler`: (start, end) of what to leave out."""
    spans = [found.span() for found in _WORD.finditer(text)]
    left_out = sorted(filler)
    places = np.array(spans, dtype=np.int64).reshape(-1, 2)
    if left_out:
        keep = np.ones(len(places), dtype=bool)
        for start, end in left_out:
            keep[np.searchsorted(places[:, 1], start, "right") : np.searchsorted(places[:, 0], end, "left")] = False
        places = places[keep]
    starts, ends = places[:, 0], places[:, 1]
    each = np.array([_hash(text[a:b]) for a, b in places.tolist()], dtype=np.uint64)
    return Worded(starts, ends, _chained(each), _quoted(text, starts))


def shingles_of(text: str, filler: Spans = ()) -> Hashes:
    """``worded(text, filler).shingles``, without the rest: for many texts."""
    left_out = tuple(filler)
    if left_out:
        return worded(text, left_out).shingles
    return np.unique(_chained(np.array([_hash(word) for word in _WORD.findall(text)], dtype=np.uint64)))


def containment(one: Hashes, other: Hashes) -> float:
    """Shared shingles over those of the smaller set; 0 where that is empty."""
    smaller = min(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / smaller if smaller else 0.0


def compare(one: Worded, other: Worded, common: Hashes | None = None) -> Comparison:
    """What two texts share, and what to call it.

    `common`: shingles (sorted) that so many texts have that they say nothing; a passage of fewer than `RUN` words
    made of them alone is no passage, and they are left out of both texts. Linear in the length of the texts.
    """
    passages = _passages(one, other)
    left_out: set[int] = set()
    if common is not None and len(common):
        kept = []
        for passage, first in passages:
            run = one.hashes[first : first + max(passage.words - WORDS + 1, 0)]
            if passage.words < RUN and bool(np.all(_within(run, common))):
                left_out.update(run.tolist())
            else:
                kept.append((passage, first))
        # A story that so many reprint is made of what many have, too: house style is the smaller part of a text.
        if 2 * len(left_out) <= min(len(one.shingles), len(other.shingles)):
            passages = kept
        else:
            left_out.clear()
    mine, theirs = one.shingles, other.shingles
    shared = np.intersect1d(mine, theirs, assume_unique=True)
    if left_out:
        dropped = np.array(sorted(left_out), dtype=np.uint64)
        mine, theirs, shared = (each[~_within(each, dropped)] for each in (mine, theirs, shared))
    found = tuple(passage for passage, _ in passages)
    small = min(len(mine), len(theirs))
    if not small:
        return Comparison("too short", 0.0, 0.0, 0.0, 0.0, found)
    in_quotes = np.intersect1d(one.hashes[one.quoted], other.hashes[other.quoted])
    plain = len(shared) - int(np.count_nonzero(_within(shared, in_quotes)))
    of_one, of_other = len(shared) / len(mine), len(shared) / len(theirs)
    verdict = _verdict(of_one, of_other, plain / small, small, found)
    return Comparison(verdict, of_one, of_other, max(of_one, of_other), plain / small, found)


def turned(found: Comparison) -> Comparison:
    """The same comparison with the other text first."""
    passages = (
        Passage(each.other_start, each.other_end, each.one_start, each.one_end, each.words, each.quoted)
        for each in found.passages
    )
    ordered = tuple(sorted(passages, key=lambda each: each.one_start))
    return Comparison(found.verdict, found.of_other, found.of_one, found.containment, found.unquoted, ordered)


def _verdict(of_one: float, of_other: float, unquoted: float, small: int, passages: tuple[Passage, ...]) -> Verdict:
    both, shorter = min(of_one, of_other), max(of_one, of_other)
    if small < FEWEST:
        # Shares of so few words mean little: only a text that stands in the other whole is told of.
        if shorter == 1.0 and small >= QUOTED - WORDS + 1 and len(passages) == 1:
            return "quotations" if passages[0].quoted and both < HALF else "reprint" if both >= HALF else "excerpt"
        return "too short"
    longest = max((each.words for each in passages if not each.quoted), default=0)
    # Interviews are all quotation: who has nearly all of them in the same order has copied.
    if both >= HALF and (unquoted >= THRESHOLD or both >= 0.8):
        return "reprint"
    if unquoted >= THRESHOLD or longest >= RUN:
        return "excerpt"
    if any(each.quoted and each.words >= QUOTED for each in passages):
        return "quotations"
    return "none"


def _passages(one: Worded, other: Worded) -> list[tuple[Passage, int]]:
    """Maximal runs of shared shingles with the word of the first text at which each begins."""
    shared = np.flatnonzero(np.isin(one.hashes, other.hashes))
    if not len(shared):
        return []
    places: dict[int, list[int]] = {}
    wanted = set(one.hashes[shared].tolist())
    for at, value in enumerate(other.hashes.tolist()):
        if value in wanted:
            places.setdefault(value, []).append(at)
    hashes = one.hashes.tolist()
    runs: list[tuple[int, int, int]] = []  # first word in one, in other, shingles
    first, across, length = -1, -1, 0
    for at in shared.tolist():
        if length and at == first + length and across + length < len(other.hashes) and (
            int(other.hashes[across + length]) == hashes[at]
        ):  # fmt: skip
            length += 1
            continue
        if length:
            runs.append((first, across, length))
        here = places[hashes[at]]
        after = bisect_right(here, across + length) if length else 0  # places stand in order
        first, across, length = at, here[after if after < len(here) else 0], 1
    runs.append((first, across, length))
    found = []
    for first, across, length in runs:
        last, end = first + length + WORDS - 2, across + length + WORDS - 2
        quoted = one.quoted[first : first + length].mean() > 0.5 and other.quoted[across : across + length].mean() > 0.5
        passage = Passage(
            int(one.starts[first]), int(one.ends[last]), int(other.starts[across]), int(other.ends[end]),
            length + WORDS - 1, bool(quoted),
        )  # fmt: skip
        found.append((passage, first))
    return found


def quotations(text: str) -> list[tuple[int, int]]:
    """(start, end) of what stands inside quotation marks in a normalised text, marks excluded.

    A mark that is not closed within 2,000 characters opens nothing; quotations of several paragraphs, opened anew
    at each, are one. Single marks count where a full stop, comma, question or exclamation mark stands before the
    closing one: an apostrophe is none.
    """
    found = list(_between(text, _OPEN, _CLOSE))
    if "'" in text:
        found += [
            each
            for each in _between(text, _OPEN_SINGLE, _CLOSE_SINGLE)
            if not any(a < each[1] and each[0] < b for a, b in found)
        ]
    return sorted(found)


def _between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> Iterable[tuple[int, int]]:
    at = 0
    while start := opening.search(text, at):
        end = closing.search(text, start.end(), start.end() + LONGEST_QUOTATION)
        if end is None:
            at = start.end()
            continue
        yield start.end(), end.start()
        at = end.end()


def _quoted(text: str, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    inside = np.zeros(len(starts), dtype=np.int64)
    for begin, end in quotations(text):
        inside[np.searchsorted(starts, begin) : np.searchsorted(starts, end)] = 1
    summed = np.concatenate([[0], np.cumsum(inside)])
    return summed[WORDS:] - summed[:-WORDS] >= 3 if len(starts) >= WORDS else np.zeros(0, dtype=bool)


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _chained(words: Hashes) -> Hashes:
    """Hashes of all runs of five words; order matters, and 64 bits keep millions apart."""
    if len(words) < WORDS:
        return np.zeros(0, dtype=np.uint64)
    mixed = np.zeros(len(words) - WORDS + 1, dtype=np.uint64)
    for place in range(WORDS):
        mixed = (mixed ^ words[place : len(words) - WORDS + 1 + place]) * _FACTORS[place % 4]
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _within(values: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Whether each value is among sorted ones."""
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[at] == values)
