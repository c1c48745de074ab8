"""Pages, documents and a server for the tests of reading; everything invented, in a world of ferries."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standoff.reading.arrive import Manner

TODAY = date(2031, 6, 30)
HERE = Manner(seconds=20.0, allow_private=True, read_on=TODAY)

PARAGRAPH = (
    "The ferry office of Sund said that boat number {n} had left the harbour with flour and lamp oil for the outer "
    "islands, and that no troops were aboard when it passed the mole."
)
ARTICLE = "".join(f"<p>{PARAGRAPH.format(n=n)}</p>" for n in range(8))
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Boats leave Sund | Harbour Gazette</title>
<meta property="og:site_name" content="Harbour Gazette"><meta property="og:title" content="Boats leave Sund">
{metas}</head><body><nav><a href="/">Home</a> <a href="/w">World</a></nav><article><h1>Boats leave Sund</h1>
{article}</article><footer>© 2031 Harbour Gazette. All rights reserved.</footer></body></html>"""


def page(*metas: str, article: str = ARTICLE) -> str:
    """A page of the Harbour Gazette; `metas` are tags for its head."""
    return PAGE.format(metas="\n".join(metas), article=article)


def published(day: str) -> str:
    return f'<meta property="article:published_time" content="{day}T08:00:00+01:00">'


def pdf(stream: bytes, pages: int = 1) -> bytes:
    """A PDF whose pages all show one content stream."""
    packed = zlib.compress(stream, 9)
    kids = b" ".join(b"3 0 R" for _ in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def lines_of_pdf(*lines: str) -> bytes:
    shown = b" 0 -14 Td ".join(b"(" + line.encode("latin-1") + b") Tj" for line in lines)
    return b"BT /F1 12 Tf 72 720 Td " + shown + b" ET"


Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server on 127.0.0.1. `routes`: path -> what to do; `/robots.txt` is missing unless given."""

    def __init__(self, routes: dict[str, Answer], port: int) -> None:
        self.routes, self.port, self.asked = routes, port, list[tuple[str, dict[str, str]]]()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def site(**routes: Answer) -> Iterator[Site]:
    """A running site; `a_b=...` answers /a_b, `robots=...` answers /robots.txt."""
    made = Site({("/robots.txt" if name == "robots" else f"/{name}"): answer for name, answer in routes.items()}, 0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
            answer = made.routes.get(self.path.partition("?")[0], send(b"not here", status=404))
            try:
                answer(self)
            except OSError:
                return  # the other side has gone: that is what the test is about

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(body: bytes | str, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> Answer:
    """Answer with this body; `Content_Encoding="gzip"` and the like are headers."""
    data = body.encode() if isinstance(body, str) else body

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)

    return answer


def redirect(to: str, status: int = 302) -> Answer:
    return send(b"", status=status, Location=to)


def hang(seconds: float) -> Answer:
    return lambda request: time.sleep(seconds)


def drip(head: bool, pause: float = 0.1, times: int = 200) -> Answer:
    """A letter at a time, in the headers or in the body: no single wait is long."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
        if not head:
            request.wfile.write(b"Content-Length: 100000\r\n\r\n")
        for _ in range(times):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(pause)

    return answer
