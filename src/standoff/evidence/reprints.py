"""Reprints: reports that repeat each other word for word, found among many.

Which pairs to compare is read off one list of all shingles, sorted: reports that stand beside each other under the
same shingle share it. That costs about as much as sorting, so it grows with the length of all texts and not with
the number of pairs. Every pair that shares enough is then compared exactly (`wording.compare`).

A paraphrase shares few shingles, so silence means that no reprint was found, not that two reports are independent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.evidence.anchors import find_anchor
from standoff.evidence.reports import Report
from standoff.evidence.wording import RUN, WORDS, Comparison, Hashes, Worded, compare, shingles_of, turned, worded

LEAST = 4  # shingles in common before two texts are compared: a quotation of eight words
CROWD = 32  # texts with one shingle: up to here all their pairs are looked at, beyond only those with the first
COMMON = 20, 0.01  # a shingle in more texts than both the number and the share says nothing
_BATCH = 4_000_000  # pairs counted at a time


@dataclass(frozen=True, slots=True)
class Text:
    """A text to compare: normalised, with (start, end) of the filler in it."""

    text: str
    filler: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reprint:
    """Two texts by name and what they share; `containment` is that of the shorter, from 0 to 1."""

    one: str
    other: str
    found: Comparison

    @property
    def containment(self) -> float:
        return self.found.containment

    def to_json(self) -> dict[str, Any]:
        return {"one": self.one, "other": self.other, **self.found.to_json()}


def text_of(report: Report) -> Text:
    """The original of a report as it is compared: its filler where it is held; empty where the text is not."""
    standings = (find_anchor(report.text, span) for span in report.filler) if report.text else ()
    return Text(report.text, tuple((each.anchor.start, each.anchor.end) for each in standings if each.good))


def find_reprints(reports: Mapping[str, Report]) -> tuple[Reprint, ...]:
    """Pairs of reports whose originals are at hand and of which one copies the other, most alike first.

    As `shared_wording` in time and memory.
    """
    held = sorted((each for each in reports.values() if each.text), key=lambda each: (each.known, each.id))
    pairs = shared_wording({report.id: text_of(report) for report in held})
    copied = [pair for pair in pairs if pair.found.copied]
    ordered = [
        pair if pair.one < pair.other else Reprint(pair.other, pair.one, turned(pair.found)) for pair in copied
    ]
    return tuple(sorted(ordered, key=lambda each: (-each.containment, each.one, each.other)))


def shared_wording(texts: Mapping[str, Text]) -> list[Reprint]:
    """Every pair that shares passages worth telling, by name in the order given; those with none are left out.

    Where more than `CROWD` texts have the same words, each is compared with the first of them only: give texts in
    order of time, and copies of one story all find its beginning. Time and memory grow with the words of all texts.
    """
    names = list(texts)
    sets = [shingles_of(each.text, each.filler) for each in texts.values()]
    pairs, common = candidates(sets)

    @lru_cache(maxsize=256)
    def words_of(at: int) -> Worded:
        each = texts[names[at]]
        return worded(each.text, each.filler)

    found = []
    for one, other in pairs.tolist():
        made = compare(words_of(one), words_of(other), common)
        if made.verdict not in ("none", "too short"):
            found.append(Reprint(names[one], names[other], made))
    return found


def candidates(sets: Sequence[Hashes], least: int = LEAST) -> tuple[npt.NDArray[np.int64], Hashes]:
    """(pairs of places in `sets` worth comparing, int64[k, 2]; the shingles that are too common to count, sorted).

    Each set holds a shingle once. A pair is worth it if it shares `least` shingles (or all, of a shorter text) that are
    not too common, or so many common ones that `compare` would count them. Pairs are in order, the smaller place first.
    """
    lengths = np.array([len(each) for each in sets], dtype=np.int64)
    if not lengths.sum():
        return np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.uint64)
    owners = np.repeat(np.arange(len(sets), dtype=np.int32), lengths)
    values = np.concatenate(list(sets))
    order = np.argsort(values, kind="stable")  # stable: within a shingle, texts stay in the order given
    values, owners = values[order], owners[order]
    del order
    firsts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    sizes = np.diff(np.concatenate([firsts, [len(values)]]))
    usual = sizes <= too_many(len(sets))
    common = values[firsts[~usual]]
    del values

    keys, rare = _counted(owners, firsts[usual & (sizes > 1)], sizes[usual & (sizes > 1)], len(sets))
    more, stock = _counted(owners, firsts[~usual], sizes[~usual], len(sets))
    together, inverse = np.unique(np.concatenate([keys, more]), return_inverse=True)
    rares = np.bincount(inverse[: len(keys)], rare, minlength=len(together))
    everything = rares + np.bincount(inverse[len(keys) :], stock, minlength=len(together))
    one, other = np.divmod(together, len(sets))
    shorter = np.minimum(lengths[one], lengths[other])
    enough = (rares >= np.minimum(least, shorter)) | (everything >= np.minimum(RUN - WORDS + 1, shorter / 2))
    return np.stack([one[enough], other[enough]], axis=1), common


def too_many(texts: int) -> float:
    """In more texts than this a shingle says nothing."""
    return max(COMMON[0], COMMON[1] * texts)


def _counted(
    owners: npt.NDArray[np.int32], firsts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], texts: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(one * texts + other, in order; how often the two stand under one shingle)."""
    keys, times = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    waiting: list[npt.NDArray[np.int64]] = []
    for found in _pairs(owners, firsts, sizes, texts):
        waiting.append(found)
        if sum(map(len, waiting)) > _BATCH:
            keys, times = _merged(keys, times, waiting)
            waiting = []
    return _merged(keys, times, waiting)


def _pairs(
    owners: npt.NDArray[np.int32], firsts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], texts: int
) -> Iterator[npt.NDArray[np.int64]]:
    for size in np.unique(sizes).tolist():
        here = firsts[sizes == size]
        if size > CROWD:
            for first in here.tolist():
                yield int(owners[first]) * texts + owners[first + 1 : first + size].astype(np.int64)
            continue
        for start in range(size - 1):
            one = owners[here + start].astype(np.int64) * texts
            for other in range(start + 1, size):
                yield one + owners[here + other]


def _merged(
    keys: npt.NDArray[np.int64], times: npt.NDArray[np.int64], waiting: list[npt.NDArray[np.int64]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if not waiting:
        return keys, times
    new, counts = np.unique(np.concatenate(waiting), return_counts=True)
    together, inverse = np.unique(np.concatenate([keys, new]), return_inverse=True)
    summed = np.bincount(inverse, np.concatenate([times, counts]), minlength=len(together))
    return together, summed.astype(np.int64)
