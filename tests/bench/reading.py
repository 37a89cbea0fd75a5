#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What reading a feed costs, beside other readers and parsers on the same bytes.

    reading.py BUILD_DIR [SEED]

Goals (PERFORMANCE): 1, a body that did not change: at most 1 instruction a byte; 2, 100 items of
which 2 are new, from the body's bytes to matches by 1,000 rules: at most 8; 3, a full first read:
at most 110, and the parser's heap at most 64 KB and twice the largest field; 4, a hostile body of
5 MB: at most 1 s of processor time and 8 MB beside the body.

Instructions are counted by callgrind, heap (peak) by massif. Ours: inside one look, heap without
the body and the stories that come out. Peers: the whole process, less what it takes for a feed
without items; their heap holds what they keep of the body, and "-" is what massif cannot see. A
peer's work is its own: xmlwf and xmllint only parse, sfeed prints lines, feedparser makes objects.
"""

import functools
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

BENCH = "tests/bench_feed"
HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        "<title>Wire</title><link>https://wire.example/</link><description>All of it</description>\n")
TAIL = "</channel></rss>\n"
HOSTILE_SIZE = 5 << 20
FEEDPARSER = "import sys, feedparser; feedparser.parse(open(sys.argv[1], 'rb').read())"
# Name; command; whether it takes the path or reads standard input; whether it is too slow for the
# large feed; how to find out that it is there.
PEERS = [
    ("xmllint --sax (libxml2)", ["xmllint", "--sax", "--noout", "--huge"], True, False,
     ["--version"]),
    ("xmlwf (expat)", ["xmlwf"], True, False, ["-v"]),
    ("sfeed", ["sfeed"], False, False, []),
    ("python feedparser", ["/usr/bin/python3", "-c", FEEDPARSER], True, True,
     ["-c", "import feedparser"]),
]


def words(rng, count):
    return " ".join(rng.choices(vocabulary(), k=count))


@functools.lru_cache
def vocabulary():
    rng = random.Random("vocabulary")
    return tuple("".join(rng.choices("etaoinshrdlucmfw", k=rng.randint(2, 9))) for _ in range(4000))


def feed(rng, items):
    """An RSS 2.0 feed, about 1,070 bytes an item, its text as HTML in CDATA."""
    parts = [HEAD]
    for number in range(items):
        text = (f"<p>{words(rng, 35)}.</p>\n<p><a href=\"https://wire.example/{number}\">"
                f"{words(rng, 3)}</a> {words(rng, 40)} &amp; {words(rng, 20)}.</p>"
                f"<img src=\"https://img.example/{rng.randrange(1 << 32):08x}.jpg\" alt=\"\"/>")
        parts.append(
            f"<item><title>{words(rng, 9)}</title><link>https://wire.example/{number}</link>"
            f"<guid isPermaLink=\"false\">{rng.randrange(1 << 64):016x}</guid>"
            f"<pubDate>Sun, 22 Nov 2026 {number // 60 % 24:02}:{number % 60:02}:00 GMT</pubDate>"
            f"<category>{words(rng, 1)}</category>"
            f"<description><![CDATA[{text}]]></description></item>\n")
    return "".join([*parts, TAIL])


def keywords(rng, count):
    """Rules of words and phrases; one in ten has words that the feeds have."""
    lines = [words(rng, 3) if number % 10 == 0 else f"zq{number} {words(rng, 1)}"
             for number in range(count)]
    return "[feeds]\nhttps://wire.example/feed\n[bulletin]\n" + "\n".join(lines) + "\n"


def hostile():
    """Bodies of 5 MB made to hurt, by name."""
    def item(text):
        return HEAD + "<item><title>T</title>" + text + "</item>" + TAIL

    def fill(piece, size=HOSTILE_SIZE):
        return piece * (size // len(piece))

    attributes = "".join(f" a{number}=''" for number in range(HOSTILE_SIZE // 10))
    short = "<x" + "".join(f" a{number}=''" for number in range(1700)) + ">"
    laughs = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    doctype = f"<!DOCTYPE rss [<!ENTITY e0 'ha'>{laughs}]>"
    return {
        "attributes, one element": item(f"<x{attributes}>"),
        "attributes, each tag as long as is read": item(fill(short)),
        "depth": item(fill("<a>")),
        "entities within entities": item(fill("&e9;")).replace("<rss", doctype + "<rss"),
        "references in one field": item(f"<description>{fill('&lt;b&gt;')}</description>"),
        "one giant field": item(f"<description>{fill('word ')}</description>"),
        "one giant CDATA section": item(f"<description><![CDATA[{fill('<p>x')}]]></description>"),
        "items that do not end": HEAD + fill("<item>"),
        "fields that do not end": item(fill("<title>")),
        "CDATA sections that do not end": item(fill("<![CDATA[")),
        "comments that do not end": item(fill("<!--")),
        "nothing but <": fill("<"),
    }


# --- measuring --------------------------------------------------------------------------------


def valgrind(tool, command, body):
    """Runs a command under a tool of valgrind, the body being its standard input too."""
    with open(body, "rb") as stdin:
        done = subprocess.run(["valgrind", *tool, *command], text=True, check=False, stdin=stdin,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def instructions(place, command, body, *toggle):
    said = valgrind(["--tool=callgrind", f"--callgrind-out-file={place}/callgrind", *toggle],
                    command, body)
    return int(re.search(r"Collected : (\d+)", said).group(1))


def heap_kb(place, command, body):
    """The largest heap; of ours without what reads the body and what keeps the stories."""
    ignored = [f"--ignore-fn={name}" for name in ("arena_alloc", "add_block", "read_file")]
    valgrind(["--tool=massif", f"--massif-out-file={place}/massif", "--peak-inaccuracy=0.0",
              *ignored], command, body)
    return max(map(int, re.findall(r"mem_heap_B=(\d+)", (place / "massif").read_text()))) >> 10


def row(goal, what, where, cost, memory="", limit=""):
    print(f"{goal:<5}{what:<40}{where:<7}{cost:>9}{memory:>9}  {limit}", flush=True)


def our_cost(build, place, body, how, *more):
    """Instructions a byte of one look; how and what more is as bench_feed takes it."""
    count = instructions(place, [build / BENCH, body, how, *more], body,
                         "--toggle-collect=look_and_match")
    return count / body.stat().st_size


def our_heap_kb(build, place, body):
    """Of a first look; and what it may be."""
    field_kb = max(map(len, re.findall(rb">([^]]*)", body.read_bytes()))) >> 10
    return heap_kb(place, [build / BENCH, body, "full"], body), 64 + 2 * field_kb


def our_rows(build, place, bodies, rules):
    def cost(*what):
        return f"{our_cost(build, place, *what):.2f}"

    for body in bodies:
        row(1, "wirebell, unchanged", body.name, cost(body, "unchanged"), "", "1")
    for body in bodies:
        row(2, "wirebell, 2 items new, and matched", body.name, cost(body, "news", rules), "", "8")
    for body in bodies:
        heap, most = our_heap_kb(build, place, body)
        row(3, "wirebell, all items new", body.name, cost(body, "full"), heap, f"110, {most} KB")


def is_installed(command, probe):
    return shutil.which(command[0]) and subprocess.run(
        [*command[:1], *probe], capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0


def peer_costs(place, bodies, empty, has_heap=True):
    """(name, body, instructions a byte, heap in KB or "-"); a peer that is not here has no body."""
    for name, command, takes_path, is_slow, probe in PEERS:
        if not is_installed(command, probe):
            yield name, None, None, None
            continue
        start = instructions(place, [*command, *[empty][:takes_path]], empty)
        for body in bodies[:1] if is_slow else bodies:
            whole = [*command, *[body][:takes_path]]
            cost = (instructions(place, whole, body) - start) / body.stat().st_size
            yield name, body, cost, heap_kb(place, whole, body) if has_heap and not is_slow else "-"


def peer_rows(place, bodies, empty):
    for name, body, cost, heap in peer_costs(place, bodies, empty):
        if body:
            row("", name, body.name, f"{cost:.1f}", heap)
        else:
            row("", f"{name}: not installed, skipped", "", "")


def hostile_costs(build, place):
    """(name, outcome, seconds of processor time, MB) of each hostile body."""
    for name, text in hostile().items():
        body = place / "hostile"
        body.write_text(text, encoding="utf-8")
        done = subprocess.run([build / BENCH, body, "full"], text=True, capture_output=True,
                              check=True)
        seconds, grown = re.search(r"([\d.]+) s, ([\d.]+) MB", done.stdout).groups()
        yield name, done.stdout.split(":", 1)[0], float(seconds), float(grown)


def hostile_rows(build, place):
    print(f"\n{'goal':<5}{'wirebell, a hostile body of 5 MB':<47}{'CPU s':>9}{'MB':>9}  at most")
    for name, outcome, seconds, grown in hostile_costs(build, place):
        print(f"{4:<5}{f'{name} ({outcome})':<47}{seconds:>9}{grown:>9}  1 s, 8 MB", flush=True)


def place_bodies(place, rng):
    """The feeds without items, of 100 and of 5000, and the rules, as files; the feeds with items."""
    for name, items in ("f0", 0), ("f100", 100), ("f5000", 5000):
        (place / name).write_text(feed(rng, items), encoding="utf-8")
    (place / "rules").write_text(keywords(rng, 1000), encoding="utf-8")
    return [place / "f100", place / "f5000"]


def main():
    if not shutil.which("valgrind"):
        sys.exit("reading.py: valgrind is needed: apt install valgrind")
    build = pathlib.Path(sys.argv[1]).resolve()
    rng = random.Random(sys.argv[2] if len(sys.argv) > 2 else "wirebell")
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        place = pathlib.Path(folder)
        bodies = place_bodies(place, rng)
        for body in bodies:
            print(f"{body.name}: {body.stat().st_size} bytes", end="  ")
        print(f"\n\n{'goal':<5}{'':<40}{'':<7}{'Ir/byte':>9}{'heap KB':>9}  at most")
        our_rows(build, place, bodies, place / "rules")
        peer_rows(place, bodies, place / "f0")
        hostile_rows(build, place)


if __name__ == "__main__":
    main()
