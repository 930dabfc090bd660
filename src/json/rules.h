/* rules: what an answer means, by its status and what its body says: --on 'WHEN=ACTION'. Pure.
 *
 * WHEN is a status (404) or a class of them (5xx), a test as it stands inside a filter of a JSONPath with $ as the
 * body, or both with a blank between. The first rule that matches counts: those that were given, then the built-in
 * ones, which are rows of the same table. */
#ifndef RESTSRC_RULES_H
#define RESTSRC_RULES_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "json/path.h"
#include "json/value.h"

enum rule_action {
    RULE_NONE,    /* no rule: a good status is good, any other a failure */
    RULE_OK,      /* it is as good as its body */
    RULE_EMPTY,   /* a list without records; where a list begins only */
    RULE_RETRY,   /* another time may bring another answer */
    RULE_WAIT,    /* a rate limit: the same, and nobody should ask now */
    RULE_RENEW,   /* the token is not valid any more */
    RULE_PARTIAL, /* it is good, but not all */
    RULE_REJECT,  /* the records that were sent are refused */
    RULE_FAIL,
};

/* What is asked for, as bits: a part of the built-in rules is for some of it only. */
enum rule_request { RULE_READ = 1, RULE_WRITE = 2, RULE_CALL = 4 };

struct rule {
    char *text;            /* WHEN=ACTION */
    int least, most;       /* statuses */
    struct jsonpath *test; /* NULL: none */
    enum rule_action action;
    const char *header; /* wait:header:NAME: says when it is over; else NULL */
    struct path stop;   /* partial:PATH: the place, from 0, of the record at which a batch stopped; count 0: none */

    /* of built-in rules only */
    bool built_in;
    const char *word; /* what an answer has that the test holds of; NULL: not known */
    size_t word_len;
    bool limit;        /* the body has to speak of a rate limit or a quota */
    bool at_end;       /* it only means something where the list ends */
    bool remark;       /* the member has to speak of what is missing */
    unsigned requests; /* bits of rule_request */
};

struct rules {
    size_t count;
    struct rule *rule;
};

/* The rules that were given, and the built-in ones. -1: EXIT_USAGE: one is wrong. Free with rules_free() in any case.
 */
int rules_init(struct rules *r, const struct list *given, struct error *e);
void rules_free(struct rules *r);

struct rule_answer {
    long status;
    const char *text;  /* of an answer without a good status, as far as it is known; else NULL */
    struct slice json; /* compact and valid; text NULL: the body is not JSON, and no test holds */
    bool first;        /* it is where a list begins */
    enum rule_request request;
};

/* NULL: none matches. */
const struct rule *rules_find(const struct rules *r, const struct rule_answer *answer);

/* May an answer of this status, whatever its body, be another one at another time? By the built-in rules. */
bool rules_may_pass(long status);

/* For people: a line each, with what else a built-in one needs. */
void rules_show(const struct rules *r, struct buf *out);

#endif
