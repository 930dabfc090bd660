/* read_parents: --for-each: the lines of a file, each of which makes a list: its requests and what --keep keeps of it.
 */
#ifndef RESTSRC_READ_PARENTS_H
#define RESTSRC_READ_PARENTS_H

#include "cli/options.h"
#include "cli/read_windows.h"
#include "http/transfer.h"
#include "write/input.h"
#include "write/target.h"
#include "json/path.h"

struct kept_field {
    char *name;
    struct path path;
};

struct parents {
    const struct options *options;
    struct input input;
    struct batch next; /* the line at hand */
    struct target target;
    struct buf body_text;
    struct template body; /* text NULL: --data is the same for all */
    struct body_shape shape;
    struct kept_field *kept;
    size_t kept_count;
    bool from_stdin;
    struct windows windows;        /* --window: they take the place of the lines */
    struct request_options common; /* then what all requests share; its URL is that of the first one */
};

/* A line, and the list that is made of it. */
struct parent {
    int64_t line;
    struct window window;           /* --window */
    struct buf name;                /* for messages */
    struct buf record;              /* compact */
    struct buf kept;                /* of an object: its members, as "repo_id":7, */
    struct request_options request; /* url and data are its own, the rest is borrowed */
    struct buf headers;             /* those that vary, each ended by '\n' */
};

/* -1: EXIT_USAGE, EXIT_NO_FILE. Free with parents_free(), also after a failure. */
int parents_init(struct parents *all, const struct options *o, struct error *e);
void parents_free(struct parents *all);

/* A window for the lists of the lines; *ops then waits for lines. As transfer_new(). */
struct transfer *parents_window(const struct parents *all, unsigned slots, struct transfer_ops *ops,
                                struct transfer_stats *stats, struct error *e);

/* The next line. An input_state, or -1: EXIT_INPUT. Free it with parent_free(), whatever it is. */
int parents_next(struct parents *all, struct parent *to, struct error *e);
void parent_free(struct parent *p);
/* Its URL, query, headers and body, with these for {since} and {until}; NULL: a line may have members of these names.
 * -1: EXIT_INPUT, EXIT_USAGE. */
int parents_fill(const struct parents *all, struct parent *p, const struct since_options *since, struct error *e);

/* Appends these lines of records, each with the kept fields before its own members. -1: EXIT_ANSWER: one has a member
 * of such a name, or is not an object. */
int parents_add_kept(const struct parents *all, const struct parent *p, struct slice lines, struct buf *out,
                     struct error *e);

#endif
