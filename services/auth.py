#!/usr/bin/python3
"""auth PORT|PATH: a small token service over HTTP/1.1 on Python's standard library, as a pool's sample worker.

    GET /?user=NAME   {"user": "...", "token": "...", "pid": N}

The token is an HMAC-SHA256 of the user; the key is $AUTH_KEY, or random for each process. Any path will do, since
nginx passes on /api/auth?user=NAME as it came. For demos and load tests: &delay=MS waits, &burn=MS uses CPU for so
long before the answer (at most 10 s). $READ_TIMEOUT_MS (5000) is for a whole request to arrive.
"""

import asyncio
import hmac
import json
import os
import re
import secrets
import signal
import socket
import stat
import sys
import time
from email.utils import formatdate
from urllib.parse import unquote_to_bytes

LONGEST_LINE = 8192
LONGEST_HEAD = 16384
LARGEST_BODY = 1 << 20
LONGEST_WAIT = 10.0
# seconds: for a whole request to arrive, for the next one on an idle connection, for the rest of a refused one
REQUEST_TIME, IDLE_TIME, LINGER_TIME = int(os.environ.get("READ_TIMEOUT_MS") or 5000) / 1000, 5.0, 0.5
# seconds that a client may be silent after SIGTERM: its request is on the way
GRACE_TIME = 0.1

REASONS = {
    200: "OK", 400: "Bad Request", 405: "Method Not Allowed", 408: "Request Timeout", 411: "Length Required",
    413: "Content Too Large", 414: "URI Too Long", 431: "Request Header Fields Too Large", 501: "Not Implemented",
    505: "HTTP Version Not Supported",
}
REFUSED = {b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH"}
TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
KEY = os.environ["AUTH_KEY"].encode() if os.environ.get("AUTH_KEY") else secrets.token_bytes(32)


class Refusal(Exception):
    """A request that deserves an error status. HEAD gets no body with it either."""

    def __init__(self, status, is_head=False):
        super().__init__(status)
        self.status, self.is_head = status, is_head


class Gone(Exception):
    """The client went, or never began."""


def decode(text):
    if BROKEN_ESCAPE.search(text):
        raise Refusal(400)
    return unquote_to_bytes(text)


def parse_query(query):
    found = {}
    for pair in filter(None, query.split(b"&")):
        name, _, value = pair.partition(b"=")
        found.setdefault(decode(name.replace(b"+", b" ")), decode(value.replace(b"+", b" ")))
    return found


def parse_target(target):
    if re.search(rb"[\x00-\x20\x7f]", target):
        raise Refusal(400)
    is_absolute = len(target) > 7 and target.lower().startswith(b"http://")
    if not is_absolute and not target.startswith(b"/"):
        raise Refusal(400)
    path, _, query = target.partition(b"?")
    decode(path)
    return parse_query(query)


def parse_request_line(line):
    parts = re.fullmatch(rb"([^ ]*) (.+) ([^ ]*)", line, re.DOTALL)
    version = parts and re.fullmatch(rb"HTTP/(\d)\.(\d)", parts[3])
    if not version:
        raise Refusal(400)
    if version[1] != b"1":
        raise Refusal(505)
    method = parts[1]
    if not TOKEN.fullmatch(method):
        raise Refusal(400)
    if method not in (b"GET", b"HEAD"):
        raise Refusal(405 if method in REFUSED else 501)
    return parse_target(parts[2]), int(version[2])


def parse_header(line):
    """No white space before the colon, no folded lines: each has been used to smuggle requests."""
    name, colon, value = line.partition(b":")
    if not colon or not TOKEN.fullmatch(name) or CONTROL.search(value):
        raise Refusal(400)
    return name.lower(), value.strip(b" \t")


def content_length(values):
    if len(values) > 1 or any(not re.fullmatch(rb"\d+", value) for value in values):
        raise Refusal(400)
    # what has more digits is too large in any case, and Python refuses to convert very long ones
    return int(values[0][-18:] if not values[0][:-18].strip(b"0") else b"9" * 18) if values else 0


def check_codings(codings, lengths):
    """Nothing here reads a body, so its length is enough to ask for (411)."""
    if codings and lengths:
        raise Refusal(400)
    if codings:
        raise Refusal(411 if all(coding.lower() == b"chunked" for coding in codings) else 501)


class Request:
    def __init__(self, head):
        self.is_head = head.startswith(b"HEAD ")
        try:
            self.parse(re.split(rb"\r?\n", head))
        except Refusal as refusal:
            raise Refusal(refusal.status, self.is_head) from None

    def parse(self, lines):
        headers = [parse_header(line) for line in lines[1:]]

        def of(name):
            return [value for key, value in headers if key == name]

        self.query, minor = parse_request_line(lines[0])
        self.length = content_length(of(b"content-length"))
        if (minor >= 1 and not of(b"host")) or len(of(b"host")) > 1:
            raise Refusal(400)
        check_codings(of(b"transfer-encoding"), of(b"content-length"))
        words = [word.strip().lower() for value in of(b"connection") for word in value.split(b",")]
        self.keeps_alive = b"close" not in words and (minor >= 1 or b"keep-alive" in words)
        # HTTP/1.0 knows no expectations (RFC 9110, 10.1.1)
        self.expects = minor >= 1 and [value.lower() for value in of(b"expect")] == [b"100-continue"]

    def milliseconds(self, name):
        value = self.query.get(name, b"")
        return min(int(value) / 1000, LONGEST_WAIT) if re.fullmatch(rb"\d{1,9}", value) else 0.0


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


async def answer(request):
    await asyncio.sleep(request.milliseconds(b"delay"))
    burn(request.milliseconds(b"burn"))
    user = request.query.get(b"user", b"")
    token = hmac.new(KEY, user, "sha256").hexdigest()
    return {"user": user.decode("utf-8", "replace"), "token": token, "pid": os.getpid()}


def check_size(data, end):
    """Line and head have limits of their own, seen as soon as they are passed."""
    line = data.find(b"\n", 0, end)
    line = end if line < 0 else line
    if line > LONGEST_LINE:
        raise Refusal(414)
    if end - line > LONGEST_HEAD:
        raise Refusal(431)


class Connection:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.data = b""

    async def more(self):
        got = await self.reader.read(65536)
        if not got:
            raise Gone
        self.data += got
        self.server.busy.add(self)

    async def read_head(self):
        while True:
            self.data = self.data.lstrip(b"\r\n")
            end = re.search(rb"\r?\n\r?\n", self.data)
            check_size(self.data, end.start() if end else len(self.data))
            if end:
                head, self.data = self.data[: end.start()], self.data[end.end():]
                return head
            await self.more()

    async def skip_body(self, request):
        left = request.length
        if left > LARGEST_BODY:
            raise Refusal(413, request.is_head)
        if request.expects and left and not self.data:
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while left > len(self.data):
            left -= len(self.data)
            self.data = b""
            await self.more()
        self.data = self.data[left:]

    async def respond(self, status, body, is_head, keeps_alive):
        text = json.dumps(body).encode() + b"\n"
        allow = "Allow: GET, HEAD\r\n" if status == 405 else ""
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\nDate: {formatdate(usegmt=True)}\r\n"
            f"Content-Type: application/json\r\n{allow}Content-Length: {len(text)}\r\nConnection: {'keep-alive' if keeps_alive else 'close'}\r\n\r\n"
        )
        self.writer.write(head.encode() + (b"" if is_head else text))
        await self.writer.drain()

    async def linger(self):
        """After a refusal the client may still send: closed at once, it would see a reset instead of the answer."""
        async def read_on():
            while await self.reader.read(65536):
                pass

        if self.writer.can_write_eof():
            self.writer.write_eof()
        try:
            await asyncio.wait_for(read_on(), LINGER_TIME)
        except asyncio.TimeoutError:
            pass

    async def refuse(self, status, is_head=False):
        await self.respond(status, {"error": REASONS[status]}, is_head, False)
        await self.linger()

    async def receive(self):
        request = Request(await self.read_head())
        await self.skip_body(request)
        return request

    async def serve_request(self):
        """One request and its answer. Tells whether another may follow."""
        try:
            request = await asyncio.wait_for(self.receive(), REQUEST_TIME)
        except Refusal as refusal:
            await self.refuse(refusal.status, refusal.is_head)
            return False
        except asyncio.TimeoutError:
            if self in self.server.busy:
                await self.refuse(408)
            return False
        body = await answer(request)
        # what was sent ahead is served, too
        keeps = request.keeps_alive and (bool(self.data) or not self.server.terminating)
        await self.respond(200, body, request.is_head, keeps)
        if not self.data:
            self.server.busy.discard(self)
        return keeps

    async def serve(self):
        try:
            while await self.serve_request():
                if not self.data:
                    await asyncio.wait_for(self.more(), IDLE_TIME)
        except (Gone, ConnectionError, asyncio.TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self.server.busy.discard(self)
            self.writer.close()


def fail(where, error, cure):
    sys.exit(f"auth: cannot listen on {where}: {error.strerror or error}; {cure}")


def parse_port(text):
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        print(f'auth: "{text}" is not a port (1 to 65535) or a socket path (with a /)', file=sys.stderr)
        sys.exit(2)
    return int(text)


def tcp_cure(error):
    if isinstance(error, PermissionError):
        return "ports below 1024 are for root: choose a higher one"
    return "choose another port, or stop the program that has it (ss -ltnp)"


def listen_tcp(text):
    port = parse_port(text)
    where = f"127.0.0.1:{port}"
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        fail(where, error, tcp_cure(error))
    return listener, where


def remove_stale(where):
    """A socket file that nobody listens on was left by a killed worker.

    Any other file is refused like such a socket, and must not be taken for one.
    """
    try:
        if not stat.S_ISSOCK(os.lstat(where).st_mode):
            fail(where, FileExistsError(17, "File exists"), "it is no socket: move it away, or choose another path")
    except OSError:
        return  # bind tells better what is wrong
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(where)
        except ConnectionRefusedError:
            os.unlink(where)
            return
        except OSError:
            return
    cure = "choose another path, or stop the program that has it (ss -lxp)"
    fail(where, OSError(98, "Address already in use"), cure)


def listen_unix(where):
    remove_stale(where)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(where)
    except OSError as error:
        fail(where, error, "check that its folder exists and is writable")
    return listener, where


def take_passed():
    where = "the socket from systemd"
    try:
        listener = socket.socket(fileno=3)
        if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise OSError(22, "Invalid argument")
    except OSError as error:
        fail(where, error, "its socket unit needs ListenStream= and Accept=no")
    return listener, where


def is_passed():
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1"


def listen():
    """The socket, and its name for messages."""
    if is_passed():
        return take_passed()
    if len(sys.argv) < 2 and os.environ.get("SOCKET"):
        return listen_unix(os.environ["SOCKET"])
    where = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT") or None
    if where is None:
        print("usage: auth PORT | PATH (or $PORT, $SOCKET)", file=sys.stderr)
        sys.exit(2)
    return listen_unix(where) if "/" in where else listen_tcp(where)


def remover(listener):
    """Removes the socket file, if it is still the one we made. Then nobody new can come.

    Whoever has found the file before is refused rather than reset.
    """
    path = listener.getsockname() if listener.family == socket.AF_UNIX and not is_passed() else None
    made = os.stat(path) if path else None

    def remove():
        try:
            if made and os.path.samestat(os.stat(path), made):
                os.unlink(path)
        except OSError:
            pass
        if path:
            listener.shutdown(socket.SHUT_RD)

    return remove


class Server:
    def __init__(self):
        self.busy = set()
        self.tasks = set()
        self.terminating = False

    async def connected(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        try:
            await Connection(self, reader, writer).serve()
        finally:
            self.tasks.discard(task)

    async def accept_waiting(self, listener):
        """Those who were accepted by the kernel before SIGTERM are in flight, too.

        A queue that systemd keeps is the next worker's.
        """
        if is_passed():
            return
        listener.setblocking(False)
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            asyncio.get_running_loop().create_task(self.adopt(client))

    async def adopt(self, client):
        reader, writer = await asyncio.open_connection(sock=client)
        await self.connected(reader, writer)

    async def run(self, listener, where):
        term = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, term.set)
        waiting, remove = listener.dup(), remover(listener)
        start = asyncio.start_unix_server if listener.family == socket.AF_UNIX else asyncio.start_server
        server = await start(self.connected, sock=listener, backlog=511)
        print(f"auth: listening on {where}", file=sys.stderr, flush=True)
        await term.wait()
        self.terminating = True
        remove()
        server.close()
        await self.accept_waiting(waiting)
        waiting.close()
        await self.finish()

    async def finish(self):
        """An idle connection holds nobody up; one with a request in hand or begun is waited for."""
        await asyncio.sleep(GRACE_TIME)
        while self.busy:
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(Server().run(*listen()))
