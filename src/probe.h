/* probe: one request at a time, with its answer at hand: for commands that look before they read. */
#ifndef RESTSRC_PROBE_H
#define RESTSRC_PROBE_H

#include "options.h"
#include "paginate.h"
#include "split.h"
#include "transfer.h"

struct probe {
    const struct options *options;
    struct transfer *transfer;
    struct transfer_stats stats;
    void (*note)(void *ctx, bool verbose, const char *line);
    void *ctx;

    bool once;  /* a request that fails is not tried again */
    bool lines; /* NDJSON is welcome */

    struct request request; /* to make next */
    bool asked;
    const struct path *places; /* where records are; NULL: all is envelope */

    /* the answer */
    struct split split;
    struct buf records, envelope; /* NDJSON; compact JSON */
    size_t bytes;
    const struct exchange *exchange; /* for cmd_header() */
    bool failed;
    struct error error;
};

/* The members up to ctx are set, in a zeroed struct, but for transfer. */
int probe_init(struct probe *p, struct error *e);
void probe_free(struct probe *p);

/* Makes p->request. places: see above; they must outlive the answer. -1: it failed, p->error says why; or the JSON is wrong. */
int probe_ask(struct probe *p, const struct path *places);
/* The same for a plain GET of url. */
int probe_get(struct probe *p, const char *url, const struct path *places);

/* About the answer. */
struct answer probe_answer(struct probe *p);
/* The target of the link with that relation, made absolute; false when there is none. */
bool probe_link(struct probe *p, const char *relation, struct buf *url);

#endif
