# SPDX-License-Identifier: MIT
"""The tree keeps its rules: licence lines, lengths, banned functions, and what lies at the top."""

import re

TOP = {"firmware", "include", "boards", "tests", "cross", "CMakeLists.txt", "README.md", "LICENSE"}
LINES_MAX = 500

# Tables of facts, one a line, may be as long as the facts are.
TABLES = {"firmware/core/markup/entity_names.c"}

# No comment can be put into these without changing what they are: documents a test feeds in, and
# what is expected of them.
DATA = ("tests/data/", "tests/fuzz/seeds/")
DATA_SUFFIXES = (".json", ".jsonl", ".pem", ".gz", ".bin")

# Function: why not.
BANNED = {
    "alloca": "no bound on the stack",
    "atof": "no error", "atoi": "no error", "atol": "no error", "atoll": "no error",
    "gets": "no bound", "sprintf": "no bound", "vsprintf": "no bound",
    "strcat": "no bound", "strcpy": "no bound", "strncpy": "may leave no end", "stpcpy": "no bound",
    "strtok": "hidden state", "localtime": "hidden state", "gmtime": "hidden state",
    "asctime": "hidden state", "ctime": "hidden state",
    "system": "a shell", "popen": "a shell",
    "mktemp": "a race", "tmpnam": "a race", "rand": "hidden state",
    "setlocale": "letter classes and numbers are to be the C locale's",
}
LOGS = ("printf", "puts", "perror", "syslog", "vsyslog", "sd_journal_print", "sd_journal_send")


def code_of(path):
    """A C file's text with comments and the insides of strings blanked, line numbers kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank,
                  path.read_text(), flags=re.S)


def calls(source, files, folders, names):
    """Places where one of the functions is called, as file:line: name."""
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")
    for name in files:
        if name.suffix in (".c", ".h") and any(name.is_relative_to(folder) for folder in folders):
            text = code_of(source / name)
            for match in pattern.finditer(text):
                yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[1]}"


def test_no_banned_function_is_called(source, files):
    found = list(calls(source, files, ("firmware", "include", "tests"), BANNED))
    assert found == [], "\n".join(f"{place}: {BANNED[place.split()[-1]]}" for place in found)


def test_core_and_port_never_log(source, files):
    assert list(calls(source, files, ("firmware/core", "firmware/port"), LOGS)) == []


def test_calls_are_told_from_comments_strings_and_members(tmp_path):
    sample = tmp_path / "sample.c"
    sample.write_text('/* gets(a) */ // gets(b)\nchar *s = "gets(c) \\" gets(d)";\np->gets(e);\n'
                      "my_gets(f);\ngets (g);\n")
    assert list(calls(tmp_path, [sample.relative_to(tmp_path)], [""], ["gets"])) == [
        "sample.c:5: gets"]


def test_every_file_names_its_licence(source, files):
    assert [str(name) for name in files
            if str(name) != "LICENSE" and not str(name).startswith(DATA)
            and name.suffix not in DATA_SUFFIXES and not (source / name).is_symlink()
            and "SPDX-License-Identifier: MIT" not in
            "".join((source / name).read_text(errors="replace").splitlines(True)[:3])] == []


def test_no_source_file_is_too_long(source, files):
    lengths = {str(name): len((source / name).read_text().splitlines())
               for name in files if name.suffix in (".c", ".h", ".py") and str(name) not in TABLES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX} == {}


def test_the_top_holds_only_what_is_agreed(files):
    tops = {name.parts[0] for name in files}
    assert sorted(top for top in tops - TOP if not top.startswith(".")) == []
