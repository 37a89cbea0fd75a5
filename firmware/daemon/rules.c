// SPDX-License-Identifier: MIT

#include "daemon/rules.h"

#include "core/keywords/keywords_check.h"
#include "port/files/keywords_file.h"

int rules_load(const char *path, struct diag_list *diags, struct rules *ret) {
    struct rules rules = RULES_NULL;
    int r = keywords_file_load(path, diags, &rules.keywords);
    if (r == 0)
        r = matcher_new(rules.keywords, &rules.matcher);
    const size_t warnings = diags->warning_count;
    if (r == 0)
        r = keywords_run_selftests(rules.keywords, rules.matcher, DIAG_WARNING, diags);
    rules.failed_selftests = diags->warning_count - warnings;
    if (r < 0) {
        rules_done(&rules);
        return r;
    }
    matcher_rest(rules.matcher); // what is made next takes its room
    *ret = rules;
    return 0;
}

void rules_done(struct rules *rules) {
    rules->matcher = matcher_free(rules->matcher);
    rules->keywords = keywords_free(rules->keywords);
}
