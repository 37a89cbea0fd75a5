# SPDX-License-Identifier: MIT
"""A Debian package, looked at and made over by Debian's own programs."""

import os
import subprocess

ENVIRONMENT = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive"}


def call(*command, **how):
    """What a command prints; fails the test, with all it said, when the command fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT, check=False, **how)
    assert done.returncode == 0, f"{command}:\n{done.stdout}"
    return done.stdout


def newer(deb, folder, version):
    """The same package with a higher version, and one more line in each configuration file."""
    call("dpkg-deb", "--raw-extract", deb, folder / "newer")
    control = folder / "newer/DEBIAN/control"
    text = control.read_text()
    control.write_text(text.replace(f"Version: {field(deb, 'Version')}\n", f"Version: {version}\n"))
    for name in (folder / "newer/DEBIAN/conffiles").read_text().split():
        with (folder / f"newer{name}").open("a") as file:
            file.write("# a line of the newer package\n")
    call("dpkg-deb", "--root-owner-group", "-Znone", "--build", folder / "newer", folder / "newer.deb")
    return folder / "newer.deb"


def field(deb, name):
    return call("dpkg-deb", "--field", deb, name).strip()
