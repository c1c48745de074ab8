"""Findings of an invented crisis, for tests and for looking at the brief while it is made.

Orvane, a trading federation, has put a fleet off the port republic of Selm. Nothing here is computed by
the engine: numbers are sampled so that they hang together (bands from one set of draws, outcomes that sum
to one, curves that end at the outcome's chance).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import numpy as np

# fmt: off
DRAWS = 400
START = date(2031, 3, 3)
STEPS = 26

OUTCOMES: dict[str, tuple[str, bool, float]] = {
    "guaranteed_exit": ("The president leaves under a guarantee", True, 0.27),
    "shared_customs": ("A shared customs house, by treaty", True, 0.17),
    "port_seized": ("Orvane takes the port", False, 0.16),
    "raid_fails": ("A landing is tried and fails", False, 0.045),
    "palace_move": ("The garrison removes the president", False, 0.12),
    "garrison_splits": ("The garrison splits and fights itself", False, 0.03),
    "fleet_goes_home": ("The fleet goes home with nothing", False, 0.006),
    "unresolved": ("The clock runs out with the fleet at sea", False, 0.199),
}

TYPES: dict[str, dict[str, tuple[str, float, float]]] = {
    "orvane": {
        "bluff": ("wants the fleet to do the work by being seen", 0.45, 0.31),
        "squeeze": ("will blockade but not land", 0.35, 0.38),
        "seize": ("will land if the port does not open", 0.20, 0.31),
    },
    "selm": {
        "cling": ("would rather lose the port than the palace", 0.6, 0.52),
        "deal": ("will leave for the right guarantee", 0.4, 0.48),
    },
}

MOVES: list[dict[str, Any]] = [
    {"actor": "orvane", "name": "hold", "title": "Keep station", "when": True, "then": {}},
    {"actor": "orvane", "name": "reinforce", "title": "Send more ships", "when": "fleet < armada",
     "then": {"fleet": 1}, "costs": "upkeep", "rests_on": ["upkeep"], "because": ["fleet-doubled"]},
    {"actor": "orvane", "name": "blockade", "title": "Declare the strait closed",
     "when": "fleet >= squadron and strait is open", "then": {"strait": "closed"},
     "costs": {"orvane": "trade_loss", "selm": {"cling": 0.1, "deal": 0.2}}, "rests_on": ["trade_loss"],
     "because": ["strait-notice", "insurers-leave"]},
    {"actor": "orvane", "name": "offer_terms", "title": "Offer safe passage and a pension",
     "when": "talks is open", "then": {"talks": "terms"}, "because": ["safe-passage"]},
    {"actor": "orvane", "name": "land", "title": "Land marines at the port", "when": "fleet is armada",
     "ends": {"port_seized": "landing_success", "raid_fails": "1 - landing_success"},
     "costs": "blood_price * (2 - (orvane is seize))", "rests_on": ["landing_success", "blood_price"],
     "because": ["depth-of-harbour"]},
    {"actor": "orvane", "name": "sail_home", "title": "Sail home", "when": "fleet is patrol",
     "ends": "fleet_goes_home", "costs": "audience * step", "rests_on": ["audience"],
     "because": ["speech-at-the-docks"]},
    {"actor": "selm", "name": "hold", "title": "Say nothing", "when": True, "then": {}},
    {"actor": "selm", "name": "mobilise", "title": "Call up the harbour militia", "when": True,
     "then": {"militia": 1}, "because": ["militia-count"]},
    {"actor": "selm", "name": "open_talks", "title": "Receive the envoy", "when": "talks is shut",
     "then": {"talks": "open"}, "because": ["envoy-seen"]},
    {"actor": "selm", "name": "share_customs", "title": "Sign the customs treaty", "when": "talks is open",
     "ends": {"shared_customs": "treaty_holds"}, "rests_on": ["treaty_holds"], "because": ["draft-treaty"]},
    {"actor": "selm", "name": "leave", "title": "Accept terms and leave", "when": "talks is terms",
     "ends": {"guaranteed_exit": "1 - guard_block"}, "rests_on": ["guard_block", "exit_value"],
     "because": ["guard-orders", "safe-passage"]},
    {"actor": "garrison", "name": "hold", "title": "Stay in barracks", "when": True, "then": {}},
    {"actor": "garrison", "name": "plot", "title": "Plot quietly", "when": "cohesion is not firm",
     "then": {"cohesion": -1}, "covert": True, "judgement": "house view: officers talk before they act"},
    {"actor": "garrison", "name": "move_on_palace", "title": "Move on the palace",
     "when": "cohesion is broken",
     "ends": {"palace_move": "coup_success"}, "perhaps": [
         {"chance": "1 - coup_success", "then": {"cohesion": "firm"}}],
     "rests_on": ["coup_success"], "because": ["pay-arrears"]},
]

EVENTS: list[dict[str, Any]] = [
    {"name": "incident_at_sea", "title": "An incident at sea", "when": "strait is closed",
     "rate": "incident_rate * fleet", "per": "week", "then": {"strait": "shots_fired"},
     "rests_on": ["incident_rate"], "because": ["near-collision"]},
    {"name": "garrison_fight", "title": "Units fire on each other", "when": "cohesion is broken",
     "rate": "split_rate", "per": "month", "ends": "garrison_splits", "rests_on": ["split_rate"],
     "because": ["pay-arrears"]},
    {"name": "harvest_fails", "title": "Bread runs short", "when": "strait is not open", "rate": 0.05,
     "per": "week", "then": {"hardship": 1}, "judgement": "house view: two months of grain in store"},
]

FACTORS: dict[str, tuple[str, list[str], str]] = {
    "fleet": ("Ships off the port", ["patrol", "squadron", "armada"], "patrol"),
    "strait": ("The strait", ["open", "closed", "shots_fired"], "open"),
    "talks": ("Talks", ["shut", "open", "terms"], "shut"),
    "cohesion": ("Cohesion of the garrison", ["broken", "strained", "firm"], "firm"),
    "militia": ("Harbour militia", ["none", "called_up"], "none"),
    "hardship": ("Hardship in the city", ["low", "felt", "severe"], "low"),
}

CLAIMS: list[tuple[str, str, str, str, int, str, str]] = [
    # id, says, report, attributed to, credibility, origin, anchor state
    ("fleet-august", "Nine ships of the federation stand off the port", "selm-courier-03", "harbour pilots",
     2,
     "pilots", "held"),
    ("fleet-doubled", "The squadron has doubled to about eighteen ships", "north-wire-04",
     "a naval analyst", 3,
     "analyst", "held"),
    ("fleet-thirty", "More than thirty hulls can be counted from the cape", "cape-blog-05", "the writer", 4,
     "cape", "not held"),
    ("strait-notice", "Orvane declares the strait closed to grain carriers", "north-wire-04",
     "the federation",
     1, "notice", "held"),
    ("insurers-leave", "Two insurers have stopped writing cover for the strait", "north-wire-04", "brokers",
     2,
     "brokers", "held"),
    ("safe-passage", "An envoy offered the president safe passage, a pension and no extradition",
     "selm-courier-05", "two unnamed officials", 3, "officials", "held"),
    ("safe-passage-again", "A safe passage was offered to the president and his family", "cape-blog-05",
     "the Courier", 3, "officials", "not held"),
    ("speech-at-the-docks", "The first minister told dockers that no ship comes home without the port open",
     "north-wire-04", "the first minister", 1, "speech", "held"),
    ("depth-of-harbour", "The inner harbour is too shallow for the larger landing ships", "institute-06",
     "the authors", 2, "survey", "held"),
    ("militia-count", "About six thousand have signed up for the harbour militia", "selm-courier-05",
     "the interior ministry", 4, "ministry", "moved"),
    ("militia-count-low", "No more than fifteen hundred militia are fit to serve", "institute-06",
     "the authors",
     3, "survey", "held"),
    ("envoy-seen", "The federation's envoy was received at the palace for an hour", "selm-courier-05",
     "palace staff", 2, "palace", "held"),
    ("draft-treaty", "A draft treaty would put both flags on the customs house", "institute-06",
     "a former minister", 3, "minister", "held"),
    ("guard-orders", "The palace guard has orders to keep the president inside the city", "cape-blog-05",
     "a defector", 3, "defector", "not held"),
    ("pay-arrears", "The garrison has not been paid since February", "selm-courier-03",
     "officers' families", 2,
     "families", "held"),
    ("near-collision", "A grain carrier and a corvette passed within a cable's length", "north-wire-04",
     "the ship's owner", 2, "owner", "held"),
    ("bluff-doubts", "Diplomats in the region doubt that the federation means to land", "institute-06",
     "diplomats", 3, "diplomats", "held"),
    ("marines-embarked", "Two battalions of marines have embarked", "cape-blog-05", "a photograph", 3,
     "photo",
     "not held"),
    ("crowds-for-president", "Crowds at the harbour chanted for the president", "selm-courier-05",
     "the reporter", 2, "reporter", "held"),
    ("upkeep-cost", "Keeping the fleet at sea costs a twentieth of the federation's budget a month",
     "institute-06", "the authors", 2, "survey", "orphan"),
]

REPORTS: list[dict[str, Any]] = [
    {"id": "selm-courier-03", "title": "Ships off the breakwater", "outlet": "The Selm Courier",
     "published": "2031-03-20", "precision": "day", "grade": "B", "grade_words": "usually reliable",
     "held": True, "file": "reports/selm-courier-03.md"},
    {"id": "north-wire-04", "title": "Strait closed to grain as squadron grows", "outlet": "North Wire",
     "published": "2031-04-24", "precision": "day", "grade": "B", "grade_words": "usually reliable",
     "held": True, "file": "reports/north-wire-04.md"},
    {"id": "selm-courier-05", "title": "An hour at the palace", "outlet": "The Selm Courier",
     "published": "2031-05-15", "precision": "day", "grade": "C", "grade_words": "fairly reliable",
     "held": True, "file": "reports/selm-courier-05.md"},
    {"id": "cape-blog-05", "title": "What I can see from the cape", "outlet": "Cape Notes",
     "published": "late May 2031", "precision": "late month", "grade": "F",
     "grade_words": "reliability cannot be judged", "held": False, "file": "reports/cape-blog-05.md"},
    {"id": "institute-06", "title": "Six ways the quarrel over Selm could end",
     "outlet": "Institute for Straits",
     "published": "2031-06-05", "precision": "day", "grade": "B", "grade_words": "usually reliable",
     "held": True, "file": "reports/institute-06.md"},
]

CREDIBILITY = {1: "confirmed by other sources", 2: "probably true", 3: "possibly true", 4: "doubtful",
               5: "improbable", 6: "cannot be judged"}

# name: title, unit, prior text, (a, b) of the prior beta, (a, b) of the posterior, scale, because, judgement
PARAMETERS: list[tuple[str, str, str | None, str, tuple[float, float], tuple[float, float], float, list[str],
                       str | None]] = [
    ("audience", "What it costs Orvane to sail home, per month at sea", "share of the stake", "beta(2, 5)",
     (2, 5), (4, 7), 1, ["speech-at-the-docks"], None),
    ("landing_success", "Chance that a landing takes the port", "probability", "uniform(0.3, 0.9)", (1.4,
     1.3),
     (2.6, 1.9), 1, ["depth-of-harbour", "militia-count-low"], None),
    ("blood_price", "What a landing costs the first minister at home", "share of the stake", "beta(2, 3)",
     (2, 3), (2.2, 3.1), 1, [], "house view: the last landing ended a government"),
    ("upkeep", "Cost of one more squadron at sea", "share of the stake", "triangular(0, 0.02, 0.1)", (2, 8),
     (2.2, 9), 0.1, ["upkeep-cost"], None),
    ("trade_loss", "What closing the strait costs Orvane's own traders", "share of the stake a month",
     "beta(2, 8)", (2, 8), (3, 8), 1, ["insurers-leave"], None),
    ("exit_value", "What a guaranteed exit is worth to the president", "share of the stake", "uniform(0, 1)",
     (1, 1), (2.4, 1.6), 1, ["safe-passage"], None),
    ("guard_block", "Chance that the palace guard blocks an exit", "probability", "beta(3, 3)", (3, 3), (4,
     3),
     1, ["guard-orders"], None),
    ("treaty_holds", "Chance that a signed treaty survives its first month", "probability", "beta(6, 3)",
     (6, 3), (6, 3), 1, ["draft-treaty"], None),
    ("coup_success", "Chance that a move on the palace works", "probability", "beta(3, 4)", (3, 4), (3.2,
     4), 1,
     [], "house view: three of seven attempts in the region since 1990"),
    ("incident_rate", "Incidents at sea per week and rung of the fleet", "per week", "lognormal(0.01, 3)",
     (2, 6), (2, 9), 0.06, ["near-collision"], None),
    ("split_rate", "Fighting inside a broken garrison", "per month", "beta(2, 20)", (2, 20), (2, 21), 1,
     ["pay-arrears"], None),
    ("rally", "How far the fleet rallies the city behind the president", "share of the stake", "beta(2, 4)",
     (2, 4), (3.4, 4), 1, ["crowds-for-president"], None),
    ("militia_price", "What each called-up rung adds to the price of a landing", "share of the stake",
     "uniform(0, 0.4)", (1.2, 1.2), (1.5, 1.3), 0.4, ["militia-count", "militia-count-low"], None),
    ("resolve", "What the port is worth to a federation that means it", "stakes", "normal(1.2, 0.2)", (9, 6),
     (10, 6), 2, [], "house view: twice the customs revenue of a year, discounted"),
    ("patience", "What a payoff a month away is worth", "share", "fixed 0.97", (1, 1), (1, 1), 1, [],
     "house view: a legislature lasts three years"),
]

HISTORY: list[tuple[int, str, str, str, float, float, list[str], str | None]] = [
    # day of the story, precision, who, move, report right, likelihood, because, judgement
    (2, "day", "orvane", "reinforce", 1.0, 0.22, ["fleet-august"], None),
    (9, "day", "selm", "hold", 1.0, 0.61, [], "no statement was carried by any outlet read here"),
    (16, "day", "garrison", "hold", 1.0, 0.83, ["pay-arrears"], None),
    (17, "week", "selm", "mobilise", 0.8, 0.18, ["militia-count"], None),
    (24, "day", "orvane", "hold", 1.0, 0.55, ["fleet-august"], None),
    (31, "day", "selm", "hold", 1.0, 0.58, [], "nothing was reported"),
    (38, "early month", "orvane", "reinforce", 0.95, 0.26, ["fleet-doubled"], None),
    (44, "day", "event", "incident_at_sea", 1.0, 0.03, ["near-collision"], None),
    (50, "day", "orvane", "blockade", 1.0, 0.09, ["strait-notice", "insurers-leave"], None),
    (53, "day", "selm", "mobilise", 0.9, 0.24, ["militia-count", "militia-count-low"], None),
    (58, "day", "orvane", "hold", 1.0, 0.49, ["strait-notice"], None),
    (63, "day", "garrison", "hold", 1.0, 0.79, [], "barracks reported quiet"),
    (66, "day", "selm", "hold", 1.0, 0.5, [], "nothing was reported"),
    (71, "day", "selm", "open_talks", 1.0, 0.14, ["envoy-seen"], None),
    (73, "day", "orvane", "offer_terms", 0.85, 0.33, ["safe-passage", "safe-passage-again"], None),
    (78, "day", "selm", "hold", 1.0, 0.47, ["crowds-for-president"], None),
    (80, "late month", "orvane", "reinforce", 0.7, 0.31, ["fleet-thirty", "marines-embarked"], None),
    (86, "day", "garrison", "hold", 1.0, 0.71, [], "no movement seen"),
    (91, "day", "orvane", "hold", 1.0, 0.42, ["bluff-doubts"], None),
    (94, "day", "selm", "hold", 1.0, 0.44, ["draft-treaty"], None),
]

# fmt: on


def band(values: np.ndarray[Any, Any]) -> dict[str, float]:
    cuts = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    names = ("p05", "p25", "p50", "p75", "p95")
    return {"mean": float(values.mean()), **{k: float(v) for k, v in zip(names, cuts, strict=True)}}


def flat(value: float) -> dict[str, float]:
    return dict.fromkeys(("mean", "p05", "p25", "p50", "p75", "p95"), value)


def spread(rng: np.random.Generator, means: Sequence[float], firmness: float = 9.0) -> list[dict[str, float]]:
    """Bands of shares that sum to one in every draw."""
    sample = rng.dirichlet(np.maximum(np.asarray(means), 1e-3) * firmness, size=DRAWS)
    return [band(sample[:, k]) for k in range(len(means))]


def _curve(rng: np.random.Generator, final: np.ndarray[Any, Any], steps: int) -> dict[str, list[float]]:
    pace = rng.uniform(0.06, 0.2)
    grown = 1 - np.exp(-pace * np.arange(steps))
    values = final[:, None] * (grown / grown[-1])[None, :]
    rows = [band(values[:, t]) for t in range(steps)]
    return {k: [row[k] for row in rows] for k in rows[0]}


def example(outcomes: int = 8) -> dict[str, Any]:
    """Findings of the invented crisis, with any number of outcomes from 1 to 12."""
    rng = np.random.default_rng(20310603)
    chosen = dict(list(OUTCOMES.items())[:outcomes])
    for extra in range(len(chosen), outcomes):
        chosen[f"ending_{extra}"] = (f"One more way it could end, number {extra}", False, 0.02)
    means = np.array([mean for _, _, mean in chosen.values()])
    means = means / means.sum()
    as_of = date(2031, 6, 6)
    last = START + timedelta(days=7 * STEPS)
    sample = rng.dirichlet(np.maximum(means, 1e-3) * 9, size=DRAWS) if outcomes > 1 else np.ones((DRAWS, 1))
    bands = {name: band(sample[:, k]) for k, name in enumerate(chosen)}
    peaceful = [k for k, (_, kind, _) in enumerate(chosen.values()) if kind]

    beliefs = {}
    for actor, types in TYPES.items():
        rows = spread(rng, [now for _, _, now in types.values()], 12)
        beliefs[actor] = {
            name: {**row, "title": types[name][0], "prior": types[name][1]}
            for name, row in zip(types, rows, strict=True)
        }

    dates = [as_of + timedelta(days=7 * k) for k in range((last - as_of).days // 7 + 1)]
    history = _history(rng)
    found: dict[str, Any] = {
        "case": {
            "name": "selm-2031",
            "title": "Orvane and the port of Selm, 2031",
            "question": "Does the fleet off Selm end in a landing, a treaty, a palace move, or in nothing?",
            "summary": "In March 2031 the federation of Orvane put a fleet off Selm after the port republic "
            "took over the customs house that both had run for a century. The federation wants the "
            "port open; the president of Selm wants to stay; the garrison wants its pay.",
            "hash": "9c1f04be77aa2d31",
            "version": "0.1.0",
            "as_of": as_of.isoformat(),
            "first_day": START.isoformat(),
            "last_day": last.isoformat(),
            "step": "week",
            "steps": STEPS,
            "now_step": 13,
            "now_date": "2031-06-02",
        },
        "outcomes": {
            name: {**bands[name], "title": chosen[name][0], "peaceful": chosen[name][1]} for name in chosen
        },
        "peaceful": band(sample[:, peaceful].sum(axis=1)) if peaceful else flat(0.0),
        "beliefs": beliefs,
        "by_date": {
            "dates": [d.isoformat() for d in dates],
            "outcomes": {name: _curve(rng, sample[:, k], len(dates)) for k, name in enumerate(chosen)},
        },
        "series": _series(rng, list(chosen), means, history),
        "next_moves": _next_moves(rng),
        "state": {
            "fleet": _state("fleet", [0, 0.3, 0.7]),
            "strait": _state("strait", [0, 1, 0]),
            "talks": _state("talks", [0, 0.15, 0.85]),
            "cohesion": _state("cohesion", [0.08, 0.55, 0.37]),
            "militia": _state("militia", [0, 1]),
            "hardship": _state("hardship", [0.2, 0.62, 0.18]),
        },
        "courses": {name: _course(rng, name, dates) for name in FACTORS},
        "history": history,
        "testimony": _testimony(),
        "parameters": _parameters(rng),
        "evidence": _evidence(),
        "model": _model(chosen),
        "certificate": {
            "residual": 4.1e-10,
            "grid_error": 0.0031,
            "states": 412,
            "belief_points": 405,
            "seconds": 0.84,
            "flagged": 3,
            "near_splitting": 1,
            "node_updates": 14_800_000,
            "grid": [28, 28],
            "draws_checked": 16,
        },
        "run": {
            "draws": 128,
            "failed": 0,
            "effective_draws": 61.4,
            "pareto_k": 0.41,
            "seed": 20310603,
            "tempered": None,
            "refined": 0,
            "seconds": 141.0,
            "warnings": [],
        },
        "ending": None,
    }
    found["questions"] = _questions(found)
    found["series"][-1]["outcomes"] = {name: dict(bands[name]) for name in chosen}
    found["series"][-1]["beliefs"] = {
        actor: {t: {k: v for k, v in row.items() if k not in ("title", "prior")} for t, row in types.items()}
        for actor, types in beliefs.items()
    }
    return found


def _state(name: str, probabilities: list[float]) -> dict[str, Any]:
    title, levels, _ = FACTORS[name]
    return {"title": title, "levels": levels, "probabilities": probabilities}


def _course(rng: np.random.Generator, name: str, dates: list[date]) -> dict[str, Any]:
    title, levels, _ = FACTORS[name]
    begin = rng.dirichlet(np.ones(len(levels)) * 2)
    end = rng.dirichlet(np.ones(len(levels)) * 2)
    mix = np.linspace(0, 1, len(dates))[:, None]
    return {
        "title": title,
        "levels": levels,
        "dates": [d.isoformat() for d in dates],
        "probabilities": ((1 - mix) * begin + mix * end).tolist(),
    }


def _title(actor: str, move: str) -> str:
    rows = EVENTS if actor == "event" else [m for m in MOVES if m["actor"] == actor]
    return str(next(m["title"] for m in rows if m["name"] == move))


def _history(rng: np.random.Generator) -> list[dict[str, Any]]:
    rows = []
    for index, (day, precision, who, move, right, likelihood, because, judgement) in enumerate(HISTORY):
        shift: dict[str, dict[str, float]] = {}
        if who in TYPES and move != "hold":
            names = list(TYPES[who])
            push = float(rng.uniform(0.02, 0.14)) * (1 - likelihood)
            shift[who] = {names[0]: -push, names[-1]: push}
            if len(names) == 3:
                shift[who][names[1]] = 0.0
        told = band(rng.beta(likelihood * 14, (1 - likelihood) * 14, DRAWS))
        rows.append(
            {
                "index": index,
                "date": (START + timedelta(days=day)).isoformat(),
                "precision": precision,
                "who": who,
                "move": move,
                "title": _title(who, move),
                "probability": right,
                "likelihood": told,
                "expected": told,
                "kept": 0.5 + likelihood / 2,
                "shift": shift,
                "because": because,
                "judgement": judgement,
            }
        )
    return rows


def _series(
    rng: np.random.Generator, names: list[str], means: np.ndarray[Any, Any], history: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    points = [
        date(2031, 3, 3),
        date(2031, 3, 21),
        date(2031, 4, 10),
        date(2031, 4, 25),
        date(2031, 5, 16),
        date(2031, 5, 31),
        date(2031, 6, 6),
    ]
    begin = np.ones(len(names)) * 0.6 + means * 2
    begin[-1] += 1.2 if len(names) > 1 else 0
    begin = begin / begin.sum()
    rows, since = [], date(2031, 1, 1)
    for k, point in enumerate(points):
        mix = (k / (len(points) - 1)) ** 1.3
        shares = (1 - mix) * begin + mix * means + (rng.uniform(-0.03, 0.03, len(names)) if 0 < k < 6 else 0)
        shares = np.maximum(shares, 0.004)
        shares = shares / shares.sum()
        outcome_bands = spread(rng, list(shares), 7 + 2 * k) if len(names) > 1 else [flat(1.0)]
        held = {}
        for actor, types in TYPES.items():
            level = [(1 - mix) * prior + mix * now for _, prior, now in types.values()]
            held[actor] = dict(zip(types, spread(rng, level, 12 if k else 400), strict=True))
        moves = [
            {"date": h["date"], "who": h["who"], "move": h["move"], "title": h["title"]}
            for h in history
            if since < date.fromisoformat(h["date"]) <= point
        ]
        rows.append(
            {
                "as_of": point.isoformat(),
                "outcomes": dict(zip(names, outcome_bands, strict=True)),
                "beliefs": held,
                "effective_draws": 128 - 11.0 * k,
                "pareto_k": 0.1 + 0.05 * k,
                "moves": moves,
            }
        )
        since = point
    return rows


def _next_moves(rng: np.random.Generator) -> dict[str, Any]:
    shares = {
        "orvane": {"hold": 0.52, "blockade": 0.0, "land": 0.12, "offer_terms": 0.29, "reinforce": 0.07},
        "selm": {"hold": 0.44, "leave": 0.22, "mobilise": 0.2, "share_customs": 0.14},
        "garrison": {"hold": 0.72, "plot": 0.28},
    }
    rows: dict[str, Any] = {}
    for actor, moves in shares.items():
        rows[actor] = {}
        for (move, mean), values in zip(moves.items(), spread(rng, list(moves.values()), 20), strict=True):
            types = TYPES.get(actor, {})
            tilt = np.linspace(0.6, 1.4, len(types)) if types else []
            rows[actor][move] = {
                "title": _title(actor, move),
                **values,
                "by_type": {t: min(1.0, mean * f) for t, f in zip(types, tilt, strict=True)},
            }
    return rows


def _testimony() -> list[dict[str, Any]]:
    return [
        {
            "claim": "bluff-doubts",
            "known": "2031-06-05",
            "weight": 0.42,
            "counted": True,
            "why": "B source (0.7), credibility 3 (0.6)",
            "types": {"orvane": {"bluff": 1.22, "seize": 0.85}},
            "where": [],
        },
        {
            "claim": "marines-embarked",
            "known": "2031-05-31",
            "weight": 0.18,
            "counted": True,
            "why": "F source (0.3), credibility 3 (0.6)",
            "types": {"orvane": {"bluff": 0.88, "seize": 1.16}},
            "where": [],
        },
        {
            "claim": "guard-orders",
            "known": "2031-05-31",
            "weight": 0.18,
            "counted": True,
            "why": "F source (0.3), credibility 3 (0.6)",
            "types": {},
            "where": [["guard_block > 0.5", 1.11]],
        },
        {
            "claim": "safe-passage-again",
            "known": "2031-05-31",
            "weight": 0.18,
            "counted": False,
            "why": "same origin as safe-passage, which weighs more",
            "types": {"orvane": {"seize": 0.95}},
            "where": [],
        },
        {
            "claim": "crowds-for-president",
            "known": "2031-05-15",
            "weight": 0.4,
            "counted": True,
            "why": "C source (0.5), credibility 2 (0.8)",
            "types": {"selm": {"cling": 1.13}},
            "where": [["rally > 0.3", 1.2]],
        },
    ]


def _parameters(rng: np.random.Generator) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for name, title, unit, text, before, after, scale, because, judgement in PARAMETERS:
        if text.startswith("fixed"):
            rows[name] = {
                "title": title,
                "unit": unit,
                "prior": flat(0.97),
                "posterior": flat(0.97),
                "prior_text": text,
                "because": because,
                "judgement": judgement,
                "histogram": None,
            }
            continue
        low, high = rng.beta(*before, DRAWS) * scale, rng.beta(*after, DRAWS) * scale
        edges = np.linspace(0, scale, 21)
        rows[name] = {
            "title": title,
            "unit": unit,
            "prior": band(low),
            "posterior": band(high),
            "prior_text": text,
            "because": because,
            "judgement": judgement,
            "histogram": {
                "edges": edges.tolist(),
                "prior": (np.histogram(low, edges)[0] / DRAWS).tolist(),
                "posterior": (np.histogram(high, edges)[0] / DRAWS).tolist(),
            },
        }
    return rows


def _evidence() -> dict[str, Any]:
    cited: dict[str, list[str]] = {row[0]: [] for row in CLAIMS}
    for name, *_, because, _judgement in PARAMETERS:
        for claim in because:
            cited[claim].append(f"parameters.{name}")
    for index, entry in enumerate(HISTORY):
        for claim in entry[6]:
            cited[claim].append(f"history.{index}")
    cited["insurers-leave"].append("gaps.1")
    for move in MOVES:
        for claim in move.get("because", []):
            cited[claim].append(f"moves.{move['actor']}.{move['name']}")
    for event in EVENTS:
        for claim in event.get("because", []):
            cited[claim].append(f"events.{event['name']}")
    cited["fleet-august"].append("factors.fleet")
    cited["bluff-doubts"] += ["actors.orvane.types.bluff", "testimony"]
    cited["draft-treaty"].append("outcomes.shared_customs")
    cited["crowds-for-president"].append("questions.3")
    counted = {t["claim"]: t["counted"] for t in _testimony()}
    claims = [
        {
            "id": ident,
            "says": says,
            "report": report,
            "attributed_to": by,
            "credibility": grade,
            "credibility_words": CREDIBILITY[grade],
            "origin": origin,
            "anchor": {"start": 200 + 37 * k, "end": 330 + 41 * k, "state": state},
            "weight": round(0.9 - 0.15 * grade, 2),
            "counted": counted.get(ident, True),
            "cited_by": cited[ident],
        }
        for k, (ident, says, report, by, grade, origin, state) in enumerate(CLAIMS)
    ]
    published = {r["id"]: r["published"] for r in REPORTS}
    says = {row[0]: (row[1], row[2]) for row in CLAIMS}

    def figure(claim: str, value: float, unit: str) -> dict[str, Any]:
        return {
            "claim": claim,
            "value": value,
            "unit": unit,
            "says": says[claim][0],
            "report": says[claim][1],
            "published": published[says[claim][1]],
        }

    return {
        "reports": deepcopy(REPORTS),
        "claims": claims,
        "conflicts": [
            {
                "about": "ships off the port",
                "figures": [
                    figure("fleet-august", 9, "ships"),
                    figure("fleet-doubled", 18, "ships"),
                    figure("fleet-thirty", 30, "hulls"),
                ],
                "explained": "Counted on different days; the last counts every hull, tenders included.",
            },
            {
                "about": "harbour militia",
                "figures": [
                    figure("militia-count", 6000, "people"),
                    figure("militia-count-low", 1500, "people"),
                ],
                "explained": None,
            },
        ],
        "discount": {
            "reliability": {"A": 0.95, "B": 0.7, "C": 0.5, "D": 0.25, "E": 0.1, "F": 0.3},
            "credibility": {"1": 1.0, "2": 0.8, "3": 0.6, "4": 0.3, "5": 0.1, "6": 0.4},
        },
        "gaps": [
            {"first": "2031-04-07", "last": "2031-04-20", "who": ["garrison", "garrison_fight"], "because": [],
             "judgement": "no correspondent was let ashore"},
            {"first": "2031-05-26", "last": "2031-06-05", "who": ["selm"], "because": ["insurers-leave"],
             "judgement": None},
        ],
    }


def _model(chosen: dict[str, tuple[str, bool, float]]) -> dict[str, Any]:
    worth = {
        "orvane": {"bluff": 0.4, "squeeze": 0.5, "seize": "resolve"},
        "selm": "exit_value",
        "garrison": 0.1,
    }
    because = {"shared_customs": ["draft-treaty"], "guaranteed_exit": ["safe-passage"]}
    titles = {
        "orvane": "The federal government of Orvane",
        "selm": "The presidency of Selm",
        "garrison": "The garrison of Selm",
    }
    return {
        "actors": [
            {
                "name": actor,
                "title": title,
                "precision": 6 if actor == "orvane" else "5",
                "tempo": {"per": "month", "times": 2},
                "standing": "hold",
                "types": [
                    {
                        "name": t,
                        "title": text,
                        "prior": prior,
                        "because": ["bluff-doubts"] if t == "bluff" else [],
                        "judgement": None
                        if t == "bluff"
                        else "house view: base rate of eleven naval stand-offs",
                    }
                    for t, (text, prior, _) in TYPES.get(actor, {}).items()
                ],
            }
            for actor, title in titles.items()
        ],
        "factors": [
            {
                "name": name,
                "title": title,
                "levels": levels,
                "start": start,
                "because": ["fleet-august"] if name == "fleet" else [],
                "judgement": None if name == "fleet" else "house view: as the first report finds it",
            }
            for name, (title, levels, start) in FACTORS.items()
        ],
        "moves": deepcopy(MOVES),
        "events": deepcopy(EVENTS),
        "outcomes": [
            {
                "name": name,
                "title": title,
                "peaceful": kind,
                "worth": deepcopy(worth),
                "because": because.get(name, []),
                "judgement": None if name in because else "house view: ranked by the desk in May 2031",
            }
            for name, (title, kind, _) in chosen.items()
        ],
        "flows": [
            {
                "name": "upkeep_at_sea",
                "title": "The fleet eats money",
                "of": "orvane",
                "per": "month",
                "worth": "-upkeep * fleet",
                "when": True,
                "because": ["upkeep-cost"],
            }
        ],
        "levers": [
            {
                "name": "escort_home",
                "title": "A third party escorts the president out",
                "by": "the Straits Commission",
                "sets": {"guard_block": "guard_block - 0.2"},
                "costs": {"orvane": 0.02},
                "judgement": "house view: offered twice before",
            }
        ],
        "mechanisms": [
            {
                "name": "audience_costs",
                "settings": {"of": "orvane", "on": "sail_home", "rate": "audience"},
                "card": {
                    "claim": "A leader who threatens in public and then climbs down pays for it at home.",
                    "sources": ["Fearon 1994", "Tomz 2007"],
                    "fails": "Where the audience is divided or can be told a different story.",
                },
            },
            {
                "name": "rally_effect",
                "settings": {"of": "selm", "rate": "rally"},
                "card": {"claim": "A visible foreign threat draws the public to the government of the day."},
            },
        ],
        "order": ["Orvane", "Selm", "the garrison", "chance"],
    }


def _questions(found: dict[str, Any]) -> list[dict[str, Any]]:
    outcomes = found["outcomes"]

    def rows(*names: str) -> dict[str, Any]:
        return {name: outcomes[name] for name in names if name in outcomes}

    after = {}
    for name, row in outcomes.items():
        factor = 1.5 if row["peaceful"] else 0.75
        after[name] = {
            "now": {k: row[k] for k in ("mean", "p05", "p25", "p50", "p75", "p95")},
            "then": {k: min(1.0, row[k] * factor) for k in ("mean", "p05", "p25", "p50", "p75", "p95")},
        }
    return [
        {
            "ask": "Bluster, or will the fleet be used?",
            "reading": "Ships are cheap to send and dear to bring home. The blockade counts for more than "
            "the fleet, "
            "because a federation that only wanted to be seen would have spared its own traders.",
            "because": ["strait-notice", "bluff-doubts"],
            "panels": [
                {"kind": "types", "actor": "orvane", "rows": found["beliefs"]["orvane"]},
                {"kind": "moves", "actor": "orvane", "rows": found["next_moves"]["orvane"]},
            ],
        },
        {
            "ask": "Can he leave: does the guard block the exit?",
            "reading": "The guard's orders rest on one defector, told in one place.",
            "because": ["guard-orders"],
            "panels": [
                {
                    "kind": "value",
                    "label": "Chance that the guard blocks an exit",
                    "expression": "guard_block",
                    "band": found["parameters"]["guard_block"]["posterior"],
                },
                {"kind": "after", "actor": "selm", "move": "leave", "rows": after, "open": True},
            ],
        },
        {
            "ask": "Which peaceful endings remain?",
            "reading": None,
            "because": ["draft-treaty"],
            "panels": [
                {
                    "kind": "outcomes",
                    "rows": rows("guaranteed_exit", "shared_customs"),
                    "together": found["peaceful"],
                }
            ],
        },
        {
            "ask": "Does the fleet rally the city, and does hardship wear that down?",
            "reading": "Both at once; the question is which is faster.",
            "because": ["crowds-for-president"],
            "panels": [
                {
                    "kind": "value",
                    "label": "Rally, net of hardship",
                    "expression": "rally - 0.1 * hardship",
                    "band": {"mean": 0.28, "p05": -0.04, "p25": 0.16, "p50": 0.28, "p75": 0.4, "p95": 0.61},
                },
                {"kind": "factors", "rows": {k: found["courses"][k] for k in ("hardship", "cohesion")}},
            ],
        },
        {
            "ask": "What would a landing now do?",
            "reading": "It is not open to every draw: the armada must be there.",
            "because": ["depth-of-harbour"],
            "panels": [{"kind": "after", "actor": "orvane", "move": "land", "rows": after, "open": False}],
        },
    ]


# Variants that the brief must also stand --------------------------------------------------------------------


def thin() -> dict[str, Any]:
    """An ensemble whose weight sits on a few draws, some of which failed."""
    found = example()
    found["run"].update(
        effective_draws=6.2,
        pareto_k=0.93,
        failed=9,
        tempered=0.6,
        refined=64,
        warnings=["9 draws did not settle within the time limit"],
    )
    return found


def minimal() -> dict[str, Any]:
    """Only what no brief can do without."""
    full = example()
    return {
        "case": {k: full["case"][k] for k in ("name", "title", "question", "as_of", "hash", "version")},
        "outcomes": full["outcomes"],
        "run": {"draws": 8, "failed": 0, "effective_draws": 8.0, "seed": 1},
    }


def hostile() -> dict[str, Any]:
    """Every string that an author could write, replaced by an attack on the page."""
    attack = (
        "<script>alert('x')</script>\"'><img src=x onerror=alert(1)> ]]> {{ 7*7 }} | "
        "`*_[a](http://evil.example)"
    )

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(v, key) for v in value]
        if isinstance(value, str) and key in {
            "title",
            "says",
            "judgement",
            "reading",
            "ask",
            "question",
            "summary",
            "attributed_to",
            "outlet",
            "why",
            "explained",
            "about",
            "unit",
            "label",
            "when",
            "expression",
            "claim_text",
            "warnings",
            "prior_text",
            "origin",
            "grade_words",
            "credibility_words",
            "levels",
            "precision",
            "by",
        }:
            return attack
        return value

    found: dict[str, Any] = poison(example())
    found["case"]["hash"] = attack
    found["evidence"]["claims"][0]["id"] = attack
    found["parameters"][attack] = found["parameters"].pop("rally")
    return found


def long_titles() -> dict[str, Any]:
    found = example()
    words = "a settlement that takes far more words to describe than anyone would like to read aloud "
    for row in found["outcomes"].values():
        row["title"] = row["title"] + ", " + words + "andunbreakablestringsof" + "x" * 60
    found["case"]["title"] = "A very long title " * 12
    return found
