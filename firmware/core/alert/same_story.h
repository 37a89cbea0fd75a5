// SPDX-License-Identifier: MIT
//
// same_story.h - do two entries tell the same story?
//
// A wrong "yes" keeps a story silent, a wrong "no" rings a second time: so it says yes only on good
// grounds. A link that is the same once all that decorates it is off; a title that is the same, or
// nearly so and from elsewhere. Near means: both titles have at least four words that count
// (articles, prepositions and the like do not), these agree to 75 % (twice what they have in common
// over what both have, endings left aside, "cyber attack" = "cyberattack"), or to 84 % where each
// has a word that the other has not (Lyon, Lille), their numbers do not contradict each other, and
// not one of them alone denies, ends or undoes something.
//
// Stop words, endings and denials are English; in other languages fewer titles are found near.

#ifndef CORE_SAME_STORY_H
#define CORE_SAME_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirebell/story.h"

// Words and numbers of a title that are compared; the rest of a longer one is left aside.
enum { PRINT_WORDS = 20, PRINT_NUMBERS = 6 };

// Near titles: so many words that count at least, and they agree to so many hundredths at least:
// all of one title's words in the other's, or not.
enum { SAME_WORDS_MIN = 4, SAME_PERCENT = 75, SAME_PERCENT_REPLACED = 84 };

/**
 * struct story_print - by what a story is compared, without its strings
 * @feed:         key of the feed it came from
 * @site:         key of the site it is on, see same_link_site()
 * @link:         see same_link_key()
 * @anchor:       see same_link_anchor()
 * @title:        key of the folded title, without a site's name at its end; 0 = fewer than three
 *                words, as many stories may have
 * @words:        keys of the words that count, none twice
 * @pairs:        of each with the word behind it, written as one word; 0 = none behind it
 * @numbers:      keys of the numbers
 * @is_denial:    the title denies, ends or undoes something
 */
struct story_print {
    uint64_t feed;
    uint64_t site;
    uint64_t link;
    uint64_t anchor;
    uint64_t title;
    uint32_t words[PRINT_WORDS];
    uint32_t pairs[PRINT_WORDS];
    uint32_t numbers[PRINT_NUMBERS];
    uint8_t word_count;
    uint8_t number_count;
    bool is_denial;
};

// On what grounds two stories are the same.
enum same_story { SAME_NOT, SAME_LINK, SAME_TITLE, SAME_NEAR };

/**
 * same_story_print() - take what a story is compared by
 * @feed: the feed's address
 * @link: of the story; "" = none: then its site is the feed's
 */
void same_story_print(const char *feed, const char *title, const char *link,
                      struct story_print *ret);

/**
 * same_story_compare() - the best ground there is, in the order of the enum
 *
 * In one feed two addresses that differ only in the fragment are two stories, and near titles too:
 * a feed that tells of every quake has many of them.
 */
enum same_story same_story_compare(const struct story_print *a, const struct story_print *b);

// Are the titles near each other, whatever feeds they are of?
bool same_story_is_near(const struct story_print *a, const struct story_print *b);

#endif
