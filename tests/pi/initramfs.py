# SPDX-License-Identifier: MIT
"""The guest's whole file system, as one archive the kernel unpacks into memory.

Files are taken from a sysroot that was unpacked for another processor, so nothing here is run: what a
program needs is read from its ELF header, and the archive (cpio, "newc") is written by hand, which
takes neither root, to make a device node, nor the cpio program. It is not compressed: the emulated
processor would take longer to unpack it than QEMU takes to load it.
"""

import os
import pathlib
import re
import stat
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def needed(program):
    """Names of the shared libraries an ELF file asks for, its loader included."""
    text = subprocess.run(["readelf", "-ldW", str(program)], capture_output=True, text=True,
                          check=True).stdout
    loader = re.findall(r"program interpreter: .*/([^/\]]+)\]", text)
    return loader + re.findall(r"\(NEEDED\).*\[(.+)\]", text)


def libraries(programs, sysroots, triplet="aarch64-linux-gnu"):
    """Paths of all shared libraries the programs need, and those these need, by their names.

    A library is taken from the first sysroot that has it.
    """
    found, wanted = {}, [name for program in programs for name in needed(program)]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        places = [root / "usr/lib" / triplet / name for root in sysroots]
        found[name] = next((place for place in places if place.exists()), None)
        if found[name] is None:
            raise FileNotFoundError(f"{name}: in none of {', '.join(map(str, sysroots))}")
        wanted += needed(found[name])
    return found


def guest(packages, modules, applets):
    """An archive that boots and takes commands: busybox with those applets, and modules to load."""
    archive = Archive()
    for folder in ("proc", "sys", "dev", "tmp", "run", "var/lib"):
        archive.folder(folder)
    archive.console()
    archive.program("init", HERE / "init")
    archive.program("commands", HERE / "commands")
    archive.program("bin/busybox", packages / "bin/busybox")
    for module in modules:
        archive.file(f"lib/modules/{module.name}", module)
    for applet in applets:
        archive.link(f"bin/{applet}", "busybox")
    return archive


class Archive:
    """A cpio archive under construction; every folder is made on the way to what lies in it."""

    def __init__(self):
        self._bytes = bytearray()
        self._names = set()

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        name = os.path.normpath(name).strip("/")
        parent = os.path.dirname(name)
        if parent and parent not in self._names:
            self._entry(parent, stat.S_IFDIR | 0o755)
        if name in self._names:
            raise ValueError(f"{name} is in the archive already")
        self._names.add(name)
        path = os.fsencode(name) + b"\0"
        fields = (len(self._names), mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
        header = "070701" + "".join(f"{field:08X}" for field in fields)
        for part in (header.encode() + path, data):
            self._bytes += part
            self._bytes += bytes(-len(self._bytes) % 4)

    def folder(self, name):
        self._entry(name, stat.S_IFDIR | 0o755)

    def text(self, name, text):
        self._entry(name, stat.S_IFREG | 0o644, text.encode())

    def file(self, name, path, mode=None):
        path = pathlib.Path(path)
        self._entry(name, stat.S_IFREG | (mode or path.stat().st_mode & 0o777), path.read_bytes())

    def program(self, name, path):
        self.file(name, path, 0o755)

    def link(self, name, target):
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def console(self):
        self._entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    def folder_of(self, name, path):
        """A folder with all that is in it, links followed."""
        for folder, _, files in os.walk(path, followlinks=True):
            for file in sorted(files):
                place = pathlib.Path(folder, file)
                self.file(f"{name}/{place.relative_to(path)}", place)

    def tree(self, path, skip):
        """All that is in a folder, at the top, links as links; files whose path fits skip are left out."""
        for folder, folders, files in os.walk(path):
            at = pathlib.Path(folder).relative_to(path)
            for name in sorted(folders + files):
                place = pathlib.Path(folder, name)
                if place.is_symlink():
                    self.link(f"{at}/{name}", os.readlink(place))
                elif place.is_dir():
                    self._entry(f"{at}/{name}", place.stat().st_mode)
                elif not re.search(skip, f"{at}/{name}"):
                    self.file(f"{at}/{name}", place)

    def write(self, path):
        self._entry("TRAILER!!!", 0)
        pathlib.Path(path).write_bytes(self._bytes)
