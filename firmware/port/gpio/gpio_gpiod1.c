// SPDX-License-Identifier: MIT
//
// gpio_gpiod1.c - the verbs of libgpiod 1.6 (Debian 12, Raspberry Pi OS bookworm).
//
// A line belongs to its chip object and dies with it, so chips stay open as long as their lines.
// There is no debouncing in this version: port/gpio/gpio_kernel does it.

#include "port/gpio/gpio_kernel.h"

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct kernel_chip {
    struct gpiod_chip *chip;
};

struct kernel_line {
    struct gpiod_line *line;
};

static int chip_open(const char *path, struct kernel_chip_info *ret_info,
                     struct kernel_chip **ret_chip) {
    struct kernel_chip *made = malloc(sizeof *made);
    if (!made)
        return -ENOMEM;
    made->chip = gpiod_chip_open(path);
    if (!made->chip) {
        int error = -errno;
        free(made);
        return error;
    }
    (void)snprintf(ret_info->label, sizeof ret_info->label, "%s", gpiod_chip_label(made->chip));
    ret_info->line_count = gpiod_chip_num_lines(made->chip);
    *ret_chip = made;
    return 0;
}

static void chip_close(struct kernel_chip *chip) {
    gpiod_chip_close(chip->chip);
    free(chip);
}

static int request_flags(const struct kernel_wish *wish) {
    static const int BIAS_FLAGS[] = {
        [BIAS_AS_IS] = 0,
        [BIAS_DISABLED] = GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE,
        [BIAS_PULL_UP] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
        [BIAS_PULL_DOWN] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN,
    };
    int flags = wish->is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    return wish->is_output ? flags : flags | BIAS_FLAGS[wish->bias];
}

static int line_request(struct kernel_chip *chip, const struct kernel_wish *wish,
                        struct kernel_line **ret_line) {
    struct kernel_line *made = malloc(sizeof *made);
    if (!made)
        return -ENOMEM;
    made->line = gpiod_chip_get_line(chip->chip, wish->offset);
    int result = -1, flags = request_flags(wish);
    if (made->line && wish->is_output)
        result = gpiod_line_request_output_flags(made->line, GPIO_CONSUMER, flags, 0);
    else if (made->line && wish->has_edges)
        result = gpiod_line_request_both_edges_events_flags(made->line, GPIO_CONSUMER, flags);
    else if (made->line)
        result = gpiod_line_request_input_flags(made->line, GPIO_CONSUMER, flags);
    if (result != 0) {
        int error = -errno;
        free(made);
        return error;
    }
    *ret_line = made;
    return 0;
}

static void line_holder(struct kernel_chip *chip, uint32_t offset, size_t size, char *ret) {
    struct gpiod_line *line = gpiod_chip_get_line(chip->chip, offset);
    // What the library knows of the line is from before it was taken.
    const char *holder = NULL;
    if (line && gpiod_line_update(line) == 0)
        holder = gpiod_line_consumer(line);
    (void)snprintf(ret, size, "%s", holder ? holder : "");
}

static int line_set(struct kernel_line *line, bool is_active) {
    return TEMP_FAILURE_RETRY(gpiod_line_set_value(line->line, is_active)) == 0 ? 0 : -errno;
}

static int line_get(struct kernel_line *line, bool *ret_is_active) {
    int value = (int)TEMP_FAILURE_RETRY(gpiod_line_get_value(line->line));
    if (value < 0)
        return -errno;
    *ret_is_active = value;
    return 0;
}

static int line_fd(struct kernel_line *line) {
    return gpiod_line_event_get_fd(line->line);
}

static int line_read(struct kernel_line *line, struct kernel_edge *ret_edge) {
    const struct timespec at_once = {0};
    int found = (int)TEMP_FAILURE_RETRY(gpiod_line_event_wait(line->line, &at_once));
    if (found == 0)
        return 0;
    struct gpiod_line_event event;
    if (found < 0 || TEMP_FAILURE_RETRY(gpiod_line_event_read(line->line, &event)) != 0)
        return -errno;
    ret_edge->is_active = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    ret_edge->at_us = (int64_t)event.ts.tv_sec * 1000000 + event.ts.tv_nsec / 1000;
    return 1;
}

static void line_release(struct kernel_line *line) {
    gpiod_line_release(line->line);
    free(line);
}

const struct kernel_library kernel_gpiod = {
    .device_folder = "/dev",
    .pwm_folder = "/sys/class/pwm",
    .can_debounce = false,
    .chip_open = chip_open,
    .chip_close = chip_close,
    .line_request = line_request,
    .line_holder = line_holder,
    .line_set = line_set,
    .line_get = line_get,
    .line_fd = line_fd,
    .line_read = line_read,
    .line_release = line_release,
};
