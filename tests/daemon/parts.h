// SPDX-License-Identifier: MIT
//
// parts.h - all that a delivery needs but a reading and its feed: real rules, a store in memory.

#ifndef TESTS_DAEMON_PARTS_H
#define TESTS_DAEMON_PARTS_H

#include "unit.h"

#include "core/rules.h"
#include "daemon/delivery.h"

struct parts {
    struct rules rules;
    struct triage *triage;
    struct store *store;
    struct log *log;
};

static inline void parts_open(struct parts *parts, const char *keywords) {
    rules_open(&parts->rules, keywords);
    assert_int_equal(parts->rules.diags.count, 0);
    assert_int_equal(triage_new(&policy_default, &parts->triage), 0);
    assert_true(store_open_copy(NULL, &parts->store) >= 0);
    assert_int_equal(log_new(&parts->log), 0);
}

static inline void parts_close(struct parts *parts) {
    store_close(parts->store);
    triage_free(parts->triage);
    rules_close(&parts->rules);
    log_free(parts->log);
}

// All are borrowed; @asked, @feed and @unsaved are the feed's.
static inline struct delivery parts_delivery(const struct parts *parts, const char *url,
                                             const struct reading_request *asked,
                                             struct store_feed *feed, struct key_list *unsaved) {
    return (struct delivery){.url = url,
                             .asked = asked,
                             .feed = feed,
                             .unsaved = unsaved,
                             .keywords = parts->rules.keywords,
                             .matcher = parts->rules.matcher,
                             .triage = parts->triage,
                             .store = parts->store,
                             .log = parts->log};
}

static inline size_t raised_count(const struct delivery *delivery) {
    size_t found = 0;
    for (size_t i = 0; i < delivery->judging.alert_count; i++)
        found += delivery->judging.alerts[i].state == ALERT_RAISED;
    return found;
}

#endif
