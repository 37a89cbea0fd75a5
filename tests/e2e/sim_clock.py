# SPDX-License-Identifier: MIT
"""A clock in the test's hand: the daemon's boot time and wall clock stand still until moved.

    clock = SimClock(tmp_path / "clock")
    bell.env.update(clock.env)
    ...
    clock.advance(3600)     # an hour passes: whatever is due in it happens, each at its moment
    clock.jump(8 * 3600)    # the machine slept: all of it at once
    clock.step_wall(-3600)  # somebody set the wall clock

A server whose `clock` is `clock.now` stamps requests with boot time, and by nothing else can be told
when they came. Its Date header is the real one: the past, by the daemon's clock, and so no proof
against it.

The clock moves only while everybody rests, and that is known and not hoped: a process that has been
woken and has not had the processor yet is no longer asleep by /proc, and what is on its way through
loopback is either delivered when send() returns, or the kernel's ksoftirqd is awake. All are found
to wait, then to be asleep, and then to be in the same wait still: so there was a moment at which all
of them rested. Only where the reader has no part (no @server) is the wire in real time, and the
clock stands while the daemon has calls under way.
"""

import ctypes
import mmap
import os
import platform
import struct
import time

from conftest import BUILD

_FUTEX = {"x86_64": 202, "aarch64": 98, "armv7l": 240, "i686": 240}
_WAKE = 1
NEVER = (1 << 63) - 1
# struct page of tests/tools/sim_clock.c
_BOOT, _WALL, _SLOTS, _SLOT = 8, 16, 24, struct.Struct("=IIqqq")
# The reader's main thread and the one that follows the clock; any other looks up a name.
_READER_THREADS = 2
_GONE = b"", 0


def _softirq_threads():
    """The kernel's threads that deliver packets when the senders themselves could not."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
                found += [int(pid)] * file.read().startswith("ksoftirqd/")
        except OSError:
            pass  # it has just ended
    return found


class SimClock:
    """@server makes the reader take part. It has waits and next_ns as the processes have them, is_idle()
    (it waits, and nothing has come), and tell(), which has it do what is due now."""

    def __init__(self, path, wall_s=None, boot_s=10_000, server=None):
        self._server = server
        self._softirqs = _softirq_threads() if server else []
        self.grain_s = 0  # time goes on by so much at least: for days with a lamp that blinks
        self._file = open(path, "w+b")
        self._file.truncate(mmap.PAGESIZE)
        self._page = mmap.mmap(self._file.fileno(), mmap.PAGESIZE)
        self._stats = {}  # open files by process
        self._turn = ctypes.c_uint32.from_buffer(self._page)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.env = {
            "LD_PRELOAD": str(BUILD / "tests/libsim_clock.so"),
            "WIREBELL_SIM_CLOCK": str(path),
            # A build with sanitizers minds not to be loaded first.
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }
        if server:
            self.env["WIREBELL_SIM_CLOCK_READER"] = "1"
        self._put(_BOOT, boot_s * 10**9)
        self._put(_WALL, int(wall_s or time.time()) * 10**9)

    def _get(self, at):
        return struct.unpack_from("=q", self._page, at)[0]

    def _put(self, at, value):
        struct.pack_into("=q", self._page, at, value)

    @property
    def now_ns(self):
        """Boot time."""
        return self._get(_BOOT)

    def now(self):
        """Boot time, in seconds."""
        return self.now_ns / 1e9

    @property
    def wall_s(self):
        return self._get(_WALL) / 1e9

    def _tell(self):
        self._turn.value += 1
        self._libc.syscall(_FUTEX[platform.machine()], ctypes.byref(self._turn), _WAKE, 1 << 30,
                           None, None, 0)

    def _move(self, ns):
        self._put(_BOOT, self.now_ns + ns)
        self._put(_WALL, self._get(_WALL) + ns)
        self._tell()
        if self._server and self._server.next_ns <= self.now_ns:
            self._server.tell()

    def _slots(self):
        """(pid, waits, next_ns, calls, taken_turn) of the daemon and of the reader."""
        return [_SLOT.unpack_from(self._page, _SLOTS + i * _SLOT.size) for i in range(2)]

    def _stat(self, pid):
        """What a process's main thread does (S = it sleeps), and how many threads there are; none
        when the process has ended and all it held is closed, or there is no such process."""
        try:
            if pid not in self._stats:
                self._stats[pid] = open(f"/proc/{pid}/stat", "rb", buffering=0)
            values = os.pread(self._stats[pid].fileno(), 400, 0).rpartition(b") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            self._stats.pop(pid, None)
            return _GONE
        return _GONE if values[0] in b"ZX" else (values[0], int(values[17]))

    def _sleeps(self, pid):
        return self._stat(pid)[0] == b"S"

    def _next_ns(self):
        server_ns = self._server.next_ns if self._server else NEVER
        return min(server_ns, *(slot[2] for slot in self._slots() if self._stat(slot[0]) != _GONE))

    def _waits(self):
        """How the waits of all are counted; None = somebody does not wait, or has something due."""
        daemon, reader = slots = self._slots()
        now_ns, turn = self.now_ns, self._turn.value
        for pid, waits, next_ns, _, taken in slots:
            rests = waits % 2 and next_ns > now_ns and taken == turn
            if not rests and self._stat(pid) != _GONE:
                return None
        calls = daemon[3]
        if calls and (not self._server or self._stat(reader[0]) == _GONE):
            return None
        if self._server and self._server.next_ns <= now_ns:
            return None
        return slots, self._server and self._server.waits

    def _do_all_sleep(self):
        daemon, reader = (slot[0] for slot in self._slots())
        if not all(map(self._sleeps, [*self._softirqs, daemon])):
            return False
        if self._stat(reader) not in (_GONE, (b"S", _READER_THREADS)):
            return False
        return not self._server or self._server.is_idle()

    def _is_settled(self):
        waits = self._waits()
        return waits is not None and self._do_all_sleep() and self._waits() == waits

    def settle(self, seconds=120):
        """Waits until all is done there is to do by now."""
        end = time.monotonic() + seconds
        pause_s = 1e-5
        while not self._is_settled():
            assert time.monotonic() < end, (
                f"no rest at {self.now_ns}, turn {self._turn.value}: {self._slots()}")
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 1e-3)

    def advance(self, seconds):
        """Lets time pass, from one moment at which something is due to the next."""
        self.settle()  # what was just signalled to it may not have arrived
        end_ns = self.now_ns + int(seconds * 1e9)
        while self.now_ns < end_ns:
            next_ns = max(self._next_ns(), self.now_ns + int(self.grain_s * 1e9))
            self._move(min(next_ns, end_ns) - self.now_ns)
            self.settle()

    def jump(self, seconds, is_running=True):
        """The machine slept so long, or the daemon was off."""
        if is_running:
            self.settle()
        self._move(int(seconds * 1e9))
        if is_running:
            self.settle()

    def step_wall(self, seconds, is_running=True):
        """The wall clock is set forward or back."""
        if is_running:
            self.settle()
        self._put(_WALL, self._get(_WALL) + int(seconds * 1e9))
        if is_running:
            self._tell()
            self.settle()
