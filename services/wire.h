/* Bytes over a connection, each wait until a moment of now_ms(). */
#ifndef WIRE_H
#define WIRE_H
#include <stddef.h>

enum outcome { GOT, ENDED, LATE };

/* Milliseconds of a clock that nobody sets. */
long now_ms(void);
/* Whether one of the events of poll(2) comes in time. */
int await(int fd, short events, long until);
/* Reads what is there, once something is; GOT with 0 bytes is possible. */
enum outcome read_some(int fd, char *to, size_t room, size_t *got, long until);
/* -1: the client is gone, or does not read. */
int send_all(int fd, const char *bytes, size_t length, long until);
#endif
