/* since: {since} and {until}. */
#include "cli/since.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/moment.h"
#include "base/number.h"
#include "base/text.h"
#include "http/secret.h"
#include "pages/states.h"
#include "pages/styles.h"

static bool has(const char *text)
{
    return text && (strstr(text, "{since}") || strstr(text, "{until}"));
}

static bool asks(const struct request_options *o, const char *name)
{
    bool does = strstr(o->url, name) || (o->data && strstr(o->data, name));
    for (size_t i = 0; i < o->query.count; i++)
        does |= strstr(o->query.item[i], name) != NULL;
    for (size_t i = 0; i < o->header.count; i++)
        does |= strstr(o->header.item[i], name) != NULL;
    return does;
}

static bool is_asked(const struct request_options *o)
{
    return asks(o, "{since}") || asks(o, "{until}");
}

static bool asks_both(const struct request_options *o)
{
    return asks(o, "{since}") && asks(o, "{until}");
}

/* ---- what they stand for ---- */

int since_overlap(const struct since_options *s, double *seconds, struct error *e)
{
    *seconds = 0;
    if (!s->overlap || moment_duration(s->overlap, seconds))
        return 0;
    return error_set(e, EXIT_USAGE, "--overlap takes a duration, such as P1D or PT1H");
}

/* A time is taken as it is written, unless --time-format says how the API wants it; a duration is so long before now.
 */
static int set_time(const char *option, const char *text, const char *format, struct buf *to, struct error *e)
{
    double seconds;
    bool ago = moment_duration(text, &seconds);
    if (ago)
        seconds = io_time() - seconds;
    buf_clear(to);
    bool lasts = *text == 'P' && isdigit((unsigned char)text[1]); /* P1Y: years have no length of their own */
    if (!ago && !format && !lasts)
        return buf_adds(to, text);
    if (!ago && (lasts || !moment_read(text, format, &seconds)))
        return error_set(e, EXIT_USAGE,
                         "--%s takes a time, such as 2026-01-31 or 2026-01-31T08:00:00Z, or a duration "
                         "back from now, such as P30D or PT1H",
                         option);
    moment_format(seconds, format ? format : "iso", to);
    return 0;
}

static void set_text(struct buf *to, const struct buf *from)
{
    buf_clear(to);
    buf_add(to, from->data, from->len);
}

/* So long before the newest. A value that is no time, such as a number that only grows, is taken as it is. */
static int take_newest(struct since_options *s, const struct state *state, struct error *e)
{
    struct buf text = {0};
    double seconds, overlap = 0;
    value_scalar((struct slice){state->newest.data, state->newest.len}, &text);
    bool is_time = moment_read(buf_text(&text), s->time_format, &seconds);
    int result = s->overlap ? since_overlap(s, &overlap, e) : 0;
    if (s->overlap && !is_time)
        result = error_set(e, EXIT_USAGE, "--overlap needs times, but at --since-path there is %.60s", buf_text(&text));
    buf_clear(&s->from);
    if (is_time && (s->time_format || s->overlap))
        moment_format(seconds - overlap, s->time_format ? s->time_format : moment_form(buf_text(&text)), &s->from);
    else
        buf_adds(&s->from, buf_text(&text));
    buf_free(&text);
    return result;
}

/* A run that was stopped goes on with the same times. After one that was complete, {since} is the newest that it saw
 * or, without --since-path, its {until}. */
int since_take(struct since_options *s, const struct state *state, struct error *e)
{
    const struct buf *from = s->since_path ? &state->since : &state->until; /* it saw none: what it asked for stands */
    if (state->found && !state->done && state->until.len) {
        set_text(&s->from, &state->since);
        set_text(&s->to, &state->until);
    } else if (state->newest.len) {
        return take_newest(s, state, e);
    } else if (state->found && from->len) {
        set_text(&s->from, from);
    }
    return 0;
}

static int take_state(struct options *o, struct error *e)
{
    bool is_auto = o->paging.paginate == PAGING_AUTO; /* whose style is found out later, and compared then */
    struct state state = {.style = is_auto ? NULL : styles_find(o->paging.paginate)->name};
    struct states all;
    int result =
        states_load(&all, o->run.state, &o->list, e) || states_take(&all, &state, e) || since_take(&o->since, &state, e)
            ? -1
            : 0;
    state_free(&state);
    states_free(&all);
    return result;
}

static int find_times(struct options *o, bool keeps_state, struct error *e)
{
    struct since_options *s = &o->since;
    double overlap;
    if (s->overlap && since_overlap(s, &overlap, e))
        return -1;
    if (s->since && set_time("since", s->since, s->time_format, &s->from, e))
        return -1;
    if (set_time("until", s->until ? s->until : "PT0S", s->time_format, &s->to, e))
        return -1;
    double from, to;
    if (s->since && s->until && moment_read(buf_text(&s->from), s->time_format, &from) &&
        moment_read(buf_text(&s->to), s->time_format, &to) && to < from)
        return error_set(e, EXIT_USAGE, "--until is before --since: %s, %s", buf_text(&s->to), buf_text(&s->from));
    return keeps_state ? take_state(o, e) : 0;
}

/* ---- put in ---- */

enum kind { IN_URL, IN_TEXT, IN_JSON };

/* In JSON a string that is nothing but {since} becomes a number where that is one. */
static void put_json(const char *value, bool alone, struct buf *out)
{
    struct buf quoted = {0};
    int64_t n;
    value_quote(value, strlen(value), &quoted);
    if (alone && number_of_text(value, &n)) {
        out->len--; /* the quote before it */
        buf_adds(out, value);
    } else {
        buf_add(out, quoted.data + 1, quoted.len - 2);
    }
    buf_free(&quoted);
}

static int fill(struct since_options *s, const char *text, enum kind kind, struct buf *out, struct error *e)
{
    enum { LENGTH = 7 }; /* of {since} and {until} */
    for (; *text; text++) {
        bool from = strncmp(text, "{since}", LENGTH) == 0, to = strncmp(text, "{until}", LENGTH) == 0;
        if (!from && !to) {
            buf_addc(out, *text);
            continue;
        }
        const char *value = buf_text(from ? &s->from : &s->to);
        bool alone = out->len && out->data[out->len - 1] == '"' && text[LENGTH] == '"';
        if (!*value)
            return error_set(e, EXIT_USAGE, "{since} needs --since, until a state knows better");
        if (kind == IN_URL)
            text_percent(value, strlen(value), out);
        else if (kind == IN_TEXT)
            buf_adds(out, value);
        else
            put_json(value, alone, out);
        text += LENGTH - 1;
        int64_t n;
        text += kind == IN_JSON && alone && number_of_text(value, &n); /* the quote after it */
    }
    return 0;
}

static int fill_text(struct since_options *s, char **text, enum kind kind, struct error *e)
{
    struct buf out = {0};
    if (!has(*text))
        return 0;
    int result = fill(s, *text, kind, &out, e);
    if (result == 0) {
        free(*text);
        *text = mem_text(buf_text(&out), out.len);
    }
    buf_free(&out);
    return result;
}

static int fill_all(struct since_options *s, struct request_options *r, struct error *e)
{
    bool body = has(r->data);
    enum kind kind = request_sends_form(r) ? IN_URL : IN_JSON;
    int result = fill_text(s, &r->url, IN_URL, e) || fill_text(s, &r->data, kind, e) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < r->query.count; i++)
        result = fill_text(s, &r->query.item[i], IN_TEXT, e);
    for (size_t i = 0; result == 0 && i < r->header.count; i++)
        result = fill_text(s, &r->header.item[i], IN_TEXT, e);
    if (body)
        r->data_len = strlen(r->data);
    return result;
}

int since_request(const struct request_options *from, struct since_options *times, struct request_options *to,
                  struct buf *headers, struct error *e)
{
    struct request_options mine = *from;
    struct list all = {0};
    mine.query = (struct list){0};
    mine.url = mem_copy(from->url);
    mine.data = from->data ? mem_text(from->data, from->data_len) : NULL;
    for (size_t i = 0; i < from->query.count; i++)
        list_add(&mine.query, from->query.item[i]);
    for (size_t i = 0; i < from->header.count; i++)
        list_add(&all, from->header.item[i]);
    mine.header = all;
    int result = fill_all(times, &mine, e);
    *to = mine;
    to->header = (struct list){0};
    to->typed_headers = 0;
    for (size_t i = 0; i < all.count; i++) {
        bool own = has(from->header.item[i]);
        if (own)
            buf_addf(headers, "%s\n", mine.header.item[i]);
        else
            list_add(&to->header, all.item[i]);
        to->typed_headers += !own && i < from->typed_headers;
    }
    list_free(&mine.header);
    return result;
}

void since_request_free(struct request_options *r)
{
    free(r->url);
    free(r->data);
    list_free(&r->query);
    list_free(&r->header);
}

/* A URL may give several lists: by what is asked for in the body, or by where they are in the answer. */
static int name_list(struct options *o, struct error *e)
{
    struct buf url = {0};
    int result = request_url(&o->request, &url, e);
    if (result == 0)
        secret_redact(buf_text(&url), &o->list);
    if (o->request.data)
        buf_addf(&o->list, " --data %016" PRIx64, mem_digest(o->request.data, o->request.data_len));
    if (o->paging.records)
        buf_addf(&o->list, " --records %s", o->paging.records);
    buf_free(&url);
    return result;
}

static int check_options(const struct since_options *s, bool keeps_state, struct error *e)
{
    if (s->time_format && !moment_is_format(s->time_format))
        return error_set(e, EXIT_USAGE,
                         "--time-format is iso, iso_ms, epoch_s, epoch_ms, epoch_us, epoch_ns, date, or a notation "
                         "such as %%d.%%m.%%Y");
    if (!s->since_path && (s->overlap || s->newest_first))
        return error_set(e, EXIT_USAGE,
                         "--overlap and --newest-first need --since-path: where does a record have its "
                         "time?");
    if (!s->filled && (s->since || s->until) && !s->since_path)
        return error_set(e, EXIT_USAGE,
                         "--since and --until need a {since} or {until} in the URL, --query, --header or --data, which "
                         "says where the API takes it, or --since-path, to choose here");
    if (s->since_path && !s->filled && !s->since && !s->until && !keeps_state)
        return error_set(e, EXIT_USAGE, "--since-path needs --state or --since: newer than what?");
    return 0;
}

int since_apply(struct options *o, enum command_bit command, struct error *e)
{
    if (command & (COMMAND_WRITE | COMMAND_LOOKUP)) /* there {since} is a member of a record */
        return 0;
    bool keeps_state = command == COMMAND_READ && o->run.state;
    if (keeps_state && name_list(o, e))
        return -1;
    struct since_options *s = &o->since;
    s->filled = is_asked(&o->request);
    if (check_options(s, keeps_state, e))
        return -1;
    if (s->window && (o->paging.paginate == PAGING_AUTO || !asks_both(&o->request)))
        return error_set(e, EXIT_USAGE,
                         o->paging.paginate == PAGING_AUTO
                             ? "--window does not go with --paginate auto: give what restsrc check finds"
                             : "--window needs {since} and {until} in the URL, --query, --header or "
                               "--data: each window has its own");
    if (s->window) /* each of them is filled in for itself: read_each */
        return find_times(o, keeps_state, e);
    if (!s->filled && !s->since_path)
        return 0;
    if (o->each.for_each) { /* each list has its own: read_each */
        s->filled = s->filled && (s->since || s->until || keeps_state);
        return find_times(o, false, e);
    }
    return find_times(o, keeps_state, e) || (s->filled && fill_all(s, &o->request, e)) ? -1 : 0;
}
