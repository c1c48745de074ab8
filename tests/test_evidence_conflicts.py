from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from standoff.evidence import Claim, Conflict, DateSpan, Explanation, Figure, Report
from standoff.evidence.conflicts import find_conflicts

REPORTS = {"r": Report("r", "r", "", DateSpan.parse("2025-01-01"))}


def claims(**figures: Figure | list[Figure]) -> dict[str, Claim]:
    return {
        name: Claim(name, "so", "r", figures=tuple(each if isinstance(each, list) else [each]))
        for name, each in figures.items()
    }


def conflicts(*explanations: Explanation, **figures: Figure | list[Figure]) -> tuple[Conflict, ...]:
    return find_conflicts(claims(**figures), REPORTS, explanations)


def test_figures_at_odds_lie_side_by_side_smallest_first() -> None:
    (found,) = conflicts(
        december=Figure("US troops in the region", 15000, 15000, "troops"),
        august=Figure("us troops  in the Region", 4500, 4500, "Troops"),
    )
    assert [(side.claim, side.figure.low) for side in found.sides] == [("august", 4500), ("december", 15000)]
    assert math.isclose(found.spread, 15000 / 4500)
    assert found.explanation is None


def test_figures_that_agree_or_are_about_other_things_are_no_conflict() -> None:
    assert conflicts(a=Figure("x", 5, 5, "ships"), b=Figure("x", 5, 5, "ships")) == ()
    assert conflicts(a=Figure("x", 5, 5, "ships"), b=Figure("x", 6, 6, "boats")) == ()
    assert conflicts(a=Figure("x", 5, 5, "ships"), b=Figure("y", 6, 6, "ships")) == ()
    assert conflicts(a=Figure("x", 4, 6), b=Figure("x", 5, 9)) == ()


def test_an_explanation_is_found_by_what_it_is_about() -> None:
    told = Explanation("X", None, "later count")
    other = Explanation("x", "boats", "not this")
    (found,) = conflicts(other, told, a=Figure("x", 1, 1, "ships"), b=Figure("x", 2, 2, "ships"))
    assert found.explanation == told


def test_one_claim_may_contradict_itself() -> None:
    (found,) = conflicts(a=[Figure("x", 1, 1), Figure("x", 2, 2)])
    assert [side.claim for side in found.sides] == ["a", "a"]


def test_figures_in_words() -> None:
    assert str(Figure("x", 15000, 15000, "troops")) == "15,000 troops"
    assert str(Figure("x", 0.5, 2)) == "0.5 to 2"


numbers = st.floats(-1e6, 1e6)
figures = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(numbers, numbers).map(lambda ends: Figure("x", min(ends), max(ends))),
    max_size=6,
)


@given(figures, st.randoms())
def test_a_conflict_means_that_no_number_fits_all(written: dict[str, Figure], random: object) -> None:
    found = conflicts(**written)
    fits = [
        number
        for number in (each.low for each in written.values())
        if all(each.low <= number <= each.high for each in written.values())
    ]
    assert bool(found) == (bool(written) and not fits)
    names = list(written)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert conflicts(**{name: written[name] for name in names}) == found
