"""Archetypes: a case laid over one, its coding, its positions; and the rubric of an ultimatum with its five cases."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from standoff import show
from standoff.case import Case, check, describe, load, new, shipped_cases
from standoff.cli import app
from standoff.errors import CaseError
from standoff.forecast.clock import check_clock
from standoff.forecast.history import before_now, walk
from standoff.forecast.kept_case import keep_case, kept_case
from standoff.forecast.silence import Silence
from standoff.forecast.timeline import latest, timeline
from standoff.game import Structure, compile_case
from standoff.language.archetype import archetype, archetypes
from standoff.language.document import Prior, Tempo
from standoff.language.priors import family, quantile
from standoff.report.terminal import print_case
from standoff.solver import solve

CASES = ("anschluss-1938", "cuba-1962", "haiti-1994", "kuwait-1990", "panama-1989")
RUBRIC = Path(__file__).parents[1] / "docs" / "decisions" / "ultimatum-rubric.md"
COARSE = {3: 4, 2: 4}

CODED = """
standoff: 1
title: The note
question: Does the note end in force?
archetype: ultimatum
clock: {start: 2031-03-01, step: week, steps: 6}
coding:
  demand: {level: conduct, judgement: an act is to be undone}
  term: {level: weeks, judgement: none is named}
  balance: {level: superior, judgement: 'three ships to one'}
  stake: {level: moderate, judgement: prestige}
  commitment: {level: public, judgement: it was read out}
  rule: {level: by_election, judgement: there is a parliament}
  fall: {level: office, judgement: nobody was harmed}
  exit: {level: open, judgement: a neighbour offered}
  backing: {level: nobody, judgement: none}
  nuclear: {level: none, judgement: none}
  licence: {level: nothing, judgement: none was asked}
  aftermath: {level: light, judgement: a party stands ready}
"""


def written(folder: Path, text: str = CODED) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(text.lstrip(), encoding="utf-8")
    return folder


def errors(folder: Path) -> list[str]:
    return [str(problem).replace(str(folder), "") for problem in check(folder) if problem.level == "error"]


# a case laid over an archetype


def test_a_coded_case_has_the_numbers_of_its_levels(tmp_path: Path) -> None:
    case = load(written(tmp_path / "note"))
    parameters = case.document.parameters
    assert case.warnings == ()
    for factor, coded in case.document.coding.items():
        for name, prior in archetype("ultimatum")[1].rubric[factor].levels[coded.level].sets.items():
            assert parameters[name].prior == prior
            assert parameters[name].judgement == f"{factor} coded {coded.level.replace('_', ' ')}: {coded.judgement}"
    assert case.document.clock.steps == 6
    described = describe(case.written)
    assert "Balance is coded superior: three ships to one." in described["text"]
    console = Console(width=1000, file=io.StringIO(), color_system=None)
    print_case(described, console)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert shown.count("three ships to one") == 1
    assert shown.count("Judgement: balance coded superior") == 3
    assert "see above" not in repr(described)


def test_a_number_set_by_hand_is_not_told_as_coded(tmp_path: Path) -> None:
    folder = written(tmp_path / "note")
    shown = CliRunner().invoke(app, ["show", str(folder), "--set", "odds=0.5", "--json"]).output
    assert show(load(folder, overrides={"odds": 0.5})) == json.loads(shown)
    (odds,) = (one for one in json.loads(shown)["parameters"] if one["name"] == "odds")
    assert (odds["because"], odds["judgement"]) == ([], "set by hand")
    (toll,) = (one for one in json.loads(shown)["parameters"] if one["name"] == "toll")
    assert toll["judgement"] == "balance coded superior"


def test_what_the_case_writes_goes_before_its_coding(tmp_path: Path) -> None:
    more = """
parameters:
  toll: {prior: {fixed: 0.5}, judgement: measured}
  steadiness: {prior: {fixed: 3}}
  spark: {is: toll / 10}
moves: {challenger: {squeeze: {costs: 0.3}, hold: }}
outcomes: {force: {title: war}}
ranked: [backed_down, unresolved, [compromise, conceded], left_office, force]
"""
    plain = load(written(tmp_path / "plain"))
    case = load(written(tmp_path / "note", CODED + more))
    parameters = case.document.parameters
    assert parameters["toll"].prior == Prior(fixed=0.5)
    assert parameters["toll"].judgement == "measured"
    assert parameters["toll"].title == plain.document.parameters["toll"].title
    assert parameters["steadiness"].prior == Prior(fixed=3)
    assert parameters["spark"].prior is None
    assert parameters["spark"].is_ == "toll / 10"
    assert case.document.moves["challenger"]["squeeze"].costs == 0.3
    assert case.document.moves["challenger"]["hold"] == plain.document.moves["challenger"]["hold"]
    assert case.document.outcomes["force"].title == "war"
    assert case.document.outcomes["force"].worth == plain.document.outcomes["force"].worth
    assert case.document.ranked[2] == ["compromise", "conceded"]
    assert case.hash != plain.hash
    assert load(tmp_path / "plain").document == plain.document  # nothing of one case is left in the archetype


def test_a_number_that_the_coding_did_not_set_is_not_told_as_coded(tmp_path: Path) -> None:
    case = load(written(tmp_path / "note", CODED + "parameters:\n  toll: {prior: {fixed: 0.5}}\n"))
    assert case.document.parameters["toll"].prior == Prior(fixed=0.5)
    assert case.document.parameters["toll"].judgement is None
    assert case.document.parameters["toll"].title
    assert any("toll" in problem.path for problem in case.warnings)


def test_what_is_one_thing_is_replaced_as_a_whole_and_what_is_many_is_merged(tmp_path: Path) -> None:
    more = """
events:
  incident: {ends: {conceded: 0.1}, then: {posture: +1}}
moves:
  challenger:
    ease: {then: {table: talks}}
actors:
  leader: {tempo: {per: month, times: 1}}
outcomes:
  force: {worth: {leader: {holds: -1}}}
"""
    plain = load(written(tmp_path / "plain")).document
    document = load(written(tmp_path / "note", CODED + more)).document
    assert document.events["incident"].ends == {"conceded": 0.1}
    assert document.events["incident"].then == {"posture": 1}
    assert document.events["incident"].rate == plain.events["incident"].rate
    assert document.moves["challenger"]["ease"].then == {"table": "talks"}
    assert document.actors["leader"].tempo == Tempo(per="month", times=1)
    assert document.actors["leader"].types == plain.actors["leader"].types
    worth, before = document.outcomes["force"].worth, plain.outcomes["force"].worth
    assert worth == before | {"leader": before["leader"] | {"holds": -1}}


def test_titles_of_the_archetype_name_the_actors_of_the_case(tmp_path: Path) -> None:
    own = "actors: {challenger: {title: The crown}}\n"
    document = load(written(tmp_path / "note", CODED + own)).document
    assert document.outcomes["force"].title == "force is used by the crown"
    assert document.outcomes["left_office"].title == "office is given up by the government under demand"
    assert document.questions[3].ask == "Would the government under demand yield?"
    told = repr(document.model_dump(exclude={"coding", "archetype"}))
    assert not re.search(r"\{(challenger|leader)\}", told)


def test_titles_of_the_case_name_its_actors_too(tmp_path: Path) -> None:
    own = """
actors: {leader: {title: The crown}, court: {title: the court}}
outcomes: {conceded: {title: '{leader} heeds {court}'}}
"""
    text = CODED.replace("title: The note", "title: A note to {leader}").replace("three ships", "{leader}: three ships")
    document = load(written(tmp_path / "note", text + own)).document
    assert document.title == "A note to the crown"
    assert document.outcomes["conceded"].title == "The crown heeds the court"
    assert document.parameters["odds"].judgement == "balance coded superior: The crown: three ships to one"
    (said,) = errors(written(tmp_path / "nobody", text.replace("{leader}", "{nobody}", 1)))
    assert said.startswith("/case.yaml:2:8: title: found `{nobody}`")


def brought_along(folder: Path, old: str = "", new: str = "") -> Path:
    """The archetype, in the folder of a case, with a change."""
    text = archetypes()["ultimatum"].read_text("utf-8")
    assert text.count(old) >= 1
    (folder / "archetypes").mkdir(exist_ok=True)
    file = folder / "archetypes" / "ultimatum.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_a_title_that_names_nobody_is_found_in_the_archetype(tmp_path: Path) -> None:
    folder = written(tmp_path / "note")
    file = brought_along(folder, "force is used by {challenger}", "force is used by {chalenger}")
    line = file.read_text("utf-8")[: file.read_text("utf-8").index("{chalenger}")].count("\n") + 1
    (said,) = (problem for problem in check(folder) if problem.level == "error")
    assert (said.file, said.line, said.path) == (str(file), line, "outcomes.force.title")
    assert (said.found, said.mend) == ("`{chalenger}`", "Did you mean 'challenger'?")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello\n", ":1:1: "),
        ("- a\n", ":1:1: "),
        ("actors: [a, b]\n", ":1:9: actors: "),
        ("actors: {a: 3}\n", ":1:13: actors.a: "),
        ("parameters: [a, b]\n", ":1:13: parameters: "),
        ("parameters:\n", ":1:1: parameters: "),
        ("parameters:\n  toll: 3\n", ":2:9: parameters.toll: "),
        ("standoff: 1\n", ":1:1: rubric: "),
    ],
)
def test_a_broken_archetype_is_told_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    folder = written(tmp_path / "note")
    (folder / "archetypes").mkdir()
    shipped = archetypes()["ultimatum"].read_text("utf-8")
    rubric = shipped[shipped.index("\nrubric:") :] if text[0] in "ap" else ""
    (folder / "archetypes" / "ultimatum.yaml").write_text(text + rubric, encoding="utf-8")
    found = errors(folder)
    assert any(one.startswith(f"/archetypes/ultimatum.yaml{said}") for one in found), found
    with pytest.raises(CaseError):
        load(folder)


def test_an_archetype_beside_the_case_goes_first(tmp_path: Path) -> None:
    folder = written(tmp_path / "note")
    shipped = load(folder)
    brought_along(folder)
    assert load(folder).hash == shipped.hash
    file = brought_along(folder, "title: drop the demand", "title: let it be")
    assert load(folder).document.moves["challenger"]["back_down"].title == "let it be"
    assert load(folder).hash != shipped.hash
    file.rename(file.with_name("quarrel.yaml"))
    written(folder, CODED.replace("archetype: ultimatum", "archetype: quarrel"))
    assert load(folder).document.moves["challenger"]["back_down"].title == "let it be"


def test_a_kept_case_reads_after_its_archetype_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load(written(tmp_path / "note"))
    keep_case(made, tmp_path / "run")
    elsewhere = tmp_path / "later"
    elsewhere.mkdir()
    brought_along(elsewhere, "title: drop the demand", "title: let it be")
    monkeypatch.setattr("standoff.language.archetype.FOLDER", elsewhere / "archetypes")
    assert load(tmp_path / "note").hash != made.hash
    assert kept_case(tmp_path / "run", made.hash).document == made.document


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("archetype: ultimatum", "archetype: ultimatun", "/case.yaml:4:12: archetype: found the archetype `ultimatun`"),
        ("archetype: ultimatum\n", "", "/case.yaml:5:1: coding: found a coding without an archetype"),
        ("  stake: {level: moderate, judgement: prestige}\n", "", "/case.yaml:6:1: coding: found no coding of `stake`"),
        ("  stake:", "  steak:", "/case.yaml:10:3: coding.steak: found the factor `steak`"),
        ("moderate", "midling", "/case.yaml:10:18: coding.stake.level: found the level `midling` of `stake`"),
        ("level: moderate", "levle: moderate", "/case.yaml:10:11: coding.stake.levle: found the key `levle`"),
        (
            "{level: moderate, judgement: prestige}",
            "moderate",
            "/case.yaml:10:10: coding.stake: found the text `moderate`",
        ),
        ("  stake:", "  stake: {}\n  steak:", "/case.yaml:10:10: coding.stake.level: found no `level`"),
        ("judgement: prestige", "because: [nowhere]", "/case.yaml:10:38: "),
        ("coding:\n", "coding: 3\nflows:\n", "/case.yaml:6:9: coding: found the number 3"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CODED
    found = errors(written(tmp_path / "note", CODED.replace(old, new, 1)))
    assert any(one.startswith(said) for one in found), found
    assert len(found) == len(set(found))


def test_an_archetype_that_is_misspelt_is_all_that_is_said(tmp_path: Path) -> None:
    """What it would have given is missing as well, and no news."""
    (said,) = check(written(tmp_path / "note", CODED.replace("archetype: ultimatum", "archetype: ultimata")))
    assert (said.path, said.mend) == ("archetype", "Did you mean 'ultimatum'?")


def test_all_of_it_is_said_at_once(tmp_path: Path) -> None:
    text = (
        CODED.replace("moderate", "midling")
        .replace("superior", "supreme")
        .replace("title: The note", "titel: The note")
    )
    found = errors(written(tmp_path / "note", text))
    assert len(found) == 4  # two levels, the key, and the title that is then missing


def test_a_reason_is_asked_for(tmp_path: Path) -> None:
    folder = written(tmp_path / "note", CODED.replace(", judgement: prestige", ""))
    (said,) = (problem for problem in check(folder) if problem.path == "coding.stake")
    assert said.level == "warning"
    assert said.line == 10


def test_a_clock_that_is_cut_otherwise_than_the_rubric_says_is_remarked_on(tmp_path: Path) -> None:
    """The pace that the coding sets is for steps of one length."""
    folder = written(tmp_path / "note", CODED.replace("step: week", "step: day"))
    (said,) = (problem for problem in check(folder) if problem.path == "clock.step")
    assert (said.level, said.line, said.found) == ("warning", 5, "`step: day` where `term` is coded `weeks`")
    assert said.expected == "`step: week`, as the rubric says"
    assert not [problem for problem in check(written(tmp_path / "other")) if problem.path == "clock.step"]


def test_positions_are_those_of_the_file_that_says_it(tmp_path: Path) -> None:
    """A formula of the archetype that this case breaks is found there; one of the case, here."""
    more = (
        "factors: {pressure: {levels: [words, near, massed]}}\nmoves: {leader: {defy: {costs: 0.1 * nobody_knows}}}\n"
    )
    problems = [problem for problem in check(written(tmp_path / "note", CODED + more)) if problem.level == "error"]
    files = {problem.path: (Path(problem.file).name, problem.line, problem.column) for problem in problems}
    text = archetypes()["ultimatum"].read_text("utf-8").splitlines()
    there = text.index("      then: {pressure: measures}") + 1
    assert files["moves.challenger.squeeze.then.pressure"] == ("ultimatum.yaml", there, 24)
    assert files["moves.leader.defy.costs"] == ("case.yaml", 20, 38)


@pytest.mark.parametrize(
    ("ranked", "said"),
    [
        ("[force]", "an order without"),
        ("[backed_down, unresolved, compromise, conceded, left_office, force, force]", "`force` in two places"),
        ("[backed_down, unresolved, compromise, conceded, left_office, farce]", "found `farce`"),
    ],
)
def test_an_order_of_outcomes_has_every_one_once(tmp_path: Path, ranked: str, said: str) -> None:
    assert said in " ".join(errors(written(tmp_path / "note", CODED + f"ranked: {ranked}\n")))


def test_a_case_to_be_coded_reads_once_it_is(tmp_path: Path) -> None:
    folder = new("note", tmp_path, archetype="ultimatum")
    found = errors(folder)
    rubric = archetype("ultimatum")[1].rubric
    assert len(found) == len(rubric)
    assert all("found the level `to_be_chosen`" in one for one in found)
    text = (folder / "case.yaml").read_text("utf-8")
    history = (folder / "evidence.yaml").read_text("utf-8")
    for named in ("challenger: {title: The challenger}", "`factors: {pressure: {start: massed}}`", "conceded: the"):
        assert named in text
    for named in ("challenger: squeeze, judgement", "turn_down: turn down the terms of the leader", "go_between: a"):
        assert named in history
    for factor in rubric.values():
        text = text.replace("to_be_chosen", next(iter(factor.levels)), 1)
    assert check(written(folder, text)) == []
    with pytest.raises(CaseError, match="an archetype that ships"):
        new("other", tmp_path, archetype="../secret")
    assert not (tmp_path / "other").exists()


# the rubric


def test_every_level_of_a_factor_sets_the_same_parameters_and_nothing_else_does() -> None:
    base, rubric = archetype("ultimatum")
    taken: set[str] = set()
    for factor in rubric.rubric.values():
        (names,) = {tuple(level.sets) for level in factor.levels.values()}
        assert not taken & set(names)
        taken |= set(names)
    parameters = base.data["parameters"]
    assert taken == {name for name, one in parameters.items() if not {"prior", "is"} & one.keys()}


def test_the_decision_note_says_what_the_archetype_does() -> None:
    note = RUBRIC.read_text("utf-8")
    for name, factor in archetype("ultimatum")[1].rubric.items():
        assert f"**{name}**: {factor.title}" in note
        for level, one in factor.levels.items():
            (row,) = (line for line in note.splitlines() if f"| `{level}` | {one.means} |" in line)
            assert one.why in row
            for parameter, prior in one.sets.items():
                kind, numbers = family(prior)
                assert f"`{parameter}` {kind} {', '.join(f'{number:g}' for number in numbers)}" in row


@dataclass(frozen=True)
class Push:
    """From one level of a factor to another, all else in the middle, endings become likelier (+1) or less so (-1)."""

    factor: str
    low: str
    high: str
    outcome: tuple[str, ...]
    direction: int
    scene: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.factor}: {self.low} to {self.high}, {' or '.join(self.outcome)}"


MIDDLE = {
    "demand": "possession", "term": "weeks", "balance": "superior", "stake": "high", "commitment": "public",
    "rule": "by_election", "fall": "office", "exit": "doubtful", "backing": "help", "nuclear": "none",
    "licence": "condemned", "aftermath": "light",
}  # fmt: skip
GAVE_WAY = ("compromise", "conceded", "left_office")
PUSHES = (
    Push("demand", "conduct", "office", ("force",), +1),
    Push("demand", "conduct", "office", ("left_office",), +1),
    Push("demand", "conduct", "office", ("compromise",), -1),
    Push("term", "weeks", "days", ("unresolved",), -1, {"step": "week"}),
    Push("balance", "even", "superior", ("force",), +1),
    Push("balance", "superior", "overwhelming", ("force",), +1),
    Push("balance", "even", "overwhelming", ("backed_down",), -1),
    Push("stake", "moderate", "high", ("backed_down",), -1),
    Push("stake", "high", "vital", ("backed_down",), -1),
    Push("commitment", "private", "bound", ("backed_down",), -1),
    Push("rule", "by_election", "without_election", ("force",), +1),
    Push("fall", "rank", "life", ("conceded",), -1),
    Push("exit", "closed", "open", ("left_office",), +1),
    Push("backing", "nobody", "troops", ("conceded",), -1),
    Push("backing", "nobody", "troops", ("backed_down",), +1),
    Push("nuclear", "none", "both", ("force",), -1),
    Push("licence", "nothing", "authorised", ("force",), +1),
    Push("aftermath", "light", "heavy", ("force",), -1),
)


@lru_cache
def structure() -> Structure:
    return compile_case(load("kuwait-1990"))


@lru_cache(maxsize=64)
def endings(*changed: tuple[str, str]) -> dict[str, float]:
    """Chances of the endings from the start, every prior at its median, the middle coding but for what is changed."""
    rubric = archetype("ultimatum")[1].rubric
    parameters = dict(structure().at_quantile())
    for factor, level in (MIDDLE | dict(changed)).items():
        sets = rubric[factor].levels[level].sets
        parameters |= {name: float(quantile(prior, 0.5)) for name, prior in sets.items()}
    return solve(structure().game(parameters), grid=COARSE, grid_error=False, threads=1).outcomes


@pytest.mark.parametrize("push", PUSHES, ids=str)
def test_every_factor_pushes_as_the_rubric_says(push: Push) -> None:
    low, high = (sum(endings((push.factor, level))[name] for name in push.outcome) for level in (push.low, push.high))
    assert push.direction * (high - low) > 0.002, (low, high)


def test_the_middle_of_the_rubric_is_no_foregone_conclusion() -> None:
    found = endings()
    assert max(found.values()) < 0.6
    assert 0.1 < found["force"] < 0.5
    assert 0.15 < sum(found[name] for name in GAVE_WAY) < 0.75


# the five cases


@lru_cache
def case(name: str) -> Case:
    return load(name)


@pytest.mark.parametrize("name", CASES)
def test_a_case_checks_clean_and_is_told_before_it_ended(name: str) -> None:
    assert [str(problem) for problem in check(name)] == []
    told = case(name)
    ending = told.document.ending
    assert told.document.archetype == "ultimatum"
    assert ending is not None
    assert ending.outcome in told.document.outcomes
    assert latest(told.evidence, told.document) < ending.date
    assert all(entry.when.last < ending.date for entry in told.evidence.history)
    assert all(report.published.last == told.document.clock.start for report in told.evidence.reports.values())
    days = {"day": 40, "week": 280}[told.document.clock.step]
    assert told.document.clock.steps == 40
    assert (ending.date - told.document.clock.start).days < days
    assert (told.document.coding["term"].level == "days") == (told.document.clock.step == "day")


def test_a_case_is_forecast_by_default_before_the_day_on_which_it_ended(tmp_path: Path) -> None:
    folder = written(tmp_path / "note", CODED + "ending: {date: 2031-03-09, outcome: conceded, source: told}\n")
    history = "history:\n" + "".join(
        f"  - {{date: 2031-03-{day:02}, {who}: {move}, judgement: seen}}\n"
        for day, who, move in ((2, "leader", "defy"), (9, "challenger", "squeeze"))
    )
    (folder / "evidence.yaml").write_text(history, encoding="utf-8")
    told = load(folder)
    assert latest(told.evidence, told.document) == date(2031, 3, 2)
    open_ended = told.document.model_copy(update={"ending": None})
    assert latest(told.evidence, open_ended) == date(2031, 3, 9)


@pytest.mark.parametrize("name", CASES)
def test_nothing_but_the_case_itself_knows_how_it_ended(name: str) -> None:
    """The model with another ending, or none, is the same game."""
    document = case(name).document
    other = compile_case(document.model_copy(update={"ending": None}))
    mine = compile_case(document)
    assert mine.at_quantile() == other.at_quantile()
    text = (shipped_cases()[name] / "case.yaml").read_text("utf-8")
    coding = text[text.index("coding:") : text.index("\n# How it came out")]
    assert not re.search(r"resign|surrender|invaded|air war|shipped home|landed", coding)


@pytest.mark.parametrize("name", CASES)
def test_history_is_possible_and_no_miracle(name: str) -> None:
    told = case(name)
    compiled = compile_case(told)
    parameters = compiled.settle(compiled.at_quantile())
    line = timeline(compiled.document, compiled.phases, told.evidence, latest(told.evidence, told.document))
    at = before_now(line.step, line.phase, len(compiled.phases))
    assert at is not None
    solution = solve(
        compiled.game(parameters), grid=COARSE, grid_error=False, threads=1, keep={at}, own_until=line.step + 1
    )
    assert 60 <= solution.certificate.states <= 150
    assert solution.certificate.residual < 1e-8
    walked = walk(solution, Silence(compiled, parameters), line, parameters)
    assert len(walked.likelihood) == len(told.evidence.history)
    assert min(walked.likelihood.values()) > 1e-4
    assert np.isfinite(list(walked.likelihood.values())).all()


@pytest.mark.parametrize("name", ["cuba-1962", "kuwait-1990"])
def test_the_clock_is_not_the_crisis(name: str) -> None:
    assert check_clock(case(name), grid=COARSE, threads=1).largest < 0.02


@pytest.mark.parametrize("name", ["cuba-1962", "kuwait-1990"])
def test_the_grid_error_is_half_a_point_at_most(name: str) -> None:
    compiled = compile_case(case(name))
    solution = solve(compiled.game(compiled.at_quantile()), grid={3: 16, 2: 8}, threads=1)
    assert solution.certificate.grid_error is not None
    assert solution.certificate.grid_error < 0.005
    assert solution.certificate.residual < 1e-8
