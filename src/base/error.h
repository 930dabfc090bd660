/* error: what went wrong, with the exit code that says so to scripts.
 *
 * Functions that can fail return 0 or -1 and fill the struct error they are given. Nobody but main.c and cmd_*.c prints
 * it. */
#ifndef RESTSRC_ERROR_H
#define RESTSRC_ERROR_H

#include <stdbool.h>
#include <stdint.h>

/* Exit codes: sysexits(3), with the meaning that restsrc(1) gives them. */
enum exit_code {
    EXIT_COMPLETE = 0,
    EXIT_USAGE = 64,       /* the command line is wrong */
    EXIT_INPUT = 65,       /* standard input is not valid NDJSON, or is cut short */
    EXIT_NO_FILE = 66,     /* a named file cannot be read */
    EXIT_REFUSED = 69,     /* another 4xx; too many rejects */
    EXIT_BUG = 70,         /* a bug, or out of memory */
    EXIT_IO = 74,          /* reading stdin or writing stdout failed */
    EXIT_UNAVAILABLE = 75, /* network, time-out, 429 or 5xx, after the retries */
    EXIT_ANSWER = 76,      /* the answer is not as described */
    EXIT_DENIED = 77,      /* 401 or 403, or TLS is refused */
    EXIT_CONFIG = 78,      /* a configuration file is wrong */
};

struct error {
    enum exit_code code;
    char message[1024]; /* one line, no secrets */
    char url[1024];     /* redacted; empty when no request was concerned */
    long http_status;   /* 0 when no answer was concerned */
    int64_t offset;     /* the first record asked for; only where has_offset */
    bool has_offset;
    bool located; /* these are set, and stay */
    bool quiet;   /* nothing to tell: whoever read stdout has gone (EXIT_IO), or a signal came */
};

/* Sets code and message, keeps the rest. Always -1. The message becomes one line of plain text (text_clean()). e's own
 * message may be among the arguments: that is how more is said around an error. */
int error_set(struct error *e, enum exit_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
