# SPDX-License-Identifier: MIT
"""wirebell as a package and a service on the emulated Pi, in the words of who looks after it."""

import contextlib
import json
import time

from desk import OUTPUTS, PRESS, Simulator

UNITS = "-u wirebell.service -u wirebell-reader.service -u wirebell-reader.socket"


class Service:
    """The package, installed or not; its first installation is kept for a test to look at."""

    def __init__(self, pi):
        self.pi = pi
        self.is_installed = False
        self.first = None
        self._button = None

    # --- the package --------------------------------------------------------------------------

    def ensure_installed(self):
        if self.is_installed:
            return
        begin = time.monotonic()
        output = self.dpkg("--install /root/wirebell.deb")
        if self.first:
            return
        self.first = output
        self.pi.run("mkdir /root/shipped && cp -p /etc/wirebell/* /root/shipped/")
        print(f"installed in {time.monotonic() - begin:.0f} s")

    def dpkg(self, action):
        """As an unattended upgrade calls it: no question asked, what somebody edited is kept."""
        said = self.pi.run("DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold "
                           f"{action} </dev/null 2>&1", timeout_s=600).output.splitlines()
        self.is_installed = self.pi.run("[ -x /usr/bin/wirebell ]", check=False).status == 0
        return "\n".join(line for line in said if not line.startswith("(Reading"))

    # --- the service --------------------------------------------------------------------------

    def set_up(self, config=""):
        """An empty state, two old stories in the feed, the desk's words, and its button on the simulator."""
        if not self._button:
            self._button = Simulator(self.pi, "button-box", 1).pull(0)
        self.stop()
        self.pi.run("rm -rf /var/lib/wirebell/*; cp /root/keywords /etc/wirebell/keywords; "
                    "cp /root/shipped/wirebell.conf /etc/wirebell/wirebell.conf; "
                    "echo 'button { chip = button-box  gpio = 0  pull = up  active = low }' "
                    f">>/etc/wirebell/wirebell.conf; echo '{config}' >>/etc/wirebell/wirebell.conf")
        self.publish("old.xml")
        self.start()
        self.wait_for_log("ring from now on")

    def start(self):
        self.pi.run("systemctl reset-failed; systemctl start wirebell-reader.socket wirebell")

    def stop(self):
        self.pi.run("systemctl stop wirebell")

    @contextlib.contextmanager
    def other_settings(self, settings):
        """While the block lasts the unit says otherwise, for the test's sake."""
        drop_in = "/run/systemd/system/wirebell.service.d/test.conf"
        self.pi.run(f"mkdir -p {drop_in.rpartition('/')[0]}; printf '[Service]\\n{settings}\\n' >{drop_in}; "
                    "systemctl daemon-reload; systemctl restart wirebell")
        try:
            yield
        finally:
            self.pi.run(f"rm {drop_in}; systemctl daemon-reload")

    def show(self, name, unit="wirebell"):
        return self.pi.run(f"systemctl show -P {name} {unit}").output

    def journal(self, options=""):
        return self.pi.run(f"journalctl -q -b -o cat {options}").output

    def wait_for_log(self, text, seconds=120):
        """In what the daemon that runs now has said."""
        by_it = f"_SYSTEMD_INVOCATION_ID={self.show('InvocationID')}"
        self.wait_for(lambda: text in self.journal(by_it), f"{text!r} in the log", seconds)

    def wait_for(self, condition, what, seconds=120):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s for {what}:\n" + self.journal(UNITS)
            time.sleep(0.2)

    # --- the desk -----------------------------------------------------------------------------

    def publish(self, document):
        self.pi.run(f"cp /www/{document} /www/new && mv /www/new /www/feed.xml")

    def status(self):
        # It exits with 1 when something ails the bell.
        return json.loads(self.pi.run("wirebell status --json", check=False).output)

    def ring(self, document, pin):
        """A new story; returns once its lamp is lit."""
        self.publish(document)
        self.pi.run("wirebell poll")
        return self.watch_until_lit(pin)

    def press(self):
        self.pi.run(f"{PRESS}; press {self._button} 0.3 190")

    def lit(self):
        levels = self.pi.levels()
        return {name for pin, name in OUTPUTS.items() if levels >> pin & 1}

    def watch_until_lit(self, pin):
        return self._watch_until(lambda levels: levels >> pin & 1, f"{OUTPUTS[pin]} to be lit")

    def watch_until_dark(self):
        return self._watch_until(lambda levels: not any(levels >> pin & 1 for pin in OUTPUTS), "darkness")

    def _watch_until(self, condition, what):
        samples = self.pi.watch(120, until=condition)
        assert condition(samples[-1].levels), f"waited in vain for {what}:\n" + self.journal(UNITS)
        return samples
