# SPDX-License-Identifier: MIT
"""wirebell(1) and wirebell-reader(8) against the programs, both ways: each command with its
arguments, each option with its value, the environment, the signals, the words of history. One more
on either side fails.

What a command takes is asked of the program itself, not only of its --help: an option that is
refused is complained of before the unknown one behind it.
"""

import os
import pathlib
import re
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))
WIREBELL = BUILD / "bin/wirebell"
READER = BUILD / "libexec/wirebell/wirebell-reader"
PAGE = (SOURCE / "firmware/man/wirebell.1").read_text(encoding="utf-8")
READER_PAGE = (SOURCE / "firmware/man/wirebell-reader.8").read_text(encoding="utf-8")


def ask(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
                               "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"})


def section(page, title, kind="h"):
    return re.split(rf"^\.S[hs{kind}] ", page.split(f".S{kind} {title}\n")[1], flags=re.M)[0]


def words(macros):
    """'Ar name | file' as the help writes it: 'NAME|FILE'."""
    return re.sub(r"\s*(\||\.\.\.)\s*", r"\1", macros).upper()


# --- what the manual says ---------------------------------------------------------------------

def synopsis():
    """{command: (arguments, {option: value or None})}, from the lines between two .Nm."""
    found = {}
    for form in section(PAGE, "SYNOPSIS").split(".Nm\n")[1:]:
        lines = form.splitlines()
        if not lines[0].startswith(".Cm "):
            continue
        arguments, options = [], {}
        for line in lines[1:]:
            option = re.fullmatch(r"\.Op Fl -([a-z-]+)(?: Ar (.*))?", line)
            argument = re.fullmatch(r"\.(Op )?Ar (.*)", line)
            assert option or argument, f"the synopsis has a line that is neither: {line}"
            if option:
                options[option[1]] = option[2] and words(option[2])
            else:
                arguments.append(f"[{words(argument[2])}]" if argument[1] else words(argument[2]))
        found[lines[0][4:]] = " ".join(arguments), options
    return found


SYNOPSIS = synopsis()


def described(page):
    """{option: value or None}, of the list below OPTIONS."""
    return {name: words(value) or None for name, value in
            re.findall(r"^\.It Fl (?:\w , )?-([a-z-]+)(?: Ar (.*))?$", page, re.M)}


# --- what the program says --------------------------------------------------------------------

def options_of_sources(folder):
    """{option: has it a value?}, of every table for getopt_long there."""
    text = "\n".join(path.read_text() for path in (SOURCE / "firmware" / folder).glob("*.c"))
    return {name: kind == "required" for name, kind in
            re.findall(r'\{"([a-z-]+)", (no|required)_argument,', text)}


EVERY_OPTION = options_of_sources("cli")
COMMANDS = re.findall(r"^  ([a-z]+) ", ask(WIREBELL, "--help").stdout.split("Options:")[0], re.M)


def options_of_help(text):
    found = re.findall(r"^ +(?:-\w, )?--([a-z-]+) ?(?:([A-Z|]+)\b)?", text, re.M)
    return {name: value or None for name, value in found}


def is_taken(command, option):
    value = ["x"] if EVERY_OPTION[option] else []
    done = ask(WIREBELL, command, f"--{option}", *value, "--no-such-option")
    assert done.returncode == 2
    return "'--no-such-option'" in done.stderr


# --- commands and options ---------------------------------------------------------------------

def test_the_tables_of_options_were_found():
    assert {"board", "json", "help", "version"} <= set(EVERY_OPTION)
    assert options_of_sources("reader") == {"fd": True, "help": False, "version": False}


def test_the_synopsis_has_every_command():
    assert set(SYNOPSIS) == set(COMMANDS)


def test_the_description_has_every_command():
    items = re.findall(r"^\.It Cm ([a-z]+)$", section(PAGE, "DESCRIPTION") +
                       section(PAGE, "Asking the wirebell that runs", "s"), re.M)
    assert sorted(items) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_synopsis_has_the_options_that_the_command_takes(command):
    taken = {option for option in EVERY_OPTION
             if option not in ("help", "version") and is_taken(command, option)}
    assert set(SYNOPSIS[command][1]) == taken


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_synopsis_agree_on_options_and_their_values(command):
    helped = options_of_help(ask(WIREBELL, command, "--help").stdout)
    assert helped == {**SYNOPSIS[command][1], "help": None}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_synopsis_agree_on_arguments(command):
    usage = ask(WIREBELL, command, "--help").stdout.splitlines()[0]
    said = usage.removeprefix(f"Usage: wirebell {command}").replace("[OPTION...]", "")
    assert " ".join(said.upper().split()) == SYNOPSIS[command][0]


def test_every_option_is_described_once_with_its_value():
    there = {"help": None, "version": None}
    for _, options in SYNOPSIS.values():
        there.update(options)
    assert described(section(PAGE, "OPTIONS")) == there
    assert set(there) == set(EVERY_OPTION)
    assert {name for name, value in there.items() if value} == \
        {name for name, has_value in EVERY_OPTION.items() if has_value}


def test_the_reader_takes_the_options_of_its_page():
    helped = options_of_help(ask(READER, "--help").stdout)
    assert described(section(READER_PAGE, "OPTIONS")) == helped
    assert set(helped) == set(options_of_sources("reader"))
    assert ".Op Fl -fd Ar number\n" in section(READER_PAGE, "SYNOPSIS")
    for option in set(helped) - {"fd"}:
        assert ask(READER, f"--{option}").returncode == 0


# --- values -----------------------------------------------------------------------------------

def values(text):
    """The values a paragraph gives as examples: .Li or .Pq Li, parted by commas."""
    lines = re.findall(r"^\.(?:Pq )?Li (.*?)\s*[.,;]?$", text, re.M)
    return [value.replace(r"\(dq", "") for line in lines for value in line.split(" , ")]


def item(page, macros):
    return re.split(r"^\.(?:It|El|Bl)\b", page.split(f".It {macros}\n")[1], flags=re.M)[0]


@pytest.mark.parametrize("macros, command, least", [
    ("Fl -since Ar when", ["history", "--since"], 4),
    ("Cm snooze", ["snooze"], 3),
])
def test_the_times_given_as_examples_are_taken(macros, command, least):
    examples = values(item(PAGE, macros))
    assert len(examples) >= least
    for example in examples:
        done = ask(WIREBELL, *command, example)
        assert (done.returncode, "bus" in done.stderr) == (1, True), (example, done.stderr)


def test_the_longest_time_of_last_is_that_of_the_page():
    *_, longest = values(item(PAGE, "Fl -last Ar time"))
    over = f"{int(longest[:-1]) + 1}{longest[-1]}"
    for example in values(item(PAGE, "Fl -last Ar time")):
        assert ask(WIREBELL, "try", "--state-dir", "/nowhere", "--last", example, "x").returncode == 1
    assert ask(WIREBELL, "try", "--state-dir", "/nowhere", "--last", over, "x").returncode == 2


def test_the_levels_of_a_drill_are_those_of_the_page():
    refused = ask(WIREBELL, "test", "--board", "sim", "no-such-lamp").stderr
    said = re.search(r"neither a level \(([a-z, ]+)\)", refused)[1].split(", ")
    assert said == re.findall(r"^\.It (\w+) Ta", section(PAGE, "The daemon", "s"), re.M)


def test_defaults_of_the_files_are_those_of_the_page():
    text = (SOURCE / "firmware/cli/options.h").read_text()
    defaults = dict(re.findall(r'#define OPTIONS_DEFAULT_(\w+)\s+"(.*)"', text))
    files = section(PAGE, "FILES")
    assert f".It Pa {defaults['KEYWORDS']}\n" in files
    assert f".It Pa {defaults['CONFIG']}\n" in files
    assert f".It Pa {defaults['STATE_DIR']}/wirebell.db\n" in files


def test_the_reasons_for_silence_are_those_of_the_page():
    """A story that was not held back rang; every other word has its paragraph."""
    terms = (SOURCE / "firmware/core/alert/terms.c").read_text()
    known = set(re.findall(r'\[DISPOSITION_\w+\]\s*=\s*"(\w+)"', terms)) - {"rang"}
    page = section(PAGE, "What becomes of a story that meets a rule", "s")
    assert set(re.findall(r"^\.It Li (\w+)$", page, re.M)) == known and known


# --- environment and signals ------------------------------------------------------------------

def environment_of(sources):
    calls = [call for source in sources for call in
             re.findall(r"(?:getenv|environment_or)\(([^()]*)\)", source.read_text())]
    return set(re.findall(r'"([A-Z_]+)"', " ".join(calls)))


def told(page):
    lines = re.findall(r"^\.(?:It )?Ev (.*?)[ ,.]*$", section(page, "ENVIRONMENT"), re.M)
    return {name for line in lines for name in line.split(" , ")}


def test_the_environment_that_is_heeded_is_that_of_the_pages():
    fetching = set((SOURCE / "firmware/port/fetch").glob("*.c"))
    others = set((SOURCE / "firmware").rglob("*.c")) - fetching
    assert told(PAGE) == environment_of(others) | {"LANG", "LC_ALL", "LC_CTYPE"}  # setlocale(3)
    assert told(READER_PAGE) == environment_of(fetching) | {  # the latter by libcurl
        "http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def test_the_signals_of_run_are_those_of_the_page():
    manager = (SOURCE / "firmware/daemon/manager.c").read_text()
    heeded = set(re.findall(r"\{(SIG[A-Z0-9]+), on_\w+\}", manager))
    assert set(re.findall(r"SIG[A-Z0-9]+", section(PAGE, "SIGNALS"))) == heeded and heeded


def test_the_exit_codes_of_the_page_are_those_of_the_help():
    assert "Exit codes: 0 fine or yes, 1 no or problems found, 2 wrong use." in \
        ask(WIREBELL, "--help").stdout
    assert re.findall(r"^(\d):", section(PAGE, "EXIT STATUS"), re.M) == ["0", "1", "2"]
