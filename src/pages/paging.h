/* paging: what all of pages/ shares: the options that say how a list pages and which range of it is wanted. */
#ifndef RESTSRC_PAGING_H
#define RESTSRC_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "json/path.h"

enum paging_style {
    PAGING_OFFSET,
    PAGING_PAGE,
    PAGING_CURSOR,
    PAGING_LAST_ID,
    PAGING_NEXT_URL,
    PAGING_LINK,
    PAGING_RANGE,
    PAGING_NONE,
    PAGING_AUTO, /* to be found out first: discover/ */
};

enum page_in { PAGE_IN_QUERY, PAGE_IN_QUERY_JSON, PAGE_IN_BODY, PAGE_IN_HEADER };

struct paging_options {
    enum paging_style paginate;
    char *records;
    char *param_offset, *param_limit, *param_page, *param_cursor; /* param_limit NULL: as the style has it */
    int page_base;
    char *next, *has_more, *id, *cursor;
    bool cursor_inclusive, stream, absent_is_empty, error_is_empty;
    enum page_in page_in;
    char *count_from;
};

enum on_drift { DRIFT_FAIL, DRIFT_WARN, DRIFT_IGNORE };

/* Records; -1: not given, but for offset and page_size. */
struct range_options {
    int64_t offset, limit; /* no limit: to the end */
    int64_t page_size, max_pages, expect, planned_total;
    enum on_drift on_drift;
    bool allow_repeats;
};

/* --records, or the usual places. -1: EXIT_USAGE: it is no PATH. */
int paging_records(const char *text, struct path *records, struct error *e);

#endif
