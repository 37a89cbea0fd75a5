// SPDX-License-Identifier: MIT
//
// report.h - what happened, put into the words and journal fields people and scripts look for.

#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include <stddef.h>

#include "core/text/diag.h"
#include "daemon/log.h"
#include "daemon/rules.h"
#include "wirebell/alert.h"

// Says all complaints of a list, and how many more there were.
void report_diags(struct log *log, enum log_event event, const struct diag_list *diags);

// Says that an alert was raised, or came back after a restart, with all its reasons as fields.
void report_alert(struct log *log, enum log_event event, const struct alert *alert);

// Says how many of these stories met a rule and were not raised, and why; nothing when all were.
void report_not_raised(struct log *log, const struct alert *alerts, size_t count);

// Says which expressions took too long since the last call; each is said once.
void report_stopped_rules(struct log *log, const struct rules *rules);

#endif
