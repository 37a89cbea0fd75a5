// SPDX-License-Identifier: MIT
//
// gpio_input.h - one input line, from edges or looks to levels that have settled.
//
// Chips differ in what they can do for an input: edges and debouncing, edges alone, neither. With
// edges nothing runs until one comes; where the kernel does not debounce, a timer ends the
// bouncing. A chip without interrupts (most USB adapters) can only be looked at, and that costs
// wakeups for as long as the program runs: twenty a second, which a press of a person cannot slip
// through and which stays under a tenth of a second until it counts. Only such inputs are looked
// at; bounces fall between two looks.

#ifndef PORT_GPIO_INPUT_H
#define PORT_GPIO_INPUT_H

#include "core/alert/debounce.h"
#include "port/gpio/gpio_kernel.h"

// How often an input without edges is looked at.
enum { GPIO_INPUT_LOOK_MS = 50 };

/**
 * struct gpio_input - an input that is had
 * @library:      borrowed
 * @line:         owned
 * @epoll_fd:     borrowed: becomes readable when gpio_input_read() has something to do
 * @timer_fd:     the end of bouncing, or the next look; -1 = the input is lost
 * @has_edges:    else it is looked at
 * @is_debounced: the kernel debounces
 * @debounce:     its level is the level last told, whoever debounces
 */
struct gpio_input {
    const struct kernel_library *library;
    struct kernel_line *line;
    int epoll_fd;
    int timer_fd;
    bool has_edges;
    bool is_debounced;
    struct debounce debounce;
};

/**
 * gpio_input_open() - request an input with the best its chip can do
 * @wish:      has_edges and debounce_us are filled here
 * @ret:       written only on success; to be given to gpio_input_close()
 *
 * Return: 0 or -errno of the request; the line's level now is no change.
 */
int gpio_input_open(const struct kernel_library *library, struct kernel_chip *chip,
                    struct kernel_wish *wish, int epoll_fd, struct gpio_input *ret);

// 1: the level changed, *ret says how but for its line; 0: nothing new; -errno: the input is lost,
// said once. A lost one wakes nobody any more, and is still held: see recheck in gpio.h.
int gpio_input_read(struct gpio_input *input, struct gpio_change *ret);

// Is it neither lost nor its chip gone?
bool gpio_input_is_alive(const struct gpio_input *input);

// Lets go.
void gpio_input_close(struct gpio_input *input);

#endif
