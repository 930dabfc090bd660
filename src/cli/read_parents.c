/* read_parents: the lines of --for-each. */
#include "cli/read_parents.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/pair.h"
#include "cli/arrow_input.h"
#include "cli/since.h"
#include "json/lines.h"
#include "json/split.h"

enum { LONGEST_LINE = 16 << 20 };

/* ---- set-up ---- */

static int add_kept_field(struct parents *all, const char *text, struct error *e)
{
    struct pair pair;
    struct kept_field *field = &all->kept[all->kept_count++];
    if (!pair_split(text, &pair))
        pair = (struct pair){text, text, strlen(text)};
    field->name = mem_text(pair.name, pair.len);
    for (size_t i = 0; i + 1 < all->kept_count; i++)
        if (strcmp(all->kept[i].name, field->name) == 0)
            return error_set(e, EXIT_USAGE, "--keep %s is given twice", field->name);
    return path_option(&field->path, "keep", pair.value, e);
}

static int set_kept(struct parents *all, const struct list *keep, struct error *e)
{
    all->kept = mem_zeroed(keep->count + 1, sizeof *all->kept);
    for (size_t i = 0; i < keep->count; i++)
        if (add_kept_field(all, keep->item[i], e))
            return -1;
    return 0;
}

static int set_body(struct parents *all, const struct request_options *o, struct error *e)
{
    bool form = request_sends_form(o);
    if (!o->data)
        return 0;
    if (form)
        buf_add(&all->body_text, o->data, o->data_len);
    else if (split_compact(o->data, o->data_len, &all->body_text))
        return error_set(e, EXIT_USAGE, "with --for-each, --data is JSON, or a form that --header says to be one");
    all->body = (struct template){"data", form ? TEMPLATE_URL : TEMPLATE_JSON, buf_text(&all->body_text)};
    return template_check(&all->body, e);
}

static int open_file(struct parents *all, const char *name, struct error *e)
{
    all->from_stdin = strcmp(name, "-") == 0;
    all->input.fd = all->from_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    return all->input.fd < 0 ? error_set(e, EXIT_NO_FILE, "--for-each: cannot read %s: %s", name, strerror(errno)) : 0;
}

static int set_common(struct parents *all, struct error *e)
{
    struct since_options times = all->options->since;
    struct buf headers = {0};
    int result = since_request(&all->options->request, &times, &all->common, &headers, e);
    all->target.common = all->common;
    buf_free(&headers);
    return result;
}

int parents_init(struct parents *all, const struct options *o, struct error *e)
{
    static const struct list none;
    *all = (struct parents){.options = o, .input = {.fd = -1}};
    if (o->since.window)
        return windows_init(&all->windows, o, e) || set_common(all, e) ? -1 : 0;
    all->shape = (struct body_shape){.kind = BODY_SINGLE, .omit = &none};
    all->input.shape = &all->shape;
    all->input.end_marker = o->write.end_marker;
    all->input.batch_size = 1;
    all->input.batch_bytes = LONGEST_LINE;
    input_init(&all->input);
    if (arrow_input_set(&all->input, o, e))
        return -1;
    if (target_init(&all->target, &o->request, NULL, auth_options_give_token(&o->auth), e) ||
        set_body(all, &o->request, e) || set_kept(all, &o->each.keep, e))
        return -1;
    if (!target_varies(&all->target) && !(all->body.text && template_varies(&all->body)))
        return error_set(e, EXIT_USAGE,
                         "--for-each needs a {PATH} in the URL, --query, --header or --data, for what a line has "
                         "there");
    return open_file(all, o->each.for_each, e);
}

void parents_free(struct parents *all)
{
    if (all->options->since.window)
        since_request_free(&all->common);
    else
        target_free(&all->target);
    buf_free(&all->body_text);
    for (size_t i = 0; i < all->kept_count; i++) {
        free(all->kept[i].name);
        path_free(&all->kept[i].path);
    }
    free(all->kept);
    if (all->input.fd >= 0 && !all->from_stdin)
        close(all->input.fd);
    input_free(&all->input);
    batch_free(&all->next);
}

struct transfer *parents_window(const struct parents *all, unsigned slots, struct transfer_ops *ops,
                                struct transfer_stats *stats, struct error *e)
{
    struct http_options http = options_http(all->options);
    http.request = &all->target.common;
    ops->input_fd = all->input.fd;
    return transfer_new(&http, slots, stats, e);
}

/* ---- a line ---- */

static int keep(const struct parents *all, struct parent *p, struct error *e)
{
    for (size_t i = 0; i < all->kept_count; i++) {
        const char *name = all->kept[i].name;
        struct slice value = path_find(&all->kept[i].path, p->record.data, p->record.len);
        if (!value.text)
            return error_set(e, EXIT_INPUT, "input line %" PRId64 ": has nothing for --keep %s", p->line,
                             all->options->each.keep.item[i]);
        value_quote(name, strlen(name), &p->kept);
        buf_addc(&p->kept, ':');
        buf_add(&p->kept, value.text, value.len);
        buf_addc(&p->kept, ',');
    }
    return 0;
}

int parents_next(struct parents *all, struct parent *to, struct error *e)
{
    *to = (struct parent){0};
    if (all->options->since.window)
        return windows_next(&all->windows, &to->window) ? INPUT_BATCH : INPUT_END;
    int state = input_fill(&all->input, &all->next, e);
    if (state != INPUT_BATCH)
        return state;
    struct slice record = batch_record(&all->next, 0);
    to->line = batch_line(&all->next, 0);
    split_compact(record.text, record.len, &to->record);
    batch_clear(&all->next);
    buf_addf(&to->name, "input line %" PRId64, to->line);
    if (*buf_text(&to->record) != '{')
        return error_set(e, EXIT_INPUT, "input line %" PRId64 ": not an object", to->line);
    return keep(all, to, e) ? -1 : state;
}

void parent_free(struct parent *p)
{
    buf_free(&p->record);
    buf_free(&p->kept);
    buf_free(&p->headers);
    buf_free(&p->name);
    if (p->window.to <= p->window.from)
        p->request.header = (struct list){0}; /* borrowed */
    since_request_free(&p->request);
}

/* ---- its requests ---- */

static void add_time(const char *name, const struct buf *time, struct buf *out)
{
    int64_t n;
    buf_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
    if (number_of_text(time->data, &n))
        buf_add(out, time->data, time->len);
    else
        value_quote(time->data, time->len, out);
}

/* The line with {since} and {until} in it; of equal names the last counts. */
static void add_times(const struct parent *p, const struct since_options *since, struct buf *out)
{
    buf_add(out, p->record.data, p->record.len - 1);
    if (since && since->from.len)
        add_time("since", &since->from, out);
    if (since && since->to.len)
        add_time("until", &since->to, out);
    buf_addc(out, '}');
}

static int fill(const struct parents *all, struct parent *p, struct slice record, struct error *e)
{
    struct request r = {0};
    int result = target_fill(&all->target, record, p->line, &r, e) ||
                         (all->body.text && template_fill(&all->body, record, p->line, &r.body, e))
                     ? -1
                     : 0;
    p->request = all->target.common;
    p->request.query = (struct list){0}; /* they are in the URL */
    p->request.url = mem_text(buf_text(&r.url), r.url.len);
    p->request.data = all->body.text ? mem_text(buf_text(&r.body), r.body.len) : NULL;
    p->request.data_len = r.body.len;
    buf_swap(&p->headers, &r.headers);
    request_free(&r);
    return result;
}

int parents_fill(const struct parents *all, struct parent *p, const struct since_options *since, struct error *e)
{
    struct buf record = {0};
    if (all->options->since.window) {
        struct since_options times = *since;
        windows_name(&all->windows, &p->window, &p->name);
        return since_request(&all->options->request, &times, &p->request, &p->headers, e);
    }
    add_times(p, since, &record);
    int result = fill(all, p, (struct slice){buf_text(&record), record.len}, e);
    buf_free(&record);
    return result;
}

/* ---- what is kept of it ---- */

static int check_names(const struct parents *all, struct slice record, struct error *e)
{
    if (!value_is_object(record))
        return error_set(e, EXIT_ANSWER, "a record is not an object, so that --keep has no place in it");
    for (size_t i = 0; i < all->kept_count; i++)
        if (value_member(record, all->kept[i].name, strlen(all->kept[i].name)).text)
            return error_set(e, EXIT_ANSWER, "a record has a member %s itself: name another one with --keep",
                             all->kept[i].name);
    return 0;
}

int parents_add_kept(const struct parents *all, const struct parent *p, struct slice lines, struct buf *out,
                     struct error *e)
{
    for (struct slice line; lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        struct slice record = lines_record(line);
        if (check_names(all, record, e))
            return -1;
        buf_addc(out, '{');
        buf_add(out, p->kept.data, p->kept.len - (record.len == 2));
        buf_add(out, line.text + 1, line.len - 1);
    }
    return 0;
}
