"""Findings against the draws they are made of: what holds under a condition is weighed by the condition."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from forecast_kit import COINS, PUSHES, day, edited, heads, write
from standoff.case import check, load
from standoff.forecast import Forecast, Settings, forecast
from standoff.game import compile_case
from standoff.report.answers import questions
from standoff.report.basis import belief_path
from standoff.report.brief import render_markdown
from standoff.report.findings import findings
from standoff.report.references import References
from standoff.report.sentences import change_line
from standoff.report.written import model

# p decides how often a strikes first, and how the strike ends
STRIKES = edited(
    PUSHES,
    (
        "push: {then: {level: +1}, costs: {a: {x: 0.5, y: -0.1}}}",
        "push: {then: {level: +1}, costs: {a: {x: p, y: p - 0.5}}}\n"
        "    strike: {costs: {a: 1 - p}, ends: {won: p, unresolved: 1 - p}}",
    ),
    ("  b:\n    hold: {}\n    note: {noticed: 0}", "  b:\n    hold: {}\n    yield: {costs: 0.5 * p, ends: won}"),
    ("outcomes:", "outcomes:\n  won: {worth: {a: 0, b: 0}}"),
)
ORDER = "\norder: [a, b, {actor: a, moves: [hold, push]}]\n"
ASKED = """
questions:
  - ask: And then?
    moves: a
    after: {a: hold}
    factors: [level]
  - {ask: Or pushed?, after: {a: push}}
  - {ask: Or struck?, after: {a: strike}}
"""
PRIOR = "{p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}}"


def run(folder: Path, case: str) -> Forecast:
    told = "history:\n  - {date: 2030-01-08, b: hold, judgement: 'test'}\n"
    found = load(write(folder, case, told, PRIOR))
    return forecast(found, as_of=day(2), settings=Settings(draws=32, refine=False, check_grid=False, grid=4))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return run(tmp_path_factory.mktemp("f") / "c", STRIKES + ORDER + ASKED)


def test_each_turn_has_chances_of_its_own(made: Forecast) -> None:
    turns = findings(made)["next_turns"]
    assert [(row["actor"], row["turn"], row["turns"]) for row in turns] == [("a", 1, 2), ("b", 1, 1), ("a", 2, 2)]
    assert [list(row["moves"]) for row in turns] == [["hold", "push", "strike"], ["hold", "yield"], ["hold", "push"]]
    for row in turns:
        assert sum(move["mean"] for move in row["moves"].values()) == pytest.approx(1, abs=1e-12)
    assert turns[0]["moves"]["hold"]["mean"] != pytest.approx(turns[2]["moves"]["hold"]["mean"], abs=1e-3)
    assert findings(made)["next_moves"]["a"]["hold"] == turns[0]["moves"]["hold"]


def test_a_question_about_moves_shows_every_turn(made: Forecast) -> None:
    found = findings(made)
    answers = questions(found, References(found))[0]["answers"]
    assert "in the first of its two turns a week" in answers[0]
    assert "in the second of its two turns a week" in answers[1]


def test_chances_by_type_make_up_the_chance(made: Forecast) -> None:
    found = findings(made)
    belief = {kind: row["mean"] for kind, row in found["beliefs"]["a"].items()}
    first = found["next_turns"][0]["moves"]
    # b has not moved since, and all that is at stake stands in one place: who decides is who is believed in
    for row in first.values():
        assert sum(belief[kind] * row["by_type"][kind] for kind in belief) == pytest.approx(row["mean"], abs=1e-12)
    plain = float(made.weights @ made.records["next"][:, 0, 1])
    assert first["hold"]["by_type"]["x"] != pytest.approx(plain, abs=1e-4)  # not the same as an even-handed mean


def test_what_follows_each_move_makes_up_the_forecast(tmp_path: Path) -> None:
    """The law of total probability, over draws too: seeing a move makes the draws likelier that expect it."""
    made = run(tmp_path / "c", STRIKES + ASKED)
    assert made.task.after == (("a", "hold"), ("a", "push"), ("a", "strike"))
    chances = [float(made.weights @ made.records["after_given"][:, q]) for q in range(3)]
    assert sum(chances) == pytest.approx(1, abs=1e-12)
    found = findings(made)
    panels = [next(p for p in asked["panels"] if p["kind"] == "after") for asked in found["questions"]]
    for name, now in found["outcomes"].items():
        then = [panel["rows"][name]["then"]["mean"] for panel in panels]
        total = sum(chance * value for chance, value in zip(chances, then, strict=True))
        assert total == pytest.approx(now["mean"], abs=1e-12)
        assert panels[0]["rows"][name]["now"]["mean"] == pytest.approx(now["mean"], abs=1e-12)
    # b comes second: what it does is seen only if a has not struck, and by then a has had its turn
    later = run(tmp_path / "d", STRIKES + ASKED.replace("{a: hold}", "{b: hold}").replace("{a: push}", "{b: yield}"))
    assert later.task.after == (("b", "hold"), ("b", "yield"), ("a", "strike"))
    turn = [float(later.weights @ later.records["after_given"][:, q]) for q in range(3)]
    assert sum(turn) == pytest.approx(1, abs=1e-9)
    assert turn[2] > 0.02
    said = findings(later)
    follows = [next(p for p in asked["panels"] if p["kind"] == "after") for asked in said["questions"]]
    for name, now in said["outcomes"].items():
        total = sum(chance * panel["rows"][name]["then"]["mean"] for chance, panel in zip(turn, follows, strict=True))
        assert total == pytest.approx(now["mean"], abs=1e-9)
    # a strike is seen where it promises something
    p = made.records["parameters"][:, 0]
    assert panels[2]["rows"]["won"]["then"]["mean"] > float(made.weights @ p) + 0.02


def test_the_course_of_a_factor_is_that_of_stories_that_go_on(made: Forecast) -> None:
    found = findings(made)["courses"]["level"]["probabilities"]
    first = made.task.lines[-1].step
    alive, levels = made.records["alive"][:, first:], made.records["levels"][:, first:, 0]
    joint = np.einsum("d,dt,dtl->tl", made.weights, alive, levels)
    assert np.array(found) == pytest.approx(joint / (made.weights @ alive)[:, None], abs=1e-12)
    assert alive[:, -1].max() < 1 - 1e-3


def test_a_move_is_expected_by_the_draws_of_its_eve(tmp_path: Path) -> None:
    """A head, and a head again: at first one in two expects it, then two in three; after a tail, an even chance."""
    case = load(write(tmp_path / "c", edited(COINS, ("0.1 * p", "0")), heads(0, 1, 3)))
    made = forecast(case, as_of=day(4), settings=Settings(draws=256, refine=False, check_grid=False))
    rows = findings(made)["history"]
    assert [row["expected"]["mean"] for row in rows] == pytest.approx([1 / 2, 2 / 3, 3 / 5], abs=0.005)
    assert [row["expected_of_decisions"] for row in rows] == [row["expected"] for row in rows]
    # what the first head leaves of 256 draws: (E p)^2 / E p^2
    assert rows[0]["kept"] == pytest.approx((1 / 4) / (1 / 3), abs=0.01)
    assert [row["likelihood"]["mean"] for row in rows] == pytest.approx([2 / 3] * 3, abs=0.005)


def test_a_draw_ruled_out_later_still_counts_on_the_eve(tmp_path: Path) -> None:
    closed = edited(PUSHES, ("push: {then", "push: {when: level is l0 or p > 0.5, then"))
    told = "".join(f"  - {{date: {day(week)}, a: push, judgement: 'test'}}\n" for week in (0, 1))
    case = load(write(tmp_path / "c", closed, f"history:\n{told}", PRIOR))
    made = forecast(case, as_of=day(2), settings=Settings(draws=32, refine=False, check_grid=False))
    assert (made.weights > 0).sum() == 16
    assert (made.weights_before(0) > 0).all()
    assert (made.weights_before(1) > 0).all()
    second = findings(made)["history"][1]
    assert second["kept"] == pytest.approx(0.5, abs=0.02)
    assert second["expected"]["p05"] == 0.0


def test_a_prior_that_the_case_states_is_shown_as_it_is_stated(tmp_path: Path) -> None:
    """Not as the few draws of it happen to come out."""
    case = load(write(tmp_path / "c", edited(PUSHES, ("    precision: 4\n", "    precision: 4\n    sureness: 8\n"))))
    made = forecast(case, settings=Settings(draws=8, refine=False, check_grid=False))
    assert {kind: row["prior"] for kind, row in findings(made)["beliefs"]["a"].items()} == {"x": 0.7, "y": 0.3}
    assert made.records["priors"][:, 0].mean() != pytest.approx(0.7, abs=1e-4)


def test_a_question_after_what_nobody_can_see(tmp_path: Path) -> None:
    case = edited(STRIKES, ("  b:\n    hold: {}\n", "  b:\n    hold: {}\n    plot: {covert: true}\n"))
    asked = "\nquestions:\n  - {ask: If they plot?, after: {b: plot}}\n  - {ask: If not?, after: {b: hold}}\n"
    folder = write(tmp_path / "c", case + asked, parameters=PRIOR)
    warned = [problem for problem in check(folder) if problem.path == "questions.0.after.b"]
    assert [problem.level for problem in warned] == ["warning"]
    found = findings(forecast(load(folder), settings=Settings(draws=4, refine=False, check_grid=False, grid=4)))
    for row in questions(found, References(found)):
        assert "is never seen when it is done" in row["answers"][0]


def test_a_clock_in_parts_is_told_in_its_parts(tmp_path: Path) -> None:
    case = edited(STRIKES, ("steps: 6}", "steps: 6, parts: 2}"))
    folder = write(tmp_path / "c", case + ORDER + ASKED, parameters=PRIOR)
    made = forecast(load(folder), as_of=day(2), settings=Settings(draws=4, refine=False, check_grid=False, grid=3))
    found = findings(made)
    assert (found["case"]["now_step"], found["case"]["steps"]) == (2, 6)
    answer = questions(found, References(found))[0]["answers"][0]
    assert "in the first of its two turns in a step of half a week" in answer
    page = render_markdown(found)
    assert "week 3 of 6" in page
    assert "In each step of half a week the turn goes to" in page


def test_a_testimony_says_how_far_it_shifted_beliefs(tmp_path: Path) -> None:
    """Where nothing else was heard, it explains the whole way from the prior."""
    told = (
        "discount: {reliability: {A: 1}, credibility: {1: 1}}\n"
        "reports: {paper: {file: reports/paper.md}}\n"
        "claims:\n  heard: {says: A means it., report: paper, credibility: 1, bears_on: {a: {x: 0.5, y: 2}}}\n"
        "history:\n  - {from: 2030-01-07, to: 2030-01-13, unreported: [a, b], judgement: 'nobody looked'}\n"
    )
    (tmp_path / "c" / "reports").mkdir(parents=True)
    front = "id: paper\ntitle: Paper\noutlet: Paper\npublished: 2030-01-15\ngrade: A\n"
    (tmp_path / "c" / "reports" / "paper.md").write_text(f"---\n{front}---\n\nA means it.\n", encoding="utf-8")
    found = load(write(tmp_path / "c", PUSHES, told, PRIOR))
    made = forecast(found, as_of=day(1, 1), settings=Settings(draws=4, refine=False, check_grid=False, grid=4))
    plain = findings(made)
    heard = plain["testimony"][0]["shift"]["a"]
    after = plain["beliefs"]["a"]["x"]["mean"]
    before = 4 * after / (4 * after + 1 - after)
    assert before == pytest.approx(0.7, abs=1e-6)
    assert heard["x"] == pytest.approx(after - before, abs=1e-6)
    assert heard["x"] + heard["y"] == pytest.approx(0, abs=1e-12)
    assert plain["evidence"]["gaps"][0]["judgement"] == "nobody looked"
    refs = References(plain)
    assert [ref.href for ref in belief_path(plain, refs, "a")] == ["#claim-heard"]
    plain["series"] = [{"as_of": "2030-01-07", "outcomes": {"unresolved": {"mean": 0.5}, "gone": {"mean": 0.5}}}] * 2
    plain["outcomes"]["gone"] = {"mean": 0.0}
    line = change_line(plain, refs)
    assert line is not None
    assert "The single most telling report was “A means it”, known by" in line.more




def test_what_a_parameter_does_to_an_outcome_is_told_for_each(made: Forecast) -> None:
    """By a standard deviation of it: the weighted regression of the outcome's chance."""
    sway = findings(made)["parameters"]["p"]["sway"]
    p, won = made.records["parameters"][:, 0], made.records["series"][:, -1, 0]
    names = list(made.structure.document.outcomes)
    slope = np.polyfit(p, won, 1, w=np.sqrt(made.weights))[0]
    spread = np.sqrt(made.weights @ (p - made.weights @ p) ** 2)
    assert sway[names[0]] == pytest.approx(slope * spread, abs=1e-9)
    assert abs(sway[names[0]]) > 1e-3


def test_titles_that_theory_makes_name_actors_by_their_titles() -> None:
    case = load("venezuela-2025")
    told = model(SimpleNamespace(case=case, structure=compile_case(case)))  # type: ignore[arg-type]
    titles = {row["name"]: row["title"] for row in told["flows"]}
    assert titles["sunk_costs_upkeep"] == "Keeping forces in place costs the US administration"
    assert titles["patron_support_relief"] == "Support from outside helps the Venezuelan presidency hold out"
    own = {name: flow.title for name, flow in case.written.flows.items()}
    assert own.items() <= titles.items()  # what the case says itself stays
