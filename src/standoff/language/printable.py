"""Pieces of somebody's text inside a message: short, on one line, with nothing that upsets a terminal."""

from __future__ import annotations


def printable(text: str, limit: int = 60) -> str:
    """At most `limit` characters of `text`, with what cannot be printed written as ``\\u....``."""
    clean = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text[:limit])
    return clean + ("..." if len(text) > limit else "")
