#include "query.h"

static bool is_escape(struct bytes text, size_t at)
{
    return at + 2 < text.length && hex_value(text.data[at + 1]) >= 0 && hex_value(text.data[at + 2]) >= 0;
}

bool query_start(struct query *q, const struct request *r)
{
    struct bytes target = {r->target, r->target_length};
    for (size_t i = 0; i < target.length; i++)
        if (target.data[i] == '%' && !is_escape(target, i))
            return false;
    bytes_cut(&target, '?');
    q->rest = target;
    q->used = 0;
    return true;
}

static struct bytes decode(struct query *q, struct bytes text)
{
    struct bytes decoded = {q->room + q->used, 0};
    for (size_t i = 0; i < text.length; i++, decoded.length++) {
        char c = text.data[i] == '+' ? ' ' : text.data[i];
        if (c == '%') {
            c = (char)(hex_value(text.data[i + 1]) << 4 | hex_value(text.data[i + 2]));
            i += 2;
        }
        q->room[q->used++] = c; /* never more than the target has: it fits */
    }
    return decoded;
}

bool query_next(struct query *q, struct bytes *name, struct bytes *value)
{
    if (q->rest.length == 0)
        return false;
    struct bytes pair = bytes_cut(&q->rest, '&');
    struct bytes before = bytes_cut(&pair, '=');
    *name = decode(q, before);
    *value = decode(q, pair);
    return true;
}
