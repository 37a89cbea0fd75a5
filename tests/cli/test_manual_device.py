# SPDX-License-Identifier: MIT
"""The values in wirebell.conf(5) and wirebell-boards(5) against the program, both ways: which words a
key takes, from what to what its numbers go, which keys a section of a board has.

The program is asked by a mistake, which it answers with what it expects. That each key of
wirebell.conf is there with its default is held in tests/port.
"""

import os
import pathlib
import re
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))
CONF = (SOURCE / "firmware/man/wirebell.conf.5").read_text(encoding="utf-8")
BOARDS = (SOURCE / "firmware/man/wirebell-boards.5").read_text(encoding="utf-8")
# Between the values in a sentence that says what is expected.
ENGLISH = set("a time times from to or one two of the day such as number each milliseconds on and off "
              "together more".split())
SPAN = r"(\d+[a-z]*) to (\d+[a-z]*)"


def items(page):
    """{key: its default, if that is shown, and its paragraph}"""
    found = re.findall(r"^\.It Cm (\w+) = ?(.*)\n((?:(?!\.It|\.El).*\n)*)", page, re.M)
    return {key: f".Cm {value}\n{text}" if not value.startswith(("Ar", "{")) else text
            for key, value, text in found}


def words(text, keys):
    """What is said to be a value: words behind .Cm, but no key and no number."""
    said = " ".join(re.findall(r"^\.(?:Cm|Li) (.*)$", text, re.M)).replace(r"\(dq", '"')
    return set(re.findall(r"(?<![\w/:.-])[a-z_][a-z-]*(?![\w/:.=])", said)) - set(keys)


def spans(text):
    return set(re.findall(SPAN, text))


@pytest.fixture
def check(tmp_path):
    """What `wirebell check` says of a file for the device, or of a board's."""
    def run(option, name, text):
        (tmp_path / name).write_text(text)
        done = subprocess.run([BUILD / "bin/wirebell", "check", "--keywords", "/dev/null", option,
                               tmp_path / name], text=True, capture_output=True, timeout=60, check=False)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout
    return run


# --- wirebell.conf -------------------------------------------------------------------------------

DEVICE, LEVEL = CONF.split(".Sh THE LEVELS")
CONF_KEYS = {**items(DEVICE), **items(LEVEL)}


def test_keys_were_found():
    assert {"quiet_hours", "poll", "lamp", "quiet"} <= set(CONF_KEYS)


@pytest.mark.parametrize("key", sorted(set(CONF_KEYS) - {"board", "metrics"}))  # a name and a path
def test_a_key_takes_what_the_page_says(check, key):
    line = f"{key} = no-such-value\n"
    said = check("--config", "conf", line if key in items(DEVICE) else f"urgent {{ {line} }}\n")
    expected = re.search(rf"^    {key} is (.*); until then", said, re.M)[1]
    told = CONF_KEYS[key]
    assert spans(expected) == spans(told)
    plain = re.sub(r'such as "[^"]*"|a number of \w+', "", expected)
    values = set(re.findall(r"[a-z]+", re.sub(r"\d+\w*", "", plain))) - ENGLISH
    assert words(told, CONF_KEYS.keys() - {"lamp"}) == values


def test_lamps_that_blink_too_fast_are_refused_from_where_the_page_says(check):
    least = int(re.search(r"Both together are at least (\d+):", LEVEL)[1])
    assert "together 334 or more" in check("--config", "conf", f"urgent {{ rhythm = {least - 51}/50 }}\n")
    assert "rhythm" not in check("--config", "conf", f"urgent {{ rhythm = {least - 50}/50 }}\nx = 1\n")


# --- boards --------------------------------------------------------------------------------------

BOARD_KEYS = items(BOARDS)
SECTIONS = {"lamp": "lamp red", "buzzer": "buzzer", "button": "button"}


def known(said):
    return set(re.search(r"known here: (.*)", said)[1].split(", "))


def test_the_keys_of_a_board_are_those_of_the_page(check):
    top = known(check("--board", "b.board", "no-such-key = 1\n"))
    assert set(SECTIONS) < top
    there = top - set(SECTIONS)
    for section in SECTIONS.values():
        there |= known(check("--board", "b.board", f"chips = {{x}}\n{section} {{ no-such-key = 1 }}\n"))
    assert there == set(BOARD_KEYS)


@pytest.mark.parametrize("key, section", [
    ("driver", None), ("colour", "lamp"), ("active", "lamp"), ("pull", "button"), ("kind", "buzzer"),
    ("fault", "lamp")])
def test_a_key_of_a_board_takes_the_words_of_the_page(check, key, section):
    wrong = f"{key} = no-such-value"
    said = check("--board", "b.board", f"chips = {{x}}\n{SECTIONS[section]} {{ gpio = 1 {wrong} }}\n"
                 if section else f"{wrong}\nlamp red {{}}\n")
    expected = re.search(rf"^    {key} is one of: (.*)$", said, re.M)[1].split(", ")
    drivers = words(BOARD_KEYS["driver"], []) if key != "driver" else set()
    assert words(BOARD_KEYS[key], BOARD_KEYS) - drivers == set(expected)


@pytest.mark.parametrize("key", ["channel", "hz"])
def test_a_number_of_a_board_goes_as_far_as_the_page_says(check, key):
    least, most = map(int, re.search(SPAN, BOARD_KEYS[key]).groups())
    for number, is_taken in ((least, True), (most, True), (most + 1, False), (least - 1, False)):
        said = check("--board", "b.board", 'chips = {x}\nbuzzer { gpio = 1 kind = tone pwm = "p" '
                     f"{key} = {number} }}\nlamp red {{ gpio = x }}\n")
        assert (f"{key}" not in said) == is_taken, said


def test_a_line_needs_what_the_page_says(check):
    assert "The only key that every line must have, but with\n.Cm sim ." in BOARD_KEYS["gpio"]
    assert "'red' has no gpio" in check("--board", "b.board", "chips = {x}\nlamp red {}\n")


def test_texts_are_as_long_as_the_page_says(check):
    for key in "description", "source", "notes":
        most = int(re.search(r"up to (\d+) bytes", BOARD_KEYS[key])[1])
        for size in most, most + 1:
            said = check("--board", "b.board", f'{key} = "{"x" * size}"\nchips = {{x}}\nlamp red {{ gpio = x }}\n')
            assert (f"longer than {most} bytes" in said) == (size > most), said
