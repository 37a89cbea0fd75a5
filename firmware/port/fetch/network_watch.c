// SPDX-License-Identifier: MIT

#include "port/fetch/network_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// rtnetlink(7) says that messages may be as long as a page; the kernel's own tools take 32 KB.
enum { MESSAGES_MAX = 32 << 10 };

struct network_watch {
    int fd;
    sd_event_source *source;
    network_watch_fn changed;
    void *userdata;
};

// --- what is told ----------------------------------------------------------------------------

static bool is_link_local(const struct nlmsghdr *message) {
    const struct rtmsg *route = NLMSG_DATA(message);
    if (route->rtm_family != AF_INET6)
        return false;
    size_t left = RTM_PAYLOAD(message);
    for (const struct rtattr *at = RTM_RTA(route); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
        struct in6_addr address;
        if (at->rta_type != RTA_DST || RTA_PAYLOAD(at) != sizeof address)
            continue;
        memcpy(&address, RTA_DATA(at), sizeof address);
        return IN6_IS_ADDR_LINKLOCAL(&address);
    }
    return false;
}

static bool is_way(const struct nlmsghdr *message) {
    if (message->nlmsg_type != RTM_NEWROUTE || NLMSG_PAYLOAD(message, 0) < sizeof(struct rtmsg))
        return false;
    const struct rtmsg *route = NLMSG_DATA(message);
    return route->rtm_type == RTN_UNICAST && !(route->rtm_flags & RTM_F_CLONED) &&
           !is_link_local(message);
}

bool network_watch_is_way(const void *bytes, size_t size) {
    for (const struct nlmsghdr *at = bytes; NLMSG_OK(at, size); at = NLMSG_NEXT(at, size))
        if (is_way(at))
            return true;
    return false;
}

// --- the socket ------------------------------------------------------------------------------

// Takes what has come. Return: whether a way came up; @ret_is_over: there is no more.
static bool receive(int fd, bool *ret_is_over) {
    alignas(struct nlmsghdr) char bytes[MESSAGES_MAX];
    struct sockaddr_nl sender = {0};
    socklen_t sender_size = sizeof sender;
    ssize_t size =
        recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&sender, &sender_size);
    *ret_is_over = size < 0 && errno != EINTR && errno != ENOBUFS;
    if (size < 0)
        return errno == ENOBUFS; // some were lost: it may have been among them
    return sender.nl_pid == 0 && network_watch_is_way(bytes, (size_t)size);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata) {
    (void)source;
    (void)events;
    struct network_watch *watch = userdata;
    bool has_changed = false;
    for (bool is_over = false; !is_over;)
        has_changed |= receive(fd, &is_over);
    if (has_changed)
        watch->changed(watch->userdata);
    return 0;
}

static int open_socket(int *ret) {
    const struct sockaddr_nl groups = {
        .nl_family = AF_NETLINK,
        .nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&groups, sizeof groups) < 0) {
        int error = errno;
        (void)close(fd);
        return -error;
    }
    *ret = fd;
    return 0;
}

int network_watch_open(sd_event *event, network_watch_fn changed, void *userdata,
                       struct network_watch **ret) {
    struct network_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return -ENOMEM;
    *watch = (struct network_watch){.fd = -1, .changed = changed, .userdata = userdata};
    int r = open_socket(&watch->fd);
    if (r >= 0)
        r = sd_event_add_io(event, &watch->source, watch->fd, EPOLLIN, on_readable, watch);
    if (r < 0) {
        network_watch_close(watch);
        return r;
    }
    *ret = watch;
    return 0;
}

struct network_watch *network_watch_close(struct network_watch *watch) {
    if (!watch)
        return NULL;
    sd_event_source_disable_unref(watch->source);
    if (watch->fd >= 0)
        (void)close(watch->fd);
    free(watch);
    return NULL;
}
