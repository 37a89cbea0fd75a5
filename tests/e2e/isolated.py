# SPDX-License-Identifier: MIT
"""A network of one's own: a scene is played in namespaces where loopback has any address wanted.

There the tests can be a site on the Internet, a router at home and a name server at once, and
nothing leaves the machine. A scene is a function of a test module; it runs in another process, and
fails the test by raising.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import threading

import pytest
from conftest import clean_environment

# Documentation addresses (RFC 5737, RFC 3849) stand for sites on the Internet.
PUBLIC, OTHER, ROUTER = "203.0.113.1", "198.51.100.1", "192.168.7.1"
PUBLIC_IPV6, ROUTER_IPV6 = "2001:db8::1", "fd00::1"

ENTER = ["unshare", "--map-root-user", "--mount", "--net"]
SET_UP = "ip link set lo up" + "".join(
    f" && ip address add {address} dev lo" for address in
    [PUBLIC, OTHER, ROUTER, f"{PUBLIC_IPV6}/128 nodad", f"{ROUTER_IPV6}/128 nodad"])


def play(module, scene, place):
    """Runs module.scene(place) in a network of its own; skips the test where there is none to be had."""
    for program in "unshare", "ip":
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    if subprocess.run([*ENTER, "sh", "-c", SET_UP], capture_output=True, check=False,
                      timeout=60).returncode:
        pytest.skip("this machine allows no network namespaces of one's own")
    here = os.path.dirname(os.path.abspath(__file__))
    command = f"import sys; sys.path.insert(0, sys.argv[1]); import {module}; {module}.{scene}(sys.argv[2])"
    played = subprocess.run(
        [*ENTER, "sh", "-c", SET_UP + ' && exec "$@"', "sh", sys.executable, "-c", command, here,
         str(place)], capture_output=True, text=True, timeout=600, check=False,
        env=clean_environment())
    assert played.returncode == 0, played.stderr[-4000:]


class Names:
    """A name server with a table of IPv4 addresses by name; a context manager."""

    def __init__(self, address, table):
        self.table = table
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                query, peer = self._socket.recvfrom(512)
                self._socket.sendto(self._answer(query), peer)
            except OSError:
                return

    def _answer(self, query):
        """A reply as RFC 1035 4 has it: the addresses of the name, or that there is no such name."""
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += query[at] + 1
        question = query[12:at + 5]
        is_ipv4 = question[-4:] == b"\0\1\0\1"
        name = ".".join(labels).lower()
        self.asked.append(name)
        addresses = self.table.get(name, [])
        records = b"".join(b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 60, 4) + socket.inet_aton(address)
                           for address in addresses if is_ipv4)
        code = 0 if name in self.table else 3
        count = len(addresses) if is_ipv4 else 0
        return query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, count, 0, 0) + question + records


def name_servers(place, *addresses):
    """What /etc/resolv.conf says from now on, in this scene."""
    path = os.path.join(place, "resolv.conf")
    is_new = not os.path.exists(path)
    with open(path, "w", encoding="ascii") as file:
        file.write("".join(f"nameserver {address}\n" for address in addresses) +
                   "options timeout:15 attempts:1\n")
    if is_new:
        subprocess.run(["mount", "--bind", path, "/etc/resolv.conf"], check=True)
        nss = os.path.join(place, "nsswitch.conf")
        with open(nss, "w", encoding="ascii") as file:
            file.write("hosts: dns\n")
        subprocess.run(["mount", "--bind", nss, "/etc/nsswitch.conf"], check=True)
