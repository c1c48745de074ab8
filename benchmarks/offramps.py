"""How long the search for off-ramps takes: 8 levers up to size 3, and what every brief gets.

    python benchmarks/offramps.py [draws of the forecast]

Prints wall seconds on two processes, the forecast apart. Wants two free cores.
"""

from __future__ import annotations

import sys
import time

import standoff as so
from standoff.analysis.offramps import for_the_brief, offramps

if __name__ == "__main__":
    two = so.Workers(2)
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 128
    made = so.forecast("venezuela-2025", settings=so.Settings(draws=draws, check_grid=False), workers=two)
    for name, work in (("every brief", lambda: for_the_brief(made, workers=two)),
                       ("92 sets", lambda: offramps(made, 3, workers=two)),
                       ("all dangers", lambda: offramps(made, 1, dangers=True, workers=two))):  # fmt: skip
        began = time.perf_counter()
        found = work()
        sys.stdout.write(f"{name}: {time.perf_counter() - began:.1f} s, {found!r}\n")
        sys.stdout.flush()
