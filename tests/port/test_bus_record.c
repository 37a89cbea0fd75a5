// SPDX-License-Identifier: MIT

#include "port/idle_bus.h"

#include <errno.h>

#include "core/text/arena.h"
#include "port/bus/bus_record.h"

struct fixture {
    struct idle_bus idle;
    sd_bus_message *message;
    struct arena *arena;
};

static int set_up(void **state) {
    static struct fixture fixture;
    idle_bus_open(&fixture.idle);
    assert_true(sd_bus_message_new_signal(fixture.idle.bus, &fixture.message, "/a", "a.b", "C") >=
                0);
    assert_int_equal(arena_new(1 << 16, &fixture.arena), 0);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    sd_bus_message_unref(fixture->message);
    idle_bus_close(&fixture->idle);
    arena_free(fixture->arena);
    return 0;
}

static void write_all(struct fixture *fixture, const struct bus_field *fields, size_t count) {
    assert_int_equal(bus_record_write(fixture->message, fields, count, fixture->arena), 0);
}

static void every_type_comes_back_as_it_went(void **state) {
    struct fixture *fixture = *state;
    const struct bus_field fields[] = {{"text", 's', "Zürich 日本", 0},
                                       {"empty", 's', "", 0},
                                       {"flag", 'b', NULL, 1},
                                       {"off", 'b', NULL, 0},
                                       {"count", 'u', NULL, UINT32_MAX},
                                       {"large", 'x', NULL, INT64_MAX},
                                       {"negative", 'x', NULL, INT64_MIN + 1}};
    write_all(fixture, fields, ARRAY_SIZE(fields));
    (void)idle_bus_seal(fixture->message);
    struct bus_record record;
    assert_int_equal(bus_record_read(fixture->message, &record), 1);
    assert_int_equal(record.count, ARRAY_SIZE(fields));
    for (size_t i = 0; i < record.count; i++) {
        assert_string_equal(record.fields[i].key, fields[i].key);
        assert_int_equal(record.fields[i].type, fields[i].type);
        if (fields[i].type == 's')
            assert_string_equal(record.fields[i].text, fields[i].text);
        else
            assert_true(record.fields[i].number == fields[i].number);
    }
}

static void a_record_from_elsewhere_is_made_fit_to_be_shown(void **state) {
    struct fixture *fixture = *state;
    struct bus_record record = {.fields = {{"title", 's', "red \x1b[31m\xE2\x80\xAE alert\n", 0},
                                           {"board", 's', "Zürich", 0},
                                           {"raised_at", 'x', NULL, INT64_MIN},
                                           {"due_at", 'x', NULL, INT64_C(253402300800)},
                                           {"published_at", 'x', NULL, -86400},
                                           {"id", 'x', NULL, INT64_MAX}},
                                .count = 6};
    assert_int_equal(bus_record_clean(&record, fixture->arena), 0);
    assert_string_equal(bus_record_text(&record, "title"), "red  [31m  alert ");
    assert_string_equal(bus_record_text(&record, "board"), "Zürich");
    assert_int_equal(bus_record_number(&record, "raised_at"), 0);
    assert_int_equal(bus_record_number(&record, "due_at"), 0);
    assert_int_equal(bus_record_number(&record, "published_at"), -86400);
    assert_true(bus_record_number(&record, "id") == INT64_MAX);
}

static void a_record_that_no_memory_can_mend_is_refused(void **state) {
    (void)state;
    struct bus_record record = {.fields = {{"title", 's', "\x1b", 0}}, .count = 1};
    struct arena *none;
    assert_int_equal(arena_new(1, &none), 0);
    assert_int_equal(bus_record_clean(&record, none), -ENOMEM);
    arena_free(none);
}

static void what_is_missing_reads_as_nothing(void **state) {
    struct fixture *fixture = *state;
    write_all(fixture, (const struct bus_field[]){{"text", 's', "x", 0}, {"count", 'u', NULL, 7}},
              2);
    (void)idle_bus_seal(fixture->message);
    struct bus_record record;
    assert_int_equal(bus_record_read(fixture->message, &record), 1);
    assert_string_equal(bus_record_text(&record, "text"), "x");
    assert_int_equal(bus_record_number(&record, "count"), 7);
    assert_string_equal(bus_record_text(&record, "other"), "");
    assert_int_equal(bus_record_number(&record, "other"), 0);
    // Asked for as what it is not.
    assert_string_equal(bus_record_text(&record, "count"), "");
    assert_int_equal(bus_record_number(&record, "text"), 0);
}

static void types_of_a_newer_daemon_are_passed_over(void **state) {
    struct fixture *fixture = *state;
    assert_true(sd_bus_message_append(fixture->message, "a{sv}", 4, "before", "s", "x", "list",
                                      "as", 2, "a", "b", "fraction", "d", 1.5, "behind", "u",
                                      3u) >= 0);
    (void)idle_bus_seal(fixture->message);
    struct bus_record record;
    assert_int_equal(bus_record_read(fixture->message, &record), 1);
    assert_int_equal(record.count, 2);
    assert_string_equal(bus_record_text(&record, "before"), "x");
    assert_int_equal(bus_record_number(&record, "behind"), 3);
}

static void more_keys_than_there_is_room_for_are_cut_off(void **state) {
    struct fixture *fixture = *state;
    struct bus_field fields[BUS_FIELDS_MAX + 5];
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        fields[i] = (struct bus_field){"key", 'u', NULL, (int64_t)i};
    write_all(fixture, fields, ARRAY_SIZE(fields));
    (void)idle_bus_seal(fixture->message);
    struct bus_record record;
    assert_int_equal(bus_record_read(fixture->message, &record), 1);
    assert_int_equal(record.count, BUS_FIELDS_MAX);
}

static void text_that_a_bus_would_not_carry_is_mended(void **state) {
    struct fixture *fixture = *state;
    write_all(fixture,
              (const struct bus_field[]){{"latin", 's', "caf\xE9", 0},
                                         {"noncharacter", 's', "a\xEF\xBF\xBF", 0}},
              2);
    (void)idle_bus_seal(fixture->message);
    struct bus_record record;
    assert_int_equal(bus_record_read(fixture->message, &record), 1);
    assert_string_equal(bus_record_text(&record, "latin"), "caf\xEF\xBF\xBD");
    assert_string_equal(bus_record_text(&record, "noncharacter"), "a\xEF\xBF\xBD");
}

static void an_array_of_records_ends(void **state) {
    struct fixture *fixture = *state;
    assert_true(sd_bus_message_open_container(fixture->message, 'a', "a{sv}") >= 0);
    for (int64_t i = 1; i <= 3; i++)
        write_all(fixture, (const struct bus_field[]){{"id", 'x', NULL, i}}, 1);
    assert_true(sd_bus_message_close_container(fixture->message) >= 0);
    (void)idle_bus_seal(fixture->message);
    struct bus_record record;
    assert_true(sd_bus_message_enter_container(fixture->message, 'a', "a{sv}") > 0);
    for (int64_t i = 1; i <= 3; i++) {
        assert_int_equal(bus_record_read(fixture->message, &record), 1);
        assert_int_equal(bus_record_number(&record, "id"), i);
    }
    assert_int_equal(bus_record_read(fixture->message, &record), 0);
    assert_int_equal(bus_record_number(&record, "id"), 3); // untouched
}

static void what_is_no_record_is_refused(void **state) {
    struct fixture *fixture = *state;
    assert_true(sd_bus_message_append(fixture->message, "s", "no dictionary") >= 0);
    (void)idle_bus_seal(fixture->message);
    struct bus_record record = {.count = 77};
    assert_true(bus_record_read(fixture->message, &record) < 0);
    assert_int_equal(record.count, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_type_comes_back_as_it_went),
        TEST(a_record_from_elsewhere_is_made_fit_to_be_shown),
        TEST(a_record_that_no_memory_can_mend_is_refused),
        TEST(what_is_missing_reads_as_nothing),
        TEST(types_of_a_newer_daemon_are_passed_over),
        TEST(more_keys_than_there_is_room_for_are_cut_off),
        TEST(text_that_a_bus_would_not_carry_is_mended),
        TEST(an_array_of_records_ends),
        TEST(what_is_no_record_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
