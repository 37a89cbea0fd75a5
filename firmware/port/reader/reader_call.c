// SPDX-License-Identifier: MIT

#include "port/reader/reader_call.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/text/arena.h"

int reader_call_new(struct reader_client *client, reader_client_done_fn done, void *userdata,
                    struct reader_call **ret) {
    struct reader_call *call = calloc(1, sizeof *call);
    if (!call)
        return -ENOMEM;
    *call = (struct reader_call){
        .client = client, .done = done, .userdata = userdata, .fd = -1, .start = -1};
    int r = arena_new(READER_REQUEST_MAX, &call->arena);
    if (r < 0) {
        free(call);
        return r;
    }
    *ret = call;
    return 0;
}

void reader_call_free(struct reader_call *call) {
    sd_bus_slot_unref(call->slot);
    if (call->fd >= 0)
        (void)close(call->fd);
    arena_free(call->arena);
    free(call);
}

void reader_call_list_init(struct reader_call_list *list) {
    *list = (struct reader_call_list){.end = &list->first};
}

void reader_call_list_push(struct reader_call_list *list, struct reader_call *call) {
    call->next = NULL;
    *list->end = call;
    list->end = &call->next;
    list->count++;
}

void reader_call_list_remove(struct reader_call_list *list, struct reader_call *call) {
    for (struct reader_call **at = &list->first; *at; at = &(*at)->next) {
        if (*at != call)
            continue;
        *at = call->next;
        if (list->end == &call->next)
            list->end = at;
        list->count--;
        return;
    }
}

struct reader_call *reader_call_list_pop(struct reader_call_list *list) {
    struct reader_call *call = list->first;
    if (call)
        reader_call_list_remove(list, call);
    return call;
}
