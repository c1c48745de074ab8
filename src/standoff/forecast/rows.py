"""What is known at a date, item by item: every dated move, every testimony, and the silences between.

A walk passes a sequence of points: a phase of a step, or a testimony heard at a step's end. Each point belongs to one
row. A move of vague date has all the turns it may have taken, so that the points of several rows may alternate; moves
whose turns are the same share a row. Everything on which nothing was reported belongs to a stretch of silence, from
one step in which something was known to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

from standoff.forecast.timeline import Timeline

Point = tuple[int, int] | str  # (step, phase), or a claim that is heard


@dataclass(frozen=True, slots=True)
class Row:
    """One item: history `entries`, or a `claim`, or a silence (neither) from step `first` to step `last`. `gap`: the
    whole of a silence is declared, so that only an ending would have become known."""

    entries: tuple[int, ...]
    claim: str
    first: int
    last: int
    gap: bool = False

    @property
    def silence(self) -> bool:
        """Whether this is a stretch on which nothing was reported."""
        return not self.entries and not self.claim


@dataclass(frozen=True, slots=True)
class Rows:
    """`rows` in order of time, and `runs` in order of the walk: (row, the points passed before the next row's)."""

    rows: tuple[Row, ...] = ()
    runs: tuple[tuple[int, tuple[Point, ...]], ...] = ()


def rows_of(line: Timeline, phases: int) -> Rows:
    """The rows of everything that `line` knows, with `phases` turns in a step."""
    points = _points(line, phases)
    shared = _together(line)
    cuts = sorted(_cuts(line))
    row_of: dict[object, int] = {}
    found: list[list[int]] = []  # [first step, last step] by row
    names: list[tuple[tuple[int, ...], str]] = []
    runs: list[tuple[int, list[Point]]] = []
    for step, point in points:
        key: object
        name: tuple[tuple[int, ...], str]
        if isinstance(point, str):
            key, name = point, ((), point)
        elif entries := _entries(line, point):
            group = shared[entries[0]]
            key, name = group, (group, "")
        else:
            key, name = sum(cut < step for cut in cuts), ((), "")
        at = row_of.setdefault(key, len(found))
        if at == len(found):
            found.append([step, step])
            names.append(name)
        found[at][1] = max(found[at][1], step)
        if not runs or runs[-1][0] != at:
            runs.append((at, []))
        runs[-1][1].append(point)
    told = {at for at, passed in runs if any(point not in line.silent for point in passed)}
    rows = tuple(
        Row(entries, claim, first, last, at not in told and not entries and not claim)
        for at, ((entries, claim), (first, last)) in enumerate(zip(names, found, strict=True))
    )
    return Rows(rows, tuple((at, tuple(passed)) for at, passed in runs))


def _points(line: Timeline, phases: int) -> list[tuple[int, Point]]:
    """(step, point) of the whole walk, in its order."""
    found: list[tuple[int, Point]] = []
    for t in range(line.step + 1):
        found += [(t - 1, item.claim) for item in line.testimony.get(t - 1, ())]
        found += [(t, (t, k)) for k in range(phases if t < line.step else line.phase)]
    return found + [(line.step, item.claim) for item in line.testimony.get(line.step, ())]


def _entries(line: Timeline, at: tuple[int, int]) -> tuple[int, ...]:
    signal = line.definite.get(at)
    if signal is not None:
        return (signal.entry,)
    return tuple(one.entry for one in line.imprecise.get(at, ()))


def _together(line: Timeline) -> dict[int, tuple[int, ...]]:
    """Entry -> all the entries with which it shares a turn, directly or through others."""
    groups: dict[int, set[int]] = {signal.entry: {signal.entry} for signal in line.signals}
    for loose in line.imprecise.values():
        merged = set().union(*(groups[one.entry] for one in loose))
        for entry in merged:
            groups[entry] = merged
    return {entry: tuple(sorted(group)) for entry, group in groups.items()}


def _cuts(line: Timeline) -> set[int]:
    """Steps after which a new stretch of silence begins: those in which something became known to have happened."""
    cuts = {t for t, _ in line.definite} | {step for step, items in line.testimony.items() if items}
    return cuts | {signal.steps[-1] for signal in line.signals}
