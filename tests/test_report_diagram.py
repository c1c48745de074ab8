"""The picture of the model."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from findings_example import example, hostile
from standoff.language.printable import obeyed
from standoff.report import diagram
from standoff.report.references import References

SVG = "{http://www.w3.org/2000/svg}"


def test_every_actor_move_factor_and_outcome_is_in_the_picture() -> None:
    found = example()
    figure = diagram.draw(found, References(found))
    assert figure is not None
    for svg in (figure.wide, figure.narrow):
        ElementTree.fromstring(svg)
    said = re.sub(r"\s+", " ", " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", figure.wide)))
    for kind in ("actors", "moves", "events", "factors", "outcomes"):
        for row in found["model"][kind]:
            assert row["title"] in said, row["title"]


def test_the_picture_is_the_same_every_time() -> None:
    found = example()
    first, second = (diagram.draw(found, References(found)) for _ in range(2))
    assert first == second


def test_boxes_link_to_paragraphs_and_edges_follow_the_rules() -> None:
    found = example()
    refs = References(found)
    figure = diagram.draw(found, refs)
    assert figure is not None
    links = set(re.findall(r'href="#([^"]+)"', figure.wide))
    assert {"move-orvane-land", "factor-fleet", "worth-port_seized", "event-incident_at_sea"} <= links
    changed, ended = diagram._edges(found)
    assert diagram.Edge("orvane/reinforce", "fleet", "up", diagram.SOFT, True) in changed
    assert diagram.Edge("garrison/plot", "cohesion", "down", diagram.SOFT, True) in changed
    assert diagram.Edge("garrison/move_on_palace", "cohesion", "set", diagram.SOFT, False) in changed
    assert {(e.source, e.target) for e in ended} >= {
        ("orvane/land", "port_seized"),
        ("orvane/land", "raid_fails"),
        ("/garrison_fight", "garrison_splits"),
    }


def test_no_two_boxes_of_a_column_overlap() -> None:
    for count in (1, 8, 12):
        found = example(count)
        refs = References(found)
        changed, ended = diagram._edges(found)
        groups = diagram._groups(found, refs, 238, 226)
        bottom = diagram._stack(groups, 26)
        at = {b.key: b.y + b.height / 2 for g in groups for b in g.boxes}
        for boxes, edges in (
            (diagram._factor_boxes(found, refs, 1, 160), changed),
            (diagram._outcome_boxes(found, refs, 541, 158), ended),
        ):
            diagram._settle(boxes, edges, at, 26, bottom)
            assert boxes[0].y >= 26
            assert all(a.y + a.height < b.y for a, b in pairwise(boxes))


def test_the_words_beside_the_picture_name_the_ways_to_each_ending() -> None:
    said = diagram.describe(example())
    assert "Orvane takes the port: reached by Land marines at the port." in said
    assert "The clock runs out with the fleet at sea: when the clock runs out." in said


def test_changes_are_read_from_any_way_of_writing_them() -> None:
    names = ["a", "b"]
    assert diagram.changes({"then": {"a": 1, "b": "-1"}}, names) == {"a": ("up", True), "b": ("down", True)}
    assert diagram.changes({"then": {"a": "+2", "b": "open"}}, names) == {
        "a": ("up", True),
        "b": ("set", True),
    }
    assert diagram.changes({"then": "a goes to open"}, names) == {"a": ("set", True)}
    assert diagram.changes({"perhaps": [{"chance": 1, "then": {"b": -1}}]}, names) == {"b": ("down", False)}
    assert diagram.changes({}, names) == {}


def test_no_model_no_picture_and_hostile_names_stay_text() -> None:
    assert diagram.draw({}, References({})) is None
    found = hostile()
    figure = diagram.draw(found, References(found))
    assert figure is not None
    tree = ElementTree.fromstring(figure.wide)
    assert not [e for e in tree.iter() if e.tag in {f"{SVG}script", f"{SVG}image"}]


def test_characters_that_would_be_obeyed_never_reach_the_picture() -> None:
    found = example()
    for kind in ("actors", "moves", "events", "factors", "outcomes"):
        for row in found["model"][kind]:
            row["title"] = "a\x1b[31m\x07\u202e\x9b\ufffe"
    figure = diagram.draw(found, References(found))
    assert figure is not None
    for text in (figure.wide, figure.narrow, figure.description):
        assert obeyed(text) is None
        assert "u001b" in text
    ElementTree.fromstring(figure.wide)
