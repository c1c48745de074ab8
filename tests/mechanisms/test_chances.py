"""Rewritten chances: the sum stays one and the shares are those that were meant."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.language.document import Alternative, Effect, Event, Factor
from standoff.language.expressions import Scope, compile_expression
from standoff.mechanisms import chances

FACTORS = {"force": Factor(levels=["low", "mid", "high"]), "talks": Factor(levels=["shut", "open"])}
SCOPE = Scope(frozenset("pqrm"), {name: tuple(factor.levels) for name, factor in FACTORS.items()})

Shares = dict[str | frozenset[tuple[str, object]], float]


def shares(effect: Effect, **values: float) -> Shares:
    """Where an effect leads, with what probability: outcome name or set of changes."""
    given_values = {"p": 0.3, "q": 0.2, "r": 0.4, "m": 2.5, "force": 1, "talks": 0, **values}

    def read(expression: object) -> float:
        return float(compile_expression(expression, SCOPE)(given_values))

    found: Counter[str | frozenset[tuple[str, object]]] = Counter()
    for outcome, chance in chances.endings(effect).items():
        found[outcome] += read(chance)
    for way in effect.perhaps:
        found[frozenset(way.then.items())] += read(way.chance)
    left = 1 - sum(found.values())
    if left > 1e-12:
        found[frozenset(effect.then.items())] += left
    assert all(-1e-12 <= share <= 1 + 1e-12 for share in found.values())
    return {where: share for where, share in found.items() if share > 1e-12}


WAYS = st.lists(
    st.builds(
        Alternative,
        chance=st.sampled_from(["q / 3", 0.1]),
        then=st.sampled_from([{"force": -1}, {"talks": "open"}, {}]),
    ),
    max_size=2,
)
ENDS = st.sampled_from([None, {"won": "p"}, {"won": "p", "lost": "r / 4"}, {"won": 0.25, "lost": 0.1}])
CLOSED = st.sampled_from(
    [
        "won",
        {"won": "p", "lost": "1 - p"},
        {"won": "p", "drawn": "q", "lost": "1 - (p + q)"},
        {"won": "1-p-q", "drawn": "q", "lost": "p"},
        {"won": 0.25, "lost": 0.75},
    ]
)
EFFECTS = st.builds(Effect, ends=ENDS, perhaps=WAYS, then=st.sampled_from([{}, {"force": 1}]))
CHANCES = st.floats(0, 1).map(lambda value: {"p": 0.5 * value})


@given(EFFECTS, CHANCES)
def test_divert_takes_the_same_share_of_everything(effect: Effect, values: dict[str, float]) -> None:
    before, after = shares(effect, **values), shares(chances.divert(effect, "r", ends="stopped"), **values)
    assert after.pop("stopped") == pytest.approx(0.4)
    assert after == pytest.approx({where: 0.6 * share for where, share in before.items()})


@given(EFFECTS)
def test_divert_into_a_change(effect: Effect) -> None:
    diverted = chances.divert(effect, "r", then={"force": "high"})
    after = shares(diverted)
    assert after.pop(frozenset({("force", "high")})) == pytest.approx(0.4)
    assert sum(after.values()) == pytest.approx(0.6)


@given(EFFECTS.filter(lambda effect: effect.ends is not None))
def test_divert_out_of_one_outcome(effect: Effect) -> None:
    before = shares(effect)
    after = shares(chances.divert(effect, "r", ends="stopped", out_of="won"))
    assert after.pop("stopped") == pytest.approx(0.4 * before["won"])
    before["won"] *= 0.6
    assert after == pytest.approx(before)
    blocked = chances.divert(effect, "r", out_of="won")
    assert shares(blocked)["won"] == pytest.approx(before["won"])


@given(EFFECTS, st.floats(0.01, 100))
def test_scale_odds_multiplies_the_odds_and_keeps_the_rest_in_proportion(effect: Effect, m: float) -> None:
    if effect.ends is None:
        effect = effect.model_copy(update={"ends": {"won": "p"}})
    before, after = shares(effect, m=m), shares(chances.scale_odds(effect, "won", "m"), m=m)
    assert sum(after.values()) == pytest.approx(1)
    odds = before["won"] / (1 - before["won"])
    assert after["won"] / (1 - after["won"]) == pytest.approx(m * odds)
    others = {where: share / (1 - before["won"]) for where, share in before.items() if where != "won"}
    assert {w: s / (1 - after["won"]) for w, s in after.items() if w != "won"} == pytest.approx(others)


@given(st.one_of(EFFECTS, st.builds(Effect, ends=CLOSED)), st.data())
def test_scaling_twice_is_scaling_by_the_product(effect: Effect, data: st.DataObject) -> None:
    if isinstance(effect.ends, str) or effect.ends is None:
        effect = effect.model_copy(update={"ends": {"won": "p"}})
    outcome = data.draw(st.sampled_from(sorted(effect.ends)))
    twice = chances.scale_odds(chances.scale_odds(effect, outcome, "m"), outcome, "exp(-r)")
    once = chances.scale_odds(effect, outcome, "m * exp(-r)")
    assert shares(twice) == pytest.approx(shares(once))


def test_scaling_does_not_nest() -> None:
    effect = Effect(ends={"won": "p", "lost": "1 - p"})
    for factor in ("exp(-a * force)", "exp(b)", "m"):
        effect = chances.scale_odds(effect, "won", factor)
    raised = "p * exp(-a * force) * exp(b) * m"
    assert effect.ends == {
        "won": f"{raised} / (1 - p + {raised})",
        "lost": f"1 - {raised} / (1 - p + {raised})",
    }


@given(CLOSED, st.floats(0.01, 0.45))
def test_what_always_ended_the_game_still_does(ends: object, p: float) -> None:
    effect = Effect(ends=ends)
    assert not chances.goes_on(effect)
    rewritten = chances.divert(effect, "r", ends="stopped")
    if isinstance(ends, dict):
        rewritten = chances.scale_odds(rewritten, "won", "m")
    assert not chances.goes_on(rewritten)
    assert sum(shares(rewritten, p=p).values()) == pytest.approx(1, abs=1e-12)
    assert frozenset() not in shares(rewritten, p=p)


@given(EFFECTS)
def test_also_is_independent_of_how_it_turns_out(effect: Effect) -> None:
    before, after = shares(effect), shares(chances.also(effect, "r", {"talks": 1}, FACTORS))
    expected: Counter[str | frozenset[tuple[str, object]]] = Counter()
    for where, share in before.items():
        if isinstance(where, str):
            expected[where] += share
            continue
        both = frozenset(chances.merge_then(dict(where), {"talks": 1}, FACTORS).items())
        expected[where] += 0.6 * share
        expected[both] += 0.4 * share
    assert after == pytest.approx(dict(expected))


@given(EFFECTS)
def test_also_for_certain_merges(effect: Effect) -> None:
    certain = chances.also(effect, 1, {"talks": 1}, FACTORS)
    assert len(certain.perhaps) == len(effect.perhaps)
    assert shares(certain) == pytest.approx(shares(chances.also(effect, "m - 1.5", {"talks": 1}, FACTORS)))


def test_merging_changes() -> None:
    assert chances.merge_then({"force": 1}, {"force": "+1", "talks": "open"}, FACTORS) == {
        "force": 2,
        "talks": "open",
    }
    assert chances.merge_then({"force": "mid"}, {"force": 2}, FACTORS) == {"force": "high"}
    assert chances.merge_then({"force": "mid"}, {"force": -5}, FACTORS) == {"force": "low"}
    assert chances.merge_then({"force": -1}, {"force": "mid"}, FACTORS) == {"force": "mid"}


def test_shifts_and_levels_are_told_apart() -> None:
    shifts = [chances.shift_of(value) for value in (1, -2, "+1", " -1 ", "mid", True, 0.5)]
    assert shifts == [1, -2, 1, -1, None, None, None]


def test_hazards_and_occasions() -> None:
    hazard = Event(rate="p", per="week", then={"force": 1})
    assert chances.scale_rate(hazard, "m").rate == "p * m"
    occasion = Event(chance="p", then={"force": 1})
    scaled = compile_expression(chances.scale_rate(occasion, "m").chance, SCOPE)({"p": 0.3, "m": 2.0})
    assert scaled / (1 - scaled) == pytest.approx(2 * 0.3 / 0.7)


def test_what_a_step_down_gives_up() -> None:
    weights = {"force": 1, "talks": "p"}
    assert chances.drop({"force": -1}, weights, FACTORS) == "min(1, force)"
    assert chances.drop({"force": "low", "talks": "shut"}, weights, FACTORS) == "force + p * talks"
    assert chances.drop({"force": "mid"}, weights, FACTORS) == "max(force - 1, 0)"
    assert chances.drop({"force": 1}, weights, FACTORS) == 0
    assert chances.drop({}, weights, FACTORS) == 0
