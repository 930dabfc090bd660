/* time_zone: the zone that --time-zone names. */
#include "cli/time_zone.h"

#include <string.h>

#include "base/buf.h"
#include "base/io.h"

int time_zone_find(const char *name, struct zone *zone, struct error *e)
{
    struct buf file = {0}, path = {0};
    struct error ignored;
    name = name ? name : "UTC";
    *zone = ZONE_UNKNOWN;
    if (!*name || zone_fixed(zone, name))
        return 0;
    bool is_name = *name != '/' && !strstr(name, "..");
    buf_addf(&path, "/usr/share/zoneinfo/%s", name);
    bool found =
        is_name && io_read_file(buf_text(&path), &file, &ignored) == 0 && zone_parse(zone, buf_text(&file), file.len);
    buf_free(&path);
    buf_free(&file);
    return found ? 0 : error_set(e, EXIT_USAGE, "--time-zone %.60s is not a time zone of this machine", name);
}
