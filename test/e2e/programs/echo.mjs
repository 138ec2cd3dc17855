// A worker that answers with what reached it. Listens on PORT or SOCKET, as a worker that knows nothing of cgipool would.
// - /.../stream: sends `first`, and `second` once somebody asked for /.../go
// - /.../hang: never answers
// - /.../strict: tells HSTS of its own
// - ?redirect=PATH: sends X-Accel-Redirect with that path
// - an upgrade to WebSocket: sends the text of each frame back
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const waiting = new Set();

function stream(answer) {
  // nginx gathers an answer into buffers unless it is told not to
  answer.writeHead(200, {
    'content-type': 'text/plain',
    'x-accel-buffering': 'no',
    'x-worker': String(process.pid),
  });
  answer.write('first\n');
  waiting.add(answer);
}

function go(answer) {
  for (const held of waiting) held.end('second\n');
  answer.end(`${waiting.size}\n`);
  waiting.clear();
}

async function echo(request, answer) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const { method, url, headers } = request;
  const { pid, env } = process;
  const slot = Number(env.SLOT);
  answer.setHeader('x-worker', String(pid));
  const [, elsewhere] = /[?&]redirect=([^&]+)/.exec(url) ?? [];
  if (elsewhere) answer.setHeader('x-accel-redirect', elsewhere);
  if (url.endsWith('/strict')) answer.setHeader('strict-transport-security', 'max-age=5');
  answer.end(
    `${JSON.stringify({ pid, pool: env.POOL, slot, method, url, headers, length: body.length, body: body.slice(0, 100) })}\n`,
  );
}

const server = createServer((request, answer) => {
  if (request.url.endsWith('/hang')) return;
  if (request.url.endsWith('/stream')) stream(answer);
  else if (request.url.endsWith('/go')) go(answer);
  // a client that goes in the middle of its body must not end the process
  else echo(request, answer).catch(() => answer.destroy());
});

/** A masked frame of less than 126 bytes (RFC 6455, 5.2), unmasked. */
function textOf(frame) {
  const mask = frame.subarray(2, 6);
  return Buffer.from(frame.subarray(6).map((byte, i) => byte ^ mask[i % 4])).toString();
}

server.on('upgrade', (request, socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('data', frame => {
    const text = Buffer.from(textOf(frame));
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
  socket.on('error', () => {});
});

const { PORT, SOCKET } = process.env;
if (SOCKET) server.listen(SOCKET);
else server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
