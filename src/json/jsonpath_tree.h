/* jsonpath_tree: what the parser of JSONPath gives and the evaluator takes; for jsonpath*.c only. All of it belongs to
 * struct jsonpath. */
#ifndef RESTSRC_JSONPATH_TREE_H
#define RESTSRC_JSONPATH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "json/value.h"

enum jsonpath_selects { SELECT_NAME, SELECT_INDEX, SELECT_ALL, SELECT_SLICE, SELECT_TEST };

struct jsonpath_selector {
    enum jsonpath_selects kind;
    struct slice name;        /* SELECT_NAME: plain characters */
    int64_t start, end, step; /* start alone: SELECT_INDEX */
    bool has_start, has_end;
    const struct jsonpath_test *test;
    struct jsonpath_selector *next;
};

struct jsonpath_segment {
    bool deep; /* `..`: at every depth */
    struct jsonpath_selector *selectors;
    struct jsonpath_segment *next;
};

/* What stands on one side of a comparison, or alone: a literal, or a query. */
struct jsonpath_operand {
    struct slice literal; /* JSON text; text NULL: a query */
    bool from_root;       /* $, else @ */
    struct jsonpath_segment *segments;
};

enum jsonpath_op { TEST_OR, TEST_AND, TEST_NOT, TEST_EXISTS, TEST_EQ, TEST_NE, TEST_LT, TEST_LE, TEST_GT, TEST_GE };

struct jsonpath_test {
    enum jsonpath_op op;
    const struct jsonpath_test *left, *right; /* TEST_OR, TEST_AND; left alone: TEST_NOT */
    struct jsonpath_operand a, b;             /* TEST_EXISTS: a alone */
};

struct jsonpath_block {
    struct jsonpath_block *next;
    max_align_t data[];
};

struct jsonpath {
    const char *text;
    struct jsonpath_segment *segments;
    const struct jsonpath_test *test; /* of jsonpath_parse_test() */
    struct jsonpath_block *blocks;    /* the memory of all these */
};

typedef bool jsonpath_visit(void *ctx, struct slice value); /* as in jsonpath.h */

/* The whole text, with what queries in tests that begin at it name, so that these are not asked for each element. */
struct jsonpath_root {
    struct slice json;
    size_t count;
    struct {
        const struct jsonpath_operand *of;
        struct slice value;
    } known[8];
};

/* One query on its way through a text. */
struct jsonpath_walk {
    struct jsonpath_root *root;
    jsonpath_visit *visit;
    void *ctx;
};

/* What s and the segments after it name, seen from `at`. false: visit() has enough. */
bool jsonpath_follow(const struct jsonpath_walk *w, const struct jsonpath_segment *s, struct slice at);
bool jsonpath_test_holds(const struct jsonpath_test *t, struct jsonpath_root *root, struct slice at);
bool jsonpath_segments_singular(const struct jsonpath_segment *s);

#endif
