from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evidence_kit import evidence_yaml, write_case
from standoff.evidence import DateSpan, history_known, load_evidence
from standoff.evidence.history import known_from

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_when_an_entry_was_known() -> None:
    when = DateSpan.parse("early September 2025")
    assert known_from(when, [date(2025, 9, 20), date(2025, 9, 12)]) == date(2025, 9, 12)
    assert known_from(when, [date(2025, 8, 1)]) == date(2025, 9, 1)
    assert known_from(when, []) == date(2025, 9, 10)


@given(days, st.integers(0, 40), st.lists(days, max_size=4))
def test_nothing_is_known_before_it_may_have_begun(first: date, length: int, published: list[date]) -> None:
    when = DateSpan(first, date.fromordinal(first.toordinal() + length))
    known = known_from(when, published)
    assert known >= first
    if published:
        assert known in {first, min(published)}
        assert known <= known_from(when, published[:1])


def test_history_grows_with_what_is_published(tmp_path: Path) -> None:
    evidence, _ = load_evidence(write_case(tmp_path))
    assert history_known(evidence, date(2025, 8, 31)) == ()
    assert [entry.moves for entry in history_known(evidence, date(2025, 9, 3))] == [{"board": 1.0}]
    assert [entry.who for entry in history_known(evidence, date(2025, 10, 9))] == ["norwick", "event"]
    everything = history_known(evidence, date(2025, 10, 10))
    assert everything == evidence.history
    assert [entry.index for entry in everything] == [0, 2, 1]
    assert [entry.observed for entry in everything] == [True, True, False]


def test_order_is_that_of_the_dates_and_the_index_that_of_the_file(tmp_path: Path) -> None:
    text = evidence_yaml()
    head, tail = text.split("history:\n")
    lines = tail.split("conflicts_declared")[0].splitlines()
    swapped = head + "history:\n" + "\n".join(reversed(lines)) + "\nconflicts_declared" + tail.split(
        "conflicts_declared")[1]  # fmt: skip
    one, _ = load_evidence(write_case(tmp_path / "one"))
    two, problems = load_evidence(write_case(tmp_path / "two", evidence=swapped))
    assert problems == []
    assert [entry.moves for entry in one.history] == [entry.moves for entry in two.history]
    assert [entry.index for entry in two.history] == [3, 1, 2]


def test_evidence_travels_to_another_process(tmp_path: Path) -> None:
    evidence, _ = load_evidence(write_case(tmp_path))
    assert pickle.loads(pickle.dumps(evidence)) == evidence
