/* libFuzzer target: whatever the URL, what is added to its query is found there again, and what is secret is not in
 * what is shown.
 *
 * Lines: a URL, a name, a value, a reference to resolve; then a text in which the value is a secret. */
#include "fuzz.h"
#include "http/secret.h"
#include "http/url.h"

static void check_query(const struct buf *url, const char *name, const char *value)
{
    struct buf longer = {0}, found = {0};
    buf_add(&longer, url->data, url->len);
    bool has = url_query(buf_text(&longer), name, &found);
    buf_clear(&found);
    url_add_query(&longer, name, value, strlen(value));
    require(url_query(buf_text(&longer), name, &found));
    require(has || (found.len == strlen(value) && memcmp(buf_text(&found), value, found.len) == 0));
    size_t path = (size_t)(url_queries(buf_text(&longer)) - longer.data);
    require(strncmp(longer.data, url->data, path) == 0);
    url_drop_query(&longer, name);
    require(!url_query(buf_text(&longer), name, &found));
    buf_free(&longer);
    buf_free(&found);
}

static void check_secret(const char *value, char *text)
{
    struct secrets secrets = {0};
    secret_hide(&secrets, value);
    secret_mask(&secrets, text);
    /* Shorter ones may be words such as null, which are shown. */
    require(strlen(value) < 8 || strspn(value, "*") == strlen(value) || !strstr(text, value));
    secret_free(&secrets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line[5];
    struct buf url = {0}, other = {0}, shown = {0};
    struct error e = {0};
    for (size_t i = 0; i < 5; i++)
        line[i] = fuzz_line(&data, &size);
    if (url_accept(line[0], &url, &e) == 0) {
        if (*line[1])
            check_query(&url, line[1], line[2]);
        if (url_resolve(buf_text(&url), line[3], &other) == 0)
            require(strncasecmp(buf_text(&other), "http", 4) == 0 || other.len);
        struct buf name = {0}, password = {0};
        secret_redact(buf_text(&url), &shown);
        url_user(buf_text(&url), &name, &password);
        buf_free(&name);
        buf_free(&password);
    }
    url_missing_scheme(line[0]);
    secret_is_name(line[1], strlen(line[1]));
    check_secret(line[2], line[4]);
    buf_free(&url);
    buf_free(&other);
    buf_free(&shown);
    for (size_t i = 0; i < 5; i++)
        free(line[i]);
    return 0;
}
