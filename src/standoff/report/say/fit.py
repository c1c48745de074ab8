"""What `standoff fit` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.errors import Problem
from standoff.report import words
from standoff.report.screen import columned, say, styled

if TYPE_CHECKING:
    from rich.console import Console

_RULES = {
    "logit": "logit, as in a forecast",
    "probit": "probit, a normal error on every move",
    "private": "private, a normal error on what every outcome is worth",
}
_MISSING = 6  # columns that are named as lacking


def print_fit(found: Mapping[str, Any], title: str, console: Console, *, problems: Sequence[Problem] = ()) -> None:
    """The table of coefficients, how well it fits, what speaks for it, and what was left out. found: the plain data
    of `standoff.fit`."""
    console.print(styled(f"{title}, fitted to {found['table']['name']}", style="bold"))
    say(console, _observed(found))
    console.print()
    _coefficients(found, console)
    console.print()
    for one in found["hierarchy"]:
        say(console, _between(one))
    for one in found["effects"]:
        say(console, _effects(one))
    chosen = [f"{name} {one['value']:g} of {', '.join(f'{x:g}' for x in one['of'])}" for name, one in
              found["chosen"].items() if len(one["of"]) > 1]  # fmt: skip
    if chosen:
        say(console, f"Chosen on folds of the rows: {'; '.join(chosen)}.")
    given = [f"{name} {one['value']:g}" for name, one in found["chosen"].items() if len(one["of"]) == 1]
    if given:
        say(console, f"Given, as the only value of its list: {'; '.join(given)}.")
    if found["standardised"]:
        say(console, f"Terms are in standard deviations from their mean{_constants(found)}.")
    say(console, _likelihood(found))
    say(console, _errors(found))
    say(console, _certificate(found))
    left = _left_out(found)
    if left:
        say(console, left)
    for problem in problems:
        strong = problem.level == "error"
        head = "Not to be used" if strong else "Remark"
        place = f"{problem.where}: " if problem.line else ""
        say(console, f"{head}: {place}{problem.found}. {problem.mend}", hang=2, style="bold" if strong else "")


def print_validation(lines: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Models on rows that they had not seen, the fitted case last; lower is better."""
    for split in dict.fromkeys(line["split"] for line in lines):
        console.print()
        console.print(styled(f"Out of sample, {split}", style="bold"))
        right = ("Log loss", "Brier", "This case against it")
        table = columned("Model", "Log loss", "95 %", "Brier", "This case against it", right=right)
        for column in table.columns[1:]:  # a range is not cut in two; names are folded
            column.no_wrap = True
        mine = [line for line in lines if line["split"] == split]
        case = mine[-1]
        for line in mine:
            log, brier = line["log_loss"], line["brier"]
            against = case["against"].get(line["model"])
            table.add_row(
                styled(line["model"]), _num(log["mean"]), _range(log), _num(brier["mean"]),
                "" if against is None else f"{_signed(against['mean'])} ({_range(against)})",
            )  # fmt: skip
        console.print(table)
        for line in mine:
            for remark in line["remarks"]:
                say(console, f"{line['model']}: {remark}.", hang=2)
            for name in line["chosen"][0] if line["chosen"] else ():
                times = Counter(one[name] for one in line["chosen"])
                said = words.listed([f"{value:g} ({times[value]:,})" for value in sorted(times)])
                say(console, f"{line['model']} chose {name}, in how many folds: {said}.", hang=2)
        say(
            console,
            f"Per case, {case['episodes']:,.0f} cases; less is better, and below 0 this case beats the model of the "
            "line. Intervals: bootstrap of clusters.",
            style="dim",
        )


def _observed(found: Mapping[str, Any]) -> str:
    outcomes = [f"{words.plain(name)} {count:,.0f}" for name, count in found["outcomes"].items() if count]
    rows, cases = found["rows"], found["cases"]
    said = f"{rows:,} rows" if rows == cases else f"{cases:,.0f} cases in {rows:,} rows"
    return f"{said}: {words.listed(outcomes)}. Choice rule: {_RULES[found['rule']]}."


def _coefficients(found: Mapping[str, Any], console: Console) -> None:
    table = columned("", "Estimate", "s.e.", "z", "95 % interval", right=("Estimate", "s.e.", "z", "95 % interval"))
    parameter = None
    for one in found["coefficients"]:
        if one["parameter"] != parameter:
            parameter = one["parameter"]
            table.add_row(styled(parameter, style="bold"), "", "", "", "")
        low, high = one["low"], one["high"]
        known = low is not None and high is not None and low == low and high == high
        band = f"{_num(low)} to {_num(high)}" if known else one["remark"] or "–"
        table.add_row(
            styled(f"  {one['term']}"), _num(one["estimate"]), _num(one["se"]), _num(one["z"], 2), styled(band)
        )
    console.print(table)


def _constants(found: Mapping[str, Any]) -> str:
    """What constants are then, where nothing but terms is added to them."""
    others = {one["parameter"] for key in ("held", "effects", "hierarchy") for one in found[key]}
    mine = {one["parameter"] for one in found["coefficients"] if one["term"] == "constant"} - others
    if not mine:
        return ""
    whose = "a constant is its parameter's" if not others else f"the constant of {words.listed(sorted(mine))} is its"
    return f", so {whose} mean over the cases"


def _likelihood(found: Mapping[str, Any]) -> str:
    count = words.count(len(found["coefficients"]), "coefficient")
    effects = sum(len(one["groups"]) for one in (*found["hierarchy"], *found["effects"]))
    count += f" and {words.count(effects, 'effect')} of groups" if effects else ""
    text = f"Log-likelihood {_num(found['loglik'], 4)} with {count}"
    if effects or any(one["prior"] for one in found["coefficients"]):
        text += f" ({_num(found['penalised'], 4)} with their priors)"
    rates, even = found["loglik_of_base_rates"], found["loglik_of_even_chances"]
    return f"{text}; the shares of the outcomes alone {_num(rates, 2)}, even chances {_num(even, 2)}."


def _effects(one: Mapping[str, Any]) -> str:
    """Effects of groups with a given spread: the ends."""
    groups = sorted(one["groups"].items(), key=lambda each: each[1]["value"])
    ends = f"lowest {groups[0][0]} ({_signed(groups[0][1]['value'])}), highest {groups[-1][0]}"
    return (
        f"{one['parameter']}, effects of {words.count(len(groups), 'value')} of {one['column']} with sd "
        f"{_num(one['sd'])}: {ends} ({_signed(groups[-1][1]['value'])})."
    )


def _between(one: Mapping[str, Any]) -> str:
    """The spread of a parameter between groups, and the groups that are furthest from the others."""
    groups = sorted(one["groups"].items(), key=lambda each: each[1]["value"])
    text = f"{one['parameter']} differs between {words.count(len(groups), 'group')} with sd {_num(one['sd'])}"
    if one["low"] is not None:
        text += f" (95 %: {_range(one)})"
    ends = f"lowest {groups[0][0]} ({_signed(groups[0][1]['value'])}), highest {groups[-1][0]}"
    return f"{text}; {ends} ({_signed(groups[-1][1]['value'])}). It adds {_num(one['gain'], 2)} to the log-likelihood."


def _errors(found: Mapping[str, Any]) -> str:
    kind, clusters = found["errors"]["kind"], found["errors"]["clusters"]
    if found["bootstrap"] is not None:
        samples = found["bootstrap"]["samples"]
        return f"Standard errors and intervals: bootstrap of clusters, {samples:,} samples."
    many = f", {clusters:,} of them" if clusters else ""
    return f"Standard errors: {kind}{many}."


def _certificate(found: Mapping[str, Any]) -> str:
    told = found["certificate"]
    text = (
        f"Certificate: {told['agreeing']} of {told['starts']} starts came to the same place; largest slope "
        f"{told['gradient_norm']:.0e}"
    )
    if told["decrement"] is not None and told["decrement"] == told["decrement"]:
        text += f", one more step promises {abs(told['decrement']):.0e}, condition {told['condition']:.1e}"
    solved = f"; the game solved to {told['residual']:.0e} in every row" if told["residual"] else ""
    return f"{text}{solved}; {told['evaluations']:,} evaluations, {found['seconds']:.1f} s."


def _left_out(found: Mapping[str, Any]) -> str:
    left, of = found["left_out"], found["table"]["rows"]
    said = []
    if left["rows"]:
        lacking = sorted(left["lacking"].items(), key=lambda one: -one[1])
        named = [f"{name} ({count:,})" for name, count in lacking[:_MISSING]]
        if len(lacking) > _MISSING:
            named.append(f"{len(lacking) - _MISSING} more")
        said.append(f"{left['rows']:,} of {of:,} rows lack something: {words.listed(named)}")
    if left["elsewhere"]:
        said.append(f"{left['elsewhere']:,} of {of:,} rows are not meant by `where`")
    return f"Left out: {'; '.join(said)}." if said else ""


def _num(value: Any, digits: int = 3) -> str:
    if value is None or value != value:
        return "–"
    if abs(value) >= 1e6 or 0 < abs(value) < 10.0**-digits / 2:
        return f"{value:.2g}".replace("-", "−")
    return f"{value:,.{digits}f}".replace("-", "−")


def _signed(value: Any) -> str:
    text = _num(value)
    return text if value is None or value != value or value < 0 else f"+{text}"


def _range(score: Mapping[str, Any]) -> str:
    return f"{_num(score['low'])} to {_num(score['high'])}"


def print_draws(count: int, effective: float, k: float, plain: bool, console: Console) -> None:
    """What the posterior draws are worth."""
    if plain:
        say(console, f"Posterior draws: {count:,} of the normal curve at the top, all alike.")
        return
    worth = f"{effective:,.0f} effective" if effective < count else "all effective"
    tail = f"; Pareto k of their weights {_num(k, 2)}" if k == k else ""
    say(console, f"Posterior draws: {count:,}, {worth}{tail}.")


def print_files(files: Mapping[str, Path], console: Console) -> None:
    """What was written."""
    for what, path in files.items():
        console.print(styled(f"{words.capital(what)}: ").append(str(path), style="bold"), soft_wrap=True)
