"""A small invented case for the tests of evidence, and the five press texts where they are at hand."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from standoff.evidence import make_anchor

SHARED = Path(__file__).parents[1].parent / "shared" / "reports"

ORIGINAL = """The strait was quiet on Monday. Officials in Norwick said that 4,500 troops had boarded
the ferries, and that they would not sail before the talks had failed.

“We are not bluffing,” a spokesman for the ministry said — twice. Buy cheap ferry tickets here today. The
harbour master of Sund counted eleven ships and called the posture unlikely to change before the storms.
"""

DIGEST = """# The strait in autumn

- Norwick has put 4,500 troops on its ferries; they are to wait for the outcome of the talks.

- A ministry spokesman denies a bluff.

- In Sund, the harbour master sees eleven ships and expects no change before winter.
"""

HEAD = """---
id: wire
title: Troops board the ferries
outlet: Sund Gazette
published: 2025-09-03
grade: B
source: {{name: wire.txt, sha256: {digest}}}
---
"""

BROADCAST = """---
id: broadcast
title: Evening news
outlet: Norwick Radio
published: early October 2025
grade: C
---

Ferries with 6,000 troops lie in the northern harbour tonight. Nobody expects them to sail this week.
"""


def write_case(folder: Path, *, evidence: str | None = None, held: bool = True) -> Path:
    """A case folder with two reports; `evidence` replaces evidence.yaml, `held` puts the original beside."""
    reports = folder / "reports"
    (reports / "originals").mkdir(parents=True)
    digest = sha256(ORIGINAL.encode()).hexdigest()
    (reports / "wire.md").write_text(HEAD.format(digest=digest) + DIGEST, encoding="utf-8")
    (reports / "broadcast.md").write_text(BROADCAST, encoding="utf-8")
    if held:
        (reports / "originals" / "wire.txt").write_text(ORIGINAL, encoding="utf-8")
    (folder / "evidence.yaml").write_text(
        evidence if evidence is not None else evidence_yaml(), encoding="utf-8"
    )
    return folder


def anchor(passage: str, text: str = ORIGINAL) -> str:
    """The anchor of a passage as one line of YAML."""
    return make_anchor(text, passage).to_yaml()


def evidence_yaml() -> str:
    """Evidence without anything to complain of."""
    news = BROADCAST.split("---\n", 2)[2]
    return f"""
discount:
  reliability: {{A: 1, B: 0.8, C: 0.6, D: 0.4, E: 0.2, F: 0.5}}
  credibility: {{1: 1, 2: 0.75, 3: 0.5, 4: 0.25, 5: 0.1, 6: 0.5}}
claims:
  troops-boarded:
    says: Norwick has put 4,500 troops on ferries.
    report: wire
    anchor: {anchor("Officials in Norwick said that 4,500 troops had boarded the ferries")}
    digest_anchor: {anchor("Norwick has put 4,500 troops on its ferries", DIGEST)}
    credibility: 2
    figures: [{{about: troops on the ferries, value: 4500, unit: troops}}]
    bears_on: {{norwick: {{bluff: 0.5, attack: 2}}}}
  no-bluff:
    says: A spokesman says that it is no bluff.
    report: wire
    anchor: {anchor("“We are not bluffing,”")}
    attributed_to: a ministry spokesman
    origin: ministry
    credibility: 4
    bears_on: {{norwick: {{bluff: 0.8}}, where: [{{if: storm_cost > 0.5, ratio: 1.5}}]}}
  troops-on-air:
    says: The radio counts 6,000 troops.
    report: broadcast
    anchor: {anchor("6,000 troops lie in the northern harbour", news)}
    credibility: 3
    figures: [{{about: Troops on the  ferries, value: 6000, unit: troops}}]
history:
  - {{date: 2025-09-01, norwick: board, because: [troops-boarded]}}
  - {{date: early October 2025, norwick: {{sail: 0.25}}, because: troops-on-air}}
  - {{date: late September 2025, event: storm, judgement: the storms come every year}}
  - {{from: 2025-09-04, to: 2025-09-30, unreported: [norwick], judgement: no paper appeared}}
conflicts_declared:
  - {{about: troops on the ferries, explained: a month lies between them, because: [troops-on-air]}}
"""


needs_reports = pytest.mark.skipif(not SHARED.is_dir(), reason="the five press texts are not at hand")
