#ifndef SERVER_H
#define SERVER_H

#include "listener.h"
#include "reply.h"
#include "request.h"

/* Writes the answer to a GET or HEAD into `reply`, which is an empty 200. */
typedef void answer(const struct request *request, struct reply *reply);

struct server {
    struct listener listener;
    answer *answer;
    const char *program;
    int read_timeout, idle_timeout; /* ms: for a whole request; between two, or before the first */
    int stop_fd;                    /* readable once SIGTERM or SIGINT has come */
    int64_t drained;                /* 0, or (now_ms) when the last clients were taken in */
};

/* Serves one request after the other until SIGTERM. The exit status. */
int serve(struct server *s);

/* Serves the requests of a client, and closes its connection. */
void connection_serve(struct server *s, int fd);

#endif
