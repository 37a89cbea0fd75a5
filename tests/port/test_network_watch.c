// SPDX-License-Identifier: MIT
//
// Messages of rtnetlink, as the kernel writes them; the socket itself is
// tests/e2e/test_network.py's.

#include "unit.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#include "port/fetch/network_watch.h"

struct news {
    const char *what;
    uint16_t type;
    unsigned char family;
    unsigned char route_type;
    unsigned flags;
    const char *to; // NULL = a default route
    bool is_way;
};

static const struct news cases[] = {
    {"default route", RTM_NEWROUTE, AF_INET, RTN_UNICAST, 0, NULL, true},
    {"network of an interface", RTM_NEWROUTE, AF_INET, RTN_UNICAST, 0, "192.168.7.0", true},
    {"IPv6 default route", RTM_NEWROUTE, AF_INET6, RTN_UNICAST, 0, NULL, true},
    {"IPv6 prefix", RTM_NEWROUTE, AF_INET6, RTN_UNICAST, 0, "2001:db8::", true},
    {"IPv6 link-local", RTM_NEWROUTE, AF_INET6, RTN_UNICAST, 0, "fe80::", false},
    {"own address", RTM_NEWROUTE, AF_INET, RTN_LOCAL, 0, "192.168.7.2", false},
    {"broadcast", RTM_NEWROUTE, AF_INET, RTN_BROADCAST, 0, "192.168.7.255", false},
    {"multicast", RTM_NEWROUTE, AF_INET6, RTN_MULTICAST, 0, "ff00::", false},
    {"no way there", RTM_NEWROUTE, AF_INET6, RTN_UNREACHABLE, 0, NULL, false},
    {"exception", RTM_NEWROUTE, AF_INET6, RTN_UNICAST, RTM_F_CLONED, "2001:db8::1", false},
    {"route that is gone", RTM_DELROUTE, AF_INET, RTN_UNICAST, 0, NULL, false},
    {"address", RTM_NEWADDR, AF_INET, RTN_UNICAST, 0, NULL, false},
};
enum { CASES = sizeof cases / sizeof *cases };

// Writes the message. Return: its size with padding.
static size_t format(const struct news *news, char *to) {
    struct nlmsghdr header = {.nlmsg_type = news->type,
                              .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg))};
    const struct rtmsg route = {
        .rtm_family = news->family, .rtm_type = news->route_type, .rtm_flags = news->flags};
    memcpy(to + NLMSG_HDRLEN, &route, sizeof route);
    if (news->to) {
        size_t size = news->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
        const struct rtattr attribute = {.rta_type = RTA_DST,
                                         .rta_len = (uint16_t)RTA_LENGTH(size)};
        char *at = to + NLMSG_ALIGN(header.nlmsg_len);
        memcpy(at, &attribute, sizeof attribute);
        assert_int_equal(inet_pton(news->family, news->to, at + RTA_LENGTH(0)), 1);
        header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(header.nlmsg_len) + RTA_SPACE(size));
    }
    memcpy(to, &header, sizeof header);
    return NLMSG_ALIGN(header.nlmsg_len);
}

static void a_way_to_other_machines_is_told_from_all_else(void **state) {
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        alignas(struct nlmsghdr) char bytes[256] = {0};
        size_t size = format(&cases[i], bytes);
        if (network_watch_is_way(bytes, size) != cases[i].is_way)
            fail_msg("%s", cases[i].what);
    }
}

static void it_is_found_behind_others(void **state) {
    (void)state;
    alignas(struct nlmsghdr) char bytes[CASES * 128] = {0};
    size_t size = 0;
    for (size_t i = 4; i < CASES; i++)
        size += format(&cases[i], bytes + size);
    assert_false(network_watch_is_way(bytes, size));
    size += format(&cases[0], bytes + size);
    assert_true(network_watch_is_way(bytes, size));
}

static void what_is_cut_short_is_nothing(void **state) {
    (void)state;
    alignas(struct nlmsghdr) char bytes[256] = {0};
    size_t whole = format(&cases[3], bytes);
    for (size_t size = 0; size < whole; size++)
        assert_false(network_watch_is_way(bytes, size));
    const struct nlmsghdr empty = {.nlmsg_type = RTM_NEWROUTE, .nlmsg_len = NLMSG_HDRLEN};
    memcpy(bytes, &empty, sizeof empty);
    assert_false(network_watch_is_way(bytes, sizeof empty));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_way_to_other_machines_is_told_from_all_else),
        cmocka_unit_test(it_is_found_behind_others),
        cmocka_unit_test(what_is_cut_short_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
