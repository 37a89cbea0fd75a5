// SPDX-License-Identifier: MIT

#include "daemon/metrics_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text/buffer.h"
#include "core/alert/metrics.h"
#include "port/files/file_replace.h"
#include "port/system/rest.h"

// Others read it, whatever the umask: it holds nothing that the bus does not tell everybody.
enum { FILE_MODE = 0644 };

struct metrics_file {
    struct metrics_file_parts parts;
    struct metrics_counts counts;
    char *path; // owned; NULL = none is wanted
    bool is_written;
    int error; // that the log has told of; 0 = none
    sd_event_source *step;
};

// --- writing ---------------------------------------------------------------------------------

struct feeds {
    struct buffer *text;
    struct metrics_state *state;
    bool is_private; // those with a name in the address, or those without
};

static void put_feed(const struct feed_status *feed, void *userdata) {
    struct feeds *feeds = userdata;
    if (metrics_is_private(feed->url) != feeds->is_private)
        return;
    feeds->state->feeds[feed->state]++;
    metrics_put_feed(feeds->text, feed);
}

static void put_all(const struct metrics_file *file, struct buffer *text) {
    struct control_status status;
    control_status(file->parts.control, &status);
    struct metrics_state state = {
        .version = WIREBELL_VERSION,
        .started_s = status.started_s,
        .rules = status.rules,
        .unacknowledged = status.unacknowledged,
        .is_clock_trusted = status.is_clock_trusted,
        .is_well = status.is_well,
    };
    metrics_put_feeds(text);
    poller_each_feed(file->parts.poller, put_feed, &(struct feeds){text, &state, false});
    poller_each_feed(file->parts.poller, put_feed, &(struct feeds){text, &state, true});
    metrics_put(text, &state, &file->counts);
}

static void tell(struct metrics_file *file, int error) {
    if (error != file->error && error < 0)
        log_event(file->parts.log, LOG_TROUBLE, NULL,
                  "the metrics cannot be written to %s: %s; see metrics in wirebell.conf(5)",
                  file->path, strerrordesc_np(-error));
    file->error = error;
}

static int on_step(sd_event_source *source, void *userdata) {
    (void)source;
    struct metrics_file *file = userdata;
    struct buffer text = BUFFER_NULL;
    put_all(file, &text);
    int r = text.is_failed ? -ENOMEM
                           : file_replace(file->path, text.data, text.size, (mode_t)FILE_MODE);
    buffer_done(&text);
    rest_memory();
    file->is_written = file->is_written || r == 0;
    tell(file, r);
    return 0;
}

static void take_away(struct metrics_file *file) {
    if (file->path && file->is_written)
        (void)unlink(file->path); // one that stays tells by its age that it is old
    file->is_written = false;
}

// --- what it is told -------------------------------------------------------------------------

void metrics_file_touch(struct metrics_file *file) {
    if (file && file->path)
        (void)sd_event_source_set_enabled(file->step, SD_EVENT_ONESHOT);
}

void metrics_file_count(struct metrics_file *file, const struct alert *alerts, size_t count) {
    for (size_t i = 0; file && i < count; i++)
        metrics_count_alert(&file->counts, &alerts[i]);
}

void metrics_file_hear(struct metrics_file *file, enum control_event event,
                       const struct alert *alert) {
    if (file && event == CONTROL_ACKNOWLEDGED)
        metrics_count_acknowledged(&file->counts, alert);
}

void metrics_file_set_path(struct metrics_file *file, const char *path) {
    if (!file || strcmp(file->path ? file->path : "", path) == 0)
        return;
    take_away(file);
    free(file->path);
    file->path = NULL;
    file->error = 0;
    (void)sd_event_source_set_enabled(file->step, SD_EVENT_OFF);
    if (!*path)
        return;
    file->path = strdup(path);
    if (!file->path)
        log_event(file->parts.log, LOG_TROUBLE, NULL,
                  "no memory for the metrics: none are written");
    metrics_file_touch(file);
}

// --- life ------------------------------------------------------------------------------------

int metrics_file_new(const struct metrics_file_parts *parts, struct metrics_file **ret) {
    struct metrics_file *file = calloc(1, sizeof *file);
    if (!file)
        return -ENOMEM;
    file->parts = *parts;
    sd_event_ref(parts->event);
    int r = sd_event_add_defer(parts->event, &file->step, on_step, file);
    if (r >= 0) // behind all that happened in the same turn
        r = sd_event_source_set_priority(file->step, SD_EVENT_PRIORITY_IDLE);
    if (r >= 0)
        r = sd_event_source_set_enabled(file->step, SD_EVENT_OFF);
    if (r < 0) {
        metrics_file_free(file);
        return r;
    }
    *ret = file;
    return 0;
}

struct metrics_file *metrics_file_free(struct metrics_file *file) {
    if (!file)
        return NULL;
    take_away(file);
    sd_event_source_disable_unref(file->step);
    sd_event_unref(file->parts.event);
    free(file->path);
    free(file);
    return NULL;
}
