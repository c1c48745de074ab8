"""What a draw says of things to watch for, against enumeration, hand-worked chances, laws and walks of history."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_kit import PRIOR, PUSH, PUSHES, day, edited, walked, write
from signs_twin import joint
from standoff.case import load
from standoff.forecast import signs as watching
from standoff.forecast.forward import course, course_of
from standoff.forecast.history import outcomes, start
from standoff.forecast.signs import ahead, horizons, kept_for, signs_of
from standoff.forecast.silence import Silence
from standoff.game import Structure, compile_case
from standoff.game.model import Floats
from standoff.language.document import CaseDocument, Clock
from standoff.language.read import parse_yaml
from standoff.solver import Solution, solve
from test_forecast_simulate import TWO_SECRETS
from wild_games import wild_game

TINY = edited(TWO_SECRETS, ("steps: 5", "steps: 3"), ("leave: {", "leave: {noticed: 0.4, "))


def solved(document: CaseDocument, grid: int) -> tuple[Structure, Solution, Silence]:
    structure = compile_case(document)
    parameters = structure.at_quantile()
    game = structure.game(parameters)
    keep = kept_for(range(1, game.steps + 1), len(game.phases))
    solution = solve(game, grid=grid, threads=1, grid_error=False, keep=keep, play_from=0)
    return structure, solution, Silence(structure, parameters)


@lru_cache(maxsize=4)
def tiny(grid: int = 2) -> tuple[Structure, Solution, Silence]:
    return solved(CaseDocument.model_validate(parse_yaml(TINY, "tiny.yaml").data), grid)


@lru_cache(maxsize=64)
def enumerated(row: int, end: int) -> Floats:
    """[2, 1 + K + E] the twin's answer for a sign of TINY (-1: quiet), seen and unseen before `end`."""
    structure, solution, silence = tiny()
    return np.stack(joint(solution, silence, None if row < 0 else signs_of(structure)[row], end))


def test_what_a_case_lets_one_see() -> None:
    structure, _, _ = tiny()
    found = [(sign.label, sign.move, sign.event) for sign in signs_of(structure)]
    assert found == [
        ("navy", "tighten", False), ("navy", "fire", False), ("navy", "leave", False), ("court", "yield", False),
        ("storm", "storm", True), ("rumour", "rumour", True),
    ]  # fmt: skip
    fire = signs_of(structure)[1]
    assert fire.turns == ((0, 2), (3, 1))  # in both of its turns, under the number it has there
    assert (fire.shown_in(0), fire.shown_in(1), fire.shown_in(3)) == (2, -1, 1)


@pytest.mark.parametrize("room", [watching.ROOM, 1])
@pytest.mark.no_cover
def test_every_sign_agrees_with_every_sequence_one_after_the_other(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "ROOM", room)  # 1: a group for each sign
    structure, solution, silence = tiny()
    ends = (1, 2, 3)
    seen, unseen = ahead(signs_of(structure), solution, silence, start(solution), 0, 0, ends)
    K = sum(len(prior) for prior in solution.priors)
    for i, sign in enumerate((*signs_of(structure), None)):
        for h, end in enumerate(ends):
            ours = np.stack([seen[i, h], unseen[i, h]])
            theirs = enumerated(i if sign is not None else -1, end)
            assert ours[:, : 1 + K] == pytest.approx(theirs[:, : 1 + K], abs=1e-12)
            # before the end outcome columns value the mass; the twin plays on with stored play, which is rounded
            assert ours == pytest.approx(theirs, abs=1e-12 if end == 3 else 1e-8)
    assert 0.05 < seen[0, 0, 0] < seen[0, 2, 0] < 0.95


@pytest.mark.parametrize("seed", [3, 11, 20])
def test_wild_games_agree_with_every_sequence(seed: int) -> None:
    structure, solution, silence = solved(wild_game(seed), 2)
    end = solution.game.steps
    signs = signs_of(structure)
    seen, unseen = ahead(signs, solution, silence, start(solution), 0, 0, (end,))
    assert len(signs) > 0
    for i, sign in enumerate((*signs[:4], None)):
        row = i if sign is not None else len(signs)
        theirs = joint(solution, silence, sign, end)
        assert seen[row, 0] == pytest.approx(theirs[0], abs=1e-9)
        assert unseen[row, 0] == pytest.approx(theirs[1], abs=1e-9)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_laws(seed: int) -> None:
    """Seen and not seen make up what is believed now; more time shows more; nothing is more likely than its parts."""
    structure, solution, silence = solved(wild_game(seed), 2)
    game = solution.game
    ends = tuple(range(1, game.steps + 1))
    seen, unseen = ahead(signs_of(structure), solution, silence, start(solution), 0, 0, ends)
    K = sum(len(prior) for prior in solution.priors)
    now = np.concatenate([[1.0], *solution.priors, list(solution.outcomes.values())])
    whole = seen + unseen
    assert np.abs(whole[..., : 1 + K] - now[: 1 + K]).max() < 1e-12
    assert np.abs(whole - now).max() < 1e-6
    assert (seen >= 0).all()
    assert (np.diff(seen[:-1, :, 0], axis=1) > -1e-12).all()
    assert (np.diff(seen[-1, :, 0]) < 1e-12).all()  # quiet can only break
    E = len(game.outcomes)
    assert seen[..., -E:].sum(axis=-1) == pytest.approx(seen[..., 0], abs=1e-9)


def test_the_same_pass_gives_the_course_of_the_story() -> None:
    structure, solution, silence = tiny()
    absorbed: list[Floats] = []
    alive: list[Floats] = []

    def note(over: Floats, there: Floats) -> None:
        absorbed.append(over)
        alive.append(there)

    ahead(signs_of(structure), solution, silence, start(solution), 0, 0, (1, 3), note)
    ours, theirs = course_of(solution.game, 0, absorbed, alive), course(solution, start(solution), 0, 0)
    assert ours.ended == pytest.approx(theirs.ended, abs=1e-6)
    assert ours.alive == pytest.approx(theirs.alive, abs=1e-6)
    assert ours.levels == pytest.approx(theirs.levels, abs=1e-6)


def test_chances_worked_out_by_hand(tmp_path: Path) -> None:
    structure = compile_case(load(write(tmp_path / "c", PUSHES)))
    parameters = structure.at_quantile()
    game = structure.game(parameters)
    ends = (1, 3, 6)
    solution = solve(game, threads=1, grid_error=False, keep=kept_for(ends, len(game.phases)), play_from=0)
    signs = signs_of(structure)
    assert [sign.move for sign in signs] == ["push", "note"]
    seen, unseen = ahead(signs, solution, Silence(structure, parameters), start(solution), 0, 0, ends)
    for h, n in enumerate(ends):
        none = {kind: PRIOR[kind] * (1 - PUSH[kind]) ** n for kind in PRIOR}
        assert unseen[0, h, 0] == pytest.approx(sum(none.values()), abs=1e-7)
        assert unseen[0, h, 1:3] == pytest.approx(list(none.values()), abs=1e-7)
        assert seen[1, h, 0] == pytest.approx(1 - 0.5**n, abs=1e-7)
        # reports never tell of a note, so quiet is that nobody pushes
        assert seen[2, h, :3] == pytest.approx(unseen[0, h, :3], abs=1e-7)


def test_quiet_is_a_walk_of_silence(tmp_path: Path) -> None:
    """The same as the forecast of the later day, had nothing been reported by then."""
    folder = write(tmp_path / "c", edited(TINY, ("storm: {", "storm: {noticed: 0.3, ")))
    structure, solution, silence = solved(load(folder).document, 24)
    seen, _ = ahead(signs_of(structure), solution, silence, start(solution), 0, 0, (2,))
    later = walked(folder, day(2), grid=24)
    assert seen[-1, 0, 0] == pytest.approx(later.likelihood, abs=5e-4)  # the walk keeps beliefs that lie off the grid
    K = 5
    assert seen[-1, 0, 1 : 1 + K] / seen[-1, 0, 0] == pytest.approx(later.belief(0) + later.belief(1), abs=2e-3)
    assert seen[-1, 0, 1 + K :] / seen[-1, 0, 0] == pytest.approx(outcomes(later.solution, later.walk), abs=2e-3)


def test_horizons_are_ends_of_steps_near_round_spans() -> None:
    week = Clock(start=date(2030, 1, 7), step="week", steps=26)
    assert horizons(week, 0, date(2030, 1, 7)) == (1, 2, 4, 26)
    assert horizons(week, 19, date(2030, 5, 22)) == (20, 21, 23, 26)  # on a Wednesday: days 5, 12, 26 and 47
    assert horizons(week, 24, date(2030, 6, 24)) == (25, 26)
    assert horizons(week, 26, date(2030, 7, 9)) == ()
    assert horizons(Clock(start=date(2030, 1, 7), step="day", steps=90), 10, date(2030, 1, 17)) == (11, 24, 38, 90)
    assert horizons(Clock(start=date(2030, 1, 1), step="quarter", steps=4), 1, date(2030, 4, 2)) == (2, 4)
    assert horizons(week, 0, date(2029, 12, 1)) == (1, 26)  # before the start everything near is the first step
