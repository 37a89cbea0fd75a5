# SPDX-License-Identifier: MIT
"""wirebell-dbus(7) against the daemon: what it names is there, what is there it names, its
examples work as they are printed."""

import pathlib
import re
import shlex

import pytest
from feed_server import FeedServer, rss
from message_bus import BELL, NAME, PATH, Bus, Monitor, needs_a_bus, on_bus

pytestmark = needs_a_bus

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PAGE = (SOURCE / "firmware/man/wirebell-dbus.7").read_text(encoding="utf-8")


def part(title):
    """A subsection of the page."""
    return re.split(r"^\.S[sh] ", PAGE.split(f".Ss {title}\n")[1], flags=re.M)[0]


def listed(title):
    """The names a subsection lists."""
    lines = re.findall(r"^\.It Li (.*)$", part(title), re.M)
    return {name.strip() for line in lines for name in line.split(" , ")}


def examples():
    lines = re.findall(r"^\.Dl (busctl .*)$", PAGE, re.M)
    return [line.replace(r"\(dq", '"') for line in lines]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A bus with a daemon on it that has an alert."""
    place = tmp_path_factory.mktemp("manual")
    with FeedServer() as server, Bus() as bus:
        url = server.script("/feed", rss("Choir"), rss("Cyber attack", "Choir"))
        (place / "keywords").write_text(f"[feeds]\n{url}\n[bulletin]\ncyber attack*\n")
        with on_bus(bus, place, place / "keywords") as running:
            running.wait_for("there already")
            bus.call("Poll", "s", "")
            running.wait_for("bulletin: ")
            yield bus


@pytest.fixture(scope="module")
def interface(asked):
    done = asked.run("busctl", "--xml-interface", "introspect", NAME, PATH)
    return done.stdout.split(f'<interface name="{BELL}">')[1].split("</interface>")[0]


@pytest.mark.parametrize("title, tag", [("Methods", "method"), ("Signals", "signal")])
def test_methods_and_signals_are_those_of_the_page_with_their_arguments(interface, title, tag):
    there = {}
    for name, body in re.findall(rf'<{tag} name="(\w+)"(?:/>|>(.*?)</{tag}>)', interface, re.S):
        arguments = re.findall(r'<arg type="([^"]+)" name="([^"]+)"(?! direction="out")', body)
        there[name] = [" ".join(argument) for argument in arguments]
    page = {name: [argument for argument in re.findall(r'"([^"]*)"', arguments) if argument]
            for name, arguments in re.findall(r"^\.It Fn (\w+)(.*)$", part(title), re.M)}
    assert page == there and there


def test_properties_are_those_of_the_page(interface):
    assert listed("Properties") == set(re.findall(r'<property name="(\w+)"', interface))


def test_keys_of_an_alert_are_those_of_the_page(asked):
    assert listed("Keys of an alert") == set(asked.call("Why", "x", "0"))


def test_keys_of_a_feed_are_those_of_the_page(asked):
    assert listed("Keys of a feed") == set(asked.call("Feeds")[0])


def test_keys_of_the_status_are_those_of_the_page(asked):
    assert listed("Keys of the status") == set(asked.call("Status"))


@pytest.mark.parametrize("line", examples())
def test_an_example_works_as_printed(asked, line):
    command = shlex.split(line)
    if "monitor" not in command:
        done = asked.run(*command)
        assert done.returncode == 0 and (done.stdout or "Poll" in command), done.stderr
        return
    with Monitor(asked, command):
        pass  # it shows what there is to be seen, until it is ended


def test_there_are_examples():
    assert len(examples()) >= 5


def test_who_may_act_is_what_the_policy_does_not_open_to_all(interface):
    policy = (SOURCE / "firmware/systemd/org.wirebell1.conf").read_text(encoding="utf-8")
    everyone = policy.split('<policy context="default">')[1].split("</policy>")[0]
    looking = set(re.findall(rf'"{re.escape(BELL)}"\s+send_member="(\w+)"', everyone))
    methods = set(re.findall(r'<method name="(\w+)"', interface))
    acting = PAGE.split("may act: call\n")[1].split(".Pp")[0]
    assert methods - looking == set(re.findall(r"[A-Z]\w+", acting.replace(".Li", "")))
