# SPDX-License-Identifier: MIT
"""The keywords file edited while the daemon runs, in all the ways editors and scripts do it."""

import os
import time

import pytest
from bell import Bell
from conftest import BUILD

LOADED = r"feeds: 0, rules: (\d+)"


@pytest.fixture
def keywords(tmp_path):
    path = tmp_path / "keywords"
    path.write_text("[bulletin]\nword1\n")
    return path


@pytest.fixture
def running(tmp_path, keywords):
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as bell:
        bell.wait_for("feeds: 0, rules: 1$")
        bell.wait_for("watching")
        yield bell


def loads(bell):
    return bell.count(LOADED)


def test_a_file_put_in_place_by_rename_is_read(running, keywords):
    fresh = keywords.with_name(".keywords.swp")
    fresh.write_text("[bulletin]\nword1\nword2\n")
    os.replace(fresh, keywords)
    running.wait_for("feeds: 0, rules: 2$")


def test_a_second_rename_is_seen_as_well(running, keywords):
    for count in 2, 3:
        fresh = keywords.with_name("new")
        fresh.write_text("".join(f"word{i}\n" for i in range(count)))
        os.replace(fresh, keywords)
        running.wait_for(f"feeds: 0, rules: {count}$")


def test_a_backup_made_by_renaming_the_old_file_away_does_no_harm(running, keywords):
    os.rename(keywords, keywords.with_name("keywords~"))
    keywords.write_text("word1\nword2\nword3\n")
    running.wait_for("feeds: 0, rules: 3$")
    assert running.count("not taken") == 0


def test_written_twice_it_is_read_once_and_whole(running, keywords):
    before = loads(running)
    keywords.write_text("word1\nword2\n")
    keywords.write_text("word1\nword2\nword3\nword4\n")
    running.wait_for("feeds: 0, rules: 4$")
    time.sleep(0.6)
    assert loads(running) == before + 1


def test_empty_for_a_moment_the_rules_stay(running, keywords):
    keywords.write_text("")
    time.sleep(0.1)
    keywords.write_text("word1\nword2\n")
    running.wait_for("feeds: 0, rules: 2$")
    assert running.count("rules: 0") == 0


def test_a_file_written_piece_by_piece_is_read_when_it_is_done(running, keywords):
    with open(keywords, "w", encoding="utf-8") as file:
        for i in range(5):
            file.write(f"word{i}\n")
            file.flush()
            time.sleep(0.05)
    running.wait_for("feeds: 0, rules: 5$")
    assert running.count("rules: [234]$") == 0


def test_a_refused_edit_is_named_by_line_and_column_and_the_last_good_rules_stay(running, keywords):
    keywords.write_text("[bulletin]\nword1\nword2 + (word3)\n")
    running.wait_for(r"keywords:3:9: error: parentheses mean nothing here")
    running.wait_for("keywords: not taken, the rules there were stay in force")
    assert running.count("rules: 2") == 0
    keywords.write_text("[bulletin]\nword1\nword2 + word3\n")
    running.wait_for("feeds: 0, rules: 2$")


def test_a_removed_file_leaves_the_last_good_rules(running, keywords):
    keywords.unlink()
    running.wait_for("not taken, the rules there were stay in force")
    keywords.write_text("word1\nword2\n")
    running.wait_for("feeds: 0, rules: 2$")


def test_a_drop_in_is_read_when_it_comes_and_forgotten_when_it_goes(running, keywords):
    folder = keywords.with_name("keywords.d")
    folder.mkdir()
    time.sleep(0.6)  # the folder alone changes nothing
    drop_in = folder / "more.keywords"
    drop_in.write_text("word2\nword3\n")
    running.wait_for("feeds: 0, rules: 3$")
    drop_in.unlink()
    running.wait_for("feeds: 0, rules: 1$", count=2)
    (folder / "notes.txt").write_text("not a drop-in")
    drop_in.write_text("word2\n")
    running.wait_for("feeds: 0, rules: 2$")


def test_a_drop_in_that_is_wrong_is_named(running, keywords):
    folder = keywords.with_name("keywords.d")
    folder.mkdir()
    (folder / "more.keywords").write_text("[flsh]\nword2\n")
    running.wait_for(r"more.keywords:1:2: error: no section is called so")
    running.wait_for("not taken")


def test_a_self_test_that_fails_is_a_warning_and_the_file_is_taken(running, keywords):
    keywords.write_text("[bulletin sound=off]\nword1\nword2\n? storm\n")
    running.wait_for(r"keywords:4:3: warning: self-test: no rule of this section matches")
    running.wait_for("feeds: 0, rules: 2$")


def test_a_file_that_was_not_touched_is_not_read_again(running, keywords):
    before = loads(running)
    keywords.with_name("other").write_text("something beside it")
    keywords.read_text()
    time.sleep(0.8)
    assert loads(running) == before
