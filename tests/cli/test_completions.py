# SPDX-License-Identifier: MIT
"""The completions of three shells against the program: each command, its options, their values."""

import os
import pathlib
import re
import subprocess

import pytest
from shells import FILES, offers

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))
FOLDER = SOURCE / "firmware/completions"


def helped(*arguments):
    done = subprocess.run([BUILD / "bin/wirebell", *arguments, "--help"], capture_output=True,
                          text=True, timeout=60, check=True)
    return done.stdout


def options_of(command):
    """The options that its help begins a line with."""
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", helped(command), re.M))


COMMANDS = re.findall(r"^  ([a-z]+) ", helped().split("Commands:")[1].split("Options:")[0], re.M)


@pytest.fixture(scope="session", name="folder")
def fixture_folder(tmp_path_factory):
    """The completions, with the boards of the source in place of those installed."""
    folder = tmp_path_factory.mktemp("completions")
    (folder / "state").mkdir()
    for file in FILES.values():
        text = (FOLDER / file).read_text(encoding="utf-8")
        assert "/usr/share/wirebell/boards" in text
        (folder / file).write_text(text.replace("/usr/share/wirebell/boards", str(SOURCE / "boards")),
                                   encoding="utf-8")
    return folder


every_shell = pytest.mark.parametrize("shell", FILES)


def test_the_help_was_read():
    assert {"run", "check", "status"} <= set(COMMANDS)
    assert {"--json", "--user", "--help"} == options_of("status")


@every_shell
def test_every_command_is_offered(shell, folder):
    assert offers(shell, folder, "") - {"--help", "--version"} == set(COMMANDS)
    assert offers(shell, folder, "st") == {"status"}
    assert offers(shell, folder, "--") >= {"--help", "--version"}


@every_shell
@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_offered_and_no_other(shell, folder, command):
    assert offers(shell, folder, command, "--") == options_of(command) | {"--help"}


@every_shell
def test_the_first_word_says_the_command(shell, folder):
    assert offers(shell, folder, "ack", "status", "--") == {"--help", "--user"}


@every_shell
def test_levels_boards_and_files_are_offered_where_they_are_meant(shell, folder):
    boards = {file.stem for file in (SOURCE / "boards").glob("*.board")}
    assert offers(shell, folder, "test", "") == {"flash", "bulletin", "urgent", "routine"}
    assert offers(shell, folder, "boards", "") >= boards
    assert offers(shell, folder, "run", "--board", "") >= boards
    for words in ("try", "parse", "import"), ("run", "--keywords"), ("run", "--board"):
        assert "wirebell.fish" in offers(shell, folder, *words, "wirebell.f")
    assert "7d" in offers(shell, folder, "history", "--since", "")
    assert offers(shell, folder, "status", "") <= options_of("status")  # zsh: what else
    assert "1d" in offers(shell, folder, "snooze", "--user", "")
    assert "1d" not in offers(shell, folder, "snooze", "1h", "")  # a rule is meant


# --- values: what has one, and what is offered for it ----------------------------------------

def options_with_values(command):
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+) [A-Z]", helped(command), re.M))


WITH_VALUES = set().union(*map(options_with_values, COMMANDS))
# A command that has the option, and others.
COMMAND_OF = {option: command for command in COMMANDS for option in options_of(command) - {"--help"}
              if len(options_of(command)) > 2}
# What bash offers, by words in front.
VALUES = {
    words: offers("bash", FOLDER, *words, "")
    for words in (("history", "--since"), ("try", "--last"), ("snooze",), ("test",))
}


@pytest.mark.parametrize("words, value", [(words, value) for words, offered in VALUES.items()
                                          if words != ("test",) for value in sorted(offered)])
def test_a_value_that_is_offered_is_taken(words, value):
    more = ["--state-dir", "/nowhere"] if words[0] == "try" else []
    done = subprocess.run([BUILD / "bin/wirebell", *words, value, *more], capture_output=True, text=True,
                          timeout=60, check=False,
                          env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"})
    assert done.returncode == 1 and value not in done.stderr, done.stderr


def test_the_levels_that_are_offered_are_all_there_are():
    done = subprocess.run([BUILD / "bin/wirebell", "test", "--board", "sim", "no-such-lamp"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert VALUES["test",] == set(re.search(r"level \(([a-z, ]+)\)", done.stderr)[1].split(", "))


@every_shell
@pytest.mark.parametrize("words", VALUES, ids=" ".join)
def test_every_shell_offers_the_same_values(shell, folder, words):
    assert offers(shell, folder, *words, "") == VALUES[words]


@every_shell
@pytest.mark.parametrize("option", sorted(COMMAND_OF))
def test_an_option_has_a_value_behind_it_where_it_wants_one(shell, folder, option):
    command = COMMAND_OF[option]
    if shell == "fish":  # it offers options behind whatever begins with a dash
        has_value = offers(shell, folder, command, f"{option}=") != set()
    else:
        has_value = offers(shell, folder, command, option, "--") == set()
    assert has_value == (option in WITH_VALUES)
