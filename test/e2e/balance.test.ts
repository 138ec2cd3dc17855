import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: Balance=, Weight=, MaxConns=, Keepalive=, Backup=');

const REQUESTS = 10_000;
const WORKERS = 4;

/** Pools of the C worker: lines of [Nginx], and the expected directive. */
const POOLS: Record<string, { keys: string; line: RegExp | null }> = {
  round: { keys: 'Balance=round_robin', line: null },
  least: { keys: 'Balance=least_conn', line: /^\s*least_conn;$/m },
  random: { keys: 'Balance=random', line: /^\s*random two least_conn;$/m },
  ip: { keys: 'Balance=ip_hash', line: /^\s*ip_hash;$/m },
  hash: { keys: 'Balance=hash $arg_q', line: /^\s*hash \$arg_q consistent;$/m },
  weight: { keys: 'Balance=round_robin\nWeight=auto', line: null },
  conns: { keys: 'Balance=round_robin\nMaxConns=1', line: null },
  backup: { keys: 'Balance=round_robin\nBackup=8073', line: null },
};

/** Hung workers are not replaced, so that a test can use them. */
const pool = (name: string, port: number, keys: string): string => `[Pool]
Exec=/srv/services/search %i
Ports=${port}-${port + WORKERS - 1}
Min=${name === 'backup' ? WORKERS - 1 : WORKERS}
[Health]
Path=/?q=health
RestartAfter=0
[Scale]
CPU=none
[Nginx]
Location=/${name}
${keys}
`;

/** Client, path and slot: a line for each request. */
const LOG = `log_format shares "$remote_addr $uri $arg_q $upstream_addr";
access_log /var/log/nginx/shares.log shares buffer=64k flush=100ms;
`;

const machine = machineFor(test, 'balance', async m => {
  await bringSearch(m);
  await bringEcho(m);
  for (const [i, [name, { keys }]] of Object.entries(POOLS).entries())
    await m.pool(name, pool(name, 8000 + 10 * i, keys));
  const echo = (name: string, ports: string, min: number, nginx: string): Promise<string> =>
    m.pool(name, echoPool({ ports, min, location: `/${name}`, nginx }));
  await echo('held', '8100-8102', 3, '');
  await echo('full', '8110-8111', 2, 'MaxConns=1');
  await echo('kept', '8120', 1, 'Keepalive=8');
  await m.write('/etc/nginx/conf.d/shares.conf', LOG);
  await m.install('--no-samples');
  for (const name of Object.keys(POOLS)) await m.serving(name, WORKERS, 30);
});

/** One request, as the log has it. */
interface Asked {
  client: string;
  key: string;
  slot: number;
}

/** Sends the requests, none of which may fail. Returns the slot that answered each. */
async function ask(
  m: Machine,
  name: string,
  options = '--concurrent 8',
  requests = REQUESTS,
): Promise<Asked[]> {
  await m.run('truncate -s 0 /var/log/nginx/shares.log');
  const { total, failed, summary } = await m.load(
    `http://localhost/${name}?q=k{n}`,
    `--seconds 120 --requests ${requests} ${options}`,
  );
  assert.equal(failed, 0, summary);
  const mine = `grep -c ' /${name} ' /var/log/nginx/shares.log`;
  await m.await(`[ "$(${mine})" -ge ${total} ]`);
  const lines = (await m.run(`grep ' /${name} ' /var/log/nginx/shares.log`)).split('\n');
  assert.ok(lines.length >= requests);
  return lines.map(line => {
    const [client = '', , key = '', address = ''] = line.split(' ');
    return { client, key, slot: Number(address.split(':')[1]) };
  });
}

/** The share of the requests of each slot, in the order of the slots. */
function shares(asked: readonly Asked[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { slot } of asked) found.set(slot, (found.get(slot) ?? 0) + 1 / asked.length);
  return new Map([...found].sort(([a], [b]) => a - b));
}

function print(name: string, found: ReadonlyMap<number, number>): void {
  const each = [...found].map(([slot, share]) => `${slot} ${(share * 100).toFixed(1)}%`);
  console.log(`${name}, ${REQUESTS} requests: ${each.join(', ')}`);
}

/** Asserts that each slot has its share, within `by`. */
function near(name: string, found: ReadonlyMap<number, number>, wanted: readonly number[], by: number): void {
  print(name, found);
  assert.equal(found.size, wanted.length);
  for (const [i, share] of [...found.values()].entries())
    assert.ok(Math.abs(share - (wanted[i] ?? 0)) <= by, `${share} is not ${wanted[i]}`);
}

const QUARTERS = [0.25, 0.25, 0.25, 0.25];

/** Asserts that each client or key always goes to the same slot. */
function sticks(asked: readonly Asked[], what: 'client' | 'key'): Map<string, number> {
  const where = new Map<string, number>();
  for (const one of asked) {
    assert.equal(where.get(one[what]) ?? one.slot, one.slot, one[what]);
    where.set(one[what], one.slot);
  }
  return where;
}

test('each Balance= is loaded by nginx as its method', async () => {
  const m = await machine();
  const all = await m.run('nginx -T 2>/dev/null');
  for (const [name, { line }] of Object.entries(POOLS)) {
    const text = new RegExp(`upstream cgipool_${name} \\{[^}]*\\}`).exec(all)?.[0] ?? '';
    if (line) assert.match(text, line, name);
    else assert.deepEqual(text.match(/^\s*(least_conn|random|ip_hash|hash)/gm), null, name);
    assert.equal(text.match(/^\s*server 127.0.0.1:\d+/gm)?.length, WORKERS, name);
  }
});

test('Balance=round_robin gives each worker the same share', async () => {
  near('round_robin', shares(await ask(await machine(), 'round')), QUARTERS, 0.001);
});

test('Balance=least_conn shares equally among equal workers, and avoids a busy one', async () => {
  const m = await machine();
  near('least_conn', shares(await ask(m, 'least')), QUARTERS, 0.1);
  const held = m.run('curl -sSN -m 60 -D /run/held http://localhost/held/stream');
  const pid = Number(await m.await("grep -oiP 'x-worker: \\K\\d+' /run/held"));
  const slot = (await m.poolStatus('held')).instances.find(i => i.pid === pid)?.slot ?? 0;
  assert.equal(
    shares(await ask(m, 'held', '--concurrent 1', 300)).get(slot),
    undefined,
    `${slot} has one connection`,
  );
  await m.run(`curl -sS http://127.0.0.1:${slot}/go`);
  assert.equal(await held, 'first\nsecond');
});

test('Balance=random gives each worker about the same share', async () => {
  near('random', shares(await ask(await machine(), 'random')), QUARTERS, 0.1);
});

test('Balance=ip_hash sends a client to one worker, and clients to several', async () => {
  const asked = await ask(await machine(), 'ip', '--concurrent 8 --clients 60');
  assert.equal(sticks(asked, 'client').size, 60);
  print('ip_hash, 60 clients', shares(asked));
  assert.equal(shares(asked).size, WORKERS);
});

test('Balance=hash sends a key to one worker; when a worker goes, only its keys move', async () => {
  const m = await machine();
  const before = sticks(await ask(m, 'hash'), 'key');
  assert.equal(before.size, REQUESTS);
  near('hash', shares([...before].map(([key, slot]) => ({ client: '', key, slot }))), QUARTERS, 0.1);
  await m.run('cgipool scale hash 3');
  await m.serving('hash', 3);
  const after = sticks(await ask(m, 'hash', '--concurrent 8', 3000), 'key');
  const stayed = new Set(after.values());
  const moved = [...after].filter(
    ([key, slot]) => stayed.has(before.get(key) ?? 0) && before.get(key) !== slot,
  );
  assert.deepEqual(moved, []);
});

test('Weight=auto sends fewer requests to a worker whose CPU is busy', async () => {
  const m = await machine();
  // a child process of the worker that computes, in its cgroup
  await m.run(`sh -c 'echo $$ >/sys/fs/cgroup$(systemctl show -P ControlGroup cgipool-weight@8050)/cgroup.procs
    exec timeout 120 sh -c "while :; do :; done"' >/dev/null 2>&1 & echo $! >/run/burner`);
  const { instances } = await m.until(
    'weight',
    p => p.instances.some(i => i.slot === 8050 && i.weight !== null && i.weight <= 8),
    60,
  );
  await m.await('[ "$(grep -c weight= /etc/nginx/cgipool/upstreams.conf)" = 4 ]');
  const weights = instances.map(i => i.weight ?? 10);
  const sum = weights.reduce((a, b) => a + b, 0);
  near(
    `Weight=auto, ${weights.join(' ')}`,
    shares(await ask(m, 'weight')),
    weights.map(w => w / sum),
    0.01,
  );
  await m.run('kill $(cat /run/burner)');
});

test('MaxConns=1 limits each worker to one request; if all are busy nginx answers 502', async () => {
  const m = await machine();
  near('MaxConns=1', shares(await ask(m, 'conns', '--concurrent 2')), QUARTERS, 0.1);
  const held = [1, 2].map(n => m.run(`curl -sSN -m 60 http://localhost/full/stream >/run/full.${n}`));
  await m.await('grep -q first /run/full.1 && grep -q first /run/full.2');
  const answer = "curl -s -o /dev/null -m 5 -w '%{http_code}' http://localhost/full";
  assert.equal(await m.run(answer), '502');
  await m.run('curl -sS http://127.0.0.1:8110/go; curl -sS http://127.0.0.1:8111/go');
  await Promise.all(held);
  assert.equal(await m.run(answer), '200');
});

test('Keepalive= keeps connections to workers open', async () => {
  const m = await machine();
  near('Keepalive=8', shares(await ask(m, 'kept')), [1], 0.001);
  assert.ok(Number(await m.run("ss -tnH state established 'dport = 8120' | wc -l")) > 0);
  const sockets = Number(await m.run("ss -tanH '( sport = 8120 or dport = 8120 )' | wc -l"));
  assert.ok(sockets < REQUESTS / 10, `${sockets} connections for ${REQUESTS} requests`);
});

test('a backup runs, but gets requests only while no other instance answers', async () => {
  const m = await machine();
  near('Backup=', shares(await ask(m, 'backup')), [1 / 3, 1 / 3, 1 / 3], 0.001);
  const { instances, desired } = await m.poolStatus('backup');
  assert.deepEqual([desired, instances.map(i => i.backup)], [3, [false, false, false, true]]);
  for (const slot of [8070, 8071, 8072]) await m.signal('STOP', 'backup', slot);
  await m.until('backup', p => p.instances.every(i => i.published === i.backup), 30);
  assert.deepEqual([...shares(await ask(m, 'backup', '--concurrent 1', 20)).keys()], [8073]);
  for (const slot of [8070, 8071, 8072]) await m.signal('CONT', 'backup', slot);
  await m.serving('backup', WORKERS, 40);
});

test.run();
