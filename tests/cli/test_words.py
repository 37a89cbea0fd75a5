# SPDX-License-Identifier: MIT
"""The sub-commands check and try, as a person types them: on files, without a network."""

import json
import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build"))

FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Desk</title>
<item><guid>1</guid><title>Harbour hit by cyber\u2011attack</title>
  <link>https://feed.example/1</link></item>
<item><guid>2</guid><title>Council meets</title>
  <description>It talks of a crisis response for the EU &amp;amp; others.</description></item>
<item><guid>3</guid><title>A cyber attack you can win: advertorial</title></item>
<item><guid>4</guid><title>Rain</title></item>
</channel></rss>
"""

KEYWORDS = """[bulletin]
cyber attack*
[urgent]
=EU + crisis response
[never]
advertorial
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "feed.xml").write_text(FEED, encoding="utf-8")
    (tmp_path / "keywords").write_text(KEYWORDS, encoding="utf-8")
    return tmp_path


def wirebell(folder, *arguments, **environment):
    return subprocess.run([BUILD / "bin" / "wirebell", *arguments], cwd=folder, text=True,
                          capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def test_try_shows_what_rings_by_level_with_the_words_found(folder):
    done = wirebell(folder, "try", "--keywords", "keywords", "feed.xml")
    assert done.stderr == ""
    assert done.stdout == """bulletin
  Harbour hit by [cyber\u2011attack]
    https://feed.example/1
    keywords:2: cyber attack*

urgent
  Council meets
    It talks of a [crisis response] for the [EU] & others.
    keywords:4: =EU + crisis response

2 of 4 stories would ring: 1 bulletin, 1 urgent
1 kept silent by [never]
"""
    assert done.returncode == 0


def test_try_tells_how_often_a_day_that_would_be(folder):
    items = "".join(f"<item><guid>{day}</guid><title>Rain {day}</title>"
                    f"<pubDate>{day:02} Jan 2026 06:00:00 GMT</pubDate></item>"
                    for day in range(1, 12))
    (folder / "dated.xml").write_text(f'<rss version="2.0"><channel>{items}</channel></rss>')
    done = wirebell(folder, "try", "rain", "dated.xml")
    assert done.stdout.endswith("11 of 11 stories would ring: 11 urgent\n"
                                "about 1.1 a day, by the dates of these stories (10 days)\n")


def test_try_takes_a_rule_in_place_of_the_file(folder):
    done = wirebell(folder, "try", "rain, snow", "feed.xml")
    assert "[Rain]" in done.stdout and "rule:1: rain, snow" in done.stdout
    assert done.returncode == 0


def test_try_that_finds_nothing_says_so_with_its_exit_code(folder):
    done = wirebell(folder, "try", "earthquake", "feed.xml")
    assert done.stdout == ("0 of 4 stories would ring\n\nmatched nothing:\nrule:1: earthquake\n"
                           "    nothing of it was found in any story\n")
    assert done.returncode == 1


@pytest.mark.parametrize("rule, said", [
    ("attack + hospital*, clinic + harbour", "nearest: Harbour hit by cyber\u2011attack\n"
     "    not found: hospital*, clinic\n"),
    ("rain - rain", "nearest: Rain\n    unwanted, but there: rain\n"),
    ("council + title: crisis - meets", "nearest: Council meets\n    not found: title: crisis\n"
     "    unwanted, but there: meets\n"),
    ("@cyber: rain + snow", "nearest: Rain\n    not found: snow\n"),
    ("rain + /sn.w/", "nearest: Rain\n    not found: /sn.w/\n"),
])
def test_try_tells_what_came_nearest_and_what_it_lacked(folder, rule, said):
    done = wirebell(folder, "try", rule, "feed.xml")
    assert done.stdout.endswith(f"\nmatched nothing:\nrule:1: {rule}\n    {said}")
    assert done.returncode == 1


def test_try_tells_of_an_expression_that_takes_too_long(folder):
    story = f'<rss version="2.0"><channel><item><title>{"a" * 5000}</title></item></channel></rss>'
    (folder / "long.xml").write_text(story)
    done = wirebell(folder, "try", "/(a+)+(a+)+(a+)+[bc]/", "long.xml")
    assert done.stderr.count("rule:1: warning: this expression takes too long") == 1
    assert done.returncode == 1


def test_try_gives_json_lines(folder):
    (folder / "keywords").write_text(KEYWORDS + "[flash]\nrain + snow\n", encoding="utf-8")
    done = wirebell(folder, "try", "--json", "--keywords", "keywords", "feed.xml")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines == [
        {"level": "bulletin", "rule": "cyber attack*", "rule_file": "keywords", "rule_line": 2,
         "feed": "feed.xml", "title": "Harbour hit by cyber\u2011attack",
         "link": "https://feed.example/1", "words": "cyber\u2011attack",
         "found": [{"field": "title", "words": "cyber\u2011attack"}]},
        {"level": "urgent", "rule": "=EU + crisis response", "rule_file": "keywords",
         "rule_line": 4, "feed": "feed.xml", "title": "Council meets", "link": None,
         "words": "EU + crisis response",
         "found": [{"field": "text", "words": "EU"},
                   {"field": "text", "words": "crisis response"}]},
        {"rule": "rain + snow", "rule_file": "keywords", "rule_line": 8, "nearest": "Rain",
         "lacks": ["snow"]},
        {"stories": 4, "rings": 2, "silenced": 1},
    ]


def test_check_gives_json_lines(folder):
    (folder / "keywords").write_text("[flash]\n(x)\n? storm\n", encoding="utf-8")
    done = wirebell(folder, "check", "--json", "--keywords", "keywords", "--board", "sim")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["severity"], line["file"], line["line"], line["column"], line["source"])
            for line in lines[:2]] == [("error", "keywords", 2, 1, "(x)"),
                                       ("error", "keywords", 3, 3, "? storm")]
    assert "parentheses" in lines[0]["message"] and lines[0]["mend"]
    assert lines[2] == {"part": "keywords", "feeds": 0, "rules": 0, "errors": 2, "warnings": 0}
    assert lines[3]["part"] == "board" and lines[3]["errors"] == 0
    assert done.returncode == 1


def test_try_names_a_file_that_is_not_there(folder):
    done = wirebell(folder, "try", "--keywords", "keywords", "other.xml")
    assert "other.xml" in done.stderr and "No such file" in done.stderr
    assert done.returncode == 1


def test_try_shows_the_mistake_in_a_rule(folder):
    done = wirebell(folder, "try", "rain +", "feed.xml")
    assert "rule:1:7: error: expected a word here\n    rain +\n          ^" in done.stderr
    assert done.returncode == 1


def test_check_counts_feeds_and_rules(folder):
    done = wirebell(folder, "check", "--keywords", "keywords", "--board", "sim")
    assert "keywords: 0 feeds, 3 rules, no mistakes\n" in done.stdout
    assert "board: sim" in done.stdout
    assert done.returncode == 0


def test_check_shows_each_mistake_and_fails(folder):
    (folder / "keywords.d").mkdir()
    (folder / "keywords.d" / "more.keywords").write_text("[flsh]\nwar\n(x)\n[flash]\n(x)\n")
    done = wirebell(folder, "check", "--keywords", "keywords", "--board", "sim")
    assert "keywords.d/more.keywords:1:2: error: no section is called so" in done.stdout
    assert "did you mean [flash]?" in done.stdout
    for line in 3, 5:  # below the wrong head, too
        assert f"keywords.d/more.keywords:{line}:1: error: parentheses" in done.stdout
    assert "keywords: 0 feeds, 3 rules, 3 mistakes\n" in done.stdout
    assert done.returncode == 1


def test_check_of_a_missing_file_says_what_to_do(folder):
    done = wirebell(folder, "check", "--keywords", "nothing", "--board", "sim")
    assert "nothing: error: cannot be read: No such file or directory\n    write one" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", [
    ("check", "--trace", "x"), ("check", "--boart", "x"), ("check", "--board"), ("check", "x"),
    ("try", "--once"),
])
def test_wrong_use_is_told_in_a_sentence(folder, arguments):
    done = wirebell(folder, *arguments)
    assert done.stderr.startswith(f"wirebell {arguments[0]}: ")
    assert done.returncode == 2


def test_plain_output_where_it_is_no_terminal(folder):
    done = wirebell(folder, "try", "rain", "feed.xml", TERM="xterm")
    assert "\033" not in done.stdout


def test_try_wants_a_rule_of_several_words_in_quotes(folder):
    done = wirebell(folder, "try", "cyber", "attack", "feed.xml")
    assert "'attack' is no feed or file; put all of a rule in quotes: 'cyber attack'" in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name, said", [
    ("www.feed.example/rss", "; an address begins with https:// or http://\n"),
    ("./nothing.xml", ": No such file or directory\n"),
    (".", ": Is a directory\n"),
])
def test_what_cannot_be_opened_is_told_with_what_to_write(folder, name, said):
    done = wirebell(folder, "parse", name)
    assert done.stderr.startswith(f"wirebell: {name}: cannot be opened: ")
    assert done.stderr.endswith(said) and done.returncode == 1


def test_check_of_a_folder_does_not_ask_for_a_file_to_be_written(folder):
    done = wirebell(folder, "check", "--keywords", ".", "--board", "sim")
    assert ".: error: cannot be read: Is a directory\n    name a file\n" in done.stdout
    assert "write one" not in done.stdout and done.returncode == 1


def test_a_board_in_this_folder_is_told_how_to_be_named(folder):
    done = wirebell(folder, "boards", "keywords")
    assert "there is no board of this name" in done.stderr and "./mine.board" in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("arguments, meant", [
    (("chekc",), "did you mean 'check'?"), (("help",), "did you mean '--help'?"), (("check", "--keyword", "k", "--jsno"), "did you mean '--json'?"),
    (("try", "--las", "1h", "--lst"), "did you mean '--last'?"), (("boards", "traffic-hut"), "did you mean 'traffic-hat'?"),
])
def test_what_was_meant_is_asked(folder, arguments, meant):
    done = wirebell(folder, *arguments)
    assert meant in done.stderr and done.returncode in (1, 2)


def test_an_option_that_the_command_does_not_take_is_not_meant(folder):
    assert "did you mean" not in wirebell(folder, "export", "--jsn").stderr
