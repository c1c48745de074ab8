"""Every row of the hostile-endpoint table: what a server does, what comes of it, and what must never come of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hostile_endpoint import (
    GOOD,
    GUNS,
    KEY,
    RING,
    TIMEOUT,
    Request,
    Row,
    case_folder,
    claim,
    outcome,
    rows,
    serving,
    words,
)
from standoff import Case, load
from standoff.drafting.accept import accept
from standoff.drafting.client import Endpoint, ask, key_from, proxies_ignored
from standoff.drafting.ground import Ground, ground_of
from standoff.drafting.propose import propose
from standoff.errors import DraftError
from standoff.evidence.text import normalise

ROWS = rows()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return load(case_folder(tmp_path_factory.mktemp("hostile") / "sel"))


@pytest.fixture(scope="module")
def ground(case: Case) -> Ground:
    return ground_of(case, "evening-post")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.group}: {row.does}" for row in ROWS])
def test_what_comes_of_it(row: Row, ground: Ground) -> None:
    before = (ground.case.folder / "evidence.yaml").read_bytes()
    found = outcome(row, ground)
    assert row.says in found.line
    proposals = found.draft.proposals if found.draft else ()
    assert len(proposals) == row.shown
    assert len(found.seen) == row.tries
    for each in proposals:
        assert each.passage == ground.text[each.anchor.start : each.anchor.end]
        assert each.says.isprintable()
    said = json.dumps(found.draft.to_json() if found.draft else found.line, ensure_ascii=False)
    for secret in (KEY, KEY[3:], KEY[-10:]):
        assert secret not in said
    assert "\x1b" not in said
    assert found.seconds < row.endpoint.get("timeout", 10) + 2
    assert (ground.case.folder / "evidence.yaml").read_bytes() == before


def test_the_key_is_sent_once_in_one_place_and_stands_in_no_message(ground: Ground) -> None:
    with serving(words(json.dumps(GOOD))) as server:
        place = Endpoint(server.url, "m", KEY)
        propose(ground, place)
        (request,) = server.seen
    assert request.head.count(KEY) == 1
    assert f"Authorization: Bearer {KEY}" in request.head
    assert KEY.encode() not in request.body
    assert KEY not in repr(place)
    with pytest.raises(DraftError) as refused:
        Endpoint("https://models.example/v1", "m", KEY + "\n")
    assert KEY not in str(refused.value)


def test_a_redirect_takes_neither_key_nor_report_elsewhere(ground: Ground) -> None:
    with serving(words("{}")) as elsewhere:

        def away(request: Request) -> None:
            request.reply("", 307, "text/plain", f"Location: {elsewhere.url}/chat/completions")

        with serving(away) as server, pytest.raises(DraftError, match="not followed"):
            propose(ground, Endpoint(server.url, "m", KEY))
        assert elsewhere.seen == []


def test_proxies_of_the_environment_are_not_used_and_it_is_said(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(words("{}")) as proxy, serving(words(json.dumps(GOOD))) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert len(propose(ground, Endpoint(server.url, "m")).proposals) == 3
        assert proxy.seen == []
    assert proxies_ignored() == ["HTTP_PROXY", "ALL_PROXY"]


def test_what_is_sent(ground: Ground) -> None:
    with serving(words(json.dumps(GOOD))) as server:
        propose(ground, Endpoint(server.url + "/", "small"))
        propose(ground, Endpoint(server.url + "/chat/completions?version=3", "small"))
        first, second = server.seen
    assert first.head.startswith("POST /v1/chat/completions HTTP/1.1")
    assert second.head.startswith("POST /v1/chat/completions?version=3 HTTP/1.1")
    assert "authorization" not in first.head.lower()
    sent = json.loads(first.body)
    assert set(sent) == {"model", "messages", "stream"}
    system, user = (message["content"] for message in sent["messages"])
    fence = user.splitlines()[-1]
    assert user.count(fence) == 2
    assert fence in system
    assert fence not in json.loads(second.body)["messages"][1]["content"], "nobody can know the fence beforehand"
    assert ground.written in user.split(fence)[1]
    assert str(ground.case.folder) not in first.body.decode()


@pytest.mark.parametrize(
    "url", ["http://localhost:1/v1", "http://127.8.8.8/v1", "http://[::1]:1/v1", "https://models.example/v1"]
)
def test_addresses_that_are_allowed(url: str) -> None:
    assert Endpoint(url, "m").shown == url + "/chat/completions"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1.evil.example/v1", "http://10.0.0.1/v1", "http://localhost.evil.example", "ftp://localhost",
     "localhost:8080", "", "https://", "https://h:99999/v1", "https://me@h/v1", "https://h/v1#x", "http://[::1",
     "https://a b/"],
)  # fmt: skip
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(DraftError):
        Endpoint(url, "m")
    if url == "http://10.0.0.1/v1":
        assert Endpoint(url, "m", insecure=True).address


def test_what_follows_the_question_mark_is_not_shown() -> None:
    assert "secret" not in Endpoint("https://models.example/v1?key=secret", "m").shown


def test_the_key_comes_from_a_variable_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", f" {KEY}\n")
    assert key_from("MY_KEY") == KEY
    assert key_from(None) is None
    with pytest.raises(DraftError, match="`UNSET_KEY`"):
        key_from("UNSET_KEY")
    with pytest.raises(DraftError) as mistaken:  # the key itself, where its variable should be named
        key_from(KEY)
    assert KEY not in str(mistaken.value)


def test_nobody_waits_for_the_pause_between_tries_beyond_the_limit(ground: Ground) -> None:
    started = time.monotonic()
    with serving(lambda request: request.reply("{}", 500)) as server, pytest.raises(DraftError, match=r"\(500\)"):
        propose(ground, Endpoint(server.url, "m", timeout=TIMEOUT, pause=5))
    assert time.monotonic() - started < 4


def test_ctrl_c_while_waiting_is_heard_at_once(ground: Ground) -> None:
    import _thread

    with serving(lambda request: time.sleep(6)) as server:
        timer = threading.Timer(0.2, _thread.interrupt_main)
        timer.start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            ask(Endpoint(server.url, "m", timeout=20), [{"role": "user", "content": "x"}])
        assert time.monotonic() - started < 4


def test_what_an_obedient_model_proposes_becomes_a_well_formed_entry_of_this_case_only(tmp_path: Path) -> None:
    """Injected YAML, a path, another report's name: accepted by a careless person, it is still one claim, as text."""
    folder = case_folder(tmp_path / "sel")
    outside = {
        path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "evidence.yaml"
    }
    (row,) = [row for row in ROWS if row.group.startswith("on orders")]
    made = outcome(row, ground_of(load(folder), "evening-post")).draft
    assert made is not None
    for proposal in made.proposals:
        accept(proposal, made.ground, credibility=5)
    case = load(folder)
    new = set(case.evidence.claims) - set(
        load(Path(__file__).parents[1] / "src/standoff/case/template").evidence.claims
    )
    assert len(new) == 3
    for name in new:
        written = case.evidence.claims[name]
        assert written.report == "evening-post"
        assert not written.bears_on
        assert normalise(GUNS) == case.evidence.passage(name) or case.evidence.passage(name)
    assert {path: path.read_bytes() for path in outside} == outside
    assert sorted(path.name for path in folder.iterdir()) == ["case.yaml", "evidence.yaml", "reports"]


def test_only_drafting_reads_httpx_and_only_when_it_asks() -> None:
    code = """
import sys
import standoff, standoff.verbs, standoff.assessment, standoff.cli
import standoff.drafting.propose, standoff.drafting.accept, standoff.drafting.saved, standoff.drafting.client
from typer.testing import CliRunner
from standoff.cli import app
from standoff.case.new import TEMPLATE
for words in (["check", str(TEMPLATE)], ["draft", "--help"]):
    assert CliRunner().invoke(app, words).exit_code == 0, words
standoff.draft, standoff.forecast
print([name for name in ("httpx", "httpcore", "h11", "anyio") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_table_s_good_answer_is_what_the_prompt_asks_for(ground: Ground) -> None:
    from standoff.drafting.prompt import messages

    system = messages(ground)[0]["content"]
    for key in {*claim(GUNS), *GOOD["history"][0]}:
        assert f'"{key}"' in system
    assert RING in ground.text
