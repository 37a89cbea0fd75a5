// SPDX-License-Identifier: MIT

#include "cli/header.h"

#include <string.h>
#include <unistd.h>

#include "port/system/encoding.h"
#include "port/gpio/gpio_chips.h"

bool header_is_of(const struct board *board) {
    static const char *const LABELS[] = {"pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"};
    for (size_t i = 0; i < board->chip_label_count; i++)
        for (size_t j = 0; j < sizeof LABELS / sizeof LABELS[0]; j++)
            if (strcmp(board->chip_labels[i], LABELS[j]) == 0)
                return true;
    return false;
}

// --- who holds what --------------------------------------------------------------------------

static void ask_chip(const struct gpio_chip *chip, struct header_state *state) {
    memcpy(state->chip, chip->info.label, sizeof state->chip);
    for (uint32_t gpio = 0; gpio < HEADER_GPIOS && gpio < chip->info.line_count; gpio++)
        kernel_gpiod.line_holder(chip->handle, gpio, HEADER_HOLDER_SIZE, state->holders[gpio]);
}

int header_look(const struct board *board, struct header_state *ret) {
    *ret = (struct header_state){0};
    pi_look(PI_DEVICE_TREE, &ret->pi);
    if (board->driver != DRIVER_GPIOD)
        return 0;
    struct gpio_chips chips = {0};
    int r = gpio_chips_open(&kernel_gpiod, board, &chips);
    for (size_t i = 0; r == 0 && i < board->line_count; i++) {
        const struct board_line *line = &board->lines[i];
        const struct gpio_chip *chip = gpio_chips_find(&chips, board, i);
        if (!chip || line->offset >= chip->info.line_count)
            continue;
        kernel_gpiod.line_holder(chip->handle, line->offset, HEADER_HOLDER_SIZE, ret->others[i]);
        if (!line->chip_label[0] && !ret->chip[0])
            ask_chip(chip, ret);
    }
    gpio_chips_close(&kernel_gpiod, &chips);
    return r;
}

// --- the drawing -----------------------------------------------------------------------------

// SGR codes; amber is the terminal's yellow.
static const char *const COLOURS[ROLE_COUNT] = {
    [ROLE_RED] = "31",    [ROLE_AMBER] = "33", [ROLE_GREEN] = "32",
    [ROLE_HEALTH] = "36", [ROLE_BUZZER] = "1", [ROLE_BUTTON] = "1",
};

// The board's line on a GPIO of its own chip; NULL = none.
static const struct board_line *line_on(const struct board *board, int gpio) {
    for (size_t i = 0; gpio >= 0 && i < board->line_count; i++)
        if (!board->lines[i].chip_label[0] && board->lines[i].offset == (uint32_t)gpio)
            return &board->lines[i];
    return NULL;
}

// What is to be said of a pin: the board's line, else who holds it, else what else it serves for.
static void describe(const struct header_state *state, const struct pi_pin *pin,
                     const struct board_line *line, size_t size, char *ret) {
    const char *holder = pin->gpio >= 0 ? state->holders[pin->gpio] : "";
    if (line && holder[0] && strcmp(holder, GPIO_CONSUMER) != 0)
        (void)snprintf(ret, size, "%s [held: %s]", line->name, holder);
    else if (line)
        (void)snprintf(ret, size, "%s", line->name);
    else if (holder[0])
        (void)snprintf(ret, size, "[%s]", holder);
    else
        (void)snprintf(ret, size, "%s", pin->also);
}

/**
 * struct cell - one pin as it is drawn
 * @pin:    its name and GPIO
 * @line:   of the board; NULL = none
 * @text:   what is said of it
 * @before: SGR to begin with, or ""
 * @after:  SGR to end with, or ""
 */
struct cell {
    const struct pi_pin *pin;
    const struct board_line *line;
    char text[64];
    char before[12];
    const char *after;
};

static void fill_cell(const struct board *board, const struct header_state *state, unsigned number,
                      bool has_colour, struct cell *ret) {
    *ret = (struct cell){.pin = pi_pin(number), .after = ""};
    ret->line = line_on(board, ret->pin->gpio);
    describe(state, ret->pin, ret->line, sizeof ret->text, ret->text);
    if (!has_colour)
        return;
    (void)snprintf(ret->before, sizeof ret->before, "\033[%sm",
                   ret->line ? COLOURS[ret->line->role] : "2");
    ret->after = "\033[0m";
}

static const char *dot(const struct cell *cell, bool has_utf8) {
    if (has_utf8)
        return cell->line ? "●" : "·";
    return cell->line ? "*" : ".";
}

void header_print(FILE *out, const struct board *board, const struct header_state *state,
                  bool has_colour) {
    const bool has_utf8 = !isatty(fileno(out)) || encoding_is_utf8();
    for (unsigned number = 1; number < state->pi.header_pins; number += 2) {
        struct cell left, right;
        fill_cell(board, state, number, has_colour, &left);
        fill_cell(board, state, number + 1, has_colour, &right);
        (void)fprintf(out, "%s%26s  %6s%s  %2u %s%s%s ", left.before, left.text, left.pin->name,
                      left.after, number, left.before, dot(&left, has_utf8), left.after);
        (void)fprintf(out, "%s%s%s %-2u  %s%s", right.before, dot(&right, has_utf8), right.after,
                      number + 1, right.before, right.pin->name);
        if (right.text[0])
            (void)fprintf(out, "%*s%s", (int)(8 - strlen(right.pin->name)), "", right.text);
        (void)fprintf(out, "%s\n", right.after);
    }
}

// --- by hand ---------------------------------------------------------------------------------

static bool has(const struct board *board, enum board_role from, enum board_role to, bool is_low) {
    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].role >= from && board->lines[i].role <= to &&
            board->lines[i].is_active_low == is_low)
            return true;
    return false;
}

void header_print_wiring(FILE *out, const struct board *board) {
    if (has(board, ROLE_RED, ROLE_HEALTH, false))
        (void)fputs("lamp    pin - 330 ohm - LED - ground (about 4 mA for red; blue and white take "
                    "100 ohm)\n",
                    out);
    if (has(board, ROLE_RED, ROLE_HEALTH, true))
        (void)fputs("lamp    active low: 3.3 V - LED - 330 ohm - pin\n", out);
    if (has(board, ROLE_BUZZER, ROLE_BUZZER, false) || has(board, ROLE_BUZZER, ROLE_BUZZER, true))
        (void)fputs(
            "buzzer  between pin and ground only if it is made for 5 mA at 3.3 V; else\n"
            "        pin - 1 kohm - base of an NPN transistor (BC547, 2N2222), emitter to\n"
            "        ground, buzzer between 5 V and collector; a magnetic one with a diode\n"
            "        across it, its ring to 5 V\n",
            out);
    if (has(board, ROLE_BUTTON, ROLE_BUTTON, true))
        (void)fputs("button  between pin and ground; pull = up holds the pin high\n", out);
    if (has(board, ROLE_BUTTON, ROLE_BUTTON, false))
        (void)fputs("button  between pin and 3.3 V; pull = down holds the pin low\n", out);
}
