# SPDX-License-Identifier: MIT
"""wirebell import and export, as a person uses them: what one prints, the other and check take."""

import pathlib
import xml.etree.ElementTree

import pytest

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "data/opml"


def opml(outlines):
    return f"<opml version='2.0'><head/><body>{outlines}</body></opml>".encode()


def feed_lines(run):
    """The lines behind [feeds]."""
    first, *lines = run.out.splitlines() or [""]
    assert first == "[feeds]"
    return lines


@pytest.fixture
def check(wirebell, tmp_path):
    """check(text): wirebell check says of a keywords file that it is without mistakes."""

    def check_text(text):
        path = tmp_path / "checked"
        path.write_text(text, encoding="utf-8")
        run = wirebell("check", "--keywords", str(path), "--board", "sim")
        assert run.code == 0 and "rules, no mistakes" in run.out, run.out

    return check_text


def test_folders_and_categories_become_tags_and_titles_stay(wirebell, check):
    run = wirebell("import", str(SAMPLES / "folders.opml"))
    assert (run.code, run.err) == (0, "")
    assert feed_lines(run) == [
        "https://wire.example/feed?a=1&b=2  @World-News  title=\"The 'Wire'\"",
        'https://tokyo.example/rss  @World-News  @Asia  @asia  @japan  @east  title="東京"',
        'http://harbour.example/atom.xml  title="Harbour"',
    ]
    check(run.out)


def test_broken_xml_and_other_charsets_cost_what_they_spoil(wirebell, check):
    run = wirebell("import", str(SAMPLES / "broken.opml"))
    assert feed_lines(run) == [
        'http://a.example/feed  @A-B-C  title="The desk &bogus; ]]>"',
        '# feed://b.example/  @A-B-C  title="T"',
    ]
    assert run.code == 1 and "ends in the middle" in run.err and "feed://b.example" in run.err
    check(run.out)
    run = wirebell("import", str(SAMPLES / "windows1251.opml"))
    assert feed_lines(run) == ['http://n.example/  @Новости  title="Радио"']
    check(run.out)


def test_a_feed_in_two_folders_is_one_line_with_both_tags(wirebell, check):
    run = wirebell("import", "-", stdin=opml(
        "<outline text='a'><outline text='T' xmlUrl='https://e.example/'/></outline>"
        "<outline text='b'><outline text='U' xmlUrl='https://e.example/'/></outline>"))
    assert feed_lines(run) == ['https://e.example/  @a  @b  title="T"']
    assert run.code == 0 and "more than once" in run.err
    check(run.out)


@pytest.mark.parametrize("address", ["ftp://e.example/", "/feed.xml", "e.example/feed", "#", "[flash]",
                                     " ", "https://", "javascript:alert(1)",
                                     "https://e.example/" + "é" * 2500])
def test_what_is_no_address_is_a_comment_and_said(wirebell, check, address):
    run = wirebell("import", "-", stdin=opml(
        f"<outline text='x' xmlUrl='{address}'/><outline xmlUrl='https://good.example/'/>"))
    comment, good = feed_lines(run)
    assert comment.startswith("#") and good == "https://good.example/"
    assert run.code == 1 and run.err.count("\n") == 1 and "left as a comment" in run.err
    check(run.out)


@pytest.mark.parametrize("attributes, line", [
    ("xmlUrl='https://e.example/a b'", "https://e.example/a%20b"),
    ("xmlUrl='https://e.example/?q=&quot;a b'", "https://e.example/?q=%22a%20b"),
    ("xmlUrl='https://e.example/&#xA0;b'", "https://e.example/%C2%A0b"),
    ("xmlUrl='HTTPS://E.example/#x'", "HTTPS://E.example/#x"),
    ("text='https://e.example/' xmlUrl='https://e.example/'", "https://e.example/"),
    ("text='# no = &quot;comment&quot;' xmlUrl='https://e.example/'",
     "https://e.example/  title=\"# no = 'comment'\""),
    ("text='two&#10;lines&#x1b;[2J' xmlUrl='https://e.example/'",
     'https://e.example/  title="two lines[2J"'),
])
def test_what_means_something_in_a_line_is_written_so_that_it_does_not(wirebell, check, attributes,
                                                                       line):
    run = wirebell("import", "-", stdin=opml(f"<outline {attributes}/>"))
    assert (feed_lines(run), run.code, run.err) == ([line], 0, "")
    check(run.out)


def test_a_long_title_is_cut_between_characters(wirebell, check):
    run = wirebell("import", "-",
                   stdin=opml(f"<outline text='x{'é' * 500}' xmlUrl='https://e.example/'/>"))
    assert feed_lines(run) == [f"https://e.example/  title=\"x{'é' * 99}\""]
    check(run.out)


@pytest.mark.parametrize("folder, tag", [
    ("News", "News"), ("EU/NATO: talks", "EU-NATO-talks"), ("  (x)  ", "x"), ("a_b.c-d", "a_b.c-d"),
    ("Reader’s choice", "Readers-choice"), ("Überblick", "Überblick"), ("日本 ニュース", "日本-ニュース"),
    ("???", None), ("x" * 200, "x" * 64),
])
def test_the_name_of_a_folder_is_folded_to_what_a_tag_can_hold(wirebell, check, folder, tag):
    run = wirebell("import", "-", stdin=opml(
        f"<outline text='{folder}'><outline xmlUrl='https://e.example/'/></outline>"))
    assert feed_lines(run) == ["https://e.example/" + (f"  @{tag}" if tag else "")]
    check(run.out)


def test_more_tags_than_there_can_be_are_left_out_and_said(wirebell, check):
    run = wirebell("import", "-", stdin=opml("".join(
        f"<outline text='t{i}'><outline xmlUrl='https://e.example/{i}'/></outline>"
        for i in range(70))))
    assert feed_lines(run)[63:65] == ["https://e.example/63  @t63", "https://e.example/64"]
    assert run.code == 0 and "at most 64" in run.err and " 6 " in run.err
    check(run.out)


def test_more_feeds_than_are_read_are_left_out_and_said(wirebell, check):
    run = wirebell("import", "-", stdin=opml("".join(
        f"<outline xmlUrl='https://e.example/{i}'/>" for i in range(5003))))
    assert len(feed_lines(run)) == 5000
    assert run.code == 1 and "longer than is read" in run.err
    check(run.out)


def test_what_is_no_list_is_said(wirebell, tmp_path):
    (tmp_path / "feed.xml").write_text("<rss><channel><item><link>http://a/</link></item></channel>"
                                       "</rss>")
    for name, words in {str(tmp_path / "feed.xml"): "<rss>", str(tmp_path / "no.opml"): "No such",
                        "https://e.example/list.opml": "save it"}.items():
        run = wirebell("import", name)
        assert (run.code, run.out) == (1, "") and run.err.count("\n") == 1 and words in run.err
    run = wirebell("import", "-", stdin=opml(""))
    assert (run.code, run.out) == (1, "") and "no feed" in run.err
    assert wirebell("import").code == 2


KEYWORDS = """[feeds]
https://a.example/?x=1&y=2  @world @bbc  title="A & <beta> 'C'"
http://b.example/  every=30m
https://c.example/  @cyber  agent="Mozilla/5.0"
https://d.example/  @world  title=d"d
[urgent]
ransomware
"""


@pytest.fixture
def exported(wirebell, tmp_path):
    (tmp_path / "keywords").write_text(KEYWORDS)
    (tmp_path / "keywords.d").mkdir()
    (tmp_path / "keywords.d/more.keywords").write_text("[feeds]\nhttps://e.example/ @bbc\n")
    return wirebell("export", "--keywords", str(tmp_path / "keywords"))


def test_export_is_opml_with_a_folder_for_each_first_tag(exported):
    root = xml.etree.ElementTree.fromstring(exported.out)
    assert (root.tag, root.attrib) == ("opml", {"version": "2.0"})
    assert root.find("head/title") is not None
    shown = []
    for outline in root.find("body"):
        feeds = outline if len(outline) else [outline]
        folder = outline.get("text") if len(outline) else None
        shown += [(folder, *map(feed.get, ("type", "text", "title", "xmlUrl", "category")))
                  for feed in feeds]
    assert shown == [
        ("world", "rss", "A & <beta> 'C'", "A & <beta> 'C'", "https://a.example/?x=1&y=2", "world,bbc"),
        ("world", "rss", 'd"d', 'd"d', "https://d.example/", "world"),
        (None, "rss", "http://b.example/", None, "http://b.example/", None),
        ("cyber", "rss", "https://c.example/", None, "https://c.example/", "cyber"),
        ("bbc", "rss", "https://e.example/", None, "https://e.example/", "bbc"),
    ]


def test_export_says_what_opml_has_no_place_for(exported):
    assert exported.code == 0
    assert "every=" in exported.err and "agent=" in exported.err
    assert exported.err.count("left out of 1 feed\n") == 2


def test_what_was_exported_is_imported_as_it_was(wirebell, exported, check):
    run = wirebell("import", "-", stdin=exported.out.encode())
    assert (run.code, run.err) == (0, "")
    assert feed_lines(run) == [
        "https://a.example/?x=1&y=2  @world  @bbc  title=\"A & <beta> 'C'\"",
        "https://d.example/  @world  title=\"d'd\"",
        "http://b.example/",
        "https://c.example/  @cyber",
        "https://e.example/  @bbc",
    ]
    check(run.out)


def test_export_of_a_file_with_mistakes_has_its_good_lines(wirebell, tmp_path):
    path = tmp_path / "keywords"
    path.write_text("[feeds]\nftp://bad.example/\nhttps://good.example/\n")
    run = wirebell("export", "--keywords", str(path))
    assert run.code == 1 and f"{path}:2:1" in run.err
    assert "good.example" in run.out and "bad.example" not in run.out
    run = wirebell("export", "--keywords", str(tmp_path / "nowhere"))
    assert (run.code, run.out) == (1, "") and "nowhere" in run.err
    assert wirebell("export", "x").code == 2
