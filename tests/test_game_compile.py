"""From a document to a game: which states, which moves, with which chances; and what is refused."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle_games import document
from random_games import random_game
from standoff.errors import GameError, Problem
from standoff.game import Game, compile_case
from standoff.game import reach as reach_module
from standoff.language.calendar import DAYS
from standoff.language.document import CaseDocument
from standoff.solver import solve
from twin import Reader

UNRESOLVED = {"unresolved": {}}


def small(**said: Any) -> CaseDocument:
    """One actor `a` that waits, unless more is said."""
    return document(
        **{
            "actors": {"a": {"precision": 0}},
            "outcomes": {"done": {}, "unresolved": {}},
            **said,
        }
    )


def compiled(said: CaseDocument, **parameters: float) -> Game:
    return compile_case(said).game(parameters)


def chances(said: CaseDocument, **parameters: float) -> dict[str, float]:
    return solve(compiled(said, **parameters), grid=4, threads=1).outcomes


def refused(said: CaseDocument, **parameters: float) -> Problem:
    with pytest.raises(GameError) as caught:
        compiled(said, **parameters)
    (problem,) = caught.value.problems
    assert problem.mend
    return problem


# --- states


def random_world(seed: int) -> CaseDocument:
    """Three factors pushed about at random under random guards, over a few steps."""
    random = Random(seed)
    factors = {name: [f"{name}{i}" for i in range(random.randint(1, 4))] for name in ("f", "g", "h")}

    def guard() -> Any:
        name = random.choice(list(factors))
        level = random.choice(factors[name])
        other = random.choice(["true", "step >= 1", "step != 2", f"{random.choice(list(factors))} < 2"])
        return random.choice([True, f"{name} is {level}", f"{name} is not {level} and {other}", other])

    def then() -> dict[str, Any]:
        name = random.choice(list(factors))
        return {name: random.choice([1, -1, "+1", "-1", 2, random.choice(factors[name])])}

    def effect() -> dict[str, Any]:
        said: dict[str, Any] = {"when": guard(), "then": then()}
        if random.random() < 0.4:
            said["perhaps"] = [{"chance": random.choice([0.3, "1 / 2", 1]), "then": then()}]
        elif random.random() < 0.3:
            said["ends"] = {"done": random.choice([0.4, 1])}
        return said

    return document(
        clock={"start": "2030-01-01", "step": "week", "steps": random.randint(1, 4)},
        factors={name: {"levels": levels, "start": random.choice(levels)} for name, levels in factors.items()},
        actors={"a": {}, "b": {}},
        moves={
            "a": {f"m{i}": effect() for i in range(random.randint(1, 3))},
            "b": {"hold": {"when": guard()}, "n": {**effect(), "covert": True}},
        },
        events={"e": {**effect(), "chance": 0.5}},
        outcomes={"done": {}, "unresolved": {}},
    )


def by_hand(said: CaseDocument, parameters: dict[str, float]) -> list[list[set[tuple[int, ...]]]]:
    """[step][phase] states in which a phase can be entered; a last entry per step for its end."""
    read = Reader(said, parameters)
    here, table = {read.start}, []
    for step in range(said.clock.steps):
        row = []
        for turn in read.turns:
            row.append(here)
            after = set()
            for state in here:
                acts = read.acts(turn, step, state)
                nodes = [node for act in acts for leads in act.ways for _, node in leads]
                after |= {node for node in nodes if not (node and isinstance(node[0], str))}
                after |= set() if acts else {state}
            here = after
        table.append([*row, here])
    return table


def active_of(game: Game) -> list[list[set[tuple[int, ...]]]]:
    return [
        [{tuple(row) for row in game.states[at].tolist()} for at in (*now, end)]
        for now, end in zip(game.active, game.active_end, strict=True)
    ]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_reachable_states_are_those_found_by_hand(seed: int) -> None:
    said = random_world(seed)
    game = compiled(said)
    states = [tuple(row) for row in game.states.tolist()]
    assert len(set(states)) == len(states)
    assert states[0] == Reader(said, {}).start
    assert active_of(game) == by_hand(said, {})
    found = {state for row in by_hand(said, {}) for now in row for state in now}
    assert found <= set(states)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.floats(0.2, 0.6))
def test_reachable_states_with_secrets_and_parameters(seed: int, steps: int, p: float) -> None:
    said = random_game(seed, steps)
    assert active_of(compiled(said, p=p)) == by_hand(said, {"p": p, "q": 1 - p})


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_chances_of_a_move_add_up(seed: int) -> None:
    game = compiled(random_world(seed))
    for phase in game.phases:
        assert (phase.br_prob >= 0).all()
        totals = np.add.reduceat(phase.br_prob, phase.br_ptr[:-1], axis=1) if len(phase.br_ptr) > 1 else np.ones(1)
        assert totals == pytest.approx(1, abs=1e-12)


def test_too_many_combinations_are_refused_before_any_work() -> None:
    levels = [f"l{i}" for i in range(100)]
    problem = refused(small(factors={name: {"levels": levels} for name in ("f", "g", "h", "i")}))
    assert "100,000,000" in problem.found
    assert "Merge levels" in problem.mend


def test_too_many_reachable_states_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach_module, "MAX_STATES", 8)
    ladder = {f"f{i}": {"levels": ["low", "high"]} for i in range(4)}
    up = {f"up{i}": {"then": {f"f{i}": 1}} for i in range(4)}
    problem = refused(small(factors=ladder, moves={"a": up}))
    assert "more than 8 reachable states" in problem.found
    assert "when" in problem.mend
    del up["up3"]  # eight states are allowed
    assert len(compiled(small(factors=ladder, moves={"a": up})).states) == 8


# --- guards


def test_a_guard_over_parameters_is_settled_draw_by_draw() -> None:
    said = small(
        parameters={"p": {"prior": {"uniform": [0, 1]}}},
        factors={"f": {"levels": ["low", "high"]}},
        moves={
            "a": {
                "rise": {"when": "p > 0.5", "then": {"f": 1}},
                "end": {"when": "f is high and p > 0.5", "ends": "done"},
            }
        },
        clock={"start": "2030-01-01", "step": "week", "steps": 2},
    )
    structure = compile_case(said)
    assert structure.game({"p": 0.4}).states.tolist() == structure.game({"p": 0.6}).states.tolist() == [[0], [1]]
    assert solve(structure.game({"p": 0.4}), threads=1).outcomes["done"] == 0
    # step 0: rise; step 1: rise again or end, at a coin toss
    assert solve(structure.game({"p": 0.6}), threads=1).outcomes["done"] == pytest.approx(0.5)
    assert solve(structure.game({"p": 0.5}), threads=1).outcomes["done"] == 0


def test_guards_on_the_step_and_on_the_date() -> None:
    def first_open(guard: str) -> list[bool]:
        game = compiled(
            small(
                clock={"start": "2030-01-01", "step": "week", "steps": 4},
                moves={"a": {"end": {"when": guard, "ends": "done"}}},
            )
        )
        (phase,) = game.phases
        return [bool(phase.act_open[t if len(phase.act_open) > 1 else 0, 0]) for t in range(4)]

    assert first_open("step >= 2") == [False, False, True, True]
    assert first_open("date >= 2030-01-15") == [False, False, True, True]
    assert first_open("date >= 2030-01-16") == [False, False, False, True]
    assert first_open("date < 2030-01-08") == [True, False, False, False]
    assert first_open("true") == [True] * 4


def test_an_actor_without_an_open_move_passes() -> None:
    said = small(moves={"a": {"end": {"when": "false", "ends": "done"}}})
    assert chances(said) == {"done": 0.0, "unresolved": 1.0}


# --- chances


def test_the_remainder_of_ends_and_perhaps_goes_on() -> None:
    said = small(
        factors={"f": {"levels": ["low", "mid", "high"]}},
        outcomes={"done": {}, "low": {}, "mid": {}, "high": {}, "unresolved": {}},
        moves={
            "a": {
                "try": {
                    "ends": {"done": 0.1},
                    "perhaps": [{"chance": 0.2, "then": {"f": "mid"}}, {"chance": "0.6 / 2", "then": {"f": "low"}}],
                    "then": {"f": "+2"},
                }
            }
        },
        events={level: {"chance": 1, "when": f"f is {level}", "ends": level} for level in ("low", "mid", "high")},
    )
    found = chances(said)
    assert found == pytest.approx({"done": 0.1, "low": 0.3, "mid": 0.2, "high": 0.4, "unresolved": 0.0})


def test_shifts_stop_at_the_ends_of_the_scale() -> None:
    said = small(
        factors={"f": {"levels": ["low", "mid", "high"], "start": "mid"}},
        moves={"a": {"up": {"then": {"f": "+5"}}, "down": {"then": {"f": -9}}}},
    )
    assert compiled(said).states.tolist() == [[1], [0], [2]]


@pytest.mark.parametrize("rungs", [32_767, 40_000, 10**30])
def test_shifts_stop_at_the_ends_however_far_they_go(rungs: int) -> None:
    levels = {"levels": ["low", "mid", "high"], "start": "mid"}
    assert compiled(small(factors={"f": levels}, moves={"a": {"up": {"then": {"f": rungs}}}})).states.tolist() == [
        [1],
        [2],
    ]
    assert compiled(small(factors={"f": levels}, moves={"a": {"down": {"then": {"f": -rungs}}}})).states.tolist() == [
        [1],
        [0],
    ]


P = {"p": {"prior": {"uniform": [0.1, 0.6]}}}


@pytest.mark.parametrize(
    ("effect", "p", "found"),
    [
        ({"ends": {"done": "2 * p"}}, 0.6, "1.2"),
        ({"ends": {"done": "p - 0.2"}}, 0.1, "-0.1"),
        ({"ends": {"done": "max(0.2, 0.1 / abs(p - 0.5) - 1)"}}, 0.5, "inf"),
        ({"perhaps": [{"chance": "1.35 - p", "then": {"f": 1}}]}, 0.1, "1.25"),
        ({"ends": {"done": "p"}, "perhaps": [{"chance": 0.5, "then": {"f": 1}}]}, 0.6, "the remainder"),
    ],
)
def test_a_chance_outside_0_to_1_is_refused(effect: dict[str, Any], p: float, found: str) -> None:
    factors = {"f": {"levels": ["low", "high"]}}
    problem = refused(small(parameters=P, factors=factors, moves={"a": {"go": effect}}), p=p)
    assert problem.path.startswith("moves.a.go.")
    assert found in problem.found
    assert "f low" in problem.found
    event = small(parameters=P, factors=factors, events={"e": {"chance": 1, **effect}})
    assert refused(event, p=p).path.startswith("events.e.")
    # at other parameters, or where the move is closed, there is nothing wrong
    compiled(small(parameters=P, factors=factors, moves={"a": {"go": effect}}), p=0.4)
    closed = {**effect, "when": "f is high"} if "perhaps" not in effect else {**effect, "when": "false"}
    compiled(small(parameters=P, factors=factors, moves={"a": {"go": closed}}), p=p)


def test_a_remainder_that_appears_only_in_rare_draws_is_refused_not_lost() -> None:
    said = small(parameters=P, moves={"a": {"go": {"ends": {"done": "1 if p > 0.1 else 0.5"}}}})
    assert chances(said, p=0.3)["done"] == 1
    assert "left over" in refused(said, p=0.1).found


def test_a_remainder_at_the_far_end_of_a_prior_goes_on() -> None:
    """A chance that is cut off at 1 nearly everywhere leaves something over in a few draws."""
    ships = {"ships": {"prior": {"normal": [2, 0.4]}}, **{f"q{i}": {"prior": {"beta": [2, 2]}} for i in range(5)}}
    said = small(parameters=ships, moves={"a": {"go": {"ends": {"done": "clip(ships, 0, 1)"}}}})
    others = {f"q{i}": 0.5 for i in range(5)}
    assert chances(said, ships=2.0, **others) == {"done": 1, "unresolved": 0}
    assert chances(said, ships=0.7, **others) == pytest.approx({"done": 0.7, "unresolved": 0.3})


def test_other_numbers_that_make_no_game() -> None:
    assert (
        refused(small(parameters=P, events={"e": {"rate": "-p", "per": "day", "ends": "done"}}), p=0.3).path
        == "events.e.rate"
    )
    assert refused(small(events={"e": {"chance": 1.5, "ends": "done"}})).path == "events.e.chance"
    costly = small(parameters=P, moves={"a": {"go": {"costs": "1 / (p - 0.3)"}, "stay": {}}})
    assert refused(costly, p=0.3).path == "a.go.costs"
    worth = small(
        parameters=P, moves={"a": {"go": {"ends": "done"}}}, outcomes={"done": {"worth": {"a": "log(p - 1)"}}}
    )
    assert refused(worth, p=0.3).path == "outcomes.done.worth"
    types = small(actors={"a": {"types": {"x": {"prior": 0.5}, "y": {"prior": 0.6}}}})
    assert "sum to 1.1" in refused(types).found
    assert refused(small(actors={"a": {"precision": -1}}, moves={"a": {"go": {}}})).path == "actors.a.precision"


@pytest.mark.parametrize(
    ("actor", "path"),
    [
        *(({"precision": odd}, "precision") for odd in ("-p", "log(p - 1)", "1 / (p - 0.3)")),
        *(({"tempo": {"per": "day", "times": odd}}, "tempo.times") for odd in ("log(p - 1)", "1 / (p - 0.3)")),
        *(({"discount": {"per": "month", "factor": odd}}, "discount.factor") for odd in ("-p", "1 + p", "log(p - 1)")),
    ],
)
def test_numbers_no_actor_can_have(actor: dict[str, Any], path: str) -> None:
    said = small(parameters=P, actors={"a": actor}, moves={"a": {"stay": {}, "go": {}}})
    problem = refused(said, p=0.3)
    assert problem.path == f"actors.a.{path}"
    assert "number" in problem.expected


RUNG = {"rung": {"levels": ["r0", "r1"]}}


@pytest.mark.parametrize(
    "said",
    [
        {"events": {"e": {"rate": "0.1 * (step - 1)", "per": "week", "when": "step >= 1", "ends": "done"}}},
        {"events": {"e": {"rate": "0.1 / rung", "per": "week", "when": "rung >= r1", "ends": "done"}}},
        {"moves": {"a": {"go": {"when": "step >= 1", "costs": "log(step)"}, "stay": {"then": {"rung": 1}}}}},
        {"moves": {"a": {"go": {"when": "rung is r1", "costs": "1 / rung"}, "stay": {"then": {"rung": 1}}}}},
        {"moves": {"a": {"go": {"when": "p > 0.1001", "ends": {"done": "1 if p > 0.1001 else 0"}}}}},
        {"flows": {"f": {"of": "a", "per": "week", "worth": "1 / rung", "when": "rung >= r1"}}},
        {
            "moves": {"a": {"go": {"when": "rung is r1", "ends": "done"}, "stay": {"then": {"rung": 1}}}},
            "outcomes": {"done": {"worth": {"a": "1 / rung"}}, "unresolved": {}},
        },
        {
            "moves": {"a": {"go": {"when": "rung is r1 and p < 1", "ends": "done"}, "stay": {"then": {"rung": 1}}}},
            "outcomes": {"done": {"worth": {"a": "1 / rung"}}, "unresolved": {}},
        },
    ],
)
def test_formulas_answer_only_for_where_they_apply(said: dict[str, Any]) -> None:
    """A chance, a cost, a flow or a worth may be nonsense where its move is closed: nobody ever asks there."""
    clock = {"start": "2030-01-01", "step": "week", "steps": 2}
    moves = {"a": {"stay": {"then": {"rung": 1}}}}
    game = compiled(small(**{"clock": clock, "factors": RUNG, "parameters": P, "moves": moves, **said}), p=0.1)
    assert len(game.states) == 1 + ("stay" in str(said.get("moves", moves)))
    assert np.isfinite(solve(game, threads=1).start).all()


def test_structures_that_make_no_game() -> None:
    assert "the clock can run out" in refused(small(outcomes={"done": {}})).found
    loop = {"p": {"is": "q + 1"}, "q": {"is": "p - 1"}}
    assert "define each other: p, q" in refused(small(parameters=loop)).found
    two = {kind: {"prior": 0.5} for kind in "xy"}
    both = small(
        actors={"a": {"types": two}, "b": {"types": two}},
        events={"e": {"chance": "0.5 if a is x and b is y else 0.1", "ends": "done"}},
    )
    assert "types of a and b" in refused(both).found


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"moves": {"a": {"go": {"when": "a is x"}}}}, "moves.a.go"),
        ({"moves": {"a": {"go": {"when": "b is x and step > 0"}}}}, "moves.a.go"),
        ({"moves": {"a": {"go": {"ends": {"done": "0.5 if b is x else 0.1"}}}}}, "moves.a.go"),
        ({"events": {"e": {"when": "b is x", "chance": 0.5, "ends": "done"}}}, "events.e"),
    ],
)
def test_nobody_acts_on_what_another_hides(said: dict[str, Any], path: str) -> None:
    two = {kind: {"prior": 0.5} for kind in "xy"}
    problem = refused(small(actors={"a": {"types": two}, "b": {"types": two}}, **said))
    assert problem.path == path
    assert "depends on the type of" in problem.found


def test_derived_parameters_are_worked_out_in_any_order() -> None:
    structure = compile_case(small(parameters={"r": {"is": "q * 2"}, "q": {"is": "p + 1"}, **P}))
    assert structure.settle({"p": 0.5}) == {"p": 0.5, "q": 1.5, "r": 3.0}


# --- what is seen


def seen_of(moves: dict[str, Any], **actor: Any) -> set[tuple[int, int]]:
    """(label, state) of everything `a` can leave behind in the start state."""
    game = compiled(small(factors={"f": {"levels": ["low", "high"]}}, actors={"a": actor}, moves={"a": moves}))
    (phase,) = game.phases
    here = slice(phase.obs_ptr[0], phase.obs_ptr[1])
    pairs = list(zip(phase.obs_label[here].tolist(), phase.obs_node[here].tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


def test_covert_moves_leave_the_trace_of_the_standing_move() -> None:
    sneak = {"covert": True, "perhaps": [{"chance": 0.5, "then": {"f": 1}}]}
    open_ = {"hold": {}, "show": {}, "sneak": {**sneak, "covert": False}}
    assert seen_of(open_) == {(0, 0), (1, 0), (2, 0), (2, 1)}
    # hold and an errand that came to nothing look alike; showing does not
    assert seen_of({**open_, "sneak": sneak}) == {(-1, 0), (1, 0), (-1, 1)}
    # without `hold`, the first move listed is the standing one, unless another is named
    assert seen_of({"show": {}, "sneak": sneak, "rest": {}}) == {(-1, 0), (-1, 1), (2, 0)}
    assert seen_of({"show": {}, "sneak": sneak, "rest": {}}, standing="rest") == {(-1, 0), (-1, 1), (0, 0)}


def test_an_event_that_happens_is_seen_even_if_nothing_changes() -> None:
    game = compiled(small(events={"e": {"chance": 0.25}}))
    (phase,) = game.phases
    assert sorted(phase.obs_label.tolist()) == [-1, 0]
    assert sorted(phase.br_prob.ravel().tolist()) == [0.25, 0.75]


# --- time


def ends_by_rate(step: str, steps: int, **event: Any) -> float:
    clock = {"start": "2030-01-01", "step": step, "steps": steps}
    return chances(small(clock=clock, events={"e": {**event, "ends": "done"}}))["done"]


def test_a_rate_is_a_rate_in_time() -> None:
    week = ends_by_rate("week", 1, rate=0.05, per="day")
    assert week == pytest.approx(1 - math.exp(-0.35), abs=1e-12)
    # seven daily chances compounded
    assert week == pytest.approx(1 - (1 - (1 - math.exp(-0.05))) ** 7, abs=1e-12)
    assert week == pytest.approx(ends_by_rate("day", 7, rate=0.05, per="day"), abs=1e-12)
    assert week == pytest.approx(ends_by_rate("week", 1, rate=0.35, per="week"), abs=1e-12)
    assert week == pytest.approx(ends_by_rate("day", 7, rate=0.35, per="week"), abs=1e-12)
    assert week == pytest.approx(ends_by_rate("day", 7, rate=0.05 * 365.25, per="year"), abs=1e-12)
    assert ends_by_rate("week", 3, rate=0.1, per="step") == pytest.approx(1 - math.exp(-0.3), abs=1e-12)
    # a chance is once on the occasion, whatever the length of the step
    assert ends_by_rate("week", 2, chance=0.1) == pytest.approx(0.19, abs=1e-12)


def test_tempo_is_the_chance_of_a_turn() -> None:
    actor = {"precision": 0, "tempo": {"per": "month", "times": 2}}
    moves = {"a": {"hold": {}, "end": {"ends": "done"}}}
    week = {"start": "2030-01-01", "step": "week", "steps": 1}
    turn = 2 * 7 / 30.4375
    assert compiled(small(actors={"a": actor}, moves=moves, clock=week)).phases[0].turn == pytest.approx(turn)
    assert chances(small(actors={"a": actor}, moves=moves, clock=week))["done"] == pytest.approx(turn / 2)
    # between turns the standing move goes on, whichever it is
    standing = small(actors={"a": {**actor, "standing": "end"}}, moves=moves, clock=week)
    assert chances(standing)["done"] == pytest.approx(1 - turn / 2)


def turn_of(times: Any, parts: int, per: str, **parameters: float) -> float:
    """Chance of a turn in one part of a week."""
    said = small(
        parameters={"p": {"prior": {"uniform": [0, 1]}}},
        actors={"a": {"precision": 0, "tempo": {"per": per, "times": times}}},
        moves={"a": {"hold": {}, "end": {"ends": "done"}}},
        clock={"start": "2030-01-01", "step": "week", "steps": 3, "parts": parts},
    )
    return compiled(said, **{"p": 0.5, **parameters}).phases[0].turn


@given(
    often=st.floats(0, 1, allow_subnormal=False),
    period=st.sampled_from(["day", "week", "month", "quarter", "year", "step"]),
    parts=st.integers(1, 12),
)
@settings(deadline=None, max_examples=60)
def test_a_finer_clock_brings_no_more_turns(often: float, period: str, parts: int) -> None:
    """`often` turns a week: as many are expected in a week, however it is cut."""
    times = often * {"step": 1.0, **DAYS}[period] / (1.0 if period == "step" else 7.0)
    turns = [turn_of(times, each, period) for each in (1, 2, 4, parts)]
    assert [each * turn for each, turn in zip((1, 2, 4, parts), turns, strict=True)] == pytest.approx([often] * 4)
    assert all(0 <= turn <= 1 for turn in turns)


def test_a_turn_is_surely_had_once_at_most() -> None:
    assert turn_of(7, 1, "week") == 1.0
    assert turn_of(7, 8, "week") == pytest.approx(7 / 8)
    assert turn_of("2 * p", 1, "week", p=0.3) == pytest.approx(0.6)
    assert turn_of("2 * p", 1, "week", p=0.9) == 1.0
    assert turn_of("p - 1", 1, "week") == 0.0
    # each of an actor's phases has a turn of its own
    said = small(
        actors={"a": {"precision": 0, "tempo": {"per": "week", "times": 0.4}}},
        moves={"a": {"hold": {}, "talk": {"then": {"f": 1}}, "end": {"ends": "done"}}},
        factors={"f": {"levels": ["l0", "l1"]}},
        order=[{"actor": "a", "moves": ["hold", "talk"]}, {"actor": "a", "moves": ["hold", "end"]}],
        clock={"start": "2030-01-01", "step": "week", "steps": 1},
    )
    assert [phase.turn for phase in compiled(said).phases] == [0.4, 0.4]
    assert chances(said)["done"] == pytest.approx(0.2)


def test_impatience_and_flows_run_in_time() -> None:
    """One unit a week while it lasts, then a worth of 3 after four weeks at a monthly factor."""
    said = small(
        clock={"start": "2030-01-01", "step": "week", "steps": 4},
        actors={"a": {"discount": {"per": "month", "factor": 0.8}}},
        moves={"a": {"hold": {}}},
        flows={"pay": {"of": "a", "per": "day", "worth": "1 / 7", "when": "step < 3"}},
        outcomes={"unresolved": {"worth": {"a": "3 if step == 4 else 100"}}},
    )
    fade = 0.8 ** (7 / 30.4375)
    assert compiled(said).discount == pytest.approx([fade])
    value = solve(compiled(said), threads=1).at_start()[0]
    assert value == pytest.approx(1 + fade + fade**2 + 3 * fade**4, abs=1e-12)
