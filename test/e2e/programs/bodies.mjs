// A worker for what is long: PUT answers with length and digest of the body, and tells its log of the first piece of it;
// /.../events sends an event at once and another when somebody asked for /.../go; /.../large is 64 megabytes in pieces, and its log tells when the last is out;
// an upgrade to WebSocket sends back what comes.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const waiting = new Set();

async function digest(request, answer) {
  const hash = createHash('sha256');
  let length = 0;
  for await (const piece of request) {
    if (length === 0) console.log(`first piece of ${request.url}`);
    length += piece.length;
    hash.update(piece);
  }
  const { 'transfer-encoding': coding = 'none', connection = 'none' } = request.headers;
  answer.end(`${length} ${hash.digest('hex')} ${coding} ${connection}\n`);
}

const server = createServer((request, answer) => {
  if (request.method !== 'GET') return digest(request, answer);
  if (request.url.endsWith('/events')) {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write('data: first\n\n');
    return waiting.add(answer);
  }
  if (request.url.endsWith('/go')) for (const held of waiting) held.end('data: second\n\n');
  answer.on('finish', () => console.log(`all of ${request.url} is out`));
  if (request.url.includes('/large')) for (let i = 0; i < 1000; i++) answer.write(Buffer.alloc(65536, i));
  answer.end('ok\n');
});
server.on('upgrade', (_request, socket, head) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  socket.write(head);
  socket.on('data', data => socket.write(data)).on('error', () => {});
});
server.listen(process.env.SOCKET ?? { port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => server.close(() => process.exit(0)));
