# SPDX-License-Identifier: MIT
"""What ails the bell is said when it begins and when it is mended, and keeps nothing from ringing."""

import re

import pytest
from bell import Bell
from conftest import BUILD


@pytest.fixture
def keywords(tmp_path):
    path = tmp_path / "keywords"
    path.write_text("[bulletin]\nword1\n")
    return path


@pytest.fixture
def running(tmp_path, keywords):
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as bell:
        bell.wait_for("watching")
        yield bell


def test_a_refused_edit_is_told_with_its_place_until_a_good_one_comes(running, keywords):
    assert running.count("health:") == 0
    keywords.write_text("[bulletin]\nword1\n[flsh]\nword2\n")
    running.wait_for(f"health: an edit was refused, {re.escape(str(keywords))}:3: .*wirebell check")
    keywords.write_text("[bulletin]\nword1\n[flash]\nword2\n")
    running.wait_for("health: configuration is mended, all is well")


def test_the_same_mistake_saved_twice_is_told_once(running, keywords):
    for words in "word3\n", "word3\nword4\n":
        keywords.write_text("[flsh]\n" + words)
        running.wait_for("not taken", count=1 if words == "word3\n" else 2)
    assert running.count("health: an edit was refused") == 1


def test_self_tests_that_fail_are_told_and_mended(running, keywords):
    keywords.write_text("[bulletin]\nword1\n? nothing of the kind\n")
    running.wait_for("health: 1 of the keywords' self-tests do not hold")
    keywords.write_text("[bulletin]\nword1\n? here is word1\n")
    running.wait_for("health: selftest is mended, all is well")


def test_lines_left_out_at_the_first_start_are_told(tmp_path, keywords):
    keywords.write_text("[bulletin]\nword1\n+word2\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords) as running:
        running.wait_for(f"health: lines were left out, {re.escape(str(keywords))}:3: ")
        running.wait_for("feeds: 0, rules: 1")


def test_an_output_that_is_missing_is_told_by_name(tmp_path, keywords):
    board = tmp_path / "half.board"
    board.write_text("driver = sim\nlamp red { fault = busy }\nlamp green { }\n")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, "--board", str(board)) as running:
        running.wait_for("health: red: ")
