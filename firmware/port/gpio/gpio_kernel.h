// SPDX-License-Identifier: MIT
//
// gpio_kernel.h - all of driving a board through kernel GPIO lines that does not depend on which
// libgpiod there is.
//
// libgpiod 1 and 2 share a name and no call. What they are needed for is small: open a chip,
// request a line, set, get, wait for an edge. Each version provides these verbs in one file
// (gpio_gpiod1.c, gpio_gpiod2.c); finding chips, telling people what is wrong, debouncing, chips
// without edges or unplugged, and switching off at the end are here and in gpio_chips and
// gpio_input, once. The tests bring verbs of their own, with chips that are taken, forbidden and
// unplugged.

#ifndef PORT_GPIO_KERNEL_H
#define PORT_GPIO_KERNEL_H

#include "wirebell/gpio.h"

// What a library makes of them; opaque here.
struct kernel_chip;
struct kernel_line;

/**
 * struct kernel_chip_info - a chip
 * @label:      as gpiodetect shows it
 * @line_count: its lines are 0 to line_count - 1
 */
struct kernel_chip_info {
    char label[64];
    uint32_t line_count;
};

/**
 * struct kernel_wish - a line to request; outputs start off
 * @offset:        on the chip
 * @is_output:     else an input
 * @has_edges:     input: edges wanted, of both kinds
 * @debounce_us:   input with edges: to be debounced by the kernel; 0 = not
 * @is_active_low: applied by the kernel: all levels below are logical
 * @bias:          of an input
 */
struct kernel_wish {
    uint32_t offset;
    bool is_output;
    bool has_edges;
    uint32_t debounce_us;
    bool is_active_low;
    enum board_bias bias;
};

/**
 * struct kernel_edge - a level that changed
 * @is_active: after the edge
 * @at_us:     when, on CLOCK_MONOTONIC; before Linux 5.7 another clock, all edges on the same
 */
struct kernel_edge {
    bool is_active;
    int64_t at_us;
};

/**
 * struct kernel_library - the verbs of one libgpiod; each returns 0 or -errno unless said otherwise
 *
 * @device_folder: where gpiochip* are: "/dev"
 * @pwm_folder:    where pwmchip* are: "/sys/class/pwm"
 * @can_debounce:  debounce_us of a wish is understood
 * @chip_open:     -ENOTTY: @path is no GPIO chip
 * @chip_close:    all its lines were released before
 * @line_request:  the line is the caller's until line_release
 * @line_holder:   who holds a taken line; @ret gets "" when that is not known
 * @line_set:      an output
 * @line_get:      the level of an input, or the one an output is set to; -ENODEV: the chip is gone
 * @line_fd:       turns readable at an edge; the line's own
 * @line_read:     takes an edge without waiting: 1 and *ret_edge, 0 = there is none
 */
struct kernel_library {
    const char *device_folder;
    const char *pwm_folder;
    bool can_debounce;
    int (*chip_open)(const char *path, struct kernel_chip_info *ret_info,
                     struct kernel_chip **ret_chip);
    void (*chip_close)(struct kernel_chip *chip);
    int (*line_request)(struct kernel_chip *chip, const struct kernel_wish *wish,
                        struct kernel_line **ret_line);
    void (*line_holder)(struct kernel_chip *chip, uint32_t offset, size_t size, char *ret);
    int (*line_set)(struct kernel_line *line, bool is_active);
    int (*line_get)(struct kernel_line *line, bool *ret_is_active);
    int (*line_fd)(struct kernel_line *line);
    int (*line_read)(struct kernel_line *line, struct kernel_edge *ret_edge);
    void (*line_release)(struct kernel_line *line);
};

// The name lines are held by; gpioinfo shows it.
#define GPIO_CONSUMER "wirebell"

// The library this program was built with: its verbs are in gpio_gpiod1.c or gpio_gpiod2.c.
extern const struct kernel_library kernel_gpiod;

// The verbs of struct gpio_driver over a library, which is borrowed and must outlive the gpio.
int gpio_kernel_open(const struct kernel_library *library, const struct board *board,
                     struct gpio_problems *ret_problems, struct gpio **ret_gpio);
int gpio_kernel_set(struct gpio *gpio, size_t line, bool is_active);
int gpio_kernel_event_fd(const struct gpio *gpio);
int gpio_kernel_read(struct gpio *gpio, struct gpio_change *ret);
int gpio_kernel_recheck(struct gpio *gpio, struct gpio_problems *ret_problems);
struct gpio *gpio_kernel_close(struct gpio *gpio);

#endif
