/*
 * search PORT|PATH: a small search service over HTTP/1.1, one request at a time, as a pool's sample worker.
 *
 *   GET /?q=WORDS   {"query": "...", "results": [...], "pid": N}
 *
 * For demos and load tests: &delay=MS sleeps, &burn=MS uses CPU for so long before the answer (at most 10 s).
 */
#include "http.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static const char *const titles[] = {
    "How systemd starts a unit",
    "Load balancing with nginx",
    "Processes and isolation in Unix",
    "Writing a web server in C",
    "Health checks that do not lie",
    "Scaling a pool of workers up and down",
    "What happens when a worker hangs",
    "A short history of the CGI protocol",
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

static int matches(const char *title, const char *query) {
    return query[0] != '\0' && strcasestr(title, query) != NULL;
}

static void add_results(struct text *body, const char *query) {
    int found = 0;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (!matches(titles[i], query))
            continue;
        if (found++ > 0)
            text_add(body, ", ");
        text_add_json(body, titles[i], strlen(titles[i]));
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
