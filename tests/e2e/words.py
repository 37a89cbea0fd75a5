# SPDX-License-Identifier: MIT
"""What a process says, line by line: all it has said by now, however late the thread is that follows."""

import os
import select
import threading


class Words:
    """A pipe: heard is the end a process is started with, and then given up by begin()."""

    def __init__(self):
        said, self.heard = os.pipe()
        os.set_blocking(said, False)
        self._said = os.fdopen(said, "rb", buffering=0)
        self._lock = threading.Lock()
        self._bytes, self._lines, self._rest = b"", [], b""
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def begin(self):
        """Takes what is said as it comes: a full pipe would hold its process up."""
        os.close(self.heard)
        self._thread.start()

    def _follow(self):
        is_open = True
        while is_open:
            select.select([self._said], [], [])
            is_open = self._take()

    def _take(self):
        """Takes what was said by now; returns whether anybody is left who may say more."""
        with self._lock:
            while piece := self._said.read(1 << 16):
                self._bytes += piece
                *whole, self._rest = (self._rest + piece).split(b"\n")
                self._lines += [line.decode(errors="replace") for line in whole]
            if piece is None:
                return True
            self._lines += [self._rest.decode(errors="replace")] * bool(self._rest)
            self._rest = b""
            return False

    @property
    def bytes(self):
        """As it was said, byte for byte."""
        self._take()
        return self._bytes

    @property
    def lines(self):
        self._take()
        return list(self._lines)

    def wait(self, seconds=60):
        """Waits until all who had the pipe have ended."""
        self._thread.join(timeout=seconds)
