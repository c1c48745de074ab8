"""Reprints: reports that repeat each other word for word, found among many.

Which pairs to compare is read off one list of all shingles, sorted: reports that stand beside each other under the
same shingle share it. That costs about as much as sorting, so it grows with the length of all texts and not with
the number of pairs. Every pair that shares enough is then compared exactly (`wording.compare`).

A paraphrase shares few shingles, so silence means that no reprint was found, not that two reports are independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.evidence.anchors import find_anchor
from standoff.evidence.reports import Report
from standoff.evidence.wording import Comparison, Hashes, Worded, compare, shingles_of, turned, worded

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
    """(pairs of places in `sets` that share at least `least` shingles, int64[k, 2]; shingles too common to count).

    Each set holds a shingle once. Pairs are in order, the smaller place first. A short text, whose shingles are
    fewer than `least`, needs to share them all.
    """
    nothing = np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.uint64)
    if not sets or not sum(map(len, sets)):
        return nothing
    owners = np.repeat(np.arange(len(sets), dtype=np.int32), [len(each) for each in sets])
    values = np.concatenate(list(sets))
    order = np.argsort(values, kind="stable")  # stable: within a shingle, texts stay in the order given
    values, owners = values[order], owners[order]
    del order
    firsts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    sizes = np.diff(np.concatenate([firsts, [len(values)]]))
    common = values[firsts[sizes > max(COMMON[0], COMMON[1] * len(sets))]]
    shared = sizes > 1
    firsts, sizes = firsts[shared], sizes[shared]

    counted: dict[str, npt.NDArray[np.int64]] = {
        "key": np.zeros(0, dtype=np.int64), "times": np.zeros(0, dtype=np.int64)
    }  # fmt: skip
    waiting: list[npt.NDArray[np.int64]] = []
    held = 0

    def count() -> None:
        nonlocal held
        if not waiting:
            return
        keys, times = np.unique(np.concatenate(waiting), return_counts=True)
        together, inverse = np.unique(np.concatenate([counted["key"], keys]), return_inverse=True)
        counted["times"] = np.bincount(inverse, np.concatenate([counted["times"], times])).astype(np.int64)
        counted["key"] = together
        waiting.clear()
        held = 0

    def take(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> None:
        nonlocal held
        waiting.append(one.astype(np.int64) * len(sets) + other)
        held += len(one)
        if held > _BATCH:
            count()

    for size in np.unique(sizes).tolist():
        here = firsts[sizes == size]
        if size > CROWD:
            for first in here.tolist():
                take(np.repeat(owners[first], size - 1), owners[first + 1 : first + size])
            continue
        for start in range(size - 1):
            for back in range(1, size - start):
                take(owners[here + start], owners[here + start + back])
    count()
    lengths = np.array([len(each) for each in sets], dtype=np.int64)
    one, other = np.divmod(counted["key"], len(sets))
    needed = np.minimum(least, np.minimum(lengths[one], lengths[other]))
    enough = counted["times"] >= needed
    return np.stack([one[enough], other[enough]], axis=1), common

