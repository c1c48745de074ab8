from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from standoff.evidence import citations, rests_on

plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from(["a", "b", "because"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["because", "x", "y"]), inner, max_size=3)
        | st.fixed_dictionaries({"because": st.lists(st.sampled_from("ab"), max_size=2)})
    ),
    max_leaves=12,
)


def test_everything_that_rests_on_a_claim_is_named_by_its_key_path() -> None:
    document = {
        "parameters": {"audience": {"because": ["a", "b"]}, "luck": {"judgement": "mine"}},
        "moves": {"washington": {"raid": {"when": "x", "because": "a"}}},
        "questions": [{"ask": "?", "because": ["b"]}, {"ask": "a", "because": ["a", "a"]}],
        "because": ["a"],
    }
    assert rests_on(document, "a") == ["", "parameters.audience", "moves.washington.raid", "questions.1"]
    assert rests_on(document, "b") == ["parameters.audience", "questions.0"]
    assert rests_on(document, "c") == []


@given(plain)
def test_every_path_leads_to_a_because_that_names_the_claim(document: Any) -> None:
    for claim, paths in citations(document).items():
        assert len(paths) == len(set(paths))
        for path in paths:
            here = document
            for part in path.split(".") if path else []:
                here = here[int(part)] if isinstance(here, list) else here[part]
            cited = here["because"]
            assert claim == cited or claim in cited


def test_depth_is_no_danger() -> None:
    deep: Any = {"because": ["a"]}
    for _ in range(5000):
        deep = [deep]
    assert len(rests_on(deep, "a")) == 1
