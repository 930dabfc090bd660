/* each_rejects: lists of --for-each that fail. */
#include "cli/each_rejects.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "write/settle.h"

int each_rejects_begin(struct each_rejects *r, const struct options *o, const struct input *input, struct error *e)
{
    *r = (struct each_rejects){.fd = -1, .file = o->write.reject_file, .most = o->write.max_rejects};
    return r->file ? io_open_emptied(r->file, 0600, &input->fd, 1, &r->fd, e) : 0;
}

void each_rejects_end(struct each_rejects *r)
{
    if (r->fd >= 0)
        close(r->fd);
}

static int reject(struct each_rejects *r, const struct parent *p, int64_t records, long status,
                  const struct error *wrong, struct error *e)
{
    struct buf line = {0}, why = {0};
    value_quote(wrong->message, strlen(wrong->message), &why);
    settle_add_reject((struct slice){p->record.data, p->record.len}, p->line, status, (struct slice){why.data, why.len},
                      &line);
    buf_free(&why);
    line.len -= 2; /* the end of the object */
    buf_addf(&line, ",\"records\":%" PRId64 ",\"exit\":%d}\n", records, (int)wrong->code);
    int result = io_write_whole(r->fd, line.data, line.len, e);
    buf_free(&line);
    r->count++;
    return result;
}

/* What is refused to one list alone is a reject; credentials that are wrong are wrong for all. */
int each_rejects_take(struct each_rejects *r, const struct parent *p, int64_t records, long status,
                      const struct error *wrong, struct error *e)
{
    bool many = r->most >= 0 && r->count >= r->most;
    bool of_all = wrong->code == EXIT_USAGE || (wrong->code == EXIT_DENIED && status != 403);
    if (r->fd >= 0 && !of_all && !many)
        return reject(r, p, records, status, wrong, e);
    *e = *wrong;
    if (r->fd >= 0 && !of_all && r->most > 0)
        return error_set(e, EXIT_REFUSED, "%s: more than --max-rejects %" PRId64 ": %s", p->name.data, r->most,
                         wrong->message);
    return error_set(e, e->code, "%s: %s", p->name.data, wrong->message);
}

void each_rejects_note(const struct each_rejects *r, struct buf *note)
{
    if (r->count)
        buf_addf(note, "%" PRId64 " list%s: see %s", r->count, r->count == 1 ? " has failed" : "s have failed",
                 r->file);
}
