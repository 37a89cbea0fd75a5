// SPDX-License-Identifier: MIT

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "port/fetch/fetch_nearness.h"

// clang-format off: a line an address
static const struct {
    const char *address;
    enum fetch_nearness expected;
} cases[] = {
    {"127.0.0.1", FETCH_NEARNESS_MACHINE},
    {"127.255.255.255", FETCH_NEARNESS_MACHINE},
    {"0.0.0.0", FETCH_NEARNESS_MACHINE},
    {"126.255.255.255", FETCH_NEARNESS_PUBLIC},
    {"128.0.0.1", FETCH_NEARNESS_PUBLIC},
    {"10.1.2.3", FETCH_NEARNESS_NETWORK},
    {"11.0.0.0", FETCH_NEARNESS_PUBLIC},
    {"100.63.255.255", FETCH_NEARNESS_PUBLIC},
    {"100.64.0.0", FETCH_NEARNESS_NETWORK},
    {"100.127.255.255", FETCH_NEARNESS_NETWORK},
    {"100.128.0.0", FETCH_NEARNESS_PUBLIC},
    {"169.254.169.254", FETCH_NEARNESS_NETWORK},
    {"172.15.255.255", FETCH_NEARNESS_PUBLIC},
    {"172.16.0.1", FETCH_NEARNESS_NETWORK},
    {"172.31.255.255", FETCH_NEARNESS_NETWORK},
    {"172.32.0.0", FETCH_NEARNESS_PUBLIC},
    {"192.0.0.8", FETCH_NEARNESS_NETWORK},
    {"192.0.2.1", FETCH_NEARNESS_PUBLIC},
    {"192.167.255.255", FETCH_NEARNESS_PUBLIC},
    {"192.168.0.1", FETCH_NEARNESS_NETWORK},
    {"198.17.0.1", FETCH_NEARNESS_PUBLIC},
    {"198.18.0.1", FETCH_NEARNESS_NETWORK},
    {"198.19.255.255", FETCH_NEARNESS_NETWORK},
    {"198.20.0.0", FETCH_NEARNESS_PUBLIC},
    {"223.255.255.255", FETCH_NEARNESS_PUBLIC},
    {"224.0.0.1", FETCH_NEARNESS_NETWORK},
    {"255.255.255.255", FETCH_NEARNESS_NETWORK},
    {"::1", FETCH_NEARNESS_MACHINE},
    {"::", FETCH_NEARNESS_MACHINE},
    {"2001:db8::1", FETCH_NEARNESS_PUBLIC},
    {"2606:4700::1111", FETCH_NEARNESS_PUBLIC},
    {"fbff::1", FETCH_NEARNESS_PUBLIC},
    {"fc00::1", FETCH_NEARNESS_NETWORK},
    {"fdff:ffff::1", FETCH_NEARNESS_NETWORK},
    {"fe80::1", FETCH_NEARNESS_NETWORK},
    {"fec0::1", FETCH_NEARNESS_NETWORK},
    {"fe00::1", FETCH_NEARNESS_PUBLIC},
    {"ff02::1", FETCH_NEARNESS_NETWORK},
    {"::ffff:127.0.0.1", FETCH_NEARNESS_MACHINE},
    {"::ffff:192.168.1.1", FETCH_NEARNESS_NETWORK},
    {"::ffff:93.184.216.34", FETCH_NEARNESS_PUBLIC},
    {"::10.0.0.1", FETCH_NEARNESS_NETWORK},
    {"64:ff9b::127.0.0.1", FETCH_NEARNESS_MACHINE},
    {"64:ff9b::8.8.8.8", FETCH_NEARNESS_PUBLIC},
    {"64:ff9b:1::10.0.0.1", FETCH_NEARNESS_NETWORK},
    {"2002:7f00:1::", FETCH_NEARNESS_MACHINE},
    {"2002:c0a8:101::", FETCH_NEARNESS_NETWORK},
    {"2002:808:808::", FETCH_NEARNESS_PUBLIC},
};
// clang-format on

static void addresses_are_as_near_as_their_network(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct sockaddr_in ipv4 = {.sin_family = AF_INET};
        struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
        const struct sockaddr *address = (const struct sockaddr *)&ipv4;
        if (inet_pton(AF_INET, cases[i].address, &ipv4.sin_addr) != 1) {
            assert_int_equal(inet_pton(AF_INET6, cases[i].address, &ipv6.sin6_addr), 1);
            address = (const struct sockaddr *)&ipv6;
        }
        if (fetch_nearness_of(address) != cases[i].expected)
            fail_msg("%s", cases[i].address);
    }
}

static void text_is_read_with_the_interface_and_without(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        for (int otherwise = 0; otherwise <= FETCH_NEARNESS_MACHINE; otherwise++)
            if (fetch_nearness_of_text(cases[i].address, (enum fetch_nearness)otherwise) !=
                cases[i].expected)
                fail_msg("%s", cases[i].address);
    assert_int_equal(fetch_nearness_of_text("fe80::1%eth0", FETCH_NEARNESS_PUBLIC),
                     FETCH_NEARNESS_NETWORK);
}

static void what_is_no_address_gives_what_was_asked_for(void **state) {
    (void)state;
    static const char *const texts[] = {
        NULL,
        "",
        "%",
        "localhost",
        "127.1",
        "1.2.3.4.5",
        ":::",
        "[::1]",
        "1111111111111111111111111111111111111111111111111111111111111111111111111111",
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_int_equal(fetch_nearness_of_text(texts[i], FETCH_NEARNESS_PUBLIC),
                         FETCH_NEARNESS_PUBLIC);
        assert_int_equal(fetch_nearness_of_text(texts[i], FETCH_NEARNESS_MACHINE),
                         FETCH_NEARNESS_MACHINE);
    }
}

static void a_socket_of_no_network_is_this_machines(void **state) {
    (void)state;
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/x"};
    assert_int_equal(fetch_nearness_of((const struct sockaddr *)&address), FETCH_NEARNESS_MACHINE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_as_near_as_their_network),
        cmocka_unit_test(text_is_read_with_the_interface_and_without),
        cmocka_unit_test(what_is_no_address_gives_what_was_asked_for),
        cmocka_unit_test(a_socket_of_no_network_is_this_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
