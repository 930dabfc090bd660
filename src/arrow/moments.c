/* moments: dates and times of ISO 8601. */
#include "arrow/moments.h"

/* The number that so many digits at text are; -1: they are none. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Years are counted from March, so that the leap day is the last of its year. */
bool moment_day(int year, int month, int day, int32_t *days)
{
    static const int longest[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > longest[month - 1] + (leap && month == 2))
        return false;
    int from = year + 400 - (month <= 2); /* 400 years later, so that nothing is negative */
    int of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    *days = from * 365 + from / 4 - from / 100 + from / 400 + of_year - 719468 - 146097;
    return true;
}

bool moment_date(const char *text, size_t len, int32_t *days)
{
    if (len < 10 || text[4] != '-' || text[7] != '-' || (len > 10 && text[10] != 'T' && text[10] != ' '))
        return false;
    return moment_day(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), days);
}

bool moment_offset(const char *text, size_t len, int *seconds)
{
    if (len == 1 && *text == 'Z') {
        *seconds = 0;
        return true;
    }
    if ((len != 3 && len != 5 && len != 6) || (*text != '+' && *text != '-') || (len == 6 && text[3] != ':'))
        return false;
    int hours = digits(text + 1, 2), minutes = len == 3 ? 0 : digits(text + len - 2, 2);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 18 * 60)
        return false;
    *seconds = (hours * 60 + minutes) * (*text == '-' ? -60 : 60);
    return true;
}

bool moment_time(const char *text, size_t len, int64_t *micros, bool *zoned, int *offset)
{
    int32_t days;
    *zoned = false;
    *offset = 0;
    if (!moment_date(text, len, &days))
        return false;
    *micros = (int64_t)days * 86400 * 1000000;
    if (len == 10)
        return true;
    if (len < 19 || text[13] != ':' || text[16] != ':')
        return false;
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *micros += (int64_t)(hour * 3600 + minute * 60 + second) * 1000000;
    size_t at = 19;
    if (at < len && text[at] == '.') {
        int64_t unit = 100000;
        for (at++; at < len && text[at] >= '0' && text[at] <= '9'; at++, unit /= 10)
            *micros += unit * (text[at] - '0');
        if (text[at - 1] == '.')
            return false;
    }
    *zoned = at < len;
    return !*zoned || moment_offset(text + at, len - at, offset);
}
