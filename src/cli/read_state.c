/* read_state: --state and --output: a read that was stopped goes on where it was left. */
#include "cli/read_state.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/read_output.h"
#include "pages/styles.h"

static int64_t minus(int64_t n, int64_t done)
{
    return n < 0 ? n : n > done ? n - done : 0;
}

static void go_on(struct read_run *r)
{
    struct state *s = &r->state;
    bool seeks = styles_find(r->paging.paginate)->seeks;
    r->before = s->records;
    if (r->options->since.filled && s->done) { /* a new list, of what is new */
        s->place = (struct bookmark){.cursor = s->place.cursor};
        buf_clear(&s->place.cursor);
        return;
    }
    r->range.offset = seeks ? s->place.offset : s->place.skip;
    r->range.limit = minus(r->range.limit, s->records);
    r->range.expect = minus(r->range.expect, s->records);
    if (seeks && s->page_size > 0)
        r->range.page_size = s->page_size;
    if (s->place.cursor.len)
        r->paging.cursor = (char *)buf_text(&s->place.cursor);
}

int read_state_load(struct read_run *r, struct error *e)
{
    const char *file = r->options->run.state;
    r->state.page_size = r->state.bytes = -1;
    if (!file)
        return 0;
    r->state.style = styles_find(r->paging.paginate)->name;
    buf_add(&r->state.list, r->options->list.data, r->options->list.len);
    const struct since_options *since = &r->options->since;
    if (state_load(&r->state, file, e) ||
        (since->since_path && path_option(&r->since_path, "since-path", since->since_path, e)))
        return -1;
    if (r->state.found)
        go_on(r);
    buf_clear(&r->state.since);
    buf_clear(&r->state.until);
    if (since->filled) {
        buf_add(&r->state.since, since->from.data, since->from.len);
        buf_add(&r->state.until, since->to.data, since->to.len);
    }
    return 0;
}

/* NULL: a word says what goes to standard output. */
static const char *file_of(const char *output)
{
    return strcmp(output, "ndjson") == 0 || strcmp(output, "arrow") == 0 ? NULL : output;
}

int read_state_output(struct read_run *r, struct error *e)
{
    const char *name = file_of(r->options->output.output);
    const struct state *s = &r->state;
    if (!name || s->bytes >= 0)
        return name ? output_resume(&r->shared->output, name, s->bytes, s->done, e)
                    : output_open(&r->shared->output, NULL, e);
    if (r->before && access(name, F_OK) == 0 && io_is_file(name))
        return error_set(e, EXIT_NO_FILE,
                         "%s is there, but not known to the state, by which only what is new is read: move it away",
                         name);
    return output_open(&r->shared->output, name, e);
}

/* The state first: it knows then that what is in FILE.part is all, should FILE not get it. */
int read_state_end(struct read_run *r, bool whole, struct error *e)
{
    r->state.done = whole;
    return read_output_save(r, true, e) || (whole && output_finish(&r->shared->output, e)) ? -1 : 0;
}
