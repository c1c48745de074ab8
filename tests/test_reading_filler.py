"""Filler: what is marked and why, and above all what is left alone. All sentences are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.evidence.text import cuts_word, normalise
from standoff.reading.filler import find_filler
from standoff.reading.prose import blocks, sentences


def marked(text: str) -> list[tuple[str, str]]:
    body = normalise(text)
    return [(body[mark.start : mark.end], mark.kind) for mark in find_filler(text)]


SPLICED = [
    "Find out more about Best ferry crossings for nervous islanders guide.",
    "You can learn more about the storms of autumn .",
    "Read more about our islands.",
    "Click here to see the boats.",
    "Please subscribe to our newsletter today!",
    "Sign up for free updates in your inbox.",
    "Follow us on Facebook and X.",
    "Share this article with a friend.",
    "Sound off in the comments below!",
    "Let us know what you think in the comments.",
    "Don't miss our latest news.",
    "Download our free app now.",
    "Support independent journalism.",
    "Check out our guide to the strait.",
    "Buy cheap ferry tickets here today.",
]


@pytest.mark.parametrize("call", SPLICED)
def test_a_call_between_two_sentences_is_marked_and_they_are_not(call: str) -> None:
    text = f"The boats left Sund on Monday. {call} They carried flour."
    assert marked(text) == [(normalise(call), "call to action")]


@pytest.mark.parametrize(
    ("sentence", "run", "kind"),
    [
        (
            "Weighing the merits of The price of ferry tickets in winter is a task for the council.",
            "Weighing the merits of The price of ferry tickets in winter is a task for the council.",
            "keyword run",
        ),
        (
            "Understanding the balance of flour and lamp oil prices is now more important than ever.",
            "Understanding the balance of flour and lamp oil prices is now more important than ever.",
            "stock sentence",
        ),
        (
            "This is a key part of commercial use of island harbours.",
            "This is a key part of commercial use of island harbours.",
            "stock sentence",
        ),
        ("The mole was the island ferry ultimate guide closed.", "island ferry ultimate guide", "keyword run"),
        ("The office said best cheap flights were not its business.", "best cheap flights", "keyword run"),
    ],
)
def test_a_run_of_keywords_is_marked(sentence: str, run: str, kind: str) -> None:
    assert marked(f"The boats left. {sentence} They came back.") == [(run, kind)]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("Advertisement", "advertising"),
        ("Story continues below advertisement", "advertising"),
        ("We use cookies on this site to improve your visit. Accept all or manage preferences.", "cookies"),
        ("© 2031 Harbour Gazette. All rights reserved.", "rights"),
        ("Facebook Twitter WhatsApp Email", "sharing"),
        ("Share this: Facebook, X, Copy link", "sharing"),
        ("Home > World > Islands", "breadcrumb"),
        ("Skip to main content", "page furniture"),
        ("12 comments", "page furniture"),
        ("4 min read", "page furniture"),
        ("Related: Storm over the strait", "related links"),
        ("Related articles\nStorm over the strait\nWhy the mole is closed\nFive boats left", "related links"),
        ("Home\nWorld\nSport\nOpinion", "navigation"),
    ],
)
def test_what_belongs_to_the_page_is_marked(lines: str, kind: str) -> None:
    text = f"The boats left Sund on Monday.\n\n{lines}\n\nThey carried flour and lamp oil, the office said."
    found = marked(text)
    assert {each for _, each in found} == {kind}
    assert " ".join(words for words, _ in found) == normalise(lines)


def test_a_paragraph_that_comes_again_is_marked_the_second_time() -> None:
    again = "The ferry office of Sund asks all islanders to be patient."
    found = find_filler(f"{again}\n\nThe boats left.\n\n{again}")
    assert [(mark.kind, mark.start) for mark in found] == [("repeated", len(again) + 17)]


CLEAN = """Sund, Monday. The council voted to close the mole. “Find out more about what they want,” the harbour
master told the deputies, “and come back.”

Residents were urged to sign up for the militia by Friday. Subscribe they did: four hundred in a day. Read in
the council, the letter was met with silence. Follow the money, said one deputy; share the burden, said another.

"Click here," the clerk showed them, pointing at the map. "You can learn more from one night at sea than from
ten reports."

Understanding between the two islands has grown. Understanding the treaty is the task of the court. Analysing
the figures took
a week. This is a key part of the agreement. This is an important element of diplomacy. It is a core element of
the plan.

He read The Harbour Gazette and spoke of The Hague, of The Strait and its storms, and about How the Boats Were
Lost, a novel.

The council discussed cookies for the children, and the privacy of the prisoners. Home rule is what they want.
The market share of the ferry fell. Facebook said that it had closed the page; Twitter did not answer.

Books on the war were popular. Order was restored by noon. Save for two boats, the harbour was empty today. Buy
time, he said,
and the storms will do the rest. Shop windows were broken now and then; cheap bread was gone. Book keepers work
online today.

Download speeds fell when the cable was cut. Support for independent newspapers fell too. Check out procedures
at the border
were changed. Stay tuned instruments, the pilot called them. Get the latest map from the office, the crews were
told in vain.

"Subscribe to our view or leave," the minister said. The best practices of seamanship were ignored. The guide
went first.

Related offices were searched. More from the north is expected. Most read the decree with fear. Advertisement
of posts is
forbidden. Tags were fixed to each crate: flour, oil, wool. Loading took two days. Search parties left at dawn.

- Flour
- Lamp oil
- Wool

1. The first demand
2. The second demand

Home
is where the boats are.

What do you see as the gravest danger in this winter? Is the offer genuine, or a pause before the storm?
"""


def test_plain_prose_is_left_alone() -> None:
    assert marked(CLEAN) == []


@pytest.mark.parametrize("call", SPLICED)
def test_what_somebody_said_is_left_alone(call: str) -> None:
    for text in (f'"{call}" the clerk said.', f"“The boats are gone. {call} That is all,” the clerk said."):
        assert marked(text) == []


def test_every_mark_says_why_in_words() -> None:
    text = "The boats left. " + " They left. ".join(SPLICED) + " Done.\n\nAdvertisement\n\nHome\nWorld\nSport"
    for mark in find_filler(text):
        assert len(mark.why.split()) >= 3
    calls = list(find_filler("Find out more about Cheap winter ferry crossings tips. " * 3))
    assert len(calls) == 3
    assert all(mark.why.endswith("its keyword phrase stands in 3 of them") for mark in calls)


PIECES = st.sampled_from([
    *SPLICED, "The boats left.", "Advertisement", "Home", "World", "- oil", "—", "“", "”", "e\u0301", "..", "U.S.",
    "Related articles", "4,500 men", "Mr. Sund said so.",
])  # fmt: skip


@given(st.lists(st.tuples(PIECES, st.sampled_from([" ", "\n", "\n\n", "\r\n", " - ", "\u2028"])), max_size=20))
def test_marks_lie_on_whole_words_in_order(parts: list[tuple[str, str]]) -> None:
    text = "".join(piece + gap for piece, gap in parts)
    body = normalise(text)
    last = 0
    for mark in find_filler(text):
        assert last <= mark.start < mark.end <= len(body)
        assert not cuts_word(body, mark.start)
        assert not cuts_word(body, mark.end)
        last = mark.end


@given(st.text(alphabet="ab .-—–\n\t“\"'é\u0301\u200b1A:", max_size=80))
def test_blocks_cover_every_letter_and_sentences_every_block(text: str) -> None:
    body = normalise(text)
    covered: set[int] = set()
    for block in blocks(text, body):
        inside = [at for start, end in sentences(body, block) for at in range(start, end)]
        assert len(inside) == len(set(inside))
        covered.update(inside)
    assert all(body[at] in " -" for at in range(len(body)) if at not in covered)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The boats of Gen. Sund and Mr. Norwick left at 5 p.m. on Monday. They came back.", 2),
        ("They left for the U.S. The storm came. The U.S. Navy saw it.", 3),
        ("Follow us on X. They left.", 2),
        ("It cost 4.5 million. Who pays? Nobody!", 3),
        ("He said: “No.” Then he left...", 2),
        ("No full stop here", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    body = normalise(text)
    (block,) = blocks(text, body)
    assert len(list(sentences(body, block))) == count


def test_lines_broken_to_fit_a_page_are_one_block() -> None:
    wrapped = (
        "A heading of the story\n\nThe boats of the ferry office left Sund on Monday with flour\nand lamp oil "
        "for the islands, "
        "and nobody on the mole was\nsurprised. The storm came later, and then the boats did\nnot come "
        "back.\n\n- one\n- two\n"
    )
    assert len(blocks(wrapped, normalise(wrapped))) == 4
    heading = "A very long heading that has no full stop at its end, as some do\nThe boats left. " + "They left. " * 20
    assert len(blocks(heading, normalise(heading))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "a " * 150_000,
        "of The " + "word " * 60_000,
        "Find out more about " * 20_000,
        '"' * 200_000 + ". " * 50_000,
        "Home\n" * 20_000,
        "share facebook " * 30_000,
        "Understanding " + "the " * 100_000 + "is",
        ("word " * 12 + ". ") * 5_000,
        "cheap flights " * 30_000,
    ],
)
def test_a_text_built_to_be_slow_is_not(text: str) -> None:
    started = time.process_time()
    find_filler(text)
    assert time.process_time() - started < 4
