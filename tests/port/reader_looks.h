// SPDX-License-Identifier: MIT
//
// reader_looks.h - a client of the reader in a loop of its own, and what came back of its calls.

#ifndef TESTS_PORT_READER_LOOKS_H
#define TESTS_PORT_READER_LOOKS_H

#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "nouns.h"
#include "port/reader/reader_client.h"

enum { LOOKS_MAX = 64, TURN_US = 100000, IDLE_TURNS_MAX = 600 };

/**
 * struct look - what came back of one call
 * @count:    how often it was called back
 * @together: calls that were under way, as the fake reader says
 * @process:  the fake reader's
 */
struct look {
    int count;
    enum reading_outcome outcome;
    char detail[512];
    char title[256];
    int together;
    int process;
};

struct fixture {
    sd_event *event;
    struct reader_client *client;
    struct look looks[LOOKS_MAX];
};

static inline void on_reading(const struct reading_request *asked, const struct reading *reading,
                              void *userdata) {
    (void)asked;
    struct look *look = userdata;
    look->count++;
    look->outcome = reading->outcome;
    (void)snprintf(look->detail, sizeof look->detail, "%s", reading->detail);
    if (reading->story_count == 0)
        return;
    (void)snprintf(look->title, sizeof look->title, "%s", reading->stories[0].title);
    look->together = (int)strtol(reading->stories[0].link, NULL, 10);
    look->process = (int)strtol(reading->stories[0].id, NULL, 10);
}

static inline int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    *state = fixture;
    return fixture && sd_event_new(&fixture->event) >= 0 ? 0 : -1;
}

static inline int tear_down(void **state) {
    struct fixture *fixture = *state;
    fixture->client = reader_client_free(fixture->client);
    sd_event_unref(fixture->event);
    free(fixture);
    // Whatever happened, nobody is left behind: not running, not a zombie.
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static inline void use(struct fixture *fixture, const struct reader_client_options *options) {
    assert_int_equal(reader_client_new(fixture->event, options, &fixture->client), 0);
}

static inline void use_fake(struct fixture *fixture, uint64_t answer_ms) {
    use(fixture,
        &(struct reader_client_options){.program_path = FAKE_READER, .answer_ms = answer_ms});
}

static inline void ask_for(struct fixture *fixture, const char *url, reader_client_done_fn done,
                           void *userdata) {
    const struct reading_request request = a_request(url);
    assert_int_equal(reader_client_read(fixture->client, &request, done, userdata), 0);
}

static inline void ask(struct fixture *fixture, size_t i, const char *url) {
    ask_for(fixture, url, on_reading, &fixture->looks[i]);
}

// Turns the loop once. Return: whether anything happened.
static inline bool turn_loop(struct fixture *fixture) {
    const int r = sd_event_run(fixture->event, TURN_US);
    assert_true(r >= 0);
    return r > 0;
}

// Turns the loop until all calls are back; each exactly once, of the first @count looks.
// @after_turn: called after each turn; NULL = nothing to do
static inline void settle_with(struct fixture *fixture, size_t count, void (*after_turn)(void)) {
    int idle_turns = 0;
    while (reader_client_pending(fixture->client) > 0 && idle_turns < IDLE_TURNS_MAX) {
        idle_turns += turn_loop(fixture) ? 0 : 1;
        if (after_turn)
            after_turn();
    }
    assert_int_equal(reader_client_pending(fixture->client), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(fixture->looks[i].count, 1);
}

static inline void settle(struct fixture *fixture, size_t count) {
    settle_with(fixture, count, NULL);
}

#endif
