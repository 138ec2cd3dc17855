#!/usr/bin/python3
# A worker that idle connections do not hinder, however many. Listens as cgipool's variables say; ?delay=MS answers late.
import asyncio, os, re, socket

POOL = os.environ["POOL"]


class Worker(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.request = transport, b""

    def data_received(self, data):
        self.request = (self.request + data)[:65536]
        if b"\r\n\r\n" in self.request:
            late = re.search(rb"[?&]delay=(\d{1,4})\b", self.request)
            asyncio.get_running_loop().call_later(int(late[1]) / 1000 if late else 0, self.answer)

    def answer(self):
        body = f"{POOL} {os.getpid()}\n"
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.transport.write((head + body).encode())
        self.transport.close()


def listener():
    # sd_listen_fds(3): systemd's socket is the first after the three that each program has
    if os.environ.get("LISTEN_FDS") == "1":
        return socket.socket(fileno=3)
    path = os.environ.get("SOCKET")
    bound = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(path or ("127.0.0.1", int(os.environ["PORT"])))
    return bound


async def main():
    server = await asyncio.get_running_loop().create_server(Worker, sock=listener(), backlog=1024)
    await server.serve_forever()


asyncio.run(main())
