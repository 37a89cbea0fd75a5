// SPDX-License-Identifier: MIT

#include "port/system/encoding.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

bool encoding_is_utf8(void) {
    locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
    if (!locale)
        return false;
    bool is_utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return is_utf8;
}
