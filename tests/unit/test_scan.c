/* scan: each kind that runs on this processor tells of every byte what a look at the byte tells. */
#include <stdlib.h>

#include "random_json.h"
#include "tap.h"
#include "json/scan.h"

enum { BLOCKS = 3, TEXTS = 4000 };

static void look(unsigned char c, uint64_t bit, struct scan *m)
{
    m->quote |= c == '"' ? bit : 0;
    m->backslash |= c == '\\' ? bit : 0;
    m->control |= c < ' ' ? bit : 0;
    m->foreign |= c >= 0x80 ? bit : 0;
    m->blank |= c == ' ' || c == '\t' || c == '\n' || c == '\r' ? bit : 0;
    m->open |= c == '{' || c == '[' ? bit : 0;
    m->close |= c == '}' || c == ']' ? bit : 0;
    m->comma |= c == ',' ? bit : 0;
    m->colon |= c == ':' ? bit : 0;
    m->digit |= c >= '0' && c <= '9' ? bit : 0;
    m->zero |= c == '0' ? bit : 0;
    m->minus |= c == '-' ? bit : 0;
    m->point |= c == '.' ? bit : 0;
}

static bool same_masks(const struct scan_kind *kind, const unsigned char *text)
{
    struct scan want[BLOCKS] = {0}, got[BLOCKS];
    for (size_t i = 0; i < (size_t)BLOCKS * SCAN_BYTES; i++)
        look(text[i], UINT64_C(1) << i % SCAN_BYTES, &want[i / SCAN_BYTES]);
    kind->scan(text, BLOCKS, got);
    return memcmp(want, got, sizeof got) == 0;
}

static bool same_bits(const struct scan_kind *kind, const unsigned char *text)
{
    uint64_t want[SCAN_BITS] = {0}, got[SCAN_BITS];
    for (size_t i = 0; i < SCAN_BYTES; i++)
        for (size_t k = 0; k < SCAN_BITS; k++)
            want[k] |= (uint64_t)(text[i] >> k & 1) << i;
    kind->bits(text, got);
    return memcmp(want, got, sizeof got) == 0;
}

/* Every byte at every place, then random ones. */
static void check(const struct scan_kind *kind)
{
    unsigned wrong = 0, wrong_bits = 0;
    unsigned char *text = malloc((size_t)BLOCKS * SCAN_BYTES); /* by itself, so that a sanitizer sees what is read */
    random_seed(1);
    for (unsigned t = 0; t < TEXTS; t++) {
        for (unsigned i = 0; i < BLOCKS * SCAN_BYTES; i++)
            text[i] = (unsigned char)(t < 256 ? i + t : random_below(2) ? random_below(256) : random_below(128));
        wrong += !same_masks(kind, text);
        wrong_bits += !same_bits(kind, text);
    }
    free(text);
    is_int(wrong, 0, kind->name);
    ok(wrong_bits == 0, "%s: the bits of bytes", kind->name);
}

int main(void)
{
    for (size_t i = 0; i < scan_kind_count; i++)
        if (scan_kinds[i].runs())
            check(&scan_kinds[i]);
        else
            ok(true, "%s does not run here # SKIP", scan_kinds[i].name);
    return tap_end();
}
