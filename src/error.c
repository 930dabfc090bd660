#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *e, enum exit_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    for (unsigned char *c = (unsigned char *)e->message; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            *c = ' ';
    e->code = code;
    return -1;
}
