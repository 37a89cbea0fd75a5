// SPDX-License-Identifier: MIT
//
// bus_line.h - a D-Bus connection in one process, of which the fuzzer is the other end: what it
// sends is a header that is right and a body that is fuzzed, byte for byte, so that what sd-bus
// itself checks is not stepped over.

#ifndef TESTS_FUZZ_BUS_LINE_H
#define TESTS_FUZZ_BUS_LINE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "soundness.h"

struct bus_line {
    sd_bus *bus; // NULL = closed
    int peer_fd;
};

static inline void bus_line_open(struct bus_line *ret) {
    static const char WELCOME[] = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";
    const int size = 4 << 20;
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    check(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
    check(sd_bus_new(&ret->bus) >= 0 && sd_bus_set_fd(ret->bus, pair[0], pair[0]) >= 0);
    check(sd_bus_negotiate_fds(ret->bus, false) >= 0 && sd_bus_start(ret->bus) >= 0);
    ret->peer_fd = pair[1];
    check(write(ret->peer_fd, WELCOME, sizeof WELCOME - 1) == sizeof WELCOME - 1);
    while (sd_bus_is_ready(ret->bus) == 0)
        check(sd_bus_process(ret->bus, NULL) >= 0);
    char greeting[256];
    check(read(ret->peer_fd, greeting, sizeof greeting) < (ssize_t)sizeof greeting);
}

static inline void bus_line_close(struct bus_line *line) {
    sd_bus_close_unref(line->bus);
    (void)close(line->peer_fd);
    line->bus = NULL;
}

// A header being written (D-Bus specification, "Message Format").
struct bus_header {
    unsigned char bytes[512];
    size_t size;
    bool is_big;
};

static inline void bus_header_put(unsigned char *at, bool is_big, uint32_t number) {
    const uint32_t ordered = is_big ? htobe32(number) : htole32(number);
    memcpy(at, &ordered, sizeof ordered);
}

static inline void bus_header_begin(struct bus_header *ret, bool is_big, char type,
                                    uint32_t serial) {
    memset(ret, 0, sizeof *ret);
    memcpy(ret->bytes, (const char[]){is_big ? 'B' : 'l', type, 0, 1}, 4);
    bus_header_put(ret->bytes + 8, is_big, serial);
    ret->is_big = is_big;
    ret->size = 16;
}

// The field of that number begins: a variant of that type, one letter.
static inline unsigned char *bus_header_field(struct bus_header *header, char code, char type) {
    header->size = (header->size + 7) / 8 * 8;
    check(header->size + 8 < sizeof header->bytes);
    memcpy(header->bytes + header->size, (const char[]){code, 1, type, 0}, 4);
    header->size += 4;
    return header->bytes + header->size;
}

static inline void bus_header_number(struct bus_header *header, char code, uint32_t number) {
    bus_header_put(bus_header_field(header, code, 'u'), header->is_big, number);
    header->size += 4;
}

static inline void bus_header_text(struct bus_header *header, char code, char type,
                                   const char *text) {
    unsigned char *at = bus_header_field(header, code, type);
    const size_t length = strlen(text), prefix = type == 'g' ? 1 : 4;
    check(header->size + prefix + length < sizeof header->bytes);
    if (type == 'g')
        at[0] = (unsigned char)length;
    else
        bus_header_put(at, header->is_big, (uint32_t)length);
    memcpy(at + prefix, text, length + 1);
    header->size += prefix + length + 1;
}

// Sends the header, and so many bytes of a body.
static inline void bus_line_send(const struct bus_line *line, struct bus_header *header,
                                 const uint8_t *body, size_t size) {
    const size_t end = (header->size + 7) / 8 * 8;
    bus_header_put(header->bytes + 4, header->is_big, (uint32_t)size);
    bus_header_put(header->bytes + 12, header->is_big, (uint32_t)(header->size - 16));
    check(write(line->peer_fd, header->bytes, end) == (ssize_t)end);
    check(size == 0 || write(line->peer_fd, body, size) == (ssize_t)size);
}

// A method return with that signature; the call it answers has the number @call.
static inline void bus_line_reply(const struct bus_line *line, bool is_big, uint32_t call,
                                  const char *signature, const uint8_t *body, size_t size) {
    struct bus_header header;
    bus_header_begin(&header, is_big, SD_BUS_MESSAGE_METHOD_RETURN, call);
    bus_header_number(&header, 5, call);
    if (signature[0])
        bus_header_text(&header, 8, 'g', signature);
    bus_line_send(line, &header, body, size);
}

#endif
