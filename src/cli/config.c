/* config: configuration files. */
#include "cli/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pair.h"
#include "cli/habits.h"
#include "cli/presets.h"
#include "http/secret.h"
#include "http/url.h"

enum { CONFIG_BYTES = 16 << 20 };

/* The text between the quotes at s; its end, or NULL when it has none. */
static const char *unquote(const char *s, struct buf *out)
{
    static const char from[] = "\\\"nrt", to[] = "\\\"\n\r\t";
    for (s++; *s && *s != '"'; s++) {
        const char *escape = *s == '\\' && s[1] ? strchr(from, s[1]) : NULL;
        if (*s == '\\' && !escape)
            return NULL;
        buf_addc(out, escape ? to[escape - from] : *s);
        s += escape != NULL;
    }
    return *s == '"' ? s + 1 : NULL;
}

static int read_value(const char *s, struct buf *value)
{
    s += strspn(s, " \t");
    if (*s == '"') {
        s = unquote(s, value);
        return s && s[strspn(s, " \t\r")] == '\0' ? 0 : -1;
    }
    buf_adds(value, s);
    while (value->len && strchr(" \t\r", value->data[value->len - 1]))
        value->len--;
    return 0;
}

/* A text that is near no known name is not told: it may be a secret in the wrong place. */
static void unknown(const char *name, const struct option_row *row, struct error *e)
{
    struct buf dashed = {0};
    buf_addf(&dashed, "--%s", name);
    const char *nearest = options_nearest(name), *use = habits_use(buf_text(&dashed));
    buf_free(&dashed);
    if (row)
        error_set(e, EXIT_CONFIG, "%s does not go into a file", name);
    else if (use)
        error_set(e, EXIT_CONFIG, "there is no option %s: %s", name, use);
    else if (nearest)
        error_set(e, EXIT_CONFIG, "unknown option %s: did you mean %s?", name, nearest);
    else
        error_set(e, EXIT_CONFIG, "no option of that name");
}

/* What comes before the lines at hand: the command line, files, the list of a file. It takes precedence. */
struct before {
    bool *given;    /* by the place in the table of options */
    size_t queries; /* parameters of --query */
};

static void look_before(const struct options *o, struct before *b)
{
    memcpy(b->given, o->given, option_count * sizeof *b->given);
    b->queries = o->request.query.count;
}

/* Two of one name would be for the server to choose from. */
static bool has_name(const struct list *parameters, size_t count, const char *parameter)
{
    struct pair pair;
    bool has = false;
    for (size_t i = 0; i < count && pair_split(parameter, &pair); i++)
        has |= strncmp(parameters->item[i], parameter, pair.len + 1) == 0;
    return has;
}

/* Does what comes before say otherwise? On the command line a secret NAME is given as NAME-file; parameters are told
 * apart by their names. */
static bool is_overridden(const struct options *o, const struct option_row *row, const struct before *before,
                          const char *value)
{
    const bool *given = before->given;
    if (strcmp(row->name, "query") == 0)
        return has_name(&o->request.query, before->queries, value);
    if (row->place == OPTION_FILE_ONLY) {
        struct buf name = {0};
        buf_addf(&name, "%s-file", row->name);
        const struct option_row *file = options_find(name.data, name.len);
        buf_free(&name);
        return given[row - option_table] || (file && given[file - option_table]);
    }
    if (row->place == OPTION_AT_FILE && has_name(&o->auth.query_secret, o->auth.query_secret.count, value))
        return true;
    return row->type != OPTION_LIST && given[row - option_table];
}

static bool holds_secret(const struct option_row *row, const char *value)
{
    struct buf name = {0}, password = {0};
    bool has_user =
        (strcmp(row->name, "url") == 0 || strcmp(row->name, "base-url") == 0 || strcmp(row->name, "proxy") == 0) &&
        url_user(value, &name, &password);
    buf_free(&name);
    buf_free(&password);
    return has_user || row->place == OPTION_FILE_ONLY || row->place == OPTION_AT_FILE ||
           (strcmp(row->name, "header") == 0 && *value != '@' && secret_in_header(value));
}

static int set_line(struct options *o, const struct before *before, char *line, bool *secrets, struct error *e)
{
    int result = -1;
    struct buf value = {0};
    struct pair pair;
    line += strspn(line, " \t\r");
    if (*line == '\0' || *line == '#')
        return 0;
    size_t len = strcspn(line, " \t\r=");
    const char *rest = line + len + strspn(line + len, " \t\r");
    const struct option_row *row = options_find(line, len);
    char *name = mem_text(line, len);
    if (!row || row->place == OPTION_LINE_ONLY)
        unknown(name, row, e);
    else if (*rest != '=' && !(*rest == '\0' && row->type == OPTION_FLAG))
        error_set(e, EXIT_CONFIG, "expected %s = VALUE", name);
    else if (*rest == '=' && read_value(rest + 1, &value))
        error_set(e, EXIT_CONFIG, "the quoted value of %s is not closed, or has an unknown escape", name);
    else if (row->place == OPTION_AT_FILE && !pair_split(buf_text(&value), &pair))
        error_set(e, EXIT_CONFIG, "%s takes NAME=VALUE", name);
    else if (is_overridden(o, row, before, buf_text(&value)))
        result = 0;
    else
        result = options_set(o, row, *rest == '=' ? buf_text(&value) : "true", e);
    if (row && result == 0)
        o->given[row - option_table] = true;
    *secrets |= row && holds_secret(row, buf_text(&value));
    free(name);
    buf_free(&value);
    return result;
}

/* ---- lists of a file ---- */

/* [orders]: the lines from here on are of that list, whose name has len bytes. NULL: it is no such line. */
static const char *section(const char *line, size_t *len)
{
    line += strspn(line, " \t");
    *len = strcspn(line, "]");
    if (*line != '[' || !line[*len] || line[*len + 1 + strspn(line + *len + 1, " \t\r")])
        return NULL;
    --*len;
    return line + 1;
}

/* What the command line has in the place of the URL, where it can be the name of a list: not even a host's, with a dot.
 */
static bool is_list_name(const char *text)
{
    return text && *text && !text[strcspn(text, "./:@?{")];
}

static void visit_lists(const struct buf *text, void (*look)(void *ctx, const char *name, const char *rest), void *ctx)
{
    char *copy = mem_text(text->len ? text->data : "", text->len), *end;
    for (char *line = copy; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (end)
            *end = '\0';
        size_t len;
        const char *name = section(line, &len);
        if (name) {
            copy[name + len - copy] = '\0';
            look(ctx, name, end ? end + 1 : "");
        }
    }
    free(copy);
}

struct search {
    const char *wanted;
    size_t lists;
    bool found;
};

static void look_for(void *ctx, const char *name, const char *rest)
{
    struct search *search = ctx;
    (void)rest;
    search->lists++;
    search->found |= search->wanted && strcmp(name, search->wanted) == 0;
}

/* Does the command line name one of its lists? Then that is not a URL. */
static void choose_list(struct options *o, const struct buf *text)
{
    struct search search = {.wanted = o->list_name ? o->list_name : o->request.url};
    visit_lists(text, look_for, &search);
    o->has_lists |= search.lists > 0;
    if (!search.found || o->list_name || !is_list_name(o->request.url))
        return;
    o->list_name = o->request.url;
    o->request.url = NULL;
    o->given[options_find("url", 3) - option_table] = false;
}

/* The lines of a list; NULL: those before the first list, which are of all. */
static int set_lines(struct options *o, const struct before *before, struct buf *text, const char *name,
                     const char *list, bool *secrets, struct error *e)
{
    bool wanted = !list, last = false;
    char *line = buf_writable(text);
    for (unsigned number = 1; !last; number++) {
        char *end = line + strcspn(line, "\n");
        size_t len;
        last = *end == '\0';
        *end = '\0';
        const char *begun = section(line, &len);
        if (begun)
            wanted = list && strlen(list) == len && strncmp(list, begun, len) == 0;
        else if (wanted && set_line(o, before, line, secrets, e))
            return error_set(e, EXIT_CONFIG, "%s, line %u: %s", name, number, e->message);
        *end = last ? '\0' : '\n';
        line = end + 1;
    }
    return 0;
}

/* One file; afterwards what it set is given, so that the next one does not change it. Its list comes first for the same
 * reason. */
static int load_text(struct options *o, struct buf *text, const char *name, bool *secrets, struct error *e)
{
    bool given[option_count];
    struct before before = {.given = given};
    buf_drop_bom(text);
    if (memchr(text->data ? text->data : "", '\0', text->len))
        return error_set(e, EXIT_CONFIG, "%s: a NUL byte", name);
    choose_list(o, text);
    look_before(o, &before);
    if (o->list_name && set_lines(o, &before, text, name, o->list_name, secrets, e))
        return -1;
    look_before(o, &before);
    return set_lines(o, &before, text, name, NULL, secrets, e);
}

/* Who can change a configuration can have what it sends go elsewhere. */
static void check_file(struct options *o, const char *name, bool secrets)
{
    struct stat s;
    if (stat(name, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & S_IWOTH))
        buf_addf(&o->warning,
                 "warning: %s can be changed by others, who decide then where credentials go: chmod %s it\n", name,
                 secrets ? "600" : "o-w");
    else if (secrets)
        secret_check_file(name, &o->warning);
}

static int load_file(struct options *o, const char *name, struct error *e)
{
    struct buf text = {.cap = CONFIG_BYTES};
    bool secrets = false;
    int result = io_read_file(name, &text, e) || load_text(o, &text, name, &secrets, e) ? -1 : 0;
    check_file(o, name, secrets);
    buf_free(&text);
    return result;
}

static int load_fd(struct options *o, int fd, struct error *e)
{
    struct buf text = {.cap = CONFIG_BYTES};
    bool secrets = false;
    int result = io_read_all(fd, "the configuration", EXIT_NO_FILE, &text, e) ||
                         load_text(o, &text, "configuration", &secrets, e)
                     ? -1
                     : 0;
    buf_free(&text);
    return result;
}

/* A list of the user's own file is not one of the preset's, whatever its name. */
static int load_preset_text(struct options *o, struct buf *text, const char *where, bool *secrets, struct error *e)
{
    char *own = o->list_name;
    o->list_name = NULL;
    int result = load_text(o, text, where, secrets, e);
    if (own) {
        free(o->list_name);
        o->list_name = own;
    }
    return result;
}

/* Its body does not give way to the user's one: they become one. */
static int load_preset(struct options *o, struct error *e)
{
    struct buf text = {.cap = CONFIG_BYTES}, where = {0};
    bool secrets = false, *given = &o->given[options_find("data", 4) - option_table];
    char *own = *given ? o->request.data : NULL;
    if (own) {
        o->request.data = NULL;
        *given = false;
    }
    int result = presets_find(o->run.api, &text, &where, e) || load_preset_text(o, &text, buf_text(&where), &secrets, e)
                     ? -1
                     : 0;
    if (own) {
        o->request.base_data = o->request.data;
        o->request.data = own;
        *given = true;
    }
    if (*buf_text(&where) == '/') /* one of the user's own */
        check_file(o, buf_text(&where), secrets);
    buf_free(&text);
    buf_free(&where);
    return result;
}

/* The user's own defaults, unless a file is named: a program that names one wants what is in it, and no more. */
static int load_default(struct options *o, struct error *e)
{
    struct buf path = {0};
    bool named = o->run.config || o->run.config_fd >= 0;
    int result = 0;
    if (!named && presets_own("config", &path) && access(buf_text(&path), F_OK) == 0)
        result = load_file(o, buf_text(&path), e);
    buf_free(&path);
    return result;
}

/* There are lists, but the command line names none of them. */
static int check_list(const struct options *o, struct error *e)
{
    if (!o->has_lists || o->list_name || (o->request.url && !is_list_name(o->request.url)))
        return 0;
    const char *how = o->run.api ? "apis" : "--config", *name = o->run.api ? o->run.api : "FILE";
    return o->request.url
               ? error_set(e, EXIT_USAGE, "no list '%.60s': `restsrc help %s %.60s` says which there are",
                           o->request.url, how, name)
               : error_set(e, EXIT_USAGE, "which list? `restsrc help %s %.60s` says which there are", how, name);
}

static int load_all(struct options *o, struct error *e)
{
    if (load_default(o, e))
        return -1;
    if (o->run.config && load_file(o, o->run.config, e))
        return -1;
    if (o->run.config_fd >= 0 && load_fd(o, (int)o->run.config_fd, e))
        return -1;
    return o->run.api ? load_preset(o, e) : 0;
}

int config_load(struct options *o, struct error *e)
{
    return load_all(o, e) || check_list(o, e) ? -1 : 0;
}

/* The name of a list, and the comment that it begins with. */
static void describe(void *ctx, const char *name, const char *rest)
{
    const char *comment = rest + strspn(rest, " \t");
    bool has = *comment == '#';
    comment += strspn(comment, "# ");
    if (has)
        buf_addf(ctx, "%-20s %.*s\n", name, (int)strcspn(comment, "\r\n"), comment);
    else
        buf_addf(ctx, "%s\n", name);
}

int config_lists(const char *file, struct buf *out, struct error *e)
{
    struct buf text = {.cap = CONFIG_BYTES};
    int result = io_read_file(file, &text, e);
    if (result == 0)
        visit_lists(&text, describe, out);
    if (result == 0 && !out->len)
        result = error_set(e, EXIT_CONFIG, "%s has no lists: they begin with a line [NAME]", file);
    buf_free(&text);
    return result;
}
