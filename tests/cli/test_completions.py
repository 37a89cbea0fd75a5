# SPDX-License-Identifier: MIT
"""The completions of three shells against the program: each command, each command's options."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))
FOLDER = SOURCE / "firmware/completions"
FISH = (FOLDER / "wirebell.fish").read_text(encoding="utf-8")
ZSH = (FOLDER / "_wirebell").read_text(encoding="utf-8")


def helped(*arguments):
    done = subprocess.run([BUILD / "bin/wirebell", *arguments, "--help"], capture_output=True,
                          text=True, timeout=60, check=True)
    return done.stdout


def options_of(command):
    """The options that its help begins a line with."""
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", helped(command), re.M))


COMMANDS = re.findall(r"^  ([a-z]+) ", helped().split("Commands:")[1].split("Options:")[0], re.M)


def bash(*words):
    """What bash offers behind these words; the last one is the one being typed."""
    script = (f'. "{FOLDER}/wirebell.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              "_wirebell; printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "-c", script, "bash", "wirebell", *words], capture_output=True,
                          text=True, timeout=60, check=True, cwd=FOLDER)
    assert done.stderr == ""
    return set(done.stdout.split())


def test_the_help_was_read():
    assert {"run", "check", "status"} <= set(COMMANDS)
    assert {"--json", "--user", "--help"} == options_of("status")


def test_bash_offers_every_command():
    assert bash("") == {*COMMANDS, "--help", "--version"}
    assert bash("st") == {"status"}


@pytest.mark.parametrize("command", COMMANDS)
def test_bash_offers_every_option(command):
    assert bash(command, "--") == options_of(command) | {"--help"}


def test_bash_offers_levels_and_files_where_they_are_meant():
    assert bash("test", "") == {"flash", "bulletin", "urgent", "routine"}
    assert "wirebell.fish" in bash("try", "wirebell.f")
    assert "wirebell.fish" in bash("run", "--keywords", "wirebell.f")
    assert "7d" in bash("history", "--since", "")
    assert bash("status", "") == set()


# --- values: what has one, and what is offered for it ----------------------------------------

def options_with_values(command):
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+) [A-Z]", helped(command), re.M))


WITH_VALUES = set().union(*map(options_with_values, COMMANDS))
# What is offered where, by words in front; the same three times in each shell's file.
VALUES = {
    ("history", "--since"): bash("history", "--since", ""),
    ("try", "--last"): bash("try", "--last", ""),
    ("snooze",): bash("snooze", ""),
    ("test",): bash("test", ""),
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


def test_bash_offers_values_where_options_have_them():
    cases = set(re.findall(r"--[a-z-]+", " ".join(re.findall(
        r"^    (--[a-z| -]+)\)", (FOLDER / "wirebell.bash").read_text(encoding="utf-8"), re.M))))
    assert cases == WITH_VALUES


def test_zsh_wants_values_where_options_have_them_and_offers_the_same():
    named = re.findall(r"'(--[a-z-]+)\[[^]]*\](:[^']*)?'", ZSH)
    assert {option for option, value in named if value} == WITH_VALUES
    assert not any(value for option, value in named if option not in WITH_VALUES)
    for words, offered in VALUES.items():
        line = re.search(rf"^    {words[0]}\) .*$", ZSH, re.M)[0]
        lists = [set(values.split()) for values in re.findall(r":\(([^)]*)\)", line)]
        assert offered in lists


def test_fish_wants_values_where_options_have_them_and_offers_the_same():
    named = re.findall(r"-l ([a-z-]+)( -[rx])?", FISH)
    assert {f"--{option}" for option, value in named if value} == WITH_VALUES
    assert not any(value for option, value in named if f"--{option}" not in WITH_VALUES)
    for words, offered in VALUES.items():
        option = rf" -l {words[1][2:]} -x" if len(words) > 1 else ""
        line = re.search(rf"__fish_seen_subcommand_from {words[0]}'{option} -a '([^']*)'", FISH)
        assert set(line[1].split()) == offered


def test_zsh_names_every_command():
    assert set(re.findall(r"^        '(\w+):", ZSH, re.M)) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_zsh_names_every_option(command):
    named = dict(re.findall(r"local (\w+)='(--[a-z-]+)", ZSH))
    line = re.search(rf"^    {command}\) _arguments (.*);;", ZSH, re.M)[1]
    options = {named[name] for name in re.findall(r"\$(\w+)", line)}
    assert options | set(re.findall(r"'(--[a-z-]+)", line)) == options_of(command) | {"--help"}


def test_fish_names_every_command():
    assert set(re.findall(r"__fish_use_subcommand -a (\w+)", FISH)) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_fish_names_every_option(command):
    lines = re.findall(r"__fish_seen_subcommand_from ([a-z ]+)' -l ([a-z-]+)", FISH)
    options = {f"--{option}" for commands, option in lines if command in commands.split()}
    assert options == options_of(command) | {"--help"}


@pytest.mark.parametrize("shell, file", [("bash", "wirebell.bash"), ("zsh", "_wirebell"),
                                         ("fish", "wirebell.fish")])
def test_the_shell_can_read_it(shell, file):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n", FOLDER / file], capture_output=True, text=True, timeout=60,
                          check=False)
    assert (done.returncode, done.stderr) == (0, "")
