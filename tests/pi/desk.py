# SPDX-License-Identifier: MIT
"""wirebell on the emulated Pi, as someone at the desk has it: lamps, a bell, a button."""

from machine import rises

RED, AMBER, GREEN, BUZZER = 17, 27, 22, 24
OUTPUTS = {RED: "red", AMBER: "amber", GREEN: "green", BUZZER: "buzzer"}


class Bell:
    """wirebell in the guest, with a state folder of its own."""

    def __init__(self, pi, major, board="pi"):
        self.pi = pi
        self.program = f"/gpiod{major}/bin/wirebell"
        self.files = f"--board {board} --keywords /etc/keywords"
        pi.run("rm -rf /tmp/state /tmp/log; mkdir /tmp/state")

    def start(self):
        """Start the daemon; what it writes goes into /tmp/log."""
        self.pi.run(f"{self.program} run {self.files} --state-dir /tmp/state >/tmp/log 2>&1 & bell=$!")

    def wait_for_log(self, text, seconds=20):
        done = self.pi.run(f"for i in $(seq {seconds * 10}); do grep -q '{text}' /tmp/log && break; "
                           "kill -0 $bell || break; "
                           f"sleep 0.1; done; cat /tmp/log; grep -q '{text}' /tmp/log",
                           timeout_s=seconds * 2, check=False)
        assert done.status == 0, f"not in the log: {text}\n{done.output}"

    def publish(self, document):
        self.pi.run(f"cp /www/{document} /www/new && mv /www/new /www/feed.xml")

    def poll(self):
        self.pi.run("kill -USR1 $bell")

    def kill(self, signal):
        """Returns the daemon's exit status as a shell tells it."""
        return self.pi.run(f"kill -{signal} $bell; wait $bell", check=False).status

    def end(self):
        self.pi.run("kill -9 $bell 2>/dev/null; wait $bell", check=False)

    def off(self):
        self.pi.run(f"{self.program} off {self.files}")

    def start_on_old_stories(self):
        """To the end of the first good fetch: two old stories are known, nothing has rung."""
        self.publish("old.xml")
        self.start()
        self.wait_for_log("ring from now on")

    def lit(self):
        levels = self.pi.levels()
        return {name for pin, name in OUTPUTS.items() if levels >> pin & 1}


def count(samples):
    """How often each output went up."""
    return {name: rises(samples, pin) for pin, name in OUTPUTS.items()}
