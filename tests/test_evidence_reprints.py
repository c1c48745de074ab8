"""Reprints against a labelled set made here: copies, excerpts, paraphrases and stories of their own."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evidence_kit import BROADCAST, write_case
from standoff.evidence import DateSpan, Report, load_evidence
from standoff.evidence.anchors import make_anchor
from standoff.evidence.reprints import find_reprints
from standoff.evidence.text import normalise
from standoff.evidence.wording import compare, containment, shingles_of, worded

WORDS = [f"{head}{tail}" for head in ("har", "fle", "min", "tro", "sig", "cou", "ban") for tail in
         ("bour", "et", "ister", "op", "nal", "rt", "ner", "den", "ling")]  # fmt: skip


def story(seed: int, length: int = 300) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choice(WORDS) for _ in range(length))


def report(name: str, text: str) -> Report:
    return replace(Report(name, name, "", DateSpan.parse("2025-01-01")), text=normalise(text))


def found(**texts: str) -> set[tuple[str, str]]:
    reports = {name: report(name, text) for name, text in texts.items()}
    return {(each.one, each.other) for each in find_reprints(reports)}


def test_precision_and_recall_on_a_labelled_set() -> None:
    labelled, reports = set(), {}
    for number in range(8):
        text = story(number)
        words = text.split()
        reports[f"{number}-a"] = report(f"{number}-a", text)
        reports[f"{number}-copy"] = report(f"{number}-copy", text.upper().replace(" ", ", "))
        excerpt = " ".join(words[60:180])  # 40 % of it
        framed = f"{story(100 + number, 40)} {excerpt} {story(200 + number, 40)}"
        reports[f"{number}-excerpt"] = report(f"{number}-excerpt", framed)
        for pair in (("a", "copy"), ("a", "excerpt"), ("copy", "excerpt")):
            labelled.add((f"{number}-{pair[0]}", f"{number}-{pair[1]}"))
    got = {(each.one, each.other) for each in find_reprints(reports)}
    assert got == labelled


def test_an_excerpt_is_contained_whole() -> None:
    text = story(1)
    assert containment(shingles_of(text), shingles_of(" ".join(text.split()[50:170]))) == 1


def test_a_paraphrase_is_not_found_which_is_why_silence_proves_nothing() -> None:
    words = story(3).split()
    paraphrase = " ".join(word if at % 4 else "thing" for at, word in enumerate(words))
    assert found(a=" ".join(words), b=paraphrase) == set()


def test_filler_shared_by_two_pages_is_no_reprint() -> None:
    filler = story(99, 150)
    texts = {
        name: f"{story(seed, 200)} {filler} {story(seed + 50, 200)}" for name, seed in (("a", 5), ("b", 6))
    }
    marked = {
        name: replace(report(name, text), filler=(make_anchor(text, filler),)) for name, text in texts.items()
    }
    assert found(**texts) == {("a", "b")}
    assert find_reprints(marked) == ()


@given(st.text(max_size=80), st.text(max_size=80))
def test_containment_is_a_share_and_symmetric(one: str, other: str) -> None:
    a, b = shingles_of(one), shingles_of(other)
    assert containment(a, b) == containment(b, a)
    assert 0 <= containment(a, b) <= 1
    assert containment(a, a) == (1 if len(a) else 0)


def test_a_reprint_with_another_origin_is_asked_about(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    long = BROADCAST + story(9, 80)
    (case / "reports" / "broadcast.md").write_text(long, encoding="utf-8")
    copy = long.replace("id: broadcast", "id: second").replace("Evening", "Late")
    (case / "reports" / "second.md").write_text(copy, encoding="utf-8")
    problems = load_evidence(case)[1]
    (said,) = (problem for problem in problems if "word for word" in problem.found)
    assert said.level == "warning"
    (case / "reports" / "second.md").write_text(
        copy.replace("grade: C", "grade: C\nderived_from: broadcast"), encoding="utf-8"
    )
    assert not any("word for word" in problem.found for problem in load_evidence(case)[1])


def test_one_shingle_over_and_over_takes_no_more_than_its_length() -> None:
    one, other = ("".join(f"a b c d e {letter}{n} " for n in range(16_000)) for letter in "wv")
    mine, theirs = worded(one), worded(other)
    started = time.process_time()
    found = compare(mine, theirs)
    assert time.process_time() - started < 1.5
    assert len(found.passages) == 16_000
