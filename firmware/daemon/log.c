// SPDX-License-Identifier: MIT

#include "daemon/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "core/text/utf8.h"
#include "port/system/clock.h"
#include "port/system/progress.h"

// A message's id (systemd.journal-fields(7)) is this and the event's own two digits.
#define MESSAGE_ID "5b0f2c1e7c0a4b6f9d3e7a1c52f8b0"

static const struct {
    uint8_t priority;
    uint8_t id;
} kinds[LOG_EVENT_COUNT] = {
    [LOG_STARTED] = {LOG_INFO, 0x01},
    [LOG_STOPPED] = {LOG_INFO, 0x02},
    [LOG_CONFIGURATION_LOADED] = {LOG_INFO, 0x03},
    [LOG_CONFIGURATION_REFUSED] = {LOG_ERR, 0x04},
    [LOG_OUTPUT_MISSING] = {LOG_WARNING, 0x05},
    [LOG_STATE_FAILED] = {LOG_ERR, 0x06},
    [LOG_FEED_BASELINE] = {LOG_INFO, 0x07},
    [LOG_FEED_FAILED] = {LOG_WARNING, 0x08},
    [LOG_FEED_RECOVERED] = {LOG_INFO, 0x09},
    [LOG_ALERT_RAISED] = {LOG_NOTICE, 0x0a},
    [LOG_ALERT_RESTORED] = {LOG_NOTICE, 0x0b},
    [LOG_NOT_RAISED] = {LOG_INFO, 0x11},
    [LOG_ALERT_CLEARED] = {LOG_INFO, 0x0c},
    [LOG_ACKNOWLEDGED] = {LOG_NOTICE, 0x0d},
    [LOG_SNOOZED] = {LOG_NOTICE, 0x21},
    [LOG_HEALTH_LOST] = {LOG_WARNING, 0x0f},
    [LOG_HEALTH_REGAINED] = {LOG_INFO, 0x10},
    [LOG_BUS_REFUSED] = {LOG_WARNING, 0x20},
    [LOG_TROUBLE] = {LOG_ERR, 0x0e},
    [LOG_FEED_MOVED] = {LOG_NOTICE, 0x30},
    [LOG_FEED_INTERVAL] = {LOG_NOTICE, 0x31},
    [LOG_NETWORK] = {LOG_WARNING, 0x32},
};

enum { FIELDS_MAX = 24 };

struct log {
    bool is_journal;
    struct progress progress;
    void (*picture)(bool is_shown, void *userdata);
    void *userdata;
};

// systemd tells by JOURNAL_STREAM=device:inode which stream is the journal's (systemd.exec(5)).
static bool is_journal_stream(int fd) {
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    if (!stream || fstat(fd, &status) < 0)
        return false;
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%ju:%ju", (uintmax_t)status.st_dev,
                   (uintmax_t)status.st_ino);
    return strcmp(stream, expected) == 0;
}

int log_new(struct log **ret) {
    struct log *log = calloc(1, sizeof *log);
    if (!log)
        return -ENOMEM;
    log->is_journal = is_journal_stream(2);
    if (!log->is_journal)
        log->progress = progress_begin();
    *ret = log;
    return 0;
}

struct log *log_free(struct log *log) {
    free(log);
    return NULL;
}

void log_set_terminal(struct log *log, void (*picture)(bool is_shown, void *userdata),
                      void *userdata) {
    log->picture = picture;
    log->userdata = userdata;
}

// One "NAME=value" of a journal entry. The strings are on the heap: on the stack they would stay
// with the idle process for good.
static void add_field(struct iovec *iov, int *count, const char *name, const char *value) {
    char *text = NULL;
    if (*count == FIELDS_MAX || asprintf(&text, "%s=%s", name, value) < 0)
        return; // an entry with a field less is better than none
    utf8_screen(text);
    iov[(*count)++] = (struct iovec){text, strlen(text)};
}

static void send_to_journal(enum log_event event, const struct log_field *fields,
                            const char *message) {
    struct iovec iov[FIELDS_MAX];
    int count = 0;
    char priority[2] = {(char)('0' + kinds[event].priority), '\0'};
    char id[sizeof MESSAGE_ID + 2];
    (void)snprintf(id, sizeof id, MESSAGE_ID "%02x", kinds[event].id);
    add_field(iov, &count, "MESSAGE", message);
    add_field(iov, &count, "MESSAGE_ID", id);
    add_field(iov, &count, "PRIORITY", priority);
    add_field(iov, &count, "SYSLOG_IDENTIFIER", "wirebell");
    for (; fields && fields->name; fields++)
        if (fields->value)
            add_field(iov, &count, fields->name, fields->value);
    (void)sd_journal_sendv(iov, count); // nobody is left to tell when this fails
    for (int i = 0; i < count; i++)
        free(iov[i].iov_base);
}

static void write_line(struct log *log, const char *message) {
    const time_t now = (time_t)clock_wall_s();
    struct tm tm;
    char clock[16] = "--:--:--";
    if (localtime_r(&now, &tm))
        (void)strftime(clock, sizeof clock, "%H:%M:%S", &tm);
    log_progress(log, 0, 0);
    if (log->picture)
        log->picture(false, log->userdata);
    (void)fprintf(stderr, "%s %s\n", clock, message);
    if (log->picture)
        log->picture(true, log->userdata);
}

void log_progress(struct log *log, size_t done, size_t total) {
    if (total > 0)
        progress_show(&log->progress, done, total);
    else
        progress_hide(&log->progress);
}

void log_event(struct log *log, enum log_event event, const struct log_field *fields,
               const char *format, ...) {
    char *message = NULL;
    va_list args;
    va_start(args, format);
    int size = vasprintf(&message, format, args);
    va_end(args);
    if (size < 0)
        return; // no memory to say that there is no memory
    utf8_screen(message);
    if (log->is_journal)
        send_to_journal(event, fields, message);
    else
        write_line(log, message);
    free(message);
}
