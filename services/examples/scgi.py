"""An SCGI program, for scgi.pool: one connection a request, and the answer is a CGI script's."""
import os
import socketserver


def variables_of(stream):
    """The request's variables, which come as `LENGTH:NAME\\0VALUE\\0NAME\\0VALUE\\0,`."""
    length = b''
    while (digit := stream.read(1)) not in (b':', b''):
        length += digit
    parts = stream.read(int(length or 0)).decode().split('\0')
    stream.read(1)
    return dict(zip(parts[::2], parts[1::2]))


class Answer(socketserver.StreamRequestHandler):
    """Tells what it was asked."""

    def handle(self):
        asked = variables_of(self.rfile)
        if not asked:
            return
        url = f"{asked['REQUEST_METHOD']} {asked['PATH_INFO']} ? {asked['QUERY_STRING']}"
        print('asked for', asked['PATH_INFO'], flush=True)
        body = self.rfile.read(int(asked['CONTENT_LENGTH'] or 0)).decode()
        text = f"scgi {os.environ['SLOT']}\n{url}\nx-test: {asked.get('HTTP_X_TEST', '')}\nbody: {body}\n"
        self.wfile.write(f'Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n{text}'.encode())


class Server(socketserver.UnixStreamServer):
    """One request at a time; the others wait."""

    request_queue_size = 128


Server(os.environ['SOCKET'], Answer).serve_forever()
