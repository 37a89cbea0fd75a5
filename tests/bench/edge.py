#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long it takes from a feed's last byte to the lamp: 100 items of which one is new and rings.

    edge.py BUILD_DIR

Goal (PERFORMANCE 11): at most 2 ms on a desktop core. The server sends the feed but for its last
byte, waits until all of that has been taken in, and sends the last byte. The clock runs from before
that to when the sim board's trace shows the line set: reading, matching, deciding, writing the state
and waking up four times are in it. The state is on /dev/shm where there is one, for a disk's own
time is not ours. The least of several looks counts, for the machine may be busy.

Instructions are counted by callgrind: of the reader, from the call with the last byte to the reply
sent; of the daemon, from the reply to the line.
"""

import http.server
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from reading import HEAD, feed, keywords  # noqa: E402

ITEMS, LOOKS, LIMIT_MS = 100, 10, 2
PAUSE_S = 0.3      # for what came before the last byte to be taken in
HOST_GAP_S = 1.1   # a host is not asked again before
EDGE = re.compile(r'"line":"red","level":1')


class Wire(http.server.BaseHTTPRequestHandler):
    """Gives the body the server has, its last byte later."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.server.body
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:-1])
        self.wfile.flush()
        time.sleep(self.server.pause_s)
        self.server.last_byte_s = time.monotonic()
        self.wfile.write(body[-1:])

    def log_message(self, *args):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wire)
    server.pause_s = PAUSE_S
    server.text = feed(random.Random("edge"), ITEMS)
    server.body = server.text.encode()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def publish(server, number):
    """One more item, which rings; the last one goes."""
    first = server.text.index("<item>")
    last = server.text.rindex("<item>")
    item = (f"<item><title>Earthquake {number}</title><link>https://wire.example/new/{number}</link>"
            f"<guid isPermaLink=\"false\">new-{number}</guid></item>\n")
    server.text = server.text[:first] + item + server.text[first:last] + "</channel></rss>\n"
    assert server.text.startswith(HEAD)
    server.body = server.text.encode()


class Bell:
    """The daemon, and its trace as it is written."""

    def __init__(self, build, place, server, *wrapper):
        rules = keywords(random.Random("edge"), 1000).split("[bulletin]\n")[1]
        (place / "keywords").write_text(f"[feeds]\nhttp://127.0.0.1:{server.server_port}/feed\n"
                                        f"[flash]\nearthquake\n[routine]\n{rules}")
        self.log, trace = place / "log", place / "trace"
        os.mkfifo(trace)
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [*wrapper, build / "bin/wirebell", "run", "--board", "sim", "--keywords",
                 place / "keywords", "--state-dir", place / "state", "--trace", trace],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=output,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        self._trace = open(trace, encoding="ascii")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self._trace.close()
        self.process.wait(timeout=60)
        self.process.stdin.close()

    def wait_for(self, text, seconds=60):
        end = time.monotonic() + seconds
        while text not in self.log.read_text():
            assert time.monotonic() < end, self.log.read_text()[-2000:]
            time.sleep(0.05)

    def wait_for_edge(self):
        """Until the red lamp is lit; the time of that."""
        for line in self._trace:
            if EDGE.search(line):
                return time.monotonic()
        raise AssertionError(self.log.read_text()[-2000:])

    def ring(self, server, number, seconds=60):
        """From the last byte to the edge, in ms; acknowledged after that."""
        publish(server, number)
        self.process.send_signal(signal.SIGUSR1)
        edge_s = self.wait_for_edge()
        self.wait_for(f"flash: Earthquake {number}", seconds)
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        self.wait_for("button: acknowledged, 1", seconds)
        self.log.write_text("")
        return (edge_s - server.last_byte_s) * 1e3


def place_for_state():
    return tempfile.TemporaryDirectory(prefix="wirebell-bench-",
                                       dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


def times_ms(build):
    """Of each look that rings."""
    server = serve()
    with place_for_state() as folder, Bell(build, pathlib.Path(folder), server) as bell:
        bell.wait_for("there already")
        times = []
        for number in range(LOOKS):
            time.sleep(HOST_GAP_S)
            times.append(bell.ring(server, number))
    server.shutdown()
    return times


def parts_of(place, mark):
    """(what ended it, instructions) of each part of that process's profile which has the mark."""
    for whole in sorted(place.glob("callgrind.*")):
        parts = sorted(place.glob(f"{whole.name}.*"), key=lambda path: int(path.suffix[1:]))
        texts = [path.read_text() for path in parts]
        if any(mark in text for text in texts) and re.fullmatch(r"callgrind\.\d+", whole.name):
            return [(re.search(r"^desc: Trigger: (.*)$", text, re.M)[1],
                     int(re.search(r"^(?:totals|summary): (\d+)", text, re.M)[1])) for text in texts]
    raise AssertionError(f"no profile has {mark}")


def instructions(build):
    """Of the reader and of the daemon, for one look that rings."""
    server = serve()
    server.pause_s = 5  # under callgrind all before the last byte takes longer
    with place_for_state() as folder:
        place = pathlib.Path(folder)
        with Bell(build, place, server, "valgrind", "--tool=callgrind", "--trace-children=yes",
                  "--dump-before=on_socket_ready", "--dump-after=on_fetched", "--dump-before=on_reply",
                  "--dump-before=sim_set", f"--callgrind-out-file={place}/callgrind.%p") as bell:
            bell.wait_for("there already", 120)
            time.sleep(HOST_GAP_S)
            bell.ring(server, 0, 120)
        server.shutdown()
        reader = parts_of(place, "--dump-after=on_fetched")
        daemon = parts_of(place, "--dump-before=sim_set")
    read = [cost for trigger, cost in reader if "on_fetched" in trigger][-1]
    replied = max(index for index, (trigger, _) in enumerate(daemon) if "on_reply" in trigger)
    edge = next(cost for trigger, cost in daemon[replied + 1:] if "sim_set" in trigger)
    return read, edge


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    times = sorted(times_ms(build))
    print(f"{'from the last byte to the edge':<52}{'measured':>12}{'at most':>12}")
    print(f"{f'least of {LOOKS} looks, ms':<52}{times[0]:>12.2f}{LIMIT_MS:>12}")
    print(f"{'median, ms':<52}{times[len(times) // 2]:>12.2f}")
    if not shutil.which("valgrind"):
        print("instructions: skipped, valgrind is not installed")
        return
    reader, daemon = instructions(build)
    print(f"{'the reader, instructions':<52}{reader:>12,}")
    print(f"{'the daemon, instructions':<52}{daemon:>12,}")


if __name__ == "__main__":
    main()
