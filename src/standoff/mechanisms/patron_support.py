"""Patron support: a client holds out on what its patron sends, and on whether it is more than words."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names, Period
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions, Pace
from standoff.mechanisms.args import Payoff, Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft

CASEY = Source(
    "Casey",
    2020,
    "The Durability of Client Regimes: Foreign Sponsorship and Military Loyalty, 1946-2010",
    "World Politics 72(3): 411-447",
)
SNYDER = Source("Snyder", 1984, "The Security Dilemma in Alliance Politics", "World Politics 36(4): 461-495")
EARLY = Source(
    "Early",
    2015,
    "Busted Sanctions: Explaining Why Economic Sanctions Fail",
    "Stanford: Stanford University Press",
)
LEEDS = Source(
    "Leeds",
    2003,
    "Alliance Reliability in Times of War: Explaining State Decisions to Violate Treaties",
    "International Organization 57(4): 801-827",
)

CARD = Card(
    name="patron_support",
    title="Patron support",
    claim=(
        "What a patron sends offsets what pressure takes: the client can wait longer and its hardship grows "
        "more slowly. The patron pays for it, for what it gets in return, and words alone offset nothing."
    ),
    writes=(
        "A running relief to the client per level of support, times `substance` (0 for words only, 1 for all "
        "that was promised); a running burden and reward for the patron; and, on the hazards named in "
        "`slows`, a factor exp(-strength) per level, times `substance` in the exponent."
    ),
    sources=(EARLY, SNYDER, CASEY),
    aliases=(
        Alias("foreign_sponsorship", CASEY),
        Alias("black_knight", EARLY),
        Alias("client_and_patron", CASEY),
    ),
    parameters=(
        Parameter(
            "relief",
            "what support is worth to the client, per level",
            "share of the stake",
            0.0,
            0.1,
            True,
            "month",
        ),
        Parameter("substance", "how much of it is more than words", "share", 0.0, 1.0),
        Parameter(
            "burden", "what it costs the patron, per level", "share of the stake", 0.0, 0.1, per="month"
        ),
        Parameter(
            "reward",
            "what the patron gets while the client stands",
            "share of the stake",
            0.0,
            0.1,
            per="month",
        ),
        Parameter(
            "strength", "how much the hazards slow down, per level", "log points", 0.0, 1.5, assumed=True
        ),
    ),
    directions=(
        Direction("relief", "the client gives in later"),
        Direction("substance", "the client gives in later"),
        Direction("burden", "the patron supports less, or stops sooner"),
        Direction("reward", "the patron avoids ends in which the client falls"),
        Direction("strength", "the slowed hazards strike later"),
    ),
    limits=(
        Limit(
            "Patrons leave clients: commitments are broken more often when power or governments have changed "
            "since they were made.",
            LEEDS,
        ),
        Limit("A patron that fears being dragged in holds back just when support would matter.", SNYDER),
        Limit(
            "Among client dictatorships since 1946, Western patronage did not go with survival; Soviet "
            "patronage, which reached into the army to prevent coups, did.",
            CASEY,
        ),
    ),
    example=(
        "patron_support: {of: caracas, by: havana, grows_with: support, relief: relief, "
        "substance: substance, burden: burden, per: month, slows: mutiny}"
    ),
)


class Args(Settings):
    """Settings of `patron_support`."""

    of: Name = Field(description="the client")
    by: Name | None = Field(None, description="the patron, where it is an actor")
    grows_with: Weights = Field(
        default_factory=dict, description="factors of support, or factor: weight; constant if not said"
    )
    relief: Payoff | None = Field(
        None, description="running gain to the client per level, or type: gain; assumed if not said"
    )
    substance: Expression | None = Field(
        None, description="how much is more than words, 0 to 1; all of it if not said"
    )
    burden: Payoff | None = Field(None, description="running cost to the patron per level; none if not said")
    reward: Payoff | None = Field(
        None, description="running gain to the patron while the game lasts; none if not said"
    )
    per: Period = Field("month", description="unit of time of relief, burden and reward")
    slows: Names = Field(default_factory=list, description="events whose hazard support lowers")
    strength: Expression | None = Field(
        None, description="log points by which one level slows them; assumed if `slows` is said"
    )
    when: Expression = Field(True, description="support flows only while this holds")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """Flows to client and patron, slower hazards."""
    draft = Draft(document, CARD, args, index)
    client = draft.actor(args.of, "of")
    patron = draft.actor(args.by, "by") if args.by is not None else None
    levels = draft.factors(args.grows_with, "grows_with")
    slowed = draft.events(args.slows, "slows")
    when = draft.expression(args.when, "when")
    for key, value in (("burden", args.burden), ("reward", args.reward)):
        if value is not None and patron is None:
            draft.complain(
                key, f"'{key}' without 'by'", "the patron, an actor", f"Add 'by:', or remove '{key}:'."
            )
    if args.strength is not None and not args.slows:
        draft.complain("strength", "'strength' without 'slows'", "events that it slows", "Add 'slows:'.")
    if draft.wrong:
        return draft.done()
    substance = draft.amount(args.substance, "substance") if args.substance is not None else 1
    support = terms.times(substance, terms.total(levels))
    relief = draft.amount(args.relief, "relief", bearer=client, per=args.per)
    draft.new_flow(
        "relief",
        f"Support from outside helps {client} hold out",
        of=client,
        per=args.per,
        worth=terms.scaled(relief, support),
        when=when,
    )
    if patron is not None and args.burden is not None:
        burden = draft.amount(args.burden, "burden", bearer=patron, per=args.per)
        draft.new_flow(
            "burden",
            f"Supporting {client} costs {patron}",
            of=patron,
            per=args.per,
            worth=terms.opposite(terms.scaled(burden, terms.total(levels))),
            when=when,
        )
    if patron is not None and args.reward is not None:
        reward = draft.amount(args.reward, "reward", bearer=patron, per=args.per)
        draft.new_flow(
            "reward",
            f"What {patron} gets while {client} stands",
            of=patron,
            per=args.per,
            worth=reward,
        )
    if slowed:
        pace = terms.falling(draft.amount(args.strength, "strength"), support)
        if when is not True:
            pace = f"({terms.text(pace)} if {terms.text(when)} else 1)"
        draft.add(*(Pace(event, pace) for event in slowed))
    return draft.done()
