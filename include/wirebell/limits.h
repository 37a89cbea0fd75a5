// SPDX-License-Identifier: MIT
//
// limits.h - every cap wirebell has, each with the reason for its number.
//
// Reaching a cap is an outcome with a name, never an abort: the thing too big is refused or cut,
// said so, and everything else goes on. All sizes are bytes unless the name says otherwise.

#ifndef WIREBELL_LIMITS_H
#define WIREBELL_LIMITS_H

// --- the network side (wirebell-reader) ------------------------------------------------------

// The largest real feeds are podcasts of 5-8 MB; a Pi Zero holds this body and its stories.
#define LIMIT_BODY_MAX         (16u << 20)
// RFC 9110 sets none; servers commonly refuse more than 8-16 KB of request header themselves.
#define LIMIT_HEADERS_MAX      (64u << 10)
// RFC 9110 5.4 leaves it open; browsers stop at 20, feed readers at 5: enough for http->https->www.
#define LIMIT_REDIRECTS_MAX    5
// A whole fetch, name look-up to last byte. Slower than this is as good as down for an alarm.
#define LIMIT_FETCH_S          60
#define LIMIT_CONNECT_S        20
// One drip-feeding server must not hold a place for the whole LIMIT_FETCH_S.
#define LIMIT_SLOW_BYTES_PER_S 64
#define LIMIT_SLOW_S           20
// Reading one body: 16 MB at 110 instructions a byte is 2 s on a Pi Zero; beyond is a hang.
#define LIMIT_READ_CPU_S       30
// RFC 9110 has no limit on an ETag; nobody's is longer than a few hundred bytes.
#define LIMIT_VALIDATOR_MAX    1024
#define LIMIT_URL_MAX          4096
// The reader leaves when nobody asked for so long: memory goes back, the next round starts it.
#define LIMIT_READER_IDLE_S    20

// --- a feed ----------------------------------------------------------------------------------

// Feeds carry 10-100 items, archives up to some thousand. The newest come first and are kept.
#define LIMIT_STORIES_MAX  5000
// Words far down a long article hardly decide whether a bell rings.
#define LIMIT_TEXT_MAX     (64u << 10)
#define LIMIT_TITLE_MAX    2048
#define LIMIT_ID_MAX       4096
// One field as it stands in the document, markup included; what is beyond is passed over. Mini-XML
// holds a field twice.
#define LIMIT_FIELD_MAX    (256u << 10)
// Fields of one item that are looked at: the rest are thousands of categories, or an attack.
#define LIMIT_ITEM_FIELDS  200
// Values of one item of a JSON Feed, tags and attachments included; json-c needs up to 800 bytes
// each.
#define LIMIT_JSON_VALUES  4000
// The longest tag or DOCTYPE that is looked into; pictures stand in longer ones. Looking for an end
// never goes further, so a body full of beginnings cannot cost its length squared.
#define LIMIT_TAG_MAX      (16u << 10)
// Elements within each other that are told apart; deeper ones count as one.
#define LIMIT_DEPTH        64
// Entities a DOCTYPE may define, how long each may be when replaced, and all uses together.
#define LIMIT_ENTITIES     100
#define LIMIT_ENTITY_MAX   4096
#define LIMIT_ENTITY_TOTAL (1u << 20)
// All stories of one reply: keeps a reply within what sd-bus carries (128 MB) many times over.
#define LIMIT_REPLY_MAX    (24u << 20)

// --- the keywords file -----------------------------------------------------------------------

// All files together. 100,000 rules of 80 bytes are 8 MB; more is not a list somebody edits.
#define LIMIT_KEYWORDS_MAX (16u << 20)
#define LIMIT_LINE_MAX     4096
#define LIMIT_RULES_MAX    200000
#define LIMIT_FEEDS_MAX    5000
// A feed's tags are one 64-bit set, so that testing a rule's tag is one instruction.
#define LIMIT_TAGS_MAX     64
// After so many complaints about one file the rest is only counted.
#define LIMIT_DIAGS_MAX    100

// --- the bell --------------------------------------------------------------------------------

// A desk with more unacknowledged alerts than this has long stopped reading them one by one; the
// highest levels are kept in memory, all are in the store.
#define LIMIT_ALERTS_MAX  256
// Alerts listed in one answer over the bus: some 2 KB each, and a bus refuses 32 MB.
#define LIMIT_HISTORY_MAX 1000
// Spans kept of one match: enough to show why, whatever the rule.
#define LIMIT_MATCH_SPANS 16
// Lines of one board: the 40-pin header has 28 usable ones.
#define LIMIT_BOARD_LINES 28

// --- the device's own files --------------------------------------------------------------------

// Board files are 30 lines, wirebell.conf some hundred: more than this is not one of them.
#define LIMIT_CONF_FILE_MAX (64u << 10)

// --- polling ---------------------------------------------------------------------------------

// No configuration can ask a site more often than this (FETCHING row 25).
#define LIMIT_POLL_MIN_S        (5 * 60)
#define LIMIT_POLL_MAX_S        (24 * 3600)
#define DEFAULT_POLL_S          (15 * 60)
// A habit (FETCHING row 45) lets a feed wait up to here in the hours in which it never publishes.
#define LIMIT_ADAPT_MAX_S       (4 * 3600)
// Without validators each look costs the site the whole document (row 24).
#define LIMIT_UNVALIDATED_S     3600
// Back-off after failures ends here: a feed that comes back is seen again the same morning.
#define LIMIT_BACKOFF_MAX_S     (6 * 3600)
// A feed that is refused (401, 403, 404) is asked once a day in the end (row 34).
#define LIMIT_REFUSED_MAX_S     (24 * 3600)
// A network that is gone at this end is tried again after so long, later every LIMIT_POLL_MIN_S.
#define LIMIT_OFFLINE_RETRY_S   30
// A server's wish to be asked less often (max-age, ttl) counts up to here: an alarm must not go
// deaf.
#define LIMIT_HINT_MAX_S        (4 * 3600)
// An order to stay away (Retry-After) counts up to here; beyond is a mistake (FETCHING row 15).
#define LIMIT_RETRY_AFTER_MAX_S (24 * 3600)
// A feed that is gone (410) is asked again after so long, or when the user says so (row 33).
#define LIMIT_GONE_S            (30 * 24 * 3600)
// Keys kept of stories seen: several times what any feed shows at once, 25 bytes each on the disk.
#define LIMIT_SEEN_PER_FEED     20000
// A site is asked once at a time, and rests so long in between (row 27).
#define LIMIT_HOST_GAP_S        1
// Fetches under way at once: enough to hide slow servers, few enough for a Pi Zero's memory.
#define LIMIT_CALLS_IN_FLIGHT   8

#endif
