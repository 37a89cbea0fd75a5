# SPDX-License-Identifier: MIT
"""The reader and a real server.

The number in a test's name is a row of the checklist for polite fetching.
"""

import os
import socket

import pytest
from bell import Bell
from conftest import BUILD, soon, start_reader, wait_for
from feed_server import rss
from nginx import Nginx, find
from sim_clock import SimClock

TITLES = [f"story {number}" for number in range(100)]


@pytest.fixture
def nginx(tmp_path, authority):
    """A server with a feed of a hundred stories, http and https."""
    program = find()
    if not program:
        pytest.skip("nginx is not installed, and its package cannot be had")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with Nginx(program, folder, authority.certificate("127.0.0.1")) as server:
        (server.files / "feed.xml").write_bytes(rss(*TITLES))
        yield server


def log_of(nginx, count):
    """The log, once so many answers are in it."""
    wait_for(lambda: len(nginx.log) >= count)
    return nginx.log


@pytest.mark.parametrize("is_plain, protocol", [(False, "HTTP/2.0"), (True, "HTTP/1.1")])
def test_row_01_its_entity_tag_brings_304(ask, authority, nginx, is_plain, protocol):
    url = nginx.url("/feed.xml", is_plain=is_plain)
    (first,) = ask(url, env=authority.env)
    assert (first["outcome"], first["stories"]) == ("ok", 100)
    etag = bytes.fromhex(first["etag"]).decode()
    assert etag.startswith('W/"')  # it is weak because of gzip
    (second,) = ask("--etag", etag, url, env=authority.env)
    assert second["outcome"] == "unchanged"
    log = log_of(nginx, 2)
    assert [entry[0] for entry in log] == [protocol] * 2
    assert [entry[1] for entry in log] == ["200", "304"]
    assert log[1][4] == etag


def test_row_28_it_sends_gzip(ask, authority, nginx):
    (reading,) = ask(nginx.url("/feed.xml"), env=authority.env)
    assert reading["body_bytes"] == len(rss(*TITLES))
    assert log_of(nginx, 1)[0][3] == "gzip"


@pytest.mark.parametrize("is_plain", [False, True])
def test_row_27_feeds_in_turn_share_a_connection(ask, authority, nginx, tmp_path, is_plain):
    path = str(tmp_path / "reader")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        reader = start_reader(listener, **authority.env)
        url = nginx.url("/feed.xml", is_plain=is_plain)

        def ask_five_times():
            before = len(nginx.log)
            for number in range(5):
                (reading,) = ask("--socket", path, f"{url}?{number}")
                assert reading["outcome"] == "ok"
            return log_of(nginx, before + 5)[before:]

        try:
            log = soon(ask_five_times)
        finally:
            reader.kill()
            reader.wait()
    assert len({entry[2] for entry in log}) == 1


def test_row_06_a_changed_file_rings_and_an_unchanged_one_costs_304(authority, nginx, tmp_path):
    keywords = tmp_path / "keywords"
    keywords.write_text(f"[feeds]\n{nginx.url('/feed.xml')}\n[urgent]\nferry\n")
    clock = SimClock(tmp_path / "clock")
    bell = Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock)
    bell.env.update(authority.env)
    with bell as running:
        running.wait_for("watching")
        clock.advance(2)
        running.wait_for("100 there already")
        running.poll()
        clock.advance(2)
        beside = nginx.files / "new"
        beside.write_bytes(rss("The ferry is late", *TITLES))
        os.replace(beside, nginx.files / "feed.xml")
        running.poll()
        clock.advance(2)
        running.wait_for("urgent: The ferry is late")
    assert [entry[1] for entry in log_of(nginx, 3)] == ["200", "304", "200"]
