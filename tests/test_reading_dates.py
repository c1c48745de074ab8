"""Dates in a text and of a text: what the words say, and never a day they do not say. All sentences are invented."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_kit import TODAY, page, published
from standoff.evidence.dates import DateSpan
from standoff.evidence.text import normalise
from standoff.reading.arrived import Candidate, FoundDate
from standoff.reading.datefind import MOST, find_dates, looks_back_on
from standoff.reading.page import read_page
from standoff.reading.published import candidates, decide, outlet_on_a_line, wire

FORMS = st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%b. %d, %Y"])
MARCH = DateSpan.parse("2031-03-06")  # a Thursday


def dates(text: str, near: DateSpan | None = None) -> list[FoundDate]:
    return list(find_dates(normalise(text), near))


def only(text: str, near: DateSpan | None = None) -> FoundDate:
    (one,) = dates(text, near)
    return one


@pytest.mark.parametrize(
    ("text", "span", "precision"),
    [
        ("They left on 2 March 2031.", "2031-03-02", "day"),
        ("They left on Sunday, March 2, 2031.", "2031-03-02", "day"),
        ("on the 2nd of March 2031", "2031-03-02", "day"),
        ("Mar. 2, 2031", "2031-03-02", "day"),
        ("2 Sept. 2031", "2031-09-02", "day"),
        ("dated 2031-03-02, in Sund", "2031-03-02", "day"),
        ("on 2.3.2031 they", "2031-03-02", "day"),
        ("on 25/03/2031 they", "2031-03-25", "day"),
        ("on 03/25/2031 they", "2031-03-25", "day"),
        ("from 2–4 March 2031", "2031-03-02..2031-03-04", "interval"),
        ("from March 2-4, 2031", "2031-03-02..2031-03-04", "interval"),
        ("in 2031-W10 they", "2031-03-03..2031-03-09", "week"),
        ("early March 2031", "early March 2031", "early month"),
        ("in mid-March 2031", "mid March 2031", "mid month"),
        ("the end of March 2031", "late March 2031", "late month"),
        ("in March of 2031", "March 2031", "month"),
        ("in the summer of 2031", "2031-06-01..2031-08-31", "season"),
        ("winter 2031", "2031-12-01..2032-02-29", "season"),
        ("the third quarter of 2031", "2031-07-01..2031-09-30", "quarter"),
        ("in Q1 2031", "2031-01-01..2031-03-31", "quarter"),
        ("from 2028 to 2030", "2028-01-01..2030-12-31", "interval"),
        ("the 2028-30 treaty", "2028-01-01..2030-12-31", "interval"),
        ("the 1990s", "1990-01-01..1999-12-31", "decade"),
        ("since the 2029 treaty", "2029", "year"),
        ("in 1989, the", "1989", "year"),
    ],
)
def test_a_date_has_the_precision_of_its_words(text: str, span: str, precision: str) -> None:
    one = only(text)
    assert (one.span, one.precision) == (DateSpan.parse(span), precision)
    assert normalise(text)[one.start : one.end] == one.words


@pytest.mark.parametrize(
    "text",
    [
        "2000 troops and 1,989 ships", "route 2031/44", "it cost $2031 in all", "2031 soldiers", "he may march on",
        "May he live",
        "the march to the sea", "in the second week", "paragraph 1989.5", "the year-2031-model", "#2031",
        "one of today's worries", "sat on the fence", "the fall of the house", "weekend-long", "on 31/31/2031",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates(text) == []


def test_a_day_the_calendar_does_not_have_is_no_day() -> None:
    assert [one.precision for one in dates("on 31 February 2031")] == ["day"]
    assert dates("on 31 February 2031")[0].span is None


def test_two_readings_are_two() -> None:
    one = only("on 03/04/2031 they")
    assert one.span is None
    assert one.note == "day first or month first: 2031-03-04 or 2031-04-03"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("on March 2 they", "2031-03-02"),
        ("on 28 February they", "2031-02-28"),
        ("in late December they", "late December 2030"),
        ("in January they", "January 2031"),
        ("since November they", "November 2030"),
        ("in April they", "April 2031"),
    ],
)
def test_a_date_without_its_year_takes_the_nearest(text: str, span: str) -> None:
    assert only(text).span is None
    assert "year is not said" in only(text).note
    one = only(text, MARCH)
    assert one.span == DateSpan.parse(span)
    assert "nearest" in one.note or "latest before" in one.note


def test_a_date_half_a_year_away_stays_without_a_year() -> None:
    one = only("in September they", MARCH)
    assert one.span is None
    assert one.note == "the year is not said: 2030 or 2031"
    assert only("on March 2 they", DateSpan.parse("2031")).span is None


@pytest.mark.parametrize(
    ("text", "span", "precision"),
    [
        ("today", "2031-03-06", "day"),
        ("yesterday", "2031-03-05", "day"),
        ("this week", "2031-W10", "week"),
        ("earlier this week", "2031-W10", "week"),
        ("last week", "2031-W09", "week"),
        ("next week", "2031-W11", "week"),
        ("last month", "February 2031", "month"),
        ("this year", "2031", "year"),
        ("on Monday", "2031-03-03", "day"),
        ("on Thursday", "2031-03-06", "day"),
        ("last Friday", "2031-02-28", "day"),
        ("next Friday", "2031-03-07", "day"),
        ("three days ago", "2031-03-03", "day"),
        ("two months ago", "January 2031", "month"),
        ("two weeks ago", "2031-02-17..2031-02-23", "interval"),
        ("the day before yesterday", "2031-03-04", "day"),
        ("the day after tomorrow", "2031-03-08", "day"),
        ("in the past week", "2031-02-27..2031-03-06", "interval"),
        ("in the past month", "2031-02-03..2031-03-06", "interval"),
        ("in the past year", "2030-03-05..2031-03-06", "interval"),
        ("last weekend", "2031-03-01..2031-03-02", "interval"),
        ("over the past weekend", "2031-03-01..2031-03-02", "interval"),
        ("this weekend", "2031-03-08..2031-03-09", "interval"),
        ("next weekend", "2031-03-08..2031-03-16", "interval"),
    ],
)
def test_a_relative_date_is_told_from_publication(text: str, span: str, precision: str) -> None:
    alone = only(f"They left {text}.")
    assert (alone.span, alone.relative, alone.precision) == (None, True, precision)
    one = only(f"They left {text}.", MARCH)
    assert (one.span, one.relative, one.precision) == (DateSpan.parse(span), True, precision)


def test_a_weekend_on_a_sunday() -> None:
    sunday = DateSpan.parse("2031-03-09")
    for words, span in (("last", "2031-03-01..2031-03-02"), ("next", "2031-03-15..2031-03-16")):
        assert only(f"They go {words} weekend.", sunday).span == DateSpan.parse(span)


@pytest.mark.parametrize("words", ["last year", "400 years ago", "last month", "yesterday"])
def test_a_date_before_the_first_year_is_none(words: str) -> None:
    assert dates(f"They left {words}.", DateSpan.parse("0001-01-01")) == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("from 2 to 4 March 2031", "2031-03-02..2031-03-04"),
        ("the 2nd to 4th of March 2031", "2031-03-02..2031-03-04"),
        ("between 2 and 4 March 2031", "2031-03-02..2031-03-04"),
        ("March 2 to 4, 2031", "2031-03-02..2031-03-04"),
        ("between March 2 and 4, 2031", "2031-03-02..2031-03-04"),
        ("from 2 to 1 March 2031", "2031-03-01"),
    ],
)
def test_days_of_one_month(text: str, span: str) -> None:
    assert only(text).span == DateSpan.parse(span)


def test_what_is_to_come_is_not_placed_long_before_publication() -> None:
    for text in ("The vote is due on 15 November.", "The ship will arrive on 2 January."):
        one = only(text, DateSpan.parse("2031-03-12"))
        assert one.span is None
        assert one.note.startswith("the year is not said: 203")
    assert only("The vote was held on 15 November.", MARCH).span == DateSpan.parse("2030-11-15")


def test_a_relative_date_is_no_more_precise_than_what_it_is_told_from() -> None:
    early = DateSpan.parse("early March 2031")
    assert only("They left yesterday.", early).span == DateSpan(date(2031, 2, 28), date(2031, 3, 9))
    assert only("They left yesterday.", early).precision == "interval"
    assert only("They left a week earlier.", MARCH).span is None


@given(st.text(alphabet="0123456789 -/.,MarchyDecembrwkslato", max_size=60), st.one_of(st.none(), st.just(MARCH)))
def test_any_words_give_dates_that_stand_in_them(text: str, near: DateSpan | None) -> None:
    body, last = normalise(text), 0
    for one in find_dates(body, near):
        assert last <= one.start < one.end
        assert body[one.start : one.end] == one.words
        assert one.precision
        last = one.end


@given(st.dates(date(1905, 1, 1), date(2090, 12, 31)), FORMS)
def test_every_day_is_found(day: date, form: str) -> None:
    assert only(f"They left on {day.strftime(form)} at noon.").span == DateSpan(day, day)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 90_000,
        "March " * 15_000,
        "2031-" * 20_000,
        "early " * 20_000,
        "a week ago " * 8_000,
        "1/" * 40_000,
    ],
)
def test_a_text_built_to_be_slow_is_not(text: str) -> None:
    started = time.process_time()
    find_dates(text, MARCH)
    assert time.process_time() - started < 3


DECEMBER = DateSpan.parse("2025-12-10")  # a Wednesday


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Last March they left.", "March 2025"),
        ("They sat there since 5 March.", "2025-03-05"),
        ("Since March 5 they sat.", "2025-03-05"),
        ("Last December they left.", "December 2024"),
        ("Since December they sat.", "December 2025"),
        ("In March they left.", "March 2025"),
        ("In March they will leave.", "March 2026"),
        ("In March, the ferries", None),
        ("The council will meet on Friday.", "2025-12-12"),
        ("The council, which met twice, meets on Monday.", "2025-12-15"),
        ("They left on Friday.", "2025-12-05"),
        ("On Friday they left.", "2025-12-05"),
        ("The council was due to meet on Friday.", None),
        ("The council, on Friday", None),
        ("They will meet on Wednesday.", None),
        ("the week of 8 December 2025", "2025-W50"),
        ("the week of December 8", "2025-W50"),
        ("on 8 December 25", "2025-12-08"),
        ("on 12 December 15 boats", "2025-12-12"),
        ("3 Nov 14 people died", "2025-11-03"),
        ("the first 2026 budget", "2026"),
        ("the second 2010 war", "2010"),
    ],
)
def test_no_day_on_the_wrong_side_of_publication(text: str, span: str | None) -> None:
    assert only(text, DECEMBER).span == (None if span is None else DateSpan.parse(span))


@pytest.mark.parametrize(
    "text", [
        "between 1900 and 2000 soldiers", "from 2005 to 30 ships", "from 2000 to 2010 troops",
        "between 1900 and 2000 foreign soldiers", "more than 2000 were killed",
    ]
)  # fmt: skip
def test_numbers_of_a_thing_are_no_years(text: str) -> None:
    assert dates(text) == []
    assert settled(f"They sent {text}.")[1].startswith("nothing says when it was published, nor is there a date")


def test_a_weekday_that_does_not_fit_is_told() -> None:
    one = only("on Wednesday 9 December 2025", DECEMBER)
    assert (one.span, one.note) == (DateSpan.parse("2025-12-09"), "that day is a Tuesday, not a Wednesday")
    assert settled("They left on Sunday 3 March 2031 and on 30 February 2031.")[2] == [
        "the text has '30 February 2031': the calendar has no such day",
        "the text has 'Sunday 3 March 2031', but that day is a Monday, not a Sunday",
    ]


def test_of_very_many_dates_the_first_are_kept_and_it_is_said() -> None:
    text = "in 2018 " * 120_000
    started = time.process_time()
    assert settled(text)[2] == [f"very many dates: only the first {MOST:,} are kept"]
    assert len(find_dates(normalise(text))) == MOST
    assert time.process_time() - started < 3


# When it was published


def settled(
    text: str, source: str = "story.txt", told: tuple[Candidate, ...] = (), said: DateSpan | None = None
) -> tuple[str, str, list[str]]:
    body = normalise(text)
    published, where, _, remarks = decide(candidates(body, source, told, said), body, TODAY)
    return str(published), where, remarks


@pytest.mark.parametrize(
    ("text", "source", "span", "where"),
    [
        ("Boats leave\nPublished: 2 March 2031\nThey left.", "x.txt", "2 March 2031", "byline"),
        ("Boats leave\nPublished on Sunday, March 2, 2031\nThey left.", "x.txt", "2 March 2031", "byline"),
        ("Boats leave\nBy Ada Sund | March 2, 2031\nThey left.", "x.txt", "2 March 2031", "byline"),
        ("SUND, March 2, 2031 (Reuters) - They left.", "x.txt", "2 March 2031", "dateline"),
        ("They left.", "https://gazette.example/2031/03/02/boats", "2 March 2031", "URL"),
        ("They left.", "https://gazette.example/2031/03/boats", "March 2031", "URL"),
        ("They left.", "/home/x/2031-03-02_boats.txt", "2 March 2031", "file name"),
        ("They left.", "/2030/12/11/boats.txt", "None", "nothing says"),
        ("They left.", "https://gazette.example/20310302/boats", "2 March 2031", "URL"),
        ("They left.", "https://gazette.example/boats-leave-sund-20310302.html", "2 March 2031", "URL"),
        ("They left.", "https://gazette.example/id-20240101/", "None", "nothing says"),
        ("They left.", "https://gazette.example/news/77-20240101", "None", "nothing says"),
        ("They left.", "https://gazette.example/2026/02/30/boats", "None", "nothing says"),
        ("They left. We stand at a turning point on 2 March 2031.", "x.txt", "2 March 2031", "the text, of"),
        ("They left. As of early March 2031, nobody is back.", "x.txt", "early March 2031", "the text, of its own day"),
        ("They left on 2 March 2031.", "x.txt", "None", "nothing says"),
        ("They left last week.", "x.txt", "None", "nothing says"),
        ("Updated: 4 March 2031\nPublished: 2 March 2031\nThey left.", "x.txt", "2 March 2031", "byline"),
    ],
)
def test_what_says_when_it_was_published(text: str, source: str, span: str, where: str) -> None:
    found, said, _ = settled(text, source)
    assert found == span
    assert said.startswith(where)


def test_what_is_known_of_the_page_goes_before_the_prose_and_what_you_say_before_all() -> None:
    text, told = "Published: 4 March 2031\nThey left.", (Candidate(DateSpan.parse("2031-03-02"), "meta tag"),)
    found, where, remarks = settled(text, "https://x.example/2031/03/02/a", told)
    assert (found, where) == ("2 March 2031", "meta tag")
    assert remarks == ["dates at odds: meta tag says 2 March 2031, byline says 4 March 2031"]
    found, where, _ = settled(text, told=told, said=DateSpan.parse("2031-03-05"))
    assert (found, where) == ("5 March 2031", "said by you")
    found, where, remarks = settled("They left.", "https://x.example/2031/03/a-2031-03-07", (), None)
    assert (found, where, remarks) == ("7 March 2031", "URL", [])


def test_a_month_is_made_a_day_only_by_a_day_in_it() -> None:
    month = (Candidate(DateSpan.parse("March 2031"), "meta tag"),)
    assert settled("Published: 4 March 2031\nThey left.", told=month)[:2] == ("4 March 2031", "byline")
    assert settled("Published: 4 April 2031\nThey left.", told=month)[:2] == ("March 2031", "meta tag")


def test_a_text_that_looks_back_on_a_later_day_is_told_so() -> None:
    told = (Candidate(DateSpan.parse("2031-03-02"), "meta tag"),)
    _, _, remarks = settled("They left on 9 March 2031.", told=told)
    assert remarks == ["the text speaks of 9 March 2031, after it was published (2 March 2031)"]
    assert settled("They will leave on 9 March 2031.", told=told)[2] == []
    assert settled("The deadline is set to 9 March 2031.", told=told)[2] == []


def test_a_date_in_the_future_is_not_taken() -> None:
    found, _, remarks = settled("They left.", told=(Candidate(DateSpan.parse("2045-01-01"), "meta tag"),))
    assert found == "None"
    assert remarks == ["meta tag says 1 January 2045: after today, not taken; --published takes it"]


def test_a_date_refused_is_not_said_to_be_none() -> None:
    for text in ("They left.", "They left in 2029."):
        told = (Candidate(DateSpan.parse("2045-01-01"), "meta tag"),)
        _, where, span, _ = decide(candidates(text, "x.txt", told), text, TODAY)
        assert "nor is there a date in it" not in where
        assert span.last == TODAY
    assert "meta tag: 1 January 2045) lies after today" in settled("They left.", told=told)[1]


@pytest.mark.parametrize(
    ("text", "told", "said", "where"),
    [
        ("They left.", (Candidate(DateSpan.parse("2045-01-01"), "front matter"),), None, "front matter"),
        ("They left.", (Candidate(DateSpan.parse("2045-01-01"), "a line at the top"),), None, "a line at the top"),
        ("They left.", (), DateSpan.parse("2045-01-01"), "said by you"),
        ("Boats leave. Published: 1 January 2045 They left.", (), None, "byline"),
        ("SUND, January 1, 2045 (Reuters) - They left.", (), None, "dateline"),
    ],
)
def test_a_date_after_today_that_an_author_writes_is_taken_as_said(
    text: str, told: tuple[Candidate, ...], said: DateSpan | None, where: str
) -> None:
    assert settled(text, told=told, said=said) == (
        "1 January 2045", where, ["published after today (30 June 2031): taken as said"],
    )  # fmt: skip
    meta = (Candidate(DateSpan.parse("2045-01-01"), "meta tag"), *told)
    assert settled(text, told=meta, said=said)[1:] == (where, ["published after today (30 June 2031): taken as said"])


def test_without_a_date_it_lies_between_what_it_looks_back_on_and_the_reading() -> None:
    for text, first in [
        ("They left in 2029, as in 2018.", date(2029, 1, 1)),
        ("She was envoy from 2028 to 2030.", date(2030, 1, 1)),
        ("They left on 2 March 2031 and will be back by 2040.", date(2031, 3, 2)),
        ("They left.", date(1900, 1, 1)),
    ]:
        body = normalise(text)
        published, where, span, _ = decide(candidates(body, "x.txt"), body, TODAY)
        assert published is None
        assert where.startswith("nothing says when")
        assert (span.first, span.last) == (first, TODAY)
        assert DateSpan.parse(span.text) == span
    assert looks_back_on("They left.", ()) is None


def test_a_dateline_names_the_wire() -> None:
    assert wire("SUND (Reuters) - They left.") == "Reuters"
    assert wire("SUND, March 2 (AP) - They left.") == "Associated Press"
    assert wire("The Reuters office (AP) is closed.") == ""


# Pages


@pytest.mark.parametrize(
    ("meta", "span"),
    [
        (published("2031-03-02"), "2 March 2031"),
        ('<meta itemprop="datePublished" content="2031-03-02">', "2 March 2031"),
        ('<meta name="DC.date.issued" content="2031-03">', "March 2031"),
        ('<script type="application/ld+json">{"datePublished":"2031-03-02T10:00:00Z"}</script>', "2 March 2031"),
        ('<meta property="article:modified_time" content="2031-03-04">', "4 March 2031"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_page_says_when_it_was_published(meta: str, span: str) -> None:
    found = read_page(page(meta).encode(), None, "https://gazette.example/boats")
    assert [str(one.span) for one in found.told] == ([span] if span else [])


COMMENT = '{"@type":"Comment","datePublished":"2024-01-01"}'
OWN = f'{{"@type":"NewsArticle","datePublished":"2031-03-02","comment":[{COMMENT}]}}'


@pytest.mark.parametrize(
    ("data", "span"),
    [
        (OWN, ["2 March 2031"]),
        (f'{{"@graph":[{{"@type":"WebPage","datePublished":"2024-01-01"}},{OWN}]}}', ["2 March 2031"]),
        (f'[{OWN},{{"@type":"NewsArticle","datePublished":"2024-01-01"}}]', ["2 March 2031"]),
        ('{"@type":"Comment","dateCreated":"2024-01-01"}', []),
        ('{"@type":"Organization","subjectOf":{"@type":"Article","datePublished":"2024-01-01"}}', []),
        ("{" * 5_000, []),
    ],
)
def test_a_date_of_a_comment_or_of_another_article_is_none_of_its_own(data: str, span: list[str]) -> None:
    raw = page(f'<script type="application/ld+json">{data}</script>').replace("2031 Harbour", "Harbour").encode()
    assert [str(one.span) for one in read_page(raw, None, "https://gazette.example/boats").told] == span


def test_an_impossible_day_of_a_page_is_said_and_nothing_made_of_it() -> None:
    found = read_page(page(published("2026-02-30")).encode(), None, "https://gazette.example/boats")
    assert found.told == ()
    assert found.remarks == ("meta tag says 2026-02-30: the calendar has no such day; not taken",)


def test_a_page_changed_later_says_so() -> None:
    changed = '<meta property="article:modified_time" content="2031-03-04T09:00:00Z">'
    found = read_page(page(published("2031-03-02"), changed).encode(), None, "https://gazette.example/boats")
    assert [str(one.span) for one in found.told] == ["2 March 2031"]
    assert any(remark.startswith("changed on 4 March 2031") for remark in found.remarks)


def test_a_year_in_a_footer_is_no_day_of_publication() -> None:
    found = read_page(page('<meta name="copyright" content="2021">').replace("2031", "2021").encode(), None, "x.html")
    assert found.told == ()


def test_a_date_on_a_line_of_its_own_at_the_top() -> None:
    from standoff.reading.published import LINE, on_a_line

    text = "Ring closes on Sel bank\nCoast Radio, 13 March 2026\n\nThe Admiralty drew closer on 9 March 2026.\n"
    found = on_a_line(text)
    assert [(one.span.first.isoformat(), one.where) for one in found] == [("2026-03-13", LINE)]
    assert on_a_line("The council met on 13 March 2026 and went home again.\n") == []
    assert on_a_line("A short line on Monday\n") == []


def test_dates_that_all_lie_ahead_are_not_said_to_be_none() -> None:
    from standoff.reading.published import decide

    span, why, _, _ = decide((), "The boats come back on 5 March 2031.", date(2026, 11, 22))
    assert span is None
    assert "every date in it lies after the day of reading" in why


NOVEMBER = DateSpan.parse("2025-11-21")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("The ministry must decide by 1 December.", "2025-12-01"),
        ("Officials said the ministry must decide by 1 December.", "2025-12-01"),
        ("Officials said the ministry had until 1 December to decide.", "2025-12-01"),
        ("He told them to leave by 5 January.", "2026-01-05"),
        ("The court gave the ministry until 15 December. They left.", "2025-12-15"),
        ("The deadline of 15 December was set in May.", "2025-12-15"),
        ("The minister said the parliament sits again on 15 December.", "2025-12-15"),
        ("They agreed to meet on 15 December.", "2025-12-15"),
        ("A vote was called for 15 December.", "2025-12-15"),
        ("The army had left by 1 December.", "2025-12-01"),
        ("The army left on 15 December. They will meet.", "2024-12-15"),
        ("The Gazette told him on 15 December of it.", "2024-12-15"),
        ("They met on 5 November.", "2025-11-05"),
        ("They must have met on 5 November.", "2025-11-05"),
        ("The council has to agree by 20 November.", "2025-11-20"),
    ],
)
def test_a_day_a_few_weeks_ahead_is_not_placed_a_year_back(text: str, span: str) -> None:
    (one,) = [one for one in dates(text, NOVEMBER) if one.precision == "day"]
    assert one.span == DateSpan.parse(span)
    assert one.note.startswith("the year is not said; ")


def test_the_full_stop_of_a_sentence_is_no_part_of_its_date() -> None:
    assert [one.words for one in dates("Gone by 1 December. Back by 3 Dec. or in Sept. 2031.", NOVEMBER)] == [
        "1 December", "3 Dec.", "Sept. 2031",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("Gas runs low\nCoast Wire, 10 November 2025\n\nThey left.", "Coast Wire"),
        ("Gas runs low\nReuters | 10 November 2025\n\nThey left.", "Reuters"),
        ("Gas runs low\nOslo, 10 November 2025\n\nThey left.", ""),
        ("Gas runs low\nAda Sund, 10 November 2025\n\nThey left.", ""),
        ("Gas runs low\nThe post was taken, 10 November 2025\n\nThey left.", ""),
    ],
)
def test_an_outlet_beside_its_date_at_the_top(text: str, outlet: str) -> None:
    assert outlet_on_a_line(text) == outlet


@pytest.mark.parametrize(
    ("tag", "heading", "title", "outlet"),
    [
        ("Boats in the sound | Northern Ledger", "Boats in the sound", "Boats in the sound", "Northern Ledger"),
        ("Boats in the sound | Northern Ledger", "", "Boats in the sound", "Northern Ledger"),
        ("Boats in the sound – Northern Ledger", "Boats in the sound", "Boats in the sound", "Northern Ledger"),
        ("Northern Ledger | Boats in the sound", "Boats in the sound", "Boats in the sound", "Northern Ledger"),
        ("The sound - Boats are back", "The sound - Boats are back", "The sound - Boats are back", ""),
        ("Boats in the sound", "Boats in the sound", "Boats in the sound", ""),
    ],
)
def test_the_outlet_that_a_title_ends_with(tag: str, heading: str, title: str, outlet: str) -> None:
    body = "".join(
        f"<p>The ferry office of Sund said that boat {n} had left with flour for the isles.</p>" for n in range(6)
    )
    head = f"<h1>{heading}</h1>" if heading else ""
    found = read_page(f"<html><head><title>{tag}</title></head><body><article>{head}{body}".encode(), None, "x.html")
    assert (found.title, found.outlet) == (title, outlet)
