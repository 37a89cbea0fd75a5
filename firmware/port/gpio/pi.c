// SPDX-License-Identifier: MIT

#include "port/gpio/pi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/files/text_file.h"

enum { PROPERTY_MAX = 4096 };

// A property of the tree's root; its strings end with a NUL each. NULL when there is none.
static char *read_property(const char *folder, const char *name, size_t *ret_size) {
    char path[512];
    char *text = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return text_file_read(path, PROPERTY_MAX, &text, ret_size) == 0 ? text : NULL;
}

static bool lists(const char *compatible, size_t size, const char *name) {
    for (size_t at = 0; at < size; at += strlen(compatible + at) + 1)
        if (strcmp(compatible + at, name) == 0)
            return true;
    return false;
}

void pi_look(const char *folder, struct pi *ret) {
    *ret = (struct pi){.header_pins = 40};
    size_t size = 0, model_size = 0;
    char *compatible = read_property(folder, "compatible", &size);
    char *model = read_property(folder, "model", &model_size);
    if (compatible && model && strncmp(compatible, "raspberrypi,", strlen("raspberrypi,")) == 0)
        (void)snprintf(ret->model, sizeof ret->model, "%s", model);
    static const char *const SHORT[] = {"raspberrypi,model-a", "raspberrypi,model-b",
                                        "raspberrypi,model-b-rev2", "raspberrypi,model-b-i2c0"};
    for (size_t i = 0; compatible && i < sizeof SHORT / sizeof SHORT[0]; i++)
        if (lists(compatible, size, SHORT[i]))
            ret->header_pins = 26;
    ret->has_rp1 = compatible && lists(compatible, size, "brcm,bcm2712");
    free(model);
    free(compatible);
}

// By pin; the function numbers are those of the overlay, the same on all models.
static const struct {
    uint32_t gpio;
    uint32_t channel;
    uint32_t rp1_channel;
    const char *needs;
} PINS[] = {
    {12, 0, 0, "dtoverlay=pwm,pin=12,func=4"},
    {13, 1, 1, "dtoverlay=pwm,pin=13,func=4"},
    {18, 0, 2, "dtoverlay=pwm,pin=18,func=2"},
    {19, 1, 3, "dtoverlay=pwm,pin=19,func=2"},
};

int pi_find_pwm(const struct pi *pi, uint32_t gpio, const char **ret_device, uint32_t *ret_channel,
                const char **ret_needs) {
    for (size_t i = 0; i < sizeof PINS / sizeof PINS[0]; i++) {
        if (PINS[i].gpio != gpio)
            continue;
        // 2020c000, 3f20c000 and fe20c000 are one block seen from three generations.
        *ret_device = pi->has_rp1 ? "1f00098000.pwm" : "20c000.pwm";
        *ret_channel = pi->has_rp1 ? PINS[i].rp1_channel : PINS[i].channel;
        *ret_needs = PINS[i].needs;
        return 0;
    }
    return -ENXIO;
}

// --- the header ---------------------------------------------------------------------------

static const struct pi_pin HEADER[PI_PINS + 1] = {
    [0] = {PI_NO_GPIO, "", ""},        [1] = {PI_NO_GPIO, "3V3", ""},
    [2] = {PI_NO_GPIO, "5V", ""},      [3] = {2, "GPIO2", "SDA"},
    [4] = {PI_NO_GPIO, "5V", ""},      [5] = {3, "GPIO3", "SCL"},
    [6] = {PI_NO_GPIO, "ground", ""},  [7] = {4, "GPIO4", ""},
    [8] = {14, "GPIO14", "TXD"},       [9] = {PI_NO_GPIO, "ground", ""},
    [10] = {15, "GPIO15", "RXD"},      [11] = {17, "GPIO17", ""},
    [12] = {18, "GPIO18", "PWM"},      [13] = {27, "GPIO27", ""},
    [14] = {PI_NO_GPIO, "ground", ""}, [15] = {22, "GPIO22", ""},
    [16] = {23, "GPIO23", ""},         [17] = {PI_NO_GPIO, "3V3", ""},
    [18] = {24, "GPIO24", ""},         [19] = {10, "GPIO10", "MOSI"},
    [20] = {PI_NO_GPIO, "ground", ""}, [21] = {9, "GPIO9", "MISO"},
    [22] = {25, "GPIO25", ""},         [23] = {11, "GPIO11", "SCLK"},
    [24] = {8, "GPIO8", "CE0"},        [25] = {PI_NO_GPIO, "ground", ""},
    [26] = {7, "GPIO7", "CE1"},        [27] = {0, "GPIO0", "ID_SD"},
    [28] = {1, "GPIO1", "ID_SC"},      [29] = {5, "GPIO5", ""},
    [30] = {PI_NO_GPIO, "ground", ""}, [31] = {6, "GPIO6", ""},
    [32] = {12, "GPIO12", "PWM"},      [33] = {13, "GPIO13", "PWM"},
    [34] = {PI_NO_GPIO, "ground", ""}, [35] = {19, "GPIO19", "PWM"},
    [36] = {16, "GPIO16", ""},         [37] = {26, "GPIO26", ""},
    [38] = {20, "GPIO20", ""},         [39] = {PI_NO_GPIO, "ground", ""},
    [40] = {21, "GPIO21", ""},
};

const struct pi_pin *pi_pin(unsigned number) {
    return &HEADER[number <= PI_PINS ? number : 0];
}

unsigned pi_pin_of(uint32_t gpio) {
    for (unsigned number = 1; number <= PI_PINS; number++)
        if (HEADER[number].gpio >= 0 && (uint32_t)HEADER[number].gpio == gpio)
            return number;
    return 0;
}
