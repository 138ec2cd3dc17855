/* A FastCGI program (Debian package libfcgi-dev). Its printf, fread and the like are those of fcgi_stdio.h: a request's
   variables are its environment, the body its stdin, the answer its stdout. */
#include <fcgi_stdio.h>
#include <stdlib.h>

static const char *text(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

static void answer(const char *slot) {
  char body[4096];
  size_t length = fread(body, 1, sizeof body - 1, stdin);
  body[length] = '\0';
  /* stderr would go to nginx */
  dprintf(2, "asked for %s\n", text("REQUEST_URI"));
  printf("Content-Type: text/plain\r\n\r\nfastcgi %s\n", slot);
  printf("%s %s + %s ? %s\n", text("REQUEST_METHOD"), text("SCRIPT_NAME"), text("PATH_INFO"), text("QUERY_STRING"));
  printf("x-test: %s\nbody: %s\n", text("HTTP_X_TEST"), body);
}

int main(void) {
  /* while a request is served the environment is the request's */
  static char slot[16];
  snprintf(slot, sizeof slot, "%s", text("SLOT"));
  while (FCGI_Accept() >= 0) answer(slot);
  return 0;
}
