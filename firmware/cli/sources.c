// SPDX-License-Identifier: MIT

#include "cli/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "cli/cli.h"
#include "port/system/progress.h"
#include "port/reader/reader_client.h"

struct session {
    sd_event *event;
    struct reader_client *client;
    const char *source; // the one being read
    bool is_waiting;
    bool has_failed;
    struct progress progress;
    enum reader_client_kind kind;
    sources_reading_fn on_reading;
    void *userdata;
};

static void on_done(const struct reading_request *asked, const struct reading *reading,
                    void *userdata) {
    (void)asked;
    struct session *session = userdata;
    session->is_waiting = false;
    progress_hide(&session->progress);
    session->on_reading(session->source, reading, session->userdata);
    if (reading->outcome == READING_OK)
        return;
    session->has_failed = true;
    cli_error("%s: %s: %s", session->source, reading_outcome_name(reading->outcome),
              reading->detail);
}

static int hex_value(char c) {
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;
    return at && *at ? (int)(at - digits) : -1;
}

// The path of a file: URL (RFC 8089), to be freed; NULL when it names another host or a NUL.
static char *path_of_url(const char *url) {
    const char *path = url + strlen("file:");
    if (strncmp(path, "//", 2) == 0) {
        path += 2;
        if (strncasecmp(path, "localhost/", 10) == 0)
            path += 9;
        if (*path != '/')
            return NULL;
    }
    char *decoded = strdup(path);
    char *out = decoded;
    for (const char *at = path; decoded && *at; at++) {
        int high = *at == '%' ? hex_value(at[1]) : -1;
        int low = high >= 0 ? hex_value(at[2]) : -1;
        *out++ = *at;
        if (low >= 0) {
            out[-1] = (char)(high * 16 + low);
            at += 2;
        }
        if (out[-1] == '\0') {
            free(decoded);
            return NULL;
        }
    }
    if (out)
        *out = '\0';
    return decoded;
}

static bool is_file_url(const char *source) {
    return strncasecmp(source, "file:", 5) == 0;
}

// Opens a file for the reader, which opens none itself. Complains and returns -1 when it cannot.
static int open_file(const char *source) {
    char *path = is_file_url(source) ? path_of_url(source) : strdup(source);
    if (!path) {
        cli_error("%s: this is no file of this machine; write file:///path", source);
        return -1;
    }
    struct stat status = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int error = fd < 0 || fstat(fd, &status) < 0 ? errno : 0;
    if (!error && S_ISDIR(status.st_mode))
        error = EISDIR;
    free(path);
    if (!error)
        return fd;
    const bool is_address = error == ENOENT && !strchr("./-", source[0]) && strchr(source, '.');
    cli_error("%s: cannot be opened: %s%s", source, strerrordesc_np(error),
              is_address ? "; an address begins with https:// or http://" : "");
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int ask_for_file(struct session *session) {
    bool is_stdin = strcmp(session->source, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open_file(session->source);
    if (fd < 0) {
        session->has_failed = true;
        return 0;
    }
    int r = reader_client_read_fd(session->client, fd, session->kind, on_done, session);
    session->is_waiting = r >= 0;
    if (!is_stdin)
        (void)close(fd);
    return r;
}

static int ask_for_url(struct session *session) {
    const struct reading_request request = {
        .url = session->source, .etag = "", .last_modified = "", .user_agent = ""};
    int r = reader_client_read(session->client, &request, on_done, session);
    session->is_waiting = r >= 0;
    return r;
}

static int read_one(struct session *session, const char *source) {
    session->source = source;
    bool is_url = strstr(source, "://") && !is_file_url(source);
    if (is_url && session->kind == READER_CLIENT_OPML) {
        cli_error("%s: a list is read from a file; save it first", source);
        session->has_failed = true;
        return 0;
    }
    int r = is_url ? ask_for_url(session) : ask_for_file(session);
    while (r >= 0 && session->is_waiting)
        r = sd_event_run(session->event, UINT64_MAX);
    return r < 0 ? r : 0;
}

int sources_read(const struct sources *sources, sources_reading_fn on_reading, void *userdata,
                 bool *ret_has_failed) {
    struct session session = {
        .kind = sources->kind,
        .on_reading = on_reading,
        .progress = progress_begin(),
        .userdata = userdata,
    };
    const struct reader_client_options options = {.socket_path = sources->reader_socket};
    int r = sd_event_new(&session.event);
    if (r >= 0)
        r = reader_client_new(session.event, &options, &session.client);
    for (size_t i = 0; r >= 0 && i < sources->count; i++) {
        progress_show(&session.progress, i, sources->count);
        r = read_one(&session, sources->names[i]);
    }
    progress_hide(&session.progress);
    reader_client_free(session.client);
    sd_event_unref(session.event);
    *ret_has_failed = session.has_failed;
    return r < 0 ? r : 0;
}
