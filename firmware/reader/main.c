// SPDX-License-Identifier: MIT
//
// wirebell-reader: fetches feeds and reads them, for wirebell. It has the network and meets what
// strangers write; therefore it has nothing else: no pins, no state, no files of its own. It dies
// rather than hang, and leaves rather than idle.
//
// Started in one of two ways: by systemd on a listening socket, or by wirebell on one end of a
// socket pair (--fd).

#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "reader/server.h"
#include "wirebell/limits.h"

enum { EXIT_USAGE = 2 };

// Far more than all bodies under way and the threads that look up names ever need: this stops a
// leak. What a small machine can spare is for the unit's MemoryMax= to say.
#define DATA_MAX (768u << 20)

static int complain(const char *what, int error) {
    (void)fprintf(stderr, "wirebell-reader: %s: %s\n", what, strerror(error < 0 ? -error : error));
    return EXIT_FAILURE;
}

static int print_help(void) {
    printf("Usage: wirebell-reader --fd NUMBER\n"
           "Fetches feeds and reads them, for wirebell. Started by wirebell, or by systemd on the\n"
           "socket of wirebell-reader.socket; there is no need to start it by hand.\n"
           "\n"
           "  --fd NUMBER     serve the peer on this descriptor, a connected Unix stream socket\n"
           "  -h, --help      print this help\n"
           "  -V, --version   print the version\n");
    return EXIT_SUCCESS;
}

// What a process that meets strangers' bytes does not need is given up before it meets them.
static void shed(void) {
    const struct rlimit no_core = {0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
#ifndef WIREBELL_SANITIZE // AddressSanitizer maps terabytes for itself
    const struct rlimit data = {DATA_MAX, DATA_MAX};
    (void)setrlimit(RLIMIT_DATA, &data);
#endif
    (void)mallopt(M_ARENA_MAX, 1); // name look-ups run in threads; each would get a heap of its own
    // Each transfer takes 16 KB and gives them back: not to the system, before the round is over.
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 20);
    (void)signal(SIGPIPE, SIG_IGN);

    // The guard over each reading must work, whatever mask was inherited.
    sigset_t guard;
    (void)sigemptyset(&guard);
    (void)sigaddset(&guard, SIGALRM);
    (void)sigprocmask(SIG_UNBLOCK, &guard, NULL);
    (void)signal(SIGALRM, SIG_DFL);
}

// Serves what we were started with: the peer on @fd, or (-1) the sockets systemd passed.
static int serve(struct server *server, int fd) {
    if (fd >= 0) {
        int r = sd_is_socket_unix(fd, SOCK_STREAM, 0, NULL, 0);
        return r > 0 ? server_serve(server, fd) : r < 0 ? r : -ENOTSOCK;
    }
    int count = sd_listen_fds(true);
    if (count <= 0)
        return count < 0 ? count : -EDESTADDRREQ;
    if (count > 1 || sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, NULL, 0) <= 0)
        return -ENOTSOCK;
    return server_listen(server, SD_LISTEN_FDS_START);
}

static int run(int fd) {
    sd_event *event = NULL;
    struct server *server = NULL;
    bool is_spawned = fd >= 0;    // then systemd, if any, awaits word from wirebell and not from us
    int r = sd_event_new(&event); // the default one asks at each turn which thread it is in
    if (r >= 0 && !is_spawned)
        r = sd_event_set_watchdog(event, true);
    if (r >= 0)
        r = server_new(event, &server);
    if (r < 0)
        return complain("cannot start", r);
    r = serve(server, fd);
    if (r == -EDESTADDRREQ) {
        (void)fprintf(stderr, "wirebell-reader: nobody to serve: it is started by wirebell or by "
                              "systemd, see --help\n");
        return EXIT_USAGE;
    }
    if (r < 0)
        return complain("cannot serve on the socket it was given", r);
    if (!is_spawned)
        (void)sd_notify(false, "READY=1");
    r = sd_event_loop(event);
    server_free(server);
    sd_event_unref(event);
    return r < 0 ? complain("the event loop failed", r) : r;
}

static bool parse_fd(const char *text, int *ret) {
    char *end;
    errno = 0;
    long fd = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || fd < 0 || fd > 65535)
        return false;
    *ret = (int)fd;
    return true;
}

int main(int argc, char **argv) {
    enum { OPTION_FD = 1 };
    static const struct option options[] = {
        {"fd", required_argument, NULL, OPTION_FD},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0},
    };
    int fd = -1;
    for (int option; (option = getopt_long(argc, argv, "hV", options, NULL)) != -1;) {
        switch (option) {
        case OPTION_FD:
            if (parse_fd(optarg, &fd))
                break;
            (void)fprintf(stderr, "wirebell-reader: --fd wants a number, not '%s'\n", optarg);
            return EXIT_USAGE;
        case 'h':
            return print_help();
        case 'V':
            printf("wirebell-reader %s (libcurl %s)\n", WIREBELL_VERSION,
                   curl_version_info(CURLVERSION_NOW)->version);
            return EXIT_SUCCESS;
        default:
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "wirebell-reader: '%s' was not expected, see --help\n", argv[optind]);
        return EXIT_USAGE;
    }
    shed();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return complain("libcurl cannot be started", ENOMEM);
    int code = run(fd);
    curl_global_cleanup();
    return code;
}
