/* cmd: the table of commands. A new one: a file cmd_NAME.c and a row here. */
#include "cli/cmd.h"

#include <string.h>

#include "base/nearest.h"

const struct command cmd_table[] = {
    {"read", COMMAND_READ, cmd_read, "restsrc read [options] URL",
     "records of a range, one JSON text a line, on stdout",
     "paginate api records page-size offset limit query header bearer-file parallel rate",
     "restsrc read https://api.example.com/orders > orders.ndjson\n"
     "restsrc read --paginate auto --bearer-file token api.example.com/orders\n"
     "restsrc read --paginate cursor --next meta.next api.example.com/orders\n"},
    {"count", COMMAND_COUNT, cmd_count, "restsrc count [options] URL", "the number of records, on stdout",
     "count-from api query header bearer-file",
     "restsrc count https://api.example.com/orders\n"
     "restsrc count --query status=open https://api.example.com/orders\n"
     "restsrc count --count-from header:X-Total https://api.example.com/orders\n"},
    {"write", COMMAND_WRITE, cmd_write, "restsrc write [options] URL",
     "JSON texts on stdin, one a line, sent in batches; a receipt on stdout",
     "batch-size body method idempotency-key reject-file header bearer-file parallel rate api",
     "restsrc write https://api.example.com/orders < orders.ndjson\n"
     "restsrc write --reject-file bad.ndjson api.example.com/orders < orders.ndjson\n"
     "restsrc write -X PUT --body single 'api.example.com/orders/{id}' < a.ndjson\n"},
    {"check", COMMAND_CHECK, cmd_check, "restsrc check [options] URL",
     "looks at an API: how it pages, its count, which options to use", "records query header bearer-file",
     "restsrc check https://api.example.com/orders\n"
     "restsrc check --bearer-file token https://api.example.com/orders\n"
     "restsrc check --records data.items https://api.example.com/orders\n"},
    {"lookup", COMMAND_LOOKUP, cmd_lookup, "restsrc lookup [options] URL",
     "JSON objects on stdin, one a line; each comes out with the answer to its request",
     "into batch-size id on reject-file data query header bearer-file parallel rate",
     "restsrc lookup 'https://api.example.com/items/{id}' < keys.ndjson\n"
     "restsrc lookup --on 404=empty --into item 'api.example.com/items/{item_id}' < orders.ndjson\n"
     "restsrc lookup --batch-size 50 'https://api.example.com/items?ids={id}' < keys.ndjson\n"
     "restsrc lookup --data '{\"email\": \"{mail}\"}' api.example.com/search < people.ndjson\n"},
    {"call", COMMAND_CALL, cmd_call, "restsrc call [options] URL",
     "one request (--data), the body of the answer on stdout", "data method query header bearer-file",
     "restsrc call https://api.example.com/status\n"
     "restsrc call --data '{\"rebuild\": true}' https://api.example.com/jobs\n"
     "restsrc call --method DELETE --bearer-file token https://api.example.com/jobs/7\n"},
    {0},
};

const struct command *cmd_find(const char *name, struct error *e)
{
    for (const struct command *c = cmd_table; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    struct nearest near = nearest_to(name);
    for (const struct command *c = cmd_table; c->name; c++)
        nearest_look(&near, c->name);
    error_set(e, EXIT_USAGE, "unknown command '%.60s': %s%s", name, near.best ? "did you mean " : "try restsrc --help",
              near.best ? near.best : "");
    return NULL;
}
