// SPDX-License-Identifier: MIT

#include "port/gpio/gpio_chips.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/gpio/gpio.h"

// --- finding ---------------------------------------------------------------------------------

static const struct gpio_chip *find_label(const struct gpio_chips *chips, const char *label) {
    for (size_t i = 0; i < chips->count; i++)
        if (strcmp(chips->items[i].info.label, label) == 0)
            return &chips->items[i];
    return NULL;
}

static bool is_wanted(const struct board *board, const char *label) {
    for (size_t i = 0; i < board->chip_label_count; i++)
        if (strcmp(board->chip_labels[i], label) == 0)
            return true;
    for (size_t i = 0; i < board->line_count; i++)
        if (strcmp(board->lines[i].chip_label, label) == 0)
            return true;
    return false;
}

static void note_seen(struct gpio_chips *chips, const char *label) {
    size_t used = strlen(chips->seen);
    (void)snprintf(chips->seen + used, sizeof chips->seen - used, "%s%s", used ? ", " : "", label);
}

static int open_chip(const struct kernel_library *library, const struct board *board,
                     const char *path, struct gpio_chips *chips) {
    struct gpio_chip chip;
    int error = library->chip_open(path, &chip.info, &chip.handle);
    if (error == -ENOMEM)
        return error;
    if (error == -EACCES || error == -EPERM) {
        chips->forbidden_error = error;
        (void)snprintf(chips->forbidden_path, sizeof chips->forbidden_path, "%s", path);
    }
    if (error)
        return 0; // one chip that is not to be had says nothing about the others
    bool is_open = find_label(chips, chip.info.label);
    if (!is_open && is_wanted(board, chip.info.label)) {
        chips->items[chips->count++] = chip;
        return 0;
    }
    if (!is_open)
        note_seen(chips, chip.info.label);
    library->chip_close(chip.handle);
    return 0;
}

static int is_chip_name(const struct dirent *entry) {
    return strncmp(entry->d_name, "gpiochip", strlen("gpiochip")) == 0;
}

int gpio_chips_open(const struct kernel_library *library, const struct board *board,
                    struct gpio_chips *ret) {
    ret->seen[0] = ret->forbidden_path[0] = '\0';
    struct dirent **entries = NULL;
    int count = scandir(library->device_folder, &entries, is_chip_name, versionsort);
    if (count < 0 && errno == ENOMEM)
        return -ENOMEM;
    int error = 0;
    for (int i = 0; i < count; i++) {
        char path[GPIO_CHIP_PATH_SIZE];
        struct stat status;
        (void)snprintf(path, sizeof path, "%s/%s", library->device_folder, entries[i]->d_name);
        if (!error && lstat(path, &status) == 0 && !S_ISLNK(status.st_mode))
            error = open_chip(library, board, path, ret);
        free(entries[i]);
    }
    free(entries);
    return error;
}

void gpio_chips_close_one(const struct kernel_library *library, struct gpio_chips *chips,
                          size_t index) {
    library->chip_close(chips->items[index].handle);
    chips->items[index] = chips->items[--chips->count];
}

void gpio_chips_close(const struct kernel_library *library, struct gpio_chips *chips) {
    while (chips->count > 0)
        gpio_chips_close_one(library, chips, 0);
}

const struct gpio_chip *gpio_chips_find(const struct gpio_chips *chips, const struct board *board,
                                        size_t line) {
    if (board->lines[line].chip_label[0])
        return find_label(chips, board->lines[line].chip_label);
    const struct gpio_chip *chip = NULL;
    for (size_t i = 0; !chip && i < board->chip_label_count; i++)
        chip = find_label(chips, board->chip_labels[i]);
    return chip;
}

// --- explaining ------------------------------------------------------------------------------

static void explain_forbidden(const char *path, int error, struct gpio_problem *ret) {
    if (error == -EPERM) {
        (void)gpio_explain(
            ret, error,
            "%s is kept from this process: a systemd unit needs DeviceAllow=char-gpiochip rw",
            path);
        return;
    }
    const struct passwd *user = getpwuid(geteuid());
    const char *user_name = user ? user->pw_name : "USER";
    struct stat status;
    const struct group *group = NULL;
    if (stat(path, &status) == 0 && status.st_gid != 0 && status.st_mode & S_IRGRP)
        group = getgrgid(status.st_gid);
    if (group)
        (void)gpio_explain(
            ret, error,
            "%s is forbidden to user %s: join its group with 'sudo usermod -aG %s %s', then "
            "log in again",
            path, user_name, group->gr_name, user_name);
    else
        (void)gpio_explain(ret, error,
                           "%s is open to root only: a udev rule is needed, SUBSYSTEM==\"gpio\", "
                           "GROUP=\"gpio\", MODE=\"0660\", then 'sudo usermod -aG gpio %s'",
                           path, user_name);
}

// "a, b or c": the labels that would have done for this line.
static void list_labels(const struct board *board, size_t line, size_t size, char *ret) {
    const char *own = board->lines[line].chip_label;
    size_t count = own[0] ? 1 : board->chip_label_count, used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const char *joint = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        used += (size_t)snprintf(ret + used, size - used, "%s%s", joint,
                                 own[0] ? own : board->chip_labels[i]);
    }
}

// Mostly a bus that config.txt turns on holds a line of the header, or brings a chip that is
// missing.
static void add_needs(const struct board_line *line, struct gpio_problem *problem) {
    size_t used = strlen(problem->message);
    if (line->needs[0])
        (void)snprintf(problem->message + used, sizeof problem->message - used,
                       "; it needs '%s' in /boot/firmware/config.txt, and a reboot", line->needs);
}

static void explain_missing(const struct gpio_chips *chips, const struct board *board,
                            struct gpio_problem *ret) {
    if (chips->forbidden_path[0]) {
        explain_forbidden(chips->forbidden_path, chips->forbidden_error, ret);
        return;
    }
    char labels[120];
    list_labels(board, ret->line, sizeof labels, labels);
    const struct board_line *line = &board->lines[ret->line];
    if (line->needs[0])
        (void)gpio_explain(ret, -ENODEV, "there is no GPIO chip %s here", labels);
    else if (chips->count == 0 && !chips->seen[0])
        (void)gpio_explain(
            ret, -ENODEV,
            "this machine has no GPIO chip; looked for %s (without hardware: --board sim)", labels);
    else
        (void)gpio_explain(ret, -ENODEV,
                           "there is no GPIO chip %s here%s%s; is this the right board?", labels,
                           chips->seen[0] ? ", only " : "", chips->seen);
    add_needs(line, ret);
}

static void explain_busy(const struct kernel_library *library, const struct gpio_chip *chip,
                         uint32_t offset, struct gpio_problem *ret) {
    char holder[64];
    library->line_holder(chip->handle, offset, sizeof holder, holder);
    if (strcmp(holder, GPIO_CONSUMER) == 0)
        (void)gpio_explain(
            ret, -EBUSY,
            "held by another wirebell on %s: stop it first, 'sudo systemctl stop wirebell'",
            chip->info.label);
    else if (holder[0])
        (void)gpio_explain(ret, -EBUSY,
                           "line %u of %s is held by '%s': free it, or use another line", offset,
                           chip->info.label, holder);
    else
        (void)gpio_explain(
            ret, -EBUSY,
            "line %u of %s is held by another program or the kernel: free it, or use another line",
            offset, chip->info.label);
}

void gpio_chips_explain(const struct kernel_library *library, const struct gpio_chips *chips,
                        const struct board *board, int error, struct gpio_problem *ret) {
    uint32_t offset = board->lines[ret->line].offset;
    const struct gpio_chip *chip = gpio_chips_find(chips, board, ret->line);
    if (!chip) {
        explain_missing(chips, board, ret);
    } else if (!error) {
        (void)gpio_explain(ret, -ENXIO,
                           "%s has no line %u, only 0 to %u: correct gpio = in the board file",
                           chip->info.label, offset, chip->info.line_count - 1);
    } else if (error == -EBUSY) {
        explain_busy(library, chip, offset, ret);
        add_needs(&board->lines[ret->line], ret);
    } else {
        (void)gpio_explain(ret, error, "line %u of %s cannot be had: %s", offset, chip->info.label,
                           strerrordesc_np(-error));
    }
}
