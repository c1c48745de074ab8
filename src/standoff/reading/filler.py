"""Filler: what stands in a text and is not the report.

Search-engine phrases spliced between sentences, calls to subscribe, menus, cookie notices, lists of related links,
the same line again. Every rule looks at a sentence or a line and says in words why it marked it; nothing is deleted,
so that anchors stay right. Words in quotation marks are somebody's words and are left alone. A rule that would also
strike plain prose is not here: what is missed can still be marked by hand, what is marked wrongly cannot be cited.
"""

from __future__ import annotations

import re
from collections import Counter

from standoff.evidence.text import normalise
from standoff.reading.arrived import Mark
from standoff.reading.prose import Block, blocks, sentences

_I = re.IGNORECASE
LONGEST = 1000  # characters of a sentence that are looked into for runs of keywords

# A sentence that tells the reader to do something on the page.
_CALL = re.compile(
    r"""^(?:
      (?:you\ can\ |to\ )?(?:find\ out|learn|discover|explore|read|know)\ more\ (?:about|on|at|here|:)
    | (?:find\ out|learn|discover|read|see)\ more\W*$
    | (?:for\ more\ (?:information|details|on\ this)[^.]{0,80}\b(?:visit|click|see\ our|read\ our|check))
    | (?:please\ )?(?:click|tap)\ (?:here|the\ (?:link|button)|on\ the\ link|below)
    | (?:please\ )?(?:subscribe|sign\ up|register\ now|log\ in|sign\ in)\b(?=.*\b(?:newsletter|free|updates?|
        access|e-?mail|
        account|channel|continue|today|now|here|inbox|comment|alerts?|us|our)\b|\W*$)
    | (?:please\ )?(?:follow|like|join|find)\ us\ on\b
    | (?:please\ )?(?:share|tweet|pin|print|e-?mail)\ (?:this|the)\ (?:article|story|page|post|report)\b(?:\W|
        \ (?:on|with|via|by)\b|$)
    | (?:sound\ off|weigh\ in|let\ us\ know|tell\ us|share\ your\ (?:thoughts|views?|opinions?)|
        leave\ a\ (?:comment|reply)|
        join\ the\ (?:conversation|discussion))\b(?=.*\b(?:comments?|below|think|thoughts|views?|conversation|
        discussion|reply)\b)
    | (?:don't\ miss|stay\ tuned|stay\ up\ to\ date|get\ the\ latest|never\ miss)\b(?=.*\b(?:our|news|updates?|
        inbox|newsletter|
        stor(?:y|ies)|more|episode)\b)
    | (?:download|install|get)\ (?:our|the)\ (?:free\ )?(?:app|e-?book|guide|newsletter|pdf)\b
    | (?:support|donate\ to|contribute\ to)\ (?:our|independent)\ (?:journalism|work|reporting|newsroom)\b
    | check\ out\ (?:our|these|this\ (?:guide|article|post|video))\b
    | (?:buy|order|shop|book|save)\b(?=\ (?:your|our)\b|.*\b(?:cheap|discount(?:s|ed)?|coupons?|deals?|tickets?|
        free\ shipping|%\ off)\b)
        (?=[^,;]{0,90}$)
    )""",
    _I | re.X,
)
# A sentence built to carry a keyword phrase: the phrase stands where a subject should, or lacks its article.
_STOCK = (
    re.compile(
        r"^(?:understanding|exploring|analy[sz]ing|examining|navigating|mastering)\b.{12,160}?\b(?:is|are)\ (?:now\ )?"
        r"(?:more\ important\ than\ ever|(?:critical|crucial|essential|vital|key)\ (?:to|for)\ "
        r"(?:understanding|anyone|navigating|grasping|appreciating)|a\ must\ for)\b".replace(r"\ ", " "),
        _I,
    ),
    re.compile(
        r"^this is an? (?:core|key|central|crucial|essential|vital|fundamental|important) "
        r"(?:element|part|aspect|component|feature|driver) of "
        r"(?!the\b|an?\b|this|that|these|those|its?\b|his|her|their|our|any\b|all\b|what|how|why)"
        r"(?:[a-z-]+ ){1,4}of (?!the\b|an?\b|its?\b|his|her|their|our)[a-z-]+(?: [a-z-]+){0,3}\W*$",
        _I,
    ),
)
# A title dropped into the middle of a sentence: "implications of The impact of ...".
_SPLICED_TITLE = re.compile(
    r"(?<=[a-z] )(?P<run>(?:(?<=\bof )|(?<=\babout )|(?<=\bon )|(?<=\bfor )|(?<=\bwith )|(?<=\bto ))"
    r"(?:The|How|Why|What|When|Best|Top|Legal|Justification|Benefits|Ways|Guide)\b"
    r" (?:[a-z-]+ ){2,}?)(?=(?:is|are|was|were|has|have|will|can|remains?|in|as)\b)"
)
# Tails that only search queries have.
_TAIL = (
    r"(?:near me|for beginners|tips and tricks|ultimate guide|complete guide|definition guide|step[- ]by[- ]step guide|"
    r"pros and cons list|free download|discount codes?|promo codes?|coupon codes?|best price|cheap "
    r"(?:flights?|tickets?|hotels?|"
    r"deals?|loans?)|buy online|online casino|casino bonus(?:es)?|no deposit bonus|payday loans?|car insurance quotes?|"
    r"weight loss (?:tips|pills))"
)
_QUERY = re.compile(rf"(?:(?<![\w'])(?!(?:{{stop}})\b)[a-z0-9-]+ ){{0,6}}\b{_TAIL}\b(?: 20\d\d)?".replace(
    "{stop}", "the|a|an|of|to|in|on|at|by|for|and|or|but|that|which|who|said|says|was|were|is|are|has|have|had|it|he|"
    "she|"
    "they|we|with|from|as|than|not"), _I)  # fmt: skip

_LINE = (
    (
        "advertising",
        "an advertisement's label",
        re.compile(
            r"^(?:advertisements?|sponsored(?: content| by .{1,40})?|promoted(?: content)?|paid (?:content|post)|"
            r"story continues below(?: advertisement)?|article continues (?:after|below).{0,30}|scroll to "
            r"continue.{0,30})\W*$",
            _I,
        ),
    ),
    (
        "cookies",
        "a cookie or privacy notice",
        re.compile(
            r"^(?=.*\b(?:cookies?|privacy (?:policy|settings))\b)(?=.*\b(?:we|our|this (?:site|website)|accept|consent|"
            r"by (?:clicking|continuing|using)|manage|preferences|terms of (?:use|service))\b).{0,600}$",
            _I,
        ),
    ),
    (
        "rights",
        "a copyright line",
        re.compile(
            r"^(?:(?:copyright|©|\(c\))\s*©?\s*(?:19|20)\d\d\b.{0,160}|.{0,100}\ball rights reserved\b.{0,80}|"
            r".{0,40}\bmay not be (?:published|reproduced|copied),? .{0,120})$",
            _I,
        ),
    ),
    (
        "sharing",
        "share buttons",
        re.compile(
            r"^(?:share(?: (?:this|on|via|article|story))*|(?:facebook|twitter|whatsapp|linkedin|telegram|"
            r"reddit|pinterest|"
            r"tumblr|e-?mail|print|copy link|x|bluesky|threads|instagram|youtube|messenger|flipboard))"
            r"(?:[\s,|/:·•]+(?:facebook|twitter|whatsapp|linkedin|telegram|reddit|pinterest|tumblr|e-?mail|"
            r"print|copy link|"
            r"x|bluesky|threads|instagram|youtube|messenger|flipboard|share|save|this|article|on|more|and))*\W*$",
            _I,
        ),
    ),
    (
        "page furniture",
        "a part of the page, not of the report",
        re.compile(
            r"^(?:skip to (?:main )?content|back to top|(?:view|load|show|see) (?:all |more )?(?:comments|"
            r"replies|stories|posts)|"
            r"\d+ comments?|comments? \(\d+\)|leave a (?:reply|comment)|(?:previous|next) (?:article|post|"
            r"story)\b.{0,120}|"
            r"log ?in|sign in|sign up|subscribe(?: now)?|menu|search|close|loading\W*|(?:listen|watch|play)(?: now)?|"
            r"\d+ min(?:ute)?s? read|reading time:.{0,30}|(?:tags|filed under|topics|categories):.{0,200}|"
            r"(?:image|photo) (?:credit|source):.{0,120}|terms of (?:use|service)|privacy policy|contact us|"
            r"about us)\W*$",
            _I,
        ),
    ),
    (
        "breadcrumb",
        "a trail of menu entries",
        re.compile(r"^home(?:\s*[>»›/|]\s*[\w&' -]{2,40}){1,6}\s*$", _I),
    ),
)  # fmt: skip
_RELATED = re.compile(
    r"^(?:related(?: (?:articles?|stories|posts?|links?|topics|content|reading|coverage|news))?|read (?:also|"
    r"next|more)|see also|"
    r"more (?:from|on this|stories|in this section)\b.{0,40}|you (?:may|might) also (?:like|be interested in)|"
    r"most (?:read|popular|"
    r"viewed|shared)|recommended(?: (?:for you|reading|stories|articles))?|editors?'? ?picks?|trending(?: "
    r"now)?|popular now|"
    r"top stories|latest (?:news|stories)|up next|further reading|don't miss)\s*:?\s*$",
    _I,
)
_RELATED_INLINE = re.compile(
    r"^(?:related|read also|read next|see also|read more|also read|recommended):\s*\S.{0,200}$", _I
)
_MENU = frozenset(
    [
        "home",
        "news",
        "world",
        "politics",
        "business",
        "opinion",
        "sport",
        "sports",
        "culture",
        "arts",
        "video",
        "videos",
        "live",
        "podcast",
        "podcasts",
        "newsletter",
        "newsletters",
        "login",
        "subscribe",
        "menu",
        "search",
        "contact",
        "about",
        "weather",
        "travel",
        "health",
        "science",
        "tech",
        "technology",
        "lifestyle",
        "entertainment",
        "markets",
        "economy",
        "shop",
        "jobs",
        "archive",
        "donate",
        "help",
        "faq",
        "account",
        "asia",
        "africa",
        "europe",
        "americas",
        "local",
        "photos",
        "games",
    ]
)
_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*$")


def find_filler(text: str) -> tuple[Mark, ...]:
    """Marks in order, none overlapping; linear in the length of the text.

    `text` is as written, with its line breaks: they tell a menu from a sentence.
    """
    body = normalise(text)
    pieces = blocks(text, body)
    found: list[Mark] = [*_lines(body, pieces), *_repeated(body, pieces)]
    for block in pieces:
        for start, end in sentences(body, block):
            found += _sentence(body, start, end)
    return _settled(_counted(body, found))


def _sentence(body: str, start: int, end: int) -> list[Mark]:
    words = body[start:end]
    if words[:1] in "\"'" or _in_quotes(body, start):
        return []
    if _CALL.search(words[:400]):
        return [Mark(start, end, "call to action", "call to action: it tells the reader what to do on the page")]
    for title in _SPLICED_TITLE.finditer(words[:LONGEST]):
        if words[: title.start()].count('"') % 2 == 0:
            return [
                Mark(
                    start,
                    end,
                    "keyword run",
                    "keyword run that breaks the sentence: a title stands in the middle of it",
                )
            ]
    if len(words) < 400 and any(rule.search(words) for rule in _STOCK):
        return [Mark(start, end, "stock sentence", "stock sentence that only carries a keyword phrase")]
    if len(words) > LONGEST:
        return []
    found = []
    for query in _QUERY.finditer(words):
        if words[: query.start()].count('"') % 2 == 0 and len(query[0].split()) >= 3:
            why = "keyword run that breaks the sentence: words of a search query"
            found.append(Mark(start + query.start(), start + query.end(), "keyword run", why))
    return found


def _in_quotes(body: str, at: int) -> bool:
    """Whether a quotation that was opened shortly before is still open; typographic quotes are one character here."""
    before = body[max(0, at - 500) : at]
    opened = len(re.findall(r"(?:^|[\s(:-])\"(?=\S)", before))
    closed = len(re.findall(r"(?<=\S)\"(?=[\s),.;:!?-]|$)", before))
    return opened > closed


def _lines(body: str, pieces: list[Block]) -> list[Mark]:
    found: list[Mark] = []
    menu: list[Block] = []
    related = 0  # how many more link lines may follow a heading such as "Related articles"
    for block in [*pieces, Block(len(body), len(body))]:
        words = body[block.start : block.end]
        if _is_entry(words):
            menu.append(block)
        else:
            if len(menu) >= 3:
                found.append(Mark(menu[0].start, menu[-1].end, "navigation", "a menu: short lines, one entry each"))
            menu = []
        if len(words) > 700 or not words:
            related = 0
            continue
        if _RELATED.match(words):
            found.append(Mark(block.start, block.end, "related links", "the heading of a list of links"))
            related = 8
            continue
        if _RELATED_INLINE.match(words) and not _SENTENCE_END.search(words):
            found.append(Mark(block.start, block.end, "related links", "a link to another text"))
            continue
        if related and not _SENTENCE_END.search(words) and len(words) <= 140:
            found.append(Mark(block.start, block.end, "related links", "a line in a list of links"))
            related -= 1
            continue
        related = 0
        for kind, why, rule in _LINE:
            if rule.match(words):
                found.append(Mark(block.start, block.end, kind, why))
                break
    return found


def _is_entry(words: str) -> bool:
    parts = re.findall(r"\w+", words.lower())
    return bool(parts) and len(parts) <= 3 and parts[0] in _MENU and not _SENTENCE_END.search(words)


def _repeated(body: str, pieces: list[Block]) -> list[Mark]:
    """Whole paragraphs that stand there again, the first one apart."""
    seen: set[str] = set()
    found = []
    for block in pieces:
        words = body[block.start : block.end].casefold()
        if len(words.split()) < 6:
            continue
        if words in seen:
            found.append(Mark(block.start, block.end, "repeated", "the same paragraph stands further up"))
        seen.add(words)
    return found


def _counted(body: str, marks: list[Mark]) -> list[Mark]:
    """Calls that share a phrase of five words say how often it is there: that is what a keyword is."""
    phrases = {mark: _fives(body[mark.start : mark.end]) for mark in marks if mark.kind == "call to action"}
    often = Counter(five for fives in phrases.values() for five in fives)
    told = []
    for mark in marks:
        times = max((often[five] for five in phrases.get(mark, ())), default=0)
        why = f"{mark.why}; its keyword phrase stands in {times} of them" if times > 1 else mark.why
        told.append(Mark(mark.start, mark.end, mark.kind, why))
    return told


def _fives(words: str) -> set[tuple[str, ...]]:
    parts = re.findall(r"\w+", words.casefold())[4:]
    return set(zip(*(parts[at:] for at in range(5)), strict=False))


def _settled(marks: list[Mark]) -> tuple[Mark, ...]:
    """In order; of two that overlap, the longer."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if not kept or kept[-1].end <= mark.start:
            kept.append(mark)
        elif mark.end - mark.start > kept[-1].end - kept[-1].start:
            kept[-1] = mark
    return tuple(kept)
