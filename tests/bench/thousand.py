#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A thousand feeds on HTTPS for a day, in some minutes: is everybody asked in time, and at what cost?

    thousand.py BUILD_DIR [--feeds 1000] [--hours 24]

Each feed has a host of its own. 75 % live (they answer 304), 10 % are dead (refused), 10 % hang, 5 %
are hostile: they drip, send a bomb, or redirect in a circle. The daemon and the reader are the real
ones; their clocks are in our hand (sim_clock.py), the reader's time limits included, so that a host
that hangs holds its place for as long as it would. Time stands while anybody has anything to do: the
figures are the same on a loaded machine. Goals: every live feed is asked within 1.1 of its interval,
the daemon's memory is flat, and the log has one line for a change of a feed's state; and after a
night off no live feed waits behind those that hang.
"""

import argparse
import asyncio
import collections
import gzip
import heapq
import os
import pathlib
import select
import selectors
import ssl
import sys
import tempfile
import threading
import time

INTERVAL, LATE, HOUR, NIGHT, SECOND_NS = 900, 1.1, 3600, 8 * 3600, 10**9
# By core/schedule: after an answer a feed is due when INTERVAL and a jitter are over, and is asked
# when another's time is up, or its own.
JITTER_S, SLACK_S = 30, 45
KINDS = ["live"] * 15 + ["dead"] * 2 + ["hang"] * 2 + ["hostile"]
HOSTILE = ["drip", "bomb", "circle"]
DOMAIN = "feeds.localhost"  # libcurl itself leads all of localhost to loopback


def kind_of(number):
    kind = KINDS[number % len(KINDS)]
    return HOSTILE[number // len(KINDS) % len(HOSTILE)] if kind == "hostile" else kind


class Selector(selectors.EpollSelector):
    """Tells from outside the loop whether the loop rests."""

    waits = 0  # odd while it waits

    def select(self, timeout=None):
        is_wait = timeout is None or timeout > 0
        self.waits += is_wait
        try:
            return super().select(timeout)
        finally:
            self.waits += is_wait

    def is_idle(self):
        """Nothing has come that the loop has not taken: an epoll is itself something to be polled."""
        ready = select.poll()
        ready.register(self.fileno(), select.POLLIN)
        return self.waits % 2 == 1 and not ready.poll(0)


class Look:
    """One request: when its connection began, when it came and when it was answered, in ns of boot
    time, and how many others hung then."""

    def __init__(self, begun_ns, now_ns, hanging):
        self.begun_ns, self.asked_ns, self.answered_ns = begun_ns, now_ns, None
        self.hanging = hanging


class Server:
    """All the hosts, in a thread of its own; a part of the simulation (SimClock)."""

    def __init__(self, certificate, now_ns):
        self._now_ns = now_ns
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._bomb = gzip.compress(bytes(1 << 28), 9)
        self._drips = []  # a heap of (moment in ns, id, writer)
        self._hanging = 0
        self.restarted_ns = 0
        self.looks = collections.defaultdict(list)
        self._selector = Selector()
        self._loop = asyncio.SelectorEventLoop(self._selector)
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
        return self._selector.is_idle()

    @property
    def waits(self):
        return self._selector.waits

    @property
    def next_ns(self):
        """When the next byte drips."""
        return min(self._drips, default=[(1 << 63) - 1])[0]

    def tell(self):
        self._loop.call_soon_threadsafe(self._drip)

    async def _serve(self, reader, writer):
        begun_ns = self._now_ns()
        try:
            await writer.start_tls(self._context)
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                stay = await self._answer(head, begun_ns, writer)
                if not stay:
                    self._hanging += 1
                    await reader.read()  # nothing more is said: until the client goes
                    self._hanging -= 1
                    return
                begun_ns = self._now_ns()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(self, head, begun_ns, writer):
        """Return: whether the connection is of further use."""
        number = int(head.split()[1].lstrip("/"))
        look = Look(begun_ns, self._now_ns(), self._hanging)
        self.looks[number].append(look)
        kind = kind_of(number)
        if kind == "hang":
            return False
        if kind == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<")
            heapq.heappush(self._drips, (self._now_ns() + SECOND_NS, id(writer), writer))
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
        look.answered_ns = self._now_ns()
        return True

    def _drip(self):
        """A byte a second, by the clock in our hand."""
        now_ns = self._now_ns()
        while self._drips and self._drips[0][0] <= now_ns:
            _, key, writer = heapq.heappop(self._drips)
            if not writer.is_closing():
                writer.write(b" ")
                heapq.heappush(self._drips, (now_ns + SECOND_NS, key, writer))


def private_dirty_kb(pid):
    for line in open(f"/proc/{pid}/smaps_rollup", encoding="ascii"):
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    raise AssertionError("no Private_Dirty in smaps_rollup")


def row(what, value, goal=""):
    print(f"{what:<60} {value:>12} {goal:>12}")


def gaps_of(looks):
    """The gaps between the requests of one feed, in intervals, with the looks they lie between."""
    return [((later.asked_ns - earlier.asked_ns) / SECOND_NS / INTERVAL, earlier, later)
            for earlier, later in zip(looks, looks[1:])]


def explain(number, gap, earlier, later):
    """Whose is this gap: the plan's, the queue's of the daemon, or the wire's?"""
    answered_s = (earlier.answered_ns or earlier.asked_ns) / SECOND_NS
    begun_s, asked_s = later.begun_ns / SECOND_NS, later.asked_ns / SECOND_NS
    latest_s = answered_s + INTERVAL + JITTER_S + SLACK_S
    print(f"  feed {number}: {gap:.3f}; asked at {earlier.asked_ns / SECOND_NS:.3f} s, answered at "
          f"{answered_s:.3f}; so due from {answered_s + INTERVAL:.3f} to {latest_s:.3f}; connected at "
          f"{begun_s:.3f} ({begun_s - latest_s:+.3f}), asked at {asked_s:.3f}, {later.hanging} hung")


def report_gaps(feeds, server):
    """Return: whether all live feeds were asked in time."""
    live = [number for number in range(feeds) if kind_of(number) == "live"]
    gaps = sorted(((gap, number, earlier, later) for number in live
                   for gap, earlier, later in gaps_of(server.looks[number])),
                  key=lambda each: each[:2])
    ratios = [gap for gap, *_ in gaps]
    early = [each for each in gaps if each[0] < 1]
    late = [each for each in gaps if each[0] > LATE]
    slow = [look for number in live for look in server.looks[number]
            if look.answered_ns != look.begun_ns]
    row("gaps of live feeds", len(gaps))
    row("shortest gap / interval", f"{ratios[0]:.3f}", ">= 1")
    for share in 1, 10, 50, 90, 99:
        row(f"{share} % of the gaps / interval, up to", f"{ratios[len(ratios) * share // 100]:.3f}")
    row("longest gap / interval", f"{ratios[-1]:.3f}", f"<= {LATE}")
    row("gaps over the goal", len(late), "0")
    row("gaps under the interval", len(early), "0")
    first = [looks[0].asked_ns for number in live if (looks := server.looks[number])]
    row("first looks of live feeds lie within, s", f"{(max(first) - min(first)) / SECOND_NS:.0f}")
    row("live feeds never asked", sum(not server.looks[number] for number in live), "0")
    row("answers of live feeds while which time went on", len(slow), "0")
    for gap, number, earlier, later in [*early, *reversed(late)][:20]:
        explain(number, gap, earlier, later)
    return not early and not late and not slow and all(server.looks[number] for number in live)


def report_log(feeds, server, lines):
    """Return: whether each feed's state was told of once."""
    per_feed = collections.Counter()
    for line in lines:
        for word in line.split():
            if word.startswith("https://"):
                per_feed[int(word.rstrip(":").rpartition("/")[2])] += 1
                break
        else:
            print(line, file=sys.stderr)
    print(f"{'kind':<12} {'feeds':>8} {'requests':>10} {'log lines':>10} {'most a feed':>12}")
    for kind in ["live", "dead", "hang", *HOSTILE]:
        numbers = [number for number in range(feeds) if kind_of(number) == kind]
        said = [per_feed[number] for number in numbers]
        print(f"{kind:<12} {len(numbers):>8} {sum(len(server.looks[i]) for i in numbers):>10} "
              f"{sum(said):>10} {max(said, default=0):>12}")
    row("lines of the log", len(lines))
    row("most lines of one feed", max(per_feed.values()), "1")
    return max(per_feed.values()) == 1


def report_memory(memory):
    """Return: whether it is flat."""
    settled, late = memory[min(2, len(memory)) - 1], memory[-1]
    row("Private_Dirty of the daemon after 1 h, KB", memory[0])
    row(f"after {min(2, len(memory))} h, KB", settled)
    row(f"after {len(memory)} h, KB", late, f"<= {settled + 64}")
    row("most at the end of an hour, KB", max(memory))
    return late <= settled + 64


def report_restart(feeds, server):
    """Return: whether all live feeds were asked again as fast as they are spread."""
    live = [number for number in range(feeds) if kind_of(number) == "live"]
    most_s = LATE * max(100, feeds / 10)  # spread by core/schedule
    asked = [server.looks[number][0].asked_ns for number in live if server.looks[number]]
    last_s = (max(asked) - server.restarted_ns) / SECOND_NS
    row("after a night off live feeds were asked", len(asked), len(live))
    row("the last of them after, s", f"{last_s:.0f}", f"<= {most_s:.0f}")
    return len(asked) == len(live) and last_s <= most_s


class Desk:
    """The daemon on one state, and the clock and the server it lives by."""

    def __init__(self, place, build, feeds):
        from authority import Authority  # they look up the build at import
        from sim_clock import SimClock

        self._place, self._build = place, build
        self._authority = Authority(place).found()
        self.server = Server(self._authority.certificate(f"*.{DOMAIN}"), lambda: self.clock.now_ns)
        self.clock = SimClock(place / "clock", server=self.server)
        ports = {"dead": 1}
        urls = [f"https://f{number}.{DOMAIN}:{ports.get(kind_of(number), self.server.port)}/{number}"
                for number in range(feeds)]
        (place / "keywords").write_text("[feeds]\n" + "\n".join(urls) + "\n[bulletin]\nearthquake\n")
        # A lamp that blinks all day is another benchmark's.
        (place / "dark.board").write_text("driver = sim\nbuzzer {}\nbutton {}\n")

    def start(self):
        from bell import Bell

        bell = Bell(self._build / "bin/wirebell", self._place, self._place / "keywords",
                    "--board", str(self._place / "dark.board"))
        bell.env.update(self.clock.env, **self._authority.env)
        return bell


def run(desk, feeds, hours):
    """Prints the table. Return: whether the goals were met."""
    memory = []
    with desk.start() as bell:
        bell.wait_for("watching", seconds=60)
        begin = time.monotonic()
        for hour in range(hours):
            desk.clock.advance(HOUR)
            memory.append(private_dirty_kb(bell.pid))
            print(f"hour {hour + 1}: {time.monotonic() - begin:.0f} s", file=sys.stderr)
        lines = list(bell.lines)
    server = desk.server
    print(f"{feeds} feeds, {sum(map(len, server.looks.values()))} requests")
    row("", "measured", "goal")
    met = [report_gaps(feeds, server), report_memory(memory), report_log(feeds, server, lines)]

    server.looks.clear()
    desk.clock.jump(NIGHT, is_running=False)
    server.restarted_ns = desk.clock.now_ns
    with desk.start() as bell:
        bell.wait_for("watching", seconds=60)
        desk.clock.advance(INTERVAL / 2)
    return all([*met, report_restart(feeds, server)])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--feeds", type=int, default=1000)
    arguments.add_argument("--hours", type=int, default=24)
    options = arguments.parse_args()
    os.environ["WIREBELL_BUILD"] = str(options.build)
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
    with tempfile.TemporaryDirectory(prefix="wirebell-thousand-") as folder:
        desk = Desk(pathlib.Path(folder), options.build, options.feeds)
        return 0 if run(desk, options.feeds, options.hours) else 1


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
