// SPDX-License-Identifier: MIT

#include "core/alert/debounce.h"

static bool tell(struct debounce *d, bool level) {
    bool is_news = level != d->level;
    d->level = level;
    return is_news;
}

bool debounce_edge(struct debounce *d, bool level, int64_t at_us) {
    bool has_settled = d->has_pending && at_us - d->pending_us >= DEBOUNCE_US;
    bool settled = d->pending;
    d->has_pending = true;
    d->pending = level;
    d->pending_us = at_us;
    return has_settled && tell(d, settled);
}

bool debounce_settle(struct debounce *d, bool level) {
    d->has_pending = false;
    return tell(d, level);
}
