#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Cuts the power of the emulated Pi, again and again, and holds the bell to the promise of crash.py.

    power.py ROUNDS [SEED]

A round boots the Pi on the disk the last cut left, replays the journal of its file system, starts the
real daemon and reader, has them find numbered stories, perhaps presses the button, and then both machine and
disk (disk.py) are gone: at a random moment, at a chosen write or flush, or right after something was
told. What counts as told is what had left the serial console by then. The disk is a USB disk with a write
cache, or, every fourth time, a card in the Pi's slot, for which the kernel knows no cache.

Between two rounds the image itself is looked at: the file system after its journal's replay is sound, the
database in it passes SQLite's check. The seed chooses the moments; how far the guest is then is for the
machine that emulates it to say.
"""

import collections
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import pytest
except ImportError:
    print("SKIPPED pytest is not installed (package python3-pytest)")
    sys.exit(77)

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
from conftest import cross_build, make_archive  # noqa: E402
from crash import RESTORED, SHOWN, Desk, check_state  # noqa: E402
from desk import RED, Simulator  # noqa: E402
from disk import FLUSH, WRITE, Disk  # noqa: E402
from machine import Machine  # noqa: E402
from parts import BUILD, hardware, sysroot  # noqa: E402

PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"  # where people other than root have no e2fsck
IMAGE_MB = 64  # a card in QEMU's slot has a power of two
MEDIA = {
    "usb": (["phy-generic", "dwc2", "usb-storage", "sd_mod"],
            ["-drive", "if=none,id=disk,format=raw,file={}", "-device", "usb-storage,drive=disk"]),
    "card": (["bcm2835"], ["-drive", "if=sd,format=raw,file={}"]),
}
FILE_SYSTEM = ["crc32c_generic", "ext4"]
ACKNOWLEDGED = r"acknowledged, \d"
TROUBLE = r"set aside|cannot be (read|written|used)|EXT4-fs.*error"
# When the power is cut; see until_*(). For press, for example, at a write that the press brings about.
KINDS = "acknowledged anytime flush idle mount press start stop told write".split()


# --- what is booted ---------------------------------------------------------------------------


def with_dependencies(modules, names):
    """The kernel's modules of these names and those they need, in the order to load them."""
    files = {file.stem.replace("-", "_"): file for file in modules.rglob("*.ko")}
    found = []

    def add(name):
        needs = re.search(rb"(?:^|\0)depends=([^\0]*)", files[name].read_bytes())[1].decode()
        for need in needs.split(",") if needs else ():
            add(need.replace("-", "_"))
        if files[name] not in found:
            found.append(files[name])

    for name in names:
        add(name.replace("-", "_"))
    return found


class Rig:
    """The Pi as it comes from the shop, its disk apart."""

    def __init__(self, folder):
        if not shutil.which("debugfs", path=PATH):
            pytest.skip("debugfs is not installed (package e2fsprogs)")
        pi, root = hardware(), sysroot("sysroot2")
        self.kernel, self.dtb, self.initramfs = pi.kernel, pi.dtb, folder / "initramfs"
        self.modules = {medium: with_dependencies(pi.module(""), FILE_SYSTEM + names)
                        for medium, (names, _) in MEDIA.items()}
        modules = {pi.gpio_sim, pi.module("fs/configfs/configfs.ko")}.union(*self.modules.values())
        archive = make_archive(pi.packages, modules, {2: cross_build(2, root)}, [root])
        archive.folder("var/lib/wirebell")
        archive.text("etc/crisis", "[feeds]\nhttp://127.0.0.1/feed\n[flash]\ncrisis\n")
        archive.file("etc/guest", HERE / "power_guest.sh")
        archive.write(self.initramfs)


class Pi(Machine):
    """One boot, to the cut."""

    def __init__(self, rig, medium, disk):
        super().__init__(rig.kernel, rig.dtb, rig.initramfs, append=f"wirebell.now={time.time():.0f}",
                         log=BUILD / "power.log",
                         options=[part.format(disk.address) for part in MEDIA[medium][1]])
        self._modules, self._disk = rig.modules[medium], disk
        self.is_pressed = False

    def attach(self):
        self.run(". /etc/guest; attach " + " ".join(module.stem for module in self._modules))
        self._button = Simulator(self, "button-box", 1).pull(0)

    def told(self, pattern):
        return [line for line in self.console if re.search(pattern, line)]

    def wait_for(self, pattern, seconds=180):
        """Waits for a line, or the cut. Returns whether the line came."""
        deadline = time.monotonic() + seconds
        while not self.told(pattern):
            if self._disk.is_cut.is_set():
                return False
            assert time.monotonic() < deadline, f"waited in vain for {pattern!r}:\n" + "\n".join(self.console)
            time.sleep(0.002)
        return True

    def mount(self):
        """Returns whether it was mounted before the cut."""
        self.run("{ mount_state && echo @mounted || echo @refused; } &")
        is_done = self.wait_for("^@(mounted|refused)$")
        assert not self.told("^@refused$"), "the file system was not mounted:\n" + "\n".join(self.console)
        return is_done

    def press(self):
        self.is_pressed = True
        self.run(f"press {self._button} &")


# --- what the cut left ------------------------------------------------------------------------


def tool(*command, expected=(0,)):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "PATH": PATH})
    assert done.returncode in expected, f"{command}: {done.stdout}"


def check_image(image):
    """A copy of the image, its journal replayed: file system and database are whole."""
    with tempfile.TemporaryDirectory(prefix="wirebell-image-") as folder:
        copy, state = pathlib.Path(folder, "copy"), pathlib.Path(folder, "state")
        tool("cp", "--sparse=always", image, copy)
        tool("e2fsck", "-y", "-E", "journal_only", copy, expected=(0, 1))
        tool("e2fsck", "-f", "-n", copy)
        tool("debugfs", "-R", f"rdump /state {folder}", copy)
        if (state / "wirebell.db").exists():  # a cut may come before
            check_state(state)
            return True
    return False


# --- the rounds -------------------------------------------------------------------------------


class Cuts:
    """The disk, the stories, and the rounds."""

    def __init__(self, rig, folder, seed):
        self.rig, self.folder = rig, folder
        self.random = random.Random(seed)
        self.desk = Desk()
        self.image = folder / "image"
        self.lit = set()  # what must be lit again after the next start
        self.counts = collections.defaultdict(collections.Counter)
        tool("truncate", "-s", f"{IMAGE_MB}M", self.image)
        tool("mkfs.ext4", "-q", "-b", "4096", "-E", "lazy_itable_init=0", self.image)

    def round(self, kind):
        # A card is sent no flush.
        medium = "card" if kind != "flush" and self.random.random() < 0.25 else "usb"
        socket = self.folder / "socket"
        try:
            with Disk(self.image, socket, has_cache=medium == "usb") as disk, \
                    Pi(self.rig, medium, disk) as pi:
                self.use(pi, disk, kind)
                is_hit = disk.is_cut.is_set()
                fate = disk.cut(self.random)
        finally:
            socket.unlink(missing_ok=True)
        assert not pi.told(TROUBLE), "\n".join(pi.console)
        self.desk.take(pi.console)
        self.remember(pi)
        counts = {"rounds": 1, medium: 1, "hit": is_hit, **fate,
                  "replayed": len(pi.told("recovery complete")),
                  "lit_again": len(pi.told(RESTORED)), "whole": check_image(self.image)}
        self.counts[kind].update(counts)
        return counts

    def remember(self, pi):
        """What must be lit again: a press that was under way may or may not have been kept."""
        if pi.is_pressed and not pi.told(ACKNOWLEDGED):
            self.lit = set()
        elif pi.told("watching$"):
            self.lit = self.desk.lit
        else:
            self.lit |= self.desk.lit

    # --- to the moment of the cut -------------------------------------------------------------

    def use(self, pi, disk, kind):
        pi.attach()
        if kind == "mount":
            disk.cut_at(WRITE, self.random.randint(1, 8))
        if not pi.mount():
            return
        self.publish(pi, 0 if kind == "first" else self.random.randint(0, 1))
        if kind == "start":
            disk.cut_at(WRITE, self.random.randint(1, 12))
        pi.run("chatter & start")
        if pi.wait_for("watching$"):
            self.check_lit(pi)
            getattr(self, f"until_{kind}")(pi, disk)

    def check_lit(self, pi):
        """What rang and was not acknowledged is lit again, on the very pin."""
        back = {int(re.search(RESTORED, line)[1]) for line in pi.told(RESTORED)}
        assert self.lit <= back, f"not lit again: {self.lit - back}\n" + "\n".join(pi.console)
        if back:
            pi.watch_until_high(RED)

    def publish(self, pi, count):
        self.desk.published += count
        pi.run(f"publish {self.desk.published} {SHOWN}")

    def look(self, pi):
        """News ring in peace, and with them all that cuts have kept from ringing."""
        self.publish(pi, self.random.randint(1, 3))
        pi.run("poll")
        for number in sorted(set(range(1, self.desk.published + 1)) - self.desk.heard):
            pi.wait_for(f" flash: Crisis number {number}$")

    def until_first(self, pi, disk):
        """The first look is told: from now on stories ring, whatever becomes of the Pi."""
        pi.wait_for("there already")

    def until_mount(self, pi, disk):
        """The mount took fewer writes than were waited for."""
        disk.is_cut.wait(1)

    def until_start(self, pi, disk):
        """So did the start; the rest comes with the first poll."""
        pi.run("poll")
        disk.is_cut.wait(3)

    def until_anytime(self, pi, disk):
        self.publish(pi, 1)
        pi.run("poll")
        disk.is_cut.wait(self.random.uniform(0, 1.5))

    def until_write(self, pi, disk):
        self.publish(pi, 1)
        disk.cut_at(WRITE, self.random.randint(1, 8))
        pi.run("poll")
        disk.is_cut.wait(5)

    def until_flush(self, pi, disk):
        self.publish(pi, 1)
        disk.cut_at(FLUSH, self.random.randint(1, 3))
        pi.run("poll")
        disk.is_cut.wait(5)

    def until_told(self, pi, disk):
        self.look(pi)
        time.sleep(self.random.uniform(0, 0.02))

    def until_press(self, pi, disk):
        self.look(pi)
        disk.cut_at(WRITE, self.random.randint(1, 4))
        pi.press()
        disk.is_cut.wait(3)

    def until_acknowledged(self, pi, disk):
        self.look(pi)
        pi.press()
        pi.wait_for(ACKNOWLEDGED)
        time.sleep(self.random.uniform(0, 0.02))

    def until_stop(self, pi, disk):
        """While the database's log is merged and removed."""
        self.look(pi)
        disk.cut_at(WRITE, self.random.randint(1, 8))
        pi.run("stop")
        disk.is_cut.wait(5)

    def until_idle(self, pi, disk):
        """While only the kernel writes."""
        self.look(pi)
        time.sleep(self.random.uniform(1, 7))


COLUMNS = "rounds usb card hit at_stake lost torn replayed lit_again whole".split()


def run(rounds, seed, say):
    """Runs them all; raises AssertionError at the first broken promise. Returns the Cuts."""
    with tempfile.TemporaryDirectory(prefix="wirebell-power-") as folder:
        cuts, deck = Cuts(Rig(pathlib.Path(folder)), pathlib.Path(folder), seed), []
        cuts.round("first")
        for number in range(1, rounds + 1):
            deck = deck or cuts.random.sample(KINDS, len(KINDS))
            kind = deck.pop()
            row = cuts.round(kind)
            say(f"{number} {kind}: {', '.join(f'{name} {n}' for name, n in row.items() if n)}; "
                f"{cuts.desk.published} stories")
        cuts.round("told")  # which waits for all that was published
        cuts.desk.check_whole()
        return cuts


def report(cuts):
    """The table, a row a kind of moment, and what it comes to."""
    total = sum(cuts.counts.values(), collections.Counter())
    print(f"{'cut':<14}" + "".join(f"{name.replace('_', ' '):>10}" for name in COLUMNS))
    for kind, counts in [*sorted(cuts.counts.items()), ("all", total)]:
        print(f"{kind:<14}" + "".join(f"{counts[name]:>10}" for name in COLUMNS))
    print(f"{cuts.desk.published} stories, each rang ({sum(cuts.desk.raised.values())} seen to be raised, "
          f"none twice), {len(cuts.desk.acknowledged)} acknowledged and not seen again")


def main():
    rounds = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    print(f"seed {seed}", flush=True)
    try:
        report(run(rounds, seed, say=lambda text: print(text, flush=True)))
    except pytest.skip.Exception as reason:
        print(f"SKIPPED {reason}")
        sys.exit(77)


if __name__ == "__main__":
    main()
