"""Past cases in words: the classes that a case sets beside its forecast."""

from __future__ import annotations

from standoff.case.phrases import number
from standoff.case.sentences import Plain, grounds, listed, sentence
from standoff.language.document import CaseDocument


def class_words(document: CaseDocument) -> list[Plain]:
    """Every reference class: its count, its time, the endings it counts as, and where it was counted."""
    found = []
    for name, one in document.reference_classes.items():
        title = one.title or name.replace("_", " ")
        time = ", no time set"
        if one.within is not None:
            times, per = one.within.times, one.within.per
            time = f" within {f'a {per}' if times == 1 else f'{number(times)} {per}s'}"
        endings = listed((_ending(outcome, document) for outcome in one.outcomes), "or")
        parts = [f"{title}: {one.count:,} of {one.of:,}{time}", f"Counts as {endings}", one.source]
        found.append(
            {
                "name": name,
                **grounds(one),
                "count": one.count,
                "of": one.of,
                "outcomes": list(one.outcomes),
                "source": one.source,
                "text": " ".join(sentence(part) for part in parts),
            }
        )
    return found


def _ending(outcome: str, document: CaseDocument) -> str:
    one = document.outcomes.get(outcome)
    return f"“{(one.title if one is not None else None) or outcome.replace('_', ' ')}”"
