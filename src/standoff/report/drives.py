"""What a forecast hangs on, in words: the shared sentences of the brief and the terminal.

Rows and pieces are read from the plain data of `standoff.analysis.sensitivity`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standoff.report import sentences, words
from standoff.report.phrases import Piece
from standoff.report.references import References

Found = Mapping[str, Any]
Pieces = list[Piece]
NAMED = 4  # inputs named in one sentence


def inputs(found: Found) -> dict[str, Found]:
    """Inputs by name."""
    return {one["name"]: one for one in found["inputs"]}


def label(one: Found, refs: References) -> Piece:
    """An input by the name it has in formulas and on the command line, for a table; a prior by the type's title."""
    if one["kind"] == "prior":
        piece = called(one, refs)
        return Piece(piece.text.removeprefix("the "), piece.href)
    return Piece(words.plain(one["name"]), refs.href("parameter", one["name"]))


def called(one: Found, refs: References) -> Piece:
    """An input by its title, for the middle of a sentence, leading to where it stands."""
    if one["kind"] == "prior":
        text = f"the starting estimate of {kind(one['actor'], one['type'], refs)}"
        return Piece(text, refs.href("type", one["actor"], one["type"]))
    return Piece(sentences.quoted(words.capital(str(one["title"] or words.plain(one["name"])))),
                 refs.href("parameter", one["name"]))  # fmt: skip


def kind(actor: str, name: str, refs: References) -> str:
    """A type by its title: ``“Holds on at any price”``."""
    return sentences.quoted(words.capital(refs.title("type", actor, name)))


def title(one: Found, refs: References) -> str:
    """What an input is, in the case's words."""
    if one["kind"] == "prior":
        who = words.mid_sentence(refs.title("actor", one["actor"]))
        return f"How likely this is held of {who} before the evidence"
    parts = [words.plain(name) for name in one["made_of"]]
    return f"{one['title']} (made of {words.listed(parts)})" if parts else str(one["title"])


def told(target: Found) -> list[Found]:
    """Effects that can be told from chance, the largest first."""
    return [effect for effect in target["effects"] if effect["told"]]


def way(effect: Found) -> str:
    """``likelier``, ``less likely`` or ``either way``: the answer where the input is high."""
    return {1: "likelier", -1: "less likely"}.get(effect["way"], "either way")


def change(effect: Found) -> str:
    """``7 % → 28 %``."""
    return f"{words.short_percent(effect['lowest_third'])} → {words.short_percent(effect['highest_third'])}"


def change_range(effect: Found) -> str:
    """The interval of the difference in points: ``+16 to +25``; empty where there is none."""
    low, high = effect["change"]["low"], effect["change"]["high"]
    if low is None or high is None:
        return ""
    first, last = words.points(low), words.points(high)
    return words.in_points(first) if first == last else f"{first} to {last}"


def value(number: Any, one: Found) -> str:
    """A value of an input with the digits that its range allows."""
    return words.number(number, one["high"] - one["low"])


def named(effects: Sequence[Found], found: Found, refs: References, most: int = NAMED) -> Pieces:
    """Inputs as a list; how many more there are, where there are more than `most`."""
    known = inputs(found)
    shown = effects[:most]
    more = len(effects) - len(shown)
    pieces: Pieces = []
    for k, effect in enumerate(shown):
        last = k == len(shown) - 1 and not more
        pieces += [Piece(" and " if last else ", ")] if k else []
        pieces.append(called(known[effect["input"]], refs))
    return [*pieces, Piece(f" and {more} more")] if more else pieces


def rest(target: Found) -> str:
    """How many inputs cannot be told from chance."""
    count = len(target["effects"]) - len(told(target))
    if not target["effects"]:
        return "It is the same in all draws."
    if not told(target):
        return f"None of the {count} numbers that vary can be told from chance in these draws."
    return f"The other {count} cannot be told from chance in these draws." if count else ""


def region(target: Found, found: Found, refs: References) -> Pieces:
    """Where an outcome is likely, with coverage, density and mass, and how it fared on draws left out; or that no
    such region can be told from chance."""
    box = target["region"]
    if box is None:
        return []
    what = f"“{words.capital(target['title'])}” " + (
        "is the likeliest ending"
        if box["of"] == "likeliest"
        else f"has a chance above {words.percent(box['threshold'])}"
    )
    share = words.percent(box["share"])
    if not box["told"]:
        return [Piece(f"No region can be told from chance in which {what} ({share} of the draws by weight).")]
    known = inputs(found)
    pieces = [Piece(f"{what} ({share} of the draws by weight) mostly where ")]
    for k, limit in enumerate(box["limits"]):
        one = known[limit["input"]]
        pieces += [Piece(" and ")] if k else []
        pieces += [called(one, refs), Piece(f" is {limit['side']} {value(limit['limit'], one)}")]
    again = words.listed([words.percent(limit["reproduced"]) for limit in box["limits"]])
    mass, coverage, density = (words.percent(box[key]) for key in ("mass", "coverage", "density"))
    tried = {key: words.percent(box["tried"][key]) for key in ("coverage", "density")}
    limits = "the limit is" if len(box["limits"]) == 1 else "the limits are"
    pieces.append(
        Piece(
            f". That region holds {mass} of all draws (mass) and {coverage} of those meant (coverage); {density} of "
            f"what it holds is meant (density). Searched for again in resamples and tried on the draws these left out: "
            f"coverage {tried['coverage']}, density {tried['density']}, where blind choice has a density of {share}; "
            f"{limits} found again in {again} of resamples."
        )
    )
    return pieces


def flips(turns: Found, found: Found, refs: References, what: str, sides: Mapping[str, str]) -> Pieces:
    """Flip-points of one thing over all inputs in a sentence or two.

    what: the sentence's subject where nothing flips (``the likeliest ending stays the same``); sides: what to say of
    each side of a flip, by its name.
    """
    known = inputs(found)
    pieces: Pieces = []
    for turn in turns["flips"]:
        one = known[turn["input"]]
        at, low, high = (value(turn[key], one) for key in ("at", "low", "high"))
        span = f"; nine in ten resamples put it between {low} and {high}" if low != high else ""
        pieces += [
            Piece("As " if not pieces else " As "),
            called(one, refs),
            Piece(f" rises past {at}, {sides[turn['before']]} gives way to {sides[turn['after']]}{span}."),
        ]
    verdicts = list(turns["verdicts"].values())
    none, untold = verdicts.count("none"), verdicts.count("untold")
    space = " " if pieces else ""
    if none and untold:
        pieces.append(
            Piece(
                f"{space}Along {none} of the {len(verdicts)} numbers that vary, each from one end of its draws to the "
                f"other, {what}; for {untold} it cannot be told."
            )
        )
    elif none:
        each = "any other of the numbers" if pieces else f"any of the {none} numbers"
        pieces.append(Piece(f"{space}Along {each} that vary, each from one end of its draws to the other, {what}."))
    elif untold:
        left = "the others" if pieces else f"any of the {untold} numbers that vary"
        pieces.append(Piece(f"{space}Along {left} it cannot be told from these draws whether {what}."))
    return pieces


def likeliest(found: Found, refs: References) -> Pieces:
    """Where the likeliest ending changes."""
    if found["likeliest"] is None:
        return []
    names = {turn[key] for turn in found["likeliest"]["flips"] for key in ("before", "after")}
    sides = {name: f"“{refs.title('outcome', name)}” as the likeliest ending" for name in names}
    return flips(found["likeliest"], found, refs, "the likeliest ending stays the same", sides)


def half(target: Found, found: Found, refs: References) -> Pieces:
    """Where an outcome's chance crosses one half; nothing to say where it is on one side throughout."""
    turns = target["half"]
    if turns is None or not turns["flips"]:
        return []
    sides = {"below": f"a chance of “{words.capital(target['title'])}” below one half", "above": "one above one half"}
    if turns["flips"][0]["before"] == "above":
        sides = {
            "above": f"a chance of “{words.capital(target['title'])}” above one half",
            "below": "one below one half",
        }
    return flips({**turns, "verdicts": {}}, found, refs, "", sides)


def beliefs(found: Found, refs: References) -> list[tuple[str, Pieces]]:
    """For every type of an actor with a secret: its title, and what the belief in it hangs on, its own prior left
    out."""
    rows = []
    for actor, kinds in found["beliefs"].items():
        for name, target in kinds.items():
            others = [effect for effect in told(target) if inputs(found)[effect["input"]]["actor"] != actor]
            if others:
                head = f"{kind(actor, name, refs)} ({words.mid_sentence(refs.title('actor', actor))})"
                rows.append((head, named(others, found, refs)))
    return rows


def exact(found: Found, refs: References) -> list[Pieces]:
    """What solving anew along one parameter says."""
    line = found["exact"]
    if line is None:
        return []
    title_ = sentences.quoted(words.capital(refs.title("parameter", line["parameter"])))
    place = Piece(title_, refs.href("parameter", line["parameter"]))
    span = max(line["values"]) - min(line["values"])
    ends = [words.number(edge, span) for edge in (line["values"][0], line["values"][-1])]
    intro = (
        f" from {ends[0]} to {ends[1]}, solved anew in {words.count(line['common'], 'draw')}, all else as it is in each"
    )
    rows: list[Pieces] = []
    for turn in line["flips"]:
        at = words.number(turn["at"], span)
        if turn["what"] == "likeliest":
            text = (
                f": past {at}, “{refs.title('outcome', turn['after'])}” is the likeliest ending, and no longer "
                f"“{refs.title('outcome', turn['before'])}”."
            )
        else:
            text = f": past {at}, the chance of “{refs.title('outcome', turn['what'])}” is {turn['after']} one half."
        rows.append([place, Piece(intro + text)])
    if not rows:
        rows.append([place, Piece(f"{intro}: neither the likeliest ending changes nor does a chance cross one half.")])
    single = line["single"]
    rows.append(
        [Piece(f"In {single} of these {words.count(line['common'], 'draw')} taken alone the likeliest ending changes.")]
    )
    return rows
