"""Whether the dated history can have happened: walked over what everybody can see, before anything is solved.

The walk is generous. A guard over parameters may hold, an event may have happened unseen, whoever has a turn may
have let it pass; so what is refused here is impossible whatever the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.case.checks.desk import Desk, list_names
from standoff.case.checks.scene import Act, Bools, Scene, certain_end, continuations
from standoff.evidence import HistoryEntry
from standoff.language.calendar import step_of, step_start, turns
from standoff.language.document import CaseDocument, OrderEntry

_SURE = 1 - 1e-9
_MOST = 200_000_000  # states times turns times moves looked at


def check_past(desk: Desk, scene: Scene) -> None:
    """Complain of the first dated entry that none of the states history can have led to allows."""
    entries = [entry for entry in (_dated(desk.document, each) for each in desk.evidence.history) if entry]
    cost = len(scene.codes) * turns(desk.document.clock) * max(1, len(scene.acts))
    if not entries or not scene.exact or cost > _MOST or any(each.level == "error" for each in desk.problems):
        return
    _Walk(desk, scene, entries).run()


@dataclass(frozen=True)
class _Dated:
    """A history entry and the turns of the clock it may belong to, both ends included."""

    entry: HistoryEntry
    first: int
    last: int

    @property
    def sure(self) -> bool:
        """Whether what it names happened for certain."""
        return sum(self.entry.moves.values()) >= _SURE


def _dated(document: CaseDocument, entry: HistoryEntry) -> _Dated | None:
    clock = document.clock
    first = max(step_of(clock, entry.when.first), 0)
    last = min(step_of(clock, min(entry.when.last, entry.known)), turns(clock) - 1)
    return _Dated(entry, first, last) if first <= last else None


@dataclass(frozen=True)
class _Turn:
    """One phase of a step: an actor with some of its moves, or one event (`who` is then ``event``)."""

    who: str
    acts: tuple[Act, ...]

    def takes(self, entry: HistoryEntry) -> bool:
        return entry.who == self.who and any(act.name in entry.moves for act in self.acts)


def _order(document: CaseDocument, acts: Iterable[Act]) -> list[_Turn]:
    """The turns of a step in order of play."""
    moves = {(act.actor, act.name): act for act in acts}
    named = {name for entry in document.order if isinstance(entry, OrderEntry) for name in entry.events or ()}
    found: list[_Turn] = []
    for entry in document.order or [*document.actors, "chance"]:
        one = entry if isinstance(entry, OrderEntry) else OrderEntry(actor=entry)
        events = one.events or []
        if entry == "chance" and entry not in document.actors:
            one, events = OrderEntry(), [name for name in document.events if name not in named]
        found += [_Turn("event", (moves[None, name],)) for name in events if (None, name) in moves]
        mine = [
            move
            for (actor, name), move in moves.items()
            if actor is not None and actor == one.actor and (one.moves is None or name in one.moves)
        ]
        if one.actor and mine:
            found.append(_Turn(one.actor, tuple(mine)))
    return found


class _Walk:
    """States [C] history may stand in, turn by turn."""

    def __init__(self, desk: Desk, scene: Scene, entries: list[_Dated]) -> None:
        self.desk = desk
        self.scene = scene
        self.document = desk.document
        self.turns = _order(desk.document, scene.acts)
        self.definite = [each for each in entries if each.first == each.last]
        self.vague = [each for each in entries if each.first < each.last]
        self.met: set[int] = set()  # vague entries that can have happened by now
        self.ended: HistoryEntry | None = None
        self.leads = {id(act): [scene.target(then) for then in continuations(act.effect)] for act in scene.acts}
        self.ends = {id(act): self._surely_ends(act) for act in scene.acts}
        self.guards: dict[tuple[int, int], Bools] = {}

    def run(self) -> None:
        here = np.zeros(len(self.scene.codes), bool)
        here[self.scene.start] = True
        for t in range(max(each.last for each in [*self.definite, *self.vague]) + 1):
            due = [each.entry for each in self.definite if each.first == t]
            for turn in self.turns:
                told = next((entry for entry in due if turn.takes(entry)), None)
                if told is not None:
                    due.remove(told)
                after = self._after(turn, t, here, told)
                if after is None:
                    assert told is not None
                    self._refuse(told, turn, t, here)
                    return
                here = after
            for each in self.vague:
                if each.last == t and each.sure and each.entry.index not in self.met:
                    self._refuse(each.entry, None, t, here)
                    return

    def _after(self, turn: _Turn, t: int, here: Bools, told: HistoryEntry | None) -> Bools | None:
        """States after a turn; None if what is told of it cannot have happened."""
        vague = [each for each in self.vague if each.first <= t <= each.last and turn.takes(each.entry)]
        sure = told is not None and sum(told.moves.values()) >= _SURE
        after = np.zeros_like(here) if sure else here.copy()
        happened = False
        for act in turn.acts:
            mentions = [each for each in vague if self._looks_like(turn, act) & set(each.entry.moves)]
            named = told is not None and bool(self._looks_like(turn, act) & set(told.moves))
            if told is None and not mentions and not self._unseen(turn, act, t):
                continue
            if sure and not named:
                continue
            opened = here & self._open(act, t)
            if not opened.any():
                continue
            happened = happened or named
            self.met.update(each.entry.index for each in mentions)
            if not self.ends[id(act)]:
                for target in self.leads[id(act)]:
                    after[target[opened]] = True
        if not sure:
            return after
        if not happened:
            return None
        if not after.any():
            self.ended = told
        return after

    def _unseen(self, turn: _Turn, act: Act, t: int) -> bool:
        """Whether the move or event may have come about without a report of it."""
        if turn.who == "event":
            return True
        day = step_start(self.document.clock, t)
        then = step_start(self.document.clock, t + 1)
        if any(turn.who in gap.who and gap.first < then and day <= gap.last for gap in self.desk.evidence.gaps):
            return True
        noticed = self.desk.formulas.get((*act.path, "noticed"))
        if noticed is not None:
            return noticed.constant is None or float(noticed.constant) < 1
        return self._standing(turn) in self._looks_like(turn, act)

    def _standing(self, turn: _Turn) -> str:
        wish = self.document.actors[turn.who].standing or "hold"
        names = [each.name for each in turn.acts]
        return wish if wish in names else names[0]

    def _looks_like(self, turn: _Turn, act: Act) -> set[str]:
        """What a report of it would name: a covert move looks like the standing one."""
        return {self._standing(turn)} if getattr(act.effect, "covert", False) else {act.name}

    def _open(self, act: Act, t: int) -> Bools:
        """[C] false only where the guard is false whatever the parameters."""
        guard = self.desk.formulas.get((*act.path, "when"))
        loose = {*self.document.parameters, *self.document.actors}
        if guard is None or guard.names & loose:
            return np.ones(len(self.scene.codes), bool)
        key = (id(act), t if guard.names & {"step", "date"} else -1)
        if key not in self.guards:
            values: dict[str, Any] = dict(self.scene.levels)
            values["step"] = t / self.document.clock.parts
            values["date"] = float(step_start(self.document.clock, t).toordinal())
            truth: NDArray[Any] = np.asarray(guard(values)) != 0
            self.guards[key] = np.broadcast_to(truth, (len(self.scene.codes),))
        return self.guards[key]

    def _surely_ends(self, act: Act) -> bool:
        """Whether its chances of ending the story leave nothing, for every draw that is tried."""
        ends = act.effect.ends
        if not isinstance(ends, dict) or act.effect.perhaps or certain_end(act.effect):
            return certain_end(act.effect)
        formulas = [self.desk.formulas.get((*act.path, "ends", outcome)) for outcome in ends]
        known = [formula for formula in formulas if formula is not None]
        at = np.flatnonzero(act.open & self.scene.reachable)
        if len(known) < len(ends) or not self.scene.knows(known) or not len(at):
            return False
        cells = self.scene.cells(known, at)
        total = sum(cells.number(formula) for formula in known)
        return bool((np.asarray(total) >= _SURE).all())

    def _refuse(self, entry: HistoryEntry, turn: _Turn | None, t: int, here: Bools) -> None:
        who = "the event" if entry.who == "event" else entry.who
        what = f"{who} {' or '.join(entry.moves)} on {entry.when.text or entry.when.first}"
        path = ("history", entry.index)
        if self.ended is not None:
            ended = self.ended
            with_ = " or ".join(ended.moves)
            self.desk.complain_of_evidence(
                path,
                f"{what}, after {ended.who} {with_} on {ended.when.text or ended.when.first} had ended the story",
                "nothing dated after an ending",
                "Mend one of the two dates, or let the earlier move lead on instead of ending the story.",
            )
            return
        opened = [act.name for act in turn.acts if (here & self._open(act, t)).any()] if turn else []
        at = self._levels(here, entry)
        self.desk.complain_of_evidence(
            path,
            f"{what}, closed by then{f' ({at})' if at else ''}",
            f"a move open at that point: {list_names(opened)}" if opened else "something that is open by then",
            "Mend the date, the entries before it, or its `when` in case.yaml.",
        )

    def _levels(self, here: Bools, entry: HistoryEntry) -> str:
        """The levels by then of what the guards of the entry's moves ask for."""
        section = ("events",) if entry.who == "event" else ("moves", entry.who)
        guards = [self.desk.formulas.get((*section, name, "when")) for name in entry.moves]
        asked = {name for guard in guards if guard is not None for name in guard.names}
        parts = []
        for name, factor in self.document.factors.items():
            if name in asked:
                levels = np.unique(self.scene.levels[name][here]).tolist()
                parts.append(f"{name} is {' or '.join(factor.levels[i] for i in levels)}")
        return ", ".join(parts)
