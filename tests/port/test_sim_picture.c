// SPDX-License-Identifier: MIT

#include "unit.h"

#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "port/gpio/sim_picture.h"
#include "port/sim_board.h"
#include "port/system/clock.h"

enum { PATIENCE_MS = 60000 };

// A picture that is drawn on a terminal or a pipe, whose other end is read.
struct fixture {
    struct sim_picture *picture;
    int shown_fd, drawn_fd;
};

static int set_up(void **state) {
    static struct fixture fixture;
    fixture = (struct fixture){.shown_fd = -1, .drawn_fd = -1};
    *state = &fixture;
    return setenv("TERM", "xterm", 1) || setenv("LC_ALL", "C.UTF-8", 1) || unsetenv("NO_COLOR");
}

static int tear_down(void **state) {
    struct fixture *it = *state;
    it->picture = sim_picture_free(it->picture);
    return close(it->drawn_fd) || close(it->shown_fd);
}

static void open_on_pipe(struct fixture *it) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    it->shown_fd = ends[0];
    it->drawn_fd = ends[1];
    assert_int_equal(sim_picture_new(&BOARD, it->drawn_fd, false, &it->picture), 0);
}

static void open_on_terminal(struct fixture *it, unsigned short columns) {
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    assert_int_equal(openpty(&it->shown_fd, &it->drawn_fd, NULL, NULL, &size), 0);
    assert_int_equal(sim_picture_new(&BOARD, it->drawn_fd, false, &it->picture), 0);
}

// What was drawn since it was read last; until the next time. A terminal's other end has it when
// the kernel finds the time: an end mark of ours comes behind it.
static const char *read_all(const struct fixture *it) {
    static const char END = '\x7F';
    static char text[1024];
    size_t used = 0;
    assert_int_equal(write(it->drawn_fd, &END, 1), 1);
    while (used == 0 || text[used - 1] != END) {
        ssize_t n = read(it->shown_fd, text + used, sizeof text - used);
        assert_true(n > 0);
        used += (size_t)n;
    }
    text[used - 1] = '\0';
    return text;
}

static void await_tick(struct fixture *it) {
    assert_true(unit_is_readable(sim_picture_fd(it->picture), PATIENCE_MS));
    sim_picture_tick(it->picture);
}

static void elsewhere_than_on_a_terminal_a_blinking_lamp_is_told_once(void **state) {
    struct fixture *it = *state;
    open_on_pipe(it);
    for (int i = 0; i < 5; i++) {
        sim_picture_set(it->picture, RED, true);
        sim_picture_set(it->picture, RED, false);
    }
    sim_picture_show(it->picture, false);
    sim_picture_show(it->picture, true);
    assert_string_equal(read_all(it), "red on\n");
    it->picture = sim_picture_free(it->picture);
    assert_string_equal(read_all(it), "red off\n");
}

static void a_lamp_that_stays_dark_is_told_without_a_change(void **state) {
    struct fixture *it = *state;
    open_on_pipe(it);
    struct itimerspec left;
    sim_picture_set(it->picture, AMBER, true);
    const int64_t before_us = clock_monotonic_us();
    sim_picture_set(it->picture, AMBER, false);
    assert_int_equal(timerfd_gettime(sim_picture_fd(it->picture), &left), 0);
    assert_in_range(left.it_value.tv_sec * 1000 + left.it_value.tv_nsec / 1000000, 0,
                    SIM_PICTURE_DARK_MS);
    assert_string_equal(read_all(it), "amber on\n");
    await_tick(it);
    assert_true(clock_monotonic_us() - before_us >= (SIM_PICTURE_DARK_MS - 1) * INT64_C(1000));
    assert_string_equal(read_all(it), "amber off\n");
    assert_false(unit_is_readable(sim_picture_fd(it->picture), 0));
}

static void a_terminal_shows_one_line_that_moves(void **state) {
    struct fixture *it = *state;
    open_on_terminal(it, 60);
    assert_string_equal(read_all(it), "\r\033[J  ○ red   ○ amber   · buzzer ");
    sim_picture_set(it->picture, RED, true);
    assert_string_equal(read_all(it), "\r\033[J  \033[1;31m●\033[0m red   ○ amber   · buzzer ");

    sim_picture_show(it->picture, false);
    sim_picture_set(it->picture, BUZZER, true);
    assert_string_equal(read_all(it), "\r\033[J");
    sim_picture_show(it->picture, true);
    assert_non_null(strstr(read_all(it), "♪"));
    it->picture = sim_picture_free(it->picture);
    assert_string_equal(read_all(it), "\r\033[J");
}

static void a_terminal_shows_health_and_the_last_three_stories_below_the_lamps(void **state) {
    struct fixture *it = *state;
    open_on_terminal(it, 40);
    static const char *const STORIES[] = {
        "one", "two", "three", "flash  \033]0;x\aSt\u00E4dte \u5730\u9707 und noch viel mehr"};
    for (size_t i = 0; i < ARRAY_SIZE(STORIES); i++)
        sim_picture_note(it->picture, GPIO_NOTE_STORY, STORIES[i]);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH, "deaf");
    (void)read_all(it);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH, "");
    // Up from the fifth line to the first, all anew; no control character of a title gets through,
    // and wide letters count twice.
    assert_string_equal(read_all(it), "\r\033[4A\033[J  ○ red   ○ amber   · buzzer \r\n  well\r\n"
                                      "  flash  ?]0;x?St\u00E4dte \u5730\u9707 und noch vie\r\n"
                                      "  three\r\n  two");
    sim_picture_show(it->picture, false);
    assert_string_equal(read_all(it), "\r\033[4A\033[J");
}

static void a_terminal_made_smaller_gets_a_picture_that_fits(void **state) {
    struct fixture *it = *state;
    open_on_terminal(it, 60);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH,
                     "a long tale of what ails it, and no end of that");
    sim_picture_note(it->picture, GPIO_NOTE_STORY, "story");
    (void)read_all(it);
    const struct winsize size = {.ws_row = 3, .ws_col = 20};
    assert_int_equal(ioctl(it->drawn_fd, TIOCSWINSZ, &size), 0);
    assert_int_equal(kill(getpid(), SIGWINCH), 0); // the terminal's own goes to its foreground
    await_tick(it);
    // 29, 49 and 7 columns now take two, three rows and one: five up.
    assert_string_equal(read_all(it), "\r\033[5A\033[J  ○   ○   · \r\n  a long tale of wh");
    assert_false(unit_is_readable(sim_picture_fd(it->picture), 0));
}

static void a_program_that_goes_on_after_a_stop_draws_below_what_the_shell_wrote(void **state) {
    struct fixture *it = *state;
    open_on_terminal(it, 60);
    sim_picture_note(it->picture, GPIO_NOTE_HEALTH, "well");
    (void)read_all(it);
    assert_int_equal(kill(getpid(), SIGCONT), 0);
    await_tick(it);
    assert_string_equal(read_all(it), "\r\033[J  ○ red   ○ amber   · buzzer \r\n  well");
}

static void a_narrow_terminal_without_colour_or_utf8_still_tells_the_lamps_apart(void **state) {
    struct fixture *it = *state;
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    open_on_terminal(it, 14);
    sim_picture_set(it->picture, AMBER, true);
    assert_string_equal(read_all(it), "\r\033[J  .   .   . \r\033[J  .   *   . ");
}

int main(void) {
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
