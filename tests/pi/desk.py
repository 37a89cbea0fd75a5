# SPDX-License-Identifier: MIT
"""wirebell on the emulated Pi, as someone at the desk has it: lamps, a bell, a button.

The emulated Pi's own chip takes no input, so a button is a line of the kernel's GPIO simulator. What
happened in the guest, and when, is told by the kernel's own trace of its GPIO lines.
"""

import re
import time

from machine import rises

RED, AMBER, GREEN, BUZZER = 17, 27, 22, 24
# Of a passive buzzer on GPIO18, while something holds it.
PWM_CHANNEL = "/sys/class/pwm/pwmchip0/pwm0"
# The lines of the board "adapter", all on the simulator; its button is the next one.
SIMULATED = ("lamp red", "lamp amber", "lamp green", "buzzer")
OUTPUTS = {RED: "red", AMBER: "amber", GREEN: "green", BUZZER: "buzzer"}

# press FILE SECONDS HUNDREDTHS: a finger on the button; again, where the machine stood still meanwhile
# and the finger stayed on it for so many hundredths of a second: that is another gesture.
PRESS = ("press() { while :; do read -r down _ </proc/uptime; echo pull-down >$1; sleep $2; "
         "echo pull-up >$1; read -r up _ </proc/uptime; "
         "[ $((${up%.*}${up#*.} - ${down%.*}${down#*.})) -ge $3 ] || break; sleep 1; done; }")


class Bell:
    """wirebell in the guest, with a state folder of its own; a context manager that ends it."""

    def __init__(self, pi, major, board="pi"):
        self.pi = pi
        self.program = f"/gpiod{major}/bin/wirebell"
        self.files = f"--board {board} --keywords /etc/keywords"
        self.off_command = f"{self.program} off --board {board}"
        pi.run("rm -rf /tmp/state /tmp/log; mkdir /tmp/state")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pi.run("kill -9 $bell 2>/dev/null; wait $bell", check=False)

    def start(self):
        """Start the daemon; what it writes goes into /tmp/log."""
        self.pi.run(f"{self.program} run {self.files} --state-dir /tmp/state >/tmp/log 2>&1 & bell=$!")

    def wait_for_log(self, text, seconds=60, times=1):
        """Until it is in the log, in so many lines."""
        is_there = f"[ $(grep -c '{text}' /tmp/log) -ge {times} ]"
        done = self.pi.run(f"for i in $(seq {seconds * 10}); do {is_there} && break; "
                           "kill -0 $bell || break; "
                           f"sleep 0.1; done; cat /tmp/log; {is_there}",
                           timeout_s=seconds * 4, check=False)
        assert done.status == 0, f"not in the log: {text}\n{done.output}"

    def count_in_log(self, text):
        return int(self.pi.run(f"grep -c '{text}' /tmp/log", check=False).output)

    def publish(self, document):
        self.pi.run(f"cp /www/{document} /www/new && mv /www/new /www/feed.xml")

    def poll(self):
        self.pi.run("kill -USR1 $bell")

    def kill(self, signal):
        """Returns the daemon's exit status as a shell tells it."""
        return self.pi.run(f"kill -{signal} $bell; wait $bell", check=False).status

    def off(self):
        self.pi.run(self.off_command)

    def start_on_old_stories(self):
        """To the end of the first good fetch: two old stories are known, nothing has rung."""
        self.publish("old.xml")
        self.start()
        self.wait_for_log("ring from now on")

    def begin_anew(self):
        """On an empty state, once more; the daemon has ended."""
        self.off()
        self.pi.run("rm -rf /tmp/state /tmp/log; mkdir /tmp/state")
        self.start_on_old_stories()

    def lit(self):
        levels = self.pi.levels()
        return {name for pin, name in OUTPUTS.items() if levels >> pin & 1}


class Simulator:
    """A chip of the kernel's GPIO simulator, made for one test; it can be unplugged."""

    def __init__(self, pi, label, lines):
        self.pi = pi
        self.folder = f"/sys/kernel/config/gpio-sim/{label}"
        pi.run("[ -e /sys/kernel/config/gpio-sim ] || { insmod /lib/modules/configfs.ko; "
               "insmod /lib/modules/gpio-sim.ko; mount -t configfs configfs /sys/kernel/config; }")
        pi.run(f"mkdir -p {self.folder}/bank && echo {label} >{self.folder}/bank/label && "
               f"echo {lines} >{self.folder}/bank/num_lines")
        self.plug_in()

    def plug_in(self):
        self.pi.run(f"echo 1 >{self.folder}/live")
        device = self.pi.run(f"echo $(cat {self.folder}/dev_name)/$(cat {self.folder}/bank/chip_name)")
        self.lines = f"/sys/devices/platform/{device.output}"

    def unplug(self):
        self.pi.run(f"echo 0 >{self.folder}/live")

    def remove(self):
        self.pi.run(f"echo 0 >{self.folder}/live; rmdir {self.folder}/bank {self.folder}", check=False)

    def pull(self, line):
        """The file to write "pull-down" to, to press a button that is active low, and "pull-up"."""
        return f"{self.lines}/sim_gpio{line}/pull"

    def level(self, line):
        return int(self.pi.run(f"cat {self.lines}/sim_gpio{line}/value").output)


class Trace:
    """What the guest's kernel saw, to the microsecond: levels set, lines logged, marks of the test."""

    FOLDER = "/sys/kernel/tracing"

    def __init__(self, pi):
        self.pi = pi
        # Of the Pi's own chip, by the kernel's count of all lines.
        self._first_line = int(pi.run("cat $(dirname $(grep -l pinctrl-bcm2835 "
                                      "/sys/class/gpio/gpiochip*/label))/base").output)
        pi.run(f"[ -e {self.FOLDER}/trace ] || mount -t tracefs tracefs {self.FOLDER}; "
               f"cd {self.FOLDER}/events; echo 'comm == \"wirebell\"' >syscalls/sys_enter_write/filter; "
               "echo 1 >syscalls/sys_enter_write/enable; echo 1 >gpio/gpio_value/enable; cd /; "
               f"echo >{self.FOLDER}/trace")

    def mark(self, name):
        """A command that leaves a mark in the trace."""
        return f"echo {name} >{self.FOLDER}/trace_marker"

    def read(self):
        """Marks by name, as seconds; [(seconds, level)] of lines set; [seconds] of lines logged."""
        text = self.pi.run(f"cat {self.FOLDER}/trace").output
        marks = [(float(at), name) for at, name in
                 re.findall(r" (\d+\.\d+): tracing_mark_write: (\w+)", text)]
        sets = [(float(at), int(level)) for at, level in
                re.findall(r" (\d+\.\d+): gpio_value: \d+ set (\d)", text)]
        logged = [float(at) for at in re.findall(r" (\d+\.\d+): sys_write\(fd: 2,", text)]
        return dict((name, at) for at, name in marks), sets, logged

    def count(self):
        """How often each output of the board "pi" went up; none escapes, as it may who looks from outside."""
        text = self.pi.run(f"cat {self.FOLDER}/trace").output
        seen = dict.fromkeys(OUTPUTS.values(), 0)
        level = {}
        for line, now in re.findall(r" gpio_value: (\d+) set (\d)", text):
            name = OUTPUTS.get(int(line) - self._first_line)
            if name and now > level.get(name, "0"):
                seen[name] += 1
            level[name] = now
        return seen

    def wait_for(self, condition, what, seconds=60):
        """Until condition(count()) is true; returns the count."""
        deadline = time.monotonic() + seconds
        while not condition(seen := self.count()):
            assert time.monotonic() < deadline, f"waited {seconds} s for {what}: {seen}"
            time.sleep(0.2)
        return seen


def wait_until_sounding(pi, and_then=":"):
    """Until the PWM is switched on, and at once a command of the guest; a stroke is too short to be caught
    from outside. Returns the tone's period and how much of it is on."""
    done = pi.run(f"cd {PWM_CHANNEL.rpartition('/')[0]}; duty=0; for i in $(seq 6000); do "
                  "[ -e pwm0/enable ] && read -r duty <pwm0/duty_cycle && read -r on <pwm0/enable && "
                  f"[ $on = 1 ] && [ $duty != 0 ] && {{ {and_then}; break; }}; sleep 0.01; done; "
                  "cat pwm0/period; echo $duty; cd /", timeout_s=240)
    period, duty = map(int, done.output.split())
    assert duty > 0, "no tone"
    return period, duty


def count(samples):
    """How often each output went up."""
    return {name: rises(samples, pin) for pin, name in OUTPUTS.items()}
