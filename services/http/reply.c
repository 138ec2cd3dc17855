#include "reply.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

void reply_start(struct reply *reply)
{
    reply->status = 200;
    reply->body = (struct text){.data = reply->room, .room = REPLY_ROOM};
}

void reply_error(struct reply *reply, int status, const char *why)
{
    reply_start(reply);
    reply->status = status;
    text_format(&reply->body, "{\"error\": ");
    text_json(&reply->body, why, strlen(why));
    text_format(&reply->body, "}\n");
}

static const struct {
    int status;
    const char *phrase;
} PHRASES[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {417, "Expectation Failed"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {505, "HTTP Version Not Supported"},
};

static const char *phrase(int status)
{
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++)
        if (PHRASES[i].status == status)
            return PHRASES[i].phrase;
    return "";
}

/* HTTP/1.1 keeps a connection unless told otherwise; HTTP/1.0 closes it unless told otherwise. */
static const char *connection(struct reply_form form)
{
    if (!form.keep)
        return "Connection: close\r\n";
    return form.minor == 0 ? "Connection: keep-alive\r\n" : "";
}

static void write_head(struct text *head, const struct reply *reply, struct reply_form form)
{
    char date[64];
    time_t now = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc));
    text_format(head, "HTTP/1.1 %d %s\r\nDate: %s\r\n", reply->status, phrase(reply->status), date);
    text_format(head, "Content-Type: application/json\r\nContent-Length: %zu\r\n", reply->body.length);
    /* which worker answers, and with what token, is nothing to keep */
    text_format(head, "Cache-Control: no-store\r\n%s", connection(form));
    if (reply->status == 405)
        text_format(head, "Allow: GET, HEAD\r\n");
    text_format(head, "\r\n");
}

static bool await_room(int fd, int64_t deadline)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    return poll(&poll_fd, 1, until_ms(deadline)) > 0;
}

/* Drops the first `count` bytes of both parts. */
static void advance(struct iovec parts[2], size_t count)
{
    for (int i = 0; i < 2; i++) {
        size_t step = count < parts[i].iov_len ? count : parts[i].iov_len;
        parts[i].iov_base = (char *)parts[i].iov_base + step;
        parts[i].iov_len -= step;
        count -= step;
    }
}

static bool send_all(int fd, struct iovec parts[2], int64_t deadline)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0)
            advance(parts, (size_t)sent);
        else if (errno != EINTR && (errno != EAGAIN || !await_room(fd, deadline)))
            return false;
    }
    return true;
}

bool reply_send(int fd, struct reply *reply, struct reply_form form)
{
    char room[1024];
    struct text head = {.data = room, .room = sizeof room};
    if (reply->body.full)
        reply_error(reply, 500, "the answer is too long");
    write_head(&head, reply, form);
    struct iovec parts[2] = {{room, head.length}, {reply->body.data, form.head ? 0 : reply->body.length}};
    return send_all(fd, parts, form.deadline);
}

bool reply_continue(int fd, int64_t deadline)
{
    char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct iovec parts[2] = {{text, sizeof text - 1}, {NULL, 0}};
    return send_all(fd, parts, deadline);
}
