# SPDX-License-Identifier: MIT
"""The manuals of the files against the program: what wirebell-keywords(5) names is what there is,
and what is printed as an example in any of them, or in README, is taken as it stands.

The values of wirebell.conf(5) and wirebell-boards(5) are held in test_manual_device.py and tests/port.
What the keywords file knows is asked of the program by a mistake, which it answers with the list;
that list is held against the tables too, so that none of the three can be behind.
"""

import os
import pathlib
import re
import shlex
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))
LANGUAGE = SOURCE / "firmware/core/keywords"


def page(name):
    return (SOURCE / "firmware/man" / name).read_text(encoding="utf-8")


def section(text, title, kind="h"):
    return re.split(rf"^\.S[hs{kind}] ", text.split(f".S{kind} {title}\n")[1], flags=re.M)[0]


KEYWORDS = page("wirebell-keywords.5")


def plain(text):
    """Literal text of a manual as a person sees it."""
    for escape, sign in ((r"\(dq", '"'), (r"\&", ""), (r"\e", "\\")):
        text = text.replace(escape, sign)
    return text


def items(text):
    return [plain(line) for line in re.findall(r"^\.It Li (.*)$", text, re.M)]


def keys(settings):
    return {"@" if setting[0] == "@" else setting.split("=")[0] for setting in settings}


@pytest.fixture
def check(tmp_path):
    """What `wirebell check` says of a keywords file, and whether it found no mistakes."""
    def run(text, *arguments):
        (tmp_path / "keywords").write_text(text, encoding="utf-8")
        done = subprocess.run([BUILD / "bin/wirebell", "check", "--keywords", "keywords", *arguments,
                               *([] if arguments else ["--board", "sim"])], cwd=tmp_path, text=True,
                              capture_output=True, timeout=60, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout, done.returncode == 0
    return run


# --- the keywords file --------------------------------------------------------------------------

SECTIONS, SETTINGS = section(KEYWORDS, "SECTIONS").split("\n.Pp\nBehind the name of a level")
FEEDS = section(KEYWORDS, "FEEDS").split(".El")[0]


def test_the_sections_are_those_of_the_page(check):
    names = re.search(r"KEYWORDS_SECTIONS\[[^=]*= \{(.*?)\};",
                      (LANGUAGE / "keywords_head.c").read_text(), re.S)[1]
    said, _ = check("[no-such-section]\n")
    there = set(re.findall(r"\[(\w+)\]", said.split("there are ")[1].split(";")[0]))
    assert set(items(SECTIONS)) == {f"[{name}]" for name in there}
    assert there == set(re.findall(r'"(\w+)"', names))


def test_the_settings_of_a_section_are_those_of_the_page(check):
    table = re.search(r"head_setting SETTINGS\[\] = \{(.*?)\n\};",
                      (LANGUAGE / "keywords_head.c").read_text(), re.S)[1]
    said, _ = check("[urgent no-such-setting=1]\n")
    there = set(re.findall(r"(\w+)=|(@)tag", said.split("expected ")[1].split("\n")[0]))
    there = {name or at for name, at in there}
    assert keys(items(SETTINGS)) == there
    assert there == set(re.findall(r'^    \{"(\w+)",', table, re.M)) | {"@"}


def test_the_settings_of_a_feed_are_those_of_the_page(check):
    source = (LANGUAGE / "keywords_feed.c").read_text()
    said, _ = check("[feeds]\nhttps://feed.example/ no-such-setting=1\n")
    there = set(re.findall(r"(\w+)=|(@)tag", said.split("expected ")[1].split("\n")[0]))
    there = {name or at for name, at in there}
    assert keys(items(FEEDS)) == there
    assert there == set(re.findall(r'setting_is\(setting, "(\S+)"\)', source))


@pytest.mark.parametrize("setting", items(SETTINGS))
def test_a_setting_of_a_section_is_taken_as_printed(check, setting):
    assert check(f"[feeds]\nhttps://feed.example/ @tag\n[urgent {setting}]\nwar\n")[1]


@pytest.mark.parametrize("setting", items(FEEDS))
def test_a_setting_of_a_feed_is_taken_as_printed(check, setting):
    assert check(f"[feeds]\nhttps://feed.example/ {setting}\n")[1]


def values_of(setting):
    text = re.split(r"^\.(?:It|El)\b", SETTINGS.split(f".It Li {setting}\n")[1], flags=re.M)[0]
    return re.findall(r"\b\w+\b", " ".join(re.findall(r"^\.Cm (.*)$", text, re.M)))


def test_lamps_and_sounds_are_those_of_the_page(check):
    for key, example in ("lamp", "lamp=red"), ("sound", "sound=off"):
        said, _ = check(f"[urgent {key}=no-such-value]\n")
        there = re.findall(rf"{key}=(\w+)", said.split("expected ")[1].split("\n")[0])
        assert set(values_of(example)) == set(there)
        assert all(check(f"[urgent {key}={value}]\nwar\n")[1] for value in there)


def test_the_units_of_times_are_those_of_the_page(check):
    units = re.search(r"UNITS\[\] = \{(.*?)\};", (LANGUAGE / "setting.c").read_text())[1]
    told = values_of("cooldown=30m")
    assert told == re.findall(r"'(\w)'", units)
    assert all(check(f"[urgent cooldown=2{unit}]\nwar\n")[1] for unit in told)


def test_the_bounds_of_every_are_those_of_the_page(check):
    least, most = re.search(r"How often to ask, from (\d+)m to (\d+)d", FEEDS).groups()
    limits = (SOURCE / "include/wirebell/limits.h").read_text()
    assert f"define LIMIT_POLL_MIN_S        ({least} * 60)" in limits
    assert f"define LIMIT_POLL_MAX_S        ({int(most) * 24} * 3600)" in limits
    for every, is_warned in ((f"{least}m", False), (f"{int(least) * 60 - 1}s", True),
                             (f"{most}d", False), (f"{int(most) * 24 + 1}h", True)):
        said, _ = check(f"[feeds]\nhttps://feed.example/ every={every}\n")
        assert ("warning" in said) == is_warned, said


RULES = section(KEYWORDS, "RULES")


def test_the_fields_are_those_of_the_page(check):
    said, _ = check("fild: war\n")
    there = re.findall(r"(\w+:)", said.split("the fields are ")[1].split("\n")[0])
    told = re.findall(r"(\w+:)", RULES.split("The fields are\n")[1].split("and each")[0])
    table = (LANGUAGE / "rule.c").read_text()
    assert told == there and set(there) == set(re.findall(r'\[MATCH_\w+\] = "(\w+:)"', table))


@pytest.mark.parametrize("rule", items(RULES))
def test_a_form_of_a_rule_is_taken_as_printed(check, rule):
    said, is_good = check(f"[feeds]\nhttps://feed.example/ @tag\n[urgent]\n{rule}\n")
    assert is_good and "keywords: 1 feed, 1 rule, no mistakes\n" in said, said


def test_the_bounds_of_nearness_are_those_of_the_page(check):
    least, most = map(int, re.search(r"either first; (\d+) to (\d+)\.", RULES).groups())
    assert [check(f"EU ~{words} attack\n")[1] for words in
            (least - 1, least, most, most + 1)] == [False, True, True, False]


def test_the_bounds_of_the_file_are_those_of_the_page():
    limits = (SOURCE / "include/wirebell/limits.h").read_text()
    size, rules = re.search(r"may have (\d+) MB and ([\d,]+) rules", KEYWORDS).groups()
    assert f"LIMIT_KEYWORDS_MAX ({size}u << 20)" in limits
    assert re.search(rf"LIMIT_RULES_MAX +{rules.replace(',', '')}\n", limits)


# --- what is printed as an example --------------------------------------------------------------

def displays(name, title):
    return [plain(text) for text in
            re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", section(page(name), title), re.M | re.S)]


def test_the_keywords_of_the_page_are_taken(check):
    [example] = displays("wirebell-keywords.5", "DESCRIPTION")
    said, is_good = check(example)
    assert is_good and "warning" not in said, said
    assert "keywords: 2 feeds, 5 rules, no mistakes" in said


def test_a_mistake_is_shown_as_on_the_page(check):
    [example] = displays("wirebell-keywords.5", "DIAGNOSTICS")
    line, text = int(example.split(":")[1]), example.splitlines()[1].strip()
    said, _ = check("\n" * (line - 1) + text + "\n")
    assert said.startswith(example)


@pytest.mark.parametrize("title", ["DESCRIPTION", "LINES OF THE BOARD"])
def test_the_configuration_of_the_page_is_taken(check, tmp_path, title):
    [example] = displays("wirebell.conf.5", title)
    (tmp_path / "wirebell.conf").write_text(example)
    said, is_good = check("war\n", "--config", "wirebell.conf")
    assert is_good and re.search(r"^board: [\w-]+, \d+ lines, no mistakes$", said, re.M), said


def test_the_board_of_the_page_is_taken(check, tmp_path):
    [example] = displays("wirebell-boards.5", "DESCRIPTION")
    (tmp_path / "hall.board").write_text(example)
    said, is_good = check("war\n", "--board", "./hall.board")
    assert is_good and "board: hall, 5 lines, no mistakes\n" in said


def test_the_board_that_shows_how_to_add_one_is_taken_and_its_pins_are_right(check, tmp_path):
    text = (SOURCE / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    example = re.search(r"^       # SPDX.*\n(?:       .*\n|\n)+", text, re.M)[0]
    (tmp_path / "tower.board").write_text(re.sub("^       ", "", example, flags=re.M))
    said, is_good = check("war\n", "--board", "./tower.board")
    assert is_good and "board: tower, 3 lines, no mistakes\n" in said
    drawn = subprocess.run([BUILD / "bin/wirebell", "boards", "./tower.board"], cwd=tmp_path, text=True,
                           capture_output=True, timeout=60, check=True).stdout
    told = re.findall(r"gpio = (\d+).*# pin (\d+)", example)
    assert told == re.findall(r"GPIO(\d+), pin (\d+)", drawn) and len(told) == 3


def test_no_example_is_left_out():
    assert {path.name: path.read_text(encoding="utf-8").count("\n.Bd ")
            for path in (SOURCE / "firmware/man").glob("*.5")} == {
        "wirebell-keywords.5": 2, "wirebell.conf.5": 2, "wirebell-boards.5": 1}


def test_the_keywords_of_the_readme_are_taken(check):
    readme = (SOURCE / "README.md").read_text(encoding="utf-8")
    example = re.search(r"^    \[feeds\]\n(?:    .*\n|\n)+", readme, re.M)[0]
    said, is_good = check(re.sub("^    ", "", example, flags=re.M))
    assert is_good and "keywords: 1 feed, 3 rules, no mistakes\n" in said, said


def test_the_keywords_as_installed_are_taken_when_their_examples_are_let_in(check):
    """"The lines that begin with # and one blank are examples", in a paragraph below a heading."""
    paragraphs = (SOURCE / "firmware/etc/keywords").read_text(encoding="utf-8").split("\n#-- ")
    bodies = ["\n".join(paragraph.splitlines()[1:]) for paragraph in paragraphs[1:]]
    below = [re.split(r"(?m)^(?=\[)", body)[1:] for body in bodies]
    text = "\n".join(re.sub(r"(?m)^# ", "", part.split("\n\n")[0]) for parts in below for part in parts)
    said, is_good = check(text)
    assert is_good and "keywords: 2 feeds, 5 rules, no mistakes\n" in said, said


COMMANDS = [plain(line.removeprefix("$ ")) for name in ("wirebell.1", "wirebell-keywords.5")
            for line in re.findall(r"^\.Dl (\$? ?wirebell .*)$", page(name), re.M)]


def test_commands_are_printed():
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works_as_printed(command, tmp_path):
    """On files in place of what is on the network and below /etc."""
    (tmp_path / "feed.xml").write_text(
        "<rss version='2.0'><channel><item><title>EU: cyber attack</title></item></channel></rss>")
    (tmp_path / "feeds.opml").write_text(
        "<opml version='2.0'><body><outline xmlUrl='https://feed.example/'/></body></opml>")
    (tmp_path / "keywords").write_text("war\n")
    words = shlex.split(re.sub(r"https://\S+", "feed.xml", command).split(" > ")[0])
    if words[1:] == ["check"]:
        words += ["--keywords", "keywords"]
    done = subprocess.run([BUILD / "bin/wirebell", *words[1:]], cwd=tmp_path, text=True,
                          capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_journal_is_asked_for_rings():
    message_id = re.search(r"MESSAGE_ID=([0-9a-f]{32})", page("wirebell.1"))[1]
    table = (SOURCE / "firmware/daemon/log.c").read_text()
    start = re.search(r'#define MESSAGE_ID "([0-9a-f]{30})"', table)[1]
    own = re.search(r"\[LOG_ALERT_RAISED\] = \{\w+, 0x([0-9a-f]{2})\}", table)[1]
    assert message_id == start + own
