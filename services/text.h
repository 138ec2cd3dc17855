/* A text that grows. All functions end the process when memory runs out: a worker is restarted, not nursed. */
#ifndef TEXT_H
#define TEXT_H
#include <stddef.h>

struct text {
    char *bytes; /* always ends in a NUL that length does not count */
    size_t length;
    size_t room;
};

void text_append(struct text *text, const char *bytes, size_t length);
void text_add(struct text *text, const char *string);
/* Adds a JSON string. Bytes that are no UTF-8 become U+FFFD, so that the answer is JSON whatever was asked. */
void text_add_json(struct text *text, const char *bytes, size_t length);
void text_clear(struct text *text);
void text_free(struct text *text);
#endif
