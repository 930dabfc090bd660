/* cmd: the table of commands. A new one: a file cmd_NAME.c and a row here. */
#include "cli/cmd.h"

#include <string.h>

const struct command cmd_table[] = {
    {"read", COMMAND_READ, cmd_read, "restsrc read [options] URL",
     "records of a range, one JSON text a line, on stdout"},
    {"count", COMMAND_COUNT, cmd_count, "restsrc count [options] URL", "the number of records, on stdout"},
    {"write", COMMAND_WRITE, cmd_write, "restsrc write [options] URL",
     "JSON texts on stdin, one a line, sent in batches; a receipt on stdout"},
    {"check", COMMAND_CHECK, cmd_check, "restsrc check [options] URL",
     "looks at an API: how it pages, its count, which options to use"},
    {"call", COMMAND_CALL, cmd_call, "restsrc call [options] URL",
     "one request (--data), the body of the answer on stdout"},
    {0},
};

const struct command *cmd_find(const char *name, struct error *e)
{
    for (const struct command *c = cmd_table; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    error_set(e, EXIT_USAGE, "unknown command '%s': try restsrc --help", name);
    return NULL;
}
