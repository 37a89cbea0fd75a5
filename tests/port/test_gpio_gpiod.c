// SPDX-License-Identifier: MIT
//
// The libgpiod driver of this build, as far as it goes on a machine without the chip. With chips:
// test_gpio_contract in the emulated Pi.

#include "unit.h"

#include <errno.h>
#include <string.h>

#include "port/gpio/gpio.h"

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_GPIOD,
    .chip_labels = {"wirebell-no-such-chip"},
    .chip_label_count = 1,
    .lines =
        {
            {.name = "red", .role = ROLE_RED, .offset = 17},
            {.name = "button", .role = ROLE_BUTTON, .offset = 23},
        },
    .line_count = 2,
};

static const struct gpio_options OPTIONS = {.out_fd = -1, .in_fd = -1};

static void the_driver_says_its_library(void **state) {
    (void)state;
    assert_int_equal(strncmp(gpio_gpiod.name, "libgpiod ", 9), 0);
    assert_true(gpio_gpiod.name[9] == '1' || gpio_gpiod.name[9] == '2');
    assert_ptr_equal(gpio_driver_of(&BOARD), &gpio_gpiod);
}

static void a_missing_chip_is_a_problem_of_each_line_and_no_failure(void **state) {
    (void)state;
    struct gpio_problems problems;
    struct gpio *gpio = NULL;
    assert_int_equal(gpio_gpiod.open(&BOARD, &OPTIONS, &problems, &gpio), 0);
    assert_int_equal(problems.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(problems.items[i].line, i);
        // Where there are chips, and this user may not look at them, it may be one of those.
        assert_true(problems.items[i].error == -ENODEV || problems.items[i].error == -EACCES);
    }
    if (problems.items[0].error == -ENODEV)
        assert_non_null(strstr(problems.items[0].message, "wirebell-no-such-chip"));
    assert_null(gpio_gpiod.close(gpio));
}

static void lines_that_were_not_had_are_accepted_and_ignored(void **state) {
    (void)state;
    struct gpio_problems problems;
    struct gpio *gpio = NULL;
    assert_int_equal(gpio_gpiod.open(&BOARD, &OPTIONS, &problems, &gpio), 0);
    assert_int_equal(gpio_gpiod.set(gpio, 0, true), 0);
    assert_int_equal(gpio_gpiod.set(gpio, 1, true), -EINVAL);
    assert_int_equal(gpio_gpiod.set(gpio, 2, true), -EINVAL);
    struct gpio_change change = {.line = 99};
    assert_int_equal(gpio_gpiod.read(gpio, &change), GPIO_NOTHING);
    assert_int_equal(change.line, 99);
    gpio_gpiod.note(gpio, GPIO_NOTE_STORY, "a story");
    gpio_gpiod.picture(gpio, false);
    assert_null(gpio_gpiod.close(gpio));
}

static void closing_nothing_is_fine(void **state) {
    (void)state;
    assert_null(gpio_gpiod.close(NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_driver_says_its_library),
        cmocka_unit_test(a_missing_chip_is_a_problem_of_each_line_and_no_failure),
        cmocka_unit_test(lines_that_were_not_had_are_accepted_and_ignored),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
