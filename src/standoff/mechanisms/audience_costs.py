"""Audience costs: what it costs to step back grows with how far one has climbed in public."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names
from standoff.mechanisms import chances, terms
from standoff.mechanisms.additions import Additions, Cost, Worth
from standoff.mechanisms.args import Payoff, Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft, goes_on

FEARON = Source(
    "Fearon",
    1994,
    "Domestic Political Audiences and the Escalation of International Disputes",
    "American Political Science Review 88(3): 577-592",
)
TOMZ = Source(
    "Tomz",
    2007,
    "Domestic Audience Costs in International Relations: An Experimental Approach",
    "International Organization 61(4): 821-840",
)
FEARON_HANDS = Source(
    "Fearon",
    1997,
    "Signaling Foreign Policy Interests: Tying Hands versus Sinking Costs",
    "Journal of Conflict Resolution 41(1): 68-90",
)
WEEKS = Source(
    "Weeks",
    2008,
    "Autocratic Audience Costs: Regime Type and Signaling Resolve",
    "International Organization 62(1): 35-64",
)
SCHULTZ = Source("Schultz", 2001, "Looking for Audience Costs", "Journal of Conflict Resolution 45(1): 32-60")
SNYDER_BORGHARD = Source(
    "Snyder and Borghard",
    2011,
    "The Cost of Empty Threats: A Penny, Not a Pound",
    "American Political Science Review 105(3): 437-456",
)
TRACHTENBERG = Source(
    "Trachtenberg", 2012, "Audience Costs: An Historical Analysis", "Security Studies 21(1): 3-42"
)

CARD = Card(
    name="audience_costs",
    title="Audience costs",
    claim=(
        "A leader who escalates in public and then steps back pays at home, and pays more the further the "
        "crisis had gone. The prospect ties its hands, so that climbing on is news about its resolve."
    ),
    writes=(
        "A cost on the moves that step back and a loss in the outcomes that count as a climb-down (the clock "
        "running out among them, if named), each `rate` times the sum of the rungs of the named factors. "
        "With `charged: given_up` a step back pays only for the rungs it gives up, so that a retreat in "
        "several steps costs the same as one at a stroke."
    ),
    sources=(FEARON, TOMZ, WEEKS),
    aliases=(
        Alias("tying_hands", FEARON_HANDS),
        Alias("domestic_audience_costs", TOMZ),
    ),
    parameters=(
        Parameter(
            "rate", "cost of stepping back, per rung climbed", "share of the stake", 0.02, 0.4, assumed=True
        ),
    ),
    directions=(
        Direction("rate", "stepping back becomes rarer once rungs have been climbed"),
        Direction("rate", "a resolved type stands out more clearly from a bluffer when it climbs on"),
    ),
    limits=(
        Limit(
            "They are hard to observe because leaders who would pay them avoid the situation: the cases in "
            "which the cost was paid are the selected, mild ones.",
            SCHULTZ,
        ),
        Limit(
            "Leaders seldom speak so clearly that they bind themselves, and publics care about the policy "
            "more than about consistency: a penny, not a pound.",
            SNYDER_BORGHARD,
        ),
        Limit("In a dozen great-power crises the mechanism leaves little trace.", TRACHTENBERG),
    ),
    example=(
        "audience_costs: {of: washington, on: step_back, at: unresolved, grows_with: [force, rung], "
        "rate: audience}"
    ),
)


class Args(Settings):
    """Settings of `audience_costs`."""

    of: Name = Field(description="the actor that pays")
    on: Names = Field(default_factory=list, description="its moves that step back (or actor.move)")
    at: Names = Field(default_factory=list, description="outcomes that count as a climb-down")
    grows_with: Weights = Field(
        min_length=1, description="factors whose rungs were climbed, or factor: weight"
    )
    rate: Payoff | None = Field(None, description="cost per rung, or type: cost; assumed if not said")
    charged: Literal["whole", "given_up"] = Field(
        "whole", description="whole: every step back pays for all rungs; given_up: only for those it gives up"
    )
    when: Expression = Field(True, description="charged only while this holds")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """Costs on the moves in `on`, losses in the outcomes in `at`."""
    draft = Draft(document, CARD, args, index)
    actor = draft.actor(args.of, "of")
    spots = draft.moves(args.on, "on", by=args.of)
    outcomes = draft.outcomes(args.at, "at")
    rungs = draft.factors(args.grows_with, "grows_with")
    rate = draft.amount(args.rate, "rate", bearer=actor)
    when = draft.expression(args.when, "when")
    if not args.on and not args.at:
        draft.complain(
            "",
            "neither 'on' nor 'at'",
            "what counts as stepping back",
            "Name moves with 'on', outcomes with 'at'.",
        )
    if draft.wrong:
        return draft.done()
    climbed = terms.total(rungs)
    for spot in spots:
        lost = climbed
        if args.charged == "given_up" and goes_on(document, spot):
            lost = chances.drop(spot.find(document).then, rungs, document.factors)
            if lost == 0:
                draft.complain(
                    "on",
                    f"{spot.words}, which gives up none of {', '.join(rungs)}",
                    "a move that goes down a rung, since charged is given_up",
                    "Write 'charged: whole', or let the move lower one of the factors.",
                )
        draft.add(Cost(spot, actor, terms.given(when, terms.scaled(rate, lost))))
    for outcome in outcomes:
        draft.add(Worth(outcome, actor, terms.given(when, terms.opposite(terms.scaled(rate, climbed)))))
    return draft.done()
