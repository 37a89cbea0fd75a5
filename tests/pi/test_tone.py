# SPDX-License-Identifier: MIT
"""A passive buzzer on the Pi's PWM block, through the kernel's own driver: QEMU makes no sound of it, but
the kernel takes and keeps what it is told as on a Pi."""

import pytest
from desk import PWM_CHANNEL, Bell, wait_until_sounding


@pytest.fixture
def bell(pi):
    with Bell(pi, 2, board="/etc/tone.board") as bell:
        yield bell


def test_without_the_overlay_the_buzzer_is_missing_and_says_what_it_needs(pi, bell):
    done = pi.run(f"{bell.program} test buzzer --board /etc/tone.board 2>&1", check=False)
    assert done.status == 1
    assert "buzzer: there is no PWM chip on a device" in done.output
    assert "dtoverlay=pwm" in done.output


def test_strokes_are_half_of_a_period_and_the_channel_is_given_back(pi, bell):
    pi.run("insmod /lib/modules/pwm-bcm2835.ko")
    bell.start_on_old_stories()
    bell.publish("attack.xml")
    bell.poll()
    period, duty = wait_until_sounding(pi)
    assert duty == period // 2 and 50_000 <= period <= 50_000_000
    assert bell.kill("TERM") == 0
    assert pi.run(f"[ -e {PWM_CHANNEL} ]", check=False).status == 1


def test_a_tone_left_by_a_kill_is_ended_by_off(pi, bell):
    bell.start_on_old_stories()
    for attempt in range(5):  # a stroke may be over before the kill comes
        bell.publish("attack.xml")
        bell.poll()
        wait_until_sounding(pi, and_then="kill -9 $bell")
        assert bell.kill("KILL") == 128 + 9
        if pi.run(f"cat {PWM_CHANNEL}/enable").output == "1":
            break
        bell.begin_anew()
    else:
        pytest.fail("no kill came within a stroke, or the kernel ends it: this proves nothing")
    bell.off()
    assert pi.run(f"[ -e {PWM_CHANNEL} ]", check=False).status == 1
