// SPDX-License-Identifier: MIT
//
// The drawing, with lines held as on a real Pi, which a build machine is not.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/header.h"

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_GPIOD,
    .chip_labels = {"pinctrl-bcm2711"},
    .chip_label_count = 1,
    .lines = {{.name = "red", .role = ROLE_RED, .offset = 17},
              {.name = "amber", .role = ROLE_AMBER, .offset = 8},
              {.name = "side", .role = ROLE_GREEN, .offset = 22, .chip_label = "other"},
              {.name = "button", .role = ROLE_BUTTON, .offset = 23, .is_active_low = true}},
    .line_count = 4,
};

static char *draw(unsigned pins, bool has_colour) {
    struct header_state state = {.pi = {.header_pins = pins}, .chip = "pinctrl-bcm2711"};
    (void)snprintf(state.holders[8], HEADER_HOLDER_SIZE, "spi0 CS0");
    (void)snprintf(state.holders[4], HEADER_HOLDER_SIZE, "onewire@0");
    (void)snprintf(state.holders[17], HEADER_HOLDER_SIZE, "wirebell");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    header_print(out, &BOARD, &state, has_colour);
    assert_int_equal(fclose(out), 0);
    return text;
}

static size_t count(const char *text, const char *what) {
    size_t found = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        found++;
    return found;
}

static void the_boards_lines_stand_at_their_pins(void **state) {
    (void)state;
    char *text = draw(40, false);
    assert_int_equal(count(text, "\n"), 20);
    assert_non_null(strstr(text, "       red  GPIO17  11 ● · 12  GPIO18  PWM\n"));
    assert_non_null(strstr(text, "    GPIO22  15 · ● 16  GPIO23  button\n")); // side is elsewhere
    assert_int_equal(count(text, "●"), 3);
    assert_int_equal(count(text, "·"), 37);
    assert_null(strchr(text, '\033'));
    free(text);
}

static void what_others_hold_is_told_at_its_pin(void **state) {
    (void)state;
    char *text = draw(40, false);
    assert_non_null(strstr(text, "24  GPIO8   amber [held: spi0 CS0]\n"));
    assert_non_null(strstr(text, "[onewire@0]   GPIO4   7 · · 8   GPIO14  TXD\n"));
    assert_null(strstr(text, "held: wirebell"));
    free(text);
}

static void the_first_models_have_a_shorter_header(void **state) {
    (void)state;
    char *text = draw(26, false);
    assert_int_equal(count(text, "\n"), 13);
    assert_null(strstr(text, "GPIO21"));
    free(text);
}

static void lamps_have_their_colour_where_it_can_be_shown(void **state) {
    (void)state;
    char *text = draw(40, true);
    assert_non_null(strstr(text, "\033[31m"));
    assert_non_null(strstr(text, "\033[33m"));
    assert_int_equal(count(text, "\033[0m") * 2, count(text, "\033["));
    free(text);
}

static void hints_are_for_what_the_board_has(void **state) {
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    header_print_wiring(out, &BOARD);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "lamp    pin - 330 ohm - LED - ground"));
    assert_non_null(strstr(text, "button  between pin and ground"));
    assert_null(strstr(text, "buzzer"));
    assert_null(strstr(text, "active low"));
    free(text);
}

static void only_a_pi_has_the_header(void **state) {
    (void)state;
    struct board board = BOARD;
    assert_true(header_is_of(&board));
    (void)snprintf(board.chip_labels[0], sizeof board.chip_labels[0], "cp2112_gpio");
    assert_false(header_is_of(&board));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_boards_lines_stand_at_their_pins),
        cmocka_unit_test(what_others_hold_is_told_at_its_pin),
        cmocka_unit_test(the_first_models_have_a_shorter_header),
        cmocka_unit_test(lamps_have_their_colour_where_it_can_be_shown),
        cmocka_unit_test(hints_are_for_what_the_board_has),
        cmocka_unit_test(only_a_pi_has_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
