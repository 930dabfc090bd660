/* number: what a server wrote becomes a finite, bounded number, or none. */
#include "base/number.h"
#include "tap.h"

static void whole(const char *text, int64_t want)
{
    int64_t n = -1;
    if (!number_whole(text, strlen(text), &n))
        n = -1;
    is_int(n, want, text);
}

static void check_whole(void)
{
    whole("0", 0);
    whole("007", 7);
    whole("9223372036854775807", INT64_MAX);
    static const char *const none[] = {
        "", "9223372036854775808", "99999999999999999999999", "-1", "+1", "1.0", "2e3", "0x10", " 1", "1 ", "inf"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        whole(none[i], -1);
    int64_t n;
    ok(number_of_text(" 12\t", &n) && n == 12, "blanks around a number in a text");
    ok(!number_of_text("12 a", &n) && !number_of_text("", &n) && !number_of_text(NULL, &n), "nothing else");
}

static void decimal(const char *text, size_t taken, double want)
{
    double n = 0;
    size_t got = number_decimal(text, &n);
    if (!ok(got == taken && (!taken || n == want), "'%.40s': %zu characters, %g", text, taken, want))
        tap_note("got %zu, %g", got, n);
}

static void check_decimal(void)
{
    decimal("1.5s", 3, 1.5);
    decimal("-2", 2, -2);
    decimal(".5", 2, 0.5);
    decimal("3.", 1, 3);
    decimal("2e3x", 3, 2000);
    decimal("2e", 1, 2);
    decimal("2e+", 1, 2);
    decimal("2e5 ", 3, 2e5);
    decimal("25e-1s", 5, 2.5);
    decimal("1e-400", 6, 0);
    decimal("9999999999999990000", 19, 9999999999999990000.0);
    static const char *const none[] = {
        "", "-", ".", "e5", "inf", "infinity", "nan", "-nan", "1e19", "1e308", "1e309", "1e999999999999", "-1e20"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        decimal(none[i], 0, 0);
    decimal("0x1p1000", 1, 0);
    char longer[200];
    memset(longer, '9', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    decimal(longer, 0, 0);
}

static void check_combine(void)
{
    int64_t n;
    ok(number_combine(INT64_MAX / 2, 2, 1, &n) && n == INT64_MAX, "as far as numbers go");
    ok(!number_combine(INT64_MAX / 2, 2, 2, &n) && !number_combine(INT64_MAX, 2, 0, &n) &&
           !number_combine(INT64_MAX, 1, 1, &n),
       "and no further");
}

int main(void)
{
    check_whole();
    check_decimal();
    check_combine();
    return tap_end();
}
