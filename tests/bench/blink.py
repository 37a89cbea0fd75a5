#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a blinking lamp costs the daemon: wakeups and processor time for each level.

    blink.py BUILD_DIR [SECONDS]

Goal (PERFORMANCE): only the lamp's edges wake it: four a second at 2 Hz, 1.2 at 0.6 Hz, none for a
steady lamp or at rest. Measured from /proc while nothing is polled and no bell rings; a level's first
ring is let pass.
"""

import os
import pathlib
import signal
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import newsroom  # noqa: E402
from idle import switches, wait_for_lines, wait_for_reader_to_leave, watch  # noqa: E402

# Level, word, edges a second (core/alert/policy.c), seconds its bell takes to ring.
LEVELS = (("routine", "harvest", 0, 1), ("urgent", "election", 1 / 0.833, 3),
          ("bulletin", "storm", 1 / 0.833, 4), ("flash", "earthquake", 4, 6))


def cpu_ns(pid):
    """Time on a processor, from the scheduler: ticks of the clock are too coarse for this."""
    return int(open(f"/proc/{pid}/schedstat", encoding="ascii").read().split()[0])


def measure(pid, seconds):
    """Wakeups a second, and the share of a processor in percent."""
    before, cpu = switches(pid), cpu_ns(pid)
    time.sleep(seconds)
    rate = (switches(pid) - before) / seconds
    share = (cpu_ns(pid) - cpu) / seconds / 1e7
    return rate, share


def measure_level(build, server, level, seconds):
    """As measure(): one daemon, one story of that level, its bell silent by then, its reader gone."""
    name, word, _, ring_s = level
    server.stories = [("Nothing new", "As on any day.")]
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        log = pathlib.Path(folder) / "log"
        daemon = watch(
            build, log.parent,
            f"[feeds]\nhttp://127.0.0.1:{server.server_port}/feed.xml\n[{name}]\n{word}\n")
        try:
            wait_for_lines(log, "there already")
            server.stories.append((f"Of {word}", "Here it is."))
            daemon.send_signal(signal.SIGUSR1)
            wait_for_lines(log, f"{name}: Of {word}")
            time.sleep(ring_s)
            wait_for_reader_to_leave(daemon.pid)
            return measure(daemon.pid, seconds)
        finally:
            daemon.terminate()
            daemon.wait(timeout=10)


def serve():
    server = ThreadingHTTPServer(("127.0.0.1", 0), newsroom.Newsroom)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    build = pathlib.Path(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    server = serve()
    print(f"{'level':<10} {'wakeups/s':>12} {'its edges/s':>12} {'CPU %':>10}")
    for level in LEVELS:
        rate, share = measure_level(build, server, level, seconds)
        print(f"{level[0]:<10} {rate:>12.2f} {level[2]:>12.2f} {share:>10.4f}", flush=True)


if __name__ == "__main__":
    os.umask(0o077)
    main()
