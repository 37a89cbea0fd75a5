#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Private memory of the idle daemon, as idle.py counts it, by the kernel of an emulated Raspberry Pi 3B.

    idle_on_pi.py BUILD_DIR

Goal (PERFORMANCE 6): Private_Dirty at most 400 KB with 100 feeds and 1,000 rules.

The packages of Debian 12 and 13 for 64-bit and 32-bit Pis, each with its own release's libraries: how much
of a library is the daemon's own differs with the width of a pointer, and most with what libsystemd is
linked to. They lie on the Pi's card, for in its memory every page of a file would count as dirty.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "pi")]
os.environ["WIREBELL_BUILD_DIR"] = str(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else ""
import feeds  # noqa: E402
import pytest  # noqa: E402
from idle import FEEDS, MALLOC, RULES, STORIES, dirty_kb_by_kind, keywords, row  # noqa: E402
from initramfs import guest, libraries  # noqa: E402
from machine import Machine  # noqa: E402
from parts import cross, hardware  # noqa: E402
from power import FILE_SYSTEM, MEDIA, PATH, with_dependencies  # noqa: E402

IMAGE_MB = 256  # a card in QEMU's slot has a power of two
SYSROOTS = {"bookworm": "sysroot1", "trixie": "sysroot13"}
TRIPLETS = {"arm64": "aarch64-linux-gnu", "armhf": "arm-linux-gnueabihf"}
APPLETS = "cat chroot date grep httpd ifconfig insmod kill ls mount printf sed seq sh sleep stty sync".split()


def place_root(root, arch, suite):
    """A root for chroot(1): the package, what it links, and the keywords."""
    root.mkdir(parents=True)
    subprocess.run(["dpkg-deb", "-x", cross("package", arch, suite), root], check=True)
    programs = [root / "usr/bin/wirebell", root / "usr/libexec/wirebell/wirebell-reader"]
    sysroot = pathlib.Path(cross("sysroot", SYSROOTS[suite], arch))
    for name, library in libraries(programs, [sysroot], TRIPLETS[arch]).items():
        folder = root / "lib" if name.startswith("ld-") else root / "lib" / TRIPLETS[arch]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(library.read_bytes())
        (folder / name).chmod(0o755)
    for folder in "dev", "proc", "tmp", "var/lib":
        (root / folder).mkdir(parents=True)
    (root / "keywords").write_text(keywords("http://h{}.localhost/feed"))


def place_initramfs(path, pi, modules):
    archive = guest(pi.packages, modules, APPLETS)
    archive.folder("card")
    stories = [(number, *story, 60) for number, story in enumerate(STORIES)]
    archive.text("www/feed", feeds.rss(stories, time.time()))
    archive.write(path)


def wait_for(pi, condition, what):
    """While the daemon lives."""
    pi.run(f"for i in $(seq 600); do {condition} && break; kill -0 $bell || break; sleep 0.5; done; {condition} || "
           f"{{ echo waited in vain for {what}; cat /tmp/log; false; }}", timeout_s=900)


def private_dirty_kb(pi, root):
    """Of the daemon in that root, by kind, when it has looked at all feeds and the reader has left."""
    pi.run(f"mount -t proc proc {root}/proc; mount -t devtmpfs dev {root}/dev")
    pi.run(f"GLIBC_TUNABLES={MALLOC} chroot {root} /usr/bin/wirebell run --board sim "
           "--keywords /keywords --state-dir /var/lib/wirebell >/tmp/out 2>/tmp/log & bell=$!")
    wait_for(pi, "grep -q watching /tmp/log", "the start")
    pi.run("kill -USR1 $bell")
    wait_for(pi, f"[ $(grep -c 'there already' /tmp/log) = {FEEDS} ]", "all feeds")
    wait_for(pi, '[ -z "$(cat /proc/$bell/task/$bell/children)" ]', "the reader to leave")
    smaps = pi.run("for i in 1 2; do sync; sleep 1; done; cat /proc/$bell/smaps").output
    pi.run("kill $bell; wait $bell")
    return dirty_kb_by_kind(line.strip() for line in smaps.splitlines())


def main():
    hardware_of_pi = hardware()
    modules = with_dependencies(hardware_of_pi.module(""), FILE_SYSTEM + MEDIA["card"][0])
    with tempfile.TemporaryDirectory(prefix="wirebell-bench-") as folder:
        place = pathlib.Path(folder)
        kinds = [(arch, suite) for arch in TRIPLETS for suite in SYSROOTS]
        for arch, suite in kinds:
            place_root(place / "card" / f"{arch}-{suite}", arch, suite)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", place / "card", place / "image", f"{IMAGE_MB}M"],
                       check=True, env={**os.environ, "PATH": PATH}, stdout=subprocess.DEVNULL)
        place_initramfs(place / "initramfs", hardware_of_pi, modules)
        row(f"{FEEDS} feeds, {RULES} rules: Private_Dirty, KB", "measured", "goal")
        with Machine(hardware_of_pi.kernel, hardware_of_pi.dtb, place / "initramfs",
                     append=f"wirebell.now={time.time():.0f}",
                     options=[part.format(place / "image") for part in MEDIA["card"][1]]) as pi:
            for module in modules:
                pi.run(f"insmod /lib/modules/{module.name}")
            pi.run("for i in $(seq 600); do ls /dev/mmcblk0 2>/dev/null && break; sleep 0.1; done; "
                   "mount -t ext4 /dev/mmcblk0 /card")
            for arch, suite in kinds:
                sizes = private_dirty_kb(pi, f"/card/{arch}-{suite}")
                row(f"{suite}, {arch}", sum(sizes.values()), "400")
                for kind, size in sizes.most_common():
                    if size > 8:
                        row(f"  {kind}", size)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main()
    except pytest.skip.Exception as why:
        sys.exit(f"idle_on_pi.py: {why}")
