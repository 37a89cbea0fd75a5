#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A thousand feeds on HTTPS for a day, in some minutes: is everybody asked in time, and at what cost?

    thousand.py BUILD_DIR [--feeds 1000] [--hours 24]

Each feed has a host of its own. 75 % live (they answer 304), 10 % are dead (refused), 10 % hang, 5 %
are hostile: they drip, send a bomb, or redirect in a circle. The daemon and the reader are the real
ones; their clocks are in our hand (sim_clock.py), the reader's time limits included, so that a host
that hangs holds its place for as long as it would. Goals: every live feed is asked within 1.1 of its
interval, the daemon's memory is flat, and the log has one line for a change of a feed's state.
"""

import argparse
import asyncio
import collections
import gzip
import os
import pathlib
import ssl
import sys
import tempfile
import threading
import time

INTERVAL, LATE, HOUR = 900, 1.1, 3600
KINDS = ["live"] * 15 + ["dead"] * 2 + ["hang"] * 2 + ["hostile"]
HOSTILE = ["drip", "bomb", "circle"]
DOMAIN = "feeds.localhost"  # libcurl itself leads all of localhost to loopback


def kind_of(number):
    kind = KINDS[number % len(KINDS)]
    return HOSTILE[number // len(KINDS) % len(HOSTILE)] if kind == "hostile" else kind


class Server:
    """All the hosts, in a thread of its own."""

    def __init__(self, certificate, now):
        self._now = now
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._bomb = gzip.compress(bytes(1 << 28), 9)
        self._busy = 0
        self.asked = collections.defaultdict(list)
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(
            self._serve, "127.0.0.1", 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    def is_idle(self):
        """Is everybody answered who will be? Asked in the server's own loop, after what has come."""
        return asyncio.run_coroutine_threadsafe(self._is_idle(), self._loop).result(timeout=20)

    async def _is_idle(self):
        await asyncio.sleep(0)
        return self._busy == 0

    async def _serve(self, reader, writer):
        """One connection; busy from its first byte to its first answer, and again at each request."""
        self._busy += 1
        is_busy = True
        try:
            await writer.start_tls(self._context)
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self._busy += not is_busy
                is_busy = True
                stay = await self._answer(head, writer)
                self._busy -= 1
                is_busy = False
                if not stay:
                    await reader.read()  # nothing more is said: until the client goes
                    return
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self._busy -= is_busy
            writer.close()

    async def _answer(self, head, writer):
        """Return: whether the connection is of further use."""
        number = int(head.split()[1].lstrip("/"))
        self.asked[number].append(self._now())
        kind = kind_of(number)
        if kind == "hang":
            return False
        if kind == "drip":
            asyncio.ensure_future(self._drip(writer))
            return False
        if kind == "circle":
            answer = f"HTTP/1.1 302 Found\r\nLocation: /{number}\r\nContent-Length: 0\r\n\r\n".encode()
        elif kind == "bomb":
            answer = (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" %
                      len(self._bomb)) + self._bomb
        elif "\r\nif-none-match:" in head.lower():
            answer = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
        else:
            body = (f"<rss version='2.0'><channel><title>{number}</title><item><guid>{number}</guid>"
                    "<title>One</title></item></channel></rss>").encode()
            answer = (b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: %d\r\n\r\n' %
                      len(body)) + body
        writer.write(answer)
        await writer.drain()
        return True

    async def _drip(self, writer):
        """A byte a second, by the clock in our hand."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<")
        last = self._now()
        try:
            while not writer.is_closing():
                await asyncio.sleep(0.02)
                for _ in range(int(self._now() - last)):
                    writer.write(b" ")
                last = self._now() if self._now() - last >= 1 else last
        except (OSError, ssl.SSLError, AttributeError):  # asyncio's own, of a transport that is gone
            pass


def private_dirty_kb(pid):
    for line in open(f"/proc/{pid}/smaps_rollup", encoding="ascii"):
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    raise AssertionError("no Private_Dirty in smaps_rollup")


def row(what, value, goal=""):
    print(f"{what:<60} {value:>12} {goal:>12}")


def report(feeds, server, memory, lines):
    """Prints the table. Return: whether the goals were met."""
    live = [number for number in range(feeds) if kind_of(number) == "live"]
    gaps = [later - earlier for number in live
            for earlier, later in zip(server.asked[number], server.asked[number][1:])]
    per_feed = collections.Counter()
    for line in lines:
        for word in line.split():
            if word.startswith("https://"):
                per_feed[word] += 1
                break
    for line in lines:
        if "https://" not in line:
            print(line, file=sys.stderr)
    looks = sum(map(len, server.asked.values()))
    print(f"{feeds} feeds, {looks} requests")
    row("", "measured", "goal")
    row("gaps of live feeds", len(gaps))
    row("shortest gap / interval", f"{min(gaps) / INTERVAL:.3f}", ">= 1")
    row("median gap / interval", f"{sorted(gaps)[len(gaps) // 2] / INTERVAL:.3f}")
    row("longest gap / interval", f"{max(gaps) / INTERVAL:.3f}", f"<= {LATE}")
    row("gaps over the goal", sum(gap > LATE * INTERVAL for gap in gaps), "0")
    early = sum(gap < INTERVAL for gap in gaps)
    row("gaps under the interval", early, "0")
    row("live feeds never asked", sum(not server.asked[number] for number in live), "0")
    row("lines of the log", len(lines))
    row("most lines of one feed", max(per_feed.values()), "1")
    settled, late = memory[min(2, len(memory) - 1)], memory[-1]
    row("Private_Dirty of the daemon after 2 h, KB", settled)
    row(f"after {len(memory)} h, KB", late, f"<= {settled + 64}")
    row("most at the end of an hour, KB", max(memory))
    return (min(gaps) >= INTERVAL and max(gaps) <= LATE * INTERVAL and late <= settled + 64
            and max(per_feed.values()) == 1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--feeds", type=int, default=1000)
    arguments.add_argument("--hours", type=int, default=24)
    options = arguments.parse_args()
    os.environ["WIREBELL_BUILD"] = str(options.build)
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
    from authority import Authority  # noqa: E402, they look up the build at import
    from bell import Bell
    from sim_clock import SimClock

    with tempfile.TemporaryDirectory(prefix="wirebell-thousand-") as folder:
        place = pathlib.Path(folder)
        authority = Authority(place).found()
        server = Server(authority.certificate(f"*.{DOMAIN}"), lambda: clock.now())
        clock = SimClock(place / "clock", is_server_idle=server.is_idle)
        urls = [f"https://f{number}.{DOMAIN}:{1 if kind_of(number) == 'dead' else server.port}/{number}"
                for number in range(options.feeds)]
        keywords = place / "keywords"
        keywords.write_text("[feeds]\n" + "\n".join(urls) + "\n[bulletin]\nearthquake\n")
        board = place / "dark.board"  # a lamp that blinks all day is another benchmark's
        board.write_text("driver = sim\nbuzzer {}\nbutton {}\n")
        bell = Bell(options.build / "bin/wirebell", place, keywords, "--board", str(board))
        bell.env.update(clock.env, **authority.env)
        memory = []
        with bell:
            bell.wait_for("watching", seconds=30)
            begin = time.monotonic()
            for hour in range(options.hours):
                clock.advance(HOUR)
                memory.append(private_dirty_kb(bell.pid))
                print(f"hour {hour + 1}: {time.monotonic() - begin:.0f} s", file=sys.stderr)
            lines = list(bell.lines)
        return 0 if report(options.feeds, server, memory, lines) else 1


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
