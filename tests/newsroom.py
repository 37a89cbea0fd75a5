#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A newsroom in one process: serves a small feed on loopback, runs the bell on the sim board beside
it, publishes two stories while you watch, and ends by itself.

    newsroom.py WIREBELL [--quick]
"""

import http.server
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from xml.sax.saxutils import escape

PATIENCE_S = 60

KEYWORDS = """\
# what to read
[feeds]
{url}  @desk

# what rings, and how loud
[bulletin]
cyber attack*

[urgent]
=EU + crisis response
"""

OLD = [
    ("Harvest festival draws record crowd", "Sunshine and cider in the valley."),
    ("Ferry timetable changes on Monday", "The first boat leaves at six."),
]
NEW = [
    ("EU plans crisis response system",
     "The system is to counter hybrid attacks and attacks in cyberspace and space."),
    ("EU and NATO offer Ukraine help after cyber-attack",
     "Experts are ready to travel, both organisations said."),
]


class Newsroom(http.server.BaseHTTPRequestHandler):
    """Answers with the stories published so far; unchanged ones get 304.

    server.known is how many stories whoever asks has: what it has is in the ETag that it gives back.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        stories = self.server.stories
        etag = f'"{len(stories)}"'
        self.server.known = int(self.headers.get("If-None-Match", "0").strip('"'))
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        items = "".join(
            f"<item><guid>story-{number}</guid><title>{escape(title)}</title>"
            f"<link>http://{self.headers['Host']}/{number}</link>"
            f"<description>{escape(text)}</description></item>"
            for number, (title, text) in reversed(list(enumerate(stories))))
        body = ('<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
                f"<title>The Newsroom</title>{items}</channel></rss>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def say(text):
    print(f"\n--- {text}", flush=True)


def wait_until_known(server, bell):
    """Has the bell poll, as `every=` would in its time, until it shows that it has taken every story."""
    deadline = time.monotonic() + PATIENCE_S
    while server.known != len(server.stories) and bell.poll() is None:
        if time.monotonic() > deadline:
            sys.exit(f"the bell has not read its feed within {PATIENCE_S} s")
        if server.known is not None:  # before it has asked once it may not know the signal
            bell.send_signal(signal.SIGUSR1)
        time.sleep(0.1)


def main():
    wirebell, pause = sys.argv[1], 0 if "--quick" in sys.argv else 5
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Newsroom)
    server.stories, server.known = list(OLD), None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/feed.xml"

    with tempfile.TemporaryDirectory(prefix="wirebell-demo-") as place:
        keywords = os.path.join(place, "keywords")
        with open(keywords, "w", encoding="utf-8") as file:
            file.write(KEYWORDS.format(url=url))
        say(f"a feed with {len(OLD)} old stories at {url}; the keywords file:")
        print(KEYWORDS.format(url=url))
        bell = subprocess.Popen(
            [wirebell, "run", "--user", "--board", "sim", "--keywords", keywords,
             "--state-dir", os.path.join(place, "state")])
        try:
            wait_until_known(server, bell)
            for title, text in NEW:
                say(f"the newsroom publishes: {title}")
                server.stories.append((title, text))
                wait_until_known(server, bell)
                time.sleep(pause)
            say("the bell is stopped; every output goes off")
        finally:
            bell.send_signal(signal.SIGTERM)
            code = bell.wait(timeout=PATIENCE_S)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
