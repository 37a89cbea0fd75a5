# SPDX-License-Identifier: MIT
"""An adapter that is unplugged and plugged in: lamps, buzzer and button on one chip of the simulator."""

import time

import pytest
from desk import BUZZER, PRESS, SIMULATED, Bell

GREEN, BUTTON = SIMULATED.index("lamp green"), len(SIMULATED)


def switches(pi):
    """Times the daemon went to sleep."""
    return int(pi.run("sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' /proc/$bell/status").output)


def wait_for_level(adapter, line, level, seconds=60):
    deadline = time.monotonic() + seconds
    while adapter.level(line) != level:
        assert time.monotonic() < deadline, f"line {line} is not {level}"
        time.sleep(0.05)


@pytest.mark.parametrize("major", [1, 2], ids=["libgpiod1", "libgpiod2"])
def test_what_was_lit_is_lit_again_and_the_button_works(pi, adapter, major):
    with Bell(pi, major, board="/etc/adapter.board") as bell:
        bell.start_on_old_stories()
        bell.publish("ferry.xml")
        bell.poll()
        wait_for_level(adapter, GREEN, 1)

        adapter.unplug()
        bell.wait_for_log("health: red, amber, green, buzzer, button: ")
        before = switches(pi)
        time.sleep(4)
        assert switches(pi) - before < 20, "a busy loop"

        adapter.plug_in()
        wait_for_level(adapter, GREEN, 1)
        bell.wait_for_log("health: outputs is mended")
        pi.run(f"{PRESS}; press {adapter.pull(BUTTON)} 0.2 190")
        bell.wait_for_log("button: acknowledged")
        assert adapter.level(GREEN) == 0


def test_an_adapter_that_comes_late_is_found(pi, adapter):
    adapter.unplug()
    with Bell(pi, 2, board="/etc/adapter.board") as bell:
        bell.start_on_old_stories()
        bell.publish("ferry.xml")
        bell.poll()
        bell.wait_for_log("routine: New ferry timetable")
        adapter.plug_in()
        wait_for_level(adapter, GREEN, 1)


def test_a_line_that_was_taken_is_had_once_it_is_free(pi):
    # Taken by the kernel's old sysfs interface, as another program's line is.
    pi.run("chip=$(dirname $(grep -l pinctrl-bcm2835 /sys/class/gpio/gpiochip*/label)); "
           f"gpio=$(($(cat $chip/base) + {BUZZER})); echo $gpio >/sys/class/gpio/export")
    with Bell(pi, 2) as bell:
        bell.start_on_old_stories()
        bell.wait_for_log(f"health: buzzer: line {BUZZER} of pinctrl-bcm2835 is held by")
        pi.run("echo $gpio >/sys/class/gpio/unexport")
        bell.wait_for_log("health: outputs is mended", seconds=120)
        assert pi.is_output(BUZZER)
