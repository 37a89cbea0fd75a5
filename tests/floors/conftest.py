# SPDX-License-Identifier: MIT
"""Where the source tree and the build tree are, and the files that belong to the project."""

import os
import pathlib
import subprocess
import sys

import pytest

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def source():
    return SOURCE


@pytest.fixture(scope="session")
def build():
    return pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))


@pytest.fixture(scope="session")
def files():
    """Every file of the project, tracked or about to be, relative to the top."""
    # A checkout may belong to another user than the one who tests it.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], cwd=SOURCE, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, or git is not installed")
    names = (pathlib.PurePath(name) for name in listed.stdout.split("\0") if name)
    return sorted({name for name in names if os.path.lexists(SOURCE / name)})
