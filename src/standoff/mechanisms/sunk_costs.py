"""Sunk costs: mobilising is paid for when it is done, whatever comes after."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names, Period
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions, Cost
from standoff.mechanisms.args import Payoff, Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft

FEARON = Source(
    "Fearon",
    1997,
    "Signaling Foreign Policy Interests: Tying Hands versus Sinking Costs",
    "Journal of Conflict Resolution 41(1): 68-90",
)
SPENCE = Source("Spence", 1973, "Job Market Signaling", "Quarterly Journal of Economics 87(3): 355-374")
SLANTCHEV = Source(
    "Slantchev",
    2005,
    "Military Coercion in Interstate Crises",
    "American Political Science Review 99(4): 533-547",
)
QUEK = Source(
    "Quek",
    2021,
    "Four Costly Signaling Mechanisms",
    "American Political Science Review 115(2): 537-549",
)

CARD = Card(
    name="sunk_costs",
    title="Sunk costs",
    claim=(
        "Sending forces costs money, readiness and other commitments at once, and stepping back does not "
        "bring it home. Since only those who care pay it gladly, the payment itself is news about resolve."
    ),
    writes=(
        "A cost on the mobilising moves, paid when they are made, and (if `upkeep` is named) a running "
        "burden per unit of time for each rung of the named factors."
    ),
    sources=(FEARON, SLANTCHEV),
    aliases=(Alias("sinking_costs", FEARON), Alias("costly_signal", SPENCE)),
    parameters=(
        Parameter("amount", "cost of one mobilising move", "share of the stake", 0.01, 0.15, assumed=True),
        Parameter("upkeep", "running cost, per rung", "share of the stake", 0.0, 0.1, per="month"),
    ),
    directions=(
        Direction("amount", "mobilising becomes rarer, most of all by those who would not use the forces"),
        Direction(
            "upkeep", "waiting with forces in place becomes dearer, so they are used or sent home sooner"
        ),
    ),
    limits=(
        Limit(
            "What is sunk no longer weighs in the choice that follows: it shows resolve and does not create "
            "it, and leaders do better by tying their hands.",
            FEARON,
        ),
        Limit(
            "Military moves are seldom purely sunk: forces in place also make fighting easier and staying "
            "out harder.",
            SLANTCHEV,
        ),
        Limit(
            "In experiments a sunk cost must be high to be believed; costs that could still be recovered "
            "persuade at a lower price.",
            QUEK,
        ),
    ),
    example=(
        "sunk_costs: {of: washington, on: reinforce, amount: mobilising, upkeep: deployment, per: month, "
        "grows_with: force}"
    ),
)


class Args(Settings):
    """Settings of `sunk_costs`."""

    of: Name = Field(description="the actor that pays")
    on: Names = Field(min_length=1, description="its moves that mobilise (or actor.move)")
    amount: Payoff | None = Field(
        None, description="cost of one such move, or type: cost; assumed if not said"
    )
    upkeep: Expression | None = Field(
        None, description="running cost per rung and unit of time; none if not said"
    )
    per: Period = Field("month", description="unit of time of `upkeep`")
    grows_with: Weights = Field(
        default_factory=dict, description="factors whose rungs need upkeep, or factor: weight"
    )


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """A cost on each move in `on`; a flow if there is an upkeep."""
    draft = Draft(document, CARD, args, index)
    actor = draft.actor(args.of, "of")
    spots = draft.moves(args.on, "on", by=args.of)
    rungs = draft.factors(args.grows_with, "grows_with")
    amount = draft.amount(args.amount, "amount", bearer=actor)
    if (args.upkeep is None) != (not args.grows_with):
        key, other = ("grows_with", "upkeep") if args.upkeep is None else ("upkeep", "grows_with")
        draft.complain(
            key, f"'{key}' without '{other}'", "both or neither", f"Add '{other}:', or remove '{key}:'."
        )
    if draft.wrong:
        return draft.done()
    draft.add(*(Cost(spot, actor, amount) for spot in spots))
    if args.upkeep is not None:
        upkeep = draft.amount(args.upkeep, "upkeep", per=args.per)
        burden = terms.negative(terms.times(upkeep, terms.total(rungs)))
        draft.new_flow(
            "upkeep", f"Keeping forces in place costs {actor}", of=actor, per=args.per, worth=burden
        )
    return draft.done()
