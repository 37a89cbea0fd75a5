// SPDX-License-Identifier: MIT
//
// pwm.h - a passive buzzer's tone, by the kernel's PWM interface in sysfs.
//
// A passive buzzer makes no sound of its own: it needs a square wave, which the PWM block of the
// board (or the kernel's pwm-gpio driver) makes without this program's doing. Numbers of pwmchips
// mean nothing, they change with the kernel: chips are found by the end of their device path.
//
// sysfs knows no owner, and what is exported outlives its program: so a channel that is found
// exported is taken over and silenced, but for one that is locked by a wirebell that lives. Silent
// is duty 0 and disabled; a channel is left so, and unexported, on every way out. Source:
// Documentation/ABI/testing/sysfs-class-pwm, Documentation/driver-api/pwm.rst (Linux).

#ifndef PORT_PWM_H
#define PORT_PWM_H

#include <stdbool.h>

#include "wirebell/board.h"
#include "wirebell/gpio.h"

struct pwm;

/**
 * pwm_open() - take a channel, silent
 * @folder:      "/sys/class/pwm"
 * @line:        its pwm_device, pwm_channel, tone_hz and is_active_low (which makes the polarity
 *               "inversed") are heeded
 * @ret_problem: error and message; written only on failure
 * @ret:         owned; written only on success
 *
 * Waits up to a second for udev to open a channel that was just exported to this user's group.
 *
 * Return: 0; -ENODEV no such chip; -ENXIO no such channel; -EBUSY held by another; -EACCES, -EPERM,
 * -EROFS forbidden; -ENOMEM; or what the chip refused the tone with.
 */
int pwm_open(const char *folder, const struct board_line *line, struct gpio_problem *ret_problem,
             struct pwm **ret);

// Sounds or is silent. Return: 0; -ENODEV when the chip is gone; another -errno of the chip.
int pwm_set(struct pwm *pwm, bool is_sounding);

// Silent, and given back. NULL is fine. Returns NULL.
struct pwm *pwm_close(struct pwm *pwm);

#endif
