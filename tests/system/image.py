# SPDX-License-Identifier: MIT
"""A whole Debian for the emulated Pi, systemd and all, as one archive the kernel unpacks into memory.

Its packages were unpacked and no script of theirs has run: users are made by systemd-sysusers as it
starts, and the few files made by hand here are what is missing then.
"""

import re

from initramfs import Archive
from parts import HERE as PI

# For hardware an emulated Pi does not have, characters nobody asks for, and disks and consoles of which
# units would be generated, again at each daemon-reload.
SKIP = r"^usr/lib/(udev/hwdb\.d/|aarch64-linux-gnu/gconv/|systemd/system-generators/)"

# What neither wirebell nor a test looks at, and an emulated processor takes seconds for.
MASKED = """dev-hugepages.mount dev-mqueue.mount getty.target kmod-static-nodes.service modprobe@.service
proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount
sys-kernel-tracing.mount systemd-ask-password-console.path systemd-ask-password-wall.path systemd-binfmt.service
systemd-firstboot.service systemd-initctl.socket systemd-journald-audit.socket systemd-logind.service
systemd-modules-load.service systemd-random-seed.service systemd-remount-fs.service systemd-sysctl.service
systemd-udev-trigger.service systemd-update-utmp-runlevel.service systemd-update-utmp.service
systemd-user-sessions.service""".split()

COMMANDS = """[Unit]
Description=Commands of the tests, from the serial console

[Service]
ExecStart=/bin/sh /usr/local/lib/commands
Environment=HOME=/root TERM=dumb
StandardInput=tty-force
TTYPath=/dev/ttyS1
Restart=always
"""

# The Pi has no clock of its own; the host's comes with the kernel's command line.
CLOCK = """[Unit]
Description=Time of the machine that emulates this one
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'date -s "@$(sed "s/.*wirebell.now=//; s/ .*//" /proc/cmdline)"'
"""


def make(path, root, hardware, files):
    """Write the archive: the tree root, and files by the names they are to have in the guest."""
    archive = Archive()
    archive.tree(root, SKIP)
    archive.console()
    archive.text("etc/hostname", "pi\n")
    archive.text("etc/machine-id", "")
    archive.link("usr/bin/awk", "mawk")
    archive.link("usr/local/bin/httpd", "busybox")
    archive.program("usr/local/bin/busybox", hardware.packages / "bin/busybox")
    archive.file("usr/local/lib/commands", PI / "commands")
    for name, unit, target in (("commands", COMMANDS, "multi-user"), ("clock", CLOCK, "sysinit")):
        archive.text(f"etc/systemd/system/{name}.service", unit)
        archive.link(f"etc/systemd/system/{target}.target.wants/{name}.service", f"../{name}.service")
    for unit in MASKED:
        archive.link(f"etc/systemd/system/{unit}", "/dev/null")
    for module in ("fs/configfs/configfs.ko", "drivers/pwm/pwm-bcm2835.ko"):
        archive.file(f"lib/modules/{re.sub('.*/', '', module)}", hardware.module(module))
    archive.file("lib/modules/gpio-sim.ko", hardware.gpio_sim)
    for name, content in files.items():
        if isinstance(content, str):
            archive.text(name, content)
        else:
            archive.file(name, content)
    archive.write(path)
