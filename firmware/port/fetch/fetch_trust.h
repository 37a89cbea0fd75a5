// SPDX-License-Identifier: MIT
//
// fetch_trust.h - whose certificates are believed, and TLS as cheap as that allows.
//
// Reading a bundle of all authorities costs three quarters of a first HTTPS request; of a directory
// in OpenSSL's form the one file is read that is needed. Sessions are shared by all fetches, so
// that a server asked a second time need not prove itself with a whole handshake.

#ifndef PORT_FETCH_TRUST_H
#define PORT_FETCH_TRUST_H

#include <curl/curl.h>
#include <stdbool.h>

/**
 * struct fetch_trust - what all fetches trust; only fetch_trust.c touches the members
 * @ca_file: NULL = none
 * @ca_dir:  NULL = none
 * @share:   TLS sessions; owned
 */
struct fetch_trust {
    const char *ca_file;
    const char *ca_dir;
    CURLSH *share;
};

/**
 * fetch_trust_init() - find the authorities
 *
 * The file CURL_CA_BUNDLE or SSL_CERT_FILE names, else the directory SSL_CERT_DIR names, else
 * libcurl's own directory where it is in OpenSSL's form, else libcurl's file.
 *
 * Return: 0 or -ENOMEM.
 */
int fetch_trust_init(struct fetch_trust *trust);

// All transfers must have been cleaned up. One that is all zero is fine.
void fetch_trust_done(struct fetch_trust *trust);

// Makes a transfer verify the server, by this trust. False when there is no memory.
bool fetch_trust_apply(const struct fetch_trust *trust, CURL *easy);

#endif
