"""Games whose agent quantal response equilibrium Gambit has computed, written in the case language.

`shared/oracles/gambit.json`, beside the project, holds its numbers: for each game and precision, the probability
of every action at every information set. Information sets there are full histories; here they are places (step,
phase, state, belief), so `visits` walks every public history and carries the belief along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from standoff.game import Game, compile_case
from standoff.language.document import CaseDocument
from standoff.solver import Solution, solve

NUMBERS = Path(__file__).parents[1].parent / "shared" / "oracles" / "gambit.json"
ORACLES: dict[str, dict[str, Any]] = json.loads(NUMBERS.read_text())["games"] if NUMBERS.exists() else {}


def document(**said: Any) -> CaseDocument:
    """A case document with the fields nobody tests filled in."""
    return CaseDocument.model_validate(
        {
            "standoff": 1,
            "title": "A game",
            "question": "What is played?",
            "clock": {"start": "2030-01-01", "step": "day", "steps": 1},
            **said,
        }
    )


def game_of(said: CaseDocument, **parameters: float) -> Game:
    """The game of a document at given parameters."""
    return compile_case(said).game(parameters)


def crisis(lam: float) -> CaseDocument:
    """C backs down or challenges; D concedes or resists; C attacks or backs down. No secrets."""
    return document(
        factors={"stage": {"levels": ["open", "challenged", "resisted"]}},
        actors={"c": {"precision": lam}, "d": {"precision": lam}},
        order=[
            {"actor": "c", "moves": ["back_down", "challenge"]},
            "d",
            {"actor": "c", "moves": ["attack", "back_down2"]},
        ],
        moves={
            "c": {
                "back_down": {"ends": "status_quo"},
                "challenge": {"then": {"stage": "challenged"}},
                "attack": {"when": "stage is resisted", "ends": "war"},
                "back_down2": {"when": "stage is resisted", "ends": "humiliation"},
            },
            "d": {
                "concede": {"when": "stage is challenged", "ends": "concession"},
                "resist": {"when": "stage is challenged", "then": {"stage": "resisted"}},
            },
        },
        outcomes={
            "status_quo": {"worth": {"c": 0, "d": 1}},
            "concession": {"worth": {"c": 1, "d": 0}},
            "war": {"worth": {"c": -0.2, "d": -0.5}},
            "humiliation": {"worth": {"c": -0.4, "d": 1}},
        },
    )


def signalling(lam: float, bluff_signal: float = 0.4) -> CaseDocument:
    """S sends a costly signal or keeps quiet; R concedes or resists, at a price that depends on S's type.

    `bluff_signal` is what a bluffer gets from a signal that is believed.
    """
    return document(
        factors={"sent": {"levels": ["nothing", "quiet", "signal"]}},
        actors={
            "s": {"precision": lam, "types": {"resolved": {"prior": 0.3}, "bluffing": {"prior": 0.7}}},
            "r": {"precision": lam},
        },
        moves={
            "s": {"signal": {"then": {"sent": "signal"}}, "quiet": {"then": {"sent": "quiet"}}},
            "r": {"concede": {"ends": "conceded"}, "resist": {"ends": "resisted"}},
        },
        outcomes={
            "conceded": {
                "worth": {
                    "s": {
                        "resolved": "0.8 if sent is signal else 1",
                        "bluffing": f"{bluff_signal} if sent is signal else 1",
                    },
                    "r": 0,
                }
            },
            "resisted": {
                "worth": {
                    "s": {
                        "resolved": "0.1 if sent is signal else 0.3",
                        "bluffing": "-1.2 if sent is signal else -0.6",
                    },
                    "r": "-1 if s is resolved else 0.5",
                }
            },
        },
    )


def repeated(periods: int, lam: float) -> CaseDocument:
    """C holds or escalates, then D concedes or resists, period after period; at the end C attacks or backs down."""
    cost = "(0.05 if c is res else 0.15)"
    last = f"step == {periods - 1}"
    return document(
        clock={"start": "2030-01-01", "step": "day", "steps": periods},
        factors={"level": {"levels": [f"l{i}" for i in range(periods + 1)]}},
        actors={
            "c": {"precision": lam, "types": {"res": {"prior": 0.3}, "blf": {"prior": 0.7}}},
            "d": {"precision": lam},
        },
        order=[
            {"actor": "c", "moves": ["hold", "esc"]},
            "d",
            {"actor": "c", "moves": ["attack", "back_down"]},
        ],
        moves={
            "c": {
                "hold": {},
                "esc": {"then": {"level": 1}},
                "attack": {"when": last, "ends": "war"},
                "back_down": {"when": last, "ends": "backed_down"},
            },
            "d": {"concede": {"ends": "conceded"}, "resist": {}},
        },
        outcomes={
            "conceded": {"worth": {"c": f"1 - {cost} * level", "d": f"0.1 * step / {periods}"}},
            "war": {"worth": {"c": f"(0.3 if c is res else -0.6) - {cost} * level", "d": "-0.8 if c is res else -0.2"}},
            "backed_down": {"worth": {"c": f"-0.1 * level - {cost} * level - 0.1", "d": 0.6}},
        },
    )


def oracle_game(name: str, lam: float) -> CaseDocument:
    """The game Gambit's numbers of that name belong to."""
    if name == "crisis":
        return crisis(lam)
    if name == "signalling":
        return signalling(lam)
    return repeated(int(name.removeprefix("repeated_T")), lam)


@dataclass(frozen=True)
class Visit:
    """A place on a public history where somebody chooses: `play` [moves, types], `beliefs` one [n] per secret."""

    step: int
    phase: int
    state: int
    actor: str
    moves: tuple[str, ...]
    play: np.ndarray
    beliefs: tuple[np.ndarray, ...]


def visits(
    solution: Solution, place: tuple[int, int, int] = (0, 0, 0), beliefs: tuple[np.ndarray, ...] | None = None
) -> Iterator[Visit]:
    """Every choice on every public history that can happen, depth first, moves in the order of the case."""
    game, (step, phase, state) = solution.game, place
    if phase == len(game.phases):
        step, phase = step + 1, 0
    if step == game.steps or state >= len(game.states):
        return
    beliefs = solution.priors if beliefs is None else beliefs
    now, who = game.phases[phase], game.phases[phase].actor
    nodes = solution.look(step, phase, [state], tuple(belief.reshape(1, -1) for belief in beliefs))
    if now.choice and nodes.count[0, 0] > 1:
        moves = tuple(now.moves[i] for i in nodes.move[0] if i >= 0)
        yield Visit(step, phase, state, game.actors[who], moves, nodes.play[0, : len(moves)], beliefs)
    for o in range(nodes.count[0, 1]):
        if nodes.seen[0, o] > 0:
            after = beliefs
            if who in game.secret:
                at = game.secret.index(who)
                after = (*beliefs[:at], nodes.post[0, o], *beliefs[at + 1 :])
            yield from visits(solution, (step, phase + 1, int(nodes.leads_to[0, o])), after)


def strategy_of(solution: Solution, first: int) -> dict[str, dict[str, float]]:
    """Play at every information set under Gambit's names, numbered from `first`: all of type 1, then of type 2."""
    by_actor: dict[str, list[Visit]] = {}
    for visit in visits(solution):
        by_actor.setdefault(visit.actor, []).append(visit)
    strategy = {}
    for actor, mine in by_actor.items():
        for kind in range(mine[0].play.shape[1]):
            for i, visit in enumerate(mine):
                strategy[f"{actor.upper()}/{first + kind * len(mine) + i}"] = {
                    move.replace("_", ""): float(p) for move, p in zip(visit.moves, visit.play[:, kind], strict=True)
                }
    return strategy


def oracle_errors(name: str, lam: str, grid: int) -> list[float]:
    """|ours - Gambit's| for every action at every information set; all of them must be met."""
    oracle = ORACLES[name][lam]
    game = game_of(oracle_game(name, oracle["lam"]))
    solution = solve(game, grid=grid, threads=1, grid_error=False, own_until=game.steps)
    ours = strategy_of(solution, first=1 if name.startswith("repeated") else 0)
    theirs = {place: {move.lower(): float(p) for move, p in play.items()} for place, play in oracle["strategy"].items()}
    assert ours.keys() == theirs.keys()
    assert all(ours[place].keys() == theirs[place].keys() for place in theirs)
    return [abs(ours[place][move] - theirs[place][move]) for place in theirs for move in theirs[place]]
