"""Copies among reports: who repeats whom word for word, in which order, and who names whom as the source.

    reprints(stories)             every pair that shares wording worth telling, with the passages
    against(story, stories)       one new story against those that are there
    Shelf                         the same for thousands of them, one added at a time
    chains(stories, pairs)        copies of one story together, earliest first
    attributions(text)            "told the Harbour Gazette", "(Norwick News Agency)": hints of one origin

What counts as a copy is decided in `standoff.evidence.wording`. The earliest of a chain is where it was *published*
first among the reports at hand; the text may come from somewhere else still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.evidence.dates import DateSpan
from standoff.evidence.reports import Report
from standoff.evidence.reprints import LEAST, Reprint, Text, shared_wording, text_of, too_many
from standoff.evidence.wording import RUN, WORDS, Hashes, compare, shingles_of, worded
from standoff.reading.sources import Attribution, attributions, key_of

__all__ = [
    "Attribution", "Chain", "Link", "Shelf", "Story", "Voice", "against", "attributions", "chains", "reprints",
    "story_of", "voices",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """A report as it is compared. `text` is normalised; `filler` are (start, end) of what is not the report."""

    id: str
    text: str = field(repr=False)
    filler: tuple[tuple[int, int], ...] = ()
    published: DateSpan | None = None
    outlet: str = ""
    derived_from: str | None = None

    def before(self, other: Story) -> bool | None:
        """Whether this one was published first; None where the dates do not say."""
        if self.published is None or other.published is None:
            return None
        if self.published.last < other.published.first:
            return True
        return False if other.published.last < self.published.first else None


@dataclass(frozen=True, slots=True)
class Link:
    """One copy: `later` has from `earlier` what `pair` says. `order` says how the direction is known:
    'dates', 'declared' (`derived_from`), 'named' (one names the other's outlet) or 'unknown', where the order of the
    two names means nothing."""

    later: str
    earlier: str
    pair: Reprint
    order: str

    def to_json(self) -> dict[str, Any]:
        share = self.pair.found.of_one if self.pair.one == self.later else self.pair.found.of_other
        return {
            "later": self.later,
            "earlier": self.earlier,
            "verdict": self.pair.found.verdict,
            "share_of_later": share,
            "containment": self.pair.containment,
            "order": self.order,
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """Reports that hang together by copies. `members` in order of publication; `origin` is the earliest, None where
    the dates leave it open. `links`: for each member but the first, what it most likely copied."""

    origin: str | None
    members: tuple[str, ...]
    links: tuple[Link, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "origin": self.origin,
            "members": list(self.members),
            "links": [link.to_json() for link in self.links],
        }


@dataclass(frozen=True, slots=True)
class Voice:
    """A source that reports name: a hint that they have one origin, though no words are copied.

    `named_in`: report -> the passages that name it, (start, end); `reports`: those at hand that this outlet published.
    """

    name: str
    named_in: Mapping[str, tuple[tuple[int, int], ...]]
    reports: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "named_in": {
                report: [{"start": start, "end": end} for start, end in spans]
                for report, spans in self.named_in.items()
            },
            "reports": list(self.reports),
        }


def story_of(report: Report) -> Story:
    """A report of a case; its text is empty where the original is not at hand."""
    text = text_of(report)
    return Story(report.id, text.text, text.filler, report.published, report.outlet, report.derived_from)


def reprints(stories: Iterable[Story]) -> list[Reprint]:
    """Every pair that shares a reprint, an excerpt or a quotation; the most alike first, `one` published first.

    Time and memory grow with the words of all texts together.
    """
    ordered = sorted(stories, key=_when)
    pairs = shared_wording({story.id: Text(story.text, story.filler) for story in ordered if story.text})
    rank = ("reprint", "excerpt", "quotations")
    return sorted(pairs, key=lambda each: (rank.index(each.found.verdict), -each.containment, each.one, each.other))


def against(story: Story, others: Iterable[Story]) -> list[Reprint]:
    """One story (`one` of each pair) against others, most alike first; linear in the length of their texts."""
    shelf = Shelf()
    for other in others:
        if other.id != story.id:
            shelf.add(other)
    return shelf.like(story)


class Shelf:
    """Stories that a new one is held against, by their shingles: adding one costs its own length.

    Memory: 12 bytes a shingle, about 7 kB for a report of 600 words, and the texts, which are read again for the few
    that are compared. `shingles`: those of a story that were computed before.
    """

    def __init__(self) -> None:
        self.stories: dict[str, Story] = {}
        self._names: list[str] = []
        self._values: Hashes = np.zeros(0, dtype=np.uint64)
        self._owners: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._waiting: list[Hashes] = []

    def __len__(self) -> int:
        return len(self.stories)

    def add(self, story: Story, shingles: Hashes | None = None) -> None:
        """Put a story on the shelf; raises ValueError if one of its name is there."""
        if story.id in self.stories:
            raise ValueError(f"a second story with the id {story.id!r}")
        self.stories[story.id] = story
        self._names.append(story.id)
        self._waiting.append(shingles_of(story.text, story.filler) if shingles is None else shingles)

    def like(self, story: Story) -> list[Reprint]:
        """The stories on the shelf that share a reprint, an excerpt or a quotation with this one, most alike first."""
        mine = shingles_of(story.text, story.filler)
        if not len(mine):
            return []
        self._settle()
        low, high = np.searchsorted(self._values, mine, "left"), np.searchsorted(self._values, mine, "right")
        usual = high - low <= too_many(len(self._names))
        rare, everything = self._counts(low[usual], high[usual]), self._counts(low, high)
        settled = len(self._names) - len(self._waiting)
        for place, theirs in enumerate(self._waiting, start=settled):
            shared = np.intersect1d(mine, theirs, assume_unique=True)
            everything[place] = len(shared)
            rare[place] = np.count_nonzero(np.isin(shared, mine[usual], assume_unique=True))
        common = mine[~usual]
        worth = (rare >= min(LEAST, len(mine))) | (everything >= min(RUN - WORDS + 1, len(mine) / 2))
        words = worded(story.text, story.filler)
        found = []
        for place in np.flatnonzero(worth).tolist():
            other = self.stories[self._names[place]]
            if other.id == story.id:
                continue
            made = compare(words, worded(other.text, other.filler), common)
            if made.verdict not in ("none", "too short"):
                found.append(Reprint(story.id, other.id, made))
        return sorted(found, key=lambda each: (-each.containment, each.other))

    def _counts(self, low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many of the shingles between these places each story holds; it holds each once."""
        runs = [self._owners[start:end] for start, end in zip(low.tolist(), high.tolist(), strict=True) if end > start]
        return (
            np.bincount(np.concatenate(runs), minlength=len(self._names))
            if runs
            else np.zeros(len(self._names), dtype=np.int64)
        )

    def _settle(self) -> None:
        """Merge what waits once it is a good part of the whole, so that each shingle is sorted a few times at most."""
        if sum(map(len, self._waiting)) * 8 <= len(self._values) and len(self._waiting) < 200:
            return
        first = len(self._names) - len(self._waiting)
        owners = np.repeat(np.arange(first, len(self._names), dtype=np.int32), [len(each) for each in self._waiting])
        values = np.concatenate([self._values, *self._waiting])
        order = np.argsort(values, kind="stable")
        self._values, self._owners = values[order], np.concatenate([self._owners, owners])[order]
        self._waiting.clear()


def chains(stories: Iterable[Story], pairs: Sequence[Reprint]) -> tuple[Chain, ...]:
    """Reports that hang together by reprints and excerpts, the longest chain first.

    Each member leads back to the earlier one it shares most with. Where two dates overlap, `derived_from` decides,
    then a mention of the other's outlet; else the order is unknown and said so.
    """
    known = {story.id: story for story in stories}
    copies = [pair for pair in pairs if pair.found.copied and pair.one in known and pair.other in known]
    parents = {name: name for pair in copies for name in (pair.one, pair.other)}

    def root(name: str) -> str:
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    for pair in copies:
        parents[root(pair.one)] = root(pair.other)
    groups: dict[str, list[str]] = {}
    for name in parents:
        groups.setdefault(root(name), []).append(name)
    by_group: dict[str, list[Reprint]] = {}
    for pair in copies:
        by_group.setdefault(root(pair.one), []).append(pair)
    found = [_chain([known[name] for name in names], by_group[head]) for head, names in groups.items()]
    return tuple(sorted(found, key=lambda each: (-len(each.members), each.members)))


def voices(stories: Iterable[Story]) -> tuple[Voice, ...]:
    """Outlets and agencies that at least two reports name, or that published a report at hand; most named first."""
    stories = list(stories)
    outlets = {story.outlet for story in stories if story.outlet}
    named: dict[str, dict[str, list[tuple[int, int]]]] = {}
    spelled: dict[str, str] = {}
    for story in stories:
        for each in attributions(story.text, outlets):
            key = key_of(each.name)
            if key == key_of(story.outlet) or any(a < each.end and each.start < b for a, b in story.filler):
                continue
            spelled.setdefault(key, each.name)
            named.setdefault(key, {}).setdefault(story.id, []).append((each.start, each.end))
    published: dict[str, list[str]] = {}
    for story in stories:
        published.setdefault(key_of(story.outlet), []).append(story.id)
    found = [
        Voice(
            spelled[key],
            {report: tuple(spans) for report, spans in sorted(reports.items())},
            tuple(sorted(published.get(key, ()))),
        )
        for key, reports in named.items()
        if len(reports) > 1 or key in published
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.named_in), each.name)))


def _chain(members: list[Story], pairs: Sequence[Reprint]) -> Chain:
    ordered = sorted(members, key=_when)
    place = {story.id: at for at, story in enumerate(ordered)}
    by_id = {story.id: story for story in members}
    best: dict[str, tuple[tuple[bool, float, int], Link]] = {}
    for pair in pairs:
        early, late = sorted((by_id[pair.one], by_id[pair.other]), key=lambda story: place[story.id])
        order = _order(early, late)
        if order.startswith("-"):
            early, late, order = late, early, order[1:]
        link = Link(late.id, early.id, pair, order)
        score = (order != "unknown", pair.containment, -place[early.id])
        if late.id not in best or score > best[late.id][0]:
            best[late.id] = score, link
    links = tuple(best[story.id][1] for story in ordered if story.id in best)
    copied = {link.later for link in links if link.order != "unknown"}
    # The origin is the one that copied none, if there is one only and it is before all others.
    free = [story.id for story in ordered if story.id not in copied]
    return Chain(free[0] if len(free) == 1 else None, tuple(story.id for story in ordered), links)


def _order(early: Story, late: Story) -> str:
    """How it is known that the first is the earlier; with a '-' before it where it is the later."""
    if late.derived_from == early.id:
        return "declared"
    if early.derived_from == late.id:
        return "-declared"
    said = early.before(late)
    if said is not None:
        return "dates" if said else "-dates"
    for one, other, sign in ((late, early, ""), (early, late, "-")):
        if other.outlet and key_of(one.outlet) != key_of(other.outlet):
            names = {key_of(each.name) for each in attributions(one.text, [other.outlet])}
            if key_of(other.outlet) in names:
                return f"{sign}named"
    return "unknown"


def _when(story: Story) -> tuple[str, str, str]:
    span = story.published
    return (span.last.isoformat(), span.first.isoformat(), story.id) if span else ("9999", "9999", story.id)
