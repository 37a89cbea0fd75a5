#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the SD card bears: bytes written and fsyncs, by what a round of polls brought.

    card.py BUILD_DIR

Goal (PERFORMANCE 10): nothing where nothing is new; at most 80 KB and one fsync a round for 50 new
items. Counted with strace: what the daemon writes into its state folder, by the calls that write and
those that sync. The kernel may write more (whole pages, its journal); what it is handed is ours.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from feed_server import Answer, FeedServer, rss  # noqa: E402

SHOWN = 100

CALLS = "write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,sync_file_range,msync"
WRITE = re.compile(r"\b(?:pwrite64|p?writev2?|write)\(\d+<([^>]*)>.*\)\s+= (\d+)")
SYNC = re.compile(r"\b(?:fsync|fdatasync|msync|sync_file_range)\(")


def story(number):
    """A title with as much text as an item has."""
    return f"Story {number} of the day: " + f"some words about number {number}, " * 30


class Card:
    """The daemon under strace, and what it has handed to the kernel since the last look."""

    def __init__(self, build, place):
        self._trace = place / "trace"
        self._log = place / "log"
        self._state = str(place / "state")
        self._read = 0
        with open(self._log, "wb") as output:
            self._strace = subprocess.Popen(
                ["strace", "-f", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", self._trace,
                 build / "bin/wirebell", "run", "--board", "sim", "--keywords", place / "keywords",
                 "--state-dir", self._state],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output)
        self.wait_for("watching")
        (self._pid,) = map(int, pathlib.Path(
            f"/proc/{self._strace.pid}/task/{self._strace.pid}/children").read_text().split())

    def wait_for(self, text, count=1):
        end = time.monotonic() + 60
        while self._log.read_text().count(text) < count:
            assert time.monotonic() < end, self._log.read_text()[-2000:]
            time.sleep(0.05)

    def poll(self):
        os.kill(self._pid, signal.SIGUSR1)

    def stop(self):
        os.kill(self._pid, signal.SIGTERM)
        self._strace.wait(timeout=20)

    def written(self):
        """Bytes and fsyncs since the last call."""
        lines = self._trace.read_text().splitlines()
        new, self._read = lines[self._read:], len(lines)
        mine = [line for line in new if f"<{self._state}/" in line]
        sizes = [int(found.group(2)) for found in map(WRITE.search, mine) if found]
        return sum(sizes), sum(bool(SYNC.search(line)) for line in mine)


def settle(server, count):
    """Waits until that many requests have come, and the daemon has had time to write."""
    end = time.monotonic() + 60
    while len(server.requests()) < count:
        assert time.monotonic() < end, "the feed is not asked"
        time.sleep(0.05)
    time.sleep(2)


class Wire(FeedServer):
    """A feed that shows the last hundred of what was published, and says 304 when that is known."""

    def __init__(self):
        super().__init__()
        self._stories = [story(number) for number in range(SHOWN)]
        self.publish()

    def publish(self, *stories):
        self._stories += stories
        fresh = Answer(rss(*reversed(self._stories[-SHOWN:])), headers={"ETag": f'"{len(self._stories)}"'})
        self.script("/feed", fresh, Answer(status=304))


def row(what, written, limit=""):
    print(f"{what:<52}{written[0]:>10}{written[1]:>8}  {limit}", flush=True)


def poll(card, server):
    asked = len(server.requests())
    card.poll()
    settle(server, asked + 1)


def rounds(build, place, server):
    """(what happened, bytes and fsyncs, what they may be), one after the other."""
    card = Card(build, place)
    try:
        settle(server, 1)
        yield "first look, 100 items there", card.written(), ""
        for _ in range(5):
            poll(card, server)
        yield "5 rounds, nothing new", card.written(), "0, 0"
        server.publish(*map(story, range(1000, 1050)))
        poll(card, server)
        yield "a round, 50 new items, none rings", card.written(), "81920, 1"
        server.publish(story(2000))
        poll(card, server)
        yield "a round, 1 new item", card.written(), "-, 1"
        server.publish("Ferry late")
        poll(card, server)
        card.wait_for("urgent: Ferry late")
        time.sleep(5)  # until it has rung
        yield "a round, 1 new item that rings", card.written(), ""
    finally:
        card.stop()
    yield "stopping", card.written(), ""


def measure(build):
    """As rounds(), with a feed and a daemon of their own."""
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder, Wire() as server:
        place = pathlib.Path(folder)
        (place / "keywords").write_text(
            f"[feeds]\n{server.url('/feed')}\n[urgent]\nferry\n")
        yield from rounds(build, place, server)


def main():
    if not shutil.which("strace"):
        sys.exit("card.py: strace is needed: apt install strace")
    print(f"{'written to the state folder':<52}{'bytes':>10}{'fsyncs':>8}  at most")
    for what in measure(pathlib.Path(sys.argv[1]).resolve()):
        row(*what)


if __name__ == "__main__":
    main()
