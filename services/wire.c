#include "wire.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int await(int fd, short events, long until) {
    struct pollfd poller = {.fd = fd, .events = events};
    for (;;) {
        const long left = until - now_ms();
        const int ready = left > 0 ? poll(&poller, 1, (int)left) : 0;
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

enum outcome read_some(int fd, char *to, size_t room, size_t *got, long until) {
    if (!await(fd, POLLIN, until))
        return LATE;
    const ssize_t n = read(fd, to, room);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        *got = 0;
        return GOT;
    }
    *got = n > 0 ? (size_t)n : 0;
    return n > 0 ? GOT : ENDED;
}

int send_all(int fd, const char *bytes, size_t length, long until) {
    while (length > 0) {
        const ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EINTR && (errno != EAGAIN || !await(fd, POLLOUT, until)))
            return -1;
        bytes += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}
