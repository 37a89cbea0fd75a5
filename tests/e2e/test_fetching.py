# SPDX-License-Identifier: MIT
"""The reader on the network: what it makes of answers, and where it stops.

The number in a test's name is a row of the checklist for polite fetching.
"""

import email.utils
import gzip
import os

import pytest

from feed_server import Answer, FeedServer, rss

MIB = 1 << 20


def hex_of(text):
    return text.encode("latin-1").hex()


# --- validators -------------------------------------------------------------------------------


@pytest.mark.parametrize("etag", ['"a b,c"', 'W/"x"', '"x--gzip"', "unquoted", '"\xe9\xff"', '""'])
@pytest.mark.parametrize("modified", ["Sat, 01 Jan 2000 00:00:00 GMT", "yesterday, or so", ""])
def test_row_02_validators_go_back_byte_for_byte(ask, feed_server, etag, modified):
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


def test_row_03_nothing_is_invented_where_no_validator_was_given(ask, feed_server):
    url = feed_server.script("/feed", rss("x"))
    (reading,) = ask(url)
    assert (reading["etag"], reading["last_modified"]) == ("", "")
    (reading,) = ask("--last-modified", "Sat, 01 Jan 2000 00:00:00 GMT", url)
    assert feed_server.requests()[1].header("If-None-Match") is None
    assert (reading["etag"], reading["last_modified"]) == ("", "")  # row 7: 200 without drops it


def test_row_05_a_304_renews_what_it_names_and_keeps_the_rest(ask, feed_server):
    url = feed_server.script("/feed", Answer(status=304, headers={"ETag": '"new"'}))
    (reading,) = ask("--etag", '"old"', "--last-modified", "then", url)
    assert (reading["etag"], reading["last_modified"]) == (hex_of('"new"'), hex_of("then"))


def test_a_304_nobody_asked_for_is_an_error(ask, feed_server):
    (reading,) = ask(feed_server.script("/feed", Answer(status=304, headers={"ETag": '"x"'})))
    assert (reading["outcome"], reading["etag"]) == ("http-error", "")


def test_row_11_a_304_with_a_body_does_not_hang(ask, feed_server):
    def with_body():
        yield b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\nstray"
        feed_server.stopped.wait(100)  # who waits for the rest gives up

    url = feed_server.script("/feed", Answer(raw=with_body()))
    assert ask("--etag", '"x"', url)[0]["outcome"] == "unchanged"


# --- bodies -----------------------------------------------------------------------------------


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
def test_row_28_bodies_are_decoded(ask, feed_server, make):
    body = rss("packed", "twice")
    (reading,) = ask(feed_server.script("/feed", make(body)))
    assert (reading["outcome"], reading["first"], reading["stories"]) == ("ok", "packed", 2)
    assert reading["body_bytes"] == len(body)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, br", "nonsense"])
def test_row_28_a_coding_that_was_not_asked_for_is_refused(ask, feed_server, coding):
    url = feed_server.script("/feed", Answer(rss("x"), headers={"Content-Encoding": coding}))
    (reading,) = ask(url)
    assert reading["outcome"] == "http-error" and "gzip" in reading["detail"]


def test_row_28_a_wrong_label_is_not_read(ask, feed_server):
    url = feed_server.script("/feed", Answer(rss("x"), headers={"Content-Encoding": "gzip"}))
    (reading,) = ask(url)
    assert (reading["outcome"], reading["stories"]) == ("not-a-feed", 0)


# --- when to ask again ------------------------------------------------------------------------


def dated(seconds):
    """A date as HTTP has it, so many seconds after what the server takes for now, the first of 2001."""
    return email.utils.formatdate(978307200 + seconds, usegmt=True)


def hints(ask, feed_server, status=200, **headers):
    """What the reader makes of an answer with these headers, _ for - in their names."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    body = rss("x") if status == 200 else b"no"
    conditional = ["--etag", '"a"'] if status == 304 else []
    url = feed_server.script("/feed", Answer(body, status=status, headers={"Date": dated(0), **headers}))
    (reading,) = ask(*conditional, url)
    assert (reading["status"], reading["server_date"]) == (status, 978307200)
    return reading


def test_row_12_retry_after_in_seconds_is_told(ask, feed_server):
    for status in (429, 503):
        assert hints(ask, feed_server, status, Retry_After="120")["retry_after"] == 120
    assert hints(ask, feed_server, 200, Retry_After="120")["retry_after"] == 0


def test_row_13_retry_after_as_a_date_counts_from_the_servers_own_date(ask, feed_server):
    assert hints(ask, feed_server, 429, Retry_After=dated(120))["retry_after"] == 120
    assert hints(ask, feed_server, 503, Retry_After=dated(-120))["retry_after"] == 0


@pytest.mark.parametrize("value, seconds", [
    ("99999999", 99999999), ("9" * 40, 2**31 - 1), ("-1", 0), ("soon", 0), ("", 0), ("12 minutes", 0),
    (dated(0)[:-8], 0), ("1.5", 0),
])
def test_row_15_an_absurd_retry_after_is_a_number_or_none(ask, feed_server, value, seconds):
    assert hints(ask, feed_server, 503, Retry_After=value)["retry_after"] == seconds


def test_row_18_max_age_and_expires_are_told(ask, feed_server):
    assert hints(ask, feed_server, Cache_Control=["public", "max-age=600"])["max_age"] == 600
    assert hints(ask, feed_server, Expires=dated(600))["max_age"] == 600
    assert hints(ask, feed_server, Expires=dated(600), Cache_Control="max-age=60")["max_age"] == 60
    assert hints(ask, feed_server)["max_age"] == 0


@pytest.mark.parametrize("status", [200, 304])
def test_row_19_the_age_is_taken_off_and_a_304_counts_too(ask, feed_server, status):
    reading = hints(ask, feed_server, status, Cache_Control="max-age=900", Age="300")
    assert reading["max_age"] == 600
    assert hints(ask, feed_server, status, Expires=dated(900), Age="300")["max_age"] == 600


@pytest.mark.parametrize("value", ["no-cache", "no-store", "max-age=0", "max-age=600, no-cache",
                                   "max-age=soon", "max-age=-600"])
def test_row_20_what_must_not_be_cached_is_fresh_for_no_time(ask, feed_server, value):
    reading = hints(ask, feed_server, Cache_Control=value, Expires=dated(600))
    assert reading["max_age"] == 0


def test_row_21_hints_of_the_document_are_told_those_of_rows_22_and_23_too(ask, feed_server):
    head = (b"<ttl>60</ttl><skipHours><hour>0</hour><hour>23</hour></skipHours><skipDays>"
            b"<day>Sunday</day></skipDays><sy:updatePeriod>hourly</sy:updatePeriod>"
            b"<sy:updateFrequency>2</sy:updateFrequency>")
    body = rss("x").replace(b"<title>A feed</title>", b"<title>A feed</title>" + head)
    (reading,) = ask(feed_server.script("/feed", body))
    assert (reading["ttl"], reading["update"]) == (3600, 1800)
    assert (reading["skip_hours"], reading["skip_days"]) == (1 << 23 | 1, 1)


# --- what is believed -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 503, 206, 300, 599])
def test_row_34_an_error_page_is_never_read_as_a_feed(ask, feed_server, status):
    (reading,) = ask(feed_server.script("/feed", Answer(rss("x"), status=status)))
    assert (reading["outcome"], reading["status"]) == ("http-error", status)
    assert str(status) in reading["detail"] and reading["stories"] == 0


def test_row_08_html_and_an_empty_body_leave_no_validator(ask, feed_server):
    html = b"<!DOCTYPE html><html><head><title>Not found</title></head><body>x</body></html>"
    page = feed_server.script("/page", Answer(html, headers={"ETag": '"p"'}))
    empty = feed_server.script("/empty", Answer(b"", headers={"ETag": '"e"'}))
    nothing = feed_server.script("/nothing", Answer(status=204))
    for url, outcome in ((page, "not-a-feed"), (empty, "empty"), (nothing, "empty")):
        (reading,) = ask(url)
        assert (reading["outcome"], reading["etag"]) == (outcome, "")  # row 8: nothing to keep


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_row_08_a_body_cut_short_is_read_as_far_as_it_came_and_not_remembered(
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


def test_row_08_a_body_cut_before_its_first_story_is_the_networks_fault(ask, feed_server):
    answer = Answer(rss("x")[:60], headers={"ETag": '"x"', "Content-Length": "1000"}, cut=60)
    (reading,) = ask(feed_server.script("/feed", answer))
    assert (reading["outcome"], reading["etag"]) == ("unreachable", "")


# --- where it stops ---------------------------------------------------------------------------


def test_row_29_a_feed_of_10_mb_is_read_within_the_caps(ask, feed_server):
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
def test_row_29_over_a_cap_is_too_big_and_says_so(ask, feed_server, answer):
    (reading,) = ask(feed_server.script("/feed", answer()))
    assert (reading["outcome"], reading["stories"], reading["etag"]) == ("too-big", 0, "")
    assert "more than" in reading["detail"]


def test_row_29_the_error_page_without_end_is_left(ask, feed_server):
    size = 0

    def page():
        nonlocal size
        for piece in endless(b"sorry" * 1000):
            size += len(piece)
            yield piece

    url = feed_server.script("/feed", Answer(page(), status=500))
    assert ask(url)[0]["outcome"] == "http-error"
    assert size < 16 * MIB  # the cap on what is read


# --- redirects --------------------------------------------------------------------------------


def redirect(url, status=302):
    return Answer(status=status, headers={"Location": url})


def test_row_30_redirects_are_followed_up_to_the_cap(ask, feed_server):
    feed_server.script("/feed", Answer(rss("there"), headers={"ETag": '"end"'}))
    for hop in range(1, 7):
        target = f"/{hop - 1}" if hop > 1 else "/feed"
        feed_server.script(f"/{hop}", Answer(status=302, headers={"Location": target, "ETag": '"hop"'}))
    (reading,) = ask("--etag", '"old"', feed_server.url("/5"))
    assert (reading["outcome"], reading["first"]) == ("ok", "there")
    assert reading["etag"] == hex_of('"end"') and reading["moved_to"] == ""
    (reading,) = ask(feed_server.url("/6"))
    assert reading["outcome"] == "redirect-refused" and "5 times" in reading["detail"]


def test_row_30_a_circle_is_left_at_once(ask, feed_server):
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
def test_row_31_only_what_is_permanent_from_the_start_is_a_new_address(ask, feed_server, statuses, place):
    for hop, status in enumerate(statuses, 1):
        feed_server.script(f"/{hop}", redirect(f"/{hop + 1}", status))
    feed_server.script(f"/{len(statuses) + 1}", rss("there"))
    (reading,) = ask(feed_server.url("/1"))
    assert reading["first"] == "there"
    assert reading["moved_to"] == (feed_server.url(place) if place else "")


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1/feed", "file:///etc/passwd", "gopher://127.0.0.1/", "http://[", ""]
)
def test_row_30_a_redirect_to_another_scheme_is_refused(ask, feed_server, target):
    (reading,) = ask(feed_server.script("/feed", redirect(target)))
    assert reading["outcome"] in ("redirect-refused", "http-error")
    assert reading["stories"] == 0 and reading["status"] == 302


def test_row_30_https_is_never_left_for_http(ask, tls_server, feed_server, authority):
    plain = feed_server.script("/feed", rss("plain"))
    (reading,) = ask(tls_server.script("/feed", redirect(plain)), env=authority.env)
    assert reading["outcome"] == "redirect-refused" and "https to http" in reading["detail"]
    assert feed_server.requests() == []
    secure = tls_server.script("/secure", rss("secure"))
    (reading,) = ask(feed_server.script("/up", redirect(secure)), env=authority.env)
    assert reading["first"] == "secure"


def test_row_30_a_password_goes_to_its_own_host_only(ask, feed_server):
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


def test_a_password_goes_with_its_own_feed_only(ask, feed_server):
    # More than are fetched at once: the later ones are fetched with what the earlier ones have left.
    urls = [feed_server.script(f"/{number}", rss("x")) for number in range(24)]
    known = [url.replace("//", "//me:secret@") for url in urls[:12]]
    assert len(ask(*known, *urls[12:])) == 24
    told = {request.path: request.header("Authorization") for request in feed_server.requests()}
    assert all(told[f"/{number}"] for number in range(12))
    assert not any(told[f"/{number}"] for number in range(12, 24))
