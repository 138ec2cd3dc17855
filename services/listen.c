#include "listen.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 511, FIRST_PASSED = 3 };

static void fail(const char *name, const char *where, const char *cure) {
    fprintf(stderr, "%s: cannot listen on %s: %s; %s\n", name, where, strerror(errno), cure);
    exit(1);
}

static int passed_by_systemd(void) {
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    return pid != NULL && count != NULL && atol(pid) == (long)getpid() && atol(count) == 1;
}

static int listen_tcp(const char *name, const char *where) {
    char *end;
    const long port = strtol(where, &end, 10);
    if (*end != '\0' || port < 1 || port > 65535) {
        fprintf(stderr, "%s: %s is no port (1 to 65535) and no path of a socket (with a /)\n", name, where);
        exit(2);
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    /* a restarted worker must not wait for its old connections to expire */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail(name, where, "choose another port, or stop the program that has it (ss -ltnp)");
    return fd;
}

/* A socket file that nobody listens on was left by a killed worker. */
static void remove_stale(const char *name, const struct sockaddr_un *address) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) {
        errno = EADDRINUSE;
        fail(name, address->sun_path, "stop the program that listens there");
    }
    if (errno == ECONNREFUSED)
        unlink(address->sun_path);
    close(fd);
}

static int listen_unix(const char *name, const char *where) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(where) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail(name, where, "choose a shorter path");
    }
    strcpy(address.sun_path, where);
    remove_stale(name, &address);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail(name, where, "check that its folder exists and is writable");
    return fd;
}

int listen_on(const char *name, const char *where) {
    if (passed_by_systemd())
        return FIRST_PASSED;
    if (where == NULL)
        where = getenv("SOCKET") != NULL ? getenv("SOCKET") : getenv("PORT");
    if (where == NULL) {
        fprintf(stderr, "usage: %s PORT | PATH (or $PORT, $SOCKET)\n", name);
        exit(2);
    }
    const int fd = strchr(where, '/') != NULL ? listen_unix(name, where) : listen_tcp(name, where);
    if (listen(fd, BACKLOG) != 0)
        fail(name, where, "choose another port, or stop the program that has it (ss -ltnp)");
    return fd;
}
