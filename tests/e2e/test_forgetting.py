# SPDX-License-Identifier: MIT
"""What a feed has stopped showing is forgotten in time; what it still shows is known for good.

The stories have no dates, so nothing but their keys keeps them from ringing again.
"""

import sqlite3

import pytest
from feed_server import Answer, FeedServer, rss
from polling_desk import DAY, HOUR, UNCHANGED, Desk, ok

STAYS = "Earthquake: what to do"
MONTH = 31 * DAY


class DarkDesk(Desk):
    """No lamp blinks for months; and where one would, time goes on in longer steps."""

    def start(self):
        self.clock.grain_s = HOUR
        board = self.place / "dark.board"
        board.write_text("driver = sim\nbuzzer {}\nbutton {}\n")
        return super().start("--board", str(board))


@pytest.fixture
def desk(tmp_path):
    with FeedServer(address="127.0.0.9") as well:
        yield DarkDesk(tmp_path, well)


class Paper:
    """A feed that shows one page for ever, and the last three stories beside it."""

    def __init__(self, desk, server):
        server.clock = desk.clock.now
        self._server, self._desk = server, desk
        self._stories, self._version = ["Choir 0"], 0
        self.is_down = False
        self.has_etag = True
        self.url = server.script("/feed", lambda: self._answer())

    def _answer(self):
        if self.is_down:
            return Answer(status=500, headers={"Connection": "close"})
        etag = f'"{self._version}"'
        head = {"Connection": "close"}
        if self.has_etag:
            head["ETag"] = etag
        if self._server.requests("/feed")[-1].header("If-None-Match") == etag:
            return Answer(status=304, headers=head)
        return Answer(rss(*self._stories[-3:], STAYS, lastBuildDate=self._version), headers=head)

    def publish(self, title=None):
        """Something else on the page, or nothing but its date."""
        self._version += 1
        if title:
            self._stories.append(title)

    def keys(self):
        with sqlite3.connect(self._desk.place / "state" / "wirebell.db") as db:
            return db.execute("SELECT count(*) FROM seen").fetchone()[0]


@pytest.fixture
def paper(desk, feed_server):
    paper = Paper(desk, feed_server)
    desk.watch(f"{paper.url}  every=24h", is_alone=True)
    return paper


def test_keys_are_bounded_and_what_is_still_shown_rings_no_more(desk, paper, feed_server):
    most = []
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(DAY)
        for day in range(1, 200):
            paper.publish(f"Choir {day}")
            desk.clock.advance(1.2 * DAY)
            most.append(paper.keys())
        assert bell.count("bulletin: ") == 0, bell.text
        # Three months of stories at most, and flat from then on.
        assert max(most[100:]) <= max(most[:100]) <= 95
        assert min(most[100:]) >= 45
        paper.publish("An earthquake at last")
        desk.clock.advance(1.2 * DAY)
        bell.wait_for("bulletin: An earthquake at last")
    # It was not asked oftener for that, and with its validators each time but the first.
    asked = feed_server.requests("/feed")
    assert all(later.time_s - earlier.time_s >= DAY for earlier, later in zip(asked, asked[1:]))
    assert all(request.header("If-None-Match") for request in asked[1:])


def test_a_feed_that_brings_nothing_or_is_down_forgets_and_writes_nothing(
        desk, paper, feed_server):
    with desk.start() as bell:
        bell.wait_for("watching")
        paper.has_etag = False  # a new one would be worth a write
        desk.clock.advance(DAY)
        paper.publish("Choir 1")
        desk.clock.advance(1.2 * DAY)
        assert paper.keys() == 3
        files = [desk.place / "state" / name for name in ("wirebell.db", "wirebell.db-wal")]
        before = [file.read_bytes() for file in files]
        for _ in range(10):
            paper.publish()  # only its date
            desk.clock.advance(MONTH / 4)
        assert [file.read_bytes() for file in files] == before
        asked = len(feed_server.requests("/feed"))
        assert asked >= 60
        paper.is_down = True
        desk.clock.advance(2 * MONTH)
        paper.is_down = False
        paper.publish("Choir 2")
        desk.clock.advance(3 * DAY)
        assert len(feed_server.requests("/feed")) >= asked + 60
        assert paper.keys() == 4


def test_a_feed_whose_line_was_gone_for_a_month_comes_back_as_it_was(desk, paper, feed_server):
    line = desk.keywords.read_text()
    other = feed_server.script("/other", ok(), UNCHANGED)
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(DAY)
        desk.watch(f"{other}  every=24h", is_alone=True)
        desk.clock.advance(MONTH)
        assert len(feed_server.requests("/feed")) == 1 and feed_server.requests("/other")
        desk.keywords.write_text(line)
        desk.clock.advance(1)
        assert bell.count("keywords: feeds: 1") == 3
        paper.publish("An earthquake meanwhile")
        desk.clock.advance(2 * DAY)
        bell.wait_for("bulletin: An earthquake meanwhile")
        assert bell.count(f"{paper.url}.*first look") == 1
