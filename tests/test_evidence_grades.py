from __future__ import annotations

import pytest

from standoff.evidence import CREDIBILITY, RELIABILITY, Discount, grade_words


def test_wording_is_complete() -> None:
    assert list(RELIABILITY) == list("ABCDEF")
    assert list(CREDIBILITY) == [1, 2, 3, 4, 5, 6]
    assert grade_words("C", 3) == "fairly reliable source, possibly true"
    assert grade_words("F", 6) == "source whose reliability cannot be judged, truth cannot be judged"


def test_weight_is_the_product_and_silence_is_not_a_number() -> None:
    table = Discount({"C": 0.6, "F": 0.0}, {3: 0.5})
    assert table.weight("C", 3) == pytest.approx(0.3)
    assert table.weight("F", 3) == 0
    assert table.weight("A", 3) is None
    assert table.silent_about("A", 1) == ["reliability A", "credibility 1"]
    assert table.silent_about("C", 3) == []
