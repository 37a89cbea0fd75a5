// SPDX-License-Identifier: MIT

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wirebell/alert.h"

static const char *const NAMES[] = {
    [LEVEL_ROUTINE] = "routine",
    [LEVEL_URGENT] = "urgent",
    [LEVEL_BULLETIN] = "bulletin",
    [LEVEL_FLASH] = "flash",
};
static_assert(sizeof NAMES / sizeof NAMES[0] == LEVEL_COUNT, "a name for each level");

const char *level_name(enum level level) {
    return (unsigned)level < LEVEL_COUNT ? NAMES[level] : "unknown";
}

int level_parse(const char *name, enum level *ret_level) {
    for (unsigned i = 0; i < LEVEL_COUNT; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *ret_level = (enum level)i;
            return 0;
        }
    }
    return -EINVAL;
}
