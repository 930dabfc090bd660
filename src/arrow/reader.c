/* reader: walks over the text of one record. */
#include "arrow/reader.h"

#include <stdarg.h>
#include <stdio.h>

bool reader_misfit(struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->why, sizeof r->why, format, args);
    va_end(args);
    return false;
}

void reader_past(struct reader *r)
{
    unsigned depth = 0;
    bool plain;
    do {
        char c = reader_here(r);
        if (c == '"') {
            reader_string(r, &plain);
        } else if (c == '{' || c == '[') {
            depth++;
            r->p++;
        } else if (c == '}' || c == ']') {
            depth--;
            r->p++;
        } else if (c == ',' || c == ':') {
            r->p++;
        } else {
            while (r->p < r->end && *r->p != ',' && *r->p != '}' && *r->p != ']')
                r->p++;
        }
    } while (depth && r->p < r->end);
}
