#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

/* How long the UTF-8 sequence at c is; 0: it is none. */
static size_t sequence(const unsigned char *c)
{
    static const unsigned char least[] = {0, 0, 0xa0, 0x90}, most[] = {0, 0xbf, 0x9f, 0x8f};
    size_t more = *c < 0x80                 ? 0
                  : *c >= 0xc2 && *c < 0xe0 ? 1
                  : *c >= 0xe0 && *c < 0xf0 ? 2
                  : *c >= 0xf0 && *c < 0xf5 ? 3
                                            : 4;
    if (more == 4)
        return 0;
    for (size_t i = 1; i <= more; i++)
        if (c[i] >> 6 != 2)
            return 0;
    bool low = (*c == 0xe0 || *c == 0xf0) && c[1] < least[more], high = (*c == 0xed || *c == 0xf4) && c[1] > most[more];
    return low || high ? 0 : more + 1;
}

/* One line of UTF-8, whatever a server said and wherever the room ended. */
static void tidy(char *message)
{
    for (unsigned char *c = (unsigned char *)message; *c;) {
        size_t len = sequence(c);
        if (len == 0 || *c < ' ' || *c == 0x7f)
            *c = len ? ' ' : '?';
        c += len ? len : 1;
    }
}

int error_set(struct error *e, enum exit_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    tidy(e->message);
    e->code = code;
    return -1;
}
