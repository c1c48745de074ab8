"""Precision and recall of what is called a reprint, on a labelled set of pairs written for it.

    uv run python benchmarks/reprints.py [--pairs]

The set is `tests/reprint_set.py`: invented reports, with copies, excerpts, paraphrases by hand, retellings as if from
another language, reports of one event that share nothing or one quotation, and texts with filler spliced into their
sentences. A pair is *found* if it is called a reprint or an excerpt, and *right* if it is one; the table below gives
that and how often the exact word (reprint, excerpt, quotations, none) was the one on the label. `--pairs` prints all.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from reprint_set import Labelled, pairs
from standoff.evidence.wording import Comparison, compare, worded

COPIES = ("reprint", "excerpt")


@dataclass(frozen=True)
class Score:
    """`found`, `right`, `there`: pairs called a copy, rightly so, and labelled as one; `exact`: called as labelled."""

    pairs: int
    found: int
    right: int
    there: int
    exact: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def verdicts() -> list[tuple[Labelled, Comparison]]:
    return [(pair, compare(worded(pair.one), worded(pair.other, pair.filler))) for pair in pairs()]


def score(told: list[tuple[Labelled, Comparison]]) -> Score:
    found = [(pair, made) for pair, made in told if made.copied]
    return Score(
        len(told),
        len(found),
        sum(pair.label in COPIES for pair, _ in found),
        sum(pair.label in COPIES for pair, _ in told),
        sum(pair.label == made.verdict for pair, made in told),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", action="store_true", help="print every pair")
    told = verdicts()
    if parser.parse_args().pairs:
        for pair, made in told:
            print(f"{pair.kind:32} {pair.name:16} {pair.label:10} {made.verdict:10} {made.containment:6.1%}"
                  f" {made.unquoted:6.1%}")  # fmt: skip
        print()
    print(f"{'pairs of this kind':32} {'number':>6}  {'called':36} {'containment':>14}")
    for kind in dict.fromkeys(pair.kind for pair, _ in told):
        here = [made for pair, made in told if pair.kind == kind]
        called = ", ".join(f"{word} {number}" for word, number in Counter(made.verdict for made in here).most_common())
        shares = sorted(made.containment for made in here)
        print(f"{kind:32} {len(here):6}  {called:36} {shares[0]:6.0%} to {shares[-1]:.0%}")
    made = score(told)
    print(f"\n{made.pairs} pairs: precision {made.precision:.3f} ({made.right} of {made.found} found are copies), "
          f"recall {made.recall:.3f} ({made.right} of {made.there} copies found), "
          f"exact word {made.exact / made.pairs:.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
