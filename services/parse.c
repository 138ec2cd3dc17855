#include "parse.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 9110, 5.6.2 */
static int is_token(const char *at, size_t length) {
    if (length == 0)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)at[i]) && (at[i] == '\0' || strchr("!#$%&'*+-.^_`|~", at[i]) == NULL))
            return 0;
    return 1;
}

static int hex(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    const int lower = tolower((unsigned char)digit);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Decodes %XX (and + in queries) in place. Returns the new length, or -1 for a broken escape. */
static long decode(char *text, size_t length, int is_query) {
    size_t to = 0;
    for (size_t from = 0; from < length; from++) {
        char byte = text[from];
        if (byte == '+' && is_query)
            byte = ' ';
        if (byte == '%') {
            if (from + 2 >= length || hex(text[from + 1]) < 0 || hex(text[from + 2]) < 0)
                return -1;
            byte = (char)(hex(text[from + 1]) * 16 + hex(text[from + 2]));
            from += 2;
        }
        text[to++] = byte;
    }
    return (long)to;
}

static int add_parameter(struct request *request, char *at, size_t length) {
    char *equals = memchr(at, '=', length);
    char *value = equals != NULL ? equals + 1 : at + length;
    const long names = decode(at, equals != NULL ? (size_t)(equals - at) : length, 1);
    const long values = decode(value, (size_t)(at + length - value), 1);
    if (names < 0 || values < 0)
        return 400;
    /* what is over the limit is not lost silently */
    if (request->count == MOST_PARAMETERS)
        return 400;
    /* a name with a NUL would be taken for what stands before it */
    if (memchr(at, '\0', (size_t)names) != NULL)
        return 0;
    at[names] = '\0';
    request->parameters[request->count++] = (struct parameter){at, value, (size_t)values};
    value[values] = '\0';
    return 0;
}

static int parse_query(struct request *request, char *at, char *end) {
    while (at < end) {
        char *stop = memchr(at, '&', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        char *next = stop + 1;
        const int status = stop > at ? add_parameter(request, at, (size_t)(stop - at)) : 0;
        if (status != 0)
            return status;
        at = next;
    }
    return 0;
}

/* The origin form, or the absolute form that a proxy gets. */
static int parse_target(struct request *request, char *at, char *end) {
    for (const char *c = at; c < end; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return 400;
    const int is_absolute = end - at > 7 && strncasecmp(at, "http://", 7) == 0;
    if (!is_absolute && *at != '/')
        return 400;
    char *mark = memchr(at, '?', (size_t)(end - at));
    char *query = mark != NULL ? mark + 1 : end;
    if (decode(at, (size_t)((mark != NULL ? mark : end) - at), 0) < 0)
        return 400;
    return parse_query(request, query, end);
}

static int parse_method(struct request *request, const char *at, size_t length) {
    static const char *const refused[] = {"POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
    if (!is_token(at, length))
        return 400;
    request->is_head = length == 4 && memcmp(at, "HEAD", 4) == 0;
    if (request->is_head || (length == 3 && memcmp(at, "GET", 3) == 0))
        return 0;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strlen(refused[i]) == length && memcmp(refused[i], at, length) == 0)
            return 405;
    return 501;
}

static int parse_version(struct head *head, const char *at, size_t length) {
    if (length != 8 || memcmp(at, "HTTP/", 5) != 0 || !isdigit((unsigned char)at[5]) || at[6] != '.' ||
        !isdigit((unsigned char)at[7]))
        return 400;
    if (at[5] != '1')
        return 505;
    head->minor = at[7] - '0';
    return 0;
}

/* METHOD SP target SP HTTP/1.x. The target is worth reading only when the method is served. */
static int parse_request_line(struct head *head, char *line, char *end) {
    char *first = memchr(line, ' ', (size_t)(end - line));
    char *last = first == NULL ? NULL : memrchr(first + 1, ' ', (size_t)(end - first - 1));
    if (last == NULL || last == first + 1)
        return 400;
    const int version = parse_version(head, last + 1, (size_t)(end - last - 1));
    if (version != 0)
        return version;
    const int method = parse_method(&head->request, line, (size_t)(first - line));
    return method != 0 ? method : parse_target(&head->request, first + 1, last);
}

static int has_word(const char *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list; *at != '\0'; at += strcspn(at, ",")) {
        at += strspn(at, ", \t");
        if (strncasecmp(at, word, length) == 0 && strchr(", \t", at[length]) != NULL)
            return 1;
    }
    return 0;
}

static int take_length(struct head *head, const char *value) {
    char *end;
    if (!isdigit((unsigned char)value[0]) || head->has_length)
        return 400;
    head->body = strtoull(value, &end, 10);
    if (*end != '\0')
        return 400;
    head->has_length = 1;
    return 0;
}

static int take_header(struct head *head, const char *name, const char *value) {
    if (strcasecmp(name, "Content-Length") == 0)
        return take_length(head, value);
    if (strcasecmp(name, "Host") == 0)
        return head->has_host++ ? 400 : 0;
    if (strcasecmp(name, "Transfer-Encoding") == 0)
        head->codings |= strcasecmp(value, "chunked") == 0 ? CHUNKED : UNKNOWN;
    else if (strcasecmp(name, "Expect") == 0)
        head->expects = strcasecmp(value, "100-continue") == 0;
    else if (strcasecmp(name, "Connection") == 0) {
        head->wants_close |= has_word(value, "close");
        head->wants_keep |= has_word(value, "keep-alive");
    }
    return 0;
}

static char *trim(char *at, char *end) {
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return at;
}

/* No white space before the colon, no folded lines, no control characters: each has been used to smuggle requests. */
static int parse_header(struct head *head, char *line, char *end) {
    char *colon = memchr(line, ':', (size_t)(end - line));
    if (colon == NULL || !is_token(line, (size_t)(colon - line)))
        return 400;
    for (const char *c = colon; c < end; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return 400;
    *colon = '\0';
    return take_header(head, line, trim(colon + 1, end));
}

static int conclude(struct head *head) {
    if (head->has_host == 0 && head->minor >= 1)
        return 400;
    if (head->codings != 0 && head->has_length)
        return 400; /* RFC 9112, 6.3: how requests are smuggled */
    if (head->codings != 0)
        return head->codings & UNKNOWN ? 501 : 411; /* nothing here reads a body, so its length is enough to ask for */
    if (head->minor == 0)
        head->expects = 0; /* RFC 9110, 10.1.1 */
    head->request.keeps_alive = head->minor >= 1 ? !head->wants_close : head->wants_keep && !head->wants_close;
    return 0;
}

int parse_head(char *text, size_t length, struct head *head) {
    memset(head, 0, sizeof *head);
    int refusal = 0;
    for (char *line = text, *end = text + length; line < end;) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        char *stop = next > line && next[-1] == '\r' ? next - 1 : next;
        const int status = line == text ? parse_request_line(head, line, stop) : parse_header(head, line, stop);
        /* a malformed header outweighs a method that is not served */
        if (status != 0 && (refusal == 0 || status == 400))
            refusal = status;
        line = next + 1;
    }
    const int status = refusal == 400 ? 400 : conclude(head);
    return refusal != 0 ? refusal : status;
}
