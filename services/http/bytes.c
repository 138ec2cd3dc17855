#include "bytes.h"

#include <string.h>
#include <strings.h>

bool bytes_are(struct bytes b, const char *text)
{
    return b.length == strlen(text) && strncasecmp(b.data, text, b.length) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct bytes bytes_trim(struct bytes b)
{
    for (; b.length > 0 && is_blank(b.data[0]); b.data++)
        b.length--;
    while (b.length > 0 && is_blank(b.data[b.length - 1]))
        b.length--;
    return b;
}

struct bytes bytes_cut(struct bytes *rest, char separator)
{
    const char *at = rest->length > 0 ? memchr(rest->data, separator, rest->length) : NULL;
    struct bytes first = {rest->data, at ? (size_t)(at - rest->data) : rest->length};
    size_t gone = first.length + (at ? 1 : 0);
    rest->data += gone;
    rest->length -= gone;
    return first;
}

static bool is_token(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

bool bytes_token(struct bytes b)
{
    for (size_t i = 0; i < b.length; i++)
        if (!is_token(b.data[i]))
            return false;
    return b.length > 0;
}

long bytes_number(struct bytes b, long most)
{
    long value = 0;
    for (size_t i = 0; i < b.length; i++) {
        if (b.data[i] < '0' || b.data[i] > '9')
            return -1;
        if (value < most) /* later digits cannot make it smaller, and must not overflow */
            value = value * 10 + (b.data[i] - '0');
    }
    if (b.length == 0)
        return -1;
    return value < most ? value : most;
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}
