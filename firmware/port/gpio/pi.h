// SPDX-License-Identifier: MIT
//
// pi.h - which Raspberry Pi this is, as far as the label of its GPIO chip does not tell.
//
// Two things differ within a label, or beside it: the first models' header has 26 pins, and the
// Pi 5 has another PWM block, which numbers its channels otherwise. Told by the device tree's
// "compatible", which names the model and its SoC. Source: Linux,
// Documentation/devicetree/bindings/arm/bcm/bcm2835.yaml; raspberrypi/linux, overlays/README (pwm);
// RP1 peripherals, table of GPIO functions.

#ifndef PORT_PI_H
#define PORT_PI_H

#include <stdbool.h>
#include <stdint.h>

#define PI_DEVICE_TREE "/proc/device-tree"

/**
 * struct pi - this machine
 * @model:       "Raspberry Pi 4 Model B Rev 1.4"; "" = no Raspberry Pi
 * @header_pins: 26 or 40; 40 also where it is none, for what is to be drawn
 * @has_rp1:     header pins on the RP1 chip: Pi 5, 500, Compute Module 5
 */
struct pi {
    char model[80];
    unsigned header_pins;
    bool has_rp1;
};

/**
 * pi_look() - find out
 * @folder: PI_DEVICE_TREE, or what a test puts in its place
 * @ret:    always written
 */
void pi_look(const char *folder, struct pi *ret);

enum { PI_PINS = 40, PI_NO_GPIO = -1 };

/**
 * struct pi_pin - a place on the header
 * @gpio: BCM number, which is the line's offset on the chip; PI_NO_GPIO for power and ground
 * @name: "GPIO17", "3V3", "ground"...
 * @also: what else it serves for where somebody asked for that: "SDA", "TXD"; ""
 */
struct pi_pin {
    int8_t gpio;
    char name[sizeof "ground"];
    char also[sizeof "ID_SD"];
};

// The place of that number, 1..PI_PINS. Source: raspberrypi/documentation, gpio-on-raspberry-pi.
const struct pi_pin *pi_pin(unsigned number);

// The number of a GPIO's place; 0 = it is not on the header.
unsigned pi_pin_of(uint32_t gpio);

/**
 * pi_find_pwm() - the hardware PWM of a pin of the header
 * @gpio:        BCM number
 * @ret_device:  the tail of the PWM chip's device path in sysfs; static
 * @ret_channel: on that chip
 * @ret_needs:   what must stand in config.txt for it; static
 *
 * Return: 0; -ENXIO when the pin has none.
 */
int pi_find_pwm(const struct pi *pi, uint32_t gpio, const char **ret_device, uint32_t *ret_channel,
                const char **ret_needs);

#endif
