# SPDX-License-Identifier: MIT
"""HTTPS: whose certificate is taken, what is refused and how that is said, and at what price.

The number in a test's name is a row of the checklist for polite fetching.
"""

import contextlib
import gzip
import shutil
import socket
import threading

import pytest
from bell import Bell
from conftest import BUILD, soon, start_reader, wait_for
from feed_server import Answer, FeedServer, rss


def test_a_certificate_of_a_trusted_authority_is_taken(ask, tls_server, authority):
    (reading,) = ask(tls_server.script("/feed", rss("sealed")), env=authority.env)
    assert (reading["outcome"], reading["first"]) == ("ok", "sealed")


def test_a_directory_of_authorities_serves_as_well_as_a_file(ask, tls_server, authority, tmp_path):
    url = tls_server.script("/feed", rss("sealed"))
    (reading,) = ask(url, env={"SSL_CERT_DIR": str(tmp_path)})
    assert reading["outcome"] == "tls-refused"
    shutil.copy(authority.folder / "ca.pem", tmp_path / "ca.pem")
    authority._openssl("rehash", str(tmp_path))
    (reading,) = ask(url, env={"SSL_CERT_DIR": str(tmp_path)})
    assert (reading["outcome"], reading["first"]) == ("ok", "sealed")


# Name of the case: the certificate, by whom it is trusted, the host asked for, a word of the detail.
@pytest.mark.parametrize("make, is_trusted, host, word", [
    (lambda a: a.certificate("127.0.0.1"), False, "127.0.0.1", "issuer"),
    (lambda a: a.self_signed("127.0.0.1"), True, "127.0.0.1", "self"),
    (lambda a: a.certificate("127.0.0.1"), True, "localhost", "match"),
    (lambda a: a.certificate("news.example"), True, "127.0.0.1", "match"),
    (lambda a: a.certificate("127.0.0.1", begins=-3, ends=-1), True, "127.0.0.1", "clock"),
    (lambda a: a.certificate("127.0.0.1", begins=1, ends=2), True, "127.0.0.1", "clock"),
], ids=["of another authority", "self-signed", "of another address", "of another name", "run out",
        "not yet valid"])
def test_row_41_a_bad_certificate_is_refused_and_nothing_is_asked(ask, authority, make, is_trusted,
                                                                  host, word):
    with FeedServer(make(authority)) as server:
        server.script("/feed", rss("sealed"))
        (reading,) = ask(server.url("/feed", host=host), env=authority.env if is_trusted else {})
        assert (reading["outcome"], reading["stories"]) == ("tls-refused", 0)
        assert "certificate" in reading["detail"] and word in reading["detail"], reading["detail"]
        assert server.requests() == []


def test_row_41_the_daemon_says_certificate_and_clock_and_never_asks_in_plain(authority, tmp_path):
    keywords = tmp_path / "keywords"
    with FeedServer(authority.certificate("127.0.0.1", begins=1, ends=2)) as server:
        keywords.write_text(f"[feeds]\n{server.script('/feed', rss('sealed'))}\n[urgent]\nword\n")
        bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords)
        bell.env.update(authority.env)
        with bell as running:
            running.wait_for("certificate of 127.0.0.1.*clock")
            running.poll()
        assert server.requests() == []


def test_row_41_a_plain_server_on_an_https_address_is_refused(ask, feed_server):
    (reading,) = ask(feed_server.url("/feed").replace("http:", "https:"))
    assert reading["outcome"] == "tls-refused"


def test_a_list_of_authorities_that_is_not_there_is_our_fault(ask, tls_server):
    (reading,) = ask(tls_server.url("/feed"), env={"SSL_CERT_FILE": "/nowhere/ca.pem"})
    assert reading["outcome"] == "failed" and "ca-certificates" in reading["detail"]


# --- cut in the middle ------------------------------------------------------------------------


FEED = rss("one", "two")
PACKED = gzip.compress(FEED)
CHUNK = b"%x\r\n%s\r\n" % (len(FEED), FEED)


def head(*more, status=b"200 OK", version=b"1.1"):
    """A head that says nothing of how long the body is, unless more does."""
    lines = [b"HTTP/" + version + b" " + status, b'ETag: "x"', *more]
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n"


# What came until the connection ended: outcome, and stories; a validator is kept of a whole document.
ENDINGS = {
    "whole": (head() + FEED, "ok", 2),
    "whole of 1.0": (head(version=b"1.0") + FEED, "ok", 2),
    "whole and packed": (head(b"Content-Encoding: gzip") + PACKED, "ok", 2),
    "whole in chunks": (head(b"Transfer-Encoding: chunked") + CHUNK + b"0\r\n\r\n", "ok", 2),
    "whole with a trailer": (
        head(b"Transfer-Encoding: chunked") + CHUNK + b"0\r\nX-Sum: 1\r\n\r\n", "ok", 2),
    "whole but for its last chunk": (head(b"Transfer-Encoding: chunked") + CHUNK, "partial", 2),
    "whole but for its length": (head(b"Content-Length: 9999") + FEED, "partial", 2),
    "cut": (head() + FEED[: FEED.index(b"</channel>")], "partial", 2),
    "cut and packed": (head(b"Content-Encoding: gzip") + PACKED[:-20], "partial", 1),
    "cut in a story": (head() + FEED[: FEED.rindex(b"<link>")], "partial", 1),
    "cut before a story": (head() + FEED[: FEED.index(b"<item>")], "not-a-feed", 0),
    "cut before the body": (head(), "empty", 0),
    "cut in the head": (head()[:-2], "unreachable", 0),
    "cut in the head of a redirect": (
        head(b"Location: /whole", status=b"302 Found")[:-2], "unreachable", 0),
    "a redirect": (head(b"Location: /whole", status=b"302 Found") + b"there", "ok", 2),
    "an error": (head(status=b"404 Not Found") + b"sorry", "http-error", 0),
}


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("kind", ["feed_server", "tls_server"])
def test_a_body_that_ends_with_the_connection_is_whole_if_the_document_is(ask, authority, request,
                                                                        kind, is_reset):
    """Only close_notify of TLS tells an end from a cut, and many servers leave it out, as ours does.

    Versions of libcurl and OpenSSL see that differently; the outcome is the same.
    """
    server = request.getfixturevalue(kind)
    names = {server.script("/" + name.replace(" ", "-"), Answer(raw=raw, is_reset=is_reset)): name
             for name, (raw, _, _) in ENDINGS.items()}
    readings = {names[reading["url"]]: reading for reading in ask(*names, env=authority.env)}
    assert {name: (reading["outcome"], reading["stories"]) for name, reading in readings.items()} == {
        name: ending[1:] for name, ending in ENDINGS.items()}
    for reading in readings.values():
        assert bool(reading["etag"]) == (reading["outcome"] == "ok"), reading


@contextlib.contextmanager
def answering(piece):
    """A port where whoever connects gets these bytes and no more."""

    def serve(listener):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("piece", [b"", b"\x16", b"\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03",
                                   b"\x15\x03\x03\x00\x02\x02\x28", b"\x00" * 4096],
                         ids=["nothing", "a byte", "half a hello", "an alert", "zeros"])
def test_a_handshake_cut_short_is_told(ask, piece):
    with answering(piece) as port:
        (reading,) = ask(f"https://127.0.0.1:{port}/feed")
    assert reading["outcome"] in ("tls-refused", "unreachable")
    assert f"127.0.0.1:{port}" in reading["detail"]


# --- the price --------------------------------------------------------------------------------


@pytest.fixture
def listening(tmp_path, authority):
    """The path of a socket at which one reader serves, as under systemd."""
    path = str(tmp_path / "reader")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        reader = start_reader(listener, **authority.env)
        yield path
        reader.kill()
        reader.wait()


def asked_in_turn(ask, listening, server, *urls):
    """The requests by which these were read, one after the other."""
    before = len(server.requests())
    for url in urls:
        assert ask("--socket", listening, url)[0]["outcome"] == "ok"
    return server.requests()[before:]


def test_row_27_a_connection_is_kept_for_the_next_feed_of_its_host_and_closed_when_idle(
    ask, tls_server, listening
):
    urls = [tls_server.script(f"/{number}", rss("sealed")) for number in range(3)]
    one, two = soon(lambda: asked_in_turn(ask, listening, tls_server, *urls[:2]))
    assert one.client == two.client
    wait_for(lambda: tls_server.open_connections() == 0)
    (three,) = asked_in_turn(ask, listening, tls_server, urls[2])  # by the same reader
    assert three.client != two.client


def test_a_server_that_closes_is_met_again_without_a_whole_handshake(ask, tls_server, listening):
    url = tls_server.script("/feed", Answer(rss("sealed"), headers={"Connection": "close"}))
    (first,) = asked_in_turn(ask, listening, tls_server, url)
    assert not first.is_resumed
    one, two = soon(lambda: asked_in_turn(ask, listening, tls_server, url, url))
    assert one.client != two.client and two.is_resumed
