"""Coup-proofing: rival guards, watchers and rents that make a coup fail, at a price."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Event, Expression, Name, Names, Period
from standoff.mechanisms import chances, terms
from standoff.mechanisms.additions import Additions, Odds, Pace, Spot
from standoff.mechanisms.args import Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft

QUINLIVAN = Source(
    "Quinlivan",
    1999,
    "Coup-Proofing: Its Practice and Consequences in the Middle East",
    "International Security 24(2): 131-165",
)
SVOLIK = Source("Svolik", 2012, "The Politics of Authoritarian Rule", "Cambridge: Cambridge University Press")
POWELL = Source(
    "Powell",
    2012,
    "Determinants of the Attempting and Outcome of Coups d'état",
    "Journal of Conflict Resolution 56(6): 1017-1040",
)
DE_BRUIN = Source(
    "De Bruin",
    2018,
    "Preventing Coups d'état: How Counterbalancing Works",
    "Journal of Conflict Resolution 62(7): 1433-1458",
)
PILSTER_BOEHMELT = Source(
    "Pilster and Böhmelt",
    2011,
    "Coup-Proofing and Military Effectiveness in Interstate Wars, 1967-99",
    "Conflict Management and Peace Science 28(4): 331-350",
)
TALMADGE = Source(
    "Talmadge",
    2015,
    "The Dictator's Army: Battlefield Effectiveness in Authoritarian Regimes",
    "Ithaca: Cornell University Press",
)

CARD = Card(
    name="coup_proofing",
    title="Coup-proofing",
    claim=(
        "A ruler who sets armed bodies against each other, has them watched and shares out rents makes a "
        "coup less likely to succeed, and pays in money and in an army that fights badly."
    ),
    writes=(
        "On every move and event written above that may end in the coup, its odds (or its hazard) times "
        "exp(-strength) per level; if `rents` is named, a running cost to the ruler per level; if `exposes` "
        "is named, odds of an outside attack's success times exp(exposure) per level."
    ),
    sources=(QUINLIVAN, POWELL, SVOLIK),
    aliases=(Alias("counterbalancing", DE_BRUIN),),
    parameters=(
        Parameter("strength", "odds of a coup lost, per level", "log-odds", 0.1, 1.5, assumed=True),
        Parameter(
            "rents", "what it costs the ruler, per level", "share of the stake", 0.0, 0.05, per="month"
        ),
        Parameter(
            "exposure", "odds gained by an outside attack, per level", "log-odds", 0.0, 0.8, assumed=True
        ),
    ),
    directions=(
        Direction("strength", "the coup becomes less likely"),
        Direction("rents", "the ruler keeps fewer counterweights, or holds out less gladly"),
        Direction("exposure", "an attack from outside succeeds more often"),
    ),
    limits=(
        Limit(
            "Counterweights make coups fail more often, but setting one up provokes attempts by officers "
            "who see themselves pushed aside.",
            DE_BRUIN,
        ),
        Limit("Coup-proofed armies do worse in interstate war.", PILSTER_BOEHMELT),
        Limit(
            "Not every autocrat pays that price: one who fears a foreign enemy more lets his army train.",
            TALMADGE,
        ),
    ),
    example=(
        "coup_proofing: {of: caracas, grows_with: guards, against: palace_coup, strength: guard_strength, "
        "rents: rents, per: month, exposes: washington.raid, to: captured, exposure: guard_exposure}"
    ),
)


class Args(Settings):
    """Settings of `coup_proofing`."""

    of: Name = Field(description="the ruler")
    grows_with: Weights = Field(
        min_length=1, description="factors that are the counterweights, or factor: weight"
    )
    against: Name = Field(description="the outcome that is the coup; something written above must lead to it")
    strength: Expression | None = Field(
        None, description="log-odds of a coup lost per level; assumed if not said"
    )
    rents: Expression | None = Field(
        None, description="running cost to the ruler per level and unit of time; none if not said"
    )
    per: Period = Field("month", description="unit of time of `rents`")
    exposes: Names = Field(
        default_factory=list, description="attacks from outside that gain by it, as actor.move"
    )
    to: Name | None = Field(None, description="the outcome in which those attacks succeed")
    exposure: Expression | None = Field(
        None, description="log-odds of `to` gained per level; assumed if not said and `exposes` is"
    )


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """Lower odds of the coup wherever it may come from; rents; easier attacks from outside."""
    draft = Draft(document, CARD, args, index)
    ruler = draft.actor(args.of, "of")
    levels = draft.factors(args.grows_with, "grows_with")
    coup = draft.outcome(args.against, "against")
    sources = draft.leading_to(coup, "against")
    attacks = draft.moves(args.exposes, "exposes")
    if (args.to is None) != (not args.exposes):
        draft.complain(
            "to" if args.to else "exposes",
            "only one of 'exposes' and 'to'",
            "both or neither",
            "Add the other.",
        )
    elif args.to is not None and draft.outcome(args.to, "to") in document.outcomes:
        for spot in attacks:
            draft.split(spot, args.to, "to")
    if draft.wrong:
        return draft.done()
    guarded = terms.total(levels)
    odds = terms.falling(draft.amount(args.strength, "strength"), guarded)
    for spot in sources:
        if _is_hazard(document, spot, coup):
            draft.add(Pace(spot.name, odds))
        elif draft.split(spot, coup, "against"):
            draft.add(Odds(spot, coup, odds))
    if args.rents is not None:
        rents = draft.amount(args.rents, "rents", per=args.per)
        draft.new_flow(
            "rents",
            f"Keeping counterweights loyal costs {ruler}",
            of=ruler,
            per=args.per,
            worth=terms.negative(terms.times(rents, guarded)),
        )
    if args.to is not None:
        gained = terms.rising(draft.amount(args.exposure, "exposure"), guarded)
        draft.add(*(Odds(spot, args.to, gained) for spot in attacks))
    return draft.done()


def _is_hazard(document: CaseDocument, spot: Spot, outcome: str) -> bool:
    """Whether it is an event that ends so for certain: then only its pace can change."""
    effect = spot.find(document)
    return isinstance(effect, Event) and terms.number(chances.endings(effect)[outcome]) == 1
