# SPDX-License-Identifier: MIT
"""What ails the bell is said when it begins and when it is mended, and keeps nothing from ringing."""

import email.utils
import re
import time

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import Answer, rss
from sim_clock import SimClock
from test_reload import keywords, running  # noqa: F401 (fixtures)


def save(running, path, text):
    """Saves a file; when this returns it was read."""
    path.write_text(text)
    running.clock.advance(1)


def test_a_refused_edit_is_told_with_its_place_until_a_good_one_comes(running, keywords):
    assert running.count("health:") == 0
    save(running, keywords, "[bulletin]\nword1\n[flsh]\nword2\n")
    running.wait_for(f"health: an edit was refused, {re.escape(str(keywords))}:3: .*wirebell check")
    save(running, keywords, "[bulletin]\nword1\n[flash]\nword2\n")
    running.wait_for("health: configuration is mended, all is well")


def test_a_file_that_is_not_there_at_the_start_is_told_as_nothing_watched(tmp_path):
    with Bell(BUILD / "bin/wirebell", tmp_path, tmp_path / "nothing") as running:
        running.wait_for(rf"health: nothing is watched, {re.escape(str(tmp_path))}/nothing: cannot be read")


def test_the_same_mistake_saved_twice_is_told_once(running, keywords):
    for words in "word3\n", "word3\nword4\n":
        save(running, keywords, "[flsh]\n" + words)
    assert running.count("not taken") == 2
    assert running.count("health: an edit was refused") == 1


def test_self_tests_that_fail_are_told_and_mended(running, keywords):
    save(running, keywords, "[bulletin]\nword1\n? nothing of the kind\n")
    running.wait_for("health: 1 of the keywords' self-tests do not hold")
    save(running, keywords, "[bulletin]\nword1\n? here is word1\n")
    running.wait_for("health: selftest is mended, all is well")


def test_lines_left_out_at_the_first_start_are_told(tmp_path, keywords):
    keywords.write_text("[bulletin]\nword1\n+word2\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as running:
        running.wait_for(f"health: lines were left out, {re.escape(str(keywords))}:3: ")
        running.wait_for("feeds: 0, rules: 1")


def test_an_output_that_is_missing_is_told_by_name(tmp_path, keywords):
    board = tmp_path / "half.board"
    board.write_text("driver = sim\nlamp red { fault = busy }\nlamp green { }\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, "--board", str(board)) as running:
        running.wait_for("health: red: ")


def test_a_feed_that_is_gone_is_told_and_mended_by_its_return(tmp_path, keywords, feed_server):
    url = feed_server.script("/feed", Answer(status=410))
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\nword1\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as running:
        running.wait_for(rf"health: feeds not heard for a day or gone: 1 \({re.escape(url)}: .*gone")
        feed_server.script("/feed", rss("Fair weather"))
        running.poll()
        running.wait_for("health: feed is mended")


def test_a_server_that_lives_in_our_future_says_that_the_clock_is_not_set(
        tmp_path, keywords, feed_server):
    ahead = email.utils.formatdate(time.time() + 86400, usegmt=True)
    url = feed_server.script("/feed", Answer(raw=(
        b"HTTP/1.1 200 OK\r\nDate: " + ahead.encode() + b"\r\nContent-Length: " +
        str(len(rss("Fair weather"))).encode() + b"\r\n\r\n" + rss("Fair weather"))))
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\nword1\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as running:
        running.wait_for("health: the clock is not set; see that time is set")
        feed_server.script("/feed", rss("Fair weather"))
        running.poll()
        running.wait_for("health: clock is mended")


@pytest.fixture
def configured(tmp_path, keywords):
    """The daemon with a wirebell.conf, and that file."""
    config = tmp_path / "wirebell.conf"
    config.write_text("fresh = 1d\n")
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords, "--config", str(config),
                clock=SimClock(tmp_path / "clock"))
    return bell, config


def test_a_wrong_edit_of_the_device_is_refused_with_its_place_and_mended(configured):
    bell, config = configured
    with bell as running:
        running.wait_for("watching")
        save(running, config, "fresh = 1d\nquiet_hours = \"25:00-7:00\"\n")
        running.wait_for(f"health: .*{re.escape(str(config))}:2: ")
        running.wait_for("not taken, what there was stays in force")
        save(running, config, "fresh = 1d\nquiet_hours = \"23:00-7:00\"\n")
        running.wait_for("health: configuration is mended, all is well")


def test_an_edit_of_a_level_is_in_force_when_it_is_saved(configured, keywords, feed_server):
    bell, config = configured
    url = feed_server.script("/feed", rss("Fair weather"))
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\nword1\n")
    with bell as running:
        running.wait_for("watching")
        running.clock.advance(2)
        running.wait_for("there already")
        save(running, config, "bulletin { strokes = 2 }\n")
        assert running.count("rules: 1$") == 2
        feed_server.script("/feed", rss("Fair weather", "Here is word1"))
        running.poll()
        running.ring_out(2)
        assert running.count("restart wirebell") == 0


def test_another_board_is_said_to_need_a_restart(configured):
    bell, config = configured
    with bell as running:
        running.wait_for("watching")
        save(running, config, "lamp blue { colour = green }\n")
        running.wait_for("the board or its lines changed: restart wirebell")
