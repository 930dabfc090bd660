/* read: the records of a range, as NDJSON or an Arrow IPC stream on standard output. */
#include "cli/cmd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/advice.h"
#include "cli/plan.h"
#include "cli/read_each.h"
#include "cli/read_list.h"
#include "cli/read_output.h"
#include "cli/read_page.h"
#include "cli/read_records.h"
#include "cli/read_state.h"
#include "cli/read_tell.h"
#include "cli/report.h"
#include "pages/styles.h"

static bool has_many(const struct options *o)
{
    return o->each.for_each || o->since.window;
}

static int run(struct read_run *r, struct error *e)
{
    struct http_options http = options_http(r->options);
    struct transfer_ops ops = read_list_ops;
    if (r->range.limit == 0)
        return 0;
    ops.endless = r->paging.stream;
    r->shared->transfer = transfer_new(&http, r->shared->slots, &r->shared->stats, e);
    return r->shared->transfer ? transfer_run(r->shared->transfer, &ops, r, e) : -1;
}

static bool is_secret(const struct read_run *r, const char *cursor)
{
    return r->shared->transfer && cursor && transfer_hides(r->shared->transfer, cursor);
}

/* Where the list would go on. */
static void add_place(struct read_run *r, struct report_summary *s)
{
    bool all_out = !r->partial && !r->ready_records;
    s->total = r->paginate.total;
    s->first_offset = r->range.offset;
    s->next_offset = paging_sum(r->range.offset, r->written);
    s->page_size = r->paginate.learned_size;
    if (r->paging.stream) {
        s->next_skip = r->paginate.over && !r->enough ? -1 : s->next_offset;
    } else if (!paginate_seeks(&r->paginate) && !(all_out && paginate_ended(&r->paginate))) {
        s->next_cursor = r->place.cursor.len ? buf_text(&r->place.cursor) : NULL;
        s->next_skip = r->place.skip;
    }
    if (!r->paging.stream && !paginate_seeks(&r->paginate)) {
        s->last_cursor = r->last.cursor.len ? buf_text(&r->last.cursor) : NULL;
        s->last_skip = r->last.skip;
    }
    s->cursor_is_secret = is_secret(r, s->next_cursor) || is_secret(r, s->last_cursor);
}

static int summarize(struct read_run *r, struct error *e)
{
    struct buf line = {0};
    const struct read_shared *shared = r->shared;
    bool many = has_many(r->options);
    struct report_summary s = {
        .records = shared->written,
        .pages = shared->pages + r->paginate.pages,
        .bytes = shared->bytes,
        .requests = shared->stats.requests,
        .retries = shared->stats.retries,
        .parents = r->options->each.for_each ? shared->lists : -1,
        .parents_rejected = shared->rejected,
        .total = -1,
        .first_offset = -1,
        .next_offset = -1,
        .next_skip = -1,
        .last_skip = -1,
        .page_size = -1,
        .status = shared->stats.status,
        .style = styles_find(r->paging.paginate)->name,
        .seconds = io_seconds_since(&shared->began),
        .waited = shared->stats.waited,
    };
    if (!many)
        add_place(r, &s);
    report_summary(&s, &line);
    int result = io_write_whole((int)r->options->run.summary_fd, line.data, line.len, e);
    buf_free(&line);
    return result;
}

/* How a run was ended that neither failed nor came to its end. */
static void tell_end(struct read_run *r, struct error *e)
{
    struct buf note = {0};
    int number = io_signalled();
    if (io_deadline_is_over()) {
        error_set(e, e->code, "%s; %" PRId64 " records are out", e->message, r->shared->written);
    } else if (number) {
        buf_addf(&note, "ended by signal %d (%s); %" PRId64 " records are out", number, strsignal(number),
                 r->shared->written);
        read_tell_note(r, false, buf_text(&note));
    }
    buf_free(&note);
}

static int check_fd(const char *option, int64_t fd, struct error *e)
{
    if (fd < 0 || io_is_open((int)fd))
        return 0;
    return error_set(e, EXIT_USAGE, "--%s %" PRId64 " is not an open file descriptor", option, fd);
}

/* "" ends the names. */
static int check_apart(const struct options *o, const char *option, const char *const *others, struct error *e)
{
    for (; **others; others++)
        if (options_is_given(o, *others))
            return error_set(e, EXIT_USAGE, "--%s does not go with --%s", option, *others);
    return 0;
}

static int check_each(const struct options *o, struct error *e)
{
    static const char *const its_own[] = {"keep", "new-only", "reject-file", "max-rejects", "end-marker", "input"};
    static const char *const others[] = {"stream", "cursor", ""};
    bool each = o->each.for_each;
    for (size_t i = 0; !each && i < sizeof its_own / sizeof *its_own; i++)
        if (options_is_given(o, its_own[i]))
            return error_set(e, EXIT_USAGE, "--%s goes with --for-each", its_own[i]);
    if (each && check_apart(o, "for-each", others, e))
        return -1;
    if (each && o->run.state && !o->each.keep.count)
        return error_set(e, EXIT_USAGE,
                         "with --for-each, --state tells lists apart by what --keep keeps of their lines");
    return o->each.new_only && !o->run.state ? error_set(e, EXIT_USAGE, "--new-only needs --state: new to what?") : 0;
}

static int check_window(const struct options *o, struct error *e)
{
    static const char *const others[] = {"for-each", "stream",    "cursor",       "offset", "limit",
                                         "expect",   "max-pages", "newest-first", ""};
    return o->since.window ? check_apart(o, "window", others, e) : 0;
}

static int check_options(const struct options *o, struct error *e)
{
    if (check_window(o, e))
        return -1;
    if (check_fd("summary-fd", o->run.summary_fd, e) || check_fd("envelope-fd", o->run.envelope_fd, e))
        return -1;
    if (o->paging.stream && o->run.envelope_fd >= 0)
        return error_set(e, EXIT_USAGE, "--envelope-fd does not go with --stream");
    if (o->paging.stream && o->paging.paginate != PAGING_NONE)
        return error_set(e, EXIT_USAGE, "--stream goes with --paginate none");
    return check_each(o, e);
}

static int set_up(struct read_run *r, struct error *e)
{
    const struct options *o = r->options;
    struct http_options http = options_http(o);
    if (check_options(o, e) || read_state_load(r, e) || (!has_many(o) && read_list_begin(r, &http, e)))
        return -1;
    return read_state_output(r, e) || read_records_begin(r, e) ? -1 : 0;
}

/* What has been read is kept, however the run ended. */
static int end(struct read_run *r, int result, struct error *e)
{
    struct error lost = {0};
    if (result == 0 && !has_many(r->options))
        result = read_list_check(r, e);
    tell_end(r, e);
    if (read_records_finish(r, result != 0, e))
        result = -1;
    if (read_state_end(r, result == 0, &lost) && result == 0) {
        *e = lost;
        result = -1;
    }
    if (r->options->run.summary_fd >= 0 && summarize(r, &lost) && result == 0) {
        *e = lost;
        result = -1;
    }
    return result;
}

static void free_run(struct read_run *r)
{
    struct read_shared *s = r->shared;
    transfer_free(s->transfer);
    for (struct held_page *h = s->held; h < s->held + s->slots; h++)
        read_page_free(h);
    free(s->held);
    if (s->states)
        states_free(s->states);
    free(s->states);
    if (s->state_lock >= 0)
        close(s->state_lock);
    read_records_free(r);
    read_list_free(r);
    output_free(&s->output);
}

static int read_plan(const struct options *o, struct error *e)
{
    static const char *const others[] = {"for-each", "window", "stream", "state", ""};
    return check_apart(o, "plan", others, e) ? -1 : plan_make(o, false, e);
}

int cmd_read(const struct options *o, struct error *e)
{
    if (o->run.plan)
        return read_plan(o, e);
    struct read_shared shared = {.output = {.fd = -1}, .state_lock = -1};
    struct read_run r = {.options = o, .shared = &shared, .range = o->range, .paging = o->paging};
    shared.slots = options_parallel(o, 4);
    shared.held = mem_zeroed(shared.slots, sizeof *shared.held);
    clock_gettime(CLOCK_MONOTONIC, &shared.began);
    bool meter = o->run.progress_meter && !o->network.verbose;
    terminal_init(&shared.terminal, o->run.quiet, meter ? PROGRESS_ALONE : PROGRESS_NONE, o->range.limit);
    int result = set_up(&r, e);
    bool ready = result == 0;
    if (ready)
        result = has_many(o) ? read_each(&r, e) : run(&r, e);
    read_tell_end(&r);
    if (result && ready && !r.paginate.pages && !shared.lists && !e->quiet)
        advice_add(o, e);
    if (ready)
        result = end(&r, result, e);
    free_run(&r);
    return result;
}
