// SPDX-License-Identifier: MIT

#include "daemon/watch.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "port/system/clock.h"

struct watch {
    sd_event *event;
    char *name;         // the file's, within its folder; owned
    char *drop_in_path; // the drop-ins' folder; owned
    watch_fn changed;
    void *userdata;
    sd_event_source *folder;
    sd_event_source *drop_ins;
    sd_event_source *quiet_timer;
};

enum {
    CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR
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

static int on_drop_ins(sd_event_source *source, const struct inotify_event *event, void *userdata) {
    (void)source;
    (void)event;
    note_change(userdata);
    return 0;
}

// Watches the drop-ins' folder, one that just came in place of the one that went.
static int watch_drop_ins(struct watch *watch) {
    watch->drop_ins = sd_event_source_disable_unref(watch->drop_ins);
    const int r = sd_event_add_inotify(watch->event, &watch->drop_ins, watch->drop_in_path, CHANGES,
                                       on_drop_ins, watch);
    return r == -ENOENT || r == -ENOTDIR ? 0 : r; // no drop-ins
}

static int on_folder(sd_event_source *source, const struct inotify_event *event, void *userdata) {
    (void)source;
    struct watch *watch = userdata;
    // The drop-in folder itself (name + ".d") counts too: it may be made later.
    if (event->len > 0 && strncmp(event->name, watch->name, strlen(watch->name)) == 0) {
        const char *rest = event->name + strlen(watch->name);
        const bool is_drop_ins = strcmp(rest, ".d") == 0;
        if (is_drop_ins)
            (void)watch_drop_ins(watch); // where it fails, saving the file itself still reloads
        if (*rest == '\0' || is_drop_ins)
            note_change(watch);
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
    const int r = sd_event_add_inotify(watch->event, &watch->folder, dirname(copy), CHANGES,
                                       on_folder, watch);
    free(copy);
    return r < 0 ? r : watch_drop_ins(watch);
}

int watch_new(sd_event *event, const char *path, watch_fn changed, void *userdata,
              struct watch **ret) {
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return -ENOMEM;
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
    sd_event_source_disable_unref(watch->folder);
    sd_event_source_disable_unref(watch->drop_ins);
    sd_event_source_disable_unref(watch->quiet_timer);
    sd_event_unref(watch->event);
    free(watch->name);
    free(watch->drop_in_path);
    free(watch);
    return NULL;
}
