/* each_list: a list of a run with many, those of --for-each and the windows of --window: how it begins and ends. */
#ifndef RESTSRC_EACH_LIST_H
#define RESTSRC_EACH_LIST_H

#include "cli/each_rejects.h"
#include "cli/read_parents.h"
#include "cli/read_run.h"

enum { MOST_WAITING = 64 << 20 /* bytes */ };

struct each_list {
    struct read_run run;
    struct parent parent;
    struct http_options http;
    unsigned under_way;
    bool begun, ended, checked;
    bool cut; /* the API does not give all of it */
    long status;
    struct error error; /* code 0: it has not failed */
};

struct each {
    struct read_run *whole;
    struct parents parents;
    struct each_list **list;  /* those that are open, in order */
    size_t count, room, most; /* so many new ones at the most */
    struct each_list **owner; /* by the slot of the window; NULL: what comes there does not count */
    unsigned slots;
    struct each_list *learned; /* a page of it is to be written */
    bool input_done;
    struct error torn; /* the input is wrong: told when what came before is done */
    struct each_rejects rejects;
};

/* It takes the parent over; it waits for those that are open. */
struct each_list *each_list_new(struct each *a, const struct parent *parent);
/* What is left of it is kept by the state. */
void each_list_free(struct each *a, struct each_list *l);
/* It becomes the n-th of those that are open. */
void each_list_put(struct each *a, size_t n, struct each_list *l);
/* The n-th is taken out, and freed. */
void each_list_drop(struct each *a, size_t n);

/* Makes it ready for its first request. 0: --state has it whole, and there is nothing to read; -1: EXIT_CONFIG,
 * EXIT_INPUT, EXIT_USAGE. */
int each_list_begin(struct each *a, struct each_list *l, struct error *e);
/* Nothing that is under way for it counts any more. */
void each_list_end(struct each *a, struct each_list *l);
/* It has ended: is it all there? If not, l->error says so. */
void each_list_check(struct each_list *l);

#endif
