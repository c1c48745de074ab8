"""What to watch for: every move or event that can still be seen, and what seeing it by a date, or not, would change.

Each draw says how likely a sign is together with every outcome and every type (`standoff.forecast.signs`). Over the
ensemble these joint chances add up with the weights of the draws, so an analyst who sees the sign learns about the
draws too: those that expected it gain. Information is that of the ensemble's joint chances, in bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np

from standoff.analysis.enough import Thin, enough, enough_of, is_certain
from standoff.errors import Problem, RunError
from standoff.forecast import Forecast
from standoff.forecast.forecast import bands
from standoff.forecast.signs import Sign
from standoff.game.model import Floats
from standoff.language.calendar import step_days, step_start

Band: TypeAlias = dict[str, float]
Within: TypeAlias = int | str | date | None
NEXT, END, QUIET = "next", "end", "quiet"
DAYS = 28  # the default horizon
NONE = 1e-12  # a chance that is none
COVERT = "done unseen, with the same trace as the standing move"
CLOSED = "closed, or without a turn, in everything that can still happen"
RARE = "open, but next to never chosen"
RARE_EVENT = "possible, but next to never so"
ROUNDING = 1e-15  # of a chance by a date, which is a difference; that of the very next turn has none


@dataclass(frozen=True, slots=True)
class Horizon:
    """A date to have seen something by: the end of the clock's step before it. `days` from the forecast's date."""

    date: date
    days: int

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"date": self.date.isoformat(), "days": self.days}


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What holds if a sign is seen, or if it is not: bands of outcomes, and of types by actor."""

    outcomes: Mapping[str, Band]
    hypotheses: Mapping[str, Mapping[str, Band]]
    effective_draws: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "outcomes": dict(self.outcomes),
            "hypotheses": {actor: dict(types) for actor, types in self.hypotheses.items()},
            "effective_draws": self.effective_draws,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A sign at one horizon.

    `chance` of seeing it; `seen` and `unseen` (None where the chance of that is none); `likelihood` actor -> type ->
    chance of seeing it given that type; `bits` expected information about ``outcome`` and about the type of every
    secret actor, None where `seen` or `unseen` rests on too few draws.
    """

    chance: Band
    seen: Given | Thin | None
    unseen: Given | Thin | None
    likelihood: Mapping[str, Mapping[str, float]]
    bits: Mapping[str, float] | None

    @property
    def ratios(self) -> list[dict[str, Any]]:
        """For every pair of types of an actor the likelier one (``more``), the other (``less``), and how many times as
        likely the first makes the sign; ``ratio`` None where the other rules it out."""
        if self.bits is None:
            return []
        found = []
        for actor, chances in self.likelihood.items():
            names = list(chances)
            for i, one in enumerate(names):
                for other in names[i + 1 :]:
                    more, less = (one, other) if chances[one] >= chances[other] else (other, one)
                    ratio = chances[more] / chances[less] if chances[less] > NONE else None
                    found.append({"actor": actor, "more": more, "less": less, "ratio": ratio})
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "chance": self.chance,
            "seen": None if self.seen is None else self.seen.to_json(),
            "unseen": None if self.unseen is None else self.unseen.to_json(),
            "likelihood": {actor: dict(rows) for actor, rows in self.likelihood.items()} if self.bits else None,
            "ratios": self.ratios,
            "bits": None if self.bits is None else dict(self.bits),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """One thing to watch for. `kind`: ``move``, ``event`` or ``quiet``; `who` its actor; `name` the move or event.

    `chances`: chance of seeing it by every horizon. `reading`: by the date asked about; None where `never` says why it
    cannot be seen by then, or where the whole forecast is thin. `reported`: the chance that reports would tell of it,
    where that is a constant of the case.
    """

    kind: str
    who: str
    name: str
    title: str | None
    chances: tuple[Band, ...] = ()
    reading: Reading | None = None
    never: str = ""
    reported: float | None = None

    @property
    def id(self) -> str:
        """``actor.move``, the name of the event, or ``quiet``."""
        return f"{self.who}.{self.name}" if self.kind == "move" else self.name

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        empty: dict[str, Any] = {
            "chance": None,
            "seen": None,
            "unseen": None,
            "likelihood": None,
            "ratios": [],
            "bits": None,
        }
        return {
            "id": self.id,
            "kind": self.kind,
            "actor": self.who if self.kind == "move" else None,
            "name": self.name,
            "title": self.title,
            "never": self.never or None,
            "reported": self.reported,
            "chances": list(self.chances),
            **(empty if self.reading is None else self.reading.to_json()),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Indicators:
    """The watch list of a forecast, the most telling about the outcome first; what cannot be seen comes last.

    `within`: the horizon asked about, None for the very next turn of whoever can show a sign, or once the clock is over
    (`horizons` is empty then). `thin`: the whole forecast rests on too few draws; no row has numbers then, nor a reason
    that the draws would have to give.
    """

    as_of: date
    within: Horizon | None
    horizons: tuple[Horizon, ...]
    outcomes: Mapping[str, Band] = field(repr=False)
    hypotheses: Mapping[str, Mapping[str, Band]] = field(repr=False)
    rows: tuple[Indicator, ...]
    effective_draws: float
    thin: Thin | None = None

    def _shown(self, bands: Mapping[str, Band]) -> dict[str, Band | None]:
        return {name: None if self.thin else band for name, band in bands.items()}

    def ranked(self, about: str = "outcome") -> list[Indicator]:
        """Rows with information about the outcome, or about the type of an actor, the most first."""
        known = [(row.reading.bits[about], row) for row in self.rows if row.reading and row.reading.bits]
        return [row for _, row in sorted(known, key=lambda pair: -pair[0])]

    def to_json(self) -> dict[str, Any]:
        """Plain data, documented in docs/scripts.md."""
        return {
            "as_of": self.as_of.isoformat(),
            "within": None if self.within is None else self.within.to_json(),
            "next_turn": self.within is None and bool(self.horizons),
            "horizons": [horizon.to_json() for horizon in self.horizons],
            "outcomes": self._shown(self.outcomes),
            "hypotheses": {actor: self._shown(types) for actor, types in self.hypotheses.items()},
            "effective_draws": self.effective_draws,
            "thin": None if self.thin is None else self.thin.to_json(),
            "indicators": [row.to_json() for row in self.rows],
            "order": {about: [row.id for row in self.ranked(about)] for about in ("outcome", *self.hypotheses)},
        }


def indicators(made: Forecast, *, within: Within = None) -> Indicators:
    """What to watch for from the forecast's date on.

    within: by when it is to be seen: a number of days, a date (``date`` or ISO text), ``"end"`` of the clock, or
        ``"next"`` for the very next turn that can show each sign, whatever comes before it. Four weeks if not given.
        A draw keeps a few horizons: one step, two weeks, four weeks, the end; what is asked for must lie within half
        a step of one. Raises RunError with the list of them otherwise.

    Cost: nothing is solved again; some operations for each draw, sign and outcome.
    """
    task, document = made.task, made.structure.document
    clock = document.clock
    ends = tuple(step_start(clock, t) for t in task.horizons)
    known = tuple(Horizon(day, (day - made.as_of).days) for day in ends)
    at = _chosen(within, known, made.as_of, step_days(clock))
    thin = enough_of(made)
    rows = [_row(made, i, sign, at, known, thin) for i, sign in enumerate((*task.signs, None))]
    rows += [
        Indicator("move", phase.label, act.name, document.moves[phase.label][act.name].title, never=COVERT)
        for phase in made.structure.phases
        for act in phase.acts
        if phase.choice and act.covert
    ]
    rows.sort(key=_order)
    return Indicators(
        as_of=made.as_of,
        within=known[at - 1] if at > 0 else None,
        horizons=known,
        outcomes=made.outcomes,
        hypotheses=made.beliefs,
        rows=tuple(rows),
        effective_draws=made.effective_draws,
        thin=thin,
    )


def _order(row: Indicator) -> tuple[bool, bool, float]:
    bits = row.reading.bits if row.reading else None
    chance = row.reading.chance["mean"] if row.reading else 0.0
    return bool(row.never), bits is None, -(bits["outcome"] if bits else chance)


def _chosen(within: Within, known: tuple[Horizon, ...], today: date, step: float) -> int:
    """Column of the records: 0 for the next turn, then the horizons."""
    if within == NEXT or not known:
        return 0
    if within == END:
        return len(known)
    asked = DAYS if within is None else within
    wanted: date | None = None
    if isinstance(asked, date):
        wanted = asked
    else:
        text = str(asked).strip()
        try:
            wanted = today + timedelta(days=int(text)) if text.lstrip("+-").isdigit() else date.fromisoformat(text)
        except (ValueError, OverflowError):
            wanted = None
    if wanted is not None:
        at = min(range(len(known)), key=lambda i: abs((known[i].date - wanted).days))
        near = abs((known[at].date - wanted).days)
        if within is None or (wanted > today and near <= max(step / 2, 0.5)):
            return at + 1
    listed = ", ".join(f"{one.days} ({one.date.isoformat()})" for one in known)
    raise RunError(
        Problem(
            path="within",
            found=f"{str(asked)[:60]!r} as the time to see something by",
            expected=f"days from {today.isoformat()}, or a date, near one that draws have kept: {listed}; or next, end",
            mend="Ask for one of these.",
        )
    )


def _row(
    made: Forecast, i: int, sign: Sign | None, at: int, known: tuple[Horizon, ...], thin: Thin | None
) -> Indicator:
    document = made.structure.document
    if sign is None:
        row = Indicator(QUIET, "", QUIET, None)
    elif sign.event:
        row = Indicator("event", sign.label, sign.move, document.events[sign.move].title, reported=_told(made, sign))
    else:
        title = document.moves[sign.label][sign.move].title
        row = Indicator("move", sign.label, sign.move, title, reported=_told(made, sign))
    seen, unseen = made.records["sign_seen"][:, i], made.records["sign_unseen"][:, i]
    usable = (made.weights > 0)[:, None]
    ever = np.where(usable, np.nan_to_num(seen[:, :, 0]), 0.0).max(axis=0)  # [1 + H]
    never = ""
    if not (ever > NONE).any():
        never = _unlikely(sign, ever) if known else "the clock is over"
    elif not ever[at] > NONE:
        first = next((j for j in range(1, len(ever)) if ever[j] > NONE), 0)
        never = f"not so soon, at the earliest by {known[first - 1].date.isoformat()}" if first else CLOSED
    if sign is None and at == 0:
        never = "a matter of time, not of one turn" if known else "the clock is over"
    if thin is not None and known:
        return row  # what is closed is closed in so few draws
    if never:
        return replace(row, never=never)
    chances = tuple(bands(np.nan_to_num(seen[:, 1:, 0]), made.weights)) if known else ()
    return replace(row, chances=chances, reading=_reading(made, seen[:, at], unseen[:, at]))


def _unlikely(sign: Sign | None, ever: Floats) -> str:
    """Why the chances [1 + H], at the very next turn and by each date, are next to nothing in every draw."""
    if sign is None or not (ever[0] > 0 or (ever[1:] > ROUNDING).any()):
        return CLOSED
    return RARE_EVENT if sign.event else RARE


def _told(made: Forecast, sign: Sign) -> float | None:
    """The chance that reports would tell of it, if the case says one number."""
    found = set()
    for k, move in sign.turns:
        noticed = made.structure.phases[k].acts[move].noticed
        found.add(None if noticed is None or noticed.constant is None else float(noticed.constant))
    return found.pop() if len(found) == 1 else None


def _reading(made: Forecast, seen: Floats, unseen: Floats) -> Reading:
    """`seen` and `unseen` [D, 1 + K + E]: joint chances in every draw."""
    certain, weights = is_certain(made), made.weights
    usable = weights > 0
    seen, unseen = (np.where(usable[:, None], np.nan_to_num(part), 0.0) for part in (seen, unseen))
    # a draw in which no turn is left to show it has shown nothing: what it holds now stays
    blank = usable & (seen[:, 0] + unseen[:, 0] < 0.5)
    if blank.any():
        now = np.concatenate(
            [np.ones((len(seen), 1)), made.records["beliefs"][:, -1], made.records["series"][:, -1]], 1
        )
        unseen[blank] = now[blank]
    joint, rest = weights @ seen, weights @ unseen
    parts = [_part(made, seen, joint, certain), _part(made, unseen, rest, certain)]
    likelihood: dict[str, dict[str, float]] = {}
    for actor, columns in _columns(made).items():
        both = joint[columns] + rest[columns]
        names = made.structure.document.actors[actor].types
        shares = np.divide(joint[columns], both, out=np.zeros(len(both)), where=both > NONE)
        likelihood[actor] = {name: float(share) for name, share in zip(names, shares, strict=True)}
    bits: dict[str, float] | None = None
    if not any(isinstance(part, Thin) for part in parts):
        E = len(made.structure.document.outcomes)
        bits = {"outcome": information(np.stack([joint[-E:], rest[-E:]]))}
        bits |= {actor: information(np.stack([joint[at], rest[at]])) for actor, at in _columns(made).items()}
    chance = bands(seen[:, :1], weights)[0]
    return Reading(chance, parts[0], parts[1], likelihood, bits)


def _part(made: Forecast, joint: Floats, total: Floats, certain: bool) -> Given | Thin | None:
    """What holds given one of the two: every draw weighs by how likely it made that."""
    if total[0] <= NONE:
        return None
    share = made.weights * joint[:, 0]
    thin = enough(share, certain=certain)
    if thin is not None:
        return thin
    with np.errstate(invalid="ignore", divide="ignore"):
        given = np.where(joint[:, :1] > NONE, joint[:, 1:] / joint[:, :1], np.nan)
    rows = bands(given, share)
    document = made.structure.document
    E = len(document.outcomes)
    return Given(
        outcomes=dict(zip(document.outcomes, rows[len(rows) - E :], strict=True)),
        hypotheses={
            actor: dict(zip(document.actors[actor].types, rows[at.start - 1 : at.stop - 1], strict=True))
            for actor, at in _columns(made).items()
        },
        effective_draws=float(share.sum() ** 2 / (share**2).sum()),
    )


def _columns(made: Forecast) -> dict[str, slice]:
    """Columns of a joint record about every secret actor."""
    found, at = {}, 1
    for name, actor in made.structure.document.actors.items():
        if len(actor.types) > 1:
            found[name] = slice(at, at + len(actor.types))
            at += len(actor.types)
    return found


def information(joint: Floats) -> float:
    """Mutual information in bits of two variables with the joint chances [A, B] (in any scale; 0 log 0 is 0)."""
    joint = np.maximum(np.asarray(joint, float), 0.0)
    total = joint.sum()
    if not total > 0:
        return 0.0
    joint = joint / total
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = (joint > 0) & (apart > 0)
    return max(0.0, float((joint[some] * np.log2(joint[some] / apart[some])).sum()))
