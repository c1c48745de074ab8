"""Times that no report covers, and the history that made each level what it is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from findings_example import example, minimal
from standoff.report import gaps
from standoff.report.brief import render_html, render_markdown
from standoff.report.references import References
from standoff.report.sentences import bottom_line

NBSP = "\N{NO-BREAK SPACE}"


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)).replace(NBSP, " ")


def test_a_gap_is_told_in_the_history_with_its_people_dates_and_judgement() -> None:
    found = example()
    page, text = render_html(found), render_markdown(found)
    part = page[page.index('<section id="history">') : page.index('<section id="testimony">')]
    for written in (_flat(part), _flat(text[text.index("## The dated history") :])):
        assert "Not reported, 7–20 April 2031" in written
        assert "no correspondent was let ashore" in written
        assert "The palace garrison" in written or "the garrison" in written
        assert "Units fire on each other" in written
    assert 'id="gap-0"' in part
    assert 'href="#actor-garrison"' in part
    assert 'href="#claim-insurers-leave"' in part[part.index('id="gap-1"') :]


def test_a_gap_limits_the_estimate() -> None:
    found = example()
    line = bottom_line(found, References(found))[-1]
    said = line.text.replace(NBSP, " ")
    assert "and events of chance did between 7 and 20 April 2031 (no correspondent was let ashore)" in said
    assert "did between 26 May and 5 June 2031: it is inferred, not known." in said
    assert [ref.href for ref in line.rests] == ["#gap-0", "#gap-1"]
    del found["evidence"]["gaps"]
    assert "inferred" not in bottom_line(found)[-1].text


def _ladder(*moves: tuple[str, Any]) -> dict[str, Any]:
    """A history of one actor, a move each week, with what each does to a ladder of three rungs."""
    found = minimal()
    effects = dict(moves)
    found["model"] = {
        "actors": [{"name": "fleet"}],
        "factors": [{"name": "port", "levels": ["open", "half", "shut"], "start": "open", "because": ["c0"]}],
        "moves": [{"actor": "fleet", "name": name, "then": then} for name, then in effects.items()],
    }
    found["evidence"] = {"claims": [{"id": f"c{k}"} for k in range(len(moves) + 1)], "gaps": []}
    found["history"] = [
        {"index": k, "date": f"2031-03-{3 + 7 * k:02d}", "who": "fleet", "move": name, "because": [f"c{k + 1}"]}
        for k, (name, _) in enumerate(moves)
    ]
    found["state"] = {"port": {"levels": ["open", "half", "shut"], "probabilities": [0, 0, 1.0]}}
    return found


@pytest.mark.parametrize(
    ("moves", "expected", "level"),
    [
        ([("tighten", {"port": "+1"}), ("wait", {}), ("close", {"port": 1})], [0, 2], "shut"),
        ([("tighten", {"port": 1}), ("seal", {"port": "shut"})], [1], "shut"),
        ([("seal", {"port": "shut"}), ("tighten", {"port": 1})], [0], "shut"),
        ([("wait", {})], [], "open"),
        ([("gamble", {"port": {"half": 0.5, "shut": 0.5}})], [0], None),
    ],
)
def test_what_set_a_level_is_what_stands_behind_it(moves: Any, expected: list[int], level: str | None) -> None:
    found = _ladder(*moves)
    made, at = gaps.setters(found, "port")
    assert [entry["index"] for entry in made] == expected
    assert at == level
    page = render_html(found)
    row = page[page.index("Where things stand") : page.index("</table>", page.index("Where things stand"))]
    cited = set(re.findall(r"#claim-c(\d)", row))
    assert cited == ({str(k + 1) for k in expected} or {"0"})


def test_a_level_that_a_gap_may_have_moved_says_so() -> None:
    found = _ladder(("tighten", {"port": 1}), ("loosen", {"port": -1}), ("seal", {"port": "shut"}))
    refs = References(found)
    assert gaps.doubt(found, refs, "port", 1.0) is None
    found["evidence"]["gaps"] = [{"first": "2031-03-03", "last": "2031-03-09", "who": ["fleet"]}]
    refs = References(found)
    assert gaps.doubt(found, refs, "port", 1.0) is None  # it was shut outright since then
    found["evidence"]["gaps"] = [{"first": "2031-03-20", "last": "2031-03-30", "who": ["fleet"]}]
    refs = References(found)
    told = gaps.doubt(found, refs, "port", 0.6)
    assert told is not None
    assert told["text"] == "inferred, not reported"
    assert [ref.href for ref in told["refs"]] == ["#gap-0", "#actor-fleet"]
    found["evidence"]["gaps"] = [{"first": "2031-03-20", "last": "2031-03-30", "who": ["somebody_else"]}]
    assert gaps.doubt(found, References(found), "port", 1.0) is None


def test_a_level_uncertain_for_another_reason_says_which() -> None:
    found = _ladder(("tighten", {"port": 1}))
    told = gaps.doubt(found, References(found), "port", 0.6)
    assert told is not None
    assert "without a report" in told["text"]
    assert [ref.href for ref in told["refs"]] == ["#move-fleet-tighten"]
    found["history"][0]["probability"] = 0.6
    told = gaps.doubt(found, References(found), "port", 0.6)
    assert told is not None
    assert f"is right with chance 60{NBSP}%" in told["text"]
    assert [ref.href for ref in told["refs"]] == ["#history-0"]
