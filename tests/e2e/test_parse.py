# SPDX-License-Identifier: MIT
"""wirebell parse, as a person or a script meets it."""

import subprocess
import time

from conftest import BUILD, clean_environment
from feed_server import Answer, rss

ATOM = """<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><entry>
<id>urn:1</id><title>Zürich &amp; "Köln"</title><link href='http://a.example/1'/>
<published>2026-01-02T03:04:05+01:00</published><content>Grüße</content></entry>
<entry><title>bare</title></entry></feed>"""

STORY = {"id": "urn:1", "title": 'Zürich & "Köln"', "link": "http://a.example/1",
         "published": "2026-01-02T02:04:05Z", "text": "Grüße"}
BARE = {"id": None, "title": "bare", "link": None, "published": None, "text": None}


def titles(run):
    return [story["title"] for story in run.lines]


def test_a_file_becomes_json_lines_with_null_for_what_is_not_there(wirebell, tmp_path):
    (tmp_path / "a.xml").write_text(ATOM)
    run = wirebell("parse", str(tmp_path / "a.xml"))
    assert run.lines == [STORY, BARE]
    assert list(run.lines[0]) == ["id", "title", "link", "published", "text"]
    assert (run.code, run.err) == (0, "")


def test_file_urls_standard_input_and_addresses_read_alike(wirebell, tmp_path, feed_server):
    path = tmp_path / "a feed.xml"
    path.write_text(ATOM)
    url = feed_server.script("/feed", ATOM.encode())
    assert wirebell("parse", path.as_uri()).lines == [STORY, BARE]
    assert wirebell("parse", path.as_uri().replace("///", "//localhost/")).lines == [STORY, BARE]
    assert wirebell("parse", "-", stdin=ATOM.encode()).lines == [STORY, BARE]
    with path.open("rb") as file:
        assert wirebell("parse", "-", stdin=file).lines == [STORY, BARE]
    assert wirebell("parse", url).lines == [STORY, BARE]


def test_several_come_in_the_order_of_the_arguments(wirebell, tmp_path, feed_server):
    slow = feed_server.script("/slow", Answer(rss("first"), delay_s=0.5))
    (tmp_path / "b.xml").write_bytes(rss("second"))
    run = wirebell("parse", slow, str(tmp_path / "b.xml"), "-", stdin=rss("third"))
    assert titles(run) == ["first", "second", "third"]
    assert run.code == 0


def test_one_that_cannot_be_read_is_named_and_the_rest_goes_on(wirebell, tmp_path, feed_server):
    (tmp_path / "good.xml").write_bytes(rss("good"))
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><body>Hello</body></html>")
    (tmp_path / "empty.xml").write_text("")
    for bad, words in {
        str(tmp_path / "nowhere.xml"): "No such file",
        str(tmp_path): "Is a directory",
        str(tmp_path / "page.html"): "not-a-feed",
        str(tmp_path / "empty.xml"): "empty",
        feed_server.url("/nothing"): "404",
        "gopher://a.example/": "gopher",
        "file://elsewhere.example/feed": "this machine",
    }.items():
        run = wirebell("parse", bad, str(tmp_path / "good.xml"))
        assert titles(run) == ["good"], bad
        assert run.code == 1
        assert run.err.count("\n") == 1 and bad in run.err and words in run.err, run.err


def test_controls_never_reach_the_terminal(wirebell):
    run = wirebell("parse", "-", stdin=rss("bell \x1b[2J \u009b31m \x7f end", "two\nlines"))
    assert not [c for c in run.out if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0]
    assert titles(run)[0].startswith("bell") and titles(run)[1] == "two lines"


def test_a_text_the_bus_would_refuse_costs_a_character_and_not_the_feed(wirebell):
    run = wirebell("parse", "-", stdin=rss("a\ufdd0b \ufffe c \U0001ffff d"))
    assert [c for c in titles(run)[0] if c.isascii() and c.isalpha()] == list("abcd")
    assert run.code == 0


def test_a_feed_of_10_mb_is_read_whole(wirebell, tmp_path):
    item = "<item><guid>{0}</guid><title>Story {0}</title><description>{1}</description></item>"
    items = "".join(item.format(number, "words " * 800) for number in range(2100))
    path = tmp_path / "big.xml"
    path.write_text(f"<rss version='2.0'><channel><title>Big</title>{items}</channel></rss>")
    assert 10e6 < path.stat().st_size < 11e6
    run = wirebell("parse", str(path))
    assert len(run.lines) == 2100 and titles(run)[-1] == "Story 2099"
    assert (run.code, run.err) == (0, "")


def test_a_document_over_the_cap_is_too_big_and_says_so(wirebell, tmp_path):
    path = tmp_path / "huge.xml"
    path.write_bytes(rss("x") + b" " * (16 << 20))
    run = wirebell("parse", str(path))
    assert (run.code, run.out) == (1, "")
    assert "too-big" in run.err and "16 MB" in run.err


def test_no_reader_is_left_behind(wirebell):
    started = time.monotonic()
    assert wirebell("parse", "-", stdin=rss("x")).code == 0
    # Its standard error is closed: the reader has left too, which by itself it would after 20 s.
    assert time.monotonic() - started < 18


def test_wrong_use_is_exit_code_2_and_names_the_way_out(wirebell):
    for args in (["parse"], ["parse", "--loud", "x"], [], ["parze"], ["--loud"]):
        run = wirebell(*args)
        assert run.code == 2 and run.out == "" and "--help" in run.err, args
    assert "did you mean 'parse'" in wirebell("parze").err
    assert "did you mean" not in wirebell("zzzz").err


def test_help_and_version_are_printed_to_standard_output(wirebell):
    assert "parse" in wirebell("--help").out
    assert "FILE|URL" in wirebell("parse", "--help").out
    assert wirebell("--version").out.startswith("wirebell ")
    for args in (["--help"], ["--version"], ["parse", "--help"]):
        run = wirebell(*args)
        assert (run.code, run.err) == (0, "")


def test_a_full_disk_is_told(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(rss("x"))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BUILD / "bin/wirebell", "parse", str(path)], stdout=full,
                              stderr=subprocess.PIPE, env=clean_environment(), timeout=30,
                              check=False)
    assert done.returncode == 1 and b"No space left" in done.stderr
