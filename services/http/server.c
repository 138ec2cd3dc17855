#include "server.h"
#include "clock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than any queue holds: net.core.somaxconn is 4096 at most systems, and our backlog far less. */
enum { MOST_WAITING = 1024 };

/* As a file descriptor a signal can be waited for together with clients, and none is lost between a look and a wait. */
static int open_stop(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The next client, or -1 when none waits (any more). */
static int take_client(const struct server *s)
{
    int fd = accept4(s->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    /* answers to pipelined requests would wait for each other's acknowledgement; a unix socket refuses, rightly */
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

/* Waits for clients. False: it is time to stop. */
static bool wait_client(const struct server *s)
{
    struct pollfd fds[2] = {{.fd = s->stop_fd, .events = POLLIN}, {.fd = s->listener.fd, .events = POLLIN}};
    poll(fds, 2, -1);
    return fds[0].revents == 0;
}

/* Clients in the queue believe that they are connected, and closing would reset them: take them all in, close, then
   serve them. A queue that systemd keeps is our successor's. */
static void drain(struct server *s)
{
    int waiting[MOST_WAITING], count = 0;
    listener_unlink(&s->listener);
    if (!s->listener.inherited)
        while (count < MOST_WAITING && (waiting[count] = take_client(s)) >= 0)
            count++;
    close(s->listener.fd);
    s->listener.fd = -1; /* poll(2) passes over it */
    s->drained = now_ms();
    for (int i = 0; i < count; i++)
        connection_serve(s, waiting[i]);
    fprintf(stderr, "%s: stopped, %d waiting connection(s) served\n", s->program, count);
}

int serve(struct server *s)
{
    signal(SIGPIPE, SIG_IGN);
    s->stop_fd = open_stop();
    if (s->stop_fd < 0) {
        perror(s->program);
        return 1;
    }
    fprintf(stderr, "%s: listening on %s\n", s->program, s->listener.where);
    while (wait_client(s)) {
        int fd = take_client(s);
        if (fd >= 0)
            connection_serve(s, fd);
    }
    drain(s);
    return 0;
}
