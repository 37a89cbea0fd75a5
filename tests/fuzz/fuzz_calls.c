// SPDX-License-Identifier: MIT
//
// libFuzzer door to what may be asked of the daemon over D-Bus: its object with its properties,
// over the real store, triage, panel and poller, and nothing but a lamp and a reader left out. The
// input is a list of calls: a byte for the method, its highest bit the byte order, the length of
// the body, the body. Asserted beside "no crash": each call gets one answer, no snooze is longer
// than allowed, and no drill is lost.

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bus_line.h"
#include "daemon/bus_bell.h"
#include "daemon/bus_properties.h"
#include "daemon/control.h"
#include "port/system/clock.h"
#include "port/store/store_internal.h"
#include "soundness.h"

#define BELL       "org.wirebell1.Bell"
#define PROPERTIES "org.freedesktop.DBus.Properties"

static const struct {
    const char *interface, *member, *signature;
} METHODS[] = {
    {BELL, "Status", ""},
    {BELL, "Alerts", ""},
    {BELL, "History", "xub"},
    {BELL, "Why", "x"},
    {BELL, "Feeds", ""},
    {BELL, "Snoozes", ""},
    {BELL, "Acknowledge", "x"},
    {BELL, "Snooze", "ts"},
    {BELL, "Test", "s"},
    {BELL, "Poll", "s"},
    {BELL, "Reload", ""},
    {PROPERTIES, "Get", "ss"},
    {PROPERTIES, "GetAll", "s"},
    {PROPERTIES, "Set", "ssv"},
    {"org.freedesktop.DBus.Introspectable", "Introspect", ""},
    {BELL, "Ring", "s"}, // there is none
};
enum { METHOD_COUNT = sizeof METHODS / sizeof METHODS[0], CALLS_MAX = 16 };

static const char TEXT[] = "[feeds]\nhttps://feed.example/1 title=\"One\"\nhttps://feed.example/2\n"
                           "[flash]\ncyber attack*\n[urgent]\nrain\n";

// --- a daemon --------------------------------------------------------------------------------

struct daemon {
    sd_event *event;
    struct log *log;
    struct configuration configuration;
    struct store *store;
    struct trust trust;
    struct monitor *monitor;
    struct triage *triage;
    struct panel *panel;
    struct poller *poller;
    struct control *control;
    struct bus_bell *bell;
    struct bus_properties *properties;
    struct bus_line line;
};

static void on_well(bool is_well, void *userdata) {
    (void)is_well;
    (void)userdata;
}

static void on_rang(uint32_t levels, void *userdata) {
    const struct daemon *daemon = userdata;
    check(store_note_rings(daemon->store, levels) == 0);
}

static void on_cleared(const int64_t *ids, size_t count, void *userdata) {
    const struct daemon *daemon = userdata;
    control_clear(daemon->control, ids, count);
}

static bool on_reload(void *userdata) {
    (void)userdata;
    return true;
}

static void on_changed(void *userdata) {
    const struct daemon *daemon = userdata;
    control_tell_changed(daemon->control);
}

static void tell_alert(enum control_event event, const struct alert *alert, void *userdata) {
    const struct daemon *daemon = userdata;
    bus_bell_signal(daemon->bell, event, alert);
}

static void tell_changed(void *userdata) {
    const struct daemon *daemon = userdata;
    bus_properties_update(daemon->properties);
}

// What need not be new for each input.
static void begin(struct daemon *daemon) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct rules *rules = &daemon->configuration.rules;
    stderr = fopen("/dev/null", "w"); // where the log goes
    check(stderr && sd_event_new(&daemon->event) >= 0 && log_new(&daemon->log) == 0);
    check(keywords_new(&rules->keywords) == 0);
    check(keywords_add_file(rules->keywords, "keywords", TEXT, sizeof TEXT - 1, &diags) == 0);
    check(diags.error_count == 0 && matcher_new(rules->keywords, &rules->matcher) == 0);
    diag_list_done(&diags);
    check(store_open_copy(NULL, &daemon->store) >= 0);
}

static void build_parts(struct daemon *daemon) {
    const struct monitor_events monitor_events = {.changed = on_well};
    const struct panel_options options = {.policy = &policy_default, .trust = &daemon->trust};
    const struct panel_events panel_events = {
        .rang = on_rang, .cleared = on_cleared, .userdata = daemon};
    const struct poller_events poller_events = {.raised = NULL};
    check(monitor_new(daemon->event, daemon->log, &monitor_events, &daemon->monitor) == 0);
    check(triage_new(&policy_default, &daemon->triage) == 0);
    check(panel_new(daemon->event, &options, &panel_events, &daemon->panel) == 0);
    const struct poller_parts parts = {.event = daemon->event,
                                       .log = daemon->log,
                                       .store = daemon->store,
                                       .triage = daemon->triage,
                                       .trust = &daemon->trust};
    check(poller_new(&parts, &poller_events, &daemon->poller) == 0);
    check(poller_configure(daemon->poller, daemon->configuration.rules.keywords,
                           daemon->configuration.rules.matcher, DEFAULT_POLL_S) == 0);
}

static void build(struct daemon *daemon) {
    check(sqlite3_exec(daemon->store->db,
                       "DELETE FROM alerts; DELETE FROM snoozes; DELETE FROM sqlite_sequence", NULL,
                       NULL, NULL) == SQLITE_OK);
    build_parts(daemon);
    const struct control_parts parts = {.log = daemon->log,
                                        .monitor = daemon->monitor,
                                        .store = daemon->store,
                                        .panel = daemon->panel,
                                        .triage = daemon->triage,
                                        .poller = daemon->poller,
                                        .configuration = &daemon->configuration,
                                        .reload = on_reload,
                                        .changed = on_changed,
                                        .userdata = daemon};
    const struct control_listener listener = {tell_alert, tell_changed, daemon};
    if (!daemon->line.bus)
        bus_line_open(&daemon->line);
    check(control_new(&parts, &daemon->control) == 0);
    check(bus_bell_new(daemon->line.bus, daemon->control, &daemon->bell) == 0);
    check(bus_properties_new(daemon->line.bus, daemon->control, &daemon->properties) == 0);
    control_listen(daemon->control, &listener);
}

static void take_down(struct daemon *daemon) {
    daemon->properties = bus_properties_free(daemon->properties);
    daemon->bell = bus_bell_free(daemon->bell);
    daemon->control = control_free(daemon->control);
    daemon->poller = poller_free(daemon->poller);
    daemon->panel = panel_free(daemon->panel);
    daemon->triage = triage_free(daemon->triage);
    daemon->monitor = monitor_free(daemon->monitor);
}

// --- a call ----------------------------------------------------------------------------------

static size_t take_reply(const struct bus_line *line, unsigned char *ret, size_t size) {
    size_t used = 0;
    ssize_t got;
    while (used < size && (got = read(line->peer_fd, ret + used, size - used)) > 0)
        used += (size_t)got;
    check(used < size);
    return used;
}

static uint32_t number_at(const unsigned char *bytes) {
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return le32toh(number);
}

// How many answers there are; signals stand among them.
static unsigned count_answers(const struct bus_line *line) {
    static unsigned char bytes[4 << 20];
    const size_t size = take_reply(line, bytes, sizeof bytes);
    unsigned count = 0;
    for (size_t at = 0; at < size;) {
        check(size - at >= 16 && bytes[at] == 'l');
        const unsigned type = bytes[at + 1];
        check(type >= SD_BUS_MESSAGE_METHOD_RETURN && type <= SD_BUS_MESSAGE_SIGNAL);
        count += type != SD_BUS_MESSAGE_SIGNAL;
        at += 16 + (number_at(bytes + at + 12) + 7) / 8 * 8 + number_at(bytes + at + 4);
        check(at <= size);
    }
    return count;
}

// False when sd-bus has hung up: what came was no message.
static bool call(struct bus_line *line, unsigned method, bool is_big, const uint8_t *body,
                 size_t size) {
    struct bus_header header;
    bus_header_begin(&header, is_big, SD_BUS_MESSAGE_METHOD_CALL, 1);
    bus_header_text(&header, 1, 'o', "/org/wirebell1");
    bus_header_text(&header, 2, 's', METHODS[method].interface);
    bus_header_text(&header, 3, 's', METHODS[method].member);
    if (METHODS[method].signature[0])
        bus_header_text(&header, 8, 'g', METHODS[method].signature);
    bus_line_send(line, &header, body, METHODS[method].signature[0] ? size : 0);
    int r;
    while ((r = sd_bus_process(line->bus, NULL)) > 0)
        ;
    if (r < 0)
        bus_line_close(line);
    return r >= 0;
}

static void on_snooze(const char *rule, int64_t until_s, void *userdata) {
    (void)userdata;
    check(rule[0] == '\0' || strcmp(rule, "rain") == 0 || strcmp(rule, "cyber attack*") == 0);
    check(until_s <= clock_wall_s() + CONTROL_SNOOZE_MAX_S);
}

static void check_state(const struct daemon *daemon) {
    struct control_status status;
    control_status(daemon->control, &status);
    check(status.feeds == 2 && status.failing == 0 && status.rules == 2);
    check(status.unacknowledged == panel_count(daemon->panel));
    check(status.is_lit == (status.unacknowledged > 0) && status.is_well);
    check(status.snoozed_until_s <= clock_wall_s() + CONTROL_SNOOZE_MAX_S);
    check(control_each_snooze(daemon->control, on_snooze, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct daemon daemon;
    if (!daemon.event)
        begin(&daemon);
    build(&daemon);
    for (int i = 0; i < CALLS_MAX && size >= 3; i++) {
        const unsigned method = (data[0] & 0x7F) % METHOD_COUNT;
        const size_t wanted = data[1] | (size_t)data[2] << 8;
        const size_t length = wanted < size - 3 ? wanted : size - 3;
        if (!call(&daemon.line, method, data[0] & 0x80, data + 3, length))
            break;
        check(count_answers(&daemon.line) == 1);
        data += 3 + length;
        size -= 3 + length;
    }
    check_state(&daemon);
    take_down(&daemon);
    return 0;
}
