/* command: a program that prints credentials (--auth-command), run beside everything else. */
#ifndef RESTSRC_COMMAND_H
#define RESTSRC_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "http/token.h"

/* A zeroed struct: there is no program. */
struct command {
    const struct client *client; /* while it runs */
    pid_t process;
    int out, err;            /* pipes from it */
    struct buf answer, said; /* what has come through them */
    double until;            /* when it has taken too long, of io_clock() */
    int status;              /* of waitpid() */
};

/* What the credentials are good for, appended: the command, and the origin of the requests. A program that is named by
 * a relative path is another one in another folder. */
void command_key(const struct client *c, struct buf *key);

/* Runs --auth-command, without a shell: blanks divide its words, but not in quotes; a backslash takes the next
 * character as it is. It gets no input and none of our files. c must outlive it. -1: EXIT_USAGE, EXIT_BUG. */
int command_begin(struct command *m, const struct client *c, struct error *e);
/* Takes what it has printed. true: it has ended, or has taken too long. */
bool command_has_ended(struct command *m);
/* 0: token has what it printed; -1: why says how it failed. */
int command_end(struct command *m, struct token *token, struct token_failure *why);
/* It is ended, if it still runs. */
void command_drop(struct command *m);

#endif
