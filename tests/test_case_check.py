"""Every way a case can be wrong: each complaint at its place, with a mend, and nothing missed or thrown."""

from __future__ import annotations

import re
import time
import tracemalloc
from pathlib import Path

import pytest

from broken_cases import ERRORS, WARNINGS, Broken
from case_kit import CASE, EVIDENCE, changed, written
from standoff.case import check, load
from standoff.errors import CaseError, Problem


def problems_of(folder: Path, row: Broken) -> tuple[list[Problem], str]:
    case, evidence = changed(CASE, *row.case), changed(EVIDENCE, *row.evidence)
    found = check(written(folder / "sel", case, evidence))
    for problem in found:
        assert problem.found
        assert problem.expected
        assert problem.mend
    return found, evidence if row.evidence else case


@pytest.mark.parametrize("row", [*ERRORS, *WARNINGS], ids=lambda row: row.name)
def test_a_broken_case(row: Broken, tmp_path: Path) -> None:
    found, text = problems_of(tmp_path, row)
    fitting = [problem for problem in found if problem.path == row.path and row.found in problem.found]
    assert fitting, [str(problem) for problem in found]
    problem = fitting[0]
    assert problem.level == row.level
    assert row.mend in problem.mend
    assert problem.file.endswith("evidence.yaml" if row.evidence else "case.yaml")
    assert problem.column >= 1
    line = text[: text.index(row.at)].count("\n") + 1
    assert problem.line == line


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row.name)
def test_an_error_keeps_a_case_from_loading_and_a_warning_does_not(row: Broken, tmp_path: Path) -> None:
    case, evidence = changed(CASE, *row.case), changed(EVIDENCE, *row.evidence)
    with pytest.raises(CaseError) as caught:
        load(written(tmp_path, case, evidence))
    assert all(problem.level == "error" for problem in caught.value.problems)
    assert row.path in {problem.path for problem in caught.value.problems}


@pytest.mark.parametrize("row", WARNINGS, ids=lambda row: row.name)
def test_a_warning_stops_nothing(row: Broken, tmp_path: Path) -> None:
    case, evidence = changed(CASE, *row.case), changed(EVIDENCE, *row.evidence)
    loaded = load(written(tmp_path, case, evidence))
    assert row.path in {problem.path for problem in loaded.warnings}


def test_the_starter_case_has_nothing_to_complain_of(tmp_path: Path) -> None:
    assert check(written(tmp_path)) == []


def test_all_problems_at_once(tmp_path: Path) -> None:
    case = changed(
        CASE,
        ("when: cordon < blockade", "when: cordn < blockade"),
        ("ends: claim_given_up", "ends: claim_givn_up"),
        ("prior: {uniform: [0.3, 0.8]}", "prior: {uniform: [0.8, 0.3]}"),
        ("bluff:    {prior: 0.6,", "bluff:    {prior: 0.9,"),
        ("because: [two-weeks]\n\n\n# Who", "because: [to-weeks]\n\n\n# Who"),
    )
    evidence = changed(EVIDENCE, ("admiralty: tighten", "admiralty: tigten"))
    found = [problem for problem in check(written(tmp_path, case, evidence)) if problem.level == "error"]
    assert {problem.path for problem in found} == {
        "moves.admiralty.tighten.when",
        "moves.council.give_up.ends",
        "parameters.landing_odds.prior.uniform",
        "actors.admiralty.types",
        "factors.stores.because.0",
        "history.0.admiralty",
    }
    assert [(p.file, p.line) for p in found] == sorted((p.file, p.line) for p in found)


def test_columns_point_into_the_expression(tmp_path: Path) -> None:
    case = changed(CASE, ("talks is open and cordon < blockade", "talks is opn and cordon < blokade"))
    found = {problem.found.split("`")[1]: problem for problem in check(written(tmp_path, case))}
    lines = case.split("\n")
    for word in ("opn", "blokade"):
        problem = found[word]
        assert lines[problem.line - 1][problem.column - 1 :].startswith(word)


def test_problems_of_what_mechanisms_add_point_at_the_mechanisms(tmp_path: Path) -> None:
    entry = "- incident_risk: {grows_with: cordon, rate: -1, per: week, then: {talks: shut}, judgement: x}"
    case = changed(CASE, ("levers:\n", f"mechanisms:\n  {entry}\n\nlevers:\n"))
    errors = [problem for problem in check(written(tmp_path, case)) if problem.level == "error"]
    assert errors
    for problem in errors:
        assert case.split("\n")[problem.line - 1] in ("mechanisms:", f"  {entry}")


def test_mechanisms_that_trip_are_a_problem_and_the_rest_is_still_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(document: object) -> None:
        raise KeyError("cordn")

    monkeypatch.setattr("standoff.mechanisms.expand", trip)
    case = changed(
        CASE,
        ("levers:\n", "mechanisms:\n  - audience_costs: {}\n\nlevers:\n"),
        ("ends: withdrawn", "ends: gone"),
    )
    errors = {p.path: p for p in check(written(tmp_path, case)) if p.level == "error"}
    assert "cannot be spelled out" in errors["mechanisms"].found
    assert "moves.admiralty.withdraw.ends" in errors


def test_a_billion_states_are_refused_before_memory_is_touched(tmp_path: Path) -> None:
    scales = "".join(f"  f{i}: {{levels: [a, b, c, d, e, f, g, h, i, j]}}\n" for i in range(40))
    folder = written(tmp_path, changed(CASE, ("factors:\n", "factors:\n" + scales)))
    check(written(tmp_path / "warm"))
    tracemalloc.start()
    started = time.perf_counter()
    found = [problem for problem in check(folder) if problem.path == "factors"]
    elapsed = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "f0 10 x f1 10" in found[0].found
    assert peak < 50_000_000
    assert elapsed < 20


def test_the_case_may_be_broken_and_the_evidence_too(tmp_path: Path) -> None:
    folder = written(tmp_path, "a: [", "b: [")
    assert {Path(problem.file).name for problem in check(folder)} == {"case.yaml", "evidence.yaml"}


def test_one_changed_character_of_a_passage_names_what_rests_on_it(tmp_path: Path) -> None:
    folder = written(tmp_path)
    report = folder / "reports" / "harbour-gazette.md"
    report.write_text(report.read_text("utf-8").replace("two weeks", "ten weeks"), encoding="utf-8")
    errors = [problem for problem in check(folder) if problem.level == "error"]
    assert len(errors) == 1
    said = str(errors[0])
    assert "two-weeks" in said
    assert "parameters.hardship" in said
    assert "factors.stores" in said


def test_no_evidence_at_all_is_no_error(tmp_path: Path) -> None:
    case = re.sub(r",? *because: \[[^\]]*\]", "", CASE)
    found = check(written(tmp_path, case, None))
    assert [problem for problem in found if problem.level == "error"] == []


def test_chances_are_only_asked_of_states_play_can_get_to(tmp_path: Path) -> None:
    case = changed(
        CASE,
        ("levels: [open_sea, patrols, blockade]", "levels: [open_sea, patrols, blockade, war]"),
        ("when: cordon < blockade\n      then", "when: cordon < patrols\n      then"),
        ("ends: claim_given_up", "ends: {claim_given_up: cordon}"),
    )
    found = check(written(tmp_path, case))
    assert [problem for problem in found if problem.level == "error"] == []
    worse = changed(case, ("when: cordon < patrols\n", "when: cordon < blockade\n"))
    errors = [problem.path for problem in check(written(tmp_path, worse)) if problem.level == "error"]
    assert errors == ["moves.council.give_up.ends.claim_given_up"]


def test_priors_of_types_over_parameters(tmp_path: Path) -> None:
    good = changed(CASE, ("prior: 0.6,", "prior: landing_odds,"), ("prior: 0.4,", "prior: 1 - landing_odds,"))
    assert [p for p in check(written(tmp_path, good)) if p.level == "error"] == []
    bad = changed(CASE, ("prior: 0.6,", "prior: landing_odds,"), ("prior: 0.4,", "prior: 0.5,"))
    errors = [p for p in check(written(tmp_path, bad)) if p.level == "error"]
    assert [problem.path for problem in errors] == ["actors.admiralty.types"]
    assert "landing_odds = 0.55" in errors[0].found


def test_a_deadline_is_seen(tmp_path: Path) -> None:
    never = changed(CASE, ("when: cordon is blockade\n", "when: date >= 2031-06-01\n"))
    assert "can never hold" in next(
        p.found for p in check(written(tmp_path, never)) if p.path == "moves.admiralty.land.when"
    )
    late = changed(CASE, ("when: cordon is blockade\n", "when: date >= 2031-05-17\n"))
    assert [p for p in check(written(tmp_path, late)) if p.path == "moves.admiralty.land.when"] == []


PACE = "actors.council.tempo"


def paced(folder: Path, clock: str, tempo: str) -> list[Problem]:
    """What is said of the council's tempo with this clock."""
    text = re.sub(r"clock: .*", f"clock: {{start: 2031-03-01, {clock}}}", CASE)
    council = "    title: The council of Sel\n    tempo: "
    case = changed(text, (council + "{per: week, times: 1}", council + tempo))
    return [problem for problem in check(written(folder, case)) if problem.path == PACE]


@pytest.mark.parametrize(
    ("clock", "tempo", "often", "parts"),
    [
        ("step: week, steps: 12", "{per: week, times: 0.51}", "0.51 times a step", 2),
        ("step: week, steps: 12", "{per: week, times: 1}", "once a step", 2),
        ("step: week, steps: 12, parts: 2", "{per: week, times: 2.1}", "1.1 times in each part of a step, where", 5),
        ("step: month, steps: 3", "{per: week, times: 1}", "4.3 times a step, where", 9),
        ("step: week, steps: 12", "{per: step, times: 1}", "once a step", 2),
        ("step: week, steps: 12", "{per: week, times: 2 * landing_odds}", "1.1 times a step, where", 3),  # its median
    ],
)
def test_a_tempo_too_quick_for_the_clock(tmp_path: Path, clock: str, tempo: str, often: str, parts: int) -> None:
    (problem,) = paced(tmp_path / "as it is", clock, tempo)
    assert problem.level == "warning"
    assert f"reconsiders about {often}" in problem.found
    assert ("decisions are lost" in problem.found) == ("where" in often)
    assert f"`clock: {{..., parts: {parts}}}`" in problem.mend
    assert ("shorter step" in problem.mend) == ("per: step" not in tempo)
    whole = clock.split(", parts")[0]
    assert paced(tmp_path / "mended", f"{whole}, parts: {parts}", tempo) == []
    assert paced(tmp_path / "nearly", f"{whole}, parts: {parts - 1}", tempo)


@pytest.mark.parametrize(
    ("clock", "tempo"),
    [
        ("step: week, steps: 12", "{per: week, times: 0.5}"),
        ("step: week, steps: 12, parts: 4", "{per: step, times: 2}"),
        ("step: week, steps: 12", "{per: week, times: nothing}"),  # an error of its own
        ("step: week, steps: 12", "{per: week, times: 1 / (landing_odds - landing_odds)}"),  # and another
    ],
)
def test_a_tempo_that_the_clock_can_follow(tmp_path: Path, clock: str, tempo: str) -> None:
    assert paced(tmp_path, clock, tempo) == []


def test_a_tempo_no_cutting_can_follow(tmp_path: Path) -> None:
    (problem,) = paced(tmp_path, "step: year, steps: 1", "{per: day, times: 1}")
    assert "about 365 times a step" in problem.found
    assert problem.mend == "Take a shorter step, or give it a slower tempo."
    (problem,) = paced(tmp_path, "step: day, steps: 84", "{per: step, times: 1000}")
    assert problem.mend == "Give it a slower tempo."


def test_many_steps_and_many_combinations_stay_quick(tmp_path: Path) -> None:
    scales = "".join(f"  f{i}: {{levels: [a, b, c, d, e, f, g, h, i, j]}}\n" for i in range(5))
    case = changed(
        CASE,
        ("factors:\n", "factors:\n" + scales),
        ("steps: 84", "steps: 2000"),
        (
            "when: cordon is blockade\n",
            "when: cordon is blockade and step > 3 and f0 + f1 + landing_odds > 2\n",
        ),
    )
    started = time.perf_counter()
    found = check(written(tmp_path, case))
    assert time.perf_counter() - started < 60
    assert [problem for problem in found if problem.level == "error"] == []


def test_a_misspelt_key_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    case = changed(
        CASE,
        ("factors:", "factor:"),
        ("bluff:    {prior: 0.6", "bluff:    {prior: 0.7"),
        ("title: Whether the two sides talk\n", "title: Whether the two sides talk\n    colour: blue\n"),
        ("when: cordon < blockade\n", "when: cordon < blokade\n"),
    )
    found = [problem for problem in check(written(tmp_path, case)) if problem.level == "error"]
    assert {problem.path for problem in found} == {
        "factor",
        "factors.talks.colour",
        "actors.admiralty.types",
        "moves.admiralty.tighten.when",
    }
    # a section that nobody can guess would make everything in it unknown: only that is said
    (problem,) = check(written(tmp_path / "b", changed(CASE, ("factors:", "scenery:"))))
    assert problem.path == "scenery"


MENDS = [
    ("", "costs: face * cordon", "costs: sin(face)", "Write the formula with these functions"),
    ("", "when: cordon < blockade\n", "when: cordn_ < ax\n", "Known here|Did you mean 'cordon'"),
    ("evidence", "{bluff: 1.5", "{bluff: -1.8", "likelihood ratio, above 0"),
    ("evidence", "{admiralty: {bluff: 1.5, resolved: 0.8}}", "{council: {stern: 2}}", "Give it types"),
    ("evidence", "date: 2031-03-02", "date: 2.3.2031", "Write the year first: 2031-03-02."),
    ("evidence", "date: 2031-03-02", "date: 2/3/2031", "Write the year first: 2031-03-02 or 2031-02-03."),
    ("evidence", "date: 2031-03-02", "date: second of 2031", "Write the month as a word"),
]


@pytest.mark.parametrize(("file", "old", "new", "mend"), MENDS, ids=lambda each: str(each)[:30])
def test_the_mend_mends(tmp_path: Path, file: str, old: str, new: str, mend: str) -> None:
    case, evidence = CASE, EVIDENCE
    if file:
        evidence = changed(evidence, (old, new))
    else:
        case = changed(case, (old, new))
    found = [problem for problem in check(written(tmp_path, case, evidence)) if problem.level == "error"]
    assert any(re.search(mend, problem.mend) for problem in found), [str(problem) for problem in found]
    assert not any("...." in problem.mend for problem in found)


def test_the_evidence_is_not_taken_for_a_case(tmp_path: Path) -> None:
    (problem,) = check(written(tmp_path / "sel") / "evidence.yaml")
    assert "the evidence of a case" in problem.found
    assert problem.mend == f"Name the folder: `{tmp_path / 'sel'}`."


@pytest.mark.parametrize("file", ["case.yaml", "evidence.yaml", "reports/harbour-gazette.md"])
def test_a_control_character_in_any_file_of_a_case_is_an_error(file: str, tmp_path: Path) -> None:
    where = written(tmp_path / "sel") / file
    text = where.read_text(encoding="utf-8")
    title = re.search(r"^ *(?:title|says): (.*)$", text, re.MULTILINE)
    assert title is not None
    where.write_text(text[: title.start(1)] + '"a\\x1b[31m"' + text[title.end(1) :], encoding="utf-8")
    (problem,) = [each for each in check(where.parents[file.count("/")]) if "control character" in each.found]
    assert problem.level == "error"
    assert problem.file.endswith(file)
    assert problem.line == text.count("\n", 0, title.start()) + 1
