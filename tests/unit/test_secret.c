/* secret: what no message may show. */
#include "http/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static void masked(const struct secrets *s, const char *text, const char *want, const char *name)
{
    char copy[400];
    snprintf(copy, sizeof copy, "%s", text);
    secret_mask(s, copy);
    is_text(copy, want, name);
}

static void check_mask(void)
{
    struct secrets s = {0};
    masked(&s, "nothing is secret", "nothing is secret", "without secrets text stays as it is");
    secret_hide(&s, "abcd");
    secret_hide(&s, "abcdefgh");
    secret_hide(&s, "p@ss w/rd%");
    masked(&s, "x abcd y", "x *** y", "a secret becomes ***");
    masked(&s, "abcd", "***", "a text that is nothing else too");
    masked(&s, "abcdabcd-abcd", "******-***", "each time");
    masked(&s, "(abcdefgh)", "(***)", "the longest one counts, so that nothing of it stays");
    masked(&s, "ABCD abCd", "*** ***", "letters may have changed their case");
    masked(&s, "q=p%40ss%20w%2Frd%25&x", "q=***&x", "percent-encoded");
    masked(&s, "q=p%40ss+w%2frd%25&x", "q=***&x", "percent-encoded as forms are, in small letters");
    masked(&s, "q=p@ss%20w/rd%25&x", "q=***&x", "percent-encoded in part");
    masked(&s, "is: p@ss w/rd%", "is: ***", "as it is, with a % of its own");
    masked(&s, "cut: p@ss w", "cut: ***", "cut short by the end of the text");
    masked(&s, "cut: p%40ss%2", "cut: ***", "cut short in an escape");
    masked(&s, "cut: p@s", "cut: p@s", "three letters of one are not enough to know it");
    masked(&s, "p@ss word", "p@ss word", "what only begins like one stays");
    masked(&s, "", "", "an empty text");
    secret_free(&s);
}

static void check_short(void)
{
    struct secrets s = {0};
    secret_hide(&s, "abc");
    secret_hide(&s, "");
    masked(&s, "abc", "abc", "secrets of three letters would blot out ordinary text");
    secret_hide(&s, "***x");
    masked(&s, "***x***xx", "******x", "stars in a secret do no harm");
    secret_free(&s);
}

static void check_user(void)
{
    struct secrets s = {0};
    secret_hide_user(&s, "me", "pass:word");
    masked(&s, "me:pass:word pass:word bWU6cGFzczp3b3Jk me", "*** *** *** me",
           "a password, alone, with its name, and as HTTP Basic sends it");
    secret_free(&s);
    s = (struct secrets){0};
    secret_hide_user(&s, "sk_live_1", "");
    masked(&s, "sk_live_1", "***", "a token in the place of the name");
    secret_free(&s);
    static const char *const passwords[][2] = {{"12", "YToxMg=="}, {"123", "YToxMjM="}, {"1234", "YToxMjM0"}};
    for (size_t i = 0; i < 3; i++) {
        s = (struct secrets){0};
        secret_hide_user(&s, "a", passwords[i][0]);
        masked(&s, passwords[i][1], "***", "Basic, with the padding it needs");
        secret_free(&s);
    }
}

static void check_headers(void)
{
    struct secrets s = {0};
    secret_hide_header(&s, "Authorization: Bearer  tok-1 ", SIZE_MAX);
    secret_hide_header(&s, "Cookie: session=0123456789; theme=dark", SIZE_MAX);
    secret_hide_header(&s, "X-Api-Key;", SIZE_MAX);
    secret_hide_header(&s, "X-Tenant: ordinary", SIZE_MAX);
    secret_hide_header(&s, "Accept: application/json", 0);
    secret_hide_header(&s, "Idempotency-Key: order-17", 0);
    masked(&s, "Bearer  tok-1, tok-1", "***, ***", "a header's value, and the token in it");
    masked(&s, "no 0123456789 here, dark", "no *** here, dark", "long words of a cookie");
    masked(&s, "ordinary application/json order-17", "ordinary application/json order-17",
           "headers without credentials are no secrets");
    secret_hide_header(&s, "X-Tenant: ordinary", 9);
    masked(&s, "ordinary", "ordinary", "nor is a short value of another header");
    secret_hide_header(&s, "X-Tenant: ordinary", 8);
    masked(&s, "ordinary", "***", "a longer one is, where headers come from a file");
    secret_free(&s);
    ok(secret_in_header("x-my-TOKEN: 1") && !secret_in_header("X-Page: token") &&
           !secret_in_header("Idempotency-Key: 1"),
       "the name tells");
}

static void check_urls(void)
{
    struct secrets s = {0};
    secret_hide_url(&s, "https://me:p%40ss@h/x?a=plain&api_key=k%2Fey1&b=1");
    secret_hide_url(&s, "no URL at all");
    secret_hide_url(&s, "http://me:broken-1@/ /");
    secret_hide_param(&s, "access_token=value1");
    secret_hide_param(&s, "access_token");
    secret_hide_param(&s, "other=value2");
    masked(&s, "p@ss k/ey1 plain", "*** *** plain", "user info and telling parameters of a URL");
    masked(&s, "in http://me:broken-1@/ /", "in http://me:***@/ /", "user info of a text that is no URL");
    masked(&s, "value1 value2", "*** value2", "a parameter by its name");
    secret_free(&s);
}

/* ---- files ---- */

static char path[100];

static void write_file(const void *bytes, size_t n, mode_t mode)
{
    FILE *file = fopen(path, "w");
    fwrite(bytes, 1, n, file);
    fclose(file);
    chmod(path, mode);
}

static void reads(const void *bytes, size_t n, const char *want, const char *name)
{
    struct buf warning = {0};
    struct error e = {0};
    char *value;
    write_file(bytes, n, 0600);
    int result = secret_read(path, &value, &warning, &e);
    is_text(value, want, name);
    if (!want)
        ok(result == -1 && e.code == EXIT_CONFIG && strstr(e.message, path), "... and the error (78) names the file");
    free(value);
    buf_free(&warning);
}

static void check_files(void)
{
    struct buf warning = {0};
    struct error e = {0};
    char *value;
    snprintf(path, sizeof path, "%s/restsrc-secret-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    close(mkstemp(path));
    reads("s3cret", 6, "s3cret", "a file is a secret");
    reads("s3cret\n", 7, "s3cret", "without its newline");
    reads("s3cret\r\n", 8, "s3cret", "of any kind");
    reads(" s3c ret ", 9, " s3c ret ", "but with all else");
    reads("", 0, NULL, "an empty file is none");
    reads("\n", 1, NULL, "nor is an empty line");
    reads("a\nb", 3, NULL, "nor are two lines");
    reads("s3cret\n\n", 8, NULL, "nor a second newline");
    reads("s3\0cret", 7, NULL, "nor is one with a NUL byte");
    write_file("s3cret", 6, 0644);
    ok(secret_read(path, &value, &warning, &e) == 0 && strstr(buf_text(&warning), path) &&
           strstr(buf_text(&warning), "chmod 600"),
       "a file that others can read gets a warning");
    ok(!strstr(buf_text(&warning), "s3cret") && warning.data[warning.len - 1] == '\n',
       "of one line, without the secret");
    free(value);
    unlink(path);
    ok(secret_read(path, &value, &warning, &e) == -1 && e.code == EXIT_NO_FILE && !value, "no file is 66");
    buf_free(&warning);
}

int main(void)
{
    check_mask();
    check_short();
    check_user();
    check_headers();
    check_urls();
    check_files();
    return tap_end();
}
