// SPDX-License-Identifier: MIT

#include "core/alert/debounce.h"

static bool tell(struct debounce *d, bool level, int64_t at_us) {
    if (level == d->level)
        return false;
    d->level = level;
    d->level_us = at_us;
    return true;
}

bool debounce_edge(struct debounce *d, bool level, int64_t at_us) {
    bool has_settled = d->has_pending && at_us - d->pending_us >= DEBOUNCE_US;
    const struct debounce before = *d;
    d->has_pending = true;
    d->pending = level;
    d->pending_us = at_us;
    return has_settled && tell(d, before.pending, before.pending_us);
}

bool debounce_settle(struct debounce *d, bool level, int64_t at_us) {
    if (d->has_pending && d->pending == level)
        at_us = d->pending_us;
    d->has_pending = false;
    return tell(d, level, at_us);
}
