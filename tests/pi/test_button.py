# SPDX-License-Identifier: MIT
"""The button, pressed from outside our programs, beside the lamps on the real chip."""

import pytest
from desk import AMBER, GREEN, PRESS, Bell, Simulator, Trace, count


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
    pi.watch_until_high(pin)


def test_pressing_the_button_acknowledges(pi, button, bell):
    ring(pi, bell, "crisis.xml", AMBER)
    pi.run(f"{PRESS}; press {button} 0.2 190")
    bell.wait_for_log("acknowledged")
    assert bell.lit() == set()
    assert count(pi.watch(3)) == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}


def hold(pi, button, seconds, most, trace, last=":"):
    """Presses for so long, with marks in the trace and a last command before the release; whether the
    machine let it be less than @most."""
    pi.run(f"{trace.mark('press')}; echo pull-down >{button}; sleep {seconds}; {last}; "
           f"{trace.mark('release')}; echo pull-up >{button}; {trace.mark('end')}")
    marks, _, _ = trace.read()
    return marks["end"] - marks["press"] < most


def test_a_press_counts_within_a_tenth_of_a_second(pi, button, bell):
    dark, told = [], []
    # The machine that emulates may be busy: the best counts.
    for document in "ferry.xml", "bread.xml", "captain.xml":
        ring(pi, bell, document, GREEN)
        trace, before = Trace(pi), bell.count_in_log("button: acknowledged, 1")
        if not hold(pi, button, 0.3, 1.9, trace):  # a snooze
            bell.kill("KILL")
            bell.begin_anew()
            continue
        bell.wait_for_log("button: acknowledged, 1", times=before + 1)
        marks, sets, logged = trace.read()
        dark.append(min(at for at, level in sets if at > marks["press"] and level == 0) - marks["press"])
        told.append(min(at for at in logged if at > marks["release"]) - marks["release"])
        assert not [at for at, level in sets if at > marks["press"] and level == 1]
    print("press to dark, release to acknowledged, ms:", [f"{s * 1000:.1f}" for s in dark + told])
    assert min(dark) < 0.1 and min(told) < 0.1


def test_a_long_press_snoozes_and_acknowledges_nothing(pi, button, bell):
    ring(pi, bell, "ferry.xml", GREEN)
    told = []
    while len(told) < 3:
        trace, before = Trace(pi), bell.count_in_log("button: snoozed")
        was_short = hold(pi, button, 3, 4.9, trace)
        bell.wait_for_log("button: snoozed", times=before + 1)
        marks, sets, logged = trace.read()
        if not was_short:  # a lamp test, which takes the snooze back
            continue
        told.append(min(at for at in logged if at > marks["press"]) - marks["press"])
        assert [at for at, level in sets if at > marks["press"] + 2 and level == 1], "no lamp flicked"
        assert bell.lit() == set()
    assert min(told) > 2.0
    assert min(told) < 2.3, "the best of three: the machine that emulates may be busy"
    assert bell.kill("TERM") == 0
    bell.start()
    bell.wait_for_log("still unacknowledged")


def test_a_short_press_is_no_snooze_because_the_bell_was_held_up_meanwhile(pi, button, bell):
    for _ in range(5):
        ring(pi, bell, "ferry.xml", GREEN)
        was_short = hold(pi, button, 0.3, 1.9, Trace(pi), last="kill -STOP $bell")
        pi.run("sleep 3; kill -CONT $bell")
        bell.wait_for_log("button: ")
        if was_short:
            break
        bell.kill("KILL")
        bell.begin_anew()
    assert bell.count_in_log("button: acknowledged, 1") == 1
    assert bell.count_in_log("button: snoozed") == 0
