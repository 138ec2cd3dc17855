/*
 * worker PORT, or $SOCKET: the worker of every peer that can run any program. Serves one request at a time, GET or POST
 * without a body, and answers with its pid after ?delay=MS. Uses a socket passed by systemd instead if there is one.
 * On SIGTERM it answers what waits, and exits: requests lost in a restart are the manager's fault.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t is_over;

static void end(int number) {
    (void)number;
    is_over = 1;
}

static int bound(int fd, const struct sockaddr *address, socklen_t size, const char *where) {
    const int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, address, size) != 0 || listen(fd, 511) != 0) {
        fprintf(stderr, "worker: cannot listen on %s: %s\n", where, strerror(errno));
        exit(1);
    }
    return fd;
}

static int listen_on(const char *where) {
    if (getenv("LISTEN_FDS") != NULL)
        return 3;
    if (where == NULL)
        exit(2);
    if (strchr(where, '/') != NULL) {
        struct sockaddr_un file = {.sun_family = AF_UNIX};
        snprintf(file.sun_path, sizeof file.sun_path, "%s", where);
        unlink(where);
        return bound(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&file, sizeof file, where);
    }
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(where))};
    port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bound(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&port, sizeof port, where);
}

/* A head that takes longer than a second is given up: one silent client must not stop the worker. */
static int read_head(int fd, char *head, size_t size) {
    const struct timeval second = {.tv_sec = 1};
    size_t length = 0;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    while (length + 1 < size) {
        const ssize_t more = recv(fd, head + length, size - 1 - length, 0);
        if (more <= 0)
            return -1;
        length += (size_t)more;
        head[length] = '\0';
        if (strstr(head, "\r\n\r\n") != NULL)
            return 0;
    }
    return -1;
}

static void sleep_ms(long ms) {
    struct timespec left = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0)
        continue;
}

static void serve(int fd) {
    char head[8192], answer[256], body[64];
    if (read_head(fd, head, sizeof head) == 0) {
        const char *delay = strstr(head, "delay=");
        if (delay != NULL)
            sleep_ms(atol(delay + strlen("delay=")));
        snprintf(body, sizeof body, "{\"pid\": %d}\n", (int)getpid());
        const int length = snprintf(answer, sizeof answer,
                                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                                    "Connection: close\r\n\r\n%s",
                                    strlen(body), body);
        send(fd, answer, (size_t)length, MSG_NOSIGNAL);
    }
    close(fd);
}

int main(int argc, char **argv) {
    struct sigaction ending = {.sa_handler = end};
    sigaction(SIGTERM, &ending, NULL);
    sigaction(SIGINT, &ending, NULL);
    const int listener = listen_on(argc > 1 ? argv[1] : getenv("SOCKET"));
    struct pollfd one = {.fd = listener, .events = POLLIN};
    sigset_t nothing, ends;
    sigemptyset(&nothing);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    /* SIGTERM is delivered only while it waits, so none is lost between the check of is_over and the wait */
    sigprocmask(SIG_BLOCK, &ends, NULL);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    for (;;) {
        const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve(fd);
        else if (is_over)
            return 0;
        else
            ppoll(&one, 1, NULL, &nothing);
    }
}
