// SPDX-License-Identifier: MIT

#include "port/fetch/fetch_nearness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { IPV4_SIZE = 4, IPV6_SIZE = 16 };

// A network; addresses of none of them are public.
struct network {
    unsigned char prefix[IPV6_SIZE];
    unsigned bits;
    enum fetch_nearness nearness;
};

static const struct network ipv4_networks[] = {
    {{0}, 8, FETCH_NEARNESS_MACHINE}, // Linux connects 0.0.0.0 to itself
    {{127}, 8, FETCH_NEARNESS_MACHINE},
    {{10}, 8, FETCH_NEARNESS_NETWORK},
    {{100, 64}, 10, FETCH_NEARNESS_NETWORK}, // shared by a provider's customers, RFC 6598
    {{169, 254}, 16, FETCH_NEARNESS_NETWORK},
    {{172, 16}, 12, FETCH_NEARNESS_NETWORK},
    {{192, 0, 0}, 24, FETCH_NEARNESS_NETWORK},
    {{192, 168}, 16, FETCH_NEARNESS_NETWORK},
    {{198, 18}, 15, FETCH_NEARNESS_NETWORK},
    {{224}, 3, FETCH_NEARNESS_NETWORK}, // multicast, reserved, broadcast
};

static const struct network ipv6_networks[] = {
    {{[15] = 1}, 128, FETCH_NEARNESS_MACHINE},
    {{0}, 128, FETCH_NEARNESS_MACHINE},
    {{0xFC}, 7, FETCH_NEARNESS_NETWORK},
    {{0xFE, 0x80}, 9, FETCH_NEARNESS_NETWORK}, // link-local, and site-local of old
    {{0xFF}, 8, FETCH_NEARNESS_NETWORK},
};

// Networks of IPv6 whose addresses carry one of IPv4, and where in them.
static const struct {
    unsigned char prefix[IPV6_SIZE];
    unsigned bits;
    size_t offset;
} carriers[] = {
    {{[10] = 0xFF, [11] = 0xFF}, 96, 12},        // mapped, RFC 4291 2.5.5.2
    {{0}, 96, 12},                               // compatible, 2.5.5.1
    {{0x00, 0x64, 0xFF, 0x9B}, 96, 12},          // NAT64, RFC 6052
    {{0x00, 0x64, 0xFF, 0x9B, 0x00, 1}, 48, 12}, // the same for local use, RFC 8215
    {{0x20, 0x02}, 16, 2},                       // 6to4, RFC 3056
};

static bool is_in(const unsigned char *address, const unsigned char *prefix, unsigned bits) {
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(address, prefix, whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

static enum fetch_nearness find(const unsigned char *address, const struct network *networks,
                                size_t count) {
    for (size_t i = 0; i < count; i++)
        if (is_in(address, networks[i].prefix, networks[i].bits))
            return networks[i].nearness;
    return FETCH_NEARNESS_PUBLIC;
}

static enum fetch_nearness of_ipv4(const unsigned char address[static IPV4_SIZE]) {
    return find(address, ipv4_networks, ARRAY_SIZE(ipv4_networks));
}

static enum fetch_nearness of_ipv6(const unsigned char address[static IPV6_SIZE]) {
    enum fetch_nearness own = find(address, ipv6_networks, ARRAY_SIZE(ipv6_networks));
    for (size_t i = 0; own == FETCH_NEARNESS_PUBLIC && i < ARRAY_SIZE(carriers); i++)
        if (is_in(address, carriers[i].prefix, carriers[i].bits))
            return of_ipv4(address + carriers[i].offset);
    return own;
}

enum fetch_nearness fetch_nearness_of(const struct sockaddr *address) {
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    switch (address->sa_family) {
    case AF_INET:
        memcpy(&ipv4, address, sizeof ipv4);
        return of_ipv4((const unsigned char *)&ipv4.sin_addr);
    case AF_INET6:
        memcpy(&ipv6, address, sizeof ipv6);
        return of_ipv6(ipv6.sin6_addr.s6_addr);
    default:
        return FETCH_NEARNESS_MACHINE;
    }
}

enum fetch_nearness fetch_nearness_of_text(const char *text, enum fetch_nearness otherwise) {
    char address[INET6_ADDRSTRLEN];
    unsigned char bytes[IPV6_SIZE];
    if (!text)
        return otherwise;
    size_t size = strcspn(text, "%"); // behind it is the interface a link-local one is of
    if (size >= sizeof address)
        return otherwise;
    memcpy(address, text, size);
    address[size] = '\0';
    if (inet_pton(AF_INET, address, bytes) == 1)
        return of_ipv4(bytes);
    return inet_pton(AF_INET6, address, bytes) == 1 ? of_ipv6(bytes) : otherwise;
}
