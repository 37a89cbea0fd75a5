# SPDX-License-Identifier: MIT
"""The floors hold: what may include what, what the core may call, what each program may load.

Everything is asked of the build tree itself: the compiler commands that were really used, the
libraries and programs that really came out.
"""

import fnmatch
import json
import pathlib
import re
import shlex
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent

# Which floors each floor may include. The two programs share nothing above port.
SEES = {
    "core": {"core"},
    "port": {"core", "port"},
    "daemon": {"core", "port", "daemon"},
    "cli": {"core", "port", "daemon", "cli"},
    "reader": {"core", "port", "reader"},
}
UPWARD = [(floor, other) for floor in SEES for other in SEES if other not in SEES[floor]]
DOWNWARD = [(floor, other) for floor in SEES for other in sorted(SEES[floor])]


def names_of(pairs):
    return [f"{floor}-{other}" for floor, other in pairs]


@pytest.fixture(scope="session")
def compile_commands(build, source):
    """For each floor, one of the commands its files are compiled with, less the file itself."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["directory"], entry["file"]).resolve()
        folder = file.parent.relative_to(source) if file.is_relative_to(source) else file.parent
        if folder.parts[:1] == ("firmware",) and len(folder.parts) > 1:
            words = shlex.split(entry["command"])
            del words[words.index("-o"):]
            commands[folder.parts[1]] = (words, entry["directory"])
    return commands


def include(compile_commands, tmp_path, floor, header):
    """Compiles a file of that floor that includes the header, with the floor's own flags."""
    words, directory = compile_commands[floor]
    probe = tmp_path / "probe.c"
    probe.write_text(f'#include "{header}"\nextern int probe;\n')
    return subprocess.run([*words, "-fsyntax-only", str(probe)], cwd=directory,
                          capture_output=True, text=True)


def headers_of(source, floor):
    folder = source / "firmware"
    return sorted(str(path.relative_to(folder)) for path in (folder / floor).rglob("*.h"))


def a_header_of(source, floor):
    return headers_of(source, floor)[0]


@pytest.mark.parametrize("floor, other", UPWARD, ids=names_of(UPWARD))
def test_floor_cannot_include(compile_commands, source, tmp_path, floor, other):
    header = a_header_of(source, other)
    done = include(compile_commands, tmp_path, floor, header)
    assert done.returncode != 0, f"{floor}/ can include {header}"
    assert f"{header}: No such file" in done.stderr or f"'{header}' file not found" in done.stderr


@pytest.mark.parametrize("floor, other", DOWNWARD, ids=names_of(DOWNWARD))
def test_floor_can_include(compile_commands, source, tmp_path, floor, other):
    done = include(compile_commands, tmp_path, floor, a_header_of(source, other))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("floor", SEES)
def test_every_header_compiles_alone(compile_commands, source, tmp_path, floor):
    for header in headers_of(source, floor):
        done = include(compile_commands, tmp_path, floor, header)
        assert done.returncode == 0, done.stderr


def includes_of(source, files, folder):
    for name in files:
        if name.suffix in (".c", ".h") and name.is_relative_to(folder):
            for mark, header in re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)',
                                           (source / name).read_text(), re.M):
                yield name, mark, header


def test_no_include_climbs_out_of_its_folder(source, files):
    assert [f"{name}: {header}" for name, _, header in includes_of(source, files, "firmware")
            if ".." in header] == []


def test_the_vocabulary_includes_only_itself_and_the_system(source, files):
    libraries = ("curl/", "mxml", "gpiod", "sqlite3", "systemd/", "utf8proc", "confuse", "pcre2")
    assert [f"{name}: {header}" for name, mark, header in includes_of(source, files, "include")
            if (mark == '"' and not header.startswith("wirebell/"))
            or header.startswith(libraries)] == []


# --- what the core may call ----------------------------------------------------------------------

def symbols(library, which):
    done = subprocess.run(["nm", "--format=posix", which, library], capture_output=True, text=True,
                          check=True)
    return {line.split()[0].split("@")[0] for line in done.stdout.splitlines()
            if line.strip() and not line.endswith(":")}


def allowed_symbols(library):
    """The list's patterns for that library; what wb_core may call, wb_reading may too."""
    section, allowed = None, {"wb_core": [], "wb_reading": []}
    for line in (HERE / "allowed-symbols").read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section and not line.startswith("#"):
            allowed[section] += line.split()
    return allowed["wb_core"] + (allowed["wb_reading"] if library == "wb_reading" else [])


@pytest.mark.parametrize("name", ["wb_core", "wb_reading"])
def test_core_calls_only_what_is_allowed(build, name):
    library = build / "firmware" / f"lib{name}.a"
    own = {symbol for lib in (build / "firmware").glob("libwb_*.a")
           if lib.stem in ("libwb_core", library.stem) for symbol in symbols(lib, "--defined-only")}
    allowed = allowed_symbols(name)
    outside = symbols(library, "--undefined-only") - own
    assert outside, "a library that calls nothing outside was not read rightly"
    assert sorted(symbol for symbol in outside
                  if not any(fnmatch.fnmatchcase(symbol, glob) for glob in allowed)) == []


# --- what each program may load ------------------------------------------------------------------

NEVER = {
    "bin/wirebell": ("libcurl", "libmxml"),
    "libexec/wirebell/wirebell-reader": ("libgpiod", "libsqlite3"),
}


@pytest.mark.parametrize("program", NEVER)
def test_program_never_loads(build, program):
    # Everything it would load, also by way of other libraries.
    done = subprocess.run(["ldd", build / program], capture_output=True, text=True, check=True)
    assert "libc.so" in done.stdout
    assert [library for library in NEVER[program] if library in done.stdout] == []
