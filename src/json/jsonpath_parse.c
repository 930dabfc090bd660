/* jsonpath_parse: JSONPath parsed. */
#include <string.h>

#include "json/jsonpath.h"
#include "json/jsonpath_lex.h"

enum { NESTING_MOST = 100 };

static bool parse_segments(struct lex *p, struct jsonpath_segment **first);
static const struct jsonpath_test *parse_or(struct lex *p);

/* ---- tests ---- */

/* A word: a literal, or the name of a function. */
static bool parse_word(struct lex *p, struct slice *literal)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *from = p->at;
    while (lex_is_name_char(lex_peek(p)))
        p->at++;
    size_t len = (size_t)(p->at - from);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (len == strlen(words[i]) && memcmp(from, words[i], len) == 0) {
            *literal = (struct slice){words[i], len};
            return true;
        }
    bool function = lex_peek(p) == '(';
    p->at = from;
    if (len == 0)
        return lex_refuse(p, "expected a test");
    return function ? lex_refuse(p, "functions are left out: %.*s()", (int)(len < 40 ? len : 40), from)
                    : lex_refuse(p, "expected $, @, a string, a number, true, false or null");
}

static bool parse_operand(struct lex *p, struct jsonpath_operand *o)
{
    struct buf json = {0};
    char c = lex_peek(p);
    *o = (struct jsonpath_operand){.from_root = c == '$'};
    if (c == '$' || c == '@') {
        p->at++;
        return parse_segments(p, &o->segments);
    }
    if (c == '-' || lex_is_digit(c))
        return lex_number(p, &o->literal);
    if (c != '"' && c != '\'')
        return parse_word(p, &o->literal);
    bool right = lex_string(p, &json);
    o->literal = lex_keep(p, &json);
    buf_free(&json);
    return right;
}

static bool parse_operator(struct lex *p, enum jsonpath_op *op)
{
    static const struct {
        const char *text;
        enum jsonpath_op op;
    } ops[] = {{"==", TEST_EQ}, {"!=", TEST_NE}, {"<=", TEST_LE}, {">=", TEST_GE}, {"<", TEST_LT}, {">", TEST_GT}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (lex_take(p, ops[i].text)) {
            *op = ops[i].op;
            return true;
        }
    return false;
}

static bool comparable(struct lex *p, const struct jsonpath_operand *o)
{
    return o->literal.text || jsonpath_segments_singular(o->segments) ||
           lex_refuse(p, "only what names one value can be compared");
}

/* A comparison, or a query whose existence is the test. */
static bool parse_comparison(struct lex *p, struct jsonpath_test *test, bool negated)
{
    if (!parse_operand(p, &test->a))
        return false;
    const char *after = p->at;
    lex_blanks(p);
    test->op = TEST_EXISTS;
    if (negated || !parse_operator(p, &test->op)) {
        p->at = after;
        return !test->a.literal.text || lex_refuse(p, "a literal by itself is not a test");
    }
    lex_blanks(p);
    return comparable(p, &test->a) && parse_operand(p, &test->b) && comparable(p, &test->b);
}

static bool parse_parentheses(struct lex *p, const struct jsonpath_test **test)
{
    lex_blanks(p);
    *test = parse_or(p);
    lex_blanks(p);
    return *test && (lex_take(p, ")") || lex_refuse(p, "expected ')'"));
}

static const struct jsonpath_test *parse_basic(struct lex *p)
{
    bool negated = lex_take(p, "!");
    if (negated)
        lex_blanks(p);
    struct jsonpath_test *test = lex_memory(p, sizeof *test);
    const struct jsonpath_test *inner = test;
    if (lex_take(p, "(") ? !parse_parentheses(p, &inner) : !parse_comparison(p, test, negated))
        return NULL;
    if (!negated)
        return inner;
    struct jsonpath_test *not = lex_memory(p, sizeof *not );
    not ->op = TEST_NOT;
    not ->left = inner;
    return not ;
}

/* Tests joined by an operator, which binds to the left. */
static const struct jsonpath_test *parse_joined(struct lex *p, const char *text, enum jsonpath_op op,
                                                const struct jsonpath_test *(*part)(struct lex *))
{
    const struct jsonpath_test *left = part(p);
    while (left) {
        const char *after = p->at;
        lex_blanks(p);
        if (!lex_take(p, text)) {
            p->at = after;
            break;
        }
        lex_blanks(p);
        struct jsonpath_test *both = lex_memory(p, sizeof *both);
        both->op = op;
        both->left = left;
        both->right = part(p);
        left = both->right ? both : NULL;
    }
    return left;
}

static const struct jsonpath_test *parse_and(struct lex *p)
{
    return parse_joined(p, "&&", TEST_AND, parse_basic);
}

static const struct jsonpath_test *parse_or(struct lex *p)
{
    if (p->nesting++ == NESTING_MOST) {
        lex_refuse(p, "nested too deep");
        return NULL;
    }
    const struct jsonpath_test *test = parse_joined(p, "||", TEST_OR, parse_and);
    p->nesting--;
    return test;
}

/* ---- segments ---- */

static bool parse_slice(struct lex *p, struct jsonpath_selector *s)
{
    s->kind = SELECT_SLICE;
    s->step = 1;
    lex_blanks(p);
    if (lex_peek(p) == '-' || lex_is_digit(lex_peek(p))) {
        s->has_end = true;
        if (!lex_integer(p, &s->end))
            return false;
        lex_blanks(p);
    }
    if (!lex_take(p, ":"))
        return true;
    lex_blanks(p);
    return (lex_peek(p) != '-' && !lex_is_digit(lex_peek(p))) || lex_integer(p, &s->step);
}

static bool parse_index(struct lex *p, struct jsonpath_selector *s)
{
    s->kind = SELECT_INDEX;
    if (lex_peek(p) != ':') {
        s->has_start = true;
        if (!lex_integer(p, &s->start))
            return false;
    }
    const char *after = p->at;
    lex_blanks(p);
    if (lex_take(p, ":"))
        return parse_slice(p, s);
    p->at = after;
    return true;
}

static bool parse_quoted_name(struct lex *p, struct slice *name)
{
    struct buf json = {0}, plain = {0};
    bool right = lex_string(p, &json);
    if (right) {
        value_scalar((struct slice){json.data, json.len}, &plain);
        *name = lex_keep(p, &plain);
    }
    buf_free(&json);
    buf_free(&plain);
    return right;
}

static bool parse_selector(struct lex *p, struct jsonpath_selector *s)
{
    switch (lex_peek(p)) {
    case '*':
        p->at++;
        s->kind = SELECT_ALL;
        return true;
    case '\'':
    case '"':
        s->kind = SELECT_NAME;
        return parse_quoted_name(p, &s->name);
    case '?':
        p->at++;
        lex_blanks(p);
        s->kind = SELECT_TEST;
        return (s->test = parse_or(p));
    }
    if (lex_peek(p) == ':' || lex_peek(p) == '-' || lex_is_digit(lex_peek(p)))
        return parse_index(p, s);
    return lex_refuse(p, "expected a name in quotes, an index, a slice, * or ?");
}

/* p is after the bracket. */
static bool parse_brackets(struct lex *p, struct jsonpath_selector **last)
{
    do {
        lex_blanks(p);
        *last = lex_memory(p, sizeof **last);
        if (!parse_selector(p, *last))
            return false;
        last = &(*last)->next;
        lex_blanks(p);
    } while (lex_take(p, ","));
    return lex_take(p, "]") || lex_refuse(p, "expected ',' or ']'");
}

/* p is after the dot: a name without quotes, or *. */
static bool parse_dotted(struct lex *p, struct jsonpath_selector **selector)
{
    const char *from = p->at;
    struct jsonpath_selector *s = *selector = lex_memory(p, sizeof *s);
    s->kind = SELECT_ALL;
    if (lex_take(p, "*"))
        return true;
    s->kind = SELECT_NAME;
    if (lex_is_digit(lex_peek(p)) || !lex_is_name_char(lex_peek(p)))
        return lex_refuse(p, "expected a name or * after the dot (other names: ['name'])");
    while (lex_is_name_char(lex_peek(p)))
        p->at++;
    struct buf name = {0};
    buf_add(&name, from, (size_t)(p->at - from));
    s->name = lex_keep(p, &name);
    buf_free(&name);
    return true;
}

static bool parse_segments(struct lex *p, struct jsonpath_segment **last)
{
    for (;;) {
        const char *after = p->at;
        lex_blanks(p);
        bool deep = lex_take(p, "..");
        bool dot = !deep && lex_take(p, ".");
        if (!dot && !deep && lex_peek(p) != '[') {
            p->at = after;
            return true;
        }
        struct jsonpath_segment *s = *last = lex_memory(p, sizeof *s);
        s->deep = deep;
        if (!dot && lex_take(p, "[") ? !parse_brackets(p, &s->selectors) : !parse_dotted(p, &s->selectors))
            return false;
        last = &s->next;
    }
}

/* ---- the whole ---- */

enum { LONGEST = 1 << 16 }; /* so that what is joined of many tests is not too deep */

static struct jsonpath *parse(const char *text, size_t len, bool test, struct jsonpath_fault *fault)
{
    if (len > LONGEST) {
        *fault = (struct jsonpath_fault){"it is too long", 0};
        return NULL;
    }
    struct jsonpath *q = mem_zeroed(1, sizeof *q);
    struct lex p = {.begin = text, .at = text, .end = text + len, .q = q, .fault = fault};
    *fault = (struct jsonpath_fault){0};
    bool right = test                ? (q->test = parse_or(&p)) != NULL
                 : lex_take(&p, "$") ? parse_segments(&p, &q->segments)
                                     : lex_refuse(&p, "expected $");
    if (right && p.at < p.end)
        right = lex_refuse(&p, "what is this?");
    struct buf copy = {0};
    buf_add(&copy, text, len);
    q->text = lex_keep(&p, &copy).text;
    buf_free(&copy);
    if (right)
        return q;
    jsonpath_free(q);
    return NULL;
}

struct jsonpath *jsonpath_parse(const char *text, size_t len, struct jsonpath_fault *fault)
{
    return parse(text, len, false, fault);
}

struct jsonpath *jsonpath_parse_test(const char *text, size_t len, struct jsonpath_fault *fault)
{
    return parse(text, len, true, fault);
}
