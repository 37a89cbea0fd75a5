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
import platform
import struct
import time

from conftest import BUILD

_FUTEX = {"x86_64": 202, "aarch64": 98, "armv7l": 240, "i686": 240}
_WAKE = 1
_NEVER = (1 << 63) - 1
# struct page of tests/tools/sim_clock.c
_TURN, _WAITING, _BOOT, _WALL, _NEXT, _CALLS, _TAKEN = 0, 4, 8, 16, 24, 32, 40


class SimClock:
    def __init__(self, path, wall_s=None, boot_s=10_000):
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
        self._put(_BOOT, boot_s * 10**9)
        self._put(_WALL, int(wall_s or time.time()) * 10**9)
        self._put(_NEXT, _NEVER)

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

    def _is_settled(self):
        return (struct.unpack_from("=I", self._page, _WAITING)[0] == 1
                and self._get(_TAKEN) == self._turn.value and self._get(_CALLS) == 0
                and self._get(_NEXT) > self._get(_BOOT))

    def settle(self, seconds=60):
        """Waits until the daemon has done all there is to do by now."""
        end = time.monotonic() + seconds
        calm = 0
        while calm < 3:  # what was just signalled to it may not have arrived
            assert time.monotonic() < end, "the daemon does not come to rest"
            calm = calm + 1 if self._is_settled() else 0
            time.sleep(0.0005)

    def advance(self, seconds):
        """Lets time pass, from one moment at which something is due to the next."""
        self.settle()
        end_ns = self._get(_BOOT) + int(seconds * 1e9)
        while self._get(_BOOT) < end_ns:
            self._move(min(self._get(_NEXT), end_ns) - self._get(_BOOT))
            self.settle()

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
