#include "http/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/io.h"
#include "http/url.h"

enum { SHORTEST = 4, SHORTEST_WORD = 8, FILE_BYTES = 1 << 20 };

/* ---- which ---- */

void secret_hide(struct secrets *s, const char *value)
{
    if (strlen(value) >= SHORTEST)
        buf_add(&s->values, value, strlen(value) + 1);
}

void secret_free(struct secrets *s)
{
    buf_free(&s->values);
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

static bool contains(const char *text, size_t len, const char *word)
{
    for (size_t i = 0, n = strlen(word); i + n <= len; i++)
        if (strncasecmp(text + i, word, n) == 0)
            return true;
    return false;
}

static bool name_has(const char *name, size_t len, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (contains(name, len, words[i]))
            return true;
    return false;
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

static bool is_plain(const char *line)
{
    static const char *const plain[] = {"accept", "content-type", "user-agent", "idempotency", "prefer", "version"};
    return name_has(line, strcspn(line, ":;"), plain, sizeof plain / sizeof *plain);
}

bool secret_in_header(const char *line)
{
    static const char *const telling[] = {"auth",  "token",   "key",        "secret",   "cookie",
                                          "passw", "session", "credential", "signature"};
    return !is_plain(line) && name_has(line, strcspn(line, ":;"), telling, sizeof telling / sizeof *telling);
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
    if (space) /* behind "Bearer" or "Basic" */
        secret_hide(s, space + strspn(space, " "));
    hide_words(s, value);
    free(value);
}

void secret_hide_param(struct secrets *s, const char *param)
{
    size_t name = strcspn(param, "=");
    if (param[name] && url_is_secret(param, name))
        secret_hide(s, param + name + 1);
}

/* The user info as it stands, for messages about URLs that cannot be parsed. */
static void hide_user_info(struct secrets *s, const char *url)
{
    const char *host = strstr(url, "://"), *start = host ? host + 3 : url, *at = strrchr(start, '@');
    if (!at)
        return;
    char *info = mem_text(start, (size_t)(at - start)), *colon = strchr(info, ':');
    secret_hide(s, colon ? colon + 1 : info);
    free(info);
}

void secret_hide_url(struct secrets *s, const char *url)
{
    struct buf name = {0}, value = {0};
    hide_user_info(s, url);
    if (url_user(url, &name, &value))
        secret_hide_user(s, buf_text(&name), buf_text(&value));
    for (const char *p = url + strcspn(url, "?"); *p; p += strcspn(p, "&")) {
        p++;
        if (url_secret_value(p, &value))
            secret_hide(s, buf_text(&value));
    }
    buf_free(&name);
    buf_free(&value);
}

/* ---- out of messages ---- */

static bool hex(const char *text, unsigned char *byte)
{
    char digits[] = {text[0], text[0] ? text[1] : '\0', '\0'};
    *byte = (unsigned char)strtoul(digits, NULL, 16);
    return isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]);
}

/* The byte that text begins with: itself, percent-encoded, or escaped as in JSON. Returns how many bytes of text that
 * takes. */
static size_t decode(const char *text, unsigned char *byte)
{
    if (*text == '%' && hex(text + 1, byte))
        return 3;
    if (strncmp(text, "\\u00", 4) == 0 && hex(text + 4, byte))
        return 6;
    bool escaped = *text == '\\' && text[1] && strchr("\"\\/", text[1]);
    *byte = (unsigned char)text[escaped];
    return 1 + escaped;
}

/* Also in the middle of an escape. */
static bool ends(const char *text)
{
    return !*text || (*text == '%' && (!text[1] || !text[2])) ||
           (*text == '\\' && (!text[1] || (text[1] == 'u' && strlen(text) < 6)));
}

/* How many bytes of text are the secret; 0: it is not there. A text that ends in the middle of it has it. */
static size_t match(const char *text, const char *secret)
{
    size_t taken = 0, found = 0;
    for (; secret[found]; found++) {
        unsigned char byte, want = (unsigned char)secret[found];
        if (ends(text + taken))
            return found >= SHORTEST ? taken + strlen(text + taken) : 0;
        size_t n = decode(text + taken, &byte);
        if (n > 1 && (unsigned char)text[taken] == want && byte != want) { /* the secret itself has a % or \ there */
            n = 1;
            byte = want;
        }
        if (tolower(byte) != tolower(want) && !(want == ' ' && byte == '+'))
            return 0;
        taken += n;
    }
    return taken;
}

static size_t longest_match(const struct secrets *s, const char *text)
{
    size_t longest = 0;
    for (size_t at = 0; at < s->values.len; at += strlen(s->values.data + at) + 1) {
        size_t n = match(text, s->values.data + at);
        longest = n > longest ? n : longest;
    }
    return longest;
}

void secret_mask(const struct secrets *s, char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        size_t n = longest_match(s, from);
        if (n) {
            memcpy(to, "***", 3); /* n is at least SHORTEST */
            to += 3;
            from += n;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
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
    int result = io_read_file(file, &text, e);
    *value = NULL;
    if (result == 0) {
        if (text.len && text.data[text.len - 1] == '\n')
            text.len--;
        if (text.len && text.data[text.len - 1] == '\r')
            text.len--;
        if (!text.len)
            result = error_set(e, EXIT_CONFIG, "%s is empty", file);
        else if (memchr(text.data, '\0', text.len) || strpbrk(buf_text(&text), "\r\n"))
            result = error_set(e, EXIT_CONFIG, "%s holds more than one line", file);
        else
            *value = mem_text(text.data, text.len);
        secret_check_file(file, warning);
    }
    buf_free(&text);
    return result;
}
