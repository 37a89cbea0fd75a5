# SPDX-License-Identifier: MIT
"""The reader on the network: what it sends, what it believes, and where it stops.

Rows are those of the project's checklist for polite, patient fetching.
"""

import email.utils
import gzip
import os
import shutil
import socket
import subprocess
import time

import pytest

from conftest import clean_environment, wait_for
from feed_server import Answer, FeedServer, rss

MIB = 1 << 20


def hex_of(text):
    return text.encode("latin-1").hex()


# --- what is sent -----------------------------------------------------------------------------


def test_a_first_request_is_plain_and_polite(ask, feed_server):
    url = feed_server.script("/a/../feed?b=c%20d&e", Answer(rss("x"), headers={"Set-Cookie": "a=b"}))
    ask(url)
    ask(url)
    for request in feed_server.requests():
        names = [name.lower() for name, _ in request.headers]
        assert request.method == "GET" and request.path == "/a/../feed?b=c%20d&e"
        assert sorted(names) == ["accept", "accept-encoding", "host", "user-agent"]
        assert request.header("Accept-Encoding") == "gzip"
        assert request.header("User-Agent").startswith("wirebell/")
        assert "+https://" in request.header("User-Agent")
        assert "application/rss+xml" in request.header("Accept")
        assert "application/atom+xml" in request.header("Accept")
    assert len(feed_server.requests()) == 2


def test_a_user_agent_of_ones_own_is_sent_instead(ask, feed_server):
    url = feed_server.script("/feed", rss("x"))
    ask("--user-agent", "Mine/1.0", url)
    ask("--user-agent", "Mine\r\nX-Smuggled: 1", url)
    assert feed_server.requests()[0].header("User-Agent") == "Mine/1.0"
    assert feed_server.requests()[1].header("User-Agent").startswith("wirebell/")
    assert feed_server.requests()[1].header("X-Smuggled") is None


@pytest.mark.parametrize("etag", ['"a b,c"', 'W/"x"', '"x--gzip"', "unquoted", '"\xe9\xff"', '""'])
@pytest.mark.parametrize("modified", ["Sat, 01 Jan 2000 00:00:00 GMT", "yesterday, or so", ""])
def test_validators_go_back_byte_for_byte(ask, feed_server, etag, modified):
    headers = {"ETag": etag, **({"Last-Modified": modified} if modified else {})}
    url = feed_server.script("/feed", Answer(rss("x"), headers=headers), Answer(status=304))
    (first,) = ask(url)
    assert (first["etag"], first["last_modified"]) == (hex_of(etag), hex_of(modified))
    options = ["--etag", os.fsdecode(etag.encode("latin-1"))]
    (second,) = ask(*options, *(["--last-modified", modified] if modified else []), url)
    sent = feed_server.requests()[1]
    assert sent.header("If-None-Match") == etag
    assert sent.header("If-Modified-Since") == (modified or None)
    assert (second["outcome"], second["status"], second["stories"]) == ("unchanged", 304, 0)


def test_nothing_is_invented_where_no_validator_was_given(ask, feed_server):
    url = feed_server.script("/feed", rss("x"))
    (reading,) = ask(url)
    assert (reading["etag"], reading["last_modified"]) == ("", "")
    (reading,) = ask("--last-modified", "Sat, 01 Jan 2000 00:00:00 GMT", url)
    assert feed_server.requests()[1].header("If-None-Match") is None
    assert (reading["etag"], reading["last_modified"]) == ("", "")  # row 7: 200 without drops it


def test_a_304_renews_what_it_names_and_keeps_the_rest(ask, feed_server):
    url = feed_server.script("/feed", Answer(status=304, headers={"ETag": '"new"'}))
    (reading,) = ask("--etag", '"old"', "--last-modified", "then", url)
    assert (reading["etag"], reading["last_modified"]) == (hex_of('"new"'), hex_of("then"))


def test_a_304_nobody_asked_for_is_an_error(ask, feed_server):
    (reading,) = ask(feed_server.script("/feed", Answer(status=304, headers={"ETag": '"x"'})))
    assert (reading["outcome"], reading["etag"]) == ("http-error", "")


def test_a_304_with_a_body_does_not_hang(ask, feed_server):
    raw = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\nstray"
    url = feed_server.script("/feed", Answer(raw=raw))
    started = time.monotonic()
    assert ask("--etag", '"x"', url)[0]["outcome"] == "unchanged"
    assert time.monotonic() - started < 10


# --- what is believed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda body: Answer(body, gzip=True),
        lambda body: Answer(body, gzip=True, chunked=True),
        lambda body: Answer(body, chunked=True),
        lambda body: Answer(gzip.compress(body), headers={"Content-Encoding": "x-gzip"}),
        lambda body: Answer(body, headers={"Content-Encoding": "identity"}),
        lambda body: Answer([body[:10], body[10:]]),
    ],
    ids=["gzip", "gzip chunked", "chunked", "x-gzip", "identity", "in pieces"],
)
def test_bodies_are_decoded(ask, feed_server, make):
    body = rss("packed", "twice")
    (reading,) = ask(feed_server.script("/feed", make(body)))
    assert (reading["outcome"], reading["first"], reading["stories"]) == ("ok", "packed", 2)
    assert reading["body_bytes"] == len(body)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, br", "nonsense"])
def test_a_coding_that_was_not_asked_for_is_refused(ask, feed_server, coding):
    url = feed_server.script("/feed", Answer(rss("x"), headers={"Content-Encoding": coding}))
    (reading,) = ask(url)
    assert reading["outcome"] == "http-error" and "gzip" in reading["detail"]


def test_a_wrong_label_is_not_read(ask, feed_server):
    url = feed_server.script("/feed", Answer(rss("x"), headers={"Content-Encoding": "gzip"}))
    (reading,) = ask(url)
    assert (reading["outcome"], reading["stories"]) == ("not-a-feed", 0)


def test_hints_are_told(ask, feed_server):
    headers = {"Cache-Control": ["public", "max-age=900"], "Age": "300", "Retry-After": "7"}
    url = feed_server.script("/feed", Answer(rss("x", ttl=60), headers=headers))
    (reading,) = ask(url)
    assert (reading["max_age"], reading["ttl"], reading["retry_after"]) == (600, 3600, 0)


def test_retry_after_is_told_in_both_forms(ask, feed_server):
    later = email.utils.formatdate(time.time() + 120, usegmt=True)
    seconds = feed_server.script("/s", Answer(status=429, headers={"Retry-After": "120"}))
    date = feed_server.script("/d", Answer(status=503, headers={"Retry-After": later}))
    assert ask(seconds)[0]["retry_after"] == 120
    assert 110 <= ask(date)[0]["retry_after"] <= 120


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 503, 206, 300, 599])
def test_an_error_page_is_never_read_as_a_feed(ask, feed_server, status):
    (reading,) = ask(feed_server.script("/feed", Answer(rss("x"), status=status)))
    assert (reading["outcome"], reading["status"]) == ("http-error", status)
    assert str(status) in reading["detail"] and reading["stories"] == 0


def test_html_and_an_empty_body_are_told_apart_from_a_feed(ask, feed_server):
    html = b"<!DOCTYPE html><html><head><title>Not found</title></head><body>x</body></html>"
    page = feed_server.script("/page", Answer(html, headers={"ETag": '"p"'}))
    empty = feed_server.script("/empty", Answer(b"", headers={"ETag": '"e"'}))
    nothing = feed_server.script("/nothing", Answer(status=204))
    for url, outcome in ((page, "not-a-feed"), (empty, "empty"), (nothing, "empty")):
        (reading,) = ask(url)
        assert (reading["outcome"], reading["etag"]) == (outcome, "")  # row 8: nothing to keep


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_cut_short_is_read_as_far_as_it_came_and_not_remembered(
    ask, feed_server, chunked, packed
):
    body = rss(*(f"Story {number} {os.urandom(50).hex()}" for number in range(100)))
    if packed:
        body = gzip.compress(body)
    answer = Answer(body[: len(body) // 2], headers={"ETag": '"x"'}, chunked=chunked, cut=len(body))
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    if not chunked:
        answer.headers["Content-Length"] = str(len(body))
    (reading,) = ask(feed_server.script("/feed", answer))
    assert (reading["outcome"], reading["etag"]) == ("partial", "")
    assert 20 < reading["stories"] < 80 and "cut" in reading["detail"]


def test_a_body_cut_before_its_first_story_is_the_networks_fault(ask, feed_server):
    answer = Answer(rss("x")[:60], headers={"ETag": '"x"', "Content-Length": "1000"}, cut=60)
    (reading,) = ask(feed_server.script("/feed", answer))
    assert (reading["outcome"], reading["etag"]) == ("unreachable", "")


# --- where it stops ---------------------------------------------------------------------------


def test_a_feed_of_10_mb_is_read_within_the_caps(ask, feed_server):
    body = rss(*(f"Story {number} " + "word " * 200 for number in range(5000)))
    assert 10 * MIB < len(body) < 11 * MIB
    (reading,) = ask(feed_server.script("/feed", body))
    assert (reading["outcome"], reading["stories"]) == ("ok", 5000)
    assert reading["body_bytes"] == len(body)


def endless(piece):
    while True:
        yield piece


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Answer(rss("x") + b" " * (16 * MIB)),
        lambda: Answer(endless(b"<item>" * 10000)),
        lambda: Answer(gzip.compress(bytes(64 * MIB)), headers={"Content-Encoding": "gzip"}),
        lambda: Answer(
            gzip.compress(gzip.compress(bytes(64 * MIB))),
            headers={"Content-Encoding": "gzip, gzip"},
        ),
        lambda: Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-Pad: %s\r\n" % (b"a" * 1000) * 70 + b"\r\n"),
    ],
    ids=["announced", "endless", "bomb", "bomb in a bomb", "headers"],
)
def test_over_a_cap_is_too_big_and_says_so(ask, feed_server, answer):
    (reading,) = ask(feed_server.script("/feed", answer()))
    assert (reading["outcome"], reading["stories"], reading["etag"]) == ("too-big", 0, "")
    assert "more than" in reading["detail"]


def test_the_error_page_without_end_is_left(ask, feed_server):
    url = feed_server.script("/feed", Answer(endless(b"sorry" * 1000), status=500))
    started = time.monotonic()
    assert ask(url)[0]["outcome"] == "http-error"
    assert time.monotonic() - started < 5


def redirect(url, status=302):
    return Answer(status=status, headers={"Location": url})


def test_redirects_are_followed_up_to_the_cap(ask, feed_server):
    feed_server.script("/feed", Answer(rss("there"), headers={"ETag": '"end"'}))
    for hop in range(1, 7):
        target = f"/{hop - 1}" if hop > 1 else "/feed"
        feed_server.script(f"/{hop}", Answer(status=302, headers={"Location": target, "ETag": '"hop"'}))
    (reading,) = ask("--etag", '"old"', feed_server.url("/5"))
    assert (reading["outcome"], reading["first"]) == ("ok", "there")
    assert reading["etag"] == hex_of('"end"') and reading["moved_to"] == ""
    (reading,) = ask(feed_server.url("/6"))
    assert reading["outcome"] == "redirect-refused" and "5 times" in reading["detail"]


def test_a_circle_is_left_at_once(ask, feed_server):
    feed_server.script("/a", redirect("/b"))
    feed_server.script("/b", redirect("/a"))
    (reading,) = ask(feed_server.url("/a"))
    assert reading["outcome"] == "redirect-refused" and "circle" in reading["detail"]
    assert len(feed_server.requests()) == 2


@pytest.mark.parametrize(
    "statuses, place",
    [
        ([301], "/2"),
        ([308, 301], "/3"),
        ([301, 302, 301], "/2"),
        ([302, 301], ""),
        ([307], ""),
        ([303], ""),
    ],
)
def test_only_what_is_permanent_from_the_start_is_a_new_address(ask, feed_server, statuses, place):
    for hop, status in enumerate(statuses, 1):
        feed_server.script(f"/{hop}", redirect(f"/{hop + 1}", status))
    feed_server.script(f"/{len(statuses) + 1}", rss("there"))
    (reading,) = ask(feed_server.url("/1"))
    assert reading["first"] == "there"
    assert reading["moved_to"] == (feed_server.url(place) if place else "")


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1/feed", "file:///etc/passwd", "gopher://127.0.0.1/", "http://[", ""]
)
def test_a_redirect_to_elsewhere_is_refused(ask, feed_server, target):
    (reading,) = ask(feed_server.script("/feed", redirect(target)))
    assert reading["outcome"] in ("redirect-refused", "http-error")
    assert reading["stories"] == 0 and reading["status"] == 302


def test_https_is_never_left_for_http(ask, tls_server, feed_server, authority):
    plain = feed_server.script("/feed", rss("plain"))
    (reading,) = ask(tls_server.script("/feed", redirect(plain)), env=authority.env)
    assert reading["outcome"] == "redirect-refused" and "https to http" in reading["detail"]
    assert feed_server.requests() == []
    secure = tls_server.script("/secure", rss("secure"))
    (reading,) = ask(feed_server.script("/up", redirect(secure)), env=authority.env)
    assert reading["first"] == "secure"


def test_a_password_goes_to_its_own_host_only(ask, feed_server):
    with FeedServer() as other:
        other.script("/feed", rss("other"))
        feed_server.script("/own", redirect("/feed"))
        feed_server.script("/feed", redirect(feed_server.url("/again")))
        feed_server.script("/again", redirect(other.url("/feed")))
        (reading,) = ask(feed_server.url("/own").replace("//", "//me:secret@"))
        assert reading["first"] == "other"
        assert all(request.header("Authorization") for request in feed_server.requests())
        assert other.requests()[0].header("Authorization") is None
        assert "secret" not in reading["detail"]


# --- TLS --------------------------------------------------------------------------------------


def test_a_certificate_of_a_trusted_authority_is_taken(ask, tls_server, authority):
    (reading,) = ask(tls_server.script("/feed", rss("sealed")), env=authority.env)
    assert (reading["outcome"], reading["first"]) == ("ok", "sealed")


def test_any_other_certificate_is_refused_and_nothing_is_asked(ask, tls_server, authority):
    url = tls_server.script("/feed", rss("sealed"))
    cases = {
        "untrusted": ask(url),
        "other name": ask(tls_server.url("/feed", host="localhost"), env=authority.env),
    }
    with FeedServer(authority.certificate("127.0.0.1", days=-1)) as late:
        cases["run out"] = ask(late.script("/feed", rss("late")), env=authority.env)
        assert late.requests() == []
    for name, (reading,) in cases.items():
        assert reading["outcome"] == "tls-refused", name
        assert "certificate" in reading["detail"], name
    assert "clock" in cases["run out"][0]["detail"]
    assert tls_server.requests() == []


def test_a_plain_server_on_an_https_address_is_tls_refused(ask, feed_server):
    (reading,) = ask(feed_server.url("/feed").replace("http:", "https:"))
    assert reading["outcome"] == "tls-refused"


def test_a_list_of_authorities_that_is_not_there_is_our_fault(ask, tls_server):
    (reading,) = ask(tls_server.url("/feed"), env={"SSL_CERT_FILE": "/nowhere/ca.pem"})
    assert reading["outcome"] == "failed" and "ca-certificates" in reading["detail"]


NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    log_format protocol "$server_protocol $status $http_if_none_match";
    access_log {folder}/access.log protocol;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    gzip on; gzip_min_length 1; gzip_types *;
    server {{
        listen 127.0.0.1:{port} ssl http2; root {folder};
        ssl_certificate {pem}; ssl_certificate_key {pem};
    }}
}}
"""


@pytest.mark.skipif(not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="no nginx here")
def test_a_real_server_is_spoken_to_in_http_2(ask, authority, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = NGINX.format(folder=tmp_path, port=port, pem=authority.certificate("127.0.0.1"))
    (tmp_path / "nginx.conf").write_text(config)
    (tmp_path / "feed.xml").write_bytes(rss(*(f"story {number}" for number in range(100))))
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    with subprocess.Popen([program, "-p", tmp_path, "-c", tmp_path / "nginx.conf"],
                          stderr=subprocess.DEVNULL, env=clean_environment()) as nginx:
        try:
            url = f"https://127.0.0.1:{port}/feed.xml"
            wait_for(lambda: ask(url, env=authority.env)[0]["outcome"] == "ok")
            (first,) = ask(url, env=authority.env)
            assert first["stories"] == 100
            etag = bytes.fromhex(first["etag"]).decode()
            (second,) = ask("--etag", etag, url, env=authority.env)
            assert second["outcome"] == "unchanged"
        finally:
            nginx.terminate()
            nginx.wait(timeout=15)
    log = (tmp_path / "access.log").read_text().splitlines()
    assert all(line.startswith("HTTP/2.0 ") for line in log)
    assert etag.replace('"', "\\x22") in log[-1]
