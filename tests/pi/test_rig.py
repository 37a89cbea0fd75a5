# SPDX-License-Identifier: MIT
"""Is the rig itself to be trusted? What the guest's kernel does to a pin must be seen from outside."""

import pytest
from machine import MachineError, Sample, rises

RED = 17


def test_pin_raised_by_the_kernel_is_seen_from_outside(pi):
    # By the kernel's old sysfs interface, so that no library is between the test and the pin.
    pi.run("chip=$(dirname $(grep -l pinctrl-bcm2835 /sys/class/gpio/gpiochip*/label)); "
           f"gpio=$(($(cat $chip/base) + {RED})); echo $gpio >/sys/class/gpio/export")
    pi.run("echo high >/sys/class/gpio/gpio$gpio/direction")
    assert pi.is_output(RED)
    assert pi.levels() >> RED & 1
    pi.run("echo low >/sys/class/gpio/gpio$gpio/direction")
    assert not pi.levels() >> RED & 1
    pi.run("echo $gpio >/sys/class/gpio/unexport")


def test_status_and_output_of_a_command_come_back(pi):
    assert pi.run("echo one; echo two; false", check=False) == (1, "one\ntwo")
    with pytest.raises(MachineError, match="exit status 1"):
        pi.run("false")


def test_only_upward_edges_of_the_pin_are_counted():
    levels = [0, 1 << RED, 1 << RED, 1 << 4, (1 << RED) + 16, 0]
    assert rises([Sample(0, level) for level in levels], RED) == 2
