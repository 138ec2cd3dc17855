#include "listener.h"
#include "bytes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Clients that may wait while one is served. A longer queue hides an overload rather than cures it. */
enum { BACKLOG = 128 };

/* systemd hands sockets over from this one on: sd_listen_fds(3). */
enum { FIRST_INHERITED = 3 };

/* "search: cannot listen on 127.0.0.1:80: Permission denied: choose a port from 1024 on" */
static bool complain(const char *program, const char *where, const char *reason, const char *cure)
{
    fprintf(stderr, "%s: cannot listen on %s: %s: %s\n", program, where, reason, cure);
    return false;
}

static bool usage(const char *program, const char *argument)
{
    if (argument)
        fprintf(stderr, "%s: \"%s\" is neither a port from 1 to 65535 nor the path of a socket (with a /)\n", program,
                argument);
    fprintf(stderr, "usage: %s PORT|SOCKET   or set SOCKET or PORT in the environment\n", program);
    return false;
}

static int new_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool bind_and_listen(int fd, const void *address, socklen_t length)
{
    return fd >= 0 && bind(fd, address, length) == 0 && listen(fd, BACKLOG) == 0;
}

static const char *tcp_cure(int error)
{
    if (error == EADDRINUSE)
        return "another program has this port: find it with ss -ltnp and stop it, or choose another port";
    if (error == EACCES)
        return "ports below 1024 are for root: choose a higher one";
    return "check that the loopback interface is up (ip address show lo)";
}

static bool open_tcp(struct listener *l, const char *program, long port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(l->where, sizeof l->where, "127.0.0.1:%ld", port);
    l->fd = new_socket(AF_INET);
    /* or connections of our predecessor, still in TIME_WAIT, would keep the port for a minute */
    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind_and_listen(l->fd, &address, sizeof address))
        return true;
    int error = errno;
    return complain(program, l->where, strerror(error), tcp_cure(error));
}

/* 0 when somebody answers, else why nobody does. */
static int dial(const struct sockaddr_un *address)
{
    int fd = new_socket(AF_UNIX);
    int error = fd >= 0 && connect(fd, (const void *)address, sizeof *address) == 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    return error == EAGAIN ? 0 : error; /* a full queue is a live one */
}

/* A killed program leaves its socket file behind. Only a socket that nobody serves may go. */
static bool remove_stale(const char *program, const struct sockaddr_un *address)
{
    struct stat status;
    const char *path = address->sun_path;
    if (lstat(path, &status) != 0)
        return true; /* bind says better what else may be wrong */
    if (!S_ISSOCK(status.st_mode))
        return complain(program, path, "a file of this name is no socket", "move it away, or choose another path");
    int error = dial(address);
    if (error == 0)
        return complain(program, path, "Address already in use",
                        "another program serves this socket: find it with ss -lxp and stop it, or choose another path");
    if (error != ECONNREFUSED)
        return complain(program, path, strerror(error), "whether the socket is in use is unknown: remove it yourself");
    if (unlink(path) != 0)
        return complain(program, path, strerror(errno), "the stale socket of a killed program is there: remove it");
    return true;
}

static const char *unix_cure(int error)
{
    if (error == ENOENT || error == ENOTDIR)
        return "create its folder first (RuntimeDirectory= in a unit does)";
    if (error == EACCES || error == EPERM || error == EROFS)
        return "its folder must be writable for the user of this program";
    return "choose another path";
}

static void remember_file(struct listener *l, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return;
    snprintf(l->path, sizeof l->path, "%s", path);
    l->device = status.st_dev;
    l->inode = status.st_ino;
}

static bool open_unix(struct listener *l, const char *program, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(l->where, sizeof l->where, "%s", path);
    if (strlen(path) >= sizeof address.sun_path)
        return complain(program, path, "the path is too long", "107 bytes is the most that a socket address holds");
    strcpy(address.sun_path, path);
    if (!remove_stale(program, &address))
        return false;
    l->fd = new_socket(AF_UNIX);
    if (!bind_and_listen(l->fd, &address, sizeof address)) {
        int error = errno;
        return complain(program, path, strerror(error), unix_cure(error));
    }
    remember_file(l, path);
    return true;
}

/* sd_listen_fds(3) without its library. */
static bool is_handed_over(void)
{
    const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
    return count && pid && strcmp(count, "1") == 0 && strtol(pid, NULL, 10) == (long)getpid();
}

static bool open_inherited(struct listener *l, const char *program)
{
    int listens = 0;
    socklen_t length = sizeof listens;
    l->fd = FIRST_INHERITED;
    l->inherited = true;
    snprintf(l->where, sizeof l->where, "the socket from systemd");
    if (getsockopt(l->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens)
        return complain(program, l->where, "file descriptor 3 is no listening socket",
                        "the socket unit needs ListenStream= and Accept=no");
    fcntl(l->fd, F_SETFD, FD_CLOEXEC);
    fcntl(l->fd, F_SETFL, fcntl(l->fd, F_GETFL) | O_NONBLOCK);
    return true;
}

/* An unset variable and an empty one are the same to an administrator. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

bool listener_open(struct listener *l, const char *program, const char *argument)
{
    *l = (struct listener){.fd = -1};
    if (is_handed_over())
        return open_inherited(l, program);
    if (!argument && variable("SOCKET"))
        return open_unix(l, program, variable("SOCKET"));
    const char *wanted = argument ? argument : variable("PORT");
    if (!wanted)
        return usage(program, NULL);
    if (strchr(wanted, '/'))
        return open_unix(l, program, wanted);
    long port = bytes_number((struct bytes){wanted, strlen(wanted)}, 65536);
    return port >= 1 && port <= 65535 ? open_tcp(l, program, port) : usage(program, wanted);
}

void listener_unlink(struct listener *l)
{
    struct stat status;
    if (l->path[0] == '\0' || stat(l->path, &status) != 0)
        return;
    if (status.st_dev == l->device && status.st_ino == l->inode)
        unlink(l->path);
    l->path[0] = '\0';
}
