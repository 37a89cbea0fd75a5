# SPDX-License-Identifier: MIT
"""Somebody who waits at a terminal sees how far it is; anywhere else nothing is printed of it."""

import os
import pathlib
import pty
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build")) / "bin/wirebell"


@pytest.fixture
def feeds(tmp_path):
    """Three feeds, as files."""
    item = "<item><title>EU crisis</title></item>"
    paths = []
    for name in "abc":
        path = tmp_path / f"{name}.xml"
        path.write_text(f"<rss version='2.0'><channel>{item}</channel></rss>")
        paths.append(str(path))
    return paths


def said_to_terminal(*command):
    """What a program writes to standard error, where that is a terminal."""
    ours, theirs = pty.openpty()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, check=True, timeout=60)
    os.close(theirs)
    said = b""
    try:
        while more := os.read(ours, 4096):
            said += more
    except OSError:  # EIO: that is how a terminal ends
        pass
    os.close(ours)
    return said.decode()


def test_try_counts_feeds_on_a_terminal_and_wipes_it_out(feeds):
    said = said_to_terminal(PROGRAM, "try", "crisis", *feeds)
    assert "\r0 of 3 feeds read" in said and "\r2 of 3 feeds read" in said
    assert said.endswith("\r\x1b[K")


def test_one_feed_is_not_counted(feeds):
    assert said_to_terminal(PROGRAM, "try", "crisis", feeds[0]) == ""


def test_a_pipe_hears_nothing_of_it(feeds):
    done = subprocess.run([PROGRAM, "try", "crisis", *feeds], capture_output=True, check=True,
                          timeout=60)
    assert done.stderr == b""
