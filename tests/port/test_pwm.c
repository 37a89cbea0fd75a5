// SPDX-License-Identifier: MIT
//
// A passive buzzer on a made-up sysfs: the files are there, nothing is behind them, so a channel
// has to be exported already. With a kernel behind them: tests/pi. The linker puts the read(2) and
// pwrite(2) below in the place of the real ones: they can be interrupted, and give or take little.

#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wrapped_read.h"
#include "port/gpio/pwm.h"

static const struct board_line BUZZER = {.name = "buzzer",
                                         .role = ROLE_BUZZER,
                                         .pwm_device = "20c000.pwm",
                                         .pwm_channel = 1,
                                         .tone_hz = 440};

// --- calls that go wrong ---------------------------------------------------------------------

ssize_t __real_pwrite(int fd, const void *bytes, size_t size, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t size, off_t at);

static struct {
    uint64_t seed;    // 0 = none is interrupted
    int short_write;  // the pwrite(2) of that number takes a byte less, from 1 on; 0 = none does
    int failing_read; // the read(2) of that number fails with EIO
    int writes, reads;
} trouble;

static bool is_interrupted(void) {
    if (trouble.seed == 0 || random_next(&trouble.seed) % 3 != 0)
        return false;
    errno = EINTR;
    return true;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size) {
    if (++trouble.reads == trouble.failing_read) {
        errno = EIO;
        return -1;
    }
    if (is_interrupted())
        return -1;
    return __real_read(fd, bytes, trouble.seed > 0 && size > 1 ? 1 : size);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t size, off_t at) {
    if (is_interrupted())
        return -1;
    errno = 0;
    return __real_pwrite(fd, bytes, size - (++trouble.writes == trouble.short_write ? 1 : 0), at);
}

// --- a sysfs ---------------------------------------------------------------------------------

static char folder[40];
static struct gpio_problem problem;

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...) {
    char command[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(command, sizeof command, format, args);
    va_end(args);
    pid_t child = fork();
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-ec", command, NULL);
        _exit(127);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int set_up(void **state) {
    (void)state;
    memset(&trouble, 0, sizeof trouble);
    static const char FOLDER[] = "/tmp/wirebell-pwm-XXXXXX";
    memcpy(folder, FOLDER, sizeof FOLDER);
    assert_non_null(mkdtemp(folder));
    run("cd %s; mkdir -p devices/fe20c000.pwm devices/fan.pwm class/pwmchip2 class/pwmchip10/pwm1; "
        "ln -s ../../devices/fan.pwm class/pwmchip2/device; "
        "ln -s ../../devices/fe20c000.pwm class/pwmchip10/device; cd class/pwmchip10; "
        "echo 2 >npwm; touch export unexport; cd pwm1; "
        "echo 0 >period; touch duty_cycle enable polarity",
        folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    run("rm -r %s", folder);
    return 0;
}

static int open_pwm(const struct board_line *line, struct pwm **ret) {
    char class[64];
    (void)snprintf(class, sizeof class, "%s/class", folder);
    problem = (struct gpio_problem){0};
    return pwm_open(class, line, &problem, ret);
}

// The first line of a file of the chip.
static void expect(const char *name, const char *expected) {
    char path[128], text[32] = "";
    (void)snprintf(path, sizeof path, "%s/class/pwmchip10/%s", folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    (void)!fgets(text, sizeof text, file);
    assert_int_equal(fclose(file), 0);
    text[strcspn(text, "\n")] = '\0';
    assert_string_equal(text, expected);
}

static void a_tone_is_a_period_and_half_of_it(void **state) {
    (void)state;
    struct pwm *pwm;
    assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
    expect("export", "1");
    expect("pwm1/period", "2272727");
    expect("pwm1/polarity", "normal");
    expect("pwm1/enable", "");
    assert_int_equal(pwm_set(pwm, true), 0);
    expect("pwm1/duty_cycle", "1136363");
    expect("pwm1/enable", "1");
    assert_int_equal(pwm_set(pwm, false), 0);
    expect("pwm1/duty_cycle", "0");
    expect("pwm1/enable", "0");
    assert_null(pwm_close(pwm));
}

static void close_silences_and_gives_back(void **state) {
    (void)state;
    struct pwm *pwm;
    assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
    assert_int_equal(pwm_set(pwm, true), 0);
    assert_null(pwm_close(pwm));
    expect("pwm1/duty_cycle", "0");
    expect("pwm1/enable", "0");
    expect("unexport", "1");
    assert_null(pwm_close(NULL));
}

static void a_tone_left_by_a_program_that_died_is_silenced_by_open(void **state) {
    (void)state;
    run("cd %s/class/pwmchip10/pwm1; echo 500000 >period; echo 250000 >duty_cycle; echo 1 >enable",
        folder);
    struct pwm *pwm;
    assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
    expect("pwm1/duty_cycle", "0");
    expect("pwm1/enable", "0");
    expect("pwm1/period", "2272727");
    assert_null(pwm_close(pwm));
}

static void active_low_is_inversed_polarity(void **state) {
    (void)state;
    struct board_line line = BUZZER;
    line.is_active_low = true;
    struct pwm *pwm;
    assert_int_equal(open_pwm(&line, &pwm), 0);
    expect("pwm1/polarity", "inversed");
    assert_null(pwm_close(pwm));
}

static void expect_refusal(const struct board_line *line, int error, const char *words) {
    struct pwm *pwm = (struct pwm *)0x5A;
    assert_int_equal(open_pwm(line, &pwm), error);
    assert_ptr_equal(pwm, (struct pwm *)0x5A);
    assert_int_equal(problem.error, error);
    if (!strstr(problem.message, words))
        fail_msg("%s", problem.message);
    assert_null(strchr(problem.message, '\n'));
}

static void a_missing_chip_asks_for_its_overlay(void **state) {
    (void)state;
    struct board_line line = BUZZER;
    (void)snprintf(line.pwm_device, sizeof line.pwm_device, "1f00098000.pwm");
    expect_refusal(&line, -ENODEV, "overlay");
    run("rm -r %s/class", folder);
    expect_refusal(&BUZZER, -ENODEV, "overlay");
    run("mkdir %s/class", folder);
}

static void a_channel_the_chip_has_not_is_named(void **state) {
    (void)state;
    struct board_line line = BUZZER;
    line.pwm_channel = 2;
    expect_refusal(&line, -ENXIO, "no channel 2, only 2");
}

static void a_channel_of_a_wirebell_that_lives_is_left_alone(void **state) {
    (void)state;
    struct pwm *pwm;
    assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
    assert_int_equal(pwm_set(pwm, true), 0);
    expect_refusal(&BUZZER, -EBUSY, "another wirebell");
    expect("pwm1/enable", "1");
    assert_null(pwm_close(pwm));
    assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
    assert_null(pwm_close(pwm));
}

static void a_channel_of_somebody_else_says_which_group(void **state) {
    (void)state;
    run("chmod a+rx %s; chmod 0444 %s/class/pwmchip10/*port %s/class/pwmchip10/pwm1/*", folder,
        folder, folder);
    uid_t self = geteuid();
    if (self == 0)
        assert_int_equal(seteuid(65534), 0);
    expect_refusal(&BUZZER, -EACCES, "usermod -aG gpio");
    assert_int_equal(seteuid(self), 0);
}

static void interrupted_calls_and_short_reads_change_no_tone(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        run("cd %s/class/pwmchip10/pwm1; echo 500000 >period; echo 250000 >duty_cycle; echo 1 "
            ">enable",
            folder);
        struct pwm *pwm;
        trouble.seed = seed;
        assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
        expect("pwm1/period", "2272727");
        expect("pwm1/enable", "0");
        assert_int_equal(pwm_set(pwm, true), 0);
        expect("pwm1/duty_cycle", "1136363");
        expect("pwm1/enable", "1");
        assert_null(pwm_close(pwm));
        expect("pwm1/enable", "0");
        trouble.seed = 0;
    }
}

static void a_number_that_is_taken_by_half_is_an_error_and_no_other_number(void **state) {
    (void)state;
    struct pwm *pwm;
    trouble.short_write = 2; // the first exports, which a channel may refuse
    expect_refusal(&BUZZER, -EIO, "cannot sound 440 Hz");
    trouble.short_write = 0;
    assert_int_equal(open_pwm(&BUZZER, &pwm), 0);
    trouble.writes = 0;
    trouble.short_write = 1;
    assert_int_equal(pwm_set(pwm, false), -EIO);
    expect("pwm1/enable", "0"); // off even if the duty was not
    assert_null(pwm_close(pwm));
}

static void a_file_that_cannot_be_read_is_no_tone(void **state) {
    (void)state;
    for (int read = 1; read <= 2; read++) {
        trouble.reads = 0;
        trouble.failing_read = read;
        expect_refusal(&BUZZER, -EIO, "Input/output error");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_tone_is_a_period_and_half_of_it),
        TEST(close_silences_and_gives_back),
        TEST(a_tone_left_by_a_program_that_died_is_silenced_by_open),
        TEST(active_low_is_inversed_polarity),
        TEST(a_missing_chip_asks_for_its_overlay),
        TEST(a_channel_the_chip_has_not_is_named),
        TEST(a_channel_of_a_wirebell_that_lives_is_left_alone),
        TEST(a_channel_of_somebody_else_says_which_group),
        TEST(interrupted_calls_and_short_reads_change_no_tone),
        TEST(a_number_that_is_taken_by_half_is_an_error_and_no_other_number),
        TEST(a_file_that_cannot_be_read_is_no_tone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
