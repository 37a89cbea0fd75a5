// SPDX-License-Identifier: MIT
//
// Ownership goes down: the server owns its connections, a connection its calls, a call its fetch
// or document. What goes away takes with it what hangs below, and nothing is called back.

#include "reader/server.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-id128.h>
#include <time.h>
#include <unistd.h>

#include "core/text/arena.h"
#include "port/fetch/fetch_curl.h"
#include "port/fetch/network_watch.h"
#include "port/reader/reader_protocol.h"
#include "reader/document.h"
#include "reader/look.h"
#include "wirebell/limits.h"

enum {
    // The daemon and a few people at terminals; who connects more often waits in the backlog.
    CONNECTIONS_MAX = 16,
    // Fetches at once of all peers together: each may hold a body of LIMIT_BODY_MAX.
    CALLS_MAX = 4 * LIMIT_CALLS_IN_FLIGHT,
    // Connections to servers are kept so long for the next feed of a host: longer than the gap
    // between two requests to one host, shorter than what servers mind.
    CONNECTIONS_IDLE_S = 5,
};
static_assert(CONNECTIONS_IDLE_S < LIMIT_READER_IDLE_S, "closed before the reader leaves");

struct server {
    sd_event *event;
    sd_event_source *idle;
    sd_event_source *listener;
    struct fetch_curl *fetcher;     // NULL until the first fetch: reading files needs no TLS
    struct network_watch *watch;    // while a peer awaits the network
    struct connection *connections; // chains connection::next
    size_t connection_count;
    size_t call_count;
    bool has_one_peer;
    bool is_resting; // idle for so long that it holds nothing any more
};

struct connection {
    struct server *server;
    struct connection *next;
    sd_bus *bus;
    struct call *calls;       // chains call::next
    sd_bus_message *awaiting; // AwaitNetwork, not answered yet
};

struct call {
    struct connection *connection;
    struct call *next;
    sd_bus_message *message;
    struct reading_request asked; // borrows from the message
    const char *base_url;         // of a document
    bool is_opml;                 // the document is a list of feeds
    struct fetch_curl_call *fetch;
    struct document *document;
};

// --- idling ----------------------------------------------------------------------------------

static void idle_for(struct server *server, uint64_t seconds) {
    (void)sd_event_source_set_time_relative(server->idle, seconds * UINT64_C(1000000));
    (void)sd_event_source_set_enabled(server->idle, SD_EVENT_ONESHOT);
}

static void start_idling(struct server *server) {
    server->is_resting = false;
    idle_for(server, CONNECTIONS_IDLE_S);
}

// After a round connections and memory go back, after a while so does the process.
static int on_idle(sd_event_source *source, uint64_t usec, void *userdata) {
    (void)source;
    (void)usec;
    struct server *server = userdata;
    if (server->is_resting)
        return server->watch ? 0 : sd_event_exit(server->event, 0);
    server->fetcher = fetch_curl_free(server->fetcher);
    (void)malloc_trim(0);
    server->is_resting = true;
    idle_for(server, LIMIT_READER_IDLE_S - CONNECTIONS_IDLE_S);
    return 0;
}

// --- who awaits the network -------------------------------------------------------------------

// Nobody awaits it any more.
static void stop_watching(struct server *server) {
    server->watch = network_watch_close(server->watch);
    if (server->call_count == 0)
        start_idling(server);
}

static void answer_waits(struct server *server) {
    for (struct connection *at = server->connections; at; at = at->next) {
        if (at->awaiting) // a connection that is gone tells itself
            (void)sd_bus_reply_method_return(at->awaiting, NULL);
        at->awaiting = sd_bus_message_unref(at->awaiting);
    }
    stop_watching(server);
}

static void on_network_changed(void *userdata) {
    struct server *server = userdata;
    // With it go connections and names that belong to the network of before.
    if (server->call_count == 0)
        server->fetcher = fetch_curl_free(server->fetcher);
    answer_waits(server);
}

static int on_await(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct connection *connection = userdata;
    struct server *server = connection->server;
    if (!server->watch) {
        int r = network_watch_open(server->event, on_network_changed, server, &server->watch);
        if (r < 0)
            return r;
    }
    if (connection->awaiting) // its caller has given it up, else it would not ask again
        (void)sd_bus_reply_method_errno(connection->awaiting, -ECANCELED, NULL);
    sd_bus_message_unref(connection->awaiting);
    connection->awaiting = sd_bus_message_ref(message);
    return 1;
}

static void forget_wait(struct connection *connection) {
    struct server *server = connection->server;
    connection->awaiting = sd_bus_message_unref(connection->awaiting);
    for (const struct connection *at = server->connections; at; at = at->next)
        if (at->awaiting)
            return;
    if (server->watch)
        stop_watching(server);
}

// --- calls -----------------------------------------------------------------------------------

static struct call *call_free(struct call *call) {
    if (!call)
        return NULL;
    struct server *server = call->connection->server;
    fetch_curl_cancel(call->fetch);
    document_close(call->document);
    sd_bus_message_unref(call->message);
    struct call **at = &call->connection->calls;
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    free(call);
    if (--server->call_count == 0)
        start_idling(server);
    return NULL;
}

static int call_new(struct connection *connection, sd_bus_message *message, struct call **ret) {
    struct server *server = connection->server;
    if (server->call_count == CALLS_MAX)
        return -EBUSY;
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return -ENOMEM;
    call->connection = connection;
    call->message = sd_bus_message_ref(message);
    call->base_url = "";
    call->next = connection->calls;
    connection->calls = call;
    server->call_count++;
    (void)sd_event_source_set_enabled(server->idle, SD_EVENT_OFF);
    *ret = call;
    return 0;
}

static int reply(struct call *call, const struct fetched *fetched, struct arena *arena) {
    struct reading reading;
    if (call->is_opml)
        look_read_opml(fetched, arena, &reading);
    else
        look_read(fetched, &call->asked, arena, &reading);
    sd_bus_message *message = NULL;
    int r = reader_protocol_format_reply(call->message, &reading, arena, &message);
    if (r < 0)
        return r;
    r = sd_bus_send(call->connection->bus, message, NULL);
    sd_bus_message_unref(message);
    return r;
}

static void on_fetched(const struct fetched *fetched, void *userdata) {
    struct call *call = userdata;
    struct arena *arena = NULL;
    int r = arena_new(LIMIT_REPLY_MAX, &arena);
    if (r >= 0) {
        r = reply(call, fetched, arena);
        arena_free(arena);
    }
    if (r < 0) // nothing is left to tell but this; a connection that is gone tells itself
        (void)sd_bus_reply_method_errno(call->message, r, NULL);
    call->fetch = NULL; // ends itself after this
    if (fetched->reading.http_status > 0 && call->connection->server->watch)
        answer_waits(call->connection->server);
    call_free(call);
}

static void on_document(const struct fetched *fetched, void *userdata) {
    const struct call *call = userdata;
    struct fetched based = *fetched;
    based.url = call->base_url;
    on_fetched(&based, userdata);
}

// --- the methods -----------------------------------------------------------------------------

static int start_fetch(struct call *call) {
    struct server *server = call->connection->server;
    int r = reader_protocol_parse_read(call->message, &call->asked);
    if (r >= 0 && !server->fetcher)
        r = fetch_curl_new(server->event, &server->fetcher);
    if (r >= 0)
        r = fetch_curl_start(server->fetcher, &call->asked, on_fetched, call, &call->fetch);
    return r;
}

static int start_document(struct call *call) {
    int fd;
    int r = reader_protocol_parse_read_fd(call->message, &fd, &call->base_url);
    if (r >= 0)
        r = document_open(call->connection->server->event, fd, on_document, call, &call->document);
    return r;
}

static int start_opml(struct call *call) {
    int fd;
    call->is_opml = true;
    int r = reader_protocol_parse_opml(call->message, &fd);
    if (r >= 0)
        r = document_open(call->connection->server->event, fd, on_document, call, &call->document);
    return r;
}

static int begin(sd_bus_message *message, void *userdata, int (*start)(struct call *)) {
    struct call *call;
    int r = call_new(userdata, message, &call);
    if (r < 0)
        return r;
    r = start(call);
    if (r < 0)
        call_free(call);
    return r < 0 ? r : 1; // 1: answered later; sd-bus makes an error reply of a negative
}

static int on_read(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    return begin(message, userdata, start_fetch);
}

static int on_read_descriptor(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    return begin(message, userdata, start_document);
}

static int on_read_opml(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    return begin(message, userdata, start_opml);
}

static const sd_bus_vtable methods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD(READER_READ, READER_READ_ARGS, READER_REPLY, on_read, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD(READER_READ_FD, READER_READ_FD_ARGS, READER_REPLY, on_read_descriptor,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD(READER_OPML, READER_OPML_ARGS, READER_REPLY, on_read_opml,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD(READER_AWAIT, "", "", on_await, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

// --- connections -----------------------------------------------------------------------------

static struct connection *connection_free(struct connection *connection) {
    if (!connection)
        return NULL;
    struct server *server = connection->server;
    for (struct call *call = connection->calls, *next; call; call = next) {
        next = call->next;
        call_free(call);
    }
    forget_wait(connection);
    for (struct connection **at = &server->connections; *at; at = &(*at)->next) {
        if (*at == connection) {
            *at = connection->next;
            break;
        }
    }
    server->connection_count--;
    if (server->listener)
        (void)sd_event_source_set_enabled(server->listener, SD_EVENT_ON);
    sd_bus_close_unref(connection->bus);
    free(connection);
    return NULL;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)message;
    (void)reterr;
    struct connection *connection = userdata;
    struct server *server = connection->server;
    connection_free(connection);
    return server->has_one_peer ? sd_event_exit(server->event, 0) : 0;
}

// The bus on @fd, which is taken when it succeeds.
static int open_bus(struct connection *connection, int fd) {
    sd_id128_t id;
    int r = sd_bus_new(&connection->bus);
    sd_bus *bus = connection->bus;
    if (r >= 0)
        r = sd_id128_randomize(&id);
    if (r >= 0)
        r = sd_bus_set_server(bus, true, id);
    if (r >= 0)
        r = sd_bus_set_anonymous(bus, true); // who may speak is the socket's to say
    if (r >= 0)
        r = sd_bus_set_trusted(bus, true);
    if (r >= 0)
        r = sd_bus_negotiate_fds(bus, true);
    if (r >= 0)
        r = sd_bus_set_fd(bus, fd, fd);
    return r;
}

static int start_bus(struct connection *connection) {
    sd_bus *bus = connection->bus;
    int r =
        sd_bus_add_object_vtable(bus, NULL, READER_OBJECT, READER_INTERFACE, methods, connection);
    if (r >= 0)
        r = sd_bus_match_signal(bus, NULL, NULL, NULL, "org.freedesktop.DBus.Local", "Disconnected",
                                on_disconnected, connection);
    if (r >= 0)
        r = sd_bus_start(bus);
    if (r >= 0)
        r = sd_bus_attach_event(bus, connection->server->event, SD_EVENT_PRIORITY_NORMAL);
    return r;
}

static int add_connection(struct server *server, int fd) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) {
        (void)close(fd);
        return -ENOMEM;
    }
    connection->server = server;
    connection->next = server->connections;
    server->connections = connection;
    server->connection_count++;
    int r = open_bus(connection, fd);
    if (r < 0)
        (void)close(fd);
    else
        r = start_bus(connection);
    if (r < 0)
        connection_free(connection);
    return r;
}

static int on_connection(sd_event_source *source, int listener, uint32_t events, void *userdata) {
    (void)events;
    struct server *server = userdata;
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        bool is_passing = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        // Anything else would come back at once and for ever: leave, the next call starts anew.
        return is_passing ? 0 : sd_event_exit(server->event, 1);
    }
    (void)add_connection(server, fd); // failed, it is closed: the peer sees that
    if (server->connection_count == CONNECTIONS_MAX)
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
    return 0;
}

// --- the server ------------------------------------------------------------------------------

int server_new(sd_event *event, struct server **ret) {
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return -ENOMEM;
    server->event = sd_event_ref(event);
    int r =
        sd_event_add_time_relative(event, &server->idle, CLOCK_MONOTONIC, 0, 0, on_idle, server);
    if (r >= 0) // a call that comes in the moment of leaving is taken first, and keeps us
        r = sd_event_source_set_priority(server->idle, SD_EVENT_PRIORITY_IDLE);
    if (r < 0) {
        server_free(server);
        return r;
    }
    start_idling(server);
    *ret = server;
    return 0;
}

struct server *server_free(struct server *server) {
    if (!server)
        return NULL;
    while (server->connections)
        connection_free(server->connections);
    network_watch_close(server->watch);
    fetch_curl_free(server->fetcher);
    sd_event_source_disable_unref(server->listener);
    sd_event_source_disable_unref(server->idle);
    sd_event_unref(server->event);
    free(server);
    return NULL;
}

int server_serve(struct server *server, int fd) {
    server->has_one_peer = true;
    return add_connection(server, fd);
}

int server_listen(struct server *server, int fd) {
    int r = sd_event_add_io(server->event, &server->listener, fd, EPOLLIN, on_connection, server);
    if (r < 0) {
        (void)close(fd);
        return r;
    }
    return sd_event_source_set_io_fd_own(server->listener, true);
}
