#include "input.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

void input_start(struct input *in, int fd)
{
    in->fd = fd;
    in->deadline = 0;
    in->start = in->end = 0;
}

static void move_to_front(struct input *in)
{
    memmove(in->data, in->data + in->start, in->end - in->start);
    in->end -= in->start;
    in->start = 0;
}

static enum took await_more(struct input *in)
{
    struct pollfd poll_fd = {.fd = in->fd, .events = POLLIN};
    int ready = poll(&poll_fd, 1, until_ms(in->deadline));
    if (ready < 0 && errno != EINTR)
        return LOST;
    return ready == 0 ? LATE : TOOK;
}

enum took input_fill(struct input *in)
{
    move_to_front(in);
    for (;;) {
        ssize_t got = recv(in->fd, in->data + in->end, INPUT_ROOM - in->end, MSG_DONTWAIT);
        if (got >= 0) {
            in->end += (size_t)got;
            return got > 0 ? TOOK : ENDED;
        }
        if (errno != EAGAIN && errno != EINTR)
            return LOST;
        enum took waited = await_more(in);
        if (waited != TOOK)
            return waited;
    }
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* What the byte at `at` does to a line of which all bytes before it are good; TOOK: it may go on. */
static enum took judge(const char *line, size_t at, size_t limit)
{
    bool after_cr = at > 0 && line[at - 1] == '\r';
    if (after_cr != (line[at] == '\n'))
        return MALFORMED;
    if (line[at] == '\r' || line[at] == '\n')
        return TOOK;
    if (is_control(line[at]))
        return MALFORMED;
    return at < limit ? TOOK : TOO_LONG;
}

enum took input_line(struct input *in, size_t limit, struct bytes *line)
{
    size_t at = 0; /* counted from `start`, because filling moves the bytes */
    for (;;) {
        const char *data = in->data + in->start;
        for (; at < in->end - in->start; at++) {
            enum took verdict = judge(data, at, limit);
            if (verdict != TOOK)
                return verdict;
            if (data[at] == '\n') {
                *line = (struct bytes){data, at - 1};
                in->start += at + 1;
                return TOOK;
            }
        }
        enum took filled = input_fill(in);
        if (filled != TOOK)
            return filled;
    }
}

enum took input_skip(struct input *in, uint64_t count)
{
    for (;;) {
        size_t have = in->end - in->start;
        size_t step = count < have ? (size_t)count : have;
        in->start += step;
        count -= step;
        if (count == 0)
            return TOOK;
        enum took filled = input_fill(in);
        if (filled != TOOK)
            return filled;
    }
}
