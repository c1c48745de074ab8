from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.evidence import BearsOn, Claim, DateSpan, Discount, Evidence, Report
from standoff.evidence import testimony as hear  # pytest would take `testimony` for a test
from standoff.evidence.testimony import Testimony, targets

TABLE = Discount(
    {"A": 1.0, "B": 0.8, "C": 0.6, "D": 0.4, "E": 0.2, "F": 0.5},
    {1: 1.0, 2: 0.75, 3: 0.5, 4: 0.25, 5: 0.0, 6: 0.5},
)
LATER = date(2026, 1, 1)


def evidence(*claims: Claim, discount: Discount = TABLE) -> Evidence:
    reports = {
        "first": Report("first", "first", "", DateSpan.parse("2025-03-01"), grade="A"),
        "second": Report("second", "second", "", DateSpan.parse("2025-04-01"), grade="B"),
        "third": Report("third", "third", "", DateSpan.parse("early May 2025"), grade="D"),
    }
    return Evidence(reports=reports, claims={claim.id: claim for claim in claims}, discount=discount)


def bears(name: str, report: str, credibility: int, origin: str | None = None, **ratios: float) -> Claim:
    return Claim(
        name, "so", report, credibility=credibility, origin=origin, bears_on=BearsOn(types={"w": ratios})
    )


def posterior(prior: dict[str, float], found: Evidence, as_of: date = LATER) -> dict[str, float]:
    """Bayes by hand, one claim after the other."""
    belief = dict(prior)
    for each in hear(found, as_of):
        for type_, ratio in each.types.get("w", {}).items():
            belief[type_] *= ratio
    total = sum(belief.values())
    return {type_: share / total for type_, share in belief.items()}


def test_hand_worked_bayes() -> None:
    # Prior 0.45, 0.30, 0.25. Claim one: grade A, credibility 2: weight 0.75. Claim two: D and 3: 0.2.
    found = evidence(bears("one", "first", 2, bluff=0.5, remove=1.5), bears("two", "third", 3, bluff=2.0))
    bluff = 0.45 * 0.5**0.75 * 2**0.2
    coerce = 0.30
    remove = 0.25 * 1.5**0.75
    total = bluff + coerce + remove
    got = posterior({"bluff": 0.45, "coerce": 0.30, "remove": 0.25}, found)
    assert got["bluff"] == pytest.approx(bluff / total, abs=1e-12)
    assert got["coerce"] == pytest.approx(coerce / total, abs=1e-12)
    assert got["remove"] == pytest.approx(remove / total, abs=1e-12)
    # The same to nine digits from a calculation outside this file.
    assert got["bluff"] == pytest.approx(0.324831823562, abs=1e-9)


def test_two_claims_of_one_origin_count_once_on_one_target() -> None:
    once = evidence(bears("one", "first", 2, "herald", bluff=0.5))
    twice = evidence(
        bears("one", "first", 2, "herald", bluff=0.5), bears("two", "second", 2, "herald", bluff=0.1)
    )
    prior = {"bluff": 0.5, "remove": 0.5}
    assert posterior(prior, once) == posterior(prior, twice)
    second = hear(twice, LATER)[1]
    assert (second.claim, second.counted, second.types) == ("two", False, {})
    assert "one" in second.why
    assert second.why == "beside one: same origin (herald)"
    assert second.beside == {"types of w": ("one",)}


def test_the_larger_weight_speaks_even_if_it_came_later() -> None:
    found = evidence(
        bears("early", "third", 4, "herald", bluff=0.5), bears("late", "second", 1, "herald", bluff=0.25)
    )
    heard = {each.claim: each for each in hear(found, LATER)}
    assert heard["late"].counted
    assert not heard["early"].counted
    # Before it was published, the weaker one of the same origin is all there is.
    pair = evidence(bears("early", "first", 4, "o", bluff=0.5), bears("late", "second", 1, "o", bluff=0.2))
    only = hear(pair, date(2025, 3, 15))
    assert [(each.claim, each.counted) for each in only] == [("early", True)]


def test_of_equal_weight_the_earliest_speaks() -> None:
    level = Discount({"A": 0.5, "B": 0.5, "D": 0.5}, {2: 1.0})
    found = evidence(
        bears("b", "second", 2, "o", bluff=0.5),
        bears("a", "second", 2, "o", bluff=0.5),
        bears("z", "first", 2, "o", bluff=0.5),
        discount=level,
    )
    assert [each.claim for each in hear(found, LATER) if each.counted] == ["z"]


def test_different_statements_of_equal_weight_and_day_count_as_their_geometric_mean() -> None:
    one = bears("one", "second", 2, "o", bluff=1.8, remove=0.6)
    other = bears("other", "second", 2, "o", bluff=0.2, remove=4.0)
    heard = hear(evidence(one, other), LATER)
    assert all(each.counted for each in heard)
    assert heard[0].shared == {"types of w": ("other",)}
    assert "counted as one with other: same origin (o)" in heard[0].why
    prior = {"bluff": 0.5, "remove": 0.5}
    odds = (1.8 * 0.2 / (0.6 * 4.0)) ** (0.5 * 0.8 * 0.75)
    assert posterior(prior, evidence(one, other))["bluff"] == pytest.approx(odds / (1 + odds), abs=1e-12)
    # The same as often as one of them is repeated.
    copy = bears("third", "second", 2, "o", bluff=0.2, remove=4.0)
    assert posterior(prior, evidence(one, other, copy))["bluff"] == pytest.approx(odds / (1 + odds), abs=1e-12)


def test_two_people_in_one_report_are_two_origins() -> None:
    """An adviser and an engineer say the opposite: both are heard, whatever the claims are called."""
    for names in (("needs-money", "run-as-ever"), ("zz-money", "run-as-ever")):
        adviser = replace(bears(names[0], "first", 2, bluff=1.8), attributed_to="a former adviser")
        engineer = replace(bears(names[1], "first", 2, bluff=0.2), attributed_to="an engineer")
        heard = hear(evidence(adviser, engineer), LATER)
        assert all(each.counted for each in heard)
        assert posterior({"bluff": 0.5, "rest": 0.5}, evidence(adviser, engineer))["bluff"] == pytest.approx(
            (1.8 * 0.2) ** 0.75 / (1 + (1.8 * 0.2) ** 0.75), abs=1e-12
        )


def test_different_targets_of_one_origin_both_count() -> None:
    types = bears("one", "first", 2, "o", bluff=0.5)
    other = Claim("two", "so", "second", credibility=2, origin="o", bears_on=BearsOn({"c": {"stay": 2.0}}))
    price = Claim(
        "three", "so", "second", credibility=2, origin="o", bears_on=BearsOn(where=(("price > 0.5", 2.0),))
    )
    assert all(each.counted for each in hear(evidence(types, other, price), LATER))


def test_conditions_on_one_parameter_are_one_target_however_they_are_written() -> None:
    strong = Claim("a", "so", "first", credibility=1, origin="o",
                   bears_on=BearsOn(where=(("price > 0.5", 2.0), ("price > 0.8", 1.5))))  # fmt: skip
    weak = Claim("b", "so", "second", credibility=3, origin="o",
                 bears_on=BearsOn({"w": {"bluff": 0.5}}, (("0.4 < price", 3.0),)))  # fmt: skip
    heard = {each.claim: each for each in hear(evidence(strong, weak), LATER)}
    assert heard["a"].where == (("price > 0.5", 2.0), ("price > 0.8", 1.5))
    assert heard["b"].where == ()
    assert heard["b"].counted  # on the types it is the only one
    assert "on another target" in heard["b"].why
    assert heard["b"].types == {"w": {"bluff": 0.5 ** (0.8 * 0.5)}}


def test_names_of_a_condition() -> None:
    assert targets("guard_order > 0.5 and max(a, 2) < logistic(b)") == {"guard_order", "a", "b"}
    assert targets("date >= 2025-11-28") == {"date"}
    assert targets("(((") == {"((("}
    assert targets("1 < 2") == {"1 < 2"}


def test_what_is_not_yet_published_is_not_heard() -> None:
    found = evidence(bears("one", "first", 2, bluff=0.5), bears("two", "third", 2, bluff=0.5))
    assert hear(found, date(2025, 2, 28)) == []
    assert [each.claim for each in hear(found, date(2025, 3, 1))] == ["one"]
    assert [each.claim for each in hear(found, date(2025, 5, 9))] == ["one"]
    assert [each.claim for each in hear(found, date(2025, 5, 10))] == ["one", "two"]


def test_a_grade_without_a_number_counts_for_nothing_and_says_so() -> None:
    found = evidence(bears("one", "first", 2, bluff=0.5), discount=Discount({"B": 1.0}, {2: 1.0}))
    (heard,) = hear(found, LATER)
    assert not heard.counted
    assert heard.weight == 0
    assert "reliability A" in heard.why
    (zero,) = hear(evidence(bears("one", "first", 5, bluff=0.5)), LATER)
    assert not zero.counted
    assert "A5 counts for nothing" in zero.why


def test_a_worthless_claim_does_not_silence_another_of_its_origin() -> None:
    found = evidence(bears("one", "first", 5, "o", bluff=0.5), bears("two", "second", 4, "o", bluff=0.5))
    assert [each.claim for each in hear(found, LATER) if each.counted] == ["two"]


claims = st.lists(
    st.builds(
        lambda name, report, credibility, origin, ratio, where: Claim(
            name,
            "so",
            report,
            credibility=credibility,
            origin=origin,
            bears_on=BearsOn({"w": {"bluff": ratio}} if ratio else {}, tuple(where)),
        ),
        st.sampled_from("abcdefgh"),
        st.sampled_from(["first", "second", "third"]),
        st.integers(1, 6),
        st.sampled_from([None, "x", "y"]),
        st.sampled_from([0.0, 0.25, 2.0]),
        st.lists(st.sampled_from([("p > 1", 2.0), ("p < q", 0.5), ("q > 0", 3.0)]), max_size=2, unique=True),
    ),
    max_size=8,
    unique_by=lambda claim: claim.id,
)


@given(claims, st.randoms())
def test_testimony_does_not_depend_on_the_order_of_claims(written: list[Claim], random: object) -> None:
    shuffled = list(written)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert hear(evidence(*written), LATER) == hear(evidence(*shuffled), LATER)


def share(found: Evidence, heard: Sequence[Testimony], name: str, actor: str) -> float:
    """The power to which a claim's ratios are raised where they bear on an actor's types."""
    (each,) = [one for one in heard if one.claim == name]
    type_, ratio = next(iter(each.types[actor].items()))
    return math.log(ratio) / math.log(found.claims[name].bears_on.types[actor][type_])


@given(claims, st.dates(date(2025, 1, 1), date(2025, 6, 1)))
@pytest.mark.no_cover
def test_laws_of_counting(written: list[Claim], as_of: date) -> None:
    found = evidence(*written)
    heard = hear(found, as_of)
    sources = found.origins
    assert all(each.known <= as_of for each in heard)
    for each in heard:
        assert each.counted == bool(each.types or each.where)
        assert not set(each.beside) & set(each.shared)
        claim = found.claims[each.claim]
        for actor, ratios in each.types.items():
            sharing = {each.claim, *each.shared.get(f"types of {actor}", ())}
            assert {sources[name] for name in sharing} == {sources[each.claim]}
            for type_, ratio in ratios.items():
                assert math.isclose(ratio, claim.bears_on.types[actor][type_] ** share(found, heard, each.claim, actor))
            # what one origin says counts once, however it is divided: different statements alike, repetitions again
            parts = [share(found, heard, name, actor) for name in sharing]
            assert min(parts) > 0
            assert math.isclose(sum(parts), each.weight)


@given(claims, st.permutations("abcdefgh"))
def test_what_claims_are_called_decides_nothing(written: list[Claim], names: list[str]) -> None:
    new = dict(zip("abcdefgh", names, strict=True))
    renamed = [replace(claim, id=new[claim.id]) for claim in written]
    assert total(evidence(*written)) == pytest.approx(total(evidence(*renamed)), abs=1e-12)


def total(found: Evidence) -> dict[str, float]:
    """Sum of the logarithms of everything that counts, by what it is about."""
    result: dict[str, float] = {}
    for each in hear(found, LATER):
        for ratios in each.types.values():
            for type_, ratio in ratios.items():
                result[type_] = result.get(type_, 0.0) + math.log(ratio)
        for condition, ratio in each.where:
            result[condition] = result.get(condition, 0.0) + math.log(ratio)
    return {key: round(value, 13) for key, value in result.items() if abs(value) > 1e-13}


@given(claims, st.sampled_from("abcdefgh"))
def test_hearing_a_copy_of_a_claim_changes_nothing(written: list[Claim], name: str) -> None:
    original = next((claim for claim in written if claim.id == name), None)
    if original is None or not original.bears_on:
        return
    copy = Claim("zz", "copied", original.report, credibility=original.credibility, derived_from=name,
                 bears_on=original.bears_on)  # fmt: skip
    assert total(evidence(*written, copy)) == pytest.approx(total(evidence(*written)), abs=1e-12)
