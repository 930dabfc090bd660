/* read_state: --state and --output: a read that was stopped goes on where it was left. */
#include "cli/read_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/moment.h"
#include "cli/read_output.h"
#include "cli/read_tell.h"
#include "cli/since.h"
#include "http/cache.h"
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
    if ((r->options->since.filled || r->newer.path.count) && s->done) { /* a new list, of what is new */
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

/* By value a record is judged where the API does not do it; by what has come before always. */
static int choose_new(struct read_run *r, const struct since_options *since, struct error *e)
{
    struct newer *n = &r->newer;
    if (!since->since_path)
        return 0;
    n->time_format = since->time_format;
    n->now = io_time();
    if (path_option(&n->path, "since-path", since->since_path, e) || since_overlap(since, &n->overlap, e))
        return -1;
    if (!since->filled && since->from.len)
        newer_bound(since->from.data, &n->from);
    if (!since->filled && since->until)
        newer_bound(since->to.data, &n->to);
    return 0;
}

void read_state_begin(struct read_run *r)
{
    r->state.page_size = r->state.bytes = r->state.run = -1;
    r->state.style = styles_find(r->paging.paginate)->name;
}

int read_state_resume(struct read_run *r, const struct since_options *since, struct error *e)
{
    struct state *s = &r->state;
    if (choose_new(r, since, e))
        return -1;
    if (!r->shared->states)
        return 0;
    if (s->found)
        go_on(r);
    buf_swap(&r->newer.newest, &s->newest);
    newer_load(&r->newer, (struct slice){s->seen.data, s->seen.len}, (struct slice){s->noted.data, s->noted.len});
    buf_clear(&s->since);
    buf_clear(&s->until);
    if (since->filled || r->newer.path.count) {
        buf_add(&s->since, since->from.data, since->from.len);
        buf_add(&s->until, since->to.data, since->to.len);
    }
    return 0;
}

/* {until} is of our clock. Where the server's is behind it, what is stored there until it gets to {until} would never
 * be asked for: the next run begins at the server's time. date: its header of the first answer. */
void read_state_heed_clock(struct read_run *r, const char *date)
{
    static const double TOLD = 5; /* seconds */
    const struct since_options *since = &r->options->since;
    struct buf line = {0}, *until = &r->state.until;
    double ours, theirs;
    bool known = date && moment_read(date, NULL, &theirs) && moment_read(buf_text(until), since->time_format, &ours);
    if (r->clock_seen || r->shared->windows || !r->shared->states || !since->filled || since->until ||
        r->newer.path.count || !known)
        return;
    r->clock_seen = true;
    if (theirs >= ours)
        return;
    const char *form = since->time_format ? since->time_format : moment_form(buf_text(until));
    buf_clear(until);
    moment_format(theirs, form, until);
    buf_addf(&line,
             "warning: the server's clock is %.0f seconds behind this machine's: the next {since} is by the server's",
             ours - theirs);
    if (ours - theirs > TOLD)
        read_tell_note(r, false, buf_text(&line));
    buf_free(&line);
}

/* The one name of a file, which need not be there yet. */
static void name_file(const char *file, struct buf *out)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash ? mem_text(file, (size_t)(slash - file) + 1) : mem_copy(".");
    char *real = realpath(file, NULL), *parent = realpath(folder, NULL);
    if (real)
        buf_adds(out, real);
    else
        buf_addf(out, "%s/%s", parent ? parent : folder, slash ? slash + 1 : file);
    free(real);
    free(parent);
    free(folder);
}

/* Two runs at once would both write the same records. On one machine the second one sees the first. */
static int lock(struct read_run *r, const char *file, struct error *e)
{
    struct buf key = {0};
    name_file(file, &key);
    buf_addf(&key, "\n%s", r->options->list.data);
    r->shared->state_lock = cache_open("state", buf_text(&key));
    bool busy = r->shared->state_lock >= 0 && cache_lock(r->shared->state_lock) == CACHE_BUSY;
    buf_free(&key);
    return busy ? error_set(e, EXIT_UNAVAILABLE, "another run is reading this list with --state %s", file) : 0;
}

int read_state_load(struct read_run *r, struct error *e)
{
    const char *file = r->options->run.state;
    read_state_begin(r);
    if (file && !r->options->run.dry_run && lock(r, file, e))
        return -1;
    if (file) {
        r->shared->states = mem_zeroed(1, sizeof *r->shared->states);
        if (states_load(r->shared->states, file, &r->options->list, e) || states_take(r->shared->states, &r->state, e))
            return -1;
    }
    if (!r->options->each.for_each)
        return read_state_resume(r, &r->options->since, e);
    r->before = r->state.records;
    r->state.run = r->state.run > 0 ? r->state.run + r->state.done : 1;
    return 0;
}

/* NULL: a word says what goes to standard output. */
static const char *file_of(const char *output)
{
    return strcmp(output, "ndjson") == 0 || strcmp(output, "arrow") == 0 ? NULL : output;
}

int read_state_output(struct read_run *r, struct error *e)
{
    const char *name = r->options->run.dry_run ? NULL : file_of(r->options->output.output);
    struct state *s = &r->state;
    bool whole = s->done;
    s->done = false; /* until this run is */
    if (!name || s->bytes >= 0)
        return name ? output_resume(&r->shared->output, name, s->bytes, whole, e)
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
