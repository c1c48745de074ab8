"""The shipped case venezuela-2025: its 24 parts are there, cited, and push as their texts say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from standoff.case import Case, check, load
from standoff.evidence import testimony
from standoff.evidence.text import normalise
from standoff.forecast.history import before_now, walk
from standoff.forecast.history import outcomes as outcomes_then
from standoff.forecast.silence import Silence
from standoff.forecast.timeline import timeline
from standoff.game import Structure, compile_case
from standoff.solver import Solution, solve

CASE = "venezuela-2025"
TEXTS = Path(__file__).parents[1].parent / "shared" / "reports"
COARSE = {3: 3, 2: 3}

# Scenes: where the crisis stands when the clock of a direction test starts.
DECEMBER = {"force": "carrier_group", "rung": "airspace_closed", "defences": "mobilised"}
UNGUARDED = {"force": "carrier_group", "rung": "airspace_closed"}
NOVEMBER = {**DECEMBER, "rung": "boat_strikes"}
ULTIMATUM = {**DECEMBER, "talks": "ultimatum"}
TERMS = {**DECEMBER, "talks": "counter_terms"}
BROKEN = {**DECEMBER, "cohesion": "broken"}
AT_SEA = {"cohesion": "broken", "defences": "mobilised"}
ON_LAND = {**DECEMBER, "rung": "land_strikes"}
DEALS = ("negotiated_exit", "managed_transition")


@dataclass(frozen=True)
class Push:
    """Raise one thing, and the chance of some outcomes moves up (+1) or down (-1), as a claim says.

    `raises` is a parameter (from its 10 % to its 90 % point), a lever, or a factor (from its lowest to its
    top level at the start); `scene` is where the clock starts.
    """

    part: int
    raises: str
    moves: str | tuple[str, ...]
    direction: int
    claim: str
    scene: Mapping[str, str] = field(default_factory=lambda: DECEMBER)

    def __str__(self) -> str:
        return f"part {self.part}: {self.raises}"


PUSHES = (
    Push(1, "exit_trust", "negotiated_exit", +1, "ultimatum-by-phone", ULTIMATUM),
    Push(1, "safe_exit_guarantee", "negotiated_exit", +1, "counter-demand", ULTIMATUM),
    Push(2, "audience", "stepped_back", -1, "weak-if-it-steps-back"),
    Push(2, "face_saver", "stepped_back", +1, "weak-if-it-steps-back"),
    Push(3, "force", "captured", +1, "warships-december", {"rung": "boat_strikes"}),
    Push(4, "cover", "captured", +1, "real-door-or-pause", TERMS),
    Push(4, "door_price", DEALS, -1, "openness-november"),
    Push(5, "rung", "captured", +1, "next-rungs", {"force": "carrier_group"}),
    Push(6, "escape", "negotiated_exit", +1, "standing-orders", ULTIMATUM),
    Push(6, "neutral_escort", "negotiated_exit", +1, "inner-ring-controlled", ULTIMATUM),
    Push(7, "secrets", "negotiated_exit", -1, "fears-what-he-tells", ULTIMATUM),
    Push(7, "client_oil", "negotiated_exit", -1, "oil-for-security", ULTIMATUM),
    Push(8, "rents", "palace_coup", -1, "rents-for-allegiance"),
    Push(8, "watchers", "palace_coup", -1, "counter-intelligence"),
    Push(8, "cohesion", "palace_coup", -1, "expects-betrayal"),
    Push(9, "sanctions_bite", "palace_coup", +1, "sanctions-grew", {**DECEMBER, "hardship": "acute"}),
    Push(9, "hardship", "palace_coup", +1, "relief-or-threats"),
    Push(10, "illegitimacy", "palace_coup", +1, "legitimacy-weakness"),
    Push(11, "pride", "palace_coup", -1, "fleet-helps-him", AT_SEA),
    Push(12, "militia_price", "invaded", -1, "militia-purpose", ON_LAND),
    Push(13, "patron_aid", "captured", -1, "patrons-quiet"),
    Push(14, "regional", "stepped_back", +1, "neighbour-cuts-intelligence", NOVEMBER),
    Push(15, "legal", "captured", -1, "critics-want-a-vote"),
    Push(15, "congress_binds", "captured", -1, "second-strike"),
    Push(16, "oil_stake", "stepped_back", -1, "oil-importance"),
    Push(17, "persona", "palace_coup", -1, "public-ease", BROKEN),
    Push(18, "incident_rate", DEALS, -1, "miscalculation-fear", {**NOVEMBER, "talks": "open"}),
    Push(19, "disorder_base", ("captured", "invaded"), -1, "regime-change-record"),
    Push(20, "routine", "captured", -1, "routine-tightened"),
    Push(20, "defences", "captured", -1, "routine-tightened", UNGUARDED),
    Push(21, "covert_bite", "palace_coup", +1, "clandestine-inland"),
    Push(23, "panama", "captured", +1, "panama-comparison"),
    Push(24, "crack", "palace_coup", +1, "markers"),
)


@lru_cache(1)
def case() -> Case:
    return load(CASE)


@lru_cache(64)
def structure(scene: tuple[tuple[str, str], ...], steps: int = 12) -> Structure:
    document = case().document
    factors = dict(document.factors)
    for name, level in scene:
        factors[name] = factors[name].model_copy(update={"start": level})
    clock = document.clock.model_copy(update={"steps": steps})
    return compile_case(document.model_copy(update={"factors": factors, "clock": clock}))


def outcomes(scene: Mapping[str, str], parameters: Mapping[str, float] | None = None) -> dict[str, float]:
    compiled = structure(tuple(sorted(scene.items())))
    game = compiled.game({**compiled.at_quantile(0.5), **(parameters or {})})
    return solve(game, grid=COARSE, grid_error=False, threads=1).outcomes


@lru_cache(1)
def whole() -> Solution:
    compiled = compile_case(case())
    return solve(compiled.game(compiled.at_quantile(0.5)), grid={3: 4, 2: 4}, grid_error=False, threads=2)


def pulled(name: str) -> dict[str, float]:
    """The parameters that a lever sets, from the medians."""
    from standoff.game.plan import scope_of
    from standoff.language.expressions import compile_expression

    compiled = structure(())
    settled = compiled.settle(compiled.at_quantile(0.5))
    scope = scope_of(case().document, clock=False)
    return {
        parameter: float(compile_expression(formula, scope)(settled))
        for parameter, formula in case().document.levers[name].sets.items()
    }


def both_ends(push: Push) -> tuple[dict[str, float], dict[str, float]]:
    """Outcomes before and after the push."""
    document = case().document
    if push.raises in document.levers:
        return outcomes(push.scene), outcomes(push.scene, pulled(push.raises))
    if push.raises in document.factors:
        levels = document.factors[push.raises].levels
        ends = [outcomes({**push.scene, push.raises: level}) for level in (levels[0], levels[-1])]
        return ends[0], ends[1]
    compiled = structure(())
    low, high = (compiled.at_quantile({push.raises: u})[push.raises] for u in (0.1, 0.9))
    return outcomes(push.scene, {push.raises: low}), outcomes(push.scene, {push.raises: high})


@pytest.mark.parametrize("push", PUSHES, ids=str)
def test_direction(push: Push) -> None:
    names = (push.moves,) if isinstance(push.moves, str) else push.moves
    before, after = both_ends(push)
    change = sum(after[name] - before[name] for name in names)
    assert change * push.direction > 2e-4, f"{push}: {names} moved by {change:+.5f}"


@pytest.mark.parametrize("push", PUSHES, ids=str)
def test_direction_cites_its_text(push: Push) -> None:
    assert push.claim in case().evidence.claims
    assert push.claim in (case().folder / "case.yaml").read_text(encoding="utf-8")


def test_every_part_is_marked_and_pushed() -> None:
    marked: set[int] = set()
    for name in ("case.yaml", "evidence.yaml"):
        text = (case().folder / name).read_text(encoding="utf-8")
        for run in re.findall(r"# parts? (\d+(?:(?:, | and )\d+)*)", text):
            marked |= {int(number) for number in re.findall(r"\d+", run)}
    assert marked >= set(range(1, 25))
    assert {push.part for push in PUSHES} == set(range(1, 25)) - {22}


def test_part_22_sources_count_by_grade_and_once_by_origin() -> None:
    """Raise the grade of the report on the guards, and what it says of Havana weighs more."""
    evidence = case().evidence
    last = date(2025, 12, 31)

    def weight(grade: str) -> float:
        reports = {**evidence.reports, "inner-ring": replace(evidence.reports["inner-ring"], grade=grade)}
        heard = {each.claim: each for each in testimony(replace(evidence, reports=reports), last)}
        return heard["standing-orders"].weight

    assert weight("B") > weight("D") > 0
    heard = {each.claim: each for each in testimony(evidence, last)}
    assert heard["meant-to-frighten"].counted
    assert not heard["dislike-of-adventures"].counted  # the same person on the same type
    assert heard["standing-orders"].counted
    assert not heard["fears-what-he-tells"].counted  # the same briefing on the same parameter
    for each in testimony(evidence, date(2025, 8, 31)):
        assert evidence.claims[each.claim].report == "posturing-august"


def test_loads_without_a_word() -> None:
    assert check(CASE) == []


def test_size_and_shape() -> None:
    game = whole().game
    assert len(game.states) <= 1_500
    assert [len(names) for names in game.types] == [3, 2, 1]
    assert game.steps == 26
    assert len(case().document.questions) == 12
    assert whole().certificate.residual < 1e-8


def test_no_outcome_is_a_foregone_conclusion() -> None:
    """Before evidence: a spread, with removal about as frequent as the record of such crises."""
    found = whole().outcomes
    assert max(found.values()) < 0.62
    irregular = found["captured"] + found["invaded"] + found["palace_coup"] + found["killed_by_guards"]
    assert 0.05 < irregular < 0.26  # per half year; the record is .12 to .26 in twelve months
    assert 0.03 < found["captured"] < 0.2
    assert found["negotiated_exit"] + found["managed_transition"] < 0.3


def test_the_clock_is_not_the_crisis() -> None:
    document = case().document
    clock = document.clock.model_copy(update={"parts": 2})
    finer = compile_case(document.model_copy(update={"clock": clock}))
    halved = solve(finer.game(finer.at_quantile(0.5)), grid={3: 4, 2: 4}, grid_error=False, threads=2).outcomes
    assert max(abs(halved[name] - chance) for name, chance in whole().outcomes.items()) < 0.02


def test_types_differ_where_the_texts_say() -> None:
    start = whole().start_play()["washington"]
    assert start["remove"]["reinforce"] > start["coerce"]["reinforce"]
    assert start["remove"]["reinforce"] > start["bluff"]["reinforce"]
    assert start["bluff"]["step_back"] > start["coerce"]["step_back"] > start["remove"]["step_back"]
    assert start["remove"]["strike_boats"] > start["bluff"]["strike_boats"]


def test_history_is_no_miracle_and_moves_beliefs_as_the_texts_read() -> None:
    """Each dated move had at least one chance in fifty when it came; bluff fades as the ladder is climbed."""
    compiled = compile_case(case())
    parameters = compiled.settle(compiled.at_quantile(0.5))
    line = timeline(compiled.document, compiled.phases, case().evidence, date(2025, 12, 10))
    at = before_now(line.step, line.phase, len(compiled.phases))
    assert at is not None
    solution = solve(
        compiled.game(parameters), grid={3: 4, 2: 4}, grid_error=False, threads=2, keep={at}, own_until=line.step + 1
    )
    walked = walk(solution, Silence(compiled, parameters), line, parameters)
    assert len(walked.likelihood) == len(case().evidence.history)
    assert min(walked.likelihood.values()) > 0.02
    bluff, coerce, remove = walked.places.mean_beliefs()[0]
    assert bluff < 0.25
    assert remove > 0.3
    assert coerce > 0.2
    later = dict(zip(solution.game.outcomes, outcomes_then(solution, walked), strict=True))
    assert later["captured"] > 2 * whole().outcomes["captured"]
    assert later["stepped_back"] < whole().outcomes["stepped_back"]


def test_the_ending_is_for_scoring_only() -> None:
    text = (case().folder / "case.yaml").read_text(encoding="utf-8")
    before, _, _ = text.partition("\nending:")
    assert case().document.ending is not None
    assert "2026-01" not in before
    assert "January" not in before
    evidence = (case().folder / "evidence.yaml").read_text(encoding="utf-8")
    assert re.search(r"\b2026\b", evidence) is None


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the original texts are not held here")
def test_no_sentence_of_the_reports_is_repeated() -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[a-z0-9']+", normalise(text).lower())

    taken = set()
    for file in TEXTS.glob("*.txt"):
        run = words(file.read_text(encoding="utf-8"))
        taken |= {tuple(run[i : i + 6]) for i in range(len(run) - 5)}
    for file in case().folder.rglob("*.*"):
        run = words(file.read_text(encoding="utf-8"))
        repeated = [" ".join(run[i : i + 6]) for i in range(len(run) - 5) if tuple(run[i : i + 6]) in taken]
        assert repeated == [], file.name


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the original texts are not held here")
def test_anchors_hold_in_the_originals() -> None:
    from standoff.evidence import load_evidence

    evidence, problems = load_evidence(case().folder, texts=TEXTS)
    assert [problem for problem in problems if problem.level == "error"] == []
    assert {grip.original for grip in evidence.grips.values()} == {"held"}
    assert {grip.digest for grip in evidence.grips.values()} == {"held"}
