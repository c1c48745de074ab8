"""Laws every solved game obeys, on random small cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from random_games import random_game
from standoff.game import Game, compile_case
from standoff.language.document import CaseDocument
from standoff.solver import Solution, solve

PARAMETERS = {"p": 0.37}
SEEDS = st.integers(0, 10_000)
STEPS = st.integers(1, 3)
NEAR = 1e-8  # play is solved to 1e-10
laws = settings(max_examples=25, deadline=None)

Amount = Callable[[str, str | None, Any], Any]


def game_of(said: CaseDocument) -> Game:
    return compile_case(said).game(PARAMETERS)


def solved(said: CaseDocument, grid: int = 4, **kept: Any) -> Solution:
    return solve(game_of(said), grid=grid, threads=1, grid_error=False, **kept)


def plain(said: CaseDocument) -> dict[str, Any]:
    """The document as data that may be changed and read again."""
    return said.model_dump(by_alias=True)


def with_amounts(said: CaseDocument, amount: Amount, *, worth_only: bool = False) -> dict[str, Any]:
    """The document with every payoff rewritten by ``amount(actor, type or None, source)``."""

    def rewrite(actor: str, source: Any) -> Any:
        if isinstance(source, Mapping):
            return {kind: amount(actor, kind, one) for kind, one in source.items()}
        return amount(actor, None, source)

    data = plain(said)
    for outcome in data["outcomes"].values():
        outcome["worth"] = {actor: rewrite(actor, source) for actor, source in outcome["worth"].items()}
    if worth_only:
        return data
    for mover, effects in [*data["moves"].items(), ("", data["events"])]:
        for effect in effects.values():
            costs = effect["costs"]
            if costs is not None:
                costs = costs if isinstance(costs, Mapping) else {mover: costs}
                effect["costs"] = {actor: rewrite(actor, source) for actor, source in costs.items()}
    for flow in data["flows"].values():
        flow["worth"] = rewrite(flow["of"], flow["worth"])
    return data


def read(data: dict[str, Any]) -> CaseDocument:
    return CaseDocument.model_validate(data)


def all_play(solution: Solution) -> list[np.ndarray]:
    """Play [A, belief, n] of every phase and step."""
    return [solution.play[place] for place in sorted(solution.play)]


@laws
@given(seed=SEEDS, steps=STEPS)
def test_every_story_ends_once(seed: int, steps: int) -> None:
    solution = solved(random_game(seed, steps))
    chances = solution.start[:, solution.game.pay_columns :]
    assert (chances >= -1e-12).all()
    assert np.abs(chances.sum(axis=1) - 1).max() < 1e-12


@laws
@given(seed=SEEDS, steps=STEPS)
def test_nobody_expects_to_change_their_mind(seed: int, steps: int) -> None:
    """The posterior, weighed by how likely it is, is the prior; and whatever is seen is seen with probability 1."""
    solution = solved(random_game(seed, steps), own_until=steps)
    game, dice = solution.game, np.random.default_rng(seed)
    for step in range(steps):
        for k, phase in enumerate(game.phases):
            states = np.repeat(game.active[step][k], 3)
            beliefs = tuple(dice.dirichlet(np.ones(len(game.types[i])), len(states)) for i in game.secret)
            nodes = solution.look(step, k, states, beliefs)
            n = nodes.by_type.shape[2]
            own = beliefs[game.secret.index(phase.actor)] if phase.actor in game.secret else np.ones((len(states), 1))
            assert np.abs(nodes.by_type.sum(axis=1) - 1).max() < 1e-12
            assert np.abs(nodes.seen - np.einsum("don,dn->do", nodes.by_type, own)).max() < 1e-12
            assert np.abs(np.einsum("do,don->dn", nodes.seen, nodes.post) - own).max() < 1e-12
            chooses = nodes.count[:, 0] > 0
            if phase.choice and chooses.any():
                assert np.abs(nodes.play[chooses].sum(axis=1) - 1).max() < 1e-12
            assert n == own.shape[1]
            assert nodes.residual < 1e-8


@laws
@given(seed=SEEDS, steps=STEPS)
def test_a_constant_changes_no_choice(seed: int, steps: int) -> None:
    """Added to all worths of an actor without impatience, or to the costs of all moves of its only turn."""
    said = random_game(seed, steps)
    more = with_amounts(
        said, lambda actor, kind, source: source if actor == "c" else f"({source}) + 1.25", worth_only=True
    )
    for name in ("hold", "push", "sneak") if steps == 1 else ():
        costs = more["moves"]["a"][name]["costs"] or {}
        own = costs.get("a", 0)
        own = {kind: f"({one}) - 0.5" for kind, one in own.items()} if isinstance(own, Mapping) else f"({own}) - 0.5"
        more["moves"]["a"][name]["costs"] = {**costs, "a": own}
    before, after = solved(said, play_from=0), solved(read(more), play_from=0)
    for mine, theirs in zip(all_play(before), all_play(after), strict=True):
        assert np.abs(mine - theirs).max() < 1e-6  # stored in single precision
    outcomes = np.s_[:, before.game.pay_columns :]
    assert np.abs(before.start[outcomes] - after.start[outcomes]).max() < NEAR
    b = before.game.column[1]
    assert np.abs(after.start[:, b : b + 2] - before.start[:, b : b + 2] - 1.25).max() < NEAR


@laws
@given(seed=SEEDS, steps=STEPS, factor=st.sampled_from([0.01, 0.5, 3.0, 1000.0]))
def test_units_of_payoff_do_not_matter(seed: int, steps: int, factor: float) -> None:
    said = random_game(seed, steps)
    by = {"a": factor, "b": 1 / factor, "c": 2 * factor}
    data = with_amounts(said, lambda actor, kind, source: f"({source}) * {by[actor]!r}")
    for actor, scale in by.items():
        data["actors"][actor]["precision"] /= scale
    before, after = solved(said, play_from=0), solved(read(data), play_from=0)
    for mine, theirs in zip(all_play(before), all_play(after), strict=True):
        assert np.abs(mine - theirs).max() < 1e-6
    P = before.game.pay_columns
    assert np.abs(before.start[:, P:] - after.start[:, P:]).max() < NEAR
    scales = np.array([by[actor] for actor, kinds in zip("abc", before.game.types, strict=True) for _ in kinds])
    assert np.abs(after.start[:, :P] / scales - before.start[:, :P]).max() < NEAR


@laws
@given(seed=SEEDS, steps=STEPS, shuffle=st.randoms(use_true_random=False))
def test_the_order_of_listing_does_not_matter(seed: int, steps: int, shuffle: Random) -> None:
    """Actors, types, moves, factors and outcomes in another order: the same answer in another order."""
    said = random_game(seed, steps)
    data = plain(said)
    data["actors"]["b"]["standing"] = data["actors"]["b"]["standing"] or "answer"  # by default the first one listed
    data["actors"]["c"]["standing"] = "stay"
    first = solved(read(data))

    def mixed(table: dict[str, Any]) -> dict[str, Any]:
        return {name: table[name] for name in shuffle.sample(sorted(table), len(table))}

    for key in ("actors", "factors", "outcomes", "flows", "moves"):
        data[key] = mixed(data[key])
    for actor in data["actors"].values():
        actor["types"] = mixed(actor["types"])
    data["moves"] = {actor: mixed(moves) for actor, moves in data["moves"].items()}
    other = solved(read(data))

    def named(solution: Solution) -> dict[tuple[str, str], float]:
        game = solution.game
        columns = [(actor, kind) for actor, kinds in zip(game.actors, game.types, strict=True) for kind in kinds]
        columns += [("outcome", name) for name in game.outcomes]
        return dict(zip(columns, solution.at_start().tolist(), strict=True))

    mine, theirs = named(first), named(other)
    assert mine.keys() == theirs.keys()
    assert max(abs(mine[column] - theirs[column]) for column in mine) < NEAR


@settings(max_examples=4, deadline=None)
@given(seed=SEEDS, threads=st.integers(2, 5))
def test_the_number_of_threads_does_not_matter(seed: int, threads: int) -> None:
    game = game_of(random_game(seed, 2))
    one, many = (
        solve(game, grid=20, threads=n, grid_error=False, own_until=2, play_from=0, keep={(0, 0)})
        for n in (1, threads)
    )  # fmt: skip
    assert len(game.states) * one.grid.size > 4_000, "large enough to be shared out"
    assert np.array_equal(one.start, many.start)
    assert np.array_equal(one.kept[0, 0], many.kept[0, 0])
    for mine, theirs in zip(all_play(one), all_play(many), strict=True):
        assert np.array_equal(mine, theirs)
    same = ("residual", "flagged", "near_splitting", "rounds", "followed", "node_updates")
    assert [getattr(one.certificate, key) for key in same] == [getattr(many.certificate, key) for key in same]


@laws
@given(seed=SEEDS, steps=st.integers(1, 2), haunted=st.sampled_from(["a", "b"]), stake=st.floats(-3, 3))
def test_a_type_nobody_believes_in_does_not_matter(seed: int, steps: int, haunted: str, stake: float) -> None:
    said = random_game(seed, steps)

    def unless(actor: str, kind: str | None, source: Any) -> Any:
        return source if kind is not None else f"({source}) if {haunted} is not ghost else {stake!r}"

    data = with_amounts(said, unless)
    data["actors"][haunted]["types"]["ghost"] = {"prior": 0}
    before, after = solved(said), solved(read(data))
    who = after.game.actors.index(haunted)
    at = after.game.column[who] + after.game.types[who].index("ghost")
    assert np.abs(np.delete(after.at_start(), at) - before.at_start()).max() < NEAR
