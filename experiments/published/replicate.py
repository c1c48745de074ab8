"""Published tables, fitted by the product itself: published, ours, difference.

    uv run python experiments/published/replicate.py [--coefficients]

Kenkel and Signorino, "Estimating Extensive Form Games in R", Journal of Statistical Software 56(8), 2014: speculative
attacks on currencies (data of Leblang 2003) with private payoffs, a regressor in the error's spread, and fixed payoffs;
and disputes of the nineteenth century with agent error, whose log-likelihoods were computed for this project. The
coefficients of the first, with their standard errors, are in table D.2 of the appendix of Crisman-Cox, Gasparyan and
Signorino, Political Analysis 2023 (column FMLE: the same model and data). The data are not in the repository: they are
looked for in shared/data beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from published import LEB3, LEBFIXED, LEBLANG, LEBLANG_CSV, LEBLANG_TABLE, WAR_CSV, WAR_LOGIT, WAR_PROBIT

TABLES = (
    ("Leblang 2003, private payoffs, probit", LEBLANG, LEBLANG_CSV, -482.0155),
    ("the same, with a regressor in log sigma", LEB3, LEBLANG_CSV, -495.37),
    ("the same, payoffs fixed, sigma estimated", LEBFIXED, LEBLANG_CSV, -646.54),
    ("disputes, agent error, probit", WAR_PROBIT, WAR_CSV, -286.1238),
    ("disputes, agent error, logit", WAR_LOGIT, WAR_CSV, -286.1828),
)
LOG_SIGMA = -1.0513  # of the third table


def main() -> None:
    from standoff.case import load
    from standoff.fit.fitted import fit
    from standoff.fit.table import read_table

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coefficients", action="store_true", help="of every table, with standard errors")
    given = parser.parse_args()
    if not LEBLANG_CSV.exists():
        sys.exit(f"The data are not here: {LEBLANG_CSV}")
    print(f"{'':44}{'rows':>7}{'K':>4}{'published':>12}{'ours':>12}{'difference':>12}{'slope':>10}{'agree':>7}{'s':>7}")
    estimates: dict[str, tuple[float, float]] = {}
    for title, text, data, published in TABLES:
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "case.yaml").write_text(text, encoding="utf-8")
            case = load(place)
            began = time.perf_counter()
            found = fit(case, read_table(data))
            seconds = time.perf_counter() - began
        top = found.estimate.certificate
        print(
            f"{title:44}{found.likelihood.rows:>7,}{found.likelihood.size:>4}{published:>12.4f}{found.loglik:>12.4f}"
            f"{found.loglik - published:>12.4f}{top.gradient_norm:>10.1e}{top.agreeing:>4}/{top.starts}{seconds:>7.1f}"
        )
        if text in (LEBLANG, LEBFIXED):
            estimates |= {f"{one.parameter}: {one.term}": (one.estimate, one.se) for one in found.coefficients}
        if given.coefficients:
            for one in found.coefficients:
                print(f"    {one.parameter + ': ' + one.term:40}{one.estimate:>12.5f}  ({one.se:.5f})")
    coefficients(estimates)


def coefficients(ours: dict[str, tuple[float, float]]) -> None:
    """The first table's coefficients beside the published ones, which have two decimals: what differs by half a unit
    of the last is marked."""
    print(f"\n{TABLES[0][0]:36}{'published':>12}{'(s.e.)':>9}{'ours':>12}{'(s.e.)':>11}{'difference':>12}")
    off = 0
    for name, (value, se) in LEBLANG_TABLE.items():
        estimate, error = ours[name]
        wide = abs(estimate - value) > 0.00501 or abs(error - se) > 0.00501
        off += wide
        pair = f"{value:>12.2f}{f'({se:.2f})':>9}{estimate:>12.5f}{f'({error:.5f})':>11}"
        print(f"  {name:34}{pair}{estimate - value:>+12.4f}{' !' if wide else ''}")
    count = len(LEBLANG_TABLE)
    print(f"  {count - off} of {count} agree to the last published digit, standard errors too")
    sigma = ours["log_sigma: constant"][0]
    print(f"  {'log sigma, payoffs fixed':34}{LOG_SIGMA:>12.4f}{sigma:>21.5f}{sigma - LOG_SIGMA:>+23.4f}")


if __name__ == "__main__":
    main()
