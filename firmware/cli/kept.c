// SPDX-License-Identifier: MIT

#include "cli/kept.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "port/system/clock.h"
#include "port/store/store.h"

static int look_for(const char *state_dir) {
    char *path = NULL;
    if (asprintf(&path, "%s/wirebell.db", state_dir) < 0)
        return -ENOMEM;
    const int r = access(path, R_OK) == 0 ? 0 : -errno;
    free(path);
    return r;
}

static int complain(const char *state_dir, int error) {
    if (error == -ENOENT)
        cli_error("there is no state in %s: has wirebell run yet? --state-dir names another folder",
                  state_dir);
    else if (error == -EACCES)
        cli_error("the state in %s may not be read: try it with sudo", state_dir);
    else
        cli_error("the state in %s cannot be read: %s", state_dir, strerrordesc_np(-error));
    return error;
}

int kept_read(const char *state_dir, int64_t last_s, store_story_fn each, void *userdata) {
    struct store *store = NULL;
    int r = look_for(state_dir);
    if (r == 0)
        r = store_open_copy(state_dir, &store);
    if (r >= 0 && r != STORE_KEPT) {
        store_close(store);
        r = -EBADMSG; // what could not be read came back empty
    }
    if (r < 0)
        return complain(state_dir, r);
    r = store_each_story(store, clock_wall_s() - last_s, each, userdata);
    store_close(store);
    return r < 0 ? complain(state_dir, r) : 0;
}
