"""The inner loops: their small vectors, any number of types, which branch is taken, and code kept from yesterday."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.optimize import root

from oracle_games import document, game_of, repeated, signalling
from random_games import random_game
from standoff.language.document import CaseDocument
from standoff.solver import Solution, solve
from standoff.solver.kernels import lanes
from standoff.solver.kernels.fresh import STAMP, forget_stale_code


@njit
def exponentials(x: np.ndarray, found: np.ndarray) -> None:
    for i in range(x.shape[0]):
        lanes.put(found, i, 0, lanes.exp(lanes.get(x, i, 0)))


@njit
def gathered(flat: np.ndarray, at: int, index: np.ndarray, found: np.ndarray) -> None:
    for i in range(index.shape[0]):
        where = lanes.whole(lanes.floor(lanes.get(index, i, 0)))
        lower = lanes.smaller(lanes.gather(flat, at, where), lanes.splat(0.5))
        lanes.put(found, i, 0, 2.0 * lower - lanes.get(index, i, 0) / 4)


def test_exponentials_of_lanes() -> None:
    x = np.concatenate([np.linspace(-690, 690, 4000), np.linspace(-1, 1, 4000), [0.0, -0.0, 1e-300, -1e-17] * 4])
    x = np.resize(x, (-(-len(x) // lanes.WIDTH), 1, lanes.WIDTH))
    found = np.empty_like(x)
    exponentials(x, found)
    assert np.abs(found / np.exp(x) - 1).max() < 5e-16
    tiny = np.full((1, 1, lanes.WIDTH), -1e6)
    exponentials(tiny, tiny)
    assert 0 <= tiny.max() < 1e-300


def test_arithmetic_of_lanes() -> None:
    dice = np.random.default_rng(0)
    flat, index = dice.random(500), dice.uniform(0, 490, (40, 1, lanes.WIDTH))
    found = np.empty_like(index)
    gathered(flat, 7, index, found)
    expected = 2 * np.minimum(flat[7 + index.astype(int)], 0.5) - index / 4
    assert np.abs(found - expected).max() < 1e-13


# --- any number of types: a type split into twins is the same type


def split(said: CaseDocument, actor: str, twins: dict[str, list[float]]) -> CaseDocument:
    """Each type of an actor in as many copies as it has shares, its prior shared out; copies stay side by side."""
    data = said.model_dump(by_alias=True)
    old = data["actors"][actor]["types"]
    data["actors"][actor]["types"] = {
        f"{kind}{i}": {**old[kind], "prior": old[kind]["prior"] * share / sum(shares)}
        for kind, shares in twins.items()
        for i, share in enumerate(shares)
    }

    def either(kind: str) -> str:
        return "(" + " or ".join(f"{actor} is {kind}{i}" for i in range(len(twins[kind]))) + ")"

    def reworded(source: Any) -> Any:
        if isinstance(source, dict) and source.keys() & twins.keys():
            return {f"{kind}{i}": source[kind] for kind in source for i in range(len(twins[kind]))}
        if isinstance(source, dict):
            return {key: reworded(one) for key, one in source.items()}
        if isinstance(source, str):
            for kind in twins:
                source = source.replace(f"{actor} is {kind}", either(kind))
        return source

    data["outcomes"] = {name: {**one, "worth": reworded(one["worth"])} for name, one in data["outcomes"].items()}
    return CaseDocument.model_validate(data)


def outcomes_of(said: CaseDocument, grid: int) -> np.ndarray:
    solution = solve(game_of(said), grid=grid, threads=1, grid_error=False)
    assert solution.certificate.residual < 1e-8
    return np.array(list(solution.outcomes.values()))


SHARES = st.lists(st.floats(0.05, 1), min_size=1, max_size=3)


@settings(max_examples=12)
@given(first=SHARES, second=SHARES, lam=st.sampled_from([0.5, 2.0, 5.0]))
def test_a_type_split_into_twins_changes_nothing(first: list[float], second: list[float], lam: float) -> None:
    """Two to six types; the grids of both games hold the same beliefs about what matters."""
    if len(first) + len(second) > 5:
        second = second[:2]
    expected = outcomes_of(signalling(lam), 8)
    found = outcomes_of(split(signalling(lam), "s", {"resolved": first, "bluffing": second}), 8)
    assert found == pytest.approx(expected, abs=1e-8)


def test_five_types_over_several_periods() -> None:
    twins = {"res": [1.0, 2.0], "blf": [1.0, 1.0, 3.0]}
    expected = outcomes_of(repeated(2, 4.0), 6)
    assert outcomes_of(split(repeated(2, 4.0), "c", twins), 6) == pytest.approx(expected, abs=1e-8)


# --- which equilibrium


def sender(solution: Solution, belief: float) -> Any:
    """R of the sender's node: from play to the values of its moves, both [moves, types]."""
    values = solution.own[0, 0]
    nodes = solution.look(0, 0, [0], (np.array([[1 - belief, belief]]),))
    grid = np.linspace(0, 1, solution.grid.axes[0].m + 1)

    def respond(play: np.ndarray) -> np.ndarray:
        found = np.empty((2, 2))
        for move in (0, 1):
            told = play[move] * [1 - belief, belief]
            z = told[1] / told.sum()
            node = nodes.leads_to[0, move]
            found[move] = [np.interp(z, grid, values[node, :, kind]) for kind in (0, 1)]
        return found

    return respond, nodes.play[0, :2]


def logit(q: np.ndarray) -> np.ndarray:
    raised = np.exp(q - q.max(axis=0))
    return np.asarray(raised / raised.sum(axis=0))


def followed(respond: Any, lam: float, steps: int = 400) -> np.ndarray | None:
    """Play reached from uniform play as precision rises little by little; None where it ever jumps."""
    y = lam * respond(np.full((2, 2), 0.5))
    play = np.full((2, 2), 0.5)
    for step in range(1, steps + 1):
        s = step / steps
        gap = lambda flat, s=s: flat - lam * respond(logit(s * flat.reshape(2, 2))).ravel()  # noqa: E731
        found = root(gap, y.ravel(), options={"xtol": 1e-12})
        moved = logit(s * found.x.reshape(2, 2))
        if np.abs(gap(found.x)).max() > 1e-8 or np.abs(moved - play).max() > 0.05:
            return None
        y, play = found.x.reshape(2, 2), moved
    return play


@pytest.mark.parametrize("lam", [5.0, 12.0, 15.0, 20.0, 30.0])
def test_the_branch_is_the_one_that_starts_at_uniform_play(lam: float) -> None:
    game = game_of(signalling(lam))
    solution = solve(game, grid=100, threads=1, grid_error=False, own_until=1)
    compared = 0
    for belief in np.linspace(0.05, 0.95, 19):
        respond, play = sender(solution, float(belief))
        slow = followed(respond, lam)
        if slow is not None:
            assert play == pytest.approx(slow, abs=1e-6), belief
            compared += 1
    assert compared >= 5


def test_uniform_play_may_lead_to_another_branch() -> None:
    """The node for which mere iteration would give the wrong answer is among those the last test compares."""
    lam = 30.0
    solution = solve(game_of(signalling(lam)), grid=100, threads=1, grid_error=False, own_until=1)
    astray = 0
    for belief in np.linspace(0.05, 0.95, 91):
        respond, play = sender(solution, float(belief))
        q = respond(np.full((2, 2), 0.5))
        for _ in range(400):
            q = 0.8 * q + 0.2 * respond(logit(lam * q))
        settled = np.abs(respond(logit(lam * q)) - q).max() < 1e-9
        astray += settled and np.abs(logit(lam * q) - play).max() > 0.05
    assert astray > 0
    assert solution.certificate.followed > 0


def test_near_splitting_is_said() -> None:
    calm, torn = (solve(game_of(repeated(3, lam)), grid=100, threads=1, grid_error=False) for lam in (3.0, 60.0))
    assert calm.certificate.near_splitting == calm.certificate.followed == 0
    assert 0 < torn.certificate.near_splitting <= torn.certificate.followed


@pytest.mark.parametrize(("periods", "lam", "grid"), [(3, 30.0, 200), (3, 40.0, 200), (3, 100.0, 50), (6, 40.0, 40)])
def test_no_node_is_left_over_at_high_precision(periods: int, lam: float, grid: int) -> None:
    certificate = solve(game_of(repeated(periods, lam)), grid=grid, threads=1, grid_error=False).certificate
    assert certificate.residual < 1e-9
    assert certificate.flagged == 0


# --- large and small


def test_a_state_with_one_move_that_tells_nothing_keeps_its_values() -> None:
    """Steps in which nothing can happen change nothing, whatever is believed."""
    said = document(
        clock={"start": "2030-01-01", "step": "day", "steps": 5},
        actors={"a": {"types": {"x": {"prior": 0.4}, "y": {"prior": 0.6}}}, "b": {"precision": 2}},
        moves={"a": {"hold": {}}, "b": {"hold": {}, "quit": {"when": "step == 4", "ends": "over"}}},
        outcomes={
            "over": {"worth": {"a": {"x": 1, "y": 2}, "b": "1 if a is x else 0"}},
            "unresolved": {"worth": {"a": 0, "b": 0.3}},
        },
    )
    solution = solve(game_of(said), grid=10, threads=1)
    mu = solution.grid.axes[0].points[:, 0]  # chance of x
    quits = 1 / (1 + np.exp(-2 * (mu - 0.3)))
    assert solution.start[:, 3] == pytest.approx(quits, abs=1e-12)
    assert solution.start[:, 1] == pytest.approx(2 * quits, abs=1e-12)


def test_many_moves_and_more_columns_than_a_line() -> None:
    """Thirteen moves, each to an outcome of its own: plain logit, in every lane and every column."""
    said = document(
        actors={"a": {"types": {"x": {"prior": 0.4}, "y": {"prior": 0.6}}, "precision": 3}},
        moves={"a": {f"m{i}": {"ends": f"o{i}", "costs": {"a": {"x": 0.02 * i, "y": -0.01 * i}}} for i in range(13)}},
        outcomes={
            **{f"o{i}": {"worth": {"a": {"x": (i % 5) / 5, "y": (i % 3) / 3}}} for i in range(13)},
            "unresolved": {"worth": {"a": 0}},
        },
    )
    solution = solve(game_of(said), grid=9, threads=1)
    i = np.arange(13)
    q = np.stack([(i % 5) / 5 - 0.02 * i, (i % 3) / 3 + 0.01 * i], axis=1)
    play = logit(3 * q)
    points = solution.grid.axes[0].points
    assert solution.start[:, 2:15] == pytest.approx(points @ play.T, abs=1e-12)
    assert solution.start[:, :2] == pytest.approx(np.tile((play * q).sum(axis=0), (10, 1)), abs=1e-12)


@pytest.mark.parametrize("types", [2, 3, 4])
@pytest.mark.parametrize("precision", [600.0, 2_000.0, 1e6])
def test_a_slip_that_is_next_to_impossible_tells_nothing(types: int, precision: float) -> None:
    """The chance of what is seen may be so small that its inverse is no number; beliefs stay where they were."""
    said = document(
        factors={"found": {"levels": ["nothing", "trace", "all"]}},
        actors={
            "a": {"types": {f"t{i}": {"prior": 1 / types} for i in range(types)}, "precision": precision},
            "b": {"precision": 3},
        },
        moves={
            "a": {
                "hold": {},
                "blunder": {
                    "perhaps": [{"chance": 1e-6, "then": {"found": "trace"}}],
                    "then": {"found": "all"},
                    "costs": {"a": {f"t{i}": 1 + 0.1 * i for i in range(types)}},
                },
            },
            "b": {"wait": {}, "act": {"ends": "over"}},
        },
        outcomes={"over": {"worth": {"a": 1e-7, "b": "1 if a is t0 else 0"}}, "unresolved": {"worth": {"b": 0.2}}},
    )
    solution = solve(game_of(said), grid=4, threads=1)
    first = solution.grid.axes[0].points[:, 0]
    assert solution.start[:, -2] == pytest.approx(1 / (1 + np.exp(-3 * (first - 0.2))), abs=1e-9)
    assert solution.certificate.residual < 1e-9
    beliefs = (np.array([[1.0, *[0.0] * (types - 1)], [1 / types] * types]),)
    nodes = solution.look(0, 0, [0, 0], beliefs)
    assert np.isfinite(nodes.post).all()
    assert nodes.post.sum(axis=2) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("precision", [700.0, 720.0, 760.0, 5_000.0, 1e6])
def test_the_branch_is_followed_past_the_smallest_numbers(precision: float) -> None:
    """A promise that costs more than any belief is worth: at 720 logits its chance is below the smallest number."""
    said = document(
        factors={"word": {"levels": ["none", "given"]}},
        actors={
            "a": {"types": {"x": {"prior": 0.5}, "y": {"prior": 0.5}}, "precision": precision},
            "b": {"precision": 5},
        },
        moves={
            "a": {
                "hold": {},
                "promise": {"when": "word is none", "then": {"word": 1}, "costs": {"a": {"x": 1, "y": 1.02}}},
            },
            "b": {"resist": {}, "yield": {"ends": "settled"}},
        },
        outcomes={
            "settled": {"worth": {"a": {"x": 0.3, "y": 0.24}, "b": "0.8 if a is x else -0.5"}},
            "unresolved": {},
        },
    )
    solution = solve(game_of(said), grid=40, threads=1, grid_error=False)
    assert solution.certificate.followed > 0
    assert solution.certificate.flagged == 0
    assert solution.certificate.residual < 1e-9
    mu = solution.grid.axes[0].points[:, 0]
    assert solution.start[:, -2] == pytest.approx(1 / (1 + np.exp(-5 * (1.3 * mu - 0.5))), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_an_actor_that_never_gets_its_turn_keeps_to_its_standing_move(seed: int) -> None:
    tempo = {"per": "week", "times": 0}
    data = random_game(seed, 2).model_dump(by_alias=True)
    for actor, standing in (("a", "sneak"), ("b", "answer"), ("c", "stay")):
        data["actors"][actor] |= {"standing": standing, "tempo": tempo}
        data["moves"][actor][standing]["when"] = True
    bound = copy.deepcopy(data)
    bound["moves"] = {
        actor: {name: move for name, move in moves.items() if name == data["actors"][actor]["standing"]}
        for actor, moves in data["moves"].items()
    }
    bound["order"] = [
        {**entry, "moves": [data["actors"][entry["actor"]]["standing"]]} if isinstance(entry, dict) and entry["actor"]
        else entry for entry in data["order"]
    ]  # fmt: skip
    free, forced = (
        solve(game_of(CaseDocument.model_validate(said), p=0.37), grid=6, threads=1, own_until=2)
        for said in (data, bound)
    )
    assert free.at_start() == pytest.approx(forced.at_start(), abs=1e-12)
    assert np.abs(free.start - forced.start).max() < 1e-12
    for actor in free.start_play().values():
        for play in actor.values():
            assert sum(play.values()) == pytest.approx(1, abs=1e-12), "what it would do, given a turn"


# --- compiled code kept from yesterday


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    sources, kept = tmp_path / "sources", tmp_path / "sources" / "kept"
    kept.mkdir(parents=True)
    (sources / "layers.py").write_text("one")
    (sources / "lanes.py").write_text("two")
    for name in ("layers.solve-1.py311.nbi", "layers.solve-1.py311.1.nbc", "others.thing-1.py311.nbi"):
        (kept / name).write_bytes(b"compiled")
    return sources, kept


def test_stale_code_goes_and_fresh_code_stays(folders: tuple[Path, Path]) -> None:
    sources, kept = folders
    before = copy.copy(sorted(file.name for file in kept.iterdir()))
    assert forget_stale_code(sources, kept, ("layers",))
    assert sorted(file.name for file in kept.iterdir()) == ["others.thing-1.py311.nbi", STAMP]
    for name in before:
        (kept / name).write_bytes(b"compiled anew")
    assert not forget_stale_code(sources, kept, ("layers",))
    assert set(before) <= {file.name for file in kept.iterdir()}
    (sources / "lanes.py").write_text("changed, though layers.py is not")
    assert forget_stale_code(sources, kept, ("layers",))
    assert not list(kept.glob("layers.*"))


def test_a_folder_that_cannot_be_written_is_left(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    sources, kept = folders

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    assert not forget_stale_code(sources, kept, ("layers",))
    assert len(list(kept.iterdir())) == 3
