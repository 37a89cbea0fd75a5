# SPDX-License-Identifier: MIT
"""What the tests of the installed service stand on: the package for arm64 and the one it is upgraded to,
one image with Debian and systemd, one boot of the emulated Pi for all."""

import os
import pathlib
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "pi"), str(HERE.parent / "package")]

import deb  # noqa: E402
import feeds  # noqa: E402
import image  # noqa: E402
from machine import Machine  # noqa: E402
from parts import BUILD, cross, hardware, sysroot  # noqa: E402
from service import Service  # noqa: E402

ROOTS = {"bookworm": "root12", "trixie": "root13"}


def pytest_addoption(parser):
    parser.addoption("--suite", choices=ROOTS, default="bookworm", help="the release of Debian in the Pi")


def files(folder, suite):
    """What the guest is given beside its system, by the names it has there."""
    package = pathlib.Path(cross("package", "arm64", suite))
    given = {"root/wirebell.deb": package, "root/newer.deb": deb.newer(package, folder, "999"),
             "root/keywords": feeds.KEYWORDS, "usr/local/lib/probe": HERE / "probe"}
    for name, document in feeds.documents(time.time()).items():
        given[f"www/{name}"] = document
    return given


@pytest.fixture(scope="session")
def pi(tmp_path_factory, pytestconfig):
    begin = time.monotonic()
    suite = pytestconfig.getoption("suite")
    pi3, root = hardware(), sysroot(ROOTS[suite])
    folder = tmp_path_factory.mktemp("system")
    image.make(folder / "initramfs", root, pi3, files(folder, suite))
    made_s = time.monotonic() - begin
    with Machine(pi3.kernel, pi3.dtb, folder / "initramfs", init="/sbin/init", boot_timeout_s=600, timeout_s=300,
                 append=f"systemd.show_status=0 wirebell.now={time.time():.0f}",
                 log=BUILD / f"{suite}.log") as machine:
        machine.run("systemctl is-system-running --wait")
        up_s = time.monotonic() - begin - made_s
        size = os.path.getsize(folder / "initramfs") / 1e6
        print(f"image of {size:.0f} MB made in {made_s:.0f} s, systemd up after {up_s:.0f} s")
        machine.run("httpd -p 127.0.0.1:80 -h /www")
        yield machine


@pytest.fixture(scope="session")
def service(pi):
    return Service(pi)


@pytest.fixture
def bell(service):
    """Installed, with the desk's words and button, at the end of its first look at the feed."""
    service.ensure_installed()
    service.set_up()
    return service
