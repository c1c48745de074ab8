"""The brief as a page and as Markdown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from findings_example import example, hostile, long_titles, minimal, thin
from standoff.language.printable import obeyed
from standoff.report import anatomy, charts, ledgers
from standoff.report.answers import questions
from standoff.report.basis import shift_of, used_by
from standoff.report.brief import inline, markdown_text, prose, render_html, render_markdown
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.terminal import print_forecast
from standoff.report.weigh import Weights
from standoff.report.words import mid_sentence

Make = Callable[[], dict[str, Any]]
DRAWN: dict[str, str] = {}


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most briefs here show the same charts, and drawing is nearly all of the work: the same picture is drawn once."""
    draw = charts._draw

    def kept(panels: Any, ceilings: Any, **how: Any) -> str:
        key = repr((panels, ceilings, how))
        if key not in DRAWN:
            DRAWN[key] = draw(panels, ceilings, **how)
        return DRAWN[key]

    monkeypatch.setattr(charts, "_draw", kept)


VOID = {"meta", "link", "br", "img", "input", "hr"}


def no_testimony() -> dict[str, Any]:
    found = example()
    found.update(testimony=[], questions=[])
    return found


def one_outcome() -> dict[str, Any]:
    return example(1)


def twelve_outcomes() -> dict[str, Any]:
    return example(12)


def ended() -> dict[str, Any]:
    found = example()
    found["ending"] = {"date": "2031-07-02", "outcome": "port_seized", "source": "the record"}
    return found


ALL: list[Make] = [
    example,
    thin,
    minimal,
    hostile,
    long_titles,
    no_testimony,
    one_outcome,
    twelve_outcomes,
    ended,
]


class Page(HTMLParser):
    """Ids, links, and whatever a page could load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[tuple[str, str]] = []
        self.tags: Counter[str] = Counter()
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.broken: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            self.pictures.append(dict(attrs))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "xlink:href"} and tag == "a":
                self.links.append(value or "")
            elif name in {"src", "href", "xlink:href", "data", "action", "srcset", "poster"}:
                self.loads.append((tag, value or ""))
            if name.startswith("on"):
                self.handlers.append(name)


@lru_cache
def _html(make: Make) -> str:
    return render_html(make())


@lru_cache
def _page(make: Make) -> Page:
    return Page(_html(make))


@pytest.mark.parametrize("make", ALL)
@pytest.mark.no_cover
def test_every_link_has_its_target_and_every_id_is_one(make: Make) -> None:
    page = _page(make)
    assert page.links
    for link in page.links:
        assert link.startswith("#"), link
        assert link[1:] in page.ids, link
    twice = [i for i, n in Counter(page.ids).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("make", ALL)
def test_the_page_asks_the_network_for_nothing_and_runs_nothing(make: Make) -> None:
    page, text = _page(make), _html(make)
    assert page.loads == [("link", "data:,")]
    assert page.tags["script"] == page.tags["img"] == page.tags["iframe"] == page.tags["object"] == 0
    assert page.handlers == []
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in text


@pytest.mark.parametrize("make", ALL)
def test_the_page_is_well_formed_and_small(make: Make) -> None:
    page = _page(make)
    assert page.broken == []
    assert page.open == []
    assert len(_html(make).encode()) < 3_000_000
    assert page.tags["h1"] == 1


@pytest.mark.parametrize("make", ALL)
def test_every_picture_has_alternative_text(make: Make) -> None:
    page, text = _page(make), _html(make)
    for picture in page.pictures:
        assert picture.get("role") == "img"
        assert picture.get("aria-label") or picture.get("aria-labelledby")
        for ident in (picture.get("aria-labelledby") or "").split():
            assert ident in page.ids
    assert text.count("<svg") == len(re.findall(r"<svg[^>]*><title", text))


def test_sections_stand_in_reading_order() -> None:
    page = _page(example)
    order = [
        "bottom-line",
        "glance",
        "answers",
        "limits",
        "annex",
        "outcomes",
        "by-date",
        "through-time",
        "questions",
        "next",
        "model",
        "evidence",
        "parameters",
        "history",
        "testimony",
        "certificate",
        "provenance",
    ]
    assert [i for i in page.ids if i in order] == order


def test_part_one_has_the_answers_in_a_sentence_and_the_annex_starts_a_page() -> None:
    found, text = example(), _html(example)
    one = text[: text.index('id="annex"')]
    for number, question in enumerate(found["questions"]):
        assert f'<li><a href="#question-{number}">' in one
        assert question["ask"] in one.replace("&#39;", "'")
    shorts = [row["short"] for row in questions(found, References(found))]
    assert all(shorts)
    assert len(set(shorts)) == len(shorts)
    assert one.count("<svg") == len(found["outcomes"])  # one picture
    rule = text[text.index("@media print") : text.index("</style>")]
    assert re.search(r"#annex {[^}]*break-before: page", rule)
    assert re.search(r"details\.all { display: none", rule)
    written = render_markdown(found)
    assert written.index("## The questions, in short") < written.index("## What limits this")
    assert written.index("## What limits this") < written.index("# Annex\n") < written.index("## How it may end\n")


def test_the_grounds_that_matter_most_stand_first_and_the_rest_is_folded() -> None:
    found = no_testimony()
    refs = References(found)
    weigh = Weights(found, refs)
    found["parameters"]["guard_block"]["sway"] = {"guaranteed_exit": -0.2, "port_seized": 0.01}
    found["parameters"]["landing_success"]["sway"] = {"port_seized": 0.3}
    weigh = Weights(found, refs)
    items = [refs.to("parameter", name) for name in found["parameters"]]
    part = weigh.chief(items, ["guaranteed_exit"])
    assert [len(part.top), len(part.all)] == [4, len(items)]
    assert [r.href for r in part.top].count("#parameter-guard_block") == 1
    assert weigh.of(refs.to("parameter", "guard_block"), ["guaranteed_exit"]) == 0.2
    assert weigh.of(refs.claim("guard-orders"), ["guaranteed_exit"]) == 0.2  # what the parameter rests on
    assert weigh.of(refs.to("parameter", "landing_success"), ["guaranteed_exit"]) == 0
    best = max(found["history"], key=lambda h: shift_of(h, "orvane"))
    for claim in best["because"]:
        assert weigh.of(refs.claim(claim), ["orvane"]) >= shift_of(best, "orvane")
    assert weigh.chief(items[:5]).all == []
    page = render_html(found)
    folded = re.findall(r'<details class="all"><summary>all (\d+) grounds</summary>(.*?)</details>', page)
    assert folded
    for number, inside in folded:
        assert inside.count("<a ") + inside.count("<span") == int(number)


def test_every_claim_parameter_move_and_entry_is_reachable() -> None:
    found, page = example(), _page(example)
    wanted = [f"claim-{c['id']}" for c in found["evidence"]["claims"]]
    wanted += [f"parameter-{name}" for name in found["parameters"]]
    wanted += [f"move-{m['actor']}-{m['name']}" for m in found["model"]["moves"]]
    wanted += [f"history-{h['index']}" for h in found["history"]]
    linked = {link[1:] for link in page.links}
    for ident in wanted:
        assert ident in page.ids
    never = [i for i in wanted if i not in linked]
    assert never == ["parameter-patience"]  # discounting stands in no term of the model shown


def test_every_number_of_an_outcome_is_one_click_from_a_claim_parameter_or_judgement() -> None:
    text = _html(example)
    for section in ("outcomes", "by-date", "next"):
        start = text.index(f'<section id="{section}">')
        part = text[start : text.index("</section>", start)]
        rows = re.split(r'<div class="row"|<tr>', part)[1:]
        numbered = [r for r in rows if re.search(r'class="num"|<td class="n">', r)]
        assert numbered
        grounded = [
            r for r in numbered if re.search(r'href="#(claim|parameter|worth|move|event|factor|type)-', r)
        ]
        assert len(grounded) == len(numbered)


def test_figures_at_odds_stand_side_by_side_with_their_claims() -> None:
    text = _html(example)
    start = text.index('class="conflict"')
    part = text[start : text.index("</div>\n<div", text.index("6,000"))]
    assert part.index(">9<") < part.index(">18<") < part.index(">30<") < part.index(">6,000<")
    assert 'href="#claim-fleet-august"' in part
    assert "Counted on different days" in part


def test_the_thin_ensemble_is_told_before_anything_else() -> None:
    text = _html(thin)
    assert text.index("Read this first") < text.index('id="bottom-line"')
    assert 'class="warning"' in text
    assert 'href="#history-7"' in text[text.index("What costs most") : text.index('id="bottom-line"')]
    assert 'class="warning"' not in _html(example)


def test_failed_draws_are_told() -> None:
    assert re.search(r"9\sdraws of 128 failed", _html(thin))


def test_missing_sections_are_left_out_together_with_their_entries_in_the_contents() -> None:
    page = _page(minimal)
    assert "outcomes" in page.ids
    for gone in (
        "by-date",
        "through-time",
        "questions",
        "next",
        "model",
        "evidence",
        "parameters",
        "history",
    ):
        assert gone not in page.ids
        assert f"#{gone}" not in page.links
    assert "testimony" not in _page(no_testimony).ids


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    text = _html(hostile)
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "onerror=alert(1)&gt;" in text


def test_numbers_are_never_more_exact_than_they_are() -> None:
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", _html(example), flags=re.S)
    shown = re.sub(r"<[^>]+>", " ", text)
    assert not re.search(r"\d\.\d+\s*%", shown)
    assert "nan" not in shown.lower().split()
    assert "None" not in shown


def test_likelihood_and_confidence_never_meet() -> None:
    assert "confidence" not in _html(example).lower()


def test_the_ending_is_for_scoring_only() -> None:
    text = re.sub(r"\s+", " ", _html(ended))
    assert "How it came out." in text
    assert "This forecast gave it 17 %" in text
    assert "Recorded for scoring only" in text


def test_the_page_follows_the_scheme_prints_and_fits_a_phone() -> None:
    text = _html(example)
    for part in (
        "prefers-color-scheme: dark",
        "@media print",
        "@page",
        "max-width: 40rem",
        "width=device-width",
    ):
        assert part in text


def test_colours_of_pictures_follow_the_page() -> None:
    text = _html(example)
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', text))
    mapped = set(re.findall(r'svg \[fill="(#[0-9a-f]{6})"\]', text))
    assert used <= mapped


def test_ranges_in_prose_do_not_break_across_lines() -> None:
    assert prose("it is 20–45\N{NO-BREAK SPACE}% <b>") == (
        "it is <span class=nb>20–45\N{NO-BREAK SPACE}%</span> &lt;b&gt;"
    )


def test_inline_pictures_name_no_address() -> None:
    assert "http" not in inline(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://x"><a xlink:href="#a"/></svg>'
    )
    assert "http" not in _html(example).replace("http-equiv", "")


def _text(found: dict[str, Any]) -> str:
    page = re.sub(r"<style>.*?</style>", "", render_html(found), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_what_a_run_adds_is_shown() -> None:
    found = no_testimony()
    found.update(by_date=None, series=None)  # no charts to wait for
    found["parameters"]["audience"]["set_by_hand"] = True
    found["history"][0]["expected"] = found["history"][0]["likelihood"] = None
    found["history"][1].update(date="2031-03-10", until="2031-03-14", precision="interval")
    claim = found["evidence"]["claims"][0]
    claim.update(
        passage="Nine hulls, by the pilots' count.", note="Counted at noon.", anchor_words="passage gone"
    )
    found["evidence"]["origins"] = [{"origin": "pilots", "claims": ["fleet-august", "fleet-doubled"]}]
    found["evidence"]["note"] = "Not found is not independent."
    found["evidence"]["conflicts"][0]["figures"][0].update(value="9 ships", unit="ships")
    text = _text(found)
    for part in (
        "Set by hand for this run.",
        "Not weighed.",
        "10–14 March 2031",
        "Nine hulls, by the pilots' count.",
        "Counted at noon.",
        "Passage gone",
        "Told more than once",
        "Not found is not independent.",
    ):
        assert part in text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'"), part
    assert "9 ships ships" not in text


def test_reports_that_repeat_each_other_are_named() -> None:
    found = no_testimony()
    found.update(by_date=None, series=None)
    one, other = (report["id"] for report in found["evidence"]["reports"][:2])
    found["evidence"]["origins"] = []
    found["evidence"]["reprints"] = [{"one": one, "other": other, "containment": 0.634}]
    page = render_html(found)
    told = page[page.index("Told more than once") :]
    assert f'href="#report-{one}"' in told
    assert f'href="#report-{other}"' in told
    assert "63\N{NO-BREAK SPACE}%" in told[: told.index("</table>")]
    text = render_markdown(found)
    assert f"(#report-{other}) | 63\N{NO-BREAK SPACE}% |" in text
    found["evidence"]["reprints"] = []
    assert "Told more than once" not in render_html(found) + render_markdown(found)


@pytest.mark.parametrize(
    ("as_of", "step", "expected"),
    [
        ("2031-03-24", 3, "week 4 of 26 · the clock runs out on 1 September 2031"),
        ("2031-02-01", 0, "before the clock starts on 3 March 2031 · the clock runs out on 1 September 2031"),
        ("2031-10-01", 26, "As of 1 October 2031 · the clock ran out on 1 September 2031"),
    ],
)
def test_the_clock_says_where_the_date_stands(as_of: str, step: int, expected: str) -> None:
    found = minimal()
    found["case"] = {
        "as_of": as_of, "first_day": "2031-03-03", "last_day": "2031-09-01", "now_step": step, "steps": 26,
        "step": "week",
    }  # fmt: skip
    assert expected in _text(found).replace("\N{NO-BREAK SPACE}", " ")


def test_a_course_is_told_for_as_long_as_it_is_known() -> None:
    found = minimal()
    nan = float("nan")
    rows = [[0.8, 0.2], [0.3, 0.7], [nan, nan]]
    course = {"title": "Talks", "levels": ["shut", "open"], "dates": ["2031-03-10", "2031-03-17", "2031-03-24"]}
    found["state"] = {"talks": {"levels": ["shut", "open"], "probabilities": [0.5, 0.25]}}
    found["questions"] = [
        {"ask": "And?", "panels": [{"kind": "factors", "rows": {"talks": {**course, "probabilities": rows}}}]}
    ]
    for text in (_text(found), render_markdown(found)):
        flat = text.replace("\N{NO-BREAK SPACE}", " ")
        assert "If nothing has ended it by then, “Talks” is likeliest to stand at “open” on 17 March 2031: 70 %" in flat
        assert "against 33 % now" in flat
    assert not re.search(r"(?<![a-z])nan(?![a-z])", render_html(found).lower())
    course["probabilities"] = [[None, None]]
    found["questions"][0]["panels"][0]["rows"]["talks"] = course
    assert "likeliest to stand" not in render_html(found)


def test_a_change_too_small_to_print_is_no_largest_change() -> None:
    found = minimal()
    full = example()
    found["model"] = full["model"]
    rows = {
        name: {"now": row, "then": {**row, "mean": row["mean"] + 0.004}} for name, row in found["outcomes"].items()
    }
    panel = {"kind": "after", "actor": "orvane", "move": "land", "rows": rows, "open": True, "share": 1.0}
    found["questions"] = [{"ask": "What if?", "panels": [panel]}]
    text = _text(found)
    assert "no ending would become likelier or less likely by as much as a point" in text
    assert "the largest change" not in text


def _asked(*panels: dict[str, Any], **more: Any) -> tuple[dict[str, Any], list[str]]:
    """Findings of the example that answer one question with these panels, and the answers."""
    found = {**example(), **more, "questions": [{"ask": "What if?", "panels": list(panels)}]}
    return found, [a.replace("\N{NO-BREAK SPACE}", " ") for a in questions(found, References(found))[0]["answers"]]


def _after(found: dict[str, Any], move: str, by: float) -> dict[str, Any]:
    rows = {n: {"now": r, "then": {**r, "mean": r["mean"] + by}} for n, r in found["outcomes"].items()}
    return {"kind": "after", "actor": "orvane", "move": move, "rows": rows, "open": True, "share": 1.0}


def test_what_a_move_ends_in_by_itself_is_not_told_as_its_effect() -> None:
    found, said = _asked(_after(example(), "sail_home", 0.3))
    assert said == ["“Sail home” ends it at once in “The fleet goes home with nothing”."]
    assert not questions(found, References(found))[0]["panels"][0]["rows"]
    assert "the largest change" in _asked(_after(example(), "land", 0.3))[1][0]


def test_a_slight_change_is_told_in_a_sentence_and_no_table() -> None:
    found, said = _asked(_after(example(), "land", 0.012))
    assert "would hardly change how it ends" in said[0]
    page, text = render_html(found), render_markdown(found)
    assert not re.search(r"If [^<|]* chose “", page + text)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("audience * (fleet + 1)", "Face lost: 0.4 of the stake; nine"),
        ("trade_loss - trade_loss / 2", "Face lost: 0.4; nine"),
        ("audience * rally", "Face lost: 0.4; nine"),
        ("audience - rally", "Face lost: 0.4 of the stake; nine"),
        ("coup_success", "Face lost: 0.4; nine"),
        ("split_rate", "Face lost: 0.4 per month; nine"),
    ],
)
def test_a_value_has_the_unit_of_its_parameters(expression: str, expected: str) -> None:
    band = {"mean": 0.4, "p05": 0.0, "p25": 0.2, "p50": 0.4, "p75": 0.6, "p95": 1.2}
    panel = {"kind": "value", "label": "Face lost", "expression": expression, "band": band}
    assert _asked(panel)[1][0].startswith(expected)


def test_endings_taken_together_are_named() -> None:
    found = example()
    names = ["guaranteed_exit", "port_seized"]
    rows = {n: found["outcomes"][n] for n in names}
    said = _asked({"kind": "outcomes", "rows": rows, "together": found["outcomes"]["port_seized"]})[1]
    assert said[0].startswith("One or another of “The president leaves under a guarantee” and “Orvane takes the port” ")
    many = {n: found["outcomes"][n] for n in list(found["outcomes"])[:6]}
    said = _asked({"kind": "outcomes", "rows": many, "together": found["outcomes"]["port_seized"]})[1]
    assert "”, “Orvane takes the port” and three more " in said[0]


def test_a_panel_with_nothing_in_it_has_no_heading() -> None:
    panel = {"kind": "after", "actor": "orvane", "move": "land", "rows": {}, "open": False, "share": 0}
    found, said = _asked(panel)
    assert said
    assert "<h4>If " not in render_html(found)


def test_the_order_of_turns_is_told_by_titles_and_without_repeating() -> None:
    found = example()
    found["model"]["order"] = ["orvane", "orvane", "selm", "incident_at_sea", "harvest_fails"]
    said = "to Orvane twice, the presidency of Selm and chance (An incident at sea and Bread runs short), in this"
    titles = {actor["name"]: mid_sentence(actor["title"]) for actor in found["model"]["actors"]}
    said = said.replace("Orvane", titles["orvane"]).replace("the presidency of Selm", titles["selm"])
    assert said in render_markdown(found)
    assert said in _text(found)


def test_how_often_an_actor_decides_is_computed() -> None:
    found = example()
    found["model"]["actors"][0]["tempo"] = {"times": 0.2, "per": "week"}
    found["model"]["order"] = ["orvane", "selm", "orvane"]
    assert "Decides about every five weeks in each of its two turns." in render_markdown(found)
    assert "decides about every five weeks." in render_markdown(found)
    assert "Decides about every five weeks." in _text(found)


def test_a_card_of_theory_is_printed_once() -> None:
    found = example()
    first = found["model"]["mechanisms"][0]
    found["model"]["mechanisms"] = [first, {**first, "settings": {"of": "orvane"}}]
    text = render_markdown(found)
    assert text.count(first["card"]["claim"]) == 1
    assert "Once more, set otherwise. Set here: of: [" in text


def test_a_commitment_is_told_in_whole_sentences() -> None:
    found = example()
    found["model"]["levers"] = [
        {"name": "pledge", "sets": {"audience": "audience / 2"}, "costs": {"orvane": 0.05}, "judgement": "so."}
    ]
    text = render_markdown(found)
    assert "It cost to" not in text
    line = next(row for row in text.splitlines() if 'id="lever-pledge"' in row)
    assert re.search(r"It costs \[[^]]*\]\(#actor-orvane\) 0\.05\. \*Judgement: so\.\*", line)
    assert "The forecast assumes none of them." in text
    refs = References(found)
    assert "#lever-pledge" in [ref.href for ref in used_by(found, refs, "audience")]


def test_a_prior_that_is_a_parameter_is_set_apart_from_what_is_believed_now() -> None:
    found = example()
    found["model"]["actors"][0]["types"][0]["prior"] = "audience"
    for text in (render_html(found), render_markdown(found)):
        part = text[text.index('id="parameter-audience"') : text.index('id="parameter-landing_success"')]
        assert "before the story" in part
        assert re.search(r"\d+\N{NO-BREAK SPACE}% is believed now", part)


def test_what_is_impossible_by_a_date_has_no_chance_printed() -> None:
    found = example()
    row = found["by_date"]["outcomes"]["unresolved"]
    for key in row:
        row[key] = [0.0] * (len(row[key]) - 1) + row[key][-1:]
    line = next(r for r in render_markdown(found).splitlines() if r.startswith("| The clock runs out") and "(" in r)
    assert [cell.strip() for cell in line.split("|")[2:5]] == ["–"] * 3


def test_past_the_end_of_the_clock_the_silence_is_told() -> None:
    found = minimal()
    found["outcomes"]["unresolved"] = {"mean": 1.0}
    found["case"].update(steps=26, now_step=26, last_day="2031-09-01")
    printed = StringIO()
    print_forecast(found, Console(file=printed, width=100))
    for text in (_text(found), render_markdown(found), " ".join(printed.getvalue().split())):
        flat = text.replace("\N{NO-BREAK SPACE}", " ")
        assert "The clock ran out on 1 September 2031: nothing is forecast here" in flat
        assert "follows from silence" in flat
    found["case"]["now_step"] = 25
    assert "ran out" not in render_markdown(found)


def test_each_step_of_the_reasoning_is_named_once() -> None:
    found = example()
    found["questions"] = [
        {
            "ask": "Will it land?",
            "panels": [
                {"kind": "outcomes", "rows": {"port_seized": found["outcomes"]["port_seized"]}},
                {"kind": "moves", "actor": "orvane", "rows": found["next_moves"]["orvane"]},
            ],
        }
    ]
    path = questions(found, References(found))[0]["path"]
    places = [step.href for step in path]
    assert "#move-orvane-land" in places
    assert len(places) == len(set(places))


def test_a_parameter_leads_to_all_that_uses_it() -> None:
    found = minimal()
    found["parameters"] = {
        "base": {"prior": {"mean": 0.5}, "prior_text": "beta(2, 2)"},
        "odds": {"prior": {"mean": 0.4}, "prior_text": "= clip(base - 0.1, 0, 1)"},
        "nerve": {"prior": {"mean": 4.0}, "prior_text": "uniform(3, 5)"},
    }
    found["model"] = {"actors": [{"name": "fleet", "title": "The fleet", "precision": "nerve", "types": []}]}
    refs = References(found)
    assert [ref.href for ref in used_by(found, refs, "base")] == ["#parameter-odds"]
    assert [ref.label for ref in used_by(found, refs, "nerve")] == ["The fleet"]
    page = render_html(found)
    row = page[page.index('id="parameter-odds"') : page.index('id="parameter-nerve"')]
    assert "Follows from" in row
    assert "nothing stated" not in row


def test_the_evidence_is_not_credited_with_what_chance_may_do() -> None:
    found = example()
    names = list(found["parameters"])
    for row in found["parameters"].values():
        row["posterior"] = dict(row["prior"])
    row = found["parameters"][names[0]]
    width = row["prior"]["p95"] - row["prior"]["p05"]
    row["posterior"] = {key: value + 0.1 * width for key, value in row["prior"].items()}
    for worth, moved in ((400.0, 1), (9.0, 0)):
        found["run"]["effective_draws"] = worth
        sheet = ledgers.parameters(found, References(found))
        assert sheet is not None
        assert len(sheet["moved"]) == moved


def test_a_discount_that_is_not_stated_is_not_printed_as_none() -> None:
    found = example()
    found["evidence"]["discount"] = {"reliability": {"A": None, "B": None}, "credibility": {"1": 1.0, "2": None}}
    text = _text(found)
    assert "None" not in text
    assert "Reliability of the source" not in text
    assert "2 not stated" in text


def test_the_certificate_says_what_its_numbers_are() -> None:
    held = {"draws_checked": 6, "node_updates": 9, "grid_error": 0.01}
    found = ledgers.certificate({"run": {"failed": 5, "ruled_out": 3}, "certificate": held})
    rows = {what: (value, meaning) for what, value, meaning in found}
    assert rows["Failed draws"][0] == "2"
    assert rows["Draws ruled out"][0] == "3"
    assert "halved" in rows["Draws checked"][1]
    assert "no bound" in rows["Grid error"][1]
    assert "all draws" in rows["Node updates"][1]


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        (
            {"rows": {}, "open": False, "share": 0.0},
            "is not open to the federal government of Orvane as things",
        ),
        ({"open": True, "share": 0.4}, "The move is open in 40 % of the weighed draws"),
        ({"open": False}, "so this is a look ahead"),
    ],
)
def test_a_move_that_is_not_open_is_told(panel: dict[str, Any], expected: str) -> None:
    found = minimal()
    rows = {name: {"now": row, "then": row} for name, row in found["outcomes"].items()}
    full = example()
    found["model"] = full["model"]
    found["questions"] = [
        {
            "ask": "What if?",
            "panels": [{"kind": "after", "actor": "orvane", "move": "land", "rows": rows, **panel}],
        }
    ]
    assert expected in _text(found).replace("\N{NO-BREAK SPACE}", " ")


def test_a_value_that_could_not_be_computed_and_an_unknown_panel_do_no_harm() -> None:
    found = minimal()
    found["questions"] = [
        {
            "ask": "How much?",
            "panels": [{"kind": "value", "label": "cost", "band": {"mean": None}}, {"kind": "new"}],
        }
    ]
    assert "Cost: no value could be computed." in _text(found)


# Markdown


@lru_cache
def _markdown(make: Make) -> str:
    return render_markdown(make())


@pytest.mark.parametrize("make", ALL)
def test_every_link_of_the_markdown_has_its_anchor(make: Make) -> None:
    text = _markdown(make)
    anchors = re.findall(r'<a id="([^"]+)"></a>', text)
    assert len(anchors) == len(set(anchors))
    for link in re.findall(r"(?<!\\)\]\(#([^)]+)\)", text):
        assert link in anchors, link


@pytest.mark.parametrize("make", ALL)
def test_tables_of_the_markdown_keep_their_columns(make: Make) -> None:
    width = 0
    for line in _markdown(make).splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        width = width or cells
        assert cells == width, line


def test_markdown_has_the_same_parts_and_no_live_markup() -> None:
    text = _markdown(example)
    for head in (
        "Bottom line",
        "How it may end",
        "By when",
        "Through time",
        "Questions answered",
        "What they may do next",
        "The model",
        "Evidence",
        "Parameters",
        "The dated history",
        "Testimony",
        "Certificate and limits",
        "Provenance",
    ):
        assert f"## {head}\n" in text
    bad = _markdown(hostile)
    assert "<script" not in bad
    assert "<img" not in bad
    assert not re.search(r"(?<!\\)\]\(http", bad)


def test_markdown_text_is_harmless() -> None:
    assert markdown_text("a|b *c* [d](e) <f> `g` `<h>` `*`\n# h") == (
        "a\\|b \\*c\\* \\[d\\](e) &lt;f&gt; `g` \\`&lt;h&gt;\\` \\`\\*\\` \\# h"
    )
    assert markdown_text(None) == ""


def test_help_stays_quick_because_nothing_heavy_loads_with_the_room() -> None:
    code = (
        "import sys, standoff.report.brief, standoff.report.terminal; "
        "print([m for m in ('vl_convert', 'jinja2', 'rich', 'numpy') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_hostile_control_characters_are_shown_and_never_obeyed() -> None:
    evil = "a\x1b[31m\x07\u202eb\x9b\u2066c\ufeff"
    found = example()
    found["case"]["title"] = evil
    found["evidence"]["claims"][0]["says"] = evil
    for report in found["evidence"]["reports"]:
        report["title"] = evil
    for row in found["outcomes"].values():
        row["title"] = evil
    for row in found["model"]["moves"] + found["model"]["outcomes"]:
        row["title"] = evil
    for text in (render_html(found), render_markdown(found), markdown_text(evil)):
        assert obeyed(text) is None
        assert "u001b[31m" in text.replace("\\[", "[")


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("the Straits Commission", "By the Straits Commission. Sets “Chance that the palace guard"),
        (["orvane", "a neighbour"], "By the federal government of Orvane and a neighbour. Sets"),
        ([], "Sets “Chance"),
    ],
)
def test_who_could_commit_is_told_by_title(by: object, said: str) -> None:
    found = example()
    refs = References(found)
    (lever,) = found["model"]["levers"]
    assert text_of(anatomy._lever({**lever, "by": by}, refs)["pieces"]).startswith(said)
