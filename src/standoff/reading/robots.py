"""What a site asks of programs that read it: robots.txt by RFC 9309.

The standard library's parser takes the first rule that fits and no ``*`` inside a path; sites write for the
longest rule and use ``*`` and ``$``, so a page they close would be read. Hence these lines.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

LONGEST = 512_000  # bytes that are looked at, as the RFC asks at least


def allowed(robots: str, agent: str, url: str) -> bool:
    """Whether `agent` may read `url`: the longest rule of its group decides, Allow goes first among equals."""
    parts = urlsplit(url)
    path = _plain(parts.path or "/") + (f"?{_plain(parts.query)}" if parts.query else "")
    best = (-1, True)
    for allow, rule in _rules(robots, agent.lower()):
        if rule and _fits(rule, path):
            best = max(best, (len(rule), allow))
    return best[1]


def _rules(robots: str, agent: str) -> list[tuple[bool, str]]:
    """The rules for this agent; those for ``*`` where none name it."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    named: list[str] = []
    open_ = False
    for line in robots.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not open_:
                named = []
            named.append(re.split(r"[/\s]", value.lower())[0])
            groups.setdefault(named[-1], [])
            open_ = True
        elif key in ("allow", "disallow"):
            open_ = False
            for name in named:
                groups[name].append((key == "allow", _rule(value)))
    return groups.get(agent, groups.get("*", []))


def _fits(rule: str, path: str) -> bool:
    """Pieces between ``*`` one after another, each at its first place: linear, where a regular expression may
    not be."""
    end = rule.endswith("$")
    pieces = rule.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for number, piece in enumerate(pieces[1:], start=1):
        if end and number == len(pieces) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        place = path.find(piece, at)
        if place < 0:
            return False
        at = place + len(piece)
    return not end or at == len(path)


def _rule(path: str) -> str:
    """A path in which `*` and a `$` at the end mean something; written as %2A and %24 they do not."""
    end = "$" if path.endswith("$") else ""
    return "*".join(map(_plain, path.removesuffix("$").split("*"))) + end


def _plain(path: str) -> str:
    return quote(unquote(path, errors="replace"), safe="/?=&:@!',;+()~-._%")
