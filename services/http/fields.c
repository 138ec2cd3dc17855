#include "request.h"

#include <stddef.h>
#include <string.h>

bool field_split(struct bytes line, struct bytes *name, struct bytes *value)
{
    struct bytes rest = line;
    *name = bytes_cut(&rest, ':');
    *value = bytes_trim(rest);
    /* a token has no blanks: neither a folded line nor `Name :`, by which requests were smuggled, passes */
    return name->length < line.length && bytes_token(*name);
}

static bool read_host(struct request *r, struct bytes value)
{
    for (size_t i = 0; i < value.length; i++)
        if (strchr(" \t/?#@\\,\"<>", value.data[i]))
            return request_fail(r, 400, "Host is no host name");
    r->hosts++;
    return true;
}

static bool read_length(struct request *r, struct bytes value)
{
    if (r->length >= 0)
        return request_fail(r, 400, "Content-Length is given twice");
    r->length = bytes_number(value, BODY_LIMIT + 1);
    return r->length >= 0 || request_fail(r, 400, "Content-Length is no number");
}

static bool read_coding(struct request *r, struct bytes value)
{
    struct bytes rest = value, last = value;
    int count = 0;
    for (; rest.length > 0; count++)
        last = bytes_trim(bytes_cut(&rest, ','));
    r->codings++;
    r->chunked = bytes_are(last, "chunked");
    if (r->codings > 1 || !r->chunked)
        return request_fail(r, 400, "Transfer-Encoding must end in chunked: where the body ends is unknown");
    /* the body is thrown away, but only what is understood may be: decompressing has no place here */
    return count == 1 || request_fail(r, 501, "of transfer codings only chunked is understood");
}

static bool read_connection(struct request *r, struct bytes value)
{
    while (value.length > 0) {
        struct bytes option = bytes_trim(bytes_cut(&value, ','));
        r->closes = r->closes || bytes_are(option, "close");
        r->keeps = r->keeps || bytes_are(option, "keep-alive");
    }
    return true;
}

static bool read_expect(struct request *r, struct bytes value)
{
    if (r->minor == 0) /* HTTP/1.0 knows no expectations */
        return true;
    r->expects = bytes_are(value, "100-continue");
    return r->expects || request_fail(r, 417, "the only expectation that can be met is 100-continue");
}

static const struct {
    const char *name;
    bool (*read)(struct request *r, struct bytes value);
} FIELDS[] = {
    {"Host", read_host},
    {"Content-Length", read_length},
    {"Transfer-Encoding", read_coding},
    {"Connection", read_connection},
    {"Expect", read_expect},
};

bool field_read(struct request *r, struct bytes line)
{
    struct bytes name, value;
    if (!field_split(line, &name, &value))
        return request_fail(r, 400, "a header line is Name: value");
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (bytes_are(name, FIELDS[i].name))
            return FIELDS[i].read(r, value);
    return true;
}

bool fields_check(struct request *r)
{
    if (r->hosts > 1 || (r->hosts == 0 && r->minor > 0))
        return request_fail(r, 400, "HTTP/1.1 wants exactly one Host");
    if (r->chunked && r->length >= 0)
        return request_fail(r, 400, "Content-Length and Transfer-Encoding exclude each other");
    if (r->chunked && r->minor == 0)
        return request_fail(r, 400, "HTTP/1.0 has no Transfer-Encoding");
    if (r->length > BODY_LIMIT)
        return request_fail(r, 413, "the body is longer than 1 MiB");
    r->keep_alive = !r->closes && (r->minor > 0 || r->keeps);
    return true;
}
