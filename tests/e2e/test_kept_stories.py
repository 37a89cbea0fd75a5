# SPDX-License-Identifier: MIT
"""try --last: the stories a wirebell keeps, tried with other rules beside the one that runs."""

import json
import os
import subprocess

import pytest
from bell import Bell
from conftest import BUILD, clean_environment
from feed_server import rss
from sim_clock import SimClock

KEYWORDS = "[feeds]\n{one}\n{two}\n[bulletin]\ncyber attack*\n[never]\nadvertorial\n"
AT_FIRST = ("Harvest festival", "Ferry timetable")
NEWS = ("Experts study the cyber attack on the port", "Ferry timetable", "Mayor opens the bridge")


@pytest.fixture
def keywords(tmp_path, feed_server):
    feed_server.script("/one", rss(*AT_FIRST), rss(*NEWS))
    feed_server.script("/two", rss("Quiet day"),
                       rss("Experts study cyber-attack on port - Two", "Quiet day"))
    # Each on a host of its own, so that none waits for the other's turn to end.
    urls = {name: feed_server.url(f"/{name}", host=f"{name}.localhost") for name in ("one", "two")}
    keywords = tmp_path / "keywords"
    keywords.write_text(KEYWORDS.format(**urls))
    return keywords


def try_last(tmp_path, *arguments):
    return subprocess.run(
        [BUILD / "bin/wirebell", "try", "--keywords", tmp_path / "keywords", "--state-dir",
         tmp_path / "state", "--config", "/dev/null", *arguments],
        env=clean_environment(), capture_output=True, text=True, timeout=60, check=False)


def test_what_was_kept_is_tried_beside_the_daemon_that_runs(tmp_path, keywords):
    clock = SimClock(tmp_path / "clock")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as bell:
        bell.wait_for("watching")
        bell.poll()
        clock.advance(3)
        assert bell.count("first look") == 2
        bell.poll()
        clock.advance(3)
        bell.wait_for("bulletin: ")
        bell.wait_for("did not ring .joined: 1")
        done = try_last(tmp_path, "--last", "7d")
        assert (done.returncode, done.stderr) == (0, "")
        assert "joined: the same story rang before" in done.stdout
        assert "1 of 6 stories would ring: 1 bulletin" in done.stdout
        assert "1 more met a rule and would not have rung: 1 joined" in done.stdout
        done = try_last(tmp_path, "--last", "1h", "--json", "ferry")
        first, *_, last = [json.loads(line) for line in done.stdout.splitlines()]
        assert (first["title"], first["disposition"]) == ("Ferry timetable", "rang")
        assert (last["stories"], last["rings"]) == (6, 1)
    done = try_last(tmp_path, "--last", "7d")  # and when none runs
    assert "1 of 6 stories would ring" in done.stdout


def test_a_state_that_is_not_there_is_named(tmp_path, keywords):
    done = try_last(tmp_path, "--last", "7d")
    assert done.returncode == 1
    assert f"there is no state in {tmp_path}/state: has wirebell run yet?" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "state").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_state_that_may_not_be_read_says_what_to_do(tmp_path, keywords):
    (tmp_path / "state").mkdir()
    (tmp_path / "state/wirebell.db").write_bytes(b"")
    (tmp_path / "state/wirebell.db").chmod(0)
    assert "may not be read: try it with sudo" in try_last(tmp_path, "--last", "7d").stderr


@pytest.mark.parametrize("arguments", [["8d"], ["soon"], ["0s"], ["1d", "rule", "https://feed.example/"]])
def test_a_time_that_cannot_be_is_wrong_use(tmp_path, keywords, arguments):
    done = try_last(tmp_path, "--last", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--last" in done.stderr
