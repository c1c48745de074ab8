"""Findings: everything a forecast has to say, as plain data (JSON-able), for the brief and for scripts.

Every number comes with what it rests on: claims, judgement, the parameters it uses. Probabilities are means and
quantiles over weighted draws; nothing is computed here that the records do not hold.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.forecast import Forecast
from standoff.forecast import weights as weighing
from standoff.forecast.draw import IMPOSSIBLE, OK
from standoff.forecast.forecast import BAND, LEVELS, as_of_series, bands
from standoff.game.model import Floats
from standoff.language.calendar import in_words as step_in_words
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument, Question
from standoff.language.priors import family, in_words, mean, quantile
from standoff.report import written

if TYPE_CHECKING:
    from standoff.evidence import Testimony

Findings = dict[str, Any]
Band = dict[str, float]
BINS = 24


def findings(made: Forecast) -> Findings:
    """The whole of a forecast as plain data; the shape is documented in docs/scripts.md."""
    from standoff import __version__

    document = made.structure.document
    clock = document.clock
    line = made.task.lines[-1]
    contract = made.to_json()
    return {
        **{
            key: contract[key]
            for key in ("as_of", "draws", "effective_draws", "pareto_k", "case_hash", "version")
        },
        "case": {
            "name": made.case.name,
            "title": document.title,
            "question": document.question,
            "summary": document.summary,
            "hash": made.case.hash,
            "version": __version__,
            "as_of": made.as_of.isoformat(),
            "first_day": clock.start.isoformat(),
            "last_day": step_start(clock, turns(clock)).isoformat(),
            "step": clock.step,
            "turn": step_in_words(clock.step, clock.parts) if clock.parts > 1 else None,
            "steps": clock.steps,
            "now_step": line.step // clock.parts,
            "now_date": step_start(clock, min(line.step, turns(clock))).isoformat(),
        },
        "outcomes": {
            name: {**band, "title": outcome.title, "peaceful": outcome.peaceful}
            for (name, outcome), band in zip(document.outcomes.items(), made.outcomes.values(), strict=True)
        },
        "peaceful": _together(
            made, [name for name, outcome in document.outcomes.items() if outcome.peaceful]
        ),
        "beliefs": _beliefs(made),
        "by_date": made.by_date(),
        "series": _series(made),
        "next_moves": _next_moves(made),
        "next_turns": _next_turns(made),
        "state": _state(made),
        "courses": _courses(made),
        "history": _history(made),
        "testimony": _testimony(made),
        "parameters": _parameters(made),
        "questions": [_question(made, question) for question in document.questions],
        "evidence": written.evidence(made),
        "model": written.model(made),
        "certificate": made.certificate,
        "run": {
            "draws": len(made.weights),
            "failed": int((made.records["status"] != OK).sum()),
            "ruled_out": int((made.records["status"] == IMPOSSIBLE).sum()),
            "effective_draws": made.effective_draws,
            "pareto_k": contract["pareto_k"],
            "seed": made.settings.seed,
            "tempered": None,
            "refined": made.refined,
            "seconds": made.seconds,
            "warnings": list(made.warnings),
        },
        "ending": None
        if document.ending is None
        else {
            "date": document.ending.date.isoformat(),
            "outcome": document.ending.outcome,
            "source": document.ending.source,
        },
    }


def _one(values: Floats, weights: Floats) -> Band:
    return bands(np.asarray(values, float).reshape(-1, 1), weights)[0]


def _together(made: Forecast, names: list[str]) -> Band | None:
    """Band of the summed probability of several outcomes."""
    if not names:
        return None
    at = [list(made.structure.document.outcomes).index(name) for name in names]
    return _one(made.records["series"][:, -1, at].sum(axis=1), made.weights)


def _beliefs(made: Forecast) -> dict[str, Any]:
    document = made.structure.document
    first = made.beliefs_at(0)
    result: dict[str, Any] = {}
    at = 0
    for actor, types in made.beliefs.items():
        result[actor] = {}
        for name, band in types.items():
            exact = made.structure.priors[list(document.actors).index(actor)][list(types).index(name)].constant
            drawn = _one(made.records["priors"][: made.drawn, at], np.full(made.drawn, 1 / made.drawn))["mean"]
            kind = document.actors[actor].types[name]
            result[actor][name] = {
                **band,
                "title": kind.title,
                "prior": drawn if exact is None else float(exact),
                "start": first[actor][name],
            }
            at += 1
    return result


def _moved(made: Forecast, entry: Any) -> dict[str, Any]:
    move = max(entry.moves, key=lambda name: entry.moves[name])
    return {
        "date": entry.when.first.isoformat(),
        "until": entry.when.last.isoformat(),
        "who": entry.who,
        "move": move,
        "title": entry.title or _move_title(made.structure.document, entry.who, move),
    }


def _move_title(document: CaseDocument, who: str, move: str) -> str | None:
    if who in document.moves and move in document.moves[who]:
        return document.moves[who][move].title
    return document.events[move].title if move in document.events else None


def _series(made: Forecast) -> list[dict[str, Any]]:
    points = list(as_of_series(made))
    told: set[int] = set()
    for point, day in zip(points, made.dates, strict=True):
        fresh = [
            entry for entry in made.case.evidence.history if entry.known <= day and entry.index not in told
        ]
        told |= {entry.index for entry in fresh}
        point["moves"] = [_moved(made, entry) for entry in fresh]
    return points


def _given(made: Forecast, values: Floats, chance: Floats) -> Band | None:
    """Band of something that each draw says under a condition: a draw counts as much as it weighs and as its
    condition is likely in it. None where no draw allows the condition."""
    weights = made.weights * np.nan_to_num(chance)
    return _one(values, weights / weights.sum()) if weights.sum() > 0 else None


def _next_turns(made: Forecast) -> list[dict[str, Any]]:
    """What is chosen in each turn that comes next, in the order of play; an actor may have several in a step."""
    document, structure = made.structure.document, made.structure
    turns_of = Counter(phase.label for phase in structure.phases if phase.choice)
    seen: Counter[str] = Counter()
    result = []
    for k, phase in enumerate(structure.phases):
        if not phase.choice:
            continue
        seen[phase.label] += 1
        moves = {}
        for c, (at, i) in enumerate(made.task.acts):
            row = _chosen(made, c) if at == k else None
            if row is not None:
                name = phase.acts[i].name
                moves[name] = {**row, "title": _move_title(document, phase.label, name)}
        if moves:
            turn = {"actor": phase.label, "turn": seen[phase.label], "turns": turns_of[phase.label]}
            result.append({**turn, "moves": moves})
    return result


def _chosen(made: Forecast, c: int) -> dict[str, Any] | None:
    """Chance of one move in its turn, given that the actor then decides; None where it is never open."""
    k = made.task.acts[c][0]
    types = list(made.structure.document.actors[made.structure.phases[k].label].types)
    table, given = made.records["next"][:, c], made.records["next_given"][:, c]
    band = _given(made, table[:, 0], given[:, 0])
    if band is None or not band["mean"] > 0:
        return None
    by_type = {}
    for n, name in enumerate(types if len(types) > 1 else []):
        row = _given(made, table[:, 1 + n], given[:, 1 + n])
        by_type[name] = None if row is None else row["mean"]
    return {**band, "by_type": by_type}


def _next_moves(made: Forecast) -> dict[str, Any]:
    """The same by actor and move; what can be chosen in several turns stands as in the first of them."""
    result: dict[str, Any] = {}
    for turn in _next_turns(made):
        for name, row in turn["moves"].items():
            result.setdefault(turn["actor"], {}).setdefault(name, row)
    return result


def _state(made: Forecast) -> dict[str, Any]:
    result = {}
    for f, (name, factor) in enumerate(made.structure.document.factors.items()):
        rows = bands(made.records["state"][:, f, : len(factor.levels)], made.weights)
        result[name] = {
            "title": factor.title,
            "levels": factor.levels,
            "probabilities": [row["mean"] for row in rows],
        }
    return result


def _courses(made: Forecast) -> dict[str, Any]:
    clock = made.structure.document.clock
    first = made.task.lines[-1].step
    steps = list(range(first, turns(clock)))
    result = {}
    for f, (name, factor) in enumerate(made.structure.document.factors.items()):
        levels = made.records["levels"][:, first:, f, : len(factor.levels)]
        alive = np.nan_to_num(made.records["alive"][:, first:])
        if not steps:
            continue
        result[name] = {
            "title": factor.title,
            "levels": factor.levels,
            "dates": [step_start(clock, t + 1).isoformat() for t in steps],
            "probabilities": [
                [row["mean"] for row in bands(levels[:, t], made.weights * alive[:, t])]
                for t in range(len(steps))
            ],
        }
    return result


def _history(made: Forecast) -> list[dict[str, Any]]:
    document = made.structure.document
    secret = [
        (name, kind)
        for name, actor in document.actors.items()
        if len(actor.types) > 1
        for kind in actor.types
    ]
    rows = []
    for entry in made.case.evidence.history:
        if entry.known > made.as_of or entry.index not in made.task.entries:
            continue
        row = made.task.entries.index(entry.index)
        move = max(entry.moves, key=lambda name: entry.moves[name])
        likelihood = made.records["likelihood"][:, row]
        eve = made.weights_before(row)
        expected = made.records["expected"][:, row]
        shift: dict[str, dict[str, float]] = {}
        known = np.isfinite(likelihood[made.weights > 0]).any()
        if known:
            for (actor, kind), band in zip(
                secret, bands(made.records["shift"][:, row], made.weights), strict=True
            ):
                shift.setdefault(actor, {})[kind] = band["mean"]
        rows.append(
            {
                "index": entry.index,
                "date": entry.when.first.isoformat(),
                "until": entry.when.last.isoformat(),
                "precision": entry.when.precision,
                "who": entry.who,
                "move": move,
                "title": entry.title or _move_title(document, entry.who, move),
                "probability": entry.moves[move],
                "likelihood": _one(likelihood, made.weights) if known else None,
                "expected": _one(expected[:, 0], eve) if eve.any() else None,
                "expected_of_decisions": _one(expected[:, 1], eve) if eve.any() else None,
                "kept": weighing.effective(eve * np.nan_to_num(likelihood)) / weighing.effective(eve)
                if eve.any()
                else None,
                "shift": shift,
                "because": list(entry.because),
                "judgement": entry.judgement,
                "known": entry.known.isoformat(),
            }
        )
    return sorted(rows, key=lambda row: (row["date"], row["index"]))


def _testimony(made: Forecast) -> list[dict[str, Any]]:
    from standoff.evidence import testimony

    return [
        {
            "claim": item.claim,
            "known": item.known.isoformat(),
            "weight": item.weight,
            "counted": item.counted,
            "why": item.why,
            "types": {actor: dict(ratios) for actor, ratios in item.types.items()},
            "where": [[formula, ratio] for formula, ratio in item.where],
            "shift": _heard(made, item) if item.counted else {},
        }
        for item in testimony(made.case.evidence, made.as_of)
    ]


def _heard(made: Forecast, item: Testimony) -> dict[str, dict[str, float]]:
    """What a testimony did to beliefs: those of the first date of the series that knows it, against the same
    without it, draw by draw."""
    m = next((m for m, day in enumerate(made.dates) if day >= item.known), len(made.dates) - 1)
    found: dict[str, dict[str, float]] = {}
    at = 0
    for name, actor in made.structure.document.actors.items():
        kinds = list(actor.types)
        if len(kinds) < 2:
            continue
        after = made.records["beliefs"][:, m, at : at + len(kinds)]
        at += len(kinds)
        ratios = np.array([item.types.get(name, {}).get(kind, 1.0) for kind in kinds])
        if name not in item.types or not (ratios > 0).all():
            continue
        before = after / ratios
        before = before / before.sum(axis=1, keepdims=True)
        rows = bands(after - before, made.weights_at(m))
        found[name] = {kind: row["mean"] for kind, row in zip(kinds, rows, strict=True)}
    return found


def _parameters(made: Forecast) -> dict[str, Any]:
    document = made.structure.document
    table = made.records["parameters"]
    first = made.drawn
    even = np.zeros(len(made.weights))
    even[:first] = 1 / first  # refined draws do not stand for the prior
    result = {}
    for c, (name, parameter) in enumerate(document.parameters.items()):
        values = table[:, c]
        if parameter.prior is not None:
            at = {
                key: float(quantile(parameter.prior, level)) for key, level in zip(BAND, LEVELS, strict=True)
            }
            prior: Band = {"mean": mean(parameter.prior), **at}
            text = in_words(parameter.prior)
        else:
            prior, text = _one(values, even), f"= {parameter.is_}"
        fixed = parameter.prior is not None and family(parameter.prior)[0] == "fixed"
        result[name] = {
            "title": parameter.title,
            "unit": parameter.unit,
            "prior": prior,
            "posterior": _one(values, made.weights),
            "prior_text": text,
            "because": list(parameter.because),
            "judgement": parameter.judgement,
            "set_by_hand": name in made.case.overrides,
            "sway": {} if fixed else _sway(made, values),
            "histogram": None if fixed else _histogram(values, even, made.weights),
        }
    return result


def _sway(made: Forecast, values: Floats) -> dict[str, float]:
    """How much an outcome's chance, or what is believed of an actor (its type that differs most), is higher in draws
    where the parameter is one standard deviation higher, by weighted regression over the draws."""
    kept = np.isfinite(values) & (made.weights > 0)
    weights = made.weights[kept] / made.weights[kept].sum() if kept.any() else made.weights[kept]
    centred = values[kept] - weights @ values[kept] if kept.any() else values[kept]
    spread = float(np.sqrt(weights @ centred**2)) if kept.any() else 0.0
    if not spread > 0:
        return {}

    def slopes(table: Floats) -> list[float]:
        return [float(slope) for slope in (weights * centred) @ np.nan_to_num(table[kept]) / spread]

    document = made.structure.document
    found = dict(zip(document.outcomes, slopes(made.records["series"][:, -1]), strict=True))
    kinds = [name for name, actor in document.actors.items() for _ in actor.types if len(actor.types) > 1]
    for name, slope in zip(kinds, slopes(made.records["beliefs"][:, -1]), strict=True):
        if abs(slope) > abs(found.get(name, 0.0)):
            found[name] = slope
    return found


def _histogram(values: Floats, prior: Floats, posterior: Floats) -> dict[str, Any] | None:
    known = values[np.isfinite(values)]
    if not len(known) or known.min() == known.max():
        return None
    edges = np.linspace(known.min(), known.max(), BINS + 1)
    kept = np.isfinite(values)
    return {
        "edges": edges.tolist(),
        "prior": np.histogram(values[kept], edges, weights=prior[kept])[0].tolist(),
        "posterior": np.histogram(values[kept], edges, weights=posterior[kept])[0].tolist(),
    }


def _question(made: Forecast, question: Question) -> dict[str, Any]:
    document = made.structure.document
    panels: list[dict[str, Any]] = []
    if question.types is not None:
        rows = dict(_beliefs(made).get(question.types, {}))
        panels.append({"kind": "types", "actor": question.types, "rows": rows})
    if question.outcomes:
        panels.append(
            {
                "kind": "outcomes",
                "rows": {
                    name: {**made.outcomes[name], "title": document.outcomes[name].title}
                    for name in question.outcomes
                },
                "together": _together(made, question.outcomes),
                "weighed": question.weighed,
            }
        )
    if question.moves is not None:
        panels += [
            {"kind": "moves", **{key: turn[key] for key in ("actor", "turn", "turns")}, "rows": turn["moves"]}
            for turn in _next_turns(made)
            if turn["actor"] == question.moves
        ] or [{"kind": "moves", "actor": question.moves, "rows": {}}]
    for actor, move in (question.after or {}).items():
        panels.append(_after(made, actor, move))
    formulas = [
        (label, formula) for asked in document.questions for label, formula in (asked.value or {}).items()
    ]
    for label, formula in (question.value or {}).items():
        column = made.records["values"][:, formulas.index((label, formula))]
        panels.append(
            {"kind": "value", "label": label, "expression": str(formula), "band": _one(column, made.weights)}
        )
    if question.factors:
        courses = _courses(made)
        panels.append(
            {"kind": "factors", "rows": {name: courses[name] for name in question.factors if name in courses}}
        )
    if question.hypotheses is not None:
        panels.insert(0, {"kind": "hypotheses", "set": question.hypotheses})
    if question.markers:
        panels.append({"kind": "markers"})
    return {
        "ask": question.ask,
        "first": list(question.first),
        "reading": question.reading,
        "because": list(question.because),
        "panels": panels,
    }


def _after(made: Forecast, actor: str, move: str) -> dict[str, Any]:
    document = made.structure.document
    at = made.task.after.index((actor, move))
    table, given = made.records["after"][:, at], np.nan_to_num(made.records["after_given"][:, at])
    known = (given > 0) & (made.weights > 0)
    share = float(made.weights[known].sum())
    rows = {}
    if share > 0:
        now = bands(made.records["series"][:, -1], np.where(known, made.weights, 0.0) / share)
        weights = made.weights * given  # having seen the move says something of the draws too
        then = bands(table, weights / weights.sum())
        rows = {name: {"now": now[o], "then": then[o]} for o, name in enumerate(document.outcomes)}
    unseen = {
        phase.acts[i].name
        for phase in made.structure.phases
        if phase.choice and phase.label == actor and any(act.covert for act in phase.acts)
        for i in range(len(phase.acts))
        if phase.acts[i].covert or i == phase.standing
    }
    return {
        "kind": "after", "actor": actor, "move": move, "rows": rows, "open": share > 0, "share": share,
        "unseen": share == 0 and move in unseen,
    }  # fmt: skip
