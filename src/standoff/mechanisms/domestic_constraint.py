"""Domestic constraint: law, legislature and opposition make some moves dear at home."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions, Cost
from standoff.mechanisms.args import Payoff, Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft

SCHULTZ = Source("Schultz", 2001, "Democracy and Coercive Diplomacy", "Cambridge: Cambridge University Press")
SCHULTZ_OPPOSITION = Source(
    "Schultz",
    1998,
    "Domestic Opposition and Signaling in International Crises",
    "American Political Science Review 92(4): 829-844",
)
HOWELL_PEVEHOUSE = Source(
    "Howell and Pevehouse",
    2007,
    "While Dangers Gather: Congressional Checks on Presidential War Powers",
    "Princeton: Princeton University Press",
)
PUTNAM = Source(
    "Putnam",
    1988,
    "Diplomacy and Domestic Politics: The Logic of Two-Level Games",
    "International Organization 42(3): 427-460",
)
KRINER = Source(
    "Kriner",
    2010,
    "After the Rubicon: Congress, Presidents, and the Politics of Waging War",
    "Chicago: University of Chicago Press",
)
ROSATO = Source(
    "Rosato",
    2003,
    "The Flawed Logic of Democratic Peace Theory",
    "American Political Science Review 97(4): 585-602",
)

CARD = Card(
    name="domestic_constraint",
    title="Domestic constraint",
    claim=(
        "A leader who must answer to a legislature, to courts and to an opposition pays for using force "
        "without their leave, and pays more the more doubtful its legality. So restraint is likelier, and "
        "a threat made with their leave is believed more."
    ),
    writes=(
        "A cost on the named moves, per level of the named factors if there are any; where `unless` holds "
        "(leave was given) nothing, or the share `even_then` of it, remains."
    ),
    sources=(SCHULTZ, HOWELL_PEVEHOUSE, KRINER),
    aliases=(
        Alias("democratic_constraint", SCHULTZ_OPPOSITION),
        Alias("congressional_constraint", HOWELL_PEVEHOUSE),
        Alias("two_level_game", PUTNAM),
    ),
    parameters=(
        Parameter("cost", "cost of such a move without leave", "share of the stake", 0.0, 0.4, assumed=True),
        Parameter("even_then", "share of it that remains with leave", "share", 0.0, 1.0),
    ),
    directions=(
        Direction("cost", "the constrained moves become rarer"),
        Direction("even_then", "the constrained moves become rarer where leave was given"),
    ),
    limits=(
        Limit(
            "Legislatures seldom stop a use of force beforehand; their weight shows in its length and scope, "
            "and most when the other party holds them.",
            KRINER,
        ),
        Limit(
            "Elected leaders have often used force in small or hidden ways without being held to account.",
            ROSATO,
        ),
        Limit(
            "An opposition that stands behind the government lends its threats weight.", SCHULTZ_OPPOSITION
        ),
    ),
    example=(
        "domestic_constraint: {of: washington, on: [strike, raid], cost: congress, "
        "unless: authority is given, even_then: residue}"
    ),
)


class Args(Settings):
    """Settings of `domestic_constraint`."""

    of: Name = Field(description="the actor that is constrained")
    on: Names = Field(min_length=1, description="its moves that need leave (or actor.move)")
    cost: Payoff | None = Field(None, description="cost of such a move, or type: cost; assumed if not said")
    grows_with: Weights = Field(
        default_factory=dict, description="factors it grows with, such as legal doubt, or factor: weight"
    )
    unless: Expression | None = Field(
        None, description="condition under which leave was given; never if not said"
    )
    even_then: Expression | None = Field(
        None, description="share of the cost, 0 to 1, that remains with leave; none if not said"
    )


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """A cost on each move in `on`."""
    draft = Draft(document, CARD, args, index)
    actor = draft.actor(args.of, "of")
    spots = draft.moves(args.on, "on", by=args.of)
    levels = draft.factors(args.grows_with, "grows_with")
    cost = draft.amount(args.cost, "cost", bearer=actor)
    leave = draft.expression(args.unless, "unless") if args.unless is not None else None
    if args.even_then is not None and leave is None:
        draft.complain("even_then", "'even_then' without 'unless'", "when leave was given", "Add 'unless:'.")
    if draft.wrong:
        return draft.done()
    charge = terms.scaled(cost, terms.total(levels))
    if leave is not None and args.even_then is not None:
        share = f"({terms.text(draft.amount(args.even_then, 'even_then'))} if {terms.text(leave)} else 1)"
        charge = terms.scaled(charge, share)
    elif leave is not None:
        charge = terms.given(terms.neither(leave), charge)
    draft.add(*(Cost(spot, actor, charge) for spot in spots))
    return draft.done()
