from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from evidence_kit import ORIGINAL
from standoff.errors import EvidenceError
from standoff.evidence.anchors import Anchor, anchor_at, find_anchor, make_anchor, overlaps
from standoff.evidence.text import cuts_word, digest, line_of, nearest_passage, normalise, word_edges
from standoff.language.read import parse_yaml

WORDS = [
    "ships",
    "sailed",
    "not",
    "north",
    "south",
    "4,500",
    "troops",
    "can't",
    "Müller",
    "und",
    "—",
    "“so”",
    "2.5",
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
letters = st.text(alphabet=st.sampled_from("ab é\u0301“”'’-–—\n\t.,45ﬁçß\u00ad\u200b中文"), max_size=60)


def passages(body: str) -> list[tuple[int, int]]:
    starts, ends = word_edges(body)
    return [(start, end) for start in starts for end in sorted(ends) if start < end]


def times(body: str, passage: str) -> int:
    """How often a passage stands in a text, overlapping places included."""
    return sum(body.startswith(passage, at) for at in range(len(body)))


@st.composite
def cited(draw: st.DrawFn, source: st.SearchStrategy[str] = texts) -> tuple[str, int, int]:
    """A normalised text and a passage that stands in it once."""
    body = normalise(draw(source))
    spans = passages(body)
    assume(spans)
    start, end = draw(st.sampled_from(spans))
    assume(times(body, body[start:end]) == 1)
    return body, start, end


# normalising


@given(letters)
@example("a - — b")
@example("e\u200b\u0301 x")
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“No,”  he said", '"No," he said'),
        ("it’s", "it's"),
        ("a—b", "a-b"),
        ("a — b", "a-b"),
        ("a -- b", "a–b"),
        ("caf\u00e9", "cafe\u0301"),
        ("line\r\nbreak", "line break"),
        ("non\u00a0breaking", "non breaking"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\ufeffstart", "start"),
    ],
)
def test_typography_does_not_count(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("northern", "southern"), ("is safe", "is not safe"), ("No", "no")]
)
def test_words_count(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


# laws


@given(cited())
def test_an_anchor_made_from_a_passage_holds(case: tuple[str, int, int]) -> None:
    body, start, end = case
    anchor = make_anchor(body, body[start:end])
    assert (anchor.start, anchor.end) == (start, end)
    assert find_anchor(body, anchor).state == "held"


@given(cited(letters))
def test_an_anchor_made_from_any_letters_holds(case: tuple[str, int, int]) -> None:
    body, start, end = case
    assume(not cuts_word(body, start) and not cuts_word(body, end))
    assert find_anchor(body, make_anchor(body, body[start:end])).state == "held"


@given(cited(), texts)
def test_a_passage_moved_by_text_before_it_is_found_again(case: tuple[str, int, int], before: str) -> None:
    body, start, end = case
    anchor = make_anchor(body, body[start:end])
    longer = normalise(f"{before} . {body}")
    assume(times(longer, body[start:end]) == 1)
    standing = find_anchor(longer, anchor)
    assert standing.state == "moved"
    assert longer[standing.anchor.start : standing.anchor.end] == body[start:end]
    assert find_anchor(longer, standing.anchor).state == "held"


@given(cited(), st.data())
def test_one_changed_character_is_not_accepted(case: tuple[str, int, int], data: st.DataObject) -> None:
    body, start, end = case
    anchor = make_anchor(body, body[start:end])
    at = data.draw(st.integers(start, end - 1))
    other = data.draw(st.sampled_from("xQ7#"))
    changed = body[:at] + other + body[at + 1 :]
    assume(changed != body)
    assert find_anchor(changed, anchor).state == "changed"


@given(cited(), st.data())
def test_one_inserted_or_lost_character_is_not_accepted(
    case: tuple[str, int, int], data: st.DataObject
) -> None:
    body, start, end = case
    anchor = make_anchor(body, body[start:end])
    at = data.draw(st.integers(start, end - 1))
    for changed in (body[:at] + body[at + 1 :], body[: at + 1] + "Q" + body[at + 1 :]):
        assume(body[start:end] not in changed)
        assert find_anchor(changed, anchor).state == "changed"


@given(cited(), cited())
def test_overlap_is_symmetric_and_means_a_shared_character(
    one: tuple[str, int, int], other: tuple[str, int, int]
) -> None:
    a, b = Anchor(one[1], one[2], ""), Anchor(other[1], other[2], "")
    shared = set(range(*one[1:])) & set(range(*other[1:]))
    assert overlaps(a, b) == overlaps(b, a) == bool(shared)


# several places, and none


def test_two_places_are_both_named_and_one_can_be_chosen() -> None:
    text = "first line\nno deal today\nthird line\nno deal today\n"
    with pytest.raises(EvidenceError) as caught:
        make_anchor(text, "no deal today")
    found = caught.value.problems[0].found
    assert "2 places" in found
    assert "(line 2)" in found
    assert "(line 4)" in found
    body = normalise(text)
    assert make_anchor(text, "no deal today", occurrence=2).start == body.rindex("no deal today")
    with pytest.raises(EvidenceError, match="from 1 to 2"):
        make_anchor(text, "no deal today", occurrence=3)


def test_a_moved_passage_in_two_places_is_decided_by_its_neighbours_or_is_an_orphan() -> None:
    old = "one two three four five NO DEAL six seven eight nine ten"
    anchor = make_anchor(old, "NO DEAL")
    decided = find_anchor("aa bb cc dd ee NO DEAL ff gg and one two three four five NO DEAL hh", anchor)
    assert decided.state == "moved"
    assert decided.anchor.start > 30
    orphan = find_anchor("aa NO DEAL bb NO DEAL cc", anchor)
    assert orphan.state == "orphan"
    assert orphan.places == (3, 14)
    without_context = replace(anchor, before="", after="")
    assert find_anchor("aa NO DEAL bb NO DEAL cc", without_context).state == "orphan"


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("a strike is unlikely to come", "likely to come"),
        ("some 4,500 troops came", "500 troops"),
        ("some 2.5 million came", "5 million"),
        ("they can't leave", "they can"),
        ("cafe\u0301s close", "cafe"),
    ],
)
def test_half_a_word_is_refused(text: str, passage: str) -> None:
    with pytest.raises(EvidenceError):
        make_anchor(text, passage)
    body = normalise(text)
    if passage in body:
        start = body.index(passage)
        assert find_anchor(body, anchor_at(body, start, start + len(passage))).state == "cut"


def test_whole_words_beside_punctuation_are_accepted() -> None:
    text = "In 2025, 15 ships came (with 4,500 troops). The U.S. said 'no'—twice."
    for passage in ("15 ships", "4,500 troops", "The U.S. said", "'no'", "twice", "In 2025"):
        assert find_anchor(normalise(text), make_anchor(text, passage)).state == "held"


def test_scripts_without_capitals_have_no_edges_to_respect() -> None:
    assert make_anchor("这不是威胁", "不是").start == 1


def test_the_nearest_passage_is_offered_and_not_accepted() -> None:
    with pytest.raises(EvidenceError) as caught:
        make_anchor(ORIGINAL, "Officials in Norwick said that 5,500 troops had boarded the ferries")
    mend = caught.value.problems[0].mend
    assert "4,500 troops" in mend
    assert "not accepted" in mend
    assert "%" in mend


def test_nothing_near_is_said_plainly() -> None:
    with pytest.raises(EvidenceError, match="nothing in the text comes near it"):
        make_anchor(ORIGINAL, "zebras xylophone quartz")
    with pytest.raises(EvidenceError, match="nothing in the text comes near it"):
        make_anchor("", "zebras")
    with pytest.raises(EvidenceError, match="empty passage"):
        make_anchor(ORIGINAL, " \n ")


@given(texts, texts)
def test_the_nearest_passage_is_a_place_in_the_text(text: str, wanted: str) -> None:
    body = normalise(text)
    start, end, likeness = nearest_passage(body, normalise(wanted))
    assert 0 <= start <= end <= len(body)
    assert 0 <= likeness <= 1


def test_the_nearest_passage_of_an_exact_one_is_itself() -> None:
    body = normalise(ORIGINAL)
    wanted = "counted eleven ships and called"
    start, end, likeness = nearest_passage(body, wanted)
    assert body[start:end] == wanted
    assert likeness == 1


# what an anchor carries


def test_an_anchor_carries_digests_and_no_words() -> None:
    anchor = make_anchor(ORIGINAL, "counted eleven ships")
    assert anchor.sha256 == digest("counted eleven ships")
    body = normalise(ORIGINAL)
    assert anchor.before == digest(" ".join(body[: anchor.start].split()[-5:]))[:16]
    assert anchor.after == digest(" ".join(body[anchor.end :].split()[:5]))[:16]
    assert "eleven" not in anchor.to_yaml()


def test_an_anchor_reads_back_from_yaml_even_when_its_digits_look_like_numbers() -> None:
    anchor = Anchor(1, 2, "1" * 64, "1234567890123456", "12345678901234e1")
    assert Anchor(**parse_yaml(anchor.to_yaml()).data) == anchor


@given(cited(), st.integers(-50, 200), st.integers(-50, 200))
def test_an_anchor_with_any_numbers_in_it_is_judged(case: tuple[str, int, int], start: int, end: int) -> None:
    body, *_ = case
    assert find_anchor(body, Anchor(start, end, "0" * 64)).state == "changed"


def test_lines_are_those_of_the_text_as_written() -> None:
    body = normalise(ORIGINAL)
    assert line_of(ORIGINAL, 0) == 1
    assert line_of(ORIGINAL, body.index("would not sail")) == 2
    assert line_of(ORIGINAL, body.index("bluffing")) == 4
    assert line_of(ORIGINAL, len(body) + 99) == 5
    assert line_of("", 0) == 1
