/* total: how many records a list has, from what an answer says: --count-from. Pure. */
#ifndef RESTSRC_TOTAL_H
#define RESTSRC_TOTAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "json/path.h"
#include "json/usual.h"

enum total_kind { TOTAL_AUTO, TOTAL_URL, TOTAL_BODY, TOTAL_HEADER, TOTAL_CONTENT_RANGE, TOTAL_LAST_PAGE };

struct total_source {
    enum total_kind kind;
    char *url;        /* TOTAL_URL: without the #PATH */
    char *header;     /* TOTAL_HEADER */
    struct path path; /* TOTAL_BODY, and TOTAL_URL when it has a #PATH (has_path) */
    bool has_path;
};

/* --count-from. -1: EXIT_USAGE. Free with total_free(). */
int total_parse(struct total_source *s, const char *text, struct error *e);
void total_free(struct total_source *s);

/* A header of an answer: the first of that name, or the next after the one of which previous is the value; or NULL. */
typedef const char *(*total_header)(const void *answer, const char *name, const char *previous);

/* The total that the page (its headers and its envelope) states. Where the source is not in a page, a counting URL or
 * the link to the last page, the same as by auto. 1: there is one; 0: none; -1: what is there is not an exact count
 * (EXIT_ANSWER). */
struct total {
    int64_t records;
    int64_t at_least;         /* where that is not exact: a lower bound; -1: none */
    bool by_remaining;        /* which is what comes after this page, and so counts from where the read began */
    const char *where;        /* a name for messages, valid for as long as the source */
    const struct usual *name; /* the usual name that it came by; NULL: another place */
    bool guessed;             /* by a name in the body that may mean something else, such as the size of this page */
};
int total_find(const struct total_source *s, total_header header, const void *answer, const char *envelope, size_t len,
               struct total *total, struct error *e);

/* Of several numbers one may be the length of the page: the first that is larger counts, by names that are trusted. */
bool total_larger(struct slice envelope, int64_t than, struct total *total);

/* The same, for a read, which finds out whether it is true: by names that are not trusted, too, and by how many records
 * remain after the first `seen`, those of this page included. 0: nothing exact; there may be total->at_least. */
int total_claimed(const struct total_source *s, total_header header, const void *answer, struct slice envelope,
                  int64_t seen, struct total *total);

/* The same by the usual names that are not trusted, for a caller that proves the number; also by how many records
 * remain after the first `records` of the list, which this page has. */
int total_guess(total_header header, const void *answer, struct slice envelope, int64_t records, struct total *total,
                struct error *e);

/* The answer of a counting URL: at the path of s, or an object's total or count, or a bare number. Where the URL was
 * only a guess, an answer that has records is none. As total_find(). */
int total_of_count(const struct total_source *s, const char *json, size_t len, struct total *total, struct error *e);

#endif
