// SPDX-License-Identifier: MIT
//
// sim_trace.h - the trace of a sim board: made for a test, and read again a change at a time.

#ifndef TESTS_PORT_SIM_TRACE_H
#define TESTS_PORT_SIM_TRACE_H

#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TRACE_PATH_SIZE = 40 };

// A change of one line.
struct trace_change {
    long long t_ms;
    char line[16];
    int level;
};

// An empty file with a name of its own.
static inline void trace_make(char ret_path[static TRACE_PATH_SIZE]) {
    (void)snprintf(ret_path, TRACE_PATH_SIZE, "/tmp/wirebell-trace-XXXXXX");
    const int fd = mkstemp(ret_path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static inline FILE *trace_open(const char *path) {
    FILE *trace = fopen(path, "r");
    assert_non_null(trace);
    return trace;
}

// The next change; the end closes the trace. What is no change fails the test.
static inline bool trace_next(FILE *trace, struct trace_change *ret) {
    char text[128];
    int end = 0;
    if (!fgets(text, sizeof text, trace)) {
        assert_int_equal(fclose(trace), 0);
        return false;
    }
    assert_int_equal(sscanf(text, "{\"t_ms\":%lld,\"line\":\"%15[^\"]\",\"level\":%d}\n%n",
                            &ret->t_ms, ret->line, &ret->level, &end),
                     3);
    assert_int_equal(end, strlen(text));
    return true;
}

#endif
