#include "reply.h"
#include "request.h"

/* Bytes: a chunk's size with its extensions, which nobody uses; all trailer lines. */
enum { CHUNK_LINE_LIMIT = 256, TRAILER_LIMIT = 8192 };

/* Size of the next chunk, at most `most`; -1: no such thing. */
static long chunk_size(struct bytes line, long most)
{
    struct bytes digits = bytes_trim(bytes_cut(&line, ';'));
    long size = 0;
    for (size_t i = 0; i < digits.length; i++) {
        int digit = hex_value(digits.data[i]);
        if (digit < 0)
            return -1;
        size = size < most ? size * 16 + digit : most;
    }
    if (digits.length == 0)
        return -1;
    return size < most ? size : most;
}

static bool read_trailers(struct request *r, struct input *in)
{
    size_t budget = TRAILER_LIMIT;
    for (;;) {
        struct bytes line, name, value;
        enum took took = input_line(in, budget, &line);
        if (took != TOOK)
            return request_stop(r, took, 431);
        if (line.length == 0)
            return true;
        if (!field_split(line, &name, &value))
            return request_fail(r, 400, "a trailer line is Name: value");
        if (line.length + 2 > budget)
            return request_stop(r, TOO_LONG, 431);
        budget -= line.length + 2;
    }
}

/* The data of a chunk and the empty line behind it. */
static bool skip_chunk(struct request *r, struct input *in, long size)
{
    struct bytes line;
    enum took took = input_skip(in, (uint64_t)size);
    if (took == TOOK)
        took = input_line(in, 0, &line);
    return took == TOOK || request_stop(r, took, 400);
}

static bool read_chunks(struct request *r, struct input *in)
{
    long left = BODY_LIMIT;
    for (;;) {
        struct bytes line;
        enum took took = input_line(in, CHUNK_LINE_LIMIT, &line);
        if (took != TOOK)
            return request_stop(r, took, 400);
        long size = chunk_size(line, BODY_LIMIT + 1);
        if (size < 0)
            return request_fail(r, 400, "a chunk begins with its size in hexadecimal");
        if (size == 0)
            return read_trailers(r, in);
        if (size > left)
            return request_fail(r, 413, "the body is longer than 1 MiB");
        left -= size;
        if (!skip_chunk(r, in, size))
            return false;
    }
}

bool request_body(struct request *r, struct input *in)
{
    if (!r->chunked && r->length <= 0)
        return true;
    /* whoever asks first gets the refusal first, and need not send the body */
    if (r->expects && r->status != 0)
        return false;
    if (r->expects && !input_waiting(in) && !reply_continue(in->fd, in->deadline))
        return request_stop(r, LOST, 0);
    if (r->chunked)
        return read_chunks(r, in);
    enum took took = input_skip(in, (uint64_t)r->length);
    return took == TOOK || request_stop(r, took, 400);
}
