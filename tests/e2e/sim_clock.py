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
_NEVER = (1 << 63) - 1
# struct page of tests/tools/sim_clock.c
_BOOT, _WALL, _SLOTS, _SLOT = 8, 16, 24, struct.Struct("=IIqqq")


class SimClock:
    """is_server_idle makes the reader take part: it tells whether all that could be answered is."""

    def __init__(self, path, wall_s=None, boot_s=10_000, is_server_idle=None):
        self._is_server_idle = is_server_idle
        self.grain_s = 0  # time goes on by so much at least: for days with a lamp that blinks
        self._file = open(path, "w+b")
        self._file.truncate(mmap.PAGESIZE)
        self._page = mmap.mmap(self._file.fileno(), mmap.PAGESIZE)
        self._turn = ctypes.c_uint32.from_buffer(self._page)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.env = {
            "LD_PRELOAD": str(BUILD / "tests/libsim_clock.so"),
            "WIREBELL_SIM_CLOCK": str(path),
            # A build with sanitizers minds not to be loaded first.
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }
        if is_server_idle:
            self.env["WIREBELL_SIM_CLOCK_READER"] = "1"
        self._put(_BOOT, boot_s * 10**9)
        self._put(_WALL, int(wall_s or time.time()) * 10**9)

    def _get(self, at):
        return struct.unpack_from("=q", self._page, at)[0]

    def _put(self, at, value):
        struct.pack_into("=q", self._page, at, value)

    def now(self):
        """Boot time, in seconds."""
        return self._get(_BOOT) / 1e9

    @property
    def wall_s(self):
        return self._get(_WALL) / 1e9

    def _tell(self):
        self._turn.value += 1
        self._libc.syscall(_FUTEX[platform.machine()], ctypes.byref(self._turn), _WAKE, 1 << 30,
                           None, None, 0)

    def _move(self, ns):
        self._put(_BOOT, self._get(_BOOT) + ns)
        self._put(_WALL, self._get(_WALL) + ns)
        self._tell()

    def _slots(self):
        """(is_alive, is_waiting, next_ns, calls, taken_turn) of the daemon and of the reader."""
        slots = [_SLOT.unpack_from(self._page, _SLOTS + i * _SLOT.size) for i in range(2)]
        return [(pid != 0 and os.path.exists(f"/proc/{pid}"), *rest) for pid, *rest in slots]

    def _next_ns(self):
        return min((slot[2] for slot in self._slots() if slot[0]), default=_NEVER)

    def _is_settled(self):
        daemon, reader = self._slots()
        now_ns, turn = self._get(_BOOT), self._turn.value
        for is_alive, is_waiting, next_ns, _, taken in (daemon, reader):
            if is_alive and not (is_waiting and next_ns > now_ns and taken == turn):
                return False
        if daemon[3] == 0:
            return bool(daemon[0])
        return bool(self._is_server_idle and reader[0] and self._is_server_idle())

    def settle(self, seconds=20, calm=3):
        """Waits until the daemon has done all there is to do by now, and was seen so that often."""
        end = time.monotonic() + seconds
        seen = 0
        while True:
            seen = seen + 1 if self._is_settled() else 0
            if seen >= calm:
                return
            assert time.monotonic() < end, (
                f"no rest at {self._get(_BOOT)}, turn {self._turn.value}: {self._slots()}")
            time.sleep(0.0005 if calm > 1 else 0.00002)

    def advance(self, seconds):
        """Lets time pass, from one moment at which something is due to the next."""
        self.settle()  # what was just signalled to it may not have arrived
        calm = 3 if self._is_server_idle else 1
        end_ns = self._get(_BOOT) + int(seconds * 1e9)
        while self._get(_BOOT) < end_ns:
            now_ns = self._get(_BOOT)
            next_ns = max(self._next_ns(), now_ns + int(self.grain_s * 1e9))
            self._move(min(next_ns, end_ns) - now_ns)
            self.settle(calm=calm)

    def jump(self, seconds):
        """The machine slept so long."""
        self.settle()
        self._move(int(seconds * 1e9))
        self.settle()

    def step_wall(self, seconds, is_running=True):
        """The wall clock is set forward or back."""
        if is_running:
            self.settle()
        self._put(_WALL, self._get(_WALL) + int(seconds * 1e9))
        if is_running:
            self._tell()
            self.settle()
