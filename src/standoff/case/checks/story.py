"""The clock, the events' timing and the dated history: whether what happened fits the case."""

from __future__ import annotations

from datetime import timedelta

from standoff.case.checks.desk import Desk, effects
from standoff.errors import did_you_mean
from standoff.evidence import HistoryEntry
from standoff.language.calendar import DAYS, step_of, step_start, turns
from standoff.language.document import CaseDocument, Event, OrderEntry
from standoff.language.located import Path_


def check_clock(desk: Desk) -> bool:
    """Whether the clock stays inside the calendar; complains if not."""
    clock = desk.document.clock
    last = clock.start.toordinal() + clock.steps * DAYS[clock.step]
    if last > 3_650_000:  # some day of the year 9994
        desk.complain(
            ("clock",),
            f"a clock that runs beyond the year 9999 ({clock.steps} x {clock.step} from {clock.start})",
            "a start and a number of steps inside the calendar",
            "Mend the start or the number of steps.",
        )
        return False
    ending = desk.document.ending
    if ending is not None and ending.date < clock.start:
        desk.complain(
            ("ending", "date"),
            f"an ending on {ending.date}, before the clock starts on {clock.start}",
            "a day after the start",
            "Mend the ending or `clock.start`.",
        )
    if ending is not None and ending.date == clock.start:
        desk.warn(
            ("ending", "date"),
            f"an ending on {ending.date}, the first day of the clock",
            "a day after the start, so that there is a forecast before it to be scored",
            "Mend the ending or `clock.start`.",
        )
    over = step_start(clock, turns(clock))
    if ending is not None and ending.outcome == "unresolved" and clock.start < ending.date < over:
        desk.warn(
            ("ending", "date"),
            f"`unresolved` on {ending.date}, before the clock runs out on {over}",
            "that day or a later one, for nothing is left unresolved before",
            "Leave `ending` out until then, or name how it ended.",
        )
    return True


def check_events(desk: Desk) -> None:
    """An event is a rate in time or a chance on an occasion."""
    for path, _, _, event in effects(desk.document):
        if isinstance(event, Event):
            _check_event(desk, path, event)


def _check_event(desk: Desk, path: Path_, event: Event) -> None:
    if (event.rate is None) == (event.chance is None):
        both = event.rate is not None
        desk.complain(
            path,
            "both `rate` and `chance`" if both else "neither `rate` nor `chance`",
            "one of the two",
            "Write `rate` with `per` for a hazard in time, `chance` with `when` for one occasion.",
            on_key=True,
        )
        return
    if event.rate is not None and event.per is None:
        desk.complain(
            (*path, "rate"), "a rate without `per`", "its unit of time", "Add `per: week` or the like."
        )
    if event.chance is not None and event.per is not None:
        desk.complain(
            (*path, "per"), "`per` beside `chance`", "`per` only with `rate`", "Remove it, or write `rate`."
        )
    if event.chance is not None and "when" not in event.model_fields_set:
        desk.complain(
            (*path, "chance"),
            "a chance on no occasion",
            "`when` beside `chance`",
            "Say when it comes up; for something that may happen at any time write `rate` and `per`.",
        )


def check_history(desk: Desk) -> None:
    """Dated moves: known actors and moves, inside the clock, no more of them in a step than turns."""
    document, evidence = desk.document, desk.evidence
    clock = document.clock
    first, last = clock.start, clock.start + timedelta(days=int(clock.steps * DAYS[clock.step]))
    taken: set[tuple[int, int]] = set()  # (turn of a step, step)
    for entry in evidence.history:
        path: Path_ = ("history", entry.index)
        _check_who(desk, path, entry.who, list(entry.moves))
        if entry.when.last < first or entry.when.first >= last:
            side = "before the clock starts" if entry.when.last < first else "after the clock has run out"
            desk.complain_of_evidence(
                (*path, "date"),
                f"{entry.when.text or entry.when.first}, {side}",
                f"a date from {first} to {last - timedelta(days=1)}",
                "Mend the date, or `clock` in case.yaml.",
            )
            continue
        step = step_of(clock, entry.when.first)
        if step != step_of(clock, entry.when.last):
            continue  # its step is uncertain, so it may well share no step with another
        for name, places in _turns(document, entry):
            free = [(place, step) for place in places if (place, step) not in taken]
            taken.update(free[:1])
            if places and not free:
                desk.complain_of_evidence(
                    path,
                    f"one more move of {name} in the same step ({clock.step} {step // clock.parts + 1} of the clock)",
                    "as many as it has turns in a step",
                    "Keep the one that mattered; or date the second to the first step in which that turn is free, and "
                    "tell its own day in `judgement`; or give the actor two entries in `order`; or take a shorter "
                    "step.",
                )
    for gap in evidence.gaps:
        known = [*document.actors, *document.events]
        for name in gap.who:
            if name not in known:
                desk.complain_of_evidence(
                    ("history", gap.index, "unreported"),
                    f"`{name}`",
                    "an actor or an event",
                    did_you_mean(name, known),
                )


def _turns(document: CaseDocument, entry: HistoryEntry) -> list[tuple[str, list[int]]]:
    """What an entry takes turns for, and which turns of a step would do: one for all its moves if there is one."""
    spelled: list[tuple[str, set[str]]] = []
    for one in document.order or list(document.actors):
        who, moves = (one.actor, one.moves) if isinstance(one, OrderEntry) else (one, None)
        if who in document.moves:
            spelled.append((who, set(document.moves[who] if moves is None else moves)))
    if entry.who == "event":
        events = list(document.events)
        return [(f"event {name}", [len(spelled) + events.index(name)]) for name in entry.moves if name in events]
    mine = [(place, moves) for place, (who, moves) in enumerate(spelled) if who == entry.who]
    whole = [place for place, moves in mine if set(entry.moves) <= moves]
    if whole:
        return [(entry.who, whole)]
    kinds = dict.fromkeys(tuple(place for place, moves in mine if name in moves) for name in entry.moves)
    return [(entry.who, list(places)) for places in kinds]


def _check_who(desk: Desk, path: Path_, who: str, moves: list[str]) -> None:
    document = desk.document
    if who == "event":
        known, kind = list(document.events), "an event"
    elif who in document.actors:
        known, kind = list(document.moves.get(who, {})), f"a move of {who}"
    else:
        desk.complain_of_evidence(
            path, f"`{who}`", "an actor, or `event`", did_you_mean(who, [*document.actors, "event"])
        )
        return
    for move in moves:
        if move not in known:
            desk.complain_of_evidence((*path, who), f"`{move}`", kind, did_you_mean(move, known))
        elif who != "event" and document.moves[who][move].covert:
            desk.complain_of_evidence(
                (*path, who),
                f"the covert move `{move}`",
                "something that could be seen",
                "Drop the entry and let a claim bear on the type, or make the move overt.",
            )
