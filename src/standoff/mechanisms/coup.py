"""A coup: officers move when loyalty has worn thin, and succeed when enough of them move together."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names, Period
from standoff.mechanisms import chances, terms
from standoff.mechanisms.additions import Additions, Also, Divert, Failure
from standoff.mechanisms.args import Payoff, Settings
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft, goes_on

POWELL = Source(
    "Powell",
    2012,
    "Determinants of the Attempting and Outcome of Coups d'état",
    "Journal of Conflict Resolution 56(6): 1017-1040",
)
SVOLIK = Source("Svolik", 2012, "The Politics of Authoritarian Rule", "Cambridge: Cambridge University Press")
SINGH = Source(
    "Singh",
    2014,
    "Seizing Power: The Strategic Logic of Military Coups",
    "Baltimore: Johns Hopkins University Press",
)
POWELL_THYNE = Source(
    "Powell and Thyne",
    2011,
    "Global Instances of Coups from 1950 to 2010: A New Dataset",
    "Journal of Peace Research 48(2): 249-259",
)
BELKIN_SCHOFER = Source(
    "Belkin and Schofer",
    2003,
    "Toward a Structural Understanding of Coup Risk",
    "Journal of Conflict Resolution 47(5): 594-620",
)

CARD = Card(
    name="coup",
    title="Coup",
    claim=(
        "Whether officers try depends on how far their loyalty is gone, whether they succeed on their "
        "ability to act together: each joins the side that it expects the others to join."
    ),
    writes=(
        "Either (with `rate`) a hazard of an attempt for each level of loyalty lost, or (with `by` and `on`) "
        "the outcome of a plotters' own move: the ruler falls with the chance `success`, otherwise `failed` "
        "happens and the plotters pay `price`. With `coordination`, each level of loyalty lowers the odds of "
        "success."
    ),
    sources=(POWELL, SINGH, SVOLIK),
    aliases=(Alias("palace_coup", SVOLIK), Alias("coup_as_coordination", SINGH)),
    parameters=(
        Parameter(
            "rate", "hazard of an attempt, per level of loyalty lost", "attempts", 0.002, 0.06, per="month"
        ),
        Parameter("success", "chance that an attempt succeeds", "probability", 0.25, 0.75, assumed=True),
        Parameter("coordination", "odds of success lost, per level of loyalty", "log-odds", 0.0, 1.5),
        Parameter("price", "what a failed attempt costs the plotters", "share of the stake", 0.2, 2.0),
    ),
    directions=(
        Direction("rate", "the coup becomes likelier"),
        Direction("success", "the coup becomes likelier"),
        Direction("coordination", "the coup becomes less likely where loyalty is not at its lowest"),
        Direction("price", "plotting becomes rarer"),
    ),
    limits=(
        Limit(
            "Attempts are rare and about half of them fail; a hazard read off a few cases is wide.",
            POWELL_THYNE,
        ),
        Limit(
            "Grievance alone explains little: slow structural conditions say more about the risk than the "
            "spark of the day.",
            BELKIN_SCHOFER,
        ),
        Limit(
            "Success turns on making a victory look already won, so that discontent is neither needed nor "
            "enough.",
            SINGH,
        ),
    ),
    example=(
        "coup: {outcome: palace_coup, loyalty: cohesion, rate: plotting, per: month, success: takeover, "
        "failed: {cohesion: +1}}"
    ),
)


class Args(Settings):
    """Settings of `coup`."""

    outcome: Name = Field(description="the outcome in which the ruler falls to his own officers")
    loyalty: Name = Field(description="the factor that is the officers' loyalty, highest when firm")
    rate: Expression | None = Field(
        None, description="hazard of an attempt per level of loyalty lost; give this, or `by` and `on`"
    )
    per: Period = Field("month", description="unit of time of `rate`")
    by: Name | None = Field(None, description="the plotters, where they are an actor")
    on: Names = Field(default_factory=list, description="their moves that are an attempt")
    success: Expression | None = Field(
        None, description="chance that an attempt succeeds (where loyalty is lowest); assumed if not said"
    )
    coordination: Expression | None = Field(
        None, description="log-odds of success lost per level of loyalty; none if not said"
    )
    failed: dict[Name, Any] = Field(
        default_factory=dict, description="what a failed attempt changes, as factor: level, +n or -n"
    )
    price: Payoff | None = Field(None, description="what a failed attempt costs `by`, or type: cost")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """A hazard of an attempt, or an ending on each move in `on`."""
    draft = Draft(document, CARD, args, index)
    outcome = draft.outcome(args.outcome, "outcome")
    loyalty = draft.factor(args.loyalty, "loyalty")
    failed = draft.then(args.failed, "failed")
    plotters = draft.actor(args.by, "by") if args.by is not None else None
    spots = draft.moves(args.on, "on", by=args.by) if args.on else []
    if (args.rate is None) == (not args.on):
        draft.complain(
            "",
            "both 'rate' and 'on'" if args.on else "neither 'rate' nor 'on'",
            "a hazard ('rate') where the plotters are no actor, or their moves ('by' and 'on')",
            "Keep one of the two.",
        )
    if args.price is not None and plotters is None:
        draft.complain(
            "price", "'price' without 'by'", "the actor that pays it", "Add 'by:', or remove 'price:'."
        )
    for spot in spots:
        if draft.wrong or goes_on(document, spot):
            continue
        draft.complain(
            "on",
            f"{spot.words}, which already ends the game for certain",
            "a move whose ending this mechanism may write",
            "Remove its 'ends:'; the mechanism writes the chances.",
        )
    if draft.wrong:
        return draft.done()
    success = draft.amount(args.success, "success")
    if args.coordination is not None:
        odds = terms.falling(draft.amount(args.coordination, "coordination"), loyalty)
        success = chances.scaled_chance(success, odds)
    for spot in spots:
        if failed:
            draft.add(Also(spot, 1, failed))
        draft.add(Divert(spot, success, ends=outcome))
        if args.price is not None and plotters is not None:
            price = draft.amount(args.price, "price", bearer=plotters)
            draft.add(Failure(spot, outcome, plotters, price))
    if args.rate is not None:
        top = len(document.factors[loyalty].levels) - 1
        draft.new_event(
            "attempt",
            "Officers try to take power",
            when=f"{loyalty} < {top}",
            rate=terms.times(draft.amount(args.rate, "rate", per=args.per), f"{top} - {loyalty}"),
            per=args.per,
            ends={outcome: success},
            then=failed,
        )
    return draft.done()
