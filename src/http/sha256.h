/* sha256: SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104). libcurl has both, and gives them to nobody. Pure. */
#ifndef RESTSRC_SHA256_H
#define RESTSRC_SHA256_H

#include <stddef.h>

#include "base/buf.h"

enum { SHA256_BYTES = 32 };

void sha256(const void *bytes, size_t n, unsigned char digest[SHA256_BYTES]);
void sha256_hmac(const void *key, size_t key_len, const void *bytes, size_t n, unsigned char digest[SHA256_BYTES]);
/* The digest in hexadecimal, appended. */
void sha256_hex(const unsigned char digest[SHA256_BYTES], struct buf *out);

#endif
