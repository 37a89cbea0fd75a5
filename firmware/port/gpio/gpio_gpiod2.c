// SPDX-License-Identifier: MIT
//
// gpio_gpiod2.c - the verbs of libgpiod 2 (Debian 13, Raspberry Pi OS trixie, and newer).
//
// The kernel debounces here, in software where the chip cannot.

#include "port/gpio/gpio_kernel.h"

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct kernel_chip {
    struct gpiod_chip *chip;
};

/**
 * struct kernel_line
 * @edges: room for one edge; NULL where none are wanted
 */
struct kernel_line {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *edges;
    uint32_t offset;
};

static int chip_open(const char *path, struct kernel_chip_info *ret_info,
                     struct kernel_chip **ret_chip) {
    struct kernel_chip *made = malloc(sizeof *made);
    if (!made)
        return -ENOMEM;
    made->chip = gpiod_chip_open(path);
    struct gpiod_chip_info *info = made->chip ? gpiod_chip_get_info(made->chip) : NULL;
    if (!info) {
        int error = -errno;
        if (made->chip)
            gpiod_chip_close(made->chip);
        free(made);
        return error;
    }
    (void)snprintf(ret_info->label, sizeof ret_info->label, "%s", gpiod_chip_info_get_label(info));
    ret_info->line_count = (uint32_t)gpiod_chip_info_get_num_lines(info);
    gpiod_chip_info_free(info);
    *ret_chip = made;
    return 0;
}

static void chip_close(struct kernel_chip *chip) {
    gpiod_chip_close(chip->chip);
    free(chip);
}

static void fill_settings(const struct kernel_wish *wish, struct gpiod_line_settings *settings) {
    static const enum gpiod_line_bias BIASES[] = {
        [BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
        [BIAS_DISABLED] = GPIOD_LINE_BIAS_DISABLED,
        [BIAS_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
        [BIAS_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
    };
    // These setters refuse unknown constants only.
    gpiod_line_settings_set_active_low(settings, wish->is_active_low);
    if (wish->is_output) {
        (void)gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
        (void)gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
        return;
    }
    (void)gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
    (void)gpiod_line_settings_set_bias(settings, BIASES[wish->bias]);
    if (wish->has_edges)
        (void)gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
    gpiod_line_settings_set_debounce_period_us(settings, wish->debounce_us);
}

// NULL with errno set when it cannot be had.
static struct gpiod_line_request *request_line(struct kernel_chip *chip,
                                               const struct kernel_wish *wish) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *config = gpiod_request_config_new();
    struct gpiod_line_request *request = NULL;
    if (settings && lines && config) {
        unsigned offset = wish->offset;
        fill_settings(wish, settings);
        gpiod_request_config_set_consumer(config, GPIO_CONSUMER);
        if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0)
            request = gpiod_chip_request_lines(chip->chip, config, lines);
    }
    int error = errno; // freeing must not change it
    if (config)
        gpiod_request_config_free(config);
    if (lines)
        gpiod_line_config_free(lines);
    if (settings)
        gpiod_line_settings_free(settings);
    errno = error;
    return request;
}

static void line_release(struct kernel_line *line) {
    if (line->edges)
        gpiod_edge_event_buffer_free(line->edges);
    if (line->request)
        gpiod_line_request_release(line->request);
    free(line);
}

static int line_request(struct kernel_chip *chip, const struct kernel_wish *wish,
                        struct kernel_line **ret_line) {
    struct kernel_line *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->offset = wish->offset;
    made->edges = wish->has_edges ? gpiod_edge_event_buffer_new(1) : NULL;
    if (!wish->has_edges || made->edges)
        made->request = request_line(chip, wish);
    if (!made->request) {
        int error = -errno;
        line_release(made);
        return error;
    }
    *ret_line = made;
    return 0;
}

static void line_holder(struct kernel_chip *chip, uint32_t offset, size_t size, char *ret) {
    struct gpiod_line_info *info = gpiod_chip_get_line_info(chip->chip, offset);
    const char *holder = info ? gpiod_line_info_get_consumer(info) : NULL;
    (void)snprintf(ret, size, "%s", holder ? holder : "");
    if (info)
        gpiod_line_info_free(info);
}

static int line_set(struct kernel_line *line, bool is_active) {
    enum gpiod_line_value value = is_active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
    int r =
        (int)TEMP_FAILURE_RETRY(gpiod_line_request_set_value(line->request, line->offset, value));
    return r == 0 ? 0 : -errno;
}

static int line_get(struct kernel_line *line, bool *ret_is_active) {
    int value = (int)TEMP_FAILURE_RETRY(gpiod_line_request_get_value(line->request, line->offset));
    if (value == GPIOD_LINE_VALUE_ERROR)
        return -errno;
    *ret_is_active = value == GPIOD_LINE_VALUE_ACTIVE;
    return 0;
}

static int line_fd(struct kernel_line *line) {
    return gpiod_line_request_get_fd(line->request);
}

static int line_read(struct kernel_line *line, struct kernel_edge *ret_edge) {
    int found = (int)TEMP_FAILURE_RETRY(gpiod_line_request_wait_edge_events(line->request, 0));
    if (found == 0)
        return 0;
    if (found > 0)
        found = (int)TEMP_FAILURE_RETRY(
            gpiod_line_request_read_edge_events(line->request, line->edges, 1));
    if (found != 1)
        return -errno;
    struct gpiod_edge_event *edge = gpiod_edge_event_buffer_get_event(line->edges, 0);
    ret_edge->is_active = gpiod_edge_event_get_event_type(edge) == GPIOD_EDGE_EVENT_RISING_EDGE;
    ret_edge->at_us = (int64_t)(gpiod_edge_event_get_timestamp_ns(edge) / 1000);
    return 1;
}

const struct kernel_library kernel_gpiod = {
    .device_folder = "/dev",
    .pwm_folder = "/sys/class/pwm",
    .can_debounce = true,
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
