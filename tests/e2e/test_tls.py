# SPDX-License-Identifier: MIT
"""HTTPS: whose certificate is taken, what is refused and how that is said, and at what price.

The number in a test's name is a row of the checklist for polite fetching.
"""

import contextlib
import shutil
import socket
import threading

import pytest
from bell import Bell
from conftest import BUILD, start_reader, wait_for
from feed_server import Answer, FeedServer, rss

HEAD = b"HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Type: application/rss+xml\r\n\r\n"


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


@pytest.mark.parametrize("ending, outcome", [(b"", "ok"), (b"</channel></rss>", "partial"),
                                             (b"<item>", "partial")])
def test_a_body_that_tls_does_not_end_is_whole_only_if_the_document_is(ask, tls_server, authority,
                                                                       ending, outcome):
    """Without a length only TLS can tell the end from a cut, and many servers leave that out."""
    body = rss("one", "two")
    url = tls_server.script("/feed", Answer(raw=HEAD + body[: body.index(ending) if ending else None]))
    (reading,) = ask(url, env=authority.env)
    assert (reading["outcome"], bool(reading["etag"])) == (outcome, outcome == "ok")


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


def test_row_27_a_connection_is_kept_for_the_next_feed_of_its_host_and_closed_when_idle(
    ask, tls_server, listening
):
    urls = [tls_server.script(f"/{number}", rss("sealed")) for number in range(3)]
    for url in urls[:2]:
        assert ask("--socket", listening, url)[0]["outcome"] == "ok"
    one, two = tls_server.requests()
    assert one.client == two.client
    wait_for(lambda: tls_server.open_connections() == 0, seconds=30)
    assert ask("--socket", listening, urls[2])[0]["outcome"] == "ok"  # by the same reader
    assert tls_server.requests()[2].client != one.client


def test_a_server_that_closes_is_met_again_without_a_whole_handshake(ask, tls_server, listening):
    url = tls_server.script("/feed", Answer(rss("sealed"), headers={"Connection": "close"}))
    for _ in range(2):
        assert ask("--socket", listening, url)[0]["outcome"] == "ok"
    one, two = tls_server.requests()
    assert one.client != two.client
    assert [one.is_resumed, two.is_resumed] == [False, True]
