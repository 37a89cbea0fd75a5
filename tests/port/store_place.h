// SPDX-License-Identifier: MIT
//
// store_place.h - a state folder that is there for the length of a test.

#ifndef TESTS_PORT_STORE_PLACE_H
#define TESTS_PORT_STORE_PLACE_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/store/store.h"

#ifndef STORE_PLACE
#define STORE_PLACE "/tmp/wirebell-store-XXXXXX"
#endif
#define URL "https://example.org/feed"

struct place {
    char dir[64];
    char db[96];
};

static int setup(void **state) {
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return -1;
    (void)snprintf(place->dir, sizeof place->dir, STORE_PLACE);
    if (!mkdtemp(place->dir))
        return -1;
    (void)snprintf(place->db, sizeof place->db, "%s/wirebell.db", place->dir);
    *state = place;
    return 0;
}

static int teardown(void **state) {
    struct place *place = *state;
    const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", place->db, suffixes[i]);
        (void)unlink(path);
    }
    (void)rmdir(place->dir);
    free(place);
    return 0;
}

static struct store *open_or_fail(const struct place *place) {
    struct store *store = NULL;
    char error[200] = "";
    int r = store_open(place->dir, &store, error);
    if (r < 0)
        fail_msg("%s", error);
    return store;
}

static inline void commit_or_fail(struct store *store, const struct store_poll *poll) {
    int r = store_commit_poll(store, poll);
    if (r < 0)
        fail_msg("%s", strerrordesc_np(-r));
}

#endif
