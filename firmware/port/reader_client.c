// SPDX-License-Identifier: MIT
//
// A call is in one of three lists: waiting, suspects, or under way. When the reader is lost, the
// calls under way become suspects; suspects go first, one at a time, with nothing beside them, so
// that the next death has one cause. Each turn of the pump starts one call at most: a caller that
// asks again at every failure, and a reader that cannot be started, cannot spin together inside
// one turn of the loop.

#include "port/reader_client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "core/arena.h"
#include "port/reader_protocol.h"
#include "port/reader_reach.h"
#include "port/rest.h"
#include "wirebell/limits.h"

enum {
    DETAIL_SIZE = 512,
    // The list of stories of a reply (its texts stay in the message), doubled as it grows.
    REPLY_ARENA_MAX = 4 << 20,
    REQUEST_ARENA_MAX = 5 * LIMIT_URL_MAX + 8 * LIMIT_STORIES_MAX,
    ACCURACY_US = 100000,
};

struct call_list {
    struct call *first; // chains call::next
    struct call **end;
    size_t count;
};

struct reader_client {
    sd_event *event;
    char *socket_path;  // NULL = spawn
    char *program_path; // NULL = look for it
    uint64_t answer_us;
    sd_bus *bus;     // NULL = not connected
    bool is_greeted; // the reader has spoken: what happens from then on is no failure to start
    pid_t pid;       // of the reader spawned; 0 = none
    sd_event_source *pump;
    struct call_list waiting;
    struct call_list suspects;
    struct call_list under_way;
};

struct call {
    struct reader_client *client;
    struct call *next;
    reader_client_done_fn done;
    void *userdata;
    struct arena *arena; // owns what the request points to
    struct reading_request request;
    enum reader_client_kind kind; // of a document; the request is empty then
    int fd;                       // owned; -1 = a URL is asked for
    off_t start;                  // where the document begins; -1 = it cannot be read twice
    sd_bus_slot *slot;
    sd_event_source *timer;
    bool is_suspect; // asked a second time
};

// --- lists -----------------------------------------------------------------------------------

static void list_init(struct call_list *list) {
    *list = (struct call_list){.end = &list->first};
}

static void list_push(struct call_list *list, struct call *call) {
    call->next = NULL;
    *list->end = call;
    list->end = &call->next;
    list->count++;
}

static void list_remove(struct call_list *list, struct call *call) {
    for (struct call **at = &list->first; *at; at = &(*at)->next) {
        if (*at != call)
            continue;
        *at = call->next;
        if (list->end == &call->next)
            list->end = at;
        list->count--;
        return;
    }
}

static struct call *list_pop(struct call_list *list) {
    struct call *call = list->first;
    if (call)
        list_remove(list, call);
    return call;
}

// --- ends of calls ---------------------------------------------------------------------------

static void wake_pump(struct reader_client *client) {
    (void)sd_event_source_set_enabled(client->pump, SD_EVENT_ONESHOT);
}

static void call_detach(struct call *call) {
    call->slot = sd_bus_slot_unref(call->slot);
    call->timer = sd_event_source_disable_unref(call->timer);
}

static void call_free(struct call *call) {
    call_detach(call);
    if (call->fd >= 0)
        (void)close(call->fd);
    arena_free(call->arena);
    free(call);
}

// Tells the end of a call that is in no list any more.
static void finish(struct call *call, const struct reading *reading) {
    wake_pump(call->client);
    call_detach(call);
    call->done(&call->request, reading, call->userdata);
    call_free(call);
}

static void finish_without(struct call *call, enum reading_outcome outcome, const char *detail) {
    struct reading reading = READING_NULL;
    reading.outcome = outcome;
    reading.detail = detail;
    finish(call, &reading);
}

// --- the reader is gone ----------------------------------------------------------------------

static void disconnect(struct reader_client *client, int grace_ms, size_t size, char *ret_how) {
    (void)snprintf(ret_how, size, "closed the connection");
    client->bus = sd_bus_close_unref(client->bus);
    if (client->pid > 0)
        reader_reach_end(client->pid, grace_ms, size, ret_how);
    client->pid = 0;
}

// Ends what is left of the reader and decides about each call it had. @reason: NULL = it has died.
static void lose_reader(struct reader_client *client, const char *reason) {
    char how[128], detail[DETAIL_SIZE];
    enum reading_outcome outcome = client->is_greeted ? READING_READER_DIED : READING_FAILED;
    disconnect(client, READER_REACH_NOW_MS, sizeof how, how);
    (void)snprintf(detail, sizeof detail,
                   outcome == READING_READER_DIED
                       ? "reading this feed ended the reader process: it %s; please report the feed"
                       : "the reader process cannot be used: it %s before it said a word",
                   reason ? reason : how);
    struct call_list dead;
    list_init(&dead);
    for (struct call *call; (call = list_pop(&client->under_way));) {
        call_detach(call);
        bool can_be_asked_again = call->fd < 0 || call->start >= 0;
        list_push(call->is_suspect || !can_be_asked_again ? &dead : &client->suspects, call);
        call->is_suspect = true;
    }
    for (struct call *call; (call = list_pop(&dead));)
        finish_without(call, outcome, detail);
    wake_pump(client);
}

static int on_connected(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)message;
    (void)reterr;
    struct reader_client *client = userdata;
    client->is_greeted = true;
    return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)message;
    (void)reterr;
    lose_reader(userdata, NULL);
    return 0;
}

static int on_no_answer(sd_event_source *source, uint64_t usec, void *userdata) {
    (void)source;
    (void)usec;
    struct call *call = userdata;
    char reason[64];
    (void)snprintf(reason, sizeof reason, "gave no answer within %llu s",
                   (unsigned long long)(call->client->answer_us / 1000000));
    lose_reader(call->client, reason);
    return 0;
}

// --- to the reader ---------------------------------------------------------------------------

static int start_bus(struct reader_client *client, int fd) {
    static const char local[] = "org.freedesktop.DBus.Local";
    client->is_greeted = false;
    int r = sd_bus_new(&client->bus);
    sd_bus *bus = client->bus;
    if (r >= 0)
        r = sd_bus_negotiate_fds(bus, true);
    if (r >= 0)
        r = sd_bus_set_connected_signal(bus, true);
    if (r >= 0)
        r = sd_bus_set_fd(bus, fd, fd);
    if (r < 0) {
        (void)close(fd); // not the bus's yet
        return r;
    }
    r = sd_bus_match_signal(bus, NULL, NULL, NULL, local, "Connected", on_connected, client);
    if (r >= 0)
        r = sd_bus_match_signal(bus, NULL, NULL, NULL, local, "Disconnected", on_disconnected,
                                client);
    if (r >= 0)
        r = sd_bus_start(bus);
    if (r >= 0)
        r = sd_bus_attach_event(bus, client->event, SD_EVENT_PRIORITY_NORMAL);
    return r;
}

// Connects if need be. @ret_detail is written on failure.
static int reach_reader(struct reader_client *client, char ret_detail[static DETAIL_SIZE]) {
    if (client->bus)
        return 0;
    int fd, r;
    if (client->socket_path) {
        r = reader_reach_socket(client->socket_path, &fd);
        if (r < 0) {
            (void)snprintf(ret_detail, DETAIL_SIZE,
                           "the reader cannot be reached at %s: %s; look at 'systemctl status "
                           "wirebell-reader.socket'",
                           client->socket_path, strerror(-r));
            return r;
        }
    } else {
        char found[PATH_MAX];
        reader_reach_find(sizeof found, found);
        const char *program = client->program_path ? client->program_path : found;
        r = reader_reach_spawn(program, &fd, &client->pid);
        if (r < 0) {
            bool is_scarce = r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -EAGAIN;
            (void)snprintf(ret_detail, DETAIL_SIZE, "the reader %.300s cannot be started: %s%s",
                           program, strerror(-r), is_scarce ? "" : "; install wirebell again");
            return r;
        }
    }
    r = start_bus(client, fd);
    if (r < 0) {
        char how[128];
        disconnect(client, READER_REACH_NOW_MS, sizeof how, how);
        (void)snprintf(ret_detail, DETAIL_SIZE, "the reader process cannot be used: it %s (%s)",
                       how, strerror(-r));
    }
    return r;
}

// --- an answer -------------------------------------------------------------------------------

static void finish_with_reply(struct call *call, sd_bus_message *reply) {
    struct arena *arena = NULL;
    struct reading reading;
    int r = arena_new(REPLY_ARENA_MAX, &arena);
    if (r >= 0)
        r = reader_protocol_parse_reply(reply, arena, &reading);
    if (r >= 0)
        finish(call, &reading);
    else if (r == -ENOMEM)
        finish_without(call, READING_FAILED, "there was no memory left for the reader's answer");
    else
        finish_without(call, READING_FAILED,
                       "the reader's answer cannot be understood: is it of another version?");
    arena_free(arena);
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct call *call = userdata;
    struct reader_client *client = call->client;
    // We set sd-bus no time limit, so this error of its own making means one thing.
    if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY)) {
        lose_reader(client, NULL);
        return 0;
    }
    list_remove(&client->under_way, call);
    if (sd_bus_message_is_method_error(reply, NULL)) {
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        char detail[DETAIL_SIZE];
        (void)snprintf(detail, sizeof detail, "the reader refused the request: %s",
                       error && error->message ? error->message : "no reason was given");
        finish_without(call, READING_FAILED, detail);
    } else {
        finish_with_reply(call, reply);
    }
    return 0;
}

// --- a call begins ---------------------------------------------------------------------------

static int send_call(struct call *call) {
    struct reader_client *client = call->client;
    sd_bus_message *message = NULL;
    if (call->start > 0 || (call->start == 0 && call->is_suspect))
        (void)lseek(call->fd, call->start, SEEK_SET);
    int r = call->fd < 0 ? reader_protocol_format_read(client->bus, &call->request, &message)
            : call->kind == READER_CLIENT_OPML
                ? reader_protocol_format_opml(client->bus, call->fd, &message)
                : reader_protocol_format_read_fd(client->bus, call->fd, "", &message);
    if (r >= 0)
        r = sd_event_add_time_relative(client->event, &call->timer, CLOCK_MONOTONIC,
                                       client->answer_us, ACCURACY_US, on_no_answer, call);
    if (r >= 0)
        r = sd_bus_call_async(client->bus, &call->slot, message, on_reply, call, UINT64_MAX);
    sd_bus_message_unref(message);
    return r;
}

static void start_call(struct call *call) {
    struct reader_client *client = call->client;
    char detail[DETAIL_SIZE];
    if (reach_reader(client, detail) < 0) {
        finish_without(call, READING_FAILED, detail);
        return;
    }
    int r = send_call(call);
    if (r >= 0) {
        list_push(&client->under_way, call);
    } else if (r == -ENOTCONN || r == -ECONNRESET || r == -EPIPE || r == -ESHUTDOWN) {
        list_push(&client->under_way, call); // it went before we had heard of it
        lose_reader(client, NULL);
    } else if (r == -EINVAL) {
        finish_without(call, READING_BAD_URL, "the address is too long or holds broken characters");
    } else {
        (void)snprintf(detail, sizeof detail, "the reader cannot be asked: %s", strerror(-r));
        finish_without(call, READING_FAILED, detail);
    }
}

static struct call *next_call(struct reader_client *client) {
    const struct call *first = client->under_way.first;
    if (first && first->is_suspect)
        return NULL;
    if (client->suspects.first)
        return first ? NULL : list_pop(&client->suspects);
    return client->under_way.count < LIMIT_CALLS_IN_FLIGHT ? list_pop(&client->waiting) : NULL;
}

static int on_pump(sd_event_source *source, void *userdata) {
    (void)source;
    struct reader_client *client = userdata;
    struct call *call = next_call(client);
    if (call) {
        start_call(call);
        wake_pump(client); // perhaps another can start
    } else if (!client->bus) {
        // What replies and the connection took goes back to the system while nothing is asked.
        rest_memory();
    }
    return 0;
}

static int call_new(struct reader_client *client, reader_client_done_fn done, void *userdata,
                    struct call **ret) {
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return -ENOMEM;
    *call =
        (struct call){.client = client, .done = done, .userdata = userdata, .fd = -1, .start = -1};
    int r = arena_new(REQUEST_ARENA_MAX, &call->arena);
    if (r < 0) {
        free(call);
        return r;
    }
    *ret = call;
    return 0;
}

// A copy in the call's arena; what is too long for it is kept just too long for the protocol.
static const char *keep(struct call *call, const char *text) {
    size_t size = strlen(text);
    return arena_copy(call->arena, text, size > LIMIT_URL_MAX ? LIMIT_URL_MAX + 1 : size);
}

// The items of a request, copied; there is nothing to copy where there are none.
static bool keep_items(struct call *call, struct reading_items items) {
    if (items.count == 0)
        return true;
    size_t size = items.count * sizeof *items.hashes;
    uint64_t *hashes = arena_alloc(call->arena, size);
    if (!hashes)
        return false;
    memcpy(hashes, items.hashes, size);
    call->request.items = (struct reading_items){hashes, items.count};
    return true;
}

static int enqueue(struct call *call, bool is_copied) {
    if (!is_copied) {
        call_free(call);
        return -ENOMEM;
    }
    list_push(&call->client->waiting, call);
    wake_pump(call->client);
    return 0;
}

int reader_client_read(struct reader_client *client, const struct reading_request *request,
                       reader_client_done_fn done, void *userdata) {
    struct call *call;
    int r = call_new(client, done, userdata, &call);
    if (r < 0)
        return r;
    call->request = (struct reading_request){
        .url = keep(call, request->url),
        .etag = keep(call, request->etag),
        .last_modified = keep(call, request->last_modified),
        .user_agent = keep(call, request->user_agent),
        .body_hash = request->body_hash,
    };
    return enqueue(call, call->request.url && call->request.etag && call->request.last_modified &&
                             call->request.user_agent && keep_items(call, request->items));
}

int reader_client_read_fd(struct reader_client *client, int fd, enum reader_client_kind kind,
                          reader_client_done_fn done, void *userdata) {
    struct call *call;
    int r = call_new(client, done, userdata, &call);
    if (r < 0)
        return r;
    call->kind = kind;
    call->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (call->fd < 0) {
        int error = errno;
        call_free(call);
        return -error;
    }
    call->start = lseek(call->fd, 0, SEEK_CUR);
    return enqueue(call, true);
}

size_t reader_client_pending(const struct reader_client *client) {
    return client->waiting.count + client->suspects.count + client->under_way.count;
}

sd_bus *reader_client_bus(const struct reader_client *client) {
    return client->bus;
}

// --- the client ------------------------------------------------------------------------------

static int copy_path(const char *path, char **ret) {
    if (!path)
        return 0;
    *ret = strdup(path);
    return *ret ? 0 : -ENOMEM;
}

int reader_client_new(sd_event *event, const struct reader_client_options *options,
                      struct reader_client **ret) {
    struct reader_client *client = calloc(1, sizeof *client);
    if (!client)
        return -ENOMEM;
    client->event = sd_event_ref(event);
    client->answer_us = options->answer_ms ? options->answer_ms * 1000
                                           : (LIMIT_FETCH_S + LIMIT_READ_CPU_S) * UINT64_C(1000000);
    list_init(&client->waiting);
    list_init(&client->suspects);
    list_init(&client->under_way);
    int r = copy_path(options->socket_path, &client->socket_path);
    if (r >= 0)
        r = copy_path(options->program_path, &client->program_path);
    if (r >= 0)
        r = sd_event_add_defer(event, &client->pump, on_pump, client);
    if (r < 0) {
        reader_client_free(client);
        return r;
    }
    *ret = client;
    return 0;
}

struct reader_client *reader_client_free(struct reader_client *client) {
    if (!client)
        return NULL;
    struct call_list *lists[] = {&client->waiting, &client->suspects, &client->under_way};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (struct call *call; (call = list_pop(lists[i]));)
            call_free(call);
    char how[64];
    disconnect(client, READER_REACH_GRACE_MS, sizeof how, how);
    sd_event_source_disable_unref(client->pump);
    sd_event_unref(client->event);
    free(client->socket_path);
    free(client->program_path);
    free(client);
    return NULL;
}
