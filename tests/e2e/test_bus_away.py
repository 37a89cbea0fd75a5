# SPDX-License-Identifier: MIT
"""A bus that is not there, goes, comes back, or guards who may do what."""

import json
import os
import pathlib
import re
import signal
import time

import pytest
from bell import Bell
from conftest import BUILD, wait_for
from message_bus import (BELL, Bus, Monitor, NAME, PATH, PROGRAM, bell, bus, keywords,
                         needs_a_bus, on_bus, ring)

pytestmark = needs_a_bus

TRY_S = 120  # it tries in a second, and twice as much later each time, up to a minute


def test_without_a_bus_it_rings_and_does_not_wake_up_for_one(tmp_path, keywords):
    with Bell(PROGRAM, tmp_path, keywords) as bell:
        bell.wait_for("there already")
        bell.poll()
        bell.wait_for("bulletin: ")
        bell.press_button()
        bell.wait_for("button: acknowledged, 1 in all")

        def wakeups():
            status = pathlib.Path(f"/proc/{bell.pid}/status").read_text()
            return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.M)[1])

        def is_at_rest():
            before = wakeups()
            time.sleep(3)
            return wakeups() - before <= 1

        wait_for(is_at_rest)  # what has just happened may have an end yet


def test_it_comes_to_a_bus_that_starts_later_and_back_to_one_that_restarts(tmp_path, keywords):
    later = Bus()
    bell = Bell(PROGRAM, tmp_path, keywords)
    bell.env.update(later.env)
    with bell as running:
        running.wait_for("there already")
        with later:
            wait_for(later.has_bell, TRY_S)
            ring(running, later)
            later.stop()
            later.start()
            wait_for(later.has_bell, TRY_S)
            assert later.call("Status")["unacknowledged"] == 1
            with Monitor(later) as monitor:
                later.call("Acknowledge", "x", "0")
                monitor.wait_for("Acknowledged")


def owner(bus):
    """The process that has the name."""
    done = bus.run("busctl", "--json=short", "call", "org.freedesktop.DBus", "/",
                   "org.freedesktop.DBus", "GetConnectionUnixProcessID", "s", NAME)
    return json.loads(done.stdout)["data"][0]


def test_a_second_daemon_says_so_and_takes_over_when_the_first_ends(tmp_path, keywords, bus, bell):
    (tmp_path / "second").mkdir()
    second = Bell(PROGRAM, tmp_path / "second", keywords)
    second.env.update(bus.env)
    with second as running:
        running.wait_for("the system bus does not give it the name org.wirebell1: another wirebell")
        running.wait_for("there already")
        assert owner(bus) == bell.pid
        bell.stop()
        wait_for(bus.has_bell)
        assert owner(bus) == running.pid
        with Monitor(bus) as monitor:
            ring(running, bus)
            monitor.wait_for("Raised")


def test_a_run_once_is_on_no_bus(tmp_path, keywords, bus):
    daemon = Bell(PROGRAM, tmp_path, keywords, "--once")
    daemon.env.update(bus.env)
    with Monitor(bus) as monitor, daemon as running:
        assert running.wait() == 0
        assert monitor.signals("NameAcquired", interface="org.freedesktop.DBus") == []


# --- who may do what -----------------------------------------------------------------------------

LOOKING = [["Status"], ["Alerts"], ["Feeds"], ["Snoozes"], ["History", "xub", "0", "5", "true"]]
ACTING = [["Acknowledge", "x", "0"], ["Snooze", "ts", "0", ""], ["Test", "s", ""], ["Poll", "s", ""], ["Reload"]]


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
        with on_bus(bus, tmp_path, keywords) as running:
            running.wait_for("there already")
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


def test_what_is_told_acknowledged_is_kept(tmp_path, keywords, bus):
    """Killed at the first write of an acknowledgement, it has told nobody of one."""
    acknowledging = tmp_path / "acknowledging"
    bell = Bell(PROGRAM, tmp_path, keywords)
    bell.env.update(bus.env, DISK_FAULT="kill", DISK_FAULT_AT="1", DISK_FAULT_PATH="wirebell.db",
                    DISK_FAULT_WHILE=str(acknowledging), ASAN_OPTIONS="verify_asan_link_order=0",
                    LD_PRELOAD=str(BUILD / "tests/libdisk_faults.so"))
    with bell as running:
        running.wait_for("there already")
        wait_for(bus.has_bell)
        ring(running, bus, 2)
        with Monitor(bus) as monitor:
            acknowledging.touch()
            with pytest.raises(RuntimeError):
                bus.call("Acknowledge", "x", "0")
            assert running.wait() == -signal.SIGKILL
            wait_for(lambda: not bus.has_bell())
            assert monitor.signals("Acknowledged") == [], "told too early"
    with Bell(PROGRAM, tmp_path, keywords) as running:
        running.wait_for("still unacknowledged", count=2)
