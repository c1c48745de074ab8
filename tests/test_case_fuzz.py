"""Mutated cases: whatever happens to the text, `check` answers, and every problem has all its parts.

A case that passes is also compiled and solved on a coarse grid: what `check` lets through must not fail there in a
way it has no words for. ``STANDOFF_MUTATIONS=2000 pytest tests/test_case_fuzz.py`` makes a long run of it, as many for
every shipped case.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import standoff as so
from case_kit import CASE, EVIDENCE, written
from standoff.case import check, describe, shipped_cases
from standoff.errors import CaseError, StandoffError

MUTATIONS = int(os.environ.get("STANDOFF_MUTATIONS", "300"))
SHIPPED = int(os.environ.get("STANDOFF_MUTATIONS", "6"))  # their check takes a quarter of a second
COARSE = {2: 2, 3: 2, 4: 2, 5: 2}

_WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?")
_VALUES = (
    *("", "null", "true", "no", "-1", "0", "1e309", "1e12", ".nan", ".inf", "999999999999999999999"),
    *("[]", "{}", "[[]]", "{a: {b: {c: d}}}", "[1, 2, 3]", "{admiralty: {bluff: 1}}", "'", '"', "*x", "&x"),
    *("2025-13-45", "2031-03-09", "step", "date", "chance", "unresolved", "+1", "-99999999999", "!!int"),
    *("10**10**10", "__import__('os')", "1/0", "x" * 3000, "((((", "force is", "lambda: 0", "if", "is"),
    *("admiralty is bluff", "cordon", "admiralty", "\u202e", "é", "\x00"),
)


def _delete(text: str, random_: random.Random) -> str:
    at = random_.randrange(len(text))
    return text[:at] + text[at + random_.choice([1, 1, 1, 2, 5, 40]) :]


def _swap_lines(text: str, random_: random.Random) -> str:
    lines = text.split("\n")
    i, j = random_.randrange(len(lines)), random_.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]
    return "\n".join(lines)


def _drop_line(text: str, random_: random.Random) -> str:
    lines = text.split("\n")
    del lines[random_.randrange(len(lines))]
    return "\n".join(lines)


def _repeat_line(text: str, random_: random.Random) -> str:
    lines = text.split("\n")
    i = random_.randrange(len(lines))
    return "\n".join([*lines[: i + 1], *lines[i:]])


def _indent(text: str, random_: random.Random) -> str:
    lines = text.split("\n")
    i = random_.randrange(len(lines))
    lines[i] = random_.choice([" ", "  ", "\t", ""]) + lines[i].removeprefix(random_.choice([" ", "  ", ""]))
    return "\n".join(lines)


def _replace_value(text: str, random_: random.Random) -> str:
    lines = text.split("\n")
    with_value = [i for i, line in enumerate(lines) if ": " in line]
    i = random_.choice(with_value)
    key, _, _ = lines[i].partition(": ")
    lines[i] = f"{key}: {random_.choice(_VALUES)}"
    return "\n".join(lines)


def _replace_word(text: str, random_: random.Random) -> str:
    words = list(_WORDS.finditer(text))
    one, other = random_.choice(words), random_.choice(words)
    new = random_.choice([other.group(), random_.choice(_VALUES)])
    return text[: one.start()] + new + text[one.end() :]


def _insert(text: str, random_: random.Random) -> str:
    at = random_.randrange(len(text))
    return text[:at] + random_.choice(list(":{}[],#&*!|>'\"%@`-?\n\t \\") + list(_VALUES)) + text[at:]


def _misspell(text: str, random_: random.Random) -> str:
    word = random_.choice(list(_WORDS.finditer(text)))
    letters = list(word.group())
    random_.shuffle(letters)
    return text[: word.start()] + "".join(letters) + text[word.end() :]


ACTS: list[Callable[[str, random.Random], str]] = [
    *(_delete, _swap_lines, _drop_line, _repeat_line, _indent),
    *(_replace_value, _replace_word, _insert, _misspell),
]


def mutated(text: str, random_: random.Random) -> str:
    for _ in range(random_.choice([1, 1, 1, 2, 3])):
        text = random_.choice(ACTS)(text, random_) or " "
    return text


def assert_answered(folder: Path, seed: object) -> bool:
    """Whether the case was let through, and solved."""
    try:
        problems = check(folder)
        passed = all(problem.level != "error" for problem in problems)
        if passed:
            assert_solved(folder)
    except Exception as error:  # the point of the test: say which mutation it was
        pytest.fail(f"mutation {seed}: {type(error).__name__}: {error}\n{folder}")
    for problem in problems:
        assert problem.found, (seed, problem)
        assert problem.expected, (seed, problem)
        assert problem.mend, (seed, problem)
        assert problem.file, (seed, problem)
        assert problem.level in ("error", "warning")
        str(problem).encode("utf-8")
    return passed


def assert_solved(folder: Path) -> None:
    try:
        solution = so.solve(folder, grid=COARSE, grid_error=False, threads=1, time_limit=20)
    except StandoffError:
        return  # refused in words
    assert sum(solution.outcomes.values()) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("block", range(10))
@pytest.mark.no_cover
def test_mutations_of_the_starter_case_are_answered(block: int, tmp_path: Path) -> None:
    for number in range(block, MUTATIONS, 10):
        random_ = random.Random(number)
        case, evidence = CASE, EVIDENCE
        if number % 4:
            case = mutated(case, random_)
        else:
            evidence = mutated(evidence, random_)
        folder = tmp_path / "sel"
        folder.mkdir(exist_ok=True)
        written(folder, case, evidence)
        assert_answered(folder, number)


@pytest.mark.parametrize("name", list(shipped_cases()))
@pytest.mark.no_cover
def test_mutations_of_shipped_cases_are_answered(name: str, tmp_path: Path) -> None:
    source = shipped_cases()[name]
    texts = {file: (source / file).read_text("utf-8") for file in ("case.yaml", "evidence.yaml")}
    (tmp_path / "reports").symlink_to((source / "reports").resolve())
    for number in range(SHIPPED):
        random_ = random.Random(f"{name} {number}")
        file = random_.choice(list(texts))
        for other, text in texts.items():
            (tmp_path / other).write_text(mutated(text, random_) if other == file else text, encoding="utf-8")
        assert_answered(tmp_path, number)


def test_the_words_never_fail_where_the_shape_holds(tmp_path: Path) -> None:
    from standoff.language.document import CaseDocument
    from standoff.language.read import parse_yaml, validate

    told = 0
    for number in range(MUTATIONS // 3):
        text = mutated(CASE, random.Random(10_000 + number))
        try:
            document, _ = validate(CaseDocument, parse_yaml(text))
        except CaseError:
            continue
        if document is not None:
            assert describe(document)["text"]
            told += 1
    assert told > MUTATIONS // 20
