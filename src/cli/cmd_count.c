/* count: the number of records of the whole list, on standard output; with --for-each, of many lists. */
#include "cli/cmd.h"

#include "cli/count_each.h"
#include "cli/count_list.h"

static void on_note(void *ctx, bool verbose, const char *line)
{
    terminal_note(ctx, verbose, line);
}

static int count_alone(const struct options *o, struct terminal *terminal, struct error *e)
{
    struct count c = {.ask = {.http = options_http(o), .note = on_note, .ctx = terminal}};
    int result = count_begin(&c, o, e) || ask_init(&c.ask, e) || count_list(&c, e) ? -1 : 0;
    count_free(&c);
    return result;
}

int cmd_count(const struct options *o, struct error *e)
{
    struct terminal terminal;
    terminal_init(&terminal, o->run.quiet, PROGRESS_NONE, -1);
    return o->each.for_each ? count_each(o, &terminal, e) : count_alone(o, &terminal, e);
}
