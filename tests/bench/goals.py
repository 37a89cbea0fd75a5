#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The goals for what wirebell may cost, our figures and other programs' on the same work, measured
in one run: a table, and a picture of it.

    goals.py BUILD_DIR [--plot FILE] [--only GOAL,...]

Counts (instructions, bytes, wakeups, memory) repeat from run to run; times are of this machine, the
least of several where they are ours, and mean something beside each other only. Other programs are
measured where they are installed and named where they are not; each does its own work: a reader of
feeds that keeps nothing reads all of a feed again where we know it. Each figure is from the
benchmark of its name in this folder, which tells more. Takes some minutes.
"""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
import blink  # noqa: E402
import card  # noqa: E402
import edge  # noqa: E402
import fetching  # noqa: E402
import idle  # noqa: E402
import matcher  # noqa: E402
import peers  # noqa: E402
import reading  # noqa: E402
import start  # noqa: E402
from authority import Authority  # noqa: E402
from nginx import Nginx, find  # noqa: E402

IDLE_ROUNDS = 20
PEER_SECONDS = 20  # for each text that is searched
TEXT_BYTES = 2000000


@dataclasses.dataclass
class Figure:
    """One line of the table: what was measured, what it may be (None: for comparison only), ours, and
    others' as (name, value or None, where it was not measured why)."""

    goal: int
    what: str
    limit: float
    ours: float
    peers: list = dataclasses.field(default_factory=list)
    is_plotted: bool = False

    @property
    def verdict(self):
        if self.limit is None:
            return ""
        if self.ours <= self.limit:
            return "met"
        return f"missed by {(self.ours / self.limit - 1) * 100:.0f} %" if self.limit else "missed"


def beside(figures, unit=1):
    """Others' figures, (name, value or None), in units of so much."""
    return [(name, None, "not installed") if value is None else (name, value / unit, "")
            for name, value in figures]


class NotMeasured(Exception):
    """Something that is needed is not installed."""


def need(program, package):
    if not shutil.which(program):
        raise NotMeasured(f"{program} is needed: apt install {package}")


@contextlib.contextmanager
def a_place():
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        yield pathlib.Path(folder)


@contextlib.contextmanager
def environment_of_the_unit():
    before, mask = dict(os.environ), os.umask(0o022)
    try:
        idle.as_the_unit_does()
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        os.umask(mask)


# --- the goals, in the order they are measured ---------------------------------------------------


def reading_goals(build):
    """1 to 4."""
    need("valgrind", "valgrind")
    with a_place() as place:
        bodies = reading.place_bodies(place, random.Random("wirebell"))
        f100 = bodies[:1]
        readers = beside((name, cost) for name, _, cost, _ in
                         reading.peer_costs(place, f100, place / "f0", has_heap=False))
        kept = [peer for peer in readers if peer[0] in ("sfeed", "python feedparser")]
        for goal, what, how, limit, others in (
                (1, "a body that did not change", ["unchanged"], 1, []),
                (2, "2 of 100 items new, and matched", ["news", place / "rules"], 8, kept),
                (3, "a first read", ["full"], 110, readers)):
            for body in bodies:
                is_small = body in f100
                yield Figure(goal, f"{what}, {body.name}: instructions a byte", limit,
                             reading.our_cost(build, place, body, *how), others if is_small else [],
                             is_small)
        for body in bodies:
            heap, most = reading.our_heap_kb(build, place, body)
            yield Figure(3, f"a first read, {body.name}: heap, KB", most, heap)
        costs = list(reading.hostile_costs(build, place))
        seconds, grown = (max(cost[column] for cost in costs) for column in (2, 3))
        yield Figure(4, f"the worst of {len(costs)} hostile bodies: s of processor time", 1, seconds,
                     peers.hostile(place / "hostile"), True)
        yield Figure(4, f"the worst of {len(costs)} hostile bodies: MB", 8, grown)


def matcher_goals(build):
    """5."""
    need("valgrind", "valgrind")
    matcher.PEER_SECONDS = PEER_SECONDS
    with a_place() as place:
        for rules in 10, 1000, 100000:
            ready, beside, read, _, speed = matcher.figures(build, "word", rules, TEXT_BYTES)
            cost = matcher.scanning(build, place, "word", rules, TEXT_BYTES) / read
            yield Figure(5, f"matching, {rules:,} rules: instructions a byte", 35, cost, [],
                         rules == 100000)
            if rules < 100000:
                others = [(name.split()[0], *matcher.peer_figures(build, place, name, rules, TEXT_BYTES))
                          for name in matcher.PEERS]
                yield Figure(5, f"matching, {rules:,} rules: MB/s, more is better", None, speed, others)
        yield Figure(5, "100,000 rules: bytes a rule beside its text", 24, beside)
        yield Figure(5, "100,000 rules: ready after ms", 50, ready)


def idle_goals(build):
    """6, and 9 at rest."""
    with environment_of_the_unit():
        (_, first), (_, later), (_, wakeups) = idle.measure(build, IDLE_ROUNDS)
        libraries = idle.libraries_kb(build)
    with a_place() as place:
        others = list(peers.idle(place))
    memory = beside((name, kb) for name, kb, _ in others)
    rest = beside((name, woken) for name, _, woken in others if name != peers.CURL)
    first, later = sum(first.values()), sum(later.values())
    yield Figure(6, "idle, 100 feeds, 1,000 rules: private KB", 400, first, memory, True)
    yield Figure(6, f"the same after {IDLE_ROUNDS * idle.FEEDS:,} more polls, KB", 400, later,
                 beside([("its libraries alone", libraries)]))
    yield Figure(9, "idle: wakeups in 10 s", 0, wakeups, rest, True)


def blink_goals(build):
    """9, blinking."""
    name, _, edges, _ = level = blink.LEVELS[-1]
    rate, _ = blink.measure_level(build, blink.serve(), level, 10)
    python, blinks = peers.blinking(edges, 10)
    others = beside([(python, None if blinks is None else max(0, round(blinks - edges, 1)))])
    yield Figure(9, f"{name}, blinking: wakeups a second beyond its {edges} edges", 0.5,
                 max(0, round(rate - edges, 1)), others)


def start_goals(build):
    """7."""
    need("valgrind", "valgrind")
    for name, feeds, rules, has_run in start.CASES:
        with a_place() as place:
            (place / "keywords").write_text(start.keywords(feeds, rules))
            if has_run:
                start.start(build, place)
            is_usual = (name, feeds, rules, has_run) == start.CASES[1]
            others = beside(((f"{peer}, start", count) for peer, count in
                             (peers.start(place, feeds) if is_usual else [])), 1e6)
            yield Figure(7, f"start, {name}: million instructions", start.LIMIT / 1e6,
                         start.instructions(build, place) / 1e6, others, is_usual)


def fetching_goals(build):
    """8."""
    program = find()
    if not program:
        raise NotMeasured("nginx is needed: apt install nginx-light")
    with a_place() as place:
        (place / "authority").mkdir()
        authority = Authority(place / "authority").found()
        more = fetching.ONE_FILE.replace("gzip_static on", "gzip_static off")
        with Nginx(program, place, authority.certificate("127.0.0.1"), False, False, more,
                   is_logging=False) as server:
            body = reading.feed(random.Random("wirebell"), 64)
            fetching.place_feed(server, body)
            urls = [server.url(f"/{number}") for number in range(fetching.FEEDS)]
            etag, _ = fetching.remembered(build, urls[0], authority.env)
            known = ["-H", f"If-None-Match: {etag[1]}"]
            for what, status, curl, has_aria2 in (
                    ("304", "304", known, False),
                    ("68 KB, unchanged", "200", [], True)):
                others = [("curl", int(fetching.curl_cost(place, urls, authority, *curl))
                           if shutil.which("curl") else None)]
                if has_aria2:
                    others.append(("aria2c", int(fetching.aria2_cost(place, urls, authority))
                                   if shutil.which("aria2c") else None))
                costs = fetching.daemon_round(build, place, authority, body, fetching.HOSTS, status)
                others.insert(0, ("its HTTP library alone, in the same seconds", costs.alone))
                goal_us = fetching.GOAL_US[status]
                # A time alone says as much of the machine, and of the hour, as of the program.
                yield Figure(8, f"HTTPS, {what}: us a feed ({goal_us} where it was set)", None,
                             int(costs.together), beside(others))
                yield Figure(8, f"HTTPS, {what}: times its library alone",
                             fetching.times_alone_goal(status), costs.times_alone, [], True)


def card_goals(build):
    """10."""
    need("strace", "strace")
    rounds = {what: written for what, written, _ in card.measure(build)}
    nothing, news = rounds["5 rounds, nothing new"], rounds["a round, 50 new items, none rings"]
    with a_place() as place:
        others = list(peers.news(place, 50))
    yield Figure(10, "nothing new: bytes written", 0, nothing[0],
                 beside((name, same) for name, same, _, _ in others))
    yield Figure(10, "50 new items: KB written", 80, news[0] / 1024,
                 beside(((name, new) for name, _, new, _ in others), 1024), True)
    yield Figure(10, "50 new items: fsyncs", 1, news[1],
                 beside((name, syncs) for name, _, _, syncs in others))


def peer_time_ms(command, takes_path, body):
    """From start to end of a program that reads that body, the least of several runs."""
    times = []
    for _ in range(5):
        with open(body, "rb") as stdin:
            began = time.monotonic()
            subprocess.run([*command, *[body][:takes_path]], stdin=stdin, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)
            times.append((time.monotonic() - began) * 1e3)
    return min(times)


def edge_goals(build):
    """11. Others: the time to read that feed, their program started anew as a timer would."""
    times = edge.times_ms(build)
    others = []
    with a_place() as place:
        body = reading.place_bodies(place, random.Random("wirebell"))[0]
        for name, command, takes_path, _, _ in reading.PEERS[2:]:
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                others.append((f"{name}, reading only", peer_time_ms(command, takes_path, body), ""))
    yield Figure(11, "from last byte to lamp, f100: ms", edge.LIMIT_MS, min(times), others, True)
    if shutil.which("valgrind"):
        yield Figure(11, "the same: million instructions, both programs", None,
                     sum(edge.instructions(build)) / 1e6)


def size_goals(build):
    """12."""
    others = beside(
        ((name, os.stat(os.path.realpath(path)).st_size if path else None)
         for name in ("newsboat", "curl") for path in [shutil.which(name)]), 1024)
    yield Figure(12, "both programs, stripped: KB", 400, sum(idle.sizes_kb(build)), others, True)


GOALS = [(range(1, 5), reading_goals), ([5], matcher_goals), ([6, 9], idle_goals), ([9], blink_goals),
         ([7], start_goals), ([8], fetching_goals), ([10], card_goals), ([11], edge_goals),
         ([12], size_goals)]


# --- the table and the picture -------------------------------------------------------------------


def number(value):
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def print_table(figures, missing):
    print(f"{'':>2}  {'':<66}{'at most':>8}{'wirebell':>10}")
    for figure in sorted(figures, key=lambda figure: figure.goal):
        limit = number(figure.limit) if figure.limit is not None else ""
        print(f"{figure.goal:>2}  {figure.what:<66}{limit:>8}{number(figure.ours):>10}  {figure.verdict}")
        for name, value, why in figure.peers:
            said = why if value is None else number(value)
            print(f"{'':>4}  {name:<64}{'':>8}{said:>10}".rstrip() if value is not None
                  else f"{'':>4}  {name}: {said}")
    for name, why in missing:
        print(f"{name} not measured: {why}")


PLOT = """
set terminal {terminal} size 900,{height} font "Helvetica,13" background "#ffffff"
set output "{path}"
set title "What was measured, as a share of the goal (1; less is better)" font "Helvetica,15"
set logscale x
set xrange [0.02:500]
set yrange [{bottom}:0.5]
set format x "%g"
set lmargin 47
set rmargin 16
set grid x y lc rgb "#dddddd" lt 1
set border 1 lc rgb "#666666"
set tics nomirror textcolor rgb "#222222"
set ytics scale 0
unset key
set bmargin 5
set arrow from 1,graph 0 to 1,graph 1 nohead lw 2 lc rgb "#333333"
{labels}
plot {points}
"""
TEXT = {True: "#222222", False: "#b03020"}
MARKS = {"wirebell": 'pt 7 ps 1.6 lc rgb "#1f5fa8"', "sfeed": 'pt 5 ps 1 lc rgb "#c0504d"',
         "feedparser": 'pt 9 ps 1.2 lc rgb "#d07a10"', "newsboat": 'pt 13 ps 1.3 lc rgb "#7f6084"',
         "curl": 'pt 11 ps 1.2 lc rgb "#3f8f3f"'}


def share(value, limit):
    """Of zero only zero is right; it stands at the edge of the picture."""
    return max(value / limit, 0.02) if limit else 0.02 if value == 0 else 500


def plot(figures, path):
    """One row for each goal: ours as a share of what it may be, and the others' where their work is the
    same."""
    shown = sorted((figure for figure in figures if figure.is_plotted), key=lambda figure: figure.goal)
    marks, tics, labels = {name: [] for name in MARKS}, [], []
    for place, name in enumerate(MARKS):
        labels.append(f'set label "{name}" at screen {0.2 + 0.14 * place}, screen 0.04 offset 1.5,0 '
                      f'point {MARKS[name]}')
    for row, figure in enumerate(shown):
        what = figure.what.replace("instructions a byte", "Ir/byte").replace("million instructions", "M Ir")
        tics.append(f'"{figure.goal}  {what}" {-row}')
        labels.append(f'set label "{number(figure.ours)} of {number(figure.limit)}" '
                      f'at graph 1.01, first {-row} textcolor rgb "{TEXT[figure.verdict == "met"]}"')
        for name, points in marks.items():
            points += [f"{share(value, figure.limit)} {-row}"
                       for peer, value, _ in [*figure.peers, ("wirebell", figure.ours, "")]
                       if name in peer and value is not None]
    blocks = {name: points for name, points in marks.items() if points}
    data = "".join(f"${name} << E\n" + "\n".join(points) + "\nE\n" for name, points in blocks.items())
    script = data + f"set ytics ({', '.join(tics)})\n" + PLOT.format(
        terminal="pngcairo" if path.suffix == ".png" else "svg", height=120 + 28 * len(shown), path=path,
        bottom=0.5 - len(shown), labels="\n".join(labels),
        points=", ".join(f'${name} using 1:2 with points {MARKS[name]} ' for name in blocks))
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    if path.suffix != ".png":
        drawn = path.read_text()
        path.write_text(drawn.replace("<svg", "<!-- SPDX-License-Identifier: MIT -->\n<svg", 1))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--plot", type=pathlib.Path, metavar="FILE.svg|FILE.png")
    arguments.add_argument("--only", metavar="GOAL,...")
    options = arguments.parse_args()
    build = options.build.resolve()
    if options.plot:
        need("gnuplot", "gnuplot-nox")
    wanted = set(map(int, options.only.split(","))) if options.only else set(range(1, 13))
    figures, missing, began = [], [], time.monotonic()
    for goals, measure in GOALS:
        if not wanted & set(goals):
            continue
        print(f"{time.monotonic() - began:4.0f} s: {measure.__name__.replace('_', ' ')}", file=sys.stderr)
        try:
            figures += measure(build)
        except (NotMeasured, AssertionError, OSError, subprocess.SubprocessError) as why:
            missing.append((", ".join(map(str, goals)), why))  # the others are worth having
    print_table([figure for figure in figures if figure.goal in wanted], missing)
    if options.plot:
        plot(figures, options.plot)
    return 0 if all(figure.verdict in ("", "met") for figure in figures) and not missing else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotMeasured as why:
        sys.exit(f"goals.py: {why}")
