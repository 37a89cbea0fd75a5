// SPDX-License-Identifier: MIT
//
// A call is led from its request through its redirects to its end; then it is kept, with its handle
// of libcurl and all that never changes set in it, for the next one. The sockets are watched in
// fetch_multi.c; where a redirect may lead is said in fetch_url.c, what an ending means in
// fetch_outcome.c, and what the headers of an answer mean in fetch_headers.c.

#include "port/fetch/fetch_curl.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/text/arena.h"
#include "core/markup/body.h"
#include "port/fetch/fetch_headers.h"
#include "port/fetch/fetch_multi.h"
#include "port/fetch/fetch_nearness.h"
#include "port/fetch/fetch_outcome.h"
#include "port/fetch/fetch_trust.h"
#include "port/fetch/fetch_url.h"
#include "wirebell/limits.h"

#define USER_AGENT "wirebell/" WIREBELL_VERSION " (+https://github.com/wirebell/wirebell)"
// All that can be read, and none rather than another: preferences would be a third of the line.
#define ACCEPT                                                                                     \
    "Accept: application/atom+xml,application/rss+xml,application/rdf+xml,application/feed+json,"  \
    "application/xml,text/xml,*/*;q=0.1"

enum {
    HOPS_MAX = LIMIT_REDIRECTS_MAX + 1,
    // All texts of one call: the addresses on its way, headers.
    ARENA_MAX = 4 * LIMIT_HEADERS_MAX,
    HEADERS_MAX = 6, // of a request, that we make
    // An error page this small is taken to its end, so that the connection can be used again.
    ERROR_PAGE_MAX = 64 << 10,
};

struct fetch_curl {
    sd_event *event;
    struct fetch_multi *multi;
    struct fetch_trust trust;
    struct fetch_curl_call *calls; // chains fetch_curl_call::next, as does @spare
    struct fetch_curl_call *spare; // they have ended; of each only @easy means something
    size_t spare_count;
};

struct fetch_curl_call {
    struct fetch_curl *fetcher;
    struct fetch_curl_call *next;
    struct fetch_curl_call *previous;
    fetch_curl_done_fn done;
    void *userdata;

    const struct reading_request *request;
    struct arena *arena;        // owns all texts below
    const char *hops[HOPS_MAX]; // the addresses asked so far, the first is the request's
    size_t hop_count;
    size_t permanent_count;      // so many hops were left by permanent redirects, from the first on
    const char *host;            // of the last hop
    const char *came_from;       // host of the hop before it
    enum fetch_nearness nearest; // no hop may lead nearer than those before it
    bool is_too_near;            // an address of the last hop did

    CURL *easy;
    struct curl_slist headers[HEADERS_MAX]; // a list
    size_t header_count;
    uint64_t deadline_us;
    struct body body;
    size_t dropped_size; // of the body of an answer that brings no feed
    size_t header_size;
    bool is_head_whole; // the empty line behind the headers came
    enum fetch_stop stop;
    char error[CURL_ERROR_SIZE];
    char detail[FETCH_DETAIL_SIZE];
};

static void end_transfer(void *userdata, CURLcode code);
static struct fetch_curl_call *call_free(struct fetch_curl_call *call);

// --- the fetcher ------------------------------------------------------------------------------

int fetch_curl_new(sd_event *event, struct fetch_curl **ret) {
    struct fetch_curl *fetcher = calloc(1, sizeof *fetcher);
    if (!fetcher)
        return -ENOMEM;
    fetcher->event = sd_event_ref(event);
    int r = fetch_trust_init(&fetcher->trust);
    if (r >= 0)
        r = fetch_multi_new(event, end_transfer, &fetcher->multi);
    if (r < 0) {
        fetch_curl_free(fetcher);
        return r;
    }
    *ret = fetcher;
    return 0;
}

struct fetch_curl *fetch_curl_free(struct fetch_curl *fetcher) {
    if (!fetcher)
        return NULL;
    for (struct fetch_curl_call *call = fetcher->calls, *next; call; call = next) {
        next = call->next;
        fetch_curl_cancel(call);
    }
    for (struct fetch_curl_call *call; (call = fetcher->spare);) {
        fetcher->spare = call->next;
        call_free(call);
    }
    fetch_multi_free(fetcher->multi);
    fetch_trust_done(&fetcher->trust);
    sd_event_unref(fetcher->event);
    free(fetcher);
    return NULL;
}

// --- what comes in ---------------------------------------------------------------------------

static size_t take_body(char *bytes, size_t one, size_t size, void *userdata) {
    (void)one;
    struct fetch_curl_call *call = userdata;
    long status = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299) {
        call->dropped_size += size;
        if (status >= 400 && call->dropped_size > ERROR_PAGE_MAX)
            call->stop = FETCH_STOP_NO_NEED;
        else if (call->dropped_size > LIMIT_BODY_MAX)
            call->stop = FETCH_STOP_BODY;
        return call->stop ? 0 : size;
    }
    if (call->body.size == 0) {
        curl_off_t announced = 0; // of a packed one what it is packed; -1: nothing was
        (void)curl_easy_getinfo(call->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        body_expect(&call->body, announced > 0 ? (size_t)announced : 0);
    }
    int r = body_append(&call->body, bytes, size);
    if (r != 0)
        call->stop = r == BODY_TOO_BIG ? FETCH_STOP_BODY : FETCH_STOP_MEMORY;
    return r == 0 ? size : 0;
}

static size_t take_header(char *bytes, size_t one, size_t size, void *userdata) {
    (void)one;
    static const char coding[] = "content-encoding:";
    const size_t name_size = sizeof coding - 1;
    struct fetch_curl_call *call = userdata;
    call->header_size += size;
    bool is_begin = size > 5 && memcmp(bytes, "HTTP/", 5) == 0;
    bool is_end = size > 0 && (bytes[0] == '\r' || bytes[0] == '\n');
    call->is_head_whole = is_end || (call->is_head_whole && !is_begin); // trailers change nothing
    if (call->header_size > LIMIT_HEADERS_MAX)
        call->stop = FETCH_STOP_HEADERS;
    else if (size > name_size && strncasecmp(bytes, coding, name_size) == 0 &&
             !fetch_headers_is_asked_for(bytes + name_size, size - name_size))
        call->stop = FETCH_STOP_CODING;
    return call->stop ? 0 : size;
}

// --- where it goes ---------------------------------------------------------------------------

static bool may_go(struct fetch_curl_call *call, enum fetch_nearness nearness) {
    if (nearness <= call->nearest)
        return true;
    call->is_too_near = true;
    return false;
}

// libcurl's CURLOPT_OPENSOCKETFUNCTION: before it connects to an address, by name or not.
static curl_socket_t open_socket(void *userdata, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
    if (purpose != CURLSOCKTYPE_IPCXN || !may_go(userdata, fetch_nearness_of(&address->addr)))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// libcurl's CURLOPT_PREREQFUNCTION: before it asks, also over a connection another call has made.
static int check_peer(void *userdata, char *peer, char *own, int peer_port, int own_port) {
    (void)own;
    (void)peer_port;
    (void)own_port;
    bool is_allowed = may_go(userdata, fetch_nearness_of_text(peer, FETCH_NEARNESS_MACHINE));
    return is_allowed ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

// After a hop: those that follow may lead no nearer.
static void note_nearness(struct fetch_curl_call *call) {
    const char *peer = NULL;
    (void)curl_easy_getinfo(call->easy, CURLINFO_PRIMARY_IP, &peer);
    enum fetch_nearness nearness = fetch_nearness_of_text(peer, FETCH_NEARNESS_PUBLIC);
    if (nearness < call->nearest)
        call->nearest = nearness;
}

// --- a call, from request to end -------------------------------------------------------------

static void add_line(struct fetch_curl_call *call, char *line) {
    assert(call->header_count < HEADERS_MAX);
    struct curl_slist *header = &call->headers[call->header_count++];
    *header = (struct curl_slist){.data = line};
    if (header > call->headers)
        header[-1].next = header;
}

// Adds a line; @name with ": ". A value that would be more than one header is not sent.
static int add_header(struct fetch_curl_call *call, const char *name, const char *value) {
    if (!value[0] || !fetch_headers_is_sendable(value))
        return 0;
    size_t name_size = strlen(name), value_size = strlen(value);
    char *line = arena_alloc(call->arena, name_size + value_size + 1);
    if (!line)
        return -ENOMEM;
    memcpy(line, name, name_size);
    memcpy(line + name_size, value, value_size + 1);
    add_line(call, line);
    return 0;
}

static bool set_limits(CURL *easy) {
    return !curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_CONNECT_S) &&
           !curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)LIMIT_SLOW_BYTES_PER_S) &&
           !curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)LIMIT_SLOW_S) &&
           !curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LIMIT_BODY_MAX) &&
           !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
           !curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") &&
           !curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) &&
           !curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) &&
           // else it would guess one where there is none
           !curl_easy_setopt(easy, CURLOPT_DEFAULT_PROTOCOL, "none") &&
           !curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip"); // to unpack it
}

// Also what libcurl has options for: a line it makes itself it formats twice, character by
// character, and formatting is a quarter of its instructions.
static int set_headers(struct fetch_curl_call *call) {
    const struct reading_request *request = call->request;
    bool is_named = request->user_agent[0] && fetch_headers_is_sendable(request->user_agent);
    add_line(call, ACCEPT);
    add_line(call, "Accept-Encoding: gzip");
    if (!is_named)
        add_line(call, "User-Agent: " USER_AGENT);
    if (request->etag[0])
        add_line(call, "A-IM: feed");
    if ((is_named && add_header(call, "User-Agent: ", request->user_agent) < 0) ||
        add_header(call, "If-None-Match: ", request->etag) < 0 ||
        add_header(call, "If-Modified-Since: ", request->last_modified) < 0 ||
        curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers))
        return -ENOMEM;
    return 0;
}

static bool set_plumbing(struct fetch_curl_call *call) {
    CURL *easy = call->easy;
    return !curl_easy_setopt(easy, CURLOPT_PRIVATE, call) &&
           !curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEDATA, call) &&
           !curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) &&
           !curl_easy_setopt(easy, CURLOPT_HEADERDATA, call) &&
           !curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
           !curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call) &&
           !curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, check_peer) &&
           !curl_easy_setopt(easy, CURLOPT_PREREQDATA, call) &&
           !curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) &&
           // else a name look-up that is given up would be waited for, and all calls with it
           !curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static uint64_t now_us(const struct fetch_curl *fetcher) {
    uint64_t now = 0;
    (void)sd_event_now(fetcher->event, CLOCK_MONOTONIC, &now);
    return now;
}

// Asks the next address, in the time that is left.
static int ask(struct fetch_curl_call *call, const char *url) {
    assert(call->hop_count < HOPS_MAX);
    call->hops[call->hop_count++] = url;
    call->header_size = call->dropped_size = 0;
    call->error[0] = '\0';
    call->is_too_near = call->is_head_whole = false;
    body_done(&call->body);

    call->came_from = call->host;
    call->host = fetch_url_host(url, call->arena);
    uint64_t now = now_us(call->fetcher);
    long left_ms = call->deadline_us > now ? (long)((call->deadline_us - now) / 1000) + 1 : 1;
    if (curl_easy_setopt(call->easy, CURLOPT_URL, url) ||
        curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, left_ms))
        return -ENOMEM;
    return fetch_multi_add(call->fetcher->multi, call->easy);
}

// Tells the caller and ends the call.
static void deliver(struct fetch_curl_call *call, enum reading_outcome outcome) {
    struct fetched fetched = {.reading = READING_NULL, .content_type = ""};
    struct reading *reading = &fetched.reading;
    long status = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    reading->outcome = outcome;
    reading->detail = call->detail;
    reading->http_status = status > 0 && status <= 999 ? (int)status : 0;
    fetch_headers_take(call->easy, call->request, call->arena, reading);
    if (reading_is_success(outcome) && call->permanent_count > 0)
        reading->moved_to = call->hops[call->permanent_count];
    fetched.url = call->hops[call->hop_count - 1];
    if (outcome == READING_OK || outcome == READING_PARTIAL) {
        const char *type = fetch_headers_get(call->easy, "Content-Type");
        fetched.content_type = type ? type : "";
        fetched.body = call->body.bytes;
        fetched.body_size = call->body.size;
    }
    reading->body_bytes = call->body.size;
    call->done(&fetched, call->userdata);
    fetch_curl_cancel(call);
}

// Where a redirect leads, and whether it may be followed.
static enum fetch_url_step next_hop(struct fetch_curl_call *call, const char **ret_url) {
    // libcurl's own CURLINFO_REDIRECT_URL is there only where nothing went wrong behind the head.
    const char *location = fetch_headers_get(call->easy, "Location");
    const char *from = call->hops[call->hop_count - 1];
    const char *url = NULL;
    enum fetch_url_step step = fetch_url_follow(from, location, call->arena, &url);
    if (step == FETCH_URL_GOOD)
        for (size_t i = 0; i < call->hop_count; i++)
            if (strcmp(call->hops[i], url) == 0)
                step = FETCH_URL_LOOP;
    if (step == FETCH_URL_GOOD && call->hop_count == HOPS_MAX)
        step = FETCH_URL_TOO_MANY;
    if (step == FETCH_URL_GOOD)
        *ret_url = url;
    return step;
}

static void refuse_redirect(struct fetch_curl_call *call, enum fetch_url_step step) {
    (void)snprintf(call->detail, sizeof call->detail, "%s %s", call->host, fetch_url_refusal(step));
    deliver(call, READING_REDIRECT_REFUSED);
}

static bool is_redirect(struct fetch_curl_call *call, CURLcode code, long *ret_status) {
    if (code != CURLE_OK || !fetch_headers_get(call->easy, "Location"))
        return false;
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, ret_status);
    return *ret_status == 301 || *ret_status == 302 || *ret_status == 303 || *ret_status == 307 ||
           *ret_status == 308;
}

static void follow(struct fetch_curl_call *call, long status) {
    const char *url;
    enum fetch_url_step step = next_hop(call, &url);
    if (step != FETCH_URL_GOOD) {
        refuse_redirect(call, step);
        return;
    }
    note_nearness(call);
    bool is_permanent = status == 301 || status == 308;
    if (is_permanent && call->permanent_count == call->hop_count - 1)
        call->permanent_count++;
    if (ask(call, url) < 0) {
        (void)snprintf(call->detail, sizeof call->detail, "there was no memory left for %s",
                       call->host);
        deliver(call, READING_FAILED);
    }
}

static void end_transfer(void *userdata, CURLcode code) {
    struct fetch_curl_call *call = userdata;
    fetch_multi_remove(call->fetcher->multi, call->easy);
    code = fetch_outcome_settle(call->easy, code, call->is_head_whole);
    long status;
    if (is_redirect(call, code, &status)) {
        follow(call, status);
        return;
    }
    if (call->is_too_near && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
        call->host = call->came_from;
        refuse_redirect(call, FETCH_URL_INWARD);
        return;
    }
    if ((code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) &&
        !fetch_url_check(call->hops[call->hop_count - 1], sizeof call->detail, call->detail)) {
        deliver(call, READING_BAD_URL);
        return;
    }
    struct fetch_ending ending = {
        .easy = call->easy,
        .code = code,
        .stop = call->stop,
        .host = call->host,
        .error = call->error[0] ? call->error : curl_easy_strerror(code),
        .body_size = call->body.size,
        .is_conditional = call->request->etag[0] || call->request->last_modified[0],
        .is_part_asked_for = call->request->etag[0],
    };
    enum reading_outcome outcome = fetch_outcome_of(&ending, call->detail);
    deliver(call, outcome);
}

// A call with its handle; the rest of it means nothing yet.
static struct fetch_curl_call *call_new(struct fetch_curl *fetcher) {
    struct fetch_curl_call *call = fetcher->spare;
    if (call) {
        fetcher->spare = call->next;
        fetcher->spare_count--;
        return call;
    }
    call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->easy = curl_easy_init();
    if (!call->easy || !set_plumbing(call) || !set_limits(call->easy) ||
        !fetch_trust_apply(&fetcher->trust, call->easy))
        return call_free(call);
    return call;
}

static struct fetch_curl_call *call_free(struct fetch_curl_call *call) {
    curl_easy_cleanup(call->easy);
    free(call);
    return NULL;
}

int fetch_curl_start(struct fetch_curl *fetcher, const struct reading_request *request,
                     fetch_curl_done_fn done, void *userdata, struct fetch_curl_call **ret) {
    struct fetch_curl_call *call = call_new(fetcher);
    if (!call)
        return -ENOMEM;
    *call = (struct fetch_curl_call){
        .fetcher = fetcher,
        .easy = call->easy,
        .next = fetcher->calls,
        .request = request,
        .done = done,
        .userdata = userdata,
        .host = "",
        .nearest = FETCH_NEARNESS_MACHINE,
        .deadline_us = now_us(fetcher) + LIMIT_FETCH_S * UINT64_C(1000000),
        .body = BODY_OF(LIMIT_BODY_MAX),
    };
    if (call->next)
        call->next->previous = call;
    fetcher->calls = call;
    int r = arena_new(ARENA_MAX, &call->arena);
    if (r >= 0)
        r = set_headers(call);
    if (r >= 0)
        r = ask(call, request->url);
    if (r < 0) {
        fetch_curl_cancel(call);
        return r;
    }
    *ret = call;
    return 0;
}

struct fetch_curl_call *fetch_curl_cancel(struct fetch_curl_call *call) {
    if (!call)
        return NULL;
    if (call->previous)
        call->previous->next = call->next;
    else
        call->fetcher->calls = call->next;
    if (call->next)
        call->next->previous = call->previous;
    struct fetch_curl *fetcher = call->fetcher;
    fetch_multi_remove(fetcher->multi, call->easy);
    body_done(&call->body);
    arena_free(call->arena);
    if (fetcher->spare_count == LIMIT_CALLS_IN_FLIGHT)
        return call_free(call);
    call->next = fetcher->spare;
    fetcher->spare = call;
    fetcher->spare_count++;
    return NULL;
}
