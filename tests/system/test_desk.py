# SPDX-License-Identifier: MIT
"""The desk before the installed service: stories ring, the button is heard, saved words count, and
whatever ends the daemon, its pins go low."""

from desk import AMBER, BUZZER, GREEN, RED, Trace, count
from machine import rises


def test_a_story_lights_its_lamp_strikes_and_is_told_and_the_button_ends_it(pi, bell):
    trace = Trace(pi)
    bell.ring("attack.xml", RED)
    seen = trace.wait_for(lambda seen: seen["red"] >= 3, "red to blink", seconds=120)
    assert (seen["amber"], seen["green"]) == (0, 0)
    assert 2 <= seen["buzzer"] <= 5  # a busy machine strikes late, and what is too late not at all
    status = bell.status()
    assert (status["lit"], status["unacknowledged"], status["health"]) == ("bulletin", 1, [])
    assert "after [cyber attack]" in pi.run("wirebell why").output

    bell.press()
    bell.wait_for(lambda: bell.status()["unacknowledged"] == 0, "the button")
    assert bell.lit() == set()
    assert count(pi.watch(3)) == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}


def test_words_count_once_their_file_is_saved(pi, bell):
    # sed -i makes a new file and renames it, as editors do.
    pi.run("sed -i 's/^ferry timetable$/&\\nwar, crisis - film/' /etc/wirebell/keywords")
    bell.wait_for(lambda: bell.status()["rule_count"] == 4, "the new rule")
    pi.run("sed -i 's/crisis - film/crisis + ((/' /etc/wirebell/keywords")
    bell.wait_for(lambda: bell.status()["refused"], "the mistake")
    assert bell.status()["rule_count"] == 4
    bell.ring("crisis.xml", AMBER)


def test_stopping_leaves_every_pin_low(pi, bell):
    bell.ring("ferry.xml", GREEN)
    bell.stop()
    assert bell.lit() == set()
    assert count(pi.watch(2)) == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}
    assert bell.show("Result") == "success"

    bell.start()
    bell.watch_until_lit(GREEN)


# The unit's two seconds of darkness until it starts anew may be too few to be looked at.
LONG_DARK = "RestartSec=20s"


def test_a_killed_daemon_leaves_every_pin_low_and_comes_back_lit(pi, bell):
    with bell.other_settings(LONG_DARK):
        bell.ring("ferry.xml", GREEN)  # steady, so that dark means switched off
        pi.run("systemctl kill --signal=KILL --kill-whom=main wirebell")
        seen = bell.watch_until_dark()
        print(f"killed, dark after {seen[-1].time - seen[0].time:.1f} s")
        assert rises(bell.watch_until_lit(GREEN), BUZZER) == 0
        bell.wait_for(lambda: bell.show("ActiveState") == "active", "the service to be active")
        assert bell.show("NRestarts") == "1"
        assert bell.status()["unacknowledged"] == 1


def test_a_hung_daemon_is_ended_by_the_watchdog_and_leaves_every_pin_low(pi, bell):
    with bell.other_settings(rf"{LONG_DARK}\nWatchdogSec=10s"):  # the unit's is a minute
        bell.ring("ferry.xml", GREEN)
        pi.run("systemctl kill --signal=STOP --kill-whom=main wirebell")
        assert pi.levels() >> GREEN & 1
        bell.watch_until_dark()
        bell.watch_until_lit(GREEN)
        assert "watchdog" in bell.journal("-u wirebell").lower()
