// SPDX-License-Identifier: MIT

#include "port/gpio/pwm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/text/ending.h"
#include "port/gpio/gpio.h"

// udev changes the group of a channel some time after it was exported.
enum { UDEV_WAIT_MS = 1000, UDEV_LOOK_MS = 20 };

/**
 * struct pwm - one channel
 * @chip_fd:    folder of the chip
 * @channel_fd: folder of the channel
 * @duty_fd:    its duty_cycle; locked, which tells another wirebell that it is taken
 * @enable_fd:  its enable
 * @channel:    its number
 * @period_ns:  of the tone
 */
struct pwm {
    int chip_fd;
    int channel_fd;
    int duty_fd;
    int enable_fd;
    uint32_t channel;
    uint32_t period_ns;
};

// --- files of one number ---------------------------------------------------------------------

// Half a number would be another number: it is written in one go or not at all.
static int write_fd(int fd, const char *text) {
    const ssize_t size = (ssize_t)strlen(text);
    const ssize_t written = TEMP_FAILURE_RETRY(pwrite(fd, text, (size_t)size, 0));
    if (written < 0)
        return -errno;
    return written == size ? 0 : -EIO;
}

static int write_file(int folder_fd, const char *name, const char *text) {
    int fd = openat(folder_fd, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = write_fd(fd, text);
    (void)close(fd);
    return error;
}

static int write_number(int folder_fd, const char *name, uint32_t number) {
    char text[16];
    (void)snprintf(text, sizeof text, "%u\n", number);
    return write_file(folder_fd, name, text);
}

static int read_number(int folder_fd, const char *name, int64_t *ret) {
    char text[24] = "";
    size_t used = 0;
    ssize_t size = 1;
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (size > 0 && used < sizeof text - 1) {
        size = TEMP_FAILURE_RETRY(read(fd, text + used, sizeof text - 1 - used));
        used += size > 0 ? (size_t)size : 0;
    }
    const int error = size < 0 ? -errno : 0;
    (void)close(fd);
    if (!error)
        *ret = strtoll(text, NULL, 10);
    return error;
}

// --- finding ---------------------------------------------------------------------------------

static int is_chip_name(const struct dirent *entry) {
    return strncmp(entry->d_name, "pwmchip", strlen("pwmchip")) == 0;
}

// Opens the folder of a chip if it is the one on that device; else -ENODEV.
static int open_chip_on(const char *folder, const char *chip, const char *device) {
    char path[512], link[512 + sizeof "/device"];
    (void)snprintf(path, sizeof path, "%s/%s", folder, chip);
    (void)snprintf(link, sizeof link, "%s/device", path);
    char *found = realpath(link, NULL);
    bool is_it = found && ending_is(found, device);
    free(found);
    if (!is_it)
        return -ENODEV;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return fd;
}

static int open_chip(const char *folder, const char *device) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_chip_name, versionsort);
    int fd = count < 0 && errno != ENOENT ? -errno : -ENODEV;
    for (int i = 0; i < count; i++) {
        if (fd == -ENODEV)
            fd = open_chip_on(folder, entries[i]->d_name, device);
        free(entries[i]);
    }
    free(entries);
    return fd;
}

// --- explaining ------------------------------------------------------------------------------

static int explain_missing(const struct board_line *line, struct gpio_problem *ret) {
    return gpio_explain(
        ret, -ENODEV,
        "there is no PWM chip on a device '%s': on a Raspberry Pi %s%s to config.txt "
        "and reboot",
        line->pwm_device, line->needs[0] ? "add " : "add the overlay of its pin", line->needs);
}

static int explain_forbidden(const struct board_line *line, int error, struct gpio_problem *ret) {
    if (error == -EROFS)
        return gpio_explain(ret, error,
                            "sysfs is read-only here: a systemd unit needs "
                            "ReadWritePaths=/sys/devices/platform for the PWM chip on '%s'",
                            line->pwm_device);
    const struct passwd *user = getpwuid(geteuid());
    const char *name = user ? user->pw_name : "USER";
    return gpio_explain(
        ret, error,
        "the PWM chip on '%s' is forbidden to user %s: 'sudo usermod -aG gpio %s' where "
        "group gpio may write it, as on Raspberry Pi OS; elsewhere by a udev rule",
        line->pwm_device, name, name);
}

static int explain_failure(const struct board_line *line, int error, struct gpio_problem *ret) {
    if (error == -EACCES || error == -EPERM || error == -EROFS)
        return explain_forbidden(line, error, ret);
    if (error == -EBUSY)
        return gpio_explain(ret, error,
                            "channel %u of the PWM chip on '%s' is held by another wirebell or the "
                            "kernel: stop it first, 'sudo systemctl stop wirebell'",
                            line->pwm_channel, line->pwm_device);
    return gpio_explain(ret, error, "channel %u of the PWM chip on '%s' cannot sound %u Hz: %s",
                        line->pwm_channel, line->pwm_device, line->tone_hz,
                        strerrordesc_np(-error));
}

// --- taking a channel ------------------------------------------------------------------------

static void wait_for_udev(int channel_fd) {
    const struct timespec look = {.tv_nsec = UDEV_LOOK_MS * 1000000L};
    for (int i = 0; i < UDEV_WAIT_MS / UDEV_LOOK_MS; i++) {
        if (faccessat(channel_fd, "enable", W_OK, AT_EACCESS) == 0 || errno != EACCES)
            return;
        (void)nanosleep(&look, NULL);
    }
}

// Opens the folder of the channel, exported now or before.
static int export_channel(struct pwm *pwm) {
    char name[24];
    (void)snprintf(name, sizeof name, "pwm%u", pwm->channel);
    int exported = write_number(pwm->chip_fd, "export", pwm->channel);
    pwm->channel_fd = openat(pwm->chip_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (pwm->channel_fd < 0)
        return exported ? exported : -errno;
    if (!exported)
        wait_for_udev(pwm->channel_fd);
    return 0;
}

static int open_files(struct pwm *pwm) {
    pwm->duty_fd = openat(pwm->channel_fd, "duty_cycle", O_WRONLY | O_CLOEXEC);
    pwm->enable_fd = openat(pwm->channel_fd, "enable", O_WRONLY | O_CLOEXEC);
    if (pwm->duty_fd < 0 || pwm->enable_fd < 0)
        return -errno;
    return flock(pwm->duty_fd, LOCK_EX | LOCK_NB) == 0 ? 0 : -EBUSY;
}

// A channel never used has no period, and takes nothing before it has one; one that was used must
// be silent before its polarity can change, and its duty may never exceed its period.
static int set_tone(struct pwm *pwm, bool is_active_low) {
    int64_t period = 0;
    int error = read_number(pwm->channel_fd, "period", &period);
    if (!error && period > 0)
        error = pwm_set(pwm, false);
    if (!error)
        error = write_number(pwm->channel_fd, "period", pwm->period_ns);
    if (error)
        return error;
    error = write_file(pwm->channel_fd, "polarity", is_active_low ? "inversed\n" : "normal\n");
    return is_active_low ? error : 0; // a chip that has no choice has the normal one
}

static int take_channel(struct pwm *pwm, const struct board_line *line,
                        struct gpio_problem *ret_problem) {
    int64_t count = 0;
    int error = read_number(pwm->chip_fd, "npwm", &count);
    if (!error && line->pwm_channel >= count)
        return gpio_explain(ret_problem, -ENXIO,
                            "the PWM chip on '%s' has no channel %u, only %" PRId64 " of them",
                            line->pwm_device, line->pwm_channel, count);
    if (!error)
        error = export_channel(pwm);
    if (!error)
        error = open_files(pwm);
    if (!error)
        error = set_tone(pwm, line->is_active_low);
    return error ? explain_failure(line, error, ret_problem) : 0;
}

static void close_fd(int fd) {
    if (fd >= 0)
        (void)close(fd);
}

static struct pwm *free_pwm(struct pwm *pwm) {
    close_fd(pwm->enable_fd);
    close_fd(pwm->duty_fd);
    close_fd(pwm->channel_fd);
    close_fd(pwm->chip_fd);
    free(pwm);
    return NULL;
}

int pwm_open(const char *folder, const struct board_line *line, struct gpio_problem *ret_problem,
             struct pwm **ret) {
    struct pwm *pwm = malloc(sizeof *pwm);
    if (!pwm)
        return gpio_explain(ret_problem, -ENOMEM, "%s", strerrordesc_np(ENOMEM));
    *pwm = (struct pwm){.chip_fd = open_chip(folder, line->pwm_device),
                        .channel_fd = -1,
                        .duty_fd = -1,
                        .enable_fd = -1,
                        .channel = line->pwm_channel,
                        .period_ns = UINT32_C(1000000000) / (line->tone_hz ? line->tone_hz : 1)};
    int error;
    if (pwm->chip_fd == -ENODEV)
        error = explain_missing(line, ret_problem);
    else if (pwm->chip_fd < 0)
        error = explain_failure(line, pwm->chip_fd, ret_problem);
    else
        error = take_channel(pwm, line, ret_problem);
    if (error) {
        // Exported, it stays: the next try finds it with the rights udev has given it by then.
        (void)free_pwm(pwm);
        return error;
    }
    *ret = pwm;
    return 0;
}

int pwm_set(struct pwm *pwm, bool is_sounding) {
    char duty[16];
    (void)snprintf(duty, sizeof duty, "%u\n", is_sounding ? pwm->period_ns / 2 : 0);
    int error = write_fd(pwm->duty_fd, duty);
    int enabled =
        write_fd(pwm->enable_fd, is_sounding ? "1\n" : "0\n"); // off even if the duty was not
    return error ? error : enabled;
}

struct pwm *pwm_close(struct pwm *pwm) {
    if (!pwm)
        return NULL;
    (void)pwm_set(pwm, false); // there is nothing else left to try
    (void)write_number(pwm->chip_fd, "unexport", pwm->channel);
    return free_pwm(pwm);
}
