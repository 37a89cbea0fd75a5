// SPDX-License-Identifier: MIT
//
// A service manager's socket of our own, and what comes over it while the bell works or does not.
// Time passes by count_signs() alone.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/heartbeat.h"
#include "daemon/poller_internal.h"
#include "held_clock.h"
#include "port/system/clock.h"

enum { MINUTE_US = 60000000, PERIOD_MS = 80 };

struct service {
    char folder[32];
    char path[64];
    int fd;
    sd_event *event;
    struct log *log;
    bool is_alive;
};

static int set_up(void **state) {
    struct service *service = calloc(1, sizeof *service);
    if (!service)
        return -1;
    (void)snprintf(service->folder, sizeof service->folder, "/tmp/wirebell-beat-XXXXXX");
    if (!mkdtemp(service->folder))
        return -1;
    (void)snprintf(service->path, sizeof service->path, "%s/notify", service->folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, service->path, strlen(service->path) + 1);
    service->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    *state = service;
    return bind(service->fd, (struct sockaddr *)&address, sizeof address) < 0 ||
                   setenv("NOTIFY_SOCKET", service->path, 1) < 0 ||
                   setenv("WATCHDOG_USEC", "80000", 1) < 0 || sd_event_new(&service->event) < 0 ||
                   log_new(&service->log) < 0
               ? -1
               : 0;
}

static int tear_down(void **state) {
    struct service *service = *state;
    sd_event_unref(service->event);
    log_free(service->log);
    (void)close(service->fd);
    (void)unlink(service->path);
    (void)rmdir(service->folder);
    free(service);
    return 0;
}

static bool is_alive(void *userdata) {
    const struct service *service = userdata;
    return service->is_alive;
}

// Lets the loop run for so long. Return: signs of life that came.
static size_t count_signs(struct service *service, int periods) {
    size_t count = 0;
    char text[64];
    for (int i = 0; i < periods; i++) {
        held_clock_pass(service->event, PERIOD_MS);
        ssize_t size;
        while ((size = recv(service->fd, text, sizeof text - 1, MSG_DONTWAIT)) > 0) {
            text[size] = '\0';
            count += strcmp(text, "WATCHDOG=1") == 0;
        }
    }
    return count;
}

static void signs_of_life_come_while_all_is_at_work_and_only_then(void **state) {
    struct service *service = *state;
    struct heartbeat *heartbeat = NULL;
    service->is_alive = true;
    assert_int_equal(heartbeat_new(service->event, service->log, is_alive, service, &heartbeat), 0);
    assert_non_null(heartbeat);
    assert_int_equal(count_signs(service, 6), 13); // at once, then twice a period
    service->is_alive = false;
    assert_int_equal(count_signs(service, 6), 0);
    service->is_alive = true;
    assert_int_equal(count_signs(service, 4), 8); // soon, then twice a period
    heartbeat_free(heartbeat);
    assert_int_equal(count_signs(service, 4), 0);
}

static void nobody_is_told_where_nobody_watches(void **state) {
    struct service *service = *state;
    struct heartbeat *heartbeat = NULL;
    assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
    assert_int_equal(heartbeat_new(service->event, service->log, is_alive, service, &heartbeat), 0);
    assert_null(heartbeat);
}

static void a_poller_lives_while_its_timer_and_its_looks_come_to_something(void **state) {
    (void)state;
    struct poller poller = {.wake_us = INT64_MAX};
    assert_int_equal(hosts_new(&poller.hosts), 0);
    const int64_t now_us = clock_boot_us();
    assert_true(poller_is_alive(&poller)); // there is nothing to ask

    poller.wake_us = now_us + MINUTE_US;
    assert_true(poller_is_alive(&poller));
    poller.wake_us = now_us - MINUTE_US; // a busy moment
    assert_true(poller_is_alive(&poller));
    poller.wake_us = now_us - INT64_C(20) * MINUTE_US;
    assert_false(poller_is_alive(&poller));

    struct hosts_turn turn = {0};
    assert_int_equal(hosts_join(poller.hosts, &turn, "http://a.example/", false), 0);
    poller.moved_us = clock_monotonic_us();
    assert_true(poller_is_alive(&poller));
    poller.moved_us -= INT64_C(20) * MINUTE_US; // a look that never ended
    assert_false(poller_is_alive(&poller));
    hosts_leave(poller.hosts, &turn);
    hosts_free(poller.hosts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(signs_of_life_come_while_all_is_at_work_and_only_then),
        TEST(nobody_is_told_where_nobody_watches),
        cmocka_unit_test(a_poller_lives_while_its_timer_and_its_looks_come_to_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
