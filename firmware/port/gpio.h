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

#endif
