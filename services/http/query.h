#ifndef QUERY_H
#define QUERY_H

#include "request.h"

/* The parameters of a target, one by one: name=value&name=value, percent-decoded, + as a space. What query_next gives
   stands as long as the query. */
struct query {
    struct bytes rest;
    size_t used;
    char room[LINE_LIMIT];
};

/* False: the target has a % that two hexadecimal digits do not follow. */
bool query_start(struct query *q, const struct request *r);

/* False: there are no more. */
bool query_next(struct query *q, struct bytes *name, struct bytes *value);

#endif
