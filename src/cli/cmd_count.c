/* count: the number of records of the whole list, on standard output; with --for-each, of many lists. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/count_each.h"
#include "cli/count_list.h"
#include "cli/plan.h"
#include "http/answer.h"

/* The count and the summary. */
static int tell(struct count *c, struct error *e)
{
    struct report_count summary = {
        .records = c->records, .requests = c->ask.stats.requests, .date = answer_header(c->ask.exchange, "Date", NULL)};
    struct buf line = {0};
    buf_addf(&line, "%" PRId64 "\n", c->records);
    int result = io_write_lines(STDOUT_FILENO, line.data, line.len, e) || count_summarize(c->options, &summary, e);
    buf_free(&line);
    return result ? -1 : 0;
}

static int count_alone(const struct options *o, struct terminal *terminal, struct error *e)
{
    struct count c = {.ask = {.http = options_http(o), .note = terminal_tell, .ctx = terminal}};
    int result = count_begin(&c, o, e) || ask_init(&c.ask, e) || count_list(&c, e) || tell(&c, e) ? -1 : 0;
    count_free(&c);
    return result;
}

int cmd_count(const struct options *o, struct error *e)
{
    struct terminal terminal;
    terminal_init(&terminal, o->run.quiet, PROGRESS_NONE, -1);
    if (o->run.plan && !o->each.for_each)
        return plan_make(o, true, e);
    return o->each.for_each ? count_each(o, &terminal, e) : count_alone(o, &terminal, e);
}
