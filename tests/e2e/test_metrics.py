# SPDX-License-Identifier: MIT
"""metrics=: what Prometheus' node_exporter reads, of the real daemon, and by the words of its readers."""

import os
import shutil
import stat
import subprocess
import time

import pytest
from bell import Bell
from conftest import BUILD, wait_for
from feed_server import Answer, rss

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
    feed_server.script("/feed", rss("Choir"), rss(*NEWS, "Choir"))
    feed_server.script("/gone", Answer(status=410))
    hosts = [feed_server.url("/feed", host="one.localhost"),
             feed_server.url("/gone", host="joe:secret@two.localhost")]
    keywords = tmp_path / "keywords"
    keywords.write_text("[feeds]\n" + "\n".join(hosts) + "\n[urgent]\ncyber attack*\n[never]\nsponsored\n")
    return Bell(BUILD / "bin/wirebell", tmp_path, keywords, "--config", str(config))


def samples(path):
    """Each line that is no comment: name with labels -> number."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    found = {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
    assert len(found) == len(lines), "a sample stands twice"
    return found


def wait_for_sample(path, name, value):
    wait_for(lambda: path.exists() and samples(path).get(name) == value, seconds=30)


def test_what_happens_is_counted(bell, metrics, feed_server):
    begin = time.time()
    with bell:
        bell.wait_for("watching")
        wait_for(metrics.exists)  # before any poll is asked for
        assert sum(value for name, value in samples(metrics).items()
                   if name.startswith("wirebell_feeds{")) == 2
        bell.poll()
        bell.wait_for("first look", seconds=30)
        wait_for_sample(metrics, 'wirebell_feeds{state="gone"}', 1)
        wait_for_sample(metrics, 'wirebell_feeds{state="fine"}', 1)
        one, two = (feed_server.url(path, host=host) for path, host in
                    (("/feed", "one.localhost"), ("/gone", "two.localhost")))
        found = samples(metrics)
        assert begin - 1 <= found[f'{FEED}{{feed="{one}"}}'] <= time.time()
        assert found[f'{FEED}{{feed="{two}"}}'] == 0
        assert "secret" not in metrics.read_text()
        assert found['wirebell_rings_total{level="urgent"}'] == 0
        assert found["wirebell_clock_trusted"] == 1

        bell.poll()
        bell.wait_for("urgent: Cyber attack on the port", seconds=30)
        wait_for_sample(metrics, 'wirebell_rings_total{level="urgent"}', 1)
        wait_for_sample(metrics, 'wirebell_suppressed_total{reason="never"}', 1)
        wait_for_sample(metrics, "wirebell_alerts_unacknowledged", 1)
        assert samples(metrics)["wirebell_acknowledge_duration_seconds_count"] == 0
        bell.press_button()
        bell.wait_for("acknowledged")
        wait_for_sample(metrics, "wirebell_alerts_unacknowledged", 0)
        found = samples(metrics)
        assert found["wirebell_acknowledge_duration_seconds_count"] == 1
        assert found['wirebell_acknowledge_duration_seconds_bucket{le="+Inf"}'] == 1
        assert 0 <= found["wirebell_acknowledge_duration_seconds_sum"] <= 60
    assert not metrics.exists()  # a clean stop has nothing to tell


def test_the_file_is_for_everybody_and_never_half(bell, metrics):
    bell.wrap("sh", "-c", 'umask 077; exec "$@"', "sh")
    with bell:
        wait_for(metrics.exists)
        assert stat.S_IMODE(metrics.stat().st_mode) == 0o644
        with metrics.open() as first:  # held, so its number is not given away
            bell.poll()
            wait_for_sample(metrics, 'wirebell_feeds{state="fine"}', 1)
            assert metrics.stat().st_ino != os.fstat(first.fileno()).st_ino  # another took its name
            assert first.read().endswith("\n")
        wait_for(lambda: [path.name for path in metrics.parent.iterdir()] == [metrics.name])
        bell.kill()
    assert samples(metrics)["wirebell_rules"] == 2  # what was killed leaves its last words


def test_nothing_is_written_while_nothing_happens(bell, metrics):
    with bell:
        bell.wait_for("watching")
        bell.poll()
        wait_for_sample(metrics, 'wirebell_feeds{state="gone"}', 1)
        wait_for_sample(metrics, 'wirebell_feeds{state="fine"}', 1)
        time.sleep(1.5)  # the round has ended
        before = metrics.stat().st_mtime_ns
        time.sleep(3)
        assert metrics.stat().st_mtime_ns == before


def test_it_is_off_by_default_and_follows_the_file_when_that_is_saved(bell, metrics, config):
    other = metrics.with_name("other.prom")
    wanted = config.read_text()
    config.write_text("")
    with bell:
        bell.wait_for("watching")
        bell.poll()
        bell.wait_for("first look", seconds=30)
        assert list(metrics.parent.iterdir()) == []
        config.write_text(wanted)
        wait_for(metrics.exists)
        config.write_text(f'metrics = "{other}"\n')
        wait_for(other.exists)
        assert not metrics.exists()
        config.write_text("metrics = off\n")
        wait_for(lambda: not other.exists())
        config.write_text("metrics = relative.prom\n")
        bell.wait_for("metrics cannot be 'relative.prom'")


def test_a_file_that_cannot_be_written_is_told_once_and_the_bell_rings_on(bell, metrics):
    shutil.rmtree(metrics.parent)
    with bell:
        bell.wait_for("the metrics cannot be written to .*wirebell.prom: No such file or directory")
        bell.poll()
        bell.wait_for("first look", seconds=30)
        bell.poll()
        bell.wait_for("urgent: Cyber attack on the port", seconds=30)
        assert bell.count("metrics cannot be written") == 1
        metrics.parent.mkdir()
        bell.press_button()  # the next thing that happens
        wait_for_sample(metrics, 'wirebell_rings_total{level="urgent"}', 1)


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
def test_prometheus_own_readers_take_it(bell, metrics, reader):
    if reader is read_by_promtool and not shutil.which("promtool"):
        pytest.skip("promtool is not there: apt install prometheus")
    with bell:
        bell.wait_for("watching")
        bell.poll()
        bell.wait_for("first look", seconds=30)
        bell.poll()
        wait_for_sample(metrics, 'wirebell_rings_total{level="urgent"}', 1)
        reader(metrics)
