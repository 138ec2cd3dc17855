#ifndef INPUT_H
#define INPUT_H

#include "bytes.h"

#include <stdint.h>

/* Holds the longest line that anybody may send, HEADER_LIMIT in request.h, and then some of what follows. */
enum { INPUT_ROOM = 20 * 1024 };

/* What arrives on a connection, in whatever pieces. `deadline` (now_ms) ends every wait for more. */
struct input {
    int fd;
    int64_t deadline;
    size_t start, end;
    char data[INPUT_ROOM];
};

enum took {
    TOOK,
    TOO_LONG,  /* the line is longer than allowed */
    MALFORMED, /* a control byte, or a CR or LF without the other */
    ENDED,     /* the client has sent all it wanted to send */
    LATE,      /* the deadline has passed */
    LOST,      /* the connection is broken */
};

void input_start(struct input *in, int fd);

static inline bool input_waiting(const struct input *in)
{
    return in->end > in->start;
}

/* Waits for at least one byte more. */
enum took input_fill(struct input *in);

/* Takes a line of at most `limit` bytes and its CRLF. `line` is without the CRLF and stands until the next call. A bad
   byte is reported at once, without waiting for the end of the line. */
enum took input_line(struct input *in, size_t limit, struct bytes *line);

/* Takes and forgets `count` bytes. */
enum took input_skip(struct input *in, uint64_t count);

#endif
