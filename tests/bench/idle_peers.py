# SPDX-License-Identifier: MIT
"""Private memory of other programs that could stand in for parts of wirebell, idle after they have
fetched one feed over HTTP: for goals.py. Each is as Debian has it and does only that; a bell made of
them would need more. HTTPS would cost them more, too."""

import contextlib
import os
import pty
import shutil
import socket
import subprocess
import time

from idle import private_dirty_kb, serve

SYSTEM_PYTHON = "/usr/bin/python3"
FEEDPARSER = """
import sys, time, feedparser
feedparser.parse(sys.argv[1])
if sys.argv[2] == "gpiozero":
    import gpiozero
    lamp = gpiozero.LED(17)
time.sleep(600)
"""


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the peer does not ask"
        time.sleep(0.05)


@contextlib.contextmanager
def running(server, command, **options):
    """The program, once it has had its feed and a second to put it away."""
    asked = server.asked
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)
    try:
        wait_until(lambda: server.asked > asked)
        time.sleep(2)
        yield process
    finally:
        process.kill()
        process.wait()


def kb_of(server, command, **options):
    with running(server, command, **options) as process:
        return sum(private_dirty_kb(process.pid).values())


def curl_kb(server, url, place):
    """With a second address that does not answer, so that it stays."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        return kb_of(server, ["curl", "-q", "-s", "-o", place / "1", url, "-o", place / "2",
                              f"http://127.0.0.1:{silent.getsockname()[1]}/"],
                     stdin=subprocess.DEVNULL)


def newsboat_kb(server, url, place):
    (place / "urls").write_text(url + "\n")
    (place / "config").write_text("")
    master, terminal = pty.openpty()
    try:
        return kb_of(server, ["newsboat", "-r", "-u", place / "urls", "-c", place / "cache", "-C",
                              place / "config"], stdin=terminal, stdout=terminal,
                     env={**os.environ, "HOME": str(place), "TERM": "xterm"})
    finally:
        os.close(master)
        os.close(terminal)


def has_module(name):
    return subprocess.run([SYSTEM_PYTHON, "-c", f"import {name}"], capture_output=True,
                          check=False).returncode == 0


def python_kb(server, url, what):
    return kb_of(server, [SYSTEM_PYTHON, "-c", FEEDPARSER, url, what],
                 stdin=subprocess.DEVNULL, env={**os.environ, "GPIOZERO_PIN_FACTORY": "mock"})


def measure(place):
    """(name, KB or None where it is not installed) of each."""
    server = serve()
    url = f"http://127.0.0.1:{server.server_port}/feed"
    try:
        has_feedparser, has_gpiozero = has_module("feedparser"), has_module("gpiozero")
        yield "feedparser + gpiozero", (python_kb(server, url, "gpiozero")
                                        if has_feedparser and has_gpiozero else None)
        if has_feedparser and not has_gpiozero:
            yield "feedparser", python_kb(server, url, "")
        yield "newsboat", newsboat_kb(server, url, place) if shutil.which("newsboat") else None
        yield "curl", curl_kb(server, url, place) if shutil.which("curl") else None
    finally:
        server.shutdown()
