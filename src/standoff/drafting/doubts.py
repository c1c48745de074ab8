"""What a reader should look at before accepting: words that a claim has and its passage has not, and the reverse.

Doubts are for the person who accepts. They never decide anything, and the model has no say in them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from standoff.drafting.figures import NUMBER_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_EMPTY = {
    "about", "above", "after", "again", "against", "also", "although", "among", "because", "been", "before",
    "being", "below", "between", "both", "during", "each", "even", "ever", "every", "from", "have", "having",
    "here", "himself", "into", "itself", "just", "like", "more", "most", "much", "must", "only", "other", "over",
    "same", "says", "said", "should", "since", "some", "such", "than", "that", "their", "them", "then", "there",
    "these", "they", "this", "those", "through", "under", "until", "upon", "very", "were", "what", "when",
    "where", "whether", "which", "while", "whom", "whose", "will", "with", "within", "would", "your", "according",
    "report", "reports", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
}  # fmt: skip
_NO = frozenset(["no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot"])
_PERHAPS = {
    "may", "might", "could", "perhaps", "possible", "possibly", "probably", "likely", "unlikely", "expected",
    "reportedly", "allegedly", "alleged", "claimed", "apparently", "if", "unless", "seems", "appears",
}  # fmt: skip
# what turns a sentence over without a "not", or leaves it open: "it is false that", "they refused to", "a rumour that"
_TURNED = {
    "false", "falsely", "falsehood", "untrue", "deny", "denies", "denied", "denying", "denial", "denials", "refuse",
    "refuses", "refused", "refusing", "refusal", "fail", "fails", "failed", "failing", "failure", "hoax", "hoaxes",
    "fake", "faked", "fabricated", "fabrication", "invented", "myth", "wrong", "wrongly", "mistaken", "mistakenly",
    "incorrect", "incorrectly", "baseless", "unfounded", "groundless", "refute", "refutes", "refuted", "rebutted",
    "debunked", "disproved", "dispute", "disputes", "disputed", "reject", "rejects", "rejected", "dismiss",
    "dismisses", "dismissed", "retracted", "contrary", "opposite", "hardly", "scarcely", "barely", "impossible",
    "nonsense", "rumour", "rumours", "rumoured", "rumor", "rumors", "rumored", "alleged", "allegedly", "alleges",
    "allege", "allegation", "allegations", "supposedly", "purported", "purportedly", "unconfirmed", "unverified",
    "hypothetical", "hypothetically", "speculation", "hearsay", "would", "if", "unless", "whether", "reportedly",
}  # fmt: skip
MOST_SHOWN = 8


def doubts(says: str, passage: str, attributed_to: str | None, text: str, rest: str = "") -> tuple[str, ...]:
    """Remarks, each a short sentence; none where claim and passage speak in the same words.

    `text`: the whole report, normalised, in which whoever the claim is attributed to should be named; `rest`: what the
    sentences have that the passage was cut out of, see `sentence_rest`.
    """
    said, stands = _words(says), _words(passage)
    begun = _beginnings(passage)
    found = []
    if (mine := _negative(said)) != _negative(stands):
        found.append("the claim denies something, the passage does not" if mine else _DENIES)
    hedges = _lower(stands) & _PERHAPS
    hedges = set() if _lower(said) & _PERHAPS else hedges
    if hedges:
        found.append(f"the passage is not sure ({_listed(sorted(hedges))}), the claim is")
    turned = [word for word in _in_order(stands, _TURNED - hedges) if not _among(word, _beginnings(says))]
    if turned:
        found.append(f"the passage may turn over what it tells ({_listed(turned)}), the claim does not")
    found += _around(rest)
    names = [word for word in said[1:] if word[0].isupper() and not _among(word, begun)]
    if names:
        found.append(f"names that the passage does not have: {_listed(names)}")
    other = [word for word in said if len(word) > 3 and word.lower() not in _EMPTY and not _among(word, begun)]
    other = [word for word in other if word not in names and word.lower() not in NUMBER_WORDS]
    if other:
        found.append(f"words that the passage does not have: {_listed(other)}")
    if attributed_to:
        everywhere = _beginnings(text)
        named = [word for word in _words(attributed_to) if len(word) > 3 and word.lower() not in _EMPTY]
        missing = [word for word in named if not _among(word, everywhere)]
        if missing:
            found.append(f"the report nowhere has whom it is attributed to: {_listed(missing)}")
    return tuple(found)


def doubts_of_move(passage: str, rest: str) -> list[str]:
    """The same for a history entry, whose words are the case's: whether the passage says that it happened."""
    stands = _words(passage)
    found = ["the passage denies something: did it happen?"] if _negative(stands) else []
    hedges = _lower(stands) & _PERHAPS
    if hedges:
        found.append(f"the passage is not sure ({_listed(sorted(hedges))}): did it happen?")
    if turned := _in_order(stands, _TURNED - hedges):
        found.append(f"the passage may turn over what it tells ({_listed(turned)}): did it happen?")
    return [*found, *_around(rest)]


def _around(rest: str) -> list[str]:
    words = _lower(_words(rest))
    telling = words & (_NO | _PERHAPS | _TURNED) | {word for word in words if word.endswith("n't")}
    return [f"its sentence goes on beyond the passage, with: {_listed(sorted(telling))}"] if telling else []


def sentence_rest(text: str, start: int, end: int) -> str:
    """What stands before and after a passage in the sentences that it begins and ends in."""
    before, after = text[max(0, start - 500) : start], text[end : end + 500]
    head = _END.split(before)[-1]
    tail = "" if _END.search(f"{text[max(0, end - 20) : end]} ", min(end, 20) - 2) else _END.split(after)[0]
    return f"{head} {tail}"


# A full stop after a title or a single capital ends no sentence. A list's next item begins with a dash.
_TITLES = (
    "Mr", "Ms", "Dr", "St", "Lt", "No", "Mrs", "Gen", "Col", "Adm", "Sen", "Rep", "Gov", "Maj", "Sgt", "Cpt",
    "Capt", "Prof", "Pres",
)  # fmt: skip
_END = re.compile(
    "".join(rf"(?<!\b{each})" for each in _TITLES) + r"(?<!\b[A-Z])[.!?][\"')]*[\s-]"
)
_DENIES = "the passage denies something, the claim does not"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("\u2019", "'"))  # a claim is in the writer's own marks


def _in_order(words: list[str], among: set[str]) -> list[str]:
    return [word for word in dict.fromkeys(word.lower() for word in words) if word in among]


def _lower(words: list[str]) -> set[str]:
    return {word.lower() for word in words}


@lru_cache(maxsize=8)
def _beginnings(text: str) -> frozenset[str]:
    """What the words of a text begin with, up to five letters."""
    return frozenset(word[:size] for word in _lower(_words(text)) for size in range(1, 6))


def _among(word: str, beginnings: frozenset[str]) -> bool:
    """Whether a word stands among others in any of its endings: the first five letters count."""
    return word.lower()[:5] in beginnings


def _negative(words: list[str]) -> bool:
    return any(word in _NO or word.endswith("n't") for word in _lower(words))


def _listed(words: list[str]) -> str:
    shown = list(dict.fromkeys(words))
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    return ", ".join(shown[:MOST_SHOWN]) + more
