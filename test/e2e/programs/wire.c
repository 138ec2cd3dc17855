/* A FastCGI program whose answer is what it was asked with, a variable a line; a path may ask for another one. */
#include <fcgiapp.h>
#include <string.h>
#include <unistd.h>

static void echo(FCGX_Request *request) {
    for (char **variable = request->envp; *variable; variable++)
        FCGX_FPrintF(request->out, "%s\n", *variable);
}

static void answer(FCGX_Request *request) {
    const char *path = FCGX_GetParam("SCRIPT_NAME", request->envp);
    if (path && strcmp(path, "/silent") == 0) {
        FCGX_PutS("no luck\n", request->err);
        FCGX_SetExitStatus(3, request->out);
        return;
    }
    FCGX_PutS("Content-Type: text/plain\r\n\r\n", request->out);
    if (path && strcmp(path, "/count") == 0)
        FCGX_FPrintF(request->out, "COUNT=%d\n", (int)strlen(FCGX_GetParam("QUERY_STRING", request->envp)));
    else
        echo(request);
    if (path && strcmp(path, "/die") == 0) {
        FCGX_FFlush(request->out);
        _exit(1);
    }
}

int main(int argc, char **argv) {
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, FCGX_OpenSocket(argv[argc - 1], 16), 0);
    while (FCGX_Accept_r(&request) == 0)
        answer(&request);
    return 0;
}
