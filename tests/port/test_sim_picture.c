// SPDX-License-Identifier: MIT

#include "unit.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "port/gpio/sim_picture.h"
#include "port/sim_board.h"

// @out is what is drawn on, @seen where it is read; -1 = not open.
struct fixture {
    struct sim_picture *picture;
    int out;
    int seen;
};

static int set_up(void **state) {
    static struct fixture fixture;
    fixture = (struct fixture){.out = -1, .seen = -1};
    *state = &fixture;
    return setenv("TERM", "xterm", 1) || setenv("LC_ALL", "C.UTF-8", 1) || unsetenv("NO_COLOR");
}

static int tear_down(void **state) {
    struct fixture *it = *state;
    it->picture = sim_picture_free(it->picture);
    (void)close(it->out);
    (void)close(it->seen);
    return 0;
}

static void open_pipe(struct fixture *it) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    it->seen = ends[0];
    it->out = ends[1];
    assert_int_equal(sim_picture_new(&BOARD, it->out, false, &it->picture), 0);
}

static void open_terminal(struct fixture *it, unsigned short columns) {
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(openpty(&it->seen, &it->out, NULL, NULL, &size), 0);
    assert_int_equal(sim_picture_new(&BOARD, it->out, false, &it->picture), 0);
}

static bool is_readable(int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

// What was written to @fd so far.
static void read_all(int fd, size_t size, char *ret) {
    size_t used = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (used + 1 < size && poll(&ready, 1, 50) == 1 && ready.revents & POLLIN) {
        ssize_t n = read(fd, ret + used, size - used - 1);
        assert_true(n > 0);
        used += (size_t)n;
    }
    ret[used] = '\0';
}

static void elsewhere_than_on_a_terminal_a_blinking_lamp_is_told_once(void **state) {
    struct fixture *it = *state;
    char text[256];
    open_pipe(it);
    for (int i = 0; i < 5; i++) {
        sim_picture_set(it->picture, RED, true);
        sim_picture_set(it->picture, RED, false);
    }
    sim_picture_show(it->picture, false);
    sim_picture_show(it->picture, true);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "red on\n");
    it->picture = sim_picture_free(it->picture);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "red off\n");
}

static void a_lamp_that_stays_dark_is_told_without_a_change(void **state) {
    struct fixture *it = *state;
    char text[256];
    open_pipe(it);
    sim_picture_set(it->picture, AMBER, true);
    sim_picture_set(it->picture, AMBER, false);
    struct pollfd ready = {.fd = sim_picture_fd(it->picture), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 3000), 0);
    assert_int_equal(poll(&ready, 1, 6000), 1);
    sim_picture_tick(it->picture);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "amber on\namber off\n");
    assert_false(is_readable(ready.fd));
}

static void a_terminal_shows_one_line_that_moves(void **state) {
    struct fixture *it = *state;
    char text[512];
    open_terminal(it, 60);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[J  ○ red   ○ amber   · buzzer ");
    sim_picture_set(it->picture, RED, true);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[J  \033[1;31m●\033[0m red   ○ amber   · buzzer ");

    sim_picture_show(it->picture, false);
    sim_picture_set(it->picture, BUZZER, true);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[J");
    sim_picture_show(it->picture, true);
    read_all(it->seen, sizeof text, text);
    assert_non_null(strstr(text, "♪"));
    it->picture = sim_picture_free(it->picture);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[J");
}

static void a_terminal_shows_health_and_the_last_three_stories_below_the_lamps(void **state) {
    struct fixture *it = *state;
    char text[1024];
    open_terminal(it, 40);
    static const char *const STORIES[] = {
        "one", "two", "three", "flash  \033]0;x\aSt\u00E4dte \u5730\u9707 und noch viel mehr"};
    for (size_t i = 0; i < ARRAY_SIZE(STORIES); i++)
        sim_picture_note(it->picture, GPIO_NOTE_STORY, STORIES[i]);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH, "deaf");
    read_all(it->seen, sizeof text, text);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH, "");
    read_all(it->seen, sizeof text, text);
    // Up from the fifth line to the first, all anew; no control character of a title gets through,
    // and wide letters count twice.
    assert_string_equal(text, "\r\033[4A\033[J  ○ red   ○ amber   · buzzer \r\n  well\r\n"
                              "  flash  ?]0;x?St\u00E4dte \u5730\u9707 und noch vie\r\n"
                              "  three\r\n  two");
    sim_picture_show(it->picture, false);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[4A\033[J");
}

static void a_terminal_made_smaller_gets_a_picture_that_fits(void **state) {
    struct fixture *it = *state;
    char text[1024];
    open_terminal(it, 60);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH,
                     "a long tale of what ails it, and no end of that");
    sim_picture_note(it->picture, GPIO_NOTE_STORY, "story");
    read_all(it->seen, sizeof text, text);
    const struct winsize size = {.ws_row = 3, .ws_col = 20};
    assert_int_equal(ioctl(it->out, TIOCSWINSZ, &size), 0);
    assert_int_equal(kill(getpid(), SIGWINCH), 0); // the terminal's own goes to its foreground
    struct pollfd ready = {.fd = sim_picture_fd(it->picture), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 1000), 1);
    sim_picture_tick(it->picture);
    read_all(it->seen, sizeof text, text);
    // 29, 49 and 7 columns now take two, three rows and one: five up.
    assert_string_equal(text, "\r\033[5A\033[J  ○   ○   · \r\n  a long tale of wh");
    assert_false(is_readable(ready.fd));
}

static void a_program_that_goes_on_after_a_stop_draws_below_what_the_shell_wrote(void **state) {
    struct fixture *it = *state;
    char text[512];
    open_terminal(it, 60);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH, "well");
    read_all(it->seen, sizeof text, text);
    assert_int_equal(kill(getpid(), SIGCONT), 0);
    struct pollfd ready = {.fd = sim_picture_fd(it->picture), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 1000), 1);
    sim_picture_tick(it->picture);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[J  ○ red   ○ amber   · buzzer \r\n  well");
}

static void a_narrow_terminal_without_colour_or_utf8_still_tells_the_lamps_apart(void **state) {
    struct fixture *it = *state;
    char text[512];
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    open_terminal(it, 14);
    sim_picture_set(it->picture, AMBER, true);
    read_all(it->seen, sizeof text, text);
    assert_string_equal(text, "\r\033[J  .   .   . \r\033[J  .   *   . ");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(elsewhere_than_on_a_terminal_a_blinking_lamp_is_told_once),
        TEST(a_lamp_that_stays_dark_is_told_without_a_change),
        TEST(a_terminal_shows_one_line_that_moves),
        TEST(a_terminal_shows_health_and_the_last_three_stories_below_the_lamps),
        TEST(a_terminal_made_smaller_gets_a_picture_that_fits),
        TEST(a_program_that_goes_on_after_a_stop_draws_below_what_the_shell_wrote),
        TEST(a_narrow_terminal_without_colour_or_utf8_still_tells_the_lamps_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
