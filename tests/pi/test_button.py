# SPDX-License-Identifier: MIT
"""The button, pressed from outside our programs, beside the lamps on the real chip."""

import pytest
from desk import AMBER, GREEN, Bell, Simulator, Trace, count


@pytest.fixture(scope="module")
def button(pi):
    """The file to write "pull-down" to, to press, and "pull-up", to let go."""
    return Simulator(pi, "button-box", 1).pull(0)


@pytest.fixture(params=[1, 2], ids=["libgpiod1", "libgpiod2"])
def bell(pi, button, request):
    with Bell(pi, request.param, board="/etc/button-box.board") as bell:
        bell.start_on_old_stories()
        yield bell


def ring(pi, bell, document, pin):
    bell.publish(document)
    bell.poll()
    assert pi.watch(10, until=lambda levels: levels >> pin & 1)[-1].levels >> pin & 1


def test_pressing_the_button_acknowledges(pi, button, bell):
    ring(pi, bell, "crisis.xml", AMBER)
    pi.run(f"echo pull-down >{button}; sleep 0.2; echo pull-up >{button}")
    bell.wait_for_log("acknowledged")
    assert bell.lit() == set()
    assert count(pi.watch(3)) == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}


def test_a_press_counts_within_a_tenth_of_a_second(pi, button, bell):
    ring(pi, bell, "ferry.xml", GREEN)
    trace = Trace(pi)
    pi.run(f"{trace.mark('press')}; echo pull-down >{button}; sleep 0.3; "
           f"{trace.mark('release')}; echo pull-up >{button}; sleep 0.5")
    bell.wait_for_log("button: acknowledged, 1")
    marks, sets, logged = trace.read()
    dark = min(at for at, level in sets if at > marks["press"] and level == 0) - marks["press"]
    told = min(at for at in logged if at > marks["release"]) - marks["release"]
    print(f"press to dark {dark * 1000:.1f} ms, release to acknowledged {told * 1000:.1f} ms")
    assert dark < 0.1 and told < 0.1
    assert not [at for at, level in sets if at > marks["press"] and level == 1]


def test_a_long_press_snoozes_and_acknowledges_nothing(pi, button, bell):
    ring(pi, bell, "ferry.xml", GREEN)
    trace = Trace(pi)
    pi.run(f"{trace.mark('press')}; echo pull-down >{button}; "
           f"sleep 3; echo pull-up >{button}")
    bell.wait_for_log("button: snoozed")
    marks, sets, logged = trace.read()
    assert 2.0 < min(at for at in logged if at > marks["press"]) - marks["press"] < 2.3
    assert [at for at, level in sets if at > marks["press"] + 2 and level == 1], "no lamp flicked"
    assert bell.lit() == set()
    assert bell.kill("TERM") == 0
    bell.start()
    bell.wait_for_log("still unacknowledged")
