"""Reading from the network: politely, with limits, and never from where nobody meant to ask."""

from __future__ import annotations

import gzip
import ipaddress
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from reading_kit import HERE, Answer, drip, hang, page, published, redirect, send, site
from standoff import __version__
from standoff.errors import EvidenceError, Problem
from standoff.reading.addresses import addresses_of, refused
from standoff.reading.arrive import Manner, arrive
from standoff.reading.fetch import clean_url, fetch
from standoff.reading.robots import allowed
from standoff.reading.worker import Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


def refusal(url: str, **limits: Any) -> Problem:
    with pytest.raises(EvidenceError) as caught:
        fetch(url, **{"seconds": 5.0, "allow_private": True, **limits})
    (problem,) = caught.value.problems
    assert problem.mend
    assert problem.expected
    return problem


def test_a_page_is_fetched_and_read(worker: Worker) -> None:
    with site(story=send(page(published("2031-03-02")))) as here:
        made = arrive(here.url("/story"), worker, HERE)
    assert (made.title, made.outlet, made.form) == ("Boats leave Sund", "Harbour Gazette", "HTML")
    assert str(made.published) == "2 March 2031"
    assert made.published_from == "meta tag"
    assert made.source == here.url("/story")
    assert "boat number 7" in made.text
    assert "All rights reserved" not in made.text
    assert [path for path, _ in here.asked] == ["/robots.txt", "/story"]
    agent = here.asked[1][1]["user-agent"]
    assert agent.startswith(f"standoff/{__version__} ")
    assert "://" not in agent


@pytest.mark.parametrize(
    ("kind", "body", "form"),
    [
        ("text/plain", b"The boats left on 2 March 2031.", "text"),
        ("text/markdown", b"# Boats\n\nThe boats left.", "Markdown"),
        ("application/octet-stream", b"<!DOCTYPE html>" + page().encode(), "HTML"),
    ],
)
def test_the_kind_is_what_it_is_and_what_the_server_says(worker: Worker, kind: str, body: bytes, form: str) -> None:
    with site(story=send(body, kind=kind)) as here:
        assert arrive(here.url("/story"), worker, HERE).form == form


def test_a_fragment_is_not_sent_and_letters_are_escaped() -> None:
    assert clean_url("HTTP://Sund.example/a b".replace(" ", "%20") + "#x") == "http://sund.example/a%20b"
    assert clean_url("https://sünd.example/ö?q=ä") == "https://xn--snd-hoa.example/%C3%B6?q=%C3%A4"
    assert clean_url("http://[::1]:8080/x") == "http://[::1]:8080/x"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://sund.example/x", "beginning with ftp:"),
        ("file:///etc/hosts", "beginning with file:"),
        ("javascript://x", "beginning with javascript:"),
        ("http:///x", "without a host"),
        ("http://user:geheim@sund.example/x", "name or password"),
        ("http://sund.example/a b", "with blanks"),
        ("http://sund.example/" + "x" * 3000, "too long"),
        ("http://sund.example:99999/", "does not read"),
        ("http://[::1/", "does not read"),
    ],
)
def test_an_address_that_is_none_says_why(url: str, said: str) -> None:
    problem = refusal(url)
    assert said in problem.found
    assert "geheim" not in str(problem)


# Where nobody may be sent


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]",
        "10.0.0.8", "172.16.3.4", "192.168.1.1", "100.64.0.1", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    ],
)  # fmt: skip
def test_a_private_machine_is_not_asked_however_it_is_written(host: str) -> None:
    problem = refusal(f"http://{host}/", allow_private=False)
    assert "private network or this machine" in problem.found
    assert "--allow-private" in problem.mend


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "[::]", "224.0.0.1", "[fd00:ec2::254]"],
)
def test_a_cloud_s_own_addresses_are_never_asked(host: str) -> None:
    for private in (False, True):
        problem = refusal(f"http://{host}/latest/meta-data", allow_private=private)
        assert "--allow-private" not in problem.mend


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8", "::ffff:8.8.8.8"])
def test_a_public_address_is_asked(address: str) -> None:
    assert refused(ipaddress.ip_address(address), allow_private=False) == ""


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.1.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(EvidenceError, match=r"10\.1\.1\.1"):
        addresses_of("two-faced.example", 80, allow_private=False, file="x")


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves differently the second time is not asked a second time."""
    real, asked = socket.getaddrinfo, []

    def once(host: str, *rest: Any, **more: Any) -> Any:
        if host != "boats.example":
            assert re.fullmatch(r"[\d.]+", host)
            return real(host, *rest, **more)
        asked.append(host)
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    with site(story=send("hello"), robots=send("User-agent: *\nAllow: /")) as here:
        got = fetch(here.url("/story", "boats.example"), allow_private=True)
    assert got.data == b"hello"
    assert asked == ["boats.example"] * 2  # robots.txt and the page, each looked at before it is asked
    assert here.asked[1][1]["host"] == f"boats.example:{here.port}"


def test_every_hop_of_a_redirect_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == "boats.example" else host, *rest, **more)

    def judge(address: Any, allow_private: bool) -> str:
        return "" if str(address) == "127.0.0.1" else refused(address, allow_private)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("standoff.reading.addresses.refused", judge)
    for inside in ("http://10.0.0.1/admin", "http://169.254.169.254/latest", "http://[::1]/x", "//192.168.0.1/x"):
        with site(story=redirect(inside)) as here:
            problem = refusal(here.url("/story", "boats.example"), allow_private=False)
        assert "an address " in problem.found
    for bad, said in (("ftp://x/y", "ftp:"), ("http://u:geheim@boats.example/", "password")):
        with site(story=redirect(bad)) as here:
            assert said in refusal(here.url("/story", "boats.example"), allow_private=False).found


def test_redirects_are_followed_and_end() -> None:
    with site(a=redirect("/b", 301), b=redirect("c", 308), c=send("here")) as here:
        got = fetch(here.url("/a"), allow_private=True)
        assert (got.data, got.url) == (b"here", here.url("/c"))
    with site(a=redirect("/b"), b=redirect("/a")) as here:
        assert "in a circle" in refusal(here.url("/a")).found
    endless: dict[str, Answer] = {f"p{n}": redirect(f"/p{n + 1}") for n in range(20)}
    with site(**endless) as here:
        assert "redirects" in refusal(here.url("/p0")).found
        assert len(here.asked) < 15


# robots.txt

RULES = """
# for all
User-agent: *
Disallow: /closed
Allow: /closed/open
Disallow: /*.pdf$
Disallow: /*?print=

User-agent: other
User-agent: Standoff
Disallow: /ours
"""


@pytest.mark.parametrize(
    ("agent", "path", "said"),
    [
        ("reader", "/story", True),
        ("reader", "/closed", False),
        ("reader", "/closed/a", False),
        ("reader", "/closed/open/a", True),
        ("reader", "/a/b.pdf", False),
        ("reader", "/a/b.pdfx", True),
        ("reader", "/a?print=1", False),
        ("reader", "/%63losed/a", False),
        ("standoff", "/closed", True),
        ("standoff", "/ours/x", False),
        ("other", "/ours", False),
    ],
)
def test_the_longest_rule_of_the_group_decides(agent: str, path: str, said: bool) -> None:
    assert allowed(RULES, agent, f"http://sund.example{path}") is said


@pytest.mark.parametrize(
    ("rule", "path", "said"),
    [("/x%24", "/x$y", False), ("/x%24", "/x", True), ("/x$y", "/x%24y", False), ("/%2A", "/x", True),
     ("/%2a", "/*", False), ("/x$", "/x$", True), ("/x$", "/x", False), ("*b", "/ab", False)],
)  # fmt: skip
def test_a_mark_written_as_a_number_is_a_letter(rule: str, path: str, said: bool) -> None:
    assert allowed(f"User-agent: *\nDisallow: {rule}", "standoff", f"http://sund.example{path}") is said


def test_odd_robots_files_do_not_hang() -> None:
    started = time.monotonic()
    assert allowed("", "standoff", "http://x/")
    assert allowed("<html>not found</html>", "standoff", "http://x/")
    assert not allowed("User-agent: *\nDisallow: /" + "*a" * 5000, "standoff", "http://x/" + "a" * 6000)
    assert time.monotonic() - started < 2


def test_a_closed_page_is_not_asked_for() -> None:
    with site(story=send("secret"), robots=send("User-agent: *\nDisallow: /story")) as here:
        problem = refusal(here.url("/story"))
        assert "closes to programs" in problem.found
        assert [path for path, _ in here.asked] == ["/robots.txt"]


def test_a_huge_robots_file_is_read_in_part() -> None:
    rules = "User-agent: *\nDisallow: /story\n" + "# blah\n" * 2_000_000
    with site(story=send("secret"), robots=send(rules)) as here:
        assert "closes to programs" in refusal(here.url("/story")).found


@pytest.mark.parametrize("answer", [send("", status=503), hang(4.0)])
def test_a_robots_file_that_cannot_be_had_closes_the_site(answer: Answer) -> None:
    with site(story=send("secret"), robots=answer) as here:
        problem = refusal(here.url("/story"), seconds=3.0)
        assert "cannot be had" in problem.found
        assert "/story" not in [path for path, _ in here.asked]


# Limits


def test_too_much_is_refused_packed_or_not() -> None:
    packed = gzip.compress(b"\0" * 50_000_000)
    with site(
        long=send(b"x" * 3_000_000),
        bomb=send(packed, Content_Encoding="gzip"),
        lies=send(b"not packed at all", Content_Encoding="gzip"),
        odd=send(b"x", Content_Encoding="gzip, gzip"),
        fine=send(gzip.compress(b"hello"), Content_Encoding="gzip"),
    ) as here:
        started = time.monotonic()
        assert "more than 1 MB" in refusal(here.url("/long"), size=1_000_000).found
        assert "more than 1 MB" in refusal(here.url("/bomb"), size=1_000_000).found
        assert time.monotonic() - started < 3
        assert "does not unpack" in refusal(here.url("/lies")).found
        assert "packed as" in refusal(here.url("/odd")).found
        assert fetch(here.url("/fine"), allow_private=True).data == b"hello"


def test_an_empty_answer_is_said_to_be_empty(worker: Worker) -> None:
    with site(story=send(b"")) as here, pytest.raises(EvidenceError, match="an empty file"):
        arrive(here.url("/story"), worker, HERE)


@pytest.mark.parametrize(
    ("status", "said"), [(401, "login"), (403, "refuses"), (404, "no such page"), (410, "removed"), (500, "trouble")]
)
def test_what_the_server_says_is_said(status: int, said: str) -> None:
    with site(story=send(b"no", status=status)) as here:
        problem = refusal(here.url("/story"))
    assert said in problem.found
    assert str(status) in problem.found


def test_nobody_there_and_nobody_of_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be had" in refusal(f"http://127.0.0.1:{port}/").found

    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "no machine called 'sund.example'" in refusal("http://sund.example/").found


def test_a_server_that_hangs_or_drips_is_left() -> None:
    routes = {"hang": hang(5.0), "body": drip(head=False), "head": drip(head=True)}
    with Worker(grace=0.2) as worker, site(**routes) as here:
        for path in ("/hang", "/body", "/head"):
            started = time.monotonic()
            with pytest.raises(EvidenceError, match=r"within 0\.5 seconds") as caught:
                arrive(here.url(path), worker, Manner(seconds=0.5, allow_private=True))
            assert time.monotonic() - started < 4.5
            assert "--timeout" in caught.value.problems[0].mend


def test_nothing_is_sent_but_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with site(story=send("hello", Set_Cookie="a=b"), robots=send("")) as here:
        fetch(here.url("/story"), allow_private=True)
    assert set(here.asked[1][1]) == {"host", "user-agent", "accept", "accept-encoding", "accept-language", "connection"}
