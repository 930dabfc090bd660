/* control: control-plane JSON with cJSON: error bodies, summaries, the option table. Records never come here: cJSON
 * would alter them (numbers become doubles). The only file that includes cJSON. */
#ifndef RESTSRC_CONTROL_H
#define RESTSRC_CONTROL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "write/receipt.h"
#include "json/path.h"

/* What a read did, as the one JSON object of --summary-fd. -1 stands for null. */
struct summary {
    int64_t records, pages, bytes, retries, total, first_offset, next_offset, next_skip, page_size;
    const char *next_cursor; /* or NULL */
    const char *style;       /* --paginate, as the command line, a file or a preset has it */
    double seconds;
    const int64_t *status; /* [600], answers by HTTP status */
};

/* Each appends one line of JSON. */
/* What a write did, as the one JSON object on its standard output. */
void control_receipt(const struct receipt *r, struct buf *out);
/* A line of a reject file; record and why are JSON text and go through as they are. */
void control_reject(struct slice record, int64_t line, long status, struct slice why, struct buf *out);
void control_summary(const struct summary *s, struct buf *out);
void control_error(const struct error *e, struct buf *out);
void control_option_line(const struct option_row *row, struct buf *out);

/* What `restsrc check` found, as one JSON object; NULL, "" (but for records) and -1 stand for null. options: NAME=VALUE
 * lines. */
struct control_finding {
    const char *style, *records, *count_from, *doubt;
    int64_t count, page_size;
    bool seekable, asked_twice, stable;
    const struct buf *options;
};
void control_finding(const struct control_finding *f, struct buf *out);

/* An OAuth 2 token, as it is answered (RFC 6749, section 5.1) and as it is kept. */
struct control_token {
    struct buf access_token, refresh_token;
    double expires; /* when to get a new one, in seconds since the epoch: a minute early; 0: not said */
};
/* The answer of a token URL. -1: it has no access_token. A refresh token stays when the answer has none. */
int control_read_token(const char *json, size_t n, double now, struct control_token *token);
/* What control_save_token() made; anything else is no token. */
void control_load_token(const char *json, size_t n, struct control_token *token);
void control_save_token(const struct control_token *token, struct buf *out);
void control_free_token(struct control_token *token);

/* What an error body says, in a few words, as one line: the usual members of a JSON object, or the start of a plain
 * text. Empty when it says nothing short. */
void control_error_detail(const char *body, size_t n, char *detail, size_t room);

#endif
