/* columns: records to the columns of a schema. */
#include "arrow/columns.h"

#include <stdlib.h>

#include "arrow/cell.h"
#include "arrow/reader.h"
#include "arrow/texts.h"

/* Each function below takes a value from where the reader is, and moves on to the end of it; false: the record is a
 * misfit. */

static bool take(struct columns *s, struct column *c);

/* A value of this column is the first that does not fit. */
static bool unfit(struct columns *s, struct slice value, const struct column *c)
{
    int len = value.len < 60 ? (int)value.len : 60;
    bool null = len && *value.text == 'n';
    return reader_misfit(&s->reader, "%.60s: %.*s is not a valid %s%s", c->field->name, len, value.text,
                         schema_type_name(c->field->type), null ? " NOT NULL" : "");
}

static bool take_null(struct reader *r, struct column *c)
{
    if (!c->field->nullable)
        return false;
    column_absent(c);
    reader_past(r);
    return true;
}

/* ---- containers ---- */

static bool is_told(struct columns *s, uint64_t digest)
{
    for (size_t i = 0; i < s->told_count; i++)
        if (s->told[i] == digest)
            return true;
    return false;
}

/* A member without a column is seen, for the first time as far as that is known. */
static bool is_new(struct columns *s, const struct column *parent, const char *name, size_t len)
{
    enum { MOST_TOLD = 1000 }; /* of a list with more names than that, each record that has one is a misfit */
    uint64_t digest = mem_digest(name, len) ^ (uint64_t)(uintptr_t)parent;
    if (s->news != COLUMNS_EVERY && is_told(s, digest))
        return false;
    if (s->told_count < MOST_TOLD) {
        s->told = mem_grown(s->told, (s->told_count + 1) * sizeof *s->told);
        s->told[s->told_count++] = digest;
    }
    return true;
}

static void keep_name(struct columns *s, const struct column *parent, const char *name, size_t len)
{
    enum { MOST_KEPT = 5 };
    if (s->told_count <= MOST_KEPT && is_new(s, parent, name, len)) {
        buf_adds(&s->left_out, s->left_out.len ? ", " : "");
        if (s->told_count > MOST_KEPT)
            buf_adds(&s->left_out, "others");
        else
            value_quote(name, len < 60 ? len : 60, &s->left_out);
    }
}

/* A member without a column. */
static bool pass_stranger(struct columns *s, const struct column *parent, const char *name, size_t len)
{
    struct reader *r = &s->reader;
    s->passed |= parent == &s->root;
    if (s->news != COLUMNS_IGNORE && reader_here(r) != 'n') {
        if (s->news == COLUMNS_TELL)
            keep_name(s, parent, name, len);
        else if (is_new(s, parent, name, len))
            return reader_misfit(r, "the member %.*s has no column", (int)(len < 60 ? len : 60), name);
    }
    reader_past(r);
    return true;
}

/* Adds the members of the object at p to the children of a struct; *hint: the child that is likely to be next. */
static bool take_member(struct columns *s, struct column *c, size_t *hint)
{
    struct reader *r = &s->reader;
    bool plain;
    const char *name = r->p + 1;
    size_t len = reader_string(r, &plain);
    if (!plain) {
        struct buf *unescaped = &s->name;
        buf_clear(unescaped);
        r->halved |= !text_unescape(name, len, unescaped);
        name = buf_text(unescaped);
        len = unescaped->len;
    }
    r->p += reader_here(r) == ':';
    struct column *child = column_child(c, name, len, *hint);
    if (!child)
        return pass_stranger(s, c, name, len);
    s->met |= c == &s->root;
    if (child->length > c->length)
        column_cut(child, c->length); /* of equal names the last counts, as in most JSON parsers */
    *hint = (size_t)(child - c->children) + 1;
    return take(s, child);
}

/* A first record of which a member has no column, while a column has no member. */
static bool is_strange(const struct columns *s, const struct column *c)
{
    return c == &s->root && s->first && s->passed && s->misfit;
}

/* The children that got no value. */
static bool complete(struct columns *s, struct column *c)
{
    for (struct column *child = c->children; child < c->children + c->count; child++) {
        if (child->length > c->length || child->field->role)
            continue;
        if (!child->field->nullable)
            return unfit(s, (struct slice){"null", strlen("null")}, child);
        if (is_strange(s, c))
            return reader_misfit(&s->reader, "no member is called %.60s", child->field->name);
        column_absent(child);
    }
    return true;
}

static bool take_members(struct columns *s, struct column *c)
{
    struct reader *r = &s->reader;
    size_t hint = 0;
    for (r->p++; reader_here(r) == '"';) {
        if (!take_member(s, c, &hint))
            return false;
        r->p += reader_here(r) == ',';
    }
    r->p += reader_here(r) == '}';
    return complete(s, c);
}

static bool take_struct(struct columns *s, struct column *c)
{
    struct reader *r = &s->reader;
    if (reader_here(r) != '{')
        return false;
    if (!take_members(s, c))
        return false;
    column_valid(c);
    return true;
}

static bool take_list(struct columns *s, struct column *c)
{
    struct reader *r = &s->reader;
    if (reader_here(r) != '[')
        return false;
    for (r->p++; r->p < r->end && *r->p != ']';) {
        if (!take(s, c->children))
            return false;
        r->p += reader_here(r) == ',';
    }
    r->p += reader_here(r) == ']';
    column_end(c);
    return true;
}

static bool take_map(struct columns *s, struct column *c)
{
    struct reader *r = &s->reader;
    struct column *entry = c->children;
    if (reader_here(r) != '{')
        return false;
    for (r->p++; reader_here(r) == '"';) {
        if (!cell_string(r, &entry->children[0]))
            return false;
        r->p += reader_here(r) == ':';
        if (!take(s, &entry->children[1]))
            return false;
        column_valid(entry);
        r->p += reader_here(r) == ',';
    }
    r->p += reader_here(r) == '}';
    column_end(c);
    return true;
}

static bool take_value(struct columns *s, struct column *c)
{
    struct reader *r = &s->reader;
    if (reader_here(r) == 'n')
        return take_null(r, c);
    switch (c->field->type) {
    case SCHEMA_STRUCT:
        return take_struct(s, c);
    case SCHEMA_LIST:
        return take_list(s, c);
    case SCHEMA_MAP:
        return take_map(s, c);
    default:
        return cell_take(r, c);
    }
}

static bool take(struct columns *s, struct column *c)
{
    struct reader *r = &s->reader;
    const char *from = r->p;
    if (take_value(s, c))
        return true;
    if (*r->why)
        return false;
    r->p = from;
    reader_past(r);
    return unfit(s, (struct slice){from, (size_t)(r->p - from)}, c);
}

/* ---- records ---- */

/* A record that is an array: its elements are the columns, in their order. */
static bool take_elements(struct columns *s, struct column *root)
{
    struct reader *r = &s->reader;
    struct column *child = root->children, *last = child + root->count;
    for (r->p++; r->p < r->end && *r->p != ']'; child++) {
        while (child < last && child->field->role)
            child++;
        if (child == last)
            return reader_misfit(r, "an array with more elements than there are columns");
        if (!take(s, child))
            return false;
        r->p += reader_here(r) == ',';
    }
    while (child < last && child->field->role)
        child++;
    return child == last || reader_misfit(r, "an array with fewer elements than there are columns");
}

void columns_init(struct columns *s, const struct schema_field *schema, const struct zone *zone, enum columns_news news)
{
    *s = (struct columns){.reader.zone = zone, .news = news};
    column_init(&s->root, schema);
    for (size_t i = 0; i < schema->count; i++) {
        enum schema_role role = schema->children[i].role;
        s->record = role == SCHEMA_RECORD ? &s->root.children[i] : s->record;
        s->misfit = role == SCHEMA_MISFIT ? &s->root.children[i] : s->misfit;
        s->members += role == SCHEMA_MEMBER;
    }
}

void columns_free(struct columns *s)
{
    column_free(&s->root);
    buf_free(&s->left_out);
    buf_free(&s->name);
    free(s->told);
    *s = (struct columns){0};
}

void columns_clear(struct columns *s)
{
    column_clear(&s->root);
}

/* A record that is not an object, nor an array of values for the columns, is the value of the column `value`. */
static bool take_bare(struct columns *s, struct column *root)
{
    struct reader *r = &s->reader;
    struct column *value = column_child(root, "value", strlen("value"), 0);
    if (!value)
        return reader_misfit(r, "not an object");
    return take(s, value) && complete(s, root);
}

static bool take_record(struct columns *s)
{
    if (!s->members)
        return true;
    bool only_value = s->members == 1 && column_child(&s->root, "value", strlen("value"), 0);
    bool by_place = s->shape == '[' && !only_value;
    if (s->shape != '{' && !by_place)
        return take_bare(s, &s->root);
    if (reader_here(&s->reader) != s->shape)
        return reader_misfit(&s->reader, by_place ? "not an array" : "not an object");
    return by_place ? take_elements(s, &s->root) : take_members(s, &s->root);
}

static void add_text(struct column *c, struct slice text)
{
    column_bytes(c, text.text, text.len);
    column_end(c);
}

bool columns_add(struct columns *s, struct slice record)
{
    struct column *root = &s->root;
    s->first = !s->shape;
    s->passed = false;
    s->reader.p = record.text;
    s->reader.end = record.text + record.len;
    *s->reader.why = '\0';
    s->shape = s->first ? reader_here(&s->reader) : s->shape;
    bool told = s->first && s->shape != '{' && s->misfit;
    bool fits = !told && take_record(s);
    if (!fits) {
        column_cut(root, root->length);
        if (s->misfit)
            add_text(s->misfit, record);
    }
    if (s->record)
        add_text(s->record, record);
    for (struct column *child = root->children; child < root->children + root->count; child++)
        if (child->length == root->length)
            column_absent(child);
    column_valid(root);
    return fits;
}
