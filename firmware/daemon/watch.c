// SPDX-License-Identifier: MIT

#include "daemon/watch.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "port/system/clock.h"

struct watch {
    sd_event *event;
    char *name;         // the file's, within its folder; owned
    char *drop_in_path; // the drop-ins' folder; owned
    watch_fn changed;
    void *userdata;
    int fd;       // of inotify; owned
    int drop_ins; // what it calls the drop-ins' folder; -1 = there is none
    sd_event_source *events;
    sd_event_source *quiet_timer;
};

enum {
    CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR,
    // Room for several: a name has up to NAME_MAX bytes.
    EVENTS_SIZE = 8 * (sizeof(struct inotify_event) + NAME_MAX + 1),
};

static void note_change(struct watch *watch) {
    (void)sd_event_source_set_time(watch->quiet_timer, (uint64_t)clock_boot_us() + WATCH_QUIET_US);
    (void)sd_event_source_set_enabled(watch->quiet_timer, SD_EVENT_ONESHOT);
}

static int on_quiet(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    struct watch *watch = userdata;
    watch->changed(watch->userdata);
    return 0;
}

// Watches the drop-ins' folder, one that just came in place of the one that went.
static int watch_drop_ins(struct watch *watch) {
    if (watch->drop_ins >= 0)
        (void)inotify_rm_watch(watch->fd, watch->drop_ins); // or it is gone by itself
    watch->drop_ins = inotify_add_watch(watch->fd, watch->drop_in_path, CHANGES);
    return watch->drop_ins >= 0 || errno == ENOENT || errno == ENOTDIR ? 0 : -errno; // no drop-ins
}

static void take(struct watch *watch, const struct inotify_event *event) {
    if (event->wd == watch->drop_ins || event->mask & IN_Q_OVERFLOW) {
        note_change(watch);
        return;
    }
    // The drop-in folder itself (name + ".d") counts too: it may be made later.
    if (event->len > 0 && strncmp(event->name, watch->name, strlen(watch->name)) == 0) {
        const char *rest = event->name + strlen(watch->name);
        const bool is_drop_ins = strcmp(rest, ".d") == 0;
        if (is_drop_ins)
            (void)watch_drop_ins(watch); // where it fails, saving the file itself still reloads
        if (*rest == '\0' || is_drop_ins)
            note_change(watch);
    }
}

static int on_events(sd_event_source *source, int fd, uint32_t ready, void *userdata) {
    (void)source;
    (void)ready;
    alignas(struct inotify_event) char events[EVENTS_SIZE];
    const ssize_t size = read(fd, events, sizeof events);
    for (ssize_t at = 0; at < size;) {
        const struct inotify_event *event = (const void *)(events + at);
        take(userdata, event);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return 0;
}

static int add_folders(struct watch *watch, const char *path) {
    char *copy = strdup(path);
    if (!copy || asprintf(&watch->drop_in_path, "%s.d", path) < 0) {
        watch->drop_in_path = NULL;
        free(copy);
        return -ENOMEM;
    }
    const int r = inotify_add_watch(watch->fd, dirname(copy), CHANGES) < 0 ? -errno : 0;
    free(copy);
    return r < 0 ? r : watch_drop_ins(watch);
}

// sd-event would watch as well, and keep for each folder what it takes to tell of it in a log: on
// Debian 13 a path in a buffer of 4 KB.
static int open_inotify(struct watch *watch) {
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return watch->fd < 0 ? -errno
                         : sd_event_add_io(watch->event, &watch->events, watch->fd, EPOLLIN,
                                           on_events, watch);
}

int watch_new(sd_event *event, const char *path, watch_fn changed, void *userdata,
              struct watch **ret) {
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return -ENOMEM;
    watch->fd = watch->drop_ins = -1;
    watch->event = sd_event_ref(event);
    watch->changed = changed;
    watch->userdata = userdata;
    const char *slash = strrchr(path, '/');
    watch->name = strdup(slash ? slash + 1 : path);
    int r = watch->name ? 0 : -ENOMEM;
    if (r == 0)
        r = sd_event_add_time(event, &watch->quiet_timer, CLOCK_BOOTTIME, 0, 0, on_quiet, watch);
    if (r >= 0)
        r = sd_event_source_set_enabled(watch->quiet_timer, SD_EVENT_OFF);
    if (r >= 0)
        r = open_inotify(watch);
    if (r >= 0)
        r = add_folders(watch, path);
    if (r < 0) {
        watch_free(watch);
        return r;
    }
    *ret = watch;
    return 0;
}

struct watch *watch_free(struct watch *watch) {
    if (!watch)
        return NULL;
    sd_event_source_disable_unref(watch->events);
    sd_event_source_disable_unref(watch->quiet_timer);
    if (watch->fd >= 0)
        (void)close(watch->fd);
    sd_event_unref(watch->event);
    free(watch->name);
    free(watch->drop_in_path);
    free(watch);
    return NULL;
}
