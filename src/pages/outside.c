/* outside: records that come with a window of time and belong to another one. */
#include "pages/outside.h"

#include <string.h>

enum { FEW = 16, MOST_LATER = 1000, MOST_KNOWN = 1 << 20 };

struct later {
    uint64_t digest;
    double at;
};

void outside_free(struct outside *o)
{
    digests_free(&o->known);
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

void outside_own(struct outside *o, uint64_t digest)
{
    if (o->known.count <= MOST_KNOWN)
        digests_add(&o->known, digest);
}

static void look(struct outside *o, uint64_t digest)
{
    o->asked++;
    o->found += digests_find(&o->known, digest) != NULL;
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
    digests_free(&o->known);
    o->knows = false;
}

bool outside_end(struct outside *o)
{
    look_for_later(o);
    bool known = o->known.count <= MOST_KNOWN, right = !known || !o->asked || o->found;
    if (!known)
        forget(o);
    o->asked = o->found = o->few = 0;
    return right;
}
