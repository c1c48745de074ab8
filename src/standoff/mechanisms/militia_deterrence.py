"""Deterrence by denial through a people's war: an armed population makes a landing dear and doubtful."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions, Cost, Odds
from standoff.mechanisms.args import Payoff, Settings, Weights
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft

SNYDER = Source(
    "Snyder",
    1961,
    "Deterrence and Defense: Toward a Theory of National Security",
    "Princeton: Princeton University Press",
)
MACK = Source(
    "Mack",
    1975,
    "Why Big Nations Lose Small Wars: The Politics of Asymmetric Conflict",
    "World Politics 27(2): 175-200",
)
MEARSHEIMER = Source("Mearsheimer", 1983, "Conventional Deterrence", "Ithaca: Cornell University Press")
ARREGUIN = Source(
    "Arreguín-Toft",
    2001,
    "How the Weak Win Wars: A Theory of Asymmetric Conflict",
    "International Security 26(1): 93-128",
)
BIDDLE = Source(
    "Biddle",
    2004,
    "Military Power: Explaining Victory and Defeat in Modern Battle",
    "Princeton: Princeton University Press",
)

CARD = Card(
    name="militia_deterrence",
    title="Militia deterrence",
    claim=(
        "A mobilised population cannot beat an intervention force, but it can promise it a long and bloody "
        "stay. The attacker is deterred by what holding on would cost, not by punishment at home."
    ),
    writes=(
        "On the named moves of the attacker, a cost per level of mobilisation, and (if `lowers` is named) "
        "the odds of that outcome times exp(-strength) per level."
    ),
    sources=(SNYDER, MACK, ARREGUIN),
    aliases=(
        Alias("deterrence_by_denial", SNYDER),
        Alias("peoples_war", MACK),
        Alias("conventional_deterrence", MEARSHEIMER),
    ),
    parameters=(
        Parameter("cost", "cost to the attacker, per level", "share of the stake", 0.0, 0.3, assumed=True),
        Parameter("strength", "loss of the attacker's odds, per level", "log-odds", 0.0, 1.0, assumed=True),
    ),
    directions=(
        Direction("cost", "the attack becomes rarer where the population is mobilised"),
        Direction("strength", "an attack that comes succeeds less often"),
    ),
    limits=(
        Limit(
            "Numbers without training and dispersion count for little against a modern force; skill explains "
            "more than mass.",
            BIDDLE,
        ),
        Limit(
            "A guerrilla defence helps against a conventional attack, and little against an attacker who "
            "fights it in kind.",
            ARREGUIN,
        ),
        Limit(
            "It weighs where the attacker's interest is small; a great power that sees much at stake "
            "pays the price.",
            MACK,
        ),
    ),
    example=(
        "militia_deterrence: {of: washington, on: raid, grows_with: militia, cost: militia_toll, "
        "lowers: captured, strength: militia_strength}"
    ),
)


class Args(Settings):
    """Settings of `militia_deterrence`."""

    of: Name = Field(description="the attacker, who is deterred")
    on: Names = Field(min_length=1, description="its attacking moves (or actor.move)")
    grows_with: Weights = Field(min_length=1, description="factors of mobilisation, or factor: weight")
    cost: Payoff | None = Field(None, description="cost per level, or type: cost; assumed if not said")
    lowers: Name | None = Field(None, description="outcome of those moves that becomes less likely")
    strength: Expression | None = Field(
        None, description="log-odds of `lowers` lost per level; assumed if not said"
    )


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """A cost and lower odds of success on each move in `on`."""
    draft = Draft(document, CARD, args, index)
    actor = draft.actor(args.of, "of")
    spots = draft.moves(args.on, "on", by=args.of)
    levels = draft.factors(args.grows_with, "grows_with")
    cost = draft.amount(args.cost, "cost", bearer=actor)
    if args.lowers is not None and draft.outcome(args.lowers, "lowers") in document.outcomes:
        for spot in spots:
            draft.split(spot, args.lowers, "lowers")
    elif args.lowers is None and args.strength is not None:
        draft.complain(
            "strength", "'strength' without 'lowers'", "the outcome it makes less likely", "Add 'lowers:'."
        )
    if draft.wrong:
        return draft.done()
    mobilised = terms.total(levels)
    draft.add(*(Cost(spot, actor, terms.scaled(cost, mobilised)) for spot in spots))
    if args.lowers is not None:
        odds = terms.falling(draft.amount(args.strength, "strength"), mobilised)
        draft.add(*(Odds(spot, args.lowers, odds) for spot in spots))
    return draft.done()
