/* paging: what all of pages/ shares: the options that say how a list pages and which range of it is wanted, a page, an
 * answer, and where a read stands. */
#ifndef RESTSRC_PAGING_H
#define RESTSRC_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "pages/next.h"
#include "pages/total.h"
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
    int page_base, offset_base;
    enum advance { ADVANCE_RECEIVED, ADVANCE_ASKED } advance;
    struct list next; /* PATHs, or NAME=PATHs */
    char *has_more, *id, *cursor, *inner_more;
    bool cursor_inclusive, cursor_alone, keep_query, stream, absent_is_empty, object_is_record;
    enum page_in page_in;
    char *count_from;
};

enum on_drift { DRIFT_FAIL, DRIFT_WARN, DRIFT_IGNORE };

/* Records; -1: not given, but for offset and page_size. */
struct range_options {
    int64_t offset, limit; /* no limit: to the end */
    int64_t page_size, max_pages, expect, planned_total, result_limit;
    enum on_drift on_drift;
    bool allow_repeats;
};

/* One page: what was asked for, and what came. */
struct page {
    int64_t offset, asked; /* the records [offset, offset + asked) */
    int64_t got;           /* records in the answer */
    int64_t skip, keep;    /* set by paginate_learn(): records [skip, skip + keep) of it belong to the range */
    struct total total;    /* what the answer says of the whole list; records -1: nothing */
    bool look;             /* it lies after the total: is that all? */
    bool early;            /* ahead.c asked for it, and it is not known yet whether the list goes on there */
    bool no_content;       /* the answer had no list, not even an empty one: 204 */
};

struct paginate;

struct style {
    enum paging_style style;
    const char *name;
    bool seeks;     /* any offset can be asked for: seek.c; otherwise follow.c */
    bool by_links;  /* its cursors are URLs */
    bool numbered;  /* it asks by page numbers, which mean something with one page size only */
    bool has_limit; /* it sends the page size even without --param-limit */
    enum { PLACE_NONE, PLACE_OFFSET, PLACE_PAGE, PLACE_CURSOR } place; /* the parameter that says where a page begins */
    /* Adds to the request what asks for this page. */
    void (*address)(const struct paginate *p, const struct page *page, struct request *r);
    /* Is the answer the one that this page asked for? May be NULL. */
    int (*check)(const struct page *page, const struct answer *a, struct error *e);
    /* Where the next page begins: sets p->next_cursor; left empty at the end of the list. NULL in styles that seek. */
    int (*follow)(struct paginate *p, const struct answer *a, struct error *e);
    /* What an answer ought to lead on by but does not have, not even to say that the list ends; NULL: it has it. May be
     * NULL. */
    const char *(*leads_on)(const struct paginate *p, const struct answer *a);
};

/* echo.c: the first answer that says where its page begins. */
struct page_echo {
    const char *name;     /* the member; NULL: none has been found */
    int64_t first, asked; /* what it said, and what was asked for */
    bool is_next;         /* it was where the next page begins */
};

/* link.c: a next link lacks what was asked for. Do the pages need it? Both links are asked for, once. */
struct kept {
    enum kept_state {
        KEPT_UNKNOWN,
        KEPT_LINK_AS_IT_IS, /* is asked for */
        KEPT_LINK_WHOLE,
        KEPT_FIRST_PAGE, /* of the list, to be compared with that of the link */
        KEPT_NOT_NEEDED,
        KEPT_NEEDED
    } state;
    struct buf link, whole; /* as it came; with what it lacks */
    struct buf first;       /* the record that the page of `whole` begins with */
    struct buf names;       /* of that */
};

/* ahead.c: the page after the one under way. */
struct ahead {
    struct cursor cursor; /* where it begins, as far as is known */
    bool known;           /* it can be asked for */
    bool more_unsaid;     /* what says that the list goes on had not come by then */
    bool off;             /* pages are asked for one by one */
};

/* What a page outside the range is to tell. */
enum probing {
    PROBE_NONE,
    PROBE_LIST,   /* is the list there? */
    PROBE_SIZE,   /* how long are its pages? */
    PROBE_SECOND, /* has it a second record? */
    PROBE_TOTAL,  /* what is its total now? */
    PROBE_LIMIT,  /* is the limit a number of records, the offset that of a record? */
    PROBE_FURTHER /* does it go on after more empty pages? */
};

struct paginate {
    const struct paging_options *paging;
    const struct range_options *range;
    struct http_options http;
    const struct style *style;
    struct buf base;      /* the URL with its queries, without paging parameters */
    struct buf body;      /* --data, checked and compact, for --page-in body */
    struct buf headers;   /* of this list alone, each ended by '\n'; the caller may set them */
    bool form;            /* which is a form, and not JSON */
    struct buf note;      /* something to tell people; the caller clears it */
    struct next leads_on; /* where a page says what comes next */
    struct path id_path;

    int64_t start, end;         /* the range wanted: [start, end) */
    int64_t next;               /* the next offset to ask for */
    int64_t position;           /* all before this has come */
    int64_t total;              /* the latest believed total; -1: unknown */
    int64_t size;               /* records to ask for in a page */
    int64_t learned_size;       /* the page size that the server really gives; -1: unknown */
    int64_t asked_pages, pages; /* by paginate_next(), learned */
    unsigned under_way;
    bool over;

    /* repeat.c */
    enum heeds {
        HEEDS_UNKNOWN,
        HEEDS_ASKED, /* what is under way is the proof, and then the page once more */
        HEEDS_PROVEN,
        HEEDS_NOT
    } heeds;              /* the place that is asked for, where records without an id come again */
    struct buf proof;     /* the record that shows it; empty: a page of fewer does */
    bool proof_refused;   /* set by the caller of paginate_doubt(): the page that was to show it can't be had */
    unsigned equal_pages; /* in a row */
    int64_t overlap;      /* so many records, with ids, that the last page ended with begin this one */

    /* coverage.c */
    bool drifted;          /* that the list moves has been said */
    bool distrust;         /* the totals of the answers mean something else */
    int64_t at_least;      /* the list is longer, by the last page; -1: it says nothing */
    const char *says_more; /* the member of the last page by which the list goes on; NULL: none */
    bool says_end;         /* the last page says that it is the last one, and not because all of them do */
    int64_t claim;         /* the total of a short first page, which may be that page's length */
    struct buf doubted;    /* a page of more records than were asked for, while the list's beginning is looked at */
    int64_t doubted_count;

    struct page_echo echo;

    /* seek.c */
    struct error refusal; /* set by the caller of paginate_failed(): what became of the request */
    int64_t short_size;   /* of a page that was shorter than asked while the page size was unknown; 0: none was */
    bool open;            /* the page size is known: many pages may be under way */
    enum probing probing; /* the page under way is asked for only to learn something */
    bool by_pages;        /* at PROBE_LIMIT: what came is what begins the page of that number */
    bool looked;          /* a page after the total has been asked for */
    bool short_page;      /* the last page had fewer records than were asked for */
    unsigned gap;         /* so many pages in a row were empty */
    bool ending;          /* enough of them to end the list, but pages after them are under way */
    int64_t further;      /* so many pages after those it is looked next whether the list goes on */
    int64_t goes_on_to;   /* it does, up to there at least */
    bool ended_there;     /* the page there says that it does not */
    int64_t holes;        /* so many records were asked for in empty pages that others came after */

    /* follow.c */
    struct cursor cursor, next_cursor; /* of the page under way, and of the one after it */
    struct buf waymark;                /* a cursor seen earlier, to notice a loop (Brent's algorithm) */
    int64_t waymark_steps, waymark_power;
    bool inclusive; /* a page begins with the record that the last one ended with: --cursor-inclusive, or found out */
    unsigned empty_pages; /* in a row */
    bool went_round;      /* the last page led to itself, and was asked for once more */
    bool tied;            /* the last page ended with records of the same id */
    int64_t tied_size;    /* how many it had */
    bool told_ties;       /* that records share an id */
    int64_t come;         /* so many records at the beginning of the last page had come with the one before */
    int64_t short_of;     /* the last page had so many records, and led on by more; 0: it did not; -1: told */
    struct kept kept;     /* whether next links get what they lack */
    struct ahead ahead;
    struct error late; /* code 0: none; else what is wrong after the records that have come */
    int64_t to_skip;   /* records to drop before the range begins */
    int64_t page_skip; /* how many records of the page at `cursor` have been used up; -1: it is done with */
};

/* What is to be done after a page. */
enum paging_verdict {
    PAGE_TAKEN, /* go on */
    PAGE_REST,  /* the page was changed: ask in the same place again, for the rest of it or with a better size */
    PAGE_LAST,  /* nothing after this page counts */
};

/* --records, or the usual places. -1: EXIT_USAGE: it is not a PATH. */
int paging_records(const char *text, struct path *records, struct error *e);
/* Do the paging parameters go into the query? */
bool paging_in_query(const struct paging_options *o);
/* Do they go as JSON, so that they have types? */
bool paging_sends_json(const struct paginate *p);
/* Does the list go on at the place where it is now, or where it has been seen to be before? */
bool paging_was_at(const struct paginate *p, const struct buf *cursor);
/* a + b, both at least 0; as far as numbers go. */
int64_t paging_sum(int64_t a, int64_t b);

#endif
