/* link_header: Link headers (RFC 8288). */
#include "pages/link_header.h"

#include <string.h>
#include <strings.h>

#include "pages/relation.h"

static const char *skip_blank(const char *s)
{
    return s + strspn(s, " \t");
}

/* Past a token or a quoted string (RFC 9110, section 5.6.4), its text in value. Some servers quote with apostrophes. */
static const char *take_value(const char *s, struct buf *value)
{
    char quote = *s;
    buf_clear(value);
    if (quote != '"' && quote != '\'') {
        size_t n = strcspn(s, ";, \t");
        buf_add(value, s, n);
        return s + n;
    }
    for (s++; *s && *s != quote; s++) {
        s += *s == '\\' && s[1];
        buf_addc(value, *s);
    }
    return *s ? s + 1 : s;
}

/* rel="a b" lists relations, divided by blanks. */
static bool lists(const char *relations, const char *relation)
{
    for (const char *p = relations + strspn(relations, " "); *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (relation_is(p, n, relation))
            return true;
        p += n;
    }
    return false;
}

/* What the parameters of a link say of it. */
struct params {
    bool related;    /* it has the relation that is looked for */
    bool has_rel;    /* only the first rel counts (RFC 8288, section 3.3) */
    bool of_part;    /* its anchor is a fragment: it is about a part of the page, not about the page */
    bool no_results; /* results="false": Sentry has a next link on the last page, too */
    bool torn;       /* a quote is not closed, and has taken the rest of the header */
};

static bool named(const char *name, size_t len, const char *wanted)
{
    return len == strlen(wanted) && strncasecmp(name, wanted, len) == 0;
}

static void take_param(const char *name, size_t len, const char *value, const char *relation, struct params *params)
{
    if (named(name, len, "rel") && !params->has_rel) {
        params->has_rel = true;
        params->related = lists(value, relation);
    } else if (named(name, len, "anchor") && *value == '#') {
        params->of_part = true;
    } else if (named(name, len, "results") && strcasecmp(value, "false") == 0) {
        params->no_results = true;
    }
}

/* The parameters of one link, up to the comma that ends it. */
static const char *take_params(const char *s, const char *relation, struct params *params)
{
    struct buf value = {0};
    *params = (struct params){0};
    for (s = skip_blank(s); *s == ';'; s = skip_blank(s)) {
        s = skip_blank(s + 1);
        const char *name = s;
        size_t len = strcspn(s, "=;, \t");
        s = skip_blank(s + len);
        if (*s == '=') {
            const char *from = skip_blank(s + 1);
            s = take_value(from, &value);
            params->torn |= !*s && (*from == '"' || *from == '\'') && (s - from < 2 || s[-1] != *from);
            take_param(name, len, buf_text(&value), relation, params);
        }
    }
    buf_free(&value);
    return s;
}

static bool is_url(const char *s, size_t len)
{
    return len && !memchr(s, ' ', len) && (strncasecmp(s, "http", 4) == 0 || *s == '/' || *s == '?');
}

/* Up to a semicolon, or a comma and a blank. */
static size_t bare_length(const char *from)
{
    size_t len = strcspn(from, ";,");
    while (from[len] == ',' && from[len + 1] != ' ')
        len += 1 + strcspn(from + len + 1, ";,");
    return len;
}

/* <target>, or a target that lacks its brackets. closes: the last '>' of the header. A false return says that it is
 * neither; its parameters are read all the same. */
static bool take_target(const char **s, const char *closes, struct slice *target)
{
    bool bracketed = **s == '<';
    const char *from = *s + bracketed;
    size_t len = !bracketed ? bare_length(from) : strcspn(from, closes && closes >= from ? ">" : ";");
    *target = (struct slice){from, len};
    *s = from + len + (from[len] == '>');
    return bracketed ? from[len] == '>' : is_url(from, len);
}

static enum link_found find_in(const char *s, const char *relation, struct buf *found)
{
    enum link_found result = LINK_NONE;
    struct slice target;
    struct params params;
    const char *closes = strrchr(s, '>');
    bool is_named = strcasestr(s, relation);
    for (s += strspn(s, ", \t"); *s; s += strspn(s, ", \t")) {
        bool readable = take_target(&s, closes, &target);
        s = take_params(s, relation, &params);
        s += strcspn(s, ",");
        if (params.torn && is_named)
            result = LINK_UNREADABLE;
        if (!params.related || params.of_part || params.no_results)
            continue;
        if (!readable) {
            result = LINK_UNREADABLE;
            continue;
        }
        buf_clear(found);
        buf_add(found, target.text, target.len);
        return LINK_FOUND;
    }
    return result;
}

static enum link_found find(total_header header, const void *answer, const char *relation, struct buf *target)
{
    enum link_found result = LINK_NONE;
    for (const char *value = NULL; (value = header(answer, "Link", value));) {
        enum link_found here = find_in(value, relation, target);
        if (here == LINK_FOUND)
            return here;
        result = here == LINK_UNREADABLE ? here : result;
    }
    return result;
}

enum link_found link_header_find(total_header header, const void *answer, const char *relation, struct buf *target)
{
    enum link_found found = find(header, answer, relation, target);
    return found == LINK_NONE && strcmp(relation, "next") == 0 ? find(header, answer, "older", target) : found;
}
