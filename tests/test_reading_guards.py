"""What a source may not do to whoever reads it: run code, take for ever, outlive its reader, write over, give away."""

from __future__ import annotations

import gzip
import ipaddress
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import standoff as so
from reading_kit import HERE, TODAY, drip, page, redirect, send, site
from standoff.errors import EvidenceError, Problem
from standoff.reading import arrive as arriving
from standoff.reading import library as shelf
from standoff.reading import worker as workers
from standoff.reading.addresses import refused, without_secrets
from standoff.reading.arrive import Manner, arrive, read_all
from standoff.reading.carried import pack, unpack
from standoff.reading.fetch import _Trip, clean_url, fetch
from standoff.reading.library import Library
from standoff.reading.plain import clean
from standoff.reading.worker import Worker

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def refusal(url: str, **limits: Any) -> Problem:
    with pytest.raises(EvidenceError) as caught:
        fetch(url, **{"seconds": 5.0, "allow_private": True, **limits})
    return caught.value.problems[0]


def note(folder: Path, text: str | bytes, name: str = "story.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# The worker


def test_what_lies_in_the_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "ran"
    for name in ("charset_normalizer", "json", "lxml", "sitecustomize"):
        note(tmp_path, f"open({str(marker)!r}, 'a').write(__name__)\n", f"{name}.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep + str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    greek = "Οι βάρκες έφυγαν από το λιμάνι. ".encode("iso8859-7") * 20  # asks charset_normalizer
    with Worker() as worker:
        assert arrive(note(tmp_path, greek), worker, HERE).text
        assert arrive(note(tmp_path, page(), "page.html"), worker, HERE).text
    assert not marker.exists()


@POSIX
def test_the_folder_it_is_started_in_may_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with Worker() as worker:
        assert arrive(note(tmp_path, page(), "page.html"), worker, HERE).text


@pytest.mark.parametrize("hostile", ["\u0327\u0301" * 1_400_000, " " * 2_900_000 + "x", "in 2018 " * 370_000])
def test_a_hostile_text_ends_by_the_limit(hostile: str, tmp_path: Path) -> None:
    path = note(tmp_path, f"The boats left. {hostile}")
    with Worker(grace=0.2) as worker:
        arrive(note(tmp_path, "The boats left.", "good.txt"), worker, HERE)
        started = time.monotonic()
        with suppress(EvidenceError):  # it may be read in time, too
            arrive(path, worker, Manner(seconds=1.0, read_on=TODAY))
        assert time.monotonic() - started < 5.0


def test_cleaning_is_linear_and_keeps_what_it_should() -> None:
    started = time.monotonic()
    assert clean("a" + " \t" * 1_000_000 + "x") == "a" + " \t" * 1_000_000 + "x"
    assert clean("a\n" + " \t" * 1_000_000 + "\nx") == "a\n\nx"
    assert time.monotonic() - started < 2
    assert clean("a \t\nb\t\n\n\n\nc ") == "a\nb\n\nc"
    assert clean("e\u0301" * 40) == "e\u0301" * 40
    assert clean("e" + "\u0301" * 100 + "x") == "e" + "\u0301" * 30 + "x"


def test_comparing_has_the_limit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Worker, asked: object, seconds: float) -> object:
        raise workers._stopped("story", "holding it against the other reports; it is read", seconds)

    monkeypatch.setattr(Worker, "beside", never)
    found = read_all([note(tmp_path, "The boats left.")], Library(), HERE)
    assert found.reports
    assert found.odds is None
    assert "it is read after 20 seconds" in found.problems[0].found


def test_an_answer_at_the_last_moment_costs_the_next_source_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock runs out when the answer is there and nobody has stopped the clock yet."""
    real, late = workers._receive, threading.Event()

    def slowly(pipe: Any) -> Any:
        found = real(pipe)
        if not late.is_set():
            late.set()
            time.sleep(0.8)
        return found

    path = note(tmp_path, "The boats left.")
    with Worker(grace=0.1) as worker:
        arrive(path, worker, HERE)
        monkeypatch.setattr(workers, "_receive", slowly)
        for seconds in (0.5, 20.0, 20.0):
            assert arrive(path, worker, Manner(seconds=seconds, read_on=TODAY)).text
        assert worker._process is not None
        worker._process.kill()  # as a system short of memory would
        worker._process.wait()
        assert arrive(path, worker, HERE).text


@POSIX
@pytest.mark.parametrize("busy", ["drip", "regex"])
def test_a_worker_ends_with_its_parent(busy: str, tmp_path: Path) -> None:
    with site(head=drip(head=True)) as here:
        job = (
            f"worker.fetch({here.url('/head')!r}, seconds=60, size=9, allow_private=True)"
            if busy == "drip"
            else "worker._ask({'do': 'busy', 'source': 'x'}, b'', 0.5, 'x', 'x')"
        )
        program = textwrap.dedent(f"""
            import threading, time
            from standoff.reading import worker as made
            made._PROGRAM = made._PROGRAM.replace("main(", '''
            import re, standoff.reading.worker as w
            w._done = {"w._done" if busy == "drip" else "lambda *_: re.match('(a+)+b', 'a' * 60)"}
            main(''')
            worker = made.Worker()
            worker._start()
            print(worker._process.pid, flush=True)
            {job}
        """).replace("\n            main(", "\nmain(")
        lines = [line.removeprefix("            ") for line in program.splitlines()]
        with subprocess.Popen([sys.executable, "-c", "\n".join(lines)], stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
            time.sleep(0.4)
            assert _lives(child)
            parent.send_signal(signal.SIGTERM)
            parent.wait()
            until = time.monotonic() + 5.0
            while _lives(child) and time.monotonic() < until:
                time.sleep(0.05)
            assert not _lives(child)


def _lives(child: int) -> bool:
    try:
        state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc/self").exists()
    return state != "Z"


def test_nothing_but_our_records_is_carried() -> None:
    for value in (("a", 1, None, True, float("inf")), {"x": frozenset({"b"})}, TODAY):
        assert unpack(pack(value)) == value
    with pytest.raises(TypeError):
        unpack(b'{"": "date", "is": 1}')
    with pytest.raises(KeyError):
        unpack(b'{"": "Popen", "is": ["true"]}')
    with pytest.raises((TypeError, AttributeError)):
        pack(object())


# The network


def test_an_answer_cut_in_half_is_refused_and_every_member_read() -> None:
    packed = gzip.compress(b"hello " * 9000)
    with site(
        half=send(packed[: len(packed) // 2], Content_Encoding="gzip"),
        two=send(gzip.compress(b"one ") + gzip.compress(b"two ") + b"\0" * 8 + gzip.compress(b"three"),
                 Content_Encoding="gzip"),
        bombs=send(gzip.compress(b"\0" * 900_000) * 50, Content_Encoding="gzip"),
        junk=send(gzip.compress(b"one") + b"junk", Content_Encoding="gzip"),
    ) as here:  # fmt: skip
        assert "breaks off" in refusal(here.url("/half")).found
        assert fetch(here.url("/two"), allow_private=True).data == b"one two three"
        assert "more than 1 MB" in refusal(here.url("/bombs"), size=1_000_000).found
        assert "does not unpack" in refusal(here.url("/junk")).found


def test_no_cookie_is_sent_back() -> None:
    cookie = send("", Set_Cookie="id=1; Path=/")
    with site(a=send("", status=302, Set_Cookie="id=1; Path=/", Location="/b"), b=cookie, robots=cookie) as here:
        fetch(here.url("/a"), allow_private=True)
    assert [path for path, _ in here.asked] == ["/robots.txt", "/a", "/b"]
    assert not [headers for _, headers in here.asked if "cookie" in headers]


@pytest.mark.parametrize(
    ("url", "path"),
    [("/a/../open", "/open"), ("/a/%2e%2E/open", "/open"), ("/a/./b/..", "/a/"), ("/../../x", "/x"), ("", ""),
     ("/a//b", "/a//b"), ("/%63losed?x=/../y", "/closed?x=/../y"), ("/a%2fb", "/a%2Fb"), ("/.", "/")],
)  # fmt: skip
def test_an_address_is_straight(url: str, path: str) -> None:
    assert clean_url(f"http://sund.example{url}") == f"http://sund.example{path}"
    assert clean_url(clean_url(f"http://sund.example{url}")) == f"http://sund.example{path}"


def test_dots_do_not_lead_around_robots() -> None:
    rules = send("User-agent: *\nDisallow: /closed")
    with site(closed=send("secret"), a=redirect("/x/../closed"), b=redirect("/x/%2e%2e/closed"), robots=rules) as here:
        for path in ("/x/../closed", "/x/%2e%2e/closed", "/a", "/b"):
            assert "closes to programs" in refusal(here.url(path)).found
        assert "/closed" not in [path for path, _ in here.asked]


@pytest.mark.parametrize("there", ["javascript:alert(1)", "http://xn--zzzz-/", "http://[::1", "http://[zz]/"])
def test_a_redirect_to_no_address_is_said(there: str) -> None:
    with site(a=redirect(there)) as here:
        assert refusal(here.url("/a")).file == here.url("/a")
    with site(a=send("x"), robots=redirect(there)) as here:
        assert refusal(here.url("/a")).file == here.url("/a")


def test_robots_behind_redirects() -> None:
    with site(story=send("x"), robots=redirect("/robots.txt")) as here:
        assert "behind more than 5 redirects" in refusal(here.url("/story")).found
    hops = {f"r{n}": redirect(f"/r{n + 1}") for n in range(1, 5)}
    for last, said in (("User-agent: *\nDisallow: /", "closes to programs"), ("", "")):
        with site(story=send("x"), robots=redirect("/r1"), **hops, r5=send(last)) as here:
            if said:
                assert said in refusal(here.url("/story")).found
            else:
                assert fetch(here.url("/story"), allow_private=True).data == b"x"


@pytest.mark.parametrize(
    ("address", "closed", "open_"),
    [
        *((each, "private", "") for each in (
            "fec0::1", "::ffff:0:127.0.0.1", "::2", "2606:2800:220:1:0:5efe:7f00:1", "2606:2800:220:1:200:5efe:a00:1",
            "5f00::1", "3fff::1", "64:ff9b:1::808:808", "64:ff9b::a00:1", "100::1", "2001:db8::1", "2001:10::1",
            "::127.0.0.1", "4000::1", "2002:a00:1::", "::1",
        )),
        *((each, "use for themselves", "use for themselves") for each in (
            "64:ff9b:1::a9fe:a9fe", "64:ff9b:1:a9fe:a9:fe00::", "::ffff:0:169.254.169.254", "fe80::1",
            "2606:2800:220:1:0:5efe:a9fe:a9fe", "fd00:ec2::254",
        )),
        *((each, "", "") for each in ("2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "8.8.8.8")),
    ],
)  # fmt: skip
def test_only_public_addresses_are_public(address: str, closed: str, open_: str) -> None:
    for allow, said in ((False, closed), (True, open_)):
        found = refused(ipaddress.ip_address(address), allow)
        assert (said in found) if said else (found == "")


def test_a_redirect_leads_to_no_other_private_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with site(inside=send("secret")) as other, site(story=redirect(other.url("/inside", "localhost"))) as here:
        problem = refusal(here.url("/story"))
        assert "private network or this machine" in problem.found
        assert "name it itself" in problem.mend
        assert other.asked == []
    answers = iter(["8.8.8.8", "127.0.0.1"])  # a public page that turns its own name inward
    rows = lambda *_, **__: [(2, 1, 6, "", (next(answers), 80))]  # noqa: E731
    monkeypatch.setattr("socket.getaddrinfo", rows)
    trip = _Trip("http://sund.example/", 5.0, 100, allow_private=True)
    trip.named = "sund.example"
    assert trip._machines("sund.example", 80) == ["8.8.8.8"]
    with pytest.raises(EvidenceError, match="private network"):
        trip._machines("sund.example", 80)


def test_a_redirect_gives_up_no_encryption() -> None:
    trip = _Trip("https://sund.example/", 5.0, 100, allow_private=False)
    assert trip._onward("https://sund.example/a", "/b") == "https://sund.example/b"
    assert trip._onward("http://sund.example/a", "https://sund.example/b") == "https://sund.example/b"
    with pytest.raises(EvidenceError, match="from https to http"):
        trip._onward("https://sund.example/a", "http://sund.example/b")


# The case


def test_a_link_that_leads_nowhere_has_its_name(tmp_path: Path) -> None:
    case = so.new("my-case", tmp_path)
    (case / "reports" / "the-boats-left.md").symlink_to(tmp_path / "nowhere")
    found = read_all([note(tmp_path, "The boats left.")], Library(case), HERE)
    assert not found.problems
    assert found.reports[0].file == "reports/the-boats-left-2.md"
    assert not (tmp_path / "nowhere").exists()


def test_without_links_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", none)
    path, nowhere = tmp_path / "a.md", tmp_path / "b.md"
    shelf._write_new(path, "mine")
    nowhere.symlink_to(tmp_path / "nowhere")
    for taken in (path, nowhere):
        with pytest.raises(FileExistsError):
            shelf._write_new(taken, "other")
    assert path.read_text() == "mine"
    monkeypatch.setattr(os, "replace", none)
    with pytest.raises(EvidenceError, match="no links here"):
        shelf._write_new(tmp_path / "c.md", "x")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.md", "b.md"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_whoever_stops_it_is_told_what_is_written(
    stop: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = so.new("my-case", tmp_path)
    real = arriving.arrive

    def until(source: Any, *rest: Any) -> Any:
        if "second" in str(source):
            raise stop
        return real(source, *rest)

    monkeypatch.setattr(arriving, "arrive", until)
    with pytest.raises(stop) as caught:
        read_all([note(tmp_path, "The boats left."), "second"], Library(case), HERE)
    said = str(caught.value) if stop is KeyboardInterrupt else caught.value.__notes__[0]
    assert said == "Already written, and kept: reports/the-boats-left.md."
    assert (case / "reports" / "the-boats-left.md").is_file()


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("https://s.example/a?id=7&token=geheim&page=2", "https://s.example/a?id=7&page=2"),
        ("https://s.example/a?X-Amz-Signature=g&X-Amz-Date=1&x=1#y", "https://s.example/a?x=1#y"),
        ("https://s.example/a?access_token=g&apiKey=g&sessionId=g&PASSWORD=g&sig=g", "https://s.example/a"),
        ("https://s.example/a;jsessionid=g/b?Key-Pair-Id=g", "https://s.example/a/b"),
        ("https://s.example/a?v=eyJhbGciOiJI.eyJzdWIi.x", "https://s.example/a"),
        ("https://s.example/a?author=x&keywords=ferry;q=1&design=2", "https://s.example/a?author=x&keywords=ferry;q=1&design=2"),
        ("token=1.txt", "token=1.txt"),
    ],
)  # fmt: skip
def test_an_address_keeps_no_secret(url: str, left: str) -> None:
    assert without_secrets(url) == left


def test_no_secret_gets_into_the_case(tmp_path: Path) -> None:
    case = so.new("my-case", tmp_path)
    with site(story=send("... 12 ...", kind="text/plain")) as here:
        found = read_all([here.url("/story?id=7&token=geheim")], Library(case), HERE)
    (made,) = found.reports
    assert "id=7" in (case / made.file).read_text()
    assert "geheim" not in (case / made.file).read_text() + str(found.to_json())
