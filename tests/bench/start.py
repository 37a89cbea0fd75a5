#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the start costs: instructions until the daemon says READY=1, the loading of libraries included.

    start.py BUILD_DIR

Goal (PERFORMANCE 7): at most 15 million, with a keywords file as people have it. Counted by callgrind,
from the first instruction of the loader to the call of sd_notify().
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

LIMIT = 15_000_000
# Name; feeds; rules; whether it has run before, and so has a state to read.
CASES = [
    ("the first start, 10 feeds, 50 rules", 10, 50, False),
    ("10 feeds, 50 rules", 10, 50, True),
    ("100 feeds, 1,000 rules", 100, 1000, True),
]


def keywords(feeds, rules):
    """Feeds that answer nothing, and rules of every kind."""
    kinds = "word{0}", "first{0} second", "one{0} + other{0}, third"
    return ("[feeds]\n" + "".join(f"http://127.0.0.1:9/{number}\n" for number in range(feeds)) +
            "[bulletin]\n" + "".join(kinds[number % 3].format(number) + "\n" for number in range(rules)))


def start(build, place, *wrapper):
    """Runs the daemon until it has said READY=1, then ends it."""
    command = [*wrapper, build / "bin/wirebell", "run", "--board", "sim", "--once", "--keywords",
               place / "keywords", "--state-dir", place / "state"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, timeout=300, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


def instructions(build, place):
    """Until sd_notify() is called for the first time; all of them, were it not called, is no answer."""
    done = start(build, place, "valgrind", "--tool=callgrind", "--dump-before=sd_notify",
                 f"--callgrind-out-file={place}/callgrind")
    first = place / "callgrind.1"
    assert first.exists(), done.stderr[-2000:]
    return int(re.search(r"^(?:totals|summary): (\d+)", first.read_text(), re.M).group(1))


def main():
    if not shutil.which("valgrind"):
        sys.exit("start.py: valgrind is needed: apt install valgrind")
    build = pathlib.Path(sys.argv[1]).resolve()
    print(f"{'until READY=1, instructions':<52}{'measured':>12}{'at most':>12}")
    for name, feeds, rules, has_run in CASES:
        with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
            place = pathlib.Path(folder)
            (place / "keywords").write_text(keywords(feeds, rules))
            if has_run:
                start(build, place)
            print(f"{name:<52}{instructions(build, place):>12,}{LIMIT:>12,}", flush=True)


if __name__ == "__main__":
    main()
