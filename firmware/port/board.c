// SPDX-License-Identifier: MIT

#include "port/board.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/conf.h"
#include "wirebell/alert.h"

static const char *const ROLES[] = {
    [ROLE_RED] = "red",       [ROLE_AMBER] = "amber",   [ROLE_GREEN] = "green",
    [ROLE_HEALTH] = "health", [ROLE_BUZZER] = "buzzer", [ROLE_BUTTON] = "button",
    [ROLE_COUNT] = NULL,
};
static const char *const COLOURS[] = {[ROLE_RED] = "red",
                                      [ROLE_AMBER] = "amber",
                                      [ROLE_GREEN] = "green",
                                      [ROLE_HEALTH] = "health",
                                      NULL};
static const char *const DRIVERS[] = {[DRIVER_GPIOD] = "gpiod", [DRIVER_SIM] = "sim", NULL};
static const char *const LEVELS[] = {"high", "low", NULL};
static const char *const PULLS[] = {[BIAS_AS_IS] = "as-is",
                                    [BIAS_DISABLED] = "none",
                                    [BIAS_PULL_UP] = "up",
                                    [BIAS_PULL_DOWN] = "down",
                                    NULL};
static const char *const FAULTS[] = {
    [FAULT_NONE] = "none",       [FAULT_BUSY] = "busy",           [FAULT_FORBIDDEN] = "forbidden",
    [FAULT_MISSING] = "missing", [FAULT_UNPLUGGED] = "unplugged", NULL};

// The kernel counts the lines of a chip in 16 bits. What this chip has is known when it is opened.
enum { OFFSET_MAX = 65535 };

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
static int copy_word(const struct conf *conf, cfg_t *section, const char *word, size_t size,
                     char *ret) {
    if (strlen(word) >= size) {
        conf_complain(conf, section, word, NULL, "longer than %zu bytes", size - 1);
        return -EINVAL;
    }
    memcpy(ret, word, strlen(word) + 1);
    return 0;
}

// Names stand in traces, in messages and on command lines: keep them plain.
static int read_name(const struct conf *conf, cfg_t *section, struct board_line *ret) {
    const char *name = cfg_title(section);
    if (!name)
        name = cfg_getstr(section, "name");
    if (!name)
        name = cfg_name(section);
    if (!name[0] || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")]) {
        conf_complain(conf, section, name, NULL,
                      "'%s' is no name: small letters, digits, '-' and '_' only", name);
        return -EINVAL;
    }
    enum level level;
    if (level_parse(name, &level) == 0) {
        conf_complain(conf, section, name, NULL,
                      "'%s' is a level: 'wirebell test %s' would mean two things", name, name);
        return -EINVAL;
    }
    return copy_word(conf, section, name, sizeof ret->name, ret->name);
}

static int read_role(const struct conf *conf, cfg_t *section, struct board_line *ret) {
    if (strcmp(cfg_name(section), "buzzer") == 0) {
        ret->role = ROLE_BUZZER;
        return 0;
    }
    if (strcmp(cfg_name(section), "button") == 0) {
        ret->role = ROLE_BUTTON;
        return 0;
    }
    if (!cfg_getstr(section, "colour"))
        (void)cfg_setstr(section, "colour", cfg_title(section));
    size_t choice;
    int error = conf_choice(conf, section, "colour", COLOURS, &choice);
    if (!error)
        ret->role = (enum board_role)choice;
    return error;
}

static int read_offset(const struct conf *conf, cfg_t *section, const struct board *board,
                       struct board_line *ret) {
    if (cfg_size(section, "gpio") == 0) {
        if (board->driver == DRIVER_SIM)
            return 0;
        conf_complain(conf, section, NULL, "add gpio = and the line's number on the chip",
                      "'%s' has no gpio", ret->name);
        return -EINVAL;
    }
    long offset = cfg_getint(section, "gpio");
    if (offset < 0 || offset > OFFSET_MAX) {
        conf_complain(conf, section, "gpio", NULL, "gpio %ld is out of range, 0 to %d", offset,
                      OFFSET_MAX);
        return -EINVAL;
    }
    ret->offset = (uint32_t)offset;
    return 0;
}

static int read_fault(const struct conf *conf, cfg_t *section, const struct board *board,
                      struct board_line *ret) {
    size_t choice;
    int error = conf_choice(conf, section, "fault", FAULTS, &choice);
    if (error)
        return error;
    if (choice != FAULT_NONE && board->driver != DRIVER_SIM) {
        conf_complain(conf, section, "fault", NULL, "only the sim driver can fail on purpose");
        return -EINVAL;
    }
    ret->fault = (enum board_fault)choice;
    return 0;
}

// Two things on one line, or two lines of one name, are a slip of the pen.
static int check_unique(const struct conf *conf, cfg_t *section, const struct board *board,
                        const struct board_line *line) {
    for (size_t i = 0; i < board->line_count; i++) {
        const struct board_line *other = &board->lines[i];
        if (strcmp(other->name, line->name) == 0) {
            conf_complain(conf, section, line->name, "give it another name",
                          "there is a line '%s' already", line->name);
            return -EINVAL;
        }
        if (board->driver == DRIVER_GPIOD && other->offset == line->offset &&
            strcmp(other->chip_label, line->chip_label) == 0) {
            conf_complain(conf, section, "gpio", NULL, "gpio %u is taken by '%s' already",
                          line->offset, other->name);
            return -EINVAL;
        }
    }
    return 0;
}

static int read_line(const struct conf *conf, cfg_t *section, struct board *board) {
    if (board->line_count == LIMIT_BOARD_LINES) {
        conf_complain(conf, section, NULL, NULL, "more than %d lines", LIMIT_BOARD_LINES);
        return -EINVAL;
    }
    struct board_line line = {0};
    size_t level = 0, pull = BIAS_AS_IS;
    int error = read_name(conf, section, &line);
    if (!error)
        error = read_role(conf, section, &line);
    if (!error)
        error = read_offset(conf, section, board, &line);
    if (!error)
        error = copy_word(conf, section, cfg_getstr(section, "chip"), sizeof line.chip_label,
                          line.chip_label);
    if (!error)
        error = conf_choice(conf, section, "active", LEVELS, &level);
    if (!error && line.role == ROLE_BUTTON)
        error = conf_choice(conf, section, "pull", PULLS, &pull);
    if (!error)
        error = read_fault(conf, section, board, &line);
    if (!error)
        error = check_unique(conf, section, board, &line);
    if (error)
        return error;
    line.is_active_low = level == 1;
    line.bias = (enum board_bias)pull;
    board->lines[board->line_count++] = line;
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
        if (copy_word(conf, conf->cfg, cfg_getnstr(conf->cfg, "chips", i),
                      sizeof board->chip_labels[i], board->chip_labels[i]) == 0)
            board->chip_label_count++;
}

// Goes through all of it whatever is wrong, so that one run shows every mistake.
static void read_board(const struct conf *conf, struct board *board) {
    size_t driver = DRIVER_GPIOD;
    (void)conf_choice(conf, conf->cfg, "driver", DRIVERS, &driver);
    board->driver = (enum board_driver)driver;
    (void)copy_word(conf, conf->cfg, cfg_getstr(conf->cfg, "description"),
                    sizeof board->description, board->description);
    read_chips(conf, board);

    static const char *const KINDS[] = {"lamp", "buzzer", "button"};
    unsigned sections = 0;
    for (size_t kind = 0; kind < sizeof KINDS / sizeof KINDS[0]; kind++) {
        unsigned count = cfg_size(conf->cfg, KINDS[kind]);
        for (unsigned i = 0; i < count; i++)
            (void)read_line(conf, cfg_getnsec(conf->cfg, KINDS[kind], i), board);
        sections += count;
    }
    if (sections == 0)
        conf_complain(conf, conf->cfg, NULL, NULL, "no lamp, no buzzer, no button");
}

static int load_file(const char *path, struct diag_list *diags, struct board *board) {
    cfg_opt_t lamp[] = {
        CFG_STR("colour", NULL, CFGF_NODEFAULT), CFG_INT("gpio", 0, CFGF_NODEFAULT),
        CFG_STR("active", "high", CFGF_NONE),    CFG_STR("chip", "", CFGF_NONE),
        CFG_STR("fault", "none", CFGF_NONE),     CFG_END(),
    };
    cfg_opt_t buzzer[] = {
        CFG_STR("name", NULL, CFGF_NODEFAULT), CFG_INT("gpio", 0, CFGF_NODEFAULT),
        CFG_STR("active", "high", CFGF_NONE),  CFG_STR("chip", "", CFGF_NONE),
        CFG_STR("fault", "none", CFGF_NONE),   CFG_END(),
    };
    cfg_opt_t button[] = {
        CFG_STR("name", NULL, CFGF_NODEFAULT),
        CFG_INT("gpio", 0, CFGF_NODEFAULT),
        CFG_STR("active", "high", CFGF_NONE),
        CFG_STR("pull", "as-is", CFGF_NONE),
        CFG_STR("chip", "", CFGF_NONE),
        CFG_STR("fault", "none", CFGF_NONE),
        CFG_END(),
    };
    cfg_opt_t root[] = {
        CFG_STR("description", "", CFGF_NONE),
        CFG_STR("driver", "gpiod", CFGF_NONE),
        CFG_STR_LIST("chips", "{}", CFGF_NONE),
        CFG_SEC("lamp", lamp, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("buzzer", buzzer, CFGF_MULTI),
        CFG_SEC("button", button, CFGF_MULTI),
        CFG_END(),
    };
    struct conf conf;
    int error = conf_read(path, root, diags, &conf);
    if (error && error != -EINVAL && error != -ENOMEM) {
        diag_add(diags, DIAG_ERROR, &(struct diag_place){.file = path}, NULL, "cannot be read: %s",
                 strerrordesc_np(-error));
        return -EINVAL;
    }
    if (error)
        return error;
    size_t errors_before = diags->error_count;
    read_board(&conf, board);
    conf_done(&conf);
    return diags->error_count == errors_before ? 0 : -EINVAL;
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
