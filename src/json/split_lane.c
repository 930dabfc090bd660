/* split_lane: the fast lane of the splitter.
 *
 * What JSON cares for in a block of 64 bytes is found with arithmetic on words whose bits stand for the bytes. Two ways
 * of it return:
 *
 *     the bytes after runs: (first bits of the runs + run) & ~run, because a sum carries along a run;
 *     the tokens after tokens: the bytes after them, or after the blanks there, which are such runs.
 *
 * What a token needs to know of the one before it crosses from block to block as one bit: struct carry. So no byte is
 * looked at by itself, but for brackets, escapes, and values other than plain numbers. */
#include "json/split_lane.h"

#include "json/split_bits.h"
#include "json/split_scalars.h"

enum { BATCH = 8 }; /* blocks that are scanned at a time */

/* What one block tells the next: each but the first and the last is one bit, for the token that comes next. */
struct carry {
    uint64_t in_string; /* all bits, or none */
    uint64_t in_name;   /* the string is the name of a member */
    uint64_t value;     /* a value must come */
    uint64_t name;      /* a name must come */
    uint64_t first;     /* or the end of the container, which has just begun */
    uint64_t colon;     /* a colon must come */
    uint64_t checked;   /* so many bits: the bytes that have been looked at already */
};

/* The innermost containers that are open. */
struct open {
    unsigned depth, known; /* of all; how many of them are known here */
    uint64_t objects;      /* which of those are objects; a bit each, the lowest for the innermost */
};

enum { KNOWN_FIRST = 32, KNOWN_MOST = 64 };

struct lane {
    struct split *s;
    bytes p, end; /* the block, and the end of all bytes */
    char *out;
    unsigned floor; /* the container of this depth is not left here */
    struct open open;
    struct carry carry;
};

/* A block under way. */
struct block {
    struct scan *is;  /* from strings() on: brackets, commas, colons and blanks outside of strings; quotes that count */
    uint64_t string;  /* from the opening quote to before the closing one */
    uint64_t scalar;  /* numbers and literals */
    uint64_t starts;  /* where they begin */
    uint64_t checked; /* what has been looked at byte by byte */
    uint64_t opens_object, in_object, between_records;
    unsigned length; /* less than all where the lane ends */
    struct open open;
    struct carry next;
};

/* The n bytes from the i-th on are checked, those of them in the next block, too. */
LANE void mark_checked(struct block *b, unsigned i, unsigned n)
{
    b->checked |= below(n) << i;
    if (i + n > SCAN_BYTES)
        b->next.checked = below(i + n - SCAN_BYTES);
}

/* ---- strings ---- */

LANE bool escapes(const struct lane *l, struct block *b)
{
    for (uint64_t rest = b->is->backslash & ~b->checked; rest; rest &= ~b->checked) {
        unsigned i = lowest(rest);
        if (!scalar_escape_length(l->p + i, l->end))
            return false;
        mark_checked(b, i, 2);
    }
    return true;
}

LANE bool character(const struct lane *l, struct block *b, unsigned i)
{
    unsigned n = scalar_character_length(l->p + i, l->end);
    mark_checked(b, i, n);
    return n;
}

/* A few are looked at by themselves, and one that goes on in the next block. */
LANE bool foreign_characters(const struct lane *l, struct block *b)
{
    enum { FEW = 8 };
    uint64_t bit[SCAN_BITS], foreign = b->is->foreign & ~b->checked;
    if (__builtin_popcountll(foreign) <= FEW) {
        for (; foreign; foreign &= ~b->checked)
            if (!character(l, b, lowest(foreign)))
                return false;
        return true;
    }
    l->s->scan->bits(l->p, bit);
    uint64_t lead = foreign & bit[6], more = lead & bit[5];
    uint64_t crosses = (lead & ~below(63)) | (more & ~below(62)) | (more & bit[4] & ~below(61));
    if (crosses && !character(l, b, lowest(crosses)))
        return false;
    return is_utf8(foreign & ~b->checked, bit);
}

/* Finds the strings, and checks what is in them. */
LANE bool strings(const struct lane *l, struct block *b, parity *parity_of)
{
    struct scan *is = b->is;
    uint64_t odd = is->backslash | is->foreign;
    b->checked = l->carry.checked;
    if (odd && (!escapes(l, b) || (is->foreign && !foreign_characters(l, b))))
        return false;
    is->quote &= ~b->checked;
    b->string = parity_of(is->quote) ^ l->carry.in_string;
    b->next.in_string = 0 - (b->string >> (SCAN_BYTES - 1));
    is->open &= ~b->string;
    is->close &= ~b->string;
    is->comma &= ~b->string;
    is->colon &= ~b->string;
    is->blank &= ~b->string;
    b->scalar = ~(b->string | is->quote | is->open | is->close | is->comma | is->colon | is->blank);
    return !((is->control & b->string) | (odd & ~b->string));
}

/* ---- containers ---- */

/* The lane ends before the i-th byte: from there on the block is as good as blank. */
LANE void cut(struct block *b, unsigned i)
{
    uint64_t stays = below(i);
    b->length = i;
    b->is->quote &= stays;
    b->is->open &= stays;
    b->is->close &= stays;
    b->is->comma &= stays;
    b->is->colon &= stays;
    b->is->blank |= ~stays;
    b->string &= stays;
    b->scalar &= stays;
    b->checked &= stays;
    b->next.in_string = b->next.checked = 0;
}

/* Goes through the brackets: which bytes are in an object, and which between records? */
LANE bool containers(const struct lane *l, struct block *b)
{
    struct open *open = &b->open;
    unsigned records_depth = l->s->records_depth;
    b->in_object = 0 - (open->objects & 1);
    b->between_records = 0 - (uint64_t)(open->depth == records_depth);
    for (uint64_t rest = b->is->open | b->is->close; rest; rest &= rest - 1) {
        unsigned i = lowest(rest);
        bool object = l->p[i] & 0x20; /* { and } have that bit, [ and ] have not */
        if (b->is->open >> i & 1) {
            if (open->depth++ == SPLIT_DEPTH || open->known++ == KNOWN_MOST)
                return false;
            open->objects = open->objects << 1 | object;
            b->opens_object |= (uint64_t)object << i;
        } else if (open->depth == l->floor) {
            cut(b, i);
            break;
        } else {
            if ((open->objects & 1) != object || open->known-- == 1)
                return false;
            open->depth--;
            open->objects >>= 1;
        }
        b->in_object = from_here(b->in_object, i, open->objects & 1);
        b->between_records = from_here(b->between_records, i, open->depth == records_depth);
    }
    return true;
}

/* ---- numbers and literals ---- */

/* Those that are not plain numbers, and the one at the end of the block, which may go on in the next. */
LANE bool odd_scalars(const struct lane *l, struct block *b)
{
    const struct scan *is = b->is;
    uint64_t plain = (is->digit | is->minus | is->point) & below(SCAN_BYTES - 1);
    for (uint64_t rest = b->scalar & ~b->checked & ~plain; rest; rest &= ~b->checked) {
        uint64_t starts = b->starts & below(lowest(rest) + 1);
        if (!starts)
            return false;
        unsigned i = highest(starts);
        size_t n = scalar_length(l->p + i, l->end);
        if (!n || n > SCAN_BYTES)
            return false;
        mark_checked(b, i, (unsigned)n);
    }
    return true;
}

/* RFC 8259, section 6. None of them begins before the block or goes on after it. */
LANE bool plain_numbers(const struct block *b)
{
    const struct scan *is = b->is;
    uint64_t all = b->scalar & ~b->checked, digit = all & is->digit, starts = b->starts & ~b->checked;
    uint64_t minus = all & is->minus, point = all & is->point;
    uint64_t first = (starts & digit) | minus << 1, after_whole = (first + digit) & ~digit;
    return !((minus & ~starts) | ((minus | point) << 1 & ~digit) | ((first & is->zero) << 1 & digit) |
             (point & ~after_whole));
}

LANE bool scalars(const struct lane *l, struct block *b)
{
    b->starts = b->scalar & ~(b->scalar << 1) & ~l->carry.checked;
    return odd_scalars(l, b) && plain_numbers(b);
}

/* ---- the order of tokens ---- */

/* Is each token one that may come after the one before it? blank: a known 0 where there is none. */
LANE bool in_order(const struct lane *l, struct block *b, uint64_t blank)
{
    const struct scan *is = b->is;
    const struct carry *was = &l->carry;
    struct carry *next = &b->next;
    next->value = was->value;
    next->name = was->name;
    next->in_name = was->in_name;
    next->colon = was->colon;
    next->first = ~blank ? is->open > ~(blank | is->open) : was->first;
    uint64_t opens_string = is->quote & b->string, begins = opens_string | b->starts | is->open;
    uint64_t before_name = b->opens_object | (is->comma & b->in_object);
    uint64_t before_value = (is->colon | is->comma | is->open) & ~before_name;
    uint64_t name = next_after(before_name, blank, &next->name);
    uint64_t value = next_after(before_value, blank, &next->value);
    uint64_t after_name = after_run(opens_string & name, b->string, &next->in_name);
    uint64_t colon = next_after(after_name, blank, &next->colon);
    uint64_t ends = (value | name) & is->close, first = was->first;
    uint64_t wrong = (begins & ~(value | (name & opens_string))) | /* where none may begin */
                     ((value | name) & ~(begins | is->close)) | (colon ^ is->colon);
    /* An end where a value or a name must come is right only after the beginning. */
    return !wrong && (!ends || !(ends & ~next_after(is->open, blank, &first)));
}

/* ---- the whole ---- */

/* The commas between records become line feeds. */
LANE void copy(struct lane *l, const struct block *b, uint64_t kept, copier *copy_some)
{
    char *out = l->out;
    l->out = copy_some(out, l->p, kept);
    for (uint64_t commas = b->is->comma & b->between_records; commas; commas &= commas - 1) {
        out[__builtin_popcountll(kept & below(lowest(commas)))] = '\n';
        l->s->count++;
    }
}

/* false: nothing is done with it. */
LANE bool take(struct lane *l, const struct scan *scanned, copier *copy_some, parity *parity_of, bool *ends)
{
    struct scan is = *scanned; /* in registers */
    struct block b = {.is = &is, .length = SCAN_BYTES, .open = l->open};
    if (!strings(l, &b, parity_of) || !containers(l, &b) || !scalars(l, &b) ||
        !(is.blank ? in_order(l, &b, is.blank) : in_order(l, &b, 0)))
        return false;
    copy(l, &b, ~is.blank, copy_some);
    l->p += b.length;
    l->carry = b.next;
    l->open = b.open;
    *ends = b.length < SCAN_BYTES;
    return true;
}

/* Whether it has taken all blocks up to where the lane ends. */
LANE bool take_all(struct lane *l, copier *copy_some, parity *parity_of)
{
    struct scan is[BATCH];
    bool ends = false;
    while (l->end - l->p >= SCAN_BYTES + PIECE) {
        size_t there = (size_t)(l->end - l->p - PIECE) / SCAN_BYTES, n = there < BATCH ? there : BATCH;
        l->s->scan->scan(l->p, n, is);
        for (size_t i = 0; i < n; i++) {
            if (!take(l, &is[i], copy_some, parity_of, &ends))
                return false;
            if (ends)
                return true;
        }
    }
    return true;
}

static bool take_all_anywhere(struct lane *l)
{
    return take_all(l, copy_kept, parity_by_shifts);
}

#ifdef __x86_64__
__attribute__((target(TARGET_BITS))) static bool take_all_with_bits(struct lane *l)
{
    return take_all(l, copy_kept, parity_by_product);
}

__attribute__((target(TARGET_PACK))) static bool take_all_packing(struct lane *l)
{
    return take_all(l, copy_packed, parity_by_product);
}
#else
#define take_all_with_bits take_all_anywhere
#define take_all_packing   take_all_anywhere
#endif

static bool take_all_here(struct lane *l)
{
    switch (l->s->scan->extra) {
    case SCAN_PACK:
        return take_all_packing(l);
    case SCAN_BMI:
        return take_all_with_bits(l);
    case SCAN_PLAIN:
        break;
    }
    return take_all_anywhere(l);
}

/* ---- to and from the states of split.c ---- */

static struct carry carry_of(const struct split *s)
{
    bool string = s->state == STRING;
    return (struct carry){
        .in_string = string ? ~UINT64_C(0) : 0,
        .in_name = string && s->in_key,
        .value = s->state == VALUE || s->state == FIRST_VALUE,
        .name = s->state == KEY || s->state == FIRST_KEY,
        .first = s->state == FIRST_VALUE || s->state == FIRST_KEY,
        .colon = s->state == COLON,
    };
}

static struct open open_of(const struct split *s)
{
    struct open open = {.depth = s->nest.depth};
    for (; open.known < KNOWN_FIRST && open.known < open.depth; open.known++)
        open.objects |= (uint64_t)nesting_is_object(&s->nest, open.depth - open.known) << open.known;
    return open;
}

static void put_open(const struct open *open, struct nesting *n)
{
    n->depth = open->depth - open->known;
    for (unsigned i = open->known; i; i--)
        nesting_push(n, open->objects >> (i - 1) & 1);
}

static bytes leave(struct lane *l)
{
    struct split *s = l->s;
    const struct carry *c = &l->carry;
    if (c->in_string)
        s->state = STRING;
    else if (c->value)
        s->state = c->first ? FIRST_VALUE : VALUE;
    else if (c->name)
        s->state = c->first ? FIRST_KEY : KEY;
    else
        s->state = c->colon ? COLON : AFTER;
    put_open(&l->open, &s->nest);
    s->in_key = c->in_name;
    s->key_len = SPLIT_KEY;
    s->wanted = 0;
    s->run = l->p;
    s->to->len = (size_t)(l->out - s->to->data);
    return l->p + lowest(~c->checked);
}

/* The container that the lane does not leave; 0: the lane is not for what is here. */
static unsigned floor_of(const struct split *s)
{
    if (s->picked_depth)
        return s->picked_depth + 1;
    return s->records_depth ? s->records_depth : s->many || !s->records;
}

bool lane_takes(const struct split *s, bytes p, bytes end)
{
    static const bool takes[END + 1] = {[VALUE] = true, [FIRST_VALUE] = true, [FIRST_KEY] = true, [KEY] = true,
                                        [COLON] = true, [AFTER] = true,       [STRING] = true};
    if (p < s->lane_from || end - p < SCAN_BYTES + PIECE || !takes[s->state])
        return false;
    unsigned floor = floor_of(s);
    return floor && s->nest.depth >= floor;
}

bytes lane_run(struct split *s, bytes p, bytes end)
{
    struct lane l = {.s = s, .p = p, .end = end, .floor = floor_of(s), .open = open_of(s), .carry = carry_of(s)};
    l.out = buf_space(s->to, (size_t)(end - p) + SCAN_BYTES);
    s->lane_from = end;
    if (!l.out)
        return p;
    bool taken = take_all_here(&l);
    s->lane_from = taken ? l.p : l.p + SCAN_BYTES;
    return leave(&l);
}
