"""The case of `standoff new` with two more reports: one that copies, one whose figure is at odds."""

from __future__ import annotations

from pathlib import Path

from standoff import new

RADIO = """---
id: coast-radio
title: What the Gazette saw
outlet: Coast Radio
published: 2031-03-05
grade: D
---

Good evening. Eleven patrol boats lie at the bank tonight. {copied} A pilot
told Coast Radio that the airfield was closed.
"""

TIMES = """---
id: strait-times
title: Two weeks on the water
outlet: Strait Times
published: 2031-03-20
grade: C
---

From the headland one counts sixteen patrol boats now, and the crews have been relieved once. A clerk of the port
told the Harbour Gazette that nobody had asked for berths. The ministry speaks of an exercise that ends in April.
"""


def desk_case(folder: Path) -> Path:
    case = new("my-case", folder)
    gazette = (case / "reports" / "harbour-gazette.md").read_text(encoding="utf-8")
    points = [" ".join(point.split()) for point in gazette.split("\n- ")[1:]]
    (case / "reports" / "coast-radio.md").write_text(RADIO.format(copied=" ".join(points[1:])), encoding="utf-8")
    (case / "reports" / "strait-times.md").write_text(TIMES, encoding="utf-8")
    return case
