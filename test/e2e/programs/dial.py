#!/usr/bin/python3
"""A worker that dials a port of the machine: GET /...?port=N answers `reached`, or why not. Listens on $SOCKET or on fd 3."""

import http.server
import os
import re
import socket


def reach(port):
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
        return "reached"
    except OSError as error:
        return type(error).__name__ + f": {error}"


class Dial(http.server.BaseHTTPRequestHandler):
    def address_string(self):
        return "nginx"

    def do_GET(self):
        asked = re.search(r"port=(\d+)", self.path)
        body = (reach(int(asked[1])) if asked else "ready").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def listener():
    if os.environ.get("LISTEN_FDS") == "1":
        return socket.socket(fileno=3)
    if "PORT" in os.environ:
        bound = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
        return bound
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(os.environ["SOCKET"])
    bound.listen(64)
    return bound


server = http.server.ThreadingHTTPServer(("", 0), Dial, bind_and_activate=False)
server.socket = listener()
server.serve_forever()
