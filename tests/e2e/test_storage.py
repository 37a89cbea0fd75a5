# SPDX-License-Identifier: MIT
"""A disk that is full, read-only, failing, or holds something else: the bell rings on and says so."""

import email.utils
import os
import sqlite3
import subprocess

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import rss
from sim_clock import SimClock


@pytest.fixture
def url(feed_server):
    return feed_server.script("/feed", rss("Fair weather"))


@pytest.fixture
def bell(tmp_path, url):
    """Starts the daemon on one state; faults are disk_faults.c's variables."""
    keywords = tmp_path / "keywords"
    keywords.write_text(f"[feeds]\n{url}\n[bulletin]\ncrisis\n")

    def start(clock=None, **faults):
        running = Bell(BUILD / "bin/wirebell", tmp_path, keywords, clock=clock)
        if faults:
            libraries = [str(BUILD / "tests/libdisk_faults.so")]
            if clock:
                libraries.append(clock.env["LD_PRELOAD"])
            running.env.update(faults, DISK_FAULT_PATH="wirebell.db", LD_PRELOAD=":".join(libraries),
                               ASAN_OPTIONS="verify_asan_link_order=0")
        return running

    return start


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def clock(tmp_path):
    return SimClock(tmp_path / "clock")


def take_baseline(bell):
    with bell() as running:
        running.wait_for("there already")


def publish(feed_server, running, *titles):
    feed_server.script("/feed", rss(*titles, "Fair weather"))
    before = running.count(f"bulletin: {titles[0]}$")
    running.poll()
    if running.clock:
        running.clock.advance(2)
    running.wait_for(f"bulletin: {titles[0]}$", count=before + 1)


@pytest.mark.parametrize("fault, said", [
    ("ENOSPC", "No space left on device"), ("EIO", "Input/output error"),
    ("EROFS", "Input/output error")])
def test_a_disk_that_fails_silences_nothing_and_what_rang_stays_known(
        bell, clock, feed_server, tmp_path, state, fault, said):
    take_baseline(bell)
    broken = tmp_path / "broken"
    with bell(clock, DISK_FAULT=fault, DISK_FAULT_AT="1",
              DISK_FAULT_WHILE=str(broken)) as running:
        running.wait_for("watching")
        broken.touch()
        publish(feed_server, running, "A crisis begins")
        running.wait_for(f"health: the state cannot be written: .*{said}")
        running.ring_out(5)
        broken.unlink()
        publish(feed_server, running, "A crisis ends", "A crisis begins")
        running.wait_for("health: state is mended, all is well")
        assert running.count("bulletin: A crisis begins$") == 1
    with sqlite3.connect(state / "wirebell.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with bell() as running:
        running.wait_for("watching")
        running.poll()
        publish(feed_server, running, "A crisis returns", "A crisis ends", "A crisis begins")
        assert running.count("[0-9] bulletin: A crisis (begins|ends)$") == 0


def test_a_disk_that_fails_from_the_start_lets_what_it_holds_be_read(bell, feed_server, tmp_path):
    take_baseline(bell)
    with bell() as running:
        running.wait_for("watching")
        publish(feed_server, running, "A crisis begins")
    feed_server.script("/feed", rss("A crisis at night", "A crisis begins", "Fair weather"))
    with bell(DISK_FAULT="EIO", DISK_FAULT_AT="1") as running:
        running.wait_for("health: the state is kept in memory only")
        running.wait_for("still unacknowledged, bulletin: A crisis begins$")
        running.poll()
        running.wait_for("[0-9] bulletin: A crisis at night$")
        assert running.count("[0-9] bulletin: A crisis begins$") == 0


def test_a_damaged_file_is_set_aside_by_name_and_nothing_floods(bell, feed_server, state):
    take_baseline(bell)
    (state / "wirebell.db").write_bytes(b"this was a database once" * 1000)
    feed_server.script("/feed", rss(*(f"Crisis {n}" for n in range(30))))
    with bell() as running:
        running.wait_for("set aside as .*wirebell.db.damaged-1")
        running.wait_for("a new state: what the feeds show now counts as seen")
        running.wait_for("first look, 30 there already")
        assert running.count("bulletin: ") == 0
        publish(feed_server, running, "One crisis more")
    assert (state / "wirebell.db.damaged-1").read_bytes().startswith(b"this was a database")


def test_a_file_that_goes_bad_in_use_is_set_aside_and_what_is_lit_stays_lit(
        bell, clock, feed_server, state):
    take_baseline(bell)
    with bell(clock) as running:
        running.wait_for("watching")
        publish(feed_server, running, "A crisis begins")
        with open(state / "wirebell.db", "r+b") as file:
            file.write(b"\0" * 200)  # the header, and the first page of the list of tables
        (state / "wirebell.db-wal").unlink()
        feed_server.script("/feed", rss("A crisis too much", "A crisis begins", "Fair weather"))
        running.poll()
        clock.advance(2)
        running.wait_for("set aside as .*wirebell.db.damaged-1")
        running.wait_for("a new state: ")
        assert running.is_lit("red") or running.blinks("red")
        running.poll()
        clock.advance(2)
        running.wait_for("first look, 3 there already")
        publish(feed_server, running, "A crisis ends")
    with sqlite3.connect(state / "wirebell.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_what_is_dated_after_the_last_look_rings_though_the_state_went_bad_meanwhile(
        bell, clock, feed_server, state):
    feed_server.script("/feed", rss("A crisis of old", "Fair weather"))
    take_baseline(bell)
    with bell(clock) as running:
        running.wait_for("watching")
        publish(feed_server, running, "A crisis begins")
        with open(state / "wirebell.db", "r+b") as file:
            file.write(b"\0" * 200)
        (state / "wirebell.db-wal").unlink()
        date = email.utils.formatdate(clock.wall_s + 5)
        now = rss("A crisis in the gap", "A crisis of old", "Fair weather")
        feed_server.script("/feed", now.replace(
            b"</title><link>", f"</title><pubDate>{date}</pubDate><link>".encode(), 1))
        running.poll()
        clock.advance(2)
        running.wait_for("but for what they date later than the last look")
        running.poll()
        clock.advance(2)
        running.wait_for("first look, 3 there already")
        running.wait_for("bulletin: A crisis in the gap$")
        assert running.count("bulletin: A crisis of old") == 0


def test_a_database_of_another_program_is_kept(bell, state):
    state.mkdir()
    with sqlite3.connect(state / "wirebell.db") as db:
        db.execute("CREATE TABLE precious(thing)")
    with bell() as running:
        running.wait_for("set aside as ")
        running.wait_for("there already")
    with sqlite3.connect(state / "wirebell.db.damaged-1") as db:
        assert db.execute("SELECT count(*) FROM precious").fetchone() == (0,)


def test_the_state_of_a_newer_wirebell_is_left_alone(bell, feed_server, state):
    take_baseline(bell)
    db = sqlite3.connect(state / "wirebell.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (state / "wirebell.db").read_bytes()
    with bell() as running:
        running.wait_for("was written by a newer wirebell; upgrade this one")
        running.wait_for("health: the state is kept in memory only")
        running.wait_for("there already")
        publish(feed_server, running, "A crisis")
    assert (state / "wirebell.db").read_bytes() == before


def test_a_state_folder_that_is_lost_begins_silently(bell, feed_server, state):
    take_baseline(bell)
    for file in state.iterdir():
        file.unlink()
    feed_server.script("/feed", rss(*(f"Crisis {n}" for n in range(30))))
    with bell() as running:
        running.wait_for("a new state: ")
        running.wait_for("first look, 30 there already")
        running.poll()
        publish(feed_server, running, "One crisis more", *(f"Crisis {n}" for n in range(30)))
        assert running.count("bulletin: ") == 1


def mount_first(running, mounts):
    """Has the daemon start where these mounts were made, in a namespace of its own."""
    if os.geteuid() != 0:
        pytest.skip("needs root: mounts something in a namespace of its own")
    tried = subprocess.run(["unshare", "-m", "sh", "-c", mounts], capture_output=True, text=True,
                           check=False)
    if tried.returncode != 0:
        pytest.skip(f"this cannot be mounted here: {tried.stderr.strip()}")
    running.wrap("unshare", "-m", "sh", "-c", f'{mounts} && exec "$@"', "sh")


def test_a_read_only_folder_is_told_and_the_bell_rings(bell, feed_server, state):
    take_baseline(bell)
    running = bell()
    mount_first(running, f"mount --bind {state} {state} && mount -o remount,ro,bind {state}")
    with running:
        running.wait_for("health: the state is kept in memory only: .*")
        running.wait_for("watching")
        publish(feed_server, running, "A crisis")


def test_a_state_on_an_overlay_is_a_state(bell, feed_server, tmp_path, state):
    take_baseline(bell)
    place = tmp_path / "overlay"
    place.mkdir()
    running = bell()
    mount_first(running, f"mount -t tmpfs none {place} && mkdir {place}/up {place}/work && mount -t "
                f"overlay -o lowerdir={state},upperdir={place}/up,workdir={place}/work none {state}")
    with running:
        running.wait_for("watching")
        publish(feed_server, running, "A crisis")
        assert running.count("health: ") == 0
