# SPDX-License-Identifier: MIT
"""The daemon when the machine gives it nothing more: it says so, and goes on as soon as it can."""

import os
import resource

from bell import Bell
from conftest import BUILD, wait_for
from feed_server import Answer, rss


def test_out_of_descriptors_it_says_so_and_rings_when_there_are_some_again(tmp_path, feed_server):
    url = feed_server.script("/feed", Answer(rss("Choir")),
                             Answer(rss("Cyber attack on port", "Choir")))
    keywords = tmp_path / "keywords"
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\ncyber attack*\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as running:
        running.wait_for("there already")
        # The reader is killed, for a new one needs descriptors.
        for pid in children(running.pid):
            os.kill(pid, 9)
        wait_for(lambda: not children(running.pid))
        limits = resource.prlimit(running.pid, resource.RLIMIT_NOFILE)
        taken = {int(name) for name in os.listdir(f"/proc/{running.pid}/fd")}
        least = next(number for number in range(len(taken) + 1) if number not in taken)
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (least, limits[1]))
        running.poll()
        said, = running.wait_for("cannot be started: Too many open files", seconds=20)
        assert "install" not in said  # which would mend nothing
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, limits)
        running.poll()
        running.wait_for("bulletin: Cyber attack on port", seconds=20)
        wait_for(lambda: running.strokes() > 0)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children_of:
        return [int(child) for child in children_of.read().split()]
