#include "request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool request_fail(struct request *r, int status, const char *why)
{
    r->status = status;
    r->why = why;
    return false;
}

bool request_stop(struct request *r, enum took took, int too_long)
{
    switch (took) {
    case TOO_LONG:
        return request_fail(r, too_long, "the line or the header is too long");
    case MALFORMED:
        return request_fail(r, 400, "a control byte, or a line that does not end in CR LF");
    case ENDED:
        return request_fail(r, 400, "the request ends too early");
    case LATE:
        return request_fail(r, 408, "the request did not arrive in time");
    default:
        return request_fail(r, 0, NULL);
    }
}

/* The line, or an empty one where the client hung up between two requests as it may. */
static bool first_line(struct request *r, struct input *in, struct bytes *line)
{
    /* a client may send CRLF after a body; 9112 asks to overlook at least one */
    for (int tries = 0; tries < 4; tries++) {
        enum took took = input_line(in, LINE_LIMIT, line);
        if (took == ENDED && !input_waiting(in))
            return request_fail(r, 0, NULL);
        if (took != TOOK)
            return request_stop(r, took, 414);
        if (line->length > 0)
            return true;
    }
    return request_fail(r, 400, "empty lines instead of a request");
}

static bool read_version(struct request *r, struct bytes version)
{
    const char *v = version.data;
    bool shaped = version.length == 8 && memcmp(v, "HTTP/", 5) == 0 && v[6] == '.';
    if (!shaped || v[5] < '0' || v[5] > '9' || v[7] < '0' || v[7] > '9')
        return request_fail(r, 400, "a request line is METHOD TARGET HTTP/1.1");
    if (v[5] != '1')
        return request_fail(r, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    r->minor = v[7] - '0';
    return true;
}

/* /path?query, or http://host/path?query as clients of a proxy write it. */
static bool is_path(struct bytes target)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    if (target.data[0] == '/')
        return true;
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(SCHEMES[i]);
        if (target.length > length && strncasecmp(target.data, SCHEMES[i], length) == 0)
            return strchr("/?", target.data[length]) == NULL;
    }
    return false;
}

/* * is for OPTIONS and host:port for CONNECT; both get their 405 later. */
static bool fits_method(struct bytes method, struct bytes target)
{
    if (bytes_are(method, "CONNECT"))
        return true;
    return is_path(target) || (bytes_are(method, "OPTIONS") && bytes_are(target, "*"));
}

static bool read_target(struct request *r, struct bytes method, struct bytes target)
{
    if (target.length == 0 || memchr(target.data, '\t', target.length))
        return request_fail(r, 400, "a request line is METHOD TARGET HTTP/1.1");
    if (memchr(target.data, '#', target.length) || !fits_method(method, target))
        return request_fail(r, 400, "the target must be a path with an optional query");
    memcpy(r->target, target.data, target.length);
    r->target_length = target.length;
    return true;
}

/* Method names are case-sensitive, unlike nearly everything else. */
static bool is_known(struct bytes method)
{
    static const char *const KNOWN[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (method.length == strlen(KNOWN[i]) && memcmp(method.data, KNOWN[i], method.length) == 0)
            return true;
    return false;
}

/* A method that is not served is no reason to lose the connection: `status` is set, the request is read on. */
static void read_method(struct request *r, struct bytes method)
{
    bool known = is_known(method);
    r->head = known && bytes_are(method, "HEAD");
    if (!known)
        request_fail(r, 501, "this method is unknown here");
    else if (!r->head && !bytes_are(method, "GET"))
        request_fail(r, 405, "only GET and HEAD are served here");
}

static bool read_request_line(struct request *r, struct bytes line)
{
    struct bytes rest = line;
    struct bytes method = bytes_cut(&rest, ' ');
    struct bytes target = bytes_cut(&rest, ' ');
    if (!bytes_token(method))
        return request_fail(r, 400, "a request line is METHOD TARGET HTTP/1.1");
    read_method(r, method);
    return read_version(r, rest) && read_target(r, method, target);
}

static bool read_fields(struct request *r, struct input *in)
{
    size_t budget = HEADER_LIMIT;
    for (int count = 0;; count++) {
        struct bytes line;
        enum took took = input_line(in, budget, &line);
        if (took != TOOK)
            return request_stop(r, took, 431);
        if (line.length == 0)
            return true;
        if (count == FIELD_LIMIT || line.length + 2 > budget)
            return request_stop(r, TOO_LONG, 431);
        budget -= line.length + 2;
        if (!field_read(r, line))
            return false;
    }
}

static void clear(struct request *r)
{
    memset(r, 0, offsetof(struct request, target));
    r->target_length = 0;
    r->length = -1;
}

bool request_read(struct request *r, struct input *in)
{
    struct bytes line;
    clear(r);
    return first_line(r, in, &line) && read_request_line(r, line) && read_fields(r, in) && fields_check(r);
}
