#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_bytes(struct text *t, const char *data, size_t length)
{
    if (length > t->room - t->length) {
        t->full = true;
        return;
    }
    memcpy(t->data + t->length, data, length);
    t->length += length;
}

void text_format(struct text *t, const char *format, ...)
{
    char piece[512];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(piece, sizeof piece, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof piece)
        t->full = true;
    else
        text_bytes(t, piece, (size_t)length);
}

/* What a first byte of UTF-8 announces. The range of the second byte keeps out overlong forms, surrogates and what
   lies beyond U+10FFFF. */
struct lead {
    unsigned char first, last, follow, low, high;
};

static const struct lead LEADS[] = {
    {0x00, 0x7f, 0, 0, 0},       {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf}, {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < sizeof LEADS / sizeof *LEADS; i++)
        if (byte >= LEADS[i].first && byte <= LEADS[i].last)
            return &LEADS[i];
    return NULL;
}

/* Length of the character at `data`, or of the part of one that ends too early; `valid` tells which. */
static size_t utf8_length(const unsigned char *data, size_t length, bool *valid)
{
    const struct lead *lead = lead_of(data[0]);
    *valid = false;
    if (lead == NULL)
        return 1;
    for (size_t i = 1; i <= lead->follow; i++) {
        unsigned char low = i == 1 ? lead->low : 0x80, high = i == 1 ? lead->high : 0xbf;
        if (i == length || data[i] < low || data[i] > high)
            return i;
    }
    *valid = true;
    return (size_t)lead->follow + 1;
}

static void json_character(struct text *t, const char *data, size_t length)
{
    unsigned char byte = (unsigned char)data[0];
    if (byte < 0x20)
        text_format(t, "\\u%04x", byte);
    else if (byte == '"' || byte == '\\')
        text_format(t, "\\%c", byte);
    else
        text_bytes(t, data, length);
}

void text_json(struct text *t, const char *data, size_t length)
{
    text_bytes(t, "\"", 1);
    while (length > 0) {
        bool valid;
        size_t step = utf8_length((const unsigned char *)data, length, &valid);
        if (valid)
            json_character(t, data, step);
        else
            text_bytes(t, "\xef\xbf\xbd", 3);
        data += step;
        length -= step;
    }
    text_bytes(t, "\"", 1);
}
