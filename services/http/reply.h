#ifndef REPLY_H
#define REPLY_H

#include "text.h"

#include <stdint.h>

/* An answer's body. The longest target, all of it control bytes written as %00, is 16 KiB of JSON. */
enum { REPLY_ROOM = 64 * 1024 };

struct reply {
    int status;
    struct text body;
    char room[REPLY_ROOM];
};

struct reply_form {
    bool head;          /* no body, but the header that would go before it */
    bool keep;          /* the connection stays open */
    int minor;          /* of the request's HTTP/1.x */
    int64_t deadline;   /* a client that does not read is given up then */
};

/* 200 with nothing in it yet. */
void reply_start(struct reply *reply);

/* Makes it {"error": why}. */
void reply_error(struct reply *reply, int status, const char *why);

/* False: the client is gone. */
bool reply_send(int fd, struct reply *reply, struct reply_form form);

/* The interim answer that a client awaits before it sends its body. */
bool reply_continue(int fd, int64_t deadline);

#endif
