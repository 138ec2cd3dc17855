#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

/* Where clients come in. */
struct listener {
    int fd;
    bool inherited;   /* from systemd, which keeps it for our successor */
    char where[160];  /* for messages: 127.0.0.1:8000 or the path */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    dev_t device;
    ino_t inode;
};

/* Opens what `argument` (or NULL) and the environment ask for. False: said why on stderr, with what to do. */
bool listener_open(struct listener *l, const char *program, const char *argument);

/* Removes the socket file, if it is still ours: no client can come any more. TCP needs the close for that. */
void listener_unlink(struct listener *l);

#endif
