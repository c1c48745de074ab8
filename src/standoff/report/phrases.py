"""The model in words: guards, effects, endings and costs as sentences, with links on the names in them.

A sentence is a list of `Piece`: text, and where a link leads if there is one. HTML, Markdown and the terminal
print the same pieces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standoff.report.references import References
from standoff.report.words import day, listed, mid_sentence, plain


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `href` is empty where it is no link."""

    text: str
    href: str = ""


Pieces = list[Piece]
_NAME = r"[A-Za-z_]\w*"
_TOKEN = re.compile(
    rf"\s+|\d{{4}}-\d\d-\d\d|\d[\w.]*|{_NAME}|\*\*|[<>=!]=|.",
    re.DOTALL,
)
_SIGNS = {"*": "×", "**": "^", "-": "−", ">=": "≥", "<=": "≤", "!=": "≠", "==": "="}
_KEYWORDS = frozenset(["and", "or", "not", "is", "in", "if", "else", "true", "false"])
_WORDS = _KEYWORDS | {"min", "max", "clip", "logistic", "abs", "exp", "log", "sqrt"}
_LEVEL = {
    ">=": "is at least",
    "<=": "is at most",
    ">": "is above",
    "<": "is below",
    "==": "is",
    "!=": "is not",
}
_DATE = {">=": "on or after", "<=": "up to", ">": "after", "<": "before", "==": "on", "!=": "not on"}


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def expression(source: Any, refs: References) -> Pieces:
    """An expression of the case language, its names as words and its parameters and factors as links."""
    found: Pieces
    if isinstance(source, bool):
        return [Piece("always" if source else "never")]
    if isinstance(source, int | float):
        return [Piece(f"{source:g}".replace("-", "−"))]
    if isinstance(source, Mapping):
        return by_name(source, refs)
    if isinstance(source, list | tuple):
        found = []
        for position, item in enumerate(source):
            found += [*([Piece(" and ")] if position else []), *expression(item, refs)]
        return _joined(found)
    if source is None:
        return []
    found = []
    tokens = _TOKEN.findall(str(source).strip())
    words = [t for t in tokens if not t.isspace()]
    position = 0
    while position < len(words):
        taken, pieces = _condition(words, position, refs)
        found += [Piece(" ")] if found and _spaced(words, position) else []
        found += pieces
        position += taken
    return _joined(found)


def _condition(words: Sequence[str], at: int, refs: References) -> tuple[int, Pieces]:
    """One step of reading: a comparison with a factor or a date, a choice of levels, or a single token."""
    token, rest = words[at], words[at + 1 : at + 3]
    if not re.fullmatch(_NAME, token) or token in _WORDS:
        dated = re.fullmatch(r"\d{4}-\d\d-\d\d", token)
        return 1, [Piece(day(token) if dated else _SIGNS.get(token, token))]
    factor = refs.href("factor", token)
    if token == "date" and rest and rest[0] in _DATE:
        return 2, [Piece(_DATE[rest[0]])]
    if rest[:1] == ["."]:  # factor.level: the level says it all
        return (2, []) if not refs.href("parameter", token) else (1, [_named(token, refs)])
    if rest[:1] == ["is"] and refs.id("type", token, rest[-1]):  # actor is type: its title says it
        said = Piece(f"“{refs.title('type', token, rest[-1])}”", refs.href("type", token, rest[-1]))
        return 3, [Piece(mid_sentence(refs.title("actor", token)), refs.href("actor", token)), Piece(" "), said]
    if rest and rest[0] in ("in", "not") and "in" in rest:
        skip = at + 1 + rest.index("in") + 1
        if words[skip : skip + 1] == ["("] and ")" in words[skip:]:
            end = words.index(")", skip)
            names = [plain(w) for w in words[skip + 1 : end] if w != ","]
            listed_names = listed(names, "nor" if rest[0] == "not" else "or")
            verb = "is neither" if rest[0] == "not" else "is"
            return end - at + 1, [_named(token, refs), Piece(f" {verb} {listed_names}")]
    if factor and rest and rest[0] in _LEVEL:
        levels = refs.levels(token)
        compared = Piece(f" {_LEVEL[rest[0]]}")
        if rest[1:] and rest[1].isdigit() and int(rest[1]) < len(levels):
            return 3, [_named(token, refs), compared, Piece(f" {plain(levels[int(rest[1])])}")]
        return 2, [_named(token, refs), compared]
    return 1, [_named(token, refs)]


def _named(token: str, refs: References) -> Piece:
    return Piece(plain(token), refs.href("parameter", token) or refs.href("factor", token))


def _spaced(words: Sequence[str], at: int) -> bool:
    """Whether a blank stands before this token."""
    token, before = words[at], words[at - 1] if at else "("
    if token in {")", ",", "."} or before in {"(", "."}:
        return False
    if token == "(":
        return before in {"and", "or", "not", "if", "else", "is", "in"} or not re.fullmatch(_NAME, before)
    if before == "-" and (
        at < 2 or words[at - 2] in {"(", ",", "*", "/", "+", "-", "if", "else", "and", "or"}
    ):
        return False
    return not (token == "**" or before == "**")


def _joined(pieces: Sequence[Piece]) -> Pieces:
    found: Pieces = []
    for piece in pieces:
        if found and not piece.href and not found[-1].href:
            found[-1] = Piece(found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def by_name(record: Mapping[str, Any], refs: References, between: str = " ") -> Pieces:
    """``{bluff: 0.4, remove: x}`` as "bluff 0.4, remove x"."""
    found: Pieces = []
    for position, (name, value) in enumerate(record.items()):
        if position:
            found.append(Piece(", "))
        found.append(Piece(f"{plain(name)}{between}"))
        if isinstance(value, Mapping):
            found += [Piece("("), *by_name(value, refs), Piece(")")]
        else:
            found += expression(value, refs)
    return _joined(found)


def change(then: Any, refs: References) -> Pieces:
    """What a move does to the factors: "raises ships by one rung, sets talks to open"."""
    if not then:
        return []
    if not isinstance(then, Mapping):
        return expression(then, refs)
    found: Pieces = []
    for position, (factor, value) in enumerate(then.items()):
        if position:
            found.append(Piece(", "))
        name = Piece(plain(factor), refs.href("factor", factor))
        step = shift_of(value)
        if step == 0:
            found += [Piece("leaves "), name, Piece(" as it is")]
        elif step is None:
            found += [Piece("sets "), name, Piece(" to "), *_level(value, refs)]
        else:
            rungs = "one rung" if abs(step) == 1 else f"{abs(step)} rungs"
            found += [Piece("raises " if step > 0 else "lowers "), name, Piece(f" by {rungs}")]
    return _joined(found)


def _level(value: Any, refs: References) -> Pieces:
    """A level, or levels each with a chance."""
    if isinstance(value, Mapping):
        return by_name(value, refs)
    return [Piece(plain(value))]


def shift_of(value: Any) -> int | None:
    """Rungs that a value of `then` moves a factor by; None where it names a level."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]\d+", value.strip()):
        return int(value)
    return None


def ending(ends: Any, refs: References) -> Pieces:
    """Outcomes an effect ends in, with their chances."""
    if not ends:
        return []
    if not isinstance(ends, Mapping):
        return [Piece("ends in "), _outcome(str(ends), refs)]
    found: Pieces = [Piece("ends in ")]
    for position, (name, chance) in enumerate(ends.items()):
        if position:
            found.append(Piece(", or in "))
        found.append(_outcome(name, refs))
        if chance != 1:
            found += [Piece(" with chance "), *expression(chance, refs)]
    return _joined(found)


def _outcome(name: str, refs: References) -> Piece:
    href = refs.href("outcome", name)
    title = refs.title("outcome", name)
    return Piece(f"“{title}”", href)


def cost(costs: Any, refs: References) -> Pieces:
    """Who pays what."""
    if costs is None or costs == 0 or costs == {}:
        return []
    if not isinstance(costs, Mapping):
        if isinstance(costs, int | float) and costs < 0:
            return [Piece("gain to the mover: "), *expression(-costs, refs)]
        return [Piece("cost to the mover: "), *expression(costs, refs)]
    found: Pieces = []
    for position, (actor, value) in enumerate(costs.items()):
        name = Piece(mid_sentence(refs.title("actor", actor)), refs.href("actor", actor))
        found += [Piece("; cost to " if position else "cost to "), name, Piece(": ")]
        found += by_name(value, refs) if isinstance(value, Mapping) else expression(value, refs)
    return _joined(found)


def effect(record: Mapping[str, Any], refs: References) -> Pieces:
    """All of a move or event in a few sentences."""
    sentences: list[Pieces] = []
    when = record.get("when", True)
    if record.get("chance") is not None:
        occasion = [] if when in (True, "true", None) else [Piece(", once, when "), *expression(when, refs)]
        sentences.append([Piece("chance "), *expression(record["chance"], refs), *occasion])
    elif record.get("rate") is not None:
        per = plain(record.get("per") or "step")
        during = [] if when in (True, "true", None) else [Piece(", while "), *expression(when, refs)]
        sentences.append([Piece("rate "), *expression(record["rate"], refs), Piece(f" per {per}"), *during])
    elif when in (True, "true", None):
        sentences.append([Piece("always open")])
    else:
        sentences.append([Piece("open when "), *expression(when, refs)])
    ends = ending(record.get("ends"), refs)
    then = change(record.get("then"), refs)
    if ends:
        sentences.append(ends)
    if then:
        sentences.append([Piece("otherwise "), *then] if ends else then)
    for way in record.get("perhaps") or []:
        does = change(way.get("then"), refs) or [Piece("changes nothing")]
        lead = Piece("or, with chance " if ends or then else "with chance ")
        sentences.append([lead, *expression(way.get("chance"), refs), Piece(", "), *does])
    if not ends and not then:
        nothing = "otherwise nothing changes" if record.get("perhaps") else "changes nothing by itself"
        sentences.append([Piece(nothing)])
    price = cost(record.get("costs"), refs)
    if price:
        sentences.append(price)
    if record.get("covert"):
        sentences.append([Piece("unseen: others see only what it changes")])
    found: Pieces = []
    for sentence in sentences:
        first = sentence[0]
        found.append(Piece((" " if found else "") + first.text[:1].upper() + first.text[1:], first.href))
        found += [*sentence[1:], Piece(".")]
    return _joined(found)


def worth(record: Mapping[str, Any], refs: References) -> Pieces:
    """What an outcome is worth to each actor."""
    value = record.get("worth")
    if not isinstance(value, Mapping):
        return expression(value, refs) if value is not None else []
    found: Pieces = []
    for position, (actor, part) in enumerate(value.items()):
        name = Piece(refs.title("actor", actor), refs.href("actor", actor))
        found += [Piece("; " if position else ""), name, Piece(": ")]
        found += by_name(part, refs) if isinstance(part, Mapping) else expression(part, refs)
    return [p for p in _joined(found) if p.text]
