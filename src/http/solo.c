/* solo: a server that serves one connection at a time. */
#include "http/solo.h"

#include <math.h>
#include <stddef.h>

static const double SILENCE = 2; /* seconds at least */

void solo_answer(struct solo *s, const void *request, int port, double waited, double now)
{
    if (!port)
        return;
    s->slowest = fmax(s->slowest, waited);
    if (!s->served)
        s->served = port;
    s->many |= port != s->served;
    s->answered = now;
    if (!s->sent || s->sent != request)
        return;
    s->found = !s->many && now - s->when < s->silent / 2;
    s->many |= !s->found;
    s->sent = NULL;
}

bool solo_suspects(const struct solo *s, const struct solo_request *request, unsigned count, double now)
{
    double silence = fmax(SILENCE, 2 * s->slowest);
    bool suspects = count && s->served && !s->many && !s->found && !s->sent && now - s->answered > silence;
    for (unsigned i = 0; i < count; i++) {
        const struct solo_request *r = &request[i];
        suspects = suspects && r->port && r->port != s->served && !r->begun && r->may_again && now - r->sent > silence;
    }
    return suspects;
}

void solo_again(struct solo *s, const void *request, double sent, double now)
{
    s->sent = request;
    s->when = now;
    s->silent = now - sent;
}
