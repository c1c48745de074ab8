"""Off-ramps: sets of levers that raise the chance of a peaceful settlement: for whom, at what cost, why fewer do not.

Every set is tried on the same draws (`standoff.analysis.bench`): the present as each draw has it, the game from now on
with the levers pulled, and what changes (docs/mathematics.md, section 6).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.analysis import dangers as perils
from standoff.analysis.bench import Bench, NoneLeftError, Progress
from standoff.analysis.enough import enough_of
from standoff.analysis.levers import Change, Plain
from standoff.errors import Problem, RunError, did_you_mean
from standoff.forecast.ensemble import Workers
from standoff.forecast.forecast import bands, manifest
from standoff.forecast.settings import as_whole
from standoff.forecast.store import RunFolder
from standoff.game.model import Floats

if TYPE_CHECKING:
    from standoff.forecast import Forecast

DRAWS, SIZE = 24, 3
QUICK_DRAWS, QUICK_SIZE = 8, 1  # what every brief gets
QUICK_AMONG = 10  # parameters a brief's first look at dangers takes in
CLOSE = 6  # parameters looked at closely for dangers, if not all
MOST = 400  # sets tried at most; beyond that the most promising ones
TRIFLE = 0.001  # a change of the chance of peace below this is none
FEELS = 0.05  # log-odds of its own choice by which an actor must gain or lose to want or refuse
ANSWER, WHOLE = "offramps-answer", "all levers"  # under which the last answer fit for a brief is kept with the run
Set = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offramps:
    """Off-ramps of a forecast. `answer` is plain data, as docs/scripts.md tells; `sets` its rows by levers."""

    answer: Plain = field(repr=False)

    def __repr__(self) -> str:
        best = [" + ".join(row["levers"]) for row in self.answer.get("sets", []) if row.get("minimal")]
        return f"Offramps({self.answer['say']!r}, minimal={best})"

    @property
    def sets(self) -> dict[Set, Plain]:
        """levers (in the case's order) -> what the set does; sets that make no game are left out."""
        return {tuple(row["levers"]): row for row in self.answer.get("sets", [])}

    @property
    def minimal(self) -> list[Set]:
        """Sets that reach the threshold while no part of them does, best first."""
        return [tuple(row["levers"]) for row in self.answer.get("sets", []) if row["minimal"]]

    def to_json(self) -> Plain:
        """Plain data."""
        return self.answer


def offramps(
    made: Forecast,
    size: int = SIZE,
    *,
    draws: int = DRAWS,
    reach: float | None = None,
    levers: Sequence[str] | None = None,
    dangers: bool | int = 0,
    among: int | None = None,
    most: int = MOST,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Offramps:
    """Try sets of up to `size` levers on common draws of a forecast.

    draws: how many common draws, a weighted systematic resample of the forecast's.
    reach: how much a set must raise the chance of a peaceful settlement, as a probability, to count as an off-ramp;
        half of what the best set does if not said.
    levers: names of those to try; all of the case if not given.
    dangers: also look for what most endangers the present: how many parameters get a close look after a first one on
        two draws; True: all of them do.
    among: how many parameters get that first look: those the forecast hangs on most; all if not said.
    most: sets tried; where there are more, all single levers, then the most promising (`left_out` in the answer).
    workers: processes or a Dask scheduler; the numbers do not depend on it. What is solved is kept in the run folder.
    progress: called as ``progress(solves done, solves asked for so far)``.

    Gives an `Offramps`; an `answer` without sets says why in ``say``. Raises RunError for a size, number or lever that
    is none.
    """
    size, draws, most = as_whole(size, "size", 1), as_whole(draws, "draws", 1), as_whole(most, "most", 1)
    if reach is not None and not (math.isfinite(reach) and 0 < reach <= 1):
        raise RunError(
            Problem(found=f"reach={reach!r}", expected="a gain in probability above 0, at most 1",
                    mend="Give 0.05 for five points of a hundred, or leave it out.", path="reach")
        )  # fmt: skip
    document = made.structure.document
    names = _chosen(list(document.levers), levers)
    base: Plain = {
        "as_of": made.as_of.isoformat(), "size": size, "draws": draws, "common": 0,
        "forecast_draws": len(made.weights), "say": "",
        "levers": {name: _lever(document, name) for name in names}, "now": None, "reach": None, "reach_said": False,
        "sets": [], "invalid": [], "left_out": None, "why": [], "interactions": [], "dangers": None,
        "dropped": 0, "dropped_because": None,
    }  # fmt: skip
    thin = enough_of(made)
    if thin is not None:
        return Offramps(base | thin.to_json())
    why = _nothing_to_do(made, names)
    if why and not dangers:
        return Offramps(base | {"say": why})
    with Bench(made, draws, workers, progress) as bench:
        try:
            answer = base | {"say": why or ""} | _answer(bench, names, size, most, reach, dangers, among, why)
        except NoneLeftError as error:
            said = error.problems[0].found
            return Offramps(base | {"say": said, "dropped": len(bench.lost), "dropped_because": bench.lost[0]})
        answer |= {"common": len(bench.draws), "dropped": len(bench.lost)}
        if bench.lost:
            several = "draws were" if len(bench.lost) > 1 else "draw was"
            answer["dropped_because"] = bench.lost[0]
            answer["say"] += f" ({len(bench.lost)} common {several} left out: {bench.lost[0]})"
        whole = levers is None and reach is None and among is None and draws >= DRAWS and most >= MOST
        close = dangers is True or int(dangers) >= CLOSE
        if bench.folder is not None and whole and close and size > QUICK_SIZE and not bench.lost:
            kept = bench.folder.kept(ANSWER, WHOLE)
            if not isinstance(kept, dict) or kept["size"] <= size:  # a wider search stays
                bench.folder.keep(ANSWER, WHOLE, answer)
        return Offramps(answer)


def _answer(
    bench: Bench, names: list[str], size: int, most: int, reach: float | None, dangers: bool | int,
    among: int | None, why: str,
) -> Plain:  # fmt: skip
    """What is told of the common draws that can be solved. Dangers come last, and may drop some more: then everything
    is told again of those that are left."""
    bench.run([()])
    tried = None if why else _search(bench, names, size, most)
    if tried is not None:
        _try_parts(bench, tried, reach)
    found: Plain = {}
    if dangers:
        found["dangers"] = perils.dangers(bench, None if dangers is True else int(dangers), among)
    if tried is not None:
        _try_parts(bench, tried, reach)  # fewer draws may make others minimal
        found |= _told(bench, names, tried, reach)
    return found | {"now": _now(bench)}


def for_the_brief(made: Forecast, *, workers: Workers | None = None, progress: Progress | None = None) -> Offramps:
    """Off-ramps as a brief needs them: the answer of the widest search of this run over sets of all levers, with no
    fewer draws, sets and dangers than the defaults, if there was one; else single levers on few draws and a first look
    at dangers."""
    if made.folder is not None:
        folder = RunFolder(Path(made.folder))
        folder.open(manifest(made.case, made.as_of, made.settings))
        kept = folder.kept(ANSWER, WHOLE)
        if isinstance(kept, dict):
            return Offramps(kept)
    return offramps(
        made, QUICK_SIZE, draws=QUICK_DRAWS, dangers=CLOSE, among=QUICK_AMONG, workers=workers, progress=progress
    )


def _chosen(known: list[str], asked: Sequence[str] | None) -> list[str]:
    if asked is None:
        return known
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise RunError(
            [
                Problem(
                    found=f"`{name}`", expected="a lever of the case", mend=did_you_mean(name, known), path="levers"
                )
                for name in unknown
            ]
        )
    return [name for name in known if name in asked]


def _nothing_to_do(made: Forecast, names: list[str]) -> str:
    """Why there is nothing to search, in words; empty if there is."""
    document = made.structure.document
    outcomes = document.outcomes
    if not any(outcome.peaceful for outcome in outcomes.values()):
        return "the case counts none of its outcomes as peaceful, so that there is nothing to raise"
    alive = made.records["alive"][:, made.task.lines[-1].step :]
    if alive.shape[1] == 0 or _ended(made):
        return "the story is over by then, so that nothing can be changed any more"
    if not names:
        return "the case names no levers, so that there is nothing to pull"
    return ""


def _ended(made: Forecast) -> bool:
    """Whether the story has ended in every draw that weighs anything."""
    line = made.task.lines[-1]
    state = made.records["state"][made.weights > 0]
    if line.step >= made.records["ended"].shape[1]:
        return True
    return bool(state.shape[1] and not (np.nan_to_num(state).sum(axis=(1, 2)) > 1e-9).any())


def _lever(document: Any, name: str) -> Plain:
    lever = document.levers[name]
    return {
        "title": lever.title or name.replace("_", " "),
        "by": list(lever.by),
        "owners": [who for who in lever.by if who in document.actors],
        "sets": {parameter: str(value) for parameter, value in lever.sets.items()},
    }


def change_of(levers: Set) -> Change:
    """A set of levers as a change."""
    return tuple(f"lever:{name}" for name in levers)


# The search ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tried:
    """Sets that were tried, those that make no game (with the reason), and what is known of the others."""

    good: list[Set] = field(default_factory=list)
    invalid: dict[Set, Plain] = field(default_factory=dict)
    skipped: list[Set] = field(default_factory=list)
    of: int = 0  # sets there are


def _search(bench: Bench, names: list[str], size: int, most: int) -> _Tried:
    """Every set up to `size` where they are at most `most`; else sizes in turn, the most promising first."""
    size = min(size, len(names))
    tried = _Tried(of=sum(math.comb(len(names), n) for n in range(1, size + 1)))
    singles: list[Set] = [(name,) for name in names]
    if tried.of <= most:
        sets = [s for n in range(1, size + 1) for s in itertools.combinations(names, n)]
        bench.run([(), *(change_of(s) for s in singles)])  # also finds where every draw stands
        bench.run([change_of(s) for s in sets])
        _sort(bench, sets, tried)
        return tried
    bench.run([(), *(change_of(s) for s in singles)])
    _sort(bench, singles, tried)
    room = max(most - len(singles), 0)
    for n in range(2, size + 1):
        sets = [s for s in itertools.combinations(names, n) if not any((name,) in tried.invalid for name in s)]
        guess = _guesses(bench, tried, sets)
        ranked = sorted(sets, key=lambda s: (-guess[s], s))
        share = room if n == size else room // 2
        chosen, rest = ranked[:share], ranked[share:]
        room -= len(chosen)
        bench.run([change_of(s) for s in chosen])
        _sort(bench, chosen, tried)
        tried.skipped += rest
    return tried


def _try_parts(bench: Bench, tried: _Tried, reach: float | None) -> None:
    """Try what was skipped of the parts of sets that would be told minimal, the smallest first, until none is left: a
    set is minimal only where its parts were seen to fail."""
    skipped = set(tried.skipped)
    while skipped:
        _, _, minimal = _reaching(_means(bench, tried), reach)
        open_parts = {part for levers in minimal for part in _parts(levers) if part in skipped}
        if not open_parts:
            break
        least = min(len(part) for part in open_parts)
        chosen = [s for s in tried.skipped if s in open_parts and len(s) == least]
        bench.run([change_of(s) for s in chosen])
        _sort(bench, chosen, tried)
        skipped -= set(chosen)
    tried.skipped = [s for s in tried.skipped if s in skipped]


def _left_out(bench: Bench, tried: _Tried) -> Plain | None:
    """How many sets were skipped, and the one with the largest estimate; None where every set was tried."""
    if not tried.skipped:
        return None
    guess = _guesses(bench, tried, tried.skipped)
    top = max(tried.skipped, key=lambda s: (guess[s], s))
    most = 1.0 - float(bench.weights @ bench.peaceful(()))  # no set can add more than is missing
    return {
        "sets": len(tried.skipped),
        "of": tried.of,
        "at_most": min(max(guess[top], 0.0), most),
        "likeliest": list(top),
    }


def _sort(bench: Bench, sets: Sequence[Set], tried: _Tried) -> None:
    for levers in sets:
        bad = bench.bad(change_of(levers))
        if not bad:
            tried.good.append(levers)
            continue
        commonest = max(dict.fromkeys(bad), key=bad.count)
        held = [bool("bad" in result) for result in bench.found[change_of(levers)]]
        tried.invalid[levers] = {"levers": list(levers), "share": bench.share(held), "reason": commonest}


def _guesses(bench: Bench, tried: _Tried, sets: Sequence[Set]) -> dict[Set, float]:
    """How much sets may do, by what is known: their single gains, the pair interactions that were measured, and once
    the largest of these if some pair was not. An estimate and not a bound that could be proved."""
    gain = {levers: _gain(bench, levers) for levers in tried.good}
    pairs = {s: gain[s] - gain[s[:1]] - gain[s[1:]] for s in gain if len(s) == 2 and s[:1] in gain and s[1:] in gain}
    largest = max(0.0, *pairs.values()) if pairs else 0.0

    def of(levers: Set) -> float:
        total = sum(gain.get((name,), 0.0) for name in levers)
        both = list(itertools.combinations(levers, 2))
        known = [pairs[pair] for pair in both if pair in pairs]
        return total + sum(known) + (largest if len(known) < len(both) else 0.0)

    return {levers: of(levers) for levers in sets}


def _gain(bench: Bench, levers: Set) -> float:
    return float(bench.weights @ (bench.peaceful(change_of(levers)) - bench.peaceful(())))


# What is told -------------------------------------------------------------------------------------------------


def _now(bench: Bench) -> Plain:
    """The present in the common draws, without any lever."""
    made, outcomes = bench.made, bench.outcomes(())
    names = list(made.structure.document.outcomes)
    safe = outcomes[:, list(bench.shared.safe)].sum(axis=1)
    return {
        "peaceful": bench.banded(bench.peaceful(())),
        "safe": bench.banded(safe),
        "outcomes": {name: float(bench.weights @ outcomes[:, o]) for o, name in enumerate(names)},
    }


def _told(bench: Bench, names: list[str], tried: _Tried, reach: float | None) -> Plain:
    gains = {levers: bench.peaceful(change_of(levers)) - bench.peaceful(()) for levers in tried.good}
    mean = {levers: float(bench.weights @ gain) for levers, gain in gains.items()}
    best = max(mean.values(), default=0.0)
    wanted, reaching, minimal = _reaching(mean, reach)
    rows = [_row(bench, levers, gains[levers]) for levers in tried.good]
    rows.sort(key=lambda row: (-row["gain"]["mean"], len(row["levers"]), row["levers"]))
    front = _front(rows)
    for i, row in enumerate(rows):
        levers = tuple(row["levers"])
        row |= {"reaches": levers in reaching, "minimal": levers in minimal, "front": i in front}
    order = [tuple(row["levers"]) for row in rows if row["minimal"]]
    targets = order[:3] or [levers for levers in (tuple(row["levers"]) for row in rows[:1]) if mean[levers] > TRIFLE]
    return {
        "reach": wanted,
        "reach_said": reach is not None,
        "sets": rows,
        "invalid": list(tried.invalid.values()),
        "left_out": _left_out(bench, tried),
        "why": [_why(bench, levers, gains) for levers in targets],
        "interactions": _interactions(bench, gains),
        "say": _say(len(names), len(tried.good), best, wanted, len(order)),
    }


def _means(bench: Bench, tried: _Tried) -> dict[Set, float]:
    return {levers: _gain(bench, levers) for levers in tried.good}


def _reaching(mean: dict[Set, float], reach: float | None) -> tuple[float, set[Set], set[Set]]:
    """The threshold, the sets whose mean gain reaches it, and those of them of which no part that was tried does."""
    wanted = reach if reach is not None else max(max(mean.values(), default=0.0) / 2, TRIFLE)
    reaching = {levers for levers in mean if mean[levers] >= wanted}
    return wanted, reaching, {s for s in reaching if not any(part in reaching for part in _parts(s))}


def _say(levers: int, sets: int, best: float, wanted: float, minimal: int) -> str:
    if not sets:
        return "no set of levers makes a game in every draw"
    if best < TRIFLE:
        return f"none of the {sets} sets tried raises the chance of a peaceful settlement by {100 * TRIFLE:g} % or more"
    if not minimal:
        return f"none of the {sets} sets tried raises the chance of a peaceful settlement by {100 * wanted:.3g} points"
    some = f"{minimal} bring" if minimal > 1 else "one brings"
    return f"of {sets} sets tried {some} {100 * wanted:.2g} points or more of it while no part of them does"


def _parts(levers: Set) -> list[Set]:
    """Every proper part of a set, the empty one left out."""
    return [part for n in range(1, len(levers)) for part in itertools.combinations(levers, n)]


def _row(bench: Bench, levers: Set, gain: Floats) -> Plain:
    made, change = bench.made, change_of(levers)
    shift = bench.outcomes(change) - bench.outcomes(())
    document = made.structure.document
    game_types = [tuple(actor.types) or ("",) for actor in document.actors.values()]
    paid = bench.weights @ np.array([result["costs"] for result in bench.found[change]])
    gained = bench.values(change) - bench.values(())
    values: Plain = {}
    costs: Plain = {}
    at = 0
    for i, (name, types) in enumerate(zip(document.actors, game_types, strict=True)):
        columns = slice(at, at + len(types))
        at += len(types)
        if np.abs(paid[columns]).max() > 0:
            alike = np.ptp(paid[columns]) < 1e-12
            costs[name] = _by(("-",), paid[columns][:1]) if alike else _by(types, paid[columns])
        values[name] = _wants(bench, gained[:, columns], types, _feels(made, i))
    owners = list(dict.fromkeys(who for name in levers for who in _lever(document, name)["owners"]))
    return {
        "levers": list(levers),
        "gain": bench.banded(gain),
        "helps": bench.share(gain > TRIFLE / 10),
        "harms": bench.share(gain < -TRIFLE / 10),
        "outcomes": {
            name: {key: band[key] for key in ("mean", "p05", "p95")}
            for name, band in zip(document.outcomes, bands(shift, bench.weights), strict=True)
        },
        "costs": costs,
        "values": values,
        "owners": {who: values[who]["says"] for who in owners},
    }


def _by(types: tuple[str, ...], amounts: Floats) -> dict[str, float]:
    return {name: float(amount) for name, amount in zip(types, amounts, strict=True)}


def _feels(made: Forecast, actor: int) -> float:
    """The smallest change of value that moves the actor's own choices: `FEELS` in log-odds, at its median precision."""
    structure = made.structure
    names = made.task.parameters
    precisions = []
    for row in made.records["parameters"][made.weights > 0][:64]:
        precisions.append(float(structure.precision[actor](dict(zip(names, row.tolist(), strict=True)))))
    middle = float(np.median(precisions)) if precisions else 1.0
    return FEELS / middle if middle > 0 else math.inf


def _wants(bench: Bench, gained: Floats, types: tuple[str, ...], feels: float) -> Plain:
    """What an actor gains (mean and band, by type where it has a secret) and whether it would want that."""

    def of(column: Floats) -> Plain:
        known = np.isfinite(column)
        if not known.any():
            return {"mean": None, "p05": None, "p95": None, "says": "indifferent"}
        band = bands(np.where(known, column, 0.0)[:, None], bench.weights)[0]
        says = "wants" if band["mean"] > feels else "refuses" if band["mean"] < -feels else "indifferent"
        return {"mean": band["mean"], "p05": band["p05"], "p95": band["p95"], "says": says}

    by_type = {name: of(gained[:, n]) for n, name in enumerate(types)}
    if len(types) == 1:
        return {**by_type[types[0]], "types": {}}
    said = {row["says"] for row in by_type.values()}
    says = said.pop() if len(said) == 1 else "depends"
    return {"mean": None, "p05": None, "p95": None, "says": says, "types": by_type}


def _payments(row: Plain) -> dict[str, float]:
    """actor -> what it pays; the dearest of its types, where that differs."""
    return {who: max(paid.values()) for who, paid in row["costs"].items()}


def _front(rows: list[Plain]) -> set[int]:
    """Indices of rows that no other beats in gain, in robustness and in what each payer pays, all at once."""
    payers = sorted({who for row in rows for who in _payments(row)})
    points = np.array(
        [
            [row["gain"]["mean"], row["helps"], *(-_payments(row).get(who, 0.0) for who in payers)]
            for row in rows
        ]
    ).reshape(len(rows), -1)  # fmt: skip
    found = set()
    for i, row in enumerate(rows):
        if row["gain"]["mean"] <= TRIFLE:
            continue
        no_worse = (points >= points[i] - 1e-12).all(axis=1)
        better = (points > points[i] + 1e-9).any(axis=1)
        smaller = np.array([len(other["levers"]) < len(row["levers"]) for other in rows])
        equal = (np.abs(points - points[i]) <= 1e-9).all(axis=1)
        if not (no_worse & better).any() and not (equal & smaller).any():
            found.add(i)
    return found


def _interactions(bench: Bench, gains: dict[Set, Floats]) -> list[Plain]:
    """Pairs: what both do beyond the sum of what each does, with bands; the largest first."""
    found = []
    for levers, gain in gains.items():
        if len(levers) != 2 or any((name,) not in gains for name in levers):
            continue
        band = bench.banded(gain - gains[levers[:1]] - gains[levers[1:]])
        says = "neither"
        if band["low"] > TRIFLE / 10:
            says = "synergy"
        elif band["high"] < -TRIFLE / 10:
            says = "substitutes"
        found.append({"levers": list(levers), **band, "says": says})
    return sorted(found, key=lambda row: (-abs(row["mean"]), row["levers"]))


# Why smaller sets fail ----------------------------------------------------------------------------------------


def _why(bench: Bench, levers: Set, gains: dict[Set, Floats]) -> Plain:
    """For a set, what each of its levers does to the ways out that the others do not: what binds without it."""
    with_all = _ways(bench, change_of(levers))
    parts = []
    for name in levers:
        rest = tuple(one for one in levers if one != name)
        if rest and rest not in gains:
            continue
        without = _ways(bench, change_of(rest))
        gain = float(bench.weights @ gains[rest]) if rest else 0.0
        parts.append({"without": name, "gain": gain, **_binding(without, with_all)})
    return {
        "levers": list(levers),
        "gain": float(bench.weights @ gains[levers]),
        "now": _binding(_ways(bench, ()), with_all),
        "parts": parts,
    }


def _ways(bench: Bench, change: Change) -> list[Plain]:
    """Every way out, over all common draws: how often it is open to a decision, the share of these in which it is
    taken (by type), and the share of those in which it ends in peace."""
    document, structure = bench.made.structure.document, bench.shared.task.structure
    outcomes = list(document.outcomes)
    rows = []
    for w, (k, i) in enumerate(bench.shared.ways):
        phase = structure.phases[k]

        def mean(key: str, w: int = w) -> Floats:
            return np.asarray(bench.weights @ np.array([result["ways"][w][key] for result in bench.found[change]]))

        up, taken, leads = mean("up"), mean("taken"), mean("leads")
        peace = float(leads[list(bench.shared.peaceful)].sum())
        actor = list(document.actors)[phase.actor] if phase.choice else None
        types = list(document.actors[actor].types) if actor is not None else []
        rows.append(
            {
                "actor": actor,
                "move": phase.acts[i].name,
                "open": float(up.sum()),
                "taken": _ratio(taken.sum(), up.sum()),
                "works": _ratio(peace, taken.sum()),
                "peace": peace,
                "by_type": {name: _ratio(taken[n], up[n]) for n, name in enumerate(types)} if len(types) > 1 else {},
                "else": {
                    outcomes[o]: _ratio(leads[o], taken.sum())
                    for o in range(len(outcomes))
                    if o not in bench.shared.peaceful and leads[o] > 0
                },
            }
        )
    return rows


def _ratio(a: float, b: float) -> float | None:
    return float(a / b) if b > 1e-15 else None


def _binding(without: list[Plain], with_all: list[Plain]) -> Plain:
    """Which way out suffers most without, and in which of its three parts: it comes up less, is taken less, or works
    less often. The parts multiply, so their logarithms share the loss."""
    lost = [after["peace"] - before["peace"] for before, after in zip(without, with_all, strict=True)]
    if not lost:
        return dict.fromkeys(("way", "lost", "binds", "share", "before", "after"))
    w = int(np.argmax(lost))
    before, after = without[w], with_all[w]
    shares = {part: _log(after[part]) - _log(before[part]) for part in ("open", "taken", "works")}
    part = max(shares, key=lambda one: shares[one]) if lost[w] > 0 else None
    total = sum(value for value in shares.values() if value > 0)
    return {
        "way": {"actor": before["actor"], "move": before["move"]},
        "lost": float(lost[w]),
        "binds": part,
        "share": shares[part] / total if part is not None and total > 0 else None,
        "before": before,
        "after": after,
    }


def _log(value: float | None) -> float:
    return math.log(max(value or 0.0, 1e-12))
