"""Standardised terms, lists and products of them, effects of groups with a given spread, and spreads that the data
choose."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from standoff.case import check, load
from standoff.errors import FitError
from standoff.fit.baselines import Episodes
from standoff.fit.compared import compared
from standoff.fit.design import Design
from standoff.fit.design import design as lay
from standoff.fit.fitted import fit
from standoff.fit.folds import by_group
from standoff.fit.hierarchy import with_effects
from standoff.fit.kept import keep
from standoff.fit.likelihood import Likelihood
from standoff.fit.standard import as_written, standardised
from standoff.fit.table import read_table
from standoff.fit.tree import unroll
from standoff.fit.tuned import Tuned, choose
from standoff.game import compile_case
from standoff.language.posterior import read_posterior
from table_kit import CASE, DATA, changed, laid_out, written
from test_cli_fit import typed

FULL = changed(
    CASE,
    (
        "    regress: {constant: , log(power): }",
        "    regress:\n      constant: {}\n      columns: {normal: [0, lines]}\n"
        "      pairs(columns): {normal: [0, curves]}\n      each(regime): {normal: [0, groups]}\n"
        "      each(dyad): {normal: [0, 0.4]}",
    ),
    ("      balance:\n", "      columns: {normal: [0, lines]}\n"),
    (
        "  time: year",
        "  time: year\n  standardise: true\n  terms: {columns: [log(power), balance]}\n"
        "  tune: {curves: [0, 0.3, 0.6], groups: [0.2, 0.5], lines: [0.5, 1]}",
    ),
)


def model(folder: Path, case: str = FULL) -> Tuned:
    files = written(folder, case)
    made = laid_out(folder, case)
    tree = unroll(compile_case(load(files[0])), set(made.blocks))
    return Tuned("this case", tree, made, "logit", tuple(made.outcomes.index(name) for name in made.told))


def test_a_list_stands_for_its_terms_and_pairs_for_their_products(tmp_path: Path) -> None:
    made = laid_out(tmp_path, changed(FULL, ("  standardise: true\n", "")))
    power, balance = (read_table(tmp_path / "data.csv").numbers[name] for name in ("power", "balance"))
    assert [term.name for term in made.terms if term.parameter == "ease"] == [
        "constant", "log(power)", "balance", "log(power) x log(power)", "log(power) x balance", "balance x balance"
    ]  # fmt: skip
    np.testing.assert_allclose(made.blocks["ease"][:, 4], np.log(power) * balance)
    assert [term.tuned for term in made.terms if term.parameter == "ease"] == ["", *["lines"] * 2, *["curves"] * 3]
    assert np.isinf(made.terms[0].sd), "`{}` is nothing said"
    assert [(one.column, one.tuned, one.sd) for one in made.grouped["ease"]] == [
        ("regime", "groups", 1.0), ("dyad", "", 0.4)
    ]  # fmt: skip
    assert made.features()[0] == ("log(power)", "balance", "regime is mixed"), "products are for games alone"


def test_terms_are_standardised_by_the_rows_that_are_learnt_from(tmp_path: Path) -> None:
    made = laid_out(tmp_path, FULL)
    train = np.arange(7)
    other = standardised(made, train)
    weight = made.counts[train].sum(axis=1)
    for block in other.blocks.values():
        for column in block.T:
            if not (column == 1).all():
                assert np.average(column[train], weights=weight) == pytest.approx(0, abs=1e-12)
                assert np.average(column[train] ** 2, weights=weight) == pytest.approx(1)
    assert not np.allclose(other.blocks["ease"], made.blocks["ease"])
    late = replace(made, counts=np.concatenate([made.counts[:7], 5 * made.counts[7:]]))
    np.testing.assert_array_equal(standardised(late, train).blocks["ease"], other.blocks["ease"])


def test_a_column_that_never_changes_is_zero(tmp_path: Path) -> None:
    rows = DATA.strip().split("\n")
    flat = "\n".join([rows[0], *(",".join([*row.split(",")[:4], "0.3", *row.split(",")[5:]]) for row in rows[1:])])
    made = laid_out(tmp_path, FULL, flat + "\n")
    assert not made.blocks["ease"][:, [2, 4, 5]].any()
    assert np.isfinite(made.scale).all()


def test_back_on_the_columns_as_they_are_written(tmp_path: Path) -> None:
    made = laid_out(tmp_path, FULL)
    assert made.columns is not None
    terms, makes = as_written(made)
    beta = np.random.default_rng(1).standard_normal(made.size)
    raw = makes @ beta
    values = dict(zip(made.column_names, made.columns.T, strict=True))
    upto = 0
    for parameter, block in made.blocks.items():
        total = np.zeros(made.rows)
        for (owner, name), coefficient in zip(terms, raw, strict=True):
            if owner == parameter:
                parts = [part.strip("()") if "* (" in name else part for part in name.split(" * ")]
                parts = [part + ")" if part.startswith("log(") and not part.endswith(")") else part for part in parts]
                column = np.ones(made.rows)
                for part in parts if name != "constant" else []:
                    column = column * values[part]
                total += coefficient * column
        np.testing.assert_allclose(total, block @ beta[upto : upto + block.shape[1]], atol=1e-10)
        upto += block.shape[1]


def dense(wide: Design) -> Design:
    """The same with a column of zeros and ones for every group."""
    blocks = {}
    for name, block in wide.blocks.items():
        groups = [np.eye(count)[codes] for codes, count in wide.indexed.get(name, ())]
        blocks[name] = np.concatenate([block, *groups], axis=1)
    return replace(wide, blocks=blocks, indexed={})


def test_groups_kept_as_codes_are_columns_of_zeros_and_ones(tmp_path: Path) -> None:
    made = model(tmp_path)
    wide, placed = with_effects(made.design)
    assert {name: len(where) for name, where in placed.items()} == {"ease: each(regime)": 3, "ease: each(dyad)": 6}
    few, many = Likelihood(made.tree, wide), Likelihood(made.tree, dense(wide))
    beta = 0.3 * np.random.default_rng(2).standard_normal(few.size)
    rows = np.array([3, 3, 0, 8, 11])
    for some in (None, rows):
        np.testing.assert_allclose(few.at(beta, some).gradient, many.at(beta, some).gradient, atol=1e-12)
        np.testing.assert_allclose(few.hessian(beta, some), many.hessian(beta, some), atol=1e-9)
        np.testing.assert_allclose(few.chances(beta, some), many.chances(beta, some), atol=1e-14)
    np.testing.assert_allclose(few.scores(beta), many.scores(beta), atol=1e-12)
    for k in range(few.size):
        step = np.zeros(few.size)
        step[k] = 1e-5
        slope = (few.at(beta + step).loglik - few.at(beta - step).loglik) / 2e-5
        assert few.at(beta).gradient[k] == pytest.approx(slope, abs=1e-6)


def test_a_spread_of_zero_leaves_the_terms_out(tmp_path: Path) -> None:
    made = laid_out(tmp_path, FULL).at({"curves": 0.0, "groups": 0.0, "lines": 0.5})
    assert [term.name for term in made.terms if term.parameter == "ease"] == ["constant", "log(power)", "balance"]
    assert {term.sd for term in made.terms if term.tuned} == {0.5}
    assert made.blocks["ease"].shape == (12, 3)
    assert [one.column for one in made.grouped["ease"]] == ["dyad"]


def test_one_value_after_another_from_the_middle() -> None:
    asked: list[dict[str, float]] = []

    def loss(settings: object) -> float:
        assert isinstance(settings, dict)
        asked.append(dict(settings))
        return abs(settings["a"] - 3) + abs(settings["b"] - settings["a"])

    assert choose({"a": (1, 2, 3), "b": (3, 1), "c": (7,)}, loss) == {"a": 3, "b": 3, "c": 7}
    assert asked[0] == {"a": 1, "b": 3, "c": 7}
    assert len(asked) == 4, "nothing is asked twice"


def test_what_is_tested_is_neither_chosen_nor_learnt_from(tmp_path: Path) -> None:
    made = model(tmp_path)
    groups = made.design.groups
    assert groups is not None
    fold = by_group(groups, 3, 0)[0]

    def told(changed_counts: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[object, object]:
        design = replace(made.design, counts=changed_counts)
        names, features = design.features()
        data = Episodes(features, names, changed_counts[:, list(made.among)], design.told)
        p, remark, chosen = replace(made, design=design).told(data, fold.train, fold.test, groups, 0)
        assert not remark
        assert set(chosen) == {"curves", "groups", "lines"}
        np.testing.assert_allclose(p.sum(axis=1), 1)
        return p.tolist(), chosen

    other = made.design.counts.copy()
    other[fold.test] = other[fold.test][:, ::-1] * 3
    other[fold.test, 3] = 0
    assert told(made.design.counts) == told(other)


def test_a_group_that_was_not_learnt_from_has_no_effect(tmp_path: Path) -> None:
    made = model(tmp_path)
    dyads = made.design.groups
    assert dyads is not None
    fold = by_group(dyads, 3, 0)[0]
    starts: dict[str, float] = {}
    settings = {"curves": 0.3, "groups": 0.5, "lines": 1.0}
    p, remark = made._chances(standardised(made.design, fold.train), settings, fold.train, fold.test, starts)
    assert remark == ""
    assert np.isfinite(p).all()
    unseen = set(dyads[fold.test]) - set(dyads[fold.train])
    assert unseen
    for code in unseen:
        assert starts[f"ease: (dyad {made.design.group_names[code]})"] == pytest.approx(0, abs=1e-9)


def test_it_is_one_command(tmp_path: Path) -> None:
    files = written(tmp_path, FULL)
    out = tmp_path / "out"
    shown = typed(*files, "--starts", 2, "--workers", 1, "--folds", "dyad", "--repeats", 2, "--out", out).stdout
    shown = " ".join(shown.split())
    assert "Out of sample, by dyad" in shown
    assert "this case chose curves, in how many folds: " in shown
    assert "standard deviations from their mean" in shown
    assert "ease, effects of 6 values of dyad with sd 0.400" in shown
    (_, line) = json.loads((out / "validation.json").read_text())
    assert len(line["chosen"]) == 12
    assert set(line["against"]) == {"base rate"}
    made = json.loads((out / "fit.json").read_text())
    assert made["chosen"]["curves"]["of"] == [0, 0.3, 0.6]
    assert {one["column"] for one in made["effects"]} == {"regime", "dyad"}
    # on the columns as they are: a case takes it as a prior, and finds what the design says of an average group
    read = read_posterior(out / "posterior.json", "posterior.json")
    assert ("ease", "balance") in read.terms
    values = read.values("ease", {"power": 1.5, "balance": 0.4})
    assert np.isfinite(values).all()


def test_folds_from_a_time_on(tmp_path: Path) -> None:
    files = written(tmp_path)
    shown = typed(*files, "--folds", "time:1960", "--starts", 2, "--workers", 1).stdout
    assert "Out of sample, from 1960 on" in shown
    assert "Per case, 45 cases" in shown
    assert "needs a number" in typed(*files, "--folds", "time:late", code=2).output


def test_a_list_is_no_column(tmp_path: Path) -> None:
    case = FULL.replace("columns", "power").replace("log(power)", "log(balance)")
    with pytest.raises(FitError, match="a list `power`, which is a column too"):
        laid_out(tmp_path, case)


BAD = [
    ("curves]", "curvs]", "`curvs`"),
    ("pairs(columns)", "pairs(colums)", "`colums`"),
    ("each(dyad): {normal: [0, 0.4]}", "each(dyad):", "`each(dyad)` without a spread"),
    ("[0, lines]", "[1, lines]", "a mean of 1"),
    ("curves: [0, 0.3, 0.6]", "curves: [0, 0.3, 0.3]", "[0, 0.3, 0.3]"),
    ("[log(power), balance]", "[log(power), balance, balance]", "`balance` a second time"),
    ("      each(dyad)", "      balance:\n      each(dyad)", "`balance` a second time"),
    ("  standardise: true", "  standardise: true\n  hierarchy: {ease: dyad}", "`hierarchy` beside `tune`"),
    ("each(dyad): {normal: [0, 0.4]}", "each(dyad): {normal: [3, 0.4]}", "a mean of 3 under `each(dyad)`"),
    ("[log(power), balance]", "[log(power), balance, Balance]", "`Balance` a second time"),
    ("[log(power), balance]", "[balance, log(Power) , log( power )]", "`log( power )` a second time"),
    ("terms: {", "terms: {other: [balance, log(power)], ", "which `pairs(other)` has too"),
    ("curves: [0, 0.3, 0.6]", "curves: [0, 1.0e-200]", "[0, 1e-200]"),
]


@pytest.mark.parametrize(("old", "new", "found"), BAD, ids=[row[2] for row in BAD])
def test_what_does_not_fit_is_said(tmp_path: Path, old: str, new: str, found: str) -> None:
    case = FULL.replace(old, new)
    if "other" in new:
        case = case.replace("      pairs(columns)", "      pairs(other): {normal: [0, 1]}\n      pairs(columns)")
    files = written(tmp_path, case)
    told = [problem for problem in check(files[0]) if problem.level == "error"]
    assert any(found in problem.found for problem in told), [str(problem) for problem in told]
    assert all(problem.line > 1 for problem in told)


def regressed(ease: str, fit: str = "", fight: str = "{constant: }") -> str:
    """CASE with other terms."""
    text = changed(CASE, ("    regress: {constant: , log(power): }", f"    regress: {ease}"))
    text = changed(text, ("      constant:\n      regime is mixed: {normal: [0, 2]}\n      balance:\n", ""))
    return changed(text, ("    regress:\n", f"    regress: {fight}\n"), ("  time: year\n", f"  time: year\n{fit}"))


def test_a_spread_of_zero_must_leave_something(tmp_path: Path) -> None:
    case = regressed("{log(power): {normal: [0, b]}}", "  tune: {b: [0, 0.5]}\n", "{each(dyad): {normal: [0, b]}}")
    case = case.replace("  patience: {prior: {normal: [1, 0.2]}, judgement: a guess}\n", "")
    case = case.replace("precision: patience", "precision: 1")
    told = [problem for problem in check(written(tmp_path, case)[0]) if problem.level == "error"]
    assert [(one.path, one.line > 1) for one in told] == [("fit.tune.b", True)]
    assert "leaves nothing to estimate" in told[0].found
    assert not any(one.level == "error" for one in check(written(tmp_path, case.replace("[0, 0.5]", "[0.5]"))[0]))


def test_hierarchy_beside_each_is_refused(tmp_path: Path) -> None:
    case = regressed("{constant: , each(year): {normal: [0, 1]}}", "  hierarchy: {fight: dyad}\n")
    (told,) = [problem for problem in check(written(tmp_path, case)[0]) if problem.level == "error"]
    assert told.found == "`hierarchy` beside `each(year)`"
    assert "each(COLUMN)" in told.mend


def test_a_column_once_under_each_however_it_is_spelled(tmp_path: Path) -> None:
    case = regressed("{constant: , each(dyad): {normal: [0, 1]}, each(Dyad): {normal: [0, 1]}}")
    with pytest.raises(FitError, match=r"`each\(Dyad\)`, which is `each\(dyad\)` once more"):
        laid_out(tmp_path, case)


def test_groups_with_numbers_for_names_have_their_own(tmp_path: Path) -> None:
    rows = DATA.strip().split("\n")
    numbers = ["1234567.1", "1234567.2", "1234567890123456", "1234567890123457", "0.1", "2"]
    data = "\n".join([f"{rows[0]},u", *(f"{row},{numbers[i % 6]}" for i, row in enumerate(rows[1:]))])
    made = laid_out(tmp_path, regressed("{constant: , each(u): {normal: [0, 1]}}"), data + "\n")
    assert sorted(made.grouped["ease"][0].names) == sorted(numbers)


def values_there(folder: Path, made: Design, beta: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """That the file says, in a row, what the fit says of it."""
    read = read_posterior(folder / "posterior.json", "posterior.json")
    mode = np.array(json.loads((folder / "posterior.json").read_text())["mode"])
    at = replace(read, draws=mode[None, :], weights=np.ones(1))
    power, balance = (read_table(folder / "data.csv").numbers[name][3] for name in ("power", "balance"))
    mine = [k for k, term in enumerate(made.terms) if term.parameter == "ease"]
    expected = made.constants["ease"][3] + made.blocks.get("ease", np.zeros((12, 0)))[3] @ beta[mine]
    told = at.values("ease", {"power": float(power), "balance": float(balance)})
    np.testing.assert_allclose(told, expected, rtol=1e-9)


@pytest.mark.parametrize("standard", ["", "  standardise: true\n"])
@pytest.mark.parametrize(
    "terms",
    [
        "{constant: {fixed: 0.7}, log(power): {fixed: 0.4}, balance: {normal: [0, 1]}}",
        "{constant: {normal: [0, 2]}, a: {normal: [0, 1]}, pairs(a): {fixed: 0.3}}",
        "{constant: {normal: [0, 2]}, a: {normal: [0, 1]}, pairs(a): {normal: [0, 0.5]}}",
        "{a: {fixed: 0.2}, pairs(a): {fixed: 0.3}}",
    ],
)
def test_the_file_says_what_the_fit_says(tmp_path: Path, terms: str, standard: str) -> None:
    files = written(tmp_path, regressed(terms, f"  terms: {{a: [log(power), balance]}}\n{standard}"))
    found = fit(load(files[0]), read_table(files[1]), starts=1)
    keep(found, tmp_path)
    values_there(tmp_path, found.design, found.estimate.beta)


def test_products_that_could_not_be_read_again_are_refused(tmp_path: Path) -> None:
    long = "log(power" + " + 0.001" * 118 + ")"
    terms = f"  terms: {{a: [{long}, {long.replace('log', 'exp')}]}}\n"
    with pytest.raises(FitError, match="too long to be read again") as caught:
        laid_out(tmp_path, regressed("{constant: , pairs(a): {normal: [0, 1]}}", terms))
    assert len(caught.value.problems) == 1
    laid_out(tmp_path, regressed("{constant: , a: {normal: [0, 1]}}", terms))


def test_an_expression_is_read_once_and_its_places_are_counted(tmp_path: Path) -> None:
    case = regressed("{a: {normal: [0, 1]}, pairs(a): {normal: [0, 1]}}", "  terms: {a: [powr, balance, log(power)]}\n")
    with pytest.raises(FitError) as caught:
        laid_out(tmp_path, case)
    (problem,) = caught.value.problems
    assert problem.found == "the column `powr`"


@pytest.mark.parametrize("size", ["1e200", "1e-200"])
@pytest.mark.parametrize("standard", ["", "  standardise: true\n"])
def test_columns_beyond_all_size_are_told(tmp_path: Path, size: str, standard: str) -> None:
    rows = DATA.strip().split("\n")
    data = "\n".join([f"{rows[0]},u", *(f"{row},{i + 1}{size[1:]}" for i, row in enumerate(rows[1:]))])
    ease = "{constant: , a: {normal: [0, 1]}, pairs(a): {normal: [0, 1]}}"
    case = regressed(ease, f"  terms: {{a: [u]}}\n{standard}")
    with pytest.raises(FitError, match="`u`, which is as") as caught:
        laid_out(tmp_path, case, data + "\n")
    assert caught.value.problems[0].path == "fit.terms.a.0"


def test_what_standardising_makes_flat_is_told_before_the_climb(tmp_path: Path) -> None:
    standard = "  standardise: true\n"
    with pytest.raises(FitError, match="the same in every row"):
        laid_out(tmp_path, regressed("{log(power): , balance * 0 + 2: }", standard))
    with pytest.raises(FitError, match="tell apart"):
        laid_out(tmp_path, regressed("{constant: , year >= 1960: , year < 1960: }", standard))
    terms = f"{standard}  terms: {{a: [year >= 1960, log(power)]}}\n"
    with pytest.raises(FitError, match="tell apart"):
        laid_out(tmp_path, regressed("{constant: , a: , pairs(a): }", terms))
    held = laid_out(tmp_path, regressed("{constant: , balance * 0 + 2: {normal: [0, 1]}}", standard))
    assert "the same in every row" in held.remarks[0].found


def test_terms_in_deviations_want_a_constant(tmp_path: Path) -> None:
    standard = "  standardise: true\n"
    made = laid_out(tmp_path, regressed("{log(power): }", standard))
    assert [one.path for one in made.remarks] == ["parameters.ease.regress"]
    for ease in ("{constant: , log(power): }", "{constant: {fixed: 1}, log(power): }"):
        assert laid_out(tmp_path, regressed(ease, standard)).remarks == ()
    assert laid_out(tmp_path, regressed("{log(power): }")).remarks == ()


def test_what_would_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lay.__globals__, "MOST_COEFFICIENTS", 12)
    with pytest.raises(FitError, match="11 coefficients and 9 effects of groups"):
        laid_out(tmp_path, FULL)
    monkeypatch.setitem(lay.__globals__, "MOST_COEFFICIENTS", 5000)
    monkeypatch.setitem(lay.__globals__, "MOST_CELLS", 100)
    with pytest.raises(FitError, match="on 12 rows"):
        laid_out(tmp_path, FULL)


def test_products_by_the_thousand_are_refused_before_they_are_made(tmp_path: Path) -> None:
    terms = ", ".join(f"x{k}" for k in range(3000))
    case = regressed("{constant: , pairs(a): {normal: [0, 1]}}", f"  terms: {{a: [{terms}]}}\n")
    (told,) = [problem for problem in check(written(tmp_path, case)[0]) if problem.level == "error"]
    assert told.found == "`pairs(a)`, 4,501,500 products of 3,000 terms"


def test_a_constant_is_called_a_mean_only_where_it_is_one(tmp_path: Path) -> None:
    said = "parameter's mean over the cases"
    standard = "  standardise: true\n"

    def shown(ease: str, fit: str = "") -> str:
        text = typed(*written(tmp_path, regressed(ease, f"{standard}{fit}")), "--starts", 1, "--workers", 1).stdout
        return " ".join(text.split())

    assert said in shown("{constant: , log(power): }")
    held = shown("{constant: , log(power): {normal: [0, 1]}, balance: {fixed: 2}}")
    assert said not in held
    assert "so the constant of fight and patience is its mean over the cases" in held


def test_a_choice_at_the_end_of_its_list_and_one_that_was_none(tmp_path: Path) -> None:
    ease = "{constant: , log(power): {normal: [0, b]}, balance: {normal: [0, c]}}"
    case = regressed(ease, "  tune: {b: [0.01, 0.011], c: [0.3]}\n")
    shown = " ".join(typed(*written(tmp_path, case), "--starts", 1, "--workers", 1, "--folds", "dyad").stdout.split())
    assert "of its list. Add " in shown
    assert "Given, as the only value of its list: c 0.3." in shown
    assert "c 0.3 of" not in shown
    assert "chose c" not in shown
    assert "chose b" in shown


def test_one_group_alone_chooses_on_rows_and_says_so(tmp_path: Path) -> None:
    rows = DATA.strip().split("\n")
    data = "\n".join([f"{rows[0]},one,side", *(f"{row},all,{i % 2}" for i, row in enumerate(rows[1:]))]) + "\n"
    case = regressed("{constant: , log(power): {normal: [0, b]}}", "  tune: {b: [0, 0.5]}\n")
    files = written(tmp_path, case.replace("groups: dyad", "groups: one"), data)
    out = tmp_path / "out"
    shown = typed(*files, "--starts", 1, "--workers", 1, "--folds", "groups", "--out", out, code=1).output
    assert "spreads were chosen on folds of single rows" in " ".join(shown.split())
    assert "Log-likelihood" in shown, "the fit is there though there are no folds"
    assert "one group alone to make folds of" in shown
    assert (out / "posterior.json").exists()
    told = typed(*files, "--starts", 1, "--workers", 1, "--folds", "groups", "--json", code=1).stdout
    assert "one group alone to make folds of" in json.loads(told)["problems"][-1]["found"]
    files = written(tmp_path, case, data)
    shown = typed(*files, "--starts", 1, "--workers", 1, "--folds", "side", "--repeats", 1).stdout
    assert "single rows, since the rows learnt from are of one group" in " ".join(shown.split())
    shown = typed(*files, "--starts", 1, "--workers", 1, "--folds", "dyad").stdout
    assert "single rows" not in shown


def test_separation_inside_a_fold_is_said(tmp_path: Path) -> None:
    rows = DATA.strip().split("\n")
    data = "\n".join([f"{rows[0]},s", *(f"{row},{int(i >= 6)}" for i, row in enumerate(rows[1:]))]) + "\n"
    lines = [line.split(",") for line in data.strip().split("\n")]
    for i, line in enumerate(lines[1:]):  # with s nobody gives way, but for one row
        line[6] = "0" if i >= 6 and i != 7 else "1"
    data = "\n".join(map(",".join, lines)) + "\n"
    for standard in ("", "  standardise: true\n"):
        files = written(tmp_path, regressed("{constant: }", standard, "{constant: , s: }"), data)
        shown = typed(*files, "--starts", 1, "--workers", 1, "--folds", "dyad").stdout
        assert "this case: separation: the likelihood grows" in " ".join(shown.split())


def test_a_column_named_rows_is_a_column(tmp_path: Path) -> None:
    rows = DATA.strip().split("\n")
    data = "\n".join([f"{rows[0]},rows,groups", *(f"{row},{'abc'[i % 3]},x{i % 2}" for i, row in enumerate(rows[1:]))])
    files = written(tmp_path, CASE, data + "\n")
    found = fit(load(files[0]), read_table(files[1]), starts=1)
    assert len(compared(found, "rows").splits[0].repeats[0]) == 3
    with pytest.raises(FitError, match="may be the column `groups` or `dyad`"):
        compared(found, "groups")
    assert len(compared(found, None, folds=4).splits[0].repeats[0]) == 4
