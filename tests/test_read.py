"""YAML with positions, and records made of it: what is read, and every way it can be wrong."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.errors import CaseError, Problem
from standoff.language.document import CaseDocument, Clock, Move
from standoff.language.printable import obeyed, visible
from standoff.language.read import SMALL, Located, parse_yaml, plain_value, read_yaml, validate

TEXT = """\
standoff: 1
title: A pier
clock: {start: 2025-08-18, step: week, steps: 26}
moves:
  harbour:
    close:
      when: force is patrol and
        talks is open
      costs: "cost * 2"
    open:
      when: >
        rung > 2
        or rung < 1
order:
  - harbour
  - {events: [fog]}
"""


def problem_of(text: str) -> Problem:
    with pytest.raises(CaseError) as caught:
        parse_yaml(text, "case.yaml")
    for problem in caught.value.problems:
        assert problem.found
        assert problem.expected
        assert problem.mend
        assert problem.file == "case.yaml"
        assert problem.line >= 1
        assert problem.column >= 1
    return caught.value.problems[0]


# positions


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        (("title",), (2, 8)),
        (("clock", "steps"), (3, 47)),
        (("clock",), (3, 8)),
        (("moves", "harbour", "close"), (6, 5)),
        (("moves", "harbour", "close", "nope", "deeper"), (6, 5)),
        (("order", 0), (15, 5)),
        (("order", 1, "events", 0), (16, 15)),
        (("nothing",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_where(path: tuple[str | int, ...], spot: tuple[int, int]) -> None:
    assert parse_yaml(TEXT).where(path) == spot


def test_where_a_key_stands() -> None:
    assert parse_yaml(TEXT).where_key(("clock", "steps")) == (3, 40)
    assert parse_yaml("a:\nb: 1\n").where(("a",)) == (1, 1)


@pytest.mark.parametrize(
    ("path", "word", "spot"),
    [
        (("moves", "harbour", "close", "when"), "patrol", (7, 22)),
        (("moves", "harbour", "close", "when"), "open", (8, 18)),
        (("moves", "harbour", "close", "costs"), "2", (9, 22)),
        (("moves", "harbour", "open", "when"), "rung < 1", (13, 12)),
        (("title",), "pier", (2, 10)),
    ],
)
def test_where_inside_a_text(path: tuple[str, ...], word: str, spot: tuple[int, int]) -> None:
    located = parse_yaml(TEXT)
    assert located.where_inside(path, located.get(path).index(word) + 1) == spot


def test_where_inside_something_else_than_text() -> None:
    located = parse_yaml(TEXT)
    assert located.where_inside(("standoff",), 3) == (1, 11)
    assert located.where_inside(("clock",), 3) == (3, 8)
    assert located.where_inside(("no", "such"), 3) == (1, 1)
    assert Located({}, "x").where(("a",)) == (1, 1)


# values


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3", 3),
        ("+1", 1),
        ("-2", -2),
        ("4_500", 4500),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("on", "on"),
        ("~", None),
        ("", None),
        ("2025-08-18", date(2025, 8, 18)),
        ("2025-02-30", "2025-02-30"),
        ("2025-08", "2025-08"),
        ("0x10", "0x10"),
        ("1:30", "1:30"),
        ("9" * 100, 1e100),
        ("1.2.3", "1.2.3"),
        ("٣", "٣"),
    ],
)
def test_plain_values(written: str, read: object) -> None:
    value = plain_value(written)
    assert value == read
    assert type(value) is type(read)


def test_keys_are_always_text_and_yaml_1_2_words_stay_words() -> None:
    data = parse_yaml("on: off\nyes: no\n1: a\n2025-01-01: b\nnull: c\n'true': 'true'\n").data
    assert data == {"on": "off", "yes": "no", "1": "a", "2025-01-01": "b", "null": "c", "true": "true"}


def test_quoted_scalars_are_text() -> None:
    assert parse_yaml("a: '1'\nb: \"true\"\nc: !!str 3\nd: |\n  12\n").data == {
        "a": "1",
        "b": "true",
        "c": "3",
        "d": "12\n",
    }


def test_anchors_are_read_and_shared() -> None:
    located = parse_yaml("a: &x [1, 2]\nb: *x\n")
    assert located.data == {"a": [1, 2], "b": [1, 2]}
    assert located.where(("b", 1)) == (2, 4)


# broken text


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 1\na: 2\n", 2, "`a` a second time (first on line 1)"),
        ("a:\n\tb: 1\n", 2, "a tab where spaces are needed"),
        ("a: b: c\n", 1, "a second colon on one line"),
        ("a: [1, 2\nb: 3\n", 1, "missing comma"),
        ("a:\n  [1, 2 {3: 4}]\n", 2, "missing comma"),
        ("a: 1\nb: [1, 2", 2, "brackets that are not closed"),
        ("a: 1\nb: {c: 1", 2, "brackets that are not closed"),
        ("a: 1\nb: 'x\nc: 2\n", 2, "a quotation mark that is never closed"),
        ('a: "\\q"\n', 1, "a backslash that means nothing"),
        ("a: 1\n b: 2\n", 2, "indented too far"),
        ("a:\n  b: 1\n c: 2\n", 3, "does not fit the indentation"),
        ("a: @x\n", 1, "a character that cannot stand here"),
        ("a: 1\nb: \0\n", 2, "a control character"),
        ("a: *y\n", 1, "an alias of nothing before it"),
        ("a: &a [*a]\n", 1, "an alias of nothing before it"),
        ("a: !!python/object:os.system x\n", 1, "the tag"),
        ("a: !mine x\n", 1, "the tag"),
        ("x: &x {a: 1}\ny: {<<: *x}\n", 2, "the merge key"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("? [1]\n: 2\n", 1, "a key that is not text"),
        (": x\n", 1, "an empty key"),
        ("", 1, "an empty file"),
        ("# only a note\n", 1, "an empty file"),
        ("a: - b\n", 1, "a list item on the line of its key"),
        ("a: ]\n", 1, "a punctuation mark where a value should stand"),
        ("[" * 100_000, 1, "nested too deeply"),
        ("- " * 5_000, 1, "nested too deeply"),
        ("{" * 3_000, 1, "a key that is not text"),
    ],
)
def test_broken_yaml(text: str, line: int, found: str) -> None:
    problem = problem_of(text)
    assert problem.line == line
    assert found in problem.found


def test_all_repeated_keys_are_named() -> None:
    with pytest.raises(CaseError) as caught:
        parse_yaml("a: 1\na: 2\nb: 3\nb: 4\n")
    assert [(p.line, p.path) for p in caught.value.problems] == [(2, "a"), (4, "b")]


def test_a_bomb_of_aliases_is_refused_before_it_expands() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for i in range(1, 12):
        text += f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n"
    assert "expand to more than" in problem_of(text).found


def test_too_many_values_are_refused() -> None:
    wide = "- &b [" + "1," * 999 + "1]\n"
    assert "more than 200,000 values" in problem_of(wide + "- &c [" + "*b," * 250 + "*b]\n").found


def test_files(tmp_path: Path) -> None:
    good = tmp_path / "a.yaml"
    good.write_text("\ufeffa: é\n", encoding="utf-8")
    assert read_yaml(good).data == {"a": "é"}
    assert read_yaml(str(good)).file == str(good)
    for path, found in [
        (tmp_path / "missing.yaml", "no such file"),
        (tmp_path, "a folder"),
        (tmp_path / "a.yaml" / "b.yaml", "cannot be read"),
        (tmp_path / ("x" * 3000), "cannot be read"),
        (tmp_path / "a\0b", "cannot be read"),
    ]:
        with pytest.raises(CaseError) as caught:
            read_yaml(path)
        assert found in caught.value.problems[0].found
        assert caught.value.problems[0].file == str(path)


def test_bytes_that_are_not_utf_8_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: a\nquestion: é und ü\n".encode("latin-1"))
    with pytest.raises(CaseError) as caught:
        read_yaml(path)
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == (2, 11)
    assert "0xe9" in problem.found


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as handle:
        handle.truncate(3_000_000_000)
    with pytest.raises(CaseError) as caught:
        read_yaml(path)
    assert "3,000,000,000 bytes" in caught.value.problems[0].found
    with pytest.raises(CaseError) as caught:
        parse_yaml("a" * 2_000_001)
    assert "2,000,001 bytes" in caught.value.problems[0].found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    with pytest.raises(CaseError) as caught:
        read_yaml(path)
    assert "may not be read" in caught.value.problems[0].found


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text("ab:-#[]{}&*!|>'\"%@`,? \n\t0.\\<~", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        located = parse_yaml(text, "case.yaml")
    except CaseError:
        problem_of(text)
    else:
        assert located.data is not None


# records


def complaints(text: str) -> dict[str, Problem]:
    record, problems = validate(CaseDocument, parse_yaml(text, "case.yaml"))
    assert record is None
    for problem in problems:
        assert problem.found
        assert problem.expected
        assert problem.mend
    return {problem.path: problem for problem in problems}


def test_a_record_is_made() -> None:
    located = parse_yaml(TEXT)
    clock, problems = validate(Clock, located, ("clock",))
    assert problems == []
    assert clock == Clock(start=date(2025, 8, 18), step="week", steps=26)


def test_nothing_after_a_colon_is_an_empty_record() -> None:
    move, problems = validate(Move, parse_yaml("hold:\n"), ("hold",))
    assert problems == []
    assert move == Move()


BROKEN = """\
standoff: 2
title: 2025
questin: what
clock: {start: 2025-13-18, step: wek, steps: 0}
parameters:
  Audience Cost: {prior: {beta: [2]}}
  x: {prior: {uniform: [a, 3]}, is: [1]}
  y: {prior: {fixed: .inf}}
factors: {a: {levels: []}, b: {levels: [X, y]}}
actors:
  harbour:
    types: {bluff: {prior: 2025-11-11, titel: x}}
    tempo: {per: month}
    precision:
moves:
  harbour:
    raid: {ends: {x: [1]}, when: [1], perhaps: {a: 1}}
    b: {ends: 3}
    c: 3
outcomes:
  unresolved: {peaceful: maybe, worth: 3}
order: [harbour, {acor: harbour}, 3]
events: []
"""


@pytest.mark.parametrize(
    ("path", "spot", "found", "expected", "mend"),
    [
        ("standoff", (1, 11), "the number 2", "1", "version of the case language"),
        ("title", (2, 8), "the number 2025", "text", "quotation marks"),
        ("question", (1, 1), "no `question`", "one sentence", "Add `question: ...`"),
        ("questin", (3, 1), "the key `questin`", "keys that belong here", "Did you mean 'question'?"),
        ("clock.start", (4, 16), "the text `2025-13-18`", "a day", "first day"),
        ("clock.step", (4, 34), "the text `wek`", "'week'", "Did you mean 'week'?"),
        ("clock.steps", (4, 46), "the number 0", "more than 0", "how many steps"),
        (
            "parameters.Audience Cost",
            (6, 3),
            "the name `Audience Cost`",
            "lower case",
            "Write `audience_cost`",
        ),
        ("parameters.Audience Cost.prior.beta", (6, 33), "only 1", "[a, b]", "Write them all"),
        ("parameters.x.prior.uniform.0", (7, 25), "the text `a`", "a number", "[low, high]"),
        ("parameters.x.is", (7, 37), "a list of 1", "a number or an expression", "derived"),
        ("parameters.y.prior.fixed", (8, 22), "inf", "a finite number", "known"),
        ("factors.a.levels", (9, 23), "a list of 0", "at least 1", "names of the levels"),
        ("factors.b.levels.0", (9, 41), "the text `X`", "lower case", "Write `x`"),
        (
            "actors.harbour.types.bluff.prior",
            (12, 28),
            "the day 2025-11-11",
            "expression",
            "date >= 2025-11-11",
        ),
        ("actors.harbour.types.bluff.titel", (12, 40), "the key `titel`", "keys", "Did you mean 'title'?"),
        ("actors.harbour.tempo.times", (13, 12), "no `times`", "how many times", "Add `times: ...`"),
        ("actors.harbour.precision", (14, 5), "nothing", "a number or an expression", "remove the key"),
        ("moves.harbour.raid.ends.x", (17, 22), "a list of 1", "a number or an expression", "outcome"),
        ("moves.harbour.raid.when", (17, 34), "a list of 1", "a number or an expression", "open only while"),
        ("moves.harbour.raid.perhaps", (17, 48), "a mapping with `a`", "a list", "other ways"),
        ("moves.harbour.b.ends", (18, 15), "the number 3", "text or a mapping", "outcome"),
        ("moves.harbour.c", (19, 8), "the number 3", "a mapping", "what it does"),
        ("outcomes.unresolved.peaceful", (21, 26), "the text `maybe`", "true or false", "peaceful"),
        ("outcomes.unresolved.worth", (21, 40), "the number 3", "a mapping", "worth"),
        ("order.1.acor", (22, 19), "the key `acor`", "keys", "Did you mean 'actor'?"),
        ("order.2", (22, 35), "the number 3", "text or a mapping", "who comes when"),
        ("events", (23, 9), "a list of 0", "a mapping", "chance"),
    ],
)
def test_every_complaint_at_once(
    path: str, spot: tuple[int, int], found: str, expected: str, mend: str
) -> None:
    problem = complaints(BROKEN)[path]
    assert (problem.line, problem.column) == spot
    assert found in problem.found
    assert expected in problem.expected
    assert mend in problem.mend


def test_no_complaint_is_said_twice() -> None:
    _, problems = validate(CaseDocument, parse_yaml(BROKEN))
    assert len(problems) == 28
    assert len({problem.path for problem in problems}) == 28
    assert problems == sorted(problems, key=lambda problem: (problem.line, problem.column))


@pytest.mark.parametrize("text", ["[1]", "x", "3"])
def test_not_even_a_mapping(text: str) -> None:
    assert "a mapping" in complaints(text)[""].expected


def test_a_day_is_not_a_number_of_seconds() -> None:
    assert "a day" in complaints("clock: {start: 86400, steps: 3}")["clock.start"].expected


def test_validating_what_is_not_there() -> None:
    record, problems = validate(Clock, parse_yaml("a: 1\n"), ("clock",))
    assert record is None
    assert {problem.path for problem in problems} == {"clock.start", "clock.steps"}


# characters that would be obeyed


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ('a: 1\ntitle: "a\\x1b[31m"\n', (2, 8), "a control character (U+001B) in `a\\u001b[31m`"),
        ('title: "bell \\a"\n', (1, 8), "(U+0007)"),
        ('title: "a\\rb"\n', (1, 8), "(U+000D)"),
        ('title: "a\\x7f"\n', (1, 8), "(U+007F)"),
        ('title: "a\\x9b31m"\n', (1, 8), "(U+009B)"),
        ('title: "a\\uFFFE"\n', (1, 8), "(U+FFFE)"),
        ("says: |\n  one\n  two \u202eowt\n", (3, 7), "turns the direction of the text (U+202E)"),
        ("- a \u2066b\n", (1, 5), "(U+2066)"),
        ("a: b\ufeffc\n", (1, 5), "a byte order mark inside a text (U+FEFF)"),
        ('"k\\x1b": 1\n', (1, 1), "(U+001B)"),
    ],
)
def test_a_character_that_would_be_obeyed_is_refused(text: str, at: tuple[int, int], found: str) -> None:
    problem = problem_of(text)
    assert (problem.line, problem.column) == at
    assert found in problem.found
    assert "Remove it" in problem.mend
    assert str(problem).isprintable() or "\n" in str(problem)
    assert visible(str(problem)) == str(problem)


def test_lines_tabs_and_every_script_are_text() -> None:
    words = "\u0434\u043e\u043c \u0628\u064a\u062a \u200f\u05d1\u05d9\u05ea \u5bb6 \U0001f3e0 \u200d\u00a0"
    assert parse_yaml(f'title: "a\\tb\\nc {words}"\n').data == {"title": f"a\tb\nc {words}"}


def test_every_such_character_is_named_at_once() -> None:
    with pytest.raises(CaseError) as caught:
        parse_yaml('a: "\\x1b"\nb: {c: ["\\x07"]}\n')
    assert [each.path for each in caught.value.problems] == ["a", "b.c.0"]


@given(st.text(max_size=40))
def test_what_is_visible_is_obeyed_by_nobody(text: str) -> None:
    assert obeyed(visible(text)) is None
    assert visible(visible(text)) == visible(text)
    assert (obeyed(text) is None) == (visible(text) == text)


@pytest.mark.parametrize("size", [0, SMALL])
def test_the_same_text_in_two_files_is_read_once_and_placed_in_each(size: int) -> None:
    text = "a: 1 # " + "x" * size
    one, other = (parse_yaml(text, file) for file in ("one.yaml", "other.yaml"))
    assert (one.file, other.file) == ("one.yaml", "other.yaml")
    assert one.data is other.data
    for file in ("one.yaml", "other.yaml"):
        with pytest.raises(CaseError) as caught:
            parse_yaml(text + "\na: 2\nb: [", file)
        assert {problem.file for problem in caught.value.problems} == {file}
