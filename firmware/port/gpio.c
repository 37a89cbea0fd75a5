// SPDX-License-Identifier: MIT

#include "port/gpio.h"

#include <stdio.h>
#include <string.h>

const struct gpio_driver *gpio_driver_of(const struct board *board) {
    switch (board->driver) {
    case DRIVER_SIM:
        return &gpio_sim;
    case DRIVER_GPIOD:
        break;
    }
    return &gpio_gpiod;
}

bool gpio_next_problem(const struct board *board, const struct gpio_problems *problems,
                       size_t *index, size_t size, char *ret) {
    if (*index >= problems->count)
        return false;
    const char *message = problems->items[*index].message;
    size_t used = 0;
    const char *joint = "";
    while (*index < problems->count && strcmp(problems->items[*index].message, message) == 0) {
        const char *name = board->lines[problems->items[*index].line].name;
        if (used < size)
            used += (size_t)snprintf(ret + used, size - used, "%s%s", joint, name);
        joint = ", ";
        (*index)++;
    }
    if (used < size)
        (void)snprintf(ret + used, size - used, ": %s", message);
    return true;
}
