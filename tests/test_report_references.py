"""Cross-references: ids are unique, links only lead to what is there."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from findings_example import example
from standoff.report.references import Reference, References, merged, names_in, slug


def test_ids_follow_the_pattern_that_others_may_link_to() -> None:
    refs = References(example())
    assert refs.href("claim", "safe-passage") == "#claim-safe-passage"
    assert refs.href("parameter", "guard_block") == "#parameter-guard_block"
    assert refs.href("move", "orvane", "land") == "#move-orvane-land"
    assert refs.href("history", "3") == "#history-3"
    assert refs.href("history", 3) == "#history-3"
    assert refs.href("claim", "never-made") == ""


@given(st.lists(st.text(max_size=12), min_size=1, max_size=12, unique=True))
def test_any_names_give_distinct_ids_that_html_allows(names: list[str]) -> None:
    refs = References({"parameters": {name: {} for name in names}})
    ids = [refs.id("parameter", name) for name in names]
    assert len(set(ids)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][\w.-]*", i, flags=re.ASCII) for i in ids)


def test_slug_keeps_what_is_safe() -> None:
    assert slug("a_b-c.d") == "a_b-c.d"
    assert slug("<a href='x'>") == "a-href-x"
    assert slug("##") == "x"


def test_claims_are_cited_by_their_number_and_unknown_ones_by_name() -> None:
    refs = References(example())
    assert refs.claim("fleet-august").label == "1"
    lost = refs.claim("never-made")
    assert (lost.label, lost.href) == ("never-made", "")


def test_grounds_are_claims_and_the_judgement() -> None:
    refs = References(example())
    found = refs.grounds({"because": ["fleet-august"], "judgement": "desk: so"}, "parameter", "audience")
    assert [r.kind for r in found] == ["claim", "judgement"]
    title = "What it costs Orvane to sail home, per month at sea"
    assert found[1] == Reference(f"judgement on “{title}”", "#parameter-audience", "judgement", "desk: so")
    assert refs.grounds(None) == []


def test_grounds_are_called_by_their_titles() -> None:
    refs = References(example())
    assert refs.to("parameter", "audience").label == "What it costs Orvane to sail home, per month at sea"
    assert refs.to("parameter", "not_there").label == "not there"
    assert refs.path("parameters.audience.prior").label == refs.title("parameter", "audience")
    intention = refs.title("type", "orvane", "bluff")
    assert refs.path("actors.orvane.types.bluff").label == f"{refs.title('actor', 'orvane')}: {intention}"
    judged = refs.grounds({"judgement": "desk: so"}, "type", "orvane", "bluff")
    assert judged[0].label == f"judgement on “{intention}”"


def test_key_paths_of_a_case_lead_to_their_paragraph() -> None:
    refs = References(example())
    expected = {
        "parameters.audience": "#parameter-audience",
        "parameters.audience.prior": "#parameter-audience",
        "history.3": "#history-3",
        "moves.orvane.land": "#move-orvane-land",
        "moves.orvane.land.when": "#move-orvane-land",
        "events.incident_at_sea": "#event-incident_at_sea",
        "actors.orvane.types.bluff": "#type-orvane-bluff",
        "actors.orvane": "#actor-orvane",
        "factors.fleet": "#factor-fleet",
        "outcomes.port_seized": "#outcome-port_seized",
        "questions.3": "#question-3",
        "mechanisms.0.audience_costs.rate": "#mechanism-0",
        "flows.upkeep_at_sea": "#flow-upkeep_at_sea",
        "levers.escort_home": "#lever-escort_home",
        "testimony": "#testimony",
        "moves.orvane.never": "",
        "somewhere.else": "",
        "moves": "",
    }
    assert {path: refs.path(path).href for path in expected} == expected
    assert refs.path("questions.3").label == "question 4"


def test_references_are_listed_once_with_claims_first_in_order() -> None:
    two, ten = Reference("2", "#b", "claim"), Reference("10", "#j", "claim")
    other, lost = Reference("audience", "#p", "parameter"), Reference("lost", "", "claim")
    assert merged([other, ten], [two, ten, lost], [other]) == [two, ten, lost, other]


def test_names_are_found_in_any_shape_of_expression() -> None:
    assert names_in("1 - guard_block * (talks is open)") >= {"guard_block", "talks", "open"}
    assert names_in({"orvane": {"bluff": "audience * 2"}}) >= {"orvane", "bluff", "audience"}
    assert names_in([None, 3, "x"]) == {"x"}
    assert names_in([]) == set()


def test_each_judgement_says_what_it_is_on() -> None:
    found = {
        "outcomes": {name: {"title": f"the {name} one"} for name in ("first", "second")},
        "model": {"outcomes": [{"name": "first"}, {"name": "second"}]},
    }
    refs = References(found)
    labels = [refs.grounds({"judgement": "so it is"}, "worth", name)[0].label for name in ("first", "second")]
    assert labels == ["judgement on the worth of “the first one”", "judgement on the worth of “the second one”"]
