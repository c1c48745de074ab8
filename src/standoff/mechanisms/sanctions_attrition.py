"""Sanctions as attrition: hardship builds up while they last, and may or may not wear loyalty down."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Period
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions
from standoff.mechanisms.args import Payoff, Settings
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft, below_top

HUFBAUER = Source(
    "Hufbauer, Schott, Elliott and Oegg",
    2007,
    "Economic Sanctions Reconsidered, 3rd edition",
    "Washington: Peterson Institute for International Economics",
)
PAPE = Source(
    "Pape",
    1997,
    "Why Economic Sanctions Do Not Work",
    "International Security 22(2): 90-136",
)
GALTUNG = Source(
    "Galtung",
    1967,
    "On the Effects of International Economic Sanctions, With Examples from the Case of Rhodesia",
    "World Politics 19(3): 378-416",
)
MARINOV = Source(
    "Marinov",
    2005,
    "Do Economic Sanctions Destabilize Country Leaders?",
    "American Journal of Political Science 49(3): 564-576",
)
ESCRIBA_WRIGHT = Source(
    "Escribà-Folch and Wright",
    2010,
    "Dealing with Tyranny: International Sanctions and the Survival of Authoritarian Rulers",
    "International Studies Quarterly 54(2): 335-359",
)
PEKSEN = Source(
    "Peksen",
    2009,
    "Better or Worse? The Effect of Economic Sanctions on Human Rights",
    "Journal of Peace Research 46(1): 59-77",
)

CARD = Card(
    name="sanctions_attrition",
    title="Sanctions attrition",
    claim=(
        "Sanctions work, where they work, by wearing down: hardship grows while they hold, rents shrink, and "
        "those who carried the government for its rents reconsider. The population pays first."
    ),
    writes=(
        "While the condition holds, a hazard that the hardship factor rises a level; a hazard, per level of "
        "hardship, that the factor in `wears` falls a level; a running burden to the target per level of "
        "hardship; and, if `recovers` is named, a hazard that hardship eases while it does not hold."
    ),
    sources=(HUFBAUER, MARINOV, ESCRIBA_WRIGHT),
    aliases=(Alias("economic_coercion", HUFBAUER), Alias("naive_theory_of_sanctions", GALTUNG)),
    parameters=(
        Parameter(
            "rate", "hazard that hardship rises a level", "levels", 0.02, 0.4, assumed=True, per="month"
        ),
        Parameter(
            "bite", "hazard that loyalty falls, per level of hardship", "levels", 0.0, 0.15, True, "month"
        ),
        Parameter(
            "burden", "cost to the target, per level of hardship", "share of the stake", 0.0, 0.1, per="month"
        ),
        Parameter("recovers", "hazard that hardship eases a level", "levels", 0.02, 0.4, per="month"),
    ),
    directions=(
        Direction("rate", "hardship stands higher, and loyalty lower"),
        Direction("bite", "loyalty stands lower"),
        Direction("burden", "the target gives in sooner"),
        Direction("recovers", "hardship stands lower once the sanctions end"),
    ),
    limits=(
        Limit(
            "Counted strictly, sanctions alone have hardly ever moved a state on a matter it cares about: "
            "5 cases of 115.",
            PAPE,
        ),
        Limit("Hardship need not turn into disloyalty; it may draw a society together.", GALTUNG),
        Limit(
            "They loosen personal rulers who live by outside rents, not single-party or military regimes, "
            "which tax more and repress more.",
            ESCRIBA_WRIGHT,
        ),
        Limit("Government repression tends to grow worse under them, most of all under broad ones.", PEKSEN),
    ),
    example=(
        "sanctions_attrition: {of: caracas, when: sanctions is imposed, hardship: hardship, rate: squeeze, "
        "wears: cohesion, bite: bite, burden: hunger, per: month}"
    ),
)


class Args(Settings):
    """Settings of `sanctions_attrition`."""

    of: Name = Field(description="the target")
    when: Expression = Field(description="the condition under which sanctions hold")
    hardship: Name = Field(description="the factor that is the population's hardship, lowest first")
    rate: Expression | None = Field(
        None, description="hazard that hardship rises a level; assumed if not said"
    )
    wears: Name | None = Field(None, description="the factor that hardship wears down, such as loyalty")
    bite: Expression | None = Field(
        None, description="hazard that it falls a level, per level of hardship; assumed if `wears` is said"
    )
    burden: Payoff | None = Field(
        None, description="running cost to the target per level of hardship, or type: cost; none if not said"
    )
    recovers: Expression | None = Field(
        None, description="hazard that hardship eases a level while sanctions do not hold; none if not said"
    )
    per: Period = Field("month", description="unit of time of the rates and of `burden`")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """Events for hardship and loyalty, a flow for the burden."""
    draft = Draft(document, CARD, args, index)
    target = draft.actor(args.of, "of")
    hardship = draft.factor(args.hardship, "hardship")
    worn = draft.factor(args.wears, "wears") if args.wears is not None else None
    when = draft.expression(args.when, "when")
    if args.bite is not None and worn is None:
        draft.complain("bite", "'bite' without 'wears'", "the factor that is worn down", "Add 'wears:'.")
    if worn is not None and worn == hardship:
        draft.complain(
            "wears", f"'{worn}', the hardship itself", "another factor", "Name loyalty or the like."
        )
    if draft.wrong:
        return draft.done()
    draft.new_event(
        "hardship",
        "Hardship deepens under sanctions",
        when=terms.both(when, below_top(document, hardship)),
        rate=draft.amount(args.rate, "rate", per=args.per),
        per=args.per,
        then={hardship: 1},
    )
    if worn is not None:
        draft.new_event(
            "wear",
            f"Hardship wears down {worn}",
            when=terms.both(when, f"{hardship} > 0", f"{worn} > 0"),
            rate=terms.times(draft.amount(args.bite, "bite", per=args.per), hardship),
            per=args.per,
            then={worn: -1},
        )
    if args.burden is not None:
        burden = draft.amount(args.burden, "burden", bearer=target, per=args.per)
        draft.new_flow(
            "burden",
            f"Hardship is a burden to {target}",
            of=target,
            per=args.per,
            worth=terms.opposite(terms.scaled(burden, hardship)),
        )
    if args.recovers is not None:
        draft.new_event(
            "recovery",
            "Hardship eases without sanctions",
            when=terms.both(terms.neither(when), f"{hardship} > 0"),
            rate=draft.amount(args.recovers, "recovers", per=args.per),
            per=args.per,
            then={hardship: -1},
        )
    return draft.done()
