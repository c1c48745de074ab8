"""What is known at a date, laid on the clock: which observation at which step and phase.

A move reported with a precise date is a definite observation of the phase it belongs to. One whose date
spans several steps is spread evenly over them. A phase nobody reported on is not assumed to be quiet: each
thing that may have happened in it counts with the chance that reports would have passed over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from standoff.errors import Problem, RunError
from standoff.evidence import Evidence, HistoryEntry, Testimony, history_known, testimony
from standoff.game.plan import PhasePlan
from standoff.language.calendar import step_of
from standoff.language.document import CaseDocument

EVENT = "event"


@dataclass(frozen=True, slots=True)
class Signal:
    """One history entry as an observation of one phase.

    `likelihood` maps a move's index (0 for the event itself) to the probability that the report is right;
    what is missing to 1 is the weight of everything else. `steps`: the steps it may have happened in.
    """

    entry: int
    phase: int
    steps: tuple[int, ...]
    likelihood: Mapping[int, float]
    bit: int  # position among the imprecise signals, -1 for a definite one

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
    testimony: Mapping[int, tuple[Testimony, ...]]  # by step, counted ones only
    signals: tuple[Signal, ...]

    def places(self, phases: int) -> list[tuple[int, int]]:
        """All (step, phase) played so far, in order."""
        past = [(t, k) for t in range(self.step) for k in range(phases)]
        return past + [(self.step, k) for k in range(self.phase)]


def timeline(document: CaseDocument, phases: tuple[PhasePlan, ...], evidence: Evidence, as_of: date) -> Timeline:
    """Lay the evidence known at `as_of` on the clock. Raises RunError for two moves in one phase of one step."""
    clock = document.clock
    now = min(max(step_of(clock, as_of), 0), clock.steps)
    definite: dict[tuple[int, int], Signal] = {}
    imprecise: dict[tuple[int, int], list[Signal]] = {}
    signals: list[Signal] = []
    problems: list[Problem] = []
    reached = 0
    bits = 0
    for entry in history_known(evidence, as_of):
        first = max(step_of(clock, entry.when.first), 0)
        last = min(step_of(clock, min(entry.when.last, as_of)), now, clock.steps - 1)
        steps = tuple(range(first, last + 1))
        placed = _phase_of(entry, phases)
        if placed is None or not steps:
            continue
        phase, likelihood = placed
        sure = len(steps) == 1
        signal = Signal(entry.index, phase, steps, likelihood, -1 if sure else bits)
        signals.append(signal)
        if sure:
            if (first, phase) in definite:
                problems.append(_twice(entry, definite[first, phase], first))
                continue
            definite[first, phase] = signal
        else:
            bits += 1
            for t in steps:
                imprecise.setdefault((t, phase), []).append(signal)
        if steps[-1] == now:
            reached = max(reached, phase + 1)
    if problems:
        raise RunError(problems)
    silent = {
        (t, k)
        for gap in evidence.gaps
        for k, phase in enumerate(phases)
        if phase.label in gap.who
        for t in range(max(step_of(clock, gap.first), 0), min(step_of(clock, gap.last), now) + 1)
    }
    heard: dict[int, list[Testimony]] = {}
    for item in testimony(evidence, as_of):
        if item.counted and (item.types or item.where):
            heard.setdefault(min(max(step_of(clock, item.known), 0), now), []).append(item)
    return Timeline(
        as_of=as_of,
        step=now,
        phase=reached if now < clock.steps else 0,
        definite=definite,
        imprecise={at: tuple(found) for at, found in imprecise.items()},
        silent=frozenset(silent),
        testimony={step: tuple(items) for step, items in heard.items()},
        signals=tuple(signals),
    )


def _phase_of(entry: HistoryEntry, phases: tuple[PhasePlan, ...]) -> tuple[int, dict[int, float]] | None:
    for k, phase in enumerate(phases):
        names = [act.name for act in phase.acts]
        if entry.who == EVENT:
            if not phase.choice and names[0] in entry.moves:
                return k, {0: entry.moves[names[0]]}
        elif phase.choice and phase.label == entry.who and set(entry.moves) <= set(names):
            return k, {names.index(move): chance for move, chance in entry.moves.items()}
    return None


def _twice(entry: HistoryEntry, other: Signal, step: int) -> Problem:
    return Problem(
        path=f"history.{entry.index}",
        found=f"a second move of {entry.who} in step {step} (the first is history.{other.entry})",
        expected="one move of an actor in one step",
        mend="Drop the lesser one, give one of them an adjacent date, or make the clock's step shorter.",
    )


def series_dates(evidence: Evidence, document: CaseDocument, as_of: date) -> list[date]:
    """The dates worth a forecast of their own up to `as_of`: the start, every day on which something new
    became known, and `as_of` itself."""
    clock = document.clock
    days = {entry.known for entry in evidence.history}
    days |= {report.published.last for report in evidence.reports.values()}
    within = {day for day in days if clock.start < day <= as_of}
    return sorted({clock.start, *within, max(as_of, clock.start)})


def latest(evidence: Evidence, document: CaseDocument) -> date:
    """Default `as_of`: the last day on which something became known."""
    days = [entry.known for entry in evidence.history]
    days += [report.published.last for report in evidence.reports.values()]
    return max([document.clock.start, *days])
