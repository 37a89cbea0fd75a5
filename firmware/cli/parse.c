// SPDX-License-Identifier: MIT
//
// wirebell parse: the stories of feeds, one JSON object a line. One after the other, so that the
// lines come in the order of the arguments.

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "port/reader_client.h"

struct parse {
    sd_event *event;
    struct reader_client *client;
    const char *source; // the argument being read
    bool is_waiting;
    bool has_failed;
};

static void print_help(void) {
    printf("Usage: wirebell parse FILE|URL|-...\n"
           "Print the stories of feeds as JSON lines: id, title, link, published (UTC), text.\n"
           "What a feed does not give is null. - is standard input.\n"
           "\n"
           "  -h, --help   print this help\n"
           "\n"
           "Exit codes: 0 all was read, 1 something could not be read, 2 wrong use.\n");
}

static void print_story(const struct story *story) {
    char published[CLI_TIME_SIZE];
    bool has_date = cli_format_time(story->published_s, published) == 0;
    fputs("{\"id\":", stdout);
    json_write_string_or_null(stdout, story->id);
    fputs(",\"title\":", stdout);
    json_write_string_or_null(stdout, story->title);
    fputs(",\"link\":", stdout);
    json_write_string_or_null(stdout, story->link);
    fputs(",\"published\":", stdout);
    json_write_string_or_null(stdout, has_date ? published : "");
    fputs(",\"text\":", stdout);
    json_write_string_or_null(stdout, story->text);
    fputs("}\n", stdout);
}

static void on_reading(const struct reading *reading, void *userdata) {
    struct parse *parse = userdata;
    parse->is_waiting = false;
    for (size_t i = 0; i < reading->story_count; i++)
        print_story(&reading->stories[i]);
    if (reading->outcome == READING_OK)
        return;
    parse->has_failed = true;
    cli_error("%s: %s: %s", parse->source, reading_outcome_name(reading->outcome), reading->detail);
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
        *out++ = low >= 0 ? (char)(high << 4 | low) : *at;
        if (low >= 0)
            at += 2;
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
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int error = fd < 0 ? errno : fstat(fd, &status) < 0 ? errno : 0;
    if (!error && S_ISDIR(status.st_mode))
        error = EISDIR;
    free(path);
    if (!error)
        return fd;
    cli_error("%s: cannot be opened: %s", source, strerror(error));
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int ask_for_file(struct parse *parse) {
    bool is_stdin = strcmp(parse->source, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open_file(parse->source);
    if (fd < 0) {
        parse->has_failed = true;
        return 0;
    }
    int r = reader_client_read_fd(parse->client, fd, "", on_reading, parse);
    parse->is_waiting = r >= 0;
    if (!is_stdin)
        (void)close(fd);
    return r;
}

static int ask_for_url(struct parse *parse) {
    const struct reading_request request = {
        .url = parse->source, .etag = "", .last_modified = "", .user_agent = ""};
    int r = reader_client_read(parse->client, &request, on_reading, parse);
    parse->is_waiting = r >= 0;
    return r;
}

static int parse_one(struct parse *parse, const char *source) {
    parse->source = source;
    bool is_url = strstr(source, "://") && !is_file_url(source);
    int r = is_url ? ask_for_url(parse) : ask_for_file(parse);
    while (r >= 0 && parse->is_waiting)
        r = sd_event_run(parse->event, UINT64_MAX);
    return r < 0 ? r : 0;
}

static int parse_all(struct parse *parse, char *const sources[]) {
    int r = sd_event_new(&parse->event);
    if (r >= 0)
        r = reader_client_new(parse->event, &(struct reader_client_options){0}, &parse->client);
    for (; r >= 0 && *sources; sources++)
        r = parse_one(parse, *sources);
    reader_client_free(parse->client);
    sd_event_unref(parse->event);
    return r;
}

int cmd_parse(int argc, char **argv) {
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (option != 'h')
            return cli_misuse(argv[0], "there is no option '%s'", argv[optind - 1]);
        print_help();
        return CLI_OK;
    }
    if (optind >= argc)
        return cli_misuse(argv[0], "which feed? Give a file, an address, or - for standard input");
    struct parse parse = {0};
    int r = parse_all(&parse, argv + optind);
    if (r < 0)
        cli_error("the feeds cannot be read: %s", strerror(-r));
    return r < 0 || parse.has_failed ? CLI_NO : CLI_OK;
}
