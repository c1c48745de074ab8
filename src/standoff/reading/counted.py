"""What numbers count: nouns that mean the same thing, and what sets one thing apart from another.

A small table, meant to be read and added to. Words that are not in it count only themselves.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# One thing, by its plural nouns. `war` and the like before it are kinds, see KINDS.
THINGS: dict[str, frozenset[str]] = {
    "troops": _words("troops soldiers personnel servicemen servicewomen servicemembers"),
    "marines": _words("marines"),
    "militia members": _words("militiamen militias militia reservists"),
    "police": _words("police policemen officers gendarmes"),
    "fighters": _words("fighters militants guerrillas rebels gunmen insurgents mercenaries"),
    "ships": _words("ships vessels warships battleships craft"),
    "boats": _words("boats speedboats ferries"),
    "submarines": _words("submarines"),
    "destroyers": _words("destroyers frigates"),
    "carriers": _words("carriers"),
    "aircraft": _words("aircraft planes jets warplanes aeroplanes airplanes fighters-jets"),
    "helicopters": _words("helicopters"),
    "drones": _words("drones"),
    "missiles": _words("missiles rockets"),
    "tanks": _words("tanks"),
    "strikes": _words("strikes airstrikes attacks raids bombings"),
    "people": _words("people persons civilians men women residents inhabitants victims individuals casualties bodies"),
    "protesters": _words("protesters demonstrators marchers"),
    "prisoners": _words("prisoners detainees hostages captives"),
    "refugees": _words("refugees migrants emigrants asylum-seekers"),
    "crew": _words("sailors crew seamen crewmen"),
    "states": _words("states countries nations governments"),
    "votes": _words("votes ballots"),
    "seats": _words("seats"),
    "houses": _words("houses homes dwellings"),
}
THING_OF: dict[str, str] = {noun: thing for thing, nouns in THINGS.items() for noun in nouns}
SINGULAR = {"aircraft", "personnel", "police", "militia", "crew", "people", "men", "women", "servicemen", "craft"}

# What befell those who are counted; another fate is another thing.
FATES: dict[str, frozenset[str]] = {
    "killed": _words("killed dead died slain deaths fatalities perished"),
    "wounded": _words("wounded injured hurt injuries"),
    "arrested": _words("arrested detained imprisoned jailed captured arrests"),
    "missing": _words("missing disappeared"),
    "displaced": _words("displaced evacuated fled"),
    "sunk": _words("sunk destroyed"),
}
FATE_OF: dict[str, str] = {word: fate for fate, words in FATES.items() for word in words}
FATE_NOUNS = _words("deaths fatalities dead killed injuries injured wounded arrests casualties missing")

# Kinds of one thing: figures with different kinds are about different things, one without a kind fits each.
KINDS: dict[str, str] = {
    word: kind
    for kind, words in {
        "war": "war warships naval navy military battleships armed combat",
        "support": "support supply auxiliary logistics",
        "fishing": "fishing trawlers",
        "trade": "merchant cargo container commercial tanker",
        "drugs": "drug drug-smuggling smuggling trafficking drug-trafficking suspected alleged narco",
        "coast guard": "patrol coastguard",
        "foreign": "foreign",
        "reserve": "reserve retired",
        "police": "police",
        "special": "special elite commando",
        "air": "air missile drone",
        "ground": "ground",
        "civilian": "civilian civilians",
        "oil": "oil crude",
    }.items()
    for word in words.split()
}
MORE = _words("more additional further extra another other fresh new")

# Durations and the like are numbers of everything and of nothing in particular; but see `stores`.
NOT_COUNTED = _words(
    "years year months month weeks week days day hours hour minutes minute seconds second decades decade centuries "
    "century times time points point percent chapters pages words ways things reasons questions options examples steps "
    "parts sides cases occasions rounds generations nights lines cent"
)

_NATIONS = {
    "us": "united states", "u.s": "united states", "u.s.": "united states", "usa": "united states",
    "american": "united states", "americans": "united states", "america": "united states",
    "united states": "united states", "british": "britain", "uk": "britain", "u.k": "britain",
    "united kingdom": "britain", "french": "france", "dutch": "netherlands", "spanish": "spain", "chinese": "china",
    "german": "germany", "greek": "greece", "turkish": "turkey", "iraqi": "iraq", "israeli": "israel",
    "danish": "denmark", "polish": "poland", "swedish": "sweden", "finnish": "finland", "swiss": "switzerland",
    "irish": "ireland", "saudi": "saudi arabia", "norwegian": "norway", "argentine": "argentina",
    "peruvian": "peru", "portuguese": "portugal", "washington": "united states", "pentagon": "united states",
}  # fmt: skip
_ENDINGS = re.compile(r"(?:ians?|ans?|ns?|i|ese|ish|ic)$")


def owner(name: str) -> str:
    """A nation or body as it is compared: 'U.S.', 'American' and 'United States' are one, 'Cuban' and 'Cuba' too."""
    key = re.sub(r"^the ", "", name.casefold()).strip(" .,'")
    key = re.sub(r"'s$", "", key)
    first = key.split(" ")[0] if key else ""
    for candidate in (key, " ".join(key.split(" ")[:2]), first):
        if candidate in _NATIONS:
            return _NATIONS[candidate]
    stem = _ENDINGS.sub("", key)
    return re.sub(r"[aeiouy]+$", "", stem) if len(stem) > 3 else key


def shown_owner(owners: frozenset[str]) -> str:
    """The nation that figures have in common, as one writes it; '' where it is none of those known by name."""
    known = sorted(name for name in owners if name in _NATIONS.values())
    return known[0].title() if len(known) == 1 else ""
