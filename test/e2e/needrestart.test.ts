import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Load } from '../../tools/load.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool } from './workers/workers.ts';

const test = suite('e2e: needrestart, and systemctl restart of everything');

const POOLS = ['plain', 'held', 'files'];
const LIBRARY = '/srv/lib/libown.so';
/** What a package upgrade does: the new file takes the name, and whoever runs keeps the old one. */
const UPGRADE = `cp ${LIBRARY} ${LIBRARY}.dpkg-new && mv ${LIBRARY}.dpkg-new ${LIBRARY}`;
const SNIPPET = '/etc/needrestart/conf.d/cgipool.conf';

const MORE = `[Scale]\nCPU=none\n[Service]\nEnvironment=LD_PRELOAD=${LIBRARY}\n`;
const FOUR = 'Min=4\nMax=6\n';

const machine = machineFor(test, 'needrestart', async m => {
  await m.run(
    `mkdir -p /srv/lib && echo 'int own(void) { return 1; }' >/run/own.c && gcc -shared -fPIC -o ${LIBRARY} /run/own.c`,
  );
  await addPool(m, 'plain', `Ports=8000-8005\n${FOUR}`, MORE);
  await addPool(m, 'held', `Listen=fd\nPorts=8010-8015\n${FOUR}`, MORE);
  await addPool(m, 'files', `Listen=fd\nSlots=1-6\n${FOUR}`, MORE);
  await m.install('--no-samples');
  await serving(m);
});

async function serving(m: Machine): Promise<void> {
  for (const pool of POOLS) await m.serving(pool, 4, 60);
}

const pidsOf = async (m: Machine): Promise<number[]> =>
  (await m.status()).pools.flatMap(({ instances }) => instances.map(({ pid }) => pid));

/** Requests to each pool, while something is done. */
async function during(m: Machine, seconds: number, work: string): Promise<{ out: string; loads: Load[] }> {
  const loads = POOLS.map(pool => m.load(`http://localhost/${pool}`, `--rate 100 --seconds ${seconds}`));
  const out = await m.run(`sleep 1; ${work}`);
  return { out, loads: await Promise.all(loads) };
}

const said = (loads: readonly Load[]): string =>
  loads.map(({ summary }, i) => `${POOLS[i]}: ${summary}`).join('; ');

test('needrestart -r a after an upgrade of a library loses no request, and all workers are new', async () => {
  const m = await machine();
  const before = await pidsOf(m);
  assert.equal(before.length, 12);
  const { out, loads } = await during(m, 40, `${UPGRADE}; needrestart -l -r a 2>&1`);
  for (const pool of POOLS) assert.match(out, new RegExp(`restart --wait ${pool}$`, 'm'));
  assert.doesNotMatch(out, /systemctl restart.*cgipool-\w+@/);
  console.log(said(loads));
  assert.deepEqual(
    loads.map(({ failed }) => failed),
    [0, 0, 0],
    said(loads),
  );
  await serving(m);
  const after = await pidsOf(m);
  assert.deepEqual(
    after.filter(pid => before.includes(pid)),
    [],
  );
  assert.doesNotMatch(await m.run('needrestart -l -b'), /cgipool-\w+@/);
});

test('without the file of cgipool needrestart restarts all at once, and requests are lost', async () => {
  const m = await machine();
  await m.run(`mv ${SNIPPET} /run/away`);
  const { out, loads } = await during(m, 8, `${UPGRADE}; needrestart -l -r a 2>&1`);
  console.log(`without the file: ${said(loads)}`);
  assert.match(out, /systemctl restart.*cgipool-plain@.*cgipool-plain@/);
  assert.ok((loads[0]?.failed ?? 0) > 0, said(loads));
  await m.run(`mv /run/away ${SNIPPET}`);
  await serving(m);
});

test('needrestart -r l names the rollout, one for each pool', async () => {
  const m = await machine();
  await m.run(UPGRADE);
  const out = await m.run('needrestart -l -r l 2>&1');
  for (const pool of POOLS)
    assert.equal(out.match(new RegExp(`restart --wait ${pool}$`, 'gm'))?.length, 1, out);
});

test('a needrestart that has no such function names the instances, and leaves them alone', async () => {
  const m = await machine();
  const before = await pidsOf(m);
  await m.run(`sed 's/restart_cmd/command_of/' /usr/sbin/needrestart >/run/needrestart.pl`);
  const out = await m.run('perl /run/needrestart.pl -l -r a 2>&1');
  assert.match(out, /being deferred:\n.*cgipool-\w+@\d+\.service/);
  assert.deepEqual(await pidsOf(m), before);
});

test('while the controller is down needrestart restarts no worker', async () => {
  const m = await machine();
  const before = await m.run("systemctl show -P MainPID 'cgipool-*@*.service'");
  await m.run('systemctl stop cgipool.service cgipool-autoscale.timer');
  const out = await m.run('needrestart -l -r a 2>&1');
  assert.match(out, /the controller is not running/);
  assert.equal(await m.run("systemctl show -P MainPID 'cgipool-*@*.service'"), before);
  await m.run('systemctl start cgipool.service cgipool-autoscale.timer');
  await serving(m);
});

test('systemctl restart of all instances at once loses requests only where workers listen themselves', async () => {
  const m = await machine();
  const { loads } = await during(m, 6, "systemctl restart 'cgipool-*@*.service'");
  console.log(said(loads));
  assert.ok((loads[0]?.failed ?? 0) > 0, said(loads));
  assert.equal(loads[1]?.failed, 0, said(loads));
  await serving(m);
});

test('uninstall takes the file away', async () => {
  const m = await machine();
  await m.run('cgipool uninstall');
  assert.equal(await m.run(`ls ${SNIPPET} 2>/dev/null || ls /etc/needrestart/conf.d`), 'README.needrestart');
});

test.run();
