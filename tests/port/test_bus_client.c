// SPDX-License-Identifier: MIT
//
// The client against a peer that plays the bus and the daemon in one, and answers as it is told.

#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "port/bus/bus_client.h"
#include "port/bus/bus_open.h"

// For the other side to say something.
enum { PATIENCE_US = 60000000 };

// What the peer answers to the call that follows Hello.
enum answer { ANSWER_STATUS, ANSWER_NUMBER, ANSWER_ERROR, ANSWER_HANG_UP };

struct peer {
    char folder[32];
    char path[64];
    pid_t pid;
    int fd;
};

// --- the peer, in a process of its own -------------------------------------------------------

struct script {
    enum answer answer;
    const char *error;
};

static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    const struct script *script = userdata;
    if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus", "Hello"))
        return sd_bus_reply_method_return(call, "s", ":1.7");
    if (!sd_bus_message_is_method_call(call, NULL, NULL))
        return 0;
    switch (script->answer) {
    case ANSWER_STATUS:
        return sd_bus_reply_method_return(call, "a{sv}", 2, "lit", "s", "flash", "unacknowledged",
                                          "u", 3u);
    case ANSWER_NUMBER:
        return sd_bus_reply_method_return(call, "d", 1.5);
    case ANSWER_ERROR:
        return sd_bus_error_set(reterr, script->error, "a sentence of the daemon's");
    case ANSWER_HANG_UP:
        _exit(0);
    }
    return 0;
}

static void serve(int listening, const struct script *script) {
    sd_bus *bus = NULL;
    int fd = accept(listening, NULL, NULL);
    bool is_up =
        fd >= 0 && sd_bus_new(&bus) >= 0 && sd_bus_set_fd(bus, fd, fd) >= 0 &&
        sd_bus_set_server(bus, true,
                          SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, c, d, e, f, 0)) >= 0 &&
        sd_bus_set_anonymous(bus, true) >= 0 && sd_bus_start(bus) >= 0 &&
        sd_bus_add_filter(bus, NULL, on_call, (void *)script) >= 0;
    while (is_up && sd_bus_process(bus, NULL) >= 0)
        if (sd_bus_wait(bus, PATIENCE_US) <= 0)
            break;
    _exit(0);
}

// --- the test's side -------------------------------------------------------------------------

static int set_up(void **state) {
    static struct peer peer;
    peer = (struct peer){.folder = "/tmp/wb-client-XXXXXX", .fd = -1};
    assert_non_null(mkdtemp(peer.folder));
    (void)snprintf(peer.path, sizeof peer.path, "%s/bus", peer.folder);
    char address[96];
    (void)snprintf(address, sizeof address, "unix:path=%s", peer.path);
    assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1), 0);
    assert_int_equal(unsetenv("DBUS_SESSION_BUS_ADDRESS"), 0);
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
    *state = &peer;
    return 0;
}

static int tear_down(void **state) {
    struct peer *peer = *state;
    if (peer->pid > 0)
        (void)waitpid(peer->pid, NULL, 0);
    if (peer->fd >= 0)
        (void)close(peer->fd);
    (void)unlink(peer->path);
    (void)rmdir(peer->folder);
    return 0;
}

static void start(struct peer *peer, enum answer answer, const char *error) {
    const struct script script = {answer, error};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", peer->path);
    peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(peer->fd, 1), 0);
    peer->pid = fork();
    assert_true(peer->pid >= 0);
    if (peer->pid == 0)
        serve(peer->fd, &script);
}

static void count_record(const struct bus_record *record, void *userdata) {
    size_t *count = userdata;
    ++*count;
    assert_string_equal(bus_record_text(record, "lit"), "flash");
    assert_int_equal(bus_record_number(record, "unacknowledged"), 3);
}

// Asks for the status; gives what the client says of a failure.
static void expect_failure(bool is_user, const char *expected) {
    struct bus_client *client;
    size_t count = 0;
    assert_int_equal(bus_client_new(is_user, &client), 0);
    assert_true(bus_client_status(client, count_record, &count) < 0);
    assert_int_equal(count, 0);
    assert_true(bus_client_error(client)[0] != '\0');
    if (!strstr(bus_client_error(client), expected))
        assert_string_equal(bus_client_error(client), expected);
    bus_client_free(client);
}

static void an_answer_is_handed_on_as_a_record(void **state) {
    start(*state, ANSWER_STATUS, NULL);
    struct bus_client *client;
    size_t count = 0;
    assert_int_equal(bus_client_new(false, &client), 0);
    assert_int_equal(bus_client_status(client, count_record, &count), 0);
    assert_int_equal(count, 1);
    bus_client_free(client);
}

static void a_bus_that_is_not_there_is_named(void **state) {
    (void)state;
    expect_failure(false, "this machine's system bus cannot be reached (No such file");
    expect_failure(true, "your session has no message bus that can be reached");
}

static void an_answer_of_another_version_is_not_taken(void **state) {
    start(*state, ANSWER_NUMBER, NULL);
    expect_failure(false, "the answer cannot be understood: is the wirebell that runs of another");
}

static void a_peer_that_hangs_up_is_an_error(void **state) {
    start(*state, ANSWER_HANG_UP, NULL);
    expect_failure(false, "");
}

static void errors_are_put_into_words(void **state) {
    static const struct {
        const char *error;
        const char *words;
    } cases[] = {
        {SD_BUS_ERROR_SERVICE_UNKNOWN, "no wirebell runs on this machine's system bus"},
        {SD_BUS_ERROR_NAME_HAS_NO_OWNER, "no wirebell runs on this machine's system bus"},
        {SD_BUS_ERROR_ACCESS_DENIED, "members of the group wirebell"},
        {SD_BUS_ERROR_NO_REPLY, "does not answer; look at 'systemctl status wirebell'"},
        {SD_BUS_ERROR_UNKNOWN_METHOD, "of another version and does not know that"},
        {BUS_ERROR_UNKNOWN, "a sentence of the daemon's"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        start(*state, ANSWER_ERROR, cases[i].error);
        expect_failure(false, cases[i].words);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_answer_is_handed_on_as_a_record),
        TEST(a_bus_that_is_not_there_is_named),
        TEST(an_answer_of_another_version_is_not_taken),
        TEST(a_peer_that_hangs_up_is_an_error),
        TEST(errors_are_put_into_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
