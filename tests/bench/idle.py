#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the idle daemon costs: private memory with 100 feeds and 1,000 rules, wakeups, program sizes.

    idle.py BUILD_DIR

Goals (PERFORMANCE): Private_Dirty at most 400 KB, no growth over polls, no periodic wakeup; both
programs stripped at most 400 KB together.

The daemon has the malloc settings of its systemd unit. What waits to be written to a disk is written
before it is counted: such pages of the state's files are dirty, but not the daemon's to give back.
"""

import collections
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import newsroom  # noqa: E402

FEEDS, RULES, ROUNDS = 100, 1000, 100
STORIES = [(f"Story {i} of the day", "Some words about it. " * 40) for i in range(30)]
MALLOC = "glibc.malloc.tcache_count=0"  # of the unit
HOST_GAP_S = 1.1  # a host is not asked again before


class Counting(newsroom.Newsroom):
    """Counts how often it is asked."""

    def do_GET(self):
        super().do_GET()
        with self.server.lock:
            self.server.asked += 1


def dirty_kb_by_kind(smaps):
    """Of the lines of /proc/PID/smaps: KB of each library, the program, heap, stack, files and unnamed
    memory."""
    sizes, kind, last = collections.Counter(), "", ""
    for line in smaps:
        mapping = re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+\s*(.*)", line)
        if mapping:
            path = mapping.group(1)
            name = os.path.basename(path) if path.startswith(("/", "[")) else ""
            # What is mapped right behind a library is the part of its data that begins as zeros.
            kind = name or (last if ".so" in last else "unnamed")
            last = name
        elif line.startswith("Private_Dirty:"):
            sizes[kind] += int(line.split()[1])
    return sizes


def private_dirty_kb(pid):
    """By what it is."""
    for _ in range(2):  # a page may be written again while the first goes on
        os.sync()
        time.sleep(1)
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as smaps:
        return dirty_kb_by_kind(smaps)


def switches(pid):
    """Times its threads went to sleep by themselves: each is a wakeup."""
    said = "".join(path.read_text(encoding="ascii")
                   for path in pathlib.Path(f"/proc/{pid}/task").glob("*/status"))
    return sum(map(int, re.findall(r"^voluntary_ctxt_switches:\s*(\d+)", said, re.M)))


def stripped_size(program, place):
    copy = place / pathlib.Path(program).name
    subprocess.run(["strip", "-o", copy, program], check=True)
    return copy.stat().st_size


def row(what, value, goal=""):
    print(f"{what:<52} {value:>12} {goal:>14}")


def keywords(url):
    """What is watched, and in which feeds; url is a feed's, with its number to be put in."""
    rules = ((f"word{i}\n", f"first{i} second\n", f"one{i} + other{i}, third\n")[i % 3] for i in range(RULES))
    return "[feeds]\n" + "".join(url.format(i) + "\n" for i in range(FEEDS)) + "[bulletin]\n" + "".join(rules)


def memory_rows(when, sizes):
    row(f"Private_Dirty {when}, KB", sum(sizes.values()), "400")
    row("  all libraries", sum(size for kind, size in sizes.items() if ".so" in kind))
    for kind, size in sizes.most_common():
        if size > 0:
            row(f"  {kind}", size)


def watch(build, place, text, env=None):
    """Starts the daemon on the sim board with those keywords; it logs into the file "log"."""
    (place / "keywords").write_text(text)
    with open(place / "log", "wb") as output:
        return subprocess.Popen(
            [build / "bin/wirebell", "run", "--board", "sim", "--keywords", place / "keywords",
             "--state-dir", place / "state"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output, env=env)


def wait_until(condition, seconds=60, why="it did not come to pass"):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


def wait_for_lines(log, pattern, count=1):
    deadline = time.monotonic() + 120
    while log.read_text().count(pattern) < count:
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


def poll(daemon, server):
    """A round: each feed once."""
    asked = server.asked
    daemon.send_signal(signal.SIGUSR1)
    wait_until(lambda: server.asked >= asked + FEEDS, why="not all feeds are asked")
    time.sleep(HOST_GAP_S)


def wait_for_reader_to_leave(pid):
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    wait_until(lambda: not children.read_text().strip(), why="the reader does not leave when idle")
    time.sleep(1)


def serve():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    server.asked, server.lock = 0, threading.Lock()
    server.stories = STORIES
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def measure(build, rounds=ROUNDS):
    """(what, figure), one after the other: memory by kind after the first round and after so many
    more, wakeups in 10 s."""
    server = serve()
    # Pages of a program just built, not yet written to the disk, would count as dirty memory.
    for name in "bin/wirebell", "libexec/wirebell/wirebell-reader":
        with open(build / name, "rb") as program:
            os.fsync(program.fileno())

    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        place = pathlib.Path(folder)
        log = place / "log"
        daemon = watch(build, place, keywords(f"http://h{{}}.localhost:{server.server_port}/feed"))
        try:
            wait_for_lines(log, "watching")
            poll(daemon, server)
            wait_for_lines(log, "there already", FEEDS)
            wait_for_reader_to_leave(daemon.pid)
            yield "after the first round", private_dirty_kb(daemon.pid)
            for _ in range(rounds):
                poll(daemon, server)
            wait_for_reader_to_leave(daemon.pid)
            yield f"after {rounds * FEEDS:,} more polls", private_dirty_kb(daemon.pid)
            before = switches(daemon.pid)
            time.sleep(10)
            yield "wakeups in 10 s of idling", switches(daemon.pid) - before
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=10)
            server.shutdown()


def libraries_kb(build):
    """Private memory of a program that only loads the daemon's libraries."""
    with subprocess.Popen([build / "tests/bench_libraries"]) as process:
        figure = sum(private_dirty_kb(process.pid).values())
        process.kill()
    return figure


def sizes_kb(build):
    """Of the two programs, stripped."""
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        return [stripped_size(build / name, pathlib.Path(folder)) / 1024
                for name in ("bin/wirebell", "libexec/wirebell/wirebell-reader")]


def main():
    build = pathlib.Path(sys.argv[1])
    row(f"{FEEDS} feeds, {RULES} rules", "measured", "goal")
    for what, figure in measure(build):
        if isinstance(figure, collections.Counter):
            memory_rows(what, figure)
        else:
            row(what, figure, "0")
    row("its libraries alone, KB", libraries_kb(build))
    sizes = sizes_kb(build)
    row("wirebell, stripped, KB", f"{sizes[0]:.0f}")
    row("wirebell-reader, stripped, KB", f"{sizes[1]:.0f}")
    row("both, stripped, KB", f"{sum(sizes):.0f}", "400")


def as_the_unit_does():
    """The environment of its systemd unit, as far as it changes the figures."""
    os.umask(0o077)
    os.environ["GLIBC_TUNABLES"] = MALLOC
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/run/wirebell-has-no-bus/socket"


if __name__ == "__main__":
    as_the_unit_does()
    main()
