# SPDX-License-Identifier: MIT
"""The road, whole: a story in a feed moves a pin of a Raspberry Pi, seen from outside the Pi.

Our arm64 programs, real libgpiod of both major versions, the real pinctrl-bcm2835 chip; the feed is on
the guest's loopback. What is asserted is what someone at the desk would see and hear.
"""

import pytest
from desk import AMBER, BUZZER, OUTPUTS, RED, Bell, Trace, count
from machine import rises


@pytest.fixture(params=[1, 2], ids=["libgpiod1", "libgpiod2"])
def bell(pi, request):
    with Bell(pi, request.param) as bell:
        bell.start_on_old_stories()
        yield bell


def test_old_stories_stay_silent_and_pins_are_outputs(pi, bell):
    assert all(pi.is_output(pin) for pin in OUTPUTS)
    bell.poll()
    assert count(pi.watch(2)) == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}
    assert bell.lit() == set()


def ring(pi, bell, document, pin, strokes):
    """A story rings: its lamp blinks and the buzzer strikes so often. Returns the outputs' trace.

    What is too late is not struck: where the machine stood still, all begins anew, and the best counts.
    """
    for attempt in range(3):
        trace = Trace(pi)
        bell.publish(document)
        bell.poll()
        pi.watch_until_high(pin)
        lamp = OUTPUTS[pin]
        seen = trace.wait_for(lambda seen: seen[lamp] >= 4, f"{lamp} to blink")  # five seconds
        assert {**seen, lamp: 0, "buzzer": 0} == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}
        assert seen["buzzer"] <= strokes
        if seen["buzzer"] == strokes:
            return trace
        bell.kill("KILL")
        bell.begin_anew()
    pytest.fail(f"{seen['buzzer']} strokes of {strokes}, and too few each time")


def test_story_on_a_crisis_plan_blinks_amber_and_strikes_three_times(pi, bell):
    trace = ring(pi, bell, "crisis.xml", AMBER, strokes=3)
    bell.poll()
    assert count(pi.watch(3))["buzzer"] == 0
    assert trace.count()["buzzer"] == 3


def test_story_on_a_cyber_attack_blinks_red_and_sigterm_leaves_all_low(pi, bell):
    ring(pi, bell, "both.xml", RED, strokes=5 + 3)  # the urgent story's, after the bulletin's
    pi.watch_until_high(RED)
    assert bell.kill("TERM") == 0
    assert bell.lit() == set()


def test_alert_outlives_a_kill_and_off_leaves_all_low(pi, bell):
    for attempt in range(5):  # a stroke may be over before the kill comes
        bell.publish("attack.xml")
        bell.poll()
        strokes = pi.watch(20, until=lambda levels: levels >> BUZZER & 1) + pi.watch(0.25)
        strokes += pi.watch(5, until=lambda levels: levels >> BUZZER & 1)
        assert bell.kill("KILL") == 128 + 9
        if "buzzer" in bell.lit() and rises(strokes, BUZZER) >= 2:
            break
        bell.begin_anew()
    else:
        pytest.fail("no kill came within a stroke, or the kernel lowers the pins itself: this proves nothing")
    bell.off()
    assert bell.lit() == set()

    trace = Trace(pi)
    bell.start()
    bell.wait_for_log("still unacknowledged")
    pi.watch_until_high(RED)
    seen = trace.wait_for(lambda seen: seen["red"] >= 2, "red to blink")
    assert {**seen, "red": 0} == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}


def test_a_killed_daemon_is_silent_within_a_second(pi, bell):
    """As the unit does it: whatever ends the daemon, "wirebell off" comes after it."""
    bell.publish("attack.xml")
    bell.poll()
    pi.watch(15, until=lambda levels: levels >> BUZZER & 1)
    trace, took = Trace(pi), []
    for _ in range(3):  # the machine that emulates may be busy: the best counts
        pi.run(f"{trace.mark('kill')}; kill -9 $bell; wait $bell; {bell.off_command}; {trace.mark('off')}")
        assert bell.lit() == set()
        marks, _, _ = trace.read()
        took.append(marks["off"] - marks["kill"])
        bell.start()
        bell.wait_for_log("watching")
    print(f"kill to all low: {', '.join(f'{s * 1000:.0f}' for s in took)} ms")
    assert min(took) < 1
