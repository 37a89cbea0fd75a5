# SPDX-License-Identifier: MIT
"""metrics=: what Prometheus' node_exporter reads, of the real daemon, and by the words of its readers."""

import os
import shutil
import stat
import subprocess

import pytest
from bell import Bell
from conftest import BUILD
from feed_server import Answer, rss
from sim_clock import SimClock

FEED = "wirebell_feed_last_success_timestamp_seconds"
NEWS = ("Cyber attack on the port", "Choir sings", "Sponsored: a cyber attack on your purse")


@pytest.fixture
def metrics(tmp_path):
    (tmp_path / "metrics").mkdir()
    return tmp_path / "metrics" / "wirebell.prom"


@pytest.fixture
def config(tmp_path, metrics):
    path = tmp_path / "config"
    path.write_text(f'metrics = "{metrics}"\n')
    return path


@pytest.fixture
def bell(tmp_path, feed_server, config):
    feed_server.script("/feed", rss("Choir"))
    feed_server.script("/gone", Answer(status=410))
    hosts = [feed_server.url("/feed", host="one.localhost"),
             feed_server.url("/gone", host="joe:secret@two.localhost")]
    keywords = tmp_path / "keywords"
    keywords.write_text("[feeds]\n" + "\n".join(hosts) + "\n[urgent]\ncyber attack*\n[never]\nsponsored\n")
    return Bell(BUILD / "bin/wirebell", tmp_path, keywords, "--config", str(config),
                clock=SimClock(tmp_path / "clock"))


def poll(bell):
    """One poll, to its end."""
    bell.poll()
    bell.clock.advance(3)


def poll_news(bell, feed_server):
    feed_server.script("/feed", rss(*NEWS, "Choir"))
    poll(bell)
    bell.wait_for("urgent: Cyber attack on the port")


def samples(path):
    """Each line that is no comment: name with labels -> number."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    found = {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
    assert len(found) == len(lines), "a sample stands twice"
    return found


def test_what_happens_is_counted(bell, metrics, feed_server):
    begin = int(bell.clock.wall_s)
    with bell:
        bell.wait_for("watching")
        bell.clock.settle()
        assert metrics.exists()  # before any poll is asked for
        assert sum(value for name, value in samples(metrics).items()
                   if name.startswith("wirebell_feeds{")) == 2
        poll(bell)
        one, two = (feed_server.url(path, host=host) for path, host in
                    (("/feed", "one.localhost"), ("/gone", "two.localhost")))
        found = samples(metrics)
        assert found['wirebell_feeds{state="gone"}'] == found['wirebell_feeds{state="fine"}'] == 1
        assert begin <= found[f'{FEED}{{feed="{one}"}}'] <= bell.clock.wall_s
        assert found[f'{FEED}{{feed="{two}"}}'] == 0
        assert "secret" not in metrics.read_text()
        assert found['wirebell_rings_total{level="urgent"}'] == 0
        assert found["wirebell_clock_trusted"] == 1

        poll_news(bell, feed_server)
        found = samples(metrics)
        assert found['wirebell_rings_total{level="urgent"}'] == 1
        assert found['wirebell_suppressed_total{reason="never"}'] == 1
        assert found["wirebell_alerts_unacknowledged"] == 1
        assert found["wirebell_acknowledge_duration_seconds_count"] == 0
        bell.press_button()
        bell.clock.settle()
        bell.wait_for("acknowledged")
        found = samples(metrics)
        assert found["wirebell_alerts_unacknowledged"] == 0
        assert found["wirebell_acknowledge_duration_seconds_count"] == 1
        assert found['wirebell_acknowledge_duration_seconds_bucket{le="+Inf"}'] == 1
        assert 0 <= found["wirebell_acknowledge_duration_seconds_sum"] <= 60
    assert not metrics.exists()  # a clean stop has nothing to tell


def test_the_file_is_for_everybody_and_never_half(bell, metrics):
    bell.wrap("sh", "-c", 'umask 077; exec "$@"', "sh")
    with bell:
        bell.wait_for("watching")
        bell.clock.settle()
        assert stat.S_IMODE(metrics.stat().st_mode) == 0o644
        with metrics.open() as first:  # held, so its number is not given away
            poll(bell)
            assert samples(metrics)['wirebell_feeds{state="fine"}'] == 1
            assert metrics.stat().st_ino != os.fstat(first.fileno()).st_ino  # another took its name
            assert first.read().endswith("\n")
        assert [path.name for path in metrics.parent.iterdir()] == [metrics.name]
        bell.kill()
    assert samples(metrics)["wirebell_rules"] == 2  # what was killed leaves its last words


def test_nothing_is_written_while_nothing_happens(bell, metrics):
    with bell:
        bell.wait_for("watching")
        poll(bell)
        assert samples(metrics)['wirebell_feeds{state="gone"}'] == 1
        before = metrics.stat().st_mtime_ns
        bell.clock.advance(120)
        assert metrics.stat().st_mtime_ns == before


def test_it_is_off_by_default_and_follows_the_file_when_that_is_saved(bell, metrics, config):
    other = metrics.with_name("other.prom")
    wanted = config.read_text()

    def save(text):
        config.write_text(text)
        bell.clock.advance(1)

    config.write_text("")
    with bell:
        bell.wait_for("watching")
        poll(bell)
        bell.wait_for("first look")
        assert list(metrics.parent.iterdir()) == []
        save(wanted)
        assert metrics.exists()
        save(f'metrics = "{other}"\n')
        assert other.exists() and not metrics.exists()
        save("metrics = off\n")
        assert not other.exists()
        save("metrics = relative.prom\n")
        bell.wait_for("metrics cannot be 'relative.prom'")


def test_a_file_that_cannot_be_written_is_told_once_and_the_bell_rings_on(bell, metrics, feed_server):
    shutil.rmtree(metrics.parent)
    with bell:
        bell.wait_for("the metrics cannot be written to .*wirebell.prom: No such file or directory")
        poll(bell)
        bell.wait_for("first look")
        poll_news(bell, feed_server)
        assert bell.count("metrics cannot be written") == 1
        metrics.parent.mkdir()
        bell.press_button()  # the next thing that happens
        bell.clock.settle()
        assert samples(metrics)['wirebell_rings_total{level="urgent"}'] == 1


def read_by_promtool(path):
    done = subprocess.run(["promtool", "check", "metrics"], stdin=path.open(), capture_output=True,
                          text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def read_by_python(path):
    parser = pytest.importorskip("prometheus_client.parser", reason="apt install python3-prometheus-client")
    families = {family.name: family for family in
                parser.text_string_to_metric_families(path.read_text())}
    assert families["wirebell_rings"].type == "counter"
    assert families["wirebell_acknowledge_duration_seconds"].type == "histogram"
    feeds = families[FEED].samples
    assert len(feeds) == 2 and all(sample.labels["feed"].startswith("http") for sample in feeds)


@pytest.mark.parametrize("reader", [read_by_promtool, read_by_python])
def test_prometheus_own_readers_take_it(bell, metrics, feed_server, reader):
    if reader is read_by_promtool and not shutil.which("promtool"):
        pytest.skip("promtool is not there: apt install prometheus")
    with bell:
        bell.wait_for("watching")
        poll(bell)
        poll_news(bell, feed_server)
        assert samples(metrics)['wirebell_rings_total{level="urgent"}'] == 1
        reader(metrics)
