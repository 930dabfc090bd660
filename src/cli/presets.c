#include "cli/presets.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where presets are, in this order: $XDG_CONFIG_HOME (~/.config), beside the program (in a build or wherever it was
 * moved to), and where it was installed. false: no such place. */
static bool folder(int place, struct buf *path)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    static const char *const beside[] = {"../share/apis", "../share/restsrc/apis"};
    char program[4096];
    buf_clear(path);
    if (place == 0 && config && *config == '/')
        buf_addf(path, "%s/restsrc/apis", config);
    else if (place == 0 && home && *home == '/')
        buf_addf(path, "%s/.config/restsrc/apis", home);
    else if (place == 3)
        buf_adds(path, PKGDATADIR "/apis");
    ssize_t n = place == 1 || place == 2 ? readlink("/proc/self/exe", program, sizeof program - 1) : 0;
    if (n > 0) {
        program[n] = '\0';
        buf_addf(path, "%.*s/%s", (int)(strrchr(program, '/') - program), program, beside[place - 1]);
    }
    return path->len > 0;
}

enum { PLACES = 4 };

static bool is_name(const char *name)
{
    return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

int preset_find(const char *name, struct buf *path, struct error *e)
{
    for (int place = 0; is_name(name) && place < PLACES; place++) {
        if (!folder(place, path))
            continue;
        buf_addf(path, "/%s.conf", name);
        if (access(buf_text(path), R_OK) == 0)
            return 0;
    }
    return error_set(e, EXIT_CONFIG, "no preset for the API '%.60s': `restsrc help apis` lists them", name);
}

/* The rest of line behind "# NAME: ", or behind "# ". */
static const char *what_it_is(const char *line, const char *name, size_t len)
{
    line += strspn(line, "# ");
    return strncmp(line, name, len) == 0 && line[len] == ':' ? line + len + 1 + strspn(line + len + 1, " ") : line;
}

static void describe(const char *folder_path, const char *file, struct buf *out)
{
    char line[200] = "";
    struct buf path = {0};
    size_t len = strlen(file) - strlen(".conf");
    buf_addf(&path, "%s/%s", folder_path, file);
    FILE *f = fopen(buf_text(&path), "r");
    if (f && !fgets(line, sizeof line, f))
        *line = '\0';
    if (f)
        fclose(f);
    line[strcspn(line, "\n")] = '\0';
    buf_addf(out, "%-15.*s %s\n", (int)len, file, what_it_is(line, file, len));
    buf_free(&path);
}

/* Is the preset in the list already? A user's own one hides that of restsrc. */
static bool is_listed(struct buf *out, const char *file)
{
    struct buf begin = {0};
    buf_addf(&begin, "%.*s ", (int)(strlen(file) - strlen(".conf")), file);
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

void preset_list(struct buf *out)
{
    struct buf path = {0};
    bool own = true; /* of the places where they came with restsrc the first will do */
    for (int place = 0; place < PLACES && (own || place < 1); place++) {
        struct dirent **entries = NULL;
        int count = folder(place, &path) ? scandir(buf_text(&path), &entries, is_preset, alphasort) : 0;
        for (int i = 0; i < count; i++) {
            if (!is_listed(out, entries[i]->d_name))
                describe(path.data, entries[i]->d_name, out);
            free(entries[i]);
        }
        free(entries);
        own = place == 0 || count <= 0;
    }
    buf_free(&path);
}
