# SPDX-License-Identifier: MIT
"""The same story from several sites is one alert; enough of them make it louder, and that is told."""

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import FeedServer, rss
from sim_clock import SimClock

STORY = "Earthquake of magnitude 7.1 shakes coast of Ruritania"


@pytest.fixture
def sites():
    """Three hosts."""
    with FeedServer(address="127.0.0.2") as one, FeedServer(address="127.0.0.3") as two, \
            FeedServer(address="127.0.0.4") as three:
        yield one, two, three


@pytest.fixture
def running(tmp_path, sites):
    """The daemon, with the first look at each site behind it."""
    urls = [site.script("/feed", rss(f"Fair weather at {i}")) for i, site in enumerate(sites)]
    (tmp_path / "keywords").write_text(
        "[feeds]\n" + "\n".join(urls) + "\n[bulletin]\nearthquake\n")
    (tmp_path / "wirebell.conf").write_text("raise_at = 3\n")
    clock = SimClock(tmp_path / "clock")
    with Bell(BUILD / "bin/wirebell", tmp_path, tmp_path / "keywords", "--config",
              str(tmp_path / "wirebell.conf"), clock=clock) as bell:
        bell.wait_for("watching")
        poll(bell)
        assert bell.count("there already") == 3
        yield bell


def poll(running):
    """One poll of all sites, to its end."""
    running.poll()
    running.clock.advance(3)


def test_enough_sites_make_an_alert_louder_and_it_is_told_again(running, sites):
    for count, site in enumerate(sites, 1):
        told = rss(STORY, f"Fair weather at {count - 1}")
        site.script("/feed", told.replace(b"stories.example", b"desk%d.example" % count))
        poll(running)
        assert running.count(f"bulletin: {STORY}$") == 1
        assert running.count("joined") == count - 1
        assert running.count(f"flash: {STORY}$") == (count == 3)
