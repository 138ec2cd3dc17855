import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { suite } from 'uvu';
import { exchange } from '../../../src/host/probe/exchange.ts';
import { Patience } from '../../../src/host/probe/patience.ts';

const test = suite('patience of a probe');

/** Keeps the event loop from doing anything else. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

const patience = (ms: number): Promise<number> => {
  const began = performance.now();
  return new Promise(resolve => new Patience(ms, () => resolve(performance.now() - began)));
};

test('while the loop is on time it ends when it should', async () => {
  const took = await patience(80);
  assert.ok(took >= 78, `${took} ms`);
});

test('of a delay of the loop only a part counts', async () => {
  const waiting = patience(80);
  block(200);
  const took = await waiting;
  assert.ok(took >= 200 + 60, `${took} ms`);
});

test('once it is ended it does not end again', async () => {
  let ends = 0;
  const one = new Patience(8, () => ends++);
  one.end();
  await patience(40);
  assert.equal(ends, 0);
});

test('an answer that came while the loop was late is an answer', async () => {
  const server = createServer(socket => socket.on('error', () => {}).end('yes')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asking = exchange({ host: '127.0.0.1', port }, Buffer.from('well?'), {
    timeout: 80,
    limit: 100,
    done: bytes => bytes.length === 3,
  });
  // neither the connection nor the answer is seen in time
  setImmediate(() => block(100));
  setTimeout(() => block(100), 1);
  assert.equal(Buffer.from(await asking.finally(() => server.close())).toString(), 'yes');
});

test.run();
