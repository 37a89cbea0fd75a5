# SPDX-License-Identifier: MIT
"""The button, pressed from outside our programs: a line of the kernel's GPIO simulator.

The emulated Pi's own chip takes no input, so the board of this test has its button on a second chip,
beside the lamps on the real one.
"""

import pytest
from desk import AMBER, Bell, count

SIMULATOR = "/sys/kernel/config/gpio-sim/box"


@pytest.fixture(scope="module")
def button(pi):
    """The file to write "pull-down" to, to press, and "pull-up", to let go."""
    pi.run("insmod /lib/modules/configfs.ko; insmod /lib/modules/gpio-sim.ko")
    pi.run("mount -t configfs configfs /sys/kernel/config")
    pi.run(f"mkdir -p {SIMULATOR}/bank && echo button-box >{SIMULATOR}/bank/label && "
           f"echo 1 >{SIMULATOR}/bank/num_lines && echo 1 >{SIMULATOR}/live")
    device = pi.run(f"echo $(cat {SIMULATOR}/dev_name)/$(cat {SIMULATOR}/bank/chip_name)").output
    return f"/sys/devices/platform/{device}/sim_gpio0/pull"


@pytest.mark.parametrize("major", [1, 2], ids=["libgpiod1", "libgpiod2"])
def test_pressing_the_button_acknowledges(pi, button, major):
    bell = Bell(pi, major, board="/etc/button-box.board")
    try:
        bell.start_on_old_stories()
        bell.publish("crisis.xml")
        bell.poll()
        assert pi.watch(10, until=lambda levels: levels >> AMBER & 1)[-1].levels >> AMBER & 1
        pi.run(f"echo pull-down >{button}; sleep 0.2; echo pull-up >{button}")
        bell.wait_for_log("acknowledged")
        assert bell.lit() == set()
        assert count(pi.watch(3)) == {"red": 0, "amber": 0, "green": 0, "buzzer": 0}
    finally:
        bell.end()
