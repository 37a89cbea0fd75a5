// SPDX-License-Identifier: MIT
//
// hearing.h - how well the bell hears: what the state of the feeds means for its health.

#ifndef DAEMON_HEARING_H
#define DAEMON_HEARING_H

#include "daemon/monitor.h"
#include "daemon/poller.h"

/**
 * hearing_judge() - tell the monitor how it stands; to be called when a round has ended
 *
 * One feed heard keeps the bell from being deaf. Feeds that fail for a day, or are gone, are a
 * cause of their own, with one of them named.
 */
void hearing_judge(const struct poller *poller, struct monitor *monitor);

#endif
