/* moment: points in time as APIs and people write them. */
#include "base/moment.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"

static const double FIRST_MS = 1e11; /* as seconds it is in the year 5138 */

static bool is_number(const char *text, double *seconds)
{
    if (!*text || number_decimal(text, seconds) != strlen(text))
        return false;
    if (fabs(*seconds) >= FIRST_MS)
        *seconds /= 1000;
    return true;
}

/* +01:00, +0100, +01, Z or nothing. */
static bool take_zone(const char *text, double *offset)
{
    int hours = 0, minutes = 0, used = 0;
    *offset = 0;
    if (!*text || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    bool right = (sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) == 2 && !text[1 + used]) ||
                 (sscanf(text + 1, "%2d%2d%n", &hours, &minutes, &used) == 2 && !text[1 + used]) ||
                 (minutes = 0, sscanf(text + 1, "%2d%n", &hours, &used) == 1 && !text[1 + used]);
    *offset = (*text == '-' ? -60.0 : 60.0) * (60 * hours + minutes);
    return right && hours < 24 && minutes < 60 && hours >= 0 && minutes >= 0;
}

bool moment_parse(const char *text, double *seconds)
{
    struct tm tm = {0};
    double fraction = 0, zone;
    if (is_number(text, seconds))
        return true;
    const char *rest = strptime(text, "%Y-%m-%d", &tm);
    if (rest && (*rest == 'T' || *rest == ' ')) {
        const char *time = strptime(rest + 1, "%H:%M:%S", &tm);
        rest = time ? time : strptime(rest + 1, "%H:%M", &tm);
    }
    if (rest && *rest == '.' && isdigit((unsigned char)rest[1])) {
        size_t digits = strspn(rest + 1, "0123456789");
        double scale = 1;
        for (size_t i = 1; i <= digits; i++)
            fraction += (rest[i] - '0') * (scale /= 10);
        rest += digits + 1;
    }
    if (!rest || !take_zone(rest, &zone))
        return false;
    *seconds = (double)timegm(&tm) + fraction - zone;
    return true;
}

bool moment_duration(const char *text, double *seconds)
{
    static const struct {
        char unit;
        bool time;
        double seconds;
    } units[] = {{'W', false, 604800}, {'D', false, 86400}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1}};
    bool time = false;
    *seconds = 0;
    if (*text++ != 'P' || !*text)
        return false;
    while (*text) {
        double n;
        if (*text == 'T' && !time) {
            time = true;
            text++;
        }
        size_t len = isdigit((unsigned char)*text) ? strspn(text, "0123456789.") : 0, u = 0;
        if (!len || number_decimal(text, &n) != len)
            return false;
        while (u < 5 && (units[u].unit != text[len] || units[u].time != time))
            u++;
        if (u == 5)
            return false;
        *seconds += n * units[u].seconds;
        text += len + 1;
    }
    return true;
}

static void format_tm(int64_t seconds, const char *format, struct buf *out)
{
    char text[256];
    time_t whole = (time_t)seconds;
    struct tm tm;
    gmtime_r(&whole, &tm);
    buf_add(out, text, strftime(text, sizeof text, format, &tm));
}

void moment_format(double seconds, const char *format, struct buf *out)
{
    if (strcmp(format, "epoch_s") == 0) {
        buf_addf(out, "%" PRId64, (int64_t)floor(seconds));
    } else if (strcmp(format, "epoch_ms") == 0) {
        buf_addf(out, "%" PRId64, (int64_t)floor(seconds * 1000 + 0.5));
    } else if (strcmp(format, "iso_ms") == 0) {
        int64_t ms = (int64_t)floor(seconds * 1000 + 0.5);
        format_tm(ms / 1000, "%Y-%m-%dT%H:%M:%S", out);
        buf_addf(out, ".%03dZ", (int)(ms % 1000));
    } else {
        format_tm((int64_t)floor(seconds), strcmp(format, "iso") == 0 ? "%Y-%m-%dT%H:%M:%SZ" : format, out);
    }
}
