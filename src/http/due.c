/* due: which requests of the window may begin. */
#include "http/due.h"

#include <math.h>
#include <stdlib.h>

#include "base/io.h"
#include "http/login.h"
#include "http/rate.h"
#include "http/solo.h"

static const double LONG = 60, LOOK = 0.5; /* seconds */

/* A rate that each process keeps for itself is not what was asked for. */
static void warn_alone(struct transfer *t)
{
    struct buf line = {0};
    if (t->told_alone || !t->rate.alone)
        return;
    t->told_alone = true;
    buf_addf(&line, "warning: %s: --rate-scope machine holds for this process only", t->rate.alone);
    client_tell(&t->client, false, &line);
    buf_free(&line);
}

/* Is a token to be tried by one request alone, which is under way? */
static bool awaits_proof(const struct transfer *t)
{
    if (!login_on_trial(&t->login))
        return false;
    for (unsigned i = 0; i < t->slots; i++) {
        struct attempt *a = t->exchange[i].attempt;
        if (a->phase == ACTIVE && login_is_current(&t->login, buf_text(&a->http.authorization)))
            return true;
    }
    return false;
}

/* Some servers serve one connection at a time: see solo. From then on one request is under way. */
static void go_alone(struct transfer *t)
{
    struct buf line = {0};
    for (unsigned i = 0; i < t->used; i++)
        if (attempt_nth(t, i)->phase == ACTIVE && attempt_nth(t, i)->http.local_port != t->solo.served)
            attempt_send_again(t, attempt_nth(t, i));
    buf_adds(&line, "note: this server serves one connection at a time: one request at a time from now on");
    t->told_solo = true;
    client_tell(&t->client, false, &line);
    buf_free(&line);
}

static unsigned count_active(const struct transfer *t, struct attempt **first)
{
    unsigned n = 0;
    for (unsigned i = t->used; i-- > 0;) {
        if (attempt_nth(t, i)->phase != ACTIVE)
            continue;
        *first = attempt_nth(t, i);
        n++;
    }
    return n;
}

/* Looks for such a server. The seconds after which to look again. */
static double look_for_solo(struct transfer *t)
{
    struct attempt *first = NULL;
    double time = io_clock();
    unsigned active = count_active(t, &first), n = 0;
    if (t->solo.found && !t->told_solo)
        go_alone(t);
    if (t->solo.many || t->solo.found || t->slots == 1 || !active)
        return LONG;
    struct solo_request *request = mem_zeroed(active, sizeof *request);
    for (unsigned i = 0; i < t->used; i++) {
        const struct attempt *a = attempt_nth(t, i);
        if (a->phase == ACTIVE)
            request[n++] = (struct solo_request){a->http.local_port, a->http.sent_at, a->http.in.head.lines.len,
                                                 a->exchange->request.repeatable};
    }
    if (solo_suspects(&t->solo, request, n, time)) {
        solo_again(&t->solo, first, first->http.sent_at, time);
        attempt_send_again(t, first);
    }
    free(request);
    return LOOK;
}

/* What login_get() says, asked once for all that wait. */
struct answer {
    bool asked;
    int result;
    double wait;
    struct error error;
};

/* The seconds until a may begin, as far as its credentials go; negative: it has failed. */
static double log_in(struct transfer *t, struct attempt *a, struct answer *login)
{
    if (!attempt_needs_login(t, a))
        return 0;
    if (!login->asked)
        login->result = login_get(&t->login, &login->wait, &login->error);
    login->asked = true;
    if (login->result < 0)
        attempt_fail(a, &login->error);
    return login->result == 0 ? fmax(login->wait, 0.001) : login->result < 0 ? -1 : 0;
}

double due_begin(struct transfer *t)
{
    double next = io_clock() + look_for_solo(t), time = io_clock();
    struct answer login = {0};
    struct attempt *ignored;
    bool alone = t->solo.found && count_active(t, &ignored);
    for (unsigned i = 0; i < t->used; i++) {
        struct attempt *a = attempt_nth(t, i);
        if (a->phase != WAITING || awaits_proof(t) || alone)
            continue;
        double wait = a->due - time;
        if (wait <= 0)
            wait = log_in(t, a, &login);
        if (wait == 0)
            wait = rate_take(&t->rate);
        if (wait == 0)
            attempt_begin(t, a);
        else if (wait > 0)
            next = fmin(next, time + wait);
        alone = t->solo.found && a->phase == ACTIVE;
    }
    warn_alone(t);
    return next - time;
}
