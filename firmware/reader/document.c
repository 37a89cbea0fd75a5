// SPDX-License-Identifier: MIT

#include "reader/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "core/markup/body.h"
#include "wirebell/limits.h"

enum { CHUNK = 64 << 10 };

struct document {
    int fd; // owned
    sd_event_source *source;
    sd_event_source *timer;
    fetch_curl_done_fn done;
    void *userdata;
    struct body body;
};

static void deliver(struct document *document, enum reading_outcome outcome, const char *detail) {
    struct fetched fetched = {
        .reading = READING_NULL,
        .body = document->body.bytes,
        .body_size = document->body.size,
        .content_type = "",
        .url = "",
    };
    fetched.reading.outcome = outcome;
    fetched.reading.detail = detail;
    fetched.reading.body_bytes = document->body.size;
    (void)sd_event_source_set_enabled(document->source, SD_EVENT_OFF);
    (void)sd_event_source_set_enabled(document->timer, SD_EVENT_OFF);
    document->done(&fetched, document->userdata);
}

// Reads once; ends the document at its end, its cap, or an error.
static void read_some(struct document *document) {
    char chunk[CHUNK], detail[128];
    ssize_t size = read(document->fd, chunk, sizeof chunk);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size < 0) {
        (void)snprintf(detail, sizeof detail, "the document cannot be read: %s", strerror(errno));
        deliver(document, READING_FAILED, detail);
        return;
    }
    if (size == 0) {
        bool is_empty = document->body.size == 0;
        deliver(document, is_empty ? READING_EMPTY : READING_OK,
                is_empty ? "the document is empty" : "the document was read");
        return;
    }
    int r = body_append(&document->body, chunk, (size_t)size);
    if (r == BODY_TOO_BIG) {
        (void)snprintf(detail, sizeof detail, "the document is over %u MB: nothing was read",
                       LIMIT_BODY_MAX >> 20);
        deliver(document, READING_TOO_BIG, detail);
    } else if (r < 0) {
        deliver(document, READING_FAILED, "there was no memory left for the document");
    }
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata) {
    (void)source;
    (void)fd;
    (void)events;
    read_some(userdata);
    return 0;
}

static int on_turn(sd_event_source *source, void *userdata) {
    (void)source;
    read_some(userdata);
    return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
    (void)source;
    (void)usec;
    char detail[128];
    (void)snprintf(detail, sizeof detail, "the document did not end within %d s", LIMIT_FETCH_S);
    deliver(userdata, READING_TIMED_OUT, detail);
    return 0;
}

static int watch(struct document *document, sd_event *event) {
    int r = sd_event_add_time_relative(event, &document->timer, CLOCK_MONOTONIC,
                                       LIMIT_FETCH_S * UINT64_C(1000000), 0, on_timeout, document);
    if (r < 0)
        return r;
    r = sd_event_add_io(event, &document->source, document->fd, EPOLLIN, on_readable, document);
    if (r != -EPERM)
        return r;
    // A regular file: epoll refuses it, for it can always be read. A piece each turn of the loop.
    r = sd_event_add_defer(event, &document->source, on_turn, document);
    return r < 0 ? r : sd_event_source_set_enabled(document->source, SD_EVENT_ON);
}

int document_open(sd_event *event, int fd, fetch_curl_done_fn done, void *userdata,
                  struct document **ret) {
    struct document *document = calloc(1, sizeof *document);
    if (!document)
        return -ENOMEM;
    *document = (struct document){
        .fd = fcntl(fd, F_DUPFD_CLOEXEC, 3),
        .done = done,
        .userdata = userdata,
        .body = BODY_OF(LIMIT_BODY_MAX),
    };
    int r = document->fd < 0 ? -errno : watch(document, event);
    if (r < 0) {
        document_close(document);
        return r;
    }
    *ret = document;
    return 0;
}

struct document *document_close(struct document *document) {
    if (!document)
        return NULL;
    sd_event_source_disable_unref(document->source);
    sd_event_source_disable_unref(document->timer);
    if (document->fd >= 0)
        (void)close(document->fd);
    body_done(&document->body);
    free(document);
    return NULL;
}
