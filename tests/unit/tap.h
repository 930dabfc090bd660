/* tap: the Test Anything Protocol for a C program: one line a check, named by a sentence; the plan at the end.
 *
 *     int main(void) { ok(1 + 1 == 2, "one and one make two"); return tap_end(); } */
#ifndef RESTSRC_TAP_H
#define RESTSRC_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_checks, tap_failures;

static inline void tap_result(bool passed, const char *format, va_list args)
{
    printf("%sok %d - ", passed ? "" : "not ", ++tap_checks);
    vprintf(format, args);
    putchar('\n');
    fflush(stdout);
    tap_failures += !passed;
}

/* Returns whether it passed, so that a test can say more about a failure with tap_note(). */
__attribute__((format(printf, 2, 3))) static inline bool ok(bool passed, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tap_result(passed, format, args);
    va_end(args);
    return passed;
}

__attribute__((format(printf, 1, 2))) static inline void tap_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("# ");
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

/* NULL is a text of its own. */
static inline bool is_text(const char *got, const char *want, const char *name)
{
    bool same = got && want ? strcmp(got, want) == 0 : got == want;
    ok(same, "%s", name);
    if (!same)
        tap_note("expected <%s>, got <%s>", want ? want : "(none)", got ? got : "(none)");
    return same;
}

static inline bool is_int(int64_t got, int64_t want, const char *name)
{
    ok(got == want, "%s", name);
    if (got != want)
        tap_note("expected %" PRId64 ", got %" PRId64, want, got);
    return got == want;
}

/* The plan, and the exit code of main(). */
static inline int tap_end(void)
{
    printf("1..%d\n", tap_checks);
    return tap_failures != 0;
}

#endif
