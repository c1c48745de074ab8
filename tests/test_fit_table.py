"""Tables read from files: what is a number, what is a text, where every cell stands, and what cannot be read."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standoff.errors import FitError
from standoff.fit import table as module
from standoff.fit.table import Table, read_table

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


def read(folder: Path, text: str | bytes, name: str = "data.csv") -> Table:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(file)


def test_numbers_texts_and_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b,c\n1,x,\n.,NA,2.5\nNaN, y ,-1e3\n")
    assert found.rows == 3
    assert list(found.columns) == ["a", "b", "c"]
    np.testing.assert_array_equal(found.columns["a"], [1, np.nan, np.nan])
    assert found.columns["b"].tolist() == ["x", "", "y"]
    np.testing.assert_array_equal(found.columns["c"], [np.nan, 2.5, -1000])
    assert found.lines.tolist() == [2, 3, 4]
    assert found.texts["b"].levels == ("x", "y")
    assert found.texts["b"].codes.tolist() == [0, -1, 1]


@pytest.mark.parametrize("text", ["a,b\r\n1,2\r\n3,4\r\n", "a\tb\n1\t2\n3\t4", "\ufeffa,b\n1,2\n\n3,4\n"])
def test_ends_of_lines_tabs_marks_and_empty_lines_do_not_matter(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    np.testing.assert_array_equal(found.columns["a"], [1, 3])
    np.testing.assert_array_equal(found.columns["b"], [2, 4])
    for row in range(2):
        line, column = found.places([(row, "b")])[0]
        assert text.splitlines()[line - 1][column - 1] == str(2 + 2 * row)


def test_quoted_cells_keep_commas_and_ends_of_lines_and_their_places(tmp_path: Path) -> None:
    text = 'name,n\n"Smith, ""Jo""\nand sons",4\nplain,5\n'
    found = read(tmp_path, text)
    assert found.columns["name"].tolist() == ['Smith, "Jo"\nand sons', "plain"]
    assert found.lines.tolist() == [2, 4]
    assert found.places([(1, "n"), (1, "name")]) == [(4, 7), (4, 1)]


def test_names_with_digits_and_underscores_are_no_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, "id,x\n002020_1980,1\n002020_1990,2\n")
    assert found.texts["id"].levels == ("002020_1980", "002020_1990")


def test_latin_1_is_read_with_a_remark(tmp_path: Path) -> None:
    found = read(tmp_path, "name,n\nRégime,1\n".encode("latin-1"))
    assert found.columns["name"].tolist() == ["Régime"]
    (remark,) = found.remarks
    assert (remark.line, remark.column, remark.level) == (2, 2, "warning")
    assert "latin-1" in remark.found


def test_a_word_far_down_makes_the_whole_column_one_of_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 3)
    rows = [f"{i:03},{i}" for i in range(10)]
    rows[8] = "none given,8"
    found = read(tmp_path, "id,n\n" + "\n".join(rows) + "\n")
    assert found.texts["id"].levels[:2] == ("000", "001"), "as it was written, not as a number"
    assert found.columns["id"].tolist()[8] == "none given"
    np.testing.assert_array_equal(found.columns["n"], np.arange(10))
    assert found.lines.tolist() == list(range(2, 12))


def test_problems_come_all_at_once_and_some_twenty_of_them(tmp_path: Path) -> None:
    text = "a,b\n" + "1,2\n" * 5 + "1\n" * 70
    with pytest.raises(FitError) as caught:
        read(tmp_path, text)
    *told, rest = caught.value.problems
    assert [problem.line for problem in told] == list(range(7, 27))
    assert rest.found == "50 more rows of this sort"
    text = "a,b\n" + "inf,2\n" * 30
    with pytest.raises(FitError) as caught:
        read(tmp_path, text)
    assert len(caught.value.problems) == 21


def test_a_column_is_found_as_it_is_written_and_as_an_expression_knows_it(tmp_path: Path) -> None:
    found = read(tmp_path, "USinterest,GDP (log),x,X\n1,2,3,4\n2,3,4,5\n")
    assert found.find("USinterest") == found.find("usinterest") == "USinterest"
    assert found.find("gdp_log") == "GDP (log)"
    assert found.find("X") == "X"
    assert set(found.words) == {"usinterest", "gdp_log"}, "x and X share theirs"
    assert found.find("gdp") is None


@pytest.mark.parametrize("path", ["missing.csv", "."])
def test_no_file_at_all(tmp_path: Path, path: str) -> None:
    with pytest.raises(FitError) as caught:
        read_table(tmp_path / path)
    assert caught.value.problems[0].file.endswith(path.strip("."))


def test_progress_goes_up_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 100)
    file = tmp_path / "data.csv"
    file.write_text("a,b\n" + "1,2\n" * 1000)
    seen: list[tuple[int, int]] = []
    read_table(file, progress=lambda done, of: seen.append((done, of)))
    assert len(seen) == 10
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] == file.stat().st_size


_CELLS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e6, 1e6, allow_nan=False).map(repr),
    st.sampled_from(["", "NA", ".", "nan", "1_000", "x"]),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=6).filter(
        lambda cell: not math.isinf(_number(cell) or 0)  # which is refused
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=9), block=st.integers(1, 4))
def test_what_is_written_is_read(tmp_path: Path, cells: list[tuple[str, str]], block: int) -> None:
    """Whatever the cells and however the rows fall into blocks: numbers are numbers, the rest is text, in its place."""
    file = tmp_path / "data.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("first", "second"), *cells])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        found = read_table(file)
    assert found.rows == len(cells)
    for name, column in zip(("first", "second"), zip(*cells, strict=True), strict=True):
        numbers = [_number(cell) for cell in column]
        if None in numbers:
            nothing = {"", ".", "na", "nan"}
            told = ["" if cell.strip().lower() in nothing else cell.strip() for cell in column]
            assert found.columns[name].tolist() == told
        else:
            np.testing.assert_array_equal(found.columns[name], numbers)


def _number(cell: str) -> float | None:
    if cell.strip().lower() in ("", ".", "na", "nan"):
        return float("nan")
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


_PIECES = b'a|b|1|2.5|,|,|\t|;|"|\n|\n|\r|\r\n|\xe9|\xc3\xa9| |NA|_|\x0c|\xff|-|e|\xe2\x80\xa8|\x1c|\x85'.split(b"|")
_BYTES = st.lists(st.sampled_from(_PIECES), max_size=60).map(b"".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.one_of(_BYTES, st.binary(max_size=200)))
def test_whatever_the_bytes_they_are_read_or_refused(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(raw)
    try:
        found = read_table(file)
    except FitError as error:
        told = error.problems
    else:
        told = ()
        assert found.rows >= 1
        for name in found.columns:
            assert len(found.columns[name]) == found.rows == len(found.lines)
            assert found.places([(found.rows - 1, name)])
    assert all(problem.found and problem.mend and problem.file for problem in told)


@pytest.mark.slow
def test_a_million_rows_take_seconds(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    block = "".join(f"{i},{i % 7},0.{i:04},{i % 3},1.5,-2.25\n" for i in range(10_000))
    file.write_text("a,b,c,d,e,f\n" + block * 100)
    begun = time.perf_counter()
    found = read_table(file)
    took = time.perf_counter() - begun
    assert found.rows == 1_000_000
    assert took < 10.0
    assert found.places([(999_999, "f")])[0][0] == 1_000_001


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the tables beside the project")
def test_published_tables_are_read() -> None:
    rows = {
        "sanctions_signaling/sanctions.csv": (418, 22),
        "war1800_leblang/war1800.csv": (313, 21),
        "war1800_leblang/leblang2003.csv": (7240, 18),
        "icb_v14/icb1v14.csv": (487, 95),
        "icb_v14/icb2v14.csv": (1078, 95),
    }
    for name, size in rows.items():
        found = read_table(SHARED / name)
        assert (found.rows, len(found.columns)) == size
    assert "sq" in read_table(SHARED / "sanctions_signaling/sanctions.csv").numbers
