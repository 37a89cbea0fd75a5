// SPDX-License-Identifier: MIT
//
// libFuzzer door to the keywords language: any bytes as a keywords file, every complaint shown, and
// a matcher made of what was good. Asserted beside "no crash": what is kept can be read again and
// is found by its place, lines go up, and a complaint points into its file.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher/matcher.h"
#include "core/keywords/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_diags(const struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        char text[2048];
        diag_format(&diags->items[i], sizeof text, text);
        if (diags->items[i].column > 0 && diags->items[i].line == 0)
            abort();
    }
}

// A rule that was kept reads again, alone, without a mistake.
static void check_rules(const struct keywords *keywords, struct rule *rule) {
    uint32_t last_line = 0;
    for (size_t i = 0; i < keywords_rule_count(keywords); i++) {
        const struct keyword_rule written = keywords_rule(keywords, i);
        const struct diag_place line = {
            .source = written.text, .source_size = strlen(written.text), .line = 1, .file = ""};
        struct diag_list diags = DIAG_LIST_NULL;
        if (rule_parse(&line, &diags, rule) != 0 || diags.error_count > 0)
            abort();
        diag_list_done(&diags);
        const size_t end = written.place + strlen(written.text);
        if (keywords_rule_at(keywords, written.place) != i ||
            keywords_rule_at(keywords, end) != i || written.line <= last_line)
            abort();
        last_line = written.line;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct keywords *keywords;
    struct matcher *matcher;
    struct diag_list diags = DIAG_LIST_NULL;
    struct rule *rule = malloc(sizeof *rule);
    if (!rule || keywords_new(&keywords) != 0)
        abort();
    if (keywords_add_file(keywords, "fuzz", (const char *)data, size, &diags) != 0)
        abort();
    check_diags(&diags);
    check_rules(keywords, rule);
    if (matcher_new(keywords, &matcher) != 0)
        abort();
    matcher_free(matcher);
    keywords_free(keywords);
    diag_list_done(&diags);
    free(rule);
    return 0;
}
