/* lookup_known: the answers of requests that have been made. */
#include "cli/lookup_known.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MOST_BYTES = 64 << 20, ROOM = 1 << 16, MOST = ROOM / 2 };

void known_free(struct known *k)
{
    for (size_t i = 0; i < k->room; i++) {
        buf_free(&k->entry[i].request);
        buf_free(&k->entry[i].answer);
    }
    free(k->entry);
    *k = (struct known){0};
}

/* The entry of the request, or the free one where it would go. */
static struct known_entry *place_of(const struct known *k, struct slice request)
{
    for (size_t at = mem_digest(request.text, request.len) % k->room;; at = (at + 1) % k->room) {
        struct known_entry *e = &k->entry[at];
        bool same = e->request.len == request.len && memcmp(buf_text(&e->request), request.text, request.len) == 0;
        if (!e->request.len || same)
            return e;
    }
}

bool known_ask(struct known *k, struct slice request)
{
    if (k->count >= MOST || k->bytes >= MOST_BYTES)
        known_free(k);
    if (!k->room) {
        k->room = ROOM;
        k->entry = mem_zeroed(k->room, sizeof *k->entry);
    }
    struct known_entry *e = place_of(k, request);
    if (e->request.len)
        return false;
    buf_add(&e->request, request.text, request.len);
    k->count++;
    k->bytes += request.len;
    return true;
}

void known_answer(struct known *k, struct slice request, struct slice answer)
{
    known_ask(k, request); /* it may have been dropped meanwhile */
    struct known_entry *e = place_of(k, request);
    buf_clear(&e->answer);
    buf_add(&e->answer, answer.text, answer.len);
    e->answered = true;
    k->bytes += answer.len;
}

/* The entry stays, because others may be found by way of it. */
void known_forget(struct known *k, struct slice request)
{
    if (k->room)
        place_of(k, request)->answered = false;
}

struct slice known_find(const struct known *k, struct slice request)
{
    struct known_entry *e = k->room ? place_of(k, request) : NULL;
    return e && e->answered ? (struct slice){buf_text(&e->answer), e->answer.len} : (struct slice){0};
}
