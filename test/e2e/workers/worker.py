#!/usr/bin/python3
# A worker that serves or fails as the file /srv/modes/NAME says when it starts: worker.py PORT NAME
import os
import socket
import sys
import threading
import time

port, name = int(sys.argv[1]), sys.argv[2]
with open(f"/srv/modes/{name}") as file:
    mode, *rest = file.read().split()


def answer(status, body):
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def endless(client):
    client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


def silent(client):
    time.sleep(3600)


def ok(client):
    client.sendall(answer(200, f"{name} {os.getpid()}\n"))


ANSWERS = {
    "ok": ok,
    "later": ok,
    "ready": ok,
    "pings": ok,
    "500": lambda client: client.sendall(answer(500, "out of order")),
    "garbage": lambda client: client.sendall(b"\x00\x01 this is no HTTP \xff\r\n\r\n"),
    "endless": endless,
    "silent": silent,
}

if mode == "exit":
    sys.exit(int(rest[0]))
if mode == "abort":
    os.abort()
if mode == "sleep":
    time.sleep(3600)



def own():
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    bound.listen(64)
    return bound


def notify(text):
    """sd_notify(3)"""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(text, os.environ["NOTIFY_SOCKET"].replace("@", "\0"))


def ping():
    while True:
        notify(b"WATCHDOG=1")
        time.sleep(0.3)


# sd_listen_fds(3): systemd's socket is the first after the three that each program has
listener = socket.socket(fileno=3) if os.environ.get("LISTEN_FDS") == "1" else own()
if mode in ("ready", "pings"):
    notify(b"READY=1")
if mode == "pings":
    threading.Thread(target=ping, daemon=True).start()
end = time.monotonic() + 1
while True:
    if mode == "later":
        listener.settimeout(max(0.001, end - time.monotonic()))
    try:
        client, _ = listener.accept()
    except TimeoutError:
        sys.exit(3)
    try:
        client.recv(65536)
        ANSWERS[mode](client)
    except OSError:
        pass
    client.close()
