#include "http.h"
#include "listen.h"
#include "parse.h"
#include "wire.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds: for a whole request to arrive, for the next one on an idle connection, for a refused body. */
enum { IDLE_TIME = 1000, LINGER_TIME = 500 };
static long request_time = 5000; /* $READ_TIMEOUT_MS */
/* Milliseconds that a new client may be silent while others wait: its request is on the way. */
enum { GRACE_TIME = 100 };
enum { LARGEST_BODY = 1 << 20 };
/* Requests, after which a connection makes room for others that wait; and connections taken over when ending. */
enum { MOST_REQUESTS = 100, MOST_WAITING = 1024 };

struct connection {
    int fd;
    char in[LONGEST_HEAD + LONGEST_LINE + 4]; /* both limits and the line ends can be seen to be passed */
    size_t used;
    int count; /* of requests */
};

static volatile sig_atomic_t terminating;
static int listener;
static long ending; /* since when (now_ms) nobody is let in any more; 0: not yet */
static struct text out, body;

static void on_term(int signal) {
    (void)signal;
    terminating = 1;
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

/* Somebody else waits to be served, or the worker is to end. */
static int is_wanted(void) {
    struct pollfd poller = {.fd = listener, .events = POLLIN};
    return terminating || poll(&poller, 1, 0) > 0;
}

/* Looks at least once, however late it is. */
static int has_arrived(int fd) {
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&poller, 1, 1);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* The wait for another request ends early when somebody else waits or the worker is to end: it serves one at a time. */
static int await_next(int fd) {
    struct pollfd pollers[] = {{.fd = fd, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    const long until = now_ms() + IDLE_TIME;
    for (long left = IDLE_TIME; !terminating && left > 0; left = until - now_ms()) {
        const int ready = poll(pollers, 2, (int)left);
        if (pollers[0].revents != 0 || (ready < 0 && errno != EINTR))
            return ready > 0;
        if (ready > 0)
            break;
    }
    return has_arrived(fd); /* what has arrived by now is served */
}

/* Those taken over at the end have their grace together, or many silent ones would delay it. */
static int await_first(int fd) {
    const long from = ending != 0 ? ending : now_ms();
    return await(fd, POLLIN, from + GRACE_TIME) || await_next(fd);
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

static void add_head(int status, int keeps_alive) {
    char date[40], head[320];
    const time_t now = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc));
    snprintf(head, sizeof head,
             "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\nConnection: %s\r\n\r\n",
             status, reason(status), date, status == 405 ? "Allow: GET, HEAD\r\n" : "", body.length,
             keeps_alive ? "keep-alive" : "close");
    text_add(&out, head);
}

static int respond(int fd, int status, int is_head, int keeps_alive) {
    text_clear(&out);
    add_head(status, keeps_alive);
    if (!is_head)
        text_append(&out, body.bytes, body.length);
    return send_all(fd, out.bytes, out.length, now_ms() + request_time);
}

/* After a refusal the client may still send: closed at once, it would see a reset instead of the answer. */
static void linger(struct connection *c) {
    const long until = now_ms() + LINGER_TIME;
    size_t got;
    shutdown(c->fd, SHUT_WR);
    while (read_some(c->fd, c->in, sizeof c->in, &got, until) == GOT)
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
    const long until = now_ms() + request_time;
    for (;;) {
        size_t got;
        skip_empty_lines(c);
        if (find_end(c, head, after))
            return too_long(c, *head);
        if (too_long(c, c->used) != 0)
            return too_long(c, c->used);
        const enum outcome outcome = read_some(c->fd, c->in + c->used, sizeof c->in - c->used, &got, until);
        if (outcome != GOT)
            return outcome == ENDED || c->used == 0 ? 1 : 408;
        c->used += got;
    }
}

/* Reads past a body; what follows it in the buffer is the next request. */
static int skip_body(struct connection *c, const struct head *head) {
    size_t left = head->body;
    const long until = now_ms() + request_time;
    if (left > LARGEST_BODY)
        return 413;
    if (head->expects && c->used == 0 && left > 0)
        send_all(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, until);
    for (;;) {
        const size_t take = left < c->used ? left : c->used;
        memmove(c->in, c->in + take, c->used - take);
        c->used -= take;
        left -= take;
        if (left == 0)
            return 0;
        const enum outcome outcome = read_some(c->fd, c->in, sizeof c->in, &c->used, until);
        if (outcome != GOT)
            return outcome == LATE ? 408 : 1;
    }
}

/* What was sent ahead is served. Else it is better to say close now than to hang up on the next request. */
static int keeps(struct connection *c, const struct head *head) {
    c->count++;
    return head->request.keeps_alive && (!is_wanted() || (c->used > 0 && c->count < MOST_REQUESTS));
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
    const int stays = keeps(c, &head);
    return respond(c->fd, 200, head.request.is_head, stays) == 0 && stays;
}

static void serve_connection(int fd, handler answer) {
    static struct connection c;
    c.fd = fd;
    c.used = 0;
    c.count = 0;
    int more = await_first(fd);
    while (more && serve_request(&c, answer))
        more = c.used > 0 || await_next(fd);
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

static int take_client(void) {
    const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    const int yes = 1;
    /* the answers to pipelined requests need not wait for each other's receipt; a unix socket rightly refuses */
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

/*
 * Whoever is in the queue believes to be connected, and would be reset when the listener closes. So all are taken
 * over, nobody else is let in, and then they are served: an end, however many still come.
 */
static void serve_waiting(handler answer) {
    int waiting[MOST_WAITING], count = 0;
    listen_end(listener);
    while (listen_is_own() && count < MOST_WAITING && (waiting[count] = take_client()) >= 0)
        count++;
    close(listener);
    listener = -1; /* poll passes over it */
    ending = now_ms();
    for (int i = 0; i < count; i++)
        serve_connection(waiting[i], answer);
}

static void read_environment(void) {
    const char *value = getenv("READ_TIMEOUT_MS");
    const long ms = value != NULL ? strtol(value, NULL, 10) : 0;
    if (ms > 0 && ms <= 3600 * 1000)
        request_time = ms;
}

int http_serve(const char *name, const char *where, handler answer) {
    handle_signals();
    read_environment();
    listener = listen_on(name, where);
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    while (!terminating) {
        const int fd = take_client();
        if (fd >= 0)
            serve_connection(fd, answer);
        else
            await_client();
    }
    serve_waiting(answer);
    text_free(&out);
    text_free(&body);
    return 0;
}
