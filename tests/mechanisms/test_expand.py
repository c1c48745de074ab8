"""A document with mechanisms becomes one without, or says what is wrong, entry by entry."""

from __future__ import annotations

from stage import expanded, problem_paths, stage

from standoff.mechanisms import CARDS, expand, trace

STEP_BACK = "audience_costs: {of: washington, on: step_back, grows_with: force, rate: audience}"


def test_without_mechanisms_nothing_changes() -> None:
    assert expand(stage()) == (stage(), [])
    assert trace(stage()) == ()


def test_a_wrong_entry_adds_nothing_and_spoils_no_other() -> None:
    document, problems = expand(
        stage("audience_costs: {of: washington, on: [step_bak, step_back], grows_with: force}", STEP_BACK)
    )
    assert [problem.path for problem in problems] == ["mechanisms.0.audience_costs.on.0"]
    assert problems[0].found == "'step_bak'"
    assert problems[0].mend == "Did you mean 'step_back'?"
    assert document == expanded(STEP_BACK)


def test_all_of_them_together_make_a_game() -> None:
    from standoff.game import compile_case

    document = expanded(*(card.example for card in CARDS if card.name != "coup_proofing"), CARDS[5].example)
    assert CARDS[5].name == "coup_proofing"
    structure = compile_case(document)
    priors = {name: p.prior for name, p in document.parameters.items() if p.prior is not None}
    game = structure.game({name: p.uniform[0] if p.uniform else p.fixed or 0 for name, p in priors.items()})
    assert len(game.states) > 1


def test_an_unknown_mechanism() -> None:
    (problem,) = expand(stage("audience_cost: {of: washington}"))[1]
    assert problem.path == "mechanisms.0.audience_cost"
    assert problem.mend == "Did you mean 'audience_costs'?"


def test_one_mechanism_an_entry() -> None:
    crowded = stage().model_copy(update={"mechanisms": [{}, {"coup": {}, "sunk_costs": {}}]})
    problems = expand(crowded)[1]
    assert [problem.path for problem in problems] == ["mechanisms.0", "mechanisms.1"]
    assert "coup, sunk_costs" in problems[1].found


def test_settings_that_are_missing_unknown_or_of_the_wrong_kind() -> None:
    (problem,) = expand(stage("audience_costs: {of: washington, grow_with: force, on: step_back}"))[1][1:]
    assert problem_paths("audience_costs: {of: washington, grow_with: force, on: step_back}") == [
        "mechanisms.0.audience_costs.grows_with",
        "mechanisms.0.audience_costs.grow_with",
    ]
    assert problem.mend == "Did you mean 'grows_with'?"
    assert (problem.line, problem.column, problem.file) == (0, 0, "")
    assert problem_paths("audience_costs: {of: washington, on: step_back, grows_with: 3}") == [
        "mechanisms.0.audience_costs.grows_with"
    ]
    assert problem_paths("sunk_costs: {of: washington, on: hold, amount: 0.1, per: fortnight}") == [
        "mechanisms.0.sunk_costs.per"
    ]


def test_two_entries_of_one_mechanism_keep_their_names_apart() -> None:
    document = expanded(
        "incident_risk: {grows_with: force, then: {rung: +1}}",
        "incident_risk: {grows_with: rung, then: {rung: +1}}",
        "incident_risk: {grows_with: rung, then: {rung: +1}, called: in_the_air}",
    )
    new = [name for name in document.parameters if name not in stage().parameters]
    assert new == ["incident_risk_rate", "incident_risk_rate_2", "in_the_air_rate"]
    assert {"incident_risk", "incident_risk_2", "in_the_air"} <= set(document.events)
    assert document.events["incident_risk_2"].rate == "incident_risk_rate_2 * rung"


def test_an_unusual_number_is_remarked_on_and_used() -> None:
    document, problems = expand(
        stage("audience_costs: {of: washington, on: step_back, grows_with: force, rate: 5}")
    )
    (problem,) = problems
    assert (problem.level, problem.path) == ("warning", "mechanisms.0.audience_costs.rate")
    assert "0.02 to 0.4" in problem.expected
    assert document.moves["washington"]["step_back"].costs == "5 * force"


def test_what_was_added_can_be_read_aloud() -> None:
    first, second = trace(
        stage(
            STEP_BACK,
            "guard_as_jailer: {of: caracas, on: quit, outcome: removed_by_guards, blocks: 0.2}",
        )
    )
    assert first.index == 0
    assert first.lines == ("washington: step_back costs washington audience * force",)
    assert second.lines == (
        "parameter guard_as_jailer_order (probability): uniform [0.05, 0.7]",
        "caracas: quit: with chance 0.2 instead: nothing happens",
        "caracas: quit: with chance guard_as_jailer_order instead: outcome removed_by_guards",
    )
