# SPDX-License-Identifier: MIT
"""The rows of the checklist for polite fetching that show in what the daemon asks, and asks again.

One daemon polls a feed for each case several times; each test then looks at the requests its feed
got, which the server wrote down. The number in a test's name is the row's.
"""

import dataclasses
import sqlite3

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import Answer, FeedServer, rss
from sim_clock import SimClock

POLLS = 4
LONG_AGO = "Sat, 01 Jan 2000 00:00:00 GMT"
ETAGS = ['"a b,c"', 'W/"x"', '"x--gzip"', "unquoted", '"\xe9\xff"', '""']
BROKEN_OFF = {"ETag": '"b"', "Content-Length": "9999"}

UNCHANGED = Answer(status=304)
DELTA = Answer(rss("new at desk"), status=226, headers={"ETag": '"2"', "IM": "feed"})
STRAY = b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 5000\r\n\r\nstray"
LINKED = (b"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>"
          b"<link rel='next' href='/archive'/><link rel='prev-archive' href='/archive'/>"
          b"<link rel='self' href='/self'/><link rel='current' href='/self'/><link rel='hub' href='/hub'/>"
          b"<icon>/favicon.ico</icon><logo>/logo.png</logo>"
          b"<entry><id>1</id><title>One</title><link href='/page'/></entry></feed>")


def tagged(etag, *titles, **headers):
    """A feed with an ETag."""
    return Answer(rss(*titles or ["one"]), headers={"ETag": etag, **headers})


# The answers each feed gives, one a poll; the last is repeated.
SCRIPTS = {
    "/1": [tagged('"a"', **{"Last-Modified": LONG_AGO}), UNCHANGED],
    **{f"/2/{number}": [tagged(etag), UNCHANGED] for number, etag in enumerate(ETAGS)},
    "/2/modified": [Answer(rss("one"), headers={"Last-Modified": "yesterday, or so"}), UNCHANGED],
    "/3": [Answer(rss(f"story {number}")) for number in range(POLLS)],
    "/4/etag": [tagged('"a"'), UNCHANGED],
    "/4/modified": [Answer(rss("one"), headers={"Last-Modified": LONG_AGO}), UNCHANGED],
    "/5": [tagged('"a"', **{"Last-Modified": LONG_AGO}),
           Answer(status=304, headers={"ETag": '"b"'}), UNCHANGED],
    "/6": [tagged('"a"'), tagged('"b"'), UNCHANGED],
    "/7": [tagged('"a"'), Answer(rss("two", "one")), Answer(rss("two", "one"))],
    "/8/cut": [tagged('"a"'), Answer(rss("two", "one")[:150], headers=BROKEN_OFF, cut=150), UNCHANGED],
    "/8/first": [Answer(rss("two", "one")[:150], headers=BROKEN_OFF, cut=150), tagged('"c"')],
    "/8/page": [Answer(b"<html><title>Log in</title></html>", headers={"ETag": '"p"'})],
    "/8/big": [Answer(rss("big") + b" " * (16 << 20), headers={"ETag": '"p"'}, gzip=True)],
    "/11": [tagged('"a"'), Answer(raw=STRAY)],
    "/20": [tagged('"a"', **{"Cache-Control": "no-cache, no-store, max-age=0"}), UNCHANGED],
    "/32/302": [Answer(status=302, headers={"Location": "/32/there"})],
    "/32/307": [Answer(status=307, headers={"Location": "/32/there"})],
    "/32/there": [tagged('"a"'), UNCHANGED],
    "/35": [rss("one")],
    "/36/a/../b%20c?d=e%20f&g": [Answer(rss("one"), headers={"Set-Cookie": "a=b; Path=/"})],
    "/39": [tagged('"1"', "old", "older"), DELTA, tagged('"3"', "new at desk", "old", "older"), UNCHANGED],
    "/40": [LINKED],
}
DIRECT = [path for path in SCRIPTS if path != "/32/there"]


@dataclasses.dataclass
class Log:
    """What the daemon asked, feed by feed, and what it rang for."""

    requests: list
    rung: list

    def of(self, path):
        """The requests a feed got, the first POLLS of them."""
        found = [request for request in self.requests if request.path == path]
        assert len(found) >= POLLS
        return found[:POLLS]

    def sent(self, path, name):
        """A header of each of them, None where it was not sent."""
        return [request.header(name) for request in self.of(path)]


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """One daemon, all feeds of SCRIPTS, POLLS polls."""
    place = tmp_path_factory.mktemp("politeness")
    with FeedServer() as server:
        for path, answers in SCRIPTS.items():
            server.script(path, *answers)
        # Each on a host of its own (any name below localhost is this machine), so that none waits for
        # the gap between two requests to one host.
        lines = [server.url(path, host=f"feed{number}.localhost") for number, path in enumerate(DIRECT)]
        lines[DIRECT.index("/35")] += ' agent="Mine/1.0 (me@example.org)"'
        keywords = place / "keywords"
        keywords.write_text("[feeds]\n" + "\n".join(lines) + "\n[urgent]\ndesk\nold\nolder\n")
        clock = SimClock(place / "clock")
        with Bell(BUILD / "bin/wirebell", place, keywords, clock=clock) as running:
            running.wait_for("watching")
            for _ in range(POLLS):
                running.poll()
                clock.advance(3)
            assert running.count("new at desk") > 0
        requests = server.requests()
    with sqlite3.connect(place / "state" / "wirebell.db") as database:
        rung = [title for (title,) in database.execute("SELECT title FROM alerts")]
    return Log(requests, rung)


# --- validators -------------------------------------------------------------------------------


def test_row_01_the_first_request_is_unconditional_and_all_later_ones_are_not(log):
    assert log.sent("/1", "If-None-Match") == [None] + ['"a"'] * (POLLS - 1)
    assert log.sent("/1", "If-Modified-Since") == [None] + [LONG_AGO] * (POLLS - 1)


@pytest.mark.parametrize("number", range(len(ETAGS)))
def test_row_02_an_entity_tag_goes_back_byte_for_byte(log, number):
    assert log.sent(f"/2/{number}", "If-None-Match")[1:] == [ETAGS[number]] * (POLLS - 1)


def test_row_02_a_date_goes_back_as_the_server_wrote_it(log):
    assert log.sent("/2/modified", "If-Modified-Since")[1:] == ["yesterday, or so"] * (POLLS - 1)


def test_row_03_nothing_is_invented_where_the_server_gave_nothing(log):
    assert log.sent("/3", "If-None-Match") == [None] * POLLS
    assert log.sent("/3", "If-Modified-Since") == [None] * POLLS


@pytest.mark.parametrize("path, sent, not_sent", [
    ("/4/etag", "If-None-Match", "If-Modified-Since"),
    ("/4/modified", "If-Modified-Since", "If-None-Match"),
])
def test_row_04_only_the_validator_that_was_offered_is_sent(log, path, sent, not_sent):
    assert None not in log.sent(path, sent)[1:]
    assert log.sent(path, not_sent) == [None] * POLLS


def test_row_05_a_new_validator_on_a_304_takes_the_old_ones_place(log):
    assert log.sent("/5", "If-None-Match") == [None, '"a"', '"b"', '"b"']
    assert log.sent("/5", "If-Modified-Since") == [None] + [LONG_AGO] * 3  # what it does not name stays


def test_row_06_a_new_validator_on_the_same_body_takes_the_old_ones_place(log):
    assert log.sent("/6", "If-None-Match") == [None, '"a"', '"b"', '"b"']


def test_row_07_a_validator_is_dropped_when_a_200_comes_without(log):
    assert log.sent("/7", "If-None-Match") == [None, '"a"', None, None]


@pytest.mark.parametrize("path, sent", [
    ("/8/cut", [None, '"a"', '"a"', '"a"']),
    ("/8/first", [None, None, '"c"', '"c"']),
    ("/8/page", [None] * POLLS),
    ("/8/big", [None] * POLLS),
])
def test_row_08_a_body_that_failed_leaves_the_last_good_validator(log, path, sent):
    assert log.sent(path, "If-None-Match") == sent


def test_row_11_a_304_with_a_body_and_a_wrong_length_holds_nothing_up(log):
    assert log.sent("/11", "If-None-Match")[1:] == ['"a"'] * (POLLS - 1)


def test_row_20_what_must_not_be_cached_is_still_asked_for_conditionally(log):
    assert log.sent("/20", "If-None-Match")[1:] == ['"a"'] * (POLLS - 1)


# --- what else is asked for, and how ----------------------------------------------------------


@pytest.mark.parametrize("path", ["/32/302", "/32/307"])
def test_row_32_a_temporary_redirect_is_never_remembered(log, path):
    assert len(log.of(path)) == POLLS  # the address in the file, each time
    assert len(log.of("/32/there")) == POLLS


def test_row_35_the_user_agent_is_one_value_that_says_who_asks(log):
    agents = {request.header("User-Agent") for request in log.requests if request.path != "/35"}
    (agent,) = agents
    assert agent.startswith("wirebell/") and "+https://" in agent and "Mozilla" not in agent


def test_row_35_a_feeds_own_user_agent_is_sent_instead(log):
    assert set(log.sent("/35", "User-Agent")) == {"Mine/1.0 (me@example.org)"}


def test_row_36_no_cookie_no_referer_and_the_address_as_it_was_written(log):
    assert len(log.of("/36/a/../b%20c?d=e%20f&g")) == POLLS
    sent = {name.lower() for request in log.requests for name, _ in request.headers}
    assert sent == {"accept", "accept-encoding", "host", "user-agent", "a-im", "if-none-match",
                    "if-modified-since"}


def test_row_37_nothing_is_asked_for_but_the_feeds_and_by_get(log):
    assert {request.method for request in log.requests} == {"GET"}
    assert {request.path for request in log.requests} == set(SCRIPTS)


def test_row_38_accept_lists_the_types_of_feeds(log):
    (accept,) = {request.header("Accept") for request in log.requests}
    assert "application/rss+xml" in accept and "application/atom+xml" in accept and ";q=" in accept


def test_row_39_new_entries_alone_are_asked_for_and_nothing_is_made_of_those_left_out(log):
    assert log.sent("/39", "A-IM") == [None, "feed", "feed", "feed"]
    assert log.sent("/39", "If-None-Match") == [None, '"1"', '"2"', '"3"']
    assert log.rung == ["new at desk"]  # neither when the old ones are missing nor when they are back


def test_row_40_no_link_of_a_feed_is_followed(log):
    paths = {request.path for request in log.requests}
    assert len(log.of("/40")) == POLLS
    assert not paths & {"/archive", "/self", "/hub", "/page", "/favicon.ico", "/logo.png"}
