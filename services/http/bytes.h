#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that somebody else owns; NUL is a byte like any other. */
struct bytes {
    const char *data;
    size_t length;
};

/* Whether these are the letters of `text`, in whatever case. */
bool bytes_are(struct bytes b, const char *text);

/* Without the spaces and tabs around them. */
struct bytes bytes_trim(struct bytes b);

/* Cuts what stands before the first `separator` off `rest`; all of it when there is none. */
struct bytes bytes_cut(struct bytes *rest, char separator);

/* One or more of the characters that RFC 9110 calls a token. */
bool bytes_token(struct bytes b);

/* Value of a run of decimal digits, at most `most`; -1 when there is anything else or nothing. */
long bytes_number(struct bytes b, long most);

/* 0 to 15, or -1. */
int hex_value(char c);

#endif
