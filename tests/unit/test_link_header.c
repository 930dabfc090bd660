/* Link headers: the examples of RFC 8288, and what servers write. */
#include "pages/link_header.h"
#include "tap.h"

/* An answer with these Link headers, ended by NULL. */
static const char *header(const void *answer, const char *name, const char *previous)
{
    const char *const *values = answer;
    if (strcmp(name, "Link"))
        return NULL;
    while (previous && *values++ != previous)
        continue;
    return *values;
}

static void finds(const char *relation, const char *first, const char *second, const char *target)
{
    const char *const answer[] = {first, second, NULL};
    struct buf found = {0};
    bool is = link_header_find(header, answer, relation, &found) == LINK_FOUND;
    is_text(is ? buf_text(&found) : NULL, target, first ? first : "no header at all");
    buf_free(&found);
}

/* Without brackets: a comma ends it where a blank follows. */
static void bare_examples(void)
{
    finds("next", "/list?in=1,2,3&page=2; rel=next", NULL, "/list?in=1,2,3&page=2");
    finds("next", "/list?in=1,2; rel=prev, /list?in=1,2,3; rel=next", NULL, "/list?in=1,2,3");
    finds("next", "/a,,b; rel=next", NULL, "/a,,b");
    finds("next", "/a,;rel=next", NULL, "/a,");
}

static void rfc_examples(void)
{
    finds("previous", "<http://example.com/TheBook/chapter2>; rel=\"previous\"; title=\"previous chapter\"", NULL,
          "http://example.com/TheBook/chapter2");
    finds("http://example.net/foo", "</>; rel=\"http://example.net/foo\"", NULL, "/");
    finds("copyright", "</terms>; rel=\"copyright\"; anchor=\"#foo\"", NULL, NULL);
    finds("next",
          "</TheBook/chapter2>; rel=\"previous\"; title*=UTF-8'de'letztes%20Kapitel, "
          "</TheBook/chapter4>; rel=\"next\"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel",
          NULL, "/TheBook/chapter4");
    finds("next", "<http://example.org/>; rel=\"start http://example.net/relation/other\"", NULL, NULL);
    finds("http://example.net/relation/other", "<http://example.org/>; rel=\"start http://example.net/relation/other\"",
          NULL, "http://example.org/");
    finds("start", "<https://example.org/>; rel=\"start\", <https://example.org/index>; rel=\"index\"", NULL,
          "https://example.org/");
    finds("index", "<https://example.org/>; rel=\"start\", <https://example.org/index>; rel=\"index\"", NULL,
          "https://example.org/index");
}

static void spellings(void)
{
    finds("next", "<a>; rel=\"nextPage\"", NULL, "a");
    finds("next", "<a>; rel=\"prev-page\", <b>; rel=\"next-page\"", NULL, "b");
    finds("next", "<a>; rel=NEXT_PAGE", NULL, "a");
    finds("prev", "<a>; rel=\"prevPage\"", NULL, "a");
    finds("next", "<a>; rel=nextpages", NULL, NULL);
    finds("next", "<a>; rel=nex", NULL, NULL);
    finds("next", "<a>; rel=\"next-\"", NULL, NULL);
    finds("next", "<a>; rel=older, <b>; rel=newer", NULL, "a");
    finds("next", "<a>; rel=older", "<b>; rel=next", "b");
    finds("prev", "<a>; rel=older", NULL, NULL);
}

static void headers(void)
{
    finds("next", NULL, NULL, NULL);
    finds("next", "<a>; rel=prev", "<b>; rel=next", "b");
    finds("next", "<a>; rel=next", "<b>; rel=next", "a");
    finds("next", "<a>; rel=next, <b>; rel=next", NULL, "a");
}

static void relations(void)
{
    finds("next", "<a>; rel=NEXT", NULL, "a");
    finds("next", "<a>; REL=\"Next\"", NULL, "a");
    finds("next", "<a>; rel=nextish", NULL, NULL);
    finds("next", "<a>; rel=\"prev-next\"", NULL, NULL);
    finds("next", "<a>; rel=\" prev  next \"", NULL, "a");
    finds("next", "<a>; rel=prev; rel=next", NULL, NULL); /* only the first counts: RFC 8288, section 3.3 */
    finds("next", "<a>; xrel=next", NULL, NULL);
    finds("next", "<a>; rel", NULL, NULL);
    finds("next", "<a>; rel=", NULL, NULL);
    finds("next", "<a>", NULL, NULL);
    finds("next", "<a>; rev=next", NULL, NULL);
    finds("next", "<a>; rel=next; anchor=\"#comments\", <b>; rel=next; anchor=\"/list\"", NULL, "b");
}

static void syntax(void)
{
    finds("next", "<a>;rel=next", NULL, "a");
    finds("next", "<a> ;\trel = next ; x", NULL, "a");
    finds("next", "<a>; rel = \"next\"", NULL, "a");
    finds("next", "<a>; title=\"b, <c>; rel=next\"; rel=prev, <d>; rel=next", NULL, "d");
    finds("next", "<a>; title=\"\\\"; rel=next, <b>; rel=next\"", NULL, NULL);
    finds("next", "<a>; x; y=1;; z=\"\"; rel=next", NULL, "a");
    finds("next", "<>; rel=next", NULL, "");
    finds("next", "<?a=1,2;3&b=%3E>; rel=next", NULL, "?a=1,2;3&b=%3E");
    finds("next", ", ,<a>; rel=next,", NULL, "a");
    finds("next", "<a>; title=\"open, <b>; rel=next", NULL, NULL);
    finds("next", "<a; rel=next", NULL, NULL);
    finds("next", "a; rel=next", NULL, NULL);
    finds("next", "", NULL, NULL);
}

static void says(const char *value, enum link_found expected)
{
    const char *const answer[] = {value, NULL};
    struct buf found = {0};
    is_int(link_header_find(header, answer, "next", &found), expected, value);
    buf_free(&found);
}

static void odd_writing(void)
{
    finds("next", "<a>; rel='next'", NULL, "a");
    finds("next", "<a>; rel='prev', <b>; title='x, y'; rel='last next'", NULL, "b");
    finds("next", "http://h/a?x=1,2&page=2; rel=\"next\"", NULL, "http://h/a?x=1,2&page=2");
    finds("next", "/a?page=1; rel=prev, /a?page=3; rel=next", NULL, "/a?page=3");
    finds("next", "<a>; rel=prev, , <b,c>; rel=next", NULL, "b,c");
    says("<a; rel=next", LINK_UNREADABLE);
    says("page 2; rel=next", LINK_UNREADABLE);
    says("; rel=next", LINK_UNREADABLE);
    says("<a>; title=\"open, <b>; rel=next", LINK_UNREADABLE);
    says("page 2; rel=prev", LINK_NONE);
    says("<a>; rel=prev; title=\"closed\"", LINK_NONE);
    says("page 2; rel=next, <b>; rel=next", LINK_FOUND);
}

static void no_results(void)
{
    says("<a>; rel=\"next\"; results=\"false\"; cursor=\"0:5:0\"", LINK_NONE);
    says("<a>; rel=\"next\"; results=\"true\"", LINK_FOUND);
    says("<a>; results=\"false\"; rel=\"previous\", <b>; rel=\"next\"; results=\"true\"", LINK_FOUND);
}

int main(void)
{
    rfc_examples();
    bare_examples();
    headers();
    spellings();
    relations();
    syntax();
    odd_writing();
    no_results();
    return tap_end();
}
