#ifndef REQUEST_H
#define REQUEST_H

#include "input.h"

/* Bytes. The request line without its CRLF; all header lines with theirs; header lines; a body, which nobody reads
   here: the limit is nginx's default for what it passes on. */
enum { LINE_LIMIT = 8192, HEADER_LIMIT = 16384, FIELD_LIMIT = 100, BODY_LIMIT = 1024 * 1024 };

struct request {
    /* Why there is no good answer: 0, or an HTTP status and its explanation. */
    int status;
    const char *why;

    bool head;         /* an answer to HEAD has no body */
    int minor;         /* of HTTP/1.x */
    bool keep_alive;   /* what the client wishes */
    bool expects;      /* the client waits for 100 before it sends the body */
    bool chunked;
    long length;       /* of the body; -1: none announced */
    int hosts, codings;
    bool closes, keeps;

    char target[LINE_LIMIT];
    size_t target_length;
};

/* Reads request line and header. False: `status` says what to answer before closing, 0: the client is gone. */
bool request_read(struct request *r, struct input *in);

/* Reads and forgets the body, so that the next request can follow. Results as above. */
bool request_body(struct request *r, struct input *in);

/* Sets `status`; always false. */
bool request_fail(struct request *r, int status, const char *why);

/* The same for what input said; `too_long` is the status for a line that is too long. */
bool request_stop(struct request *r, enum took took, int too_long);

/* One header line as name and value. */
bool field_split(struct bytes line, struct bytes *name, struct bytes *value);

/* Understands a header line. */
bool field_read(struct request *r, struct bytes line);

/* Whether the header as a whole makes sense. */
bool fields_check(struct request *r);

#endif
