// SPDX-License-Identifier: MIT

#include "port/config_text.h"

#include <errno.h>

#include "port/files/board.h"

// One complaint, as people read it, from the line number on.
static void assert_complaint(struct diag_list *diags, const char *expected) {
    assert_int_equal(diags->count, 1);
    char text[1024];
    diag_format(&diags->items[0], sizeof text, text);
    const char *complaint = strstr(text, "wirebell.conf:");
    assert_non_null(complaint);
    assert_string_equal(complaint + strlen("wirebell.conf:"), expected);
    diag_list_done(diags);
}

// --- defaults --------------------------------------------------------------------------------

static void an_empty_file_is_the_defaults(void **state) {
    (void)state;
    struct config config;
    memset(&config, 0x5A, sizeof config);
    load_good("", &config);
    assert_defaults(&config);
}

static void no_file_is_the_defaults_unless_it_was_asked_for(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(config_load("nowhere/wirebell.conf", false, NULL, &diags, &config), 0);
    assert_int_equal(diags.count, 0);
    assert_defaults(&config);
    assert_int_equal(config_load("nowhere/wirebell.conf", true, NULL, &diags, &config), -EINVAL);
    assert_defaults(&config);
    assert_complaint(&diags, " error: cannot be read: No such file or directory\n"
                             "    the defaults are used as long as it is so");
}

// --- values ----------------------------------------------------------------------------------

static void every_value_of_the_device_reaches_its_field(void **state) {
    (void)state;
    struct config config;
    load_good("board = sim\nquiet_hours = \"22:00-07:30\"\nfresh = 2d\njoin = never\n"
              "raise_at = 3\nbudget = 7\nbudget_time = 90s\nsnooze = 30m\nsnooze_press = 1500ms\n"
              "test_press = 8s\npoll = 1h\nmetrics = /run/wirebell/wirebell.prom\n",
              &config);
    assert_string_equal(config.board.name, "sim");
    assert_int_equal(config.policy.quiet_from_min, 22 * 60);
    assert_int_equal(config.policy.quiet_until_min, 7 * 60 + 30);
    assert_int_equal(config.policy.fresh_s, 2 * 86400);
    assert_int_equal(config.policy.join_s, 0);
    assert_int_equal(config.policy.raise_sources, 3);
    assert_int_equal(config.policy.budget_count, 7);
    assert_int_equal(config.policy.budget_s, 90);
    assert_int_equal(config.policy.snooze_s, 1800);
    assert_int_equal(config.snooze_press_us, 1500000);
    assert_int_equal(config.test_press_us, 8000000);
    assert_int_equal(config.poll_s, 3600);
    assert_string_equal(config.metrics, "/run/wirebell/wirebell.prom");
}

static void every_value_of_a_level_reaches_its_field(void **state) {
    (void)state;
    struct config config;
    load_good("bulletin {\n  lamp = green\n  rhythm = \"100/1900\"\n  strokes = 2\n"
              "  stroke = 400/200\n  repeat = \"2m, 1h\"\n  hold = 2h\n  quiet = dark\n}\n"
              "urgent { rhythm = steady }\nflash { repeat = 30s hold = acknowledged }\n",
              &config);
    const struct level_plan expected = {.lamp = ROLE_GREEN,
                                        .rhythm = {100000, 1900000},
                                        .strokes = {2, 400000, 200000},
                                        .repeat_us = {120000000, INT64_C(3600000000)},
                                        .hold_us = INT64_C(7200000000),
                                        .quiet = QUIET_DARK};
    const struct level_plan *levels = config.policy.levels;
    assert_same_plan(&levels[LEVEL_BULLETIN], &expected);
    assert_int_equal(levels[LEVEL_URGENT].rhythm.off_us, 0);
    assert_int_equal(levels[LEVEL_FLASH].repeat_us[0], 30000000);
    assert_int_equal(levels[LEVEL_FLASH].repeat_us[1], 0);
    assert_int_equal(levels[LEVEL_FLASH].strokes.count, 10);
    assert_same_plan(&levels[LEVEL_ROUTINE], &policy_default.levels[LEVEL_ROUTINE]);
}

// A line each: the default is to hold in its place.
static const char WRONG_VALUES[] =
    "quiet_hours = 22:00\nquiet_hours = \"22:00-22:00\"\nquiet_hours = \"22-7\"\n"
    "quiet_hours = \"\"\nfresh = 24\nfresh = 9m\nfresh = 367d\nfresh = never\n"
    "fresh = 99999999999999999999d\njoin = 30s\njoin = 31d\nraise_at = 1\nraise_at = 101\n"
    "raise_at = two\nraise_at = 3x\nbudget = 0\nbudget = -5\nbudget = 4294967297\n"
    "budget = 10m\nbudget_time = 59s\nbudget_time = 25h\nsnooze = 59s\nsnooze = 8d\n"
    "snooze = \"1 h\"\nsnooze_press = 499ms\nsnooze_press = ms\nsnooze_press = 11s\n"
    "snooze_press = 99999ms\nsnooze_press = -1ms\ntest_press = 31s\ntest_press = 999ms\n"
    "poll = 0s\npoll = 25h\npoll = often\nflash { lamp = blue }\nflash { lamp = health }\n"
    "flash { lamp = buzzer }\nflash { rhythm = fast }\nflash { rhythm = 150/150 }\n"
    "flash { rhythm = 500 }\nflash { rhythm = 500/ }\nflash { rhythm = 49/500 }\n"
    "flash { rhythm = 500/0 }\nflash { rhythm = 500/10001 }\nflash { rhythm = 500/500/5 }\n"
    "flash { rhythm = -500/500 }\nflash { strokes = 51 }\nflash { strokes = -1 }\n"
    "flash { strokes = ten }\nflash { stroke = 19/100 }\nflash { stroke = 100/2001 }\n"
    "flash { stroke = 1000150/250 }\nflash { repeat = 9s }\nflash { repeat = \"60s, 25h\" }\n"
    "flash { repeat = \"60s, 5m, 9m\" }\nflash { repeat = \"\" }\nflash { repeat = \",\" }\n"
    "flash { hold = 9s }\nflash { hold = never }\nflash { quiet = loud }\n"
    "flash { strokes = 50  stroke = 2000/2000 }\nmetrics = on\nmetrics = a.prom\n"
    "metrics = /run/wirebell\nmetrics = /.prom\ntest_press = 1s\nsnooze_press = 6s\n";

static void a_wrong_value_is_one_complaint_and_the_default_holds(void **state) {
    (void)state;
    for (const char *at = WRONG_VALUES; *at; at += strcspn(at, "\n") + 1) {
        char text[80];
        (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
        struct diag_list diags = DIAG_LIST_NULL;
        struct config config;
        if (load_text(text, &diags, &config) != -EINVAL)
            fail_msg("taken: %s", text);
        if (diags.count != 1 || diags.items[0].line != 1 || diags.items[0].column == 0)
            fail_msg("not one complaint with its place: %s", text);
        assert_int_equal(diags.error_count, 1);
        assert_defaults(&config);
        diag_list_done(&diags);
    }
}

static void a_complaint_shows_the_place_and_what_could_be_written(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(load_text("# fresh = 1\nfresh = 24h\n\nurgent {\n    strokes = 3\n"
                               "    stroke = 3  # not milliseconds\n}\n",
                               &diags, &config),
                     -EINVAL);
    assert_complaint(&diags,
                     "6:14: error: stroke cannot be '3'\n"
                     "        stroke = 3  # not milliseconds\n"
                     "                 ^\n"
                     "    stroke is milliseconds on and off such as \"150/250\", each from 20 to "
                     "2000; until then 150/250 holds");
}

static void polling_below_the_least_is_a_warning(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(load_text("poll = 2m\n", &diags, &config), 0);
    assert_int_equal(diags.warning_count, 1);
    assert_int_equal(config.poll_s, LIMIT_POLL_MIN_S);
    assert_complaint(&diags, "1:8: warning: no feed is asked more often than every 5 min\n"
                             "    poll = 2m\n           ^~\n    5m holds instead of 2m");
}

// --- mistakes of grammar ---------------------------------------------------------------------

static void all_mistakes_are_shown_and_the_rest_counts(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(load_text("board = sim\nbudjet = 3\nflahs { strokes = 1 more { x = \"}\" } }\n"
                               "budget = many\nurgent { stroks = 4 strokes = 4 }\nsnooze = 2h\n",
                               &diags, &config),
                     -EINVAL);
    assert_int_equal(diags.error_count, 4);
    static const struct {
        uint32_t line, column;
        const char *message;
    } expected[] = {
        {2, 1, "unknown key 'budjet'"},
        {3, 1, "unknown key 'flahs'"},
        {5, 10, "unknown key 'stroks'"},
        {4, 10, "budget cannot be 'many'"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        assert_int_equal(diags.items[i].line, expected[i].line);
        assert_int_equal(diags.items[i].column, expected[i].column);
        assert_string_equal(diags.items[i].message, expected[i].message);
    }
    diag_list_done(&diags);
    assert_string_equal(config.board.name, "sim");
    assert_int_equal(config.policy.levels[LEVEL_URGENT].strokes.count, 4);
    assert_int_equal(config.policy.snooze_s, 7200);
    assert_int_equal(config.policy.budget_count, 10);
}

static void what_stands_before_a_torn_place_counts(void **state) {
    (void)state;
    static const char *const TORN[] = {
        "board = sim\nsnooze = 2h\nurgent { strokes = 4\n",
        "board = sim\nsnooze = 2h\nquiet_hours = \"22:00-07:00\n",
        "board = sim\nsnooze = 2h\n= 4\n",
        "board = sim\nsnooze = 2h\nflash strokes = 4 }\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(TORN); i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        struct config config;
        assert_int_equal(load_text(TORN[i], &diags, &config), -EINVAL);
        assert_int_equal(diags.error_count, 1);
        assert_int_equal(diags.items[0].line, 3);
        assert_string_equal(config.board.name, "sim");
        assert_int_equal(config.policy.snooze_s, 7200);
        diag_list_done(&diags);
    }
}

// --- the board -------------------------------------------------------------------------------

static void what_is_kept_for_long_ends_with_the_last_line_of_the_board(void **state) {
    (void)state;
    struct config config;
    load_good("poll = 20m\nbuzzer { kind = tone gpio = 19 pwm = \"x.pwm\" channel = 1 hz = 880 }\n",
              &config);
    struct config *kept = config_keep(&config);
    assert_non_null(kept);
    assert_true(kept->has_board);
    assert_int_equal(kept->poll_s, 1200);
    assert_string_equal(kept->board.name, "pi");
    assert_true(board_is_wired_alike(&kept->board, &config.board));
    free(kept);
    config.has_board = false;
    kept = config_keep(&config);
    assert_non_null(kept);
    assert_int_equal(kept->poll_s, 1200);
    free(kept);
}

static void the_file_changes_lines_of_the_board_and_adds_some(void **state) {
    (void)state;
    struct config config;
    load_good("lamp red { gpio = 5 }\nlamp amber { gpio = 17 active = low }\n"
              "lamp health { gpio = 6 chip = other }\nlamp side { colour = red gpio = 13 }\n"
              "buzzer { kind = tone pwm = \"fe20c000.pwm\" channel = 1 hz = 880 gpio = 19 }\n"
              "button { pull = down active = high }\nbutton { name = desk gpio = 26 pull = up }\n",
              &config);
    const struct board *board = &config.board;
    assert_string_equal(board->name, "pi");
    assert_int_equal(board->line_count, 8);
    assert_int_equal(board->lines[0].offset, 5);
    assert_int_equal(board->lines[1].offset, 17);
    assert_true(board->lines[1].is_active_low);
    assert_int_equal(board->lines[2].offset, 22);
    const struct board_line *buzzer = &board->lines[board_find_line(board, "buzzer")];
    assert_string_equal(buzzer->pwm_device, "fe20c000.pwm");
    assert_int_equal(buzzer->pwm_channel, 1);
    assert_int_equal(buzzer->tone_hz, 880);
    const struct board_line *button = &board->lines[board_find_line(board, "button")];
    assert_int_equal(button->offset, 23);
    assert_int_equal(button->bias, BIAS_PULL_DOWN);
    assert_false(button->is_active_low);
    const struct board_line *health = &board->lines[board_find_line(board, "health")];
    assert_int_equal(health->role, ROLE_HEALTH);
    assert_string_equal(health->chip_label, "other");
    assert_int_equal(board->lines[board_find_line(board, "side")].role, ROLE_RED);
    assert_int_equal(board->lines[board_find_line(board, "desk")].role, ROLE_BUTTON);
}

static void a_tone_that_moves_takes_the_pwm_of_its_new_pin(void **state) {
    (void)state;
    struct config config;
    load_good("board = pibrella\nbuzzer { gpio = 13 }\n", &config);
    const struct board_line *line = &config.board.lines[board_find_line(&config.board, "buzzer")];
    assert_int_equal(line->pwm_channel, 1);
    assert_string_equal(line->needs, "dtoverlay=pwm,pin=13,func=4");
    load_good("board = pibrella\nbuzzer { kind = onoff }\n", &config);
    assert_string_equal(line->pwm_device, "");
    assert_string_equal(line->needs, "");
    load_good("board = pibrella\nbuzzer { hz = 880 }\n", &config);
    assert_int_equal(line->tone_hz, 880);
    assert_string_equal(line->needs, "dtoverlay=pwm,pin=18,func=2");

    struct diag_list diags = DIAG_LIST_NULL;
    assert_int_equal(load_text("board = jam-hat\nbuzzer { gpio = 21 }\n", &diags, &config),
                     -EINVAL);
    assert_complaint(&diags,
                     "2:17: error: gpio 21 has no PWM of its own, only 12, 13, 18 and 19 have\n"
                     "    buzzer { gpio = 21 }\n                    ^~\n"
                     "    add pwm = and the PWM chip's device: ls -l /sys/class/pwm shows them");
}

static void a_board_asked_for_goes_before_the_files(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(config_load(EXAMPLE, true, "sim", &diags, &config), 0);
    assert_string_equal(config.board.name, "sim");
    assert_int_equal(config_load("nowhere", false, "sim", &diags, &config), 0);
    assert_string_equal(config.board.name, "sim");
}

static void a_board_nobody_knows_leaves_the_rest_of_the_file(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(load_text("board = pie\nsnooze = 2h\n", &diags, &config), -EINVAL);
    assert_false(config.has_board);
    assert_int_equal(config.policy.snooze_s, 7200);
    assert_int_equal(diags.error_count, 1);
    diag_list_done(&diags);
}

static void a_line_whose_section_is_wrong_is_not_driven(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *missing;
        const char *complaint;
    } cases[] = {
        {"lamp red { gpio = 99999 }", "red",
         "1:19: error: gpio 99999 is out of range, 0 to 65535\n    lamp red { gpio = 99999 }\n"
         "                      ^~~~~"},
        {"lamp side { colour = red }", "side",
         "1:1: error: 'side' has no gpio\n    lamp side { colour = red }\n    ^~~~\n"
         "    add gpio = and the line's number on the chip"},
        {"lamp green { gpio = 17 }", "green",
         "1:14: error: gpio 17 is taken by 'red' already\n    lamp green { gpio = 17 }\n"
         "                 ^~~~"},
        {"buzzer { kind = tone }", "buzzer",
         "1:17: error: gpio 24 has no PWM of its own, only 12, 13, 18 and 19 have\n"
         "    buzzer { kind = tone }\n                    ^~~~\n"
         "    add pwm = and the PWM chip's device: ls -l /sys/class/pwm shows them"},
        {"buzzer { kind = onoff pwm = x.pwm }", "buzzer",
         "1:29: error: a buzzer of kind onoff has no pwm\n"
         "    buzzer { kind = onoff pwm = x.pwm }\n                                ^~~~~\n"
         "    write kind = tone, or leave pwm out"},
        {"buzzer { kind = tone pwm = x.pwm hz = 19 }", "buzzer",
         "1:39: error: hz 19 is out of range, 20 to 20000\n"
         "    buzzer { kind = tone pwm = x.pwm hz = 19 }\n"
         "                                          ^~"},
        {"lamp buzzer { gpio = 5 colour = red }", "no such line",
         "1:6: error: 'buzzer' is a buzzer of board pi\n"
         "    lamp buzzer { gpio = 5 colour = red }\n         ^~~~~~\n    give it another name"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        struct config config;
        assert_int_equal(load_text(cases[i].text, &diags, &config), -EINVAL);
        assert_complaint(&diags, cases[i].complaint);
        assert_true(config.has_board);
        assert_true(config.board.line_count >= 4);
        assert_int_equal(board_find_line(&config.board, cases[i].missing), config.board.line_count);
    }
}

static void lines_may_change_places(void **state) {
    (void)state;
    struct config config;
    load_good("lamp red { gpio = 22 }\nlamp green { gpio = 17 }\n", &config);
    assert_int_equal(config.board.line_count, 5);
    assert_int_equal(config.board.lines[0].offset, 22);
    assert_int_equal(config.board.lines[2].offset, 17);
}

static void random_bytes_and_cuts_never_harm(void **state) {
    (void)state;
    char *text;
    read_whole(EXAMPLE, &text);
    char *live = uncomment(text);
    const size_t size = strlen(live);
    const char *given = getenv("WIREBELL_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20261122;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < 300; i++) {
        char *copy = strdup(live);
        assert_non_null(copy);
        for (uint64_t changes = random_next(&seed) % 4; changes-- > 0;)
            copy[random_next(&seed) % size] = "{}=\"'#\n, x\\\x01/$"[random_next(&seed) % 14];
        copy[random_next(&seed) % (size + 1)] = '\0';
        struct diag_list diags = DIAG_LIST_NULL;
        struct config config;
        const int r = load_text(copy, &diags, &config);
        assert_int_equal(r, diags.error_count == 0 ? 0 : -EINVAL);
        diag_list_done(&diags);
        free(copy);
    }
    free(live);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_is_the_defaults),
        cmocka_unit_test(no_file_is_the_defaults_unless_it_was_asked_for),
        cmocka_unit_test(every_value_of_the_device_reaches_its_field),
        cmocka_unit_test(every_value_of_a_level_reaches_its_field),
        cmocka_unit_test(a_wrong_value_is_one_complaint_and_the_default_holds),
        cmocka_unit_test(a_complaint_shows_the_place_and_what_could_be_written),
        cmocka_unit_test(polling_below_the_least_is_a_warning),
        cmocka_unit_test(all_mistakes_are_shown_and_the_rest_counts),
        cmocka_unit_test(what_stands_before_a_torn_place_counts),
        cmocka_unit_test(what_is_kept_for_long_ends_with_the_last_line_of_the_board),
        cmocka_unit_test(the_file_changes_lines_of_the_board_and_adds_some),
        cmocka_unit_test(a_tone_that_moves_takes_the_pwm_of_its_new_pin),
        cmocka_unit_test(a_board_asked_for_goes_before_the_files),
        cmocka_unit_test(a_board_nobody_knows_leaves_the_rest_of_the_file),
        cmocka_unit_test(a_line_whose_section_is_wrong_is_not_driven),
        cmocka_unit_test(lines_may_change_places),
        cmocka_unit_test(random_bytes_and_cuts_never_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
