"""The reverse of an off-ramp: which single change most endangers the present.

Measured by the fall of the chance that the story ends without violence, on the same common draws: a drawn parameter at
an end of its prior from now on, or a move or event that comes next.
"""

from __future__ import annotations

import numpy as np

from standoff.analysis.bench import Bench
from standoff.analysis.levers import TAILS, Plain
from standoff.game.model import Floats
from standoff.language.priors import quantile

SCREENED = 2  # draws of a first look
ROUNDING = 1e-9  # a change of a probability that is none


def dangers(bench: Bench, close: int | None, among: int | None = None) -> Plain:
    """Dangers of the present, the largest fall first: ``moves`` and ``parameters``.

    close: how many parameters are looked at in every draw, after others were on `SCREENED` draws (None: all are).
    among: how many get that first look: those that the chance of an end without violence hangs on most over all draws
        of the forecast (None: all do).
    """
    bench.run([()])
    names = _leading(bench, among)
    changes = {name: [(f"{end}:{name}",) for end in TAILS] for name in names}
    everything = [change for both in changes.values() for change in both]
    looked = everything
    if close is not None and len(everything) > close:
        few: list[int] = []
        while not few:  # a draw that cannot be solved there is dropped by the bench
            chosen = [bench.draws[d] for d in _spread(len(bench.draws))]
            bench.run(everything, [bench.draws.index(draw) for draw in chosen])
            few = [d for d, draw in enumerate(bench.draws) if draw in chosen]
        falls = {change: _fall(bench, change, few) for change in everything}
        worst = {name: max(both, key=lambda change: (falls[change], change)) for name, both in changes.items()}
        order = sorted(names, key=lambda name: (-falls[worst[name]], name))
        looked = [worst[name] for name in order[:close]]
    bench.run(looked)
    safe = _safe(bench, bench.outcomes(()))
    rows, invalid = [], []
    for change in looked:
        end, _, name = change[0].partition(":")
        if bench.bad(change):
            invalid.append({"parameter": name, "end": end, "reason": bench.bad(change)[0]})
            continue
        fall = safe - _safe(bench, bench.outcomes(change))
        shift = bench.weights @ (bench.outcomes(change) - bench.outcomes(()))
        rows.append({"parameter": name, "end": end, **_value(bench, name, end), **_told(bench, fall, shift)})
    best: dict[str, Plain] = {}
    for row in sorted(rows, key=lambda row: -row["fall"]["mean"]):
        best.setdefault(row["parameter"], row)
    return {
        "safe": bench.banded(safe),
        "moves": _moves(bench, safe),
        "parameters": list(best.values()),
        "looked_at": len(looked),
        "of": 2 * len(bench.made.task.axes.parameters),
        "invalid": invalid,
    }


def _leading(bench: Bench, among: int | None) -> list[str]:
    """Names of drawn parameters, in the order of the case: the `among` with the steepest weighted regression line of
    the chance of an end without violence, per standard deviation."""
    made = bench.made
    names = list(made.task.axes.parameters)
    if among is None or len(names) <= among:
        return names
    safe = np.nan_to_num(_safe(bench, made.records["series"][:, -1]))
    slopes = []
    for name in names:
        values = np.nan_to_num(made.records["parameters"][:, made.task.parameters.index(name)])
        centred = values - made.weights @ values
        spread = float(np.sqrt(made.weights @ centred**2))
        slopes.append(abs(float((made.weights * centred) @ safe)) / spread if spread > 0 else 0.0)
    best = sorted(range(len(names)), key=lambda i: (-slopes[i], i))[:among]
    return [names[i] for i in sorted(best)]


def _spread(count: int) -> list[int]:
    """Positions of a few draws, apart from each other."""
    return sorted({int((i + 0.5) / SCREENED * count) for i in range(SCREENED)})


def _safe(bench: Bench, outcomes: Floats) -> Floats:
    return np.asarray(outcomes[..., list(bench.shared.safe)].sum(axis=-1))


def _fall(bench: Bench, change: tuple[str, ...], at: list[int]) -> float:
    """Mean fall over the draws at these positions; a change that makes no game there comes last."""
    falls = []
    for d in at:
        result = bench.found[change][d]
        if "bad" in result:
            return -np.inf
        before, after = np.array(bench.found[()][d]["p"]), np.array(result["p"])
        falls.append(float(_safe(bench, before) - _safe(bench, after)))
    return float(np.mean(falls))


def _value(bench: Bench, name: str, end: str) -> Plain:
    """Where the parameter is moved to, and its weighted mean in the forecast."""
    made = bench.made
    at = made.task.parameters.index(name)
    now = made.records["parameters"][:, at]
    use = np.isfinite(now) & (made.weights > 0)
    prior = made.structure.uncertain()[name]
    return {
        "to": float(quantile(prior, TAILS[end])),
        "now": float(made.weights[use] @ now[use] / made.weights[use].sum()),
    }


def _told(bench: Bench, fall: Floats, shift: Floats) -> Plain:
    names = list(bench.made.structure.document.outcomes)
    rising = int(np.argmax(np.where(np.isin(np.arange(len(names)), bench.shared.safe), -np.inf, shift)))
    return {
        "fall": bench.banded(fall),
        "worse": bench.share(fall > ROUNDING),
        "outcome": names[rising] if shift[rising] > ROUNDING and rising not in bench.shared.safe else None,
        "rise": float(shift[rising]),
    }


def _moves(bench: Bench, safe: Floats) -> list[Plain]:
    """Moves and events seen at their next turn. In a draw that gives one no chance nothing can be said of it; the
    others weigh as they did."""
    structure = bench.shared.task.structure
    actors = list(structure.document.actors)
    seen: dict[tuple[int, int], list[Plain | None]] = {}
    for d, rows in enumerate(bench.next):
        for row in rows:
            seen.setdefault((row["phase"], row["move"]), [None] * len(bench.draws))[d] = row
    found = []
    for (k, i), per_draw in sorted(seen.items()):
        phase = structure.phases[k]
        usable = np.array([row is not None for row in per_draw])
        weights = bench.weights * usable
        fall, shift, chance = np.full(len(safe), np.nan), np.zeros(len(structure.document.outcomes)), 0.0
        for d, found_there in enumerate(per_draw):
            if found_there is not None:
                after = np.array(found_there["p"])
                fall[d] = safe[d] - _safe(bench, after)
                shift += weights[d] * (after - bench.outcomes(())[d])
                chance += weights[d] * found_there["chance"]
        told = _told(bench, np.nan_to_num(fall), shift / weights.sum())
        told["fall"] |= _banded(bench, fall, weights)
        told["worse"] = float(weights @ (np.nan_to_num(fall) > ROUNDING) / weights.sum())  # of those that say something
        found.append(
            {
                "actor": actors[phase.actor] if phase.choice else None,
                "move": phase.acts[i].name,
                "chance": chance,
                **told,
            }
        )
    return sorted(found, key=lambda row: (-row["fall"]["mean"], str(row["move"])))


def _banded(bench: Bench, values: Floats, weights: Floats) -> Plain:
    """Mean and quantiles over the draws that say something."""
    from standoff.forecast.forecast import bands

    use = weights > 0
    band = bands(values[use][:, None], weights[use] / weights.sum())[0]
    low, high = bench.interval(np.where(use, values, band["mean"]))
    return {"mean": band["mean"], "p05": band["p05"], "p95": band["p95"], "low": low, "high": high}
