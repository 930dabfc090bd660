#include "presets.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where presets are, in this order: $XDG_CONFIG_HOME (~/.config), beside the program (in a build or wherever it was moved to), and where it
 * was installed. false: no such place. */
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

static void describe(const char *folder_path, const char *file, struct buf *out)
{
    char line[200] = "";
    struct buf path = {0};
    buf_addf(&path, "%s/%s", folder_path, file);
    FILE *f = fopen(buf_text(&path), "r");
    if (f && !fgets(line, sizeof line, f))
        *line = '\0';
    if (f)
        fclose(f);
    line[strcspn(line, "\n")] = '\0';
    buf_addf(out, "%-16.*s%s\n", (int)(strlen(file) - 5), file, line + strspn(line, "# "));
    buf_free(&path);
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
            describe(path.data, entries[i]->d_name, out);
            free(entries[i]);
        }
        free(entries);
        own = place == 0 || count <= 0;
    }
    buf_free(&path);
}
