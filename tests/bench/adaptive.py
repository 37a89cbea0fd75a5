#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long stories wait to be found: fixed interval, interval by mean rate, and habit.

    adaptive.py BUILD_DIR [SEED [CORPUS_DIR...]]

Publication times are made from a seed, and taken from the feeds in the folders given, read by
"wirebell parse" of the build. Looks are placed by the daemon's own scheduler, linked into
tests/bench_adaptive; each rule gets as many looks as ours took.

Goals (FETCHING row 45): on feeds with a rhythm the median delay is at most 0.50 of the fixed
interval's, on feeds without never more than 1.05. Feeds of a folder are snapshots of what a feed
showed at one moment, so each is short: half of it teaches, half is measured. Their row has no goal.
Ends with 1 when a goal is missed.
"""

import datetime
import json
import pathlib
import subprocess
import sys

FEEDS, WEEKS = 20, 8
LEAST_STORIES = 20
LEAST_DAYS = 2


def publication_times(wirebell, path):
    """The distinct times of a feed's stories, ascending; none for what is no feed."""
    done = subprocess.run([wirebell, "parse", path], capture_output=True, check=False)
    times = set()
    for line in done.stdout.splitlines():
        said = json.loads(line).get("published")
        if said:
            moment = datetime.datetime.fromisoformat(said.replace("Z", "+00:00"))
            times.add(int(moment.timestamp()))
    return tuple(sorted(times))


def feeds_of(wirebell, folder):
    """Feeds long enough to say something, each once however often it was copied."""
    found = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".jsonl", ".md"):
            times = publication_times(wirebell, path)
            if len(times) >= LEAST_STORIES and times[-1] - times[0] >= LEAST_DAYS * 86400:
                found.add(times)
    # A damaged copy of a feed has some of its stories.
    return [times for times in sorted(found)
            if not any(times != other and set(times) < set(other) for other in found)]


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    bench = build / "tests/bench_adaptive"
    print(f"seed {seed}: {FEEDS} feeds of each kind, {WEEKS} weeks after eight of learning",
          flush=True)
    made = subprocess.run([bench, "made", seed, str(FEEDS), str(WEEKS)], check=False)
    for folder in map(pathlib.Path, sys.argv[3:]):
        if not folder.is_dir():
            print(f"{folder}: no such folder, skipped")
            continue
        feeds = feeds_of(build / "bin/wirebell", folder)
        if not feeds:
            print(f"{folder}: no feed with {LEAST_STORIES} dates in it, skipped")
            continue
        lines = "\n".join("\n".join(map(str, times)) + "\n" for times in feeds)
        print(f"\n{folder}: {len(feeds)} feeds", flush=True)
        subprocess.run([bench, "given", "given feeds"], input=lines, text=True, check=True)
    return made.returncode


if __name__ == "__main__":
    sys.exit(main())
