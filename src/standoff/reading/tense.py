"""Whether the words around a date speak of what is behind or of what is ahead, where they tell.

English news prose: the verb nearest before the date in its sentence decides ("the council, which met twice, will sit
on Friday"), without one the first after it ("on Friday they left"). Who said so and when is another matter: a verb of
saying counts only where the date belongs to it ("said on Friday", not "said the boats sail on Friday"). Lists of common
words, no grammar: where they say nothing, or something of both ("was to meet on Friday", "agreed to meet on Friday"),
the answer is ''.
"""

from __future__ import annotations

import re

AHEAD = "ahead"
BEHIND = "behind"
_REACH = 160  # characters to either side

_SIGN = re.compile(
    r"(?P<unclear>\b(?:was|were|had been|had to|would|could|might|may)\b"
    r"(?: (?:\w+ )?(?:to|due|set|scheduled|planned|expected|supposed|going)\b)?(?: to\b)?)"
    r"|(?P<ahead>\b(?:will|shall|won't|(?:must|should|ought to)(?! have\b)|needs? to|(?:has|have) to|"
    r"(?:is|are|am) (?:\w+ )?(?:to|due|set|scheduled|planned|expected|\w+ing)\b|"
    r"due(?! to\b)|set to|plans? to|intends? to|going to|upcoming|forthcoming|tomorrow|"
    r"meets|begins|starts|opens|ends|expires|arrives|leaves|convenes|resumes|closes|sits|takes|goes|travels|"
    r"hosts|holds|appears(?! to)|decides|speaks|gathers|"
    r"(?<=\ws )(?:meet|begin|start|open|end|arrive|leave|vote|convene|resume|gather))"
    r"\b|'ll\b)"
    r"|(?P<either>\b(?:scheduled|planned|expected|due to)\b)"
    r"|(?P<behind>\b(?:did|had|been|went|came|left|said|told|met|began|took|gave|made|saw|sat|sent|shot|fell|"
    r"rose|held|struck|sank|fled|fought|flew|found|got|grew|heard|hit|kept|knew|led|lost|paid|put|ran|read|sold|spoke|"
    r"spent|stood|stole|swore|taught|thought|threw|understood|wrote|won|broke|brought|bought|built|caught|chose|cut|drove|"
    r"drew|became|set|shut|spread|ago|\w{2,}ed)\b)",
    re.IGNORECASE,
)
_NO_VERB = frozenset(re.findall(r"\S+",
    "united armed alleged suspected unnamed unidentified need speed indeed hundred sacred detained wounded injured "
    "masked retired limited advanced combined occupied disputed feed seed exceed proceed succeed",
))  # fmt: skip
_MODIFIES = re.compile(
    r"\b(?:the|a|an|this|that|these|those|its|their|his|her|our|of|some|many|all|two|three|with|by|for|in|from)"
    r"(?: \w+ly)? $",
    re.IGNORECASE,
)
_SAYING = frozenset(("said", "told", "added", "insisted", "argued", "warned", "noted", "stated", "claimed"))
# What may stand between a verb of saying and the date on which it was said.
_ON_THAT_DAY = re.compile(
    r"(?: (?:(?:the |a |an |its |their )?[A-Z][\w'.-]*(?: [A-Z][\w'.-]*){0,3}|reporters|journalists|lawmakers|"
    r"parliament|him|her|them|us|so|this|it))?(?: (?:in|at|to|during|through) (?:a |an |the |its )?\w+(?: \w+)?)?"
    r",?(?: late| early)?(?: on| in)?,? ?"
)
# An order, a promise, a term that was set: told in the past, and of what comes after it.
_INFINITIVE = r"\bto (?!the |a |an |its |their |his |her )[a-z]{2,}(?: [\w'-]+){0,5}"
_TO_DO = re.compile(rf"{_INFINITIVE}(?:,? (?:on|in|by|for|before|until))? ?$|\bfor $")
_TERM = re.compile(
    rf"{_INFINITIVE} (?:by|until|till|before|no later than)(?: the)? $"
    r"|\b(?:has|had|have)(?: only| just)? (?:until|till)(?: the)? $"
    r"|\b(?:gave|gives?|given)(?: [\w'-]+){1,5} (?:until|till|by)(?: the)? $"
    r"|\b(?:deadline|ultimatum)(?: (?:is|was|of|on|for|for [\w ]{1,30} (?:is|was)))? $"
)
_STOP = re.compile(r"[.!?…][\"')]* ")


def tense(text: str, start: int, end: int) -> str:
    """AHEAD, BEHIND or '' for a date at ``text[start:end]``; looks at most 160 characters to either side."""
    begin, until = max(0, start - _REACH), min(len(text), end + _REACH)
    for stop in _STOP.finditer(text, begin, start):
        begin = stop.end()
    stops = _STOP.search(text, end, until)
    until = stops.start() if stops else until
    if _TERM.search(text[begin:start]) or re.match(r" (?:deadline|ultimatum)\b", text[end:until]):
        return AHEAD
    before = _signs(text, begin, start, True)
    if before:
        # What was agreed or ordered to be done on a day is not over with the agreement.
        return "" if before[-1] == BEHIND and _TO_DO.search(text[begin:start]) else before[-1]
    after = _signs(text, end, until, False)
    return after[0] if after else ""


def _aside(text: str, at: int, until: int, dated: bool) -> bool:
    """Whether a verb of saying that ends `at` is no more than who says it; `dated` if the date stands at `until`."""
    return not _ON_THAT_DAY.fullmatch(text, at, until) if dated else text[at : at + 1] == ","


def _signs(text: str, begin: int, until: int, dated: bool) -> list[str]:
    found = []
    for sign in _SIGN.finditer(text, begin, until):
        word = sign[0].lower()
        if sign.lastgroup == "unclear":
            # "was" alone is behind; "was to", "would", "may" may be either.
            found.append(BEHIND if word in ("was", "were", "had been") else "")
        elif sign.lastgroup == "either":
            found.append("")
        elif sign.lastgroup == "behind":
            modifies = word.endswith("ed") and _MODIFIES.search(text[max(begin, sign.start() - 20) : sign.start()])
            aside = word in _SAYING and _aside(text, sign.end(), until, dated)
            if word not in _NO_VERB and not modifies and not aside:
                found.append(BEHIND)
        elif not _MODIFIES.search(text[max(begin, sign.start() - 20) : sign.start()]):
            found.append(AHEAD)
    return found
