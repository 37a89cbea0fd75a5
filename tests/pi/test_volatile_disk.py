# SPDX-License-Identifier: MIT
"""Is the disk of power.py to be trusted? What a cut may take, and what it must leave, without a Pi."""

import socket
import struct

import pytest
from disk import FLUSH, PAGE, READ, SECTOR, WRITE, Disk

OLD, NEW = b"old " * (PAGE // 4), b"new " * (PAGE // 4)


class Chance:
    """Stands in for random.Random: a share of the writes outlives the cut, and tears or not."""

    def __init__(self, share, *draws):
        self._share, self._draws = share, list(draws)

    def choice(self, _):
        return self._share

    def random(self):
        return self._draws.pop(0) if self._draws else 0.5


class Client:
    """As much of NBD as QEMU speaks to the disk."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.input = self.socket.makefile("rb")
        assert self.input.read(16) == b"NBDMAGICIHAVEOPT"
        self.input.read(2)
        self.socket.sendall(struct.pack(">I", 1))
        for option in (8, 7):  # structured replies, which are refused; go
            self.socket.sendall(b"IHAVEOPT" + struct.pack(">II", option, 6) + bytes(6))
        self.input.read(20 + 20 + 12)
        assert struct.unpack(">QIII", self.input.read(20))[2] == 1

    def ask(self, request, page=0, pages=0, data=b""):
        self.send(request, page, pages, data)
        _, error, _ = struct.unpack(">IIQ", self.input.read(16))
        assert error == 0
        return self.input.read(pages * PAGE) if request == READ else None

    def send(self, request, page=0, pages=0, data=b""):
        length = len(data) or pages * PAGE
        at = int(page * PAGE)
        self.socket.sendall(struct.pack(">IHHQQI", 0x25609513, 0, request, 1, at, length) + data)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image"
    path.write_bytes(OLD * 8)
    return path


@pytest.fixture
def run(tmp_path, image):
    """Opens the disk and a client of it."""
    disks = []

    def start(**how):
        disks.append(Disk(image, tmp_path / "socket", **how))
        return disks[-1], Client(str(tmp_path / "socket"))

    yield start
    for disk in disks:
        disk.__exit__()


def test_what_was_flushed_stays_and_what_was_not_is_lost(run, image):
    disk, client = run()
    client.ask(WRITE, 0, data=NEW)
    client.ask(FLUSH)
    client.ask(WRITE, 1, data=NEW)
    assert client.ask(READ, 0, 3) == NEW + NEW + OLD, "the guest reads what it wrote"
    assert disk.cut(Chance(share=0)) == {"at_stake": 1, "lost": 1, "torn": 0}
    assert image.read_bytes() == NEW + OLD * 7


def test_a_later_write_may_outlive_an_earlier_one(run, image):
    disk, client = run()
    client.ask(WRITE, 0, data=NEW)
    client.ask(WRITE, 1, data=NEW)
    assert disk.cut(Chance(0.5, 0.9, 0.1))["lost"] == 1
    assert image.read_bytes() == OLD + NEW + OLD * 6


def test_a_write_may_be_torn_between_pages(run, image):
    disk, client = run()
    client.ask(WRITE, 0.5, data=NEW * 3)
    assert disk.cut(Chance(1, 0, 0, 0, 0.9, 0, 0.9)) == {"at_stake": 1, "lost": 0, "torn": 1}
    half = PAGE // 2
    assert image.read_bytes() == OLD[:half] + NEW[:half] + OLD + NEW + OLD * 5


@pytest.mark.parametrize("share, kept", [(0, OLD), (1, NEW)])
def test_a_card_without_a_cache_risks_no_more_than_the_page_under_way(run, image, share, kept):
    disk, client = run(has_cache=False)
    client.ask(WRITE, 0, data=NEW)
    disk.cut_at(WRITE, 1)
    client.ask(WRITE, 1, data=NEW[SECTOR:])
    client.send(WRITE, 2 - SECTOR / PAGE, data=NEW[:SECTOR])
    assert disk.is_cut.wait(60)
    assert disk.cut(Chance(share))["at_stake"] == 1
    assert image.read_bytes() == NEW + kept + OLD * 6


def test_a_card_keeps_nothing_of_half_a_page(run, image):
    disk, client = run(has_cache=False)
    client.ask(WRITE, 0, data=NEW + NEW[SECTOR:])
    assert client.ask(READ, 0, 2) == NEW + NEW[SECTOR:] + OLD[:SECTOR]
    assert disk.cut(Chance(1, 0, 0.9))["torn"] == 0
    assert image.read_bytes() == NEW + OLD * 7


@pytest.mark.parametrize("request_, data", [(WRITE, NEW), (FLUSH, b"")])
def test_nothing_is_answered_or_kept_from_the_cut_on(run, image, request_, data):
    disk, client = run()
    disk.cut_at(request_, 2)
    client.ask(request_, 0, data=data)
    client.send(request_, 1, data=data)
    assert disk.is_cut.wait(60)
    client.send(READ, 0, 1)
    client.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        client.input.read(1)
    disk.cut(Chance(share=0))
    assert image.read_bytes() == OLD * 8
