import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import { both } from './both.ts';
import { Client, get, withClient, within } from './client.ts';
import { type Program, start, type Transport, type Worker } from './program.ts';

const test = suite('services: SIGTERM');

const TRANSPORTS: readonly Transport[] = ['tcp', 'unix'];

const ended = async (worker: Worker): Promise<void> => {
  assert.equal(await within(worker.ended(), 'the end'), 0, worker.stderr);
};

/** Whether a new client can still connect. */
const isOpen = (worker: Worker): Promise<boolean> =>
  new Promise(resolve => {
    const { socket } = new Client(worker);
    const finish = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', finish(true)).once('error', finish(false));
  });

const target = ({ parameter }: Program): string => `/?${parameter}=x`;

for (const transport of TRANSPORTS) {
  both(
    test,
    `after SIGTERM all clients connected over ${transport} are answered, then the worker exits 0`,
    async program => {
      const worker = await start(program, transport);
      const clients: Client[] = [];
      for (let i = 0; i < 6; i++) clients.push(await new Client(worker).connected());
      const [slow, half, ...rest] = clients;
      slow?.send(get(`${target(program)}&delay=250`));
      half?.send(get(target(program)).slice(0, 30));
      for (const client of rest) client.send(get(target(program)));
      // the kernel has accepted all of them, whether or not the worker has
      worker.child.kill('SIGTERM');
      assert.equal((await slow?.answer())?.status, 200);
      half?.send(get(target(program)).slice(30));
      for (const client of clients.slice(1)) {
        const answer = await client.answer();
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('connection'), 'close');
      }
      assert.equal(await isOpen(worker), false);
      await ended(worker);
      if ('path' in worker.address) assert.equal(existsSync(String(worker.address.path)), false);
    },
  );

  both(
    test,
    `idle and silent connections over ${transport} do not delay the exit after SIGTERM`,
    async program => {
      const worker = await start(program, transport);
      const idle = await new Client(worker).connected();
      idle.send(`GET ${target(program)} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await idle.answer();
      const silent: Client[] = [];
      for (let i = 0; i < 100; i++) silent.push(await new Client(worker).connected());
      const began = performance.now();
      worker.child.kill('SIGTERM');
      await ended(worker);
      // one after the other they would take 10 s
      assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
      assert.equal(await idle.closed(), '');
      for (const client of silent) client.destroy();
    },
  );
}

/** How long a client may be silent after SIGTERM: GRACE_TIME of the workers. */
const GRACE_MS = 100;

/** Sends a request. Throws if it is not answered, unless the client was silent for too long, as on a busy machine. */
async function insistOnce(client: Client, path: string, began: number): Promise<void> {
  client.send(get(path));
  const isLate = performance.now() - began > GRACE_MS;
  const answer = await client.answer().catch(error => {
    if (!isLate) throw error;
  });
  if (answer) assert.equal(answer.status, 200);
  client.destroy();
}

/** Sends requests on new connections until one is refused; returns their number. Throws if one is not answered. */
async function insist(worker: Worker, path: string): Promise<number> {
  for (let count = 0; ; count++) {
    const began = performance.now();
    const client = new Client(worker);
    const isIn = await client.connected().then(
      () => true,
      () => false,
    );
    if (!isIn) return count;
    await insistOnce(client, path, began);
  }
}

both(
  test,
  'after SIGTERM a worker exits while clients keep connecting, and loses no request',
  async program => {
    const worker = await start(program, 'unix');
    const crowd = Array.from({ length: 8 }, () => insist(worker, `${target(program)}&delay=2`));
    await withClient(worker, async client => {
      client.send(get('/'));
      await client.answer();
    });
    worker.child.kill('SIGTERM');
    await ended(worker);
    const counts = await Promise.all(crowd);
    assert.ok(counts.some(count => count > 0));
  },
);

test.run();
