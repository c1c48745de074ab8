"""Text of an expression to a syntax tree that is safe to walk.

The text is cut into tokens first. Whatever the language does not have (strings, brackets, colons,
letters beyond ASCII) is refused here with its column, so Python's parser only ever sees names,
numbers, operators and round brackets. Numbers, dates and words that Python reserves for itself are
replaced by upper-case names of equal length: columns stay right, no number is ever turned into a huge
integer, and a level may be called ``raise`` or ``pass``.
"""

from __future__ import annotations

import ast
import keyword
import math
import re
from dataclasses import dataclass
from datetime import date

from standoff.errors import CaseError, Problem
from standoff.language.printable import printable

MAX_LENGTH = 2_000
MAX_DEPTH = 40
MAX_NODES = 400
MAX_NUMBER = 1e12

_OPERATOR_WORDS = frozenset({"and", "or", "not", "in", "is", "if", "else"})
_AFTER_VALUE = frozenset(
    {"**", "<=", ">=", "==", "!=", "*", "/", "%", "<", ">", ",", ".", "and", "or", "in", "is", "if", "else"}
)
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<date>\d{4}-\d{2}-\d{2}(?![\w.]))"
    r"|(?P<number>(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op>\*\*|<=|>=|==|!=|/(?!/)|[-+*%<>(),.])",
    re.ASCII,
)
_INSTEAD = {
    "//": "Write `/`; there is no whole-number division.",
    "&&": "Write `and`.",
    "||": "Write `or`.",
    "&": "Write `and`.",
    "|": "Write `or`.",
    "!": "Write `not`.",
    "^": "Write `**` for a power.",
    "=": "Write `is` or `==` to compare.",
    "[": "Use round brackets.",
    "]": "Use round brackets.",
    "{": "Use round brackets.",
    "}": "Use round brackets.",
    '"': "Names stand without quotation marks.",
    "'": "Names stand without quotation marks.",
    "≤": "Write `<=`.",
    "≥": "Write `>=`.",
    "≠": "Write `!=`.",
    "×": "Write `*`.",
    "·": "Write `*`.",
    "÷": "Write `/`.",
    "−": "Write a plain hyphen for minus.",
    "–": "Write a plain hyphen for minus.",
    "—": "Write a plain hyphen for minus.",
    ":": "An expression has no colon; for a choice write `a if condition else b`.",
}


class ExpressionError(CaseError):
    """An expression that cannot be read; `column` of its problems counts from 1 inside the expression."""


@dataclass(frozen=True)
class Syntax:
    """A parsed expression: the tree, and what the placeholders in it stand for, by column offset."""

    tree: ast.expr
    literals: dict[int, float]
    dates: dict[int, date]
    words: dict[int, str]

    def name(self, node: ast.Name) -> str:
        """The word as written."""
        return self.words.get(node.col_offset, node.id)


def refuse(found: str, expected: str, mend: str, column: int = 1) -> ExpressionError:
    """One problem at one column, as an error to raise."""
    return ExpressionError(Problem(found=found, expected=expected, mend=mend, line=0, column=column))


def shown(text: str) -> str:
    """A short, printable piece of the text, quoted for a message."""
    return f"`{printable(text, 40)}`"


def parse(text: str) -> Syntax:
    """Read `text`; raises `ExpressionError`. Time and memory are linear in a length of at most 2,000."""
    if len(text) > MAX_LENGTH:
        raise refuse(
            f"an expression of {len(text):,} characters",
            f"at most {MAX_LENGTH:,}",
            "Name its parts as parameters with `is`, and use the names here.",
        )
    if not text.strip():
        raise refuse(
            "an empty expression", "a number, a name or a formula", "Write a value, or leave the key out."
        )
    tidy = _Tidy(text)
    lead = len(tidy.text) - len(tidy.text.lstrip())
    try:
        tree = ast.parse(tidy.text[lead:].rstrip(), mode="eval").body
    except SyntaxError as error:
        raise _unreadable(text, (error.offset or 1) + lead) from None
    except (RecursionError, MemoryError, ValueError):
        raise _too_deep() from None
    nodes = 0
    for node in ast.walk(tree):
        nodes += isinstance(node, ast.expr)
        if isinstance(node, ast.expr):
            node.col_offset += lead
            node.end_col_offset = (node.end_col_offset or 0) + lead
    if nodes > MAX_NODES:
        raise refuse(
            f"an expression with {nodes} parts",
            f"at most {MAX_NODES}",
            "Name its parts as parameters with `is`, and use the names here.",
        )
    return Syntax(tree, tidy.literals, tidy.dates, tidy.words)


class _Tidy:
    """One pass over the tokens: `text` with placeholders, and what they stand for."""

    def __init__(self, text: str) -> None:
        self.literals: dict[int, float] = {}
        self.dates: dict[int, date] = {}
        self.words: dict[int, str] = {}
        pieces: list[str] = []
        opened: list[int] = []
        at, previous = 0, ""
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise _foreign(text, at)
            kind, token = str(match.lastgroup), match.group()
            value = kind in ("date", "number") or (kind == "word" and token not in _OPERATOR_WORDS)
            if value and previous == "value":
                raise refuse(
                    f"{shown(token)} right after another value",
                    "an operator between two values",
                    "Put `and`, `+`, `*`, `<` or the like between them.",
                    at + 1,
                )
            if (
                token in _AFTER_VALUE
                and previous not in ("value", ")")
                and (previous, token) != ("not", "in")
            ):
                raise refuse(
                    f"{shown(token)} with nothing before it" if previous != "," else "a comma too many",
                    "a value on either side",
                    "Write what is missing, or remove the operator.",
                    at + 1,
                )
            pieces.append(self._placeholder(kind, token, at))
            if token == "(":
                opened.append(at)
                if len(opened) > MAX_DEPTH:
                    raise _too_deep(at + 1)
            elif token == ")":
                if not opened:
                    raise refuse(
                        "`)` that closes nothing", "a `(` before it", "Remove it, or open a bracket.", at + 1
                    )
                opened.pop()
            if kind != "space":
                previous = "value" if value else token
            at = match.end()
        if opened:
            raise refuse(
                "`(` that is never closed", "a `)` for every `(`", "Close the bracket.", opened[-1] + 1
            )
        if previous not in ("value", ")"):
            raise refuse(
                f"an expression that stops after {shown(previous)}",
                "a value on either side",
                "Write what follows, or remove the operator.",
                len(text.rstrip()),
            )
        self.text = "".join(pieces)

    def _placeholder(self, kind: str, token: str, at: int) -> str:
        if kind == "space":
            return " " * len(token)
        if kind == "date":
            self.dates[at] = _date(token, at)
            self.literals[at] = float(self.dates[at].toordinal())
            return "D" * len(token)
        if kind == "number":
            self.literals[at] = _number(token, at)
            return "N" * len(token)
        if kind == "word" and token not in _OPERATOR_WORDS:
            if token.lower() in ("true", "false"):
                self.words[at] = token.lower()
                return token.upper()
            if token != token.lower():
                raise refuse(
                    shown(token),
                    "names in lower case",
                    f"Write {shown(token.lower())}, as it was declared.",
                    at + 1,
                )
            if keyword.iskeyword(token):
                self.words[at] = token
                return token.upper()
        return token


def _date(token: str, at: int) -> date:
    try:
        return date.fromisoformat(token)
    except ValueError:
        raise refuse(
            f"{shown(token)}, which is no day of the calendar",
            "a date such as 2025-11-28",
            "Write year-month-day.",
            at + 1,
        ) from None


def _number(token: str, at: int) -> float:
    value = float(token)
    if not math.isfinite(value) or value > MAX_NUMBER:
        raise refuse(
            f"the number {shown(token)}", f"numbers up to {MAX_NUMBER:g}", "Use a larger unit.", at + 1
        )
    return value


def _foreign(text: str, at: int) -> ExpressionError:
    two, one = text[at : at + 2], text[at]
    mend = _INSTEAD.get(two) or _INSTEAD.get(one)
    found = shown(two if two in _INSTEAD else one)
    return refuse(
        found,
        "names, numbers, operators and round brackets",
        mend or "Remove it; names are declared in the case and written in plain lower-case letters.",
        at + 1,
    )


def _unreadable(text: str, column: int) -> ExpressionError:
    column = max(1, min(column, len(text)))
    rest = text[column - 1 :].split()
    found = f"{shown(rest[0])} where it cannot be read" if rest else "an expression that stops half-way"
    return refuse(
        found,
        "a formula such as `0.2 + cost * force` or `talks is open and step > 3`",
        "Look for a missing value, operator or bracket near here.",
        column,
    )


def _too_deep(column: int = 1) -> ExpressionError:
    return refuse(
        "an expression nested too deeply",
        f"at most {MAX_DEPTH} brackets or operators inside one another",
        "Name its parts as parameters with `is`, and use the names here.",
        column,
    )
