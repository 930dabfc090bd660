/* presets: configuration files for well-known APIs. */
#include "cli/presets.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/nearest.h"

bool presets_own(const char *name, struct buf *path)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && *config == '/')
        buf_addf(path, "%s/restsrc/%s", config, name);
    else if (home && *home == '/')
        buf_addf(path, "%s/.config/restsrc/%s", home, name);
    return path->len > 0;
}

static bool is_name(const char *name)
{
    return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

int presets_find(const char *name, struct buf *text, struct buf *where, struct error *e)
{
    if (is_name(name) && presets_own("apis", where)) {
        buf_addf(where, "/%s.conf", name);
        if (access(buf_text(where), R_OK) == 0)
            return io_read_file(buf_text(where), text, e);
    }
    buf_clear(where);
    buf_addf(where, "preset %s", name);
    for (const struct preset *p = presets_builtin; p->name; p++)
        if (strcmp(p->name, name) == 0) {
            buf_adds(text, p->text);
            return 0;
        }
    struct nearest near = nearest_to(name);
    for (const struct preset *p = presets_builtin; p->name; p++)
        nearest_look(&near, p->name);
    return error_set(e, EXIT_CONFIG, "no preset for the API '%.60s': %s%s%s`restsrc help apis` lists them", name,
                     near.best ? "did you mean " : "", near.best ? near.best : "", near.best ? "? " : "");
}

static int is_preset(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

typedef void visit(void *ctx, const char *name, const char *text);

static void visit_file(const char *folder, char *file, visit *look, void *ctx)
{
    struct buf path = {0}, text = {0};
    struct error e = {0};
    buf_addf(&path, "%s/%s", folder, file);
    if (io_read_file(buf_text(&path), &text, &e) == 0) {
        file[strlen(file) - strlen(".conf")] = '\0';
        look(ctx, file, buf_text(&text));
    }
    buf_free(&path);
    buf_free(&text);
}

/* The user's own come first, and hide those of restsrc. */
static void visit_all(visit *look, void *ctx)
{
    struct buf folder = {0};
    struct dirent **entries = NULL;
    int count = presets_own("apis", &folder) ? scandir(buf_text(&folder), &entries, is_preset, alphasort) : 0;
    for (int i = 0; i < count; i++)
        visit_file(buf_text(&folder), entries[i]->d_name, look, ctx);
    for (const struct preset *p = presets_builtin; p->name; p++) {
        bool hidden = false;
        for (int i = 0; i < count; i++)
            hidden |= strcmp(entries[i]->d_name, p->name) == 0;
        if (!hidden)
            look(ctx, p->name, p->text);
    }
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    buf_free(&folder);
}

/* How many years ago was it looked up, as its comment says? 0: it does not say. */
static int age(const char *text)
{
    static const char looked_up[] = "Looked up on ";
    const char *date = strstr(text, looked_up);
    time_t now = time(NULL);
    struct tm then = {0};
    if (!date || !strptime(date + strlen(looked_up), "%Y-%m-%d", &then))
        return 0;
    return (int)(difftime(now, timegm(&then)) / (365.25 * 86400));
}

/* The rest of the first line after "# NAME: ", or after "# ". */
static void describe(void *ctx, const char *name, const char *text)
{
    struct buf *out = ctx;
    size_t len = strlen(name);
    const char *what = text + strspn(text, "# ");
    if (strncmp(what, name, len) == 0 && what[len] == ':')
        what += len + 1 + strspn(what + len + 1, " ");
    int years = age(text);
    buf_addf(out, "%-15s %.*s", name, (int)strcspn(what, "\n"), what);
    if (years >= 2)
        buf_addf(out, " (looked up %d years ago: the API may have changed)", years);
    buf_addc(out, '\n');
}

void presets_list(struct buf *out)
{
    visit_all(describe, out);
}

/* ---- which preset is for a URL ---- */

struct match {
    const char *url;
    struct buf *names;
    int best;
};

/* Host and port of a URL, as it is written. */
static void authority(const char *url, struct buf *out)
{
    const char *begin = strstr(url, "://");
    begin = begin ? begin + 3 : url;
    size_t len = strcspn(begin, "/?#");
    const char *user = memchr(begin, '@', len);
    begin = user ? user + 1 : begin;
    buf_add(out, begin, strcspn(begin, "/?#"));
}

static const char *path_in(const char *url)
{
    const char *begin = strstr(url, "://");
    begin = begin ? begin + 3 : url;
    return begin + strcspn(begin, "/?#");
}

/* How well does url go on from base? -1: not at all; 0: the host is the same, but not the path. */
static int fit(const char *base, const char *url)
{
    struct buf pattern = {0}, host = {0};
    const char *path = path_in(base);
    int len = (int)strlen(path);
    authority(base, &pattern);
    authority(url, &host);
    int result = fnmatch(buf_text(&pattern), buf_text(&host), FNM_CASEFOLD) ? -1
                 : strncmp(path_in(url), path, (size_t)len)                 ? 0
                                                                            : len + 1;
    buf_free(&pattern);
    buf_free(&host);
    return result;
}

static void match(void *ctx, const char *name, const char *text)
{
    static const char option[] = "\nbase-url = ";
    struct match *m = ctx;
    const char *base = strstr(text, option);
    if (!base)
        return;
    base += strlen(option);
    char *url = mem_text(base, strcspn(base, " \r\n"));
    int fits = fit(url, m->url);
    free(url);
    if (fits < 0 || fits < m->best)
        return;
    if (fits > m->best)
        buf_clear(m->names);
    m->best = fits;
    buf_addf(m->names, "%s%s", m->names->len ? " or " : "", name);
}

void presets_of_url(const char *url, struct buf *names)
{
    struct match m = {.url = url, .names = names, .best = -1};
    visit_all(match, &m);
}
