// SPDX-License-Identifier: MIT
//
// bench_fetch AT_ONCE HOSTS HEADER URL...: what the same fetches cost libcurl alone, as a measure
// of the machine; see the script "fetching". As many addresses as there are HOSTS are asked each
// second, so many AT_ONCE, with that header line ("" = none), over connections that are kept.
//
// The first burst makes the connections; then "ready" is printed, and a line is awaited. All
// addresses are asked once, and printed is the processor time of one, in microseconds.

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { AT_ONCE_MAX = 64 };

struct desk {
    CURLM *multi;
    CURL *idle[AT_ONCE_MAX];
    size_t idle_count;
    size_t failures;
};

static size_t drop(char *bytes, size_t one, size_t size, void *userdata) {
    (void)bytes;
    (void)one;
    (void)userdata;
    return size;
}

// Handles that differ only in the address they ask; false when there is no memory.
static bool open_desk(struct desk *desk, size_t at_once, const struct curl_slist *header) {
    desk->multi = curl_multi_init();
    if (!desk->multi)
        return false;
    (void)curl_multi_setopt(desk->multi, CURLMOPT_MAXCONNECTS, 1000L);
    for (; desk->idle_count < at_once; desk->idle_count++) {
        CURL *easy = curl_easy_init();
        if (!easy)
            return false;
        desk->idle[desk->idle_count] = easy;
        if (curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop) ||
            curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header) ||
            curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("SSL_CERT_FILE")) ||
            curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L))
            return false;
    }
    return true;
}

static void end_finished(struct desk *desk) {
    int left;
    for (const CURLMsg *message; (message = curl_multi_info_read(desk->multi, &left));) {
        CURL *easy = message->easy_handle;
        desk->failures += message->data.result != CURLE_OK;
        (void)curl_multi_remove_handle(desk->multi, easy);
        desk->idle[desk->idle_count++] = easy;
    }
}

// Asks those addresses, as many at once as there are handles.
static void ask(struct desk *desk, char *const *urls, size_t count) {
    for (size_t at = 0, handles = desk->idle_count; at < count || desk->idle_count < handles;) {
        while (at < count && desk->idle_count > 0) {
            CURL *easy = desk->idle[--desk->idle_count];
            (void)curl_easy_setopt(easy, CURLOPT_URL, urls[at++]);
            (void)curl_multi_add_handle(desk->multi, easy);
        }
        int running;
        (void)curl_multi_perform(desk->multi, &running);
        end_finished(desk);
        if (running > 0 && (desk->idle_count == 0 || at == count))
            (void)curl_multi_poll(desk->multi, NULL, 0, 1000, NULL);
    }
}

static double spent_us(void) {
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int argc, char **argv) {
    size_t at_once = argc > 4 ? strtoul(argv[1], NULL, 10) : 0;
    size_t hosts = argc > 4 ? strtoul(argv[2], NULL, 10) : 0;
    struct curl_slist header = {.data = argc > 4 ? argv[3] : NULL};
    if (at_once == 0 || at_once > AT_ONCE_MAX || hosts == 0) {
        (void)fprintf(stderr, "bench_fetch AT_ONCE HOSTS HEADER URL...\n");
        return 2;
    }
    char **urls = argv + 4;
    size_t count = (size_t)argc - 4;
    struct desk desk = {0};
    if (!open_desk(&desk, at_once, header.data[0] ? &header : NULL))
        return 1;
    ask(&desk, urls, hosts < count ? hosts : count);
    (void)puts("ready");
    (void)fflush(stdout);
    (void)getchar();

    double before = spent_us();
    for (size_t at = 0; at < count; at += hosts) {
        if (at > 0)
            (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        ask(&desk, urls + at, hosts < count - at ? hosts : count - at);
    }
    (void)printf("%.1f\n", (spent_us() - before) / (double)count);

    while (desk.idle_count > 0)
        curl_easy_cleanup(desk.idle[--desk.idle_count]);
    (void)curl_multi_cleanup(desk.multi);
    if (desk.failures > 0)
        (void)fprintf(stderr, "bench_fetch: %zu of the fetches failed\n", desk.failures);
    return desk.failures > 0;
}
