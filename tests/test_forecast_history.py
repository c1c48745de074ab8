"""Bayes along the public path, against numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from forecast_kit import PRIOR, PUSH, PUSHES, TURN, day, edited, walked, write
from standoff.case import load
from standoff.errors import CaseError, RunError
from standoff.evidence import load_evidence
from standoff.forecast import history as module
from standoff.forecast.history import Trail, outcomes, walk
from standoff.forecast.silence import Silence
from standoff.forecast.timeline import timeline
from standoff.game import compile_case
from standoff.solver import solve

EXACT = 1e-9
HOLD = {kind: 1 - p for kind, p in PUSH.items()}


def bayes(*seen: dict[str, float], prior: dict[str, float] = PRIOR) -> tuple[float, list[float]]:
    """(probability of everything seen, beliefs after it), each `seen` a likelihood by type."""
    joint = {kind: prior[kind] * math.prod(one[kind] for one in seen) for kind in prior}
    total = sum(joint.values())
    return total, [joint[kind] / total for kind in prior]


def entry(when: str, what: str) -> str:
    return f"  - {{date: {when}, {what}, judgement: 'test: so it was'}}\n"


def test_a_reported_move_and_the_silence_around_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", PUSHES, "history:\n" + entry("2030-01-15", "a: push"))
    found = walked(folder, day(3, 6))
    # as of the end of week 3: its own phases are not played, weeks 0 to 2 are
    total, beliefs = bayes(HOLD, PUSH, HOLD)
    assert found.walk.step == 3
    assert found.walk.phase == 0
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    shown = found.walk.likelihood[0]
    before = bayes(HOLD)[1]
    assert shown == pytest.approx(before[0] * PUSH["x"] + before[1] * PUSH["y"], abs=EXACT)
    after = bayes(HOLD, PUSH)[1]
    assert found.walk.shift[0][0] == pytest.approx([after[0] - before[0], after[1] - before[1]], abs=EXACT)


def test_a_move_in_the_present_step_is_played_up_to_its_phase(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", PUSHES, "history:\n" + entry("2030-01-15", "a: push"))
    found = walked(folder, day(1, 2))
    total, beliefs = bayes(HOLD, PUSH)
    assert (found.walk.step, found.walk.phase) == (1, 1)
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    assert outcomes(found.solution, found.walk) == pytest.approx([1.0])


def test_a_probable_move_is_soft_evidence(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", PUSHES, "history:\n" + entry("2030-01-08", "a: {push: 0.8}"))
    found = walked(folder, day(1))
    seen = {kind: 0.8 * PUSH[kind] + 0.2 * HOLD[kind] for kind in PRIOR}
    total, beliefs = bayes(seen)
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    # the push and its absence are two places, each with its own belief
    states = found.solution.game.states[found.walk.places.states, 0].tolist()
    weight = dict(zip(states, found.walk.places.weights.tolist(), strict=True))
    assert weight[1] == pytest.approx(0.8 * (0.7 * PUSH["x"] + 0.3 * PUSH["y"]) / total, abs=EXACT)


def test_how_expected_a_move_was_is_not_how_likely_its_report(tmp_path: Path) -> None:
    told = "history:\n" + entry("2030-01-15", "a: {push: 0.8}") + entry("2030-01-22", "a: hold")
    found = walked(write(tmp_path / "c", PUSHES, told), day(3)).walk
    before = bayes(HOLD)[1]
    push = before[0] * PUSH["x"] + before[1] * PUSH["y"]
    assert found.expected[0] == pytest.approx((push, push / TURN), abs=EXACT)
    assert found.likelihood[0] == pytest.approx(0.8 * push + 0.2 * (1 - push), abs=EXACT)
    assert found.eve[0] == pytest.approx(math.log(bayes(HOLD)[0]), abs=EXACT)
    soft = {kind: 0.8 * PUSH[kind] + 0.2 * HOLD[kind] for kind in PRIOR}
    assert found.eve[1] == pytest.approx(math.log(bayes(HOLD, soft)[0]), abs=EXACT)
    held = [bayes(HOLD, soft, HOLD)[0] / bayes(HOLD, soft)[0]] * 2  # it goes on without a decision
    assert found.expected[1] == pytest.approx(held, abs=EXACT)


def test_how_expected_a_move_of_vague_date_was_in_a_week(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", PUSHES, "history:\n" + entry("2030-01-07..2030-01-20", "a: push"))
    found = walked(folder, day(2)).walk
    beliefs = [bayes()[1], bayes(HOLD)[1]]
    weekly = [one[0] * PUSH["x"] + one[1] * PUSH["y"] for one in beliefs]
    assert found.expected[0] == pytest.approx((sum(weekly) / 2, sum(weekly) / 2 / TURN), abs=EXACT)
    assert found.eve[0] == pytest.approx(0.0, abs=EXACT)


def test_a_gap_is_integrated_out(tmp_path: Path) -> None:
    gap = "  - {from: 2030-01-07, to: 2030-01-20, unreported: [a], judgement: 'test: no reports'}\n"
    found = walked(write(tmp_path / "c", PUSHES, "history:\n" + gap), day(2))
    assert found.likelihood == pytest.approx(1.0, abs=EXACT)
    assert found.belief() == pytest.approx([0.7, 0.3], abs=EXACT)
    assert sorted(found.solution.game.states[found.walk.places.states, 0].tolist()) == [0, 1, 2]
    # the week after the gap speaks again
    found = walked(tmp_path / "c", day(3))
    total, beliefs = bayes(HOLD)
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)


def test_a_move_that_reports_may_miss(tmp_path: Path) -> None:
    case = edited(PUSHES, ("push: {then", "push: {noticed: 0.3, then"))
    found = walked(write(tmp_path / "c", case), day(1))
    total, beliefs = bayes({kind: HOLD[kind] + 0.7 * PUSH[kind] for kind in PRIOR})
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)


def test_a_vague_date_is_spread_over_its_steps(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", PUSHES, "history:\n" + entry("2030-01-07..2030-01-20", "a: push"))
    found = walked(folder, day(2))
    ways = [bayes(PUSH, HOLD), bayes(HOLD, PUSH)]  # the same here, for play does not change
    total = sum(way[0] for way in ways) / 2
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(ways[0][1], abs=EXACT)
    assert set(found.solution.game.states[found.walk.places.states, 0].tolist()) == {1}
    assert found.walk.places.met.tolist() == [0] * len(found.walk.places.met)


def test_two_vague_reports_that_end_together_are_two_moves(tmp_path: Path) -> None:
    both = entry("2030-01-07..2030-01-20", "a: push") * 2
    found = walked(write(tmp_path / "c", PUSHES, "history:\n" + both), day(2))
    total, beliefs = bayes(PUSH, PUSH)
    assert found.likelihood == pytest.approx(2 * total / 4, abs=EXACT)  # first then second, or the other way
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    assert set(found.solution.game.states[found.walk.places.states, 0].tolist()) == {2}


def test_a_vague_report_beside_a_precise_one(tmp_path: Path) -> None:
    told = entry("2030-01-15", "a: push") + entry("2030-01-07..2030-01-27", "a: push")
    found = walked(write(tmp_path / "c", PUSHES, "history:\n" + told), day(3))
    total, beliefs = bayes(PUSH, PUSH, HOLD)
    assert found.likelihood == pytest.approx(2 * total / 2, abs=EXACT)  # in week 0 or week 2; week 1 is taken
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    assert set(found.solution.game.states[found.walk.places.states, 0].tolist()) == {2}


def test_many_vague_reports_reuse_their_marks(tmp_path: Path) -> None:
    case = edited(PUSHES, ("steps: 6", "steps: 140"))
    told = "".join(entry(f"{day(2 * i)}..{day(2 * i + 1, 6)}", "a: hold") for i in range(70))
    found = walked(write(tmp_path / "c", case, "history:\n" + told), day(140))
    total, beliefs = bayes(*[HOLD] * 140)
    assert found.walk.loglik == pytest.approx(math.log(total), abs=1e-6)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)


def test_a_date_is_never_later_than_the_report_of_it(tmp_path: Path) -> None:
    """A report of 10 January that tells of "January" cannot mean the week after it."""
    reports = (
        "reports:\n  wire: {title: Wire, published: 2030-01-10, grade: B, file: wire.txt}\n"
        "claims:\n  pushed: {says: it pushed, report: wire, credibility: 2}\n"
        "history:\n  - {date: January 2030, a: push, because: [pushed]}\n"
    )
    folder = write(tmp_path / "c", PUSHES, reports)
    (folder / "wire.txt").write_text("It pushed.\n")
    found = walked(folder, day(4))
    total, beliefs = bayes(PUSH, HOLD, HOLD, HOLD)
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    # what is known later says no more and no less about when it was
    assert walked(folder, day(0, 3)).likelihood == pytest.approx(bayes(PUSH)[0], abs=EXACT)


def test_a_second_turn_in_a_step_takes_a_second_move(tmp_path: Path) -> None:
    case = PUSHES.replace("moves:\n", "order: [a, b, a]\nmoves:\n")
    told = "history:\n" + entry("2030-01-08", "a: push") + entry("2030-01-10", "a: push")
    found = walked(write(tmp_path / "c", case, told), day(1))
    total, beliefs = bayes(PUSH, PUSH)
    assert found.likelihood == pytest.approx(total, abs=EXACT)
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)


CHANCE = edited(
    PUSHES,
    ("push: {then: {level: +1}, costs: {a: {x: 0.5, y: -0.1}}}", "note: {}"),
    (
        "outcomes:",
        """events:
  leak: {when: level < l6, chance: 0.2 if a is x else 0.5, then: {level: +1}}
  fire: {when: level < l6, chance: 0.1, then: {level: +1}}
outcomes:""",
    ),
)
LEAK = {"x": 0.2, "y": 0.5}


def test_an_event_that_depends_on_a_type_teaches_it(tmp_path: Path) -> None:
    # unreported shifting events are never told of, so only the week of the report speaks
    found = walked(write(tmp_path / "c", CHANCE, "history:\n" + entry("2030-01-15", "event: leak")), day(3))
    total, beliefs = bayes(LEAK)
    notes = 1 - TURN / 2  # the actor notes things at random, which reports would tell of, and they do not
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    assert found.likelihood == pytest.approx(total * notes**3, abs=EXACT)


def test_a_report_that_wavers_between_two_events(tmp_path: Path) -> None:
    told = "history:\n" + entry("2030-01-08", "event: {leak: 0.6, fire: 0.3}")
    found = walked(write(tmp_path / "c", CHANCE, told), day(1))
    leak = {kind: 0.6 * p + 0.4 * (1 - p) for kind, p in LEAK.items()}
    total, beliefs = bayes(leak)
    fire = 0.3 * 0.1 + 0.7 * 0.9
    assert found.belief() == pytest.approx(beliefs, abs=EXACT)
    assert found.likelihood == pytest.approx(total * fire * (1 - TURN / 2), abs=EXACT)


def test_nothing_reported_means_that_the_story_has_not_ended(tmp_path: Path) -> None:
    case = edited(
        CHANCE,
        ("chance: 0.2 if a is x else 0.5, then: {level: +1}", "chance: 0.2 if a is x else 0.5, ends: over"),
        ("  unresolved:", "  over: {worth: {a: 0, b: 0}}\n  unresolved:"),
    )
    found = walked(write(tmp_path / "c", case), day(2))
    quiet = {kind: 1 - p for kind, p in LEAK.items()}
    assert found.belief() == pytest.approx(bayes(quiet, quiet)[1], abs=EXACT)
    told = "history:\n" + entry("2030-01-15", "event: leak")
    found = walked(write(tmp_path / "d", case, told), day(3))
    assert found.belief() == pytest.approx(bayes(quiet, LEAK)[1], abs=EXACT)
    assert outcomes(found.solution, found.walk) == pytest.approx([1.0, 0.0])


def test_nothing_follows_the_end(tmp_path: Path) -> None:
    case = edited(
        PUSHES,
        ("note: {noticed: 0}", "stop: {ends: over}"),
        ("  unresolved:", "  over: {worth: {a: 0, b: 0}}\n  unresolved:"),
    )
    told = entry("2030-01-08..2030-01-20", "b: stop")
    for later in (entry("2030-01-22", "a: push"), entry("2030-01-22..2030-02-03", "a: push")):
        found = walked(write(tmp_path / later[15:30], case, "history:\n" + told + later), day(5))
        assert found.walk.loglik == -math.inf
        assert found.walk.impossible == 1


def with_testimony(folder: Path, claims: str, parameters: str = "{}") -> Path:
    evidence = (
        "discount:\n  reliability: {A: 1, C: 0.5}\n  credibility: {2: 1, 4: 0.5}\n"
        "reports:\n  wire: {title: Wire, published: 2030-01-10, grade: A, file: wire.txt}\n"
        "  echo: {title: Echo, published: 2030-01-23, grade: C, file: wire.txt}\n"
        f"claims:\n{claims}history: []\n"
    )
    write(folder, PUSHES, evidence, parameters)
    (folder / "wire.txt").write_text("They mean it.\n")
    return folder


def test_testimony_is_discounted_and_one_origin_counts_once(tmp_path: Path) -> None:
    claims = (
        "  one: {says: bluff, report: wire, credibility: 4, origin: office, bears_on: {a: {x: 4}}}\n"
        "  same: {says: bluff, report: echo, credibility: 4, origin: office, bears_on: {a: {x: 9}}}\n"
        "  other: {says: no bluff, report: echo, credibility: 2, origin: street, bears_on: {a: {y: 9}}}\n"
    )
    folder = with_testimony(tmp_path / "c", claims)
    one = {"x": 4**0.5, "y": 1.0}
    found = walked(folder, day(2))
    assert found.belief() == pytest.approx(bayes(HOLD, HOLD, one)[1], abs=EXACT)
    assert found.likelihood == pytest.approx(bayes(HOLD, HOLD, one)[0], abs=EXACT)
    other = {"x": 1.0, "y": 3.0}
    found = walked(folder, day(3))
    assert found.belief() == pytest.approx(bayes(HOLD, HOLD, HOLD, one, other)[1], abs=EXACT)


def test_testimony_on_a_parameter_weighs_the_draw(tmp_path: Path) -> None:
    claims = "  one: {says: strong, report: wire, credibility: 2, bears_on: {where: [{if: p > 0.5, ratio: 3}]}}\n"
    folder = with_testimony(tmp_path / "c", claims, "{p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}}")
    high, low = walked(folder, day(1), u=0.8), walked(folder, day(1), u=0.2)
    assert high.likelihood / low.likelihood == pytest.approx(3.0, abs=EXACT)


def test_many_places_keep_their_expected_beliefs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = edited(PUSHES, ("[l0, l1, l2, l3, l4, l5, l6]", "[l0, l1]"), ("{level: +1}", "{level: l1}"))
    gap = "  - {from: 2030-01-07, to: 2030-02-10, unreported: [a], judgement: 'test: no reports'}\n"
    folder = write(tmp_path / "c", case, "history:\n" + gap + entry("2030-02-12", "a: push"))
    fine = walked(folder, day(6))
    monkeypatch.setattr(module, "MOST", 3)
    few = walked(folder, day(6))
    assert len(few.walk.places.states) <= 3 < len(fine.walk.places.states)
    assert few.belief() == pytest.approx(fine.belief(), abs=EXACT)
    assert few.belief() == pytest.approx(bayes(PUSH)[1], abs=EXACT)
    assert few.walk.loglik == pytest.approx(fine.walk.loglik, abs=EXACT)


def test_what_cannot_be_laid_on_the_clock(tmp_path: Path) -> None:
    covert = edited(PUSHES, ("push: {then", "push: {covert: true, then"))
    case = load(write(tmp_path / "a", covert))
    told = write(tmp_path / "told", covert, "history:\n" + entry("2030-01-15", "a: push"))
    with pytest.raises(CaseError, match="covert move `push`"):  # the check says so, with its line
        load(told)
    with pytest.raises(RunError, match="covert move `push`"):  # and so does the clock, for evidence that nobody checked
        timeline(case.document, compile_case(case).phases, load_evidence(told)[0], day(3))
    # the standing move beside a covert one leaves nothing to see: no news
    found = walked(write(tmp_path / "b", covert, "history:\n" + entry("2030-01-15", "a: hold")), day(2))
    assert found.likelihood > 0
    # three vague reports of one actor within two weeks in which a precise one has already the turn
    told = entry("2030-01-08", "a: push") + entry("2030-01-15", "a: push") + entry("2030-01-07..2030-01-20", "a: push")
    with pytest.raises(RunError, match="one more move of a"):
        walked(write(tmp_path / "c", PUSHES, "history:\n" + told), day(3))


def test_a_trail_changes_no_walk(tmp_path: Path) -> None:
    told = (
        entry("2030-01-08", "a: push")
        + entry("2030-01-07..2030-01-27", "a: push")
        + entry("2030-02-05", "a: {push: 0.6}")
    )
    folder = write(tmp_path / "c", PUSHES, "history:\n" + told)
    case = load(folder)
    structure = compile_case(case)
    game = structure.game({})
    solution = solve(game, threads=1, grid_error=False, own_until=7)
    silence = Silence(structure, {})
    dates = [day(0), day(0, 3), day(1), day(3), day(4, 4), day(5), day(6), day(2), day(6)]
    lines = [timeline(case.document, structure.phases, case.evidence, when) for when in dates]
    trail = Trail()
    skipped = 0
    for line in lines:
        begun = len(trail.marks)
        alone, along = walk(solution, silence, line, {}), walk(solution, silence, line, {}, trail)
        skipped += min(begun, len(trail.marks))
        assert along.loglik == alone.loglik
        assert (along.step, along.phase) == (alone.step, alone.phase)
        assert along.likelihood == alone.likelihood
        assert along.places.weights.tolist() == alone.places.weights.tolist()
        assert along.places.beliefs[0].tolist() == alone.places.beliefs[0].tolist()
        assert {key: [x.tolist() for x in one] for key, one in along.shift.items()} == {
            key: [x.tolist() for x in one] for key, one in alone.shift.items()
        }
    assert skipped > 10


def test_what_was_said_before_the_start_is_known_at_the_start(tmp_path: Path) -> None:
    """Testimony from before the clock is in every belief from the first move on."""
    claims = "  one: {says: bluff, report: wire, credibility: 2, bears_on: {a: {x: 2}}}\n"
    folder = with_testimony(tmp_path / "c", claims)
    file = folder / "evidence.yaml"
    file.write_text(file.read_text().replace("published: 2030-01-10", "published: 2029-12-24"))
    case = load(folder)
    line = timeline(case.document, compile_case(case).phases, case.evidence, day(0))
    assert list(line.testimony) == [-1]
    assert walked(folder, day(0)).belief() == pytest.approx(bayes({"x": 2, "y": 1})[1], abs=EXACT)
    assert walked(folder, day(1)).belief() == pytest.approx(bayes(HOLD, {"x": 2, "y": 1})[1], abs=EXACT)
