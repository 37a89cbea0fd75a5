// SPDX-License-Identifier: MIT

#include "port/board.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/board_lines.h"
#include "port/conf.h"

static const char *const ROLES[] = {
    [ROLE_RED] = "red",       [ROLE_AMBER] = "amber",   [ROLE_GREEN] = "green",
    [ROLE_HEALTH] = "health", [ROLE_BUZZER] = "buzzer", [ROLE_BUTTON] = "button",
    [ROLE_COUNT] = NULL,
};
static const char *const DRIVERS[] = {[DRIVER_GPIOD] = "gpiod", [DRIVER_SIM] = "sim", NULL};

static const char SUFFIX[] = ".board";

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

// Copies a word into a fixed field; complains when it does not fit.
static int copy_word(const struct conf *conf, const char *word, size_t size, char *ret) {
    if (strlen(word) >= size) {
        conf_complain(conf, conf->cfg, word, NULL, "longer than %zu bytes", size - 1);
        return -EINVAL;
    }
    memcpy(ret, word, strlen(word) + 1);
    return 0;
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
        if (copy_word(conf, cfg_getnstr(conf->cfg, "chips", i), sizeof board->chip_labels[i],
                      board->chip_labels[i]) == 0)
            board->chip_label_count++;
}

// Goes through all of it whatever is wrong, so that one run shows every mistake.
static void read_board(const struct conf *conf, struct board *board) {
    const struct conf_value value = {.conf = conf, .section = conf->cfg, .key = "driver"};
    size_t driver = DRIVER_GPIOD;
    if (conf_value_is_given(&value))
        (void)conf_value_choice(&value, DRIVERS, &driver);
    board->driver = (enum board_driver)driver;
    (void)copy_word(conf, cfg_getstr(conf->cfg, "description"), sizeof board->description,
                    board->description);
    read_chips(conf, board);
    if (board_lines_read(conf, board) == 0)
        conf_complain(conf, conf->cfg, NULL, NULL, "no lamp, no buzzer, no button");
}

static int load_file(const char *path, struct diag_list *diags, struct board *board) {
    struct board_line_options lines;
    board_line_options(&lines);
    cfg_opt_t root[] = {
        CFG_STR("description", "", CFGF_NONE),
        CFG_STR("driver", NULL, CFGF_NODEFAULT),
        CFG_STR_LIST("chips", "{}", CFGF_NONE),
        CFG_SEC("lamp", lines.lamp, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("buzzer", lines.buzzer, CFGF_MULTI),
        CFG_SEC("button", lines.button, CFGF_MULTI),
        CFG_END(),
    };
    struct conf conf;
    int r = conf_read(path, root, diags, &conf);
    if (r == -ENOMEM)
        return r;
    if (r < 0) {
        diag_add(diags, DIAG_ERROR, &(struct diag_place){.file = path}, NULL, "cannot be read: %s",
                 strerrordesc_np(-r));
        return -EINVAL;
    }
    // After a mistake of grammar complaints of what it led to would only hide it.
    size_t errors_before = diags->error_count;
    if (r == 0)
        read_board(&conf, board);
    conf_done(&conf);
    return r == 0 && diags->error_count == errors_before ? 0 : -EINVAL;
}

// --- where the file is -----------------------------------------------------------------------

enum { DIRECTORY_COUNT = 3 };

struct directories {
    char path[DIRECTORY_COUNT][PATH_MAX];
};

static void find_directories(struct directories *ret) {
    (void)snprintf(ret->path[0], PATH_MAX, "/etc/wirebell/boards");
    (void)snprintf(ret->path[2], PATH_MAX, "/usr/share/wirebell/boards");
    // Also for a program installed elsewhere, or not installed: the build tree is laid out so.
    ret->path[1][0] = '\0';
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0)
        return;
    program[size] = '\0';
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    static const char BESIDE[] = "/../share/wirebell/boards";
    if (strlen(program) + sizeof BESIDE <= PATH_MAX) {
        memcpy(ret->path[1], program, strlen(program));
        memcpy(ret->path[1] + strlen(program), BESIDE, sizeof BESIDE);
    }
}

static bool has_suffix(const char *name) {
    size_t size = strlen(name), suffix = sizeof SUFFIX - 1;
    return size > suffix && strcmp(name + size - suffix, SUFFIX) == 0;
}

static int is_board_file(const struct dirent *entry) {
    return has_suffix(entry->d_name);
}

// Is @name one of the words of a list such as "pi, sim"?
static bool is_listed(const char *list, const char *name, size_t size) {
    for (const char *at = list; *at; at += strspn(at, ", ")) {
        size_t word = strcspn(at, ",");
        if (word == size && memcmp(at, name, size) == 0)
            return true;
        at += word;
    }
    return false;
}

// "pi, sim": the boards of all directories, each name once, as far as they fit.
static void list_boards(const struct directories *directories, size_t size, char *ret) {
    ret[0] = '\0';
    size_t used = 0;
    for (size_t d = 0; d < DIRECTORY_COUNT; d++) {
        struct dirent **entries = NULL;
        int count = directories->path[d][0]
                        ? scandir(directories->path[d], &entries, is_board_file, alphasort)
                        : 0;
        for (int i = 0; i < count; i++) {
            const char *name = entries[i]->d_name;
            size_t length = strlen(name) - (sizeof SUFFIX - 1);
            if (!is_listed(ret, name, length) && used + length + sizeof ", " <= size)
                used += (size_t)snprintf(ret + used, size - used, "%s%.*s", used ? ", " : "",
                                         (int)length, name);
            free(entries[i]);
        }
        free(entries);
    }
}

static int load_named(const char *name, struct diag_list *diags, struct board *board) {
    struct directories directories = {0};
    find_directories(&directories);
    for (size_t d = 0; d < DIRECTORY_COUNT; d++) {
        char path[PATH_MAX + NAME_MAX];
        int n = snprintf(path, sizeof path, "%s/%s%s", directories.path[d], name, SUFFIX);
        if (directories.path[d][0] && n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0)
            return load_file(path, diags, board);
    }
    char known[120], mend[160];
    list_boards(&directories, sizeof known, known);
    (void)snprintf(mend, sizeof mend, "boards there are: %s", known[0] ? known : "none");
    diag_add(diags, DIAG_ERROR, &(struct diag_place){.file = name}, mend,
             "there is no board of this name");
    return -EINVAL;
}

int board_load(const char *name, struct diag_list *diags, struct board *ret) {
    struct board board = {0};
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    size_t size = strlen(base) - (has_suffix(base) ? sizeof SUFFIX - 1 : 0);
    if (size >= sizeof board.name)
        size = sizeof board.name - 1;
    memcpy(board.name, base, size);

    bool is_path = strchr(name, '/') || has_suffix(name);
    int error = is_path ? load_file(name, diags, &board) : load_named(name, diags, &board);
    if (!error)
        *ret = board;
    return error;
}
