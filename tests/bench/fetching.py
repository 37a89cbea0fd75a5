#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What fetching costs: a thousand feeds due at once, over HTTPS on loopback, beside other fetchers.

    fetching.py BUILD_DIR

Goal (PERFORMANCE 8): with connections that are kept, at most 100 us of processor time a feed that
answers 304, and 250 us for one that sends 68 KB which did not change, caller and reader together.

The row "kept: together" is the goal: the daemon, the reader and nothing else, in one run. A host is
asked once a second, so the thousand feeds are twenty each of fifty hosts, and a round takes twenty
seconds of bursts: every look pays for the daemon's queues and timers as it would in life. The round
before made the connections; that none was made anew is read from the server's log. "A handshake
each" is the same with a host a feed: each look is a connection, and a TLS handshake most of all.

What such bursts cost on this machine at this time, whoever asks, is told by the row "kept: libcurl
alone": the same requests with nothing around them (bench_fetch), in the same seconds. Where the goals
were set, with no pauses, it took 26 us for a 304 and 117 us for 68 KB: "times libcurl alone" is to be
at most what the goals are of these, and does not depend on how busy the machine is.

The rows above these are the reader alone, on one host, beside other fetchers. There the caller is
tests/ask_reader, which asks as the daemon does and prints a line a feed.

Times are processor times (user and system), the least of several runs, for the machine may be busy:
where it is, compare with curl's row and not with the goal. Of what is started for each run the cost
of one feed is taken off (but for the rows of a first feed). The server, nginx, is not counted.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
from authority import Authority  # noqa: E402
from idle import wait_for_lines, wait_until, watch  # noqa: E402
from nginx import Nginx, find  # noqa: E402
from reading import feed  # noqa: E402

FEEDS, RUNS, AT_ONCE = 1000, 5, 8
HOSTS = 50
LIBCURL_US = {"304": 26, "200": 117}  # where the goals were set
GOAL_US = {"304": 100, "200": 250}
HOST = "a.localhost"  # libcurl takes every name below localhost for this machine
ONE_FILE = "rewrite ^ /feed.xml break;"  # packed only where gzip_static is on


def row(what, unchanged, same, limit=""):
    print(f"{what:<52}{unchanged:>8}{same:>8}  {limit}", flush=True)


def run(command, env):
    """Processor time of a command and all it started and waited for, in seconds; what it printed."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], **env})
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, said


def cost_us(command_for, urls, env, check):
    """Microseconds a feed: all of them, less one alone."""
    def least(some):
        times = []
        for _ in range(RUNS):
            spent, said = run(command_for(some), env)
            check(said, len(some))
            times.append(spent)
        return min(times)

    return f"{(least(urls) - least(urls[:1])) / (len(urls) - 1) * 1e6:.0f}"


def our_cost(build, urls, env, *options):
    def check(said, count):
        assert said.count('"outcome":"unchanged"') == count, said[:1000]

    return cost_us(lambda some: [build / "tests/ask_reader", *options, *some], urls, env, check)


def curl_cost(place, urls, authority, *options):
    def command(some):
        config = place / "curl"
        config.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in some))
        return ["curl", "-q", "-s", "--parallel", "--parallel-max", str(AT_ONCE), "--http1.1", "--cacert",
                authority.folder / "ca.pem", "-w", "%{http_code}\\n", *options, "-K", config]

    return cost_us(command, urls, {}, lambda said, count: None)


def aria2_cost(place, urls, authority):
    def command(some):
        names = place / "aria2"
        names.write_text("".join(f"{url}\n  out=null\n" for url in some))
        return ["aria2c", "-q", "-i", names, "-j", str(AT_ONCE), "-d", place / "got", "--allow-overwrite=true",
                "--auto-file-renaming=false", "--file-allocation=none",
                f"--ca-certificate={authority.folder / 'ca.pem'}"]

    return cost_us(command, urls, {}, lambda said, count: None)


# --- the daemon -------------------------------------------------------------------------------


def spent_us(pid):
    """Processor time of all threads of a process so far, as the kernel counts it in nanoseconds."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1000


def spent_at_rest(pids):
    """Of each process, once none has done anything for a while: a round is over."""
    before = None
    while (now := [spent_us(pid) for pid in pids]) != before:
        before = now
        time.sleep(0.5)
    return now


class Alone:
    """libcurl alone, with so many feeds on so many hosts of a server, ready to ask them all."""

    def __init__(self, build, server, authority, hosts, etag):
        command = [build / "tests/bench_fetch", str(AT_ONCE), str(hosts), f"If-None-Match: {etag}" if etag else ""]
        self._process = subprocess.Popen(
            [*command, *urls_of(server, hosts)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PATH": os.environ["PATH"], **authority.env})
        assert self._process.stdout.readline() == "ready\n"

    def start(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def cost_us(self):
        said, _ = self._process.communicate(timeout=300)
        assert self._process.returncode == 0
        return float(said)


def times_alone_goal(status):
    return GOAL_US[status] / LIBCURL_US[status]


def urls_of(server, hosts):
    return [server.url(f"/{number}", host=f"h{number % hosts}.{HOST}") for number in range(FEEDS)]


class Costs:
    """Of some rounds: us a feed of (daemon, reader, libcurl alone); the last is 0 if it was not asked."""

    def __init__(self, rounds):
        self.daemon, self.reader, _ = min(rounds, key=lambda costs: costs[0] + costs[1])
        self.together = self.daemon + self.reader
        self.alone = min(alone for _, _, alone in rounds)
        self.times_alone = self.alone and statistics.median(
            (daemon + reader) / alone for daemon, reader, alone in rounds)


def daemon_costs(build, place, server, authority, hosts, status, alone):
    """Costs of rounds that bring nothing new, after one that brought everything. The feeds are spread
    over so many hosts; alone() makes an Alone, or nothing."""
    urls = urls_of(server, hosts)
    place = pathlib.Path(tempfile.mkdtemp(dir=place))
    log = place / "log"
    daemon = watch(
        build, place, "[feeds]\n" + "\n".join(urls) + "\n[urgent]\nsome words\n",
        env={"PATH": os.environ["PATH"], **authority.env})

    def ask_all(beside=None):
        asked = len(server.log)
        daemon.send_signal(signal.SIGUSR1)
        if beside:
            beside.start()
        wait_until(lambda: len(server.log) >= asked + FEEDS, 300, "not all feeds are asked")
        return server.log[asked:]

    rounds = []
    try:
        wait_for_lines(log, "watching")
        told = ask_all()
        pids = [daemon.pid, *pathlib.Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split()]
        for _ in range(RUNS):
            beside = alone()
            before, known = spent_at_rest(pids), {entry[2] for entry in told}
            told = ask_all(beside)
            rounds.append([(now - then) / FEEDS for now, then in zip(spent_at_rest(pids), before)])
            rounds[-1].append(beside.cost_us() if beside else 0)
            assert {entry[1] for entry in told} == {status}
            assert hosts == FEEDS or {entry[2] for entry in told} <= known, "connections were not kept"
        assert log.read_text().count("there already") == FEEDS
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=20)
    return Costs(rounds)


# --- the table --------------------------------------------------------------------------------


def place_feed(server, body):
    """The feed, plain and packed, as all files of the server; what the reader would remember of it."""
    (server.files / "feed.xml").write_text(body, encoding="utf-8")
    subprocess.run(["gzip", "-k", server.files / "feed.xml"], check=True)


def remembered(build, url, env):
    (reading,) = map(json.loads, run([build / "tests/ask_reader", url], env)[1].splitlines())
    assert reading["outcome"] == "ok", reading
    return ["--etag", bytes.fromhex(reading["etag"]).decode()], ["--body-hash", reading["body_hash"]]


def rows(build, place, authority, body):
    program = find()
    if not program:
        sys.exit("fetching.py: nginx is needed: apt install nginx-light")
    pem = authority.certificate("127.0.0.1")
    for http2, gzip, name, limit in ((False, False, "wirebell, HTTP/1.1", "100, 250"),
                                     (True, False, "wirebell, HTTP/2", "100, 250"),
                                     (True, True, "wirebell, HTTP/2, packed with gzip", "")):
        folder = pathlib.Path(tempfile.mkdtemp(dir=place))
        more = f"gzip_static {'on' if gzip else 'off'}; {ONE_FILE}"
        with Nginx(program, folder, pem, http2, False, more, is_logging=False) as server:
            place_feed(server, body)
            urls = [server.url(f"/{number}") for number in range(FEEDS)]
            etag, body_hash = remembered(build, urls[0], authority.env)
            row(name, our_cost(build, urls, authority.env, *etag),
                our_cost(build, urls, authority.env, *body_hash), limit)
            if http2:
                continue
            if shutil.which("curl"):
                row("curl --parallel, HTTP/1.1", curl_cost(place, urls, authority, "-H", f"If-None-Match: {etag[1]}"),
                    curl_cost(place, urls, authority))
            else:
                row("curl: not installed, skipped", "", "")
            if shutil.which("aria2c"):
                row("aria2c", "-", aria2_cost(place, urls, authority))
            else:
                row("aria2c: not installed, skipped", "", "")


def closing_rows(build, place, authority, body):
    """A server that ends each connection after its answer: TLS takes up the session of the one before."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=place))
    more = ONE_FILE + " keepalive_timeout 0;"
    with Nginx(find(), folder, authority.certificate("127.0.0.1"), False, False, more, False) as server:
        place_feed(server, body)
        urls = [server.url(f"/{number}") for number in range(FEEDS)]
        etag, body_hash = remembered(build, urls[0], authority.env)
        row("wirebell, HTTP/1.1, closed after each answer", our_cost(build, urls, authority.env, *etag),
            our_cost(build, urls, authority.env, *body_hash))


def first_rows(build, place, authority, body):
    """One feed, the reader just started: the authorities of this system in one file, and in a directory."""
    bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
    if not bundle.exists():
        row("no authorities here (ca-certificates), skipped", "", "")
        return
    known = bundle.read_text() + (authority.folder / "ca.pem").read_text()
    every, hashed = place / "bundle", place / "hashed"
    every.write_text(known)
    hashed.mkdir()
    ends = "-----END CERTIFICATE-----\n"
    for number, one in enumerate(known.split(ends)[:-1]):
        (hashed / f"{number}.pem").write_text(one + ends)
    subprocess.run(["openssl", "rehash", hashed], check=True, capture_output=True)
    folder = pathlib.Path(tempfile.mkdtemp(dir=place))
    with Nginx(find(), folder, authority.certificate("127.0.0.1"), more=ONE_FILE, is_logging=False) as server:
        place_feed(server, body)
        for name, env in (("a bundle", {"SSL_CERT_FILE": str(every)}),
                          ("a directory", {"SSL_CERT_DIR": str(hashed)})):
            etag, _ = remembered(build, server.url("/1"), env)
            spent = min(run([build / "tests/ask_reader", *etag, server.url("/1")], env)[0] for _ in range(RUNS))
            row(f"the first feed, starting the reader; {name}", f"{spent * 1e6:.0f}", "")


def daemon_round(build, place, authority, body, hosts, status):
    """Costs of feeds that answer "304", or "200" with what is known."""
    always = " etag off; if_modified_since off; add_header Last-Modified '';"
    folders = [pathlib.Path(tempfile.mkdtemp(dir=place)) for _ in range(2)]
    servers = [Nginx(find(), folder, authority.certificate(f"*.{HOST}"), http2=False, gzip=False,
                     more=ONE_FILE + (always if status == "200" else "")) for folder in folders]
    with servers[0] as server, servers[1] as another:
        place_feed(server, body)
        place_feed(another, body)
        known, _ = remembered(build, another.url("/1", host=f"h0.{HOST}"), authority.env)

        def alone():
            if hosts < FEEDS:
                return Alone(build, another, authority, hosts, known[1] if status == "304" else "")
            return None  # keeps connections, and there is none to keep

        return daemon_costs(build, place, server, authority, hosts, status, alone)


def daemon_rows(build, place, authority, body, hosts, name, limit):
    costs = [daemon_round(build, place, authority, body, hosts, status) for status in GOAL_US]
    row(f"{name}: the daemon", *(f"{cost.daemon:.0f}" for cost in costs))
    row(f"{name}: the reader", *(f"{cost.reader:.0f}" for cost in costs))
    row(f"{name}: together", *(f"{cost.together:.0f}" for cost in costs), limit)
    if costs[0].alone:
        row(f"{name}: libcurl alone", *(f"{cost.alone:.0f}" for cost in costs))
        row(f"{name}: together, times libcurl alone", *(f"{cost.times_alone:.2f}" for cost in costs),
            ", ".join(f"{times_alone_goal(status):.1f}" for status in GOAL_US))


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        place = pathlib.Path(folder)
        (place / "authority").mkdir()
        authority = Authority(place / "authority").found()
        body = feed(random.Random("wirebell"), 64)
        print(f"{FEEDS} feeds of {len(body)} bytes, {AT_ONCE} at once; us of processor time a feed")
        row("", "304", "same", "at most")
        rows(build, place, authority, body)
        closing_rows(build, place, authority, body)
        first_rows(build, place, authority, body)
        daemon_rows(build, place, authority, body, HOSTS, "kept", "100, 250")
        daemon_rows(build, place, authority, body, FEEDS, "a handshake each", "")


if __name__ == "__main__":
    main()
