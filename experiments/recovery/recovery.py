"""Do estimates come back? Data are made from known coefficients and fitted, many times, for every choice rule.

    uv run python experiments/recovery/recovery.py [--sets 50] [--rows 1000] [--workers 2] [--only NAME]

For each case: the mean error of a coefficient in standard errors of that mean (how far the estimates lie off, which is
about 0, and beyond 3 is a bias), the spread of estimates over their stated standard error (1 if the errors are right),
and how many of the 95 % intervals hold the truth (of 50, between 44 and 50 in 19 of 20 cases where they are right).
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# three stages of a crisis: who threatens, who defies, who stands; the benchmark of fits plays them too
STAGES = """factors:
  stage: {levels: [calm, threat, defied]}
actors:
  challenger: {precision: 1}
  target: {precision: 1}
order:
  - {actor: challenger, moves: [wait, threaten]}
  - target
  - {actor: challenger, moves: [stand, back_down]}
moves:
  challenger:
    wait: {ends: quiet}
    threaten: {then: {stage: threat}}
    stand: {when: stage is defied, ends: stood}
    back_down: {when: stage is defied, ends: backed_down}
  target:
    concede: {when: stage is threat, ends: conceded}
    defy: {when: stage is threat, then: {stage: defied}}
"""
CRISIS = """
standoff: 1
title: A crisis in three stages
question: Who gives way?
clock: {start: 2000-01-01, step: year, steps: 1}
parameters:
  prize: {regress: {constant: , gain: }}
  defy: {regress: {constant: , power: }}
  firm: {regress: {constant: , power: , gain: }}
STAGESoutcomes:
  quiet: {worth: {}}
  conceded: {worth: {challenger: prize}}
  stood: {worth: {challenger: firm, target: defy}}
  backed_down: {worth: {challenger: -1, target: 1}}
  unresolved: {worth: {}}
fit:
  counts: {quiet: quiet, conceded: conceded, stood: stood, backed_down: backed_down}
  rule: RULE
""".replace("STAGES", STAGES)
TYPES = (
    CRISIS.replace("challenger: {precision: 1}", "challenger: {types: {resolved: {prior: logistic(resolve)}, "
                   "bluffing: {prior: 1 - logistic(resolve)}}, precision: 1}")
    .replace("worth: {challenger: firm, target: defy}",
             "worth: {challenger: {resolved: firm + 2.5, bluffing: firm - 2.5}, target: defy}")
    .replace("  prize: {", "  resolve: {regress: {constant: , power: }}\n  prize: {")
    .replace("  defy: {regress: {constant: , power: }}", "  defy: {regress: {constant: }}")
    .replace("  firm: {regress: {constant: , power: , gain: }}", "  firm: {regress: {constant: }}")
)  # fmt: skip
TRUTH = {
    "logit": [0.8, 0.5, -0.3, -0.6, 0.2, 0.7, 0.4],
    "probit": [0.8, 0.5, -0.3, -0.6, 0.2, 0.7, 0.4],
    "private": [0.8, 0.5, -0.3, -0.6, 0.2, 0.7, 0.4],
    "hidden types": [0.3, 0.8, 1.0, 0.6, -0.4, 0.2],
}


@lru_cache
def likelihood_of(name: str, rows: int):  # type: ignore[no-untyped-def]
    """The case with a table of covariates; its counts are filled in later."""
    from standoff.case import load
    from standoff.fit.design import design
    from standoff.fit.likelihood import Likelihood
    from standoff.fit.table import read_table
    from standoff.fit.tree import unroll
    from standoff.game import compile_case

    rng = np.random.default_rng(7)
    rule = "logit" if name == "hidden types" else name
    text = (TYPES if name == "hidden types" else CRISIS).replace("RULE", rule)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "case.yaml").write_text(text, encoding="utf-8")
        lines = ["power,gain,quiet,conceded,stood,backed_down"]
        lines += [f"{a},{b},1,1,1,1" for a, b in rng.normal(size=(rows, 2))]
        (folder / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        case = load(folder)
        laid = design(case.document, read_table(folder / "data.csv"))
        return Likelihood(unroll(compile_case(case), set(laid.blocks)), laid, rule)  # type: ignore[arg-type]


def once(asked: tuple[str, int, int, int]) -> tuple[Floats, Floats, bool]:
    """Estimates and standard errors of one data set."""
    from standoff.fit.errors import observed
    from standoff.fit.estimate import maximise

    name, rows, episodes, seed = asked
    whole = likelihood_of(name, rows)
    truth = np.array(TRUTH[name])
    chances = whole.chances(truth)
    rng = np.random.default_rng([seed, rows, len(name)])
    counts = np.array([rng.multinomial(episodes, row / row.sum()) for row in chances], float)
    here = replace(whole, design=replace(whole.design, counts=counts))
    found = maximise(here, scale=whole.design.scale, starts=3, seed=seed)
    return found.beta, observed(found).se, found.converged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=50)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--episodes", type=int, default=3, help="episodes in a row")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=list(TRUTH))
    given = parser.parse_args()
    print(f"{given.sets} data sets of {given.rows:,} rows with {given.episodes} episodes each")
    for name in [given.only] if given.only else list(TRUTH):
        began = time.perf_counter()
        jobs = [(name, given.rows, given.episodes, seed) for seed in range(given.sets)]
        with multiprocessing.get_context("spawn").Pool(given.workers) as pool:
            results = pool.map(once, jobs, chunksize=1)
        beta, se = np.array([one[0] for one in results]), np.array([one[1] for one in results])
        truth = np.array(TRUTH[name])
        inside = np.abs(beta - truth) <= 1.959963984540054 * se
        print(f"\n{name}: {sum(one[2] for one in results)} of {given.sets} converged, "
              f"{time.perf_counter() - began:.0f} s; all intervals: {inside.mean():.3f} hold the truth")  # fmt: skip
        print(f"  {'':26}{'truth':>8}{'mean':>9}{'off, in s.e.':>14}{'spread/stated':>15}{'held':>7}")
        for k, term in enumerate(likelihood_of(name, given.rows).names):
            spread = beta[:, k].std(ddof=1)
            off = (beta[:, k].mean() - truth[k]) / (spread / np.sqrt(given.sets))
            ratio = spread / np.sqrt((se[:, k] ** 2).mean())
            print(f"  {term:26}{truth[k]:>8.2f}{beta[:, k].mean():>9.3f}{off:>14.2f}{ratio:>15.2f}"
                  f"{int(inside[:, k].sum()):>7}")  # fmt: skip


if __name__ == "__main__":
    main()
