/* styles: what each pagination style asks for, and where it finds that its list goes on. */
#include "paging.h"
#include "tap.h"

/* ---- what is asked for ---- */

static void asks(struct paging *t, const char *url, const char *name)
{
    if (paging_start(t))
        tap_note("%s", t->e.message);
    is_text(paging_ask(t), url, name);
    paging_end(t);
}

static void check_offset(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    t.range.offset = 250;
    asks(&t, "http://h/list?offset=250&limit=100", "offset: the offset and the page size");
    paging_init(&t, PAGING_OFFSET);
    t.range.limit = 7;
    asks(&t, "http://h/list?offset=0&limit=7", "offset: no more than is wanted");
    paging_init(&t, PAGING_OFFSET);
    t.options.param_offset = (char *)"$skip";
    t.options.param_limit = (char *)"";
    asks(&t, "http://h/list?%24skip=0", "offset: other names; an empty one sends nothing");
    paging_init(&t, PAGING_OFFSET);
    t.request.url = (char *)"http://h/list?limit=5&a=1&offset=9#x";
    asks(&t, "http://h/list?a=1&offset=0&limit=100", "offset: our parameters take the place of the URL's own");
}

static void check_first_cursor(void)
{
    struct paging t;
    paging_init(&t, PAGING_CURSOR);
    t.request.url = (char *)"http://h/list?cursor=a&limit=7";
    asks(&t, "http://h/list?cursor=a&limit=100", "cursor: the first one may stand in the URL");
}

static void check_page(void)
{
    struct paging t;
    paging_init(&t, PAGING_PAGE);
    t.range.offset = 250;
    asks(&t, "http://h/list?page=3&limit=100", "page: the page that the offset is on");
    paging_init(&t, PAGING_PAGE);
    t.range.offset = 250;
    t.options.page_base = 0;
    asks(&t, "http://h/list?page=2&limit=100", "page: counted from 0");
    paging_init(&t, PAGING_PAGE);
    t.range.limit = 7;
    asks(&t, "http://h/list?page=1&limit=100", "page: always full pages, for the number to mean something");
}

static void check_range(void)
{
    struct paging t;
    paging_init(&t, PAGING_RANGE);
    t.range.offset = 200;
    paging_start(&t);
    is_text(paging_ask(&t), "http://h/list", "range: nothing in the URL");
    is_text(buf_text(&t.made.headers), "Range-Unit: items\nRange: 200-299\n", "range: a Range header");
    is_int(paging_answer(&t, "[]", "1\n2\n", "Content-Range: 200-201/202"), PAGE_TAKEN,
           "range: the span that was asked for");
    paging_ask(&t);
    is_text(buf_text(&t.made.headers), "Range-Unit: items\nRange: 202-301\n",
            "range: one that begins in the list looks once after its total");
    paging_end(&t);
}

static void refuses_range(const char *headers, const char *what)
{
    struct paging t;
    paging_init(&t, PAGING_RANGE);
    paging_start(&t);
    paging_ask(&t);
    ok(paging_answer(&t, "[]", "1\n2\n", headers) == -1 && t.e.code == EXIT_ANSWER, "range: %s is an error", what);
    ok(!strstr(t.e.message, "calls them") || strstr(t.e.message, "where 0-99 were asked for"), "range: and says why");
    paging_end(&t);
}

static void check_where(void)
{
    struct paging t;
    paging_init(&t, PAGING_OFFSET);
    t.options.page_in = PAGE_IN_HEADER;
    paging_start(&t);
    is_text(paging_ask(&t), "http://h/list", "page-in header: nothing in the URL");
    is_text(buf_text(&t.made.headers), "offset: 0\nlimit: 100\n", "page-in header: a line each");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.options.page_in = PAGE_IN_BODY;
    t.options.param_offset = (char *)"page.from";
    t.request.data = (char *)"{ \"q\": 1.10, \"page\": {} }";
    is_int(paging_start(&t), 0, "page-in body: --data has room for our parameters");
    paging_ask(&t);
    is_text(buf_text(&t.made.body), "{\"q\":1.10,\"page\":{\"from\":0},\"limit\":100}",
            "page-in body: into the object of --data, whose own bytes stay");
    is_int(t.made.method, METHOD_POST, "page-in body: by POST");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.options.page_in = PAGE_IN_BODY;
    t.request.data = (char *)"[1]";
    ok(paging_start(&t) == -1 && t.e.code == EXIT_USAGE, "page-in body: --data must be an object");
    paging_end(&t);

    paging_init(&t, PAGING_OFFSET);
    t.request.method = METHOD_DELETE;
    ok(paging_start(&t) == -1 && t.e.code == EXIT_USAGE && strstr(t.e.message, "DELETE"),
       "a list is not read by DELETE");
    paging_end(&t);
}

/* ---- where it goes on ---- */

/* The second request after an answer; NULL: the list has ended. */
static void leads(enum paging_style style, const char *envelope, const char *records, const char *headers,
                  const char *second, const char *name)
{
    struct paging t;
    paging_init(&t, style);
    paging_start(&t);
    paging_ask(&t);
    int verdict = paging_answer(&t, envelope, records, headers);
    if (verdict < 0)
        tap_note("%s", t.e.message);
    is_text(verdict < 0 ? "an error" : paging_ask(&t), second, name);
    paging_end(&t);
}

static void refuses(enum paging_style style, const char *envelope, const char *records, const char *what,
                    const char *name)
{
    struct paging t;
    paging_init(&t, style);
    paging_start(&t);
    paging_ask(&t);
    int verdict = paging_answer(&t, envelope, records, NULL);
    ok(verdict == -1 && t.e.code == EXIT_ANSWER && strstr(t.e.message, what), "%s", name);
    if (verdict == -1 && !strstr(t.e.message, what))
        tap_note("%s", t.e.message);
    paging_end(&t);
}

static void check_cursor(void)
{
    leads(PAGING_CURSOR, "{\"data\":[],\"next_cursor\":\"a b\"}", "1\n", NULL, "http://h/list?cursor=a%20b&limit=100",
          "cursor: percent-encoded once");
    leads(PAGING_CURSOR, "{\"data\":[],\"meta\":{\"next_cursor\":17}}", "1\n", NULL,
          "http://h/list?cursor=17&limit=100", "cursor: a number, inside an object");
    leads(PAGING_CURSOR, "{\"data\":[],\"next_cursor\":null}", "1\n", NULL, NULL, "cursor: null ends the list");
    leads(PAGING_CURSOR, "{\"data\":[],\"next_cursor\":\"\"}", "1\n", NULL, NULL, "cursor: so does an empty one");
    leads(PAGING_CURSOR, "{\"data\":[],\"next_cursor\":\"x\",\"has_more\":false}", "1\n", NULL, NULL,
          "cursor: and has_more, whatever else is there");
    leads(PAGING_CURSOR, "{\"data\":[],\"next_cursor\":\"x\"}", "", NULL, "http://h/list?cursor=x&limit=100",
          "cursor: an empty page with a fresh one goes on");
    refuses(PAGING_CURSOR, "{\"data\":[],\"has_more\":true}", "1\n", "has_more is true",
            "cursor: has_more without a cursor is an error");
    refuses(PAGING_CURSOR, "{\"data\":[],\"next\":{\"page\":2}}", "1\n", "--next",
            "cursor: a next of an unknown kind is an error, not the end");
}

static void check_cursor_as_json(void)
{
    struct paging t;
    paging_init(&t, PAGING_CURSOR);
    t.options.page_in = PAGE_IN_BODY;
    list_add(&t.options.next, "last_sort");
    t.options.param_cursor = (char *)"search_after";
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "{\"data\":[],\"last_sort\":[1.50,\"x\"]}", "1\n", NULL);
    paging_ask(&t);
    is_text(buf_text(&t.made.body), "{\"search_after\":[1.50,\"x\"],\"limit\":100}",
            "cursor: in a body it keeps its type and its bytes");
    paging_end(&t);
    list_free(&t.options.next);

    paging_init(&t, PAGING_CURSOR);
    t.options.page_in = PAGE_IN_HEADER;
    paging_start(&t);
    paging_ask(&t);
    ok(paging_answer(&t, "{\"data\":[],\"next_cursor\":\"a\\r\\nX: y\"}", "1\n", NULL) == -1,
       "cursor: line breaks do not go into a header");
    paging_end(&t);

    paging_init(&t, PAGING_CURSOR);
    t.options.page_in = PAGE_IN_HEADER;
    paging_start(&t);
    paging_ask(&t);
    is_int(paging_answer(&t, "{\"data\":[],\"next_cursor\":\"a b~\"}", "1\n", NULL), PAGE_TAKEN,
           "cursor: printable text does");
    paging_ask(&t);
    ok(paging_answer(&t, "{\"data\":[],\"next_cursor\":\"a\x7f\"}", "2\n", NULL) == -1,
       "cursor: the byte after it does not");
    paging_end(&t);
}

static void check_last_id(void)
{
    leads(PAGING_LAST_ID, "{\"data\":[],\"has_more\":true}", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n", NULL,
          "http://h/list?cursor=b&limit=100", "last-id: the id of the last record");
    leads(PAGING_LAST_ID, "{\"data\":[],\"has_more\":false}", "{\"id\":\"a\"}\n", NULL, NULL,
          "last-id: has_more false ends it");
    leads(PAGING_LAST_ID, "[]", "", NULL, NULL, "last-id: so does an empty page");
    refuses(PAGING_LAST_ID, "[]", "{\"key\":1}\n", "--id", "last-id: a record without an id is an error");
}

static void check_links(void)
{
    leads(PAGING_NEXT_URL, "{\"results\":[],\"next\":\"http://h/list?page=2\"}", "1\n", NULL, "http://h/list?page=2",
          "next-url: as it is written");
    leads(PAGING_NEXT_URL, "{\"results\":[],\"next\":\"?page=2\"}", "1\n", NULL, "http://h/list?page=2",
          "next-url: relative to the page");
    leads(PAGING_NEXT_URL, "{\"rows\":[],\"next\":\"100\",\"next_url\":\"http://h/l?_next=100\"}", "1\n", NULL,
          "http://h/l?_next=100", "next-url: what is not a link is passed over");
    leads(PAGING_NEXT_URL, "{\"results\":[],\"next\":null}", "1\n", NULL, NULL, "next-url: null ends the list");
    refuses(PAGING_NEXT_URL, "{\"results\":[],\"next\":\"http://other/list?page=2\"}", "1\n", "another origin",
            "next-url: another origin is refused");
    refuses(PAGING_NEXT_URL, "{\"results\":[],\"next\":\"/list?page=2\\u0000&a=b\"}", "1\n", "U+0000",
            "next-url: a link that ends before its end is refused");
    leads(PAGING_LINK, "[]", "1\n", "Link: <http://h/list?p=1>; rel=\"first\", </list?p=2>; rel=\"next\"",
          "http://h/list?p=2", "link: the one called next");
    leads(PAGING_LINK, "[]", "1\n", "Link: <http://h/list?p=1>; rel=\"first\"\nLink: </list?p=2>; rel=\"next\"",
          "http://h/list?p=2", "link: also in a header of its own");
    leads(PAGING_LINK, "[]", "1\n", "Link: <http://h/list?p=1>; rel=\"first\"", NULL, "link: no next, no more");
    leads(PAGING_NONE, "[]", "1\n", NULL, NULL, "none: one answer is all");
}

static void check_trust(void)
{
    struct paging t;
    char *hosts[] = {(char *)"other"};
    paging_init(&t, PAGING_NEXT_URL);
    t.network.trust_host = (struct list){1, hosts};
    paging_start(&t);
    paging_ask(&t);
    is_int(paging_answer(&t, "{\"results\":[],\"next\":\"http://other/list\"}", "1\n", NULL), PAGE_TAKEN,
           "next-url: a trusted host is followed");
    paging_end(&t);

    paging_init(&t, PAGING_NEXT_URL);
    t.request.url = (char *)"https://h/list";
    paging_start(&t);
    paging_ask(&t);
    paging_answer(&t, "{\"results\":[],\"next\":\"http://h/list?page=2\"}", "1\n", NULL);
    ok(strstr(buf_text(&t.p.note), "https is used") != NULL, "next-url: http for https is noted");
    is_text(paging_ask(&t), "https://h/list?page=2", "next-url: and mended");
    paging_end(&t);
}

int main(void)
{
    check_offset();
    check_page();
    check_first_cursor();
    check_range();
    refuses_range(NULL, "no Content-Range");
    refuses_range("Content-Range: 100-101/200", "another span");
    refuses_range("Content-Range: 0-99/200", "a span of another length");
    check_where();
    check_cursor();
    check_cursor_as_json();
    check_last_id();
    check_links();
    check_trust();
    return tap_end();
}
