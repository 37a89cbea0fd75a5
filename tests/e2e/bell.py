# SPDX-License-Identifier: MIT
"""The daemon as a test sees it: started on the sim board, its trace, its words, its button."""

import json
import os
import re
import signal
import subprocess
import threading
import time

from conftest import clean_environment


class Bell:
    """One `wirebell run --board sim`; a context manager that stops it, and checks that it stopped well."""

    def __init__(self, program, place, keywords, *arguments):
        self.trace_path = place / f"trace-{time.monotonic_ns()}.jsonl"
        self._command = [
            str(program), "run", "--board", "sim", "--keywords", str(keywords),
            "--state-dir", str(place / "state"), "--trace", str(self.trace_path), *arguments]
        self.env = clean_environment()
        self.is_journal = False  # systemd's way: standard error is the journal's stream
        self.lines = []

    def wrap(self, *command):
        """Have the daemon started by another program."""
        self._command = [*command, *self._command]

    def __enter__(self):
        said, heard = os.pipe()
        if self.is_journal:
            stream = os.fstat(heard)
            self.env["JOURNAL_STREAM"] = f"{stream.st_dev}:{stream.st_ino}"
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=heard,
            text=True, env=self.env)
        os.close(heard)
        self._said = os.fdopen(said, encoding="utf-8", errors="replace")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind, *_):
        if self._process.poll() is None:
            self.stop()
            assert kind or self._process.returncode == 0, self.text  # sanitizers complain so

    def _read(self):
        for line in self._said:
            self.lines.append(line.rstrip("\n"))

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def pid(self):
        return self._process.pid

    def wait_for(self, pattern, seconds=10, count=1):
        """Wait until so many lines of the log match; returns them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [line for line in list(self.lines) if re.search(pattern, line)]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"waited {seconds} s in vain for {pattern!r} in:\n{self.text}")

    def count(self, pattern):
        return sum(bool(re.search(pattern, line)) for line in list(self.lines))

    def poll(self):
        self._process.send_signal(signal.SIGUSR1)

    def reload(self):
        self._process.send_signal(signal.SIGHUP)

    def type(self, keys):
        """Keys of the sim board."""
        self._process.stdin.write(keys)
        self._process.stdin.flush()

    def press_button(self):
        self.type("\n")

    def wait(self, seconds=10):
        """Wait for it to end by itself, all it said being read; returns its exit code."""
        code = self._process.wait(timeout=seconds)
        self._reader.join(timeout=5)
        return code

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        self.wait()

    def kill(self):
        self._process.kill()
        self.wait()

    def transitions(self, line):
        """What that line did so far: [(t_ms, level), ...]."""
        if not self.trace_path.exists():
            return []
        entries = map(json.loads, self.trace_path.read_text().splitlines())
        return [(entry["t_ms"], entry["level"]) for entry in entries if entry["line"] == line]

    def strokes(self):
        return sum(level for _, level in self.transitions("buzzer"))

    def wait_for_strokes(self, count, seconds=8):
        """Wait for so many strokes, and a pause longer than between strokes: no more came."""
        deadline = time.monotonic() + seconds
        while self.strokes() < count and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.7)
        assert self.strokes() == count, self.text

    def is_lit(self, line):
        levels = self.transitions(line)
        return bool(levels) and levels[-1][1] == 1

    def blinks(self, line, seconds=2.5):
        """Did the line change within that time?"""
        before = len(self.transitions(line))
        time.sleep(seconds)
        return len(self.transitions(line)) > before
