#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reads a collection of feeds gathered by other projects, where there is one beside the source tree.

    corpus.py reading      as a person would read them: compared with what is expected of each
    corpus.py roads        whole, and with items known from before: both must say the same

The collection lies in ../shared/corpus, what is expected of FILE in FILE.expected.jsonl, and the
program that judges in ../shared/tools. It is no part of this project, so it may be missing.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = SOURCE.parent / "shared"
CORPUS = SHARED / "corpus"
COMPARE = SHARED / "tools" / "compare.py"
PROGRAMS = pathlib.Path(os.environ.get("WIREBELL_BUILD_DIR", SOURCE / "build")) / "tests"
SKIPPED = 77

# Per cent of files. What is left has been looked at: there the expectation is at fault.
AT_LEAST = {"title_link_date": 99, "all_five": 97}
NONE_OF = ("crashed", "timeout", "badout")
BATCH = 50


def skip(missing):
    print(f"SKIPPED no {missing} beside the source tree")
    return SKIPPED


def reading():
    if not COMPARE.is_file():
        return skip("shared/tools/compare.py")
    command = shlex.quote(str(PROGRAMS / "read_feed")) + " {}"
    done = subprocess.run([sys.executable, COMPARE, "--json", "-j", "2", "-c", command, CORPUS],
                          check=True, capture_output=True, text=True)
    scores = json.loads(done.stdout)
    print(done.stdout)
    wrong = [f"{key} {scores[key]} %, at least {least} % expected"
             for key, least in AT_LEAST.items() if scores[key] < least]
    wrong += [f"{scores[key]} {key}, none expected" for key in NONE_OF if scores[key] > 0]
    if scores["files"] == 0:
        wrong.append("no file was compared")
    print("\n".join(wrong))
    return 1 if wrong else 0


def roads():
    files = [str(file)[:-len(".expected.jsonl")] for file in sorted(CORPUS.rglob("*.expected.jsonl"))]
    for start in range(0, len(files), BATCH):
        subprocess.run([PROGRAMS / "test_split", "1", *files[start:start + BATCH]], check=True)
    print(f"{len(files)} files")
    return 0 if files else 1


def main():
    tests = {"reading": reading, "roads": roads}
    if len(sys.argv) != 2 or sys.argv[1] not in tests:
        print(__doc__)
        return 2
    return tests[sys.argv[1]]() if CORPUS.is_dir() else skip("shared/corpus")


if __name__ == "__main__":
    sys.exit(main())
