"""What is known at a date, laid on the clock: which observation at which step and phase.

A move reported with a precise date is a definite observation of the phase it belongs to. One whose date
spans several steps is spread evenly over them. A phase nobody reported on is not assumed to be quiet: each
thing that may have happened in it counts with the chance that reports would have passed over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from standoff.errors import Problem, RunError
from standoff.evidence import Evidence, HistoryEntry, Testimony, history_known, testimony
from standoff.game.plan import PhasePlan
from standoff.language.calendar import step_of, turns
from standoff.language.document import CaseDocument, Clock

EVENT = "event"
MOST_VAGUE = 60  # imprecise reports that may overlap: one bit of an int64 each


@dataclass(frozen=True, slots=True)
class Signal:
    """One history entry as an observation of one phase.

    `likelihood` maps what would be seen, a move's index (0 for an event itself, -1 for nothing), to the
    probability that the report is right; what is missing to 1 is the weight of everything else. `steps`: the
    steps it may have happened in.
    """

    entry: int
    phase: int
    steps: tuple[int, ...]
    likelihood: Mapping[int, float]
    bit: int  # its mark while its steps last, -1 for a definite one

    @property
    def otherwise(self) -> float:
        """Weight of what the report does not name."""
        return max(0.0, 1.0 - sum(self.likelihood.values()))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything known at `as_of`. History has been played up to (`step`, `phase`), not included."""

    as_of: date
    step: int
    phase: int
    definite: Mapping[tuple[int, int], Signal]
    imprecise: Mapping[tuple[int, int], tuple[Signal, ...]]
    silent: frozenset[tuple[int, int]]  # (step, phase) in a declared gap: nothing would have been reported
    testimony: Mapping[int, tuple[Testimony, ...]]  # by step (-1: before the start), counted ones only
    signals: tuple[Signal, ...]

    def places(self, phases: int) -> list[tuple[int, int]]:
        """All (step, phase) played so far, in order."""
        past = [(t, k) for t in range(self.step) for k in range(phases)]
        return past + [(self.step, k) for k in range(self.phase)]


def timeline(document: CaseDocument, phases: tuple[PhasePlan, ...], evidence: Evidence, as_of: date) -> Timeline:
    """Lay the evidence known at `as_of` on the clock.

    An event happened at the latest when it became known, however vague its date. Raises RunError for more
    moves in a step than the actor has turns, and for a covert move, which nobody can have seen.
    """
    clock = document.clock
    now = min(max(step_of(clock, as_of), 0), turns(clock))
    entries: list[tuple[HistoryEntry, tuple[int, ...]]] = []
    for entry in history_known(evidence, as_of):
        first = max(step_of(clock, entry.when.first), 0)
        last = min(step_of(clock, min(entry.when.last, entry.known)), turns(clock) - 1)
        if first <= last:
            entries.append((entry, tuple(range(first, last + 1))))
    laid = _Laid(phases, evidence.file)
    for entry, steps in entries:  # what has one place takes it before what has several
        if len(steps) == 1:
            laid.definite_entry(entry, steps[0])
    for entry, steps in entries:
        if len(steps) > 1:
            laid.imprecise_entry(entry, steps)
    if laid.problems:
        raise RunError(laid.problems)
    silent = {
        (t, k)
        for gap in evidence.gaps
        for k, phase in enumerate(phases)
        if phase.label in gap.who
        for t in range(max(step_of(clock, gap.first), 0), min(step_of(clock, gap.last), now) + 1)
    }
    reached = max((signal.phase + 1 for signal in laid.signals if signal.steps[-1] == now), default=0)
    return Timeline(
        as_of=as_of,
        step=now,
        phase=reached if now < turns(clock) else 0,
        definite=laid.definite,
        imprecise={at: tuple(found) for at, found in laid.imprecise.items()},
        silent=frozenset(silent),
        testimony=heard_by_step(clock, testimony(evidence, as_of), now),
        signals=tuple(laid.signals),
    )


def heard_by_step(clock: Clock, items: Iterable[Testimony], now: int) -> dict[int, tuple[Testimony, ...]]:
    """Step (-1: before the start) -> the testimony that counts and is heard at its end, in order of publication."""
    heard: dict[int, list[Testimony]] = {}
    for item in sorted(items, key=lambda each: (each.known, each.claim)):
        if item.counted and (item.types or item.where):
            heard.setdefault(min(max(step_of(clock, item.known), -1), now), []).append(item)
    return {step: tuple(found) for step, found in heard.items()}


class _Laid:
    """History entries being laid on the clock."""

    def __init__(self, phases: tuple[PhasePlan, ...], file: str) -> None:
        self.phases = phases
        self.file = file
        self.definite: dict[tuple[int, int], Signal] = {}
        self.imprecise: dict[tuple[int, int], list[Signal]] = {}
        self.signals: list[Signal] = []
        self.problems: list[Problem] = []
        self._busy: list[int] = []  # last step of the imprecise report that each bit stands for

    def definite_entry(self, entry: HistoryEntry, step: int) -> None:
        for places, moves in self._turns(entry):
            free = [k for k in places if (step, k) not in self.definite]
            if not free:
                self.problems.append(self._twice(entry, self.definite[step, places[0]], step))
                continue
            signal = Signal(entry.index, free[0], (step,), self._labels(free[0], moves), -1)
            self.definite[step, free[0]] = signal
            self.signals.append(signal)

    def imprecise_entry(self, entry: HistoryEntry, steps: tuple[int, ...]) -> None:
        """One report spread over the steps in which its turn is not taken by another."""
        for places, moves in self._turns(entry):
            k = max(places, key=lambda k: sum((t, k) not in self.definite for t in steps))
            open_ = tuple(t for t in steps if (t, k) not in self.definite)
            if not open_:
                self.problems.append(self._twice(entry, self.definite[steps[-1], k], steps[-1]))
                continue
            signal = Signal(entry.index, k, open_, self._labels(k, moves), self._bit(entry, open_))
            self.signals.append(signal)
            for t in open_:
                self.imprecise.setdefault((t, k), []).append(signal)

    def _turns(self, entry: HistoryEntry) -> list[tuple[list[int], dict[str, float]]]:
        """The entry in parts, one for each kind of turn it speaks of: (phases it may be, moves there)."""
        if entry.who == EVENT:
            mine = [k for k, phase in enumerate(self.phases) if not phase.choice]
        else:
            mine = [k for k, phase in enumerate(self.phases) if phase.choice and phase.label == entry.who]
        names = {k: {act.name: act for act in self.phases[k].acts} for k in mine}
        parts: dict[tuple[int, ...], dict[str, float]] = {}
        whole = [k for k in mine if set(entry.moves) <= set(names[k])]
        for move, chance in entry.moves.items():
            where = tuple(whole or [k for k in mine if move in names[k]])
            if not where:
                found = f"`{move}`, which no entry of `order` lets {entry.who} do"
                self._refuse(entry, found, "a move with a turn", "Mend `order`, or the entry.")
            elif names[where[0]][move].covert:
                self._refuse(
                    entry, f"the covert move `{move}`", "something that could be seen",
                    "Drop the entry and let a claim bear on the type, or make the move overt.",
                )  # fmt: skip
            else:
                parts.setdefault(where, {})[move] = chance
        return [(list(where), moves) for where, moves in parts.items()]

    def _labels(self, k: int, moves: Mapping[str, float]) -> dict[int, float]:
        """What would be seen -> probability that the report is right; -1 is that nothing was seen."""
        phase = self.phases[k]
        names = [act.name for act in phase.acts]
        hidden = phase.standing if any(act.covert for act in phase.acts) else -1
        at = {move: names.index(move) for move in moves}
        return {-1 if i == hidden else i: moves[move] for move, i in at.items()}

    def _bit(self, entry: HistoryEntry, steps: tuple[int, ...]) -> int:
        """A bit that no other report needs in these steps."""
        for bit, last in enumerate(self._busy):
            if last < steps[0]:
                self._busy[bit] = steps[-1]
                return bit
        if len(self._busy) == MOST_VAGUE:
            found = f"more than {MOST_VAGUE} reports whose vague dates overlap"
            self._refuse(entry, found, "fewer", "Give some of them a precise date.")
            return 0
        self._busy.append(steps[-1])
        return len(self._busy) - 1

    def _refuse(self, entry: HistoryEntry, found: str, expected: str, mend: str) -> None:
        self.problems.append(Problem(found, expected, mend, file=self.file, path=f"history.{entry.index}"))

    def _twice(self, entry: HistoryEntry, other: Signal, step: int) -> Problem:
        return Problem(
            file=self.file,
            path=f"history.{entry.index}",
            found=f"one more move of {entry.who} in step {step} (history.{other.entry} has its turn)",
            expected="as many moves as it has turns in a step",
            mend="Drop the lesser one, give one of them an adjacent date, give the actor two entries in "
            "`order`, or make the clock's step shorter.",
        )


def series_dates(evidence: Evidence, document: CaseDocument, as_of: date) -> list[date]:
    """The dates worth a forecast of their own up to `as_of`: the start, every day on which something new
    became known, and `as_of` itself."""
    clock = document.clock
    days = {entry.known for entry in evidence.history}
    days |= {report.published.last for report in evidence.reports.values()}
    within = {day for day in days if clock.start < day <= as_of}
    return sorted({min(clock.start, as_of), *within, as_of})


def latest(evidence: Evidence, document: CaseDocument) -> date:
    """Default `as_of`: the last day on which something became known, before the ending of the case if it has one, for
    on its day nothing is left to forecast."""
    days = [entry.known for entry in evidence.history]
    days += [report.published.last for report in evidence.reports.values()]
    over = document.ending.date if document.ending else date.max
    return max([document.clock.start, *(day for day in days if day < over)])
