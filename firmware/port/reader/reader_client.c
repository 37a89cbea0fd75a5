// SPDX-License-Identifier: MIT
//
// A call is in one of three lists: waiting, suspects, or under way. When the reader is lost, the
// calls under way become suspects; suspects go first, one at a time, with nothing beside them, so
// that the next death has one cause. A turn of the pump ends with the first call that cannot be
// sent: a caller that asks again at every failure, and a reader that cannot be started, cannot spin
// together inside one turn of the loop.

#include "port/reader/reader_client.h"

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

#include "core/text/arena.h"
#include "port/reader/reader_call.h"
#include "port/reader/reader_protocol.h"
#include "port/reader/reader_reach.h"
#include "port/system/rest.h"
#include "wirebell/limits.h"

enum {
    DETAIL_SIZE = 512,
    // The list of stories of a reply (its texts stay in the message), doubled as it grows.
    REPLY_ARENA_MAX = 4 << 20,
    ACCURACY_US = 100000,
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
    sd_event_source *timer; // not later than the first call under way has hung
    struct reader_call_list waiting;
    struct reader_call_list suspects;
    struct reader_call_list under_way; // in the order in which they were sent
};

static void send_waiting(struct reader_client *client);

// --- ends of calls ---------------------------------------------------------------------------

static void wake_pump(struct reader_client *client) {
    (void)sd_event_source_set_enabled(client->pump, SD_EVENT_ONESHOT);
}

// The timer is set for one call and left alone by those that come after it: when it fires, it is
// set for the first that is then under way.
static void set_timer(struct reader_client *client) {
    const struct reader_call *first = client->under_way.first;
    if (first)
        (void)sd_event_source_set_time(client->timer, first->due_us);
    (void)sd_event_source_set_enabled(client->timer, first ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

// Tells the end of a call that is in no list any more.
static void finish(struct reader_call *call, const struct reading *reading) {
    struct reader_client *client = call->client;
    if (client->waiting.first || client->suspects.first)
        wake_pump(client);
    call->done(&call->request, reading, call->userdata);
    reader_call_free(call);
}

static void finish_without(struct reader_call *call, enum reading_outcome outcome,
                           const char *detail) {
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
    struct reader_call_list dead;
    reader_call_list_init(&dead);
    for (struct reader_call *call; (call = reader_call_list_pop(&client->under_way));) {
        call->slot = sd_bus_slot_unref(call->slot);
        bool can_be_asked_again = call->fd < 0 || call->start >= 0;
        reader_call_list_push(call->is_suspect || !can_be_asked_again ? &dead : &client->suspects,
                              call);
        call->is_suspect = true;
    }
    set_timer(client);
    for (struct reader_call *call; (call = reader_call_list_pop(&dead));)
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

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
    (void)source;
    struct reader_client *client = userdata;
    const struct reader_call *first = client->under_way.first;
    if (!first || usec < first->due_us) {
        set_timer(client);
        return 0;
    }
    char reason[64];
    (void)snprintf(reason, sizeof reason, "gave no answer within %llu s",
                   (unsigned long long)(client->answer_us / 1000000));
    lose_reader(client, reason);
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

static void finish_with_reply(struct reader_call *call, sd_bus_message *reply) {
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
    struct reader_call *call = userdata;
    struct reader_client *client = call->client;
    // We set sd-bus no time limit, so this error of its own making means one thing.
    if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY)) {
        lose_reader(client, NULL);
        return 0;
    }
    reader_call_list_remove(&client->under_way, call);
    if (client->under_way.count == 0)
        set_timer(client);
    if (sd_bus_message_is_method_error(reply, NULL)) {
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        char detail[DETAIL_SIZE];
        (void)snprintf(detail, sizeof detail, "the reader refused the request: %s",
                       error && error->message ? error->message : "no reason was given");
        finish_without(call, READING_FAILED, detail);
    } else {
        finish_with_reply(call, reply);
    }
    // What was asked for meanwhile goes out in this turn of the loop: one more is a system call.
    (void)sd_event_source_set_enabled(client->pump, SD_EVENT_OFF);
    send_waiting(client);
    return 0;
}

// --- a call begins ---------------------------------------------------------------------------

static int send_call(struct reader_call *call) {
    struct reader_client *client = call->client;
    sd_bus_message *message = NULL;
    if (call->start > 0 || (call->start == 0 && call->is_suspect))
        (void)lseek(call->fd, call->start, SEEK_SET);
    int r = call->fd < 0 ? reader_protocol_format_read(client->bus, &call->request, &message)
            : call->kind == READER_CLIENT_OPML
                ? reader_protocol_format_opml(client->bus, call->fd, &message)
                : reader_protocol_format_read_fd(client->bus, call->fd, "", &message);
    if (r >= 0)
        r = sd_bus_call_async(client->bus, &call->slot, message, on_reply, call, UINT64_MAX);
    sd_bus_message_unref(message);
    return r;
}

// Return: whether it is under way.
static bool start_call(struct reader_call *call) {
    struct reader_client *client = call->client;
    char detail[DETAIL_SIZE];
    if (reach_reader(client, detail) < 0) {
        finish_without(call, READING_FAILED, detail);
        return false;
    }
    int r = send_call(call);
    if (r >= 0) {
        (void)sd_event_now(client->event, CLOCK_MONOTONIC, &call->due_us);
        call->due_us += client->answer_us;
        reader_call_list_push(&client->under_way, call);
        if (client->under_way.count == 1)
            set_timer(client);
        return true;
    }
    if (r == -ENOTCONN || r == -ECONNRESET || r == -EPIPE || r == -ESHUTDOWN) {
        reader_call_list_push(&client->under_way, call); // it went before we had heard of it
        lose_reader(client, NULL);
    } else if (r == -EINVAL) {
        finish_without(call, READING_BAD_URL, "the address is too long or holds broken characters");
    } else {
        (void)snprintf(detail, sizeof detail, "the reader cannot be asked: %s", strerror(-r));
        finish_without(call, READING_FAILED, detail);
    }
    return false;
}

static struct reader_call *next_call(struct reader_client *client) {
    const struct reader_call *first = client->under_way.first;
    if (first && first->is_suspect)
        return NULL;
    if (client->suspects.first)
        return first ? NULL : reader_call_list_pop(&client->suspects);
    return client->under_way.count < LIMIT_CALLS_IN_FLIGHT ? reader_call_list_pop(&client->waiting)
                                                           : NULL;
}

static void send_waiting(struct reader_client *client) {
    bool is_sent = true;
    for (struct reader_call *call; is_sent && (call = next_call(client));)
        is_sent = start_call(call);
    if (!is_sent) {
        wake_pump(client); // perhaps another can
    } else if (!client->bus) {
        // What replies and the connection took goes back to the system while nothing is asked.
        rest_memory();
    }
}

static int on_pump(sd_event_source *source, void *userdata) {
    (void)source;
    send_waiting(userdata);
    return 0;
}

static void enqueue(struct reader_call *call) {
    reader_call_list_push(&call->client->waiting, call);
    wake_pump(call->client);
}

int reader_client_read(struct reader_client *client, const struct reading_request *request,
                       reader_client_done_fn done, void *userdata) {
    struct reader_call *call;
    int r = reader_call_new(client, done, userdata, &call);
    if (r < 0)
        return r;
    r = reader_request_copy(request, call->arena, &call->request);
    if (r < 0) {
        reader_call_free(call);
        return r;
    }
    enqueue(call);
    return 0;
}

int reader_client_read_fd(struct reader_client *client, int fd, enum reader_client_kind kind,
                          reader_client_done_fn done, void *userdata) {
    struct reader_call *call;
    int r = reader_call_new(client, done, userdata, &call);
    if (r < 0)
        return r;
    call->kind = kind;
    call->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (call->fd < 0) {
        int error = errno;
        reader_call_free(call);
        return -error;
    }
    call->start = lseek(call->fd, 0, SEEK_CUR);
    enqueue(call);
    return 0;
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
    reader_call_list_init(&client->waiting);
    reader_call_list_init(&client->suspects);
    reader_call_list_init(&client->under_way);
    int r = copy_path(options->socket_path, &client->socket_path);
    if (r >= 0)
        r = copy_path(options->program_path, &client->program_path);
    if (r >= 0)
        r = sd_event_add_defer(event, &client->pump, on_pump, client);
    if (r >= 0)
        r = sd_event_add_time(event, &client->timer, CLOCK_MONOTONIC, 0, ACCURACY_US, on_timer,
                              client);
    if (r >= 0)
        r = sd_event_source_set_enabled(client->timer, SD_EVENT_OFF);
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
    struct reader_call_list *lists[] = {&client->waiting, &client->suspects, &client->under_way};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (struct reader_call *call; (call = reader_call_list_pop(lists[i]));)
            reader_call_free(call);
    char how[64];
    disconnect(client, READER_REACH_GRACE_MS, sizeof how, how);
    sd_event_source_disable_unref(client->pump);
    sd_event_source_disable_unref(client->timer);
    sd_event_unref(client->event);
    free(client->socket_path);
    free(client->program_path);
    free(client);
    return NULL;
}
