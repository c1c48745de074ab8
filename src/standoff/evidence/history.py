"""History: the dated moves that reports say happened, and the times on which they are silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from standoff.evidence.dates import DateSpan

if TYPE_CHECKING:
    from standoff.evidence.body import Evidence

EVENT = "event"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A dated move.

    `index` is its position in the file (path ``history.INDEX``); `who` an actor's name, or 'event' for
    chance; `moves` maps each move (or event) that may have happened to the probability that the report is
    right (1.0: observed; what is missing to 1: none of these). `known` is the first day on which anybody
    could know of it.
    """

    index: int
    when: DateSpan
    who: str
    moves: Mapping[str, float]
    because: tuple[str, ...]
    judgement: str | None
    known: date
    title: str | None = None

    @property
    def observed(self) -> bool:
        """Whether one move is certain."""
        return len(self.moves) == 1 and next(iter(self.moves.values())) == 1.0


@dataclass(frozen=True, slots=True)
class Gap:
    """From `first` to `last`, both included, reports would not have told what these actors or events did."""

    first: date
    last: date
    who: tuple[str, ...]
    index: int = -1
    because: tuple[str, ...] = ()
    judgement: str | None = None


def known_from(when: DateSpan, published: Sequence[date]) -> date:
    """When an event became known: the earliest publication that tells of it, never before the event may have
    begun; its last possible day where no report is cited."""
    return max(min(published), when.first) if published else when.last


def history_known(evidence: Evidence, as_of: date) -> tuple[HistoryEntry, ...]:
    """The entries that anybody could know by the end of `as_of`, in order of date."""
    return tuple(entry for entry in evidence.history if entry.known <= as_of)
