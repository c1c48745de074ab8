"""Small change for sentences about a case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from standoff.case.phrases import percent, phrase, spoken
from standoff.language.document import CaseDocument, Grounded

Plain = dict[str, Any]


def grounds(element: Grounded) -> Plain:
    """Title, claims and judgement of an element."""
    return {"title": element.title, "because": list(element.because), "judgement": element.judgement}


def called(name: str, title: str | None) -> str:
    """``Call the boats home (withdraw)``."""
    return f"{title} ({spoken(name)})" if title else spoken(name)


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def listed(parts: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    parts = list(parts)
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" {last} {parts[-1]}"


def who(name: str | None, document: CaseDocument) -> str:
    """An actor by its title, as it stands inside a sentence."""
    actor = document.actors.get(name or "")
    title = actor.title if actor is not None else None
    if not title:
        return spoken(name or "")
    return "the " + title[4:] if title.startswith("The ") else title


def chance(source: Any, document: CaseDocument) -> str:
    """``45 %`` for a number, ``probability raid_odds`` for a formula."""
    if isinstance(source, int | float) and not isinstance(source, bool):
        return percent(source)
    return f"probability {phrase(source, document)}"
