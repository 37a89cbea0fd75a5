// SPDX-License-Identifier: MIT
//
// reading.h - what one look at a feed asks for and brings back.
//
// The daemon (through port/reader/reader_client) fills a request; the reader process answers with a
// reading: how it went, what to remember for the next look, and the stories. core/feed fills the
// part that comes from the document, port/fetch/fetch_curl the part that comes from HTTP.

#ifndef WIREBELL_READING_H
#define WIREBELL_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirebell/story.h"

/**
 * enum reading_outcome - how a look at a feed ended
 * @READING_OK:               a feed, read whole
 * @READING_PARTIAL:          a feed that was cut off or broken; its whole items are there
 * @READING_UNCHANGED:        304, or the same document again; nothing was read, no stories
 * @READING_EMPTY:            an answer without a body
 * @READING_NOT_A_FEED:       a body that is no feed (HTML, say), or one that ends before its first
 * item does; the detail names what it looks like
 * @READING_TOO_BIG:          body or headers over LIMIT_BODY_MAX or LIMIT_HEADERS_MAX; nothing was
 * read
 * @READING_HTTP_ERROR:       status 4xx or 5xx (or another that brings no feed), see http_status
 * @READING_UNREACHABLE:      no name, no route, refused, reset
 * @READING_TIMED_OUT:        over LIMIT_FETCH_S, LIMIT_CONNECT_S, or slower than LIMIT_SLOW_*
 * @READING_TLS_REFUSED:      the certificate or the handshake did not hold
 * @READING_REDIRECT_REFUSED: a loop, too many, https to http, to another scheme, or from outside to
 * an address of this machine or its network
 * @READING_BAD_URL:          not an http or https URL, or one that cannot be parsed
 * @READING_READER_DIED:      the reader process died or hung over this feed (said by the client)
 * @READING_FAILED:           anything else at this end (no memory, say); not the feed's fault
 */
enum reading_outcome {
    READING_OK,
    READING_PARTIAL,
    READING_UNCHANGED,
    READING_EMPTY,
    READING_NOT_A_FEED,
    READING_TOO_BIG,
    READING_HTTP_ERROR,
    READING_UNREACHABLE,
    READING_TIMED_OUT,
    READING_TLS_REFUSED,
    READING_REDIRECT_REFUSED,
    READING_BAD_URL,
    READING_READER_DIED,
    READING_FAILED,
    READING_OUTCOME_COUNT
};

/**
 * struct reading_items - items of a feed that were read, so that they need not be read again
 * @hashes: one an item, ascending, none twice, none 0; borrowed
 * @count:  how many, at most LIMIT_STORIES_MAX
 *
 * What the reader gives out is kept for it and handed in the next time. Nobody else knows what the
 * hashes are of.
 */
struct reading_items {
    const uint64_t *hashes;
    size_t count;
};

/**
 * struct reading_request - one look asked for; all strings borrowed, never NULL, "" = none
 * @url:           http or https, at most LIMIT_URL_MAX bytes
 * @etag:          entity tag to send in If-None-Match, byte for byte (RFC 9110 13.1.2); opaque
 * bytes, not always UTF-8
 * @last_modified: to send in If-Modified-Since, byte for byte (RFC 9110 13.1.3)
 * @user_agent:    "" = wirebell's own
 * @body_hash:     of a document whose stories are all known; the same again is UNCHANGED. 0 = none
 * @items:         known ones: they are passed over, whatever else the document holds
 */
struct reading_request {
    const char *url;
    const char *etag;
    const char *last_modified;
    const char *user_agent;
    uint64_t body_hash;
    struct reading_items items;
};

/**
 * struct reading - what a look brought; strings borrowed from the arena it came with, never NULL
 * @outcome:       how it went
 * @detail:        one plain sentence for people: what happened, and what to do where that can be
 * said
 * @http_status:   last status seen, 0 = no HTTP answer (or no HTTP)
 * @etag:          validators to send next time, "" = none offered.
 * @last_modified: Only to be stored when the outcome is OK or UNCHANGED (FETCHING rows 5-8)
 * @moved_to:      where a permanent redirect (301, 308) led; "" = nowhere
 * @retry_after_s: Retry-After (RFC 9110 10.2.3) in seconds; 0 = none
 * @max_age_s:     freshness left (RFC 9111 4.2.1: max-age or Expires, less Age); 0 = none
 * @server_date_s: the answer's Date (RFC 9110 6.6.1), seconds since 1970; 0 = none
 * @ttl_s:         RSS 2.0 <ttl> in seconds; 0 = none
 * @update_s:      RSS 1.0 syndication: sy:updatePeriod over sy:updateFrequency, seconds; 0 = none
 * @skip_hours:    RSS 2.0 <skipHours>: bit h = not in hour h, UTC; 0 = none
 * @skip_days:     RSS 2.0 <skipDays>: bit d = not on day d, UTC, 0 = Sunday; 0 = none
 * @body_bytes:    size of the body as decoded from its content coding
 * @feed_title:    the feed's own title; "" = none
 * @stories:       the stories, in document order
 * @story_count:   how many; 0 unless the outcome is OK or PARTIAL; at most LIMIT_STORIES_MAX
 * @body_hash:     to hand in the next time, once all stories are safe; 0 unless the outcome is OK
 * @items:         the same: those passed over and those that became @stories; of a part of the feed
 *                 (status 226) also those known before. Empty unless the outcome is OK or PARTIAL,
 *                 and where items cannot be told apart without reading
 */
struct reading {
    enum reading_outcome outcome;
    const char *detail;
    int http_status;
    const char *etag;
    const char *last_modified;
    const char *moved_to;
    int64_t retry_after_s;
    int64_t max_age_s;
    int64_t server_date_s;
    int64_t ttl_s;
    int64_t update_s;
    uint32_t skip_hours;
    uint8_t skip_days;
    uint64_t body_bytes;
    const char *feed_title;
    const struct story *stories;
    size_t story_count;
    uint64_t body_hash;
    struct reading_items items;
};

// A reading with nothing in it: all strings "", all numbers 0.
extern const struct reading READING_NULL;

/**
 * reading_outcome_name() - an outcome as a word for logs and JSON: "ok", "not-a-feed",
 * "tls-refused"...
 * @outcome: any value; one out of range gives "unknown"
 *
 * Return: a static string.
 */
const char *reading_outcome_name(enum reading_outcome outcome);

/**
 * reading_is_success() - did the feed answer as it should (OK, PARTIAL or UNCHANGED)?
 */
bool reading_is_success(enum reading_outcome outcome);

// Are they as struct reading_items promises?
bool reading_items_are_sound(struct reading_items items);

#endif
