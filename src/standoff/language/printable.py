"""What text must not hold, or not show as it is: characters that a terminal, a page or a picture would obey.

They are the control characters but tab and line end, the marks that turn the direction of what follows, a byte order
mark inside a text, and what is no character at all. A case that holds one is refused (`read`); a text from elsewhere
is shown with them written as ``\\u....`` (`visible`).
"""

from __future__ import annotations

import re

_OBEYED = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff\\ufffe\\uffff]"
)
_KINDS = (
    ("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "a mark that turns the direction of the text"),
    ("\ufeff", "a byte order mark inside a text"),
)


def printable(text: str, limit: int = 60) -> str:
    """At most `limit` characters of `text`, on one line, with what cannot be printed written as ``\\u....``."""
    clean = "".join(letter if letter.isprintable() else _written(letter) for letter in text[:limit])
    return clean + ("..." if len(text) > limit else "")


def visible(text: str) -> str:
    """All of `text`, lines and tabs kept, with every character that would be obeyed written as ``\\u....``."""
    return _OBEYED.sub(lambda found: _written(found[0]), text)


def obeyed(text: str) -> str | None:
    """The first character of `text` that would be obeyed rather than printed; None in a sound text."""
    found = _OBEYED.search(text)
    return found[0] if found else None


def named(letter: str) -> str:
    """Such a character in words: what it is, and its number."""
    kind = next((words for letters, words in _KINDS if letter in letters), "a control character")
    return f"{kind} (U+{ord(letter):04X})"


def _written(letter: str) -> str:
    return f"\\u{ord(letter):04x}"
