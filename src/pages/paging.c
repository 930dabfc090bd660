/* paging: what all of pages/ shares. */
#include "pages/paging.h"

#include "json/usual.h"

int paging_records(const char *text, struct path *records, struct error *e)
{
    if (!text) {
        usual_paths(records, USUAL_RECORDS);
        return 0;
    }
    return path_records(records, text, e);
}

bool paging_in_query(const struct paging_options *o)
{
    return o->page_in == PAGE_IN_QUERY || o->page_in == PAGE_IN_QUERY_JSON;
}

int64_t paging_sum(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

bool paging_sends_json(const struct paginate *p)
{
    enum page_in in = p->paging->page_in;
    return (in == PAGE_IN_BODY && !p->form) || in == PAGE_IN_QUERY_JSON;
}

bool paging_was_at(const struct paginate *p, const struct buf *cursor)
{
    return next_same(cursor, &p->cursor.text) || (p->waymark.len && next_same(cursor, &p->waymark));
}
