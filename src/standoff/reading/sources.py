"""Whom a report names as its source: outlets and agencies, not persons.

"told the Harbour Gazette", "according to Norwick News Agency", "SUND (Reuters) -", "the Post reported that". A name
counts as that of an outlet if it has a word that outlets have (News, Herald, Agency, ...) or is an outlet the caller
knows. Officials who are quoted are no common origin: many reporters may have heard them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MEDIA = frozenset(re.findall(
    r"\w+",
    "agency bulletin broadcaster broadcasting chronicle courier daily dispatch gazette globe guardian herald journal "
    "magazine mail mercury messenger monitor network news newspaper observer post press radio register review "
    "sentinel standard star sun telegraph television times tribune tv weekly wire "
    "reuters afp ap bbc cnn nbc cbs abc npr bloomberg dpa efe ansa xinhua tass interfax kyodo pti upi axios politico "
    "economist spiegel monde pais jazeera",
))  # fmt: skip
_GENERIC = _MEDIA & {
    "press", "news", "radio", "television", "agency", "network", "newspaper", "wire", "daily", "star", "sun", "review",
    "standard", "times", "post", "monitor", "mail", "mercury", "globe", "register", "weekly", "tv",
}  # fmt: skip
_NAME = (
    r"((?:the |The )?[A-Z][\w&.'-]{0,40}(?: (?:of|de|for|and|&) [A-Z][\w'-]{0,40}"
    r"| [A-Z][\w&'-]{0,40}(?:\.\w{1,40}){0,3}){0,5})"
)  # bounded: a run of capitals is no name
_BEFORE = re.compile(
    r"\b(?:[Aa]ccording to|[Tt]old|[Ss]p(?:oke|eaking|oken) (?:to|with)|[Rr]eported (?:earlier |first )?(?:by|in)|"
    r"[Pp]ublished (?:by|in)|[Cc]it(?:ing|ed by)|[Qq]uot(?:ing|ed by)|interview (?:with|to)|[Ff]irst reported by|"
    r"[Ss]aid to|[Bb]roadcast by|carried by|report (?:by|in|from)|as per)"
    r" (?:a report (?:by|in|from) |sources who spoke to |the newspaper |the broadcaster |the agency |reporters from )?"
    + _NAME
)
_AFTER = re.compile(
    r"(?<!\w)"
    + _NAME
    + r",? (?:has |had |also |first )?(?:reported|reports|wrote|writes|said in a report|quoted|cited)\b"
)
_TAG = re.compile(r"\(" + _NAME + r"\) ?-|-" + _NAME + r"$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where a normalised text names an outlet as its source: ``text[start:end]`` is the phrase."""

    start: int
    end: int
    name: str


def attributions(text: str, outlets: Iterable[str] = ()) -> list[Attribution]:
    """Every place where a normalised text names an outlet as its source, in order; linear in its length."""
    known = {key_of(outlet) for outlet in outlets} - {""}
    found: dict[tuple[int, int], Attribution] = {}
    for pattern in (_BEFORE, _AFTER, _TAG):
        for match in pattern.finditer(text):
            at = next(group for group in range(1, pattern.groups + 1) if match[group])
            name = _trimmed(match[at], known)
            if name:
                found.setdefault((match.start(at), match.start()), Attribution(match.start(), match.end(), name))
    return sorted(found.values(), key=lambda each: (each.start, each.end))


def key_of(outlet: str) -> str:
    """An outlet's name as it is compared: letter case, spacing, brackets and a leading article aside."""
    words = re.findall(r"\w+", re.sub(r"\([^()]*\)", " ", outlet.casefold()))
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a") else words)


def _trimmed(name: str, known: set[str]) -> str:
    """The name without article and possessive; empty where it is no outlet's."""
    name = re.sub(r"'s$", "", re.sub(r"^(?:.*\b[Tt]he )?", "", name)).strip(" .,'-")
    key = key_of(name)
    if key in known:
        return name
    words = key.split()
    media = any(word in _MEDIA for word in words)
    return name if media and not (len(words) == 1 and words[0] in _GENERIC) else ""
