# SPDX-License-Identifier: MIT
"""Both sandboxes in force: what the kernel says of the two processes, and what a program that runs in
place of each, under the same unit, can and cannot do."""

import re

import pytest

ALL = {"gpio", "console", "kernel-log", "feed", "state", "configuration", "programs", "home", "kernel",
       "processes", "temporary", "namespace", "set-user-id", "clock", "hostname"}


def probe(pi, unit):
    """Runs the probe once under the unit, without what belongs to the daemon alone."""
    text = pi.run(f"cat /lib/systemd/system/{unit}.service").output
    text = re.sub(r"(?m)^(ExecStopPost|ExecReload|Restart|RestartSec|WatchdogSec|Requires|Type)=.*\n", "", text)
    text, programs = re.subn(r"(?m)^ExecStart=.*", "ExecStart=/bin/sh /usr/local/lib/probe", text)
    assert programs == 1
    text = text.replace("[Service]", "[Service]\nType=oneshot\nStandardOutput=truncate:/run/probed")
    lines = " ".join(f"'{line}'" for line in text.replace("'", "").splitlines())
    pi.run(f"printf '%s\\n' {lines} >/run/systemd/system/probe.service; touch /tmp/of-somebody-else; "
           "systemctl daemon-reload; systemctl start probe")
    return set(pi.run("cat /run/probed").output.split())


def of_process(pi, bell, unit, command):
    """What a command prints of the process of a unit, $pid, once it has become the program. The reader leaves
    when it has had nothing to read for a while: it is given something until the command has found it there."""
    done = []

    def is_found():
        pi.run("wirebell poll")
        done.append(pi.run(f"pid=$(systemctl show -P MainPID {unit}); "
                           f"[ \"$(cat /proc/$pid/comm)\" = {unit} ] && {command}", check=False))
        return done[-1].status == 0

    bell.wait_for(is_found, f"the process of {unit}")
    return done[-1].output


@pytest.mark.parametrize("unit", ["wirebell", "wirebell-reader"])
def test_process_has_no_capability_no_way_to_more_and_a_system_call_filter(pi, bell, unit):
    text = of_process(pi, bell, unit, "cat /proc/$pid/status")
    status = dict(re.findall(r"(?m)^(NoNewPrivs|Seccomp|Cap\w+|Uid):\s*(.*)", text))
    assert status.pop("Uid").split()[0] != "0"
    assert {name: int(value, 16) for name, value in status.items()} == {
        "NoNewPrivs": 1, "Seccomp": 2, "CapInh": 0, "CapPrm": 0, "CapEff": 0, "CapBnd": 0, "CapAmb": 0}


def test_daemon_is_on_a_network_of_its_own_and_the_reader_without_chips(pi, bell):
    daemon = bell.show("MainPID")
    net_of_all, net_of_daemon = pi.run(f"readlink /proc/1/ns/net; readlink /proc/{daemon}/ns/net").output.split()
    net_of_reader = of_process(pi, bell, "wirebell-reader", "readlink /proc/$pid/ns/net")
    assert net_of_daemon != net_of_all and net_of_reader == net_of_all
    assert "gpiochip0" in pi.run(f"ls /proc/{daemon}/root/dev").output
    devices_of_reader = of_process(pi, bell, "wirebell-reader", "ls /proc/$pid/root/dev").split()
    assert "null" in devices_of_reader and "gpiochip0" not in devices_of_reader
    assert pi.run(f"cat /proc/{daemon}/net/dev | tail -n +3").output.split(":")[0].strip() == "lo"


def test_what_is_tried_is_possible_without_a_sandbox(pi, bell):
    pi.run("touch /tmp/of-somebody-else")
    assert set(pi.run("sh /usr/local/lib/probe").output.split()) == ALL


def test_daemon_can_reach_chips_and_its_state_and_nothing_else(pi, bell):
    bell.stop()
    assert probe(pi, "wirebell") == {"gpio", "state"}


def test_reader_can_reach_the_network_and_nothing_else(pi, bell):
    assert probe(pi, "wirebell-reader") == {"feed"}
