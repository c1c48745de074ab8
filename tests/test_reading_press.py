"""The five press texts read, where they are at hand: filler, dates, figures; none of their words stand here.

The passages of filler in the third text were marked by a person reading it; they stand here as offsets.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import standoff as so
from evidence_kit import SHARED, needs_reports
from standoff.evidence import Evidence, load_evidence
from standoff.evidence.anchors import overlaps
from standoff.evidence.dates import DateSpan
from standoff.evidence.files import read_text
from standoff.evidence.text import normalise
from standoff.reading.arrive import Arrivals, Manner, read_all
from standoff.reading.filler import find_filler
from standoff.reading.library import Library

pytestmark = needs_reports

FILES = sorted(SHARED.glob("*.txt"))
CASE = Path(__file__).parents[1] / "src" / "standoff" / "cases" / "venezuela-2025"
MANNER = Manner(read_on=date(2026, 11, 22))

# Read by a person in the text 002: calls to find out more, to learn more and to comment, and sentences that only carry
# the title of another page. Two more are a matter of taste and not here: a sentence on a "key takeaway", two headings.
BY_HAND = (
    (2546, 2635), (5027, 5122), (7342, 7436), (9068, 9168), (10045, 10118), (11520, 11618), (12184, 12335),
    (13691, 13783),
    (14214, 14281), (15787, 15931), (16112, 16210),
)  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    """Read into a case that knows nothing of them."""
    return read_all(FILES, Library(so.new("empty", tmp_path_factory.mktemp("press"))), MANNER)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load_evidence(CASE, texts=SHARED)[0]


def test_the_filler_that_a_person_marks_is_marked_and_nothing_else() -> None:
    for file in FILES:
        found = {(mark.start, mark.end) for mark in find_filler(read_text(file))}
        assert found == (set(BY_HAND) if file.name.startswith("002") else set())


def test_no_passage_that_the_case_cites_is_marked(evidence: Evidence) -> None:
    marks = {
        report.id: [(mark.start, mark.end) for mark in find_filler(read_text(SHARED / report.source.name))]
        for report in evidence.reports.values()
        if report.source is not None
    }
    cited = [(claim.report, claim.anchor) for claim in evidence.claims.values() if claim.anchor is not None]
    assert len(cited) > 20
    assert not [
        name
        for name, anchor in cited
        for start, end in marks[name]
        if anchor.start < end and start < anchor.end
    ]


def test_no_day_is_invented(alone: Arrivals) -> None:
    said = {Path(made.source).name[:3]: (made.published, made.filed_as.first) for made in alone.reports}
    day = DateSpan.parse("2025-11-19")
    assert said == {
        "000": (None, date(2024, 1, 1)),  # it looks back on an election of 2024
        "001": (None, date(2024, 1, 1)),
        "002": (day, day.first),
        "003": (None, date(1989, 1, 1)),
        "004": (None, date(2023, 1, 1)),
    }
    assert {made.filed_as.last for made in alone.reports if made.published is None} == {MANNER.read_on}


def test_relative_and_yearless_dates_stay_what_they_are(alone: Arrivals) -> None:
    loose = {
        Path(made.source).name[:3]: sorted({one.precision for one in made.dates if one.span is None})
        for made in alone.reports
    }
    july = ["late month", "month", "week"]
    assert loose == {"000": ["day", "month"], "001": july, "002": [], "003": ["week"], "004": ["week"]}
    (yearless,) = [one for made in alone.reports for one in made.dates if made.published and one.note]
    assert yearless.span == DateSpan.parse("2025-11-18")


def test_figures_at_odds_are_listed(alone: Arrivals) -> None:
    assert alone.odds is not None
    troops = [odds for odds in alone.odds if "troops" in odds.about]
    assert len(troops) == 1
    few, many = (side.figure for side in troops[0].sides)
    assert few.low <= 4500 <= few.high < many.low <= 15000 <= many.high


def test_what_is_filed_is_accepted(alone: Arrivals) -> None:
    problems = so.check(alone.folder)
    assert {problem.level for problem in problems} == {"warning"}
    assert all("no claim cites" in problem.found for problem in problems)


def test_into_the_case_made_from_them_they_are_known_with_its_dates(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CASE, tmp_path / "venezuela-2025"))
    made = read_all(FILES, Library(folder), MANNER).reports
    assert {one.filing for one in made} == {"already there"}
    assert [str(one.published) for one in made] == [
        "21 November 2025 to 31 December 2025", "early December 2025", "19 November 2025",
        "21 November 2025 to 31 December 2025", "late August 2025",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / "reports").iterdir()) == sorted(
        path.name for path in (CASE / "reports").iterdir()
    )
    (week,) = [one for one in made[4].dates if one.relative]
    assert week.span == DateSpan(date(2025, 8, 18), date(2025, 8, 31))


def test_marks_are_cited_as_filler_and_not_as_report(alone: Arrivals) -> None:
    (long,) = [made for made in alone.reports if made.filler]
    report = load_evidence(alone.folder)[0].reports[long.id]
    assert len(report.filler) == len(BY_HAND)
    assert not any(overlaps(one, other) for one in report.filler for other in report.filler if one is not other)
    assert 0.06 < long.filler_share < 0.08
    assert report.text == normalise(read_text(FILES[2]))
