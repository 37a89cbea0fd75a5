#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What folding and matching cost, beside grep, ripgrep and pcre2grep (PCRE2's JIT) on the same text.

    matcher.py BUILD_DIR [BYTES]

Goals (PERFORMANCE, 5): at most 35 instructions a byte, within 10 % from 10 to 100,000 rules; 24
bytes a rule beside its text; 100,000 rules ready in 50 ms. Instructions are counted by callgrind
inside matcher_scan() alone; times are of this machine and only mean something side by side. All
that look for the same words must find them in the same number of stories.
"""

import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

BENCH = "tests/bench_matcher"
PACKAGES = {"grep": "grep", "rg": "ripgrep", "pcre2grep": "pcre2-utils"}
PEERS = {
    "grep -F -i -w -f": ["grep", "-F", "-i", "-w", "-c", "-f"],
    "ripgrep -F -i -w -f": ["rg", "-F", "-i", "-w", "-c", "-f"],
    "pcre2grep -F -i -w -f": ["pcre2grep", "-u", "-F", "-i", "-w", "-c", "-f"],
}
PEER_SECONDS = 60
LINE = re.compile(r"ready ([\d.]+) ms, ([\d.]+) bytes a rule, (\d+) bytes in (\d+) stories, "
                  r"(\d+) ring, (\d+) MB/s")


def figures(build, kind, rules, size):
    done = subprocess.run([build / BENCH, kind, str(rules), str(size)], check=True, text=True,
                          capture_output=True)
    ready, beside, read, _stories, rings, speed = LINE.search(done.stdout).groups()
    return float(ready), float(beside), int(read), int(rings), int(speed)


def instructions(build, kind, rules, size, place):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={place}/callgrind",
         "--toggle-collect=matcher_scan", build / BENCH, kind, str(rules), str(size)],
        check=True, text=True, capture_output=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def ours(build, place, kind, rules, size):
    ready, beside, read, rings, speed = figures(build, kind, rules, size)
    cost = "-"
    if shutil.which("valgrind"):
        cost = f"{instructions(build, kind, rules, size, place) / read:.1f}"
    print(f"{'wirebell, ' + kind:<22} {rules:>7} {cost:>8} {beside:>10.1f} {ready:>9.1f} "
          f"{speed:>6} {rings:>7}", flush=True)
    return rings


def peer(build, place, name, rules, size, expected):
    command = PEERS[name]
    if not shutil.which(command[0]):
        print(f"{name:<22} {rules:>7} {'':>28} skipped: package {PACKAGES[command[0]]} is missing")
        return
    for what in "rules", "text":
        with open(place / what, "wb") as out:
            subprocess.run([build / BENCH, "word", str(rules), str(size), what], check=True,
                           stdout=out)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run([*command, place / "rules", place / "text"], text=True, check=False,
                              capture_output=True, timeout=PEER_SECONDS,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
    except subprocess.TimeoutExpired:
        print(f"{name:<22} {rules:>7} {'':>28} over {PEER_SECONDS} s")
        return
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    count = done.stdout.strip()
    if done.returncode > 1:
        print(f"{name:<22} {rules:>7} {'':>28} refuses")
        return
    verdict = "" if int(count or 0) == expected else f"  DIFFERS, expected {expected}"
    print(f"{name:<22} {rules:>7} {'':>28} {size / 1e6 / max(seconds, 1e-3):>6.0f} "
          f"{count:>7}{verdict}", flush=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 2000000
    print(f"{'':<22} {'rules':>7} {'Ir/byte':>8} {'bytes/rule':>10} {'ready ms':>9} {'MB/s':>6} "
          f"{'stories':>7}")
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        for rules in 10, 1000, 100000:
            expected = ours(build, place, "word", rules, size)
            for name in PEERS:
                peer(build, place, name, rules, size, expected)
        for kind in "phrase", "prefix", "both", "mixed":
            for rules in 10, 100000:
                ours(build, place, kind, rules, size)


if __name__ == "__main__":
    main()
