"""Off-ramps: the known answer is found and explained, brute force agrees, and nothing depends on who computes."""

from __future__ import annotations

import itertools
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import standoff as so
from forecast_kit import COINS, edited, heads, write
from offramp_kit import EXIT, OPENED, pulled
from standoff.analysis import dangers as perils
from standoff.analysis import offramps as search
from standoff.analysis.bench import Bench, common_draws
from standoff.analysis.levers import pull_piece
from standoff.analysis.offramps import Offramps, for_the_brief, offramps
from standoff.case import load
from standoff.errors import Problem, RunError, SolveError
from standoff.forecast import Forecast, Settings, Workers, forecast
from standoff.forecast.history import Walk, before_now, outcomes
from standoff.language.plain import plain
from standoff.solver import solve

GRID = {2: 8}
NOW = date(2030, 1, 20)
PAIR = ("guarantee", "escort")


def made_of(
    folder: Path, text: str = EXIT, evidence: str = OPENED, out: Path | None = None, draws: int = 24
) -> Forecast:
    case = load(write(folder, text, evidence))
    return forecast(case, as_of=NOW, settings=Settings(draws=draws, refine=False, check_grid=False, grid=GRID), out=out)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return made_of(tmp_path_factory.mktemp("gate") / "gate")


@pytest.fixture(scope="module")
def found(made: Forecast) -> Offramps:
    return offramps(made, 3, draws=4, dangers=True)


# The known answer ---------------------------------------------------------------------------------------------


def test_the_minimal_pair_is_found(found: Offramps) -> None:
    assert found.minimal == [PAIR]
    pair = found.sets[PAIR]
    assert pair["gain"]["mean"] > 0.5
    assert pair["gain"]["low"] > 0.4
    assert pair["helps"] == 1
    assert pair["harms"] == 0


def test_removal_of_any_element_breaks_it(found: Offramps) -> None:
    for name in PAIR:
        alone = found.sets[(name,)]
        assert not alone["reaches"]
        assert alone["gain"]["mean"] < 0.02 < found.sets[PAIR]["gain"]["mean"]


def test_the_binding_constraint_is_named(found: Offramps) -> None:
    (why,) = (row for row in found.answer["why"] if tuple(row["levers"]) == PAIR)
    assert [part["without"] for part in why["parts"]] == list(PAIR)
    for part in why["parts"]:
        assert part["way"] == {"actor": "leader", "move": "leave"}
        assert part["binds"] == "taken"  # the way is open, and he does not take it
        assert part["without"]
        assert part["without"] in PAIR
        assert part["before"]["taken"] < 0.05 < 0.3 < part["after"]["taken"]
    without_escort = why["parts"][1]["before"]
    assert without_escort["works"] < 0.5
    assert without_escort["else"].keys() == {"shot"}
    assert why["parts"][0]["before"]["works"] == pytest.approx(0.98)


def test_the_pair_is_a_synergy_and_two_guarantees_substitute(found: Offramps) -> None:
    said = {tuple(row["levers"]): row["says"] for row in found.answer["interactions"]}
    assert said[PAIR] == "synergy"
    assert said["guarantee", "nothing"] == "neither"
    assert len(said) == 28


def test_all_sets_are_told(found: Offramps) -> None:
    assert len(found.sets) == 8 + 28 + 56
    assert found.answer["left_out"] is None
    assert found.answer["invalid"] == []
    assert found.answer["size"] == 3
    assert found.answer["common"] == 4


def test_an_idle_lever_does_nothing_to_the_last_digit(found: Offramps) -> None:
    idle = found.sets[("nothing",)]
    assert idle["gain"] == dict.fromkeys(("mean", "p05", "p95", "low", "high"), 0.0)
    assert found.sets["guarantee", "nothing"]["outcomes"] == found.sets[("guarantee",)]["outcomes"]


def test_owners_want_what_pays_them(found: Offramps) -> None:
    pair = found.sets[PAIR]
    assert pair["owners"] == {"power": "wants"}
    assert pair["costs"] == {"power": {"-": pytest.approx(0.01)}}
    dear = found.sets[("half_guarantee",)]
    assert dear["owners"] == {"power": "refuses"}
    assert dear["costs"] == {"power": {"soft": pytest.approx(0.3), "hard": pytest.approx(0.1)}}
    soft, hard = (dear["values"]["power"]["types"][kind]["mean"] for kind in ("soft", "hard"))
    assert -0.31 < soft < -0.29
    assert -0.11 < hard < -0.09
    assert found.sets[("pension",)]["owners"] == {"leader": "wants"}


# Brute force --------------------------------------------------------------------------------------------------


def by_force(made: Forecast, draw: int, levers: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and values of a draw from where it stands, the changed case solved whole."""
    structure, task = made.structure, made.task
    settled = dict(zip(task.parameters, made.records["parameters"][draw].tolist(), strict=True))
    game = structure.game(pulled(levers, settled), fixed={"fear"})
    line = task.lines[-1]
    before = before_now(line.step, line.phase, len(game.phases))
    assert before is not None
    place = place_of(made, draw)
    solution = solve(game, grid=GRID, grid_error=False, threads=1, keep={before})
    chances = outcomes(solution, Walk(place, 0.0, line.step, line.phase))
    values, share = np.zeros(game.pay_columns), np.zeros(game.pay_columns)
    for d, state in enumerate(place.states):
        weight = place.weights[d] * np.concatenate([place.beliefs[0][d], np.ones(1)])
        values += weight * (solution.grid.weights((place.beliefs[0][d],)) @ solution.kept[before][state])[:3]
        share += weight
    return chances, values / share


def place_of(made: Forecast, draw: int) -> Any:
    from standoff.forecast.history import walk
    from standoff.forecast.silence import Silence

    settled = dict(zip(made.task.parameters, made.records["parameters"][draw].tolist(), strict=True))
    line = made.task.lines[-1]
    solution = solve(made.structure.game(settled), grid=GRID, grid_error=False, threads=1, own_until=line.step + 1)
    return walk(solution, Silence(made.structure, settled), line, settled).places


@pytest.mark.no_cover
def test_brute_force_agrees_on_every_set_of_eight_levers(made: Forecast, found: Offramps) -> None:
    names = list(made.structure.document.levers)
    draws, counts = common_draws(made, 4)
    weights = np.array(counts) / sum(counts)
    base = [by_force(made, d, ()) for d in draws]
    peaceful = 0
    gains = {}
    for size in (1, 2, 3):
        for levers in itertools.combinations(names, size):
            forced = [by_force(made, d, levers) for d in draws]
            shift = np.array([a[0] - b[0] for a, b in zip(forced, base, strict=True)])
            row = found.sets[levers]
            told = [row["outcomes"][name]["mean"] for name in made.structure.document.outcomes]
            assert told == pytest.approx((weights @ shift).tolist(), abs=1e-12)
            gains[levers] = float(weights @ shift[:, peaceful])
            gained = weights @ np.array([a[1] - b[1] for a, b in zip(forced, base, strict=True)])
            paid = np.array([0.01 * ("guarantee" in levers)] * 2 + [0.0])
            paid[:2] += np.array([0.3, 0.1]) * ("half_guarantee" in levers)
            types = row["values"]["power"]["types"]
            own = [types["soft"]["mean"], types["hard"]["mean"], row["values"]["leader"]["mean"]]
            assert own == pytest.approx((gained - paid).tolist(), abs=1e-12)
    best = max(gains.values())
    reaching = {levers for levers, gain in gains.items() if gain >= best / 2}
    minimal = {s for s in reaching if not any(set(part) < set(s) for part in reaching)}
    assert set(found.minimal) == minimal
    assert found.answer["reach"] == pytest.approx(best / 2)


def test_a_lever_is_what_set_by_hand_would_say_where_nothing_has_happened(tmp_path: Path) -> None:
    """Before anything happened, pulling a lever is to forecast the case with the parameter set."""
    text = edited(EXIT, ("stopped: {prior: {uniform: [0.5, 0.7]}", "stopped: {prior: {fixed: 0.6}"),
                  ("trust: {prior: {uniform: [0.1, 0.3]}", "trust: {prior: {fixed: 0.2}"),
                  ("nerve: {prior: {uniform: [0.1, 0.3]}", "nerve: {prior: {fixed: 0.2}"))  # fmt: skip
    folder = write(tmp_path / "gate", text, "history: []\n")
    settings = Settings(draws=1, check_grid=False, grid=GRID)
    first = date(2030, 1, 7)
    made = forecast(load(folder), as_of=first, settings=settings)
    found = offramps(made, 2, draws=1)
    for levers in (("escort",), ("guarantee",), PAIR):
        new = {"escort": {"stopped": 0.02}, "guarantee": {"trust": 1.0}}
        case = load(folder, overrides={k: v for name in levers for k, v in new[name].items()})
        again = forecast(case, as_of=first, settings=settings)
        change = again.outcomes["exit"]["mean"] - made.outcomes["exit"]["mean"]
        assert found.sets[levers]["gain"]["mean"] == pytest.approx(change, abs=1e-12)


def test_what_the_ways_out_bring_adds_up_to_peace(made: Forecast) -> None:
    with Bench(made, 3) as bench:
        bench.run([(), ("lever:guarantee", "lever:escort")])
        for change, results in bench.found.items():
            for d, result in enumerate(results):
                arrived = sum(np.array(way["leads"])[0] for way in result["ways"])
                assert arrived == pytest.approx(bench.peaceful(change)[d], abs=1e-6)


def test_the_present_is_what_the_forecast_says(made: Forecast) -> None:
    with Bench(made, 5) as bench:
        bench.run([()])
        assert bench.outcomes(()) == pytest.approx(made.records["series"][bench.draws, -1], abs=1e-13)


# Who computes -------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_any_number_of_workers_gives_the_same_digits(made: Forecast) -> None:
    asked: dict[str, Any] = {"size": 2, "draws": 3, "dangers": 1, "levers": ["guarantee", "escort"]}
    alone, two = offramps(made, **asked), offramps(made, **asked, workers=Workers(2))
    assert json.dumps(plain(alone.to_json())) == json.dumps(plain(two.to_json()))


@pytest.mark.no_cover
def test_an_interrupted_search_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_of(tmp_path / "gate", out=tmp_path / "run")
    whole = offramps(made_of(tmp_path / "again"), 2, draws=3)

    def stop(done: int, of: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        offramps(made, 2, draws=3, progress=stop)
    kept = len(list((tmp_path / "run" / "draws" / "offramps").iterdir()))
    assert kept > 0
    calls = []

    def count(shared: Any, piece: Any) -> Any:
        calls.append(len(piece["changes"]))
        return pull_piece(shared, piece)

    monkeypatch.setattr("standoff.analysis.bench.pull_piece", count)
    assert offramps(made, 2, draws=3).to_json() == whole.to_json()
    assert 0 < sum(calls) <= 3 * (1 + 8 + 28) - 20
    calls.clear()
    assert offramps(made, 2, draws=3).to_json() == whole.to_json()
    assert calls == []


def test_progress_counts_solves(made: Forecast) -> None:
    told: list[tuple[int, int]] = []
    offramps(made, 1, draws=2, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (18, 18)
    assert all(done <= of for done, of in told)


# Clear answers ------------------------------------------------------------------------------------------------


def test_a_lever_that_makes_no_game_does_not_stop_the_others(tmp_path: Path) -> None:
    text = edited(
        EXIT,
        ("sets: {comfort: 0.4}", "sets: {comfort: 'log(0.5 - trust)'}"),
        ("sets: {nerve: nerve + 0.5}", "sets: {stopped: stopped + 0.4}"),
    )
    found = offramps(made_of(tmp_path / "gate", text), 2, draws=4)
    invalid = {tuple(row["levers"]): row for row in found.answer["invalid"]}
    assert ("pension",) in found.sets  # only after a guarantee is there no logarithm
    assert invalid["guarantee", "pension"]["share"] == 1
    assert "gives no number" in invalid["guarantee", "pension"]["reason"]
    assert 0 < invalid[("brakes",)]["share"] < 1  # a probability above one in some draws
    assert "a probability between 0 and 1" in invalid[("brakes",)]["reason"]
    assert ("escort", "brakes") in found.sets  # which an escort, pulled before, prevents
    assert PAIR in found.minimal
    assert all((name, "brakes") in invalid for name in ("guarantee", "half_guarantee", "pension", "courage"))


def test_a_lever_may_open_a_way_that_no_prior_allows(tmp_path: Path) -> None:
    """Where the chances of a move add up to one under every prior, a lever may leave a remainder."""
    text = edited(
        EXIT,
        ("ends: {exit: 1 - stopped, shot: stopped}", "ends: {exit: (1 - stopped) * (1 - comfort), shot: stopped}"),
    )  # fmt: skip
    found = offramps(made_of(tmp_path / "gate", text), 1, draws=2)
    assert ("pension",) in found.sets


def test_no_levers(tmp_path: Path) -> None:
    text = EXIT[: EXIT.index("levers:")]
    answer = offramps(made_of(tmp_path / "gate", text), dangers=True).to_json()
    assert "names no levers" in answer["say"]
    assert answer["sets"] == []
    assert answer["dangers"]["parameters"]


def test_no_peaceful_outcome(tmp_path: Path) -> None:
    made = made_of(tmp_path / "gate", edited(EXIT, ("exit: {peaceful: true, ", "exit: {")))
    assert "none of its outcomes as peaceful" in offramps(made).to_json()["say"]


def test_a_thin_forecast_says_so_instead(tmp_path: Path) -> None:
    made = made_of(tmp_path / "gate", draws=6)
    answer = offramps(made).to_json()
    assert answer["thin"]
    assert "too few draws" in answer["say"]
    assert answer["sets"] == []


def test_an_ended_story(tmp_path: Path) -> None:
    evidence = OPENED + "  - {date: 2030-01-15, power: strike, judgement: 'test: so it was'}\n"
    answer = offramps(made_of(tmp_path / "gate", EXIT, evidence)).to_json()
    assert "over by then" in answer["say"]


def test_an_unreachable_threshold(made: Forecast) -> None:
    found = offramps(made, 2, draws=2, reach=0.999)
    assert found.minimal == []
    assert "none of the" in found.answer["say"]
    assert found.answer["why"]  # the best set is explained all the same


@pytest.mark.parametrize(
    "asked", [{"size": 0}, {"draws": 0}, {"reach": 0.0}, {"reach": 2.0}, {"reach": float("nan")}, {"levers": ["escrt"]}]
)
def test_what_cannot_be_asked(made: Forecast, asked: dict[str, Any]) -> None:
    with pytest.raises(RunError):
        offramps(made, **asked)


def test_a_large_search_says_what_it_left_out(made: Forecast) -> None:
    found = offramps(made, 3, draws=2, most=20)
    left = found.answer["left_out"]
    open_parts = {part for s in found.minimal for n in range(1, len(s)) for part in itertools.combinations(s, n)}
    assert len(found.sets) <= 20 + len(open_parts) + 1
    assert left["of"] == 92
    assert left["sets"] == 92 - len(found.sets)
    assert len(left["likeliest"]) == 3
    assert 0 <= left["at_most"] <= 1 - found.answer["now"]["peaceful"]["mean"]
    assert all((name,) in found.sets for name in made.structure.document.levers)


@pytest.mark.parametrize("most", [9, 11, 14, 24])
@pytest.mark.parametrize("reach", [0.02, 0.3, None])
def test_no_set_is_told_minimal_before_its_parts_were_tried(
    made: Forecast, found: Offramps, most: int, reach: float | None
) -> None:
    some = offramps(made, 3, draws=4, most=most, reach=reach)
    wanted = some.answer["reach"]
    for levers in some.minimal:
        parts = [part for n in range(1, len(levers)) for part in itertools.combinations(levers, n)]
        assert all(part in some.sets for part in parts)
        assert not [part for part in parts if found.sets[part]["gain"]["mean"] >= wanted]
    assert some.answer["left_out"]["sets"] == 92 - len(some.sets)


def test_what_is_not_known_is_added_once(made: Forecast) -> None:
    with Bench(made, 3) as bench:
        tried = search._search(bench, ["guarantee", "escort", "pension", "brakes"], 2, 5)
        pairs = {
            s: search._gain(bench, s) - sum(search._gain(bench, (n,)) for n in s) for s in tried.good if len(s) > 1
        }
        assert len(pairs) == 1
        guess = search._guesses(bench, tried, [("guarantee", "pension", "brakes")])
        alone = sum(search._gain(bench, (name,)) for name in ("guarantee", "pension", "brakes"))
        assert guess["guarantee", "pension", "brakes"] == pytest.approx(alone + max(0.0, *pairs.values()))


@pytest.mark.no_cover
def test_a_narrow_search_does_not_stand_in_for_the_brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "DRAWS", 6)  # the law is the same with fewer than by default
    made = made_of(tmp_path / "gate", out=tmp_path / "run")
    first = for_the_brief(made).to_json()
    narrow: list[dict[str, Any]] = [
        {"levers": ["nothing"], "dangers": 6}, {"reach": 0.3, "dangers": 6}, {"draws": search.DRAWS - 1, "dangers": 6},
        {}, {"most": 9},
    ]  # fmt: skip
    for asked in narrow:
        offramps(made, 2, **{"draws": search.DRAWS, **asked})
        assert for_the_brief(made).to_json() == first
    whole = offramps(made, 2, draws=search.DRAWS, dangers=6).to_json()
    assert for_the_brief(made).to_json() == plain(whole) != first
    wider = offramps(made, 3, draws=search.DRAWS, dangers=6).to_json()
    offramps(made, 2, draws=search.DRAWS, dangers=6)
    assert for_the_brief(made).to_json() == plain(wider) != plain(whole)


def test_the_verb_takes_a_forecast_with_workers_and_progress(made: Forecast) -> None:
    told: list[int] = []
    asked: dict[str, Any] = {"common": 2, "levers": ["escort"], "dangers": False}
    found = so.offramps(made, 1, workers=Workers(1), progress=lambda done, of: told.append(done), **asked)
    assert list(found.sets) == [("escort",)]
    assert told[-1] == 4
    with pytest.raises(RunError):
        so.offramps(made, 1, as_of=NOW)


def fails_at(monkeypatch: pytest.MonkeyPatch, *calls: int) -> None:
    """Let these solves of the levers hit a time limit, counted from 1."""
    from standoff.analysis import levers

    done = itertools.count(1)

    def slow(*game: Any, **how: Any) -> Any:
        if next(done) in calls:
            raise SolveError(Problem("time limit of 1 s exceeded", "less", "Give it more."))
        return solve(*game, **how)

    monkeypatch.setattr(levers, "solve", slow)


@pytest.mark.parametrize("call", [1, 2, 3, 5])  # where it stands, the present, what comes next, a lever
def test_a_draw_that_takes_too_long_is_dropped_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    made = made_of(tmp_path / "gate", out=tmp_path / "run")
    fails_at(monkeypatch, call)
    found = offramps(made, 2, draws=3, levers=["guarantee", "escort"]).answer
    assert (found["invalid"], found["common"], found["dropped"]) == ([], 2, 1)
    assert "time limit" in found["dropped_because"]
    assert "1 common draw was left out: time limit" in found["say"]
    monkeypatch.undo()
    again = offramps(made, 2, draws=3, levers=["guarantee", "escort"]).answer
    assert (again["common"], again["dropped"], again["dropped_because"]) == (3, 0, None)
    assert again == offramps(made_of(tmp_path / "b"), 2, draws=3, levers=["guarantee", "escort"]).answer


def test_a_draw_that_fails_in_the_look_for_dangers_is_dropped_from_everything(
    made: Forecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = 3 * 4  # where it stands, the present, what comes next, a lever
    fails_at(monkeypatch, whole + 1)
    found = offramps(made, 1, draws=3, levers=["escort"], dangers=1).answer
    assert (found["common"], found["dropped"]) == (2, 1)
    assert found["dangers"]["parameters"]


def test_where_no_draw_can_be_solved_it_says_so(made: Forecast, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_at(monkeypatch, *range(1, 100))
    found = offramps(made, 1, draws=3, dangers=1).answer
    assert "none of the 3 common draws could be solved (time limit" in found["say"]
    assert (found["sets"], found["now"], found["dropped"]) == ([], None, 3)


# Dangers ------------------------------------------------------------------------------------------------------


def test_the_single_change_that_endangers_most(made: Forecast, found: Offramps) -> None:
    told = found.answer["dangers"]
    worst = told["moves"][0]
    assert (worst["actor"], worst["move"]) == ("power", "strike")
    assert worst["fall"]["mean"] == pytest.approx(told["safe"]["mean"])
    assert worst["outcome"] == "struck"
    nerve = next(row for row in told["parameters"] if row["parameter"] == "nerve")
    assert nerve["end"] == "low"
    assert nerve["to"] == pytest.approx(0.11)
    assert nerve["outcome"] == "struck"
    assert told["looked_at"] == told["of"] == 6
    falls = [row["fall"]["mean"] for row in told["parameters"]]
    assert falls == sorted(falls, reverse=True)


def test_a_first_look_finds_the_same_danger(made: Forecast, found: Offramps) -> None:
    quick = offramps(made, 1, draws=4, dangers=1).answer["dangers"]
    assert quick["looked_at"] == 1
    assert quick["of"] == 6
    assert quick["parameters"][0] == found.answer["dangers"]["parameters"][0]


def test_dangers_of_a_case_that_calls_nothing_violent(tmp_path: Path) -> None:
    text = EXIT.replace("violent: true, ", "")
    answer = offramps(made_of(tmp_path / "gate", text), 1, draws=2, dangers=1).to_json()
    assert answer["dangers"]["moves"][0]["move"] == "strike"


def test_rounding_endangers_nothing(made: Forecast, tmp_path: Path) -> None:
    held = [row for row in offramps(made, 1, draws=4, dangers=True).answer["dangers"]["moves"] if row["move"] == "hold"]
    assert held
    assert all(row["worse"] == 0 and row["outcome"] is None for row in held)
    text = EXIT.replace("{violent: true, ", "{peaceful: true, ")  # nothing that could happen is unsafe
    answer = offramps(made_of(tmp_path / "gate", text), 1, draws=2, dangers=True).answer["dangers"]
    for row in (*answer["moves"], *answer["parameters"]):
        assert (row["worse"], row["outcome"]) == (0, None)


def test_a_move_is_worse_in_a_share_of_the_draws_that_say_something(made: Forecast) -> None:
    with Bench(made, 4) as bench:
        bench.run([()])
        bench.next = [bench.next[0], *([] for _ in bench.next[1:])]
        (strike,) = [row for row in perils.dangers(bench, None)["moves"] if row["move"] == "strike"]
    assert strike["worse"] == pytest.approx(1.0)


# Laws ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.2])), min_size=1, max_size=12))
@settings(max_examples=60)
def test_the_front_holds_what_nothing_beats(points: list[tuple[float, float, float]]) -> None:
    rows = [
        {"gain": {"mean": g}, "helps": h, "costs": {"a": {"-": c}} if c else {}, "levers": ["x"]} for g, h, c in points
    ]
    front = search._front(rows)
    for i, mine in enumerate(points):
        beaten = any(
            all(o >= m for o, m in zip((g, h, -c), (mine[0], mine[1], -mine[2]), strict=True))
            and any(o > m + 1e-8 for o, m in zip((g, h, -c), (mine[0], mine[1], -mine[2]), strict=True))
            for g, h, c in points
        )
        if mine[0] > search.TRIFLE:
            assert (i in front) == (not beaten) or not beaten
            assert not (beaten and i in front)


@given(st.integers(1, 40))
@settings(max_examples=15)
def test_common_draws_stand_for_all(made: Forecast, count: int) -> None:
    draws, counts = common_draws(made, count)
    assert sum(counts) == count
    assert draws == sorted(set(draws))
    mean = np.array(counts) @ made.records["series"][draws, -1, 0] / count
    spread = np.ptp(made.records["series"][:, -1, 0])
    assert abs(mean - made.outcomes["exit"]["mean"]) <= spread / count + 1e-12


def test_one_draw_is_enough_where_nothing_is_uncertain(tmp_path: Path) -> None:
    text = edited(COINS, ("{prior: {uniform: [0, 1]}, judgement: 'test: any'}", "{prior: {fixed: 0.5}}"),
                  ("q: {prior: {uniform: [0, 1]}}", "q: {prior: {fixed: 0.5}}"),
                  ("unresolved: {worth: {a: 1}}", "unresolved: {peaceful: true, worth: {a: 1}}"))  # fmt: skip
    text = text.replace("{PARAMETERS}", "{}") + "levers:\n  damp: {by: [a], sets: {p: 0}, judgement: test}\n"
    case = load(write(tmp_path / "coins", text, heads()))
    found = offramps(forecast(case, settings=Settings(draws=24, check_grid=False)), draws=5)
    assert found.answer["common"] == 1
    assert found.sets[("damp",)]["gain"]["mean"] == pytest.approx(1 - 0.95**12)
    assert found.sets[("damp",)]["owners"] == {"a": "wants"}


# On paper -----------------------------------------------------------------------------------------------------


def test_the_documented_shape(found: Offramps) -> None:
    from test_cli_scripts import differences, shapes

    (shape,) = shapes("Off-ramps")
    real = plain(found.to_json())
    assert real["left_out"] is None
    shape["left_out"] = "text or null"
    assert differences(shape, real) == []


def test_it_reads_well(made: Forecast, found: Offramps) -> None:
    """The terminal and the brief say the same, and name the way out, what it hangs on, and who has to act."""
    from io import StringIO

    from rich.console import Console

    from standoff.report.brief import render_html, render_markdown
    from standoff.report.findings import findings
    from standoff.report.say.offramps import print_offramps
    from standoff.report.titles import titles

    console = Console(file=StringIO(), width=200)
    print_offramps(found.to_json(), titles(made.structure.document), console, name="gate")
    told = console.file.getvalue()  # type: ignore[attr-defined]
    whole = {**findings(made), "offramps": plain(found.to_json())}
    brief = render_markdown(whole)
    for text in (told, re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", brief)):
        assert "Without “escort”" in text
        assert "“leave” is taken at" in text
        assert "ends in peace in 4" in text
        assert "else “shot”" in text
        assert "power would want it; up to a neighbour as well" in text
        assert "“strike”" in text
    assert "nan" not in told
    page = render_html(whole)
    for target in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{target}"' in page, target


def test_a_brief_without_numbers_says_why(tmp_path: Path) -> None:
    from standoff.report.about.offramps import section
    from standoff.report.references import References

    refs = References({})
    thin = offramps(made_of(tmp_path / "gate", draws=6)).to_json()
    assert section({"offramps": thin}, refs) == {"thin": thin["say"]}
    peaceless = made_of(tmp_path / "war", edited(EXIT, ("exit: {peaceful: true, ", "exit: {")))
    row = section({"offramps": offramps(peaceless).to_json()}, refs)
    assert row is not None
    assert "none of its outcomes as peaceful" in row["say"].lower()
    assert section({}, refs) is None


def test_the_command_asks_once(tmp_path: Path) -> None:
    """It searches, keeps the answer with the run, and writes a brief that is there again."""
    from typer.testing import CliRunner

    from standoff.cli import app

    folder, out = write(tmp_path / "gate", EXIT, OPENED), tmp_path / "run"
    run = [str(folder), "--as-of", NOW.isoformat(), "--draws", "20", "--grid", "6", "--workers", "1", "--out", str(out)]
    assert CliRunner().invoke(app, ["assess", *run]).exit_code == 0
    found = CliRunner().invoke(app, ["offramps", *run, "--size", "2", "--common", "3", "--json"])
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    assert [row["levers"] for row in answer["sets"] if row["minimal"]] == [list(PAIR)]
    assert json.loads((out / "forecast.json").read_text())["offramps"]["sets"] == answer["sets"]
    assert "What stands in the way" in (out / "brief.md").read_text()
    refused = CliRunner().invoke(app, ["offramps", *run, "--lever", "escrt"])
    assert refused.exit_code == 1
    assert "Did you mean 'escort'?" in refused.output
