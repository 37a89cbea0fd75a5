// SPDX-License-Identifier: MIT

#include "core/schedule/trust.h"

void trust_hear(struct trust *trust, int64_t wall_s, int64_t date_s) {
    if (date_s != 0)
        trust->is_contradicted = date_s > wall_s + TRUST_SLACK_S;
}

bool trust_holds(const struct trust *trust, int64_t wall_s) {
    return wall_s >= TRUST_EPOCH_S && !trust->is_contradicted;
}
