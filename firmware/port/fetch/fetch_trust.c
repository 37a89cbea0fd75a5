// SPDX-License-Identifier: MIT

#include "port/fetch/fetch_trust.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Does the directory hold certificates under the hashes of their subjects ("5ed36f99.0"), as
// c_rehash(1) makes them? OpenSSL finds none under any other name.
static bool is_hashed(const char *path) {
    static const char digits[] = "0123456789abcdef";
    enum { HASH_SIZE = 8 };
    DIR *dir = opendir(path);
    if (!dir)
        return false;
    bool is_found = false;
    for (const struct dirent *entry; !is_found && (entry = readdir(dir));)
        is_found = strspn(entry->d_name, digits) == HASH_SIZE &&
                   strcmp(entry->d_name + HASH_SIZE, ".0") == 0;
    (void)closedir(dir);
    return is_found;
}

static void choose_authorities(struct fetch_trust *trust) {
    const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
    trust->ca_file = getenv("CURL_CA_BUNDLE");
    if (!trust->ca_file)
        trust->ca_file = getenv("SSL_CERT_FILE");
    if (trust->ca_file)
        return;
    trust->ca_dir = getenv("SSL_CERT_DIR");
    if (trust->ca_dir)
        return;
    if (built->capath && (!built->cainfo || is_hashed(built->capath)))
        trust->ca_dir = built->capath;
    else
        trust->ca_file = built->cainfo;
}

int fetch_trust_init(struct fetch_trust *trust) {
    *trust = (struct fetch_trust){.share = curl_share_init()};
    if (!trust->share)
        return -ENOMEM;
    if (curl_share_setopt(trust->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)) {
        fetch_trust_done(trust);
        return -ENOMEM;
    }
    choose_authorities(trust);
    return 0;
}

void fetch_trust_done(struct fetch_trust *trust) {
    (void)curl_share_cleanup(trust->share);
    trust->share = NULL;
}

bool fetch_trust_apply(const struct fetch_trust *trust, CURL *easy) {
    return !curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) &&
           !curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           !curl_easy_setopt(easy, CURLOPT_CAINFO, trust->ca_file) &&
           !curl_easy_setopt(easy, CURLOPT_CAPATH, trust->ca_dir) &&
           !curl_easy_setopt(easy, CURLOPT_SHARE, trust->share);
}
