/* plan: what the reading of a list would take. */
#include "cli/plan.h"

#include "base/io.h"
#include "cli/report.h"
#include "http/answer.h"
#include "http/rate.h"
#include "http/ratelimit.h"
#include "pages/paginate.h"

/* How many records the server gives of a page. */
static int look_at_page(const struct options *o, struct ask *ask, const struct path *places, int64_t *given,
                        struct error *e)
{
    struct http_options http = options_http(o);
    struct range_options range = o->range;
    struct paginate paginate;
    struct page page;
    range.on_drift = DRIFT_IGNORE;
    int result = paginate_init(&paginate, &o->paging, &range, &http, e);
    if (result == 0) {
        paginate_next(&paginate, &page, &ask->request);
        ask->first = true;
        result = ask_request(ask, places);
        if (result)
            *e = ask->error;
    }
    *given = ask->split.count;
    paginate_free(&paginate);
    return result;
}

static const char *header_of(const void *headers, const char *name)
{
    return answer_header(headers, name, NULL);
}

int plan_make(const struct options *o, struct ask *ask, const struct path *places, int64_t records, struct buf *out,
              struct error *e)
{
    int64_t given, counting = ask->stats.requests;
    struct rate rate;
    if (rate_init(&rate, o->network.rate, NULL, 0, e) || look_at_page(o, ask, places, &given, e))
        return -1;
    struct report_plan plan = {.records = records, .page_size = o->range.page_size, .left = -1, .reset = -1};
    if (given > 0 && given < records && (given < plan.page_size || o->paging.paginate == PAGING_NONE))
        plan.page_size = given;
    plan.pages = records / plan.page_size + (records % plan.page_size > 0);
    plan.pages = plan.pages ? plan.pages : 1;
    plan.requests = plan.pages + counting;
    plan.minutes = rate.interval > 0 ? (double)plan.requests * rate.interval / 60 : -1;
    ratelimit_left(header_of, ask->exchange, io_time(), &plan.left, &plan.reset);
    report_plan(&plan, out);
    rate_free(&rate);
    return 0;
}
