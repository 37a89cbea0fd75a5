# SPDX-License-Identifier: MIT
"""The daemon on a message bus: its methods, properties and signals."""

import os
import re
import time

import pytest
from conftest import wait_for
from feed_server import Answer, rss
from message_bus import (BELL, Monitor, NAME, PATH, TITLE, bell, bus, keywords, needs_a_bus,
                         on_bus, poll, ring)
from sim_clock import SimClock

pytestmark = needs_a_bus


@pytest.fixture
def clock(tmp_path):
    return SimClock(tmp_path / "clock")


@pytest.fixture
def clocked(tmp_path, keywords, bus, clock):
    """A daemon on the bus whose time is the test's, its feed's first look done."""
    with on_bus(bus, tmp_path, keywords, clock) as running:
        clock.advance(2)
        running.wait_for("there already")
        yield running


def test_status_names_what_is_lit(bell, bus):
    begin = int(time.time())
    before = bus.call("Status")
    assert (before["lit"], before["lit_at"], before["unacknowledged"]) == ("", 0, 0)
    ring(bell, bus, 2)
    status = bus.call("Status")
    assert status["lit"] == "flash" and begin <= status["lit_at"] <= time.time()
    assert status["unacknowledged"] == 2
    assert (status["feed_count"], status["failing_count"], status["rule_count"]) == (1, 0, 2)
    assert status["board"] == "sim" and status["well"] is True and status["refused"] == ""


def test_alerts_lists_what_is_raised_with_all_its_reasons(bell, bus, keywords, feed_server):
    assert bus.call("Alerts") == []
    ring(bell, bus, 2)
    first, second = bus.call("Alerts")
    assert (first["level"], second["level"]) == ("bulletin", "flash")
    assert first["title"] == TITLE and first["feed"] == feed_server.url("/feed")
    assert (first["rule"], first["rule_file"], first["rule_line"]) == ("cyber attack*",
                                                                       str(keywords), 4)
    assert first["words"] == "Cyber attack" and first["spans"] == "title:0:12"
    assert first["state"] == "raised" and first["disposition"] == "rang" and not first["drill"]


def test_acknowledge_makes_dark_and_is_kept(bell, bus):
    ring(bell, bus)
    wait_for(lambda: bell.is_lit("red") or bell.transitions("red"))
    assert bus.call("Acknowledge", "x", "0") == 1
    assert bus.call("Acknowledge", "x", "0") == 0
    assert bus.call("Alerts") == [] and bus.property("Lit") == ""
    assert not bell.is_lit("red")
    bell.wait_for("command: acknowledged, 1 in all")
    assert bus.call("Why", "x", "0")["state"] == "acknowledged"


def test_one_alert_is_acknowledged_and_the_others_stay(bell, bus):
    ring(bell, bus, 2)
    with Monitor(bus) as monitor:
        assert bus.call("Acknowledge", "x", "2") == 1
        assert [signal[0] for signal in monitor.wait_for("Acknowledged")] == [2]
    assert [alert["id"] for alert in bus.call("Alerts")] == [1]
    assert bus.property("Lit") == "bulletin"
    for number in ("2", "99"):
        with pytest.raises(RuntimeError, match="is not waiting to be acknowledged"):
            bus.call("Acknowledge", "x", number)
    bell.wait_for("command: acknowledged alert 2")


def test_a_snooze_makes_dark_until_it_ends_and_outlives_a_restart(tmp_path, keywords, bus, clock):
    with on_bus(bus, tmp_path, keywords, clock) as running:
        clock.advance(2)
        running.wait_for("there already")
        ring(running, bus)
        until = bus.call("Snooze", "ts", "3600", "")
        assert until == int(clock.wall_s) + 3600
        assert not running.is_lit("red") and not running.blinks("red", 60)
        assert bus.property("SnoozedUntil") == until and bus.property("Unacknowledged") == 1
        running.wait_for("command: snoozed for 60 minutes: everything")
    with on_bus(bus, tmp_path, keywords, clock) as running:
        assert bus.property("SnoozedUntil") == until
        assert bus.call("Snoozes") == [{"rule": "", "until_at": until}]
        assert not running.is_lit("red") and not running.blinks("red", 60)
        assert bus.call("Snooze", "ts", "0", "") == 0
        assert running.is_lit("red")
        assert bus.property("SnoozedUntil") == 0 and bus.call("Snoozes") == []


def test_a_rule_is_snoozed_and_the_others_ring(bell, bus):
    until = bus.call("Snooze", "ts", "600", "cyber attack*")
    assert bus.call("Snoozes") == [{"rule": "cyber attack*", "until_at": until}]
    assert bus.property("SnoozedUntil") == 0
    bus.call("Poll", "s", "")
    bell.wait_for("did not ring")
    bus.call("Poll", "s", "")
    wait_for(lambda: bus.property("Lit") == "flash")
    flash, quiet = bus.call("History", "xub", "0", "0", "true")
    assert (flash["title"], flash["disposition"]) == ("Flash flood", "rang")
    assert (quiet["title"], quiet["disposition"]) == (TITLE, "snoozed")
    assert len(bus.call("History", "xub", "0", "0", "false")) == 1


def test_a_snooze_of_nothing_or_for_ever_is_refused(bell, bus):
    with pytest.raises(RuntimeError, match="no rule of the keywords file is written so: nothing"):
        bus.call("Snooze", "ts", "60", "nothing")
    with pytest.raises(RuntimeError, match="a snooze lasts 31 days at most"):
        bus.call("Snooze", "ts", str(32 * 86400), "")
    assert bus.call("Snoozes") == []


def test_a_drill_is_marked_as_one_everywhere_and_clears_itself(clocked, bus, wirebell):
    with Monitor(bus) as monitor:
        number = bus.call("Test", "s", "urgent")
        assert [clocked.transitions(lamp)[0][1] for lamp in ("red", "amber", "green")] == [1, 1, 1]
        assert number > 0 and bus.call("Alerts")[0]["drill"] is True
        raised, = monitor.wait_for("Raised")
        assert raised[:2] == [number, "urgent"] and raised[3]["drill"] is True
        clocked.wait_for("drill, urgent: ")
        clocked.ring_out(3)
        cleared, = monitor.wait_for("Cleared")
        assert cleared[0] == number and cleared[3]["drill"] is True
    kept = bus.call("Why", "x", "0")
    assert (kept["id"], kept["drill"], kept["state"]) == (number, True, "cleared")
    assert "urgent, drill  cleared" in wirebell("history", env=bus.env).out
    assert not any(clocked.is_lit(lamp) for lamp in ("red", "amber", "green"))


def test_a_lamp_test_lights_all_lamps_and_raises_nothing(bell, bus):
    assert bus.call("Test", "s", "") == 0
    for lamp in ("red", "amber", "green"):
        assert bell.transitions(lamp) and bell.transitions(lamp)[0][1] == 1, f"{lamp} stays dark"
    assert bus.call("Alerts") == [] and bus.call("History", "xub", "0", "0", "true") == []
    with pytest.raises(RuntimeError, match="'purple' is neither a level"):
        bus.call("Test", "s", "purple")


def test_history_is_newest_first_and_limited(bell, bus):
    ring(bell, bus, 2)
    history = bus.call("History", "xub", "0", "0", "false")
    assert [alert["title"] for alert in history] == ["Flash flood", TITLE]
    assert len(bus.call("History", "xub", "0", "1", "false")) == 1
    assert bus.call("History", "xub", str(int(time.time()) + 3600), "0", "true") == []


def test_why_tells_one_and_refuses_what_is_not_there(bell, bus):
    with pytest.raises(RuntimeError, match="nothing has rung yet"):
        bus.call("Why", "x", "0")
    ring(bell, bus, 2)
    assert bus.call("Why", "x", "0")["title"] == "Flash flood"
    assert bus.call("Why", "x", "1")["title"] == TITLE
    with pytest.raises(RuntimeError, match="there is no alert 99"):
        bus.call("Why", "x", "99")


def test_feeds_tells_how_each_is_and_why_it_is_asked_when(tmp_path, bus, feed_server, clock):
    fine = feed_server.script("/fine", rss("Choir"))
    gone = feed_server.script("/gone", Answer(status=410))
    begin = int(clock.wall_s)
    (tmp_path / "keywords").write_text(f'[feeds]\n{fine} title="The choir"\n{gone}\n')
    with on_bus(bus, tmp_path, tmp_path / "keywords", clock) as running:
        poll(running, bus)
        now = int(clock.wall_s)
        running.wait_for("there already")
        assert bus.property("FailingCount") == 1
        one, other = bus.call("Feeds")
        assert (one["url"], one["title"], one["state"]) == (fine, "The choir", "fine")
        assert begin <= one["good_at"] <= now and one["failing_at"] == 0
        assert one["due_at"] > now and one["due_reason"]
        assert (other["state"], other["http_status"], other["failures"]) == ("gone", 410, 1)
        assert other["good_at"] == 0 and other["failing_at"] > 0 and other["detail"]
        assert one["due_at"] == bus.call("Status")["due_at"]


def test_poll_asks_one_feed_or_refuses_what_is_none(bell, bus, feed_server):
    before = len(feed_server.requests("/feed"))
    bus.call("Poll", "s", feed_server.url("/feed"))
    wait_for(lambda: len(feed_server.requests("/feed")) == before + 1)
    with pytest.raises(RuntimeError, match="no feed of the keywords file has the address"):
        bus.call("Poll", "s", "http://nowhere.example/")


def test_poll_does_not_ask_whose_server_told_us_to_wait(tmp_path, bus, feed_server):
    url = feed_server.script("/busy", Answer(status=429, headers={"Retry-After": "3600"}))
    (tmp_path / "keywords").write_text(f"[feeds]\n{url}\n")
    with on_bus(bus, tmp_path, tmp_path / "keywords"):
        bus.call("Poll", "s", "")
        wait_for(lambda: bus.property("FailingCount") == 1)
        with pytest.raises(RuntimeError, match="told us to wait"):
            bus.call("Poll", "s", url)
    assert len(feed_server.requests("/busy")) == 1


def test_reload_tells_what_is_wrong_and_the_refusal_is_a_property(bell, bus, keywords):
    good = keywords.read_text()
    assert bus.call("Reload") == [True, ""]
    keywords.write_text(good + "(x)\n")
    taken, complaints = bus.call("Reload")
    assert taken is False and f"{keywords}:7:1: error: parentheses" in complaints
    assert f"{keywords}:7:1" in bus.property("ConfigurationRefused")
    assert [(cause, type(since)) for cause, since, _, _ in bus.property("Health")] == [
        ("configuration", int)]
    assert bus.call("Status")["well"] is False
    keywords.write_text(good)
    assert bus.call("Reload") == [True, ""]
    assert bus.property("ConfigurationRefused") == "" and bus.property("Health") == []


def test_signals_tell_of_raised_and_acknowledged(bell, bus):
    with Monitor(bus) as monitor:
        ring(bell, bus)
        (number, level, title, alert), = monitor.wait_for("Raised")
        assert (level, title) == ("bulletin", TITLE)
        assert alert["id"] == number and alert["rule"] == "cyber attack*"
        bell.press_button()
        (number_again, level, title, alert), = monitor.wait_for("Acknowledged")
        assert (number_again, level, title) == (number, "bulletin", TITLE)
        assert alert["state"] == "acknowledged" and alert["acknowledged_at"] >= alert["raised_at"]


def test_properties_tell_when_they_change(bell, bus):
    with Monitor(bus) as monitor:
        ring(bell, bus)

        def of_lit():
            """Changes by which another level is lit; others may have come before."""
            return [values for interface, values, _ in monitor.signals(
                "PropertiesChanged", interface="org.freedesktop.DBus.Properties")
                if interface == BELL and "Lit" in values]

        wait_for(of_lit)
        assert {"Lit": "bulletin", "Unacknowledged": 1}.items() <= of_lit()[0].items()


def test_the_very_first_change_is_told_too(tmp_path, bus):
    (tmp_path / "keywords").write_text("[flash]\nflood\n")
    with on_bus(bus, tmp_path, tmp_path / "keywords"):
        with Monitor(bus) as monitor:
            (tmp_path / "keywords").write_text("(x)\n")
            assert bus.call("Reload")[0] is False
            changes = monitor.wait_for(
                "PropertiesChanged", count=2, interface="org.freedesktop.DBus.Properties")
            assert {name for _, values, _ in changes for name in values} == {
                "ConfigurationRefused", "Health"}


def test_properties_have_their_types(bell, bus):
    assert bus.property("Version").count(".") == 2
    assert bus.property("Board") == "sim"
    assert bus.property("FeedCount") == 1 and bus.property("FailingCount") == 0
    assert bus.property("ClockTrusted") is True
    done = bus.run("busctl", "set-property", NAME, PATH, BELL, "Lit", "s", "flash")
    assert done.returncode != 0  # all of them are to be read only


def test_introspection_names_every_argument(bell, bus):
    done = bus.run("busctl", "--xml-interface", "introspect", NAME, PATH)
    ours = done.stdout.split(f'<interface name="{BELL}">')[1].split("</interface>")[0]
    assert ours.count("<method") >= 7 and ours.count("<signal") == 3
    assert re.findall(r'<arg type="[^"]*"(?! name=)', ours) == []


def test_a_wrong_call_is_refused_and_harms_nothing(bell, bus):
    for arguments in (["Why"], ["Why", "s", "one"], ["History", "x", "1"], ["Explode"]):
        with pytest.raises(RuntimeError):
            bus.call(*arguments)
    assert bus.call("Status")["rule_count"] == 2


def test_text_that_is_no_utf8_does_not_end_the_connection(tmp_path, bus, feed_server):
    feed_server.script("/feed", rss("Choir"), rss(TITLE, "Choir"))
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    with open(folder + b"/keywords", "w", encoding="utf-8") as file:
        file.write(f"[feeds]\n{feed_server.url('/feed')}\n[bulletin]\ncyber attack*\n")
    with on_bus(bus, tmp_path, os.fsdecode(folder + b"/keywords")) as daemon, Monitor(bus) as monitor:
        daemon.wait_for("there already")
        ring(daemon, bus)
        assert monitor.wait_for("Raised")[0][3]["rule_file"].endswith("/caf\ufffd/keywords")
        assert bus.call("Alerts")[0]["rule_file"].endswith("/caf\ufffd/keywords")
