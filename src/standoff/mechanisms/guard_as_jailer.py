"""The guard as jailer: those who protect a ruler may not let him go."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names
from standoff.mechanisms import chances, terms
from standoff.mechanisms.additions import Additions, Divert
from standoff.mechanisms.args import Settings
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft

PERLMUTTER = Source(
    "Perlmutter",
    1969,
    "The Praetorian State and the Praetorian Army: Toward a Taxonomy of Civil-Military Relations in "
    "Developing Polities",
    "Comparative Politics 1(3): 382-404",
)
MCMAHON_SLANTCHEV = Source(
    "McMahon and Slantchev",
    2015,
    "The Guardianship Dilemma: Regime Security through and from the Armed Forces",
    "American Political Science Review 109(2): 297-313",
)
WALTER = Source(
    "Walter",
    1997,
    "The Critical Barrier to Civil War Settlement",
    "International Organization 51(3): 335-364",
)
GOEMANS = Source(
    "Goemans",
    2008,
    "Which Way Out? The Manner and Consequences of Losing Office",
    "Journal of Conflict Resolution 52(6): 771-794",
)
KRCMARIC = Source(
    "Krcmaric",
    2018,
    "Should I Stay or Should I Go? Leaders, Exile, and the Dilemmas of International Justice",
    "American Journal of Political Science 62(2): 486-498",
)

CARD = Card(
    name="guard_as_jailer",
    title="The guard as jailer",
    claim=(
        "An armed body strong enough to keep a ruler safe is strong enough to keep him from leaving. If it "
        "loses by his going, an exit that both sides want may be stopped by those who stand at the door, "
        "unless somebody guarantees it."
    ),
    writes=(
        "On the named exit moves, with chance `order` times (1 - `guarantee`), times the guards' presence if "
        "`held_by` is named: the named outcome comes instead of the exit. With `blocks`, a chance (lowered "
        "by the same guarantee) that the exit is merely stopped and nothing changes."
    ),
    sources=(MCMAHON_SLANTCHEV, WALTER, GOEMANS),
    aliases=(
        Alias("praetorian_problem", PERLMUTTER),
        Alias("guardianship_dilemma", MCMAHON_SLANTCHEV),
        Alias("credible_exit", WALTER),
    ),
    parameters=(
        Parameter(
            "order", "chance that the guards act against one who leaves", "probability", 0.05, 0.7, True
        ),
        Parameter("guarantee", "share of that danger which a guarantor takes away", "share", 0.0, 1.0),
        Parameter("blocks", "chance that the exit is stopped without bloodshed", "probability", 0.0, 0.6),
    ),
    directions=(
        Direction("order", "the exit becomes rarer and the violent end likelier for each attempt at it"),
        Direction("guarantee", "the exit becomes likelier"),
        Direction("blocks", "the exit becomes rarer"),
    ),
    limits=(
        Limit(
            "A weak guard is no danger and no help: how strong a ruler lets it grow depends on the threat "
            "that it is for.",
            MCMAHON_SLANTCHEV,
        ),
        Limit("For some rulers courts abroad, not the guards at home, close the door.", KRCMARIC),
        Limit(
            "Most who leave office under a negotiated or regular procedure come to no harm; the danger is in "
            "irregular exits.",
            GOEMANS,
        ),
    ),
    example=(
        "guard_as_jailer: {of: caracas, on: quit, order: guard_order, outcome: removed_by_guards, "
        "guarantee: safe_passage, held_by: guards}"
    ),
)


class Args(Settings):
    """Settings of `guard_as_jailer`."""

    of: Name = Field(description="the ruler who might leave")
    on: Names = Field(min_length=1, description="moves by which he leaves (or actor.move)")
    order: Expression | None = Field(
        None, description="chance that the guards act against one who leaves; assumed if not said"
    )
    outcome: Name = Field(description="the outcome in which they do")
    guarantee: Expression | None = Field(
        None, description="share of the danger, 0 to 1, that a guarantor takes away; none if not said"
    )
    held_by: Name | None = Field(
        None,
        description="factor of the guards' presence: no danger at its lowest level, all of it at its top",
    )
    blocks: Expression | None = Field(
        None, description="chance that the exit is only stopped, and nothing changes; none if not said"
    )
    exit: Name | None = Field(
        None, description="only the share of those moves that would reach this outcome is exposed"
    )
    when: Expression = Field(True, description="the guards can act only while this holds")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """On each exit move, a chance of the guards' outcome instead, and perhaps of being stopped."""
    draft = Draft(document, CARD, args, index)
    draft.actor(args.of, "of")
    spots = draft.moves(args.on, "on", by=args.of)
    outcome = draft.outcome(args.outcome, "outcome")
    order = draft.amount(args.order, "order")
    when = draft.expression(args.when, "when")
    kept = terms.rest(draft.amount(args.guarantee, "guarantee")) if args.guarantee is not None else 1
    presence = _presence(draft, args)
    if args.exit is not None and draft.outcome(args.exit, "exit") in document.outcomes:
        for spot in spots:
            if args.exit not in chances.endings(spot.find(document)):
                draft.complain(
                    "exit",
                    f"'{args.exit}', which {spot.words} does not lead to",
                    "an outcome of the exit moves",
                    "Remove 'exit:', or name a move that leads to it.",
                )
    if draft.wrong:
        return draft.done()
    chance = terms.given(when, terms.times(order, kept, presence))
    for spot in spots:
        acts = [Divert(spot, chance, ends=outcome, out_of=args.exit)]
        if args.blocks is not None:
            blocks = terms.given(when, terms.times(draft.amount(args.blocks, "blocks"), kept, presence))
            acts.append(Divert(spot, blocks, out_of=args.exit))
        # stopped only if the guards did not act; a rewriting of the whole move comes before what it dilutes
        draft.add(*(acts if args.exit else reversed(acts)))
    return draft.done()


def _presence(draft: Draft, args: Args) -> Expression:
    if args.held_by is None:
        return 1
    guards = draft.factor(args.held_by, "held_by")
    if guards not in draft.document.factors:
        return 1
    top = len(draft.document.factors[guards].levels) - 1
    return terms.ratio(guards, top) if top else 1
