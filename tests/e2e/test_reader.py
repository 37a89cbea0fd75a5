# SPDX-License-Identifier: MIT
"""The reader as a process: dead and slow servers, many feeds at once, deaths, and its service."""

import functools
import os
import pathlib
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from conftest import BUILD, clean_environment, start_reader, wait_for
from feed_server import Answer, rss

LIMIT_FETCH_S, LIMIT_READER_IDLE_S, LIMIT_CALLS_IN_FLIGHT = 60, 20, 8

# --- dead and slow servers --------------------------------------------------------------------


def test_row_17_dead_servers_are_told_by_name(ask):
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (reading,) = ask(f"http://127.0.0.1:{port}/feed")
    assert reading["outcome"] == "unreachable"
    assert f"127.0.0.1:{port}" in reading["detail"] and "refused" in reading["detail"]
    (reading,) = ask("http://no-such-host.invalid/feed")
    assert reading["outcome"] == "unreachable" and "no-such-host.invalid" in reading["detail"]


def test_a_server_that_breaks_off_is_unreachable(ask, feed_server):
    silent = feed_server.script("/silent", Answer(raw=b""))
    half = feed_server.script("/half", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Le"))
    assert ask(silent)[0]["outcome"] == "unreachable"
    assert ask(half)[0]["outcome"] in ("unreachable", "empty")


def test_an_address_that_is_none_is_told_and_never_guessed_at(ask):
    none = ["", "example.org/feed", "//example.org/feed", "feed:https://example.org/", "http:example.org",
            "http://", "https://me:secret@/", "https://exa mple.org/", "http://[::1"]
    bad = {"ftp://example.org/": "begins with ftp:", "file:///etc/passwd": "begins with file:",
           **dict.fromkeys(none, "it must look like https://")}
    readings = ask(*bad)
    assert {reading["url"] for reading in readings} == set(bad)
    for reading in readings:
        assert reading["outcome"] == "bad-url" and bad[reading["url"]] in reading["detail"], reading


def test_what_is_no_web_server_is_told(ask, feed_server):
    (reading,) = ask(feed_server.script("/feed", Answer(raw=b"220 mail.example ESMTP\r\n")))
    assert reading["outcome"] == "http-error" and "no web server" in reading["detail"]


def test_row_29_slow_servers_are_given_up_and_do_not_hold_up_others(ask, feed_server):
    drip = feed_server.script("/drip", Answer(rss("x" * 5000), drip_s=0.2))
    mute = feed_server.script("/mute", Answer(rss("x"), delay_s=100))
    quick = [feed_server.script(f"/{number}", rss(f"quick {number}")) for number in range(5)]
    started = time.monotonic()
    readings = ask(drip, mute, *quick)
    assert 15 < time.monotonic() - started < LIMIT_FETCH_S  # which would have ended them, too
    assert [reading["outcome"] for reading in readings[:5]] == ["ok"] * 5  # as they came
    assert {r["url"]: r["outcome"] for r in readings[5:]} == {drip: "timed-out", mute: "timed-out"}
    assert {r["url"]: r["stories"] for r in readings[5:]} == {drip: 0, mute: 0}


# --- many at once, and deaths -----------------------------------------------------------------


def test_feeds_are_fetched_together(ask, feed_server):
    def when_all_have_come(number):
        """No answer before all are asked for: so much at once, or never."""
        wait_for(lambda: len(feed_server.requests()) == len(urls))
        return Answer(rss(f"s{number}"))

    urls = [feed_server.url(f"/{n}") for n in range(LIMIT_CALLS_IN_FLIGHT)]
    for n in range(len(urls)):
        feed_server.script(f"/{n}", functools.partial(when_all_have_come, n))
    readings = ask(*urls)
    assert sorted(reading["first"] for reading in readings) == [f"s{n}" for n in range(8)]


def readers_of(process):
    """The readers a process has started."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(child) for child in children.split()]


def test_a_reader_killed_in_mid_call_costs_only_the_feeds_it_was_at(feed_server):
    quick = feed_server.script("/quick", rss("quick"))
    once = feed_server.script("/once", Answer(rss("x"), delay_s=100), Answer(rss("again")))
    twice = feed_server.script("/twice", Answer(rss("x"), delay_s=100))
    with subprocess.Popen([BUILD / "tests/ask_reader", quick, once, twice], text=True,
                          stdout=subprocess.PIPE, env=clean_environment()) as asking:
        try:
            assert '"first":"quick"' in asking.stdout.readline()
            wait_for(lambda: len(feed_server.requests()) == 3)
            os.kill(readers_of(asking)[0], signal.SIGKILL)
            assert '"first":"again"' in asking.stdout.readline()  # asked again, alone
            wait_for(lambda: len(feed_server.requests("/twice")) == 2)
            os.kill(readers_of(asking)[0], signal.SIGKILL)
            last = asking.stdout.readline()
            assert '"outcome":"reader-died"' in last and "signal 9" in last
            assert asking.wait(timeout=60) == 0
        finally:
            asking.kill()
    assert len(feed_server.requests("/quick")) == 1


# --- as a socket-activated service ------------------------------------------------------------


def test_a_socket_activated_reader_serves_all_who_connect_and_leaves_when_idle(
    ask, feed_server, tmp_path
):
    path = str(tmp_path / "reader")
    urls = [feed_server.script(f"/{n}", Answer(rss(f"s{n}"), delay_s=0.2)) for n in range(3)]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        reader = start_reader(listener)
        started = time.monotonic()
        try:
            with ThreadPoolExecutor() as pool:
                runs = list(pool.map(lambda url: ask("--socket", path, url), urls))
            assert [run[0]["first"] for run in runs] == ["s0", "s1", "s2"]
            assert reader.poll() is None
            assert reader.wait(timeout=LIMIT_READER_IDLE_S + 60) == 0
            assert time.monotonic() - started > LIMIT_READER_IDLE_S
            reader = start_reader(listener)
            assert ask("--socket", path, urls[0])[0]["first"] == "s0"
        finally:
            reader.kill()
            reader.wait()


def test_the_reader_says_what_it_is_and_refuses_what_it_cannot_serve():
    reader = BUILD / "libexec/wirebell/wirebell-reader"

    def run(*args):
        return subprocess.run([reader, *args], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, env=clean_environment(), check=False)

    assert run("--version").stdout.startswith("wirebell-reader ")
    assert "--fd" in run("--help").stdout
    for args in ([], ["--fd", "x"], ["--fd", "-1"], ["extra"], ["--loud"]):
        assert run(*args).returncode == 2, args
    assert run("--fd", "0").returncode == 1  # /dev/null is no socket
