/* incoming: an answer as it comes in. */
#include "http/incoming.h"

#include <string.h>

enum { ERROR_BODY = 65536, UNWANTED = 1 << 20 };

static bool is_good(const struct incoming *in)
{
    return in->status / 100 == 2;
}

static int on_text(void *user, const char *bytes, size_t n)
{
    struct incoming *in = user;
    if (in->endless)
        in->raw = 0;
    if (!is_good(in)) {
        size_t room = ERROR_BODY - in->error_body.len;
        buf_add(&in->error_body, bytes, n < room ? n : room);
        if (!in->any_status)
            return 0;
    }
    in->stopped = in->sink(in->user, bytes, n) != 0;
    return in->stopped ? -1 : 0;
}

/* Who takes any answer takes it as it is. */
static int on_plain(void *user, const char *bytes, size_t n)
{
    struct incoming *in = user;
    if (in->any_status)
        return on_text(in, bytes, n);
    int result = charset_feed(&in->charset, bytes, n, on_text, in);
    if (result && !in->stopped)
        in->broken = "is not in the charset of its Content-Type";
    return result;
}

/* A file that is compressed itself, whatever its type says: no JSON begins so. Who takes any answer takes the file. */
static bool is_gzip_file(const struct incoming *in, const char *bytes, size_t n)
{
    return is_good(in) && !in->any_status && !in->gunzip.z && n > 2 && memcmp(bytes, "\x1f\x8b\x08", 3) == 0;
}

static int begin_body(struct incoming *in, const char *bytes, size_t n)
{
    in->begun = true;
    charset_begin(&in->charset, head_find(&in->head, "Content-Type", NULL));
    for (const char *coding = NULL; (coding = head_find(&in->head, "Content-Encoding", coding));)
        if (gzip_begin(&in->gunzip, coding)) {
            in->broken = "is compressed in a way that was not asked for";
            return -1;
        }
    return is_gzip_file(in, bytes, n) ? gzip_begin(&in->gunzip, "gzip") : 0;
}

static int take_body(struct incoming *in, const char *bytes, size_t n)
{
    if (!in->begun && begin_body(in, bytes, n))
        return -1;
    if (gzip_feed(&in->gunzip, bytes, n, on_plain, in) == 0)
        return 0;
    if (!is_good(in) && !in->error_body.len && *bytes >= ' ' && *bytes < 0x7f) /* its header alone says so */
        on_plain(in, bytes, n);
    if (!in->stopped && !in->broken)
        in->broken = in->gunzip.gzip ? "is not gzip, as its Content-Encoding says (--no-compressed)"
                                     : "is not deflate, as its Content-Encoding says (--no-compressed)";
    return -1;
}

void incoming_begin(struct incoming *in)
{
    buf_clear(&in->error_body);
    gzip_end(&in->gunzip);
    charset_end(&in->charset);
    head_clear(&in->head);
    in->stopped = in->begun = false;
    in->broken = NULL;
    in->raw = 0;
}

void incoming_free(struct incoming *in)
{
    gzip_end(&in->gunzip);
    charset_end(&in->charset);
    head_free(&in->head);
    buf_free(&in->error_body);
}

/* The status of what is not a success counts, whatever is wrong with its body; and nobody needs much of that. */
int incoming_feed(struct incoming *in, const char *bytes, size_t n)
{
    size_t most = is_good(in) || in->any_status ? in->most : UNWANTED;
    in->raw += n;
    if (in->raw > most)
        in->broken = "is larger than --max-page-bytes";
    else if ((in->broken && !is_good(in)) || take_body(in, bytes, n) == 0 || (!in->stopped && !is_good(in)))
        return 0;
    return -1;
}
