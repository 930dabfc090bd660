/* shortest: the fewest digits, by the algorithm Schubfach ("The Schubfach way to render doubles", Raffaele Giulietti,
 * 2021): of the decimals of a fitting power of 10, at most two lie in the interval that is rounded to the number. The
 * powers of 10 are computed exactly, once each, in whole numbers of as many words as they need. */
#include "arrow/shortest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { WORDS = 40, DIGITS = 20 };

/* ---- powers of 10: the first 126 bits, rounded up ---- */

/* A whole number: 32 bits a word, the lowest first. */
struct natural {
    uint32_t word[WORDS];
    int count;
};

static void multiply(struct natural *n, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < n->count; i++) {
        carry += (uint64_t)n->word[i] * by;
        n->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        n->word[n->count++] = (uint32_t)carry;
}

/* Rounded down. */
static void divide(struct natural *n, uint32_t by)
{
    uint64_t rest = 0;
    for (int i = n->count; i-- > 0;) {
        rest = rest << 32 | n->word[i];
        n->word[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    while (n->count && !n->word[n->count - 1])
        n->count--;
}

/* The 126 bits that it begins with, plus 1. */
static struct shortest_power leading(const struct natural *n)
{
    enum { BITS = 126 };
    int length = 32 * n->count - __builtin_clz(n->word[n->count - 1]);
    wide bits = 0;
    for (int i = 0; i < BITS; i++) {
        int at = length - 1 - i;
        bits = bits << 1 | (at >= 0 ? n->word[at / 32] >> at % 32 & 1U : 0U);
    }
    bits++;
    return (struct shortest_power){(uint64_t)(bits >> 63), (uint64_t)bits & (UINT64_MAX >> 1)};
}

/* Of a negative power the digits of 2^n / 10^-k, with n so large that 126 bits are left. */
/* Of a negative power the digits of 2^n / 10^-k, with n so large that 126 bits are left. */
static struct shortest_power compute(int k)
{
    static const uint32_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
    struct natural n = {.word = {1}, .count = 1};
    if (k < 0) {
        n.count = WORDS;
        n.word[0] = 0;
        n.word[WORDS - 1] = 1;
    }
    for (int left = k < 0 ? -k : k; left > 0; left -= 9) {
        uint32_t by = tens[left < 9 ? left : 9];
        if (k < 0)
            divide(&n, by);
        else
            multiply(&n, by);
    }
    return leading(&n);
}

static struct shortest_power power_of_10(struct shortest *s, int k)
{
    struct shortest_power *p = &s->powers[k - SHORTEST_LEAST];
    if (!p->high)
        *p = compute(k);
    return *p;
}

/* ---- the number as digits times a power of 10 ---- */

struct decimal_digits {
    uint64_t digits;
    int exponent;
};

/* floor(log10(2^e)), floor(log10(3/4 * 2^e)), floor(log2(10^e)), for |e| up to 1100 and 330. */
static int log10_of_2_to(int e)
{
    return (int)((e * INT64_C(661971961083)) >> 41);
}

static int log10_of_three_quarters_of_2_to(int e)
{
    return (int)((e * INT64_C(661971961083) - INT64_C(274743187321)) >> 41);
}

static int log2_of_10_to(int e)
{
    return (int)((e * INT64_C(913124641741)) >> 38);
}

/* The product's upper part; its last bit tells whether there was more ("round to odd"). */
static uint64_t round_to_odd(struct shortest_power g, uint64_t cp)
{
    uint64_t x1 = (uint64_t)(((wide)g.low * cp) >> 64);
    wide y = (wide)g.high * cp;
    uint64_t y0 = (uint64_t)y, y1 = (uint64_t)(y >> 64);
    uint64_t z = (y0 >> 1) + x1;
    uint64_t w = y1 + (z >> 63);
    const uint64_t mask = UINT64_MAX >> 1;
    return w | (((z & mask) + mask) >> 63);
}

/* c * 2^q; closer: the number below is at half the distance of the one above. */
static struct decimal_digits find(struct shortest *known, uint64_t c, int q, bool closer)
{
    uint64_t out = c & 1;
    uint64_t cb = c << 2, cbr = cb + 2, cbl = closer ? cb - 1 : cb - 2;
    int k = closer ? log10_of_three_quarters_of_2_to(q) : log10_of_2_to(q);
    int h = q + log2_of_10_to(-k) + 2;
    struct shortest_power g = power_of_10(known, -k);
    uint64_t vb = round_to_odd(g, cb << h), vbl = round_to_odd(g, cbl << h), vbr = round_to_odd(g, cbr << h);
    uint64_t s = vb >> 2;
    if (s >= 10) { /* one digit less, if exactly one such decimal is in the interval */
        uint64_t lower = s / 10 * 10, upper = lower + 10;
        bool lower_in = vbl + out <= lower << 2, upper_in = (upper << 2) + out <= vbr;
        if (lower_in != upper_in)
            return (struct decimal_digits){lower_in ? lower : upper, k};
    }
    uint64_t t = s + 1;
    bool s_in = vbl + out <= s << 2, t_in = (t << 2) + out <= vbr;
    if (s_in != t_in)
        return (struct decimal_digits){s_in ? s : t, k};
    uint64_t middle = (s + t) << 1; /* the closer one; of two equally close ones the even one */
    bool down = vb < middle || (vb == middle && (s & 1) == 0);
    return (struct decimal_digits){down ? s : t, k};
}

/* Few digits, as most numbers have that people write: a whole number over a small power of 10. The division rounds as
 * reading does, and at most 15 digits are always the only ones that short. */
static bool find_short(double value, struct decimal_digits *d)
{
    static const double powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    for (int i = 0; i < (int)(sizeof powers / sizeof *powers); i++) {
        double scaled = value * powers[i];
        if (scaled > 999999999999999.0)
            return false;
        uint64_t digits = (uint64_t)(scaled + 0.5);
        double again = (double)digits / powers[i];
        if (again >= value && again <= value) {
            *d = (struct decimal_digits){digits, -i};
            return true;
        }
    }
    return false;
}

/* ---- text ---- */

/* Of 20 bytes. Returns how many. */
static int write_digits(uint64_t digits, char *text)
{
    char reversed[DIGITS];
    int count = 0;
    for (; digits; digits /= 10)
        reversed[count++] = (char)('0' + digits % 10);
    for (int i = 0; i < count; i++)
        text[i] = reversed[count - 1 - i];
    return count;
}

static void add_number(struct decimal_digits d, struct buf *out)
{
    static const char zeros[] = "0000000000";
    enum { LEAST_PLAIN = -6, MOST_PLAIN = 9 }; /* exponents of the first digit that stand without an e */
    char text[DIGITS];
    for (; d.digits % 10 == 0; d.exponent++)
        d.digits /= 10;
    int count = write_digits(d.digits, text), first = d.exponent + count - 1;
    if (first < LEAST_PLAIN || first > MOST_PLAIN) {
        buf_add(out, text, 1);
        buf_add(out, ".", count > 1);
        buf_add(out, text + 1, (size_t)count - 1);
        buf_addf(out, "e%+d", first);
    } else if (first < 0) {
        buf_add(out, "0.", 2);
        buf_add(out, zeros, (size_t)(-first - 1));
        buf_add(out, text, (size_t)count);
    } else if (d.exponent >= 0) {
        buf_add(out, text, (size_t)count);
        buf_add(out, zeros, (size_t)d.exponent);
        buf_add(out, ".0", 2);
    } else {
        buf_add(out, text, (size_t)first + 1);
        buf_addc(out, '.');
        buf_add(out, text + first + 1, (size_t)(count - first - 1));
    }
}

static void write_zero(bool negative, struct buf *out)
{
    buf_adds(out, negative ? "-0.0" : "0.0");
}

void shortest_double(struct shortest *s, double value, struct buf *out)
{
    enum { FRACTION = 52, BIAS = 1075 };
    uint64_t bits;
    struct decimal_digits d;
    memcpy(&bits, &value, sizeof bits);
    bool negative = bits >> 63;
    uint64_t fraction = bits & ((UINT64_C(1) << FRACTION) - 1);
    int exponent = (int)(bits >> FRACTION & 0x7ff);
    if (!exponent && !fraction) {
        write_zero(negative, out);
        return;
    }
    if (negative)
        buf_addc(out, '-');
    if (!find_short(negative ? -value : value, &d))
        d = exponent ? find(s, fraction | UINT64_C(1) << FRACTION, exponent - BIAS, !fraction && exponent > 1)
                     : find(s, fraction, 1 - BIAS, false);
    add_number(d, out);
}

void shortest_float(struct shortest *s, float value, struct buf *out)
{
    enum { FRACTION = 23, BIAS = 150 };
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bool negative = bits >> 31;
    uint32_t fraction = bits & ((UINT32_C(1) << FRACTION) - 1);
    int exponent = (int)(bits >> FRACTION & 0xff);
    if (!exponent && !fraction) {
        write_zero(negative, out);
        return;
    }
    if (negative)
        buf_addc(out, '-');
    add_number(exponent ? find(s, fraction | UINT32_C(1) << FRACTION, exponent - BIAS, !fraction && exponent > 1)
                        : find(s, fraction, 1 - BIAS, false),
               out);
}
