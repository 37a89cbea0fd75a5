// SPDX-License-Identifier: MIT
//
// libFuzzer door to what the commands read of the daemon that runs: status, history, why, feeds and
// the others, whole, as a person calls them, and the other end of the bus lies. The first byte of
// the input chooses the command, its highest bit the byte order; then come the answers to its
// calls, each with its length before it. Asserted beside "no crash": whatever the answers say, no
// character reaches the terminal that it would obey, and what --json prints is lines of JSON.

#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus_line.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "port/bus/bus_open.h"

#define RECORD  "a{sv}"
#define RECORDS "aa{sv}"

enum { ANSWERS_MAX = 5, WORDS_MAX = 4 };

// The commands, and the signatures of the answers to what each asks.
static const struct {
    const struct cli_command *command;
    const char *words[WORDS_MAX];
    const char *answers[ANSWERS_MAX];
    bool is_json;
} COMMANDS[] = {
    {&COMMAND_STATUS, {"status"}, {RECORDS, RECORD, RECORDS, "v", RECORDS}, false},
    {&COMMAND_STATUS, {"status", "--json"}, {RECORD, "v", RECORDS, RECORDS}, true},
    {&COMMAND_HISTORY, {"history"}, {RECORDS}, false},
    {&COMMAND_HISTORY, {"history", "--all", "--json"}, {RECORDS}, true},
    {&COMMAND_WHY, {"why"}, {RECORD}, false},
    {&COMMAND_WHY, {"why", "7", "--json"}, {RECORD}, true},
    {&COMMAND_FEEDS, {"feeds"}, {RECORDS}, false},
    {&COMMAND_FEEDS, {"feeds", "--json"}, {RECORDS}, true},
    {&COMMAND_ACK, {"ack"}, {"u"}, false},
    {&COMMAND_SNOOZE, {"snooze", "1h"}, {"x"}, false},
    {&COMMAND_POLL, {"poll"}, {""}, false},
    {&COMMAND_RELOAD, {"reload"}, {"bs"}, false},
};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

// --- the other end ---------------------------------------------------------------------------

static struct {
    const uint8_t *data;
    size_t size;
    unsigned command;
    bool is_big;
} script;

static void send_answers(const struct bus_line *line) {
    const uint8_t *data = script.data;
    size_t size = script.size;
    for (uint32_t i = 0; i < ANSWERS_MAX && COMMANDS[script.command].answers[i]; i++) {
        const size_t head = size < 2 ? size : 2;
        const size_t wanted = head < 2 ? 0 : data[0] | (size_t)data[1] << 8;
        const size_t length = wanted < size - head ? wanted : size - head;
        bus_line_reply(line, script.is_big, i + 1, COMMANDS[script.command].answers[i], data + head,
                       COMMANDS[script.command].answers[i][0] ? length : 0);
        data += head + length;
        size -= head + length;
    }
}

// In the place of port/bus/bus_open.c: all answers are there before the first call, and then the
// end.
int bus_open(bool is_user, bool waits, sd_bus **ret) {
    struct bus_line line;
    check(!is_user && !waits);
    bus_line_open(&line);
    send_answers(&line);
    check(shutdown(line.peer_fd, SHUT_WR) == 0);
    *ret = line.bus;
    script.data = NULL;
    (void)sd_bus_set_close_on_exit(line.bus, true);
    static int peer_fd = -1;
    if (peer_fd >= 0)
        (void)close(peer_fd);
    peer_fd = line.peer_fd;
    return 0;
}

// --- what is shown ---------------------------------------------------------------------------

static void check_shown(const char *text, size_t size) {
    check(strlen(text) == size);
    check_text(text, size, "\n");
}

static void check_json(char *text) {
    for (char *end; (end = strchr(text, '\n')); text = end + 1) {
        *end = '\0';
        struct json_object *object = json_tokener_parse(text);
        check(json_object_is_type(object, json_type_object));
        json_object_put(object);
    }
    check(!*text);
}

static void run(unsigned command) {
    FILE *const terminal[] = {stdout, stderr};
    char words[WORDS_MAX][16], *argv[WORDS_MAX + 1] = {NULL}, *shown[2] = {NULL};
    size_t sizes[2] = {0};
    int argc = 0;
    for (; argc < WORDS_MAX && COMMANDS[command].words[argc]; argc++) {
        (void)snprintf(words[argc], sizeof words[argc], "%s", COMMANDS[command].words[argc]);
        argv[argc] = words[argc];
    }
    stdout = open_memstream(&shown[0], &sizes[0]);
    stderr = open_memstream(&shown[1], &sizes[1]);
    check(stdout && stderr);
    struct options options;
    check(options_parse(COMMANDS[command].command->options, argc, argv, &options) == 0);
    const int code = COMMANDS[command].command->run(&options);
    check(fclose(stdout) == 0 && fclose(stderr) == 0);
    stdout = terminal[0];
    stderr = terminal[1];
    check(code == CLI_OK || code == CLI_NO);
    check(code == CLI_OK || sizes[0] + sizes[1] > 0 || COMMANDS[command].is_json);
    check_shown(shown[0], sizes[0]);
    check_shown(shown[1], sizes[1]);
    if (COMMANDS[command].is_json && sizes[1] == 0)
        check_json(shown[0]);
    free(shown[0]);
    free(shown[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    script.command = (data[0] & 0x7F) % COMMAND_COUNT;
    script.is_big = data[0] & 0x80;
    script.data = data + 1;
    script.size = size - 1;
    run(script.command);
    return 0;
}
