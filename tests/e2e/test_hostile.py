# SPDX-License-Identifier: MIT
"""Servers that mean harm: each attack has an outcome with a name, and a price that is bounded.

What the reader spends on an attack is that of the process and what it waited for: processor time,
and the largest memory.
"""

import gzip
import itertools
import json
import subprocess
import sys
import time
import zlib

import pytest
from bell import Bell
from conftest import BUILD, clean_environment
from feed_server import Answer, rss
from sim_clock import SimClock

MIB = 1 << 20
# The reader may hold a body at its cap twice while that grows; with sanitizers, many times.
IS_SANITIZED = b"__asan_init" in (BUILD / "libexec/wirebell/wirebell-reader").read_bytes()
MEMORY_MAX_KB = (512 if IS_SANITIZED else 80) << 10
CPU_MAX_S = 20 if IS_SANITIZED else 4
BODY_SIZE = (1 if IS_SANITIZED else 5) * MIB


# A small process between us and what is weighed: a process that was started counts what its parent
# held at that moment as its own, and this one holds megabytes of attacks.
WEIGH = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def ask_and_weigh(*args):
    """The readings, in any order; the processor time of caller and reader; the memory of the larger."""
    done = subprocess.run([sys.executable, "-c", WEIGH, BUILD / "tests/ask_reader", *args],
                          stdout=subprocess.PIPE, env=clean_environment(), check=True)
    *readings, (code, cpu_s, memory_kb) = map(json.loads, done.stdout.splitlines())
    assert code == 0
    return readings, cpu_s, memory_kb


def zeros_packed(size):
    """So many zero bytes as gzip has them, made from one packed MB that is sent over and over."""
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + again * (size // MIB - 1)


def within(text):
    """A feed of BODY_SIZE that is one item with this over and over."""
    fill = text * (BODY_SIZE // len(text))
    return b"<rss version='2.0'><channel><item><title>T</title>" + fill + b"</item></channel></rss>"


def laughing():
    """Entities of entities of entities, and an item that is full of them."""
    levels = b"".join(b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    return b"<!DOCTYPE rss [<!ENTITY e0 'ha'>" + levels + b"]>" + within(b"&e9;")


def forever(start, piece):
    return itertools.chain([start], itertools.repeat(piece * 100))


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FEED = rss("fine")

# Each attack with the outcomes it may have.
ATTACKS = {
    "1 GB in 1 MB of gzip": (
        lambda: Answer(zeros_packed(1 << 30), headers={"Content-Encoding": "gzip"}), "too-big"),
    "a bomb in a bomb": (
        lambda: Answer(gzip.compress(zeros_packed(1 << 30)),
                       headers={"Content-Encoding": ["gzip", "gzip"]}), "too-big"),
    "headers without end": (lambda: Answer(raw=forever(OK, b"X-Pad: aaaa\r\n")), "too-big"),
    "a header without end": (lambda: Answer(raw=forever(OK + b"X-Pad: ", b"aaaa")), "too-big"),
    "interim answers without end": (
        lambda: Answer(raw=forever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")), "too-big"),
    "a status line without end": (lambda: Answer(raw=forever(OK[:-2], b"aaaa")), "too-big"),
    "chunks without end": (lambda: Answer(raw=forever(CHUNKED, b"5\r\n<item\r\n")), "too-big"),
    "trailers without end": (
        lambda: Answer(raw=forever(CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(FEED), FEED), b"X: a\r\n")),
        "too-big"),
    "a chunk size without end": (lambda: Answer(raw=forever(CHUNKED, b"0000")), "unreachable"),
    "a body without end behind a redirect": (
        lambda: Answer(itertools.repeat(b"a" * 9999), status=302, headers={"Location": "/there"}),
        "too-big"),
    "a length that is no length": (
        lambda: Answer(FEED, headers={"Content-Length": "9" * 60}), "too-big unreachable http-error"),
    "a length below nothing": (
        lambda: Answer(FEED, headers={"Content-Length": "-5"}), "http-error unreachable empty ok"),
    "NULs in a header": (
        lambda: Answer(raw=OK + b"X: a\0b\r\nContent-Length: 5\r\n\r\nhello"), "http-error not-a-feed"),
    "attributes": (lambda: Answer(within(b"<x" + b" a=''" * 300 + b">")), "ok partial"),
    "one element of attributes": (lambda: Answer(within(b"<x " + b"a='' " * (MIB // 5))), "ok partial"),
    "depth": (lambda: Answer(within(b"<a>")), "ok partial"),
    "entities of entities": (lambda: Answer(laughing()), "ok partial"),
    "one giant field": (
        lambda: Answer(within(b"<description>" + b"word " * (BODY_SIZE // 5))), "ok partial"),
    "items that never end": (lambda: Answer(within(b"<item>")), "partial"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_has_its_outcome_and_a_bounded_price(feed_server, name):
    make, outcomes = ATTACKS[name]
    attack = feed_server.script("/attack", make())
    feed_server.script("/there", FEED)
    good = feed_server.script("/good", FEED)
    readings, cpu_s, memory_kb = ask_and_weigh(attack, good)
    by_url = {reading["url"]: reading for reading in readings}
    assert by_url[good]["outcome"] == "ok"
    assert by_url[attack]["outcome"] in outcomes.split(), by_url[attack]["detail"]
    assert by_url[attack]["detail"] or by_url[attack]["outcome"] == "ok"
    assert cpu_s < CPU_MAX_S and memory_kb < MEMORY_MAX_KB


def test_row_29_servers_that_send_a_byte_a_second_or_never_end_are_given_up_and_hold_nobody_up(feed_server):
    drips = [
        feed_server.script("/body", Answer(rss("x" * 5000), drip_s=1)),
        feed_server.script("/chunks", Answer(slowly(b"<", b"a"))),
        feed_server.script("/head", Answer(raw=slowly(OK, b"X"))),
        feed_server.script("/sizes", Answer(raw=slowly(CHUNKED + b"5;", b"x"))),
    ]
    # Fast enough to be no drip, and never done: the limit on the whole fetch ends it.
    drips.append(feed_server.script("/steady", Answer(slowly(b"<", b"a" * 500))))
    good = [feed_server.script(f"/good/{number}", FEED) for number in range(20)]
    started = time.monotonic()
    readings, cpu_s, memory_kb = ask_and_weigh(*drips, *good)
    assert time.monotonic() - started > 55  # and not without end, or it were not here
    assert [reading["outcome"] for reading in readings[:20]] == ["ok"] * 20  # as they came
    assert [reading["outcome"] for reading in readings[20:]] == ["timed-out"] * 5
    assert cpu_s < CPU_MAX_S and memory_kb < MEMORY_MAX_KB


def slowly(start, piece):
    """Bytes that come one piece a second."""
    yield start
    while True:
        time.sleep(1)
        yield piece


# --- what the configuration says cannot become more than one header or request ------------------


@pytest.mark.parametrize("agent", ["Mine\r\nX-Smuggled: 1", "Mine\nX-Smuggled: 1", "a\rb", "a\x01b", "a\x7f"])
def test_a_user_agent_that_would_be_more_than_one_header_is_not_sent(ask, feed_server, agent):
    (reading,) = ask("--user-agent", agent, feed_server.script("/feed", FEED))
    (request,) = feed_server.requests()
    assert reading["outcome"] == "ok"
    assert request.header("User-Agent").startswith("wirebell/") and not request.header("X-Smuggled")


@pytest.mark.parametrize("option, header", [("--etag", "If-None-Match"),
                                            ("--last-modified", "If-Modified-Since")])
def test_a_validator_that_would_be_more_than_one_header_is_not_sent(ask, feed_server, option, header):
    ask(option, '"a"\r\nX-Smuggled: 1', feed_server.script("/feed", FEED))
    (request,) = feed_server.requests()
    assert request.header(header) is None and request.header("X-Smuggled") is None


@pytest.mark.parametrize("tail", ["/feed HTTP/1.1\r\nX-Smuggled: 1", "/feed\nX: 1", "/\r", "/a\tb", "/a\x7fb"])
def test_an_address_that_would_be_more_than_one_line_is_not_asked(ask, feed_server, tail):
    (reading,) = ask(feed_server.url(tail))
    assert reading["outcome"] in ("bad-url", "http-error")
    assert all("\r" not in r.path and r.header("X-Smuggled") is None for r in feed_server.requests())


def test_escaped_line_ends_stay_escaped(ask, feed_server):
    path = "/feed%0d%0aX-Smuggled:%201?a=%0A"
    assert ask(feed_server.script(path, FEED))[0]["outcome"] == "ok"
    assert feed_server.requests(path)[0].header("X-Smuggled") is None


def test_a_redirect_cannot_smuggle_a_header_in(ask, feed_server):
    feed_server.script("/there", FEED)
    location = b"Location: /there?\rX-Smuggled:\t1\r\nContent-Length: 0\r\n\r\n"
    ask(feed_server.script("/feed", Answer(raw=b"HTTP/1.1 302 Found\r\n" + location)))
    assert all(request.header("X-Smuggled") is None for request in feed_server.requests())


def test_controls_in_the_keywords_file_reach_no_server(feed_server, tmp_path):
    url = feed_server.script("/feed", FEED)
    keywords = tmp_path / "keywords"
    keywords.write_bytes(f'[feeds]\n{url} agent="Mine\rX-Smuggled: 1"\n[urgent]\nword\n'.encode())
    clock = SimClock(tmp_path / "clock")
    with Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock) as running:
        running.wait_for("watching")
        running.poll()
        clock.advance(3)
    assert running.count("keywords:2:.*: error: a control character .0x0D. stands here") == 1
    assert feed_server.requests() == []
