# SPDX-License-Identifier: MIT
"""What an emulated Pi is put together from, made by the scripts of cross/ and cached by them.

Skips only where something outside the project cannot be had (QEMU, a cross compiler, the Debian
packages), saying which; a build that fails is a failure.
"""

import os
import pathlib
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build")) / "pi"


def cross(script, *arguments):
    """What a script of cross/ prints; skips when the packages it needs cannot be had."""
    done = subprocess.run([SOURCE / "cross" / script, *arguments], capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def sysroot(tree):
    return pathlib.Path(cross("sysroot", tree, "arm64"))


class Hardware:
    """Debian's kernel, its device tree of the Pi 3B, and its modules; busybox."""

    def __init__(self):
        self.packages = sysroot("pi")
        self.kernel = next((self.packages / "boot").glob("vmlinuz-*"))
        self.dtb = next(self.packages.glob("usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb"))
        self.release = self.kernel.name.removeprefix("vmlinuz-")

    def module(self, name):
        return self.packages / "lib/modules" / self.release / "kernel" / name

    @property
    def gpio_sim(self):
        """The module that Debian's kernels lack, built once for each."""
        module = BUILD / self.release / "gpio-sim.ko"
        if not module.exists():
            module.parent.mkdir(parents=True, exist_ok=True)
            cross("gpio-sim", module)
        return module


def hardware():
    for program, package in (("qemu-system-aarch64", "qemu-system-arm"),
                             ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"), ("make", "make")):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed (package {package})")
    return Hardware()
