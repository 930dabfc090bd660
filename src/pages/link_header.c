#include "pages/link_header.h"

#include <string.h>
#include <strings.h>

static const char *skip_blank(const char *s)
{
    return s + strspn(s, " \t");
}

/* Past a token or a quoted string (RFC 9110, section 5.6.4), its text in value. */
static const char *take_value(const char *s, struct buf *value)
{
    buf_clear(value);
    if (*s != '"') {
        size_t n = strcspn(s, ";, \t");
        buf_add(value, s, n);
        return s + n;
    }
    for (s++; *s && *s != '"'; s++) {
        s += *s == '\\' && s[1];
        buf_addc(value, *s);
    }
    return *s ? s + 1 : s;
}

/* rel="a b" lists relations, divided by blanks. */
static bool lists(const char *relations, const char *relation)
{
    size_t len = strlen(relation);
    for (const char *p = relations + strspn(relations, " "); *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (n == len && strncasecmp(p, relation, n) == 0)
            return true;
        p += n;
    }
    return false;
}

/* The parameters of one link, up to the comma that ends it. Only the first rel counts (RFC 8288, section 3.3), and a
 * link whose anchor is a fragment is about a part of the page, not about the page. */
static const char *take_params(const char *s, const char *relation, bool *related)
{
    struct buf value = {0};
    bool seen = false, of_part = false;
    *related = false;
    for (s = skip_blank(s); *s == ';'; s = skip_blank(s)) {
        s = skip_blank(s + 1);
        const char *name = s;
        size_t len = strcspn(s, "=;, \t");
        s = skip_blank(s + len);
        if (*s == '=') {
            s = take_value(skip_blank(s + 1), &value);
            if (len == 3 && strncasecmp(name, "rel", 3) == 0 && !seen) {
                seen = true;
                *related = lists(buf_text(&value), relation);
            }
            of_part |= len == 6 && strncasecmp(name, "anchor", 6) == 0 && *buf_text(&value) == '#';
        }
    }
    *related &= !of_part;
    buf_free(&value);
    return s;
}

static bool find_in(const char *s, const char *relation, struct buf *target)
{
    while ((s = strchr(s, '<'))) {
        const char *end = strchr(++s, '>');
        bool related;
        if (!end)
            return false;
        const char *next = take_params(end + 1, relation, &related);
        if (related) {
            buf_clear(target);
            buf_add(target, s, (size_t)(end - s));
            return true;
        }
        s = next;
    }
    return false;
}

bool link_header_find(total_header header, const void *answer, const char *relation, struct buf *target)
{
    const char *value;
    for (size_t n = 0; (value = header(answer, "Link", n)); n++)
        if (find_in(value, relation, target))
            return true;
    return false;
}
