# SPDX-License-Identifier: MIT
"""What an upgrade and a removal leave of what a person has written and decided, on a running system."""

from desk import AMBER, BUZZER, GREEN, count
from machine import rises


def test_upgrade_keeps_state_and_words_and_the_bell_goes_on(pi, bell):
    bell.ring("crisis.xml", AMBER)
    bell.press()
    bell.wait_for(lambda: bell.status()["unacknowledged"] == 0, "the button")
    bell.ring("ferry.xml", GREEN)
    before, edited = bell.show("MainPID"), pi.run("cat /etc/wirebell/keywords").output

    said = bell.dpkg("--install /root/newer.deb")
    assert "(999)" in said and "warning" not in said.lower()
    assert pi.run("cat /etc/wirebell/keywords").output == edited
    assert "newer package" in pi.run("tail -n 1 /etc/wirebell/keywords.dpkg-dist").output
    assert pi.run("systemctl is-active wirebell wirebell-reader.socket").output == "active\nactive"
    assert bell.show("MainPID") != before and bell.show("NRestarts") == "0"

    # Lit as before; what was acknowledged, and is in the feed still, stays silent.
    bell.watch_until_lit(GREEN)
    assert [alert["level"] for alert in bell.status()["alerts"]] == ["routine"]
    bell.publish("crisis.xml")
    pi.run("wirebell poll")
    seen = pi.watch(5)
    assert count(seen)["amber"] == 0 and rises(seen, BUZZER) == 0
    assert {alert["disposition"] for alert in bell.status()["alerts"]} == {"rang"}


def test_removal_keeps_what_is_a_persons_and_purging_takes_it(pi, bell):
    bell.ring("ferry.xml", GREEN)
    bell.dpkg("--remove wirebell")
    assert bell.lit() == set()
    assert pi.run("systemctl is-active wirebell wirebell-reader.socket", check=False).output == "inactive\ninactive"
    pi.run("[ ! -e /usr/bin/wirebell ] && [ -s /var/lib/wirebell/wirebell.db ] && grep -q ferry /etc/wirebell/keywords")

    bell.dpkg("--install /root/wirebell.deb")
    bell.watch_until_lit(GREEN)
    assert bell.status()["unacknowledged"] == 1

    pi.run("mkdir -p /etc/wirebell/boards; echo >/etc/wirebell/boards/mine.board")
    bell.dpkg("--purge wirebell")
    assert bell.lit() == set()
    assert pi.run("ls -d /var/lib/wirebell /run/wirebell-reader.sock", check=False).output.count("cannot access") == 2
    assert pi.run("cd /etc/wirebell; find . -type f").output == "./boards/mine.board"
    assert pi.run("find /etc/systemd /var/lib/systemd -name '*wirebell*'").output == ""
    pi.run("rm -r /etc/wirebell")
