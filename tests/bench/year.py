#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A year of a hundred feeds in some minutes: does the state, the memory or the log grow?

    year.py BUILD_DIR [--feeds 100] [--months 12] [--every 4h] [--seed 1]

The daemon and the reader are the real ones, the clock is in our hand (sim_clock.py). Feeds publish as
feeds do: most of them little, some a story every few minutes, hardly any at night; each shows the last
ones only, some without dates, one item in twenty is edited afterwards, and one feed in ten has a page
that it shows for ever. Some are down for a month, one is broken for good, and one loses its line. A
person acknowledges once a day.

Printed at the end of each month; asserted: from the second quarter on nothing grows but the history
of what rang, which ends at 22,000 numbers (store_alerts.h). The state lies in memory here: what a card
bears is card.py's matter.
"""

import argparse
import asyncio
import email.utils
import os
import pathlib
import random
import sqlite3
import sys
import tempfile
import threading
import time
from xml.sax.saxutils import escape

from idle import private_dirty_kb

HOUR, DAY = 3600, 86400
SETTLED = 4  # months, after which all that is pruned has reached its bound
WAL_MOST = 4 << 20
# By the hour, UTC: what share of the day's stories.
HOURS = [1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 7, 6, 6, 6, 7, 7, 6, 5, 4, 4, 3, 3, 2, 1]
DOWN, BROKEN, LEAVES = (3, 4), 7, 11  # feeds: a month out; ends in the middle; its line goes
WORDS = ("harbour council ferry budget choir bridge storm market school vote strike museum court "
         "engine valley record summer plan river station border energy hospital league").split()


class Feed:
    """What one feed has published by a moment; the same for the same seed, however it is asked."""

    def __init__(self, number, seed, begin_s):
        self._random = random.Random(f"{seed} {number}")
        self.number = number
        self._a_day = min(self._random.lognormvariate(1.3, 1.3), 100)
        self._shown = self._random.choice((10, 15, 20, 30, 50))
        self._has_dates = self._random.random() > 0.15
        self.has_validators = self._random.random() > 0.1
        self._page = "<item><guid>page</guid><title>About us</title></item>" if number % 10 == 5 else ""
        self._next_s = begin_s - 30 * DAY
        self._items, self._edited = [], 0
        self.published = 0

    def _publish(self):
        words = " ".join(self._random.choices(WORDS, k=7))
        kind = self._random.random()
        if kind < 0.004:
            words += " cyber attack"
        elif kind < 0.03:
            words += " stamps"  # met by a rule that never rings
        self._items.append([self.published, int(self._next_s), words])
        del self._items[:-self._shown]
        self.published += 1
        if self._random.random() < 0.05:
            self._random.choice(self._items)[2] += ", updated"
            self._edited += 1

    def run(self, now_s):
        """Publishes what is published until then."""
        while self._next_s <= now_s:
            self._publish()
            hour = int(self._next_s % DAY // 3600)
            rate = self._a_day * HOURS[hour] * 24 / sum(HOURS) / DAY
            # By pieces of an hour at most: the rate is the hour's.
            gap_s = self._random.expovariate(rate)
            while gap_s > 3600:
                self._next_s += 3600
                rate_now = HOURS[int(self._next_s % DAY // 3600)] / HOURS[hour]
                gap_s = (gap_s - 3600) / max(rate_now, 0.01)
                hour = int(self._next_s % DAY // 3600)
            self._next_s += gap_s

    @property
    def etag(self):
        return f'"{self.published}-{self._edited}"'

    def document(self):
        items = "".join(
            f"<item><guid>{self.number}-{number}</guid><title>{escape(words)} {number}</title>"
            f"<link>https://site{self.number}.example/{number}</link><description>"
            f"{escape(words * 6)}</description>"
            + (f"<pubDate>{email.utils.formatdate(at_s)}</pubDate>" if self._has_dates else "") + "</item>"
            for number, at_s, words in reversed(self._items))
        return (f"<rss version='2.0'><channel><title>Site {self.number}</title>{self._page}{items}"
                "</channel></rss>").encode()


class Server:
    """All the feeds, in a thread of its own; an answer is one write."""

    def __init__(self, feeds, clock):
        self.feeds, self._clock = feeds, clock
        self.month = 0
        self.looks = 0
        loop = asyncio.new_event_loop()
        ready = threading.Event()

        def run():
            asyncio.set_event_loop(loop)
            server = loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256))
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        ready.wait()

    async def _serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                writer.write(self._answer(head))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    def _answer(self, head):
        self.looks += 1
        feed = self.feeds[int(head.split()[1].lstrip("/"))]
        feed.run(self._clock.wall_s)
        if feed.number in DOWN and self.month in (2, 7):
            return b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"
        tag = f"ETag: {feed.etag}\r\n" if feed.has_validators else ""
        if feed.has_validators and f"if-none-match: {feed.etag}\r\n" in head.lower():
            return f"HTTP/1.1 304 Not Modified\r\n{tag}\r\n".encode()
        body = feed.document()
        if feed.number == BROKEN:
            body = body[:-20]
        return f"HTTP/1.1 200 OK\r\n{tag}Content-Length: {len(body)}\r\n\r\n".encode() + body


def table_kb(db, name):
    """A table's pages, with those of its indexes."""
    (size,) = db.execute(
        "SELECT coalesce(sum(pgsize), 0) FROM dbstat AS used JOIN sqlite_schema AS what"
        " ON used.name = what.name WHERE what.tbl_name = ?", (name,)).fetchone()
    return size // 1024


def measure(bell, place, lines_before):
    """A row of the table, as a dict."""
    state = place / "state" / "wirebell.db"
    memory = private_dirty_kb(bell.pid)
    lines = list(bell.lines)[lines_before:]
    with sqlite3.connect(f"file:{state}?mode=ro", uri=True) as db:
        def count(table):
            return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        found = {
            "db": state.stat().st_size // 1024,
            "free": db.execute("PRAGMA freelist_count").fetchone()[0] * 2,
            "wal": pathlib.Path(f"{state}-wal").stat().st_size // 1024,
            "keys": count("seen"), "keys_kb": table_kb(db, "seen"),
            "stories": count("stories"), "stories_kb": table_kb(db, "stories"),
            "alerts": count("alerts"), "alerts_kb": table_kb(db, "alerts"),
            "feeds": count("feeds"),
        }
    db.close()
    # Pages of the state are the file system's, here as on a disk.
    found["dirty"] = sum(size for kind, size in memory.items() if not kind.startswith("wirebell.db"))
    found["lines"] = len(lines)
    found["rings"] = sum("bulletin: " in line for line in lines)
    return found


COLUMNS = {"looks": "looks", "news": "stories", "db": "db KB", "free": "free KB", "wal": "WAL KB",
           "keys": "keys", "keys_kb": "KB", "stories": "kept", "stories_kb": "KB", "alerts": "alerts",
           "alerts_kb": "KB", "feeds": "feeds", "rings": "rings", "lines": "log lines",
           "dirty": "dirty KB"}


def show(month, row):
    if month == 1:
        print("month " + " ".join(f"{head:>9}" for head in COLUMNS.values()))
    print(f"{month:>5} " + " ".join(f"{row[name]:>9,}" for name in COLUMNS), flush=True)


def judge(rows):
    """What grew; nothing, if all is well."""
    if len(rows) <= SETTLED:
        return []
    settled, later = rows[:SETTLED], rows[SETTLED:]
    bounds = {name: 1.15 * max(row[name] for row in settled) + 32 for name in
              ("keys", "keys_kb", "stories", "stories_kb", "lines")}
    bounds["wal"] = WAL_MOST // 1024
    bounds["dirty"] = max(row["dirty"] for row in settled) + 32
    wrong = [f"month {SETTLED + number}: {name} {row[name]:,} is over {bounds[name]:,.0f}"
             for number, row in enumerate(later, 1) for name in bounds if row[name] > bounds[name]]
    # All but the history of what rang: what is freed is used again.
    def rest(row):
        return row["db"] - row["alerts_kb"]
    most = 1.15 * max(map(rest, settled)) + 32
    return wrong + [f"month {SETTLED + number}: {rest(row):,} KB of the file are no alerts, over {most:,.0f}"
                    for number, row in enumerate(later, 1) if rest(row) > most]


def write_keywords(path, urls, every):
    path.write_text("[feeds]\n" + "".join(f"{url}  every={every}\n" for url in urls) +
                    "[bulletin]\ncyber attack*\n[routine]\nstamps\n")


def run(options, place):
    from bell import Bell
    from sim_clock import SimClock

    begin_s = (int(time.time()) // DAY + 1) * DAY
    clock = SimClock(place / "clock", begin_s)
    server = Server([Feed(number, options.seed, begin_s) for number in range(options.feeds)], clock)
    urls = [f"http://f{number}.localhost:{server.port}/{number}" for number in range(options.feeds)]
    write_keywords(place / "keywords", urls, options.every)
    # No lamp blinks, which would be half a million moments a week.
    (place / "steady.board").write_text(
        "driver = sim\nlamp red {}\nlamp green {}\nlamp health {}\nbutton {}\n")
    (place / "config").write_text("bulletin { rhythm = steady strokes = 0 repeat = never }\n")
    bell = Bell(options.build / "bin/wirebell", place, place / "keywords",
                "--board", str(place / "steady.board"), "--config", str(place / "config"))
    bell.env.update(clock.env, GLIBC_TUNABLES="glibc.malloc.tcache_count=0")  # as its unit has it
    rows, lines, looks, news = [], 0, 0, 0
    with bell:
        bell.wait_for("watching", seconds=30)
        clock.advance(HOUR)  # what is there at first is no news
        news = sum(feed.published for feed in server.feeds)
        for month in range(1, options.months + 1):
            server.month = month
            if month in (3, 8):  # read again, it is what takes a line away, and then forgets it
                write_keywords(place / "keywords", urls[:LEAVES] + urls[LEAVES + 1:], options.every)
            for _ in range(30):
                clock.advance(DAY)
                bell.press_button()
                clock.settle()
            row = measure(bell, place, lines)
            published = sum(feed.published for feed in server.feeds)
            row["looks"], row["news"] = server.looks - looks, published - news
            lines, looks, news = len(bell.lines), server.looks, published
            rows.append(row)
            show(month, row)
    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--feeds", type=int, default=100)
    arguments.add_argument("--months", type=int, default=12)
    arguments.add_argument("--every", default="4h")
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    os.environ["WIREBELL_BUILD"] = str(options.build)
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wirebell-year-", dir=memory) as folder:
        rows = run(options, pathlib.Path(folder))
    wrong = judge(rows)
    print(f"{time.monotonic() - begin:.0f} s; seed {options.seed};",
          "nothing grows" if not wrong else "\n".join(["", *wrong]))
    return 1 if wrong else 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
