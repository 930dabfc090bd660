/* error: what went wrong. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

int error_set(struct error *e, enum exit_code code, const char *format, ...)
{
    char message[sizeof e->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    text_clean(message);
    snprintf(e->message, sizeof e->message, "%s", message);
    e->code = code;
    return -1;
}
