"""Incident risk: forces close together may slip into what nobody ordered."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Period
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions, Cost, Spot
from standoff.mechanisms.args import Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft, below_top

SCHELLING = Source("Schelling", 1966, "Arms and Influence", "New Haven: Yale University Press")
SCHELLING_CHANCE = Source(
    "Schelling", 1960, "The Strategy of Conflict", "Cambridge, MA: Harvard University Press"
)
POWELL = Source(
    "Powell",
    1990,
    "Nuclear Deterrence Theory: The Search for Credibility",
    "Cambridge: Cambridge University Press",
)
REITER = Source(
    "Reiter",
    1995,
    "Exploding the Powder Keg Myth: Preemptive Wars Almost Never Happen",
    "International Security 20(2): 5-34",
)
TRACHTENBERG = Source(
    "Trachtenberg",
    1990,
    "The Meaning of Mobilization in 1914",
    "International Security 15(3): 120-150",
)

CARD = Card(
    name="incident_risk",
    title="Incident risk",
    claim=(
        "Armed forces held close to each other raise the chance of a clash that neither side ordered. Each "
        "side can use that shared risk as a threat that leaves something to chance, and both must live "
        "with what comes of it."
    ),
    writes=(
        "A hazard of an incident for each level of the named factors. An incident ends the game in `ends` "
        "with chance `to_war`; otherwise it makes the changes in `then`. It may cost anybody something."
    ),
    sources=(SCHELLING, POWELL),
    aliases=(
        Alias("threat_that_leaves_something_to_chance", SCHELLING_CHANCE),
        Alias("brinkmanship", SCHELLING_CHANCE),
        Alias("competition_in_risk_taking", SCHELLING),
    ),
    parameters=(
        Parameter("rate", "hazard of an incident, per level", "incidents", 0.002, 0.05, True, "week"),
        Parameter("to_war", "chance that an incident ends in `ends`", "probability", 0.01, 0.3, assumed=True),
    ),
    directions=(
        Direction("rate", "the outcome nobody ordered becomes likelier"),
        Direction("to_war", "the outcome nobody ordered becomes likelier"),
        Direction("rate", "an actor that dreads it steps down sooner"),
    ),
    limits=(
        Limit("Wars that came from fear of being struck first are very few.", REITER),
        Limit(
            "1914, the model case of a slide nobody chose, looks on inspection like choices with open eyes.",
            TRACHTENBERG,
        ),
        Limit(
            "Risk that leaders can see and stop is a means of bargaining, not a fate: the more resolved may "
            "run more of it on purpose.",
            POWELL,
        ),
    ),
    example=(
        "incident_risk: {grows_with: [force, rung], rate: incident_rate, per: week, then: {rung: +1}, "
        "ends: clash, to_war: incident_to_war}"
    ),
)


class Args(Settings):
    """Settings of `incident_risk`."""

    grows_with: Weights = Field(min_length=1, description="factors of forces in contact, or factor: weight")
    rate: Expression | None = Field(None, description="hazard of an incident per level; assumed if not said")
    per: Period = Field("week", description="unit of time of `rate`")
    then: dict[Name, Any] = Field(
        default_factory=dict, description="what an incident changes, as factor: level, +n or -n"
    )
    ends: Name | None = Field(None, description="outcome an incident may end in")
    to_war: Expression | None = Field(
        None, description="chance that it does; assumed if `ends` is said and this is not"
    )
    costs: dict[Name, Expression] = Field(
        default_factory=dict, description="actor: what an incident costs it"
    )
    when: Expression = Field(True, description="incidents happen only while this holds")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """One event."""
    draft = Draft(document, CARD, args, index)
    levels = draft.factors(args.grows_with, "grows_with")
    change = draft.then(args.then, "then")
    when = draft.expression(args.when, "when")
    if args.ends is not None:
        draft.outcome(args.ends, "ends")
    elif args.to_war is not None:
        draft.complain("to_war", "'to_war' without 'ends'", "the outcome it leads to", "Add 'ends:'.")
    if not args.then and args.ends is None and not args.costs:
        draft.complain(
            "", "an incident without consequences", "'then', 'ends' or 'costs'", "Add one of them."
        )
    for actor, cost in args.costs.items():
        draft.actor(actor, f"costs.{actor}")
        draft.expression(cost, f"costs.{actor}")
    if draft.wrong:
        return draft.done()
    if set(change.values()) == {1} and len(change) == 1 and args.ends is None and not args.costs:
        when = terms.both(when, below_top(document, next(iter(change))))
    name = draft.new_event(
        "",
        "An incident that nobody ordered",
        when=when,
        rate=terms.times(draft.amount(args.rate, "rate", per=args.per), terms.total(levels)),
        per=args.per,
        ends={args.ends: draft.amount(args.to_war, "to_war")} if args.ends is not None else None,
        then=change,
    )
    draft.add(*(Cost(Spot(None, name), actor, cost) for actor, cost in args.costs.items()))
    return draft.done()
