// SPDX-License-Identifier: MIT

#include "core/text/spelling.h"

#include <stdint.h>
#include <string.h>

static size_t smallest(size_t a, size_t b, size_t c) {
    const size_t least = a < b ? a : b;
    return least < c ? least : c;
}

// Levenshtein's, a row at a time.
static size_t distance(const char *typed, const char *word) {
    enum { WORD_MAX = 31 };
    size_t row[WORD_MAX + 1];
    const size_t width = strlen(word);
    if (width > WORD_MAX || strlen(typed) > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; typed[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            const size_t above = row[j + 1];
            row[j + 1] = smallest(diagonal + (typed[i] != word[j]), above + 1, row[j] + 1);
            diagonal = above;
        }
    }
    return row[width];
}

bool spelling_is_nearer(const char *typed, const char *word, size_t *least) {
    const size_t found = distance(typed, word);
    if (found >= *least || found >= strlen(word))
        return false;
    *least = found;
    return true;
}
