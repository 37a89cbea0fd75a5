# SPDX-License-Identifier: MIT
"""A disk for the emulated Pi that forgets what a power cut makes a disk forget.

Killing QEMU alone loses nothing: what the guest has handed to its disk lies safe in the host's memory.
So the guest's disk is served from here, over NBD, and this knows what each write was worth when the
power failed. A disk with a write cache answers a write once it is in the cache; only a flush brings
what was answered before it onto the medium. At the cut any of the writes since the last flush may be
lost, kept, or torn between two pages, and a later one kept where an earlier one is lost. A card
without a cache, which is what the Pi's own slot has for the kernel (the SD protocol knows no flush), loses
at most the page under way.

Pages are of 4 KB and never torn themselves, as flash and the disks of today write them: half a superblock
is more than ext4 gets over, and nothing that runs on it could do anything about that.

The cut can fall on a chosen request: from the moment it arrives nothing more is answered or kept.
"""

import os
import socket
import struct
import threading

SECTOR, PAGE = 512, 4096

# https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
OPTION_MAGIC, OPTION_REPLY_MAGIC = 0x49484156454F5054, 0x3E889045565A9
REQUEST_MAGIC, REPLY_MAGIC = 0x25609513, 0x67446698
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPT_GO, REP_ACK, REP_INFO, REP_UNSUPPORTED = 7, 1, 3, (1 << 31) + 1
HAS_FLAGS, SEND_FLUSH = 1, 4
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
EINVAL = 22


class Disk:
    """One run of the guest on an image; a context manager. Its address is for QEMU's file=."""

    def __init__(self, image, socket_path, has_cache=True):
        self.address = f"nbd+unix:///?socket={socket_path}"
        self.is_cut = threading.Event()
        self._has_cache = has_cache
        self._lock = threading.Lock()
        self._newest = {}  # sector: what the guest reads there, while it is not on the medium
        self._writes = []  # (offset, data) that a cut may take back, in their order
        self._cut_at = None  # (request, how many more of it come before the cut)
        self._image = os.open(image, os.O_RDWR | os.O_CLOEXEC)
        self._size = os.fstat(self._image).st_size
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(socket_path))
        self._listener.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        os.close(self._image)

    # --- the cut ------------------------------------------------------------------------------

    def cut_at(self, request, count):
        """Has the power fail in the count-th WRITE or FLUSH from now on, 1 being the next."""
        with self._lock:
            self._cut_at = (request, count)

    def cut(self, random):
        """The power fails now, if it has not yet; the image becomes what a new start will find.

        Returns how many writes were at stake, lost and torn, by these names.
        """
        with self._lock:
            self.is_cut.set()
            share, lost, torn = random.choice((0, 0.25, 0.5, 0.75, 1)), 0, 0
            for offset, data in self._writes:
                pages = self._pages(offset, data)
                if not pages or random.random() >= share:
                    lost, pages = lost + 1, ()
                elif len(pages) > 1 and random.random() < 0.2:
                    torn, pages = torn + 1, [page for page in pages if random.random() < 0.5]
                for at, part in pages:
                    os.pwrite(self._image, part, at)
            return {"at_stake": len(self._writes), "lost": lost, "torn": torn}

    def _pages(self, offset, data):
        """A write by the pages it falls on; nothing of the one that a card has only a part of."""
        ends = [*range(PAGE - offset % PAGE, len(data), PAGE), len(data)]
        pages = [(offset + begin, data[begin:end]) for begin, end in zip([0, *ends], ends)]
        if not self._has_cache and (offset + len(data)) % PAGE:
            pages.pop()
        return pages

    def _is_last(self, request):
        """Whether the power fails in this request."""
        if self._cut_at and self._cut_at[0] == request:
            left = self._cut_at[1] - 1
            self._cut_at = (request, left)
            if left == 0:
                self.is_cut.set()
        return self.is_cut.is_set()

    # --- the medium and its cache -------------------------------------------------------------

    def _read(self, offset, length):
        data = bytearray(os.pread(self._image, length, offset))
        for at in range(0, length, SECTOR):
            newest = self._newest.get((offset + at) // SECTOR)
            if newest:
                data[at:at + SECTOR] = newest
        return bytes(data)

    def _write(self, offset, data):
        """Whether the guest is told that it is done."""
        ends_page = (offset + len(data)) % PAGE == 0
        begin, before = self._writes.pop() if self._writes and not self._has_cache else (offset, b"")
        if begin + len(before) != offset:
            self._empty_cache()  # a card has been told to write elsewhere
            begin, before = offset, b""
        self._writes.append((begin, before + data))  # a card is given its pages sector by sector
        if (self._has_cache or ends_page) and self._is_last(WRITE):
            return False
        for at in range(0, len(data), SECTOR):
            self._newest[(offset + at) // SECTOR] = data[at:at + SECTOR]
        if not self._has_cache and ends_page:
            self._empty_cache()
        return True

    def _flush(self):
        if self._is_last(FLUSH):
            return False
        self._empty_cache()
        return True

    def _empty_cache(self):
        for sector, data in self._newest.items():
            os.pwrite(self._image, data, sector * SECTOR)
        self._newest.clear()
        self._writes.clear()

    # --- the protocol -------------------------------------------------------------------------

    def _serve(self):
        try:
            self._socket, _ = self._listener.accept()
            self._input = self._socket.makefile("rb")
            self._shake_hands()
            while self._answer():
                pass
        except (OSError, struct.error):
            pass  # QEMU was killed, in the midst of a request perhaps

    def _take(self, form):
        return struct.unpack(form, self._input.read(struct.calcsize(form)))

    def _shake_hands(self):
        self._socket.sendall(b"NBDMAGIC" + struct.pack(">QH", OPTION_MAGIC, FIXED_NEWSTYLE | NO_ZEROES))
        self._take(">I")
        option = None
        while option != OPT_GO:
            _, option, length = self._take(">QII")
            self._input.read(length)
            if option != OPT_GO:
                self._reply(option, REP_UNSUPPORTED)
        self._reply(option, REP_INFO, struct.pack(">HQH", 0, self._size, HAS_FLAGS | SEND_FLUSH))
        self._reply(option, REP_ACK)

    def _reply(self, option, kind, data=b""):
        self._socket.sendall(struct.pack(">QIII", OPTION_REPLY_MAGIC, option, kind, len(data)) + data)

    def _answer(self):
        """One request; whether there may be another."""
        _, _, request, handle, offset, length = self._take(">IHHQQI")
        data = self._input.read(length) if request == WRITE else b""
        if request == DISCONNECT:
            return False
        error = 0
        with self._lock:
            if self.is_cut.is_set():
                return False
            if offset % SECTOR or length % SECTOR or offset + length > self._size:
                error = EINVAL
            elif request == READ:
                data = self._read(offset, length)
            elif not (self._write(offset, data) if request == WRITE else self._flush()):
                return False
        reply = struct.pack(">IIQ", REPLY_MAGIC, error, handle)
        self._socket.sendall(reply + (data if request == READ and not error else b""))
        return True
