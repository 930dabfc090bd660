/* report: the JSON documents that the tool prints: the summary of a read, the receipt of a write, what check found, an
 * error, a row of the option table. Records never come here: cJSON would alter them (numbers become doubles). */
#ifndef RESTSRC_REPORT_H
#define RESTSRC_REPORT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "cli/sample.h"
#include "discover/finding.h"
#include "write/receipt.h"

/* What a read did, as the one JSON object of --summary-fd. -1 stands for null. */
struct report_summary {
    int64_t records, pages, bytes, requests, retries, total, first_offset, next_offset, next_skip, last_skip, page_size;
    int64_t parents, parents_rejected; /* --for-each: lines; -1: there is none */
    const char *next_cursor;           /* or NULL */
    const char *last_cursor; /* of the page that the last record is of, after `last_skip` records of it; or NULL */
    bool cursor_is_secret;   /* one of them has one of the secrets in it that were given */
    const char *style;       /* --paginate, as the command line, a file or a preset has it */
    double seconds, waited;
    const int64_t *status; /* [600], answers by HTTP status */
};

/* cJSON takes its memory where all else does. Before anything else. */
void report_start(void);

/* A page that the range has come to, as a line of --envelope-fd. */
struct report_page {
    int64_t records;
    const char *url; /* redacted */
    double fetched_at;
    const char *date;     /* the server's clock, as its header has it; empty: it has none */
    const char *envelope; /* JSON; empty: there is none */
};

/* What a count, or a plan, has for --summary-fd. */
struct report_count {
    int64_t records; /* -1: null */
    int64_t requests;
    const char *date;  /* or NULL */
    const char *style; /* NULL: pages were not looked at; else */
    int64_t page_size; /* -1: null */
};

/* Each appends one line of JSON. */
void report_count(const struct report_count *c, struct buf *out);
void report_page(const struct report_page *p, struct buf *out);
/* What the reading of a list would take; -1: unknown. */
struct report_plan {
    int64_t records, total, page_size, pages, requests; /* of the range, of the list; -1: null */
    double minutes;                                     /* by --rate */
    double left, reset; /* requests that the server still takes, and in how many seconds it takes more */
    const char *style;
    const char *first; /* digest of the first record of the range; or NULL */
    const char *doubt; /* why records are not known; or NULL */
};
void report_plan(const struct report_plan *p, struct buf *out);

void report_summary(const struct report_summary *s, struct buf *out);
/* What a write did, as the one JSON object on its standard output. */
void report_receipt(const struct receipt *r, struct buf *out);
void report_error(const struct error *e, struct buf *out);
void report_option(const struct option_row *row, struct buf *out);
/* What goes with a finding. */
struct report_lines {
    const char *preset;          /* its name; empty: there is none for this API */
    const char *shell, *spark;   /* to be pasted; empty: it is not found out */
    const struct sample *sample; /* NULL: it is not asked for */
};
void report_finding(const struct finding *f, const struct report_lines *lines, struct buf *out);

#endif
