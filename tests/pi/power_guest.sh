#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the guest does at the word of power.py; read by the shell that takes the commands, so that what
# one of them starts the next can wait for. The state is on the disk that loses its power, everything
# else in memory.
state=/var/lib/wirebell
bell=

# attach MODULE...: load them, in this order, and wait for the disk.
attach() {
    for module in "$@"; do
        insmod "/lib/modules/$module.ko" || return
    done
    for _ in $(seq 100); do
        disk=$(ls /dev/sda /dev/mmcblk0 2>/dev/null)
        [ "$disk" ] && return
        sleep 0.1
    done
    return 1
}

# As a Pi mounts its own card. Prints what kind of disk the kernel takes it for, and whether it found a
# journal to replay.
mount_state() {
    mount -t ext4 -o errors=remount-ro "$disk" $state || return
    cat "/sys/block/${disk#/dev/}/queue/write_cache"
    dmesg | grep 'EXT4-fs.*recovery complete' || true
}

# What else a Pi writes to its disk: logs that nobody syncs. The kernel is told to write them back soon, so
# that there is always something in the disk's cache.
chatter() {
    echo 50 >/proc/sys/vm/dirty_expire_centisecs
    echo 20 >/proc/sys/vm/dirty_writeback_centisecs
    for name in $(seq 8) $(seq 8) $(seq 8) $(seq 8); do
        seq 4000 >"$state/log.$name"
        sleep 0.3
    done
}

# publish NEWEST COUNT: the feed shows so many stories, the newest first, and one that nobody watches for.
publish() {
    story=$1 last=$(($1 - $2))
    {
        printf '<rss version="2.0"><channel><title>A feed</title>'
        while [ "$story" -gt 0 ] && [ "$story" -gt "$last" ]; do
            item "Crisis number $story"
            story=$((story - 1))
        done
        item Fair
        printf '</channel></rss>'
    } >/www/new
    mv /www/new /www/feed
}

item() { printf '<item><guid isPermaLink="false">%s</guid><title>%s</title></item>' "$1" "$1"; }

# What it says goes to the console as it says it: what is read there was told before the cut.
start() {
    /gpiod2/bin/wirebell run --board /etc/button-box.board --keywords /etc/crisis --state-dir $state/state &
    bell=$!
}

poll() { kill -USR1 "$bell"; }

stop() { kill -TERM "$bell"; }

# press FILE: the button's line of the simulator, down for as long as a finger needs; again, where the
# machine stood still meanwhile, and it was down for as long as a snooze takes.
press() {
    while :; do
        read -r down _ </proc/uptime
        echo pull-down >"$1"
        sleep 0.1
        echo pull-up >"$1"
        read -r up _ </proc/uptime
        [ $((${up%.*}${up#*.} - ${down%.*}${down#*.})) -ge 190 ] || return
    done
}
