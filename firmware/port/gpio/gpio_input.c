// SPDX-License-Identifier: MIT

#include "port/gpio/gpio_input.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "port/system/clock.h"

static int request(const struct kernel_library *library, struct kernel_chip *chip,
                   struct kernel_wish *wish, struct kernel_line **ret_line) {
    wish->has_edges = true;
    wish->debounce_us = library->can_debounce ? DEBOUNCE_US : 0;
    int error = library->line_request(chip, wish, ret_line);
    if (error && error != -EBUSY && wish->debounce_us > 0) {
        wish->debounce_us = 0;
        error = library->line_request(chip, wish, ret_line);
    }
    // EBUSY may also be the interrupt that is taken, not the line.
    if (error) {
        wish->has_edges = false;
        wish->debounce_us = 0;
        error = library->line_request(chip, wish, ret_line);
    }
    return error;
}

static int watch(const struct gpio_input *input, int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(input->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static void arm(const struct gpio_input *input) {
    struct itimerspec when = {.it_value = {.tv_nsec = DEBOUNCE_US * 1000L}};
    if (!input->has_edges) {
        when.it_value.tv_nsec = GPIO_INPUT_LOOK_MS * 1000000L;
        when.it_interval = when.it_value;
    }
    (void)timerfd_settime(input->timer_fd, 0, &when, NULL); // fails on wrong arguments only
}

static int start(struct gpio_input *input) {
    if (input->timer_fd < 0)
        return -errno;
    int error = watch(input, input->timer_fd);
    if (!error && input->has_edges)
        error = watch(input, input->library->line_fd(input->line));
    if (!error)
        error = input->library->line_get(input->line, &input->debounce.level);
    if (!error && !input->has_edges)
        arm(input);
    return error;
}

int gpio_input_open(const struct kernel_library *library, struct kernel_chip *chip,
                    struct kernel_wish *wish, int epoll_fd, struct gpio_input *ret) {
    struct kernel_line *line;
    int error = request(library, chip, wish, &line);
    if (error)
        return error;
    struct gpio_input input = {
        .library = library,
        .line = line,
        .epoll_fd = epoll_fd,
        .timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
        .has_edges = wish->has_edges,
        .is_debounced = wish->debounce_us > 0,
    };
    error = start(&input);
    if (error) {
        gpio_input_close(&input);
        return error;
    }
    *ret = input;
    return 0;
}

static bool has_expired(const struct gpio_input *input) {
    uint64_t count;
    return read(input->timer_fd, &count, sizeof count) == sizeof count;
}

// An edge that was read late is one whose level has stood for long, unless another follows.
static bool has_settled(const struct gpio_input *input, int64_t now_us) {
    return input->debounce.has_pending && now_us - input->debounce.pending_us >= DEBOUNCE_US;
}

// 1: the input's level is news; 0: not; or -errno.
static int read_news(struct gpio_input *input, int64_t now_us) {
    struct kernel_edge edge;
    int found = 0;
    while (input->has_edges && (found = input->library->line_read(input->line, &edge)) == 1) {
        if (input->is_debounced) {
            if (debounce_settle(&input->debounce, edge.is_active, edge.at_us))
                return 1;
            continue;
        }
        arm(input);
        if (debounce_edge(&input->debounce, edge.is_active, edge.at_us))
            return 1;
    }
    if (found < 0 || (!has_expired(input) && !has_settled(input, now_us)))
        return found;
    bool is_active;
    int error = input->library->line_get(input->line, &is_active);
    if (error)
        return error;
    return debounce_settle(&input->debounce, is_active, now_us);
}

static bool is_lost(const struct gpio_input *input) {
    return input->timer_fd < 0;
}

// Else a line whose chip is gone would stay readable.
static void leave_set(struct gpio_input *input) {
    // Closing a timer takes it out of the set by itself; the line's descriptor is the library's.
    if (input->timer_fd >= 0)
        (void)close(input->timer_fd);
    input->timer_fd = -1;
    if (input->has_edges)
        (void)epoll_ctl(input->epoll_fd, EPOLL_CTL_DEL, input->library->line_fd(input->line), NULL);
    input->has_edges = false;
}

int gpio_input_read(struct gpio_input *input, struct gpio_change *ret) {
    const int64_t now_us = clock_monotonic_us();
    int result = is_lost(input) ? 0 : read_news(input, now_us);
    if (result < 0)
        leave_set(input);
    if (result != 1)
        return result;
    // Below zero where the kernel's edges are on another clock (before Linux 5.7).
    const int64_t age_us = now_us - input->debounce.level_us;
    ret->is_active = input->debounce.level;
    ret->age_us = age_us > 0 ? age_us : 0;
    return 1;
}

bool gpio_input_is_alive(const struct gpio_input *input) {
    bool level;
    return !is_lost(input) && input->library->line_get(input->line, &level) == 0;
}

void gpio_input_close(struct gpio_input *input) {
    leave_set(input);
    input->library->line_release(input->line);
}
