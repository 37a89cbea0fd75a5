# SPDX-License-Identifier: MIT
"""The daemon when the machine gives it nothing more: it says so, and goes on as soon as it can."""

import os
import resource

from bell import Bell
from conftest import BUILD, wait_for
from feed_server import Answer, rss
from sim_clock import SimClock


def test_out_of_descriptors_it_says_so_and_rings_when_there_are_some_again(tmp_path, feed_server):
    url = feed_server.script("/feed", Answer(rss("Choir")),
                             Answer(rss("Cyber attack on port", "Choir")))
    keywords = tmp_path / "keywords"
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\ncyber attack*\n")
    clock = SimClock(tmp_path / "clock")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as running:
        running.wait_for("watching")
        clock.advance(2)
        running.wait_for("there already")
        # The reader is killed, for a new one needs descriptors.
        for pid in children(running.pid):
            os.kill(pid, 9)
        wait_for(lambda: not children(running.pid))
        clock.settle()  # what it had open for the moment is closed
        limits = resource.prlimit(running.pid, resource.RLIMIT_NOFILE)
        taken = {int(name) for name in os.listdir(f"/proc/{running.pid}/fd")}
        least = next(number for number in range(len(taken) + 1) if number not in taken)
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (least, limits[1]))
        running.poll()
        clock.advance(2)
        said, = running.wait_for("cannot be started: Too many open files")
        assert "install" not in said  # which would mend nothing
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, limits)
        running.poll()
        clock.advance(2)
        running.wait_for("bulletin: Cyber attack on port")
        assert running.strokes() > 0


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children_of:
        return [int(child) for child in children_of.read().split()]
