# SPDX-License-Identifier: MIT
"""What installing the package does to a system, before anybody has written a word of configuration."""

import pytest
from desk import GREEN, OUTPUTS, PWM_CHANNEL, wait_until_sounding
from service import UNITS


@pytest.fixture
def shipped(pi, service):
    """Installed, as it is shipped: no state, no feeds, no words; not running."""
    service.ensure_installed()
    service.stop()
    pi.run("rm -rf /var/lib/wirebell/*; cp -p /root/shipped/* /etc/wirebell/")
    return service


def test_installing_enables_both_units_and_warns_of_nothing(pi, service):
    service.ensure_installed()
    assert "error" not in service.first.lower() and "warning" not in service.first.lower(), service.first
    assert pi.run("systemctl is-enabled wirebell wirebell-reader.socket").output == "enabled\nenabled"


def test_as_shipped_it_is_active_quiet_and_without_trouble(pi, shipped):
    since = pi.run("date +%s").output
    shipped.start()
    assert pi.run("systemctl is-active wirebell wirebell-reader.socket").output == "active\nactive"
    assert shipped.show("NRestarts") == "0"
    assert all(pi.is_output(pin) for pin in OUTPUTS)
    status = shipped.status()
    assert (status["board"], status["feed_count"], status["health"]) == ("pi", 0, [])
    assert pi.run("wirebell status").output.startswith("quiet")
    assert shipped.journal(f"{UNITS} --priority warning --since @{since}") == ""


def test_chips_belong_to_group_gpio(pi, shipped):
    assert pi.run("stat -c '%U %G %a' /dev/gpiochip0").output == "root gpio 660"


def test_everybody_may_look_and_the_group_may_act(pi, shipped):
    shipped.start()
    somebody = "setpriv --reuid=nobody --regid=nogroup"
    assert pi.run(f"{somebody} --clear-groups wirebell status").status == 0
    refused = pi.run(f"{somebody} --clear-groups wirebell snooze 1h 2>&1", check=False)
    assert refused.status != 0 and "wirebell" in refused.output
    assert shipped.status()["snoozed_until_at"] is None
    pi.run(f"{somebody} --groups=wirebell wirebell snooze 1h")
    assert shipped.status()["snoozed_until_at"]


def test_where_no_chip_is_found_it_polls_all_the_same_and_says_so(pi, shipped):
    chips = pi.run("cd /dev; ls gpiochip*").output.split()
    pi.run("cd /dev; for chip in gpiochip*; do stat -c 'mknod -m 660 %n c 0x%t 0x%T; chgrp gpio %n' $chip; "
           "rm $chip; done >/root/chips")
    assert "gpiochip0" in chips
    try:
        shipped.publish("old.xml")
        pi.run("cp /root/keywords /etc/wirebell/keywords")
        shipped.start()
        shipped.wait_for_log("ring from now on")
        health = shipped.status()["health"]
        assert [trouble["cause"] for trouble in health] == ["outputs"]
        assert "no GPIO chip" in health[0]["what"] and "pinctrl-bcm2835" in health[0]["what"]
        assert pi.run("systemctl is-active wirebell").output == "active"
        shipped.publish("ferry.xml")
        pi.run("wirebell poll")
        shipped.wait_for(lambda: shipped.status()["unacknowledged"] == 1, "the story")
        assert not any(pi.levels() >> pin & 1 for pin in OUTPUTS)
    finally:
        pi.run("cd /dev; sh /root/chips")
    shipped.watch_until_lit(GREEN)
    shipped.wait_for(lambda: shipped.status()["health"] == [], "the outputs")


def test_a_passive_buzzer_sounds_by_pwm_and_is_silent_when_the_service_ends(pi, service):
    service.ensure_installed()
    pi.run("insmod /lib/modules/pwm-bcm2835.ko; udevadm settle")
    try:
        service.set_up("buzzer { gpio = 18  kind = tone }")
        assert service.status()["health"] == []
        service.publish("attack.xml")
        pi.run("wirebell poll")
        wait_until_sounding(pi)
        service.stop()
        # Given back; or, where udev took long, kept for the next try.
        assert pi.run(f"[ ! -e {PWM_CHANNEL} ] || cat {PWM_CHANNEL}/enable").output in ("", "0")
    finally:
        pi.run(f"systemctl stop wirebell; [ ! -e {PWM_CHANNEL} ] || echo 0 >{PWM_CHANNEL}/../unexport; "
               "rmmod pwm-bcm2835")
