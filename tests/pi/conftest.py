# SPDX-License-Identifier: MIT
"""What the tests on the emulated Pi stand on: both arm64 builds, one initramfs, one boot for all."""

import re
import shutil
import subprocess
import time

import feeds
import pytest
from desk import SIMULATED, Simulator
from initramfs import guest, libraries
from machine import Machine
from parts import BUILD, SOURCE, hardware, sysroot

APPLETS = """awk cat cp cut date dirname dmesg echo grep head httpd ifconfig insmod kill ln ls mkdir mount mv printf
ps rm rmdir rmmod sed seq sh sleep sort stty tail test touch tr true wget""".split()


CONTRACT = "test_gpio_contract"


def cross_build(major, root):
    """wirebell for arm64 with that major version of libgpiod, installed into a folder of its own, and the
    test of its GPIO driver beside it."""
    # A newer sysroot gets a new build folder: what CMake found in the old one would stay found.
    build, prefix = BUILD / root.stem, BUILD / f"gpiod{major}"
    shutil.rmtree(prefix, ignore_errors=True)
    for command in (
            ["cmake", "-S", SOURCE, "-B", build, "-G", "Ninja", "-DCLANG=OFF",
             f"-DCMAKE_TOOLCHAIN_FILE={SOURCE}/cross/aarch64-linux-gnu.cmake",
             f"-DWIREBELL_SYSROOT={root}"],
            ["ninja", "-C", build, "-j2", "wirebell", "wirebell-reader", CONTRACT],
            ["cmake", "--install", build, "--prefix", prefix, "--strip"],
            ["cp", build / "tests" / CONTRACT, prefix]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
    return prefix


def boards(pi_board):
    """Board files by name: the Pi's with its button on the simulator, or with a passive buzzer; one all on
    the simulator."""
    button = "button { chip = button-box  gpio = 0  pull = up  active = low }"
    adapter = "chips = { adapter }\n" + "".join(
        f"{line} {{ gpio = {offset} }}\n" for offset, line in enumerate(SIMULATED))
    tone = "buzzer { gpio = 18  kind = tone }"
    return {"tone": re.sub(r"(?m)^buzzer .*", tone, pi_board),
            "button-box": re.sub(r"(?m)^button .*", button, pi_board),
            "adapter": adapter + "button { gpio = 4  active = low  pull = up }\n"}


def make_archive(packages, modules, prefixes, sysroots):
    """The initramfs, with the builds side by side, installed in /gpiod1 and /gpiod2; more may be added."""
    archive, programs = guest(packages, modules, APPLETS), []
    for major, prefix in prefixes.items():
        archive.folder_of(f"gpiod{major}", prefix)
        programs += [prefix / "bin/wirebell", prefix / "libexec/wirebell/wirebell-reader", prefix / CONTRACT]
    for name, library in libraries(programs, sysroots).items():
        archive.program(f"lib/{name}", library)
    for name, document in feeds.documents(time.time()).items():
        archive.text(f"www/{name}", document)
    archive.text("etc/keywords", feeds.KEYWORDS)
    for name, board in boards((SOURCE / "boards/pi.board").read_text()).items():
        archive.text(f"etc/{name}.board", board)
    return archive


@pytest.fixture(scope="session")
def pi(tmp_path_factory):
    pi3 = hardware()
    sysroots = {major: sysroot(f"sysroot{major}") for major in (1, 2)}
    prefixes = {major: cross_build(major, root) for major, root in sysroots.items()}
    modules = [pi3.module("fs/configfs/configfs.ko"), pi3.module("drivers/pwm/pwm-bcm2835.ko"), pi3.gpio_sim]
    initramfs = tmp_path_factory.mktemp("pi") / "initramfs"
    make_archive(pi3.packages, modules, prefixes, sysroots.values()).write(initramfs)
    with Machine(pi3.kernel, pi3.dtb, initramfs, append=f"wirebell.now={time.time():.0f}",
                 log=BUILD / "console.log") as machine:
        print(f"booted in {machine.boot_s:.1f} s")
        yield machine


@pytest.fixture
def adapter(pi):
    """The chip of the board "adapter"."""
    adapter = Simulator(pi, "adapter", len(SIMULATED) + 1)
    yield adapter
    adapter.remove()
