/* scan: the kinds, and which of them runs here. */
#include "json/scan.h"

static bool always(void)
{
    return true;
}

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

/* As the manuals of the processors say it (__builtin_cpu_supports() needs a library that a static build may lack): what
 * the processor can do, and which registers the system keeps for us (XCR0). */
enum {
    PCLMULQDQ = 1 << 1,
    POPCNT = 1 << 23,
    OSXSAVE = 1 << 27,
    AVX2 = 1 << 5,
    BMI2 = 1 << 8,
    AVX512BW = 1 << 30,
    AVX512F = 1 << 16,
    AVX512VBMI2 = 1 << 6,
    XCR0_AVX = 0x06,
    XCR0_AVX512 = 0xe6,
};

__attribute__((target("xsave"))) static unsigned kept_registers(void)
{
    return (unsigned)_xgetbv(0);
}

/* wanted, more: in EBX and ECX of leaf 7 */
static bool has(unsigned wanted, unsigned more, unsigned kept)
{
    const unsigned needed = OSXSAVE | POPCNT | PCLMULQDQ;
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & needed) != needed)
        return false;
    return (kept_registers() & kept) == kept && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & wanted) == wanted &&
           (c & more) == more;
}

static bool has_avx2(void)
{
    return has(AVX2 | BMI2, 0, XCR0_AVX);
}

static bool has_avx512(void)
{
    return has(AVX2 | BMI2 | AVX512F | AVX512BW, 0, XCR0_AVX512);
}

static bool has_vbmi2(void)
{
    return has(AVX2 | BMI2 | AVX512F | AVX512BW, AVX512VBMI2, XCR0_AVX512);
}
#endif

const struct scan_kind scan_kinds[] = {
#ifdef __x86_64__
    {"AVX-512 VBMI2", has_vbmi2, SCAN_PACK, scan_avx512, scan_avx512_bits},
    {"AVX-512", has_avx512, SCAN_BMI, scan_avx512, scan_avx512_bits},
    {"AVX2", has_avx2, SCAN_BMI, scan_avx2, scan_avx2_bits},
    {"SSE2", always, SCAN_PLAIN, scan_sse2, scan_sse2_bits},
#endif
#if defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    {"NEON", always, SCAN_PLAIN, scan_neon, scan_neon_bits},
#endif
    {"portable", always, SCAN_PLAIN, scan_portable, scan_portable_bits},
};

const size_t scan_kind_count = sizeof scan_kinds / sizeof *scan_kinds;

const struct scan_kind *scan_best(void)
{
    static const struct scan_kind *best; /* asked once: in a virtual machine the question takes longer than a text */
    if (!best)
        for (best = scan_kinds; !best->runs();)
            best++;
    return best;
}
