# SPDX-License-Identifier: MIT
"""QEMU's Raspberry Pi 3B: its console from the inside, the levels of its pins from the outside.

A script in the guest ("commands" beside this file) reads commands from the serial console and frames
what they print, so that a test can run one and have its output and exit status. The pins are read
through QEMU's monitor from the GPIO block's registers, behind the back of everything that runs in the
guest: what is seen there is what a lamp soldered to the pin would show.
"""

import collections
import os
import queue
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

GPFSEL0 = 0x3F200000  # function select, three bits a pin, ten pins a register: 1 is output
GPLEV0 = 0x3F200034  # level of pins 0 to 31, a bit each

Result = collections.namedtuple("Result", "status output")
Sample = collections.namedtuple("Sample", "time levels")


class MachineError(AssertionError):
    """The guest did not do what was waited for; the message ends with the console's last lines, and its
    kernel's, which may be from long before."""


class Machine:
    """One boot, as a context manager; QEMU ends with the block, however it ends, as a power cut ends it.

    init is PID 1; append goes to the kernel's command line, options to QEMU's, such as those of a disk;
    timeout_s is for commands that are given none.
    """

    def __init__(self, kernel, dtb, initrd, append="", log=None, init="/init", boot_timeout_s=300,
                 timeout_s=120, options=()):
        self._command = [
            "qemu-system-aarch64", "-M", "raspi3b", "-smp", "4",
            # One processor is enough, and the other three would cost twenty seconds of booting.
            "-global", "bcm2837.enabled-cpus=1",
            "-kernel", str(kernel), "-dtb", str(dtb), "-initrd", str(initrd),
            "-append", f"console=ttyS1,115200 rdinit={init} maxcpus=1 panic=-1 loglevel=3 {append}",
            "-display", "none", "-serial", "null", "-serial", "stdio", "-no-reboot",
            *options]
        self.console = []  # every line so far
        self._log = open(log or os.devnull, "w", encoding="utf-8")
        self._lines, self._tail = queue.Queue(), collections.deque(maxlen=40)
        self._kernel = collections.deque(maxlen=80)
        self._serial = 0
        self._boot_timeout_s, self._timeout_s = boot_timeout_s, timeout_s

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="wirebell-pi-")
        path = os.path.join(self._folder, "monitor")
        self._start = time.monotonic()
        self._qemu = subprocess.Popen(
            self._command + ["-monitor", f"unix:{path},server=on,wait=off"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._reader = threading.Thread(target=self._read_console, daemon=True)
        self._reader.start()
        try:
            self._wait_for(lambda line: line == "@ready", self._boot_timeout_s, "the guest to boot")
            self.boot_s = time.monotonic() - self._start
            self._monitor = socket.socket(socket.AF_UNIX)
            self._monitor.settimeout(120)
            self._monitor.connect(path)
            self._read_monitor()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._qemu.kill()
        self._qemu.wait()
        self._reader.join()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # --- the inside ---------------------------------------------------------------------------

    def run(self, command, timeout_s=None, check=True):
        """Run a shell command in the guest; what it leaves in the background goes on running.

        With check, any exit status but 0 is an error.
        """
        self._serial += 1
        begin, end = f"@begin {self._serial}", f"@end {self._serial} "
        timeout_s = timeout_s or self._timeout_s
        self._qemu.stdin.write(f"{self._serial} {command}\n".encode())
        self._qemu.stdin.flush()
        self._wait_for(lambda line: line == begin, timeout_s, command)
        output = self._wait_for(lambda line: line.startswith(end), timeout_s, command)
        result = Result(int(output.pop()[len(end):]), "\n".join(output).rstrip("\n"))
        if check and result.status != 0:
            raise MachineError(f"{command}\nexit status {result.status}\n{result.output}")
        return result

    def _read_console(self):
        for raw in self._qemu.stdout:
            line = raw.decode(errors="replace").rstrip("\r\n")
            if not self._log.closed:
                self._log.write(f"{time.monotonic() - self._start:8.3f} {line}\n")
                self._log.flush()
            self.console.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def _wait_for(self, is_last, timeout_s, what):
        """The console's lines up to and with the first that is_last likes, less the kernel's."""
        lines, deadline = [], time.monotonic() + timeout_s
        while not lines or not is_last(lines[-1]):
            try:
                line = self._lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise self._error(f"waited {timeout_s} s in vain for {what}") from None
            if line is None:
                raise self._error(f"QEMU ended while waiting for {what}")
            is_kernel = re.match(r"\[ *\d+\.\d+\] ", line)
            (self._kernel if is_kernel else self._tail).append(line)
            if not is_kernel:
                lines.append(line)
        return lines

    def _error(self, message):
        return MachineError("\n".join([message + "; the console's last lines:", *self._tail,
                                       "and the kernel's:", *self._kernel]))

    # --- the outside --------------------------------------------------------------------------

    def _read_monitor(self):
        text = b""
        while not text.endswith(b"(qemu) "):
            text += self._monitor.recv(4096)
        return text.decode()

    def register(self, address):
        """A 32-bit register, read over QEMU's monitor."""
        self._monitor.sendall(f"xp /1wx {address:#x}\n".encode())
        return int(re.search(rf"{address:016x}: (0x[0-9a-f]+)", self._read_monitor())[1], 16)

    def levels(self):
        """Levels of pins 0 to 31, a bit each."""
        return self.register(GPLEV0)

    def is_output(self, pin):
        return self.register(GPFSEL0 + pin // 10 * 4) >> pin % 10 * 3 & 7 == 1

    def watch(self, seconds, until=None):
        """Sample the levels about every 5 ms; ends early once until(levels) is true."""
        samples, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            samples.append(Sample(time.monotonic(), self.levels()))
            if until and until(samples[-1].levels):
                break
            time.sleep(0.005)
        return samples

    def watch_until(self, condition, seconds=60):
        """The same, until it is so; that it never is, is an error."""
        samples = self.watch(seconds, until=condition)
        if not samples or not condition(samples[-1].levels):
            raise self._error(f"watched the pins {seconds} s in vain")
        return samples

    def watch_until_high(self, pin):
        return self.watch_until(lambda levels: levels >> pin & 1)


def rises(samples, pin):
    """How often the pin went up."""
    bits = [sample.levels >> pin & 1 for sample in samples]
    return sum(now > before for before, now in zip(bits, bits[1:]))
