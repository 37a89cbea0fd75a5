# SPDX-License-Identifier: MIT
"""wirebell boards: the list, one board drawn, the same for programs; no GPIO is needed for it."""

import json
import os
import pathlib
import pty
import subprocess

import pytest

BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", "build"))
WIREBELL = BUILD / "bin/wirebell"
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "boards"


def run(*arguments, **options):
    return subprocess.run([WIREBELL, *map(str, arguments)], capture_output=True, text=True,
                          timeout=30, **options)


def test_each_board_has_a_line():
    done = run("boards")
    assert (done.returncode, done.stderr) == (0, "")
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert {path.stem for path in SHIPPED.glob("*.board")} <= set(names)
    assert names == sorted(set(names))
    assert "red, amber, green, buzzer, button" in next(
        line for line in done.stdout.splitlines() if line.startswith("traffic-hat "))
    assert "2 red, 2 amber, 2 green, buzzer, 2 buttons" in done.stdout


def test_the_list_for_programs_counts_roles():
    done = run("boards", "--json")
    boards = {entry["board"]: entry for entry in map(json.loads, done.stdout.splitlines())}
    jam = boards["jam-hat"]
    assert [jam[role] for role in ("red", "amber", "green", "health", "buzzer", "button")] == [
        2, 2, 2, 0, 1, 2]
    assert jam["path"].endswith("/boards/jam-hat.board")
    assert jam["description"] == "JamHat, ModMyPi and The Pi Hut"


def test_a_board_is_drawn_on_the_header():
    done = run("boards", "pi")
    assert (done.returncode, done.stderr) == (0, "")
    assert "red  GPIO17  11 ● · 12  GPIO18" in done.stdout
    assert "green  GPIO22  15 ● ● 16  GPIO23  button" in done.stdout
    assert "button          button  GPIO23, pin 16, active low, pull up" in done.stdout
    for hint in ("330 ohm", "NPN transistor", "1 kohm", "pull = up"):
        assert hint in done.stdout
    assert "Source: " in done.stdout
    assert "\033" not in done.stdout


def test_an_add_on_board_needs_no_hints_for_wiring_but_what_config_txt_must_say():
    done = run("boards", "jam-hat")
    assert "330 ohm" not in done.stdout
    assert "config.txt:\n  dtoverlay=pwm-gpio,gpio=20\n" in done.stdout
    assert "2400 Hz by channel 0 of the PWM on pwm_gpio@14" in done.stdout


def test_a_board_on_another_chip_is_told_by_chip_and_line():
    done = run("boards", "mcp23017")
    assert "GPIO17" not in done.stdout
    assert "button          button  line 5 of mcp23017, active low, pull up" in done.stdout


def test_lines_for_programs_have_pin_and_needs():
    lines = [json.loads(line) for line in run("boards", "pi-traffic", "--json").stdout.splitlines()]
    assert [(line["line"], line["gpio"], line["pin"]) for line in lines] == [
        ("red", 9, 21), ("amber", 10, 19), ("green", 11, 23)]
    assert {line["needs"] for line in lines} == {"dtparam=spi=off"}


def test_a_file_of_ones_own_is_drawn(tmp_path):
    path = tmp_path / "mine.board"
    path.write_text("host = pi\nlamp red { gpio = 26 }\nlamp far { colour = green gpio = 3 chip = x }\n")
    done = run("boards", path)
    assert "red  GPIO26  37 ● " in done.stdout
    assert "far             green   line 3 of x" in done.stdout


def test_a_wrong_file_is_shown_where(tmp_path):
    path = tmp_path / "mine.board"
    path.write_text("host = pie\nlamp red { gpio = 26 }\n")
    done = run("boards", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pie: error: there is no board of this name" in done.stderr


@pytest.mark.parametrize("arguments", [("pi", "sim"), ("--board", "pi"), ("--jsn",)])
def test_wrong_use_is_told(arguments):
    done = run("boards", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("wirebell boards: ")


def shown(**environment):
    """What a terminal gets of a board."""
    reader, writer = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen([WIREBELL, "boards", "ledborg"], stdout=writer,
                          env={**clean, "TERM": "xterm", **environment}) as process:
        os.close(writer)
        text = b""
        try:
            while piece := os.read(reader, 4096):
                text += piece
        except OSError:  # the terminal's other side is closed
            pass
        assert process.wait(timeout=30) == 0
    os.close(reader)
    return text.decode()


@pytest.mark.parametrize("environment, is_coloured", [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_only_on_a_terminal_that_wants_it(environment, is_coloured):
    text = shown(**environment)
    assert ("\033[31m" in text) == is_coloured
    assert "GPIO17" in text


def test_a_terminal_without_utf8_gets_the_header_in_ascii():
    assert "GPIO17  11 ● · 12" in shown(NO_COLOR="1", LC_ALL="C.UTF-8")
    header = shown(NO_COLOR="1", LC_ALL="C").split("\r\n\r\n")[1]
    assert header.isascii() and "GPIO17  11 * . 12" in header


def test_check_reads_all_boards():
    done = run("check", "--board", "sim", "--keywords", "/dev/null")
    count = len(run("boards").stdout.splitlines())
    assert f"boards: {count} files, no mistakes\n" in done.stdout


def test_check_shows_a_mistake_in_wirebell_conf(tmp_path):
    path = tmp_path / "wirebell.conf"
    path.write_text("board = sim\nurgent { strokes = many }\n")
    done = run("check", "--config", path, "--keywords", "/dev/null")
    assert f"{path}:2:20: error: strokes cannot be 'many'\n" in done.stdout
    assert "board: sim, 5 lines, 1 mistake\n" in done.stdout
    assert done.returncode == 1
