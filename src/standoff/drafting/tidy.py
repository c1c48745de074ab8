"""Words of strangers made harmless: one line, bounded, nothing that a terminal obeys, no key in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

LEAST_KEY = 8
# what a terminal reads as a command goes as a whole: ESC [ 31 m would leave [31m behind
_COMMANDS = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, the cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, the clipboard
    r"|\x1b[ -/]*[0-~]"
)


def tidy(text: str, limit: int = 10_000) -> str:
    """At most `limit` characters on one line, without terminal commands and characters that nobody sees."""
    seen = _COMMANDS.sub(" ", text[: 20 * limit])
    kept = "".join(" " if letter.isspace() else letter for letter in seen if letter.isspace() or _seen(letter))
    return " ".join(kept.split())[:limit].strip()


def without(text: str, secret: str | None) -> str:
    """The text with a key, in any form it is likely to be sent back in, crossed out.

    A key of less than eight characters, or one that is a plain word, keeps nothing secret: servers on one's own
    machine take any ("none", "x"), and its letters stand in every report.
    """
    if secret is None or len(secret) < LEAST_KEY or _word(secret):
        return text
    for form in sorted(set(_forms(secret)), key=len, reverse=True):
        text = text.replace(form, "(key)")
    return text


def excerpt(text: str, limit: int, secret: str | None) -> str:
    """A short piece of a stranger's words; cut only when the key is crossed out, so that no half of it is left."""
    return without(tidy(text, 20 * limit), secret)[:limit].strip()


def _seen(letter: str) -> bool:
    # control, format (directions, invisible joiners), surrogate, private use, unassigned
    return not unicodedata.category(letter).startswith("C")


def _word(secret: str) -> bool:
    return secret.isalpha() and len(secret) <= 16 and (secret.islower() or secret.isupper() or secret.istitle())


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe=""), secret[::-1])
