"""Evidence: reports, anchored claims, dated history, and what they are worth.

    evidence.yaml + reports/  ->  load_evidence  ->  Evidence, problems

Everything that a forecast may use at a date comes out of `history_known` and `testimony`.
"""

from __future__ import annotations

from standoff.evidence.anchors import Anchor, find_anchor, make_anchor
from standoff.evidence.body import Evidence
from standoff.evidence.citations import citations, rests_on
from standoff.evidence.claims import BearsOn, Claim, Figure
from standoff.evidence.conflicts import Conflict, Explanation, Side
from standoff.evidence.dates import DateSpan
from standoff.evidence.document import EvidenceDocument
from standoff.evidence.files import anchor_in_file, anchor_key
from standoff.evidence.grades import CREDIBILITY, RELIABILITY, Discount, grade_words
from standoff.evidence.grip import HOLD_WORDS, Grip
from standoff.evidence.history import Gap, HistoryEntry, history_known
from standoff.evidence.load import load_evidence
from standoff.evidence.reports import Report, Source
from standoff.evidence.testimony import Testimony, testimony

__all__ = [
    "CREDIBILITY",
    "HOLD_WORDS",
    "RELIABILITY",
    "Anchor",
    "BearsOn",
    "Claim",
    "Conflict",
    "DateSpan",
    "Discount",
    "Evidence",
    "EvidenceDocument",
    "Explanation",
    "Figure",
    "Gap",
    "Grip",
    "HistoryEntry",
    "Report",
    "Side",
    "Source",
    "Testimony",
    "anchor_in_file",
    "anchor_key",
    "citations",
    "find_anchor",
    "grade_words",
    "history_known",
    "load_evidence",
    "make_anchor",
    "rests_on",
    "testimony",
]
