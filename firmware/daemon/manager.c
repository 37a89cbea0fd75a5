// SPDX-License-Identifier: MIT
//
// The parts are made in the order in which they depend on each other and end in the reverse one.
// Only two of them can keep the daemon from being: the event loop and memory. Everything else
// that is missing is said, and the rest goes on: a bell without a writable state still rings.

#include "daemon/manager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "core/alert/triage.h"
#include "daemon/bus.h"
#include "daemon/configuration.h"
#include "daemon/control.h"
#include "daemon/hearing.h"
#include "daemon/heartbeat.h"
#include "daemon/log.h"
#include "daemon/metrics_file.h"
#include "daemon/monitor.h"
#include "daemon/panel.h"
#include "daemon/poller.h"
#include "daemon/report.h"
#include "daemon/watch.h"
#include "port/system/clock.h"
#include "port/reader/reader_client.h"
#include "port/system/rest.h"
#include "port/store/store.h"
#include "port/store/store_alerts.h"

#define NEW_STATE "a new state: what the feeds show now counts as seen, and what comes later rings"
#define LOST_STATE                                                                                 \
    "a new state: what the feeds show now counts as seen, but for what they date later than the "  \
    "last look at them"

struct manager {
    const struct manager_options *options;
    sd_event *event;
    struct log *log;

    // what the files say
    struct configuration configuration;
    struct watch *watch;
    struct watch *config_watch;

    // what does the work
    struct monitor *monitor;
    struct store *store;
    struct triage *triage;
    struct panel *panel;
    struct reader_client *reader;
    struct poller *poller;
    struct heartbeat *heartbeat;

    bool is_state_damaged; // to be begun anew when nobody uses it

    // who asks
    struct control *control;
    struct metrics_file *metrics;
    struct bus *bus;
};

// --- what is said ----------------------------------------------------------------------------

static void notify_status(void *userdata) {
    struct manager *m = userdata;
    const struct keywords *keywords = m->configuration.rules.keywords;
    size_t feeds = keywords ? keywords_feed_count(keywords) : 0;
    size_t rules = keywords ? keywords_rule_count(keywords) : 0;
    (void)sd_notifyf(0, "STATUS=feeds: %zu (failing: %zu), rules: %zu, unacknowledged alerts: %zu",
                     feeds, m->poller ? poller_failing_count(m->poller) : 0, rules,
                     m->panel ? panel_count(m->panel) : 0);
    if (m->control)
        control_tell_changed(m->control);
    metrics_file_touch(m->metrics);
}

// --- what happens ----------------------------------------------------------------------------

static void on_raised(const struct alert *alerts, size_t count, void *userdata) {
    struct manager *m = userdata;
    metrics_file_count(m->metrics, alerts, count);
    control_raise(m->control, alerts, count);
}

static void on_alerts_changed(const struct alert_change *changes, size_t count, void *userdata) {
    struct manager *m = userdata;
    control_change(m->control, changes, count);
}

static void on_told(enum control_event event, const struct alert *alert, void *userdata) {
    const struct manager *m = userdata;
    metrics_file_hear(m->metrics, event, alert);
}

static void on_rang(uint32_t levels, void *userdata) {
    struct manager *m = userdata;
    monitor_note_write(m->monitor, "that the bell rang", store_note_rings(m->store, levels));
}

static void on_cleared(const int64_t *ids, size_t count, void *userdata) {
    struct manager *m = userdata;
    control_clear(m->control, ids, count);
}

static void on_acknowledge(void *userdata) {
    struct manager *m = userdata;
    (void)control_acknowledge_all(m->control, "button");
}

static void on_snooze(void *userdata) {
    struct manager *m = userdata;
    int64_t until_s;
    (void)control_snooze(m->control, m->configuration.config->policy.snooze_s, "", "button",
                         &until_s);
}

// The snooze that the same hold was on its way is taken back.
static void on_lamp_test(void *userdata) {
    struct manager *m = userdata;
    int64_t none;
    (void)control_snooze(m->control, 0, "", "button", &none);
    (void)control_test(m->control, "", "button", &none);
}

static void on_outputs_changed(const char *missing, void *userdata) {
    struct manager *m = userdata;
    if (missing)
        monitor_set(m->monitor, HEALTH_OUTPUTS, "", "%s", missing);
    else
        monitor_clear(m->monitor, HEALTH_OUTPUTS);
}

// Between two rounds, when nobody holds anything of it.
static void renew_state(struct manager *m) {
    if (!m->is_state_damaged)
        return;
    m->is_state_damaged = false;
    char error[200];
    int r = store_renew(m->store, error);
    if (r == -ENOENT)
        return; // in memory there is no file to blame
    log_event(m->log, LOG_STATE_FAILED, NULL, "%s", error);
    poller_forget(m->poller);
    if (r < 0)
        monitor_lose_state(m->monitor, error);
    else
        log_event(m->log, LOG_STARTED, NULL, LOST_STATE);
}

// Until something happens.
static void rest(struct manager *m) {
    store_rest(m->store);
    if (m->configuration.rules.matcher)
        matcher_rest(m->configuration.rules.matcher);
    rest_memory();
}

static void on_idle(void *userdata) {
    struct manager *m = userdata;
    report_stopped_rules(m->log, &m->configuration.rules);
    hearing_judge(m->poller, m->monitor);
    renew_state(m);
    notify_status(m);
    log_progress(m->log, 0, 0);
    rest(m);
    if (m->options->is_once)
        (void)sd_event_exit(m->event, poller_failing_count(m->poller) > 0);
}

// For a person who waits: in the picture, where there is one.
static void show_progress(struct manager *m) {
    size_t done, total;
    const struct board *board = configuration_board(&m->configuration);
    if (!poller_progress(m->poller, &done, &total) || total < 2)
        return;
    char text[64];
    (void)snprintf(text, sizeof text, "%zu of %zu feeds read", done, total);
    if (board && board->driver == DRIVER_SIM)
        panel_note_health(m->panel, text);
    else
        log_progress(m->log, done, total);
}

static void on_away(int64_t seconds, void *userdata) {
    struct manager *m = userdata;
    log_event(m->log, LOG_NETWORK, NULL,
              "nothing was heard for %jd hours: what came meanwhile rings once, all together",
              (intmax_t)(seconds + 1800) / 3600);
}

static void on_looked(const struct reading *reading, int stored, void *userdata) {
    struct manager *m = userdata;
    monitor_note_look(m->monitor, reading);
    monitor_note_state(m->monitor, stored);
    m->is_state_damaged = m->is_state_damaged || stored == -EBADMSG;
    if (m->options->is_once)
        show_progress(m);
}

static void on_health_changed(bool is_well, void *userdata) {
    struct manager *m = userdata;
    if (m->panel) {
        panel_note_health(m->panel, monitor_worst(m->monitor));
        panel_set_health(m->panel, !is_well);
    }
    notify_status(m);
}

// --- configuration ---------------------------------------------------------------------------

static int take_rules(const struct rules *fresh, void *userdata) {
    struct manager *m = userdata;
    return poller_configure(m->poller, fresh->keywords, fresh->matcher,
                            m->configuration.config->poll_s);
}

static bool reload(void *userdata) {
    struct manager *m = userdata;
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%ju", (uintmax_t)clock_monotonic_us());
    bool is_taken = configuration_load(&m->configuration, take_rules, m);
    (void)sd_notify(0, "READY=1");
    metrics_file_set_path(m->metrics, m->configuration.config->metrics);
    notify_status(m);
    rest(m);
    return is_taken;
}

static void on_file_changed(void *userdata) {
    (void)reload(userdata);
}

// --- the loop --------------------------------------------------------------------------------

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
    (void)info;
    (void)userdata;
    return sd_event_exit(sd_event_source_get_event(source), 0);
}

// A terminal that is closed sends it too: then nobody is there who could see lamps, or stop us.
static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata) {
    const bool is_terminal_gone = !isatty(STDIN_FILENO) && errno == EIO;
    if (is_terminal_gone)
        return on_stop(source, info, userdata);
    (void)reload(userdata);
    return 0;
}

static int on_poll_now(sd_event_source *source, const struct signalfd_siginfo *info,
                       void *userdata) {
    (void)source;
    (void)info;
    struct manager *m = userdata;
    poller_poll_all(m->poller);
    return 0;
}

static int open_loop(struct manager *m) {
    static const struct {
        int signal;
        sd_event_signal_handler_t handler;
    } signals[] = {
        {SIGTERM, on_stop},
        {SIGINT, on_stop},
        {SIGHUP, on_hangup},
        {SIGUSR1, on_poll_now},
    };
    int r = sd_event_new(&m->event);
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)sigaddset(&set, signals[i].signal);
    if (r >= 0)
        r = -sigprocmask(SIG_BLOCK, &set, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals && r >= 0; i++)
        r = sd_event_add_signal(m->event, NULL, signals[i].signal, signals[i].handler, m);
    return r;
}

static void on_print(bool is_shown, void *userdata) {
    panel_picture(userdata, is_shown);
}

static int open_panel(struct manager *m) {
    struct panel_options options = {
        .board = configuration_board(&m->configuration),
        .policy = &m->configuration.config->policy,
        .trust = monitor_trust(m->monitor),
        .button = {.snooze_us = m->configuration.config->snooze_press_us,
                   .lamp_test_us = m->configuration.config->test_press_us},
        .gpio = {.trace_path = m->options->trace, .out_fd = STDOUT_FILENO, .in_fd = STDIN_FILENO},
    };
    const struct panel_events events = {
        .rang = on_rang,
        .cleared = on_cleared,
        .acknowledge = on_acknowledge,
        .snooze = on_snooze,
        .lamp_test = on_lamp_test,
        .outputs_changed = on_outputs_changed,
        .userdata = m,
    };
    if (!options.board)
        monitor_set(m->monitor, HEALTH_OUTPUTS, "'wirebell boards' shows the boards there are",
                    "no board: feeds are read and alerts kept, but no lamp lights and no bell "
                    "rings");
    int r = panel_new(m->event, &options, &events, &m->panel);
    if (r < 0 && options.board) {
        monitor_set(m->monitor, HEALTH_OUTPUTS, "", "board %s cannot be opened: %s",
                    options.board->name, strerrordesc_np(-r));
        options.board = NULL;
        r = panel_new(m->event, &options, &events, &m->panel);
    }
    if (r >= 0 && panel_missing(m->panel))
        on_outputs_changed(panel_missing(m->panel), m);
    if (r < 0)
        return r;
    log_set_terminal(m->log, on_print, m->panel);
    on_health_changed(monitor_is_well(m->monitor), m);
    return 0;
}

static int open_store(struct manager *m) {
    char error[200];
    int r = store_open(m->options->state_dir, &m->store, error);
    if (r == STORE_SET_ASIDE || r == -EBUSY)
        log_event(m->log, LOG_STATE_FAILED, NULL, "%s", error);
    if (r == STORE_SET_ASIDE || r == STORE_BEGUN)
        log_event(m->log, LOG_STARTED, NULL, NEW_STATE);
    if (r >= 0)
        store_rest(m->store); // what is made next takes the room of what opening took
    if (r >= 0 || r == -EBUSY)
        return r; // two daemons on one state would ring everything twice
    monitor_lose_state(m->monitor, error);
    return store_open_copy(m->options->state_dir, &m->store);
}

static int open_poller(struct manager *m) {
    int r = reader_client_new(
        m->event, &(struct reader_client_options){.socket_path = m->options->reader_socket},
        &m->reader);
    if (r < 0)
        return r;
    const struct poller_parts parts = {
        .event = m->event,
        .log = m->log,
        .store = m->store,
        .reader = m->reader,
        .triage = m->triage,
        .trust = monitor_trust(m->monitor),
    };
    const struct poller_events events = {
        .raised = on_raised,
        .changed = on_alerts_changed,
        .looked = on_looked,
        .away = on_away,
        .idle = on_idle,
        .userdata = m,
    };
    return poller_new(&parts, &events, &m->poller);
}

static bool is_alive(void *userdata) {
    const struct manager *m = userdata;
    return poller_is_alive(m->poller);
}

static int open_bus(struct manager *m) {
    const struct control_parts parts = {
        .log = m->log,
        .monitor = m->monitor,
        .store = m->store,
        .panel = m->panel,
        .triage = m->triage,
        .poller = m->poller,
        .configuration = &m->configuration,
        .reload = reload,
        .told = on_told,
        .changed = notify_status,
        .userdata = m,
    };
    int r = control_new(&parts, &m->control);
    if (r < 0 || m->options->is_once)
        return r;
    r = bus_new(m->event, m->log, m->control, m->options->is_user, &m->bus);
    if (r < 0)
        return r;
    return metrics_file_new(
        &(struct metrics_file_parts){
            .event = m->event, .log = m->log, .poller = m->poller, .control = m->control},
        &m->metrics);
}

static void watch_file(struct manager *m, const char *path, bool is_needed, struct watch **ret) {
    int r = watch_new(m->event, path, on_file_changed, m, ret);
    if (r < 0 && (is_needed || r != -ENOENT))
        log_event(m->log, LOG_TROUBLE, NULL, "%s cannot be watched (%s): after an edit send SIGHUP",
                  path, strerrordesc_np(-r));
}

static int open_all(struct manager *m) {
    int r = log_new(&m->log);
    if (r >= 0)
        r = open_loop(m);
    if (r >= 0)
        r = monitor_new(m->event, m->log,
                        &(struct monitor_events){.changed = on_health_changed, .userdata = m},
                        &m->monitor);
    if (r < 0)
        return r;
    m->configuration =
        (struct configuration){.options = m->options, .log = m->log, .monitor = m->monitor};
    r = configuration_load_config(&m->configuration);
    if (r >= 0)
        r = open_store(m);
    if (r >= 0)
        r = open_panel(m);
    if (r >= 0)
        r = triage_new(&m->configuration.config->policy, &m->triage);
    if (r >= 0)
        r = open_poller(m);
    if (r >= 0)
        r = heartbeat_new(m->event, m->log, is_alive, m, &m->heartbeat);
    if (r >= 0)
        r = open_bus(m);
    if (r < 0)
        return r;
    // Before the keywords are read: no edit of them is missed.
    watch_file(m, m->options->keywords, true, &m->watch);
    watch_file(m, m->options->config, m->options->is_config_given, &m->config_watch);
    (void)configuration_load(&m->configuration, take_rules, m);
    control_recall(m->control);
    metrics_file_set_path(m->metrics, m->configuration.config->metrics);
    rest(m);
    return 0;
}

static void close_all(struct manager *m) {
    bus_free(m->bus);
    m->metrics = metrics_file_free(m->metrics);
    watch_free(m->watch);
    watch_free(m->config_watch);
    if (m->poller)
        monitor_note_write(m->monitor, "the plan of polls", poller_save(m->poller));
    heartbeat_free(m->heartbeat);
    reader_client_free(m->reader);
    poller_free(m->poller);
    triage_free(m->triage);
    if (m->log)
        log_set_terminal(m->log, NULL, NULL);
    panel_free(m->panel);
    control_free(m->control);
    store_close(m->store);
    configuration_done(&m->configuration);
    monitor_free(m->monitor);
    sd_event_unref(m->event);
    log_free(m->log);
}

int manager_run(const struct manager_options *options) {
    struct manager m = {.options = options};
    int r = open_all(&m);
    if (r >= 0) {
        (void)sd_notify(0, "READY=1");
        notify_status(&m);
        if (options->is_once)
            poller_poll_all(m.poller);
        else
            poller_start(m.poller);
        log_event(m.log, LOG_STARTED, NULL, "watching");
        r = sd_event_loop(m.event);
        (void)sd_notify(0, "STOPPING=1");
        log_event(m.log, LOG_STOPPED, NULL, "stopped, all outputs off");
    } else if (m.log) {
        log_event(m.log, LOG_TROUBLE, NULL, "cannot start: %s", strerrordesc_np(-r));
    }
    close_all(&m);
    return r;
}
