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

/* What a number counts, by its size: 1e11 as seconds is in the year 5138, and so on. */
static const struct {
    double least, a_second;
    const char *form;
} counted[] = {{1e17, 1e9, "epoch_ns"}, {1e14, 1e6, "epoch_us"}, {1e11, 1e3, "epoch_ms"}, {0, 1, "epoch_s"}};

/* Its place among these; -1: text is no number. */
static int place_counted(const char *text, double *number)
{
    int place = 0;
    if (!*text || number_decimal(text, number) != strlen(text))
        return -1;
    while (fabs(*number) < counted[place].least)
        place++;
    return place;
}

static bool is_number(const char *text, double *seconds)
{
    int place = place_counted(text, seconds);
    if (place >= 0)
        *seconds /= counted[place].a_second;
    return place >= 0;
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

/* 08:00:00, 08:00; 24:00 is how ISO 8601 may write the end of a day. NULL: it is none. */
static const char *take_time_of_day(const char *text, struct tm *tm)
{
    static const char midnight[] = "24:00";
    if (strncmp(text, midnight, strlen(midnight)) == 0) {
        tm->tm_mday++;
        text += strlen(midnight);
        return strncmp(text, ":00", 3) ? text : text + 3;
    }
    const char *rest = strptime(text, "%H:%M:%S", tm);
    return rest ? rest : strptime(text, "%H:%M", tm);
}

bool moment_parse(const char *text, double *seconds)
{
    struct tm tm = {0};
    double fraction = 0, zone;
    if (is_number(text, seconds))
        return true;
    const char *rest = strptime(text, "%Y-%m-%d", &tm);
    if (rest && (*rest == 'T' || *rest == ' '))
        rest = take_time_of_day(rest + 1, &tm);
    if (rest && (*rest == '.' || *rest == ',') && isdigit((unsigned char)rest[1])) {
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

/* What %z stands for. NULL: it is no zone. */
static const char *take_zone_of_format(const char *text, double *offset)
{
    char zone[sizeof "+01:00"] = "";
    text += strspn(text, " \t");
    size_t len = strspn(text, "Zz+-:0123456789");
    if (!len || len >= sizeof zone)
        return NULL;
    memcpy(zone, text, len);
    return take_zone(zone, offset) ? text + len : NULL;
}

static const char *take_part(const char *text, struct buf *format, struct tm *tm)
{
    const char *rest = text ? strptime(text, buf_text(format), tm) : NULL;
    buf_clear(format);
    return rest;
}

/* As strptime() of glibc; that of musl knows neither %F nor %z. */
static const char *take_format(const char *text, const char *format, struct tm *tm, double *zone)
{
    struct buf part = {0};
    *zone = 0;
    while (text && *format) {
        char letter = *format == '%' ? format[1] : '\0';
        if (letter == 'z') {
            text = take_part(text, &part, tm);
            text = text ? take_zone_of_format(text, zone) : NULL;
        } else if (letter == 'F') {
            buf_adds(&part, "%Y-%m-%d");
        } else {
            buf_add(&part, format, letter ? 2 : 1);
        }
        format += letter ? 2 : 1;
    }
    text = take_part(text, &part, tm);
    buf_free(&part);
    return text;
}

/* As HTTP, Ruby and Java write them: Sat, 31 Jan 2026 08:00:00 GMT; 2026-01-31 08:00:00 +0100;
 * 2026-01-31T08:00:00+01:00[Europe/Paris]. */
static bool read_unlike_iso(const char *text, double *seconds)
{
    struct tm tm = {0};
    struct buf iso = {0};
    if (!strpbrk(text, " ["))
        return false;
    const char *day = strptime(text, "%a, %d %b %Y ", &tm);
    if (day)
        buf_addf(&iso, "%04d-%02d-%02dT", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    const char *from = day ? day : text, *last = strrchr(from, ' '), *name = strchr(from, '[');
    bool zone = last && (last[1] == '+' || last[1] == '-' || !strcmp(last, " UTC") || !strcmp(last, " GMT"));
    if (zone)
        buf_addf(&iso, "%.*s%s", (int)(last - from), from, isalpha((unsigned char)last[1]) ? "Z" : last + 1);
    else
        buf_addf(&iso, "%.*s", (int)(name && name[strlen(name) - 1] == ']' ? (size_t)(name - from) : strlen(from)),
                 from);
    bool is = (day || zone || name) && moment_parse(buf_text(&iso), seconds);
    buf_free(&iso);
    return is;
}

bool moment_read(const char *text, const char *format, double *seconds)
{
    struct tm tm = {.tm_mday = 1, .tm_year = 70};
    double zone = 0;
    const char *end = format && strchr(format, '%') ? take_format(text, format, &tm, &zone) : NULL;
    if (!end || *end)
        return moment_parse(text, seconds) || read_unlike_iso(text, seconds);
    long local = tm.tm_gmtoff; /* of %s */
    *seconds = (double)(timegm(&tm) - local) - zone;
    return true;
}

/* What most texts that are no dates do not begin with. */
static bool begins_as_date(const char *text)
{
    size_t digits = strspn(text, "0123456789"), word = strcspn(text, " ,");
    return digits ? digits <= 4 && text[digits] && strchr("/.- ", text[digits])
                  : word >= 3 && text[word] && isalpha((unsigned char)*text);
}

bool moment_seems(const char *text)
{
    static const char *const dates[] = {"%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y",
                                        "%d/%m/%y",       "%d.%m.%Y",       "%d-%m-%Y", "%d %b %Y", "%d-%b-%Y",
                                        "%d-%b-%y",       "%b %d, %Y",      "%b %d %Y", "%a %b %d", "%a, %d %b"};
    bool seems = false;
    for (size_t i = 0; begins_as_date(text) && !seems && i < sizeof dates / sizeof *dates; i++) {
        struct tm tm = {.tm_year = 100};
        const char *rest = strptime(text, dates[i], &tm);
        seems = rest && (!*rest || strchr("T ,:[+AP", *rest)) && tm.tm_year > 0 && tm.tm_year < 300;
    }
    return seems;
}

/* What strftime() does not know: parts of a second, and %s in UTC. */
static void put_parts(const char *format, int64_t seconds, int micros, struct buf *out)
{
    for (; *format; format++) {
        char letter = *format == '%' ? format[1] : '\0';
        if (letter == 'L')
            buf_addf(out, "%03d", micros / 1000);
        else if (letter == 'f')
            buf_addf(out, "%06d", micros);
        else if (letter == 's')
            buf_addf(out, "%" PRId64, seconds);
        else if (*format == '%' && !letter)
            buf_adds(out, "%%"); /* alone at the end it means nothing to some */
        else
            buf_add(out, format, letter ? 2 : 1);
        format += letter ? 1 : 0;
    }
}

static void format_tm(int64_t seconds, int micros, const char *format, struct buf *out)
{
    char text[256];
    time_t whole = (time_t)seconds;
    struct tm tm;
    struct buf parts = {0};
    gmtime_r(&whole, &tm);
    put_parts(format, seconds, micros, &parts);
    size_t n = strftime(text, sizeof text, buf_text(&parts), &tm);
    buf_add(out, text, n);
    buf_free(&parts);
}

enum { DAY = 86400, MICROS = 1000000 };

static const struct {
    const char *name, *pattern;
    double step;
    int64_t a_second; /* it counts so many in a second */
} named[] = {{"iso", "%Y-%m-%dT%H:%M:%SZ", 1, 0},
             {"iso_ms", "%Y-%m-%dT%H:%M:%S.%LZ", 1e-3, 0},
             {"epoch_s", NULL, 1, 1},
             {"epoch_ms", NULL, 1e-3, 1000},
             {"epoch_us", NULL, 1e-6, MICROS},
             {"epoch_ns", NULL, 1e-6, 1000L * MICROS}, /* a double has no more than microseconds */
             {"date", "%Y-%m-%d", DAY, 0}};

/* Its place among the names; -1: it is none of them. */
static int place_of(const char *format)
{
    for (int i = 0; i < (int)(sizeof named / sizeof *named); i++)
        if (strcmp(format, named[i].name) == 0)
            return i;
    return -1;
}

bool moment_is_format(const char *text)
{
    return strchr(text, '%') || place_of(text) >= 0;
}

void moment_format(double seconds, const char *format, struct buf *out)
{
    int64_t whole = (int64_t)floor(seconds);
    int micros = (int)floor((seconds - (double)whole) * 1e6 + 0.4); /* a double is exact to a fifth of one */
    micros = micros > 999999 ? 999999 : micros;
    int place = place_of(format);
    int64_t a_second = place < 0 ? 0 : named[place].a_second;
    if (a_second)
        buf_addf(out, "%" PRId64, whole * a_second + (int64_t)micros * a_second / MICROS);
    else
        format_tm(whole, micros, place < 0 ? format : named[place].pattern, out);
}

const char *moment_form(const char *text)
{
    double number;
    int place = place_counted(text, &number);
    if (place >= 0)
        return counted[place].form;
    return strchr(text, '.') ? "iso_ms" : strpbrk(text, "T ") ? "iso" : "date";
}

double moment_step(const char *format)
{
    static const struct {
        const char *letters;
        double seconds;
    } steps[] = {{"f", 1e-6},    {"L", 1e-3},         {"STscr", 1},      {"MR", 60},
                 {"HIkl", 3600}, {"deDFjxuwaA", DAY}, {"VUWG", 7 * DAY}, {"mbBh", 31 * DAY}};
    int place = place_of(format);
    if (place >= 0)
        return named[place].step;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (const char *at = format; (at = strchr(at, '%')); at += at[1] ? 2 : 1)
            if (at[1] && strchr(steps[i].letters, at[1]))
                return steps[i].seconds;
    return 366 * DAY;
}
