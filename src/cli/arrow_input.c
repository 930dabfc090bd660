/* arrow_input: --input arrow. */
#include "cli/arrow_input.h"

#include "cli/time_zone.h"

int arrow_input_set(struct input *in, const struct options *o, struct error *e)
{
    struct zone zone;
    if (o->write.input.form != INPUT_ARROW)
        return 0;
    return time_zone_find(o->output.time_zone, &zone, e) || input_take_arrow(in, &o->write.input, zone, e) ? -1 : 0;
}
