# SPDX-License-Identifier: MIT
"""What other programs need that could stand in for parts of wirebell: for goals.py. Each is as Debian
has it and does only that; a bell made of them would need more. Those that poll do so over plain HTTP:
HTTPS would cost them more, too. A figure is None where the program is not installed."""

import contextlib
import os
import pty
import re
import shutil
import socket
import subprocess
import time

import card
import reading
from idle import private_dirty_kb, serve, switches, wait_until

SYSTEM_PYTHON = "/usr/bin/python3"
# A bell in Python, as one writes it first: what it imports, one poll, one lamp.
BELL = """
import sys, time, feedparser
import gpiozero
lamp = gpiozero.LED(17)
if sys.argv[1] == "poll":
    feedparser.parse(sys.argv[2])
if sys.argv[1] == "blink":
    lamp.blink(float(sys.argv[2]), float(sys.argv[2]))
if sys.argv[1] != "start":
    time.sleep(600)
"""
IDLE_S = 10
HOSTILE_S = 20  # a peer that needs longer is ended
NEWSBOAT, PYTHON, SFEED, CURL = "newsboat", "feedparser + gpiozero", "sfeed_update", "curl"


def is_bell_installed():
    return subprocess.run([SYSTEM_PYTHON, "-c", "import feedparser, gpiozero"], capture_output=True,
                          check=False).returncode == 0


def bell(*arguments):
    return [SYSTEM_PYTHON, "-c", BELL, *map(str, arguments)]


def bell_environment():
    return {**os.environ, "GPIOZERO_PIN_FACTORY": "mock"}


def newsboat(place, *arguments):
    return ["newsboat", "-u", place / "urls", "-c", place / "cache", "-C", place / "config", *arguments]


def newsboat_environment(place, urls):
    """Its home and files, for these feeds."""
    (place / "urls").write_text("".join(url + "\n" for url in urls))
    (place / "config").write_text("")
    return {**os.environ, "HOME": str(place), "TERM": "xterm"}


# --- goals 6 and 9: idle after one poll -------------------------------------------------------------


def at_rest(server, command, **options):
    """(private KB, wakeups in 10 s) of a program that has had its feed and a while to put it away."""
    asked = server.asked
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)
    try:
        wait_until(lambda: server.asked > asked, 30, "the peer does not ask")
        time.sleep(2)
        kb = sum(private_dirty_kb(process.pid).values())
        before = switches(process.pid)
        time.sleep(IDLE_S)
        return kb, switches(process.pid) - before
    finally:
        process.kill()
        process.wait()


def newsboat_at_rest(server, url, place):
    master, terminal = pty.openpty()
    try:
        return at_rest(server, newsboat(place, "-r"), stdin=terminal, stdout=terminal,
                       env=newsboat_environment(place, [url]))
    finally:
        os.close(master)
        os.close(terminal)


def curl_at_rest(server, url, place):
    """With a second address that does not answer, so that it stays; then its wakeups mean nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        kb, _ = at_rest(server, ["curl", "-q", "-s", "-o", place / "1", url, "-o", place / "2", silent_url],
                        stdin=subprocess.DEVNULL)
        return kb, None


def idle(place):
    """(name, KB, wakeups in 10 s) of each."""
    server = serve()
    url = f"http://127.0.0.1:{server.server_port}/feed"
    nothing = None, None
    try:
        yield PYTHON, *(at_rest(server, bell("poll", url), stdin=subprocess.DEVNULL, env=bell_environment())
                        if is_bell_installed() else nothing)
        yield NEWSBOAT, *(newsboat_at_rest(server, url, place) if shutil.which("newsboat") else nothing)
        yield CURL, *(curl_at_rest(server, url, place) if shutil.which("curl") else nothing)
    finally:
        server.shutdown()


def blinking(edges_a_second, seconds):
    """(name, wakeups a second) of one lamp that blinks."""
    if not is_bell_installed():
        return PYTHON, None
    with subprocess.Popen(bell("blink", 1 / edges_a_second), env=bell_environment(),
                          stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(3)
        before = switches(process.pid)
        time.sleep(seconds)
        rate = (switches(process.pid) - before) / seconds
        process.kill()
    return PYTHON, rate


# --- goal 7: until it could ring ------------------------------------------------------------------


def instructions(place, command, **options):
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={place}/peer", *command],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True, timeout=300, **options)
    return int(re.search(r"^(?:totals|summary): (\d+)", (place / "peer").read_text(), re.M).group(1))


def start(place, feeds):
    """(name, instructions): the modules of a bell in Python and its lamp, no feed read; newsboat with as
    many feeds that it does not ask, until it has said what is unread."""
    yield PYTHON, (instructions(place, bell("start"), env=bell_environment())
                   if is_bell_installed() else None)
    if not shutil.which("newsboat"):
        yield NEWSBOAT, None
        return
    environment = newsboat_environment(place, [f"http://127.0.0.1:9/{number}" for number in range(feeds)])
    command = newsboat(place, "-x", "print-unread")
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    yield NEWSBOAT, instructions(place, command, env=environment)


# --- goal 10: what is written -----------------------------------------------------------------------


def written(place, command, **options):
    """(bytes, fsyncs) of a program and its children, in files wherever they are."""
    trace = place / "trace"
    subprocess.run(["strace", "-f", "-y", "-s", "0", "-e", f"trace={card.CALLS}", "-o", trace, *command],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True, timeout=60, **options)
    mine = [line for line in trace.read_text().splitlines() if "</" in line and "</dev/" not in line]
    sizes = [int(found.group(2)) for found in map(card.WRITE.search, mine) if found]
    return sum(sizes), sum(bool(card.SYNC.search(line)) for line in mine)


def news(place, fresh):
    """(name, bytes where nothing is new, bytes and fsyncs for so many new items): a first poll of a feed
    of 100 items, a second where nothing is new, a third with news."""
    server = serve()
    url = f"http://127.0.0.1:{server.server_port}/feed"
    server.stories = [(card.story(number), "As it was told.") for number in range(card.SHOWN)]
    rc = place / "sfeedrc"
    rc.write_text(f'sfeedpath="{place}/feeds"\nfeeds() {{\n\tfeed wire {url}\n}}\n')
    peers = [(SFEED, ["sfeed_update", rc], dict(os.environ)),
             (NEWSBOAT, newsboat(place, "-x", "reload"), newsboat_environment(place, [url]))]

    def poll():
        return {name: written(place, command, env=environment) for name, command, environment in peers
                if shutil.which(name)}

    try:
        poll()
        idle_round = poll()
        server.stories = server.stories + [
            (card.story(card.SHOWN + number), "As it was told.") for number in range(fresh)]
        busy_round = poll()
    finally:
        server.shutdown()
    for name, *_ in peers:
        if name in busy_round:
            yield name, idle_round[name][0], *busy_round[name]
        else:
            yield name, None, None, None


# --- goal 4: a hostile body ---------------------------------------------------------------------------


def reading_s(command, takes_path, body):
    """Processor time of a program that reads that body, or gives it up; None where it does not end."""
    before = os.times()
    with open(body, "rb") as stdin, contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run([*command, *[body][:takes_path]], stdin=stdin, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False, timeout=HOSTILE_S)
        after = os.times()
        return (after.children_user - before.children_user +
                after.children_system - before.children_system)
    return None


def hostile(body):
    """(name, seconds for the worst of the hostile bodies, why there is no figure), written to that path
    one after the other."""
    longest, missing = {}, {}
    for name, command, takes_path, _, probe in reading.PEERS:
        if not reading.is_installed(command, probe):
            missing[name] = "not installed"
            continue
        for what, text in reading.hostile().items():
            body.write_text(text, encoding="utf-8")
            seconds = reading_s(command, takes_path, body)
            if seconds is None:
                missing[name] = f"not done after {HOSTILE_S} s: {what}"
                break
            longest[name] = max(longest.get(name, 0), seconds)
    return [(name, None if name in missing else longest[name], missing.get(name, ""))
            for name, *_ in reading.PEERS]
