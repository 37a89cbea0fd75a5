# SPDX-License-Identifier: MIT
"""What was read before is not read again: the reader by itself, and the daemon's state across deaths."""

import contextlib
import re
import sqlite3

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import Answer, rss
from sim_clock import SimClock

BULLETIN = "Experts study the cyber attack on the port"
KEYWORDS = "[feeds]\n{url}\n[bulletin]\ncyber attack*\n"
OLD = ("Harvest festival", "Ferry timetable")
HASH_DIGITS = 16


def known(reading):
    """A reading's hashes as options of the next question."""
    items = ["--items", ",".join(reading["items"])] if reading["items"] else []
    return ["--body-hash", reading["body_hash"], *items]


# --- the reader -------------------------------------------------------------------------------


def test_the_same_document_again_is_not_read(ask, feed_server):
    url = feed_server.script("/feed", Answer(rss(*OLD), headers={"ETag": '"one"'}),
                             Answer(rss(*OLD), headers={"ETag": '"two"'}), rss(*OLD))
    (first,) = ask(url)
    assert (first["outcome"], first["stories"], len(first["items"])) == ("ok", 2, 2)
    (second,) = ask(*known(first), url)
    assert (second["outcome"], second["status"], second["stories"]) == ("unchanged", 200, 0)
    assert bytes.fromhex(second["etag"]) == b'"two"'  # row 6: the new validator takes the old one's place
    (third,) = ask(*known(first), url)
    assert (third["outcome"], third["etag"]) == ("unchanged", "")  # row 7: none is none


def test_of_a_document_that_changed_only_new_items_are_read(ask, feed_server):
    url = feed_server.script("/feed", rss(*OLD), rss(*OLD, "News", lastBuildDate="now"),
                             rss(*OLD, "News", lastBuildDate="later"))
    (first,) = ask(url)
    (second,) = ask(*known(first), url)
    assert (second["outcome"], second["stories"], second["first"]) == ("ok", 1, "News")
    assert second["body_hash"] != first["body_hash"] and len(second["items"]) == 3
    assert set(first["items"]) < set(second["items"])
    (third,) = ask(*known(second), url)
    assert (third["outcome"], third["stories"], third["items"]) == ("ok", 0, second["items"])


def test_an_item_is_read_again_when_one_byte_of_it_changed(ask, feed_server):
    url = feed_server.script("/feed", rss("One", "Two", "Three"), rss("One", "Twp", "Three"))
    (first,) = ask(url)
    (second,) = ask(*known(first), url)
    assert (second["stories"], second["first"], len(second["items"])) == (1, "Twp", 3)


def test_a_document_cut_short_is_no_document_that_was_read(ask, feed_server):
    body = rss(*OLD)
    url = feed_server.script("/feed", Answer(body, cut=len(body) - 20), body)
    (first,) = ask(url)
    assert (first["outcome"], int(first["body_hash"], 16)) == ("partial", 0)
    (second,) = ask(*known(first), url)
    assert second["outcome"] == "ok" and int(second["body_hash"], 16) != 0


@pytest.mark.parametrize("body", [
    b'{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{"id":"1","title":"One"}]}',
    rss("\u0421\u0442\u0440\u0438\u0436").decode().replace("UTF-8", "windows-1251").encode("cp1251"),
], ids=["json", "windows-1251"])
def test_a_document_of_any_kind_is_known_as_a_whole(ask, feed_server, body):
    other = Answer(body, headers={"Content-Type": "text/xml; charset=koi8-r"})
    url = feed_server.script("/feed", body, body, other)
    (first,) = ask(url)
    assert (first["outcome"], first["stories"]) == ("ok", 1)
    (second,) = ask("--body-hash", first["body_hash"], url)
    assert (second["outcome"], second["stories"]) == ("unchanged", 0)
    (third,) = ask("--body-hash", first["body_hash"], url)
    assert third["outcome"] == "ok"  # in another charset the same bytes are another document


# --- the daemon -------------------------------------------------------------------------------


@pytest.fixture
def bell(tmp_path, feed_server):
    """Starts the daemon on the server's /feed; each time on the same state folder."""
    keywords = tmp_path / "keywords"
    keywords.write_text(KEYWORDS.format(url=feed_server.url("/feed")))
    clock = SimClock(tmp_path / "clock")

    @contextlib.contextmanager
    def start():
        with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as running:
            running.wait_for("watching")
            clock.advance(2)  # a feed that was never asked is
            yield running

    return start


def state_of(tmp_path):
    """What is known of the feed, as the disk has it, and the titles that rang."""
    with sqlite3.connect(tmp_path / "state" / "wirebell.db") as db:
        (known_now,) = db.execute("SELECT hex(items), body_hash FROM feeds").fetchall()
        return known_now, [title for (title,) in db.execute("SELECT title FROM alerts ORDER BY id")]


def poll(running, server):
    """One poll, to its end."""
    before = len(server.requests("/feed"))
    running.poll()
    running.clock.advance(2)
    assert len(server.requests("/feed")) == before + 1


def test_without_validators_an_unchanged_feed_costs_no_write(bell, feed_server, tmp_path):
    feed_server.script("/feed", rss(*OLD))
    with bell() as running:
        running.wait_for("2 there already")
        poll(running, feed_server)
        files = [tmp_path / "state" / name for name in ("wirebell.db", "wirebell.db-wal")]
        before = [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        assert state_of(tmp_path)[0][1] != 0
        for turn in range(3):
            poll(running, feed_server)
            feed_server.script("/feed", rss(*OLD, lastBuildDate=turn))  # nothing new, not the same
            poll(running, feed_server)
        assert before == [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_is_known_outlives_the_daemon_and_hides_nothing_new(bell, feed_server, tmp_path, end):
    feed_server.script("/feed", rss(*OLD))
    with bell() as running:
        running.wait_for("2 there already")
        getattr(running, end)()
    remembered, rang = state_of(tmp_path)
    assert len(remembered[0]) == 2 * HASH_DIGITS and remembered[1] != 0 and rang == []

    feed_server.script("/feed", rss(*OLD, BULLETIN))
    with bell() as running:
        poll(running, feed_server)
        running.wait_for(f"bulletin: {BULLETIN}")
        getattr(running, end)()
    after, rang = state_of(tmp_path)
    assert len(after[0]) == 3 * HASH_DIGITS and after != remembered and rang == [BULLETIN]

    # Edited, it is the same story: read again, and silent; its neighbour is new.
    edited = rss(*OLD, BULLETIN).replace(b"</item></channel>", b"<author>a@b.org</author></item></channel>")
    feed_server.script("/feed", edited, edited.replace(b"Harvest festival", b"A second cyber attack"))
    with bell() as running:
        poll(running, feed_server)
        assert running.count("^.{8} bulletin: ") == 0
        poll(running, feed_server)
        running.wait_for("bulletin: A second cyber attack")
    assert state_of(tmp_path)[1] == [BULLETIN, "A second cyber attack"]


def test_a_state_whose_hashes_are_damaged_costs_a_full_read_and_nothing_else(bell, feed_server, tmp_path):
    feed_server.script("/feed", rss(*OLD))
    with bell() as running:
        running.wait_for("2 there already")
    with sqlite3.connect(tmp_path / "state" / "wirebell.db") as db:
        db.execute("UPDATE feeds SET items = x'ffff', body_hash = 1")
    feed_server.script("/feed", rss(BULLETIN, *OLD))
    with bell() as running:
        poll(running, feed_server)
        running.wait_for(f"bulletin: {re.escape(BULLETIN)}")
    assert state_of(tmp_path)[1] == [BULLETIN]


def test_a_rule_added_later_does_not_ring_for_what_is_known(bell, feed_server, tmp_path):
    feed_server.script("/feed", rss(*OLD))
    with bell() as running:
        running.wait_for("2 there already")
        keywords = tmp_path / "keywords"
        keywords.write_text(keywords.read_text() + "festival\n")
        running.clock.advance(1)
        running.wait_for("rules: 2")
        poll(running, feed_server)
        feed_server.script("/feed", rss(*OLD, "Another festival"))
        poll(running, feed_server)
        running.wait_for("bulletin: Another festival")
    assert state_of(tmp_path)[1] == ["Another festival"]
