// SPDX-License-Identifier: MIT
//
// libcurl says which sockets it wants watched and when it wants to be woken; each socket becomes
// an I/O source, the wake-up one timer. Nothing is polled.

#include "port/fetch/fetch_multi.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

enum {
    TIMER_ACCURACY_US = 1000,
    // A host with several feeds is asked for them one by one, a second and more apart; meanwhile
    // others are asked. So many connections are kept for it, some 40 KB of memory each.
    CONNECTIONS_KEPT = 64,
};

struct fetch_multi {
    sd_event *event;
    sd_event_source *timer; // not later than @due_us
    sd_event_source *turn;  // for what libcurl wants done at once
    uint64_t due_us;        // libcurl wants to be woken, monotonic; UINT64_MAX = never
    uint64_t timer_us;      // @timer is set for; UINT64_MAX = it is off
    CURLM *curl;
    fetch_multi_done_fn done;
};

static void end_finished(struct fetch_multi *multi) {
    int left;
    for (const CURLMsg *message; (message = curl_multi_info_read(multi->curl, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        void *call = NULL;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        multi->done(call, message->data.result);
    }
}

static int on_socket_ready(sd_event_source *source, int fd, uint32_t events, void *userdata) {
    (void)source;
    struct fetch_multi *multi = userdata;
    int what = ((events & EPOLLIN) ? CURL_CSELECT_IN : 0) |
               ((events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
               ((events & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);
    int running;
    (void)curl_multi_socket_action(multi->curl, fd, what, &running);
    end_finished(multi);
    return 0;
}

static int on_turn(sd_event_source *source, void *userdata) {
    (void)source;
    struct fetch_multi *multi = userdata;
    int running;
    (void)curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
    end_finished(multi);
    return 0;
}

// libcurl moves its moment several times in each transfer, nearly always to a later one: the timer
// stays where it is and is set anew when it fires.
static int keep_timer(struct fetch_multi *multi) {
    if (multi->due_us >= multi->timer_us)
        return 0;
    multi->timer_us = multi->due_us;
    int r = sd_event_source_set_time(multi->timer, multi->due_us);
    return r < 0 ? r : sd_event_source_set_enabled(multi->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
    struct fetch_multi *multi = userdata;
    multi->timer_us = UINT64_MAX;
    return usec < multi->due_us ? keep_timer(multi) : on_turn(source, userdata);
}

// libcurl's CURLMOPT_SOCKETFUNCTION: watch this socket so. -1 fails all transfers.
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *socketp) {
    (void)easy;
    struct fetch_multi *multi = userdata;
    sd_event_source *source = socketp;
    if (what == CURL_POLL_REMOVE) {
        sd_event_source_disable_unref(source);
        (void)curl_multi_assign(multi->curl, fd, NULL);
        return 0;
    }
    uint32_t events = ((what & CURL_POLL_IN) ? (uint32_t)EPOLLIN : 0) |
                      ((what & CURL_POLL_OUT) ? (uint32_t)EPOLLOUT : 0);
    if (source)
        return sd_event_source_set_io_events(source, events) < 0 ? -1 : 0;
    if (sd_event_add_io(multi->event, &source, fd, events, on_socket_ready, multi) < 0)
        return -1;
    (void)curl_multi_assign(multi->curl, fd, source);
    return 0;
}

// libcurl's CURLMOPT_TIMERFUNCTION: call on_timer in so many milliseconds, -1 = never.
static int set_timer(CURLM *curl, long timeout_ms, void *userdata) {
    (void)curl;
    struct fetch_multi *multi = userdata;
    // At once is a turn of the loop later, without a detour through the kernel's timers.
    int r =
        sd_event_source_set_enabled(multi->turn, timeout_ms == 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
    multi->due_us = UINT64_MAX;
    if (r >= 0 && timeout_ms > 0) {
        r = sd_event_now(multi->event, CLOCK_MONOTONIC, &multi->due_us);
        multi->due_us += (uint64_t)timeout_ms * 1000;
    }
    if (r >= 0)
        r = keep_timer(multi);
    return r < 0 ? -1 : 0;
}

int fetch_multi_new(sd_event *event, fetch_multi_done_fn done, struct fetch_multi **ret) {
    struct fetch_multi *multi = calloc(1, sizeof *multi);
    if (!multi)
        return -ENOMEM;
    multi->event = sd_event_ref(event);
    multi->done = done;
    multi->due_us = multi->timer_us = UINT64_MAX;
    multi->curl = curl_multi_init();
    int r = multi->curl ? 0 : -ENOMEM;
    if (r >= 0)
        r = sd_event_add_time_relative(event, &multi->timer, CLOCK_MONOTONIC, 0, TIMER_ACCURACY_US,
                                       on_timer, multi);
    if (r >= 0)
        r = sd_event_source_set_enabled(multi->timer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_defer(event, &multi->turn, on_turn, multi);
    if (r >= 0) // of several that are added one after the other: one turn for all
        r = sd_event_source_set_priority(multi->turn, SD_EVENT_PRIORITY_NORMAL + 1);
    if (r >= 0)
        r = sd_event_source_set_enabled(multi->turn, SD_EVENT_OFF);
    if (r < 0) {
        fetch_multi_free(multi);
        return r;
    }
    (void)curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, watch_socket);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, set_timer);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
    (void)curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    *ret = multi;
    return 0;
}

struct fetch_multi *fetch_multi_free(struct fetch_multi *multi) {
    if (!multi)
        return NULL;
    (void)curl_multi_cleanup(multi->curl);
    sd_event_source_disable_unref(multi->timer);
    sd_event_source_disable_unref(multi->turn);
    sd_event_unref(multi->event);
    free(multi);
    return NULL;
}

int fetch_multi_add(struct fetch_multi *multi, CURL *easy) {
    return curl_multi_add_handle(multi->curl, easy) == CURLM_OK ? 0 : -ENOMEM;
}

void fetch_multi_remove(struct fetch_multi *multi, CURL *easy) {
    (void)curl_multi_remove_handle(multi->curl, easy);
}
