# SPDX-License-Identifier: MIT
"""What every GPIO driver promises (tests/port/test_gpio_contract.c), asked of libgpiod on lines of the kernel."""

import pytest
from conftest import CONTRACT


@pytest.mark.parametrize("major", [1, 2], ids=["libgpiod1", "libgpiod2"])
def test_the_driver_keeps_the_contract(pi, adapter, major):
    done = pi.run(f"/gpiod{major}/{CONTRACT} --board /etc/adapter.board --lines {adapter.lines} 2>&1",
                  timeout_s=600, check=False)
    print(done.output)
    assert done.status == 0 and f"driven by libgpiod {major}" in done.output
    assert "[       OK ] signals_take_nothing_away" in done.output
