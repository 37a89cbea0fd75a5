# SPDX-License-Identifier: MIT
"""The commands that ask and command the wirebell that runs."""

import re

import pytest
from bell import Bell
from conftest import wait_for
from message_bus import (PROGRAM, TITLE, bell, bus, keywords, needs_a_bus)

pytestmark = needs_a_bus


@pytest.mark.parametrize("command", ["status", "feeds", "history", "why", "ack", "poll",
                                     "reload"])
def test_a_command_says_that_nobody_runs(bus, wirebell, command):
    done = wirebell(command, env=bus.env)
    assert done.code == 1 and done.out == ""
    assert "no wirebell runs on this machine's system bus; start it with 'systemctl start" in done.err


def test_a_command_says_that_there_is_no_bus(wirebell):
    done = wirebell("status")
    assert done.code == 1 and "this machine's system bus cannot be reached" in done.err
    done = wirebell("status", "--user", env={"XDG_RUNTIME_DIR": "/run/nobody-is-here"})
    assert done.code == 1 and "your session has no message bus" in done.err


def test_user_puts_daemon_and_commands_on_the_bus_of_the_session(tmp_path, keywords, bus, wirebell):
    daemon = Bell(PROGRAM, tmp_path, keywords, "--user")
    daemon.env.update(bus.user_env)
    with daemon as running:
        running.wait_for("there already")
        wait_for(lambda: wirebell("status", "--user", env=bus.user_env).code == 0)
        assert wirebell("poll", "--user", env=bus.user_env).code == 0
        running.wait_for("bulletin: ")
        assert wirebell("ack", "--user", env=bus.user_env).out == "1 alert acknowledged\n"


def test_commands_for_people(bell, bus, wirebell, keywords, feed_server):
    def ask(*arguments):
        return wirebell(*arguments, env=bus.env)

    assert ask("status").out.startswith("quiet, nothing is unacknowledged\nfeeds: 1, failing: 0;")
    head, feed = ask("feeds").out.splitlines()
    assert re.match(r"state  good look  next look  feed +why then$", head)
    assert re.match(rf"fine   \d\d:\d\d:\d\d   \S+ +{feed_server.url('/feed')}  \w", feed)
    done = ask("history")
    assert (done.code, done.out) == (1, "nothing rang\n")
    assert ask("poll").out == "every feed is being asked\n"
    bell.wait_for("bulletin: ")
    lines = ask("status").out.splitlines()
    assert re.match(r"bulletin since \d\d:\d\d:\d\d \(\d+ s\), 1 unacknowledged$", lines[0])
    assert re.match(rf"1  \d\d:\d\d:\d\d  bulletin  {TITLE}$", lines[1])
    assert re.match(r"snoozed until .*: everything\n$", ask("snooze", "1h").out)
    assert "\nsnoozed until " in ask("status").out
    assert re.match(r"dark and silent until .*; bulletin since .*, 1 unacknowledged\n", ask("status").out)
    assert ask("snooze", "0").out == "not snoozed any more: everything\n"
    assert "no rule of the keywords file is written so: x" in ask("snooze", "1h", "x").err
    assert ask("ack", "1").out == "1 alert acknowledged\n"
    assert ask("ack").out == "nothing was unacknowledged\n"
    assert re.search(rf"^1 .* acknowledged after \d+ s  {TITLE}$", ask("history").out)
    why = ask("why", "1").out
    assert f"  [Cyber attack]{TITLE[12:]}\n" in why
    assert f"cyber attack*\n           {keywords}:4\n" in why
    assert ask("reload").out == "read again, and in force\n"
    keywords.write_text("(x)\n")
    done = ask("reload")
    assert done.code == 1 and f"{keywords}:1:1: error: " in done.err and "not taken" in done.out
    done = ask("status")
    assert done.code == 1 and "health: an edit was refused" in done.out


def test_commands_for_scripts(bell, bus, wirebell):
    bus.call("Poll", "s", "")
    bell.wait_for("bulletin: ")
    status, = wirebell("status", "--json", env=bus.env).lines
    assert status["lit"] == "bulletin" and status["snoozes"] == [] and status["refused"] is None and status["health"] == []
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", status["lit_at"])
    history, = wirebell("history", "--json", "--since", "1h", env=bus.env).lines
    assert [history] == status["alerts"] and history["title"] == TITLE
    assert history["acknowledged_at"] is None
    assert wirebell("why", "--json", env=bus.env).lines == [history]
    feed, = wirebell("feeds", "--json", env=bus.env).lines
    assert feed["state"] == "fine" and feed["failing_at"] is None and feed["due_at"]


@pytest.mark.parametrize("arguments", [
    ("why", "x"), ("why", "0"), ("why", "1", "2"), ("history", "--since", "yesterday"),
    ("ack", "--json"), ("ack", "all"), ("snooze",), ("snooze", "soon"), ("snooze", "1h", "a", "b"),
    ("status", "now"), ("poll", "--all")])
def test_a_command_used_wrongly_says_so(wirebell, arguments):
    done = wirebell(*arguments)
    assert done.code == 2 and done.err.startswith(f"wirebell {arguments[0]}: ")


def test_test_asks_the_wirebell_that_runs(bell, bus, wirebell):
    assert wirebell("test", "routine", env=bus.env).out == "drill: routine\n"
    bell.wait_for("drill, routine: ")
    assert wirebell("test", env=bus.env).out == "test: all lamps\n"
    assert wirebell("test", "red", env=bus.env).out == "test: red\n"
    bell.wait_for("command: test of red")
    done = wirebell("test", "purple", env=bus.env)
    assert done.code == 1 and "'purple' is neither a level" in done.err
    alone = wirebell("test", "red", "--board", "sim", env=bus.env)
    assert (alone.code, alone.out) == (0, "test: red\n")
