/* target: where a request of write goes: its URL, query and headers, which may be templates, filled from the record.
 * Pure. */
#ifndef RESTSRC_TARGET_H
#define RESTSRC_TARGET_H

#include "http/request.h"
#include "json/template_list.h"

struct target {
    struct request_options common; /* what all requests share: without what varies */
    struct buf base, url;          /* what a template is relative to; with --query, where it does not vary */
    struct template path;          /* --url-template, or the URL itself; text NULL: none */
    const char **varying;          /* headers, then queries: 'NAME: {PATH}', 'NAME={PATH}' */
    size_t headers, queries;
    bool token;
    struct template_list list; /* target_take_many(): of the one that varies */
};

/* o and url_template, or NULL, must outlive the target. token: {token} in a header is not of the record. -1:
 * EXIT_USAGE. Free with target_free(). */
int target_init(struct target *t, const struct request_options *o, const char *url_template, bool token,
                struct error *e);
void target_free(struct target *t);

/* Is it another one for each record? */
bool target_varies(const struct target *t);

/* Sets URL and headers of r for a record. line: for messages. -1: EXIT_INPUT, EXIT_USAGE. */
int target_fill(const struct target *t, struct slice record, int64_t line, struct request *r, struct error *e);

/* One of URL and queries, at the most, varies, and is filled from several records at once. -1: EXIT_USAGE. */
int target_take_many(struct target *t, struct error *e);
/* After that: as target_fill(), for records that are compact. */
int target_fill_many(const struct target *t, const struct slice *records, const int64_t *lines, size_t count,
                     struct request *r, struct error *e);

#endif
