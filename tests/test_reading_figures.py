"""Figures: what is counted, of whom, and which are at odds; labelled by hand, here and on the five press texts."""

from __future__ import annotations

import time

import pytest

from evidence_kit import SHARED
from standoff.evidence.dates import DateSpan
from standoff.evidence.text import normalise
from standoff.reading.figures import FigureText, Odds, at_odds, figures_at_odds, figures_in


def _in_order(found: Odds, *texts: str) -> list[str]:
    return [normalise(texts[int(side.report[1:])]) for side in found.sides]


def about(text: str) -> list[tuple[str, float, float]]:
    return [(each.about, each.low, each.high) for each in figures_in(normalise(text))]


def odds(*texts: str, days: tuple[str, ...] = ()) -> list[Odds]:
    dates = [*days, *["2031-03-04"] * (len(texts) - len(days))]
    return figures_at_odds(
        [
            FigureText(f"r{at}", normalise(text), DateSpan.parse(day))
            for at, (text, day) in enumerate(zip(texts, dates, strict=True))
        ]
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("They sent 4,512 troops.", "troops"),
        ("They sent 4,512 American soldiers.", "troops"),
        ("There are 11 warships and 3 submarines.", "ships"),
        ("Some 40 naval vessels lay there.", "ships"),
        ("In the raid 83 people were killed.", "people killed"),
        ("The blast killed 83 people.", "people killed"),
        ("More than 80 killed, the ministry said.", "people killed"),
        ("The death toll rose to 83 on Friday.", "people killed"),
        ("Police arrested 41 demonstrators.", "protesters arrested"),
        ("A $50 million reward was offered.", "USD (reward)"),
        ("Another 2,512 soldiers will follow.", "more troops"),
        ("He won 61 % of the votes.", "% (votes)"),
        ("They counted 61 lorries.", "lorries"),
    ],
)
def test_what_a_number_counts(text: str, what: str) -> None:
    assert about(text)[0][0] == what


@pytest.mark.parametrize(
    "text",
    [
        "He ruled for 12 years.", "It took three days and two nights.", "The 22 Marine Expeditionary Unit came.",
        "He gave two speeches to one of them in 2024.", "It is 600 km away.", "They met at 5 p.m. on 3 March.",
    ],
)  # fmt: skip
def test_what_is_no_figure_of_a_thing(text: str) -> None:
    assert [each for each in about(text) if each[0] != "speeches"] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Norwick has 4,500 troops on the ferries.", "Norwick has put 6,000 soldiers on its ferries."),
        ("The US military has 11 warships there.", "At least 15 American ships are there."),
        ("The raid killed 83 people.", "In the raid more than 120 people were killed."),
        ("A $50 million reward is offered.", "It put up a $25 million reward."),
        ("Two dozen strikes were counted.", "They counted 31 strikes."),
        ("About 4,500 troops came.", "Between 6,000 and 7,000 personnel came."),
        ("Good evening. Eleven patrol boats lie there.", "From here one counts sixteen patrol boats."),
        ("Some 300 protesters were arrested.", "Police detained 512 demonstrators."),
    ],
)
def test_figures_at_odds(one: str, other: str) -> None:
    (found,) = odds(one, other)
    assert {side.report for side in found.sides} == {"r0", "r1"}
    assert all(side.passage in text for side, text in zip(found.sides, _in_order(found, one, other), strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Norwick has about 4,500 troops there.", "Norwick has 4,800 soldiers there."),  # both fit
        ("Norwick has 15,000 troops there.", "Norwick has 15,200 troops there."),  # a round number
        ("More than 80 people were killed.", "The raid killed 120 people."),  # a lower bound
        ("Norwick has 4,500 troops.", "Sund has 200 soldiers."),  # of others
        ("Norwick has 4,500 troops there.", "The 200,000 soldiers of the Sund Guard are ready."),
        ("The raid killed 83 people.", "The raid wounded 120 people."),  # another fate
        ("Norwick sent 4,500 troops.", "Norwick will send 1,512 more troops."),  # so many more
        ("There are 11 warships.", "There are 40 fishing vessels."),  # another kind
        ("There are 11 warships.", "There are 40 submarines."),
        ("It lasted 12 days.", "It lasted 20 days."),
        ("A $50 million reward is offered.", "They gave $20 million in aid."),
        ("It is 50 % of the votes.", "It is 30 % of the seats."),
    ],
)
def test_figures_that_are_not_at_odds(one: str, other: str) -> None:
    assert odds(one, other) == []


def test_one_report_does_not_contradict_itself_here() -> None:
    assert odds("Norwick has 4,500 troops. Norwick has 6,000 troops.") == []


def test_all_that_take_part_stand_side_by_side_smallest_first() -> None:
    (found,) = odds("Norwick has 9,512 troops.", "Norwick has 4,512 troops.", "Norwick has 9,512 soldiers.")
    assert [(side.report, side.figure.low) for side in found.sides] == [("r1", 4512), ("r0", 9512), ("r2", 9512)]


def test_dates_that_lie_apart_may_explain_it() -> None:
    texts = ("Norwick has 4,500 troops.", "Norwick has 9,000 troops.")
    (apart,) = odds(*texts, days=("late August 2031", "2031-12-05"))
    assert apart.days == 96
    assert apart.why.startswith("August against December")
    (together,) = odds(*texts, days=("2031-12-01", "2031-12-05"))
    assert together.days == 4
    assert "do not explain" in together.why
    undated = figures_at_odds([FigureText("a", texts[0]), FigureText("b", texts[1])])
    assert undated[0].days is None


def test_a_toll_that_grew_is_said_to_be_one() -> None:
    (found,) = odds("The raid killed 83 people.", "The raid killed 127 people.", days=("2031-01-05", "2031-03-05"))
    assert "toll" in found.why


def test_filler_holds_no_figures() -> None:
    text = "Norwick has 4,512 troops. Win 9,999 troops in our game."
    assert len(figures_in(text)) == 2
    assert len(figures_in(text, [(26, len(text))])) == 1


def test_places_are_those_of_the_text() -> None:
    text = normalise("It began in March. Norwick has some 4,500 seasoned troops — all of them volunteers — there.")
    (found,) = figures_in(text)
    assert text[found.start : found.end] == "some 4,500 seasoned troops"
    assert text[slice(*found.sentence)].startswith("Norwick")
    assert found.words == text[found.start : found.end]


def test_the_five_press_texts_contradict_each_other_on_troops_and_on_nothing_else() -> None:
    if not SHARED.is_dir():
        pytest.skip("the press texts are not at hand")
    days = {"000": "late November 2025", "001": "early December 2025", "002": "2025-11-19", "003": "December 2025",
            "004": "late August 2025"}  # fmt: skip
    texts = [
        FigureText(path.name[:3], normalise(path.read_text(encoding="utf-8")), DateSpan.parse(days[path.name[:3]]))
        for path in sorted(SHARED.glob("*.txt"))
    ]
    found = [(each.id, figure.about, figure.low) for each in texts for figure in figures_in(each.text)]
    assert [row for row in found if row[1] != "more allies"] == [
        ("001", "ships", 11), ("001", "troops", 13_500), ("002", "troops", 200_000), ("002", "ships", 24),
        ("004", "troops", 4_450),
    ]  # fmt: skip
    (troops,) = figures_at_odds(texts)
    assert troops.about == "troops (United States)"
    assert [side.report for side in troops.sides] == ["004", "001"]  # not the militia of another state in 002
    assert troops.why.startswith("August against December")


@pytest.mark.parametrize("mark", ["\u2022 ", "", "- "])
def test_a_long_list_is_read_in_time_that_grows_with_it(mark: str) -> None:
    text = normalise("\n".join(f"{mark}Norwick sent {n} soldiers to Port Sund" for n in range(150, 3_150)))
    started = time.process_time()
    found = figures_in(text)
    assert time.process_time() - started < 3
    assert len(found) == 3_000 - 301  # not those that may be years
    assert all(each.sentence[1] - each.sentence[0] < 1_300 for each in found)
    assert all(each.sentence[0] <= each.start < each.end <= each.sentence[1] for each in found)


def test_points_of_a_list_are_sentences_of_their_own() -> None:
    text = normalise("\u2022 Norwick sent 412 soldiers\n\u2022 Sund sent 513 soldiers")
    assert [text[slice(*each.sentence)] for each in figures_in(text)] == [
        "Norwick sent 412 soldiers", "Sund sent 513 soldiers",
    ]  # fmt: skip


def test_filler_is_left_out_wherever_it_lies() -> None:
    text = normalise("They sent 412 boats. They sent 513 boats. They sent 614 boats.")
    kept = figures_in(text, [(21, 41), (0, 5), (21, 30)])
    assert [each.low for each in kept] == [412, 614]


@pytest.mark.parametrize("digits", ["9" * 400, "9" * 30, "1" + ",000" * 6, "5000000 trillion"])
def test_a_number_beyond_all_counting_is_no_figure(digits: str) -> None:
    assert about(f"They sent {digits} soldiers and 412 boats.") == [("boats", 412, 412)]


def test_who_is_told_of_a_figure_does_not_own_it() -> None:
    one = "A port official told the Sund Daily that 400 islanders had been turned back."
    other = "North Sea Review, 15 March 2031 The harbour master said 250 islanders had been turned back."
    (first,), (second,) = figures_in(one), figures_in(other)
    assert at_odds(first, second)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("There are 45 days of gas in store.", [("days (gas)", 45, 45)]),
        ("About 40 days of gas in store remain.", [("days (gas)", 36, 44)]),
        ("The town has 20 days' worth of flour left.", [("days (flour)", 20, 20)]),
        ("It has six weeks of natural gas reserves.", [("days (gas)", 38.5, 45.5)]),
        ("They counted 12 days of lamp glass in storage.", [("days (glass)", 12, 12)]),
        ("There were 12 days of talks, 3 weeks of gas talks and 2 months of war.", []),
        ("It took 12 days of work, they said, to fill the store.", []),
        ("After 45 days of gas cuts they left.", []),
        ("Two weeks of talks remain, and 12 days of campaigning are left.", []),
    ],
)
def test_a_store_is_counted_by_the_days_it_lasts(text: str, what: list[tuple[str, float, float]]) -> None:
    assert about(text) == what


def test_stores_at_odds() -> None:
    (found,) = odds("There are 45 days of gas in store.", "About 40 days of gas in store remain.")
    assert [(side.report, side.figure.words) for side in found.sides] == [
        ("r1", "About 40 days of gas"), ("r0", "45 days of gas"),
    ]  # fmt: skip
    assert odds("There are 45 days of gas in store.", "They have six weeks of gas in store.") == []
    assert odds("There are 45 days of gas in store.", "They have 60 days of flour in store.") == []
    assert odds("Norwick has 45 days of gas in store.", "Sund has 60 days of gas in store.") == []
    assert len(odds("Norwick has 45 days of gas in store.", "Norwick has 60 days of gas left.")) == 1
