from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit import ORIGINAL, write_case
from standoff.errors import EvidenceError
from standoff.evidence import Source, anchor_in_file, anchor_key, find_anchor, load_evidence
from standoff.evidence.files import citable, decode, read_text, split_front_matter
from standoff.evidence.originals import find_original, text_folders
from standoff.evidence.text import normalise


def test_a_text_is_read_without_byte_order_mark_and_with_plain_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeffone\r\ntwo\rthree".encode())
    assert read_text(file) == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: path.write_bytes(b"ab\ncd\xe9f"), "byte 0xe9 at offset 5"),
        (lambda path: os.truncate(path, 20_000_001) if path.touch() is None else None, "20,000,001 bytes"),
    ],
)
def test_what_cannot_be_read_is_a_problem(tmp_path: Path, make: object, words: str) -> None:
    file = tmp_path / "a.txt"
    make(file)  # type: ignore[operator]
    with pytest.raises(EvidenceError) as caught:
        read_text(file)
    (problem,) = caught.value.problems
    assert words in problem.found
    assert problem.file == str(file)
    assert problem.mend


def test_the_place_of_a_foreign_byte_is_exact() -> None:
    with pytest.raises(EvidenceError) as caught:
        decode("zwölf\nböse ".encode() + b"\xff", "x")
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 6)


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_a_problem(raw: bytes) -> None:
    try:
        text = decode(raw, "x")
    except EvidenceError as error:
        (problem,) = error.problems
        offset = int(problem.found.split("offset ")[1].split(",")[0])
        raw[:offset].decode("utf-8-sig")  # everything before it is good
        text = problem.mend
    assert "\r" not in text


@pytest.mark.parametrize(
    ("text", "front", "body"),
    [
        ("---\na: 1\n---\nbody\n", "\na: 1\n", "body\n"),
        ("---\na: 1\n...\nbody", "\na: 1\n", "body"),
        ("no head\n---\nx", "", "no head\n---\nx"),
        ("---\nnever closed", "", "---\nnever closed"),
        ("", "", ""),
    ],
)
def test_front_matter(text: str, front: str, body: str) -> None:
    assert split_front_matter(text) == (front, body)


def test_anchors_of_a_digest_count_after_its_head_and_those_of_a_text_from_the_top(tmp_path: Path) -> None:
    text = "---\nid: x\n---\nThe fleet sailed.\n"
    for name, start in (("a.md", 0), ("a.txt", 7)):
        file = tmp_path / name
        file.write_text(text)
        anchor = anchor_in_file(file, "The fleet sailed.")
        assert anchor.start == start
        assert find_anchor(normalise(citable(file)), anchor).state == "held"


def test_a_passage_that_is_not_in_the_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The fleet sailed.")
    with pytest.raises(EvidenceError) as caught:
        anchor_in_file(file, "The fleet did not sail.")
    assert caught.value.problems[0].file == str(file)


# originals


def test_the_original_is_looked_for_where_the_user_says_then_in_the_variable_then_in_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    monkeypatch.setenv("STANDOFF_TEXTS", f"{one}{os.pathsep}{two}")
    assert text_folders(tmp_path, tmp_path / "mine") == [
        tmp_path / "mine",
        one,
        two,
        tmp_path / "reports" / "originals",
    ]
    monkeypatch.delenv("STANDOFF_TEXTS")
    assert text_folders(tmp_path, None) == [tmp_path / "reports" / "originals"]


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_an_original_in_a_folder_of_the_user_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    case = write_case(tmp_path / "case", held=False)
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "renamed.txt").write_text(ORIGINAL, encoding="utf-8")
    if how == "variable":
        monkeypatch.setenv("STANDOFF_TEXTS", str(texts))
    evidence, problems = load_evidence(case, texts=texts if how == "argument" else None)
    assert problems == []
    assert evidence.reports["wire"].state == "held"


def test_a_folder_of_texts_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    problems = load_evidence(write_case(tmp_path / "case"), texts=tmp_path / "nowhere")[1]
    assert [problem.level for problem in problems] == ["error"]
    assert problems[0].file.endswith("nowhere")


def test_the_cited_bytes_win_over_the_name(tmp_path: Path) -> None:
    source = Source("a.txt", sha256(b"right").hexdigest())
    (tmp_path / "a.txt").write_bytes(b"wrong")
    found = find_original(source, [tmp_path])
    assert found is not None
    assert found[1:] == (b"wrong", False)
    (tmp_path / "b.txt").write_bytes(b"right")
    assert find_original(source, [tmp_path]) == (tmp_path / "b.txt", b"right", True)
    assert find_original(source, [tmp_path / "none"]) is None


def test_a_source_cannot_point_outside_the_folders_of_texts(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_bytes(b"x")
    (tmp_path / "texts").mkdir()
    assert find_original(Source("../secret.txt", "0" * 64), [tmp_path / "texts"]) is None


def test_lines_are_counted_in_the_file_head_and_all(tmp_path: Path) -> None:
    digest = tmp_path / "note.md"
    digest.write_text("---\nid: note\ntitle: A note\n---\n\nThe fleet.\n\nThe fleet again.\n", encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        anchor_in_file(digest, "The fleet")
    (problem,) = caught.value.problems
    assert "(line 6)" in problem.found
    assert "(line 8)" in problem.found
    assert "`--occurrence 2`" in problem.mend


def test_the_key_an_anchor_goes_under(tmp_path: Path) -> None:
    for name, text, key in (
        ("digest.md", "---\nid: note\n---\nThe fleet.\n", "digest_anchor"),
        ("plain.md", "---\nauthor: me\n---\nid: The fleet.\n", "anchor"),
        ("original.txt", "id: The fleet.\n", "anchor"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert anchor_key(tmp_path / name) == key
