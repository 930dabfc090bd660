/* secret: which names and values are secret, and texts without them. */
#include "http/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pair.h"
#include "base/text.h"
#include "http/mask.h"
#include "http/url.h"

enum { SHORTEST_WORD = 8, FILE_BYTES = 1 << 20 };

/* ---- which names tell ---- */

/* The words of a name in small letters, a blank before each and after the last: X-Api-Key2, pageToken, my%5Fkey. */
static void spell(const char *name, size_t len, struct buf *words)
{
    struct buf plain = {0};
    char last = '\0';
    url_unescape(name, len, &plain);
    buf_addc(words, ' ');
    for (size_t i = 0; i < plain.len; i++) {
        unsigned char c = (unsigned char)plain.data[i];
        bool sign = !isalpha(c) && c < 0x80;
        if (last != ' ' && i && (sign || (isupper(c) && !isupper((unsigned char)last))))
            buf_addc(words, ' ');
        if (!sign)
            buf_addc(words, (char)tolower(c));
        last = sign ? ' ' : (char)c;
    }
    if (last != ' ')
        buf_addc(words, ' ');
    buf_free(&plain);
}

enum place { ANYWHERE, LAST, WHOLE };

static bool has_one(const char *words, const char *const *list, enum place place)
{
    for (size_t len = strlen(words); *list; list++) {
        size_t n = strlen(*list);
        if (place == ANYWHERE ? strstr(words, *list) != NULL
                              : n <= len && (place == LAST || n == len) && strcmp(words + len - n, *list) == 0)
            return true;
    }
    return false;
}

/* "auth" alone and in longer words, but not in author and authority. */
static bool has_auth(const char *words)
{
    for (const char *at = words; (at = strstr(at, "auth")); at++)
        if (strncmp(at, "author", 6) || strncmp(at, "authoriz", 8) == 0 || strncmp(at, "authoris", 8) == 0)
            return true;
    return false;
}

bool secret_is_name(const char *name, size_t len)
{
    static const char *const telling[] = {"secret",   "passw",     "passphrase", "credential", " creds ", "signature",
                                          " sig ",    "cookie",    "jwt",        "bearer",     "hmac",    "saml",
                                          "verifier", "sessid",    " session ",  "sessionid",  " pwd ",   "assertion",
                                          "apikey",   "accesskey", "access key", " x amz ",    NULL};
    static const char *const last[] = {" pass ", " otp ", "appkey ", "userkey ", "privatekey ", NULL};
    static const char *const whole[] = {" code ", " appid ", " sid ", " sign ", NULL};
    /* A token may be the place in a list, a key the name of a column. */
    static const char *const token[] = {"token ", NULL}, *const key[] = {" key ", NULL};
    static const char *const places[] = {"page",  "pagin", "next",   "prev",  "contin", "sync",  "skip",
                                         "start", "after", "cursor", "delta", "scroll", "resum", NULL};
    static const char *const columns[] = {" sort key ",
                                          " start key ",
                                          " end key ",
                                          " first key ",
                                          " last key ",
                                          " next key ",
                                          " order key ",
                                          " group key ",
                                          " range key ",
                                          " partition key ",
                                          " primary key ",
                                          " foreign key ",
                                          " parent key ",
                                          " project key ",
                                          " issue key ",
                                          " cache key ",
                                          " idempotency key ",
                                          " evaluated key ",
                                          NULL};
    struct buf words = {0};
    spell(name, len, &words);
    const char *w = buf_text(&words);
    bool is = has_auth(w) || has_one(w, telling, ANYWHERE) || has_one(w, last, LAST) || has_one(w, whole, WHOLE) ||
              (has_one(w, token, ANYWHERE) && !has_one(w, places, ANYWHERE)) ||
              (has_one(w, key, LAST) && !has_one(w, columns, LAST));
    buf_free(&words);
    return is;
}

bool secret_in_header(const char *line)
{
    return secret_is_name(line, strcspn(line, ":;"));
}

/* ---- which values ---- */

static bool is_ordinary(const char *value)
{
    static const char *const words[] = {"true", "false", "null", "none"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0)
            return true;
    return strlen(value) < MASK_SHORTEST;
}

static void add(struct secrets *s, const char *value)
{
    for (size_t at = 0; at < s->values.len; at += strlen(s->values.data + at) + 1)
        if (strcmp(s->values.data + at, value) == 0)
            return;
    buf_add(&s->values, value, strlen(value) + 1);
}

/* As JSON in ASCII spells it: letters beyond ASCII as \uXXXX. */
static void add_ascii(struct secrets *s, const char *value)
{
    struct buf ascii = {0};
    unsigned long c;
    for (size_t n; (n = text_character(value, &c)); value += n)
        if (c < 0x80)
            buf_addc(&ascii, (char)c);
        else if (c < 0x10000)
            buf_addf(&ascii, "\\u%04lx", c);
        else
            buf_addf(&ascii, "\\u%04lx\\u%04lx", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
    if (!*value) /* all of it is UTF-8 */
        add(s, buf_text(&ascii));
    buf_free(&ascii);
}

void secret_hide(struct secrets *s, const char *value)
{
    if (is_ordinary(value))
        return;
    add(s, value);
    add_ascii(s, value);
}

void secret_free(struct secrets *s)
{
    buf_free(&s->values);
}

bool secret_hides(const struct secrets *s, const char *text)
{
    char *masked = mem_copy(text);
    secret_mask(s, masked);
    bool hides = strcmp(masked, text) != 0;
    free(masked);
    return hides;
}

void secret_mask(const struct secrets *s, char *text)
{
    mask_text(&s->values, text);
}

static void add_base64(const char *text, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < len ? (unsigned char)text[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_addc(out, i + k <= len ? digits[bits >> (18 - 6 * k) & 63] : '=');
    }
}

void secret_hide_user(struct secrets *s, const char *name, const char *password)
{
    struct buf pair = {0}, basic = {0};
    buf_addf(&pair, "%s:%s", name, password);
    add_base64(buf_text(&pair), &basic);
    secret_hide(s, buf_text(&pair));
    secret_hide(s, *password ? password : name); /* a token may stand in the place of the name */
    secret_hide(s, buf_text(&basic));
    buf_free(&pair);
    buf_free(&basic);
}

/* "Bearer 0123" and "session=0123; theme=dark": the words stand in messages without the rest, too. */
static void hide_words(struct secrets *s, const char *value)
{
    for (const char *word = value + strspn(value, " \t;,=\""); *word; word += strspn(word, " \t;,=\"")) {
        size_t n = strcspn(word, " \t;,=\"");
        char *text = mem_text(word, n);
        if (n >= SHORTEST_WORD)
            secret_hide(s, text);
        free(text);
        word += n;
    }
}

/* Of a header that stands in a file. */
static bool is_plain(const char *line)
{
    static const char *const plain[] = {"accept", "content-type", "user-agent", "idempotency",
                                        "prefer", "version",      NULL};
    struct buf name = {0};
    for (size_t i = 0; i < strcspn(line, ":;"); i++)
        buf_addc(&name, (char)tolower((unsigned char)line[i]));
    bool is = has_one(buf_text(&name), plain, ANYWHERE);
    buf_free(&name);
    return is;
}

void secret_hide_header(struct secrets *s, const char *line, size_t shortest)
{
    size_t len = strcspn(line, ":;");
    if (!line[len])
        return;
    const char *start = line + len + 1;
    start += strspn(start, " \t");
    size_t n = strlen(start);
    while (n && isspace((unsigned char)start[n - 1]))
        n--;
    if (!secret_in_header(line) && (n < shortest || is_plain(line)))
        return;
    char *value = mem_text(start, n);
    const char *space = strchr(value, ' ');
    secret_hide(s, value);
    if (space) /* after "Bearer" or "Basic" */
        secret_hide(s, space + strspn(space, " "));
    hide_words(s, value);
    free(value);
}

void secret_hide_param(struct secrets *s, const char *param)
{
    struct pair pair;
    if (pair_split(param, &pair) && secret_is_name(pair.name, pair.len))
        secret_hide(s, pair.value);
}

/* The user info of a text that can't be parsed as a URL, as it stands. */
static void hide_user_info(struct secrets *s, const char *text)
{
    const char *host = strstr(text, "://"), *start = host ? host + 3 : text, *at = strrchr(start, '@');
    if (!at)
        return;
    char *info = mem_text(start, (size_t)(at - start)), *colon = strchr(info, ':');
    secret_hide(s, colon ? colon + 1 : info);
    free(info);
}

void secret_hide_url(struct secrets *s, const char *url)
{
    struct buf name = {0}, value = {0}, origin = {0};
    url_origin(url, &origin);
    if (!origin.len)
        hide_user_info(s, url);
    if (url_user(url, &name, &value))
        secret_hide_user(s, buf_text(&name), buf_text(&value));
    for (const char *p = url + strcspn(url, "?#"); *p; p += strcspn(p, "&#")) {
        size_t len = strcspn(++p, "=&#"), end = strcspn(p, "&#");
        if (len == end || !secret_is_name(p, len))
            continue;
        url_unescape(p + len + 1, end - len - 1, &value);
        secret_hide(s, buf_text(&value));
    }
    buf_free(&name);
    buf_free(&value);
    buf_free(&origin);
}

/* ---- from files ---- */

void secret_check_file(const char *file, struct buf *warning)
{
    struct stat s;
    if (stat(file, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & S_IROTH))
        buf_addf(warning, "warning: %s holds a secret and can be read by others: chmod 600 it\n", file);
}

int secret_read(const char *file, char **value, struct buf *warning, struct error *e)
{
    struct buf text = {.cap = FILE_BYTES};
    bool is_stdin = strcmp(file, "-") == 0;
    int result =
        is_stdin ? io_read_all(STDIN_FILENO, "standard input", EXIT_NO_FILE, &text, e) : io_read_file(file, &text, e);
    *value = NULL;
    if (result == 0) {
        bool wide = text.len > 1 && (memcmp(text.data, "\xff\xfe", 2) == 0 || memcmp(text.data, "\xfe\xff", 2) == 0);
        buf_drop_bom(&text);
        if (text.len && text.data[text.len - 1] == '\n')
            text.len--;
        if (text.len && text.data[text.len - 1] == '\r')
            text.len--;
        if (wide)
            result = error_set(e, EXIT_CONFIG, "%s is UTF-16: save it as UTF-8", file);
        else if (!text.len)
            result = error_set(e, EXIT_CONFIG, "%s is empty", file);
        else if (memchr(text.data, '\0', text.len) || strpbrk(buf_text(&text), "\r\n"))
            result = error_set(e, EXIT_CONFIG, "%s holds more than one line", file);
        else
            *value = mem_text(text.data, text.len);
        if (!is_stdin)
            secret_check_file(file, warning);
    }
    buf_free(&text);
    return result;
}

/* ---- URLs ---- */

/* NAME=VALUE pieces, divided by one of these signs. */
static void redact_pieces(const char *text, size_t len, char divider, struct buf *out)
{
    for (const char *p = text, *end = text + len, *next; p < end; p = next) {
        const char *sign = memchr(p, divider, (size_t)(end - p));
        size_t piece = (size_t)((sign ? sign : end) - p);
        const char *equals = memchr(p, '=', piece);
        next = sign ? sign + 1 : end;
        if (equals && secret_is_name(p, (size_t)(equals - p)))
            buf_addf(out, "%.*s=***%s", (int)(equals - p), p, sign ? (char[]){divider, 0} : "");
        else
            buf_add(out, p, (size_t)(next - p));
    }
}

void secret_redact(const char *url, struct buf *out)
{
    const char *host = strstr(url, "://");
    const char *start = host ? host + 3 : url;
    const char *at = memrchr(start, '@', strcspn(start, "/?#"));
    if (at) {
        buf_add(out, url, (size_t)(start - url));
        buf_adds(out, "***");
        url = at;
    }
    size_t path = strcspn(url, "?#");
    buf_add(out, url, path);
    for (url += path; *url;) { /* the query, the fragment */
        buf_addc(out, *url++);
        size_t len = strcspn(url, "#");
        redact_pieces(url, len, '&', out);
        url += len;
    }
}
