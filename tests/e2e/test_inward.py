# SPDX-License-Identifier: MIT
"""What needs a network of its own: redirects from the Internet inwards, and names after a change.

The number in a test's name is a row of the checklist for polite fetching.
"""

import contextlib
import socket

from conftest import run_program, soon, start_reader
from feed_server import Answer, FeedServer, rss
from isolated import (OTHER, PUBLIC, PUBLIC_IPV6, ROUTER, ROUTER_IPV6, Names, name_servers, play)

LOOPBACK = "127.0.0.1"
INWARD = ("redirect-refused", 0)


def ask(*args):
    """The readings of the reader, by address."""
    done = run_program("tests/ask_reader", *args)
    assert (done.code, done.err) == (0, "")
    return {line["url"]: line for line in done.lines}


class Web:
    """One server for all addresses; who redirects where is in its scripts."""

    def __init__(self):
        self.server = FeedServer(address="")
        self.count = 0

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *how):
        self.server.__exit__(*how)

    def url(self, host, path="/feed"):
        return self.server.url(path, host=f"[{host}]" if ":" in host else host)

    def chain(self, *hosts):
        """The address of a feed on the first host that is redirected from host to host to the last."""
        self.count += 1
        paths = [f"/{self.count}/{hop}" for hop in range(len(hosts))]
        self.server.script(paths[-1], rss("fine"))
        for hop in range(len(hosts) - 1):
            there = self.url(hosts[hop + 1], paths[hop + 1])
            self.server.script(paths[hop], Answer(status=302, headers={"Location": there}))
        return self.url(hosts[0], paths[0]), paths[-1]

    def outcome(self, *hosts):
        """How a look at such a feed ends, and how many requests its last host got."""
        url, last = self.chain(*hosts)
        reading = ask(url)[url]
        if reading["outcome"] == "redirect-refused":
            assert "of this machine or of its own network" in reading["detail"]
        return reading["outcome"], len(self.server.requests(last))


# --- scenes -----------------------------------------------------------------------------------


def by_address(_):
    with Web() as web:
        for near in LOOPBACK, ROUTER, "0.0.0.0", "127.9.9.9":
            assert web.outcome(PUBLIC, near) == INWARD, near
            assert web.outcome(PUBLIC, OTHER, near) == INWARD, near
            assert web.outcome(near) == ("ok", 1), near  # the user's own line
        for near in ROUTER_IPV6, "::1", "::ffff:127.0.0.1", f"::ffff:{ROUTER}":
            assert web.outcome(PUBLIC, near) == INWARD, near
            assert web.outcome(PUBLIC_IPV6, near) == INWARD, near
        assert web.outcome(PUBLIC, OTHER) == ("ok", 1)
        assert web.outcome(PUBLIC_IPV6, PUBLIC) == ("ok", 1)
        assert web.outcome(ROUTER, ROUTER_IPV6) == ("ok", 1)  # at home in the user's network
        assert web.outcome(ROUTER, LOOPBACK) == INWARD  # a printer has no business here either
        assert web.outcome(LOOPBACK, ROUTER) == ("ok", 1)
        assert web.outcome(LOOPBACK, LOOPBACK) == ("ok", 1)
        assert web.outcome(ROUTER, PUBLIC, ROUTER) == INWARD  # back by way of a stranger


def by_name(place):
    table = {"site.test": [PUBLIC], "inside.test": [ROUTER], "self.test": [LOOPBACK],
             "both.test": [ROUTER, OTHER]}
    name_servers(place, "127.0.0.53")
    with Names("127.0.0.53", table), Web() as web:
        assert web.outcome("site.test") == ("ok", 1)
        for name in "inside.test", "self.test", "localhost":
            assert web.outcome("site.test", name) == INWARD, name
            assert web.outcome(name) == ("ok", 1), name
        # Of several addresses those that lead inwards are left out.
        url, last = web.chain("site.test", "both.test")
        assert ask(url)[url]["outcome"] == "ok"
        (request,) = web.server.requests(last)
        assert request.own == OTHER


@contextlib.contextmanager
def one_reader(place):
    """A reader that serves all who ask; gives what asks it."""
    path = f"{place}/reader"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        reader = start_reader(listener)
        try:
            yield lambda url: ask("--socket", path, url)[url]
            assert reader.poll() is None  # the same from first to last
        finally:
            reader.kill()
            reader.wait()


def over_a_kept_connection(place):
    with Web() as web, one_reader(place) as ask_it:
        own, path = web.chain(ROUTER)
        lure, last = web.chain(PUBLIC, ROUTER)

        def ask_and_lure():
            assert ask_it(own)["outcome"] == "ok"
            is_kept = web.server.has_connection(web.server.requests(path)[-1].client)
            return is_kept, ask_it(lure)["outcome"]

        is_kept, outcome = soon(ask_and_lure)
        assert is_kept  # and it leads to the router
        assert outcome == "redirect-refused"
        assert web.server.requests(last) == []


def names_after_a_change(place):
    name_servers(place, "127.0.0.98")  # where nobody answers
    with FeedServer(address="") as server, Names("127.0.0.53", {"site.test": [PUBLIC]}), one_reader(
        place
    ) as ask_it:
        server.script("/feed", rss("one"))
        url = server.url("/feed", host="site.test")
        before = ask_it(url)
        assert before["outcome"] == "unreachable" and "no host is known" in before["detail"]
        name_servers(place, "127.0.0.53")
        assert ask_it(url)["outcome"] == "ok"


# --- tests ------------------------------------------------------------------------------------


def test_row_30_no_redirect_leads_from_outside_to_this_machine_or_its_network(tmp_path):
    play("test_inward", "by_address", tmp_path)


def test_row_30_nor_does_a_name_that_means_an_address_inside(tmp_path):
    play("test_inward", "by_name", tmp_path)


def test_row_30_nor_does_a_connection_that_another_feed_has_made(tmp_path):
    play("test_inward", "over_a_kept_connection", tmp_path)


def test_row_44_names_are_looked_up_afresh_after_a_network_change(tmp_path):
    play("test_inward", "names_after_a_change", tmp_path)
