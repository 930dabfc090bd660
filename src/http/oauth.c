#include "http/oauth.h"

#include <curl/curl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>

#include "base/io.h"
#include "http/retry.h"
#include "http/url.h"

enum { ANSWER = 65536 };

static int on_token(void *user, const char *bytes, size_t n)
{
    return buf_add(user, bytes, n);
}

static void set_form(struct http *h, const char *url, const char *user, const char *password, const struct buf *form)
{
    h->headers = curl_slist_append(NULL, "Accept: application/json");
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(h->easy, CURLOPT_URL, url);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, form->data);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form->len);
    curl_easy_setopt(h->easy, CURLOPT_AWS_SIGV4, NULL);
    curl_easy_setopt(h->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(h->easy, CURLOPT_USERNAME, user);
    curl_easy_setopt(h->easy, CURLOPT_PASSWORD, password);
}

/* Returns early when a signal comes. */
static void pause_for(double seconds)
{
    struct pollfd wake = {.fd = io_signal_fd(), .events = POLLIN};
    poll(&wake, 1, (int)ceil(seconds * 1000));
}

/* curl_easy_perform(), but a signal ends it at once. */
static CURLcode perform(CURL *easy)
{
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    CURLM *multi = curl_multi_init();
    struct curl_waitfd wake = {.fd = io_signal_fd(), .events = CURL_WAIT_POLLIN};
    int running = 1, left;
    CURLMsg *message;
    curl_multi_add_handle(multi, easy);
    while (running && !io_signalled()) {
        curl_multi_perform(multi, &running);
        if (running)
            curl_multi_poll(multi, &wake, 1, 1000, NULL);
    }
    while ((message = curl_multi_info_read(multi, &left)))
        code = message->data.result;
    curl_multi_remove_handle(multi, easy);
    curl_multi_cleanup(multi);
    return code;
}

static void show_token_request(const struct http_client *c, const char *before, long status, const char *url)
{
    struct buf line = {0};
    buf_adds(&line, before);
    if (status)
        buf_addf(&line, "%ld ", status);
    url_redact(url, &line);
    http_client_tell(c, true, &line);
    buf_free(&line);
}

/* One try. A token is asked for while everything else waits: nothing can be sent without it. */
static int fetch_token(void *ctx, const char *url, const char *user, const char *password, const struct buf *form,
                       struct buf *answer, long *status, struct error *e)
{
    struct http_client *c = ctx;
    struct http h;
    answer->cap = ANSWER;
    http_open(&h, c);
    h.sink = on_token;
    h.user = answer;
    h.any_status = true;
    set_form(&h, url, user, password, form);
    show_token_request(c, "> POST ", 0, url);
    CURLcode code = perform(h.easy);
    *status = http_status(&h);
    if (code == 0)
        show_token_request(c, "< ", *status, url);
    c->token_may_pass = code ? http_may_pass(&h, (int)code) : retry_status(*status);
    c->token_pause = code ? 0 : http_pause(&h);
    if (code) {
        struct error cause = {0};
        http_network_error(&h, (int)code, &cause);
        error_set(e, cause.code, "no token: %s", cause.message);
    }
    http_close(&h);
    return code ? -1 : 0;
}

int oauth_authorize(struct http_client *c, struct buf *authorization, struct error *e)
{
    const struct options *o = c->options;
    struct retry_policy policy = retry_policy(o->retry, o->retry_delay, o->retry_max_time);
    double waited = 0;
    unsigned tries = 0;
    int result;
    c->token_may_pass = false;
    while ((result = auth_value(&c->auth, fetch_token, c, authorization, e)) && c->token_may_pass && !io_signalled()) {
        struct buf line = {0};
        double wait = retry_wait(&policy, ++tries, c->token_pause, erand48(c->random));
        if (!retry_allowed(&policy, tries, waited + wait))
            break;
        buf_addf(&line, "%s; try %u of %ld in %.3g s", e->message, tries + 1, policy.tries + 1, wait);
        http_client_tell(c, false, &line);
        buf_free(&line);
        pause_for(wait);
        waited += wait;
        c->token_may_pass = false;
    }
    http_client_warn(c);
    return result;
}
