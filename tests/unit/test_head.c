/* head: headers as they come in. */
#include "http/head.h"
#include "tap.h"

static void add(struct head *h, const char *line)
{
    head_add(h, line, strlen(line));
}

static void check_find(void)
{
    struct head h = {0};
    ok(!head_find(&h, "Link", NULL), "nothing has come");
    add(&h, "HTTP/1.1 200 OK\r\n");
    add(&h, "LINK:  <a>; rel=next \t\r\n");
    add(&h, "X-Link: x\r\n");
    add(&h, "Empty:\r\n");
    add(&h, "link: <b>\n");
    const char *first = head_find(&h, "Link", NULL), *second = first ? head_find(&h, "Link", first) : NULL;
    is_text(first, "<a>; rel=next", "a header, whatever the case of its name, without the blanks around it");
    is_text(second, "<b>", "the next of that name");
    ok(second && !head_find(&h, "Link", second), "and no more");
    is_text(head_find(&h, "Empty", NULL), "", "an empty one");
    ok(!head_find(&h, "Lin", NULL) && !head_find(&h, "Link:", NULL) && !head_find(&h, "HTTP/1.1 200 OK", NULL),
       "no other name is it");
    ok(!h.ended, "the end has not come");
    add(&h, "\r\n");
    ok(h.ended, "the blank line is the end");
    add(&h, "Trailer: x\r\n");
    ok(!head_find(&h, "Trailer", NULL), "what follows is no header");
    head_free(&h);
}

static void check_more(void)
{
    struct head h = {0};
    add(&h, "HTTP/1.1 103 Early Hints\r\n");
    add(&h, "Link: <hint>\r\n");
    add(&h, "\r\n");
    add(&h, "HTTP/2 200 \r\n");
    ok(!h.ended && !head_find(&h, "Link", NULL), "an answer after a hint begins anew");
    add(&h, "Folded: a\r\n");
    add(&h, " \t b\r\n");
    is_text(head_find(&h, "Folded", NULL), "a b", "a folded header is one");
    int result = 0;
    for (int i = 0; i < 200000 && result == 0; i++)
        result = head_add(&h, "Link: x\r\n", 9);
    ok(result == -1 && h.lines.len <= 1 << 20, "headers without end have one");
    head_free(&h);
}

int main(void)
{
    check_find();
    check_more();
    return tap_end();
}
