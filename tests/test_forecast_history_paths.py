"""The walk against simulated paths, each weighed by how likely it made the very reports: another way to the posterior.

The game has all that history can meet: two secrets, an actor with two turns a week, covert moves, events that tell of a
type, moves that reports may miss. The reports are definite, soft, vague, silent, and there is a gap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from forecast_kit import day, walked, write
from standoff.case import load
from standoff.forecast.history import outcomes
from standoff.forecast.simulate import Story, simulate
from standoff.game import Game, compile_case
from standoff.solver import solve

CASE = """
standoff: 1
title: Paths
question: Which?
clock: {start: 2030-01-07, step: week, steps: 7}
factors:
  level: {levels: [l0, l1, l2, l3]}
  talk: {levels: [shut, open]}
actors:
  a: {types: {x: {prior: 0.6}, y: {prior: 0.4}}, precision: 3, tempo: {per: week, times: 0.8}}
  b: {types: {p: {prior: 0.3}, q: {prior: 0.3}, r: {prior: 0.4}}, precision: 2}
order: [{actor: a, moves: [hold, push, drop]}, b, {actor: a, moves: [hold, speak]}, chance]
moves:
  a:
    hold: {}
    push: {when: level < l3, then: {level: +1}, costs: {a: {x: 0.5, y: -0.1}}}
    drop: {when: level > l0, noticed: 0.4, then: {level: -1}, costs: 0.2}
    speak: {when: talk is shut, then: {talk: open}, costs: {a: {x: 0.1, y: 0.3}}}
  b:
    hold: {}
    plot: {covert: true, perhaps: [{chance: 0.3, then: {level: l0}}], costs: {b: {p: 0, q: 0.5, r: 0.2}}}
    strike: {when: level > l1, costs: {b: {p: 0.8, q: 0.1, r: 0.4}}, ends: {won: 0.4}}
events:
  leak: {when: talk is open, chance: 0.25 if b is q else 0.1, noticed: 0.5, then: {talk: shut}}
  fire: {when: level is l3, rate: 0.2, per: week, ends: burnt}
outcomes:
  won: {worth: {a: -0.5, b: {p: 1, q: 0.3, r: 0.6}}}
  burnt: {worth: {a: -1, b: -1}}
  unresolved: {worth: {a: 0.2 * level, b: {p: 0, q: 0.1 * level, r: 0}}}
"""
TOLD = """
history:
  - {date: 2030-01-07..2030-01-27, a: push, judgement: 'weeks 0 and 2: week 1 is taken by the next'}
  - {date: 2030-01-15, a: {push: 0.7}, judgement: 'week 1'}
  - {date: 2030-01-16, a: speak, judgement: 'week 1'}
  - {date: 2030-01-14..2030-01-27, event: {leak: 0.6}, judgement: 'weeks 1 and 2'}
  - {date: 2030-01-30, b: {strike: 0.4, hold: 0.3}, judgement: 'week 3'}
  - {from: 2030-01-21, to: 2030-01-27, unreported: [b], judgement: 'week 2'}
"""
WEEKS, FORCE, STRIKE, WORDS, LEAK = 4, 0, 1, 2, 3
NOTICED = {"push": 1.0, "drop": 0.4, "speak": 1.0, "strike": 1.0, "leak": 0.5}  # of the rest, nothing would be told
NOTHING = "nothing seen"
At = tuple[int, int]


def seen(game: Game, story: Story) -> tuple[dict[At, str], At | None]:
    """What the public saw in every phase up to the end of the story, and where it ended within the weeks looked at."""
    happened = {(one.step, one.phase): one for one in story.happened}
    told: dict[At, str] = {}
    for at in product(range(WEEKS), range(len(game.phases))):
        one = happened.get(at)
        quiet = "hold" if game.phases[at[1]].choice and at[1] != STRIKE else NOTHING  # b may have plotted instead
        told[at] = quiet if one is None else game.phases[at[1]].moves[one.move] if one.seen else NOTHING
        if one is not None and one.node >= len(game.states):
            return told, at
    return told, None


def likelihood(game: Game, story: Story) -> float:
    """Of all reports, given what really happened: even weight on the weeks of a vague date."""
    told, ended = seen(game, story)
    total = 0.0
    for pushed, leaked in product((0, 2), (1, 2)):
        reports: dict[At, Mapping[str, float]] = {
            (pushed, FORCE): {"push": 1.0},
            (1, FORCE): {"push": 0.7},
            (1, WORDS): {"speak": 1.0},
            (leaked, LEAK): {"leak": 0.6},
            (3, STRIKE): {"strike": 0.4, NOTHING: 0.3},
        }
        if any(at not in told for at in reports):
            continue  # over before what is reported
        chance = 0.25
        for at, label in told.items():
            if at in reports:
                other = 0.0 if at == ended else 1 - sum(reports[at].values())
                chance *= reports[at].get(label, other)
            elif at == ended:
                chance = 0.0  # an ending would have been told
            elif at != (2, STRIKE):
                chance *= 1 - NOTICED.get(label, 0.0)
        total += chance
    return total


@pytest.mark.no_cover
def test_the_walk_is_the_posterior_of_simulated_paths(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", CASE, TOLD)
    found = walked(folder, day(WEEKS), grid=16)
    game = compile_case(load(folder)).game({})
    solution = solve(game, grid=16, threads=1, grid_error=False, play_from=0)
    stories = simulate(solution, 1, stories=16_000, seed=5).stories
    weights = np.array([likelihood(game, story) for story in stories])
    error = float(weights.std()) / math.sqrt(len(weights))
    assert error < 0.05 * weights.mean()
    assert found.likelihood == pytest.approx(float(weights.mean()), abs=4 * error)
    share = weights / weights.sum()
    spread = 4 * 0.5 * math.sqrt(float((share**2).sum()))  # four standard errors of a chance, at most
    for position, actor in enumerate(game.secret):
        types = np.array([story.types[actor] for story in stories])
        believed = [float(share[types == kind].sum()) for kind in range(len(game.types[actor]))]
        assert found.belief(position) == pytest.approx(believed, abs=spread)
    ends = np.array([story.outcome for story in stories])
    after = [float(share[ends == o].sum()) for o in range(len(game.outcomes))]
    assert outcomes(found.solution, found.walk) == pytest.approx(after, abs=spread)
