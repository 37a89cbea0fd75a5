# SPDX-License-Identifier: MIT
"""A network that comes back is noticed and not waited for: an interface comes up in a namespace.

Real time: without that notice the next look is made 30 s after the last, and later. So what comes
within AT_ONCE_S of the link comes by the notice, for the link comes a second after that look.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

from bell import Bell
from conftest import BUILD, wait_for
from feed_server import FeedServer, rss
from isolated import Names, name_servers, play

HOME, NAME_SERVER = "192.0.2.1", "192.0.2.53"
READER_IDLE_S = 20
AT_ONCE_S = 27


def bring_up(*addresses):
    """An interface with these addresses, as a cable plugged in would have it."""
    commands = ["ip link add v0 type veth peer name v1", "ip link set v1 up", "ip link set v0 up"]
    commands += [f"ip address add {address}/24 dev v0" for address in addresses]
    subprocess.run(["sh", "-ec", "\n".join(commands)], check=True)


def readers_of(bell):
    return Path(f"/proc/{bell.pid}/task/{bell.pid}/children").read_text(encoding="ascii").split()


def started(place, url):
    keywords = Path(place) / "keywords"
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\nearthquake\n", encoding="utf-8")
    return Bell(BUILD / "bin/wirebell", Path(place), keywords)


# --- scenes -----------------------------------------------------------------------------------


def an_address(place):
    with FeedServer(address="") as server:
        server.script("/feed", rss("one"))
        with started(place, server.url("/feed", host=HOME)) as bell:
            bell.wait_for("offline: ")
            time.sleep(1)
            assert server.requests() == []
            bring_up(HOME)
            bell.wait_for("online again", seconds=AT_ONCE_S)
            assert len(server.requests("/feed")) == 1
            # It stayed for the news only.
            wait_for(lambda: not readers_of(bell), seconds=READER_IDLE_S + 60)


def a_name(place):
    name_servers(place, NAME_SERVER)
    with FeedServer(address="") as server:
        server.script("/feed", rss("one"))
        with started(place, server.url("/feed", host="site.test")) as bell:
            bell.wait_for("offline: .*no host is known")
            name_servers(place, "127.0.0.53")  # what comes with the new network
            with Names("127.0.0.53", {"site.test": [HOME]}):
                bring_up(HOME)
                bell.wait_for("online again", seconds=AT_ONCE_S)


def a_reader_that_is_killed(place):
    with FeedServer(address="") as server:
        server.script("/feed", rss("one"))
        with started(place, server.url("/feed", host=HOME)) as bell:
            bell.wait_for("offline: ")
            time.sleep(READER_IDLE_S + 2)
            (reader,) = readers_of(bell)
            os.kill(int(reader), signal.SIGKILL)
            wait_for(lambda: reader not in readers_of(bell))
            bring_up(HOME)  # nobody hears of it: the retry finds it
            bell.wait_for("online again", seconds=120)


# --- tests ------------------------------------------------------------------------------------


def test_row_17_a_link_that_comes_up_ends_an_outage_at_once(tmp_path):
    play("test_network", "an_address", tmp_path)


def test_row_44_names_are_looked_up_by_the_name_servers_of_the_new_network(tmp_path):
    play("test_network", "a_name", tmp_path)


def test_row_17_a_reader_killed_while_it_waits_costs_the_notice_and_nothing_else(tmp_path):
    play("test_network", "a_reader_that_is_killed", tmp_path)
