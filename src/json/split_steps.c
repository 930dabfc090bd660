/* split_steps: what the files of the splitter share. */
#include "json/split_steps.h"

bytes split_fail(struct split *s, bytes at, bytes from, const char *reason)
{
    s->reason = reason;
    s->position += (uint64_t)(at - from);
    return NULL;
}

bool split_emit(struct split *s, bytes upto, bytes from)
{
    bool whole = buf_add(s->to, s->run, (size_t)(upto - s->run)) == 0;
    s->run = from;
    return whole;
}

void nesting_push(struct nesting *n, bool object)
{
    n->depth++;
    uint64_t bit = UINT64_C(1) << n->depth % 64, *word = &n->object[n->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    n->in_object = object;
}

bool nesting_is_object(const struct nesting *n, unsigned depth)
{
    return n->object[depth / 64] >> depth % 64 & 1;
}

void nesting_pop(struct nesting *n)
{
    n->depth--;
    n->in_object = nesting_is_object(n, n->depth);
}
