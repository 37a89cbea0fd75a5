// SPDX-License-Identifier: MIT

#include "port/sim_picture.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, GAP = 3 };

/**
 * struct sim_picture
 * @timer_fd:   plain lines only: due when a lamp has been dark long enough; -1 = none
 * @is_moving:  out_fd is a terminal that can redraw a line
 * @is_hidden:  something is being printed where the picture was
 * @is_on:      each line's level
 * @is_told:    plain lines: "on" was printed, "off" was not yet
 * @off_ms:     plain lines: when it last went dark
 */
struct sim_picture {
    const struct board *board;
    int out_fd;
    int timer_fd;
    bool has_keys;
    bool is_moving;
    bool is_hidden;
    bool has_colour;
    bool has_utf8;
    bool is_on[LIMIT_BOARD_LINES];
    bool is_told[LIMIT_BOARD_LINES];
    int64_t off_ms[LIMIT_BOARD_LINES];
};

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail for this clock
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_utf8_locale(void) {
    locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
    if (!locale)
        return false;
    bool is_utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return is_utf8;
}

// --- the moving line -------------------------------------------------------------------------

static const char *symbol(const struct sim_picture *picture, size_t line) {
    bool is_on = picture->is_on[line];
    if (!picture->has_utf8)
        return is_on ? "*" : ".";
    if (picture->board->lines[line].role == ROLE_BUZZER)
        return is_on ? "\u266A" : "\u00B7"; // ♪ ·
    return is_on ? "\u25CF" : "\u25CB";     // ● ○
}

static const char *colour(const struct sim_picture *picture, size_t line) {
    static const char *const COLOURS[ROLE_COUNT] = {
        [ROLE_RED] = "\033[1;31m",    [ROLE_AMBER] = "\033[1;33m",  [ROLE_GREEN] = "\033[1;32m",
        [ROLE_HEALTH] = "\033[1;35m", [ROLE_BUZZER] = "\033[1;36m", [ROLE_BUTTON] = "",
    };
    bool is_coloured = picture->has_colour && picture->is_on[line];
    return is_coloured ? COLOURS[picture->board->lines[line].role] : "";
}

static size_t terminal_width(const struct sim_picture *picture) {
    struct winsize size;
    bool is_known = ioctl(picture->out_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : WIDTH_DEFAULT;
}

static size_t full_width(const struct sim_picture *picture) {
    size_t width = 0;
    for (size_t i = 0; i < picture->board->line_count; i++)
        if (board_role_is_output(picture->board->lines[i].role))
            width += GAP + strlen("* ") + strlen(picture->board->lines[i].name);
    return width;
}

// One write for the whole line, so that it does not flicker. A line that wraps could not be taken
// away again: on a narrow terminal the names go first, then the last lamps.
static void draw(struct sim_picture *picture) {
    static const char KEYS[] = "   (Enter: button)";
    size_t width = terminal_width(picture), used_columns = 0;
    bool has_names = full_width(picture) < width;
    char text[LIMIT_BOARD_LINES * 48];
    size_t used = (size_t)snprintf(text, sizeof text, "\r\033[K");
    for (size_t i = 0; i < picture->board->line_count; i++) {
        const struct board_line *line = &picture->board->lines[i];
        if (!board_role_is_output(line->role))
            continue;
        const char *name = has_names ? line->name : "";
        size_t columns = GAP - 1 + strlen("* ") + strlen(name);
        if (used_columns + columns >= width)
            break;
        const char *paint = colour(picture, i);
        used += (size_t)snprintf(text + used, sizeof text - used, "  %s%s%s %s%s", paint,
                                 symbol(picture, i), paint[0] ? "\033[0m" : "", name,
                                 has_names ? " " : "");
        used_columns += columns + has_names;
    }
    if (picture->has_keys && used_columns + strlen(KEYS) < width)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", KEYS);
    (void)!write(picture->out_fd, text, used); // a picture that cannot be drawn is no failure
}

// --- plain lines -----------------------------------------------------------------------------

static void tell(struct sim_picture *picture, size_t line, bool is_on) {
    picture->is_told[line] = is_on;
    (void)dprintf(picture->out_fd, "%s %s\n", picture->board->lines[line].name,
                  is_on ? "on" : "off");
}

// Arms the timer for the lamp that will first have been dark long enough.
static void arm(struct sim_picture *picture) {
    int64_t due_ms = 0;
    for (size_t i = 0; i < picture->board->line_count; i++)
        if (picture->is_told[i] && !picture->is_on[i] &&
            (due_ms == 0 || picture->off_ms[i] + SIM_PICTURE_DARK_MS < due_ms))
            due_ms = picture->off_ms[i] + SIM_PICTURE_DARK_MS;
    const struct itimerspec when = {
        .it_value = {.tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000}};
    (void)timerfd_settime(picture->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void note(struct sim_picture *picture, size_t line, bool is_on) {
    if (!is_on)
        picture->off_ms[line] = now_ms();
    else if (!picture->is_told[line])
        tell(picture, line, true);
    arm(picture);
}

void sim_picture_tick(struct sim_picture *picture) {
    if (picture->timer_fd < 0)
        return;
    int64_t now = now_ms();
    for (size_t i = 0; i < picture->board->line_count; i++)
        if (picture->is_told[i] && !picture->is_on[i] &&
            now - picture->off_ms[i] >= SIM_PICTURE_DARK_MS)
            tell(picture, i, false);
    arm(picture); // also makes the descriptor unreadable again
}

int sim_picture_fd(const struct sim_picture *picture) {
    return picture->timer_fd;
}

// --- both ------------------------------------------------------------------------------------

void sim_picture_set(struct sim_picture *picture, size_t line, bool is_on) {
    picture->is_on[line] = is_on;
    if (picture->out_fd < 0)
        return;
    if (!picture->is_moving)
        note(picture, line, is_on);
    else if (!picture->is_hidden)
        draw(picture);
}

void sim_picture_show(struct sim_picture *picture, bool is_shown) {
    picture->is_hidden = !is_shown;
    if (!picture->is_moving)
        return;
    if (is_shown)
        draw(picture);
    else
        (void)!write(picture->out_fd, "\r\033[K", 4);
}

int sim_picture_new(const struct board *board, int out_fd, bool has_keys,
                    struct sim_picture **ret) {
    struct sim_picture *picture = calloc(1, sizeof *picture);
    if (!picture)
        return -ENOMEM;
    const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    *picture = (struct sim_picture){
        .board = board,
        .out_fd = out_fd,
        .timer_fd = -1,
        .has_keys = has_keys,
        .is_moving = out_fd >= 0 && isatty(out_fd) && terminal && strcmp(terminal, "dumb") != 0,
        .has_colour = !no_colour || !no_colour[0],
        .has_utf8 = is_utf8_locale(),
    };
    if (picture->is_moving) {
        draw(picture);
    } else if (out_fd >= 0) {
        picture->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        if (picture->timer_fd < 0) {
            int error = -errno;
            free(picture);
            return error;
        }
    }
    *ret = picture;
    return 0;
}

struct sim_picture *sim_picture_free(struct sim_picture *picture) {
    if (!picture)
        return NULL;
    sim_picture_show(picture, false);
    for (size_t i = 0; picture->timer_fd >= 0 && i < picture->board->line_count; i++)
        if (picture->is_told[i])
            tell(picture, i, false);
    if (picture->timer_fd >= 0)
        (void)close(picture->timer_fd);
    free(picture);
    return NULL;
}
