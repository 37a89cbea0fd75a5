# SPDX-License-Identifier: MIT
"""The road: a story in a feed lights a lamp. The real programs, a real server, the sim board's trace.

Where strokes are counted, and where nothing is to happen for a while, by a clock in the test's hand.
"""

import contextlib
import os
import re
import socket
import sqlite3
import threading

from http.server import ThreadingHTTPServer

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import Answer, rss
from sim_clock import SimClock

import newsroom

LIMIT_BODY_MAX = 16 << 20
URGENT, BULLETIN = newsroom.NEW  # the crisis response system; the cyber attack


@pytest.fixture
def server():
    """A feed on loopback whose stories are server.stories."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), newsroom.Newsroom)
    server.stories = list(newsroom.OLD)
    server.url = f"http://127.0.0.1:{server.server_port}/feed.xml"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def keywords(tmp_path, server):
    path = tmp_path / "keywords"
    path.write_text(newsroom.KEYWORDS.format(url=server.url))
    return path


@pytest.fixture
def bell(tmp_path, keywords):
    """Starts the daemon, as often as called; all on one state folder."""
    return lambda *arguments: Bell(BUILD / "bin/wirebell", tmp_path, keywords, *arguments)


@pytest.fixture
def clocked(tmp_path, keywords):
    """The same, on a clock of the test's, and past what is done at a start."""
    clock = SimClock(tmp_path / "clock")

    @contextlib.contextmanager
    def start():
        with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as running:
            running.wait_for("watching")
            clock.advance(2)
            yield running

    return start


def rung(tmp_path):
    """The alerts ever raised, as (level, title, state)."""
    with sqlite3.connect(tmp_path / "state" / "wirebell.db") as db:
        return db.execute("SELECT level, title, state FROM alerts ORDER BY id").fetchall()


def publish(server, running, story, pattern):
    server.stories.append(story)
    before = running.count(pattern)
    running.poll()
    if running.clock:
        running.clock.advance(2)
    running.wait_for(pattern, count=before + 1)


def test_old_stories_stay_silent_and_each_new_one_rings_once_at_its_level(clocked, server, tmp_path):
    with clocked() as running:
        running.wait_for("2 there already")
        assert running.transitions("red") == running.transitions("amber") == []

        publish(server, running, URGENT, r"urgent: EU plans crisis response system")
        running.ring_out(3)
        assert running.blinks("amber") and running.transitions("red") == []

        publish(server, running, BULLETIN, r"bulletin: EU and NATO offer Ukraine help")
        running.ring_out(3 + 5)
        assert running.blinks("red")
        assert not running.blinks("amber") and not running.is_lit("amber")

        running.poll()
        running.ring_out(8)
        assert [(level, state) for level, _, state in rung(tmp_path)] == [(1, 0), (2, 0)]


def test_both_at_once_ring_one_after_the_other(clocked, server):
    with clocked() as running:
        running.wait_for("there already")
        server.stories += [URGENT, BULLETIN]
        running.poll()
        running.ring_out(5 + 3)
        assert running.count(r"(urgent|bulletin): ") == 2


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_changes_nothing_but_that_unacknowledged_alerts_stay_lit(clocked, server, tmp_path, end):
    with clocked() as running:
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")
        running.ring_out(5)
        getattr(running, end)()
        if end == "stop":
            assert not running.is_lit("red") and not running.is_lit("buzzer")
    with clocked() as again:
        again.wait_for("still unacknowledged, bulletin: EU and NATO")
        assert again.blinks("red")
        again.poll()
        again.ring_out(0)
        assert again.count("^.{8} bulletin: ") == 0
    assert len(rung(tmp_path)) == 1


def test_killed_before_the_bell_began_it_rings_after_the_restart(clocked, server, tmp_path):
    with clocked() as running:
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")
        running.kill()
    with sqlite3.connect(tmp_path / "state" / "wirebell.db") as db:
        db.execute("UPDATE alerts SET rings = 0")  # as a kill between commit and first stroke leaves it
    with clocked() as again:
        again.wait_for("still unacknowledged")
        again.ring_out(5)


def test_the_button_acknowledges_for_good(clocked, server, tmp_path):
    with clocked() as running:
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")
        running.press_button()
        running.wait_for("acknowledged, 1 in all")
        assert not running.is_lit("red") and not running.is_lit("buzzer")
    with clocked() as again:
        again.clock.advance(60)
        assert again.transitions("red") == [] and again.count("still unacknowledged") == 0
    assert [state for _, _, state in rung(tmp_path)] == [1]


def test_an_edited_story_does_not_ring_again(clocked, server, tmp_path):
    with clocked() as running:
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")
        server.stories[-1] = (BULLETIN[0] + ", updated", BULLETIN[1])
        server.stories.append(("Nothing to see", "A story that no rule wants."))
        running.poll()
        running.clock.advance(2)
        assert len(rung(tmp_path)) == 1
        publish(server, running, URGENT, "urgent: ")  # which was looked at behind them
        assert len(rung(tmp_path)) == 2


def test_once_polls_shows_and_leaves(bell, server, tmp_path):
    with bell("--once") as first:
        assert first.wait() == 0
    server.stories.append(URGENT)
    with bell("--once") as second:
        assert second.wait() == 0
        assert second.count("urgent: EU plans crisis response system") == 1
    server.shutdown()
    server.socket.shutdown(socket.SHUT_RDWR)  # nobody listens, and nobody else gets the port
    with bell("--once") as third:
        assert third.wait() == 1
        assert third.count(re.escape(server.url)) >= 1


def test_an_unchanged_feed_costs_no_write(clocked, server, tmp_path):
    with clocked() as running:
        running.wait_for("there already")
        running.poll()
        running.clock.advance(2)
        files = [tmp_path / "state" / name for name in ("wirebell.db", "wirebell.db-wal")]
        before = [(file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.exists()]
        for _ in range(5):
            running.poll()
            running.clock.advance(2)
        assert before == [(f.stat().st_size, f.stat().st_mtime_ns) for f in files if f.exists()]


def test_a_restart_asks_no_feed_before_it_is_due(clocked, server, tmp_path):
    with clocked() as running:
        running.wait_for("there already")
    server.stories.append(URGENT)  # nothing listens to it: the feed is not due for minutes
    with clocked() as again:
        again.clock.advance(60)
        assert rung(tmp_path) == []
        again.poll()
        again.clock.advance(2)
        again.wait_for("urgent: ")


# --- saving the file ---------------------------------------------------------------------------


def test_saving_the_keywords_file_is_enough_however_it_is_saved(bell, server, keywords):
    with bell() as running:
        running.wait_for("rules: 2")
        text = keywords.read_text()
        keywords.write_text(text + "ferry\n")
        running.wait_for("rules: 3")
        beside = keywords.with_name(".keywords.swp")
        beside.write_text(text + "ferry\nboat\n")
        os.replace(beside, keywords)
        running.wait_for("rules: 4")
        running.reload()
        running.wait_for("rules: 4", count=2)


def test_a_wrong_edit_is_refused_with_its_place_and_the_last_good_rules_stay(bell, server, keywords):
    with bell() as running:
        running.wait_for("there already")
        keywords.write_text(keywords.read_text() + "\n[bulletn]\nboat\n")
        running.wait_for(r"keywords:\d+:\d+: error: ")
        running.wait_for("stay in force")
        publish(server, running, BULLETIN, "bulletin: ")


# --- bad input: a clear message, and the rest works ---------------------------------------------


def test_without_a_keywords_file_it_says_so_and_takes_the_file_when_it_comes(bell, server, keywords):
    text = keywords.read_text()
    keywords.unlink()
    with bell() as running:
        running.wait_for(f"{keywords}.*(No such file|not there)")
        keywords.write_text(text)
        running.wait_for("there already")


def test_at_a_first_start_the_good_lines_of_a_wrong_file_count(bell, server, keywords):
    keywords.write_text(keywords.read_text() + "\n[bulletn]\n")
    with bell() as running:
        running.wait_for(r"keywords:\d+:\d+: error: ")
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")


def test_a_dead_server_costs_only_its_own_feed(bell, server, keywords):
    dead = "http://127.0.0.1:9/feed.xml"  # discard: nobody listens
    # Behind the other, which is asked at once by itself: alone, the dead one would be an outage.
    keywords.write_text(keywords.read_text().replace("@desk\n", f"@desk\n{dead}\n"))
    with bell() as running:
        running.wait_for("there already")
        running.poll()
        running.wait_for(f"{re.escape(dead)}: .*refused")
        publish(server, running, BULLETIN, "bulletin: ")
        assert running.count(re.escape(dead)) == 1  # one line for a change of state, not one a failure


@pytest.mark.parametrize("answer, said", [
    (Answer(b"<!DOCTYPE html><html><body>Not found</body></html>"), "HTML"),
    (Answer(b""), "empty"),
    (Answer(b"gone fishing", status=500), "500"),
    (Answer(rss("Big", description="x" * 9 * 1024 * 1024)), None),
    (Answer(b" " * (LIMIT_BODY_MAX + 1)), "16 MB"),
], ids=["html", "empty", "error", "10-mb", "over-the-cap"])
def test_a_bad_answer_costs_only_its_own_feed(bell, server, feed_server, keywords, answer, said):
    feed_server.script("/bad", answer)
    bad = feed_server.url("/bad")
    keywords.write_text(keywords.read_text().replace("[feeds]\n", f"[feeds]\n{bad}\n"))
    with bell() as running:
        running.wait_for("watching")
        running.poll()
        running.wait_for(f"{re.escape(bad)}: .*{said or 'first look, 1 there already'}")
        running.wait_for(f"{re.escape(server.url)}: first look, 2 there already")
        publish(server, running, BULLETIN, "bulletin: ")


def test_a_state_folder_that_cannot_be_written_is_named_and_the_bell_rings(
        clocked, tmp_path, server):
    (tmp_path / "state").write_text("a file where a folder should be")
    with clocked() as running:
        running.wait_for(re.escape(str(tmp_path / "state")))
        running.wait_for("the state is kept in memory only")
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")
        running.ring_out(5)


def test_a_board_that_does_not_exist_is_named_and_feeds_are_read(bell, server, tmp_path):
    running = bell()
    running._command[running._command.index("sim")] = "nosuchboard"
    with running:
        running.wait_for("nosuchboard")
        running.wait_for("no board: feeds are read")
        running.wait_for("there already")
        publish(server, running, BULLETIN, "bulletin: ")
    assert len(rung(tmp_path)) == 1


def test_two_daemons_on_one_state_are_one_too_many(bell, server):
    with bell() as running:
        running.wait_for("watching")
        with bell() as second:
            assert second.wait() == 1
            assert second.count("another wirebell") == 1


def test_a_reader_that_is_killed_is_started_again(bell, server):
    with bell() as running:
        running.wait_for("there already")
        children = f"/proc/{running.pid}/task/{running.pid}/children"
        with open(children, encoding="ascii") as file:
            for child in file.read().split():
                os.kill(int(child), 9)
        publish(server, running, BULLETIN, "bulletin: ")
