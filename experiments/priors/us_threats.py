"""What kinds of challenger does the record of US threats lead one to expect? A history prior from a structural fit.

    uv run python experiments/priors/us_threats.py icb2v14.csv [--out FOLDER] [--recovery 100]

Takes the crisis actors of the International Crisis Behavior data, version 14 (Brecher, Wilkenfeld, Beardsley, James and
Quinn), makes a row of each small or middle power that the United States threatened from 1946 on, fits the case beside
this script (us-threats/case.yaml), and prints what the table adds to what was held before. With --out it writes the
table and the posterior draws that venezuela-2025 ships; with --recovery it makes data from the case itself.

What was settled before the fit, and the only coding by hand, stands below and in the case. Why: FINDINGS.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import tempfile
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standoff.case import load
from standoff.fit.design import design
from standoff.fit.estimate import maximise
from standoff.fit.fitted import Fitted, fit
from standoff.fit.kept import keep
from standoff.fit.likelihood import Likelihood
from standoff.fit.objective import Normal
from standoff.fit.posterior import draw_posterior
from standoff.fit.table import read_table
from standoff.fit.tree import unroll
from standoff.game import compile_case

CASE = Path(__file__).parent / "us-threats"
SOURCE = (
    "50 US threats against small and middle powers, 1946 to 2017, ICB version 14, coded and fitted for this project "
    "(experiments/priors)"
)
DRAWS = 400  # that are shipped
UNITED_STATES, SMALL, MIDDLE = 2, 1, 2
COMPROMISE, DEFEAT = 2, 4
POLITICAL, EXISTENCE = 2, 6  # gravest threat: to the regime and its institutions, to existence
DIRECT_MILITARY = 8  # what the United States did in the crisis
# Crisis numbers, coded by hand by one rule, which follows the kinds of Washington in venezuela-2025: was force meant to
# put another government in place of the target's, whether it came to that or not? `OWN`: forces of the United States.
# `ARMED`: those it armed, which is short of going in.
OWN = {
    133: "North Korea 1950", 343: "Grenada 1983", 391: "Panama 1989", 411: "Haiti 1994", 434: "Afghanistan 2001",
    440: "Iraq 2002-03", 464: "Libya 2011",
}  # fmt: skip
ARMED = {144: "Guatemala 1953-54", 164: "Indonesia 1958", 181: "Cuba 1961", 383: "Nicaragua 1988"}
KINDS = ("bluff", "coerce", "remove")
Floats = NDArray[np.float64]
Row = dict[str, object]


def number(text: str) -> int | None:
    """A code, or nothing where the cell has none."""
    return int(text) if text.strip().lstrip("-").isdigit() else None


def rows(path: Path, meant: Collection[int] = tuple(OWN)) -> list[Row]:
    """A row for each threatened target: crisis, target, year, regime, weakness, ending.

    meant: crises whose force counts as meant for the government.
    """
    found: list[Row] = []
    with path.open(encoding="latin-1", newline="") as file:
        for line in csv.DictReader(file):
            code = {name: number(text or "") for name, text in line.items() if name}
            if code["southv"] != UNITED_STATES or (code["yrtrig"] or 0) < 1946:
                continue
            if code["powsta"] not in (SMALL, MIDDLE):
                continue
            ending = "conceded" if code["outcom"] in (COMPROMISE, DEFEAT) else "backed_down"
            if code["usinv"] == DIRECT_MILITARY and (code["viol"] or 1) > 1:
                ending = "struck"
            if code["crisno"] in ARMED:
                ending = "struck"
            if code["crisno"] in meant:
                ending = "driven_at"
            weaker = max(0, -(code["powdis"] or 0))
            found.append(
                {"crisis": code["crisno"], "target": line["actor"], "year": code["yrtrig"],
                 "regime": int(code["gravty"] in (POLITICAL, EXISTENCE)), "weakness": round(weakness(weaker), 4),
                 "ending": ending}
            )  # fmt: skip
    return found


def weakness(by: float) -> float:
    """Power discrepancy against the target, in logs, 0 for the typical target of the table."""
    return math.log1p(by) - math.log1p(16)


def written(found: list[Row], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    return path


def shares(draws: Floats, names: list[tuple[str, str]], regime: float) -> Floats:
    """[D, kinds] from coefficients [D, K]."""
    odds = [np.zeros(len(draws))]
    for name in ("to_coerce", "to_remove"):
        odds.append(draws[:, names.index((name, "constant"))] + regime * draws[:, names.index((name, "regime"))])
    raised = np.exp(np.stack(odds, axis=1))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def told(values: Floats, weights: Floats | None = None) -> str:
    """Mean and nine in ten of each column."""
    weights = np.full(len(values), 1 / len(values)) if weights is None else weights
    cells = []
    for column in values.T:
        order = np.argsort(column)
        upto = np.cumsum(weights[order])
        low, high = (column[order][min(np.searchsorted(upto, q), len(column) - 1)] for q in (0.05, 0.95))
        cells.append(f"{weights @ column:5.2f} ({low:.2f} to {high:.2f})")
    return "  ".join(cells)


def drawn_before(count: int, made: Fitted) -> Floats:
    """[count, K] coefficients as held before the table."""
    mean, sd = made.design.priors()
    return np.random.default_rng(1).normal(mean, sd, (count, len(mean)))


def fitted(found: list[Row], place: Path, steadiness: float | None = None) -> tuple[Fitted, dict]:  # type: ignore[type-arg]
    """The fit and its posterior file, in a folder."""
    place.mkdir(parents=True, exist_ok=True)
    table = read_table(written(found, place / "us-threats.csv"))
    case = load(CASE, overrides=None if steadiness is None else {"steadiness": steadiness})
    made = fit(case, table)
    keep(made, place)
    return made, json.loads((place / "posterior.json").read_text(encoding="utf-8"))


def after(kept: dict) -> tuple[Floats, Floats, list[tuple[str, str]]]:  # type: ignore[type-arg]
    names = [(term["parameter"], term["term"]) for term in kept["terms"]]
    return np.array(kept["draws"]), np.array(kept["weights"]), names


def ship(kept: dict, path: Path) -> None:  # type: ignore[type-arg]
    """The posterior as a case ships it: fewer draws of equal weight, four digits, and where they are from."""
    draws, weights, _ = after(kept)
    picked = np.searchsorted(np.cumsum(weights), (np.arange(DRAWS) + 0.5) / DRAWS)
    thin = draws[np.minimum(picked, len(draws) - 1)]
    shown = {key: kept[key] for key in ("format", "version", "case", "case_hash", "rule", "table", "terms")}
    shown["source"] = SOURCE
    head = json.dumps(shown, indent=1)[:-2]
    lines = ",\n  ".join(json.dumps([round(float(value), 4) for value in draw]) for draw in thin)
    path.write_text(
        f'{head},\n "weights": {json.dumps([1 / DRAWS] * DRAWS)},\n "draws": [\n  {lines}\n ]\n}}\n', encoding="utf-8"
    )


def recovery(found: list[Row], sets: int, times: int) -> None:
    """Coefficients from the prior, data from the case, and whether the share comes back."""
    case = load(CASE)
    with tempfile.TemporaryDirectory() as place:
        laid = design(case.document, read_table(written(found * times, Path(place) / "rows.csv")))
    whole = Likelihood(unroll(compile_case(case), set(laid.blocks)), laid, "logit")
    names = [(term.parameter, term.name) for term in laid.terms]
    mean, sd = laid.priors()
    rng = np.random.default_rng([5, times])
    true, middle, inside = np.zeros((sets, 2, 3)), np.zeros((sets, 2, 3)), np.zeros((sets, 2, 3), bool)
    for i in range(sets):
        beta = rng.normal(mean, sd)
        chances = whole.chances(beta)
        counts = np.array([rng.multinomial(1, row / row.sum()) for row in chances], float)
        here = replace(whole, design=replace(laid, counts=counts))
        best = maximise(here, Normal(mean, sd), scale=laid.scale, starts=2, seed=i)
        drawn = draw_posterior(best, here, 300, seed=i)
        for regime in (0, 1):
            true[i, regime] = shares(beta[None], names, regime)[0]
            values = shares(drawn.draws, names, regime)
            middle[i, regime] = drawn.weights @ values
            for k in range(3):
                order = np.argsort(values[:, k])
                upto = np.cumsum(drawn.weights[order])
                low, high = (values[order[min(np.searchsorted(upto, q), 299)], k] for q in (0.05, 0.95))
                inside[i, regime, k] = low <= true[i, regime, k] <= high
    for regime in (0, 1):
        off = np.sqrt(((middle - true) ** 2).mean(axis=0))[regime]
        alone = true[:, regime].std(axis=0)
        held = inside[:, regime].mean(axis=0)
        line = "  ".join(f"{kind} {off[k]:.3f} of {alone[k]:.3f}, {held[k]:.0%} held" for k, kind in enumerate(KINDS))
        print(f"  n = {len(found) * times:4}, regime {regime}: {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="crisis actors of ICB version 14")
    parser.add_argument("--out", type=Path, help="folder for the table, the fit and us-threats.json")
    parser.add_argument("--recovery", type=int, default=0, metavar="SETS", help="data sets of each size")
    given = parser.parse_args()
    found = rows(given.table)
    print(f"{len(found)} targets: {dict(Counter(str(one['ending']) for one in found))}")
    print(f"rule threatened: {dict(Counter(str(one['ending']) for one in found if one['regime']))}\n")
    with tempfile.TemporaryDirectory() as spare:
        place = given.out or Path(spare)
        made, kept = fitted(found, place)
        for one in made.coefficients:
            print(f"  {one.parameter + ': ' + one.term:22}{one.estimate:7.2f}  s.e. {one.se:.2f}")
        print(f"  log-likelihood {made.loglik:.2f}; shares of the endings alone {made.rates:.2f}\n")
        draws, weights, names = after(kept)
        print(f"Shares, mean and nine in ten: {', '.join(KINDS)}")
        for regime in (0, 1):
            print(f"  before, regime {regime}:      {told(shares(drawn_before(20_000, made), names, regime))}")
            print(f"  after,  regime {regime}:      {told(shares(draws, names, regime), weights)}")
        counted = Counter(str(one["ending"]) for one in found)
        shown = np.array([counted[one] for one in ("backed_down", "struck", "driven_at")])
        dirichlet = np.random.default_rng(2).dirichlet(shown + 0.5, 20_000)
        print(f"  count of who showed it: {told(dirichlet)}  ({shown.sum()} of {len(found)})")
        shown = np.array([sum(one["ending"] == end and one["regime"] == 1 for one in found)
                          for end in ("backed_down", "struck", "driven_at")])  # fmt: skip
        print(f"  the same, regime 1:     {told(np.random.default_rng(2).dirichlet(shown + 0.5, 20_000))}")
        print("\nOther settings, regime 1:")
        variants = {
            "steadiness 2": (found, 2.0), "steadiness 8": (found, 8.0),
            "armed others count too": (rows(given.table, (*OWN, *ARMED)), None),
            "from 1990 on": ([one for one in found if int(str(one["year"])) >= 1990], None),
            "without North Korea": ([one for one in found if one["target"] != "PRK"], None),
        }  # fmt: skip
        for name, (table, steadiness) in variants.items():
            _, other = fitted(table, Path(spare) / name.replace(" ", "-"), steadiness)
            values, mass, names = after(other)
            print(f"  {name:22}  {told(shares(values, names, 1), mass)}")
        if given.out:
            ship(kept, given.out / "us-threats.json")
            print(f"\n{given.out / 'us-threats.json'}")
    if given.recovery:
        print(f"\nRecovery, {given.recovery} data sets with coefficients from the prior: root mean square error of a")
        print("share against its spread beforehand, and how many intervals of nine in ten hold it")
        for times in (1, 10):
            recovery(found, given.recovery, times)


if __name__ == "__main__":
    main()
