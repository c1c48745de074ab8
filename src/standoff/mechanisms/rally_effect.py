"""The rally effect: pressure from outside raises support for the one under pressure, for a while."""

from __future__ import annotations

from pydantic import Field

from standoff.language.document import CaseDocument, Expression, Name, Names, Period
from standoff.mechanisms import terms
from standoff.mechanisms.additions import Additions, Also, Cost
from standoff.mechanisms.args import Settings
from standoff.mechanisms.card import Alias, Card, Direction, Limit, Parameter, Source
from standoff.mechanisms.draft import Draft, goes_on

MUELLER = Source(
    "Mueller",
    1970,
    "Presidential Popularity from Truman to Johnson",
    "American Political Science Review 64(1): 18-34",
)
GALTUNG = Source(
    "Galtung",
    1967,
    "On the Effects of International Economic Sanctions, With Examples from the Case of Rhodesia",
    "World Politics 19(3): 378-416",
)
BAKER_ONEAL = Source(
    "Baker and Oneal",
    2001,
    "Patriotism or Opinion Leadership? The Nature and Origins of the 'Rally 'Round the Flag' Effect",
    "Journal of Conflict Resolution 45(5): 661-687",
)
BAUM = Source(
    "Baum",
    2002,
    "The Constituent Foundations of the Rally-Round-the-Flag Phenomenon",
    "International Studies Quarterly 46(2): 263-298",
)
LAI_REITER = Source(
    "Lai and Reiter",
    2005,
    "Rally 'Round the Union Jack? Public Opinion and the Use of Force in the United Kingdom, 1948-2001",
    "International Studies Quarterly 49(2): 255-272",
)
FRYE = Source(
    "Frye",
    2019,
    "Economic Sanctions and Public Opinion: Survey Experiments From Russia",
    "Comparative Political Studies 52(7): 967-994",
)

CARD = Card(
    name="rally_effect",
    title="Rally effect",
    claim=(
        "A sharp, public act of pressure from outside raises support for the leadership it is aimed at, "
        "so that force shown to break a government may at first hold it together. The effect fades."
    ),
    writes=(
        "On each named move of the outside power, a chance that the support factor rises a rung; if `gain` "
        "is named, a gain per rung of support on the moves that resist; if `fades` is named, a hazard that "
        "support above its starting level falls a rung."
    ),
    sources=(MUELLER, BAUM),
    aliases=(Alias("rally_round_the_flag", MUELLER), Alias("rally_effect_of_sanctions", GALTUNG)),
    parameters=(
        Parameter("chance", "chance that one such act raises support a rung", "probability", 0.05, 0.6, True),
        Parameter("gain", "what support adds to resisting, per rung", "share of the stake", 0.0, 0.2),
        Parameter("fades", "how fast it wears off", "rungs", 0.05, 0.7, per="month"),
    ),
    directions=(
        Direction("chance", "support stands higher after the pressure"),
        Direction("gain", "resisting becomes likelier while support is high"),
        Direction("fades", "support stands lower some time after the pressure"),
    ),
    limits=(
        Limit(
            "Most rallies are small and short, and hang on how the media and the opposition answer.",
            BAKER_ONEAL,
        ),
        Limit("Outside the gravest crises the use of force moved opinion little or not at all.", LAI_REITER),
        Limit(
            "In survey experiments being told of sanctions did not raise approval of the leadership.", FRYE
        ),
    ),
    example=(
        "rally_effect: {of: caracas, on: [washington.strike, washington.reinforce], raises: cohesion, "
        "chance: rally, steels: defy, gain: rally_gain, fades: rally_fades, per: month}"
    ),
)


class Args(Settings):
    """Settings of `rally_effect`."""

    of: Name = Field(description="the actor under pressure")
    on: Names = Field(min_length=1, description="moves of others that press on it, as actor.move")
    raises: Name = Field(description="the factor that is its support")
    chance: Expression | None = Field(
        None, description="chance that one such move raises support a rung; assumed if not said"
    )
    steels: Names = Field(default_factory=list, description="moves of `of` that resist")
    gain: Expression | None = Field(
        None, description="gain on those moves per rung of support; none if not said"
    )
    fades: Expression | None = Field(
        None, description="hazard that support above its start falls a rung; never if not said"
    )
    per: Period = Field("month", description="unit of time of `fades`")


def expand_one(document: CaseDocument, args: Args, index: int) -> Additions:
    """A chance on each pressing move; gains on resisting; an event that fades."""
    draft = Draft(document, CARD, args, index)
    actor = draft.actor(args.of, "of")
    spots = draft.moves(args.on, "on")
    factor = draft.factor(args.raises, "raises")
    resisting = draft.moves(args.steels, "steels", by=args.of)
    chance = draft.amount(args.chance, "chance")
    if (args.gain is None) != (not args.steels):
        key, other = ("steels", "gain") if args.gain is None else ("gain", "steels")
        draft.complain(
            key, f"'{key}' without '{other}'", "both or neither", f"Add '{other}:', or remove '{key}:'."
        )
    for spot in spots:
        if not goes_on(document, spot):
            draft.complain(
                "on",
                f"{spot.words}, after which the game is over",
                "a move with a morrow in which support counts",
                "Remove it here.",
            )
    if draft.wrong:
        return draft.done()
    draft.add(*(Also(spot, chance, {factor: 1}) for spot in spots))
    if args.gain is not None:
        gain = draft.amount(args.gain, "gain")
        draft.add(*(Cost(spot, actor, terms.negative(terms.times(gain, factor))) for spot in resisting))
    if args.fades is not None:
        scale = document.factors[factor]
        floor = scale.levels.index(scale.start) if scale.start in scale.levels else 0
        draft.new_event(
            "fades",
            f"The rally behind {actor} fades",
            when=f"{factor} > {floor}",
            rate=draft.amount(args.fades, "fades", per=args.per),
            per=args.per,
            then={factor: -1},
        )
    return draft.done()
