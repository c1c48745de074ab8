"""Drafting help: numbers and doubts, verification, one entry more in evidence.yaml, drafts put aside, the command."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import standoff as so
from case_kit import EVIDENCE, written
from hostile_endpoint import (
    GOOD,
    GUNS,
    HALF,
    KEY,
    KEY_VARIABLE,
    RATIONS,
    RING,
    TWICE,
    UNLIKELY,
    case_folder,
    claim,
    history,
    proposing,
    serving,
)
from standoff.cli import app
from standoff.cli import draft as command
from standoff.drafting import accept as accepting
from standoff.drafting.accept import Accepted, accept, edited, rests_on
from standoff.drafting.alone import alone
from standoff.drafting.answer import Doubled, entries_of
from standoff.drafting.doubts import doubts, doubts_of_move, sentence_rest
from standoff.drafting.envelope import Answer
from standoff.drafting.figures import figures, twofold, unsupported
from standoff.drafting.ground import Ground, ground_of
from standoff.drafting.insert import with_claim, with_move
from standoff.drafting.propose import Draft, read
from standoff.drafting.saved import resume, save
from standoff.drafting.tidy import tidy, without
from standoff.drafting.verify import Proposal, Rejected, verify
from standoff.errors import DraftError, Problem, StandoffError
from standoff.evidence import anchor_in_file
from standoff.language.read import parse_yaml
from test_cli_scripts import differences, shapes

DAY = date(2031, 3, 9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return case_folder(tmp_path / "sel")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """For what only reads."""
    return ground_of(so.load(case_folder(tmp_path_factory.mktemp("drafting") / "sel")), "evening-post")


def ground(folder: Path) -> Ground:
    return ground_of(so.load(folder), "evening-post")


def held(entry: dict[str, object], at: Ground) -> Proposal:
    found = verify("history" if "move" in entry else "claim", entry, at)
    assert isinstance(found, Proposal), found
    return found


# ---- numbers and doubts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4,500 troops", [{4500.0}]), ("4.500 Mann", [{4500.0, 4.5}]), ("1,234,567", [{1234567.0}]),
        ("4,500.5 tons", [{4500.5}]), ("2.5 million", [{2_500_000.0}]), ("3 thousand", [{3000.0}]),
        ("twenty-five boats", [{25.0}]), ("four thousand five hundred", [{4500.0}]), ("two hundred and six", [{206.0}]),
        ("one of them", []), ("one hundred", [{100.0}]), ("a dozen", [{12.0}]), ("18.11.25", [{18.0}, {11.0}, {25.0}]),
        ("2025-11-18", [{2025.0}, {11.0}, {18.0}]), ("two, three", [{2.0}, {3.0}]), ("", []), ("often, someone", []),
    ],
)  # fmt: skip
def test_numbers_in_a_sentence(text: str, values: list[set[float]]) -> None:
    assert [set(meanings) for _, meanings in figures(text)] == values


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_has_numbers_that_support_themselves(text: str) -> None:
    assert unsupported(text, text) == [shown for shown, meanings in figures(text) if not meanings]


def test_numbers_that_the_passage_does_not_give() -> None:
    assert unsupported("Eleven ships and 20 planes", "11 ships, twenty planes") == []
    assert unsupported("4,500 men in 12 boats", "4,500 men in boats") == ["12"]


@pytest.mark.parametrize(
    ("says", "passage", "missing", "twofold_"),
    [
        ("A fleet of 1.5 boats.", "1,500 boats", ["1.5"], []),
        ("A fleet of 1,500 boats.", "1.5 boats", ["1,500"], []),
        ("A fleet of 1.500 boats.", "1,500 boats", ["1.500"], []),
        ("A fleet of 1,500 boats.", "1500 boats", [], []),
        ("A fleet of 1,500 boats.", "1.500 Boote", [], ["1.500"]),
        ("Eine Flotte von 1.500 Booten.", "1.500 Boote", [], []),
        ("A depth of 1.5 km.", "1.500 km", [], ["1.500"]),
        ("A share of 0.5.", "0,500", [], []),
        ("A share of 2.5 percent.", "2,5 Prozent", [], []),
        ("1.5 and 1,500 of them", "1.500 and 1.5", [], ["1.500"]),
    ],
)
def test_a_number_is_read_as_its_own_form_has_it(
    says: str, passage: str, missing: list[str], twofold_: list[str]
) -> None:
    assert unsupported(says, passage) == missing
    assert twofold(says, passage) == twofold_


@pytest.mark.parametrize(
    ("says", "passage", "told"),
    [
        ("The southern fleet sails.", "The northern fleet sails.", "southern"),
        ("A landing is likely.", "A landing is unlikely.", "likely"),
        ("The island gives up.", "The island does not give up.", "passage denies"),
        ("The island never gave up.", "The island gave up.", "claim denies"),
        ("The island didn\u2019t give up.", "The island did give up.", "claim denies"),
        ("The fleet will land.", "The fleet may land.", "not sure (may)"),
        ("Norrey sails with Sundby.", "Norrey sails.", "names that the passage does not have: Sundby"),
    ],
)
def test_what_a_reader_is_told_to_look_at(says: str, passage: str, told: str) -> None:
    assert told in "; ".join(doubts(says, passage, None, passage))


def test_nothing_to_look_at_where_claim_and_passage_agree() -> None:
    assert doubts("The fleet didn\u2019t sail.", "The fleet didn't sail.", None, "") == ()
    assert doubts("The fleet sails at dawn.", "The whole fleet sails at dawn.", "the fleet", "the fleet") == ()
    assert "admiral" in doubts("The fleet sails.", "The fleet sails.", "an admiral", "The fleet sails.")[0]


GAVE_UP = "the council gave up its claim"


@pytest.mark.parametrize(
    "sentence",
    [
        "It is false that {}.", "It is untrue that {}.", "The mayor denied that {}.", "There is a rumour that {}.",
        "It is alleged that {}.", "The story that {} is a hoax.", "Nobody thought that {}.", "She never said {}.",
        "It would be news if {}.", "They said {}, which he failed to confirm.", "He refused to say that {}.",
        "It is false, Mr. Brown said, that {}.", "Reports that {} were denied by Dr. A. Lund at once.",
    ],
)  # fmt: skip
def test_what_turns_a_passage_over_is_told(sentence: str) -> None:
    text = sentence.format(GAVE_UP)
    at = text.index(GAVE_UP)
    around = sentence_rest(text, at, at + len(GAVE_UP))
    assert "goes on beyond the passage" in "; ".join(doubts(GAVE_UP, GAVE_UP, None, text, around))
    assert "goes on beyond the passage" in "; ".join(doubts_of_move(GAVE_UP, around))
    inside = "; ".join(doubts(GAVE_UP, text, None, text))  # the whole sentence is the passage
    assert "passage denies" in inside or "may turn over" in inside or "not sure" in inside
    assert "did it happen?" in "; ".join(doubts_of_move(text, ""))
    assert doubts(text, text, None, text) == ()


def test_the_sentence_before_and_after_are_others() -> None:
    text = f"That is false. Yesterday {GAVE_UP}. He denied it."
    at = text.index(GAVE_UP)
    assert sentence_rest(text, at, at + len(GAVE_UP)).split() == ["Yesterday"]


def test_half_a_sentence_is_said_to_be_half(shared: Ground) -> None:
    found = held(claim(HALF, "Somebody will land before the storms."), shared)
    assert "unlikely" in " ".join(found.doubts)
    whole = held(claim(UNLIKELY, "The harbour master thinks it unlikely that anybody will land."), shared)
    assert not any("goes on beyond" in doubt for doubt in whole.doubts)


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_tidy_text_prints_on_one_line(text: str) -> None:
    clean = tidy(text)
    assert clean == clean.strip()
    assert clean.isprintable()
    assert tidy(clean) == clean


def test_a_key_is_crossed_out_in_every_usual_form() -> None:
    assert KEY not in without(f"x{KEY}y", KEY)
    assert without("a%2Fb%2Fc%2Fd4", "a/b/c/d4") == "(key)"
    assert without("nothing here", None) == "nothing here"


@pytest.mark.parametrize("dummy", ["none", "x", "EMPTY", "ollama", "password", "Placeholder"])
def test_a_key_that_is_none_is_not_looked_for(dummy: str, shared: Ground) -> None:
    assert without(f"a {dummy} b", dummy) == f"a {dummy} b"
    entry = claim(GUNS, f"The council says {dummy} of that.")
    assert read(Answer(json.dumps({"claims": [entry]})), shared, secret=dummy).counted() == {}


# ---- a model's words -------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.text(alphabet='{}[]",:ab1\\ \n', max_size=200))
def test_no_words_of_a_model_break_anything(text: str) -> None:
    entries = entries_of(Answer(text))
    assert entries is None or all(isinstance(entry, dict) for _, entry in entries.found)


KEYS = st.sampled_from(["says", "passage", "date", "who", "move", "occurrence", "start"])
SCALARS = st.none() | st.booleans() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=5)


@settings(max_examples=40)
@given(VALUES)
def test_no_value_breaks_verification(shared: Ground, value: object) -> None:
    for kind in ("claim", "history"):
        entry = {"passage": GUNS, "says": value, "date": value, "who": value, "move": value, "attributed_to": value}
        for given_ in (entry, value if isinstance(value, dict) else {"passage": value}):
            assert isinstance(verify(kind, given_, shared), Proposal | Rejected)  # type: ignore[arg-type]


@pytest.mark.parametrize("piece", ['{"passage":{"a":', '{"claims":[', '{"a":[0,', "{"])
def test_taking_an_answer_apart_has_a_bound(piece: str) -> None:
    started = time.process_time()
    entries_of(Answer(piece * (4_000_000 // len(piece))))
    assert time.process_time() - started < 2


def test_whole_objects_are_picked_out_of_what_is_left() -> None:
    text = 'Here: {"claims": [{"says": "a", "passage": "b"}, {"says": "c", "passage": "d"}], "history": [{"mo'
    found = entries_of(Answer(text))
    assert found is not None
    assert [entry["says"] for _, entry in found.found] == ["a", "c"]
    assert found.salvaged
    twice = entries_of(Answer('{"claims": [{"passage": "a"}], "claims": [{"passage": "b"}]}'))
    assert twice is not None
    assert len(twice.found) == 2
    double = entries_of(Answer('{"claims": [{"passage": "a", "passage": "b"}]}'))
    assert double is not None
    assert isinstance(double.found[0][1], Doubled)


def test_the_nearest_passage_is_offered_only_in_the_reason(shared: Ground) -> None:
    made = read(Answer(json.dumps({"claims": [claim(UNLIKELY.replace("storms", "winter"))]})), shared)
    assert made.proposals == ()
    assert "% like, and not the same as" in made.rejected[0].detail
    assert made.counted() == {"absent": 1}


def test_a_move_that_may_not_have_happened_is_doubted(shared: Ground) -> None:
    assert "denies" in " ".join(held(history(GUNS, date="2031-03-08"), shared).doubts)
    assert "unlikely" in " ".join(held(history(UNLIKELY, date="2031-03-08"), shared).doubts)
    assert "unlikely" in " ".join(held(history(HALF, date="2031-03-08"), shared).doubts)
    assert held(history(), shared).doubts == ()


def test_which_of_two_places_is_meant(shared: Ground) -> None:
    first, second = (held(claim(TWICE, occurrence=n), shared) for n in (1, 2))
    assert first.anchor.start < second.anchor.start
    assert isinstance(verify("claim", claim(TWICE, occurrence=3), shared), Rejected)
    assert isinstance(verify("claim", claim(TWICE, occurrence=True), shared), Rejected)


def test_dates_reach_no_further_than_the_report_and_the_clock(shared: Ground) -> None:
    def reason(day: str) -> str:
        found = verify("history", history(date=day), shared)
        return found.reason if isinstance(found, Rejected) else "; ".join(found.doubts)

    assert reason("2031-03-06") == ""
    assert "2901 days" in reason("2023-03-30..2031-03-08")
    assert reason("2031-03-09") == "date"
    assert reason("2030-12-01") == "date"
    assert "reaches past" in reason("March 2031")
    assert "already" in reason("2031-03-02")


def test_reports_that_are_none(shared: Ground, tmp_path: Path) -> None:
    case = shared.case
    with pytest.raises(DraftError, match="Did you mean 'evening-post'"):
        ground_of(case, "evening-pots")
    other = tmp_path / "other.txt"
    other.write_text("Words of another story.", encoding="utf-8")
    with pytest.raises(DraftError, match="no report of this case"):
        ground_of(case, other)
    assert ground_of(case, shared.file).report.id == "evening-post"
    for wrong in ("", "\0", "../../etc/passwd", "x" * 5000):
        with pytest.raises(DraftError):
            ground_of(case, wrong)


# ---- one entry more --------------------------------------------------------------------------------------------------

ENTRY = {"says": "a: b # c 'x' \"y\" - {z}", "report": "r", "anchor": {"start": 1, "end": 22, "sha256": "1" * 64}}
MOVE = {"date": date(2031, 3, 2), "admiralty": {"land": 0.5}, "because": ["x-y"]}
LAYOUTS = [
    "", "# only this\n", "claims:\n", "claims: {}   # none yet\nhistory: []\n", "history: null\nclaims:\n", EVIDENCE,
    "claims:\n  x:\n    says: |\n      foo\n      bar\n\n# after\nhistory:\n- {date: 2031, b: c}", EVIDENCE.rstrip(),
    "claims:   # here\n# there\n", "claims:\r\n    x:\r\n        says: q\r\n        note:\r\n\r\nhistory:\r\n",
    "history:\n  - date: 2031\n    a: b\n\n  - date: 2031   # end\n    a: b   # end\n\n\nclaims:\n"
    "  x: {says: 'q\n   r'}\n",
]  # fmt: skip


@pytest.mark.parametrize("text", LAYOUTS)
def test_an_entry_leaves_every_other_line_as_it_is(text: str) -> None:
    new = with_move(with_claim(text, "new-one", ENTRY, "f"), MOVE, "f", "by hand")
    rest = iter(new.splitlines())
    for line in text.splitlines():  # the old lines, in their order; an empty section loses its brackets
        bare = line.replace("{}", "").replace("[]", "").replace("null", "").strip()
        assert any(bare == other.strip() or line == other for other in rest), line
    data = parse_yaml(new).data
    assert data["claims"]["new-one"] == ENTRY
    assert data["history"][-1] == MOVE
    assert ("\r\n" in new) == ("\r\n" in text)
    assert new.endswith("\n") == text.endswith("\n") or not text.endswith("\n")


@settings(max_examples=40)
@given(st.text(max_size=80), st.text(max_size=30))
def test_no_text_becomes_more_than_a_text(says: str, who: str) -> None:
    entry = {"says": tidy(says), "attributed_to": tidy(who)}
    assert (
        parse_yaml(with_claim("claims:\n  x: {says: y}\nhistory: []\n", "n-n", entry, "f")).data["claims"]["n-n"]
        == entry
    )


@pytest.mark.parametrize(
    "text", ["claims: {a: {says: b}}\n", "{claims: {}}", "[1]", "claims: *x\n", "a: [\n", "claims: 3\n"]
)
def test_layouts_that_are_left_alone(text: str) -> None:
    with pytest.raises(StandoffError):
        with_claim(text, "n", ENTRY, "f")


# ---- acceptance ------------------------------------------------------------------------------------------------------


def test_an_accepted_claim_is_anchored_as_by_hand_and_the_case_checks(folder: Path) -> None:
    at = ground(folder)
    before = (folder / "evidence.yaml").read_text("utf-8")
    done = accept(held(claim(RATIONS, "There are 4,500 rations aboard."), at), at, credibility=2, model="m", day=DAY)
    case = so.load(folder)
    (entry,) = [each for each in case.evidence.claims.values() if each.report == "evening-post"]
    assert done == Accepted(entry.id, True, False, folder / "evidence.yaml")
    assert entry.digest_anchor == anchor_in_file(folder / "reports" / "evening-post.md", RATIONS)
    assert entry.credibility == 2
    assert entry.note == "drafted by the language model m; passage verified, accepted by a person on 2031-03-09"
    assert case.evidence.passage(entry.id) == RATIONS
    assert [problem for problem in so.check(folder) if problem.level == "error"] == []
    after = (folder / "evidence.yaml").read_text("utf-8")
    start = after.index(f"\n  {entry.id}:")
    assert after.replace(after[start : after.index("\n\n", start + 1) + 1], "") == before


def test_a_history_entry_rests_on_a_claim_its_own_or_the_one_that_is_there(folder: Path) -> None:
    at = ground(folder)
    move = held(history(), at)
    assert rests_on(move, at) is None
    done = accept(move, at, credibility=3, probability=0.8)
    assert (done.new_claim, done.history) == (True, True)
    again = accept(held(history(move="withdraw", date="2031-03-07"), at), at, credibility=3)
    assert (again.claim, again.new_claim) == (done.claim, False)
    case = so.load(folder)
    told = [
        (entry.who, dict(entry.moves), entry.because)
        for entry in case.evidence.history
        if entry.because == (done.claim,)
    ]
    assert told == [("admiralty", {"tighten": 0.8}, (done.claim,)), ("admiralty", {"withdraw": 1.0}, (done.claim,))]
    assert "# drafted by a language model" in (folder / "evidence.yaml").read_text("utf-8")


def test_names_are_unlike_each_other_and_never_a_model_s(folder: Path) -> None:
    at = ground(folder)
    for says in (
        "The council talks tough.",
        "The council talks, tough!",
        "ÅÅÅÅ øøøø 言葉ですから",
        "Yes, no, null, true: on",
    ):
        accept(held(claim(GUNS, says, id="x: {y: z}"), at), at, credibility=6)
    names = [each.id for each in so.load(folder).evidence.claims.values() if each.report == "evening-post"]
    assert names == ["council-talks-tough", "council-talks-tough-2", "claim-aaaa", "null-true"]


def test_what_was_written_in_between_stays(folder: Path) -> None:
    at = ground(folder)
    evidence = folder / "evidence.yaml"
    evidence.write_text(evidence.read_text("utf-8") + "# my note\n", encoding="utf-8")
    accept(held(claim(GUNS), at), at, credibility=6)
    assert evidence.read_text("utf-8").endswith("# my note\n")
    evidence.write_text("claims: [\n", encoding="utf-8")
    with pytest.raises(StandoffError):
        accept(held(claim(RATIONS, "Rations are aboard."), at), at, credibility=6)
    assert evidence.read_text("utf-8") == "claims: [\n"


def test_a_report_that_has_changed_is_not_cited(folder: Path) -> None:
    at = ground(folder)
    proposal = held(claim(GUNS), at)
    report = folder / "reports" / "evening-post.md"
    report.write_text(report.read_text("utf-8").replace("eleven", "twelve"), encoding="utf-8")
    with pytest.raises(DraftError, match="changed since"):
        accept(proposal, at, credibility=6)


def test_an_entry_that_the_case_does_not_allow_is_taken_back(folder: Path) -> None:
    at = ground(folder)
    before = (folder / "evidence.yaml").read_bytes()
    with pytest.raises(DraftError, match="taken back"):
        accept(held(history(move="share", date="2031-03-01"), at), at, credibility=3)  # talks are not open then
    assert (folder / "evidence.yaml").read_bytes() == before


def test_what_shipped_is_not_written_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = ground(folder)
    monkeypatch.setattr("standoff.drafting.accept.shipped_cases", lambda: {"sel": folder})
    with pytest.raises(DraftError, match="ships with standoff"):
        accept(held(claim(GUNS), at), at, credibility=6)


def test_permissions_links_and_byte_order_marks_stay(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.yaml"
    link = folder / "evidence.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + link.read_bytes())
    real.chmod(0o600)
    link.unlink()
    link.symlink_to(real)
    at = ground(folder)
    accept(held(claim(GUNS), at), at, credibility=6)
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbf")
    assert real.stat().st_mode & 0o777 == 0o600
    assert len(list(folder.iterdir())) == 3, "nothing is left lying about"


def test_a_case_without_evidence_yet(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel")
    (folder / "evidence.yaml").unlink()
    case = re.sub(r"\n\nquestions:.*", "\n", (folder / "case.yaml").read_text("utf-8"), flags=re.DOTALL)
    (folder / "case.yaml").write_text(re.sub(r"because: \[[^\]]*\]", 'judgement: "mine"', case), encoding="utf-8")
    at = ground_of(so.load(folder), "harbour-gazette")
    accept(held(claim("The island has flour and fuel for about two weeks"), at), at, credibility=2)
    assert len(so.load(folder).evidence.claims) == 1


def test_what_is_taken_back_leaves_no_file_where_there_was_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "sel")
    (folder / "evidence.yaml").unlink()
    case = re.sub(r"\n\nquestions:.*", "\n", (folder / "case.yaml").read_text("utf-8"), flags=re.DOTALL)
    (folder / "case.yaml").write_text(re.sub(r"because: \[[^\]]*\]", 'judgement: "mine"', case), encoding="utf-8")
    at = ground_of(so.load(folder), "harbour-gazette")
    proposal = held(claim("The island has flour and fuel for about two weeks"), at)
    before = sorted(folder.iterdir())
    wrong = Problem("something", "something else", "Mend it.", path="claims.x")
    monkeypatch.setattr(
        "standoff.drafting.accept._errors", lambda *_: [wrong] if (folder / "evidence.yaml").exists() else []
    )
    with pytest.raises(DraftError, match="taken back"):
        accept(proposal, at, credibility=2)
    assert sorted(folder.iterdir()) == before

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("standoff.drafting.accept._check", interrupted)
    with pytest.raises(KeyboardInterrupt):
        accept(proposal, at, credibility=2)
    assert sorted(folder.iterdir()) == before


def test_of_two_who_accept_at_once_neither_is_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = ground(folder)
    inside, real = threading.Barrier(2), accepting._replace
    monkeypatch.setattr("standoff.drafting.accept._check", lambda *_: None)

    def slowly(file: Path, data: bytes) -> None:
        with suppress(threading.BrokenBarrierError):
            inside.wait(0.3)  # both have looked at the file by now, if nothing keeps them apart
        real(file, data)

    monkeypatch.setattr("standoff.drafting.accept._replace", slowly)
    proposals = [held(claim(GUNS), at), held(claim(RATIONS, "There are 4,500 rations aboard."), at)]
    with ThreadPoolExecutor(2) as people:
        done = list(people.map(lambda each: accept(each, at, credibility=6), proposals))
    claims = parse_yaml((folder / "evidence.yaml").read_text("utf-8")).data["claims"]
    assert {each.claim for each in done} <= set(claims)


def test_who_waits_too_long_is_told(folder: Path) -> None:
    file = folder / "evidence.yaml"
    with alone(file), pytest.raises(DraftError, match="somebody else"), alone(file, patience=0.1):
        pass
    with alone(file, patience=0.1):
        assert sorted(each.name for each in folder.iterdir()) == ["case.yaml", "evidence.yaml", "reports"]


def test_a_link_in_a_circle_is_left_to_whoever_reads_it(tmp_path: Path) -> None:
    circle = tmp_path / "evidence.yaml"
    circle.symlink_to(circle)
    entered = False
    with alone(circle, patience=0.1):
        entered = True
    assert entered


def test_what_is_interrupted_or_cannot_be_written_is_not_accepted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, before = ground(folder), (folder / "evidence.yaml").read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("standoff.drafting.accept._check", interrupted)
    with pytest.raises(KeyboardInterrupt):
        accept(held(claim(GUNS), at), at, credibility=6)
    monkeypatch.setattr("standoff.drafting.accept.os.replace", full)
    with pytest.raises(DraftError, match="No space left"):
        accept(held(claim(GUNS), at), at, credibility=6)
    assert (folder / "evidence.yaml").read_bytes() == before
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("wrong", [{"credibility": 0}, {"credibility": True}, {"credibility": 2, "probability": 0.0}])
def test_grades_that_are_none(folder: Path, wrong: dict[str, float]) -> None:
    at = ground(folder)
    with pytest.raises(DraftError):
        accept(held(claim(GUNS), at), at, **wrong)  # type: ignore[arg-type]


def test_an_edit_is_held_against_the_passage_again(shared: Ground) -> None:
    proposal = held(claim(RATIONS, "There are 4,500 rations aboard."), shared)
    assert edited(proposal, shared, says="4,500 rations lie aboard.").passage == RATIONS
    for says in ("There are 45 rations aboard.", "x", "words " * 100):
        with pytest.raises(DraftError):
            edited(proposal, shared, says=says)
    move = held(history(), shared)
    later = edited(move, shared, day="early March 2031")
    assert "early March 2031" in later.says
    for wrong in ({"day": "soon"}, {"day": "2031-05-01"}, {"move": "dance"}):
        with pytest.raises(DraftError):
            edited(move, shared, **wrong)  # type: ignore[arg-type]


# ---- put aside -------------------------------------------------------------------------------------------------------


def made(at: Ground, *entries: dict[str, object]) -> Draft:
    moves = [each for each in entries if "move" in each]
    claims = [each for each in entries if "move" not in each]
    return read(Answer(json.dumps({"claims": claims, "history": moves} if entries else GOOD)), at, model="m")


def test_what_is_put_aside_comes_back_the_same(shared: Ground, tmp_path: Path) -> None:
    draft = made(shared, claim(TWICE, occurrence=2), claim(GUNS), history())
    file = tmp_path / "left.json"
    save(file, shared, draft.proposals, draft.model)
    again = resume(file)
    assert again.proposals == draft.proposals
    assert (again.model, again.rejected, again.remarks) == ("m", (), ())


def test_what_was_put_aside_is_not_believed(shared: Ground, tmp_path: Path) -> None:
    file = tmp_path / "left.json"
    save(file, shared, made(shared, claim(GUNS)).proposals, None)
    data = json.loads(file.read_text("utf-8"))
    data["left"] += [claim("The island has surrendered."), {"kind": "history", **history(move="dance")}, 3, None]
    data["text"] = "0"
    file.write_text(json.dumps(data), encoding="utf-8")
    again = resume(file)
    assert len(again.proposals) == 1
    assert {each.reason for each in again.rejected} == {"absent", "move"}
    assert "changed since" in again.remarks[0]


def test_nothing_but_a_draft_is_written_over(shared: Ground, folder: Path, tmp_path: Path) -> None:
    for text in ("claims: {}\n", "{}", "[" * 50_000, '{"standoff_draft": 2}'):
        other = tmp_path / "other"
        other.write_text(text, encoding="utf-8")
        with pytest.raises(DraftError, match="left as it is"):
            save(other, shared, [], None)
        with pytest.raises(DraftError):
            resume(other)
        assert other.read_text("utf-8") == text
    with pytest.raises(DraftError):
        save(tmp_path / "no" / "such" / "folder", shared, [], None)


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "at_terminal", lambda: True)


def typed(folder: Path, url: str, *more: str, answers: str = "") -> tuple[int, str]:
    words = ["draft", "evening-post", "--case", str(folder), "--endpoint", url, "--model", "m", *more]
    done = CliRunner().invoke(app, words, input=answers, env={"COLUMNS": "110"})
    return done.exit_code, done.output


def test_one_by_one(folder: Path, person: None, tmp_path: Path) -> None:
    left = tmp_path / "left.json"
    entries = (claim(RATIONS, "There are 4,500 rations aboard."), claim(GUNS), claim(UNLIKELY, "No landing is likely."))
    with serving(proposing(*entries, claim("No such words are in the report."))) as server:
        answers = "perhaps\ny\n7\n2\nn\nq\n"
        code, said = typed(folder, server.url, "--save", str(left), answers=answers)
    assert code == 0
    assert "3 proposals" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 more not shown: a passage that is not in the report (1)" in said
    assert "Written: claims.there-rations-aboard." in said
    assert f"1 left, kept in {left}" in said
    assert len(json.loads(left.read_text("utf-8"))["left"]) == 1
    again = CliRunner().invoke(
        app, ["draft", "--resume", str(left)], input="e\nThe council is afraid, it says.\n\ny\n\n"
    )
    assert "reworded and accepted" in (folder / "evidence.yaml").read_text("utf-8"), again.output
    assert json.loads(left.read_text("utf-8"))["left"] == []
    assert [problem for problem in so.check(folder) if problem.level == "error"] == []


def test_a_move_asks_how_sure(folder: Path, person: None) -> None:
    with serving(proposing(history())) as server:
        code, said = typed(folder, server.url, answers="e\nearly March 2031\n\ny\n2\nsurely\n1.5\n0.7\n")
    assert code == 0, said
    (entry,) = [each for each in so.load(folder).evidence.history if dict(each.moves) == {"tighten": 0.7}]
    assert str(entry.when) == "early March 2031"


def test_what_is_refused_is_said_and_asked_again(folder: Path, person: None) -> None:
    with serving(proposing(history(move="share", date="2031-03-01"))) as server:
        code, said = typed(folder, server.url, answers="y\n2\n\nn\n")
    assert code == 0
    assert "taken back" in said
    assert said.count("Accept it?") == 2


def test_the_end_of_input_and_ctrl_c_keep_what_was_accepted(
    folder: Path, person: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left = tmp_path / "left.json"
    with serving(proposing(claim(GUNS), claim(RATIONS, "Rations are aboard."))) as server:
        code, said = typed(folder, server.url, answers="y\n2\n")
        assert (code, "1 left, not kept" in said) == (0, True)
        told = iter(["y", "3"])

        def ask(prompt: str) -> str:
            try:
                return next(told)
            except StopIteration:
                raise KeyboardInterrupt from None

        monkeypatch.setattr(command, "_ask", ask)
        code, said = typed(folder, server.url, "--save", str(left))
    assert code == 130
    assert "Interrupted. Written to" in said
    assert len(json.loads(left.read_text("utf-8"))["left"]) == 1
    assert len([each for each in so.load(folder).evidence.claims.values() if each.report == "evening-post"]) == 2


def test_json_lists_and_writes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with serving(proposing(*GOOD["claims"], *GOOD["history"])) as server:
        code, said = typed(folder, server.url, "--json", answers="y\ny\ny\n")
    assert code == 0
    data = json.loads(said)
    assert [each["kind"] for each in data["proposals"]] == ["history", "claim", "claim"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_documented_shape(folder: Path) -> None:
    (shape,) = shapes("A draft")
    entries = (claim(GUNS), history(), claim("Not in the report, these words."))
    with serving(proposing(*entries)) as server:
        listed = json.loads(typed(folder, server.url, "--json")[1])
    assert differences(shape, listed) == []
    assert (len(listed["proposals"]), len(listed["rejected"])) == (2, 1)


def test_a_pipe_accepts_nothing(folder: Path, tmp_path: Path) -> None:
    with serving(proposing(claim(GUNS))) as server:
        code, said = typed(folder, server.url, answers="y\n2\n" * 9)
        assert code == 2
        assert "No terminal" in said
        assert server.seen == []
        code, said = typed(folder, server.url, "--save", str(tmp_path / "left.json"), answers="y\n2\n" * 9)
        assert code == 0
        assert re.search(r"To decide: (?:uv run )?standoff draft --resume", said)
    assert not [each for each in so.load(folder).evidence.claims.values() if each.report == "evening-post"]


def test_there_is_no_way_to_accept_all() -> None:
    help_ = CliRunner().invoke(app, ["draft", "--help"]).output
    assert "--yes" not in help_
    assert "--accept" not in help_


def test_the_key_is_nowhere_in_what_is_printed_or_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    left = tmp_path / "left.json"
    with serving(proposing(claim(GUNS, f"It says {KEY}."), claim(GUNS), claim(KEY * 2))) as server:
        code, said = typed(folder, server.url, "--key-env", KEY_VARIABLE, "--save", str(left), "--rejected")
        assert code == 0
        assert KEY in server.seen[0].head
    assert "not of the shape" in said
    for text in (said, left.read_text("utf-8")):
        assert KEY[3:] not in text


@pytest.mark.parametrize(
    "words", [[], ["evening-post"], ["evening-post", "--case", "x", "--model", "m"], ["x", "--resume", "y"]]
)
def test_usage(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["draft", *words, "--json"]).exit_code == 2


def test_failures_are_problems(folder: Path) -> None:
    code, said = typed(folder, "http://models.example/v1", "--json")
    assert code == 1
    assert "without encryption" in json.loads(said)[0]["found"]
    code, said = typed(folder, "http://127.0.0.1:1/v1", "--json", "--timeout", "0")
    assert "time limit" in json.loads(said)[0]["found"]


def test_the_verb_in_python(folder: Path) -> None:
    with serving(proposing(*GOOD["claims"], *GOOD["history"])) as server:
        draft = so.draft("evening-post", folder, endpoint=server.url, model="m")
    assert [each.kind for each in draft.proposals] == ["history", "claim", "claim"]
    assert draft.proposals[0].passage == RING


def test_the_examples_of_help_run(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    os.rename(folder, tmp_path / "my-case")
    said = CliRunner().invoke(app, ["draft", "--help"], terminal_width=200).output
    lines = [line.strip() for line in said.split("Examples:")[1].split("\n\n")[0].splitlines() if line.strip()]
    assert len(lines) == 3
    with serving(proposing(claim("The island has flour and fuel for about two weeks"))) as server:
        for line in lines:
            words = line.replace("http://localhost:8080/v1", server.url).split()[1:]
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, done.output
            assert done.stdout
