/* states: the file of --state. */
#include "pages/states.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "json/lines.h"
#include "json/split.h"

/* ---- the lines of a list ---- */

static bool is_of(const struct state_line *line, struct slice parent)
{
    return line->parent.len == parent.len && (!parent.len || memcmp(line->parent.data, parent.text, parent.len) == 0);
}

/* Where it is in the table, or would be. */
static size_t *find_place(const struct states *all, struct slice parent)
{
    size_t places = 2 * all->room, at = mem_digest(parent.text, parent.len) % places;
    while (all->place[at] && !is_of(&all->line[all->place[at] - 1], parent))
        at = (at + 1) % places;
    return &all->place[at];
}

static struct slice parent_of(const struct state_line *line)
{
    return (struct slice){line->parent.data, line->parent.len};
}

static void grow(struct states *all)
{
    all->room = all->room ? 2 * all->room : 8;
    all->line = mem_grown(all->line, all->room * sizeof *all->line);
    free(all->place);
    all->place = mem_zeroed(2 * all->room, sizeof *all->place);
    for (size_t i = 0; i < all->count; i++)
        *find_place(all, parent_of(&all->line[i])) = i + 1;
}

static struct state_line *add(struct states *all, struct slice parent)
{
    if (all->count == all->room)
        grow(all);
    size_t *place = find_place(all, parent);
    if (!*place) {
        struct state_line *line = &all->line[all->count++];
        *line = (struct state_line){0};
        if (parent.len)
            buf_add(&line->parent, parent.text, parent.len);
        *place = all->count;
    }
    return &all->line[*place - 1];
}

struct state_line *states_find(const struct states *all, struct slice parent)
{
    size_t *place = all->room ? find_place(all, parent) : NULL;
    return place && *place ? &all->line[*place - 1] : NULL;
}

int states_take(const struct states *all, struct state *s, struct error *e)
{
    const struct state_line *line = states_find(all, (struct slice){s->parent.data, s->parent.len});
    return line ? state_read(s, all->file, (struct slice){line->text.data, line->text.len}, line->number, e) : 0;
}

void states_put(struct states *all, const struct state *s)
{
    struct state_line *line = add(all, (struct slice){s->parent.data, s->parent.len});
    buf_clear(&line->text);
    state_write(s, &all->list, &line->text);
}

void states_free(struct states *all)
{
    for (size_t i = 0; i < all->count; i++) {
        buf_free(&all->line[i].parent);
        buf_free(&all->line[i].text);
    }
    free(all->line);
    free(all->place);
    buf_free(&all->list);
}

/* ---- read ---- */

/* A file that is not there is an empty one. */
static int read_lines(const char *file, struct buf *text, struct error *e)
{
    if (access(file, F_OK))
        return 0;
    if (!io_is_file(file))
        return error_set(e, EXIT_NO_FILE, "cannot read %s: it is not a file", file);
    int result = io_read_file(file, text, e);
    if (text->len && text->data[text->len - 1] != '\n')
        buf_addc(text, '\n');
    return result;
}

static bool is_ours(const struct states *all, struct slice compact)
{
    struct buf name = {0};
    value_scalar(value_member(compact, "list", strlen("list")), &name);
    bool is = name.len == all->list.len && (!name.len || memcmp(name.data, all->list.data, name.len) == 0);
    buf_free(&name);
    return is;
}

static int take_line(struct states *all, struct slice raw, unsigned number, struct error *e)
{
    struct buf compact = {0};
    struct slice line = lines_record(raw);
    int result = split_compact(line.text, line.len, &compact) ? -1 : 0;
    line = (struct slice){buf_text(&compact), compact.len};
    result = state_check(all->file, result ? (struct slice){0} : line, number, e);
    if (result == 0 && is_ours(all, line)) {
        struct state_line *ours = add(all, value_member(line, "parent", strlen("parent")));
        ours->number = number;
        buf_swap(&ours->text, &compact);
    }
    buf_free(&compact);
    return result;
}

int states_load(struct states *all, const char *file, const struct buf *list, struct error *e)
{
    struct buf text = {0};
    *all = (struct states){.file = file};
    buf_add(&all->list, list->data, list->len);
    int result = read_lines(file, &text, e);
    struct slice rest = {text.data, text.len};
    unsigned number = 0;
    for (struct slice line; result == 0 && rest.len; rest = lines_after(rest, line)) {
        line = lines_first(rest);
        number++;
        if (line.len > 1)
            result = take_line(all, line, number, e);
    }
    buf_free(&text);
    return result;
}

/* ---- written ---- */

static void add_ours(const struct states *all, struct buf *out)
{
    for (size_t i = 0; i < all->count; i++) {
        buf_add(out, all->line[i].text.data, all->line[i].text.len);
        buf_addc(out, '\n');
    }
}

/* The lines of other lists in their places, ours where the first of them was, or last. */
static void replace(const struct states *all, struct slice lines, struct buf *out)
{
    struct buf compact = {0};
    bool put = false;
    for (struct slice line; lines.len; lines = lines_after(lines, line)) {
        line = lines_first(lines);
        struct slice record = lines_record(line);
        buf_clear(&compact);
        bool ours = split_compact(record.text, record.len, &compact) == 0 &&
                    is_ours(all, (struct slice){buf_text(&compact), compact.len});
        if (!ours)
            buf_add(out, line.text, line.len);
        else if (!put)
            add_ours(all, out);
        put |= ours;
    }
    if (!put)
        add_ours(all, out);
    buf_free(&compact);
}

/* Other runs write lines of their own: one at a time. */
static int lock_folder(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash ? mem_text(file, (size_t)(slash - file) + 1) : mem_copy(".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd >= 0)
        flock(fd, LOCK_EX);
    return fd;
}

int states_save(const struct states *all, bool durable, struct error *e)
{
    struct buf text = {0}, out = {0};
    int lock = lock_folder(all->file);
    int result = read_lines(all->file, &text, e);
    if (result == 0) {
        replace(all, (struct slice){text.data, text.len}, &out);
        result = io_write_file(all->file, &out, durable, e);
    }
    if (lock >= 0)
        close(lock);
    buf_free(&text);
    buf_free(&out);
    return result;
}
