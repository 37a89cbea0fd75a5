// SPDX-License-Identifier: MIT
//
// A sim board for tests: two lamps, a buzzer and a button.

#ifndef TESTS_SIM_BOARD_H
#define TESTS_SIM_BOARD_H

#include "wirebell/board.h"

enum { RED, AMBER, BUZZER, BUTTON };

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_SIM,
    .lines =
        {
            [RED] = {.name = "red", .role = ROLE_RED},
            [AMBER] = {.name = "amber", .role = ROLE_AMBER},
            [BUZZER] = {.name = "buzzer", .role = ROLE_BUZZER},
            [BUTTON] = {.name = "button", .role = ROLE_BUTTON},
        },
    .line_count = 4,
};

#endif
