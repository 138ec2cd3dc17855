/*
 * search PORT|PATH: a small search service over HTTP/1.1, one request at a time, as a pool's sample worker.
 *
 *   GET /?q=WORDS   {"query": "...", "results": [...], "pid": N}
 *
 * The results are the titles of the entries that have all WORDS in title or sentence. Any path will do, since nginx
 * passes on /api/search?q=WORDS as it came. For demos and load tests: &delay=MS sleeps, &burn=MS uses CPU for so long
 * before the answer (at most 10 s). $READ_TIMEOUT_MS (5000) is for a whole request to arrive.
 */
#include "http.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *title, *sentence;
} corpus[] = {
    {"How systemd starts a unit", "A job waits for what the unit is ordered after, then the program runs in its cgroup."},
    {"Load balancing with nginx", "The upstream with the fewest open connections gets the next request."},
    {"Processes and isolation in Unix", "What a process cannot see it cannot break."},
    {"Writing a web server in C", "Bytes arrive in any pieces, and the empty line ends the head."},
    {"Health checks that do not lie", "A check has to take the way that a request takes."},
    {"Scaling a pool of workers up and down", "Grow at once, shrink only when the load has stayed away."},
    {"What happens when a worker hangs", "The kernel goes on accepting for it, and clients wait in vain."},
    {"A short history of the CGI protocol", "A program for each request was simple, safe and slow."},
};

enum { LONGEST_WAIT_MS = 10000 };

static void wait_ms(long ms) {
    struct timespec left = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0)
        continue;
}

static void burn_ms(long ms) {
    const clock_t end = clock() + ms * (CLOCKS_PER_SEC / 1000);
    while (clock() < end)
        continue;
}

static long wait_of(const struct request *request, const char *name) {
    const long ms = http_number(request, name);
    return ms < 0 ? 0 : ms > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : ms;
}

/* Whether each word of a query is in the entry, and there is one at all. */
static int matches(size_t entry, const char *query) {
    char word[128];
    int words = 0;
    for (const char *at = query + strspn(query, " "); *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (length >= sizeof word) /* longer than any sentence */
            return 0;
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (strcasestr(corpus[entry].title, word) == NULL && strcasestr(corpus[entry].sentence, word) == NULL)
            return 0;
        at += length;
        words++;
    }
    return words > 0;
}

static void add_results(struct text *body, const char *query) {
    int found = 0;
    for (size_t i = 0; i < sizeof corpus / sizeof *corpus; i++) {
        if (!matches(i, query))
            continue;
        if (found++ > 0)
            text_add(body, ", ");
        text_add_json(body, corpus[i].title, strlen(corpus[i].title));
    }
}

static void answer(const struct request *request, struct text *body) {
    size_t length;
    const char *query = http_parameter(request, "q", &length);
    char pid[32];
    wait_ms(wait_of(request, "delay"));
    burn_ms(wait_of(request, "burn"));
    text_add(body, "{\"query\": ");
    text_add_json(body, query, length);
    text_add(body, ", \"results\": [");
    add_results(body, query);
    snprintf(pid, sizeof pid, "], \"pid\": %d}\n", (int)getpid());
    text_add(body, pid);
}

int main(int argc, char **argv) {
    return http_serve("search", argc > 1 ? argv[1] : NULL, answer);
}
