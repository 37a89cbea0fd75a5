// SPDX-License-Identifier: MIT
//
// A month is known by how its name begins, so one entry serves "Sep", "Sept." and "September". The
// first entry that fits counts, so longer ones stand before shorter ones that would hide them.

#include "core/feed/date_names.h"

#include <stdint.h>

#include "core/text/ascii.h"

// Names are kept in their tables: pointers to them would take more room than they do.
struct month {
    char start[sizeof "červenec"];
    uint8_t month;
};

// English first: nearly every date ends its search there.
static const struct month MONTHS[] = {
    {"jan", 1},
    {"feb", 2},
    {"marras", 11},
    {"mar", 3},
    {"apr", 4},
    {"may", 5},
    {"june", 6},
    {"july", 7},
    {"jun", 6},
    {"jul", 7},
    {"aug", 8},
    {"sep", 9},
    {"oct", 10},
    {"nov", 11},
    {"dec", 12},
    // French, Italian, Spanish, Portuguese, Romanian
    {"fév", 2},
    {"fev", 2},
    {"avr", 4},
    {"mai", 5},
    {"juin", 6},
    {"juil", 7},
    {"aoû", 8},
    {"aou", 8},
    {"déc", 12},
    {"gen", 1},
    {"mag", 5},
    {"giu", 6},
    {"lug", 7},
    {"ago", 8},
    {"set", 9},
    {"ott", 10},
    {"dic", 12},
    {"ene", 1},
    {"abr", 4},
    {"out", 10},
    {"dez", 12},
    {"ian", 1},
    {"iun", 6},
    {"iul", 7},
    {"noi", 11},
    // German, Dutch, Scandinavian
    {"jän", 1},
    {"mär", 3},
    {"mrz", 3},
    {"okt", 10},
    {"maa", 3},
    {"mrt", 3},
    {"mei", 5},
    {"maj", 5},
    {"des", 12},
    // Polish, Czech
    {"sty", 1},
    {"lut", 2},
    {"kwi", 4},
    {"cze", 6},
    {"lip", 7},
    {"sie", 8},
    {"wrz", 9},
    {"paź", 10},
    {"lis", 11},
    {"gru", 12},
    {"led", 1},
    {"úno", 2},
    {"bře", 3},
    {"dub", 4},
    {"kvě", 5},
    {"červenec", 7},
    {"čvc", 7},
    {"červ", 6},
    {"čer", 6},
    {"čvn", 6},
    {"srp", 8},
    {"zář", 9},
    {"říj", 10},
    {"pro", 12},
    // Hungarian, Finnish, Turkish
    {"már", 3},
    {"ápr", 4},
    {"máj", 5},
    {"jún", 6},
    {"júl", 7},
    {"sze", 9},
    {"tammi", 1},
    {"helmi", 2},
    {"huhti", 4},
    {"touko", 5},
    {"kesä", 6},
    {"heinä", 7},
    {"elo", 8},
    {"syys", 9},
    {"loka", 10},
    {"joulu", 12},
    {"oca", 1},
    {"şub", 2},
    {"nis", 4},
    {"haz", 6},
    {"tem", 7},
    {"ağu", 8},
    {"eyl", 9},
    {"eki", 10},
    {"kas", 11},
    {"ara", 12},
    // Russian, Ukrainian; capital letters beyond ASCII are not folded here
    {"янв", 1},
    {"Янв", 1},
    {"фев", 2},
    {"Фев", 2},
    {"мар", 3},
    {"Мар", 3},
    {"апр", 4},
    {"Апр", 4},
    {"мая", 5},
    {"май", 5},
    {"Май", 5},
    {"Мая", 5},
    {"июн", 6},
    {"Июн", 6},
    {"июл", 7},
    {"Июл", 7},
    {"авг", 8},
    {"Авг", 8},
    {"сен", 9},
    {"Сен", 9},
    {"окт", 10},
    {"Окт", 10},
    {"ноя", 11},
    {"Ноя", 11},
    {"дек", 12},
    {"Дек", 12},
    {"січ", 1},
    {"лют", 2},
    {"бер", 3},
    {"кві", 4},
    {"тра", 5},
    {"чер", 6},
    {"лип", 7},
    {"сер", 8},
    {"вер", 9},
    {"жов", 10},
    {"лис", 11},
    {"гру", 12},
    // Greek
    {"Ιαν", 1},
    {"Φεβ", 2},
    {"Μάρ", 3},
    {"Μαρ", 3},
    {"Μάώ", 3},
    {"Μαώ", 3},
    {"Απρ", 4},
    {"Μάι", 5},
    {"Μαϊ", 5},
    {"Μαι", 5},
    {"Ιούν", 6},
    {"Ιουν", 6},
    {"Ιον", 6},
    {"Ιούλ", 7},
    {"Ιουλ", 7},
    {"Ιολ", 7},
    {"Αύγ", 8},
    {"Αυγ", 8},
    {"Σεπ", 9},
    {"Οκτ", 10},
    {"Νοέ", 11},
    {"Νοε", 11},
    {"Δεκ", 12},
};

struct zone {
    char name[sizeof "akst"];
    int16_t minutes;
};

// RFC 822 5.1, and the abbreviations of tz that have one meaning to most people.
static const struct zone ZONES[] = {
    {"gmt", 0},    {"utc", 0},    {"ut", 0},     {"z", 0},      {"est", -300},  {"edt", -240},
    {"et", -300},  {"cst", -360}, {"cdt", -300}, {"ct", -360},  {"mst", -420},  {"mdt", -360},
    {"mt", -420},  {"pst", -480}, {"pdt", -420}, {"pt", -480},  {"akst", -540}, {"akdt", -480},
    {"hst", -600}, {"ast", -240}, {"adt", -180}, {"nst", -210}, {"ndt", -150},  {"brt", -180},
    {"art", -180}, {"wet", 0},    {"west", 60},  {"bst", 60},   {"cet", 60},    {"cest", 120},
    {"met", 60},   {"mest", 120}, {"mez", 60},   {"mesz", 120}, {"eet", 120},   {"eest", 180},
    {"sast", 120}, {"msk", 180},  {"msd", 240},  {"ist", 330},  {"ict", 420},   {"wib", 420},
    {"hkt", 480},  {"sgt", 480},  {"pht", 480},  {"awst", 480}, {"jst", 540},   {"kst", 540},
    {"acst", 570}, {"acdt", 630}, {"aest", 600}, {"aedt", 660}, {"nzst", 720},  {"nzdt", 780},
};

int date_month(const char *word, size_t size) {
    const char first = size > 0 ? ascii_lower(word[0]) : '\0';
    for (size_t i = 0; i < sizeof MONTHS / sizeof *MONTHS; i++)
        if (MONTHS[i].start[0] == first && ascii_starts_with(word, size, MONTHS[i].start))
            return MONTHS[i].month;
    return 0;
}

static bool is_word(const char *word, size_t size, const char *name) {
    return ascii_compare(word, size, name) == 0;
}

bool date_zone(const char *word, size_t size, int *ret_minutes) {
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++)
        if (is_word(word, size, ZONES[i].name)) {
            *ret_minutes = ZONES[i].minutes;
            return true;
        }
    return false;
}

bool date_is_am(const char *word, size_t size) {
    return is_word(word, size, "am") || is_word(word, size, "a") || is_word(word, size, "오전") ||
           is_word(word, size, "上午");
}

bool date_is_pm(const char *word, size_t size) {
    return is_word(word, size, "pm") || is_word(word, size, "p") || is_word(word, size, "오후") ||
           is_word(word, size, "下午");
}
