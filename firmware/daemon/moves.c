// SPDX-License-Identifier: MIT

#include "daemon/moves.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIRMATIONS = 5, DAY_S = 24 * 3600, WEEK_S = 7 * DAY_S };

bool moves_is_followed(const struct store_move *move) {
    return move && move->checked_s != 0;
}

bool moves_is_check_due(const struct store_move *move, int64_t wall_s) {
    return wall_s - move->checked_s >= WEEK_S;
}

static enum moves_outcome begin(struct store_move **move, const char *to, int64_t wall_s) {
    bool was_followed = moves_is_followed(*move);
    struct store_move *fresh = store_move_new(to);
    if (!fresh)
        return MOVES_NO_MEMORY;
    fresh->count = 1;
    fresh->first_s = wall_s;
    free(*move);
    *move = fresh;
    return was_followed ? MOVES_ELSEWHERE : MOVES_NOTHING;
}

static enum moves_outcome confirm(struct store_move *move, int64_t wall_s) {
    if (moves_is_followed(move)) {
        move->checked_s = wall_s;
        return MOVES_NOTHING;
    }
    if (move->count < UINT32_MAX)
        move->count++;
    if (move->count < CONFIRMATIONS || wall_s - move->first_s < DAY_S)
        return MOVES_NOTHING;
    move->checked_s = wall_s;
    return MOVES_CONFIRMED;
}

enum moves_outcome moves_note(struct store_move **move, const struct reading *reading,
                              int64_t wall_s) {
    bool was_followed = moves_is_followed(*move);
    bool leads_there = *move && strcmp((*move)->to, reading->moved_to) == 0;
    if (!reading_is_success(reading->outcome)) {
        if (!*move || !was_followed || leads_there)
            return MOVES_NOTHING;
        (*move)->checked_s = wall_s;
        return MOVES_OLD_DEAD;
    }
    if (leads_there)
        return confirm(*move, wall_s);
    if (*reading->moved_to)
        return begin(move, reading->moved_to, wall_s);
    free(*move);
    *move = NULL;
    return was_followed ? MOVES_BACK : MOVES_NOTHING;
}
