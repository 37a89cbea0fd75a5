#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What folding and matching cost, beside grep, ripgrep and pcre2grep (PCRE2's JIT) on the same text.

    matcher.py BUILD_DIR [BYTES]

Goals (PERFORMANCE, 5): at most 35 instructions a byte, within 10 % from 10 to 100,000 rules; 24
bytes a rule beside its text; 100,000 rules ready in 50 ms. Instructions are counted by callgrind,
for a byte inside matcher_scan() alone, for a rule from the file's bytes to the matcher that is
ready; times are of the processor, on this machine, and only mean something side by side. All that
look for the same words must find them in the same number of stories. The last table is what a
person waits for who checks such a file.
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


def instructions(build, place, functions, *arguments):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={place}/callgrind",
         *(f"--toggle-collect={function}" for function in functions), build / BENCH, *arguments],
        check=True, text=True, capture_output=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def scanning(build, place, kind, rules, size):
    """Instructions of folding and matching, for all of the text."""
    return instructions(build, place, ["matcher_scan"], kind, str(rules), str(size))


def ours(build, place, kind, rules, size):
    """One line of the table; returns in how many stories something was found."""
    ready, beside, read, rings, speed = figures(build, kind, rules, size)
    cost = made = "-"
    if shutil.which("valgrind"):
        built = instructions(build, place, ["keywords_add_file", "matcher_new"], kind, str(rules), "1")
        cost, made = f"{scanning(build, place, kind, rules, size) / read:.1f}", f"{built / rules:.0f}"
    print(f"{'wirebell, ' + kind:<22} {rules:>7} {cost:>8} {beside:>10.1f} {made:>8} {ready:>9.1f} "
          f"{speed:>6} {rings:>7}", flush=True)
    return rings


def processor_ms(command, **options):
    """Runs it; returns what it ended with and the time it took, both its own and the system's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, text=True, check=False, capture_output=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def check(build, place, kind, rules):
    with open(place / "rules", "wb") as out:
        subprocess.run([build / BENCH, kind, str(rules), "1", "rules"], check=True, stdout=out)
    done, ms = processor_ms([build / "bin/wirebell", "check", "--keywords", place / "rules",
                             "--board", "sim", "--state-dir", place])
    assert f"{rules} rules, no mistakes" in done.stdout, done.stdout
    print(f"{'wirebell check, ' + kind:<22} {rules:>7} {ms:>9.0f} ms", flush=True)


def peer_figures(build, place, name, rules, size):
    """MB/s and in how many lines something was found; or None and why there are none."""
    command = PEERS[name]
    if not shutil.which(command[0]):
        return None, f"skipped: package {PACKAGES[command[0]]} is missing"
    for what in "rules", "text":
        with open(place / what, "wb") as out:
            subprocess.run([build / BENCH, "word", str(rules), str(size), what], check=True,
                           stdout=out)
    try:
        done, ms = processor_ms([*command, place / "rules", place / "text"], timeout=PEER_SECONDS,
                                env={**os.environ, "LC_ALL": "C.UTF-8"})
    except subprocess.TimeoutExpired:
        return None, f"over {PEER_SECONDS} s"
    if done.returncode > 1:
        return None, "refuses"
    return size / 1e3 / max(ms, 1), int(done.stdout.strip() or 0)


def peer(build, place, name, rules, size, expected):
    speed, count = peer_figures(build, place, name, rules, size)
    if speed is None:
        print(f"{name:<22} {rules:>7} {'':>37} {count}")
        return
    verdict = "" if count == expected else f"  DIFFERS, expected {expected}"
    print(f"{name:<22} {rules:>7} {'':>37} {speed:>6.0f} {count:>7}{verdict}", flush=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 2000000
    print(f"{'':<22} {'rules':>7} {'Ir/byte':>8} {'bytes/rule':>10} {'Ir/rule':>8} "
          f"{'ready ms':>9} {'MB/s':>6} {'stories':>7}")
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        for rules in 10, 1000, 100000:
            expected = ours(build, place, "word", rules, size)
            for name in PEERS:
                peer(build, place, name, rules, size, expected)
        for kind in "phrase", "prefix", "both", "mixed":
            for rules in 10, 100000:
                ours(build, place, kind, rules, size)
        print()
        for kind in "word", "mixed":
            check(build, place, kind, 100000)


if __name__ == "__main__":
    main()
