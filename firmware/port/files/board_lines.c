// SPDX-License-Identifier: MIT

#include "port/files/board_lines.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "port/files/board.h"
#include "port/gpio/pi.h"
#include "wirebell/alert.h"

enum kind { KIND_LAMP, KIND_BUZZER, KIND_BUTTON, KIND_COUNT = BOARD_LINE_SECTIONS };

static const char *const KINDS[] = {
    [KIND_LAMP] = "lamp", [KIND_BUZZER] = "buzzer", [KIND_BUTTON] = "button"};
static const char *const COLOURS[] = {[ROLE_RED] = "red",
                                      [ROLE_AMBER] = "amber",
                                      [ROLE_GREEN] = "green",
                                      [ROLE_HEALTH] = "health",
                                      NULL};
static const char *const LEVELS[] = {"high", "low", NULL};
static const char *const PULLS[] = {[BIAS_AS_IS] = "as-is",
                                    [BIAS_DISABLED] = "none",
                                    [BIAS_PULL_UP] = "up",
                                    [BIAS_PULL_DOWN] = "down",
                                    NULL};
static const char *const SOUNDS[] = {"onoff", "tone", NULL};
static const char *const FAULTS[] = {
    [FAULT_NONE] = "none",       [FAULT_BUSY] = "busy",           [FAULT_FORBIDDEN] = "forbidden",
    [FAULT_MISSING] = "missing", [FAULT_UNPLUGGED] = "unplugged", NULL};

// The kernel counts the lines of a chip in 16 bits. What this chip has is known when it is opened.
enum { OFFSET_MAX = 65535 };
// What a person hears. Piezo buzzers are loudest between 2 and 4 kHz.
enum { TONE_HZ_MIN = 20, TONE_HZ_MAX = 20000, TONE_HZ = 2400 };
// No PWM chip of any Pi has more than four.
enum { CHANNEL_MAX = 15 };

/**
 * struct reading - a section being read onto a line
 * @conf:    the file
 * @section: lamp, buzzer or button
 * @board:   which it belongs to
 * @line:    what it says so far
 * @is_tone: a buzzer that needs a PWM
 */
struct reading {
    const struct conf *conf;
    cfg_t *section;
    const struct board *board;
    struct board_line line;
    bool is_tone;
};

static struct conf_value value_of(const struct reading *reading, const char *key) {
    return (struct conf_value){.conf = reading->conf, .section = reading->section, .key = key};
}

// --- one key each ----------------------------------------------------------------------------

static int read_colour(struct reading *reading, const struct conf_value *value) {
    size_t choice;
    int r = conf_value_choice(value, COLOURS, &choice);
    if (r == 0)
        reading->line.role = (enum board_role)choice;
    return r;
}

static int read_gpio(struct reading *reading, const struct conf_value *value) {
    int64_t offset;
    int r = conf_value_number(value, 0, OFFSET_MAX, &offset);
    if (r != 0)
        return r;
    reading->line.offset = (uint32_t)offset;
    reading->line.needs[0] = '\0'; // it was about another pin
    return 0;
}

static int read_active(struct reading *reading, const struct conf_value *value) {
    size_t choice;
    int r = conf_value_choice(value, LEVELS, &choice);
    if (r == 0)
        reading->line.is_active_low = choice == 1;
    return r;
}

static int read_pull(struct reading *reading, const struct conf_value *value) {
    size_t choice;
    int r = conf_value_choice(value, PULLS, &choice);
    if (r == 0)
        reading->line.bias = (enum board_bias)choice;
    return r;
}

static int read_chip(struct reading *reading, const struct conf_value *value) {
    return conf_value_copy(value, sizeof reading->line.chip_label, reading->line.chip_label);
}

static int read_kind(struct reading *reading, const struct conf_value *value) {
    size_t choice;
    int r = conf_value_choice(value, SOUNDS, &choice);
    if (r != 0)
        return r;
    reading->is_tone = choice == 1;
    const struct conf_value pwm = value_of(reading, "pwm");
    if (reading->is_tone)
        return 0;
    if (reading->line.pwm_device[0])
        reading->line.needs[0] = '\0'; // it was about the PWM
    reading->line.pwm_device[0] = '\0';
    if (!conf_value_is_given(&pwm))
        return 0;
    conf_value_complain(&pwm, DIAG_ERROR, "write kind = tone, or leave pwm out",
                        "a buzzer of kind onoff has no pwm");
    return -EINVAL;
}

static int read_pwm(struct reading *reading, const struct conf_value *value) {
    reading->is_tone = true;
    return conf_value_copy(value, sizeof reading->line.pwm_device, reading->line.pwm_device);
}

static int read_channel(struct reading *reading, const struct conf_value *value) {
    int64_t channel;
    int r = conf_value_number(value, 0, CHANNEL_MAX, &channel);
    if (r == 0)
        reading->line.pwm_channel = (uint32_t)channel;
    return r;
}

static int read_hz(struct reading *reading, const struct conf_value *value) {
    int64_t hz;
    int r = conf_value_number(value, TONE_HZ_MIN, TONE_HZ_MAX, &hz);
    if (r == 0)
        reading->line.tone_hz = (uint32_t)hz;
    return r;
}

static int read_needs(struct reading *reading, const struct conf_value *value) {
    return conf_value_copy(value, sizeof reading->line.needs, reading->line.needs);
}

static int read_fault(struct reading *reading, const struct conf_value *value) {
    size_t choice;
    int r = conf_value_choice(value, FAULTS, &choice);
    if (r != 0)
        return r;
    if (choice != FAULT_NONE && reading->board->driver != DRIVER_SIM) {
        conf_complain(reading->conf, reading->section, "fault", NULL,
                      "only the sim driver can fail on purpose");
        return -EINVAL;
    }
    reading->line.fault = (enum board_fault)choice;
    return 0;
}

// In the order in which they are read; "name" is read before any.
static const struct {
    const char *key;
    unsigned kinds; // set of 1 << enum kind
    int (*read)(struct reading *reading, const struct conf_value *value);
} KEYS[] = {
    {"colour", 1 << KIND_LAMP, read_colour},
    {"name", 1 << KIND_BUZZER | 1 << KIND_BUTTON, NULL},
    {"gpio", 1 << KIND_LAMP | 1 << KIND_BUZZER | 1 << KIND_BUTTON, read_gpio},
    {"active", 1 << KIND_LAMP | 1 << KIND_BUZZER | 1 << KIND_BUTTON, read_active},
    {"pull", 1 << KIND_BUTTON, read_pull},
    {"chip", 1 << KIND_LAMP | 1 << KIND_BUZZER | 1 << KIND_BUTTON, read_chip},
    {"kind", 1 << KIND_BUZZER, read_kind},
    {"pwm", 1 << KIND_BUZZER, read_pwm},
    {"channel", 1 << KIND_BUZZER, read_channel},
    {"hz", 1 << KIND_BUZZER, read_hz},
    {"needs", 1 << KIND_LAMP | 1 << KIND_BUZZER | 1 << KIND_BUTTON, read_needs},
    {"fault", 1 << KIND_LAMP | 1 << KIND_BUZZER | 1 << KIND_BUTTON, read_fault},
};
static const size_t KEY_COUNT = sizeof KEYS / sizeof KEYS[0];
static_assert(sizeof KEYS / sizeof KEYS[0] < BOARD_LINE_KEYS_MAX, "and one for CFG_END()");

void board_line_options(struct board_line_options *options, cfg_opt_t *ret) {
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        cfg_opt_t *keys = options->keys[kind];
        size_t count = 0;
        for (size_t i = 0; i < KEY_COUNT; i++)
            if (KEYS[i].kinds & 1u << kind)
                conf_text_option(KEYS[i].key, &keys[count++]);
        keys[count] = (cfg_opt_t)CFG_END();
        conf_section_option(KINDS[kind], keys,
                            kind == KIND_LAMP ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES
                                              : CFGF_MULTI,
                            &ret[kind]);
    }
}

// --- one section -----------------------------------------------------------------------------

// Names stand in traces, in messages and on command lines: keep them plain.
static int read_name(struct reading *reading, enum kind kind) {
    cfg_t *section = reading->section;
    const char *name = cfg_title(section);
    if (kind != KIND_LAMP)
        name = cfg_getstr(section, "name");
    if (!name)
        name = KINDS[kind];
    if (!name[0] || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")]) {
        conf_complain(reading->conf, section, name, NULL,
                      "'%s' is no name: small letters, digits, '-' and '_' only", name);
        return -EINVAL;
    }
    enum level level;
    if (level_parse(name, &level) == 0) {
        conf_complain(reading->conf, section, name, NULL,
                      "'%s' is a level: 'wirebell test %s' would mean two things", name, name);
        return -EINVAL;
    }
    if (strlen(name) >= sizeof reading->line.name) {
        conf_complain(reading->conf, section, name, NULL, "longer than %zu bytes",
                      sizeof reading->line.name - 1);
        return -EINVAL;
    }
    memcpy(reading->line.name, name, strlen(name) + 1);
    return 0;
}

static enum kind kind_of(enum board_role role) {
    if (role == ROLE_BUZZER)
        return KIND_BUZZER;
    return role == ROLE_BUTTON ? KIND_BUTTON : KIND_LAMP;
}

// What must be told of a line that is not there yet.
static int read_new(struct reading *reading, enum kind kind) {
    reading->line.tone_hz = TONE_HZ;
    if (kind != KIND_LAMP) {
        reading->line.role = kind == KIND_BUZZER ? ROLE_BUZZER : ROLE_BUTTON;
    } else {
        if (cfg_size(reading->section, "colour") == 0)
            (void)cfg_setstr(reading->section, "colour", cfg_title(reading->section));
    }
    if (reading->board->driver == DRIVER_SIM || cfg_size(reading->section, "gpio") > 0)
        return 0;
    conf_complain(reading->conf, reading->section, NULL,
                  "add gpio = and the line's number on the chip", "'%s' has no gpio",
                  reading->line.name);
    return -EINVAL;
}

static int read_keys(struct reading *reading, enum kind kind) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (!(KEYS[i].kinds & 1u << kind) || !KEYS[i].read)
            continue;
        const struct conf_value value = value_of(reading, KEYS[i].key);
        int r = conf_value_is_given(&value) ? KEYS[i].read(reading, &value) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

// Some pins of a Pi's header have a PWM of their own, which differs by model. It is taken where the
// file does not say which, also for a tone that was moved to another pin.
static int find_pwm(struct reading *reading) {
    struct board_line *line = &reading->line;
    const struct conf_value pwm = value_of(reading, "pwm"), gpio = value_of(reading, "gpio"),
                            kind = value_of(reading, "kind"),
                            channel = value_of(reading, "channel");
    const bool is_settled = line->pwm_device[0] && !conf_value_is_given(&gpio);
    if (!reading->is_tone || conf_value_is_given(&pwm) || is_settled ||
        reading->board->driver == DRIVER_SIM)
        return 0;
    struct pi pi;
    const char *device, *needs;
    uint32_t own_channel;
    pi_look(PI_DEVICE_TREE, &pi);
    if (line->chip_label[0] || pi_find_pwm(&pi, line->offset, &device, &own_channel, &needs)) {
        conf_value_complain(conf_value_is_given(&kind) ? &kind : &gpio, DIAG_ERROR,
                            "add pwm = and the PWM chip's device: ls -l /sys/class/pwm shows them",
                            "gpio %u has no PWM of its own, only 12, 13, 18 and 19 have",
                            line->offset);
        return -EINVAL;
    }
    (void)snprintf(line->pwm_device, sizeof line->pwm_device, "%s", device);
    if (!conf_value_is_given(&channel))
        line->pwm_channel = own_channel;
    if (!line->needs[0])
        (void)snprintf(line->needs, sizeof line->needs, "%s", needs);
    return 0;
}

// --- all sections of a file ------------------------------------------------------------------

/**
 * struct lines - the board's lines while sections are read
 * @sections: by line, the section that was read onto it; NULL = none of this file
 * @is_wrong: by line: its section has a mistake
 */
struct lines {
    const struct conf *conf;
    struct board *board;
    cfg_t *sections[LIMIT_BOARD_LINES];
    bool is_wrong[LIMIT_BOARD_LINES];
};

// The place for a line of that name: the one it has, or a new one. -EINVAL after complaining.
static int find_place(struct lines *lines, const struct reading *reading, enum kind kind,
                      size_t *ret_index) {
    const struct board *board = lines->board;
    size_t index = board_find_line(board, reading->line.name);
    *ret_index = index;
    if (index == LIMIT_BOARD_LINES) {
        conf_complain(lines->conf, reading->section, NULL, NULL, "more than %d lines",
                      LIMIT_BOARD_LINES);
        return -EINVAL;
    }
    if (index == board->line_count)
        return 0;
    if (lines->sections[index]) {
        conf_complain(lines->conf, reading->section, reading->line.name, "give it another name",
                      "there is a line '%s' already", reading->line.name);
        return -EINVAL;
    }
    if (kind_of(board->lines[index].role) != kind) {
        conf_complain(lines->conf, reading->section, reading->line.name, "give it another name",
                      "'%s' is a %s of board %s", reading->line.name,
                      KINDS[kind_of(board->lines[index].role)], board->name);
        return -EINVAL;
    }
    return 0;
}

static void read_section(struct lines *lines, cfg_t *section, enum kind kind) {
    struct reading reading = {.conf = lines->conf, .section = section, .board = lines->board};
    size_t index;
    if (read_name(&reading, kind) != 0 || find_place(lines, &reading, kind, &index) != 0)
        return;
    struct board *board = lines->board;
    int r = 0;
    if (index < board->line_count) {
        reading.line = board->lines[index];
        reading.is_tone = reading.line.pwm_device[0];
    } else {
        r = read_new(&reading, kind);
        board->line_count++;
    }
    if (r == 0)
        r = read_keys(&reading, kind);
    if (r == 0 && kind == KIND_BUZZER)
        r = find_pwm(&reading);
    board->lines[index] = reading.line;
    lines->sections[index] = section;
    lines->is_wrong[index] = r != 0;
}

static bool is_same_line(const struct board_line *a, const struct board_line *b) {
    return a->offset == b->offset && strcmp(a->chip_label, b->chip_label) == 0;
}

// Two things on one line are a slip of the pen; said where the later of them stands.
static void check_offsets(struct lines *lines) {
    const struct board *board = lines->board;
    for (size_t i = 0; i < board->line_count; i++) {
        for (size_t j = 0; j < board->line_count; j++) {
            bool is_later = !lines->sections[j] || j < i;
            if (i == j || !lines->sections[i] || !is_later || lines->is_wrong[i] ||
                lines->is_wrong[j] || !is_same_line(&board->lines[i], &board->lines[j]))
                continue;
            conf_complain(lines->conf, lines->sections[i], "gpio", NULL,
                          "gpio %u is taken by '%s' already", board->lines[i].offset,
                          board->lines[j].name);
            lines->is_wrong[i] = true;
        }
    }
}

static void drop_wrong(struct lines *lines) {
    struct board *board = lines->board;
    size_t count = 0;
    for (size_t i = 0; i < board->line_count; i++)
        if (!lines->is_wrong[i])
            board->lines[count++] = board->lines[i];
    board->line_count = count;
}

size_t board_lines_read(const struct conf *conf, struct board *board) {
    struct lines lines = {.conf = conf, .board = board};
    size_t sections = 0;
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        unsigned count = cfg_size(conf->cfg, KINDS[kind]);
        for (unsigned i = 0; i < count; i++)
            read_section(&lines, cfg_getnsec(conf->cfg, KINDS[kind], i), kind);
        sections += count;
    }
    if (board->driver == DRIVER_GPIOD)
        check_offsets(&lines);
    drop_wrong(&lines);
    return sections;
}
