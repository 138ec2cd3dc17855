import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import { both } from './both.ts';
import { Client, get, withClient, within } from './client.ts';
import { type Program, start, type Transport, type Worker } from './program.ts';

const test = suite('services: SIGTERM');

const TRANSPORTS: readonly Transport[] = ['tcp', 'unix'];

const ended = async (worker: Worker): Promise<void> => {
  assert.equal(await within(worker.ended(), 'the end'), 0, worker.words);
};

/** Whether a new client still gets in. */
const isOpen = (worker: Worker): Promise<boolean> =>
  new Promise(resolve => {
    const { socket } = new Client(worker);
    const tell = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });

const target = ({ parameter }: Program): string => `/?${parameter}=x`;

for (const transport of TRANSPORTS) {
  both(test, `whoever is connected over ${transport} is answered, then it exits 0`, async program => {
    const worker = await start(program, transport);
    const clients: Client[] = [];
    for (let i = 0; i < 6; i++) clients.push(await new Client(worker).connected());
    const [slow, half, ...rest] = clients;
    slow?.send(get(`${target(program)}&delay=250`));
    half?.send(get(target(program)).slice(0, 30));
    for (const client of rest) client.send(get(target(program)));
    // the kernel has taken all of them in, whether or not the worker has
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
  });

  both(test, `idle and silent connections over ${transport} do not hold it up`, async program => {
    const worker = await start(program, transport);
    const idle = await new Client(worker).connected();
    idle.send(`GET ${target(program)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await idle.answer();
    const silent: Client[] = [];
    for (let i = 0; i < 100; i++) silent.push(await new Client(worker).connected());
    const began = performance.now();
    worker.child.kill('SIGTERM');
    await ended(worker);
    // 100 of them one after the other would take 10 s
    assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
    assert.equal(await idle.closed(), '');
    for (const client of silent) client.destroy();
  });
}

/** For longer no client may be silent once the worker is to end, ms: GRACE_TIME of the workers. */
const GRACE = 100;

/** Lets a client ask. Throws when it is not answered, unless it was silent for too long, as where the machine is busy. */
async function insistOnce(client: Client, path: string, began: number): Promise<void> {
  client.send(get(path));
  const isLate = performance.now() - began > GRACE;
  const answer = await client.answer().catch(error => {
    if (!isLate) throw error;
  });
  if (answer) assert.equal(answer.status, 200);
  client.destroy();
}

/** Asks on one new connection after the other until it is no longer let in; how often. Throws when let in and not answered. */
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

both(test, 'it ends while clients keep coming, and loses none', async program => {
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
});

test.run();
