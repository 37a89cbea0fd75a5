// SPDX-License-Identifier: MIT
//
// gpio.h - the GPIO drivers built in, by board. The contract they keep: wirebell/gpio.h.

#ifndef PORT_GPIO_H
#define PORT_GPIO_H

#include "wirebell/gpio.h"

// The libgpiod driver (of major version 1 or 2, whichever this program was built with).
extern const struct gpio_driver gpio_gpiod;
// The driver that touches nothing: draws the lamps, takes a trace.
extern const struct gpio_driver gpio_sim;

// The driver a board asks for.
const struct gpio_driver *gpio_driver_of(const struct board *board);

/**
 * gpio_explain() - say why a line cannot be had
 * @ret:    its error and message are written
 * @error:  -errno
 * @format: printf format of the message
 *
 * Return: @error.
 */
int gpio_explain(struct gpio_problem *ret, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * gpio_next_problem() - the problems of an open, those of one reason in one sentence
 * @board:    what was opened
 * @problems: what open wrote
 * @index:    starts at 0; is moved behind what was taken
 * @size:     of @ret, bytes; 512 holds any
 * @ret:      "red, amber: this machine has no GPIO chip; ..."; written only when true is returned
 *
 * Return: false when there is no more.
 */
bool gpio_next_problem(const struct board *board, const struct gpio_problems *problems,
                       size_t *index, size_t size, char *ret);

#endif
