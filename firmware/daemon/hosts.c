// SPDX-License-Identifier: MIT
//
// Only hosts with something going on are kept, in the order in which they get their turn: whoever
// has had it goes to the end. A host that nobody waits for is forgotten once its pause is over, and
// between rounds at once. By name they are found in a tree: most feeds have a host of their own.

#include "daemon/hosts.h"

#include <assert.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wirebell/limits.h"

enum { SLOW_PLACES = LIMIT_CALLS_IN_FLIGHT / 2 };

struct name {
    const char *text; // not terminated
    size_t size;
};

struct hosts_host {
    struct name name;         // what it is in hosts::names by
    struct hosts_host *next;  // chains hosts::first
    struct hosts_turn *first; // chains hosts_turn::next
    struct hosts_turn **end;
    bool is_busy;
    int64_t free_us; // its pause ends
    char text[];     // of the name
};

struct hosts {
    void *names; // tree of all hosts, see tsearch(3)
    struct hosts_host *first;
    struct hosts_host **end;
    int64_t free_us; // the pauses of hosts that are forgotten have ended
    size_t waiting;
    size_t under_way;
    size_t slow_under_way;
};

// --- names -----------------------------------------------------------------------------------

// The host of an address (RFC 3986 3.2.2) as it stands there; all of what has none.
static struct name host_of(const char *url) {
    const char *scheme = strstr(url, "://");
    const char *begin = scheme ? scheme + 3 : url;
    const char *end = begin + strcspn(begin, "/?#");
    for (const char *at = begin; at < end; at++)
        if (*at == '@')
            begin = at + 1;
    const char *stop = memchr(begin, *begin == '[' ? ']' : ':', (size_t)(end - begin));
    return (struct name){begin, (size_t)((stop ? stop : end) - begin)};
}

static int compare_names(const void *a, const void *b) {
    const struct name *left = a, *right = b;
    return left->size != right->size ? (left->size > right->size ? 1 : -1)
                                     : strncasecmp(left->text, right->text, left->size);
}

bool hosts_are_same(const char *url, const char *other) {
    const struct name name = host_of(url), other_name = host_of(other);
    return compare_names(&name, &other_name) == 0;
}

static struct hosts_host *find_or_add(struct hosts *hosts, const char *url) {
    const struct name name = host_of(url);
    struct hosts_host **found = tfind(&name, &hosts->names, compare_names);
    if (found)
        return *found;
    struct hosts_host *host = calloc(1, sizeof *host + name.size);
    if (!host)
        return NULL;
    memcpy(host->text, name.text, name.size);
    host->name = (struct name){host->text, name.size};
    if (!tsearch(host, &hosts->names, compare_names)) {
        free(host);
        return NULL;
    }
    host->end = &host->first;
    host->free_us = hosts->free_us;
    *hosts->end = host;
    hosts->end = &host->next;
    return host;
}

// --- the queues ------------------------------------------------------------------------------

int hosts_join(struct hosts *hosts, struct hosts_turn *turn, const char *url, bool is_first) {
    if (turn->host)
        return 0;
    struct hosts_host *host = find_or_add(hosts, url);
    if (!host)
        return -ENOMEM;
    struct hosts_turn **at = is_first ? &host->first : host->end;
    turn->next = *at;
    *at = turn;
    if (!turn->next)
        host->end = &turn->next;
    turn->host = host;
    hosts->waiting++;
    return 0;
}

void hosts_leave(struct hosts *hosts, struct hosts_turn *turn) {
    struct hosts_host *host = turn->host;
    if (!host || turn->is_under_way)
        return;
    for (struct hosts_turn **at = &host->first; *at; at = &(*at)->next) {
        if (*at != turn)
            continue;
        *at = turn->next;
        if (!turn->next)
            host->end = at;
        turn->host = NULL;
        hosts->waiting--;
        return;
    }
}

// Takes the host out that *at points to.
static struct hosts_host *unlink_host(struct hosts *hosts, struct hosts_host **at) {
    struct hosts_host *host = *at;
    *at = host->next;
    if (!host->next)
        hosts->end = at;
    host->next = NULL;
    return host;
}

static void forget_host(struct hosts *hosts, struct hosts_host **at) {
    struct hosts_host *host = unlink_host(hosts, at);
    (void)tdelete(host, &hosts->names, compare_names);
    free(host);
}

static bool is_place_free(const struct hosts *hosts, const struct hosts_turn *turn) {
    return !hosts_are_full(hosts) && (!turn->is_slow || hosts->slow_under_way < SLOW_PLACES);
}

static struct hosts_turn *begin_turn(struct hosts *hosts, struct hosts_host **at) {
    struct hosts_host *host = unlink_host(hosts, at);
    *hosts->end = host;
    hosts->end = &host->next;
    struct hosts_turn *turn = host->first;
    hosts_leave(hosts, turn);
    turn->host = host;
    turn->is_under_way = true;
    host->is_busy = true;
    hosts->under_way++;
    hosts->slow_under_way += turn->is_slow;
    return turn;
}

struct hosts_turn *hosts_next(struct hosts *hosts, int64_t now_us) {
    if (hosts_are_full(hosts))
        return NULL;
    for (struct hosts_host **at = &hosts->first; *at;) {
        struct hosts_host *host = *at;
        bool is_free = !host->is_busy && host->free_us <= now_us;
        if (is_free && !host->first) {
            forget_host(hosts, at);
            continue;
        }
        if (is_free && is_place_free(hosts, host->first))
            return begin_turn(hosts, at);
        at = &host->next;
    }
    return NULL;
}

void hosts_done(struct hosts *hosts, struct hosts_turn *turn, int64_t now_us) {
    turn->host->is_busy = false;
    turn->host->free_us = now_us + LIMIT_HOST_GAP_S * INT64_C(1000000);
    turn->host = NULL;
    turn->is_under_way = false;
    hosts->under_way--;
    hosts->slow_under_way -= turn->is_slow;
}

void hosts_rest(struct hosts *hosts) {
    assert(hosts_count(hosts) == 0);
    while (hosts->first) {
        if (hosts->first->free_us > hosts->free_us)
            hosts->free_us = hosts->first->free_us;
        forget_host(hosts, &hosts->first);
    }
}

int64_t hosts_wake_us(const struct hosts *hosts) {
    int64_t wake_us = INT64_MAX;
    if (hosts_are_full(hosts) || hosts->waiting == 0)
        return wake_us;
    for (const struct hosts_host *host = hosts->first; host; host = host->next)
        if (host->first && !host->is_busy && host->free_us < wake_us &&
            is_place_free(hosts, host->first))
            wake_us = host->free_us;
    return wake_us;
}

bool hosts_are_full(const struct hosts *hosts) {
    return hosts->under_way == LIMIT_CALLS_IN_FLIGHT;
}

size_t hosts_count(const struct hosts *hosts) {
    return hosts->waiting + hosts->under_way;
}

// --- life ------------------------------------------------------------------------------------

int hosts_new(struct hosts **ret) {
    struct hosts *hosts = calloc(1, sizeof *hosts);
    if (!hosts)
        return -ENOMEM;
    hosts->end = &hosts->first;
    hosts->free_us = INT64_MIN;
    *ret = hosts;
    return 0;
}

struct hosts *hosts_free(struct hosts *hosts) {
    while (hosts && hosts->first)
        forget_host(hosts, &hosts->first);
    free(hosts);
    return NULL;
}
