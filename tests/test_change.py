"""What changed since an earlier run: steps that add up, each worth what leaving it out says, and copies of cases."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import standoff as so
from forecast_kit import PUSHES, day, edited, write
from standoff.analysis.change import Change, change
from standoff.analysis.items import differences, titles_of
from standoff.assessment import default_folder
from standoff.case import Case, load
from standoff.cli import app
from standoff.daily import brief, update
from standoff.errors import CaseError, RunError, StandoffError
from standoff.forecast import Forecast, Settings, forecast
from standoff.forecast.earlier import read_run
from standoff.forecast.kept_case import kept_case
from standoff.forecast.timeline import latest
from standoff.language.plain import plain
from standoff.report import moved
from standoff.report.about.change import section
from standoff.report.brief import render_html, render_markdown
from standoff.report.references import References

SETTINGS = Settings(draws=24, grid=2, check_grid=False)
UNSURE = edited(
    PUSHES,
    ("costs: {a: {x: 0.5, y: -0.1}}", "costs: {a: {x: p, y: -0.1}}"),
    ("  unresolved: {worth", "  over: {worth: {a: 0, b: 0}}\n  unresolved: {worth"),
    ("moves:\n", "events:\n  end: {when: level >= l2, chance: 0.2 * q, ends: over}\nmoves:\n"),
)
PARAMETERS = (
    "{p: {prior: {uniform: [0, 1]}, judgement: 'test: any', title: what pushing costs}, "
    "q: {prior: {uniform: [0, 1]}, judgement: 'test: any'}}"
)
DEARER = PARAMETERS.replace("[0, 1]", "[0.2, 1.4]", 1)
GRADES = "discount: {reliability: {B: 0.9, C: 0.5}, credibility: {2: 0.8, 3: 0.5}}\n"
REPORTS = {
    "one": ("2030-01-10", "B"),
    "two": ("2030-01-24", "C"),
    "three": ("2030-01-24", "B"),
}


def evidence(
    claims: Sequence[str] = ("first",),
    pushes: Sequence[date] = (day(1),),
    *,
    grades: dict[str, str] | None = None,
    discount: str = GRADES,
) -> str:
    """Evidence of these pushes and claims, out of all that this page knows."""
    known = {
        "first": "{report: one, says: He bluffs., credibility: 2, bears_on: {a: {x: 1.6, y: 0.7}}}",
        "second": "{report: two, says: He means it., credibility: 3, bears_on: {a: {x: 0.4, y: 1.9}}}",
        "third": "{report: three, says: It costs him., credibility: 2, bears_on: {where: [{if: p > 0.5, ratio: 2}]}}",
        "echo": "{report: three, says: He means it., credibility: 2, derived_from: second, "
        "bears_on: {a: {x: 0.5, y: 1.5}}}",
    }
    named = {claim: known[claim].split("report: ")[1].split(",")[0] for claim in claims}
    used = dict.fromkeys((*named.values(), *(("two",) if "echo" in claims else ())))
    reports = "".join(
        f"  {name}: {{title: Report {name}, outlet: Paper, published: {REPORTS[name][0]}, "
        f"grade: {(grades or {}).get(name, REPORTS[name][1])}, grade_because: 'test'}}\n"
        for name in used
    )
    told = "".join(f"  - {{date: {on}, a: push, judgement: 'test: so it was'}}\n" for on in pushes)
    said = "".join(f"  {claim}: {known[claim]}\n" for claim in claims)
    return f"{discount}reports:\n{reports}claims:\n{said}history:\n{told or '  []'}"


Make = Callable[..., Case]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.chdir(tmp_path)

    def made(text: str, parameters: str = PARAMETERS, case: str = UNSURE, name: str = "case") -> Case:
        return load(write(tmp_path / name, case, text, parameters))

    return made


def ran(case: Case, on: date | None = None, settings: Settings = SETTINGS) -> Forecast:
    """A run as `assess` leaves it, without its brief, which takes longer than all the rest."""
    when = on or latest(case.evidence, case.document)
    made = forecast(case, as_of=when, settings=settings, out=default_folder(case, when, settings))
    assert made.folder is not None
    (made.folder / "forecast.json").write_text(json.dumps(plain(made.to_json())))
    return made


FULL = evidence(("first", "second", "third"), (day(1), day(3)))


def means(made: Any) -> list[float]:
    found = [band["mean"] for band in made.outcomes.values()]
    return found + [band["mean"] for kinds in made.beliefs.values() for band in kinds.values()]


def sums(found: Change) -> list[float]:
    return [sum((step.by[q]["mean"] or 0.0) for step in found.steps) for q in range(len(found.kept))]


def kinds(found: Change) -> list[str]:
    return [part.kind for step in found.steps for part in step.parts]


# Adding up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [PARAMETERS, DEARER])
@pytest.mark.no_cover
def test_steps_add_up_to_the_change_from_what_was_reported(make: Make, parameters: str) -> None:
    first = ran(make(evidence()))
    found = update(make(FULL, parameters), settings=SETTINGS)
    assert found.status == "changed"
    assert found.folder == first.folder
    now = forecast(load("case"), settings=SETTINGS)
    for q, (before, after) in enumerate(zip(means(first), means(now), strict=True)):
        assert found.before[q] == pytest.approx(before, abs=1e-12)
        assert found.now[q] == pytest.approx(after, abs=1e-12)
        assert found.total[q]["mean"] == pytest.approx(after - before, abs=1e-12)
        assert sums(found)[q] == pytest.approx(after - before, abs=1e-12)


@pytest.mark.no_cover
def test_each_item_does_what_running_without_it_says(make: Make) -> None:
    """The same draws, one more item each time: the pushes and claims in the order in which they became known."""
    ran(make(evidence()))
    found = update(make(FULL), settings=SETTINGS)
    on = date(2030, 1, 24)
    stages = [
        (evidence(), on),
        (evidence(("first", "second")), on),
        (evidence(("first", "second", "third")), on),
        (evidence(("first", "second", "third")), day(3)),
        (FULL, day(3)),
    ]
    runs = [
        means(forecast(make(text, name=f"stage{i}"), as_of=at, settings=SETTINGS))
        for i, (text, at) in enumerate(stages)
    ]
    assert kinds(found) == ["claim", "claim", "time", "history"]  # of the first days nobody could have told more
    for step, before, after in zip(found.steps, runs, runs[1:], strict=False):
        for q, row in enumerate(step.by):
            assert row["mean"] == pytest.approx(after[q] - before[q], abs=1e-9)


def test_assumptions_come_first_and_are_the_difference_of_the_two_cases(make: Make) -> None:
    ran(make(evidence()))
    found = update(make(FULL, DEARER), settings=SETTINGS)
    assert kinds(found)[0] == "assumptions"
    before = means(forecast(make(evidence(), name="old"), as_of=day(1, 3), settings=SETTINGS))
    after = means(forecast(make(evidence(), DEARER, name="new"), as_of=day(1, 3), settings=SETTINGS))
    for q, row in enumerate(found.steps[0].by):
        assert row["mean"] == pytest.approx(after[q] - before[q], abs=1e-9)
    assert [one.title for one in found.assumptions] == ["what pushing costs"]


@pytest.mark.no_cover
def test_one_origin_counts_once_on_the_way_too(make: Make) -> None:
    ran(make(evidence()))
    text = evidence(("first", "second", "echo"))
    found = update(make(text), settings=SETTINGS)
    assert sums(found) == pytest.approx([row["mean"] for row in found.total], abs=1e-12)
    assert means(forecast(load("case"), settings=SETTINGS)) == pytest.approx(list(found.now), abs=1e-12)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (FULL, evidence(("first", "third"), (day(1), day(3))), ("claim", "removed")),
        (FULL, evidence(("first", "second", "third"), (day(1), day(2))), ("history", "changed")),
        (FULL, evidence(("first", "second", "third"), (day(1), day(3)), grades={"two": "B"}), ("report", "changed")),
        (FULL, FULL.replace("C: 0.5", "C: 0.7"), ("discount", "changed")),
        (FULL, f"{FULL}  - {{from: {day(2)}, to: {day(2, 6)}, unreported: [a], judgement: 'test'}}\n", ("gap", "new")),
    ],
    ids=["claim withdrawn", "push redated", "grade", "discount", "gap"],
)
@pytest.mark.no_cover
def test_what_was_known_may_be_mended(make: Make, before: str, now: str, said: tuple[str, str]) -> None:
    start = means(ran(make(before), day(4)))
    found = update(make(now), as_of=day(4), settings=SETTINGS)
    items = [(part.item.kind, part.item.what) for step in found.steps for part in step.parts if part.item]
    assert items == [said]
    after = means(forecast(load("case"), as_of=day(4), settings=SETTINGS))
    assert sums(found) == pytest.approx([b - a for a, b in zip(start, after, strict=True)], abs=1e-12)


def test_evidence_in_between_is_evidence_of_a_case(make: Make) -> None:
    case = make(FULL)
    titles = titles_of(case.document)
    found = differences(make(evidence(), name="old").evidence, day(1, 3), case.evidence, day(3), titles)
    assert [(item.kind, item.day) for item in found.items] == [
        ("claim", date(2030, 1, 24)), ("claim", date(2030, 1, 24)), ("history", day(3)),
    ]  # fmt: skip
    assert [report.id for report in found.reports] == ["three", "two"]
    assert found.now.evidence.history == case.evidence.history
    assert not differences(case.evidence, day(3), case.evidence, day(3), titles).items


def test_the_band_of_a_change_is_that_of_the_comparison(make: Make) -> None:
    case = make(FULL)
    changed = update(case, since="2030-01-20", settings=SETTINGS).to_json()
    there = so.compare(case, as_of_a="2030-01-20", settings=SETTINGS).to_json()
    for name, row in changed["outcomes"].items():
        assert there["outcomes"][name]["difference"] == pytest.approx(row["change"], abs=1e-12)


# Which run ---------------------------------------------------------------------------------------------------


def test_without_an_earlier_run_it_says_how_to_make_one(make: Make) -> None:
    with pytest.raises(RunError, match="no earlier run") as refused:
        update(make(evidence()), settings=SETTINGS)
    assert "--since DATE" in refused.value.problems[0].mend


def test_a_run_is_not_the_one_before_itself(make: Make) -> None:
    ran(make(evidence()))
    with pytest.raises(RunError, match="no earlier run"):
        update(load("case"), settings=SETTINGS)


def test_nothing_changed_is_said(make: Make) -> None:
    ran(make(evidence()))
    found = update(make(evidence().replace("Report one", "Report One")), settings=SETTINGS)
    assert found.status == "unchanged"
    assert found.steps == ()
    assert found.now == pytest.approx(found.before, abs=1e-12)
    assert moved.headline(found.to_json()).startswith("Nothing that decides the forecast has changed")


def test_a_date_is_a_start_without_any_run(make: Make) -> None:
    found = update(make(FULL), since="2030-01-20", settings=SETTINGS)
    then = means(forecast(load("case"), as_of=date(2030, 1, 20), settings=SETTINGS))
    assert found.before == pytest.approx(then, abs=1e-12)
    assert not found.reported
    assert sums(found) == pytest.approx([row["mean"] for row in found.total], abs=1e-12)


def test_what_was_set_by_hand_is_another_line_of_runs(make: Make) -> None:
    make(evidence())
    plain_run = ran(load("case"))
    os.utime(plain_run.folder / "manifest.json", (1, 1))
    ran(load("case", overrides={"q": 0.5}))
    make(FULL)
    assert update("case", settings=SETTINGS).folder == plain_run.folder
    assert update("case", overrides={"q": 0.5}, settings=SETTINGS).folder != plain_run.folder


@pytest.mark.no_cover
def test_runs_as_of_a_later_date_are_not_before(make: Make) -> None:
    ran(make(FULL))
    early = ran(load("case"), date(2030, 1, 12))
    assert update("case", as_of="2030-01-24", settings=SETTINGS).folder == early.folder


# Copies ------------------------------------------------------------------------------------------------------


def test_the_copy_in_a_run_is_the_case(make: Make) -> None:
    case = load(make(FULL).folder, overrides={"q": 0.5})
    folder = ran(case).folder
    shutil.rmtree(case.folder)
    again = kept_case(folder, case.hash)
    assert again.hash == case.hash
    assert dict(again.overrides) == {"q": 0.5}
    assert means(forecast(again, settings=SETTINGS)) == means(forecast(case, settings=SETTINGS))


def test_digests_are_copied_and_originals_are_not(make: Make, tmp_path: Path) -> None:
    from case_kit import written

    folder = written(tmp_path / "starter")
    (folder / "reports" / "originals").mkdir()
    (folder / "reports" / "originals" / "scan.txt").write_text("what they printed")
    case = load(folder)
    out = so.forecast(case, settings=Settings(draws=4, grid=4, check_grid=False), out="runs/x").folder
    assert out is not None
    assert kept_case(out, case.hash).hash == case.hash
    assert not list((out / "case").rglob("scan.txt"))


def test_a_copy_of_another_case_is_refused(make: Make) -> None:
    folder = ran(make(evidence())).folder
    (folder / "case" / "evidence.yaml").write_text(FULL)
    with pytest.raises(CaseError, match="copy of another case"):
        kept_case(folder, load("case").hash)


def test_a_run_of_an_older_layout_gives_the_totals(make: Make) -> None:
    folder = ran(make(evidence())).folder
    shutil.rmtree(folder / "case")
    found = update(make(FULL), settings=SETTINGS)
    assert found.status == "unexplained"
    assert "without a copy" in str(found.why)
    assert found.steps == ()
    now = means(forecast(load("case"), settings=SETTINGS))
    assert [row["mean"] for row in found.total] == pytest.approx(
        [after - before for before, after in zip(found.before, now, strict=True)], abs=1e-12
    )
    assert "chance that the end is" in moved.headline(found.to_json())


def test_a_run_of_an_older_layout_of_this_very_case_needs_no_copy(make: Make) -> None:
    make(FULL)
    folder = ran(load("case"), date(2030, 1, 12)).folder
    shutil.rmtree(folder / "case")
    assert update("case", settings=SETTINGS).status == "changed"


def test_a_run_that_left_neither_case_nor_forecast_is_refused(make: Make) -> None:
    folder = ran(make(evidence())).folder
    shutil.rmtree(folder / "case")
    (folder / "forecast.json").unlink()
    make(FULL)
    with pytest.raises(RunError, match="left no forecast"):
        update("case", settings=SETTINGS)


def test_a_run_without_its_forecast_starts_from_the_same_draws(make: Make) -> None:
    folder = ran(make(evidence())).folder
    (folder / "forecast.json").unlink()
    found = update(make(FULL), settings=SETTINGS)
    assert not found.reported
    assert sums(found) == pytest.approx([row["mean"] for row in found.total], abs=1e-12)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (evidence(("first", "third"), (day(1), day(3))), "the withdrawal of the claim that he means it"),
        (
            FULL.replace("credibility: 3", "credibility: 2"),
            "the correction of the claim that he means it (credibility 3, now 2)",
        ),
        (
            FULL.replace("a: {x: 0.4, y: 1.9}", "a: {x: 0.4, y: 1.1}"),
            "(what it says of a x × 0.4, y × 1.9, now x × 0.4, y × 1.1)",
        ),
        (evidence(("first", "second", "third"), (day(1), day(2))), "the correction of the move “push” by a, "),
        (evidence(("first", "second", "third"), (day(1),)), "the withdrawal of the move “push” by a, "),
        (evidence(("first", "second", "third"), (day(1), day(3)), grades={"two": "B"}), "the correction of the report "
         "“Report two” (grade C, now B)"),
        (FULL.replace("C: 0.5", "C: 0.7"), "what grades are worth now (reliability C 0.5, now 0.7)"),
    ],
    ids=["withdrawn", "credibility", "ratios", "redated", "push withdrawn", "grade", "discount"],
)  # fmt: skip
def test_what_was_withdrawn_or_mended_is_told_as_that(make: Make, now: str, said: str) -> None:
    """Its effect came of taking it away: to credit the claim with it would say the opposite."""
    ran(make(FULL), day(4))
    found = update(make(now), as_of=day(4), settings=SETTINGS).to_json()
    cause = moved.causes(found, [])[0] if not found["steps"] else moved._cause(found, found["steps"][0], ())
    assert said in moved.dated(cause.reason)
    assert cause.what in ("withdrawn", "corrected", "graded otherwise")
    if "(" in said:
        assert said[said.index("(") :] in cause.said


# Refused, thin -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2029-01-01", "before the clock"),
        ("2031-01-01", "after 2030"),
        ("runs/nowhere", "no such folder"),
        ("rubbish", "rubbish"),
    ],
)
def test_a_start_that_is_none(make: Make, since: str, said: str) -> None:
    make(FULL)
    with pytest.raises(StandoffError, match=said):
        update("case", since=since, settings=SETTINGS)


def test_a_run_of_another_case(make: Make) -> None:
    folder = ran(make(evidence(), name="others")).folder
    make(FULL)
    with pytest.raises(RunError, match="a run of others"):
        update("case", since=folder, settings=SETTINGS)
    with pytest.raises(RunError, match="without a manifest"):
        update("case", since=folder / "draws", settings=SETTINGS)


def test_too_few_draws_give_no_numbers(make: Make) -> None:
    few = Settings(draws=6, grid=4, check_grid=False, refine=False)
    found = change(forecast(make(FULL), settings=few), since=day(1, 3))
    assert found.status == "thin"
    data = found.to_json()
    assert all(row["change"] is None for row in data["outcomes"].values())
    assert "cannot be said in numbers" in moved.headline(data)


def test_a_step_that_cannot_stand_alone_is_told_with_the_next(make: Make) -> None:
    """A second push in the week of the first cannot be laid beside it: the first has to be redated too."""
    ran(make(evidence(pushes=(day(1),))), day(4))
    found = update(make(evidence(pushes=(day(1, 1), day(2)))), as_of=day(4), settings=SETTINGS)
    assert sums(found) == pytest.approx([row["mean"] for row in found.total], abs=1e-12)


# Shown --------------------------------------------------------------------------------------------------------


def test_the_brief_says_what_changed_and_every_link_leads_somewhere(make: Make) -> None:
    ran(make(evidence()))
    made = brief(make(FULL, DEARER), settings=SETTINGS)
    assert made.change is not None
    findings = made.assessment.findings
    row = section(findings, References(findings))
    assert row is not None
    assert [cause["what"] for cause in row["causes"]][:1] == ["assumed otherwise"]
    for text in (render_html(findings), render_markdown(findings)):
        assert "What changed" in text
        assert "He means it" in text
    assert json.loads((made.assessment.folder / "forecast.json").read_text())["change"]["status"] == "changed"
    for c, total in enumerate(row["totals"]):
        adds = moved.adds_up([cause["cells"][c] for cause in row["causes"]], total)
        assert adds or row["rounded"] == moved.ROUNDED
        assert total in {one["points"] for one in (*row["rows"], *row["types"])}


def test_a_first_brief_has_no_such_section(make: Make) -> None:
    made = brief(make(evidence()), settings=SETTINGS)
    assert made.change is None
    assert "What changed" not in made.assessment.files["brief.md"].read_text()


def test_a_second_brief_computes_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(make(evidence()))
    make(FULL, DEARER)
    first = brief("case", settings=SETTINGS).assessment.files["brief.md"].read_text()
    from standoff.forecast import draw

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a draw was solved again")

    monkeypatch.setattr(draw, "solve", never)
    assert brief("case", settings=SETTINGS).assessment.files["brief.md"].read_text() == first


def run(*words: str) -> Any:
    return CliRunner().invoke(app, [*words, "--workers", "1"], env={"COLUMNS": "100"})


def test_the_commands_of_a_day(make: Make) -> None:
    make(evidence())
    small = ("--draws", "24", "--grid", "2")
    none = run("update", "case", *small)
    assert none.exit_code == 1
    assert "no earlier run of case" in none.output + none.stderr
    first = run("brief", "case", *small)
    assert first.exit_code == 0, first.output
    assert "No earlier run of this case is known" in " ".join(first.output.split())
    make(FULL, DEARER)
    told = run("update", "case", *small)
    assert told.exit_code == 0, told.output
    for words in ("What changed from 14 January 2030", "All of it", "Assumed otherwise: what pushing", "Next:"):
        assert words in " ".join(told.output.replace("\N{NO-BREAK SPACE}", " ").split()), words
    assert max(len(line) for line in told.output.splitlines()) <= 100
    data = json.loads(run("update", "case", *small, "--json").output)
    assert data["folder"] == read_run(next(Path("runs").glob("*2030-01-14*"))).folder.name
    again = run("brief", "case", *small)
    assert "Since 14 January 2030" in " ".join(again.output.replace("\N{NO-BREAK SPACE}", " ").split())
