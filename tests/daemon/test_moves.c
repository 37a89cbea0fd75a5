// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdlib.h>

#include "daemon/moves.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, WEEK_S = 7 * DAY_S };

static const int64_t BEGIN_S = 1800000000;
static const char OLD[] = "";
static const char NEW[] = "https://new.example/feed";
static const char OTHER[] = "https://other.example/feed";

static enum moves_outcome look(struct store_move **move, enum reading_outcome outcome,
                               const char *moved_to, int64_t wall_s) {
    const struct reading reading = {.outcome = outcome, .moved_to = moved_to};
    return moves_note(move, &reading, wall_s);
}

// One that was confirmed, at BEGIN_S + DAY_S.
static struct store_move *a_confirmed_move(void) {
    struct store_move *move = NULL;
    for (int i = 0; i < 4; i++)
        assert_int_equal(look(&move, READING_OK, NEW, BEGIN_S), MOVES_NOTHING);
    assert_int_equal(look(&move, READING_UNCHANGED, NEW, BEGIN_S + DAY_S), MOVES_CONFIRMED);
    assert_true(moves_is_followed(move));
    assert_string_equal(move->to, NEW);
    return move;
}

static void row_31_five_times_within_a_day_are_not_enough(void **state) {
    (void)state;
    struct store_move *move = NULL;
    for (int i = 0; i < 96; i++)
        assert_int_equal(look(&move, READING_OK, NEW, BEGIN_S + i * 900 - i), MOVES_NOTHING);
    assert_false(moves_is_followed(move));
    assert_int_equal(look(&move, READING_OK, NEW, BEGIN_S + DAY_S), MOVES_CONFIRMED);
    free(move);
}

static void row_31_four_times_over_a_week_are_not_enough_either(void **state) {
    (void)state;
    struct store_move *move = NULL;
    for (int i = 0; i < 4; i++)
        assert_int_equal(look(&move, READING_OK, NEW, BEGIN_S + i * 2 * DAY_S), MOVES_NOTHING);
    assert_false(moves_is_followed(move));
    assert_int_equal(look(&move, READING_PARTIAL, NEW, BEGIN_S + WEEK_S), MOVES_CONFIRMED);
    free(move);
}

static void an_answer_without_a_redirect_begins_the_count_anew(void **state) {
    (void)state;
    struct store_move *move = NULL;
    for (int i = 0; i < 4; i++)
        (void)look(&move, READING_OK, NEW, BEGIN_S);
    assert_int_equal(look(&move, READING_OK, OLD, BEGIN_S), MOVES_NOTHING);
    assert_null(move);
    assert_int_equal(look(&move, READING_OK, NEW, BEGIN_S + DAY_S), MOVES_NOTHING);
    assert_int_equal(move->count, 1);
    assert_int_equal(look(&move, READING_OK, OTHER, BEGIN_S + DAY_S), MOVES_NOTHING);
    assert_string_equal(move->to, OTHER);
    assert_int_equal(move->count, 1);
    free(move);
}

static void a_failure_says_nothing_of_where_it_has_moved(void **state) {
    (void)state;
    struct store_move *move = NULL;
    (void)look(&move, READING_OK, NEW, BEGIN_S);
    assert_int_equal(look(&move, READING_HTTP_ERROR, OLD, BEGIN_S), MOVES_NOTHING);
    assert_int_equal(look(&move, READING_NOT_A_FEED, NEW, BEGIN_S + DAY_S), MOVES_NOTHING);
    assert_int_equal(move->count, 1);
    free(move);
}

static void the_old_address_is_checked_once_a_week(void **state) {
    (void)state;
    struct store_move *move = a_confirmed_move();
    assert_false(moves_is_check_due(move, BEGIN_S + DAY_S + WEEK_S - 1));
    assert_true(moves_is_check_due(move, BEGIN_S + DAY_S + WEEK_S));
    assert_int_equal(look(&move, READING_OK, NEW, BEGIN_S + DAY_S + WEEK_S), MOVES_NOTHING);
    assert_true(moves_is_followed(move));
    assert_false(moves_is_check_due(move, BEGIN_S + DAY_S + WEEK_S + HOUR_S));
    free(move);
}

static void an_old_address_that_is_dead_leaves_the_new_one_in_use(void **state) {
    (void)state;
    struct store_move *move = a_confirmed_move();
    assert_int_equal(look(&move, READING_UNREACHABLE, OLD, BEGIN_S + 8 * DAY_S), MOVES_OLD_DEAD);
    assert_true(moves_is_followed(move));
    assert_false(moves_is_check_due(move, BEGIN_S + 9 * DAY_S));
    free(move);
}

static void an_old_address_that_brings_the_feed_again_is_the_address(void **state) {
    (void)state;
    struct store_move *move = a_confirmed_move();
    assert_int_equal(look(&move, READING_OK, OLD, BEGIN_S + 8 * DAY_S), MOVES_BACK);
    assert_false(moves_is_followed(move));
    assert_null(move);
}

static void an_old_address_that_leads_elsewhere_is_counted_anew(void **state) {
    (void)state;
    struct store_move *move = a_confirmed_move();
    assert_int_equal(look(&move, READING_OK, OTHER, BEGIN_S + 8 * DAY_S), MOVES_ELSEWHERE);
    assert_false(moves_is_followed(move));
    assert_string_equal(move->to, OTHER);
    free(move);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_31_five_times_within_a_day_are_not_enough),
        cmocka_unit_test(row_31_four_times_over_a_week_are_not_enough_either),
        cmocka_unit_test(an_answer_without_a_redirect_begins_the_count_anew),
        cmocka_unit_test(a_failure_says_nothing_of_where_it_has_moved),
        cmocka_unit_test(the_old_address_is_checked_once_a_week),
        cmocka_unit_test(an_old_address_that_is_dead_leaves_the_new_one_in_use),
        cmocka_unit_test(an_old_address_that_brings_the_feed_again_is_the_address),
        cmocka_unit_test(an_old_address_that_leads_elsewhere_is_counted_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
