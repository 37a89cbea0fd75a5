// SPDX-License-Identifier: MIT

#include "port/files/board.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/text/spelling.h"
#include "port/files/board_files.h"
#include "port/files/board_lines.h"
#include "port/files/conf.h"
#include "port/files/text_file.h"

static const char *const ROLES[] = {
    [ROLE_RED] = "red",       [ROLE_AMBER] = "amber",   [ROLE_GREEN] = "green",
    [ROLE_HEALTH] = "health", [ROLE_BUZZER] = "buzzer", [ROLE_BUTTON] = "button",
    [ROLE_COUNT] = NULL,
};
static const char *const DRIVERS[] = {[DRIVER_GPIOD] = "gpiod", [DRIVER_SIM] = "sim", NULL};

const char *board_role_name(enum board_role role) {
    return (unsigned)role < ROLE_COUNT ? ROLES[role] : "unknown";
}

size_t board_find_line(const struct board *board, const char *name) {
    size_t i = 0;
    while (i < board->line_count && strcmp(board->lines[i].name, name) != 0)
        i++;
    return i;
}

// --- what the file says ----------------------------------------------------------------------

// Copies the text of a key into a fixed field; complains when it does not fit.
static void copy_text(const struct conf *conf, const char *key, size_t size, char *ret) {
    (void)conf_value_copy(&(struct conf_value){conf, conf->cfg, key}, size, ret);
}

static void copy_label(const struct conf *conf, unsigned index, struct board *board) {
    const char *label = cfg_getnstr(conf->cfg, "chips", index);
    char *field = board->chip_labels[board->chip_label_count];
    if (strlen(label) >= sizeof board->chip_labels[0]) {
        conf_complain(conf, conf->cfg, label, NULL, "longer than %zu bytes",
                      sizeof board->chip_labels[0] - 1);
        return;
    }
    memcpy(field, label, strlen(label) + 1);
    board->chip_label_count++;
}

static void read_chips(const struct conf *conf, struct board *board) {
    unsigned count = cfg_size(conf->cfg, "chips");
    if (board->driver == DRIVER_GPIOD && count == 0)
        conf_complain(conf, conf->cfg, NULL, "gpiodetect lists the labels there are",
                      "no chips = { LABEL, ... }");
    if (count > BOARD_CHIP_LABELS_MAX) {
        conf_complain(conf, conf->cfg, "chips", NULL, "more than %d chips", BOARD_CHIP_LABELS_MAX);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        copy_label(conf, i, board);
}

static int load_named(const char *name, struct diag_list *diags, struct board *board);

// An add-on board's lines are on the chip of the header it sits on.
static int read_host(const struct conf *conf, struct board *board) {
    const struct conf_value value = {.conf = conf, .section = conf->cfg, .key = "host"};
    if (cfg_size(conf->cfg, "chips") > 0) {
        conf_value_complain(&value, DIAG_ERROR, "leave one of them out",
                            "a board has a host, or chips of its own");
        return -EINVAL;
    }
    int r = conf_value_copy(&value, sizeof board->host, board->host);
    struct board host = {0};
    if (r == 0)
        r = load_named(board->host, conf->diags, &host);
    if (r == 0 && host.host[0]) {
        conf_value_complain(&value, DIAG_ERROR, NULL, "%s sits on %s itself", board->host,
                            host.host);
        r = -EINVAL;
    }
    memcpy(board->chip_labels, host.chip_labels, sizeof board->chip_labels);
    board->chip_label_count = host.chip_label_count;
    return r;
}

// Goes through all of it whatever is wrong, so that one run shows every mistake. Return: 0 or
// -ENOMEM.
static int read_board(const struct conf *conf, struct board *board) {
    const struct conf_value value = {.conf = conf, .section = conf->cfg, .key = "driver"};
    size_t driver = DRIVER_GPIOD;
    if (conf_value_is_given(&value))
        (void)conf_value_choice(&value, DRIVERS, &driver);
    board->driver = (enum board_driver)driver;
    copy_text(conf, "description", sizeof board->description, board->description);
    copy_text(conf, "source", sizeof board->source, board->source);
    copy_text(conf, "notes", sizeof board->notes, board->notes);
    int r = 0;
    if (cfg_size(conf->cfg, "host") > 0)
        r = read_host(conf, board);
    else
        read_chips(conf, board);
    if (board_lines_read(conf, board) == 0)
        conf_complain(conf, conf->cfg, NULL, NULL, "no lamp, no buzzer, no button");
    return r == -ENOMEM ? r : 0; // else complained of
}

static int load_file(const char *path, struct diag_list *diags, struct board *board) {
    static const char *const KEYS[] = {"description", "source", "notes", "driver", "host"};
    enum { KEY_COUNT = sizeof KEYS / sizeof KEYS[0] };
    struct board_line_options lines;
    cfg_opt_t root[KEY_COUNT + 1 + BOARD_LINE_SECTIONS + 1];
    for (size_t i = 0; i < KEY_COUNT; i++)
        conf_text_option(KEYS[i], &root[i]);
    root[KEY_COUNT] = (cfg_opt_t)CFG_STR_LIST("chips", NULL, CFGF_NODEFAULT);
    board_line_options(&lines, &root[KEY_COUNT + 1]);
    root[KEY_COUNT + 1 + BOARD_LINE_SECTIONS] = (cfg_opt_t)CFG_END();
    struct conf conf;
    int r = conf_read(path, root, diags, &conf);
    if (r == -ENOMEM)
        return r;
    if (r < 0) {
        text_file_complain(diags, path, NULL, r);
        return -EINVAL;
    }
    // After a mistake of grammar complaints of what it led to would only hide it.
    size_t errors_before = diags->error_count;
    if (r == 0)
        r = read_board(&conf, board);
    conf_done(&conf);
    if (r == -ENOMEM)
        return r;
    return r == 0 && diags->error_count == errors_before ? 0 : -EINVAL;
}

// --- where the file is -----------------------------------------------------------------------

// The board somebody may have meant; "" when none is near.
static void find_nearest(const char *name, size_t size, char *ret) {
    struct board_files files;
    size_t least = SPELLING_FAR;
    if (board_files_list(&files) != 0)
        return; // a hint is not worth a complaint of its own
    for (size_t i = 0; i < files.count; i++)
        if (spelling_is_nearer(name, files.items[i].name, &least))
            (void)snprintf(ret, size, "%s", files.items[i].name);
    board_files_done(&files);
}

static int load_named(const char *name, struct diag_list *diags, struct board *board) {
    char path[PATH_MAX];
    if (board_files_find(name, sizeof path, path) == 0)
        return load_file(path, diags, board);
    char nearest[sizeof board->name] = "", mend[160];
    find_nearest(name, sizeof nearest, nearest);
    (void)snprintf(mend, sizeof mend,
                   nearest[0] ? "did you mean '%s'? 'wirebell boards' lists those there are"
                              : "'wirebell boards' lists those there are; a file is given with its "
                                "path: ./mine.board",
                   nearest);
    diag_add(diags, DIAG_ERROR, &(struct diag_place){.file = name}, mend,
             "there is no board of this name");
    return -EINVAL;
}

int board_load(const char *name, struct diag_list *diags, struct board *ret) {
    struct board board = {0};
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    size_t size = strlen(base);
    if (board_files_has_suffix(base))
        size -= strlen(".board");
    if (size >= sizeof board.name)
        size = sizeof board.name - 1;
    memcpy(board.name, base, size);

    bool is_path = strchr(name, '/') || board_files_has_suffix(name);
    int error = is_path ? load_file(name, diags, &board) : load_named(name, diags, &board);
    if (!error)
        *ret = board;
    return error;
}

static bool is_wired_alike(const struct board_line *a, const struct board_line *b) {
    return strcmp(a->name, b->name) == 0 && a->role == b->role &&
           strcmp(a->chip_label, b->chip_label) == 0 && a->offset == b->offset &&
           a->is_active_low == b->is_active_low && a->bias == b->bias &&
           strcmp(a->pwm_device, b->pwm_device) == 0 && a->pwm_channel == b->pwm_channel &&
           a->tone_hz == b->tone_hz && a->fault == b->fault;
}

bool board_is_wired_alike(const struct board *a, const struct board *b) {
    bool is_alike = a->driver == b->driver && a->chip_label_count == b->chip_label_count &&
                    a->line_count == b->line_count;
    for (size_t i = 0; is_alike && i < a->chip_label_count; i++)
        is_alike = strcmp(a->chip_labels[i], b->chip_labels[i]) == 0;
    for (size_t i = 0; is_alike && i < a->line_count; i++)
        is_alike = is_wired_alike(&a->lines[i], &b->lines[i]);
    return is_alike;
}
