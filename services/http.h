/* A small HTTP/1.1 server (RFC 9112), one connection at a time. */
#ifndef HTTP_H
#define HTTP_H
#include "text.h"

enum { MOST_PARAMETERS = 32 };

struct parameter {
    char *name;
    char *value; /* decoded; may hold NULs */
    size_t length;
};

struct request {
    struct parameter parameters[MOST_PARAMETERS];
    int count;
    int is_head;
    int keeps_alive;
};

/* The decoded value of a query parameter, "" when absent. */
const char *http_parameter(const struct request *request, const char *name, size_t *length);
/* A parameter that is a whole number, else -1. */
long http_number(const struct request *request, const char *name);

/* Writes the JSON that answers a request into body. */
typedef void (*handler)(const struct request *request, struct text *body);

/*
 * Serves until SIGTERM, which lets the request in hand and those already waiting finish. `where` is a port of
 * 127.0.0.1 or, with a / in it, the path of a unix socket; NULL takes $SOCKET or $PORT. Returns the exit status.
 */
int http_serve(const char *name, const char *where, handler answer);
#endif
