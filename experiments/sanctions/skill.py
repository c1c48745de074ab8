"""The table of models by splits, by one command.

    python experiments/sanctions/skill.py [sanctions.csv] [--out FOLDER] [--only TEXT]

Out-of-fold chances are kept in FOLDER (default: a folder `forecasts` beside this file, which git leaves alone) and
not made twice.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from covariates import Episodes
from replicate import DATA
from roster import roster
from splits import KINDS, by_row, forecasts, interval

REFERENCES = ("base rate", "published structure, re-fitted", "ridge logit (C = .1)", "boosting (80 trees, depth 2)")
HERE = Path(__file__).resolve().parent


def slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=HERE / "forecasts")
    parser.add_argument("--only", default="", help="only forecasters whose name has this text")
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    e = Episodes.of(given.table)
    given.out.mkdir(parents=True, exist_ok=True)
    everyone, choosers = roster()
    made: dict[str, dict[str, np.ndarray]] = {}
    for name, who in everyone.items():
        if given.only not in name:
            continue
        file = given.out / f"{slug(name)}.npz"
        if not file.exists():
            start = time.perf_counter()
            out = {kind: forecasts(e, who, kind) for kind in KINDS}
            seconds = np.array(time.perf_counter() - start)
            np.savez_compressed(file, seconds=seconds, dyad=out["dyad"], target=out["target"], time=out["time"])
            if name in choosers:
                tally: dict[str, Counter[str]] = {k: Counter() for k in (*KINDS, "forward")}
                for key, how in choosers[name].made.items():
                    kind = next(k for k in tally if key.startswith(k.encode()))
                    tally[kind][json.dumps(how)] += 1
                file.with_suffix(".json").write_text(
                    json.dumps({k: c.most_common(8) for k, c in tally.items()}, indent=1)
                )
        with np.load(file) as kept:
            made[name] = {kind: kept[kind] for kind in KINDS}
            print(f"{name:46} {float(kept['seconds']):7.1f} s", flush=True)
    report(e, made, given.out)


def report(e: Episodes, made: dict[str, dict[str, np.ndarray]], out: Path) -> None:
    """Writes scores.md: log loss and Brier with intervals, and paired differences in log loss from the references."""
    rows = {name: {kind: by_row(e, chances[kind]) for kind in KINDS} for name, chances in made.items()}
    head = "log loss per episode [95 % interval over clusters of targets]; multi-class Brier"
    lines = ["# Scores", "", f"Written by `python experiments/sanctions/skill.py`: {head}.", ""]
    lines += ["| model | " + " | ".join(f"by {k}" for k in KINDS) + " |", "|---|" + "---|" * len(KINDS)]

    def cell(loss: np.ndarray, weight: np.ndarray, digits: int = 4, plus: bool = False) -> str:
        low, high = interval(loss, weight, e.target)
        sign = "+" if plus else ""
        return f"{loss.sum() / weight.sum():{sign}.{digits}f} [{low:{sign}.3f}, {high:{sign}.3f}]"

    for name, by in rows.items():
        cells = [f"{cell(by[k][0], by[k][2])}; {by[k][1].sum() / by[k][2].sum():.3f}" for k in KINDS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for reference in REFERENCES:
        if reference not in rows:
            continue
        lines += ["", f"Log loss less that of: {reference}", "", *lines[4:6]]
        for name, by in rows.items():
            if name != reference:
                cells = [cell(by[k][0] - rows[reference][k][0], by[k][2], plus=True) for k in KINDS]
                lines.append(f"| {name} | " + " | ".join(cells) + " |")
    text = "\n".join(lines) + "\n"
    (out / "scores.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
