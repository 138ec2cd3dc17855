#include "http.h"
#include "listen.h"
#include "parse.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds: for a whole request to arrive, for the next one on an idle connection, for a refused body. */
enum { REQUEST_TIME = 5000, IDLE_TIME = 1000, LINGER_TIME = 500 };
enum { LARGEST_BODY = 1 << 20 };

enum outcome { GOT, ENDED, LATE };

struct connection {
    int fd;
    char in[LONGEST_HEAD + LONGEST_LINE + 4]; /* both limits and the line ends can be seen to be passed */
    size_t used;
};

static volatile sig_atomic_t terminating;
static int listener;
static struct text out, body;

static void on_term(int signal) {
    (void)signal;
    terminating = 1;
}

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *http_parameter(const struct request *request, const char *name, size_t *length) {
    for (int i = 0; i < request->count; i++)
        if (strcmp(request->parameters[i].name, name) == 0) {
            *length = request->parameters[i].length;
            return request->parameters[i].value;
        }
    *length = 0;
    return "";
}

long http_number(const struct request *request, const char *name) {
    size_t length;
    char *end;
    const char *value = http_parameter(request, name, &length);
    const long number = strtol(value, &end, 10);
    return length > 0 && *end == '\0' && number >= 0 ? number : -1;
}

static int await(int fd, short events, long until) {
    struct pollfd poller = {.fd = fd, .events = events};
    for (;;) {
        const long left = until - now_ms();
        const int ready = left > 0 ? poll(&poller, 1, (int)left) : 0;
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

/* The wait for another request ends early when somebody else waits or the worker is to end: it serves one at a time. */
static int await_next(int fd) {
    struct pollfd pollers[] = {{.fd = fd, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    const long until = now_ms() + IDLE_TIME;
    while (!terminating && now_ms() < until) {
        const int ready = poll(pollers, 2, (int)(until - now_ms()));
        if (pollers[0].revents != 0 || (ready < 0 && errno != EINTR))
            return ready > 0;
        if (ready > 0)
            break;
    }
    return await(fd, POLLIN, now_ms() + 1); /* what has arrived by now is served */
}

static enum outcome read_some(struct connection *c, char *to, size_t room, size_t *got, long until) {
    if (!await(c->fd, POLLIN, until))
        return LATE;
    const ssize_t n = read(c->fd, to, room);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        *got = 0;
        return GOT;
    }
    *got = n > 0 ? (size_t)n : 0;
    return n > 0 ? GOT : ENDED;
}

static int send_all(int fd, const char *bytes, size_t length) {
    const long until = now_ms() + REQUEST_TIME;
    while (length > 0) {
        const ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EINTR && (errno != EAGAIN || !await(fd, POLLOUT, until)))
            return -1;
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static const char *reason(int status) {
    switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 505: return "HTTP Version Not Supported";
    default: return "Error";
    }
}

static int respond(int fd, int status, int is_head, int keeps_alive) {
    char head[256];
    snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\nConnection: %s\r\n\r\n",
             status, reason(status), status == 405 ? "Allow: GET, HEAD\r\n" : "", body.length,
             keeps_alive ? "keep-alive" : "close");
    text_clear(&out);
    text_add(&out, head);
    if (!is_head)
        text_append(&out, body.bytes, body.length);
    return send_all(fd, out.bytes, out.length);
}

/* After a refusal the client may still send: closed at once, it would see a reset instead of the answer. */
static void linger(struct connection *c) {
    const long until = now_ms() + LINGER_TIME;
    size_t got;
    shutdown(c->fd, SHUT_WR);
    while (read_some(c, c->in, sizeof c->in, &got, until) == GOT)
        continue;
}

static int refuse(struct connection *c, int status, int is_head) {
    char text[64];
    snprintf(text, sizeof text, "{\"error\": \"%s\"}\n", reason(status));
    text_clear(&body);
    text_add(&body, text);
    if (respond(c->fd, status, is_head, 0) == 0)
        linger(c);
    return 0;
}

static void skip_empty_lines(struct connection *c) {
    size_t skip = 0;
    while (skip < c->used && (c->in[skip] == '\r' || c->in[skip] == '\n'))
        skip++;
    memmove(c->in, c->in + skip, c->used - skip);
    c->used -= skip;
}

/* Where the head ends in what has arrived: its last line's end, and after it the empty line's. */
static int find_end(const struct connection *c, size_t *head, size_t *after) {
    const char *at = memchr(c->in, '\n', c->used);
    while (at != NULL) {
        const size_t next = (size_t)(at + 1 - c->in);
        const size_t left = c->used - next;
        const size_t empty = left > 0 && at[1] == '\n' ? 1 : left > 1 && at[1] == '\r' && at[2] == '\n' ? 2 : 0;
        if (empty > 0) {
            *head = next;
            *after = next + empty;
            return 1;
        }
        at = memchr(at + 1, '\n', left);
    }
    return 0;
}

static int too_long(const struct connection *c, size_t head) {
    const char *end = memchr(c->in, '\n', head);
    const size_t line = end != NULL ? (size_t)(end - c->in) : head;
    if (line > LONGEST_LINE)
        return 414;
    return head - line > LONGEST_HEAD ? 431 : 0;
}

/* Reads a whole head. 0: it is there; 1: the client went or is late without having begun; else a status. */
static int read_head(struct connection *c, size_t *head, size_t *after) {
    const long until = now_ms() + REQUEST_TIME;
    for (;;) {
        size_t got;
        skip_empty_lines(c);
        if (find_end(c, head, after))
            return too_long(c, *head);
        if (too_long(c, c->used) != 0)
            return too_long(c, c->used);
        const enum outcome outcome = read_some(c, c->in + c->used, sizeof c->in - c->used, &got, until);
        if (outcome != GOT)
            return outcome == ENDED || c->used == 0 ? 1 : 408;
        c->used += got;
    }
}

/* Reads past a body; what follows it in the buffer is the next request. */
static int skip_body(struct connection *c, const struct head *head) {
    size_t left = head->body;
    const long until = now_ms() + REQUEST_TIME;
    if (left > LARGEST_BODY)
        return 413;
    if (head->expects && c->used == 0 && left > 0)
        send_all(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    for (;;) {
        const size_t take = left < c->used ? left : c->used;
        memmove(c->in, c->in + take, c->used - take);
        c->used -= take;
        left -= take;
        if (left == 0)
            return 0;
        const enum outcome outcome = read_some(c, c->in, sizeof c->in, &c->used, until);
        if (outcome != GOT)
            return outcome == LATE ? 408 : 1;
    }
}

/* One request and its answer. Returns whether another may follow. */
static int serve_request(struct connection *c, handler answer) {
    static char text[sizeof c->in];
    static struct head head;
    size_t length = 0, after = 0;
    int status = read_head(c, &length, &after);
    if (status != 0)
        return status == 1 ? 0 : refuse(c, status, 0);
    memcpy(text, c->in, length);
    memmove(c->in, c->in + after, c->used - after);
    c->used -= after;
    status = parse_head(text, length, &head);
    if (status == 0)
        status = skip_body(c, &head);
    if (status != 0)
        return status == 1 ? 0 : refuse(c, status, head.request.is_head);
    text_clear(&body);
    answer(&head.request, &body);
    const int keeps = head.request.keeps_alive && !terminating;
    return respond(c->fd, 200, head.request.is_head, keeps) == 0 && keeps;
}

static void serve_connection(int fd, handler answer) {
    static struct connection c;
    c.fd = fd;
    c.used = 0;
    while (serve_request(&c, answer))
        if (c.used == 0 && !await_next(fd))
            break;
    close(fd);
}

static void handle_signals(void) {
    /* no SA_RESTART: the wait for a client has to end */
    const struct sigaction term = {.sa_handler = on_term};
    sigaction(SIGTERM, &term, NULL);
    sigaction(SIGINT, &term, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Waits for a client, without the gap in which a signal between test and wait would be lost. */
static void await_client(void) {
    sigset_t blocked, before;
    struct pollfd poller = {.fd = listener, .events = POLLIN};
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    if (!terminating)
        ppoll(&poller, 1, NULL, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int http_serve(const char *name, const char *where, handler answer) {
    handle_signals();
    listener = listen_on(name, where);
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    for (;;) {
        const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_connection(fd, answer);
        else if (terminating)
            break; /* the queue is empty too */
        else
            await_client();
    }
    text_free(&out);
    text_free(&body);
    return 0;
}
