// A Node server, for node.pool.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT, SLOT } = process.env;

async function answer(request, response) {
  const { method, url, headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  console.log(`asked for ${url}`);
  const body = await text(request);
  response.setHeader('Content-Type', 'text/plain');
  response.end(`node ${SLOT}\n${method} ${pathname} ? ${searchParams}\nx-test: ${headers['x-test'] ?? ''}\nbody: ${body}\n`);
}

// a client that goes in the middle of its body, or a path that is no URL, must not end the process
const server = createServer((request, response) => answer(request, response).catch(() => response.writeHead(400).end()));

server.listen(PORT, '127.0.0.1');
// takes no more connections, and ends with the last request
process.on('SIGTERM', () => server.close());
