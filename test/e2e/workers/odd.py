#!/usr/bin/python3
# A worker that does something as a worker should not: odd.py SLOT HOW
import os
import signal
import socket
import sys

slot, how = int(sys.argv[1]), sys.argv[2]


def listener():
    if how == "file":
        found = socket.socket(socket.AF_UNIX)
        found.bind(os.environ["SOCKET"])
    else:
        found = socket.socket(socket.AF_INET6 if how == "ipv6" else socket.AF_INET)
        if how != "no-reuse":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host = "::1" if how == "ipv6" else "127.0.0.1"
        found.bind((host, slot + 1 if how == "next" else slot))
    found.listen(64)
    return found


if how == "background" and os.fork() > 0:
    os._exit(0)
if how == "ignores":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
server = listener()
while True:
    client, _ = server.accept()
    try:
        client.recv(65536)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nodd")
    except OSError:
        pass
    client.close()
