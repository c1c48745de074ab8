from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from standoff.evidence import Claim, DateSpan, Report
from standoff.evidence.origins import circles, origins, report_origins, root

NAMES = "abcdefg"
parents = st.dictionaries(
    st.sampled_from(NAMES), st.none() | st.sampled_from([*NAMES, "elsewhere"]), max_size=len(NAMES)
)


def report(name: str, **more: object) -> Report:
    return replace(Report(name, name, "", DateSpan.parse("2025-01-01")), **more)  # type: ignore[arg-type]


def claim(name: str, source: str, **more: object) -> Claim:
    return replace(Claim(name, "it is so", source), **more)  # type: ignore[arg-type]


@given(parents)
def test_the_root_of_a_root_is_itself(tree: dict[str, str | None]) -> None:
    for name in tree:
        assert root(root(name, tree), tree) == root(name, tree)


@given(parents)
def test_parent_and_child_have_one_root(tree: dict[str, str | None]) -> None:
    for name, parent in tree.items():
        if parent in tree:
            assert root(name, tree) == root(str(parent), tree)


@given(parents)
def test_every_circle_is_found_once_and_is_one(tree: dict[str, str | None]) -> None:
    found = circles(tree)
    for circle in found:
        for here, following in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert tree[here] == following
    members = [name for circle in found for name in circle]
    assert len(members) == len(set(members))
    # Whoever never arrives at an end is on a circle or leads into one.
    for name in tree:
        here: str | None = name
        for _ in range(len(tree) + 1):
            here = tree.get(here) if here else None
        assert (here is None) or (root(name, tree) in members)


def test_origin_is_the_chain_then_the_tag_then_the_report() -> None:
    reports = {
        "wire": report("wire", origin="agency"),
        "paper": report("paper", derived_from="wire"),
        "radio": report("radio"),
    }
    claims = {
        "a": claim("a", "radio"),
        "b": claim("b", "radio"),
        "c": claim("c", "radio", origin="ministry"),
        "d": claim("d", "paper", derived_from="c"),
        "e": claim("e", "paper", derived_from="d", origin="ignored"),
        "f": claim("f", "paper"),
        "g": claim("g", "wire"),
    }
    assert report_origins(reports) == {"wire": "agency", "paper": "agency", "radio": "radio"}
    assert origins(claims, reports) == {
        "a": "radio",
        "b": "radio",
        "c": "ministry",
        "d": "ministry",
        "e": "ministry",
        "f": "agency",
        "g": "agency",
    }


def test_without_a_tag_the_origin_is_who_says_it_in_that_report() -> None:
    reports = {"wire": report("wire", origin="agency"), "paper": report("paper", derived_from="wire")}
    claims = {
        "a": claim("a", "wire", attributed_to="An engineer"),
        "b": claim("b", "paper", attributed_to="an  engineer"),  # the same one, quoted from the wire
        "c": claim("c", "paper", attributed_to="an adviser"),
        "d": claim("d", "paper"),
        "e": claim("e", "paper", attributed_to="an adviser", origin="ministry"),
    }
    found = origins(claims, reports)
    assert found == {
        "a": "agency: An engineer",
        "b": "agency: An engineer",
        "c": "agency: an adviser",
        "d": "agency",
        "e": "ministry",
    }


@given(st.permutations(["a", "b", "c", "d"]))
def test_origins_do_not_depend_on_the_order_of_claims(order: list[str]) -> None:
    chain = {"a": None, "b": "a", "c": "b", "d": "c"}
    claims = {name: claim(name, "radio", derived_from=chain[name]) for name in order}
    assert set(origins(claims, {"radio": report("radio")}).values()) == {"radio"}


def test_a_circle_still_has_one_origin() -> None:
    claims = {
        "a": claim("a", "radio", derived_from="b", origin="x"),
        "b": claim("b", "radio", derived_from="a", origin="y"),
        "c": claim("c", "radio", derived_from="a", origin="z"),
    }
    assert set(origins(claims, {"radio": report("radio")}).values()) == {"x"}
