// SPDX-License-Identifier: MIT
//
// What is written about the values of wirebell.conf is held to the table of them.

#include "port/config_text.h"

#define MANUAL WIREBELL_SOURCE "/firmware/man/wirebell.conf.5"

static void the_example_as_installed_is_the_defaults(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    assert_int_equal(config_load(EXAMPLE, true, NULL, &diags, &config), 0);
    assert_int_equal(diags.count, 0);
    assert_defaults(&config);
}

static void the_example_names_every_value_with_its_default(void **state) {
    (void)state;
    char *text;
    read_whole(EXAMPLE, &text);
    char *live = uncomment(text);
    struct config config;
    load_good(live, &config);
    assert_defaults(&config);

    assert_non_null(strstr(live, "\nboard = pi\n"));
    for (size_t i = 0; i < CONFIG_DEVICE_VALUES; i++) {
        char line[80];
        (void)snprintf(line, sizeof line, "\n%s = %s\n", config_device_values[i].key,
                       config_device_values[i].initial[0]);
        assert_non_null(strstr(live, line));
    }
    for (enum level level = 0; level < LEVEL_COUNT; level++) {
        char name[20];
        (void)snprintf(name, sizeof name, "\n%s {", level_name(level));
        const char *section = strstr(live, name);
        assert_non_null(section);
        for (size_t i = 0; i < CONFIG_LEVEL_VALUES; i++) {
            const char *initial = config_level_values[i].initial[level];
            const char *quote = strchr(initial, ' ') ? "\"" : "";
            char line[80];
            (void)snprintf(line, sizeof line, "\n    %s = %s%s%s\n", config_level_values[i].key,
                           quote, initial, quote);
            const char *found = strstr(section, line);
            assert_non_null(found);
            assert_true(found < strstr(section, "\n}"));
        }
    }
    free(live);
    free(text);
}

static void the_manual_tells_of_every_value_and_of_no_other(void **state) {
    (void)state;
    char *text;
    read_whole(MANUAL, &text);
    size_t told = 0;
    for (const char *at = text; (at = strstr(at, "\n.It Cm ")) != NULL; at++)
        told++;
    assert_int_equal(told, 1 + CONFIG_DEVICE_VALUES + CONFIG_LEVEL_VALUES);
    assert_non_null(strstr(text, "\n.It Cm board = "));
    for (size_t i = 0; i < CONFIG_DEVICE_VALUES + CONFIG_LEVEL_VALUES; i++) {
        const bool is_device = i < CONFIG_DEVICE_VALUES;
        const struct config_value *value =
            is_device ? &config_device_values[i] : &config_level_values[i - CONFIG_DEVICE_VALUES];
        char line[120];
        (void)snprintf(line, sizeof line, "\n.It Cm %s = ", value->key);
        if (!strstr(text, line))
            fail_msg("the manual has no line \"%s\"", line + 1);
        if (!is_device)
            continue;
        (void)snprintf(line, sizeof line, "\n.It Cm %s = %s\n", value->key, value->initial[0]);
        if (!strstr(text, line))
            fail_msg("the manual has another default than \"%s\"", line + 1);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_as_installed_is_the_defaults),
        cmocka_unit_test(the_example_names_every_value_with_its_default),
        cmocka_unit_test(the_manual_tells_of_every_value_and_of_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
