"""Simulated paths against the outcome columns, and against themselves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from case_kit import CASE
from forecast_kit import PRIOR, PUSH, PUSHES, edited
from standoff.errors import SolveError
from standoff.forecast import simulate as module
from standoff.forecast.forward import course
from standoff.forecast.history import start
from standoff.forecast.simulate import simulate
from standoff.game import compile_case
from standoff.language.document import CaseDocument
from standoff.language.read import parse_yaml
from standoff.solver import Solution, solve

TWO_SECRETS = """
standoff: 1
title: Two secrets
question: Who gives way?
clock: {start: 2030-01-07, step: week, steps: 5}
factors:
  ring: {levels: [off, near, tight]}
  plot: {levels: [none, ripe]}
actors:
  navy:
    types: {bluff: {prior: 0.5}, coerce: {prior: 0.3}, take: {prior: 0.2}}
    precision: 5
    tempo: {per: week, times: 0.6}
  court:
    types: {loyal: {prior: 0.6}, wavering: {prior: 0.4}}
    precision: 4
order: [navy, court, {events: [storm]}, {actor: navy, moves: [hold, fire]}, {events: [rumour]}]
moves:
  navy:
    hold: {}
    tighten: {when: ring < ring.tight, then: {ring: +1}, costs: {navy: {bluff: 0.15, coerce: 0.05, take: 0}}}
    fire: {when: ring is tight, ends: {taken: 0.6, sunk: 0.3}, costs: {navy: {bluff: 0.5, coerce: 0.2, take: 0}}}
    leave: {when: ring > ring.off, ends: left}
  court:
    hold: {}
    scheme: {covert: true, perhaps: [{chance: 0.4, then: {plot: ripe}}], costs: {court: {loyal: 0.3, wavering: 0}}}
    yield: {ends: yielded}
events:
  storm: {rate: 0.3, per: week, then: {ring: -1}}
  rumour: {when: plot is ripe, chance: 0.7 if court is wavering else 0.3, ends: palace}
outcomes:
  yielded: {worth: {navy: 1, court: {loyal: -1, wavering: -0.2}}}
  taken: {worth: {navy: {bluff: -0.2, coerce: 0.4, take: 1}, court: -1}}
  sunk: {worth: {navy: -0.6, court: 0.3}}
  left: {worth: {navy: {bluff: 0, coerce: -0.2, take: -0.4}, court: 0.8}}
  palace: {worth: {navy: 0.6, court: {loyal: -0.8, wavering: 0.5}}}
  unresolved: {worth: {navy: -0.1, court: 0.4}}
"""
NO_SECRET = edited(
    TWO_SECRETS,
    ("    types: {bluff: {prior: 0.5}, coerce: {prior: 0.3}, take: {prior: 0.2}}\n", ""),
    ("    types: {loyal: {prior: 0.6}, wavering: {prior: 0.4}}\n", ""),
    ("costs: {navy: {bluff: 0.15, coerce: 0.05, take: 0}}", "costs: 0.1"),
    ("costs: {navy: {bluff: 0.5, coerce: 0.2, take: 0}}", "costs: 0.2"),
    ("costs: {court: {loyal: 0.3, wavering: 0}}", "costs: 0.2"),
    ("0.7 if court is wavering else 0.3", "0.6"),
    ("court: {loyal: -1, wavering: -0.2}", "court: -0.7"),
    ("navy: {bluff: -0.2, coerce: 0.4, take: 1}", "navy: 0.3"),
    ("navy: {bluff: 0, coerce: -0.2, take: -0.4}", "navy: -0.1"),
    ("court: {loyal: -0.8, wavering: 0.5}", "court: -0.2"),
)
GAMES = {"sel": (CASE, 96), "two secrets": (TWO_SECRETS, {3: 16, 2: 24}), "no secret": (NO_SECRET, None)}


@lru_cache
def solved(name: str) -> Solution:
    text, grid = GAMES[name]
    structure = compile_case(CaseDocument.model_validate(parse_yaml(text).data))
    return solve(structure.game(structure.at_quantile()), grid=grid, threads=1, play_from=0)


@pytest.mark.parametrize("name", GAMES)
def test_frequencies_agree_with_the_outcome_columns(name: str) -> None:
    solution = solved(name)
    made = simulate(solution, 200_000, key=7, seed=1)
    assert made.paths == 200_000
    slack = solution.certificate.grid_error
    assert slack is not None
    assert slack < 0.002
    for outcome, chance in solution.outcomes.items():
        share, error = made.frequencies[outcome]
        assert error == pytest.approx(np.sqrt(share * (1 - share) / 200_000))
        assert abs(share - chance) <= 4 * error + slack, outcome
    by_step = course(solution, start(solution), 0, 0).ended
    spread = 4 * np.sqrt(by_step * (1 - by_step) / made.paths) + slack + 1e-9
    assert (np.abs(made.ended() - by_step) <= spread).all()
    assert made.ended()[-1].sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["sel", "two secrets"])
@pytest.mark.no_cover
def test_the_public_is_calibrated(name: str) -> None:
    """Of the paths that end with a belief near p in a type, about p are of that type."""
    made = simulate(solved(name), 200_000, key=7, seed=2)
    for position, actor in enumerate(made.solution.game.secret):
        for kind, _ in enumerate(made.solution.game.types[actor]):
            belief = made.beliefs[position][:, kind]
            true = made.types[:, position] == kind
            assert float(true.mean()) == pytest.approx(made.solution.game.priors[actor][kind], abs=0.005)
            for low in np.arange(0, 1, 0.05):
                here = (belief >= low) & (belief < low + 0.05)
                if here.sum() < 500:
                    continue
                error = np.sqrt(max(belief[here].mean() * (1 - belief[here].mean()), 1e-4) / here.sum())
                assert abs(true[here].mean() - belief[here].mean()) <= 4 * error


def test_beliefs_follow_bayes_along_a_path() -> None:
    """Where play does not depend on beliefs, the belief is a product of known likelihoods."""
    structure = compile_case(CaseDocument.model_validate(parse_yaml(PUSHES.replace("{PARAMETERS}", "{}")).data))
    solution = solve(structure.game(structure.at_quantile()), grid=6, threads=1, play_from=0)
    made = simulate(solution, 4000, stories=40)
    for story in made.stories:
        pushes = sum(1 for one in story.happened if one.phase == 0)
        odds = [PRIOR[kind] * PUSH[kind] ** pushes * (1 - PUSH[kind]) ** (6 - pushes) for kind in ("x", "y")]
        assert story.beliefs[0][0] == pytest.approx(odds[0] / sum(odds), abs=1e-6)
    share = (made.types[:, 0] == 1).mean()
    assert share == pytest.approx(0.3, abs=0.03)


def test_the_answer_depends_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solved("sel")
    monkeypatch.setattr(module, "BLOCK", 1000)
    one, two = (simulate(solution, 2500, key=1, seed=3, threads=threads) for threads in (1, 3))
    assert (one.outcome == two.outcome).all()
    assert (one.beliefs[0] == two.beliefs[0]).all()
    longer = simulate(solution, 3500, key=1, seed=3)
    assert (longer.outcome[:2000] == one.outcome[:2000]).all()
    assert (simulate(solution, 2500, key=1, seed=4).outcome != one.outcome).any()
    assert (simulate(solution, 2500, key=2, seed=3).outcome != one.outcome).any()


def test_progress_and_what_is_refused() -> None:
    seen: list[tuple[int, int]] = []
    simulate(solved("no secret"), 10, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(10, 10)]
    with pytest.raises(SolveError, match="0 paths"):
        simulate(solved("no secret"), 0)
    game = solved("no secret").game
    with pytest.raises(ValueError, match="play_from=0"):
        simulate(solve(game, threads=1), 5)


def test_stories_tell_what_happened() -> None:
    solution = solved("two secrets")
    made = simulate(solution, 10, seed=1, stories=60)
    assert len(made.stories) == 60
    covert = [one for story in made.stories for one in story.happened if not one.seen]
    assert covert  # schemes happen, unseen
    for story in made.stories:
        steps = [(one.step, one.phase) for one in story.happened]
        assert steps == sorted(steps)
        last = story.happened[-1].node if story.happened else 0
        S = len(solution.game.states)
        if story.step < solution.game.steps:
            assert solution.game.terminal_outcome[last - S] == story.outcome
        else:
            assert last < S
            assert solution.game.outcomes[story.outcome] == "unresolved"
        assert sum(story.beliefs[0]) == pytest.approx(1, abs=1e-5)
