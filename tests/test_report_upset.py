"""What would change an answer, and the lines that lead on from the bottom line, from numbers that are known."""

from __future__ import annotations

from typing import Any

import pytest

from findings_example import example
from standoff.report import drives, upset, words
from standoff.report.answers import questions
from standoff.report.brief import render_html, render_markdown
from standoff.report.leads import leads
from standoff.report.phrases import text_of
from standoff.report.references import References

OUTCOMES = ("guaranteed_exit", "shared_customs", "port_seized", "raid_fails", "palace_move", "unresolved")
TYPES = {"orvane": ("bluff", "squeeze", "seize"), "selm": ("cling", "deal")}


def given(shift: dict[str, float], belief: float = 0.3) -> dict[str, Any]:
    """Outcomes at .1 each, moved by `shift`; every type at its even share but the bluff."""
    types = {actor: {name: {"mean": 1 / len(names)} for name in names} for actor, names in TYPES.items()}
    types["orvane"]["bluff"] = {"mean": belief}
    return {
        "outcomes": {name: {"mean": 0.1 + shift.get(name, 0.0)} for name in OUTCOMES},
        "hypotheses": types,
        "effective_draws": 100.0,
    }


def sign(actor: str | None, name: str, chance: float, seen: dict[str, float], **more: Any) -> dict[str, Any]:
    """An indicator that, if seen, moves outcomes by `seen`; if not, by what makes up for it."""
    unseen = {key: -chance / (1 - chance) * value for key, value in seen.items()}
    return {
        "id": f"{actor}.{name}", "kind": "move" if actor else "event", "actor": actor, "name": name, "title": None,
        "never": None, "chance": {"mean": chance}, "seen": given(seen, more.get("belief", 0.3)),
        "unseen": given(unseen), "ratios": [], "bits": {"outcome": more.get("bits", 0.1)},
    }  # fmt: skip


def signs(*rows: dict[str, Any]) -> dict[str, Any]:
    base = given({})
    return {
        "within": {"date": "2031-07-01", "days": 28}, "horizons": [{"date": "2031-07-01", "days": 28}], "thin": None,
        "as_of": "2031-06-03", "outcomes": base["outcomes"], "hypotheses": base["hypotheses"], "indicators": list(rows),
        "order": {"outcome": [row["id"] for row in rows], "orvane": [], "selm": []},
    }  # fmt: skip


def told(findings: dict[str, Any], target: upset.Target) -> str:
    return text_of(upset.sign(findings, References(findings), target)).replace("\N{NO-BREAK SPACE}", " ")


def test_the_sign_that_moves_a_sum_most_on_expectation_is_told() -> None:
    peace = upset.Target(("guaranteed_exit", "shared_customs"))
    rare = sign("orvane", "blockade", 0.02, {"guaranteed_exit": -0.09})  # .0036 on expectation
    likely = sign("orvane", "reinforce", 0.5, {"guaranteed_exit": 0.02, "shared_customs": 0.03})  # .05
    findings = {**example(), "indicators": signs(rare, likely)}
    said = told(findings, peace)
    assert "Send more ships" in said
    assert "the two together go from 20 % to 25 %; if not, to 15 %" in said
    assert "(chance 50 %)" in said


def test_a_sign_that_may_be_the_end_itself_is_passed_over() -> None:
    end = sign("orvane", "land", 0.4, {"port_seized": 0.8})
    findings = {**example(), "indicators": signs(end)}
    assert told(findings, upset.Target(("port_seized",))) == ""
    before = sign("orvane", "reinforce", 0.4, {"port_seized": 0.1})
    findings = {**example(), "indicators": signs(end, before)}
    assert "Send more ships" in told(findings, upset.Target(("port_seized",)))


def test_where_nothing_moves_it_a_sentence_says_so() -> None:
    findings = {**example(), "indicators": signs(sign("orvane", "reinforce", 0.5, {"unresolved": 0.2}))}
    assert told(findings, upset.Target(("palace_move",))).startswith("No sign by 1 July 2031")


@pytest.mark.parametrize("part", ["seen", "unseen"])
def test_a_sign_on_few_draws_is_passed_over(part: str) -> None:
    row = sign("orvane", "reinforce", 0.5, {"unresolved": 0.2})
    row[part] = {"thin": True, "say": "too few", "effective_draws": 3.0, "needed": 16}
    assert told({**example(), "indicators": signs(row)}, upset.Target(("unresolved",))) == ""


def test_a_belief_is_moved_by_what_moves_beliefs() -> None:
    findings = {**example(), "indicators": signs(sign("orvane", "reinforce", 0.5, {}, belief=0.1))}
    assert "goes from 30 % to 10 %" in told(findings, upset.Target(actor="orvane", type="bluff"))


def hangs(told_too: bool) -> dict[str, Any]:
    effects = [
        {"input": "audience", "told": told_too, "lowest_third": 0.3, "highest_third": 0.2},
        {"input": "upkeep", "told": told_too, "lowest_third": 0.1, "highest_third": 0.45},
    ]
    inputs = [
        {"name": name, "title": f"what {name} is", "kind": "parameter", "type": None, "actor": None}
        for name in ("audience", "upkeep")
    ]
    return {"thin": None, "inputs": inputs, "outcomes": {"unresolved": {"title": "u", "mean": 0.2, "effects": effects}}}


def test_an_assumption_is_told_only_where_it_stands_out_from_noise() -> None:
    target = upset.Target(("unresolved",))
    lowest = "“What upkeep is”. Where that is lowest, in a third of the draws, it stands at 10 %"
    for told_too, expected in ((True, lowest), (False, "No single assumption stands out")):
        findings = {**example(), "sensitivity": hangs(told_too)}
        said = text_of(upset.assumption(findings, References(findings), target)).replace("\N{NO-BREAK SPACE}", " ")
        assert expected in said


def test_the_estimate_of_a_type_is_called_by_the_title_of_the_type() -> None:
    hung = hangs(True)
    hung["inputs"][1] |= {"kind": "prior", "actor": "orvane", "type": "bluff"}
    findings = {**example(), "sensitivity": hung}
    refs = References(findings)
    title = words.capital(refs.title("type", "orvane", "bluff"))
    assert title != "Bluff"
    said = upset.assumption(findings, refs, upset.Target(("unresolved",)))
    assert f"the starting estimate of “{title}”" in text_of(said)
    assert said[1].href == refs.href("type", "orvane", "bluff")
    row = {"kind": "prior", "actor": "orvane", "type": "bluff", "title": "", "name": "orvane.bluff"}
    assert drives.label(row, refs).text == f"starting estimate of “{title}”"


def test_every_question_says_what_would_change_its_answer_and_every_link_leads_somewhere() -> None:
    found = example()
    found["indicators"] = signs(sign("orvane", "reinforce", 0.5, dict.fromkeys(OUTCOMES, 0.05), belief=0.1))
    refs = References(found)
    rows = questions(found, refs)
    assert rows
    with_number = [row for row in rows if any(p["kind"] in ("outcomes", "types", "after") for p in row["panels"])]
    assert with_number
    for row in with_number:
        assert row["upset"], row["ask"]
    page, text = render_html(found), render_markdown(found)
    assert page.count("What would change this") == text.count("What would change this") == len(
        [row for row in rows if row["upset"]]
    )


def test_leads_hold_what_was_found_and_nothing_else() -> None:
    bare = example()
    assert leads(bare, References(bare)) == []
    found = {
        **bare,
        "indicators": signs(sign("orvane", "reinforce", 0.5, {"guaranteed_exit": 0.1})),
        "offramps": {
            "size": 1, "levers": {"pledge": {"title": "a pledge", "by": ["neighbours"], "owners": []}},
            "sets": [{"levers": ["pledge"], "gain": {"mean": 0.031, "p05": 0.01, "p95": 0.05}, "helps": 1.0,
                      "outcomes": {name: {"mean": 0.0} for name in OUTCOMES}}],
        },
    }  # fmt: skip
    lines = {line.label: line for line in leads(found, References(found))}
    assert "+3.1 points" in lines["Way out"].text.replace("\N{NO-BREAK SPACE}", " ")
    assert lines["Way out"].rests[0].href == "#offramps"
    assert set(lines) == {"To watch", "Way out"}


def test_levers_that_help_nothing_are_said_to() -> None:
    found = {**example(), "offramps": {"size": 1, "levers": {}, "sets": [
        {"levers": ["pledge"], "gain": {"mean": -0.01, "p05": -0.02, "p95": 0.0}, "helps": 0.0,
         "outcomes": {name: {"mean": 0.0} for name in OUTCOMES}}]}}  # fmt: skip
    assert [line.text for line in leads(found, References(found))] == [
        "No lever of the case makes a peaceful settlement likelier."
    ]


def asked(**more: Any) -> dict[str, Any]:
    """One question, about two endings, with what it shows first."""
    found = example()
    rows = {name: found["outcomes"][name] for name in ("guaranteed_exit", "palace_move")}
    panels = [
        {"kind": "outcomes", "rows": rows, "together": found["outcomes"]["unresolved"], **more.pop("panel", {})},
        {"kind": "value", "label": "the price", "expression": "upkeep", "band": found["outcomes"]["unresolved"]},
    ]
    return {**found, "questions": [{"ask": "Which?", "panels": panels, "because": [], **more}]}


def test_endings_are_added_up_or_ranked() -> None:
    added = asked()
    assert "One or another of" in questions(added, References(added))[0]["short"]
    ranked = asked(panel={"weighed": "against each other"})
    short = questions(ranked, References(ranked))[0]["short"]
    assert short.startswith("Likeliest of these is “The president leaves under a guarantee”")
    assert "Behind it: “The garrison removes the president”" in short


def test_the_short_answer_takes_what_the_case_says_first() -> None:
    found = asked(first=["value", "outcomes"])
    short = questions(found, References(found))[0]["short"]
    assert short.index("The price:") < short.index("One or another of")


def test_an_answer_made_of_parameters_changes_with_them() -> None:
    found = asked(first=["value"])
    row = questions(found, References(found))[0]["upset"][0]
    assert row["label"] == "Assumption"
    assert "The number is made of" in text_of(row["pieces"])


def test_a_question_about_hypotheses_shows_where_they_stand() -> None:
    found = example()
    band = {"mean": 0.6, "p05": 0.5, "p25": 0.55, "p50": 0.6, "p75": 0.65, "p95": 0.7}
    reading = {"title": "a pause", "types": {"orvane": ["seize"]}, "outcomes": [], "prior": 0.2, "posterior": band}
    other = {"title": "a way out", "types": {"orvane": ["bluff", "squeeze"]}, "outcomes": [], "prior": 0.8,
             "posterior": {key: 1 - value for key, value in band.items()}}  # fmt: skip
    found["hypotheses"] = {"thin": None, "without": [], "sets": {
        "door": {"title": "is it a door?", "hypotheses": {"pause": reading, "way": other}, "because": []}}}  # fmt: skip
    found["questions"] = [{"ask": "Door?", "panels": [{"kind": "hypotheses", "set": "door"}], "because": []}]
    found["indicators"] = signs(sign("orvane", "reinforce", 0.5, {}, belief=0.1))
    row = questions(found, References(found))[0]
    assert "“A pause”" in row["short"]
    assert "60" in row["short"]
    assert [r["title"] for r in row["panels"][0]["rows"]] == ["a pause", "a way out"]
    assert upset.upset(found, References(found), found["questions"][0])[0]["label"] == "Watch"


@pytest.mark.parametrize(
    ("moves", "said"),
    [(0.2, "would move it as the only lever: by"), (0.0, "The only lever of the case does not move it")],
)
def test_one_lever_is_told_in_the_singular(moves: float, said: str) -> None:
    found = example()
    target = upset.leader(found)
    assert target is not None
    outcomes = {name: {"mean": moves if i == 0 else 0.0} for i, name in enumerate(target.outcomes)}
    found["offramps"] = {"sets": [{"levers": ["pledge"], "outcomes": outcomes}]}
    text = "".join(piece.text for piece in upset._lever(found, References(found), target))
    assert said in text
