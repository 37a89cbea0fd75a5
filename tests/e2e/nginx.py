# SPDX-License-Identifier: MIT
"""nginx, where a real server matters: HTTP/2, connections that are kept, gzip, entity tags.

The one that is installed, else that of Debian's package, unpacked in the cache and not installed:
a package that is starts a web server on the machine.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

CACHE = pathlib.Path(os.environ.get("WIREBELL_CACHE") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "wirebell")
CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    log_format told "$server_protocol $status $connection $sent_http_content_encoding $http_if_none_match";
    access_log {log};
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    keepalive_requests 100000; keepalive_timeout 60s;
    gzip {gzip}; gzip_min_length 1; gzip_types *;
    server {{
        listen 127.0.0.1:{plain_port}; {tls}
        root {folder}/files; {more}
    }}
}}
"""
TLS = ("listen 127.0.0.1:{port} ssl{http2}; ssl_certificate {pem}; ssl_certificate_key {pem}; "
       "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:all:1m;")


def unpack():
    """Debian's nginx, unpacked in the cache; None when it cannot be had."""
    folder = CACHE / "nginx"
    program = folder / "usr/sbin/nginx"
    if program.exists():
        return program
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            subprocess.run(["apt-get", "-qq", "download", "nginx"], cwd=place, check=True, timeout=120,
                           capture_output=True)
            (package,) = pathlib.Path(place).glob("nginx_*.deb")
            subprocess.run(["dpkg-deb", "-x", package, place], check=True, timeout=60)
            package.unlink()
            os.rename(shutil.copytree(place, f"{folder}.{os.getpid()}", symlinks=True), folder)
    except (OSError, ValueError, subprocess.SubprocessError):
        pass
    return program if program.exists() else None


def find():
    """The program's path, None when there is none and none can be had."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin") or unpack()
    if program and subprocess.run([program, "-v"], capture_output=True, check=False).returncode == 0:
        return str(program)
    return None


def taken_port():
    """A socket whose port nobody is given by chance, and that nginx can take: it sets SO_REUSEADDR, too."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", 0))
    return taken


class Nginx:
    """A server of the files in folder/files; a context manager.

    pem: key and certificate, for https; more: directives of the server; is_logging: see log.
    """

    def __init__(self, program, folder, pem=None, http2=True, gzip=True, more="", is_logging=True):
        self.folder = pathlib.Path(folder)
        self.files = self.folder / "files"
        self.files.mkdir()
        self._taken = taken_port(), taken_port()
        self._plain_port, self._port = (taken.getsockname()[1] for taken in self._taken)
        tls = TLS.format(port=self._port, pem=pem, http2=" http2" if http2 else "") if pem else ""
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(
            folder=folder, plain_port=self._plain_port, tls=tls, gzip="on" if gzip else "off",
            log=f"{folder}/access.log told" if is_logging else "off", more=more))
        self._command = [program, "-p", str(folder), "-c", str(config)]

    def url(self, path, host="127.0.0.1", is_plain=False):
        scheme, port = ("http", self._plain_port) if is_plain else ("https", self._port)
        return f"{scheme}://{host}:{port}{path}"

    @property
    def log(self):
        """Answer by answer: protocol, status, number of the connection, content coding, If-None-Match.

        An answer is there before it is logged.
        """
        text = (self.folder / "access.log").read_text()
        lines = text[:text.rfind("\n") + 1].splitlines()
        return [line.replace("\\x22", '"').split(" ", 4) for line in lines]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._plain_port), timeout=5).close()
                return self
            except OSError:
                assert time.monotonic() < end and self._process.poll() is None, (
                    self.folder / "error.log").read_text()
                time.sleep(0.05)

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=60)
        for taken in self._taken:
            taken.close()
