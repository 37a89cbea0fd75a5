# SPDX-License-Identifier: MIT
"""When the daemon asks, and whom: polite fetching, row by row, on a clock in the test's hand.

Days pass in seconds (sim_clock.py), so a gap here is exact: what is late is late on purpose.
"""

import random
import re
import sqlite3
import time

import pytest
from feed_server import Answer, FeedServer, rss
from polling_desk import (BASE, DAY, FLOOR, HINTS_MOST, HOUR, LATE, MINUTE, UNCHANGED, VALID, Desk,
                          ok)


@pytest.fixture
def desk(tmp_path):
    with FeedServer(address="127.0.0.9") as well:
        yield Desk(tmp_path, well)


@pytest.fixture
def server(desk, feed_server):
    feed_server.clock = desk.clock.now
    return feed_server


@pytest.fixture
def servers(desk, server):
    """Three hosts."""
    with FeedServer(address="127.0.0.2") as second, FeedServer(address="127.0.0.3") as third:
        second.clock = third.clock = desk.clock.now
        yield server, second, third


def times(server, path="/feed"):
    return [request.time_s for request in server.requests(path)]


def gaps(server, path="/feed"):
    asked = times(server, path)
    return [later - earlier for earlier, later in zip(asked, asked[1:])]


def run(desk, seconds, *lines):
    """A daemon for so long; gives it, stopped."""
    if lines:
        desk.watch(*lines)
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(seconds)
        return bell


def is_about(gap, wanted):
    return wanted <= gap <= LATE * wanted


def are_about(found, wanted):
    """Whether there are gaps, and all of that length."""
    return len(found) > 0 and all(is_about(gap, wanted) for gap in found)


# --- restarts ---------------------------------------------------------------------------------


def test_row_09_five_restarts_in_a_minute_ask_no_feed_before_it_is_due(desk, server):
    url = server.script("/feed", ok(Cache_Control="max-age=3600"), UNCHANGED)
    run(desk, 10, url)
    for _ in range(5):
        run(desk, 10)
    assert len(times(server)) == 1
    run(desk, LATE * HOUR)
    first, second = server.requests("/feed")
    assert is_about(second.time_s - first.time_s, HOUR)
    assert second.header("If-None-Match") == '"a"'


def test_row_10_killed_at_any_moment_the_state_parses_and_costs_one_plain_get_at_most(
        desk, server):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    count = iter(range(1000))

    def fresh():
        number = next(count)
        return Answer(rss(*(f"Story {i}" for i in range(number, number + 40))),
                      headers={"ETag": f'"{number}"', "Connection": "close"})

    desk.watch(server.script("/feed", fresh))
    for _ in range(12):
        with desk.start() as bell:
            bell.wait_for("watching")
            bell.poll()
            time.sleep(chance.uniform(0, 0.15))
            bell.kill()
        with sqlite3.connect(desk.place / "state" / "wirebell.db") as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with desk.start() as bell:
        bell.wait_for("watching")
        for _ in range(2):  # the first may be the first that nobody kills
            asked = len(times(server))
            bell.poll()
            desk.clock.advance(10)
            assert len(times(server)) > asked
        assert bell.count("state") == 0, bell.text
    sent = [request.header("If-None-Match") for request in server.requests("/feed")]
    assert sent[-1] is not None
    # A validator sent is one that was given, and never one older than what was known before.
    known = [int(tag.strip('"')) for tag in sent if tag]
    assert known == sorted(known) and None not in sent[-len(known):]


# --- what servers order -----------------------------------------------------------------------


@pytest.mark.parametrize("end", ["go on", "kill", "poll"])
def test_row_12_retry_after_with_429_holds_the_url_and_its_host(desk, servers, end):
    near, far, _ = servers
    wait = Answer(b"slower", status=429, headers={"Retry-After": "7200", "Connection": "close"})
    urls = [near.script("/busy", ok(), wait), near.script("/beside", ok(), UNCHANGED),
            far.script("/feed", ok(), UNCHANGED)]
    desk.watch(*urls)
    with desk.start() as bell:
        bell.wait_for("watching")
        while len(times(near, "/busy")) < 2:
            desk.clock.advance(10)
        told = times(near, "/busy")[1]
        if end == "kill":
            bell.kill()
        elif end == "poll":
            bell.poll()
            bell.wait_for("told us to wait .*: 2$")
            desk.clock.advance(2 * HOUR)
        else:
            desk.clock.advance(2 * HOUR)
    run(desk, 2.5 * HOUR)
    later = [at for at in times(near, "/busy") + times(near, "/beside") if at > told]
    assert len(later) >= 2 and min(later) >= told + 7200
    assert any(told < at < told + 7200 for at in times(far))


def test_row_14_retry_after_with_503_holds_the_url_and_not_its_host(desk, server):
    wait = Answer(b"later", status=503, headers={"Retry-After": "7200", "Connection": "close"})
    run(desk, 4 * HOUR, server.script("/busy", wait), server.script("/beside", ok(), UNCHANGED))
    assert are_about(gaps(server, "/busy"), 7200)
    assert are_about(gaps(server, "/beside"), BASE)


def test_row_15_an_absurd_retry_after_is_clamped_to_a_day(desk, server):
    desk.clock.grain_s = MINUTE
    absurd = Answer(b"never", status=503, headers={"Retry-After": "99999999", "Connection": "close"})
    odd = [Answer(b"odd", status=503, headers={"Retry-After": value, "Connection": "close"})
           for value in ("-1", "soon")]
    run(desk, 2.5 * DAY, server.script("/absurd", absurd), server.script("/odd", *odd))
    assert [is_about(gap, DAY) for gap in gaps(server, "/absurd")] == [True, True]
    assert BASE <= gaps(server, "/odd")[0] <= LATE * BASE + MINUTE


def test_row_18_max_age_is_a_floor(desk, server):
    run(desk, 4 * HOUR, server.script("/feed", ok(Cache_Control="max-age=1800")) + " every=10m")
    assert are_about(gaps(server), 1800)


def test_row_19_max_age_counts_on_a_304_less_its_age(desk, server):
    fresh = Answer(status=304, headers={"Cache-Control": "max-age=2400", "Age": "300",
                                        "Connection": "close"})
    run(desk, 4 * HOUR, server.script("/feed", ok(), fresh))
    assert are_about(gaps(server)[1:], 2100)


@pytest.mark.parametrize("value", ["no-cache", "no-store", "max-age=0"])
def test_row_20_what_may_not_be_kept_is_asked_at_the_usual_interval(desk, server, value):
    run(desk, 2 * HOUR, server.script("/feed", ok(Cache_Control=value)))
    assert are_about(gaps(server), BASE)
    assert server.requests("/feed")[-1].header("If-None-Match") == '"a"'


# --- what documents order ---------------------------------------------------------------------


def test_row_21_ttl_is_a_floor_over_304s_and_restarts_but_yields_to_the_users_word(desk, server):
    feed = ok(rss("One", ttl=60))
    plain, mine = server.script("/feed", feed, UNCHANGED), server.script("/mine", feed, UNCHANGED)
    run(desk, 3 * HOUR, plain, f"{mine} every=20m")
    bell = run(desk, 3 * HOUR)
    assert are_about(gaps(server), HOUR)
    assert are_about(gaps(server, "/mine"), 20 * MINUTE)
    assert bell.count(re.escape(mine) + ".*every=") == 1


def utc(desk, boot_s):
    """Hour and day (0 = Sunday) of a moment of boot time."""
    wall_s = desk.clock.wall_s - (desk.clock.now() - boot_s)
    return int(wall_s % DAY // HOUR), int(wall_s // DAY + 4) % 7


def test_row_22_hours_and_days_to_be_skipped_are(desk, server):
    days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    _, today = utc(desk, desk.clock.now())
    tomorrow = (today + 1) % 7
    tags = (b"<skipHours><hour>1</hour><hour>2</hour><hour>23</hour></skipHours>"
            b"<skipDays><day>" + days[tomorrow].encode() + b"</day></skipDays>")
    feed = ok(rss("One").replace(b"<item>", tags + b"<item>", 1))
    run(desk, 12 * HOUR, server.script("/feed", feed, UNCHANGED))
    run(desk, 2.5 * DAY)
    asked = [utc(desk, at) for at in times(server)]
    assert not [hour for hour, _ in asked if hour in (1, 2, 23)]
    assert tomorrow not in [day for _, day in asked]
    assert {0, 3, 22} <= {hour for hour, _ in asked} and len({day for _, day in asked}) >= 3
    assert max(gaps(server)) > DAY


def test_row_23_sy_update_is_a_floor(desk, server):
    tags = (b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>")
    body = rss("One").replace(b"<item>", tags + b"<item>", 1).replace(
        b"<rss ", b"<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' ", 1)
    run(desk, 4 * HOUR, server.script("/feed", ok(body), UNCHANGED))
    assert are_about(gaps(server), 30 * MINUTE)


# --- what is ours -----------------------------------------------------------------------------


def test_row_24_without_validators_a_feed_is_asked_slowly_and_warned_of_once(desk, server):
    url = server.script("/feed", Answer(rss("One"), headers={"Connection": "close"}))
    bell = run(desk, 8 * HOUR, url)
    assert are_about(gaps(server), HOUR)
    assert bell.count("neither ETag nor Last-Modified") == 1
    assert run(desk, 8 * HOUR).count("neither ETag") == 0
    assert desk.rows("body_hash") != [(0,)]  # told apart by its body, not read again


def test_row_25_no_configuration_breaks_the_floor(desk, server):
    bell = run(desk, 2 * HOUR, server.script("/feed", ok(), UNCHANGED) + " every=5s")
    assert gaps(server) and min(gaps(server)) >= FLOOR
    assert bell.count("warning: .*5 minutes") == 1


def test_row_26_first_looks_are_spread_and_later_ones_jitter_late_only(desk, servers):
    urls = [each.script(f"/{i}", ok(), UNCHANGED) for each in servers for i in range(10)]
    run(desk, 3 * HOUR, *urls)
    first = sorted(times(each, f"/{i}")[0] for each in servers for i in range(10))
    assert first[-1] - first[0] >= 60 and len(set(first)) == 30
    later = [gap for each in servers for i in range(10) for gap in gaps(each, f"/{i}")]
    assert are_about(later, BASE)
    assert len({round(gap, 3) for gap in later}) > 30


def test_row_27_a_host_is_asked_once_at_a_time_and_rests_a_second_in_between(desk, server):
    slow = Answer(rss("One"), headers=VALID, delay_s=0.05)
    desk.watch(*(server.script(f"/{i}", slow) for i in range(10)))
    with desk.start() as bell:
        bell.wait_for("watching")
        bell.poll()
        desk.clock.advance(30)
    asked = sorted(request.time_s for request in server.requests())
    assert len(asked) == 10
    assert min(later - earlier for earlier, later in zip(asked, asked[1:])) >= 1
    assert server.most_at_once == 1


# --- failures ---------------------------------------------------------------------------------


def test_row_16_failures_back_off_to_a_cap_and_are_forgotten_after_a_success(desk, server):
    failed = Answer(b"broken", status=500, headers={"Connection": "close"})
    bell = run(desk, 1.3 * DAY, server.script("/feed", ok(), *[failed] * 8, ok(), failed, failed))
    waited = gaps(server)
    failing = waited[1:9]
    for before, after in zip(failing, failing[1:]):
        assert after >= 1.5 * before or is_about(after, 6 * HOUR)
    assert is_about(failing[0], BASE) and is_about(failing[-1], 6 * HOUR)
    assert is_about(waited[9], BASE) and is_about(waited[10], BASE)
    assert bell.count("answered 500") == 2 and bell.count("answers again") == 1


def test_row_17_a_network_that_fails_at_this_end_leaves_no_feed_a_penalty(desk, servers):
    urls = [each.script("/feed", ok(), UNCHANGED) for each in servers]
    desk.watch(*urls, is_alone=True)
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(20 * MINUTE)
        asked = [len(times(each)) for each in servers]
        places = [(each.address, each.port) for each in servers]
        for each in servers:
            each.close()
        desk.clock.advance(2 * HOUR)
        assert bell.count("offline: ") == 1 and bell.count("cannot be connected|broke off") <= 1
        with FeedServer(address=places[0][0], port=places[0][1]) as a, \
             FeedServer(address=places[1][0], port=places[1][1]) as b, \
             FeedServer(address=places[2][0], port=places[2][1]) as c:
            again = a, b, c
            for each in again:
                each.clock = desk.clock.now
                each.script("/feed", UNCHANGED)
            came_back = desk.clock.now()
            desk.clock.advance(FLOOR + 2 * MINUTE)
            assert [len(times(each)) for each in again] == [1, 1, 1]
            assert min(times(each)[0] for each in again) <= came_back + LATE * FLOOR
            desk.clock.advance(LATE * BASE)
            assert all(are_about(gaps(each), BASE) for each in again)
        assert bell.count("online again") == 1 and bell.count("answers again") == 0
    assert min(asked) >= 1 and desk.rows("failures") == [(0,)] * 3


def test_row_17_the_first_look_after_a_failure_at_this_end_comes_within_a_minute(desk, server):
    desk.watch(server.script("/feed", ok(), UNCHANGED), is_alone=True)
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(5)
        server.close()
        desk.clock.advance(BASE - 10)
        while not bell.count("offline: "):
            desk.clock.advance(5)
        failed = desk.clock.now()
        with FeedServer(port=server.port) as again:
            again.clock = desk.clock.now
            again.script("/feed", UNCHANGED)
            desk.clock.advance(2 * MINUTE)
            assert 25 <= times(again)[0] - failed <= 60
        bell.wait_for("online again")


def test_row_17_no_host_waits_for_its_first_look_behind_dead_ones(desk, server):
    dead = [f"http://127.0.0.{i}:9/" for i in range(20, 23)]  # discard: nobody listens
    server.script("/feed", ok(), UNCHANGED)
    desk.watch(*dead, server.url("/feed").replace("127.0.0.1", "localhost"), is_alone=True)
    with desk.start() as bell:
        bell.wait_for("watching")
        begin = desk.clock.now()
        desk.clock.advance(30)
        assert times(server)[0] - begin <= 20
        desk.clock.advance(2 * MINUTE)
        assert bell.count("offline: ") == 0
        assert [bell.count(f"{url}: .*refused") for url in dead] == [1, 1, 1]


def test_row_33_a_feed_that_is_gone_is_left_alone_for_a_month_or_until_a_person_asks(desk, server):
    desk.clock.grain_s = MINUTE
    gone = Answer(b"gone", status=410, headers={"Connection": "close"})
    url = server.script("/feed", ok(), gone)
    bell = run(desk, 20 * DAY, url)
    assert len(times(server)) == 2 and bell.count("gone for good") == 1
    run(desk, 9.9 * DAY)
    assert len(times(server)) == 2
    run(desk, DAY)
    assert len(times(server)) == 3
    with desk.start() as bell:
        bell.wait_for("watching")
        bell.poll()
        desk.clock.advance(5)
    assert len(times(server)) == 4 and desk.rows("http_status") == [(410,)]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_row_34_a_refused_feed_is_asked_four_times_a_day_and_then_once(desk, server, status):
    desk.clock.grain_s = MINUTE
    page = Answer(b"<!DOCTYPE html><html><body>Just a moment...</body></html>", status=status,
                  headers={"Content-Type": "text/html", "Connection": "close"})
    bell = run(desk, 3.5 * DAY, server.script("/feed", page))
    assert is_about(gaps(server)[0], 6 * HOUR) and is_about(gaps(server)[-1], DAY)
    assert gaps(server) == sorted(gaps(server))[:1] + gaps(server)[1:]
    assert bell.count(rf"^.{{8}} http.*answered {status}") == 1 and bell.count("feed: first look") == 0


# --- addresses --------------------------------------------------------------------------------


def test_row_31_a_permanent_redirect_is_believed_after_a_day_and_checked_once_a_week(desk, server):
    new = server.script("/new", ok(), UNCHANGED)
    old = server.script("/feed", Answer(b"", 301, {"Location": new, "Connection": "close"}))
    desk.watch(old)
    before = desk.keywords.read_text()
    with desk.start() as bell:
        bell.wait_for("watching")
        start = desk.clock.now()
        desk.clock.advance(DAY - HOUR)
        assert len(times(server)) == len(times(server, "/new")) and not bell.count("has moved")
        desk.clock.advance(2 * HOUR)
        assert bell.count("has moved for good.*" + re.escape(new)) == 1
        asked = len(times(server))
        desk.clock.advance(6 * DAY)
        assert len(times(server)) == asked
        desk.clock.advance(2 * DAY)
        assert len(times(server)) == asked + 1
    run(desk, HOUR)  # remembered
    assert len(times(server)) == asked + 1 and times(server, "/new")[-1] > start + 9 * DAY
    assert desk.keywords.read_text() == before


def test_row_31_a_new_address_that_fails_has_the_old_one_asked_again(desk, server):
    new = server.script("/new", ok(), UNCHANGED)
    desk.watch(server.script("/feed", Answer(b"", 301, {"Location": new, "Connection": "close"})))
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(1.2 * DAY)
        bell.wait_for("has moved for good")
        asked = len(times(server))
        server.script("/new", Answer(b"", 404, {"Connection": "close"}))
        server.script("/feed", ok(rss("One", "Back")))
        desk.clock.advance(DAY)
        bell.wait_for("is back at its own address")
        assert len(times(server)) > asked


def test_row_32_a_temporary_redirect_is_never_remembered(desk, server):
    new = server.script("/new", ok(), UNCHANGED)
    run(desk, 3 * DAY, server.script("/feed", Answer(b"", 302, {"Location": new,
                                                               "Connection": "close"})))
    assert len(times(server)) == len(times(server, "/new")) > 100
    assert desk.rows("moved_to") == [("",)]


# --- clocks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [HOUR, -HOUR, "from 1970"])
def test_row_42_a_wall_clock_that_jumps_causes_no_burst_and_no_silence(desk, servers, step):
    today = desk.clock.wall_s
    if step == "from 1970":
        desk.clock.step_wall(100 - today, is_running=False)
    urls = [each.script(f"/{i}", ok(), UNCHANGED) for each in servers for i in range(3)]
    desk.watch(*urls)
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(25 * MINUTE)
        desk.clock.step_wall(today - desk.clock.wall_s if step == "from 1970" else step)
        desk.clock.advance(3 * HOUR)
    asked = [gap for each in servers for i in range(3) for gap in gaps(each, f"/{i}")]
    assert len(asked) >= 9 * 10 and are_about(asked, BASE)


def test_row_43_after_a_long_sleep_each_feed_is_asked_once_one_after_the_other(desk, servers):
    urls = [each.script(f"/{i}", ok(), UNCHANGED) for each in servers for i in range(10)]
    desk.watch(*urls)
    with desk.start() as bell:
        bell.wait_for("watching")
        desk.clock.advance(30 * MINUTE)
        before = desk.clock.now()
        desk.clock.jump(8 * HOUR)
        woken = desk.clock.now()
        desk.clock.advance(3 * MINUTE)
    for each in servers:
        for i in range(10):
            assert len([at for at in times(each, f"/{i}") if at > before]) == 1
    caught_up = sorted(at for each in servers for i in range(10) for at in times(each, f"/{i}")
                       if at > before)
    assert caught_up[-1] - caught_up[0] >= 60 and caught_up[-1] <= woken + 2 * MINUTE
    assert max(sum(at <= one < at + 1 for one in caught_up) for at in caught_up) <= 2


def test_row_45_a_feed_is_asked_more_often_in_the_hours_in_which_it_publishes(desk, server):
    def body():
        wall = int(desk.clock.wall_s)
        published = []
        for moment in range(wall - 2 * DAY, wall, 10 * MINUTE):
            hour = moment % DAY // HOUR
            if 7 <= hour < 10:
                published.append(moment - moment % (10 * MINUTE))
        items = "".join(
            f"<item><guid>{at}</guid><title>Story {at}</title><pubDate>"
            f"{time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(at))}</pubDate></item>"
            for at in sorted(set(published), reverse=True))
        text = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()
        return Answer(text, headers={"ETag": f'"{max(published, default=0)}"', "Connection": "close"})

    run(desk, 21 * DAY, server.script("/feed", body))
    learned = desk.clock.now() - 7 * DAY
    asked = [at for at in times(server) if at > learned]
    waits = [(utc(desk, earlier)[0], later - earlier) for earlier, later in zip(asked, asked[1:])]
    busy = sorted(wait for hour, wait in waits if 7 <= hour < 9)
    quiet = sorted(wait for hour, wait in waits if hour >= 12)
    assert busy[len(busy) // 2] < BASE < quiet[len(quiet) // 2]
    assert busy[0] >= FLOOR and max(wait for _, wait in waits) <= LATE * HINTS_MOST
    assert len(asked) <= LATE * 7 * DAY / BASE  # no more requests than at the fixed interval
    assert desk.rows("length(habit) > 0") == [(1,)]


def test_row_45_a_server_s_hint_is_a_floor_for_a_habit_too(desk, server):
    run(desk, 2 * DAY, server.script("/feed", ok(rss("One", ttl=60)), UNCHANGED))
    assert min(gaps(server)) >= HOUR
