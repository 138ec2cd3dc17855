#include "clock.h"
#include "server.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* One client at a time is served, so none may keep the others waiting by doing nothing:

     accepted --byte--> reading --complete--> answering --keep-alive--> idle --byte--> reading ...
        |                  |                      |                      |
        | silent           | bad, late            | Connection: close    | somebody else waits, SIGTERM, or too long
        +------------------+---> refusal ---------+----------------------+--> closed                              */

/* A client that was let in just now may be silent for so long while others wait, ms: its request is on its way. */
enum { GRACE = 200 };

/* A connection is not kept for more requests than these, so that clients are spread anew from time to time. */
enum { MOST_REQUESTS = 1000 };

/* Closing with unread bytes makes TCP discard what was sent. So much longer, ms, the client may send in vain. */
enum { LINGER = 300 };

/* A new client waits, or the server is to stop. */
static bool is_wanted_elsewhere(const struct server *s)
{
    struct pollfd fds[2] = {{.fd = s->listener.fd, .events = POLLIN}, {.fd = s->stop_fd, .events = POLLIN}};
    return poll(fds, 2, 0) > 0;
}

/* Waits for input until `deadline`; with `patient` unset only as long as the server is not wanted elsewhere. */
static bool wait_input(const struct server *s, int fd, int64_t deadline, bool patient)
{
    struct pollfd fds[3] = {
        {.fd = fd, .events = POLLIN},
        {.fd = s->listener.fd, .events = POLLIN},
        {.fd = s->stop_fd, .events = POLLIN},
    };
    poll(fds, patient ? 1 : 3, until_ms(deadline));
    return fds[0].revents != 0;
}

/* Waits for the first byte of a request. */
static bool is_request_coming(const struct server *s, const struct input *in, bool fresh)
{
    /* who was taken in by the drain had the grace together, or many silent ones would delay the end */
    int64_t began = fresh && s->drained ? s->drained : now_ms();
    if (input_waiting(in))
        return true;
    if (fresh && wait_input(s, in->fd, began + GRACE, true))
        return true;
    return wait_input(s, in->fd, began + s->idle_timeout, false);
}

/* Fills `reply`. False: the connection cannot go on after it. */
static bool make_reply(struct server *s, struct request *r, struct input *in, struct reply *reply)
{
    bool framed = request_read(r, in) && request_body(r, in);
    if (r->status != 0)
        reply_error(reply, r->status, r->why);
    else if (framed)
        s->answer(r, reply);
    return framed && r->keep_alive;
}

/* Serves one request. False: it was the last one. */
static bool serve_request(struct server *s, struct input *in, bool may_keep)
{
    static struct reply reply; /* large, and there is only ever one */
    struct request request;
    reply_start(&reply);
    in->deadline = now_ms() + s->read_timeout;
    bool keep = make_reply(s, &request, in, &reply) && may_keep;
    if (reply.body.length == 0)
        return false;
    /* what a client has sent ahead is served; else better to say close now than to hang up on its next request */
    keep = keep && (input_waiting(in) || !is_wanted_elsewhere(s));
    struct reply_form form = {request.head, keep, request.minor, now_ms() + s->read_timeout};
    return reply_send(in->fd, &reply, form) && keep;
}

static bool has_unread(const struct input *in)
{
    int count = 0;
    return input_waiting(in) || (ioctl(in->fd, FIONREAD, &count) == 0 && count > 0);
}

/* Lets the client read the answer before the connection goes. */
static void linger(struct input *in)
{
    in->deadline = now_ms() + LINGER;
    shutdown(in->fd, SHUT_WR);
    do
        in->start = in->end = 0;
    while (now_ms() < in->deadline && input_fill(in) == TOOK);
}

void connection_serve(struct server *s, int fd)
{
    static struct input in;
    bool more = true;
    input_start(&in, fd);
    for (int count = 1; more && is_request_coming(s, &in, count == 1); count++)
        more = serve_request(s, &in, count < MOST_REQUESTS);
    if (has_unread(&in))
        linger(&in);
    close(fd);
}
