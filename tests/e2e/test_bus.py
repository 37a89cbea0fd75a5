# SPDX-License-Identifier: MIT
"""The daemon on a message bus: methods, properties, signals, and how it bears the bus's absence."""

import json
import os
import pathlib
import re
import time

import bus as buses
import pytest
from bell import Bell
from bus import BELL, NAME, PATH, Bus, Monitor
from conftest import BUILD, wait_for
from feed_server import rss

pytestmark = pytest.mark.skipif(buses.is_missing(), reason=f"{buses.is_missing()} is not installed")

TITLE = "Cyber attack on the port of Zürich 日本"
PROGRAM = BUILD / "bin/wirebell"


@pytest.fixture
def bus():
    with Bus() as it:
        yield it


@pytest.fixture
def keywords(tmp_path, feed_server):
    feed_server.script("/feed", rss("Choir"), rss(TITLE, "Choir"), rss("Flash flood", TITLE))
    path = tmp_path / "keywords"
    path.write_text(f"[feeds]\n{feed_server.url('/feed')}\n[bulletin]\ncyber attack*\n"
                    "[flash]\nflood\n")
    return path


@pytest.fixture
def bell(tmp_path, keywords, bus):
    """A daemon on the bus, its feed's first look done."""
    daemon = Bell(PROGRAM, tmp_path, keywords)
    daemon.env.update(bus.env)
    with daemon as running:
        running.wait_for("there already")
        wait_for(bus.has_bell)
        yield running


def ring(bell, bus, count=1):
    for number in range(count):
        bus.call("Poll")
        wait_for(lambda: bus.property("Unacknowledged") == number + 1)


def test_status_names_what_is_lit(bell, bus):
    before = bus.call("Status")
    assert (before["lit"], before["lit_at"], before["unacknowledged"]) == ("", 0, 0)
    ring(bell, bus, 2)
    status = bus.call("Status")
    assert status["lit"] == "flash" and abs(status["lit_at"] - time.time()) < 60
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
    assert bus.call("Acknowledge") == 1
    assert bus.call("Acknowledge") == 0
    assert bus.call("Alerts") == [] and bus.property("Lit") == ""
    assert not bell.is_lit("red")
    bell.wait_for("command: acknowledged, 1 in all")
    assert bus.call("Why", "x", "0")["state"] == "acknowledged"


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
        changed = [values for interface, values, _ in monitor.wait_for(
            "PropertiesChanged", interface="org.freedesktop.DBus.Properties") if interface == BELL]
        assert {"Lit": "bulletin", "Unacknowledged": 1}.items() <= changed[0].items()


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
    daemon = Bell(PROGRAM, tmp_path, os.fsdecode(folder + b"/keywords"))
    daemon.env.update(bus.env)
    with daemon, Monitor(bus) as monitor:
        wait_for(bus.has_bell)
        bus.call("Poll")
        wait_for(lambda: len(feed_server.requests("/feed")) >= 1)
        ring(daemon, bus)
        assert monitor.wait_for("Raised")[0][3]["rule_file"].endswith("/caf\ufffd/keywords")
        assert bus.call("Alerts")[0]["rule_file"].endswith("/caf\ufffd/keywords")


# --- a bus that is not there, goes, and comes back -----------------------------------------------

def test_without_a_bus_it_rings_and_does_not_wake_up_for_one(tmp_path, keywords):
    with Bell(PROGRAM, tmp_path, keywords) as bell:
        bell.wait_for("there already")
        bell.poll()
        bell.wait_for("bulletin: ")
        bell.press_button()
        bell.wait_for("button: acknowledged, 1 in all")
        time.sleep(1)

        def wakeups():
            status = pathlib.Path(f"/proc/{bell.pid}/status").read_text()
            return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.M)[1])

        before = wakeups()
        time.sleep(3)
        assert wakeups() - before <= 1


def test_it_comes_to_a_bus_that_starts_later_and_back_to_one_that_restarts(tmp_path, keywords):
    later = Bus()
    bell = Bell(PROGRAM, tmp_path, keywords)
    bell.env.update(later.env)
    with bell as running:
        running.wait_for("there already")
        with later:
            wait_for(later.has_bell)
            ring(running, later)
            later.stop()
            time.sleep(0.5)
            later.start()
            wait_for(later.has_bell)
            assert later.call("Status")["unacknowledged"] == 1
            with Monitor(later) as monitor:
                later.call("Acknowledge")
                monitor.wait_for("Acknowledged")


def test_a_second_daemon_says_so_and_takes_over_when_the_first_ends(tmp_path, keywords, bus, bell):
    (tmp_path / "second").mkdir()
    second = Bell(PROGRAM, tmp_path / "second", keywords)
    second.env.update(bus.env)
    with second as running:
        running.wait_for("the system bus does not give it the name org.wirebell1: another wirebell")
        started = bus.call("Status")["started_at"]
        time.sleep(1.1)
        bell.stop()
        wait_for(bus.has_bell)
        with Monitor(bus) as monitor:
            ring(running, bus)
            monitor.wait_for("Raised")
        assert bus.call("Status")["started_at"] >= started


def test_a_run_once_is_on_no_bus(tmp_path, keywords, bus):
    daemon = Bell(PROGRAM, tmp_path, keywords, "--once")
    daemon.env.update(bus.env)
    with Monitor(bus) as monitor, daemon as running:
        assert running.wait() == 0
        assert monitor.signals("NameAcquired", interface="org.freedesktop.DBus") == []


# --- who may do what -----------------------------------------------------------------------------

LOOKING = [["Status"], ["Alerts"], ["History", "xub", "0", "5", "true"]]
ACTING = [["Acknowledge"], ["Poll"], ["Reload"]]


@pytest.fixture
def guarded(tmp_path, keywords):
    """A bus as strict as the machine's, with our policy; a group that exists stands for ours."""
    if os.geteuid() != 0:
        pytest.skip("only root can ask as somebody else")
    source = pathlib.Path(__file__).resolve().parents[2] / "firmware/systemd/org.wirebell1.conf"
    ours = source.read_text().split("<busconfig>")[1].split("</busconfig>")[0]
    strict = """<policy context="default"><allow user="*"/><deny own="*"/>
        <deny send_type="method_call"/><allow send_type="signal"/>
        <allow send_requested_reply="true" send_type="method_return"/>
        <allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>
        <allow receive_type="method_return"/><allow receive_type="error"/>
        <allow receive_type="signal"/><allow send_destination="org.freedesktop.DBus"/></policy>"""
    with Bus("system", strict + ours.replace('group="wirebell"', 'group="games"')) as bus:
        daemon = Bell(PROGRAM, tmp_path, keywords)
        daemon.env.update(bus.env)
        with daemon as running:
            running.wait_for("there already")
            wait_for(bus.has_bell)
            yield bus


def ask_as(bus, user, method):
    prefix = ["setpriv", f"--reuid={user}", f"--regid={'nogroup' if user == 'nobody' else user}",
              "--clear-groups"]
    return bus.run("busctl", "call", NAME, PATH, BELL, *method, prefix=prefix)


@pytest.mark.parametrize("user, may_act", [("nobody", False), ("games", True)])
def test_everyone_may_look_and_only_the_group_and_root_may_act(guarded, user, may_act):
    for method in LOOKING:
        done = ask_as(guarded, user, method)
        assert done.returncode == 0, done.stderr
    for method in ACTING:
        done = ask_as(guarded, user, method)
        assert (done.returncode == 0) is may_act, f"{method}: {done.stderr}"
        guarded.call(*method)  # root


def test_only_wirebell_and_root_may_have_the_name(guarded):
    done = guarded.run("busctl", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                       "RequestName", "su", NAME, "4",
                       prefix=["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"])
    assert done.returncode != 0 and "denied" in done.stderr


def test_a_command_without_permission_says_which_group(guarded):
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    if guarded.run("test", "-x", PROGRAM, prefix=nobody).returncode:
        pytest.skip("nobody cannot get at the program")
    done = guarded.run(PROGRAM, "ack", prefix=nobody)
    assert done.returncode == 1
    assert "for root and for members of the group wirebell" in done.stderr
    assert guarded.run(PROGRAM, "status", prefix=nobody).returncode == 0


# --- the commands --------------------------------------------------------------------------------

@pytest.mark.parametrize("command", ["status", "history", "why", "ack", "poll", "reload"])
def test_a_command_says_that_nobody_runs(bus, wirebell, command):
    done = wirebell(command, env=bus.env)
    assert done.code == 1 and done.out == ""
    assert "no wirebell runs on this machine's system bus; start it with 'systemctl start" in done.err


def test_a_command_says_that_there_is_no_bus(wirebell):
    done = wirebell("status")
    assert done.code == 1 and "this machine's system bus cannot be reached" in done.err
    done = wirebell("status", "--user", env={"XDG_RUNTIME_DIR": "/run/nobody-is-here"})
    assert done.code == 1 and "your session has no message bus" in done.err


def test_user_puts_daemon_and_commands_on_the_bus_of_the_session(tmp_path, keywords, bus, wirebell):
    daemon = Bell(PROGRAM, tmp_path, keywords, "--user")
    daemon.env.update(bus.user_env)
    with daemon as running:
        running.wait_for("there already")
        wait_for(lambda: wirebell("status", "--user", env=bus.user_env).code == 0)
        assert wirebell("poll", "--user", env=bus.user_env).code == 0
        running.wait_for("bulletin: ")
        assert wirebell("ack", "--user", env=bus.user_env).out == "1 alert acknowledged\n"


def test_commands_for_people(bell, bus, wirebell, keywords):
    def ask(*arguments):
        return wirebell(*arguments, env=bus.env)

    assert ask("status").out.startswith("quiet, nothing is unacknowledged\nfeeds: 1, failing: 0;")
    done = ask("history")
    assert (done.code, done.out) == (1, "nothing rang\n")
    assert ask("poll").out == "every feed is being asked\n"
    bell.wait_for("bulletin: ")
    lines = ask("status").out.splitlines()
    assert re.match(r"bulletin since \d\d:\d\d:\d\d \(\d+ s\), 1 unacknowledged$", lines[0])
    assert re.match(rf"1  \d\d:\d\d:\d\d  bulletin  {TITLE}$", lines[1])
    assert ask("ack").out == "1 alert acknowledged\n"
    assert re.search(rf"^1 .* acknowledged after \d+ s  {TITLE}$", ask("history").out)
    why = ask("why", "1").out
    assert f"  [Cyber attack]{TITLE[12:]}\n" in why
    assert f"cyber attack*\n           {keywords}:4\n" in why
    assert ask("reload").out == "read again, and in force\n"
    keywords.write_text("(x)\n")
    done = ask("reload")
    assert done.code == 1 and f"{keywords}:1:1: error: " in done.err and "not taken" in done.out
    done = ask("status")
    assert done.code == 1 and "health: an edit was refused" in done.out


def test_commands_for_scripts(bell, bus, wirebell):
    bus.call("Poll")
    bell.wait_for("bulletin: ")
    status, = wirebell("status", "--json", env=bus.env).lines
    assert status["lit"] == "bulletin" and status["refused"] is None and status["health"] == []
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", status["lit_at"])
    history, = wirebell("history", "--json", "--since", "1h", env=bus.env).lines
    assert [history] == status["alerts"] and history["title"] == TITLE
    assert history["acknowledged_at"] is None
    assert wirebell("why", "--json", env=bus.env).lines == [history]


@pytest.mark.parametrize("arguments", [
    ("why", "x"), ("why", "0"), ("why", "1", "2"), ("history", "--since", "yesterday"),
    ("ack", "--json"), ("status", "now"), ("poll", "--all")])
def test_a_command_used_wrongly_says_so(wirebell, arguments):
    done = wirebell(*arguments)
    assert done.code == 2 and done.err.startswith(f"wirebell {arguments[0]}: ")
