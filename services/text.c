#include "text.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_room(struct text *text, size_t length) {
    if (text->length + length < text->room)
        return;
    text->room = (text->length + length + 1) * 2;
    text->bytes = realloc(text->bytes, text->room);
    if (text->bytes == NULL) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
}

void text_append(struct text *text, const char *bytes, size_t length) {
    make_room(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string) { text_append(text, string, strlen(string)); }

void text_clear(struct text *text) {
    make_room(text, 0);
    text->length = 0;
    text->bytes[0] = '\0';
}

void text_free(struct text *text) {
    free(text->bytes);
    memset(text, 0, sizeof *text);
}

static int is_tail(uint8_t byte) { return (byte & 0xc0) == 0x80; }

/* The length of the UTF-8 sequence at the beginning, 0 when it is none (RFC 3629: no surrogates, nothing overlong). */
static size_t sequence(const uint8_t *at, size_t left) {
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf && left > 1 && is_tail(at[1]))
        return 2;
    if (left > 2 && is_tail(at[1]) && is_tail(at[2])) {
        const int overlong = at[0] == 0xe0 && at[1] < 0xa0;
        const int surrogate = at[0] == 0xed && at[1] > 0x9f;
        if (at[0] >= 0xe0 && at[0] <= 0xef)
            return overlong || surrogate ? 0 : 3;
    }
    if (left > 3 && is_tail(at[1]) && is_tail(at[2]) && is_tail(at[3])) {
        const int overlong = at[0] == 0xf0 && at[1] < 0x90;
        const int beyond = at[0] == 0xf4 && at[1] > 0x8f;
        if (at[0] >= 0xf0 && at[0] <= 0xf4)
            return overlong || beyond ? 0 : 4;
    }
    return 0;
}

static void add_escaped(struct text *text, uint8_t byte) {
    char escape[8];
    snprintf(escape, sizeof escape, byte == '"' || byte == '\\' ? "\\%c" : "\\u%04x", byte);
    text_add(text, escape);
}

void text_add_json(struct text *text, const char *bytes, size_t length) {
    const uint8_t *at = (const uint8_t *)bytes;
    const uint8_t *end = at + length;
    text_add(text, "\"");
    while (at < end) {
        const size_t size = sequence(at, (size_t)(end - at));
        if (size == 0)
            text_add(text, "\xef\xbf\xbd");
        else if (size == 1 && (at[0] < 0x20 || at[0] == '"' || at[0] == '\\' || at[0] == 0x7f))
            add_escaped(text, at[0]);
        else
            text_append(text, (const char *)at, size);
        at += size == 0 ? 1 : size;
    }
    text_add(text, "\"");
}
