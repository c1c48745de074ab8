"""How often sensitivity takes noise for an effect, and how often its intervals hold: `python
benchmarks/sensitivity.py`.

Draws are the Sobol points of a forecast, weights are uneven as a history leaves them, and the answer is a known
function of three inputs of forty-six: one straight, one with a threshold, one that only bends. All others do nothing.
"""

from __future__ import annotations

import time

import numpy as np

from standoff.analysis.inputs import DRAWN, Input, Inputs
from standoff.analysis.sensitivity import Shared
from standoff.forecast.draws import sobol

INPUTS, DRAWS, RUNS = 46, 128, 30


def study() -> None:
    """Print the counts over `RUNS` seeds."""
    told, wrong, listed, straight = np.zeros(3), 0, 0, 0
    began = time.process_time()
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        X = sobol(INPUTS, 0, DRAWS, seed)
        held = ~np.eye(INPUTS, dtype=bool)
        rows = tuple(Input(f"x{i}", DRAWN, f"x{i}") for i in range(INPUTS))
        w = rng.gamma(4.0, size=DRAWS)
        shared = Shared(Inputs(rows, X, np.ones(DRAWS, bool), held), w / w.sum(), [seed])
        logit = 2 * X[:, 0] + 2 * (X[:, 1] > 0.6) + 6 * (X[:, 2] - 0.5) ** 2 - 2.5
        y = 1 / (1 + np.exp(-logit - 0.3 * rng.normal(size=DRAWS)))
        effects = {effect.input.name: effect for effect in shared.effects(y, "y")}
        told += [effects[f"x{i}"].told for i in range(3)]
        false = sum(effects[f"x{i}"].told for i in range(3, INPUTS))
        wrong += false
        listed += sum(effect.told for effect in effects.values())
        # the change that the first alone makes, over many points
        many = rng.uniform(size=(60_000, 3))
        many_logit = 2 * many[:, 0] + 2 * (many[:, 1] > 0.6) + 6 * (many[:, 2] - 0.5) ** 2 - 2.5
        chance = 1 / (1 + np.exp(-many_logit - 0.3 * rng.normal(size=60_000)))
        true = chance[many[:, 0] > 2 / 3].mean() - chance[many[:, 0] < 1 / 3].mean()
        _, low, high = effects["x0"].change
        straight += low is not None and high is not None and low <= true <= high
    print(
        f"{RUNS} runs of {DRAWS} draws over {INPUTS} inputs, {(time.process_time() - began) / RUNS:.1f} s of CPU each"
    )
    print(f"told: straight {told[0]:.0f}, threshold {told[1]:.0f}, bend {told[2]:.0f} times")
    print(f"taken for an effect that are none: {wrong} of {listed} told, {RUNS * (INPUTS - 3)} looked at")
    print(f"change of the straight one within its interval: {straight} times")


if __name__ == "__main__":
    study()
