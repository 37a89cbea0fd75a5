// SPDX-License-Identifier: MIT

#include "port/gpio/sim_picture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "core/text/columns.h"
#include "port/system/encoding.h"

enum { WIDTH_DEFAULT = 80, HEIGHT_DEFAULT = 24, GAP = 3, STORIES = 3, LINES = 2 + STORIES };

/**
 * struct sim_picture
 * @event_fd:   plain lines: a timer, due when a lamp has been dark long enough; on a terminal: the
 *              signals that its size changed, or that others wrote there while we were stopped;
 *              -1 = none
 * @is_moving:  out_fd is a terminal that can draw anew in place
 * @old_mask:   signals before, where is_moving
 * @health:     "" = nothing was told of it
 * @stories:    newest first
 * @columns:    of each line that is drawn
 * @line_count: lines that are drawn; 0 = the picture is not there
 * @is_hidden:  something is being printed where the picture was
 * @is_on:      each line's level
 * @is_told:    plain lines: "on" was printed, "off" was not yet
 * @off_ms:     plain lines: when it last went dark
 */
struct sim_picture {
    const struct board *board;
    int out_fd;
    int event_fd;
    bool has_keys;
    bool is_moving;
    sigset_t old_mask;
    char health[256];
    char stories[STORIES][256];
    size_t columns[LINES];
    size_t line_count;
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

// --- the moving picture ----------------------------------------------------------------------

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

static struct winsize terminal_size(const struct sim_picture *picture) {
    struct winsize size = {0};
    (void)ioctl(picture->out_fd, TIOCGWINSZ, &size); // one that does not know its size: as usual
    if (size.ws_col == 0)
        size.ws_col = WIDTH_DEFAULT;
    if (size.ws_row == 0)
        size.ws_row = HEIGHT_DEFAULT;
    return size;
}

static size_t full_width(const struct sim_picture *picture) {
    size_t width = 0;
    for (size_t i = 0; i < picture->board->line_count; i++)
        if (board_role_is_output(picture->board->lines[i].role))
            width += GAP + strlen("* ") + strlen(picture->board->lines[i].name);
    return width;
}

/**
 * struct canvas - what is about to be written, in one piece so that it does not flicker
 * @width:   columns a line may have
 * @columns: of the line under way
 */
struct canvas {
    char bytes[8192];
    size_t used;
    size_t width;
    size_t columns;
};

static void put(struct canvas *canvas, const char *text) {
    size_t size = strlen(text);
    if (size >= sizeof canvas->bytes - canvas->used)
        return;
    memcpy(canvas->bytes + canvas->used, text, size + 1);
    canvas->used += size;
}

// A text from outside, as far as the line has room. Nothing in it may steer the terminal.
static void put_text(struct canvas *canvas, const char *text, bool has_utf8) {
    for (size_t size; *text; text += size) {
        size_t columns;
        bool is_unseen;
        size = columns_next(text, &columns, &is_unseen);
        const bool is_plain = !is_unseen && (size == 1 || has_utf8);
        char bytes[5] = "?";
        if (is_plain)
            memcpy(bytes, text, size);
        else
            columns = 1;
        if (canvas->columns + columns > canvas->width)
            return;
        put(canvas, bytes);
        canvas->columns += columns;
    }
}

// Whole or not at all.
static void put_hint(struct canvas *canvas, const char *text) {
    if (canvas->columns + strlen(text) > canvas->width)
        return;
    put(canvas, text);
    canvas->columns += strlen(text);
}

// On a narrow terminal the names go first, then the last lamps.
static void put_lamps(struct canvas *canvas, const struct sim_picture *picture) {
    bool has_names = full_width(picture) <= canvas->width;
    for (size_t i = 0; i < picture->board->line_count; i++) {
        const struct board_line *line = &picture->board->lines[i];
        const char *name = has_names ? line->name : "";
        const char *paint = colour(picture, i);
        size_t columns = GAP - 1 + strlen("* ") + strlen(name);
        if (!board_role_is_output(line->role))
            continue;
        if (canvas->columns + columns > canvas->width)
            break;
        char text[64];
        (void)snprintf(text, sizeof text, "  %s%s%s %s%s", paint, symbol(picture, i),
                       paint[0] ? "\033[0m" : "", name, has_names ? " " : "");
        put(canvas, text);
        canvas->columns += columns + has_names;
    }
    if (picture->has_keys)
        put_hint(canvas, "   (Enter: button)");
}

// Back to where the picture begins, and nothing is there any more. Lines drawn when the terminal
// was wider take several by now.
static void put_erasure(struct canvas *canvas, const struct sim_picture *picture, size_t width) {
    size_t rows = 0;
    for (size_t i = 0; i < picture->line_count; i++)
        rows += 1 + (picture->columns[i] ? (picture->columns[i] - 1) / width : 0);
    char up[32] = "\r";
    if (rows > 1)
        (void)snprintf(up, sizeof up, "\r\033[%zuA", rows - 1);
    put(canvas, up);
    put(canvas, "\033[J");
}

static void draw(struct sim_picture *picture) {
    struct winsize size = terminal_size(picture);
    // Not up to the last column: some terminals are on the next line then.
    struct canvas canvas = {.width = size.ws_col - 1u};
    put_erasure(&canvas, picture, size.ws_col);
    const char *texts[LINES] = {"", picture->health};
    for (size_t i = 0; i < STORIES; i++)
        texts[2 + i] = picture->stories[i];
    picture->line_count = 0;
    for (size_t i = 0; i < LINES && picture->line_count + 1 < size.ws_row; i++) {
        if (i > 0 && !texts[i][0])
            continue;
        canvas.columns = 0;
        put(&canvas, i > 0 ? "\n" : "");
        put_text(&canvas, i > 0 ? "  " : "", true);
        put_text(&canvas, texts[i], picture->has_utf8);
        if (i == 0)
            put_lamps(&canvas, picture);
        picture->columns[picture->line_count++] = canvas.columns;
    }
    (void)!write(picture->out_fd, canvas.bytes,
                 canvas.used); // that it cannot be drawn is no failure
}

static void erase(struct sim_picture *picture) {
    struct canvas canvas = {.used = 0};
    put_erasure(&canvas, picture, terminal_size(picture).ws_col);
    picture->line_count = 0;
    (void)!write(picture->out_fd, canvas.bytes, canvas.used);
}

void sim_picture_note(struct sim_picture *picture, enum gpio_note kind, const char *text) {
    if (kind == GPIO_NOTE_HEALTH) {
        (void)snprintf(picture->health, sizeof picture->health, "%s", text[0] ? text : "well");
    } else {
        memmove(picture->stories[1], picture->stories[0],
                sizeof picture->stories[0] * (STORIES - 1));
        (void)snprintf(picture->stories[0], sizeof picture->stories[0], "%s", text);
    }
    if (picture->is_moving && !picture->is_hidden)
        draw(picture);
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
    const struct itimerspec when = {.it_value = {.tv_sec = (time_t)(due_ms / 1000),
                                                 .tv_nsec = (long)(due_ms % 1000) * 1000000}};
    (void)timerfd_settime(picture->event_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void note(struct sim_picture *picture, size_t line, bool is_on) {
    if (!is_on)
        picture->off_ms[line] = now_ms();
    else if (!picture->is_told[line])
        tell(picture, line, true);
    arm(picture);
}

static void tell_dark(struct sim_picture *picture) {
    int64_t now = now_ms();
    for (size_t i = 0; i < picture->board->line_count; i++)
        if (picture->is_told[i] && !picture->is_on[i] &&
            now - picture->off_ms[i] >= SIM_PICTURE_DARK_MS)
            tell(picture, i, false);
    arm(picture); // also makes the descriptor unreadable again
}

// --- both ------------------------------------------------------------------------------------

int sim_picture_fd(const struct sim_picture *picture) {
    return picture->event_fd;
}

void sim_picture_tick(struct sim_picture *picture) {
    struct signalfd_siginfo signal;
    if (picture->event_fd < 0)
        return;
    if (!picture->is_moving)
        tell_dark(picture);
    else if (read(picture->event_fd, &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGCONT)
            picture->line_count = 0; // what the shell wrote stands below it
        if (!picture->is_hidden)
            draw(picture);
    }
}

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
        erase(picture);
}

// Without its descriptor a picture still draws, but does not follow the terminal's size.
static int open_events(struct sim_picture *picture) {
    if (!picture->is_moving)
        return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    sigset_t changed;
    (void)sigemptyset(&changed);
    (void)sigaddset(&changed, SIGWINCH);
    (void)sigaddset(&changed, SIGCONT);
    (void)sigprocmask(SIG_BLOCK, &changed, &picture->old_mask);
    return signalfd(-1, &changed, SFD_CLOEXEC | SFD_NONBLOCK);
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
        .event_fd = -1,
        .has_keys = has_keys,
        .is_moving = out_fd >= 0 && isatty(out_fd) && terminal && strcmp(terminal, "dumb") != 0,
        .has_colour = !no_colour || !no_colour[0],
    };
    picture->has_utf8 = picture->is_moving && encoding_is_utf8(); // some KB, never given back
    if (out_fd >= 0)
        picture->event_fd = open_events(picture);
    if (picture->is_moving) {
        draw(picture);
    } else if (out_fd >= 0 && picture->event_fd < 0) {
        int error = -errno;
        free(picture);
        return error;
    }
    *ret = picture;
    return 0;
}

struct sim_picture *sim_picture_free(struct sim_picture *picture) {
    if (!picture)
        return NULL;
    sim_picture_show(picture, false);
    for (size_t i = 0; i < picture->board->line_count; i++)
        if (picture->is_told[i])
            tell(picture, i, false);
    if (picture->event_fd >= 0)
        (void)close(picture->event_fd);
    if (picture->is_moving)
        (void)sigprocmask(SIG_SETMASK, &picture->old_mask, NULL);
    free(picture);
    return NULL;
}
