/* sigv4: AWS Signature Version 4 over a request as it is sent. libcurl's own signs the query as it stands, unsorted,
 * and no version of it before 8.x encodes paths, so it can't sign what the user wrote. Pure. */
#ifndef RESTSRC_SIGV4_H
#define RESTSRC_SIGV4_H

#include <stddef.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"

struct sigv4 {
    const char *provider; /* as curl takes it: aws:amz[:REGION[:SERVICE]]; what is not there the host's name says */
    const char *access_key, *secret_key;
    const char *method, *url; /* as they are sent, the URL with its query */
    const char *const
        *header; /* 'Name: value', also those that go along unsigned: Content-Type and X-Amz-* are signed */
    size_t headers;
    const void *body;
    size_t body_len;
    time_t time;
};

/* Appends the header lines to send besides, each ended by '\n': X-Amz-Date, Authorization, for S3 X-Amz-Content-Sha256.
 * -1: EXIT_USAGE: the provider cannot be understood, or the URL. */
int sigv4_sign(const struct sigv4 *s, struct buf *lines, struct error *e);

#endif
