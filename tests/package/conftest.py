# SPDX-License-Identifier: MIT
"""The package as CPack makes it on this machine, and a root of its own to install it into.

dpkg runs the maintainer scripts with DPKG_ROOT, so that they change that tree and nothing else.
Skips only where a program that is not the project's is missing, saying which.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from deb import ENVIRONMENT, call

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build")) / "package/native"

sys.path.append(str(HERE.parent / "e2e"))  # feed_server


class Root:
    """A root with nothing in it but dpkg's own records."""

    def __init__(self, path):
        self.path = path
        for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"):
            (path / folder).mkdir(parents=True)
        (path / "var/lib/dpkg/status").touch()
        self._as_root = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]

    def dpkg(self, *arguments):
        return call(*self._as_root, "dpkg", f"--root={self.path}", "--force-depends",
                    "--force-script-chrootless", "--force-confdef", "--force-confold", *arguments)

    def __truediv__(self, name):
        return self.path / name

    def is_enabled(self, unit, target):
        return (self.path / f"etc/systemd/system/{target}.wants/{unit}").is_symlink()


@pytest.fixture(scope="session")
def deb():
    for program, package in (("dpkg-deb", "dpkg"), ("dpkg-shlibdeps", "dpkg-dev"), ("gzip", "gzip"),
                             ("systemd-sysusers", "systemd"), ("ninja", "ninja-build"),
                             ("deb-systemd-helper", "init-system-helpers")):
        if not shutil.which(program, path=ENVIRONMENT["PATH"]):
            pytest.skip(f"{program} is not installed (package {package})")
    call("cmake", "-S", SOURCE, "-B", BUILD, "-G", "Ninja", "-DCMAKE_INSTALL_PREFIX=/usr",
         "-DWIREBELL_TESTS=OFF")
    call("ninja", "-C", BUILD, "-j2")
    for old in BUILD.glob("*.deb"):
        old.unlink()
    call("cpack", cwd=BUILD, umask=0o007)  # another than the package's permissions
    made, = BUILD.glob("*.deb")
    return made


@pytest.fixture
def root(tmp_path):
    if os.geteuid() != 0 and subprocess.run(["unshare", "--map-root-user", "true"], check=False).returncode:
        pytest.skip("neither root, nor may this user make a user namespace")
    return Root(tmp_path / "root")
