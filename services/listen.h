#ifndef LISTEN_H
#define LISTEN_H
/*
 * A listening socket on a port of 127.0.0.1 or on the path of a unix socket; or the one that systemd passed
 * (sd_listen_fds(3)). On failure says what, why and what to do, and ends the process with status 1.
 */
int listen_on(const char *name, const char *where);
/* Whether the queue ends with this process. One that systemd keeps is the next worker's. */
int listen_is_own(void);
/* Removes the socket file, if it is still ours, and refuses whoever comes now. A port needs its socket closed for that. */
void listen_end(int fd);
#endif
