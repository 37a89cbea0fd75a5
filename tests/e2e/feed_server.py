# SPDX-License-Identifier: MIT
"""A scripted feed server on loopback, and a builder of feeds.

Every path has a script: the answers it gives, one a request; the last one is repeated. Every
request is recorded as it came. Nothing here knows of wirebell.

    server.script("/feed", rss("one"), Answer(status=304))
    ... run something that polls server.url("/feed") ...
    assert server.requests("/feed")[1].header("If-None-Match") == '"a"'
"""

import dataclasses
import gzip
import http.server
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape


def rss(*titles, **channel):
    """An RSS 2.0 feed, as bytes: one item a title, newest first; channel tags by keyword."""
    tags = "".join(f"<{tag}>{escape(str(text))}</{tag}>" for tag, text in channel.items())
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(title)}</guid><title>{escape(title)}</title>"
        f"<link>http://stories.example/{urllib.parse.quote(title[:80])}</link></item>"
        for title in titles
    )
    text = f"<rss version='2.0'><channel><title>A feed</title>{tags}{items}</channel></rss>"
    return b"<?xml version='1.0' encoding='UTF-8'?>" + text.encode()


@dataclasses.dataclass
class Answer:
    """One answer of the server.

    body may be bytes or an iterable of bytes (sent chunked, a chunk each, for ever if it does not
    end). gzip compresses it first. cut sends so many bytes of the body and then breaks the
    connection. drip_s pauses between single bytes. raw, bytes or an iterable of them, replaces the
    whole answer, status line and all; behind it the connection is closed, or with is_reset broken.
    A header whose value is a list is sent once for each.
    """

    body: object = b""
    status: int = 200
    headers: dict = dataclasses.field(default_factory=dict)
    gzip: bool = False
    chunked: bool = False
    cut: int = None
    delay_s: float = 0
    drip_s: float = 0
    raw: object = None
    is_reset: bool = False


@dataclasses.dataclass
class Request:
    """A request as it came; headers in order, names as written.

    client is the address it came from, the same for all requests of one connection; own is the
    address it came to; is_resumed tells that TLS took up an earlier session.
    """

    method: str
    path: str
    headers: list
    time_s: float
    client: tuple
    own: str
    is_resumed: bool

    def header(self, name):
        """The value of a header, None when it was not sent; twice is an error."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None


class _Server(http.server.ThreadingHTTPServer):
    # Beyond the usual five a client's connection waits for a second, three, seven.
    request_queue_size = 128


class _Everywhere(_Server):
    """On all addresses, of IPv6 and of IPv4."""

    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "everywhere", self.server_address[1]


class FeedServer:
    """The server; use it as a context manager. At the address "" it is on all the machine has."""

    def __init__(self, certificate=None, address="127.0.0.1", port=0):
        self._scripts = {}
        self._log = []
        self._connections = set()
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        self._http = (_Everywhere if address == "" else _Server)(
            (address, port), _Handler)
        self._http.daemon_threads = True
        self._http.feeds = self
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is made in the thread of the connection, not in the one that accepts.
            self._http.socket = context.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
            self.scheme = "https"
        self.address = address or "127.0.0.1"
        self.port = self._http.server_address[1]
        self.clock = time.monotonic  # what requests are stamped with
        self.most_at_once = 0
        self._at_once = 0

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.close()
        self._http.socket.close()

    def close(self):
        """Nobody listens any more, and nobody else can until the end: the port stays taken, but for
        another FeedServer. Connections that are open stay so."""
        if not self.stopped.is_set():
            self.stopped.set()
            self._http.shutdown()
            self._http.socket.shutdown(socket.SHUT_RDWR)

    def url(self, path, host=None):
        return f"{self.scheme}://{host or self.address}:{self.port}{path}"

    def script(self, path, *answers):
        """What the path answers from now on; bytes stand for a plain 200. Gives the address.

        A function is called for its answer.
        """
        with self._lock:
            self._scripts[path] = [
                Answer(answer) if isinstance(answer, bytes) else answer for answer in answers
            ]
        return self.url(path)

    def requests(self, path=None):
        """The requests so far, of one path or of all."""
        with self._lock:
            return [request for request in self._log if path is None or request.path == path]

    def open_connections(self):
        """How many connections there are now."""
        with self._lock:
            return len(self._connections)

    def has_connection(self, client):
        """Is the connection still there that this client has made?"""
        with self._lock:
            return client in self._connections

    def note_connection(self, client, is_open):
        """A connection has come or gone."""
        with self._lock:
            (self._connections.add if is_open else self._connections.discard)(client)

    def take(self, request):
        """Records a request and gives the answer whose turn it is."""
        with self._lock:
            self._log.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            answers = self._scripts.get(request.path)
            if not answers:
                return Answer(b"nothing here", status=404)
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer() if callable(answer) else answer

    def answered(self):
        """The answer that was taken is on its way."""
        with self._lock:
            self._at_once -= 1


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    def log_message(self, *_):
        pass  # the log is server.requests()

    def handle(self):
        self.server.feeds.note_connection(self.client_address, True)
        try:
            super().handle()
        except OSError:  # ssl.SSLError is one: the client went away, often what a test is about
            self.close_connection = True
        self.server.feeds.note_connection(self.client_address, False)

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass

    def _answer(self):
        request = Request(self.command, self.path, list(self.headers.items()),
                          self.server.feeds.clock(),
                          self.client_address,
                          self.connection.getsockname()[0].removeprefix("::ffff:"),
                          getattr(self.connection, "session_reused", False))
        answer = self.server.feeds.take(request)
        self.server.feeds.stopped.wait(answer.delay_s)
        self.server.feeds.answered()
        if answer.raw is not None:
            for piece in [answer.raw] if isinstance(answer.raw, bytes) else answer.raw:
                self.wfile.write(piece)
                if self.server.feeds.stopped.is_set():
                    break
            self.close_connection = True
            if answer.is_reset:
                self._reset()
        else:
            self._send(answer)

    do_GET = do_HEAD = do_POST = _answer

    def _is_taken(self):
        """Has the client read all that was sent? Both ends are here: proc_net_tcp(5) knows both."""
        here, there = (f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"
                       for host, port in (self.connection.getsockname(), self.client_address))
        with open("/proc/net/tcp", encoding="ascii") as file:
            lines = [line.split() for line in file]
        waiting = {(ours, theirs): queues.split(":") for _, ours, theirs, _, queues, *_ in lines}
        unsent, _ = waiting.get((here, there), ("0", "0"))
        _, unread = waiting.get((there, here), ("0", "0"))
        return int(unsent, 16) == int(unread, 16) == 0

    def _reset(self):
        end = time.monotonic() + 60
        while not self._is_taken() and time.monotonic() < end:
            time.sleep(0.01)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def _send(self, answer):
        is_stream = not isinstance(answer.body, bytes)
        body = gzip.compress(answer.body) if answer.gzip else answer.body
        self.send_response_only(answer.status)
        if "Date" not in answer.headers:
            self.send_header("Date", self.date_time_string())
        for name, value in answer.headers.items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name, one)
        if answer.gzip:
            self.send_header("Content-Encoding", "gzip")
        if is_stream or answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif "Content-Length" not in answer.headers and answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if is_stream or answer.chunked:
            self._send_chunks(body if is_stream else [body], answer.cut)
        elif answer.drip_s:
            self._drip(body, answer.drip_s)
        else:
            self.wfile.write(body if answer.cut is None else body[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True

    def _send_chunks(self, chunks, cut):
        for chunk in chunks:
            if self.server.feeds.stopped.is_set():
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        if cut is None:
            self.wfile.write(b"0\r\n\r\n")

    def _drip(self, body, pause_s):
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self.server.feeds.stopped.wait(pause_s):
                return
