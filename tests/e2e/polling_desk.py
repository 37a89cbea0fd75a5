# SPDX-License-Identifier: MIT
"""A desk whose clock is in the test's hand: the daemon on one state, and how its feeds answer."""

import sqlite3
import time

from bell import Bell
from conftest import BUILD
from feed_server import Answer, rss
from sim_clock import SimClock

MINUTE, HOUR, DAY = 60, 3600, 86400
FLOOR, BASE, HINTS_MOST = 5 * MINUTE, 15 * MINUTE, 4 * HOUR
# Late on purpose, all together (FETCHING row 26).
LATE = 1.1
VALID = {"ETag": '"a"', "Connection": "close"}
UNCHANGED = Answer(status=304, headers={"Connection": "close"})


def ok(body=None, **headers):
    """A feed with a validator; headers by keyword, _ for -."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(body or rss("One"), headers={**VALID, **more})


class Desk:
    """A keywords file, a clock, and a daemon that can be started over and over on one state.

    Another feed, that is always well, is watched beside those of a test: deafness would have the
    health lamp wake the daemon every five seconds, for days.
    """

    def __init__(self, place, well):
        self.place = place
        self._well = well.script("/well", ok(), UNCHANGED)
        well.clock = lambda: self.clock.now()
        self.clock = SimClock(place / "clock", self._midnight() + 10 * MINUTE)
        self.keywords = place / "keywords"

    @staticmethod
    def _midnight():
        return (int(time.time()) // DAY + 1) * DAY

    def watch(self, *lines, is_alone=False):
        lines = lines if is_alone else (*lines, self._well)
        self.keywords.write_text("[feeds]\n" + "\n".join(lines) + "\n[bulletin]\nearthquake\n")

    def start(self, *arguments):
        return Bell(BUILD / "bin/wirebell", self.place, self.keywords, *arguments, clock=self.clock)

    def rows(self, columns):
        with sqlite3.connect(self.place / "state" / "wirebell.db") as db:
            return db.execute(f"SELECT {columns} FROM feeds WHERE url NOT LIKE '%/well'"
                              " ORDER BY url").fetchall()
