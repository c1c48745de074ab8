"""A report from the network, politely and with care.

One GET, redirects followed by hand: at every hop the address is parsed, its host resolved and looked at (`addresses`),
robots.txt asked (`robots`), and the connection made to the address that was looked at, with the certificate checked
against the name. What comes is counted as it is unpacked, so that a small answer cannot become a large one. A
redirect leads neither from https to http, nor from a public machine to a private one. No cookies, kept or sent, no
credentials, no proxy from the environment: through a proxy nobody could say where the connection ends.
"""

from __future__ import annotations

import re
import time
import zlib
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from standoff import __version__
from standoff.errors import EvidenceError, Problem
from standoff.language.printable import printable
from standoff.reading.addresses import addresses_of, refused, shown
from standoff.reading.robots import LONGEST, allowed
from standoff.reading.worker import Fetched

if TYPE_CHECKING:
    import httpx

AGENT = "standoff"
USER_AGENT = f"{AGENT}/{__version__} (reads single reports for an analyst; obeys robots.txt)"
HOPS = 8
ROBOTS_HOPS = 5  # RFC 9309, 2.3.1.2
CONNECT = 10.0
_MOVED = (301, 302, 303, 307, 308)
_STATUS = {
    401: ("asks for a login", "Save the page from your browser and read that file."),
    402: ("asks for money", "Save the page from your browser, if you may read it, and read that file."),
    403: ("refuses to show it", "Save the page from your browser and read that file."),
    404: ("has no such page", "Check the address."),
    410: ("has removed the page", "Look for a copy in an archive."),
    429: ("asks to be left alone for a while", "Try again later."),
    451: ("may not show it here for legal reasons", "Save the page where it can be read, and read that file."),
}


def fetch(url: str, *, seconds: float = 30.0, size: int = 20_000_000, allow_private: bool = False) -> Fetched:
    """What stands at an http(s) address.

    seconds: for all of it, redirects and robots.txt too. size: bytes, unpacked. allow_private: also ask machines of
    private networks and this one, as far as `url` names them itself: no redirect leads to another. Raises
    `EvidenceError` with one problem for everything that can go wrong.
    """
    import httpx

    trip = _Trip(url, seconds, size, allow_private)
    try:
        # No connection is kept: one made to a name must not serve another name at the same address.
        limits = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(
            trust_env=False, follow_redirects=False, verify=_certificates(), limits=limits, cookies=_no_cookies()
        ) as client:
            return trip.go(client)
    except httpx.TimeoutException:
        raise trip.late() from None
    except httpx.HTTPError as error:
        raise trip.failed(error) from None
    except (httpx.InvalidURL, ValueError):  # of where it redirects to
        raise trip.problem(
            "an address, or a redirect to one, that does not read", "http://host/path", "Open it in a browser first."
        ) from None


class _Trip:
    """One fetch: where it is, how much time and room is left, which hosts have said yes."""

    def __init__(self, url: str, seconds: float, size: int, allow_private: bool) -> None:
        self.asked = shown(url)
        self.url = url
        self.seconds, self.size, self.allow_private = seconds, size, allow_private
        self.until = time.monotonic() + seconds
        self.robots: dict[str, str] = {}
        self.named = ""  # the host that was named, and
        self.inside: bool | None = None  # whether it is a private machine, once that is known

    def go(self, client: httpx.Client) -> Fetched:
        here, seen = clean_url(self.url), set[str]()
        self.named = urlsplit(here).hostname or ""
        while True:
            if here in seen:
                raise self.problem("redirects that run in a circle", "a page in the end", "Open it in a browser first.")
            if len(seen) > HOPS:
                raise self.problem(f"more than {HOPS} redirects", "a page in the end", "Give the address it ends at.")
            seen.add(here)
            self._ask_robots(client, here)
            status, headers, data = self._get(client, here, self.size)
            if status in _MOVED and headers.get("location"):
                here = self._onward(here, str(headers["location"]))
                continue
            if status != 200:
                raise self._status(status)
            kind, _, rest = str(headers.get("content-type", "")).partition(";")
            charset = rest.lower().partition("charset=")[2].partition(";")[0].strip(" \"'") or None
            return Fetched(data, here, kind.strip().lower(), charset)

    def _ask_robots(self, client: httpx.Client, here: str) -> None:
        parts = urlsplit(here)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.robots:
            self.robots[site] = self._robots_of(client, site)
        if not allowed(self.robots[site], AGENT, here):
            raise self.problem(
                f"a page that {parts.hostname} closes to programs in its robots.txt", "a page open to programs",
                "Read it in your browser, save it, and read that file.",
            )  # fmt: skip

    def _robots_of(self, client: httpx.Client, site: str) -> str:
        """robots.txt of a site; '' where there is none. One that cannot be had closes the site, as RFC 9309 asks
        (2.3.1.4). Five redirects are followed; of one that goes on after them, or in a circle, the RFC (2.3.1.2)
        lets a reader assume that there is none. We do not: what nobody has read has not said yes."""
        import httpx

        address, wait = f"{site}/robots.txt", min(self.until, time.monotonic() + max(1.0, self.seconds / 3))
        try:
            for _ in range(ROBOTS_HOPS + 1):
                status, headers, data = self._get(client, address, LONGEST, cut=True, until=wait)
                if status in _MOVED and headers.get("location"):
                    address = self._onward(address, str(headers["location"]))
                    continue
                break
            else:
                raise self.problem(
                    f"a robots.txt of {urlsplit(site).hostname} behind more than {ROBOTS_HOPS} redirects",
                    "one that answers, or says there is none",
                    "What it says nobody can know, so the site counts as closed to programs. Save the page from your "
                    "browser and read that file.",
                )
        except httpx.HTTPError:
            status, data = 503, b""
        if status >= 500 or status == 429:
            raise self.problem(
                f"a robots.txt of {urlsplit(site).hostname} that cannot be had",
                "one that answers, or says there is none",
                "Until it does, the site counts as closed to programs. Save the page from your browser and "
                "read that file.",
            )  # fmt: skip
        return data.decode("utf-8", "replace").lstrip("\ufeff") if status == 200 else ""

    def _get(
        self, client: httpx.Client, url: str, size: int, *, cut: bool = False, until: float | None = None
    ) -> tuple[int, httpx.Headers, bytes]:
        """(status, headers, body unpacked); the body is cut at `size` bytes, or refused."""
        import httpx

        until = self.until if until is None else until
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        last: httpx.HTTPError | None = None
        for address in self._machines(host, port)[:4]:
            literal = f"[{address}]" if ":" in address else address
            pinned = urlunsplit((parts.scheme, f"{literal}:{port}", parts.path or "/", parts.query, ""))
            left = until - time.monotonic()
            if left <= 0:
                raise httpx.ReadTimeout("no time left")
            timeout = httpx.Timeout(left, connect=min(CONNECT, left))
            asked = client.build_request("GET", pinned, headers=_headers(parts.netloc), timeout=timeout)
            asked.extensions = {**asked.extensions, "sni_hostname": host}
            try:
                answer = client.send(asked, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                last = error
                continue
            try:
                if answer.status_code != 200:
                    return answer.status_code, answer.headers, b""
                return 200, answer.headers, self._body(answer, size, cut, until)
            finally:
                answer.close()
        assert last is not None
        raise last

    def _machines(self, host: str, port: int) -> list[str]:
        """The addresses of a host. A private one only where it was named, and was private when it was."""
        known = self.inside is not None
        private = self.allow_private and host == self.named and self.inside is not False
        found = addresses_of(host, port, allow_private=private, file=self.asked, named=host == self.named)
        if not known and host == self.named:
            self.inside = any(refused(ip_address(each), allow_private=False) for each in found)
        return found

    def _onward(self, here: str, location: str) -> str:
        """Where a redirect leads. Raises `EvidenceError` for what is no address, or gives up the encryption."""
        there = clean_url(urljoin(here, location))
        if here.startswith("https:") and there.startswith("http:"):
            raise self.problem(
                "a redirect from https to http", "one that stays with https",
                f"Give the address itself, if it may come from whoever sits on the way: {shown(there)}",
            )  # fmt: skip
        return there

    def _body(self, answer: httpx.Response, size: int, cut: bool, until: float) -> bytes:
        import httpx

        declared = answer.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > size and not cut:
            raise self._too_large(size)
        packed = _Packed(self._packing(answer.headers.get("content-encoding", "")))
        whole = bytearray()
        try:
            for chunk in answer.iter_raw():
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("no time left")
                whole += packed.unpack(chunk, size + 1 - len(whole))
                if len(whole) > size:
                    if cut:
                        return bytes(whole[:size])
                    raise self._too_large(size)
        except zlib.error:
            raise self.problem(
                "an answer that does not unpack", "what its headers promise", "Save the page from your browser."
            ) from None
        if not packed.whole:
            raise self.problem(
                "an answer that breaks off in the middle", "all of it", "Try again, or save the page from your browser."
            )
        return bytes(whole)

    def _packing(self, encoding: str) -> str:
        name = encoding.strip().lower()
        if name in ("", "identity", "gzip", "x-gzip", "deflate"):
            return name.removeprefix("x-").replace("identity", "")
        raise self.problem(
            f"an answer packed as '{printable(name)}'",
            "plain or gzip, which was asked for",
            "Save the page from your browser.",
        )

    def _too_large(self, size: int) -> EvidenceError:
        return self.problem(
            f"an answer of more than {size / 1e6:g} MB", f"at most {size / 1e6:g} MB", "Allow more with --max-size."
        )

    def _status(self, status: int) -> EvidenceError:
        said, mend = _STATUS.get(status, ("has trouble of its own", "Try again later."))
        return self.problem(f"a server that {said} ({status})", "the page", mend)

    def late(self) -> EvidenceError:
        return self.problem(
            f"no answer within {self.seconds:g} seconds", "a server that answers",
            "Give it longer with --timeout, or save the page from your browser and read that file.",
        )  # fmt: skip

    def failed(self, error: Exception) -> EvidenceError:
        what = printable(str(error) or type(error).__name__, 120)
        return self.problem(f"no connection ({what})", "a server that answers", "Check the address and the connection.")

    def problem(self, found: str, expected: str, mend: str) -> EvidenceError:
        return EvidenceError(Problem(found, expected, mend, file=self.asked))


class _Packed:
    """An answer as it is unpacked: plain, deflate, or gzip in as many members as it has."""

    def __init__(self, packing: str) -> None:
        self._packing = packing
        self._inflate: Any = None

    def unpack(self, chunk: bytes, most: int) -> bytes:
        """What this piece holds, no more than `most` bytes where it is packed. Raises zlib.error."""
        if not self._packing:
            return chunk
        out = bytearray()
        while chunk and len(out) < most:
            if self._inflate is None:
                self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
            elif self._inflate.eof:
                chunk = chunk.lstrip(b"\0")  # members may be padded
                if not chunk:
                    break
                if self._packing != "gzip":
                    raise zlib.error("more than one deflate stream")
                self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += self._inflate.decompress(chunk, most - len(out))
            chunk = self._inflate.unused_data
        return bytes(out)

    @property
    def whole(self) -> bool:
        """Whether nothing more was to come."""
        return self._inflate is None or self._inflate.eof


def clean_url(url: str) -> str:
    """An address fit to be asked, in ASCII and without its fragment. Raises `EvidenceError` with what is wrong
    with it."""

    def problem(found: str, expected: str, mend: str) -> EvidenceError:
        return EvidenceError(Problem(found, expected, mend, file=shown(url)))

    if len(url) > 2000 or any(letter <= " " or letter == "\x7f" for letter in url):
        raise problem("an address with blanks, or too long", "an address as a browser shows it", "Copy it anew.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        host = (host or "").encode("idna" if not (host or "").isascii() else "ascii").decode()
    except ValueError as error:
        raise problem(f"an address that does not read ({error})", "http://host/path", "Check it.") from None
    if parts.scheme.lower() not in ("http", "https"):
        mend = "Name the file itself." if parts.scheme.lower() == "file" else "Save it and read that file."
        raise problem(f"an address beginning with {printable(parts.scheme)}:", "http: or https:", mend)
    if not host:
        raise problem("an address without a host", "http://host/path", "Check it.")
    if parts.username is not None or parts.password is not None:
        mend = "Remove what stands before the @; save what needs a login from your browser and read that file."
        raise problem("an address with a name or password in it", "an address that carries no secret", mend)
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    safe = "/%:@!$&'()*+,;=~-._?"
    path = _straight(quote(parts.path, safe=safe))
    return urlunsplit((parts.scheme.lower(), netloc, path, quote(parts.query, safe=safe), ""))


def _straight(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, 5.2.4) and without letters written as %41: as it will be asked for, so
    that robots.txt is asked about the same page."""
    plain = re.sub(r"%([0-9A-Fa-f]{2})", _unescaped, path)
    if not plain:
        return ""
    kept: list[str] = []
    parts = plain.removeprefix("/").split("/")
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _unescaped(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else found[0].upper()


def _headers(netloc: str) -> dict[str, str]:
    return {
        "Host": netloc, "User-Agent": USER_AGENT,
        "Accept": "text/html, application/pdf, text/plain, text/markdown, */*;q=0.1",
        "Accept-Encoding": "gzip", "Accept-Language": "en, *;q=0.5",
    }  # fmt: skip


def _no_cookies() -> CookieJar:
    """A jar that takes none, also not from one hop to the next."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def _certificates() -> Any:
    """What the system trusts, and what httpx brings where the system has nothing."""
    import ssl

    import httpx

    context = ssl.create_default_context()
    return context if context.cert_store_stats().get("x509_ca") else httpx.create_ssl_context()
