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


def of_process(pi, pid):
    text = pi.run(f"cat /proc/{pid}/status").output
    return dict(re.findall(r"(?m)^(NoNewPrivs|Seccomp|Cap\w+|Uid):\s*(.*)", text))


@pytest.mark.parametrize("unit", ["wirebell", "wirebell-reader"])
def test_process_has_no_capability_no_way_to_more_and_a_system_call_filter(pi, bell, unit):
    pi.run("wirebell poll")
    bell.wait_for(lambda: bell.show("MainPID", unit) != "0", unit)
    status = of_process(pi, bell.show("MainPID", unit))
    assert status.pop("Uid").split()[0] != "0"
    assert {name: int(value, 16) for name, value in status.items()} == {
        "NoNewPrivs": 1, "Seccomp": 2, "CapInh": 0, "CapPrm": 0, "CapEff": 0, "CapBnd": 0, "CapAmb": 0}


def test_daemon_is_on_a_network_of_its_own_and_the_reader_without_chips(pi, bell):
    pi.run("wirebell poll")
    bell.wait_for(lambda: bell.show("MainPID", "wirebell-reader") != "0", "the reader")
    daemon, reader = bell.show("MainPID"), bell.show("MainPID", "wirebell-reader")
    pi.run(f"for pid in 1 {daemon} {reader}; do readlink /proc/$pid/ns/net; done >/run/nets; "
           f"ls /proc/{daemon}/root/dev >/run/of-daemon; ls /proc/{reader}/root/dev >/run/of-reader")
    net_of_all, net_of_daemon, net_of_reader = pi.run("cat /run/nets").output.split()
    assert net_of_daemon != net_of_all and net_of_reader == net_of_all
    assert "gpiochip0" in pi.run("cat /run/of-daemon").output
    assert "gpiochip0" not in pi.run("cat /run/of-reader").output
    assert pi.run(f"cat /proc/{daemon}/net/dev | tail -n +3").output.split(":")[0].strip() == "lo"


def test_what_is_tried_is_possible_without_a_sandbox(pi, bell):
    pi.run("touch /tmp/of-somebody-else")
    assert set(pi.run("sh /usr/local/lib/probe").output.split()) == ALL


def test_daemon_can_reach_chips_and_its_state_and_nothing_else(pi, bell):
    bell.stop()
    assert probe(pi, "wirebell") == {"gpio", "state"}


def test_reader_can_reach_the_network_and_nothing_else(pi, bell):
    assert probe(pi, "wirebell-reader") == {"feed"}
