"""What a forecast hangs on, on a case whose outcomes are known in closed form."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import standoff as so
from forecast_kit import PUSHES, day, edited, write
from standoff.analysis.exact import LEVELS, exact_flips
from standoff.analysis.inputs import DRAWN, Input, Inputs, inputs_of
from standoff.analysis.sensitivity import FALSE_SHARE, Sensitivity, Shared, sensitivity
from standoff.case import load
from standoff.errors import RunError
from standoff.forecast import Forecast, Settings, forecast
from standoff.forecast.draw import FAILED, OK
from standoff.report import drives
from standoff.report.about.sensitivity import section
from standoff.report.brief import render_html, render_markdown
from standoff.report.findings import findings
from standoff.report.references import References
from standoff.report.say.sensitivity import print_sensitivity
from standoff.report.titles import titles

# burnt: p; flooded: (1 - p) q; else unresolved. The likeliest ending is burnt from p = (1 - q) / (2 - q) on.
FIRES = """
standoff: 1
title: Fires
question: Does it burn?
clock: {start: 2030-01-07, step: week, steps: 1}
parameters:
  p: {prior: {uniform: [0, 1]}, judgement: 'test'}
  q: {prior: {uniform: [0, 0.3]}, judgement: 'test'}
  idle: {prior: {uniform: [0, 1]}, judgement: 'test'}
  spare: {prior: {beta: [2, 2]}, judgement: 'test'}
  both: {is: p + q}
  twin: {is: 1 - p}
  set: {prior: {fixed: 0.2}, judgement: 'test'}
factors: {heads: {levels: [h0, h1]}}
actors: {a: {}}
moves: {a: {hold: {}}}
events:
  fire: {when: true, chance: p, ends: burnt}
  flood: {when: true, chance: q, ends: flooded}
outcomes:
  burnt: {title: It burns down, worth: {a: 0}}
  flooded: {worth: {a: 0}}
  unresolved: {worth: {a: 1}}
"""


def forecast_of(folder: Path, text: str = FIRES, draws: int = 128, parameters: str = "{}") -> Forecast:
    case = load(write(folder, text, parameters=parameters))
    return forecast(case, as_of=day(0), settings=Settings(draws=draws, check_grid=False))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return forecast_of(tmp_path_factory.mktemp("fires") / "fires")


@pytest.fixture(scope="module")
def whole(made: Forecast) -> Sensitivity:
    return sensitivity(made, exact="p")


def test_what_varies_is_an_input_once(made: Forecast) -> None:
    inputs = inputs_of(made)
    assert inputs.names == ["p", "q", "idle", "spare", "both"]  # `twin` ranks as p does, `set` stands still
    both = inputs.rows[4]
    assert (both.kind, both.made_of) == ("derived", ("p", "q"))
    assert not inputs.held[4, :2].any()  # what it is made of is not held still for it
    assert not inputs.held[:, 4].any()
    assert inputs.held[0].tolist() == [False, True, True, True, False]


def test_what_matters_is_told_and_what_does_not_is_not(whole: Sensitivity) -> None:
    found = whole
    burnt = {effect.input.name: effect for effect in found.outcomes["burnt"].effects}
    assert burnt["p"].told
    assert burnt["p"].way == 1
    assert burnt["p"].rank.value > 0.99
    assert burnt["p"].thirds == pytest.approx((1 / 6, 5 / 6), abs=0.02)
    assert burnt["p"].delta.value > 0.5
    assert not burnt["idle"].told
    assert not burnt["spare"].told
    flooded = {effect.input.name: effect for effect in found.outcomes["flooded"].effects}
    assert (flooded["q"].way, flooded["p"].way) == (1, -1)
    assert flooded["q"].partial is not None
    assert flooded["q"].partial[0] > flooded["q"].rank.value  # with p held still it stands out more
    assert not flooded["idle"].told


def test_flips_are_where_they_are(whole: Sensitivity) -> None:
    found = whole
    half = found.outcomes["burnt"].half
    assert half is not None
    (turn,) = [turn for turn in half.found if turn.input == "p"]
    assert (turn.before, turn.after) == ("below", "above")
    assert turn.at == pytest.approx(0.5, abs=0.03)
    assert half.verdicts["idle"] in ("none", "untold")
    assert not [turn for turn in half.found if turn.input in ("idle", "spare")]
    assert found.likeliest is not None
    (turn,) = [turn for turn in found.likeliest.found if turn.input == "p"]
    assert (turn.before, turn.after) == ("unresolved", "burnt")
    assert turn.at == pytest.approx(0.85 / 1.85, abs=0.04)


def test_the_region_is_where_it_is(made: Forecast, whole: Sensitivity) -> None:
    region = whole.outcomes["burnt"].region
    assert region is not None
    assert region.of == "likeliest"
    assert region.told
    assert region.limits[0].input in ("p", "both")
    assert region.limits[0].side == "above"
    assert region.density > 0.9
    assert region.coverage > 0.8
    above = sensitivity(made, ["burnt"], above=0.75).outcomes["burnt"].region
    assert above is not None
    assert (above.of, above.threshold) == ("above", 0.75)
    limit = next(limit for limit in above.limits if limit.input in ("p", "both"))
    assert 0.7 < limit.limit < 1.0


def test_solving_anew_finds_the_flips_to_the_digit(made: Forecast) -> None:
    seen: list[tuple[int, int]] = []
    found = exact_flips(made, "p", ["burnt"], progress=lambda done, of: seen.append((done, of)))
    at = {turn.what: turn for turn in found.flips}
    assert at["burnt"].low <= 0.5 <= at["burnt"].high + 1e-9
    assert at["burnt"].high - at["burnt"].low < 0.01
    # the mean of the common draws: their own q
    assert at["likeliest"].at == pytest.approx(0.85 / 1.85, abs=0.02)
    assert (at["likeliest"].before, at["likeliest"].after) == ("unresolved", "burnt")
    assert found.single == found.common == 8
    for value, row in zip(found.values, found.chances, strict=True):
        assert row[0] == pytest.approx(value, abs=1e-9)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize("all_fail", [False, True])
def test_draws_that_fail_between_levels_leave_no_flip_from_a_thing_to_itself(
    made: Forecast, monkeypatch: pytest.MonkeyPatch, all_fail: bool
) -> None:
    """Three of four draws flip from flooded to burnt at one half, and fail where the place is halved."""

    def ran(task: object, points: np.ndarray, *_: object) -> dict[str, np.ndarray]:
        level = points[:, 0]
        flips = np.arange(len(points)) % 4 > 0
        series = np.zeros((len(points), 1, 3))
        burnt = flips & (level > 0.45)
        series[burnt, 0, 0], series[~burnt, 0, 1] = 1.0, 1.0
        fails = (flips | all_fail) & ~np.isin(np.round(level, 6), LEVELS)
        return {"status": np.where(fails, FAILED, OK), "series": series}

    monkeypatch.setattr("standoff.analysis.exact.run_chunks", ran)
    found = exact_flips(made, "p", ["burnt"], common=4)
    assert all(turn.before != turn.after for turn in found.flips)
    if all_fail:
        assert [turn.what for turn in found.flips] == ["likeliest", "burnt"]
        assert found.common == 4
        assert all((turn.low, turn.high) == pytest.approx((0.375, 0.5)) for turn in found.flips)
    else:
        assert found.flips == ()
        assert (found.common, found.dropped) == (1, 3)


def test_no_flip_is_found_where_there_is_none(made: Forecast) -> None:
    found = exact_flips(made, "idle", ["flooded"], common=3)
    assert found.common == 3
    assert found.flips == ()
    assert found.single == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [("both", "made of others"), ("set", "does not vary"), ("pp", "as a parameter")],
)
def test_only_what_is_drawn_can_be_solved_along(made: Forecast, name: str, said: str) -> None:
    with pytest.raises(RunError, match=said):
        sensitivity(made, exact=name)


def test_bad_questions_are_refused(made: Forecast) -> None:
    with pytest.raises(RunError, match="as an outcome") as refused:
        sensitivity(made, ["brunt"], above=3.0)
    assert len(refused.value.problems) == 2
    assert "burnt" in refused.value.problems[0].mend


def test_digits_stay_and_do_not_hang_on_what_else_is_asked(made: Forecast, whole: Sensitivity) -> None:
    first = whole.to_json()
    alone = sensitivity(made, ["flooded"]).to_json()
    assert json.dumps(alone["outcomes"]["flooded"]) == json.dumps(first["outcomes"]["flooded"])
    assert alone["likeliest"] == first["likeliest"]


def test_too_few_draws_say_so(made: Forecast) -> None:
    few = np.zeros(len(made.weights))
    few[:3] = 1 / 3
    found = sensitivity(replace(made, weights=few), exact="p")
    assert found.targets == ()
    answer = found.to_json()
    assert answer["thin"]["effective_draws"] == pytest.approx(3)
    assert "too few draws" in answer["say"]
    assert "No numbers: too few draws" in printed(found.to_json(), made)


def test_with_few_draws_the_others_are_not_held_still(tmp_path: Path) -> None:
    made = forecast_of(tmp_path / "fires", draws=20)
    found = sensitivity(made)
    assert not found.adjusted
    assert found.outcomes["burnt"].effects[0].partial is None
    assert found.outcomes["burnt"].told[0].input.name in ("p", "both")
    assert "held still" not in printed(found.to_json(), made)


def test_nothing_uncertain_has_nothing_to_vary(tmp_path: Path) -> None:
    made = forecast_of(tmp_path / "sure", PUSHES)
    found = sensitivity(made)
    assert found.inputs == ()
    assert "nothing in this case varies" in str(found.to_json()["say"])
    assert "nothing in this case varies" in printed(found.to_json(), made)
    assert section({"sensitivity": found.to_json()}, References({})) is None


def test_failed_draws_have_no_say(made: Forecast) -> None:
    """A draw without weight, whatever it holds, changes nothing."""
    records = {key: value.copy() for key, value in made.records.items()}
    weights = made.weights.copy()
    weights[5] = 0
    weights = weights / weights.sum()
    one = sensitivity(replace(made, weights=weights), ["burnt"])
    records["series"][5] = np.nan
    records["parameters"][5] = np.nan
    two = sensitivity(replace(made, weights=weights, records=records), ["burnt"])
    assert one.to_json() == two.to_json()


def shared_of(count: int, draws: int, held: bool = True) -> Shared:
    X = np.random.default_rng(5).uniform(size=(draws, count))
    rows = tuple(Input(f"x{i}", DRAWN, f"x{i}") for i in range(count))
    still = ~np.eye(count, dtype=bool) if held else np.zeros((count, count), bool)
    return Shared(Inputs(rows, X, np.ones(draws, bool), still), np.full(draws, 1 / draws), [3])


@pytest.mark.parametrize("count", [52, 90])
def test_a_lone_effect_among_many_inputs_is_told(count: int) -> None:
    shared = shared_of(count, 64)
    assert not shared.adjusts
    least = 2 / (1 + shared.dummy_ranks.shape[1])
    assert least <= 0.75 * FALSE_SHARE / count  # some dummy may reach as much
    x = shared.inputs.X[:, 0]
    effects = shared.effects(x + 0.05 * np.random.default_rng(1).normal(size=64), "y")
    assert effects[0].input.name == "x0"
    assert effects[0].told
    assert len([effect for effect in effects if effect.told]) <= 2


def test_where_one_input_settles_the_answer_the_others_have_no_effect() -> None:
    """What it leaves for them is rounding, in which everything hangs together with anything."""
    shared = shared_of(12, 96)
    assert shared.adjusts
    for power in (1, 3):  # ranks are settled alike
        own, *others = shared.effects(shared.inputs.X[:, 4] ** power, "y")
        assert (own.input.name, own.told, own.way) == ("x4", True, 1)
        assert own.partial is not None
        assert own.partial[0] == pytest.approx(1)
        assert own.change[0] > 0.4
        for other in others:
            assert (other.told, other.chance, other.partial, other.partial_chance) == (False, 1.0, None, 1.0)


def test_priors_of_types_are_inputs(tmp_path: Path) -> None:
    text = edited(PUSHES, ("    precision: 4\n", "    precision: 4\n    sureness: 6\n"))
    made = forecast_of(tmp_path / "types", text, draws=64)
    inputs = inputs_of(made)
    assert inputs.names == ["a.x"]  # the other share is this one upside down
    found = sensitivity(made)
    belief = next(target for target in found.targets if target.actor == "a")
    assert [effect.input.name for effect in belief.told] == ["a.x"]
    assert belief.told[0].way == 1


def printed(found: dict[str, object], made: Forecast, width: int = 100) -> str:
    out = StringIO()
    print_sensitivity(found, titles(made.structure.document), Console(file=out, width=width), name="fires")
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 100])
def test_it_is_told_in_words(made: Forecast, whole: Sensitivity, width: int) -> None:
    text = printed(whole.to_json(), made, width)
    flat = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "It burns down" in flat
    assert "cannot be told from chance" in flat
    assert "is the likeliest ending" in flat
    assert "rises past" in flat
    assert "solved anew in 8 draws" in flat
    assert max(len(line) for line in text.splitlines()) <= width


def test_the_brief_tells_it_with_links_that_lead_somewhere(made: Forecast, whole: Sensitivity) -> None:
    found = {**findings(made), "sensitivity": whole.to_json()}
    page = render_html(found)
    refs = References(found)
    row = section(found, refs)
    assert row is not None
    assert '<section id="sensitivity">' in page
    assert f'href="{refs.href("parameter", "p")}"' in page[page.index('<section id="sensitivity">') :]
    assert "It burns down" in render_markdown(found)
    thin = {**found, "sensitivity": {**found["sensitivity"], "thin": {"say": "too few"}}}
    assert "No numbers: too few" in render_html(thin)


def test_the_verb_takes_a_forecast_or_a_case(made: Forecast) -> None:
    found = so.sensitivity(made, outcomes=["burnt"])
    assert list(found.outcomes) == ["burnt"]
    again = so.sensitivity(made.case, outcomes=["burnt"], settings=Settings(draws=16, check_grid=False), as_of=day(0))
    assert again.draws == 16
    assert drives.told(again.to_json()["outcomes"]["burnt"])
    with pytest.raises(RunError):
        so.sensitivity(made, settings=Settings(draws=16))
