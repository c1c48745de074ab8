"""Prints published / ours / difference for the sanctions game.

python experiments/sanctions/replicate.py [sanctions.csv] [--starts N]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from bivariate import Floats
from estimate import maximise, pseudo, scales
from game import NAMES, NPL, PUBLISHED, Data, equilibria, read, value

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "sanctions_signaling" / "sanctions.csv"


def counted(data: Data, beta: Floats, grid: int = 4001) -> str:
    """How many rows have how many equilibria."""
    most = np.isfinite(equilibria(data.indices(beta), grid)[0]).sum(axis=1)
    return ", ".join(f"{n} rows with {k}" for k, n in enumerate(np.bincount(most)) if n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path, default=DATA)
    parser.add_argument(
        "--starts", type=int, default=6, help="random starts of the re-fit, besides the published estimates"
    )
    given = parser.parse_args()
    table = read(given.table)
    data = Data.of(table)

    at = value(data, NPL, grid=4001)
    print(f"{'log-likelihood':34}{'published':>12}{'ours':>14}{'difference':>12}")

    def line(name: str, published: float, ours: float) -> None:
        print(f"{name:34}{published:12.4f}{ours:14.4f}{ours - published:12.4f}")

    line("at the published NPL estimates", -3932.4474, at.loglik)
    print(f"  equilibria: {counted(data, NPL)}; residual {at.residual:.1e}")
    print(f"  Pr(resist) against the published column: largest difference {np.abs(at.r - table['PRnpl']).max():.1e}")

    beta, here, rounds = pseudo(data, NPL, at.r)
    line("re-fit, nested pseudo-likelihood", PUBLISHED["NPL"], here.loglik)
    print(f"  {rounds} rounds; coefficients within {np.abs(beta - NPL).max():.1e} of the published ones")

    best = maximise(data)
    line("re-fit, maximum likelihood (CMLE)", PUBLISHED["CMLE"], best.value.loglik)
    print(f"  equilibria: {counted(data, best.beta)}; scaled gradient {best.slope:.1e}")

    rng = np.random.default_rng(0)
    scale = scales(data)
    for k in range(given.starts):
        start = NPL + rng.normal(size=len(NPL)) * 0.3 * np.maximum(np.abs(scale * NPL), 0.3) / scale
        try:
            other = maximise(data, start, polish=False)
            print(f"  start {k + 1}: {other.value.loglik:.4f}, {counted(data, other.beta, 1001)}")
        except ValueError as error:
            print(f"  start {k + 1}: {error}")

    spread = np.sqrt(np.diag(np.linalg.inv(best.hessian)))
    print(f"\n{'coefficient':30}{'NPL':>10}{'ML':>10}{'se':>9}{'difference':>12}")
    for name, old, new, se in zip(NAMES, NPL, best.beta, spread, strict=True):
        print(f"{name:30}{old:10.4f}{new:10.4f}{se:9.4f}{new - old:12.4f}")


if __name__ == "__main__":
    main()
