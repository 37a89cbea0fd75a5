# SPDX-License-Identifier: MIT
"""README shows what the program does: its picture is the demo's, its commands are taken."""

import pathlib
import re
import shlex
import sys

import pytest
from conftest import BUILD, clean_environment
from test_desk import Terminal

SOURCE = pathlib.Path(__file__).resolve().parents[2]
README = (SOURCE / "README.md").read_text(encoding="utf-8")
PICTURE = re.search(r"^    \$ wirebell run .*\n((?:    .*\n)+)", README, re.M)[1]


def masked(text):
    """Without what differs from run to run: times, ports, folders, which lamp is just lit. What is
    drawn over begins a line of its own."""
    for pattern, mask in ((r"\r(?:\x1b\[\d+A)?\x1b\[J", "\n"), (r"\x1b\[[0-9;]*[A-Za-z]", ""),
                          (r"\b\d\d:\d\d:\d\d\b", "TIME"), (r":\d{4,5}/", ":PORT/"),
                          (r"\S*/keywords", "keywords"), ("[●○♪·]", "o"), ("\r", "")):
        text = re.sub(pattern, mask, text)
    return text


def test_the_picture_is_what_the_demo_shows():
    demo = (sys.executable, SOURCE / "tests/newsroom.py", BUILD / "bin/wirebell", "--quick")
    with Terminal(40, 120, *demo) as terminal:
        shown = masked(terminal.wait_for("stopped, all outputs off", seconds=180)).splitlines()
    for line in PICTURE.splitlines():
        assert masked(line[4:]) in shown, line
    assert len(PICTURE.splitlines()) >= 10


def test_the_drawn_header_is_what_boards_draws(wirebell):
    drawn = re.findall(r"^ {10,}(\S.*)$", README.split("## Wiring")[1].split("##")[0], re.M)
    shown = [line.strip() for line in wirebell("boards", "pi").out.splitlines()]
    assert len(drawn) == 4 and set(drawn) <= set(shown)


COMMANDS = re.findall(r"^ +(wirebell (?:status|why|ack|snooze|feeds|history|try)\b.*?)(?: +#.*)?$", README, re.M)


def test_commands_are_shown():
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_used_rightly(command, wirebell):
    """There is nobody to ask: that is told, and not that the command is wrong."""
    done = wirebell(*shlex.split(command)[1:], env=clean_environment())
    assert done.code == 1 and "Try 'wirebell" not in done.err
