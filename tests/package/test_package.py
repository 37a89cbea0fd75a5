# SPDX-License-Identifier: MIT
"""The Debian package: what is in it, and what becomes of a system it is installed on, upgraded, purged."""

import re
import shutil
import subprocess

import pytest

from conftest import SOURCE
from deb import ENVIRONMENT, call, field, newer
from feed_server import Answer, FeedServer, rss

UNITS = {"wirebell-reader.socket": "sockets.target", "wirebell.service": "multi-user.target"}
STATE = "var/lib/wirebell/wirebell.db"


def contents(deb):
    """Every file of the package: {path: (mode, owner)}."""
    lines = (line.split(None, 5) for line in call("dpkg-deb", "--contents", deb).splitlines())
    return {line[5].removeprefix("."): (line[0], line[1]) for line in lines}


def run_once(root, url, *more):
    """One round of the installed daemon over that feed, on the sim board; what it said."""
    (root / "etc/wirebell/keywords").write_text(f"[feeds]\n{url}\n[urgent]\nransomware\n")
    return call(root / "usr/bin/wirebell", "run", "--once", "--board", "sim",
                "--keywords", root / "etc/wirebell/keywords", "--config", root / "etc/wirebell/wirebell.conf",
                "--state-dir", root / "var/lib/wirebell", *more, timeout=60)


def test_control_fields_say_what_it_needs(deb):
    release = re.search(r'^VERSION_ID="?(\d+)', open("/usr/lib/os-release").read(), re.M)
    assert field(deb, "Package") == "wirebell"
    assert re.fullmatch(r"\d+\.\d+\.\d+" + (rf"\+deb{release[1]}" if release else ""), field(deb, "Version"))
    assert field(deb, "Architecture") == call("dpkg", "--print-architecture").strip()
    depends = field(deb, "Depends")
    for package in ("libc6", "libcurl4", "libgpiod", "libmxml1", "libsqlite3-0", "libsystemd0", "ca-certificates"):
        assert package in depends
    assert not any(package in depends for package in ("cmocka", "-dev", "debconf"))


def test_contents_are_all_that_belongs_on_a_system(deb):
    files = contents(deb)
    for name in ("/usr/bin/wirebell", "/usr/libexec/wirebell/wirebell-reader", "/etc/wirebell/keywords",
                 "/etc/wirebell/wirebell.conf", "/usr/lib/systemd/system/wirebell.service",
                 "/usr/lib/systemd/system/wirebell-reader.service", "/usr/lib/systemd/system/wirebell-reader.socket",
                 "/usr/lib/sysusers.d/wirebell.conf", "/usr/lib/tmpfiles.d/wirebell.conf",
                 "/usr/lib/udev/rules.d/60-wirebell.rules", "/usr/share/dbus-1/system.d/org.wirebell1.conf",
                 "/usr/share/bash-completion/completions/wirebell", "/usr/share/zsh/vendor-completions/_wirebell",
                 "/usr/share/fish/vendor_completions.d/wirebell.fish", "/usr/share/doc/wirebell/copyright",
                 "/usr/share/doc/wirebell/changelog.gz"):
        assert name in files
    manuals = {page.name for page in (SOURCE / "firmware/man").iterdir()}
    assert {name.rsplit("/", 1)[1] for name in files if re.match("/usr/share/man/.*[^/]$", name)} == {
        f"{page}.gz" for page in manuals}
    assert sum(name.endswith(".board") for name in files) == len(list((SOURCE / "boards").glob("*.board")))
    assert {name for name in files if not re.match("/(etc/|usr/|$)", name)} == set()
    assert {owner for _, owner in files.values()} == {"root/root"}
    assert {mode for mode, _ in files.values()} == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"}


def test_lintian_finds_no_fault(deb):
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed (package lintian)")
    # What is worth a warning changes from version to version; Debian 12's opinion is the one that counts.
    levels = "error,warning" if "v2.116" in call("lintian", "--version") else "error"
    call("lintian", "--allow-root", "--no-cfg", "--fail-on", levels, deb)


def test_installed_it_checks_and_rings(deb, root):
    root.dpkg("--install", deb)
    assert re.search(r"^wirebell:", (root / "etc/passwd").read_text(), re.M)
    assert re.search(r"^gpio:.*wirebell$", (root / "etc/group").read_text(), re.M)
    assert {unit for unit, target in UNITS.items() if root.is_enabled(unit, target)} == set(UNITS)

    said = call(root / "usr/bin/wirebell", "check", "--keywords", root / "etc/wirebell/keywords",
                "--config", root / "etc/wirebell/wirebell.conf")
    assert "0 feeds, 0 rules, no mistakes" in said

    with FeedServer() as server:
        server.script("/feed", Answer(rss("Quiet day")), Answer(rss("Ransomware at the port", "Quiet day")))
        assert "Ransomware" not in run_once(root, server.url("/feed"))
        assert "Ransomware at the port" in run_once(root, server.url("/feed"))


def test_upgrade_keeps_what_people_edited_and_decided(deb, root, tmp_path):
    root.dpkg("--install", deb)
    edited = "[urgent]\nmine\n"
    (root / "etc/wirebell/keywords").write_text(edited)
    (root / STATE).write_text("state")
    call("systemctl", f"--root={root.path}", "disable", "wirebell.service")

    root.dpkg("--install", newer(deb, tmp_path, "999"))
    assert "Version: 999\n" in (root / "var/lib/dpkg/status").read_text()
    assert (root / "etc/wirebell/keywords").read_text() == edited
    assert "newer package" in (root / "etc/wirebell/wirebell.conf").read_text()  # nobody had touched it
    assert (root / STATE).read_text() == "state"
    assert not root.is_enabled("wirebell.service", UNITS["wirebell.service"])
    assert root.is_enabled("wirebell-reader.socket", UNITS["wirebell-reader.socket"])


def test_removal_keeps_configuration_and_state_and_purge_takes_them(deb, root):
    root.dpkg("--install", deb)
    (root / STATE).write_text("state")
    (root / "etc/wirebell/boards").mkdir()
    (root / "etc/wirebell/boards/mine.board").write_text("lamp red { gpio = 5 }\n")

    root.dpkg("--remove", "wirebell")
    assert not (root / "usr/bin/wirebell").exists()
    assert (root / STATE).exists() and (root / "etc/wirebell/keywords").exists()

    root.dpkg("--purge", "wirebell")
    assert not (root / "var/lib/wirebell").exists()
    assert not (root / "etc/wirebell/keywords").exists()
    assert (root / "etc/wirebell/boards/mine.board").exists()  # no file of the package
    assert not any(root.is_enabled(unit, target) for unit, target in UNITS.items())


def test_maintainer_scripts_do_nothing_when_called_for_something_else(root):
    for script, action in (("postinst", "triggered"), ("prerm", "upgrade"), ("postrm", "upgrade")):
        done = subprocess.run([SOURCE / "firmware/packaging" / script, action], check=False,
                              env={**ENVIRONMENT, "DPKG_ROOT": str(root.path)}, capture_output=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not (root / "etc").exists()
