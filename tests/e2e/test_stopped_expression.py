# SPDX-License-Identifier: MIT
"""A regular expression that runs away on a story: stopped, said once, and nobody else waits for it."""

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import rss

RULES = "[flash]\n  /(a+)+(a+)+(a+)+[bc]/\n[bulletin]\nferry\n"
SAID = (r"keywords:4: this expression takes too long on some stories, which then do not match; "
        r"make it simpler: /\(a\+\)\+\(a\+\)\+\(a\+\)\+\[bc\]/$")


@pytest.fixture
def running(tmp_path, feed_server):
    feed_server.script("/feed", rss("Old"))
    keywords = tmp_path / "keywords"
    keywords.write_text(f"[feeds]\n{feed_server.url('/feed')}\n{RULES}")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as bell:
        bell.wait_for("1 there already")
        yield bell


def publish(running, server, *titles):
    """One poll that finds these; one of them rings as a bulletin, which is waited for."""
    server.script("/feed", rss(*titles, "Old"))
    rang = running.count(" bulletin: ")
    running.poll()
    running.wait_for(" bulletin: ", count=rang + 1)


def test_it_is_said_with_its_place_and_only_once(running, feed_server):
    publish(running, feed_server, "A ferry and " + "a" * 1500)
    running.wait_for(SAID)
    publish(running, feed_server, "Another ferry and " + "a" * 1600)
    publish(running, feed_server, "A third ferry")
    running.stop()  # then all is said
    assert running.count("takes too long") == 1, running.text


def test_on_stories_it_can_be_tried_on_it_rings_and_nothing_is_said(running, feed_server):
    publish(running, feed_server, "A ferry", "The aaac of it")
    running.wait_for(" flash: The aaac of it")
    running.stop()
    assert running.count("takes too long") == 0, running.text
