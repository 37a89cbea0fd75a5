// SPDX-License-Identifier: MIT
//
// The client against a reader that dies, hangs and lies on cue (fake_reader.c), and against the
// real one, with documents given by descriptor. Its clock stands still, so that no reader ever
// takes too long, but for one that says that it hangs.

#include "port/reader_looks.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "held_clock.h"
#include "wirebell/limits.h"

enum { ANSWER_MS = 300 };

static volatile sig_atomic_t has_hung;

static void on_hang(int signal) {
    (void)signal;
    has_hung = 1;
}

static void lose_patience(void) {
    if (!has_hung)
        return;
    has_hung = 0; // only one that was seen: the signal may come at any time
    held_clock_ms += ANSWER_MS;
}

static void an_answer_comes_back_once_and_not_from_inside_the_call(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, 0);
    ask(fixture, 0, "hello");
    assert_int_equal(fixture->looks[0].count, 0);
    assert_int_equal(reader_client_pending(fixture->client), 1);
    settle(fixture, 1);
    assert_int_equal(fixture->looks[0].outcome, READING_OK);
    assert_string_equal(fixture->looks[0].title, "hello");
}

static void calls_go_together_but_never_more_than_the_cap(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, 0);
    for (size_t i = 0; i < 20; i++)
        ask(fixture, i, "hello");
    settle(fixture, 20);
    int most = 0;
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(fixture->looks[i].outcome, READING_OK);
        assert_int_equal(fixture->looks[i].process, fixture->looks[0].process);
        if (fixture->looks[i].together > most)
            most = fixture->looks[i].together;
    }
    assert_int_equal(most, LIMIT_CALLS_IN_FLIGHT);
}

static void a_feed_that_kills_the_reader_costs_itself_alone(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, 0);
    for (size_t i = 0; i < 6; i++)
        ask(fixture, i, i == 2 ? "die:now" : "hello");
    settle(fixture, 6);
    for (size_t i = 0; i < 6; i++) {
        if (i == 2)
            continue;
        assert_int_equal(fixture->looks[i].outcome, READING_OK);
        assert_int_equal(fixture->looks[i].together, 1); // asked again, and alone
    }
    assert_int_equal(fixture->looks[2].outcome, READING_READER_DIED);
    assert_non_null(strstr(fixture->looks[2].detail, "signal 6"));
}

// Has a reader of the fake kind answer once, and kills it.
static void kill_reader(struct fixture *fixture) {
    use_fake(fixture, 0);
    ask(fixture, 0, "hello");
    settle(fixture, 1);
    assert_true(fixture->looks[0].process > 1); // 0 would be all of us
    assert_int_equal(kill(fixture->looks[0].process, SIGKILL), 0);
}

static void the_next_call_after_a_death_starts_the_reader_anew(void **state) {
    struct fixture *fixture = *state;
    kill_reader(fixture);
    ask(fixture, 1, "hello");
    settle(fixture, 2);
    assert_int_equal(fixture->looks[1].outcome, READING_OK);
    assert_int_not_equal(fixture->looks[1].process, fixture->looks[0].process);
}

static void a_reader_killed_between_calls_costs_nothing(void **state) {
    struct fixture *fixture = *state;
    kill_reader(fixture);
    // It is noticed, and buried.
    for (int i = 0; i < IDLE_TURNS_MAX && kill(fixture->looks[0].process, 0) == 0; i++)
        (void)turn_loop(fixture);
    assert_int_equal(kill(fixture->looks[0].process, 0), -1);
    ask(fixture, 1, "hello");
    settle(fixture, 2);
    assert_int_equal(fixture->looks[1].outcome, READING_OK);
}

static void a_feed_that_hangs_the_reader_costs_itself_alone(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, ANSWER_MS);
    for (size_t i = 0; i < 4; i++)
        ask(fixture, i, i == 0 ? "hang:now" : "hello");
    settle_with(fixture, 4, lose_patience);
    assert_int_equal(fixture->looks[0].outcome, READING_READER_DIED);
    assert_non_null(strstr(fixture->looks[0].detail, "no answer"));
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(fixture->looks[i].outcome, READING_OK);
}

static void an_exit_code_is_told(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, 0);
    ask(fixture, 0, "leave:");
    settle(fixture, 1);
    assert_int_equal(fixture->looks[0].outcome, READING_READER_DIED);
    assert_non_null(strstr(fixture->looks[0].detail, "exit code 3"));
}

static void nonsense_and_refusals_end_their_own_call_only(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, 0);
    ask(fixture, 0, "garbage:");
    ask(fixture, 1, "refuse:");
    ask(fixture, 2, "hello");
    settle(fixture, 3);
    assert_int_equal(fixture->looks[0].outcome, READING_FAILED);
    assert_int_equal(fixture->looks[1].outcome, READING_FAILED);
    assert_non_null(strstr(fixture->looks[1].detail, "out of spite"));
    assert_int_equal(fixture->looks[2].outcome, READING_OK);
    assert_int_equal(fixture->looks[2].together, 3);
}

static void an_address_that_cannot_be_sent_is_a_bad_url(void **state) {
    struct fixture *fixture = *state;
    char url[LIMIT_URL_MAX + 2];
    memset(url, 'a', sizeof url - 1);
    url[sizeof url - 1] = '\0';
    use_fake(fixture, 0);
    ask(fixture, 0, "http://a.org/\xFF");
    ask(fixture, 1, url);
    ask(fixture, 2, "hello");
    settle(fixture, 3);
    assert_int_equal(fixture->looks[0].outcome, READING_BAD_URL);
    assert_int_equal(fixture->looks[1].outcome, READING_BAD_URL);
    assert_int_equal(fixture->looks[2].outcome, READING_OK);
}

// Asks again at every failure, as a careless caller might.
static void ask_again(const struct reading_request *asked, const struct reading *reading,
                      void *userdata) {
    (void)asked;
    struct fixture *fixture = userdata;
    fixture->looks[0].outcome = reading->outcome;
    (void)snprintf(fixture->looks[0].detail, sizeof fixture->looks[0].detail, "%s",
                   reading->detail);
    if (fixture->looks[0].count++ < 1000000)
        ask_for(fixture, "hello", ask_again, fixture);
}

static void a_reader_that_cannot_be_started_is_told_and_never_spins_inside_a_turn(void **state) {
    struct fixture *fixture = *state;
    use(fixture, &(struct reader_client_options){.program_path = "/nowhere/wirebell-reader"});
    ask_for(fixture, "hello", ask_again, fixture);
    for (int turn = 1; turn <= 10; turn++) {
        assert_true(sd_event_run(fixture->event, 0) >= 0);
        assert_in_range(fixture->looks[0].count, 1, (uint64_t)turn);
    }
    assert_int_equal(fixture->looks[0].outcome, READING_FAILED);
    assert_non_null(strstr(fixture->looks[0].detail, "/nowhere/wirebell-reader"));
    assert_non_null(strstr(fixture->looks[0].detail, "No such file"));
}

static void a_program_that_is_no_reader_is_not_blamed_on_the_feed(void **state) {
    struct fixture *fixture = *state;
    use(fixture, &(struct reader_client_options){.program_path = "/bin/false"});
    for (size_t i = 0; i < 10; i++)
        ask(fixture, i, "hello");
    settle(fixture, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(fixture->looks[i].outcome, READING_FAILED);
        assert_non_null(strstr(fixture->looks[i].detail, "exit code 1"));
    }
}

static void a_socket_nobody_listens_on_is_told(void **state) {
    struct fixture *fixture = *state;
    use(fixture, &(struct reader_client_options){.socket_path = "/nowhere/reader"});
    ask(fixture, 0, "hello");
    settle(fixture, 1);
    assert_int_equal(fixture->looks[0].outcome, READING_FAILED);
    assert_non_null(strstr(fixture->looks[0].detail, "/nowhere/reader"));
}

static int document(const char *text) {
    int fd = memfd_create("document", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void ask_fd(struct fixture *fixture, size_t i, int fd) {
    assert_int_equal(reader_client_read_fd(fixture->client, fd, READER_CLIENT_FEED, on_reading,
                                           &fixture->looks[i]),
                     0);
    (void)close(fd); // it was duplicated
}

static void a_file_is_read_again_from_its_start_and_a_pipe_is_lost(void **state) {
    struct fixture *fixture = *state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    (void)close(ends[1]);
    use_fake(fixture, 0);
    ask(fixture, 0, "die:");
    ask_fd(fixture, 1, document("filed"));
    ask_fd(fixture, 2, ends[0]);
    settle(fixture, 3);
    assert_int_equal(fixture->looks[0].outcome, READING_READER_DIED);
    assert_int_equal(fixture->looks[1].outcome, READING_OK);
    assert_string_equal(fixture->looks[1].title, "filed");
    assert_int_equal(fixture->looks[2].outcome, READING_READER_DIED);
}

static void nothing_is_called_back_after_the_end(void **state) {
    struct fixture *fixture = *state;
    use_fake(fixture, 0);
    for (size_t i = 0; i < 20; i++)
        ask(fixture, i, i == 0 ? "hang:" : "hello");
    has_hung = 0;
    for (int i = 0; i < IDLE_TURNS_MAX && !has_hung; i++)
        (void)turn_loop(fixture);
    assert_true(has_hung);
    fixture->client = reader_client_free(fixture->client);
    for (int i = 0; i < 5; i++)
        assert_true(sd_event_run(fixture->event, 1000) >= 0);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(fixture->looks[i].count, 0);
}

// The descriptors and the process group of the reader whose id is @process.
static void expect_only_its_own_descriptors(int process) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", process);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        char link[128], target[256];
        (void)snprintf(link, sizeof link, "%s/%.16s", path, entry->d_name);
        ssize_t size = readlink(link, target, sizeof target - 1);
        target[size > 0 ? size : 0] = '\0';
        assert_null(strstr(target, "inherited"));
    }
    (void)closedir(directory);
    assert_int_equal(getpgid(process), process);
}

static void the_reader_inherits_no_descriptor_and_no_place_at_the_terminal(void **state) {
    struct fixture *fixture = *state;
    int careless = memfd_create("inherited", 0); // without close-on-exec
    assert_true(careless >= 0);
    use_fake(fixture, 0);
    ask(fixture, 0, "hello");
    settle(fixture, 1);
    expect_only_its_own_descriptors(fixture->looks[0].process);
    (void)close(careless);
}

static void the_real_reader_is_found_beside_us_and_reads_a_document(void **state) {
    struct fixture *fixture = *state;
    use(fixture, &(struct reader_client_options){0});
    ask_fd(fixture, 0,
           document("<rss version='2.0'><channel><item><guid>7</guid><title>A bell</title></item>"
                    "</channel></rss>"));
    ask_fd(fixture, 1, document(""));
    ask(fixture, 2, "gopher://example.org/");
    settle(fixture, 3);
    assert_int_equal(fixture->looks[0].outcome, READING_OK);
    assert_string_equal(fixture->looks[0].title, "A bell");
    assert_int_equal(fixture->looks[0].process, 7); // the guid
    assert_int_equal(fixture->looks[1].outcome, READING_EMPTY);
    assert_int_equal(fixture->looks[2].outcome, READING_BAD_URL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_answer_comes_back_once_and_not_from_inside_the_call),
        TEST(calls_go_together_but_never_more_than_the_cap),
        TEST(a_feed_that_kills_the_reader_costs_itself_alone),
        TEST(the_next_call_after_a_death_starts_the_reader_anew),
        TEST(a_reader_killed_between_calls_costs_nothing),
        TEST(a_feed_that_hangs_the_reader_costs_itself_alone),
        TEST(an_exit_code_is_told),
        TEST(nonsense_and_refusals_end_their_own_call_only),
        TEST(an_address_that_cannot_be_sent_is_a_bad_url),
        TEST(a_reader_that_cannot_be_started_is_told_and_never_spins_inside_a_turn),
        TEST(a_program_that_is_no_reader_is_not_blamed_on_the_feed),
        TEST(a_socket_nobody_listens_on_is_told),
        TEST(a_file_is_read_again_from_its_start_and_a_pipe_is_lost),
        TEST(nothing_is_called_back_after_the_end),
        TEST(the_reader_inherits_no_descriptor_and_no_place_at_the_terminal),
        TEST(the_real_reader_is_found_beside_us_and_reads_a_document),
    };
    const struct sigaction action = {.sa_handler = on_hang, .sa_flags = SA_RESTART};
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
