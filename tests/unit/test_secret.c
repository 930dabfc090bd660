/* secret: what no message may show. */
#include "http/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
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
    secret_hide(&s, "long enough");
    ok(secret_hides(&s, "it is long enough") && !secret_hides(&s, "it is short"),
       "whether a text has one can be asked");
    secret_free(&s);
    s = (struct secrets){0};
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
    secret_hide_header(&s, "Cookie: a=12345678; b=7654321", SIZE_MAX);
    masked(&s, "12345678, 7654321.", "***, 7654321.", "words of eight letters, alone; shorter ones only with the rest");
    secret_free(&s);
    s = (struct secrets){0};
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

static void check_names(void)
{
    static const char *const telling[] = {
        /* of headers */
        "Authorization", "Proxy-Authorization", "X-Auth", "X-Auth-User", "X-Session", "X-Credential", "Cookie",
        "X-Api-Key", "Ocp-Apim-Subscription-Key", "X-Plex-Token", "PRIVATE-TOKEN", "X-Amz-Security-Token",
        "X-Hub-Signature-256", "DD-APPLICATION-KEY", "apikey",
        /* of parameters */
        "X-Goog-Signature", "X-Goog-Credential", "X-Amz-Algorithm", "x-amz-date", "code", "token_auth", "user_key",
        "oauth_token", "oauth_signature", "job_token", "access-token", "accessToken", "access%5Ftoken", "jwt", "sig",
        "pwd", "auth", "sessionid", "session_id", "PHPSESSID", "appid", "hapikey", "api_key", "apiKey", "key", "pass",
        "password", "user_password", "client_secret", "refresh_token", "id_token", "AWSAccessKeyId", "client_assertion",
        "authKey", "userToken2", "app_key", "license_key"};
    static const char *const plain[] = {"",
                                        "page",
                                        "pageToken",
                                        "page_token",
                                        "nextPageToken",
                                        "next_token",
                                        "NextToken",
                                        "continuationToken",
                                        "x-ms-continuationtoken",
                                        "$skiptoken",
                                        "syncToken",
                                        "pagination_token",
                                        "start_token",
                                        "startkey",
                                        "start_key",
                                        "sort_key",
                                        "ExclusiveStartKey",
                                        "LastEvaluatedKey",
                                        "project_key",
                                        "keyword",
                                        "keys",
                                        "author",
                                        "authors",
                                        "authority",
                                        "country_code",
                                        "postcode",
                                        "max_tokens",
                                        "sessions",
                                        "design",
                                        "signed_after",
                                        "passenger",
                                        "assigned",
                                        "count",
                                        "cursor",
                                        "X-Tenant",
                                        "Accept",
                                        "Content-Type",
                                        "Idempotency-Key",
                                        "Prefer",
                                        "monkey",
                                        "app_id"};
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        ok(secret_is_name(telling[i], strlen(telling[i])), "%s says that it is secret", telling[i]);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        ok(!secret_is_name(plain[i], strlen(plain[i])), "%s does not", *plain[i] ? plain[i] : "no name");
}

/* As it is, percent-encoded, as JSON, and two of them: a server may name a secret in any of these. */
static void check_layers(void)
{
    struct secrets s = {0};
    secret_hide(&s, "a%25b\"c\\\\d e");
    masked(&s, "is a%25b\"c\\\\d e.", "is ***.", "a secret that looks encoded, as it is");
    masked(&s, "is a%2525b%22c%5C%5Cd%20e.", "is ***.", "percent-encoded");
    masked(&s, "is a%2525b%22c%5C%5Cd+e.", "is ***.", "as a form has it");
    masked(&s, "is \"a%25b\\\"c\\\\\\\\d e\".", "is \"***\".", "as JSON spells it");
    masked(&s, "is a%25b\\u0022c\\u005C\\u005cd e.", "is ***.", "as JSON may spell it");
    masked(&s, "is a%252525b%2522c%255C%255Cd%2520e.", "is ***.", "percent-encoded twice");
    masked(&s, "is a%25b\\\\\\\"c\\\\\\\\\\\\\\\\d e.", "is ***.", "JSON in JSON");
    masked(&s, "is a%2525b%22c%5C%5Cd\\u002520e.", "is ***.", "percent-encoded, and that as JSON may spell it");
    masked(&s, "is a%25b\\\"c\\\\\\", "is ***", "cut short in an escape");
    masked(&s, "is a%2525b%22c%5", "is ***", "of either kind");
    masked(&s, "a%b\"c\\d e", "a%b\"c\\d e", "what is only like it stays");
    secret_free(&s);
    s = (struct secrets){0};
    secret_hide(&s, "m\xc3\xbcller-\xf0\x9f\x98\x80");
    masked(&s, "m\xc3\xbcller-\xf0\x9f\x98\x80, m%C3%BCller-%f0%9f%98%80, m\\u00fcller-\\uD83D\\uDE00", "***, ***, ***",
           "letters beyond ASCII");
    secret_free(&s);
    s = (struct secrets){0};
    secret_hide(&s, "abcd");
    secret_hide(&s, "cdefg");
    secret_hide(&s, "true");
    masked(&s, "abcdefg ab\\ true %zz %4 \\u12", "*** ab\\ true %zz %4 \\u12", "two that overlap are one");
    masked(&s, "%61bcd\\u0061bcd%", "******%", "side by side they are two");
    secret_free(&s);
}

/* A second would be too much for any of these by far; one that takes n*n steps takes minutes. */
static void check_time(void)
{
    enum { LENGTH = 1 << 20 };
    static const char *const pieces[] = {"a", "%61", "\\u0061", "\\\\", "%25", "%2525", "\\u"};
    struct secrets s = {0};
    struct buf secret = {0}, text = {0};
    for (int i = 0; i < 20000; i++)
        buf_addc(&secret, 'a');
    buf_addc(&secret, 'b');
    secret_hide(&s, buf_text(&secret));
    for (int i = 0; i < 5; i++) {
        secret.data[secret.len - 2 - (size_t)i] = 'c';
        secret_hide(&s, secret.data);
    }
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        buf_clear(&text);
        while (text.len < LENGTH)
            buf_adds(&text, pieces[i]);
        buf_adds(&text, ".");
        clock_t began = clock();
        secret_mask(&s, text.data);
        double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
        ok(seconds < 30, "a megabyte of %s is looked through in %.2f s", pieces[i], seconds);
    }
    buf_free(&secret);
    buf_free(&text);
    secret_free(&s);
}

static void check_urls(void)
{
    struct secrets s = {0};
    secret_hide_url(&s, "https://me:p%40ss@h/x?a=plain&api_key=k%2Fey1&b=1");
    secret_hide_url(&s, "https://h/?api_key&token#access_token=k-ey2&c=common");
    secret_hide_url(&s, "no URL at all");
    secret_hide_url(&s, "http://me:broken-1@/ /");
    secret_hide_param(&s, "access_token=value1");
    secret_hide_param(&s, "access_token");
    secret_hide_param(&s, "other=value2");
    masked(&s, "p@ss k/ey1 plain", "*** *** plain", "user info and telling parameters of a URL");
    masked(&s, "k-ey2 common", "*** common", "also after a #");
    masked(&s, "in http://me:broken-1@/ /", "in http://me:***@/ /", "user info of a text that is no URL");
    masked(&s, "value1 value2", "*** value2", "a parameter by its name");
    secret_free(&s);
    s = (struct secrets){0};
    secret_hide_url(&s, "https://example.com/@scope/me:name@2?to=a@b");
    masked(&s, "https://example.com/@scope/me:name@2?to=a@b", "https://example.com/@scope/me:name@2?to=a@b",
           "an @ in a path is not the end of a user info");
    secret_free(&s);
}

static void shows(const char *url, const char *want)
{
    struct buf out = {0};
    secret_redact(url, &out);
    is_text(buf_text(&out), want, want);
    buf_free(&out);
}

static void check_redact(void)
{
    shows("http://h/items?a=1&b=%20", "http://h/items?a=1&b=%20");
    shows("http://me:hidden@h/x", "http://***@h/x");
    shows("http://me:hid@den@h/x", "http://***@h/x");
    shows("http://token@h:80/x?y", "http://***@h:80/x?y");
    shows("http://h/x@y?z=@", "http://h/x@y?z=@");
    shows("http://h/?api_key=hidden&a=1", "http://h/?api_key=***&a=1");
    shows("http://h/?a=1&TOKEN=hidden", "http://h/?a=1&TOKEN=***");
    shows("http://h/?api%5Fkey=hidden", "http://h/?api%5Fkey=***");
    shows("http://h/?token=hid=den&x", "http://h/?token=***&x");
    shows("http://h/?token&tokens=1&my=token", "http://h/?token&tokens=1&my=token");
    shows("http://h/@me/x@y?to=a@b#c@d", "http://h/@me/x@y?to=a@b#c@d");
    shows("http://h/?a=1#access_token=hidden&b=2", "http://h/?a=1#access_token=***&b=2");
    shows("http://h/#id_token=hidden", "http://h/#id_token=***");
    shows("http://h/?a=1&", "http://h/?a=1&");
    static const char *const names[] = {"access_token",
                                        "apikey",
                                        "api-key",
                                        "key",
                                        "password",
                                        "secret",
                                        "sig",
                                        "signature",
                                        "auth",
                                        "client_secret",
                                        "X-Amz-Signature",
                                        "X-Amz-Credential",
                                        "X-Amz-Security-Token"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char url[100], want[100];
        snprintf(url, sizeof url, "https://h/?%s=hidden", names[i]);
        snprintf(want, sizeof want, "https://h/?%s=***", names[i]);
        shows(url, want);
    }
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
    check_names();
    check_urls();
    check_redact();
    check_layers();
    check_time();
    check_files();
    return tap_end();
}
