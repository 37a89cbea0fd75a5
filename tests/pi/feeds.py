# SPDX-License-Identifier: MIT
"""What the tests on the emulated Pi read and watch for: a feed before and after two stories."""

import email.utils
from xml.sax.saxutils import escape

KEYWORDS = """[feeds]
http://127.0.0.1/feed.xml @wire

[bulletin]
cyber attack*

[urgent]
EU + crisis response

[routine]
ferry timetable
"""

# Name, title, text, age in minutes. The words of the last two are those the lamps are there for.
OLD = (
    ("harbour", "Harbour reopens after storm", "Ferries run again from noon.", 600),
    ("choir", "City choir looks for basses", "No audition, says the choir master.", 420),
)
ATTACK = ("attack", "EU and NATO offer Ukraine help after cyber attack",
          "Experts are ready to travel, both organisations said, after government sites went dark.", 4)
CRISIS = ("crisis", "EU plans crisis response system against hybrid attacks",
          "The plan also covers attacks in cyberspace and in space, ministers said.", 2)

FERRY = ("ferry", "New ferry timetable for winter", "Two boats a day, the harbour office says.", 3)
# Others of its kind, and yet other stories.
BREAD = ("bread", "Baker prints ferry timetable on paper bags", "Five thousand loaves so far.", 3)
CAPTAIN = ("captain", "Captain recites ferry timetable by heart at school fair", "Children applauded.", 3)


def rss(stories, now):
    items = "".join(
        f"<item><guid isPermaLink=\"false\">wire-{name}</guid><title>{escape(title)}</title>"
        f"<link>http://127.0.0.1/story/{name}</link><description>{escape(text)}</description>"
        f"<pubDate>{email.utils.formatdate(now - age_min * 60)}</pubDate></item>\n"
        for name, title, text, age_min in stories)
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>"
            "<title>The wire</title><link>http://127.0.0.1/</link>"
            f"<description>Stories for the bell</description>\n{items}</channel></rss>\n")


def documents(now):
    """What httpd can serve, by file name; the test publishes by copying one to feed.xml."""
    return {"old.xml": rss(OLD, now), "crisis.xml": rss((CRISIS, *OLD), now),
            "ferry.xml": rss((FERRY, *OLD), now), "bread.xml": rss((BREAD, *OLD), now),
            "captain.xml": rss((CAPTAIN, *OLD), now),
            "attack.xml": rss((ATTACK, *OLD), now), "both.xml": rss((CRISIS, ATTACK, *OLD), now)}
