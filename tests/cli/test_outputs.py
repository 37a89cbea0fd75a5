# SPDX-License-Identifier: MIT
"""The commands that drive outputs without the daemon, on the sim board: wirebell test, wirebell off.

By a clock of their own (tests/tools/held_waits.c): their waits take no time, and what the trace says
of it is exact.
"""

import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import time

import pytest

BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", "build"))
WIREBELL = BUILD / "bin/wirebell"
PATIENCE_S = 60


@pytest.fixture(autouse=True)
def waits(tmp_path, monkeypatch):
    """The file in which each wait has a line, in milliseconds."""
    path = tmp_path / "waits"
    path.touch()
    monkeypatch.setenv("LD_PRELOAD", str((BUILD / "tests/libheld_waits.so").resolve()))
    monkeypatch.setenv("WIREBELL_WAITS", str(path))
    return path


def run(*arguments, **options):
    return subprocess.run([WIREBELL, *map(str, arguments)], **{"capture_output": True, "text": True,
                          "timeout": PATIENCE_S, "check": False, **options})


def transitions(path):
    """The trace as (milliseconds, line, level)."""
    return [(entry["t_ms"], entry["line"], entry["level"])
            for entry in map(json.loads, path.read_text().splitlines())]


def lit_at_end(path):
    last = {line: level for _, line, level in transitions(path)}
    return [line for line, level in last.items() if level]


@pytest.fixture
def trace(tmp_path):
    return tmp_path / "trace"


@pytest.fixture
def board(tmp_path):
    """Writes a board file and gives its name."""
    def write(text):
        path = tmp_path / "mine.board"
        path.write_text(text)
        return path
    return write


def test_a_lamp_is_lit_for_two_seconds(trace, waits):
    done = run("test", "red", "--board", "sim", "--trace", trace)
    assert (done.returncode, done.stdout, done.stderr) == (0, "test: red\n", "")
    (on_ms, *on), (off_ms, *off) = transitions(trace)
    assert (on, off) == (["red", 1], ["red", 0])
    assert off_ms - on_ms == 2000
    assert waits.read_text() == "2000\n"


def test_without_a_name_each_output_has_its_turn(trace):
    done = run("test", "--board", "sim", "--trace", trace)
    assert done.returncode == 0
    assert [(line, level) for _, line, level in transitions(trace)] == [
        (line, level) for line in ("red", "amber", "green", "buzzer") for level in (1, 0)]


def test_a_drill_shows_all_lamps_then_the_level(trace):
    done = run("test", "urgent", "--board", "sim", "--trace", trace)
    assert (done.returncode, done.stdout) == (0, "drill: urgent\n")
    seen = transitions(trace)
    assert sorted(line for ms, line, level in seen if ms < 500) == ["amber", "green", "red"]
    assert sum(line == "buzzer" and level for _, line, level in seen) == 3
    later = {line for ms, line, level in seen if ms > 1500 and level}
    assert later == {"amber", "buzzer"}
    assert lit_at_end(trace) == []


def test_a_drill_is_as_the_configuration_says(trace, tmp_path):
    path = tmp_path / "wirebell.conf"
    path.write_text("board = sim\nurgent { lamp = green strokes = 1 }\n")
    done = run("test", "urgent", "--config", path, "--trace", trace)
    assert (done.returncode, done.stderr) == (0, "")
    seen = transitions(trace)
    assert sum(line == "buzzer" and level for _, line, level in seen) == 1
    assert {line for ms, line, level in seen if ms > 1500 and level} <= {"green", "buzzer"}
    assert lit_at_end(trace) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("what, lit", [((), "red"), (("buzzer",), "buzzer")])
def test_a_signal_ends_it_with_every_output_off(trace, waits, monkeypatch, what, lit, number):
    monkeypatch.setenv("WIREBELL_WAITS_FOR_SIGNAL", "1")
    with subprocess.Popen([WIREBELL, "test", *what, "--board", "sim", "--trace", str(trace)],
                          stdout=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + PATIENCE_S
            while not waits.read_text() and time.monotonic() < end:
                time.sleep(0.01)
            assert lit_at_end(trace) == [lit]
            process.send_signal(number)
            assert process.wait(timeout=PATIENCE_S) == -number
        finally:
            process.kill()
    assert [(line, level) for _, line, level in transitions(trace)] == [(lit, 1), (lit, 0)]
    assert len(waits.read_text().splitlines()) == 1, "it went on waiting"


def test_nobody_reading_what_is_printed_leaves_nothing_lit(trace):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = run("test", "red", "--board", "sim", "--trace", trace, capture_output=False,
                   stdout=writer, stderr=subprocess.DEVNULL)
    finally:
        os.close(writer)
    assert done.returncode in (0, -signal.SIGPIPE)
    assert lit_at_end(trace) == []


def test_a_name_nobody_knows_is_wrong_use():
    done = run("test", "pink", "--board", "sim")
    assert done.returncode == 2
    assert "'pink' is neither a level" in done.stderr
    assert "red, amber, green, buzzer" in done.stderr


def test_a_line_that_fails_is_named_and_the_rest_is_shown(trace, board):
    path = board("driver = sim\nlamp red { fault = busy }\nlamp green {}\n"
                 "lamp amber { fault = unplugged }\n")
    done = run("test", "--board", path, "--trace", trace)
    assert done.returncode == 1
    assert "wirebell: red: held by another program" in done.stderr
    assert "amber cannot be driven any more: No such device" in done.stderr
    assert [(line, level) for _, line, level in transitions(trace)] == [("green", 1), ("green", 0)]


def test_off_is_fine_where_all_is_off():
    done = run("off", "--board", "sim")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_off_names_the_outputs_it_could_not_have(board):
    path = board("driver = sim\nlamp red { fault = busy }\nbutton { fault = forbidden }\n")
    done = run("off", "--board", path)
    assert done.returncode == 1
    assert "wirebell: red: " in done.stderr
    assert "button" not in done.stderr


def test_off_needs_no_button(board):
    path = board("driver = sim\nlamp red {}\nbutton { fault = busy }\n")
    assert run("off", "--board", path).returncode == 0


def test_off_without_a_chip_says_so(board):
    path = board("chips = { wirebell-no-such-chip }\nlamp red { gpio = 17 }\n")
    done = run("off", "--board", path)
    assert done.returncode == 1
    assert "GPIO chip" in done.stderr


def test_a_board_that_is_wrong_is_shown_where(board):
    path = board("driver = sim\nlamp red { gpoi = 17 }\n")
    done = run("off", "--board", path)
    assert done.returncode == 1
    assert f"{path}:2:12: error: unknown key 'gpoi'" in done.stderr


def test_the_config_file_says_which_board(tmp_path):
    config = tmp_path / "wirebell.conf"
    config.write_text("board = sim\n")
    assert run("off", "--config", config).returncode == 0


def test_a_terminal_shows_the_lamp_and_is_left_clean():
    master, terminal = pty.openpty()
    process = subprocess.Popen([WIREBELL, "test", "red", "--board", "sim"], stdin=terminal,
                               stdout=terminal, stderr=terminal,
                               env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8",
                                    "NO_COLOR": "1"})
    os.close(terminal)
    shown = b""
    while select.select([master], [], [], PATIENCE_S)[0]:
        try:
            shown += os.read(master, 4096)
        except OSError:  # the other end is closed
            break
    assert process.wait(timeout=PATIENCE_S) == 0
    os.close(master)
    lines = shown.decode().split("\r\x1b[J")
    assert "test: red\r\n" in lines
    assert "  ● red   ○ amber   ○ green   · buzzer " in lines
    assert lines[-1] == ""


MISSING = 'chips = { "no-such-chip" }\nlamp red { gpio = 1 }\nlamp amber { gpio = 2 }\n'


@pytest.mark.parametrize("what", [(), ("red",), ("flash",)])
def test_what_is_not_there_is_not_said_to_be_shown(board, waits, what):
    done = run("test", *what, "--board", board(MISSING))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no-such-chip" in done.stderr and waits.read_text() == ""


def test_a_trace_that_cannot_be_written_is_named(tmp_path):
    done = run("test", "red", "--board", "sim", "--trace", tmp_path / "no/trace")
    assert done.returncode == 1 and f"with its trace in {tmp_path}/no/trace" in done.stderr
