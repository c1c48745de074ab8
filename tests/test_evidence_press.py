"""The five press texts behind the first case, where they are at hand; none of their words stand here."""

from __future__ import annotations

import random
import re
from itertools import combinations
from pathlib import Path

import pytest

from evidence_kit import SHARED, needs_reports
from standoff.errors import EvidenceError
from standoff.evidence import Evidence, find_anchor, load_evidence, make_anchor
from standoff.evidence.files import citable, read_text
from standoff.evidence.text import normalise, word_edges
from standoff.evidence.wording import containment, shingles_of

CASE = Path(__file__).parents[1] / "src" / "standoff" / "cases" / "venezuela-2025"
FILES = sorted(SHARED.glob("*.txt"))

pytestmark = needs_reports


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    found, problems = load_evidence(CASE, texts=SHARED)
    assert [str(problem) for problem in problems if problem.level == "error"] == []
    return found


def spans(body: str, count: int) -> list[tuple[int, int]]:
    """Random passages of 3 to 60 words that stand once in the text."""
    dice = random.Random(len(body))
    starts, ends = word_edges(body)
    found: list[tuple[int, int]] = []
    while len(found) < count:
        start = dice.choice(starts)
        inside = [end for end in range(start + 12, min(start + 400, len(body) + 1)) if end in ends]
        if inside and body.count(body[start : (end := dice.choice(inside))]) == 1:
            found.append((start, end))
    return found


@pytest.mark.parametrize("file", FILES, ids=[file.name[:3] for file in FILES])
def test_any_passage_of_a_real_text_is_held_found_when_moved_and_lost_when_changed(file: Path) -> None:
    text = read_text(file)
    body = normalise(text)
    for start, end in spans(body, 25):
        anchor = make_anchor(text, body[start:end])
        assert find_anchor(body, anchor).state == "held"
        moved = normalise("Correction: an earlier version was wrong.\n\n" + text)
        standing = find_anchor(moved, anchor)
        assert standing.state == "moved"
        assert moved[standing.anchor.start : standing.anchor.end] == body[start:end]
        middle = (start + end) // 2
        changed = body[:middle] + ("x" if body[middle] != "x" else "y") + body[middle + 1 :]
        assert find_anchor(changed, anchor).state == "changed"


@pytest.mark.parametrize("file", FILES, ids=[file.name[:3] for file in FILES])
def test_a_passage_with_not_in_it_is_offered_the_true_one_and_refused(file: Path) -> None:
    text = read_text(file)
    body = normalise(text)
    start, end = next(span for span in spans(body, 40) if span[1] - span[0] > 120)
    words = body[start:end].split()
    false = " ".join([*words[:5], "not", *words[5:]])
    with pytest.raises(EvidenceError, match="alike and is not accepted"):
        make_anchor(text, false)


def test_every_passage_of_the_shipped_case_is_verified_in_original_and_digest(evidence: Evidence) -> None:
    assert {report.state for report in evidence.reports.values()} == {"held"}
    assert len(evidence.claims) > 20
    for name, grip in evidence.grips.items():
        assert (name, grip.original, grip.digest) == (name, "held", "held")


def test_the_five_texts_do_not_reprint_each_other(evidence: Evidence) -> None:
    cut = [shingles_of(report.text) for report in evidence.reports.values()]
    assert len(cut) == 5
    assert max(containment(one, other) for one, other in combinations(cut, 2)) < 0.02


def test_our_digests_and_claims_copy_no_eight_words_of_the_originals(evidence: Evidence) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", normalise(text).casefold())
        return set(zip(*(words[at:] for at in range(8)), strict=False))

    originals = set().union(*(runs(read_text(file)) for file in FILES))
    ours = [citable(CASE / report.file) for report in evidence.reports.values()]
    ours += [claim.says for claim in evidence.claims.values()]
    assert [run for text in ours for run in runs(text) & originals] == []
