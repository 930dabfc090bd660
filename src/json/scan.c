/* scan: the kinds, and which of them runs here. */
#include "json/scan.h"

static bool always(void)
{
    return true;
}

#ifdef __x86_64__
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}
static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512bw");
}
#endif

const struct scan_kind scan_kinds[] = {
#ifdef __x86_64__
    {"AVX-512", has_avx512, true, scan_avx512, scan_avx512_bits},
    {"AVX2", has_avx2, true, scan_avx2, scan_avx2_bits},
    {"SSE2", always, false, scan_sse2, scan_sse2_bits},
#endif
#if defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    {"NEON", always, false, scan_neon, scan_neon_bits},
#endif
    {"portable", always, false, scan_portable, scan_portable_bits},
};

const size_t scan_kind_count = sizeof scan_kinds / sizeof *scan_kinds;

const struct scan_kind *scan_best(void)
{
    const struct scan_kind *kind = scan_kinds;
    while (!kind->runs())
        kind++;
    return kind;
}
