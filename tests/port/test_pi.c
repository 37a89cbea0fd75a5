// SPDX-License-Identifier: MIT

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "port/gpio/pi.h"

static void put(const char *folder, const char *name, const char *bytes, size_t size) {
    char path[80];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    unit_write_file(path, bytes, size);
}

static void models_are_told_by_the_device_tree(void **state) {
    (void)state;
    // As the kernel shows them: each string with its NUL.
    static const struct {
        const char compatible[60];
        size_t size;
        const char *model;
        unsigned pins;
        bool has_rp1;
    } cases[] = {
        {"raspberrypi,model-b-rev2\0brcm,bcm2835", 38, "Raspberry Pi Model B Rev 2", 26, false},
        {"raspberrypi,model-b-plus\0brcm,bcm2835", 38, "Raspberry Pi Model B Plus", 40, false},
        {"raspberrypi,model-zero-w\0brcm,bcm2835", 38, "Raspberry Pi Zero W", 40, false},
        {"raspberrypi,3-model-b-plus\0brcm,bcm2837", 40, "Raspberry Pi 3 Model B+", 40, false},
        {"raspberrypi,4-model-b\0brcm,bcm2711", 35, "Raspberry Pi 4 Model B", 40, false},
        {"raspberrypi,5-model-b\0brcm,bcm2712", 35, "Raspberry Pi 5 Model B Rev 1.0", 40, true},
        {"hardkernel,odroid-c2\0amlogic,meson-gxbb", 40, "", 40, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char folder[] = "/tmp/wirebell-pi-XXXXXX", path[80];
        assert_non_null(mkdtemp(folder));
        put(folder, "compatible", cases[i].compatible, cases[i].size);
        put(folder, "model", cases[i].model, strlen(cases[i].model) + 1);
        struct pi pi;
        memset(&pi, 0x5A, sizeof pi);
        pi_look(folder, &pi);
        assert_string_equal(pi.model, cases[i].model);
        assert_int_equal(pi.header_pins, cases[i].pins);
        assert_int_equal(pi.has_rp1, cases[i].has_rp1);
        (void)snprintf(path, sizeof path, "%s/compatible", folder);
        assert_int_equal(unlink(path), 0);
        (void)snprintf(path, sizeof path, "%s/model", folder);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(folder), 0);
    }
}

static void no_device_tree_is_no_pi(void **state) {
    (void)state;
    struct pi pi;
    pi_look("nowhere", &pi);
    assert_string_equal(pi.model, "");
    assert_int_equal(pi.header_pins, 40);
    assert_false(pi.has_rp1);
}

static void a_pins_pwm_differs_by_model(void **state) {
    (void)state;
    const char *device, *needs;
    uint32_t channel = 99;
    const struct pi pi4 = {.header_pins = 40}, pi5 = {.header_pins = 40, .has_rp1 = true};
    assert_int_equal(pi_find_pwm(&pi4, 18, &device, &channel, &needs), 0);
    assert_string_equal(device, "20c000.pwm");
    assert_int_equal(channel, 0);
    assert_string_equal(needs, "dtoverlay=pwm,pin=18,func=2");
    assert_int_equal(pi_find_pwm(&pi5, 18, &device, &channel, &needs), 0);
    assert_string_equal(device, "1f00098000.pwm");
    assert_int_equal(channel, 2);
    assert_int_equal(pi_find_pwm(&pi5, 20, &device, &channel, &needs), -ENXIO);
    assert_int_equal(channel, 2);
}

static void every_gpio_of_the_header_has_one_place(void **state) {
    (void)state;
    unsigned grounds = 0, gpios = 0;
    for (unsigned number = 1; number <= PI_PINS; number++) {
        const struct pi_pin *pin = pi_pin(number);
        grounds += strcmp(pin->name, "ground") == 0;
        gpios += pin->gpio >= 0;
        if (pin->gpio >= 0)
            assert_int_equal(pi_pin_of((uint32_t)pin->gpio), number);
    }
    assert_int_equal(gpios, 28);
    assert_int_equal(grounds, 8);
    assert_int_equal(pi_pin_of(17), 11);
    assert_int_equal(pi_pin_of(21), 40);
    assert_int_equal(pi_pin_of(28), 0);
    assert_string_equal(pi_pin(41)->name, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_told_by_the_device_tree),
        cmocka_unit_test(no_device_tree_is_no_pi),
        cmocka_unit_test(a_pins_pwm_differs_by_model),
        cmocka_unit_test(every_gpio_of_the_header_has_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
