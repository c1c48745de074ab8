"""One question to an OpenAI-compatible endpoint, and nothing that such a server can do to us besides answering it.

Nothing is contacted unless an endpoint is named. The key comes from the variable that the user names and goes into
one header of one request: redirects are not followed, proxies and certificates named in the environment are not
used, and the key never gets into a message, a file or a representation. The whole exchange has one time limit and
one size limit. httpx is imported here, when a question is asked.
"""

from __future__ import annotations

import os
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from standoff.drafting.envelope import Answer, error_words, read_envelope
from standoff.errors import DraftError, Problem

if TYPE_CHECKING:
    import httpx

TIME_LIMIT = 120.0
MAX_BYTES = 4_000_000
TRIES = 3
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, and whom. `url`: the base address (``http://localhost:8080/v1``) or that of its chat completions.

    `timeout`: seconds for everything, retries included. `insecure`: allow http to another machine. `pause`: seconds
    before the first retry, doubled before the second. Raises `DraftError` for an address or key that cannot be used.
    """

    url: str = field(repr=False)
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = TIME_LIMIT
    insecure: bool = False
    pause: float = 1.0
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        parts = _parts(self.url)
        if parts.scheme == "http" and not _local(parts.hostname or "") and not self.insecure:
            raise _refused(
                f"an address without encryption on another machine ({parts.hostname})",
                "https, or http on this machine",
                "Use its https address. --insecure sends report and key in the clear, for all on the way to read.",
            )
        if not self.model.strip() or not self.model.isprintable():
            raise _refused("no model", "the name of a model the endpoint serves", "Name it with --model.")
        if self.key is not None and (not self.key or not all(33 <= ord(letter) <= 126 for letter in self.key)):
            raise _refused(
                "a key that is empty, or holds spaces, line ends or letters that no key has",
                "the key alone",
                "Set the variable anew; the key itself is not shown here.",
            )
        if not 0 < self.timeout <= 3600:
            raise _refused(f"a time limit of {self.timeout:g} seconds", "more than 0, at most 3600", "Mend --timeout.")

    @property
    def address(self) -> str:
        """Where the request goes."""
        parts = _parts(self.url)
        path = parts.path.rstrip("/")
        path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
        return parts._replace(path=path).geturl()

    @property
    def shown(self) -> str:
        """The address for people: without what follows the ?, which may be a secret."""
        return urlsplit(self.address)._replace(query="").geturl()


def key_from(variable: str | None) -> str | None:
    """The key that an environment variable holds; None where none is named. Raises `DraftError` if it is not set."""
    if variable is None:
        return None
    value = os.environ.get(variable, "").strip()
    if value:
        return value
    # a key given by mistake in place of the variable's name must not be printed either
    name = f"`{variable}`" if re.fullmatch(r"[A-Z][A-Z0-9_]{0,39}", variable) else "of that name"
    raise _refused(
        f"no variable {name} with a key in it",
        "the name of an environment variable that is set",
        "Set it, and name it: `--key-env MY_KEY`. The key itself is never given on the command line.",
    )


def proxies_ignored() -> list[str]:
    """Variables that name a proxy, which is not used."""
    return [name for name in PROXIES if os.environ.get(name) or os.environ.get(name.lower())]


def ask(endpoint: Endpoint, messages: Messages) -> Answer:
    """What the model answers to `messages`, as text and in no way trusted.

    Tried again, at most twice, after 429 and 5xx only. Raises `DraftError` for everything else that can happen, within
    the time limit: a server that is not there, hangs, drips, redirects, floods, or answers in another shape.
    """
    import httpx  # noqa: F401 - here, since reading it from a slow disk is not the server's time

    ends = time.monotonic() + endpoint.timeout
    for attempt in range(1, TRIES + 1):
        left = ends - time.monotonic()
        if left <= 0:
            raise _late(endpoint)
        reply = _within(left, endpoint, partial(_post, endpoint, messages, left))
        again = reply.status == 429 or reply.status >= 500
        wait = max(endpoint.pause * 2 ** (attempt - 1), reply.retry_after)
        if not again or attempt == TRIES or wait >= ends - time.monotonic():
            return _answer(endpoint, reply, attempt)
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


@dataclass(frozen=True)
class _Reply:
    status: int
    body: bytes
    kind: str = ""
    location: str = ""
    retry_after: float = 0.0


def _post(endpoint: Endpoint, messages: Messages, seconds: float, stop: threading.Event) -> _Reply:
    """One request. The time limit here is that of each wait; `_within` keeps that of the whole."""
    import httpx

    from standoff import __version__

    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": f"standoff/{__version__}"}
    if endpoint.key is not None:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    # only what every endpoint knows: some refuse a temperature, others a format
    question = {"model": endpoint.model, "messages": list(messages), "stream": False}
    # without encryption there is nobody to trust, and such a context trusts nobody
    trust = True if endpoint.address.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with (
        httpx.Client(trust_env=False, follow_redirects=False, verify=trust, timeout=seconds, headers=headers) as client,
        client.stream("POST", endpoint.address, json=question) as response,
    ):
        head = response.headers
        body = b"" if response.is_redirect else _body(endpoint, response, stop)
        return _Reply(
            status=response.status_code,
            body=body,
            kind=head.get("content-type", "")[:100].split(";")[0].strip().lower(),
            location=head.get("location", ""),
            retry_after=_seconds(head.get("retry-after", "")),
        )


def _body(endpoint: Endpoint, response: httpx.Response, stop: threading.Event) -> bytes:
    """The answer's bytes, up to the limit, unpacked with the limit in sight."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise _refused(
            "an answer packed in a way that was not asked for",
            "plain text, or gzip",
            "Have the server send it unpacked.",
            endpoint,
        )
    unpack = None if coding in ("identity", "") else zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    got = bytearray()
    for chunk in _chunks(response, stop):
        room = endpoint.max_bytes - len(got)
        try:
            got += chunk if unpack is None else unpack.decompress(chunk, room + 1)
        except zlib.error:
            raise _packed(endpoint) from None
        if len(got) > endpoint.max_bytes:
            raise _refused(
                f"an answer of more than {endpoint.max_bytes:,} bytes, broken off",
                "an answer about one report",
                "Nothing of it was used. Is this the endpoint you mean?",
                endpoint,
            )
    if unpack is not None and not unpack.eof:
        raise _packed(endpoint)
    return bytes(got)


def _packed(endpoint: Endpoint) -> DraftError:
    return _refused("an answer said to be packed that cannot be unpacked", "an answer in JSON", _TALK, endpoint)


def _chunks(response: httpx.Response, stop: threading.Event) -> Iterator[bytes]:
    for chunk in response.iter_raw(65_536):
        if stop.is_set():  # nobody waits any longer
            return
        yield chunk


def _within(seconds: float, endpoint: Endpoint, work: Callable[[threading.Event], _Reply]) -> _Reply:
    """The work's result, or a refusal when `seconds` are over, wherever the work then is.

    Time limits of a client hold for each wait on the network, so a server that sends a letter now and then is never
    too late. The work goes on in a thread of its own that is left behind; Ctrl-C is heard here at once.
    """
    done: queue.SimpleQueue[_Reply | BaseException] = queue.SimpleQueue()
    stop = threading.Event()

    def run() -> None:
        try:
            done.put(work(stop))
        except BaseException as error:  # whatever it is, it is told where somebody waits for it
            done.put(error)

    threading.Thread(target=run, daemon=True, name="standoff-draft").start()
    ends = time.monotonic() + seconds
    try:
        while (left := ends - time.monotonic()) > 0:
            try:
                result = done.get(timeout=min(left, 0.2))
            except queue.Empty:
                continue
            if isinstance(result, BaseException):
                raise _told(endpoint, result) from None
            return result
        raise _late(endpoint)
    finally:
        stop.set()


def _told(endpoint: Endpoint, error: BaseException) -> BaseException:
    """A failure of the network in words; nothing of it is quoted, it may hold what we sent."""
    import httpx

    ours = isinstance(error, httpx.HTTPError | httpx.InvalidURL | OSError | ValueError)
    if isinstance(error, DraftError) or not ours:
        return error
    causes = list(_causes(error))
    if isinstance(error, httpx.TimeoutException):
        return _late(endpoint)
    if any(isinstance(each, socket.gaierror) for each in causes):
        mend = "Check --endpoint, and the network."
        return _refused("no machine of that name", "an address that exists", mend, endpoint)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return _refused(
            "a connection whose encryption cannot be trusted",
            "https with a certificate that a known authority has signed",
            "Check the address. Certificates of your own making are not read from the environment.",
            endpoint,
        )
    if isinstance(error, httpx.ConnectError):
        refused = any(isinstance(each, ConnectionRefusedError) for each in causes)
        what = "nobody who answers at this address" if refused else "no way to this address"
        return _refused(what, "a server that listens", "Start it, or check host and port in --endpoint.", endpoint)
    return _refused("a conversation broken off by the server", "a whole answer in HTTP", _TALK, endpoint)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _answer(endpoint: Endpoint, reply: _Reply, attempts: int) -> Answer:
    """The model's words out of a reply, without the key, should a server send it back."""
    body = reply.body.decode("utf-8", "replace").removeprefix("\ufeff")
    if 200 <= reply.status < 300:
        return read_envelope(body, reply.kind, endpoint.shown, endpoint.key)
    raise _status(endpoint, reply, body, attempts)


def _status(endpoint: Endpoint, reply: _Reply, body: str, attempts: int) -> DraftError:
    status = reply.status
    said = error_words(body, endpoint.key)
    tail = f', which says "{said}"' if said else ""
    asked = f" after {attempts} tries" if attempts > 1 else ""
    if 300 <= status < 400:
        host = _host_of(reply.location)
        return _refused(
            f"a redirect ({status}){f' to {host}' if host else ''}, not followed",
            "an answer from the address that was named",
            "Report and key go to no address you did not name. If you trust that one, name it with --endpoint.",
            endpoint,
        )
    if status in (401, 403):  # its words may be about the key: none of them is shown
        found = f"a refusal ({status}: {'key not accepted' if endpoint.key else 'no key given'})"
        return _refused(found, "a key that the endpoint accepts", "Name its variable: `--key-env MY_KEY`.", endpoint)
    if status == 404:
        mend = "Check --model, and that --endpoint ends as its makers say, often in /v1."
        return _refused(f"nothing there (404){tail}", "an endpoint for chat completions, and a model", mend, endpoint)
    if status == 429:
        mend = "Wait, or look at the limits of your account."
        asked += f", to be tried again in {reply.retry_after:,.0f} seconds" if reply.retry_after else ""
        return _refused(f"too many requests (429){asked}{tail}", "room for one more", mend, endpoint)
    if status >= 500:
        return _refused(f"a failing server ({status}){asked}{tail}", "an answer", "Try later.", endpoint)
    mend = "Check --model; or the report is longer than this model reads."
    return _refused(f"a refusal ({status}){tail}", "an answer", mend, endpoint)


_TALK = "Check that the address is that of an OpenAI-compatible endpoint; nothing was used or written."


def _refused(found: str, expected: str, mend: str, endpoint: Endpoint | None = None) -> DraftError:
    return DraftError(Problem(found, expected, mend, file=endpoint.shown if endpoint else ""))


def _late(endpoint: Endpoint) -> DraftError:
    return _refused(
        f"no whole answer within {endpoint.timeout:g} seconds",
        "an answer in time",
        "Try again, or give it more with --timeout; nothing of it was used.",
        endpoint,
    )


def _parts(url: str) -> SplitResult:
    expected = "https://host/v1, or http://localhost:8080/v1"
    try:
        parts = urlsplit(url.strip())
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        raise _refused("an address that cannot be read", expected, "Mend --endpoint.") from None
    if parts.username is not None or parts.password is not None:
        mend = "Put the key into a variable, and name it with --key-env."
        raise _refused("a name or password inside the address", expected, mend)
    strange = not url.strip().isprintable() or " " in url.strip()
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_a_number or strange or parts.fragment:
        raise _refused("an address that is none of http or https", expected, "Mend --endpoint.")
    return parts


def _local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _host_of(location: str) -> str:
    try:
        host = urlsplit(location[:2000]).hostname or ""
    except ValueError:
        return ""
    return host if re.fullmatch(r"[A-Za-z0-9.:-]{1,100}", host) else ""


def _seconds(words: str) -> float:
    """Retry-After in seconds; a date there counts as nothing said."""
    return float(words) if re.fullmatch(r"\d{1,6}", words.strip()) else 0.0


__all__ = ["MAX_BYTES", "TIME_LIMIT", "Endpoint", "ask", "key_from", "proxies_ignored"]
