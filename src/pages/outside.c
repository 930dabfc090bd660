/* outside: records that come with a window of time and belong to another one. */
#include "pages/outside.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FEW = 16, MOST_LATER = 1000, MOST_KNOWN = 1 << 20, FIRST_ROOM = 1 << 10 };

struct later {
    uint64_t digest;
    double at;
};

void outside_free(struct outside *o)
{
    free(o->known);
    buf_free(&o->later);
}

void outside_begin(struct outside *o, double from, double to, double step)
{
    if (!o->knows)
        o->known_from = from;
    o->knows = true;
    o->from = from;
    o->to = to;
    o->step = step;
}

/* Where it is, or would be. */
static uint64_t *place(const struct outside *o, uint64_t digest)
{
    size_t at = digest & (o->room - 1);
    while (o->known[at] && o->known[at] != digest)
        at = (at + 1) & (o->room - 1);
    return &o->known[at];
}

static void grow(struct outside *o)
{
    struct outside old = *o;
    o->room = old.room ? 2 * old.room : FIRST_ROOM;
    o->known = mem_zeroed(o->room, sizeof *o->known);
    for (size_t i = 0; i < old.room; i++)
        if (old.known[i])
            *place(o, old.known[i]) = old.known[i];
    free(old.known);
}

void outside_own(struct outside *o, uint64_t digest)
{
    if (o->count > MOST_KNOWN || !digest)
        return;
    if (2 * o->count >= o->room)
        grow(o);
    uint64_t *to = place(o, digest);
    o->count += *to == 0;
    *to = digest;
}

static void look(struct outside *o, uint64_t digest)
{
    o->asked++;
    o->found += o->room && *place(o, digest);
}

void outside_other(struct outside *o, uint64_t digest, double at)
{
    struct later later = {digest, at};
    if (at >= o->known_from && at < o->from - o->step && o->asked < FEW)
        look(o, digest);
    if (at >= o->to + o->step && o->few < FEW && o->later.len < MOST_LATER * sizeof later) {
        buf_add(&o->later, &later, sizeof later);
        o->few++;
    }
}

/* Those of this window, which are not asked for again. */
static void look_for_later(struct outside *o)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->later.len; i += sizeof(struct later)) {
        struct later later;
        memcpy(&later, o->later.data + i, sizeof later);
        if (later.at < o->to) {
            look(o, later.digest);
        } else {
            memmove(o->later.data + kept, o->later.data + i, sizeof later);
            kept += sizeof later;
        }
    }
    o->later.len = kept;
}

/* There are too many: those of the windows to come are known. */
static void forget(struct outside *o)
{
    free(o->known);
    o->known = NULL;
    o->room = o->count = 0;
    o->knows = false;
}

bool outside_end(struct outside *o)
{
    look_for_later(o);
    bool known = o->count <= MOST_KNOWN, right = !known || !o->asked || o->found;
    if (!known)
        forget(o);
    o->asked = o->found = o->few = 0;
    return right;
}
