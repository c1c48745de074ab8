"""Time to fit, beside the same likelihood written in plain NumPy and SciPy, in one run; and growth with the rows.

    uv run python benchmarks/fit.py [--rows 10000 100000 1000000] [--only NAME]

Peer: the closed form of the same model as one function of the coefficients, handed to `scipy.optimize.minimize` (BFGS,
its own finite differences), from the same first point. Ours: one start, to a gradient that is zero to rounding, with
the Hessian and its certificate on top. Times in seconds of processor time. Tables: sanctions (418 rows, 20
coefficients, the three-stage crisis with agent-error logit) and Leblang 2003 (7,240 rows, 19 coefficients, private
payoffs); the data are looked for in shared/data beside the repository. Growth: the logit crisis of seven coefficients
on made-up rows, one evaluation of likelihood and gradient, and a whole fit.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_expit, log_ndtr, ndtr
from scipy.stats import norm

ROOT = Path(__file__).parents[1]
CASE = """
standoff: 1
title: Threats of sanctions
question: Who gives way?
clock: {start: 1970-01-01, step: year, steps: 1}
parameters:
  s_a: {regress: {sqrt(senderecondep): , senderdemocracy: , contig: , ally: }}
  v_a: {regress: {constant: , anticipatedsendercosts: }}
  c_b: {regress: {constant: , sqrt(targetecondep): , anticipatedtargetcosts: , contig: , ally: }}
  w_a: {regress: {constant: , sqrt(senderecondep): , senderdemocracy: , lncaprat: }}
  w_b: {regress: {constant: , targetdemocracy: , lncaprat: }}
  a: {regress: {constant: , senderdemocracy: }}
STAGESoutcomes:
  quiet: {worth: {challenger: s_a}}
  conceded: {worth: {challenger: v_a, target: c_b}}
  stood: {worth: {challenger: w_a, target: w_b}}
  backed_down: {worth: {challenger: a, target: 0}}
  unresolved: {worth: {}}
fit: {counts: {quiet: sq, conceded: cd, stood: sf, backed_down: bd}, rule: logit, groups: dyadID}
"""


def likelihood_of(text: str, data: Path) -> Any:
    from standoff.case import load
    from standoff.fit.design import design
    from standoff.fit.likelihood import Likelihood
    from standoff.fit.table import read_table
    from standoff.fit.tree import unroll
    from standoff.game import compile_case

    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "case.yaml").write_text(text, encoding="utf-8")
        case = load(place)
    laid = design(case.document, read_table(data))
    return Likelihood(unroll(compile_case(case), set(laid.blocks)), laid, case.document.fit.rule)


def by_parameter(likelihood: Any, beta: np.ndarray) -> dict[str, np.ndarray]:
    return {name: likelihood.design.blocks[name] @ beta[place] for name, place in likelihood.places}


def plain_sanctions(likelihood: Any) -> Callable[[np.ndarray], float]:
    names = likelihood.design.outcomes
    counts = [likelihood.design.counts[:, names.index(name)] for name in ("quiet", "conceded", "stood", "backed_down")]

    def loss(beta: np.ndarray) -> float:
        u = by_parameter(likelihood, beta)
        stand = log_expit(u["w_a"] - u["a"])
        p = np.exp(stand)
        ahead = p * u["w_a"] + (1 - p) * u["a"]
        defy = p * u["w_b"] - u["c_b"]
        threat = (1 - np.exp(log_expit(defy))) * u["v_a"] + np.exp(log_expit(defy)) * ahead - u["s_a"]
        terms = (
            log_expit(-threat), log_expit(threat) + log_expit(-defy), log_expit(threat) + log_expit(defy) + stand,
            log_expit(threat) + log_expit(defy) + log_expit(u["a"] - u["w_a"]),
        )  # fmt: skip
        return -float(sum(n @ term for n, term in zip(counts, terms, strict=True)))

    return loss


def plain_leblang(likelihood: Any) -> Callable[[np.ndarray], float]:
    names = likelihood.design.outcomes
    counts = [likelihood.design.counts[:, names.index(name)] for name in ("no_attack", "devaluation", "defense")]

    def loss(beta: np.ndarray) -> float:
        u = by_parameter(likelihood, beta)
        fight = u["c_defended"] / np.sqrt(2)
        p = ndtr(fight)
        gain = p * u["m_defended"] + (1 - p) * u["m_devalued"] - u["m_none"]
        attack = gain / np.sqrt(1 + p**2 + (1 - p) ** 2)
        terms = (norm.logcdf(-attack), log_ndtr(attack) + log_ndtr(-fight), log_ndtr(attack) + log_ndtr(fight))
        return -float(sum(n @ term for n, term in zip(counts, terms, strict=True)))

    return loss


def used(call: Callable[[], Any]) -> tuple[float, Any]:
    before = time.process_time()
    found = call()
    return time.process_time() - before, found


def beside(title: str, likelihood: Any, loss: Callable[[np.ndarray], float]) -> None:
    from standoff.fit.estimate import maximise
    from standoff.fit.fitted import constants_alone
    from standoff.fit.objective import Normal

    first = constants_alone(likelihood, likelihood.design, Normal.flat(likelihood.size))
    gap = abs(loss(first) + likelihood.at(first).loglik)
    assert gap < 1e-8 * abs(loss(first)), "the two are not the same likelihood"
    ours, found = used(lambda: maximise(likelihood, scale=likelihood.design.scale, starts=1, first=first))
    theirs, peer = used(lambda: minimize(loss, first, method="BFGS", options={"maxiter": 2000}))
    one, _ = used(lambda: [likelihood.at(found.beta) for _ in range(20)])
    plain, _ = used(lambda: [loss(found.beta) for _ in range(20)])
    print(f"{title:12}{likelihood.rows:>8,}{likelihood.size:>4}{ours:>10.2f}{theirs:>10.2f}{found.loglik:>14.6f}"
          f"{-peer.fun:>14.6f}{found.gradient_norm:>10.1e}{float(np.abs(peer.jac).max()):>10.1e}"
          f"{one / 20 * 1e3:>10.2f}{plain / 20 * 1e3:>9.2f}")  # fmt: skip


def growth(rows: list[int]) -> None:
    from standoff.fit.estimate import maximise

    print("\nGrowth, crisis of seven coefficients (logit)")
    print(f"{'rows':>12}{'read, s':>10}{'lay out, s':>12}{'value+slope, s':>16}{'fit, s':>10}{'MB':>8}")
    recovery = neighbour("experiments/recovery/recovery.py")
    truth = np.array(recovery.TRUTH["logit"])
    for count in rows:
        rng = np.random.default_rng(3)
        with tempfile.TemporaryDirectory() as place:
            data = Path(place) / "data.csv"
            table = np.column_stack([rng.normal(size=(count, 2)), rng.integers(0, 3, (count, 4)) + 1])
            np.savetxt(data, table, "%.6g", ",", header="power,gain,quiet,conceded,stood,backed_down", comments="")
            from standoff.fit.table import read_table

            reading, _ = used(lambda d=data: read_table(d))
            laying, whole = used(lambda d=data: likelihood_of(recovery.CRISIS.replace("RULE", "logit"), d))
        chances = whole.chances(truth)
        draws = (chances.cumsum(axis=1) > rng.uniform(size=(count, 1))).argmax(axis=1)
        counts = np.zeros_like(chances)
        counts[np.arange(count), draws] = 1
        whole = replace(whole, design=replace(whole.design, counts=counts))
        one, _ = used(lambda w=whole: w.at(truth))
        fitting, _ = used(lambda w=whole: maximise(w, scale=w.design.scale, starts=1))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count:>12,}{reading:>10.2f}{laying - reading:>12.2f}{one:>16.3f}{fitting:>10.1f}{peak:>8.0f}")


def neighbour(path: str) -> Any:
    """A module of this repository that is no package."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--only", choices=["beside", "growth"])
    given = parser.parse_args()
    if given.only != "growth":
        published = neighbour("tests/published.py")
        if not published.LEBLANG_CSV.exists():
            sys.exit(f"The data are not here: {published.LEBLANG_CSV}")
        print(f"{'':12}{'rows':>8}{'K':>4}{'ours, s':>10}{'SciPy, s':>10}{'ours':>14}{'SciPy':>14}"
              f"{'slope':>10}{'slope':>10}{'ms a call':>10}{'SciPy':>9}")  # fmt: skip
        stages = neighbour("experiments/recovery/recovery.py").STAGES
        sanctions = likelihood_of(CASE.replace("STAGES", stages), published.SANCTIONS_CSV)
        beside("sanctions", sanctions, plain_sanctions(sanctions))
        leblang = likelihood_of(published.LEBLANG, published.LEBLANG_CSV)
        beside("Leblang", leblang, plain_leblang(leblang))
    if given.only != "beside" and given.rows:
        growth(given.rows)


if __name__ == "__main__":
    main()
