"""The outside view: past cases as chances, scaled to the time left, and as one distribution."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.case import check
from standoff.case.new import TEMPLATE
from standoff.forecast.outside import classes, days_left, outside
from standoff.language.document import CaseDocument

START, NAMES = date(2031, 1, 1), ("deal", "flight", "coup", "war", "unresolved")


def document(**named: Any) -> CaseDocument:
    return CaseDocument.model_validate(
        {
            "standoff": 1,
            "title": "A case",
            "question": "How does it end?",
            "clock": {"start": START, "step": "week", "steps": 52},
            "actors": {"a": {}},
            "moves": {"a": {"hold": {}}},
            "outcomes": {key: {} for key in NAMES},
            "reference_classes": {
                name: {"outcomes": ends, "count": count, "of": of, "source": "a count", **more}
                for name, (ends, count, of, more) in named.items()
            },
        }
    )


def test_a_class_is_jeffreys() -> None:
    (one,) = classes(document(all=(["deal", "war"], 10, 38, {})), START)
    assert one.counted == one.chance
    assert one.counted["mean"] == pytest.approx(10.5 / 39)
    rng = np.random.default_rng(0)
    draws = rng.beta(10.5, 28.5, 400_000)
    for key, at in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert one.counted[key] == pytest.approx(np.quantile(draws, at), abs=2e-3)


@pytest.mark.parametrize(
    ("day", "left"), [(START, 364), (date(2030, 6, 1), 364), (date(2031, 7, 2), 182), (date(2033, 1, 1), 0)]
)
def test_time_left_scales_a_chance(day: date, left: int) -> None:
    case = document(coup=(["coup"], 3, 40, {"within": {"times": 26, "per": "week"}}))
    assert days_left(case, day) == left
    (one,) = classes(case, day)
    assert one.scaled
    draws = np.random.default_rng(1).beta(3.5, 37.5, 400_000)
    scaled = 1 - (1 - draws) ** (left / 182)
    assert one.chance["mean"] == pytest.approx(scaled.mean(), abs=5e-4)
    assert one.chance["p95"] == pytest.approx(np.quantile(scaled, 0.95), abs=1e-3)
    assert one.counted["mean"] == pytest.approx(3.5 / 41)


def test_one_distribution() -> None:
    case = document(
        out=(["deal", "flight", "coup"], 9, 37, {}),  # mean 1/4
        coup=(["coup"], 1, 14, {}),  # 1/10, inside the first
        war=(["war", "coup"], 5, 9, {}),  # overlaps without holding: a scenario of its own
        flight=(["flight"], 8, 9, {}),  # a part that is likelier than the whole: another scenario
        force=(["war"], 1, 29, {}),  # 1/20
    )
    rows = {one.name: one.counts for one in classes(case, START)}
    assert rows == {"out": True, "coup": True, "war": False, "flight": False, "force": True}
    found = outside(case, START)
    assert found == pytest.approx({"deal": 0.075, "flight": 0.075, "coup": 0.1, "war": 0.05, "unresolved": 0.7})
    assert list(found) == list(NAMES)


def test_no_class_is_no_view() -> None:
    assert outside(document(), START) == {}
    assert classes(document(), START) == ()


ends = st.lists(st.sampled_from(NAMES[:4]), min_size=1, max_size=4, unique=True)


@given(st.lists(st.tuples(ends, st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_it_is_a_distribution_whatever_was_counted(rows: list[tuple[list[str], int, int]]) -> None:
    named = {f"c{i}": (one, count, max(count + more, 1), {}) for i, (one, count, more) in enumerate(rows)}
    found = outside(document(**named), START)
    assert bool(found) == bool(rows)
    if found:
        assert sum(found.values()) == pytest.approx(1)
        assert min(found.values()) >= 0


def test_all_that_is_wrong_with_a_class_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for file in TEMPLATE.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    case = folder / "case.yaml"
    wrong = (
        "\nreference_classes:\n"
        "  past: {outcomes: [no_such], count: 5, of: 3, source: a count}\n"
        "  still: {outcomes: [unresolved], count: 1, of: 3, within: {times: 2, per: week}, source: a count}\n"
    )
    case.write_text(case.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    found = {problem.path: problem.found for problem in check(folder) if problem.path.startswith("reference_classes")}
    assert found["reference_classes.past.outcomes.0"] == "`no_such`"
    assert found["reference_classes.past.count"] == "5 of 3 cases"
    assert "reference_classes.still.within" in found
