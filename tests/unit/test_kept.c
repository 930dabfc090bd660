#include "http/kept.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

/* A connection that has carried a request and its answer. */
struct pair {
    int client, server, port;
};

static struct pair connected(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    struct pair p = {.client = socket(AF_INET, SOCK_STREAM, 0)};
    char bytes[8];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bool there = bind(listener, (struct sockaddr *)&a, len) == 0 && listen(listener, 1) == 0 &&
                 getsockname(listener, (struct sockaddr *)&a, &len) == 0 &&
                 connect(p.client, (struct sockaddr *)&a, len) == 0 && (p.server = accept(listener, NULL, NULL)) >= 0 &&
                 send(p.client, "request", 7, 0) == 7 && recv(p.server, bytes, 7, MSG_WAITALL) == 7 &&
                 send(p.server, "answer", 6, 0) == 6 && recv(p.client, bytes, 6, MSG_WAITALL) == 6 &&
                 getsockname(p.client, (struct sockaddr *)&a, &len) == 0;
    if (!there)
        perror("a connection");
    close(listener);
    p.port = ntohs(a.sin_port);
    return p;
}

static void reset(int socket)
{
    struct linger l = {.l_onoff = 1};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &l, sizeof l);
    close(socket);
}

/* Emulators and some sandboxes have no TCP_INFO: no connection is kept there. */
static bool system_tells(void)
{
    struct kept k;
    struct pair p = connected();
    kept_init(&k);
    kept_take(&k, p.client, 1);
    bool tells = k.socket >= 0;
    ok(tells || !kept_is_good(&k, 1.1), "where the system does not tell, none is kept");
    close(p.client);
    close(p.server);
    return tells;
}

static void over(struct kept *k, const struct pair *p)
{
    kept_end(k);
    close(p->client);
}

static void test_good(void)
{
    struct kept k;
    struct pair p = connected();
    kept_init(&k);
    ok(!kept_is_good(&k, 1), "there is none");
    kept_take(&k, p.client, 1);
    ok(kept_is_good(&k, 1.1), "one that was used lately");
    kept_take(&k, p.client, 1.3);
    kept_take(&k, p.client, 1.7);
    ok(kept_is_good(&k, 2), "it is used all the time");
    ok(!kept_is_good(&k, 9), "it has waited for too long");
    ok(!k.never && !kept_is_good(&k, 2), "it is closed then");
    over(&k, &p);
    close(p.server);
}

static void test_life(void)
{
    struct kept k;
    struct pair p = connected();
    kept_init(&k);
    for (int i = 0; i < 20; i++)
        kept_take(&k, p.client, i * 0.2);
    ok(!kept_is_good(&k, 3.9), "it has served for too long");
    over(&k, &p);
    close(p.server);
}

static void test_worth(void)
{
    struct kept k;
    kept_init(&k);
    kept_missed(&k, 0.015);
    ok(!kept_is_worth_it(&k), "opening connections has cost little so far");
    kept_missed(&k, 0.015);
    ok(kept_is_worth_it(&k), "it has cost enough");
    k.never = true;
    ok(!kept_is_worth_it(&k), "the server does not keep its word");
}

/* The number of a socket that was closed is another's. */
static void test_stranger(void)
{
    struct kept k;
    struct pair p = connected(), q = connected();
    kept_init(&k);
    kept_take(&k, p.client, 1);
    dup2(q.client, p.client);
    ok(!kept_is_good(&k, 1.1) && !k.never, "another connection is not the one that was kept");
    ok(send(q.client, "x", 1, MSG_NOSIGNAL) == 1, "it is left alone");
    over(&k, &p);
    close(p.server);
    close(q.client);
    close(q.server);
}

static void test_end_between(void)
{
    struct kept k;
    struct pair p = connected();
    kept_init(&k);
    kept_take(&k, p.client, 1);
    close(p.server);
    ok(!kept_is_good(&k, 1.1) && k.never, "one that the server has closed: none is kept any more");
    over(&k, &p);
}

/* What the server does once a request has been sent, and whether it is certain that it has not got it. */
static void check_end(const char *name, bool first, bool resets, bool expected)
{
    struct kept k;
    struct pair p = connected();
    char bytes[8];
    kept_init(&k);
    kept_take(&k, p.client, 1);
    ok(!kept_begin(&k, p.port + 1) && kept_begin(&k, p.port), "%s: it is the one with this port", name);
    ok(!kept_ended_before(&k), "%s: it has not ended", name);
    if (first)
        resets ? reset(p.server) : close(p.server);
    send(p.client, "request", 7, MSG_NOSIGNAL);
    if (!first) {
        recv(p.server, bytes, 7, MSG_WAITALL);
        resets ? reset(p.server) : close(p.server);
    }
    ok(kept_ended_before(&k) == expected, "%s", name);
    ok(k.never == expected, "%s: none is kept any more", name);
    close(p.client); /* as libcurl does */
    ok(kept_ended_before(&k) == expected, "%s: also once libcurl has closed it", name);
    kept_end(&k);
}

int main(void)
{
    test_worth();
    if (!system_tells())
        return tap_end();
    test_good();
    test_life();
    test_stranger();
    test_end_between();
    check_end("ended before the request came", true, false, true);
    check_end("reset before the request came, which cannot be told", true, true, false);
    check_end("ended after the request came", false, false, false);
    check_end("reset after the request came", false, true, false);
    return tap_end();
}
