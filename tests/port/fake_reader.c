// SPDX-License-Identifier: MIT
//
// A reader that misbehaves on cue, for test_reader_client.c. It speaks the real protocol; what it
// does is said by the address it is asked for. It waits until the client sleeps and has nothing
// more to say, so that calls made together are under way together, and then acts on all of them:
//
//     die:...      abort, with all that is under way
//     hang:...     answer nothing any more, for ever; the client is told so by SIGUSR1
//     leave:...    exit with code 3
//     garbage:...  answer with something that is no reading
//     refuse:...   answer with an error
//     anything     answer with one story: its title is the address, its link the number of calls
//                  that were under way together, its id the number of the process
//
// A document from a descriptor is taken as such an address.

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "core/text/arena.h"
#include "port/reader/reader_protocol.h"

enum { CALLS_MAX = 64, LOOK_US = 2000, SOCKET_FD = 3 };

struct fake {
    sd_event *event;
    sd_bus *bus;
    sd_event_source *quiet;
    struct arena *arena;
    sd_bus_message *calls[CALLS_MAX];
    const char *cues[CALLS_MAX];
    size_t count;
};

static bool is_cue(const char *url, const char *cue) {
    return strncmp(url, cue, strlen(cue)) == 0;
}

static void answer(struct fake *fake, size_t i) {
    const char *cue = fake->cues[i];
    if (is_cue(cue, "garbage:")) {
        (void)sd_bus_reply_method_return(fake->calls[i], READER_REPLY, 1, 'a', 1, UINT64_MAX, 0);
        return;
    }
    if (is_cue(cue, "refuse:")) {
        (void)sd_bus_reply_method_errorf(fake->calls[i], "org.wirebell1.Fake", "out of spite");
        return;
    }
    char together[24], process[24];
    (void)snprintf(together, sizeof together, "%zu", fake->count);
    (void)snprintf(process, sizeof process, "%d", (int)getpid());
    const struct story story = {process, cue, together, "", "", "", 0};
    struct reading reading = READING_NULL;
    reading.stories = &story;
    reading.story_count = 1;
    sd_bus_message *reply = NULL;
    if (reader_protocol_format_reply(fake->calls[i], &reading, fake->arena, &reply) >= 0)
        (void)sd_bus_send(fake->bus, reply, NULL);
    sd_bus_message_unref(reply);
}

// One that waits for the processor, in the middle of its calls perhaps, does not sleep.
static bool is_client_asleep(void) {
    char path[32], state = '\0';
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)getppid());
    FILE *stat = fopen(path, "re");
    const bool is_read = stat && fscanf(stat, "%*d (%*[^)]) %c", &state) == 1;
    if (stat)
        (void)fclose(stat);
    return is_read && state == 'S';
}

static bool is_quiet(void) {
    // In this order: what it sent before it fell asleep is here.
    return is_client_asleep() && poll(&(struct pollfd){SOCKET_FD, POLLIN, 0}, 1, 0) == 0;
}

static void look_soon(const struct fake *fake) {
    (void)sd_event_source_set_time_relative(fake->quiet, LOOK_US);
    (void)sd_event_source_set_enabled(fake->quiet, SD_EVENT_ONESHOT);
}

static void hang(void) {
    (void)kill(getppid(), SIGUSR1);
    for (;;)
        (void)pause();
}

// Comes after all calls that have been read.
static int on_quiet(sd_event_source *source, uint64_t usec, void *userdata) {
    (void)source;
    (void)usec;
    struct fake *fake = userdata;
    if (fake->count > 0 && !is_quiet()) {
        look_soon(fake);
        return 0;
    }
    for (size_t i = 0; i < fake->count; i++) {
        if (is_cue(fake->cues[i], "die:"))
            abort();
        if (is_cue(fake->cues[i], "leave:"))
            _exit(3);
        if (is_cue(fake->cues[i], "hang:"))
            hang();
    }
    for (size_t i = 0; i < fake->count; i++) {
        answer(fake, i);
        sd_bus_message_unref(fake->calls[i]);
    }
    fake->count = 0;
    return 0;
}

static int add_call(struct fake *fake, sd_bus_message *message, const char *cue) {
    if (fake->count == CALLS_MAX)
        abort();
    fake->calls[fake->count] = sd_bus_message_ref(message);
    fake->cues[fake->count++] = cue;
    look_soon(fake);
    return 1;
}

static int on_read(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct fake *fake = userdata;
    struct reading_request request;
    if (reader_protocol_parse_read(message, &request) < 0)
        abort();
    return add_call(fake, message, request.url);
}

static int on_read_fd(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct fake *fake = userdata;
    const char *base_url;
    int fd;
    char cue[256];
    if (reader_protocol_parse_read_fd(message, &fd, &base_url) < 0)
        abort();
    ssize_t size = read(fd, cue, sizeof cue);
    return add_call(fake, message, arena_copy(fake->arena, cue, size > 0 ? (size_t)size : 0));
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)message;
    (void)reterr;
    (void)userdata;
    _exit(0);
}

static const sd_bus_vtable methods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD(READER_READ, READER_READ_ARGS, READER_REPLY, on_read, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD(READER_READ_FD, READER_READ_FD_ARGS, READER_REPLY, on_read_fd,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

int main(void) {
    const struct rlimit no_core = {0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    static struct fake fake;
    sd_id128_t id;
    if (sd_id128_randomize(&id) < 0 || arena_new(1 << 20, &fake.arena) < 0 ||
        sd_event_default(&fake.event) < 0 || sd_bus_new(&fake.bus) < 0 ||
        sd_bus_set_server(fake.bus, true, id) < 0 || sd_bus_set_anonymous(fake.bus, true) < 0 ||
        sd_bus_negotiate_fds(fake.bus, true) < 0 ||
        sd_bus_set_fd(fake.bus, SOCKET_FD, SOCKET_FD) < 0 ||
        sd_bus_add_object_vtable(fake.bus, NULL, READER_OBJECT, READER_INTERFACE, methods, &fake) <
            0 ||
        sd_bus_match_signal(fake.bus, NULL, NULL, NULL, "org.freedesktop.DBus.Local",
                            "Disconnected", on_disconnected, NULL) < 0 ||
        sd_bus_start(fake.bus) < 0 ||
        sd_bus_attach_event(fake.bus, fake.event, SD_EVENT_PRIORITY_NORMAL) < 0 ||
        sd_event_add_time_relative(fake.event, &fake.quiet, CLOCK_MONOTONIC, LOOK_US, 1000,
                                   on_quiet, &fake) < 0 ||
        sd_event_source_set_priority(fake.quiet, SD_EVENT_PRIORITY_IDLE) < 0)
        abort();
    return sd_event_loop(fake.event) < 0;
}
