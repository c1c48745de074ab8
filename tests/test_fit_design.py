"""A table laid out for a case: terms, counts, groups; what is left out, and every way in which the two do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broken_tables import ROWS, Broken
from standoff.case import check, load
from standoff.errors import CaseError, FitError
from standoff.fit.design import design, produced
from standoff.fit.table import read_table
from standoff.language.document import CaseDocument
from table_kit import CASE, DATA, changed, laid_out, written

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_broken_table(row: Broken, tmp_path: Path) -> None:
    told, case = row.told(tmp_path)
    fitting = [problem for problem in told if row.found in problem.found]
    assert fitting, [str(problem) for problem in told]
    problem = fitting[0]
    assert problem.expected
    assert row.mend in problem.mend
    assert problem.level == row.level
    assert problem.file.endswith(row.file)
    if row.line >= 0:
        assert (problem.line, problem.column) == (row.line, row.column)
    else:
        assert 1 <= problem.line <= case.count("\n")
    if row.level == "error":
        assert all(one.level == "error" for one in told)


def test_terms_blocks_and_constants(tmp_path: Path) -> None:
    made = laid_out(tmp_path)
    assert made.names == (
        "ease: constant", "ease: log(power)", "fight: constant", "fight: regime is mixed", "fight: balance",
        "patience: constant",
    )  # fmt: skip
    means, sds = made.priors()
    np.testing.assert_allclose(sds, [np.inf, np.inf, np.inf, 2, np.inf, 0.2])
    np.testing.assert_allclose(means, [0, 0, 0, 0, 0, 1])
    power = read_table(tmp_path / "data.csv").columns["power"]
    np.testing.assert_allclose(made.blocks["ease"], np.stack([np.ones(12), np.log(power)], axis=1))
    np.testing.assert_array_equal(made.blocks["fight"][:, 1], [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0])
    np.testing.assert_array_equal(made.blocks["patience"], np.ones((12, 1)))
    assert set(made.constants) == {"ease", "fight", "patience"}
    assert not any(constant.any() for constant in made.constants.values())
    np.testing.assert_allclose(made.scale[1], 1 / np.sqrt(np.mean(np.log(power) ** 2)))
    assert made.outcomes == ("status_quo", "conceded", "war", "unresolved")
    np.testing.assert_array_equal(made.counts[1], [5, 0, 1, 0])
    assert made.group_names == ("a-b", "a-c", "a-d", "b-c", "b-d", "c-d")
    assert made.groups is not None
    np.testing.assert_array_equal(made.groups, [0, 1, 2, 3, 4, 5] * 2)
    assert made.times is not None
    assert made.times[0] == 1950
    assert (made.rows, made.table_rows, made.dropped, made.elsewhere, made.left_out) == (12, 12, 0, 0, ())
    names, features = made.features()
    assert names == ("log(power)", "regime is mixed", "balance")
    np.testing.assert_allclose(features[:, 0], np.log(power))


def test_held_numbers_and_offsets_are_constants(tmp_path: Path) -> None:
    case = changed(
        CASE,
        ("patience: {prior: {normal: [1, 0.2]}", "patience: {prior: {fixed: 2.5}"),
        ("log(power): ", "log(power): {fixed: 0.5}"),
    )
    made = laid_out(tmp_path, case)
    power = read_table(tmp_path / "data.csv").columns["power"]
    assert made.names == ("ease: constant", "fight: constant", "fight: regime is mixed", "fight: balance")
    np.testing.assert_allclose(made.constants["ease"], 0.5 * np.log(power))
    np.testing.assert_allclose(made.constants["patience"], 2.5)
    assert "patience" not in made.blocks


def test_a_prior_that_is_not_normal_is_taken_as_one(tmp_path: Path) -> None:
    made = laid_out(tmp_path, changed(CASE, ("{normal: [1, 0.2]}", "{uniform: [1, 4]}")))
    assert made.terms[-1].mean == pytest.approx(2.5)
    assert made.terms[-1].sd == pytest.approx(3 / np.sqrt(12), rel=1e-4)
    assert any("patience" in remark.found for remark in made.remarks)


def test_rows_left_out_are_counted_with_what_they_lack(tmp_path: Path) -> None:
    data = changed(DATA, ("1.5,mixed", "NA,mixed"), ("open,0.52", ",0.52"), ("open,0.35", ",."), ("2,1,3", "2,1,"))
    made = laid_out(tmp_path, changed(CASE, ("  time: year", "  time: year\n  where: year < 1965")), data)
    assert made.dropped == 3
    assert made.elsewhere == 1
    assert dict(made.left_out) == {"power": 1, "regime": 2, "balance": 1}
    assert made.lines.tolist() == [4, 5, 6, 7, 9, 10, 11, 12]
    assert made.rows_used.tolist() == [2, 3, 4, 5, 7, 8, 9, 10]
    assert made.times is not None
    assert made.times.tolist() == [1952, 1953, 1954, 1955, 1961, 1962, 1963, 1964]


def test_one_column_that_names_the_outcomes(tmp_path: Path) -> None:
    rows = ["end,year,dyad,power,regime,balance"]
    ends = ["none", "gave way", "war", "War", "none"] * 4
    for i, end in enumerate(ends):
        rows.append(f"{end},19{i + 10},d{i % 5},{1 + i % 3},{['open', 'mixed'][i % 2]},{i * i % 11}")
    case = changed(
        CASE,
        (
            "counts: {status_quo: quiet, conceded: gave_way, war: war}",
            "outcome: {column: end, values: {status_quo: none, conceded: gave way, war: [war, War]}}",
        ),
    )
    made = laid_out(tmp_path, case, "\n".join(rows) + "\n")
    np.testing.assert_array_equal(made.counts.sum(axis=0), [8, 4, 8, 0])
    np.testing.assert_array_equal(made.counts[3], [0, 0, 1, 0])
    numbered = changed(case, ("{status_quo: none, conceded: gave way, war: [war, War]}",
                              "{status_quo: 0, conceded: 1, war: [2, 3]}"))  # fmt: skip
    coded = [rows[0]] + [str(["none", "gave way", "war", "War"].index(row.split(",")[0])) + row[row.index(","):]
                         for row in rows[1:]]  # fmt: skip
    again = laid_out(tmp_path / "numbers", numbered, "\n".join(coded) + "\n")
    np.testing.assert_array_equal(again.counts, made.counts)


def test_groups_of_a_hierarchy(tmp_path: Path) -> None:
    made = laid_out(tmp_path, changed(CASE, ("  time: year", "  time: year\n  hierarchy: {fight: regime}")))
    codes, names = made.hierarchy["fight"]
    assert names == ("closed", "mixed", "open")
    assert [names[code] for code in codes[:3]] == ["mixed", "open", "closed"]


def test_days_of_the_calendar_are_times(tmp_path: Path) -> None:
    data = DATA
    for year in range(1950, 1966):
        data = data.replace(f",{year},", f",{year}-03-01,")
    made = laid_out(tmp_path, CASE, data)
    assert made.times is not None
    assert made.times[1] - made.times[0] == 365


def test_everything_that_is_wrong_comes_at_once(tmp_path: Path) -> None:
    case = changed(CASE, ("      balance:\n", "      balnce:\n"), ("groups: dyad", "groups: pair"))
    data = changed(DATA, ("0.31,7,1", "0.31,seven,1"), ("a-b,1950", "a-b,before"))
    with pytest.raises(FitError) as caught:
        laid_out(tmp_path, case, data)
    told = {(Path(problem.file).name, problem.path) for problem in caught.value.problems}
    assert told == {
        ("case.yaml", "parameters.fight.regress.balnce"), ("case.yaml", "fit.groups"), ("data.csv", "quiet"),
        ("data.csv", "year"),
    }  # fmt: skip


def test_many_bad_cells_are_told_in_part_and_counted(tmp_path: Path) -> None:
    data = DATA.split("\n")[0] + "\n" + "a-b,1950,1.5,mixed,0.31,7,1,-1\n" * 50
    with pytest.raises(FitError) as caught:
        laid_out(tmp_path, CASE, data)
    *told, rest = caught.value.problems
    assert len(told) == 20
    assert rest.found == "30 more cells of the column `war` like that"


def test_columns_that_say_the_same_are_settled_by_a_prior(tmp_path: Path) -> None:
    twice = changed(CASE, ("      balance:\n", "      balance:\n      2 * balance: {normal: [0, 1]}\n"))
    assert laid_out(tmp_path, twice).size == 7


def test_outcomes_that_the_tree_cannot_come_to(tmp_path: Path) -> None:
    made = laid_out(tmp_path)
    assert produced(made, ["status_quo", "conceded", "war"]) == []
    (problem,) = produced(made, ["status_quo", "conceded"])
    assert problem.found.startswith("`war` 11 times")
    assert problem.line == 3, "the first row that has it"
    (problem,) = produced(made, ["status_quo", "conceded", "war", "unresolved"])
    assert "`unresolved`, which play can come to" in problem.found


def test_a_case_that_goes_by_a_table_is_checked_and_refused_without_one(tmp_path: Path) -> None:
    import standoff as so

    files = written(tmp_path)
    assert [problem for problem in check(files[0]) if problem.level == "error"] == []
    with pytest.raises(CaseError) as caught:
        so.solve(files[0])
    (problem,) = caught.value.problems
    assert "ease, fight" in problem.found
    assert "standoff fit" in problem.mend
    with pytest.raises(CaseError):
        so.forecast(files[0])
    solved = so.solve(files[0], overrides={"ease": 0.0, "fight": -1.0})
    assert sum(solved.outcomes.values()) == pytest.approx(1.0)


BAD_CASES = [
    ("regress: {constant: , log(power): }", "regress: {constant: , log(power: }", "`(` that is never closed"),
    ("regress: {constant: , log(power): }", "regress: {constant: , x: , X: }", "`X` a second time"),
    ("regress: {constant: , log(power): }", "regress: {constant: , 2: }", "`2`, which no column changes"),
    ("{normal: [0, 2]}", "{uniform: [0, 2]}", "the key `uniform`"),
    ("{normal: [0, 2]}", "{normal: [0, -2]}", "normal [0, -2]"),
    ("    regress: {constant: , log(power): }", "    regress: {constant: }\n    is: 3", "both `is` and `regress`"),
    ("counts: {status_quo: quiet,", "counts: {status_qou: quiet,", "`status_qou`"),
    ("conceded: gave_way, war: war", "conceded: war, war: war", "which also counts `conceded`"),
    ("  counts: {status_quo: quiet, conceded: gave_way, war: war}\n", "", "neither `counts` nor `outcome`"),
    ("  groups: dyad", "  groups: dyad\n  outcome: {column: x, values: {war: 1, conceded: 1}}", "also stands for"),
    ("  groups: dyad", "  groups: dyad\n  hierarchy: {figth: year}", "`figth`"),
    ("  groups: dyad", "  groups: dyad\n  rule: logist", "the text `logist`"),
    ("  groups: dyad", "  groups: dyad\n  where: year >", "stops after"),
    ("  groups: dyad", "  grups: dyad", "the key `grups`"),
]


@pytest.mark.parametrize(("old", "new", "found"), BAD_CASES, ids=[row[2] for row in BAD_CASES])
def test_a_broken_fit_in_a_case(tmp_path: Path, old: str, new: str, found: str) -> None:
    files = written(tmp_path, changed(CASE, (old, new)))
    told = [problem for problem in check(files[0]) if problem.level == "error"]
    assert any(found in problem.found for problem in told), [str(problem) for problem in told]
    assert all(problem.line > 1 and problem.mend for problem in told)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("conceded: gave_way, war: war", "conceded: gave_way", "nothing for `war`"),
        ("  groups: dyad", "  groups: dyad\n  where: power", "`power`, a number"),
        (CASE[CASE.index("fit:\n") :], "", "`ease` and `fight` by the columns of a table, and no `fit`"),
    ],
)
def test_a_doubtful_fit_in_a_case(tmp_path: Path, old: str, new: str, found: str) -> None:
    told = [problem for problem in check(written(tmp_path, changed(CASE, (old, new)))[0]) if found in problem.found]
    assert [problem.level for problem in told] == ["warning"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the tables beside the project")
def test_the_disputes_of_the_nineteenth_century(tmp_path: Path) -> None:
    case = changed(
        CASE,
        ("regress: {constant: , log(power): }", "regress: {constant: , s_wt_re1: , revis1: , regime1 is dem: }"),
        ("      regime is mixed: {normal: [0, 2]}\n      balance:\n",
         "      balanc:\n      regime2 is dem:\n      regime2 is mixed:\n"),
        ("status_quo: quiet, conceded: gave_way, war: war", "status_quo: sq, conceded: capit, war: war"),
        ("  groups: dyad", "  groups: ccode1"),
    )  # fmt: skip
    files = written(tmp_path, case)
    made = design(load(files[0]).document, read_table(SHARED / "war1800_leblang" / "war1800.csv"))
    assert made.rows == 282
    assert made.dropped == 31
    assert made.counts.sum() == 282


def test_the_record_of_a_design_is_small_to_print(tmp_path: Path) -> None:
    assert len(repr(laid_out(tmp_path))) < 1500
    assert isinstance(load(tmp_path / "case.yaml").document, CaseDocument)


def test_what_is_wrong_is_told_in_one_round_and_a_column_once(tmp_path: Path) -> None:
    case = changed(CASE, ("log(power)", "log(pwer)"), ("      balance:", "      balance * pwer:\n      log(balance):"))
    data = changed(DATA, ("0.31,7,1", "0.31,7.5,1"), ("open,0.52", "open,0"))
    with pytest.raises(FitError) as caught:
        laid_out(tmp_path, case, data)
    found = [problem.found for problem in caught.value.problems]
    assert len(found) == 3
    assert found[0] == "the column `pwer`, in 2 places"
    assert any("7.5 in the column `quiet`" in one for one in found)
    assert any("`log(balance)`, which is -inf" in one for one in found)
