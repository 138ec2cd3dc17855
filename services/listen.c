#include "listen.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 511, FIRST_PASSED = 3 };

static int is_passed;
static char path[sizeof((struct sockaddr_un *)0)->sun_path];
static struct stat file; /* what we made there */

static void fail(const char *name, const char *where, const char *cure) {
    fprintf(stderr, "%s: cannot listen on %s: %s; %s\n", name, where, strerror(errno), cure);
    exit(1);
}

static int passed_by_systemd(void) {
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    return pid != NULL && count != NULL && atol(pid) == (long)getpid() && atol(count) == 1;
}

/* Without the check a file descriptor 3 that is something else would be polled in vain, at full speed. */
static int take_passed(const char *name) {
    int listens = 0;
    socklen_t size = sizeof listens;
    is_passed = 1;
    if (getsockopt(FIRST_PASSED, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && !listens)
        errno = EINVAL;
    if (!listens)
        fail(name, "the socket from systemd", "its socket unit needs ListenStream= and Accept=no");
    fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC);
    fprintf(stderr, "%s: listening on the socket from systemd\n", name);
    return FIRST_PASSED;
}

static const char *tcp_cure(void) {
    return errno == EACCES ? "ports below 1024 are for root: choose a higher one"
                           : "choose another port, or stop the program that has it (ss -ltnp)";
}

static long parse_port(const char *name, const char *where) {
    char *end;
    const long port = strtol(where, &end, 10);
    if (!isdigit((unsigned char)*where) || *end != '\0' || port < 1 || port > 65535) {
        fprintf(stderr, "%s: \"%s\" is not a port (1 to 65535) or a socket path (with a /)\n", name, where);
        exit(2);
    }
    return port;
}

static int listen_tcp(const char *name, const char *argument) {
    const long port = parse_port(name, argument);
    char where[32];
    snprintf(where, sizeof where, "127.0.0.1:%ld", port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    /* a restarted worker must not wait for its old connections to expire */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0)
        fail(name, where, tcp_cure());
    fprintf(stderr, "%s: listening on %s\n", name, where);
    return fd;
}

/*
 * A socket file that nobody listens on was left by a killed worker. Any other file is refused like such a socket, and
 * must not be taken for one.
 */
static void remove_stale(const char *name, const struct sockaddr_un *address) {
    struct stat found;
    if (lstat(address->sun_path, &found) != 0)
        return;
    if (!S_ISSOCK(found.st_mode)) {
        errno = EEXIST;
        fail(name, address->sun_path, "it is no socket: move it away, or choose another path");
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) {
        errno = EADDRINUSE;
        fail(name, address->sun_path, "choose another path, or stop the program that has it (ss -lxp)");
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
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0)
        fail(name, where, "check that its folder exists and is writable");
    if (stat(where, &file) == 0)
        strcpy(path, where);
    fprintf(stderr, "%s: listening on %s\n", name, where);
    return fd;
}

int listen_is_own(void) { return !is_passed; }

void listen_end(int fd) {
    struct stat found;
    if (path[0] != '\0' && stat(path, &found) == 0 && found.st_dev == file.st_dev && found.st_ino == file.st_ino)
        unlink(path);
    /* whoever has found the file before is refused rather than reset; on a TCP port this would reset all who wait */
    if (path[0] != '\0' && !is_passed)
        shutdown(fd, SHUT_RD);
}

/* To an administrator an empty variable is none. */
static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

int listen_on(const char *name, const char *where) {
    if (passed_by_systemd())
        return take_passed(name);
    if (where == NULL && variable("SOCKET") != NULL)
        return listen_unix(name, variable("SOCKET"));
    if (where == NULL)
        where = variable("PORT");
    if (where == NULL) {
        fprintf(stderr, "usage: %s PORT | PATH (or $PORT, $SOCKET)\n", name);
        exit(2);
    }
    return strchr(where, '/') != NULL ? listen_unix(name, where) : listen_tcp(name, where);
}
