// SPDX-License-Identifier: MIT
//
// gpio_chips.h - the GPIO chips a board needs, found by label; and what to tell when one misses.
//
// Numbers in /dev mean nothing: the header of a Pi 5 has been gpiochip4, 0 and 15. Labels do.
// Symbolic links are skipped: Raspberry Pi OS makes gpiochip4 one, and a chip would appear twice.

#ifndef PORT_GPIO_CHIPS_H
#define PORT_GPIO_CHIPS_H

#include "port/gpio/gpio_kernel.h"

enum { GPIO_CHIP_PATH_SIZE = 512 };

/**
 * struct gpio_chip - an open chip the board asks for
 * @info:   label and number of lines
 * @handle: owned
 */
struct gpio_chip {
    struct kernel_chip_info info;
    struct kernel_chip *handle;
};

/**
 * struct gpio_chips - the chips the board asks for, and what else was seen
 * @items:           each label once; owned
 * @count:           how many
 * @seen:            labels of the other chips, for people; cut when long
 * @forbidden_path:  a chip that may not be opened; "" = none
 * @forbidden_error: -EACCES or -EPERM
 */
struct gpio_chips {
    struct gpio_chip items[LIMIT_BOARD_LINES + BOARD_CHIP_LABELS_MAX];
    size_t count;
    char seen[80];
    char forbidden_path[GPIO_CHIP_PATH_SIZE];
    int forbidden_error;
};

/**
 * gpio_chips_open() - open the chips that @board names and that are not open yet
 * @ret: starts as {0}; to be given to gpio_chips_close(), whatever was returned
 *
 * Return: 0, also when none is there; -ENOMEM.
 */
int gpio_chips_open(const struct kernel_library *library, const struct board *board,
                    struct gpio_chips *ret);

// Closes the one at @index, none of whose lines is held; the last takes its place.
void gpio_chips_close_one(const struct kernel_library *library, struct gpio_chips *chips,
                          size_t index);

void gpio_chips_close(const struct kernel_library *library, struct gpio_chips *chips);

// The chip line @line of @board sits on; NULL when it is not there. Borrowed from @chips.
const struct gpio_chip *gpio_chips_find(const struct gpio_chips *chips, const struct board *board,
                                        size_t line);

/**
 * gpio_chips_explain() - why a line cannot be had, as an error and a sentence
 * @chips: what was found
 * @error: what the request failed with, -errno; 0 = there was no request: the chip is not there, or
 *         has no such line
 * @ret:   its line says which; error and message are filled
 */
void gpio_chips_explain(const struct kernel_library *library, const struct gpio_chips *chips,
                        const struct board *board, int error, struct gpio_problem *ret);

#endif
