#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Output of limited size. What does not fit is left out as a whole, and `full` tells. */
struct text {
    char *data;
    size_t length, room;
    bool full;
};

void text_bytes(struct text *t, const char *data, size_t length);
void text_format(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, one for each maximal part of a sequence as
   the Unicode standard (3.9) recommends, so any input gives valid JSON. */
void text_json(struct text *t, const char *data, size_t length);

#endif
