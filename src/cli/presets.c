/* presets: configuration files for well-known APIs. */
#include "cli/presets.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
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

/* The rest of the first line after "# NAME: ", or after "# ". */
static void describe(const char *name, const char *text, struct buf *out)
{
    size_t len = strlen(name);
    text += strspn(text, "# ");
    if (strncmp(text, name, len) == 0 && text[len] == ':')
        text += len + 1 + strspn(text + len + 1, " ");
    buf_addf(out, "%-15s %.*s\n", name, (int)strcspn(text, "\n"), text);
}

/* Is the preset in the list already? A user's own one hides that of restsrc. */
static bool is_listed(struct buf *out, const char *name)
{
    struct buf begin = {0};
    buf_addf(&begin, "%s ", name);
    const char *line = buf_text(out);
    while (*line && strncmp(line, begin.data, begin.len))
        line += strcspn(line, "\n") + 1;
    buf_free(&begin);
    return *line != '\0';
}

static int is_preset(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

static void list_file(const char *folder, char *file, struct buf *out)
{
    struct buf path = {0}, text = {0};
    struct error e = {0};
    buf_addf(&path, "%s/%s", folder, file);
    if (io_read_file(buf_text(&path), &text, &e) == 0) {
        file[strlen(file) - strlen(".conf")] = '\0';
        describe(file, buf_text(&text), out);
    }
    buf_free(&path);
    buf_free(&text);
}

void presets_list(struct buf *out)
{
    struct buf folder = {0};
    struct dirent **entries = NULL;
    int count = presets_own("apis", &folder) ? scandir(buf_text(&folder), &entries, is_preset, alphasort) : 0;
    for (int i = 0; i < count; i++) {
        list_file(buf_text(&folder), entries[i]->d_name, out);
        free(entries[i]);
    }
    free(entries);
    for (const struct preset *p = presets_builtin; p->name; p++)
        if (!is_listed(out, p->name))
            describe(p->name, p->text, out);
    buf_free(&folder);
}
