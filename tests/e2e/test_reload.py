# SPDX-License-Identifier: MIT
"""The keywords file edited while the daemon runs, in all the ways editors and scripts do it.

When it is quiet, by the test's clock: between two writes no time passes that the test does not mean.
"""

import os

import pytest
from bell import Bell
from conftest import BUILD
from sim_clock import SimClock

LOADED = r"feeds: 0, rules: (\d+)"
QUIET_S = 0.3  # WATCH_QUIET_US


@pytest.fixture
def keywords(tmp_path):
    path = tmp_path / "keywords"
    path.write_text("[bulletin]\nword1\n")
    return path


@pytest.fixture
def running(tmp_path, keywords):
    clock = SimClock(tmp_path / "clock")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as bell:
        bell.wait_for("feeds: 0, rules: 1$")
        bell.wait_for("watching")
        clock.settle()
        yield bell


def rules(bell):
    """How many rules each load found, and that was all there is to load now."""
    bell.clock.advance(2 * QUIET_S)
    return [int(line.rsplit(" ", 1)[1]) for line in bell.lines if "feeds: 0, rules: " in line]


def test_a_file_put_in_place_by_rename_is_read(running, keywords):
    fresh = keywords.with_name(".keywords.swp")
    fresh.write_text("[bulletin]\nword1\nword2\n")
    os.replace(fresh, keywords)
    assert rules(running) == [1, 2]


def test_a_second_rename_is_seen_as_well(running, keywords):
    for count in 2, 3:
        fresh = keywords.with_name("new")
        fresh.write_text("".join(f"word{i}\n" for i in range(count)))
        os.replace(fresh, keywords)
        assert rules(running)[-1] == count


def test_a_backup_made_by_renaming_the_old_file_away_does_no_harm(running, keywords):
    os.rename(keywords, keywords.with_name("keywords~"))
    running.clock.advance(QUIET_S / 2)
    keywords.write_text("word1\nword2\nword3\n")
    assert rules(running) == [1, 3]
    assert running.count("not taken") == 0


def test_written_twice_it_is_read_once_and_whole(running, keywords):
    keywords.write_text("word1\nword2\n")
    running.clock.advance(QUIET_S * 0.9)
    keywords.write_text("word1\nword2\nword3\nword4\n")
    running.clock.advance(QUIET_S * 0.9)
    assert running.count(LOADED) == 1
    assert rules(running) == [1, 4]


def test_empty_for_a_moment_the_rules_stay(running, keywords):
    keywords.write_text("")
    running.clock.advance(QUIET_S / 2)
    keywords.write_text("word1\nword2\n")
    assert rules(running) == [1, 2]


def test_a_file_written_piece_by_piece_is_read_when_it_is_done(running, keywords):
    with open(keywords, "w", encoding="utf-8") as file:
        for i in range(5):
            file.write(f"word{i}\n")
            file.flush()
            running.clock.advance(QUIET_S)
    assert rules(running) == [1, 5]


def test_a_refused_edit_is_named_by_line_and_column_and_the_last_good_rules_stay(running, keywords):
    keywords.write_text("[bulletin]\nword1\nword2 + (word3)\n")
    assert rules(running) == [1]
    running.wait_for(r"keywords:3:9: error: parentheses mean nothing here")
    running.wait_for("keywords: not taken, the rules there were stay in force")
    keywords.write_text("[bulletin]\nword1\nword2 + word3\n")
    assert rules(running) == [1, 2]


def test_a_removed_file_leaves_the_last_good_rules(running, keywords):
    keywords.unlink()
    assert rules(running) == [1]
    running.wait_for("not taken, the rules there were stay in force")
    keywords.write_text("word1\nword2\n")
    assert rules(running) == [1, 2]


def test_a_drop_in_is_read_when_it_comes_and_forgotten_when_it_goes(running, keywords):
    folder = keywords.with_name("keywords.d")
    folder.mkdir()
    assert set(rules(running)) == {1}  # the folder alone changes nothing
    drop_in = folder / "more.keywords"
    drop_in.write_text("word2\nword3\n")
    assert rules(running)[-1] == 3
    drop_in.unlink()
    assert rules(running)[-1] == 1
    (folder / "notes.txt").write_text("not a drop-in")
    drop_in.write_text("word2\n")
    assert rules(running)[-1] == 2


def test_a_drop_in_that_is_wrong_is_named(running, keywords):
    folder = keywords.with_name("keywords.d")
    folder.mkdir()
    (folder / "more.keywords").write_text("[flsh]\nword2\n")
    assert rules(running) == [1]
    running.wait_for(r"more.keywords:1:2: error: no section is called so")
    running.wait_for("not taken")


def test_a_self_test_that_fails_is_a_warning_and_the_file_is_taken(running, keywords):
    keywords.write_text("[bulletin sound=off]\nword1\nword2\n? storm\n")
    assert rules(running) == [1, 2]
    running.wait_for(r"keywords:4:3: warning: self-test: no rule of this section matches")


def test_a_file_that_was_not_touched_is_not_read_again(running, keywords):
    keywords.with_name("other").write_text("something beside it")
    keywords.read_text()
    assert rules(running) == [1]
