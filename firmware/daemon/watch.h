// SPDX-License-Identifier: MIT
//
// watch.h - saving a file is enough: tells when a configuration file was changed.
//
// Editors write in place, or write a new file and rename it over the old one, or both, or twice.
// So the folder is watched, not the file, and a change is told only when it has been quiet for
// WATCH_QUIET_US: a file caught half written would be refused for nothing.

#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include <systemd/sd-event.h>

enum { WATCH_QUIET_US = 300000 };

struct watch;

typedef void (*watch_fn)(void *userdata);

/**
 * watch_new() - watch a file and its drop-in folder (the same path with ".d" added)
 * @event:   loop; a reference is taken
 * @path:    the file; it need not be there yet, but its folder must
 * @changed: called once for each burst of changes
 * @ret:     owned; written only on success
 *
 * Return: 0; -ENOENT when the folder is not there; -ENOMEM; another -errno of inotify.
 */
int watch_new(sd_event *event, const char *path, watch_fn changed, void *userdata,
              struct watch **ret);

// NULL is fine. Returns NULL.
struct watch *watch_free(struct watch *watch);

#endif
