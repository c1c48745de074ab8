"""Published tables, fitted by the product itself: published, ours, difference.

    uv run python experiments/published/replicate.py [--coefficients]

Kenkel and Signorino, "Estimating Extensive Form Games in R", Journal of Statistical Software 56(8), 2014: speculative
attacks on currencies (data of Leblang 2003) with private payoffs, a regressor in the error's spread, and fixed payoffs;
and disputes of the nineteenth century with agent error, whose log-likelihoods were computed for this project. The data
are not in the repository: they are looked for in shared/data beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from published import LEB3, LEBFIXED, LEBLANG, LEBLANG_CSV, WAR_CSV, WAR_LOGIT, WAR_PROBIT

TABLES = (
    ("Leblang 2003, private payoffs, probit", LEBLANG, LEBLANG_CSV, -482.0155),
    ("the same, with a regressor in log sigma", LEB3, LEBLANG_CSV, -495.37),
    ("the same, payoffs fixed, sigma estimated", LEBFIXED, LEBLANG_CSV, -646.54),
    ("disputes, agent error, probit", WAR_PROBIT, WAR_CSV, -286.1238),
    ("disputes, agent error, logit", WAR_LOGIT, WAR_CSV, -286.1828),
)


def main() -> None:
    from standoff.case import load
    from standoff.fit.fitted import fit
    from standoff.fit.table import read_table

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coefficients", action="store_true", help="also the estimates with their standard errors")
    given = parser.parse_args()
    if not LEBLANG_CSV.exists():
        sys.exit(f"The data are not here: {LEBLANG_CSV}")
    print(f"{'':44}{'rows':>7}{'K':>4}{'published':>12}{'ours':>12}{'difference':>12}{'slope':>10}{'agree':>7}{'s':>7}")
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
        if given.coefficients:
            for one in found.coefficients:
                print(f"    {one.parameter + ': ' + one.term:40}{one.estimate:>12.5f}  ({one.se:.5f})")


if __name__ == "__main__":
    main()
