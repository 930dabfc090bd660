/* auto: discover/ run with the options of a command. */
#include "cli/auto.h"

#include <inttypes.h>

#include "base/terminal.h"

static bool was_given(const void *options, const char *name)
{
    return options_is_given(options, name);
}

int auto_discover(const struct options *o, bool brief, struct finding *f, struct error *e)
{
    struct terminal terminal;
    struct ask ask = {.http = options_http(o), .note = terminal_tell, .ctx = &terminal};
    struct discover_options wanted = {.http = options_http(o),
                                      .paging = &o->paging,
                                      .page_size = o->range.page_size,
                                      .brief = brief,
                                      .is_given = was_given,
                                      .ctx = o};
    *f = (struct finding){0};
    terminal_init(&terminal, o->run.quiet, PROGRESS_NONE, -1);
    int result = ask_init(&ask, e) || discover(&wanted, &ask, f, e) ? -1 : 0;
    buf_swap(&f->requests, &ask.made);
    ask_free(&ask);
    return result;
}

bool auto_can_look(const struct options *o, struct error *e)
{
    enum method method = request_options_method(&o->request);
    bool plain = method == METHOD_GET && !o->request.data && o->paging.page_in == PAGE_IN_QUERY;
    bool body = method == METHOD_POST && o->request.data && !request_sends_form(&o->request) &&
                (o->paging.page_in == PAGE_IN_QUERY || o->paging.page_in == PAGE_IN_BODY);
    if (!plain && !body)
        error_set(e, EXIT_USAGE,
                  "how a list pages is found out by GET and a query, or by POST with a JSON object (--data): set "
                  "--paginate");
    return plain || body;
}

static void say_unsaid(const struct options *o, const struct finding *f)
{
    struct terminal terminal;
    struct buf line = {0};
    buf_addf(&line,
             "warning: --paginate auto takes the %" PRId64
             " records of the first answer for the whole list: nothing in it leads on, or says that this is all\n",
             f->length);
    terminal_init(&terminal, o->run.quiet, false, -1);
    terminal_note(&terminal, false, buf_text(&line));
    buf_free(&line);
}

static void say_found(const struct settings *found)
{
    struct terminal terminal;
    struct buf line = {0};
    buf_adds(&line, "--paginate auto found:");
    for (const struct setting *s = found->at; s < found->at + found->count; s++)
        buf_addf(&line, " --%s=%s", s->option, s->value);
    terminal_init(&terminal, false, PROGRESS_NONE, -1);
    terminal_note(&terminal, true, buf_text(&line));
    buf_free(&line);
}

int auto_settings(const struct options *o, struct settings *found, struct error *e)
{
    struct finding f;
    *found = (struct settings){0};
    if (!auto_can_look(o, e))
        return -1;
    int result = auto_discover(o, true, &f, e);
    if (result == 0 && !f.found)
        result = error_set(e, finding_exit(&f), "--paginate auto: %s: set --paginate", buf_text(&f.doubt));
    if (result == 0 && f.unsaid)
        say_unsaid(o, &f);
    if (result == 0) {
        *found = f.settings;
        f.settings = (struct settings){0};
        if (o->network.verbose)
            say_found(found);
    }
    finding_free(&f);
    return result;
}
