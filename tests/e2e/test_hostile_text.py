# SPDX-License-Identifier: MIT
"""Text from feeds is never trusted further on: what a stranger wrote cannot steer a terminal.

A server puts into every text it has a say in what terminals, journals and readers of lines obey:
escape sequences, controls, overrides of the writing direction, line ends, broken UTF-8, formats of
printf. Then every byte that leaves wirebell for a person or another program is looked at.
"""

import json
import os
import re
import subprocess
import threading
import urllib.parse

import pytest
from bell import Bell
from conftest import clean_environment, wait_for
from feed_server import Answer, FeedServer
from message_bus import PROGRAM, bus, needs_a_bus  # noqa: F401 (a fixture)
from sim_clock import SimClock
from test_service import fields, have_journal

# 7777 and FORGED are nowhere else: an escape sequence of ours, a line of ours, is told by them.
TRICKS = {
    "escape sequences": b"\x1b[7777m \x1b]0;7777\x07 \x1bP7777\x1b\\ \x1b[2J",
    "C1 controls": "\x9b7777m \x9d0;7777\x9c \x90 \x85FORGED".encode(),
    "C1 controls as single bytes": b"\x9b7777m \x9d0;7777\x9c \x85FORGED",
    "overrides and isolates": "\u202eabc\u202c \u2066def\u2069 \u202a\u202b\u2067\u2068\u200f".encode(),
    "line ends": "\nFORGED \r\nFORGED \rFORGED \u2028FORGED \u2029FORGED \x0bFORGED \x0cFORGED".encode(),
    "NUL and other controls": b"a\0b \x08\x08\x08 \x7f \x0e\x0f",
    "overlong forms": b"\xc0\x9b7777m \xe0\x80\x9b7777m \xc0\x80 \xf0\x80\x80\x9b",
    "UTF-8 that is none": b"\xff\xfe \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82",
    "noncharacters": "\ufdd0 \uffff \U0010ffff".encode(),
    "formats": b"%n%s%s%n%d%p %1$n %999999d",
    "a very long word": b"w" * 70000,
    "references to controls": b"&#27;[7777m &#x9b;7777m &#x202e;abc &amp;#27;[7777m &#10;FORGED &#0;",
}
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def look_at(name, output):
    """Nothing in these bytes steers a terminal, pretends to be a line, or is no UTF-8."""
    text = output.decode()  # strict
    found = UNSEEN.search(text)
    assert not found, f"{name}: {text[max(0, found.start() - 60):found.end() + 40]!r}"
    assert not [line for line in text.split("\n") if line.startswith("FORGED")], f"{name}: {text!r}"


def story(trick, number):
    """An item whose every text has the trick in it, around a word that rings."""
    part = b"earthquake" + str(number).encode() + b" " + trick + b" end"
    return (b"<item><title>" + part + b"</title><link>http://stories.example/" + part + b"</link>"
            b"<guid isPermaLink='false'>" + part + b"</guid><author>" + part + b"</author>"
            b"<category>" + part + b"</category><description>" + part + b"</description></item>")


def feed(*stories, title=b"A feed"):
    return (b"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>" + title +
            b"</title>" + b"".join(stories) + b"</channel></rss>")


def json_feed(*tricks):
    """The same in JSON, where escapes name any character."""
    items = [{"id": trick, "title": f"earthquake {trick}", "url": f"http://s.example/{trick}",
              "authors": [{"name": trick}], "tags": [trick], "content_text": trick}
             for trick in tricks]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": tricks[0],
                       "items": items}).encode()


def answers():
    """Answers that fail in ways a person is told of, with tricks where the server has a say."""
    trick = b"\x1b[7777m\x9b7777m \xe2\x80\xae %n%s \xff"
    head = b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n"
    yield "reason", head % (b"503 " + trick) + b"\r\n"
    yield "unknown", head % (b"299 " + trick) + b"\r\n"
    yield "scheme", head % b"302 Found" + b"Location: file:///" + trick + b"\r\n\r\n"
    yield "host", head % b"302 Found" + b"Location: http://" + trick + b".invalid/\r\n\r\n"
    yield "path", head % b"301 Gone" + b"Location: /moved" + trick + b"\r\n\r\n"
    yield "coding", head % b"200 OK" + b"Content-Encoding: " + trick + b"\r\n\r\n"
    yield "length", b"HTTP/1.1 200 OK\r\nContent-Length: 5" + trick + b"\r\n\r\nhello"
    yield "version", b"HTTP/" + trick + b" 200 OK\r\n\r\n"
    for name, body in (
            ("root", b"<a\xc2\x9b7777m\xe2\x80\xae\xff></a>"),
            ("page", b"<html><head><link rel='alternate' type='application/rss+xml' href='/f"
             + trick + b"'></head><body>x</body></html>")):
        yield name, (b"HTTP/1.1 200 OK\r\nETag: \"" + trick + b"\"\r\nLast-Modified: " + trick +
                     b"\r\nContent-Type: text/html; charset=" + trick +
                     b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


@pytest.fixture
def everywhere():
    """A server at every address of loopback: hosts are asked one request at a time."""
    with FeedServer(address="") as server:
        yield server


@pytest.fixture
def keywords(tmp_path, everywhere):
    """A keywords file for the feeds of a server that tries every trick in every place."""
    hosts = (f"127.0.9.{number}" for number in range(1, 200))

    def script(path, *answers):
        everywhere.script(path, *answers)
        return everywhere.url(path, next(hosts))

    stories = [story(trick, number) for number, trick in enumerate(TRICKS.values())]
    urls = [script("/rss", Answer(feed(title=b"T")), Answer(feed(*stories))),
            script("/json", Answer(json_feed("x")),
                               Answer(json_feed(*(trick.decode(errors="surrogateescape")
                                             for trick in TRICKS.values()))))]
    for number, trick in enumerate(TRICKS.values()):
        urls.append(script(f"/title/{number}", feed(title=trick)))
    for name, raw in answers():
        urls.append(script(f"/{name}", Answer(raw=raw)))
    path = tmp_path / "keywords"
    path.write_text("[feeds]\n" + "".join(f"{url}\n" for url in urls) +
                    "[bulletin]\nearthquake*\n[routine]\n%n%s%n\n")
    return path


def start(place, keywords, bus=None):
    """A daemon whose time is the test's."""
    bell = Bell(PROGRAM, place, keywords, clock=SimClock(place / "clock"))
    bell.env.update(bus.env if bus else {})
    return bell


def ring(running):
    """Both looks at every feed, and all that rings."""
    for _ in range(2):
        running.poll()
        running.clock.advance(3)


def ring_on(running, bus):
    """The same, and what the bus knows of it."""
    running.wait_for("watching")
    wait_for(bus.has_bell)
    ring(running)
    assert [each["url"] for each in bus.call("Feeds") if not each["outcome"]] == []
    history = bus.call("History", "xub", "0", "100", "true")
    assert {urllib.parse.urlsplit(row["feed"]).path for row in history} >= {"/rss", "/json"}
    return history


COMMANDS = [("status",), ("feeds",), ("history", "--all"), ("why",), ("reload",)]


@needs_a_bus
def test_no_command_and_no_line_of_the_log_shows_what_could_steer_a_terminal(
        tmp_path, keywords, bus, wirebell):
    with start(tmp_path, keywords, bus) as running:
        ids = [row["id"] for row in ring_on(running, bus)]
        assert len(ids) >= 10 and running.count("earthquake") >= 5
        for command in [*COMMANDS, *(("why", str(each)) for each in ids)]:
            for more in ((),) if command[0] == "reload" else ((), ("--json",)):
                done = subprocess.run([PROGRAM, *command, *more], capture_output=True, timeout=60,
                                      env=clean_environment(**bus.env), check=False)
                assert done.stdout, command
                look_at(command, done.stdout)
                look_at(command, done.stderr)
    look_at("log", running.bytes)


@needs_a_bus
def test_what_goes_over_the_bus_is_as_clean(tmp_path, keywords, bus):
    with start(tmp_path, keywords, bus) as running:
        ring_on(running, bus)
        for method, *arguments in (("Status",), ("Feeds",), ("Alerts",), ("Reload",),
                                   ("History", "xub", "0", "500", "true")):
            text = json.dumps(bus.call(method, *arguments), ensure_ascii=False)
            assert not UNSEEN.search(text) and "\\u00" not in text and "\\u20" not in text, text


@pytest.mark.skipif(os.geteuid() != 0, reason="a socket in the journal's place needs root")
def test_no_entry_of_the_journal_has_what_could_steer_a_terminal(tmp_path, keywords):
    bell = start(tmp_path, keywords)
    journal = have_journal(bell, tmp_path)
    with bell as running:
        journal.wait_for(lambda m: b"watching" in m)
        ring(running)
    entries = journal.messages()
    assert sum(b"WIREBELL_LEVEL" in entry for entry in entries) >= 5
    for entry in entries:
        for name, value in fields(entry).items():
            look_at(name, value.replace("\n ", " ").encode())
            assert "\n" not in value.replace("\n ", ""), (name, value)


def test_the_picture_in_the_terminal_is_steered_by_nobody_else(tmp_path, keywords):
    master, slave = os.openpty()
    shown = []

    def watch():
        try:
            while piece := os.read(master, 65536):
                shown.append(piece)
        except OSError:  # the other end is closed
            pass

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    bell = start(tmp_path, keywords)
    bell.wrap("sh", "-c", f'exec "$0" "$@" >{os.ttyname(slave)}')
    with bell as running:
        running.wait_for("watching")
        ring(running)
        assert running.count("bulletin: ") >= 5
    os.close(slave)
    watching.join(timeout=60)
    text = b"".join(shown).decode()
    assert "earthquake" in text  # a story is shown, and behind the picture's own sequences
    left = re.sub("\x1b\\[[?0-9;]*[A-Za-z]|[\r\n]", "", text)
    assert not UNSEEN.search(left), left[-2000:]
    assert not re.search("\x1b\\[[0-9;]*7777", text) and "\x1b]" not in text


def test_trying_rules_on_feeds_shows_them_clean(keywords, everywhere):
    urls = [line for line in keywords.read_text().splitlines() if line.startswith("http")]
    for url in urls[:2]:  # once silently, so that the stories come now
        everywhere.script("/" + url.rsplit("/", 1)[1], Answer(
            feed(*(story(trick, number) for number, trick in enumerate(TRICKS.values())))))
    for more in ([], ["--json"]):
        done = subprocess.run([PROGRAM, "try", *more, "earthquake*", *urls], capture_output=True,
                              env=clean_environment(), timeout=60, check=False)
        assert b"earthquake" in done.stdout
        look_at("try", done.stdout)
        look_at("try", done.stderr)


@pytest.mark.parametrize("name", TRICKS)
def test_a_keywords_file_with_tricks_is_complained_of_cleanly(tmp_path, wirebell, name):
    path = tmp_path / "keywords"
    trick = TRICKS[name]
    path.write_bytes(b"[feeds]\nhttp://f.example/" + trick + b" title=\"" + trick + b"\"\n[bulletin name=\"" +
                     trick + b"\"]\n" + trick + b"\n\"" + trick + b"\" + b\n? " + trick + b"\n[" + trick + b"]\n")
    for more in ((), ("--json",)):
        done = subprocess.run([PROGRAM, "check", "--board", "sim", "--keywords", path, *more],
                              capture_output=True, env=clean_environment(), timeout=60, check=False)
        assert done.stdout or done.stderr
        look_at(name, done.stdout)
        look_at(name, done.stderr)
    with open(tmp_path / "log", "wb") as log, subprocess.Popen(
            [PROGRAM, "run", "--board", "sim", "--keywords", path, "--state-dir", tmp_path / "state"],
            stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL,
            env=clean_environment()) as running:
        try:
            wait_for(lambda: b"watching" in (tmp_path / "log").read_bytes())
        finally:
            running.terminate()
    look_at(name, (tmp_path / "log").read_bytes())
