/* Understanding a request's head. */
#ifndef PARSE_H
#define PARSE_H
#include "http.h"

enum { LONGEST_LINE = 8192, LONGEST_HEAD = 16384 };

enum { CHUNKED = 1, UNKNOWN = 2 };

struct head {
    struct request request;
    size_t body;       /* Content-Length; SIZE_MAX stands for all that are larger */
    int expects;       /* Expect: 100-continue */
    int has_host;
    int has_length;
    int codings;       /* of Transfer-Encoding: 0 none, CHUNKED, UNKNOWN or both */
    int minor;         /* of HTTP/1.x */
    int wants_close;
    int wants_keep;
};

/*
 * Understands the head in text (without the empty line), which is changed on the way: the parameters point into it.
 * Returns 0, or the status that the request deserves.
 */
int parse_head(char *text, size_t length, struct head *head);
#endif
