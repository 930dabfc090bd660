/* lookup_run: the state of a lookup, shared by the files that make it up. */
#ifndef RESTSRC_LOOKUP_RUN_H
#define RESTSRC_LOOKUP_RUN_H

#include "base/output.h"
#include "base/terminal.h"
#include "cli/lookup_asked.h"
#include "cli/lookup_match.h"
#include "cli/options.h"
#include "http/transfer.h"
#include "write/input.h"
#include "write/target.h"

/* A call that was refused, and is made again in two halves. */
struct halved {
    size_t half;         /* ids of the smaller one */
    unsigned open, good; /* halves without an answer; those that were taken */
};

/* What one request asks for. */
struct call {
    struct call_ids ids;
    struct asked there; /* an id that had an answer, */
    bool second;        /* because these were left out before; it is the last of several */
    bool part;          /* of a call that had no answer at all */
    struct halved *of;  /* it is one of the halves; NULL: it is not */
    struct buf answer;  /* as it comes */
    struct buf compact; /* without white space */
    struct buf listed;  /* for match_answers() */
};

/* Calls, and what is to be asked in others. */
struct calls {
    struct call *slot;  /* by slot of the window */
    struct call *later; /* halves, the next one last */
    size_t later_count, later_room;
    struct call_ids fresh, doubtful; /* not asked yet; left out once */
    size_t most;                     /* ids of a call */
    size_t shown, shown_bytes; /* so many ids, and bytes of them, has one answer had: no limit of the API is below */
    struct asked there;        /* one that had an answer */
    double since;              /* when the first of those not asked yet came */
};

struct lookup {
    const struct options *options;
    struct http_options http;
    struct target target;
    struct buf body_text;
    struct template body;            /* text NULL: none */
    bool many;                       /* --batch-size: a call asks for many ids */
    struct template_list list;       /* of body; its option NULL: it does not vary */
    const struct template_list *ids; /* where they stand */
    struct match match;
    struct body_shape shape;
    struct input input;
    struct batch next;      /* the line at hand */
    struct buf record, key; /* for it */
    struct asked_table asked;
    struct waiting_lines waiting;
    size_t window; /* lines that wait, at the most */
    struct calls calls;
    struct output output;
    struct buf out; /* lines to be written */
    int reject_fd;
    int64_t rejected;
    bool input_done;
    int64_t failed_line; /* nothing is asked for lines after it; 0: none */
    struct error torn;   /* the input is wrong: told when what came before is done */
    struct transfer *transfer;
    struct transfer_stats stats;
    struct terminal terminal;
};

/* ---- lookup_lines: what comes in, and goes out ---- */

enum lines_state { LINES_READY, LINES_WAIT, LINES_END };

/* Reads lines until there is enough to ask for. LINES_WAIT: there is no more now; LINES_END: nor will there be before
 * some of what is waited for is answered. */
enum lines_state lines_take(struct lookup *l);
/* Is the answer of the first line known? */
bool lines_are_settled(const struct lookup *l);
/* Adds the lines whose answer is known, up to the first without one, to what is to be written. -1: one failed, and that
 * ends the run. */
int lines_settle(struct lookup *l, struct error *e);

/* ---- lookup_calls: what is asked in which call ---- */

/* To be asked for. */
void calls_add(struct lookup *l, struct asked *a);
/* The next call, into slot. false: there is none now. */
bool calls_next(struct lookup *l, unsigned slot, enum lines_state state);
/* The answer of a call is there, with a good status: is it an answer? Where one thing is asked for, and nothing comes
 * but an error, it is not. 0: it is; 1: it may be another time; -1: EXIT_REFUSED. */
int calls_check(const struct lookup *l, struct exchange *x, struct error *e);
/* The answer of a call has come, or it failed: what it says of what was asked for; the rest is asked again. */
void calls_done(struct lookup *l, struct exchange *x);
/* Seconds until what there is is asked; negative: there is none. */
double calls_patience(const struct lookup *l);
void calls_free(struct lookup *l, unsigned slots);

#endif
