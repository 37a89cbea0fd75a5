// SPDX-License-Identifier: MIT
//
// hosts.h - whose turn is it? One request a host at a time, a pause after it, nobody in another's
// way.
//
// A turn stands in the queue of its host; the hosts take turns among each other. A host is the name
// in the address, without the port: what a site sees is who asks its machine. LIMIT_CALLS_IN_FLIGHT
// requests are under way at most; slow hosts hold half of these places at most, so that a hundred
// sites that hang do not keep the others waiting. Pure: time is an argument, and who asks is the
// caller.

#ifndef DAEMON_HOSTS_H
#define DAEMON_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hosts;
struct hosts_host;

/**
 * struct hosts_turn - one that may stand in a queue, a member of whose turn it is; all zero = it
 * stands in none
 * @host:         queue it stands in, or that its request is of; NULL = neither
 * @next:         chains hosts_host::first
 * @is_slow:      set by the caller: its last request ran into a time limit
 * @is_under_way: hosts_next() has given it out, hosts_done() has not been called
 */
struct hosts_turn {
    struct hosts_host *host;
    struct hosts_turn *next;
    bool is_slow;
    bool is_under_way;
};

// Return: 0 or -ENOMEM; *ret (owned) is written only on success.
int hosts_new(struct hosts **ret);

// NULL is fine. Turns are left as they are. Returns NULL.
struct hosts *hosts_free(struct hosts *hosts);

/**
 * hosts_join() - queue up; one that stands in a queue already, or is under way, stays where it is
 * @turn:     borrowed until hosts_done() or hosts_leave()
 * @url:      the address that will be asked
 * @is_first: before the others of its host
 *
 * Return: 0 or -ENOMEM.
 */
int hosts_join(struct hosts *hosts, struct hosts_turn *turn, const char *url, bool is_first);

// Leaves its queue, if it stands in one.
void hosts_leave(struct hosts *hosts, struct hosts_turn *turn);

/**
 * hosts_next() - the next that may ask now
 * @now_us: boot time
 *
 * Return: a turn that is under way from now on, or NULL: nobody may.
 */
struct hosts_turn *hosts_next(struct hosts *hosts, int64_t now_us);

// The request has ended: its host rests from @now_us on for LIMIT_HOST_GAP_S. @turn->is_slow is to
// be as it was when the turn was given out.
void hosts_done(struct hosts *hosts, struct hosts_turn *turn, int64_t now_us);

// Boot time at which somebody may ask though no request ends before; INT64_MAX = never.
int64_t hosts_wake_us(const struct hosts *hosts);

// Are as many requests under way as may be, so that nobody can ask before one of them ends? Most of
// a round it is so, and no feed of a thousand need be looked at.
bool hosts_are_full(const struct hosts *hosts);

// Forgets the hosts' names, when nobody waits and nothing is under way. Until the last pause is
// over each host is taken for one that rests.
void hosts_rest(struct hosts *hosts);

// Turns that wait or are under way.
size_t hosts_count(const struct hosts *hosts);

// Do these addresses lead to one host?
bool hosts_are_same(const char *url, const char *other);

#endif
