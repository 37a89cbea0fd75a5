#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the idle daemon costs: private memory with 100 feeds and 1,000 rules, wakeups, program sizes.

    idle.py BUILD_DIR

Goals (PERFORMANCE): Private_Dirty at most 400 KB, no growth over polls, no periodic wakeup; both
programs stripped at most 400 KB together.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import newsroom  # noqa: E402

FEEDS, RULES, POLLS = 100, 1000, 20


def private_dirty_kb(pid):
    for line in open(f"/proc/{pid}/smaps_rollup", encoding="ascii"):
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    raise AssertionError("no Private_Dirty in smaps_rollup")


def switches(pid):
    """Times the process went to sleep by itself: each is a wakeup."""
    for line in open(f"/proc/{pid}/status", encoding="ascii"):
        if line.startswith("voluntary_ctxt_switches:"):
            return int(line.split()[1])
    raise AssertionError("no voluntary_ctxt_switches in status")


def stripped_size(program, place):
    copy = place / pathlib.Path(program).name
    subprocess.run(["strip", "-o", copy, program], check=True)
    return copy.stat().st_size


def row(what, value, goal=""):
    print(f"{what:<52} {value:>12} {goal:>14}")


def wait_for_lines(log, pattern, count):
    deadline = time.monotonic() + 120
    while log.read_text().count(pattern) < count:
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


def wait_for_reader_to_leave(pid):
    deadline = time.monotonic() + 60
    while pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().strip():
        assert time.monotonic() < deadline, "the reader does not leave when idle"
        time.sleep(0.5)
    time.sleep(1)


def main():
    build = pathlib.Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), newsroom.Newsroom)
    server.stories = [(f"Story {i} of the day", "Some words about it. " * 40) for i in range(30)]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    # Pages of a program just built, not yet written to the disk, would count as dirty memory.
    for name in "bin/wirebell", "libexec/wirebell/wirebell-reader":
        with open(build / name, "rb") as program:
            os.fsync(program.fileno())

    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        place = pathlib.Path(folder)
        keywords, log = place / "keywords", place / "log"
        keywords.write_text(
            "[feeds]\n" + "".join(f"{base}/feed{i}.xml\n" for i in range(FEEDS)) + "[bulletin]\n" +
            "".join((f"word{i}\n", f"first{i} second\n", f"one{i} + other{i}, third\n")[i % 3]
                                for i in range(RULES)))
        with open(log, "wb") as output:
            daemon = subprocess.Popen(
                [build / "bin/wirebell", "run", "--board", "sim", "--keywords", keywords,
                 "--state-dir", place / "state"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output)
        try:
            wait_for_lines(log, "there already", FEEDS)
            wait_for_reader_to_leave(daemon.pid)
            row(f"{FEEDS} feeds, {RULES} rules", "measured", "goal")
            row("Private_Dirty after the first round, KB", private_dirty_kb(daemon.pid), "400")
            for _ in range(POLLS):
                daemon.send_signal(signal.SIGUSR1)
                time.sleep(1)
            wait_for_reader_to_leave(daemon.pid)
            row(f"the same after {POLLS * FEEDS} more polls, KB", private_dirty_kb(daemon.pid), "400")
            before = switches(daemon.pid)
            time.sleep(10)
            row("wakeups in 10 s of idling", switches(daemon.pid) - before, "0")
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=10)
        sizes = [stripped_size(build / name, place)
                 for name in ("bin/wirebell", "libexec/wirebell/wirebell-reader")]
        row("wirebell, stripped, KB", f"{sizes[0] / 1024:.0f}")
        row("wirebell-reader, stripped, KB", f"{sizes[1] / 1024:.0f}")
        row("both, stripped, KB", f"{sum(sizes) / 1024:.0f}", "400")


if __name__ == "__main__":
    os.umask(0o077)
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/run/wirebell-has-no-bus/socket"
    main()
