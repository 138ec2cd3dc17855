import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../machine/machine.ts';
import { machineFor } from '../machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';

const test = suite('e2e: Balance=');

/** A pool for each method, and the line that makes it one for nginx. */
const METHODS: Record<string, { balance: string; line: RegExp | null }> = {
  round: { balance: 'round_robin', line: null },
  least: { balance: 'least_conn', line: /^\s*least_conn;$/m },
  random: { balance: 'random', line: /^\s*random two least_conn;$/m },
  ip: { balance: 'ip_hash', line: /^\s*ip_hash;$/m },
  hash: { balance: 'hash $arg_key', line: /^\s*hash \$arg_key consistent;$/m },
};
const WORKERS = 3;

const machine = machineFor(test, 'balance', async m => {
  await bringEcho(m);
  let port = 8000;
  for (const [name, { balance }] of Object.entries(METHODS)) {
    const ports = `${port}-${port + WORKERS - 1}`;
    port += 10;
    await m.pool(name, echoPool({ ports, min: WORKERS, location: `/${name}`, nginx: `Balance=${balance}` }));
  }
  await m.install('--no-samples');
  for (const name of Object.keys(METHODS)) await m.serving(name, WORKERS, 30);
});

/** How often each slot answered, one request after the other. */
async function counts(m: Machine, times: number, path: string, options = ''): Promise<Map<number, number>> {
  const one = `curl -sS ${options} 'http://localhost${path}'`;
  const lines = (await m.run(`for i in $(seq ${times}); do ${one} || exit 1; done`)).split('\n');
  const slots = lines.map(line => (JSON.parse(line) as { slot: number }).slot);
  assert.equal(slots.length, times);
  return slots.reduce((sum, slot) => sum.set(slot, (sum.get(slot) ?? 0) + 1), new Map<number, number>());
}

test('nginx loads each as the method that it is', async () => {
  const m = await machine();
  const all = await m.run('nginx -T 2>/dev/null');
  for (const [name, { line }] of Object.entries(METHODS)) {
    const text = new RegExp(`upstream cgipool_${name} \\{[^}]*\\}`).exec(all)?.[0] ?? '';
    if (line) assert.match(text, line, name);
    else assert.deepEqual(text.match(/^\s*(least_conn|random|ip_hash|hash)/gm), null, name);
    assert.equal(text.match(/^\s*server 127.0.0.1:\d+ max_fails=0;$/gm)?.length, WORKERS, name);
  }
});

test('round_robin gives each the same', async () => {
  const m = await machine();
  const seen = await counts(m, 12, '/round');
  assert.deepEqual([...seen.values()], [4, 4, 4]);
});

test('least_conn passes over the one that is busy', async () => {
  const m = await machine();
  const held = m.run('curl -sSN -m 30 http://localhost/least/stream');
  const busy = await m.until('least', p => p.instances.some(i => (i.connections ?? 0) > 0 && i.published));
  const slot = busy.instances.find(i => (i.connections ?? 0) > 0)?.slot ?? 0;
  const seen = await counts(m, 12, '/least');
  assert.equal(seen.get(slot), undefined, `${slot} has one connection, the others none`);
  assert.equal(seen.size, WORKERS - 1);
  await m.run(`curl -sS http://127.0.0.1:${slot}/go`);
  assert.equal(await held, 'first\nsecond');
});

test('random reaches all', async () => {
  const m = await machine();
  // the chance that one of three is missed by 60 is 3 * (1/3)^60 even if two choices were one
  assert.equal((await counts(m, 60, '/random')).size, WORKERS);
});

test('ip_hash sends one client to one worker, several to several', async () => {
  const m = await machine();
  assert.equal((await counts(m, 12, '/ip')).size, 1);
  const clients = Array.from({ length: 24 }, (_, i) => `127.0.${i}.1`);
  const chosen = new Set<number>();
  for (const client of clients)
    for (const slot of (await counts(m, 1, '/ip', `--interface ${client}`)).keys()) chosen.add(slot);
  assert.ok(chosen.size > 1, `${[...chosen]}`);
});

test('hash sends one key to one worker, several to several', async () => {
  const m = await machine();
  for (const key of ['ada', 'bob']) assert.equal((await counts(m, 8, `/hash?key=${key}`)).size, 1, key);
  const chosen = new Set<number>();
  for (let key = 0; key < 24; key++)
    for (const slot of (await counts(m, 1, `/hash?key=${key}`)).keys()) chosen.add(slot);
  assert.ok(chosen.size > 1, `${[...chosen]}`);
});

test('hash moves no key but those of a worker that goes', async () => {
  const m = await machine();
  const keys = Array.from({ length: 30 }, (_, i) => `k${i}`);
  const where = async (): Promise<number[]> => {
    const url = keys.map(key => `http://localhost/hash?key=${key}`).join(' ');
    return (await m.run(`curl -sS ${url}`))
      .split('\n')
      .map(line => (JSON.parse(line) as { slot: number }).slot);
  };
  const before = await where();
  await m.run('cgipool scale hash 2');
  await m.serving('hash', 2);
  const after = await where();
  const [gone] = [...new Set(before)].filter(slot => !new Set(after).has(slot));
  const moved = keys.filter((_, i) => before[i] !== after[i] && before[i] !== gone);
  assert.deepEqual(moved, [], 'only the keys of the worker that went have another now');
});

test.run();
