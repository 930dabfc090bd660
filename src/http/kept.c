/* kept: the connection that a request which must not be sent twice has left open for the next one. */
#include "http/kept.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/tcp.h>
#endif

static const double LONGEST_LIFE = 3, TRIAL = 0.02; /* seconds */

/* The end of a connection counts one byte, after the close_notify of TLS, which has 24 to 85. Nothing else that a
 * server sends unasked is so short. */
enum { LONGEST_END = 100 };

#ifdef __linux__
/* false: the system does not say. Over a connection that has carried a request, bytes were acknowledged. */
static bool count(int socket, uint64_t *acked, uint64_t *received)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &len) ||
        len < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        return false;
    *acked = info.tcpi_bytes_acked;
    *received = info.tcpi_bytes_received;
    return *acked && *received;
}
#else
static bool count(int socket, uint64_t *acked, uint64_t *received)
{
    (void)socket;
    *acked = *received = 0;
    return false;
}
#endif

/* Neither bytes nor an end come, nor have come since the last answer. */
static bool is_silent(int socket, double seconds)
{
    struct pollfd p = {.fd = socket, .events = POLLIN};
    return poll(&p, 1, (int)(seconds * 1000)) == 0;
}

/* 0: it has none. */
static int local_port(int socket)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = {0};
    socklen_t len = sizeof a;
    if (getsockname(socket, &a.any, &len))
        return 0;
    return a.any.sa_family == AF_INET ? ntohs(a.v4.sin_port) : a.any.sa_family == AF_INET6 ? ntohs(a.v6.sin6_port) : 0;
}

void kept_init(struct kept *k)
{
    *k = (struct kept){.socket = -1, .watched = -1};
}

void kept_missed(struct kept *k, double seconds)
{
    k->missed += seconds;
}

bool kept_is_worth_it(const struct kept *k)
{
    return !k->never && k->missed >= TRIAL;
}

/* libcurl may have closed the socket meanwhile, and its number may be another's. */
static bool is_there(const struct kept *k)
{
    return k->socket >= 0 && local_port(k->socket) == k->port;
}

void kept_take(struct kept *k, int socket, double now)
{
    uint64_t acked, received;
    int port = socket >= 0 && count(socket, &acked, &received) ? local_port(socket) : 0;
    if (port != k->port)
        k->opened = now;
    k->used = now;
    k->port = port;
    k->socket = port ? socket : -1;
}

/* libcurl finds that out by itself. */
static void drop(struct kept *k)
{
    shutdown(k->socket, SHUT_RDWR);
    k->socket = -1;
}

bool kept_is_good(struct kept *k, double now)
{
    if (!is_there(k))
        return false;
    k->never |= !is_silent(k->socket, k->tried ? 0 : TRIAL);
    k->tried = true;
    bool good = !k->never && now - k->used < KEPT_IDLE && now - k->opened < LONGEST_LIFE;
    if (!good)
        drop(k);
    return good;
}

bool kept_begin(struct kept *k, int port)
{
    bool ours = is_there(k) && k->port == port, silent = ours && is_silent(k->socket, 0);
    k->never |= ours && !silent;
    if (!silent || !count(k->socket, &k->acked, &k->received))
        return false;
    k->watched = fcntl(k->socket, F_DUPFD_CLOEXEC, 0);
    return k->watched >= 0;
}

/* What ends a connection tells what had been received by then, so an end that acknowledges nothing of the request was
 * sent before any of it had come. */
bool kept_ended_before(struct kept *k)
{
    uint64_t acked, received;
    if (k->watched < 0 || !count(k->watched, &acked, &received))
        return false;
    bool before = acked == k->acked && received > k->received && received - k->received <= LONGEST_END;
    k->never |= before;
    return before;
}

void kept_end(struct kept *k)
{
    if (k->watched >= 0)
        close(k->watched);
    k->watched = -1;
}
