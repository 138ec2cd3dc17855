import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { suite } from 'uvu';
import type { Load } from '../../tools/load.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch, crowd } from './chaos.ts';
import { machineFor } from './machine-for.ts';
import { remains } from './traces.ts';
import { underLoad } from './workers/workers.ts';

const test = suite('e2e: SocketActivation=');

const CONF = '/etc/cgipool/cgipool.conf';
const OWN = '/etc/nginx/conf.d/own.conf';
const ON = '[Nginx]\nSocketActivation=yes\n';
/** An administrator's own: of a name, of one address, and one that each worker binds for itself. */
const server = (...listens: string[]): string =>
  `server { ${listens.map(listen => `listen ${listen}; `).join('')}location / { return 200 "own\\n"; } }\n`;

const machine = machineFor(test, 'nginx-sockets', async m => {
  await bringSearch(m);
  await m.write(OWN, server('8088', 'localhost:8089', '127.0.0.1:8090 reuseport'));
  await m.run('systemctl start nginx; systemctl reload nginx');
  await m.pool('crowd', crowd('/crowd', '8000-8003'));
  await m.install('--no-samples');
  await m.serving('crowd', 4);
});

/** A master and all its workers, at once. */
const KILL = 'kill -9 $(cat /sys/fs/cgroup$(systemctl show -P ControlGroup nginx)/cgroup.procs)';
/** After five starts in ten seconds systemd refuses the next one. */
const FORGIVE = 'systemctl reset-failed nginx';
const PID = 'systemctl show -P MainPID nginx';
const BACK = `until [ "$(${PID})" != $old ] && curl -sf -m 1 -o /dev/null http://localhost/crowd; do sleep 0.05; done`;
const killed = (m: Machine): Promise<string> => m.run(`${FORGIVE}; old=$(${PID}); ${KILL}; ${BACK}`);
const restarted = (m: Machine): Promise<string> =>
  m.run(`${FORGIVE}; old=$(${PID}); systemctl restart nginx; ${BACK}`);

const LOG = '/var/log/nginx/access.log';
/** Awaits that nginx answers, a quarter of a second long. */
async function underWay(m: Machine): Promise<void> {
  await m.run(`truncate -s 0 ${LOG}`);
  await m.await(`[ $(grep -c 'GET /crowd' ${LOG}) -gt 50 ]`);
}

async function lost(m: Machine, what: string, during: () => Promise<unknown>): Promise<Load> {
  const measured = async (): Promise<void> => {
    await underWay(m);
    await during();
    await underWay(m);
  };
  const load = await underLoad(m, '/crowd', measured, '--rate 200');
  console.log(`${what}: ${load.summary}`);
  return load;
}

/** What the clients' own machine refused: nobody listened. */
const refused = ({ statuses }: Load): number => statuses.ECONNREFUSED ?? 0;
/** What nginx held at the moment of a kill is lost with it: at this rate none to three, on a machine that is busy elsewhere more. */
const MOST_HELD = 8;

function assertKept(load: Load): void {
  assert.equal(refused(load), 0, load.summary);
  assert.ok(load.failed <= MOST_HELD, load.summary);
}

/** The addresses of nginx's that systemd listens on. */
const held = async (m: Machine): Promise<string[]> =>
  (await m.run("systemctl list-sockets --plain --no-legend 'cgipool-nginx*' | awk '{print $1}'"))
    .split('\n')
    .filter(Boolean)
    .sort();

const own = (m: Machine, port: number): Promise<string> =>
  m.run(`curl -s -m 2 http://127.0.0.1:${port}/ || echo refused $?`);

test('by default nginx is as the distribution has it, and a kill or a restart refuses clients', async () => {
  const m = await machine();
  assert.equal(await m.run('systemctl show -P Type nginx'), 'forking');
  const load = await lost(m, 'kill -9 without', () => killed(m));
  assert.ok(refused(load) > 0, load.summary);
  const restart = await lost(m, 'restart without', () => restarted(m));
  assert.ok(refused(restart) > 0, restart.summary);
});

test('turning it on loses no request; it is in force with the next start of nginx, and install says so', async () => {
  const m = await machine();
  await m.write(CONF, ON);
  const { failed, summary } = await lost(m, 'turned on', async () => {
    const { code, err } = await m.attempt('cgipool install');
    assert.deepEqual([code, /next start on: systemctl restart nginx/.test(err)], [0, true], err);
  });
  assert.equal(failed, 0, summary);
  await restarted(m);
  const all = ['0.0.0.0:80', '0.0.0.0:8088', '127.0.0.1:298', '127.0.0.1:8089', '[::]:80'];
  const ours = (await held(m)).filter(address => !address.startsWith('[::1]'));
  assert.deepEqual(ours, all);
  const flags = Number.parseInt(await m.run(`awk '/^flags/ {print $2}' /proc/$(${PID})/fdinfo/3`), 8);
  assert.ok(flags & constants.O_NONBLOCK, 'no worker waits in accept()');
  const { code, out, err } = await m.attempt('cgipool install');
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^nothing to change$/m);
});

test('kill -9 of master and workers loses what they hold at that moment and refuses nobody, three times', async () => {
  const m = await machine();
  for (const i of [1, 2, 3]) {
    const load = await lost(m, `kill -9, ${i}`, () => killed(m));
    assert.ok(load.total > 100, load.summary);
    assertKept(load);
  }
});

test('systemctl restart nginx loses no request, and neither does a reload, a publish or an install', async () => {
  const m = await machine();
  for (const i of [1, 2, 3]) {
    const { failed, summary } = await lost(m, `restart, ${i}`, () => restarted(m));
    assert.equal(failed, 0, summary);
  }
  const { generation } = await m.status();
  const reloaded = await lost(m, 'reload, publish, install', async () => {
    await m.run('systemctl reload nginx; cgipool restart crowd --wait; cgipool install');
    await m.serving('crowd', 4);
  });
  assert.equal(reloaded.failed, 0, reloaded.summary);
  const now = await m.status();
  assert.ok(Number(now.generation) > Number(generation));
  assert.deepEqual(now.problems, []);
  assert.equal(await m.run('curl -s http://127.0.0.1:298/generation'), String(now.generation));
});

test("the administrator's own servers go on, those that systemd cannot hold, too", async () => {
  const m = await machine();
  for (const port of [8088, 8089, 8090]) assert.equal(await own(m, port), 'own');
  await killed(m);
  for (const port of [8088, 8089, 8090]) assert.equal(await own(m, port), 'own');
});

test('an address that is added, removed and put back works, with an install at each step', async () => {
  const m = await machine();
  const with8091 = server('8088', '8091', 'localhost:8089', '127.0.0.1:8090 reuseport');
  const without = server('localhost:8089', '127.0.0.1:8090 reuseport');
  const step = async (text: string): Promise<void> => {
    await m.write(OWN, text);
    await m.run('systemctl reload nginx; cgipool install');
  };
  await step(with8091);
  assert.equal(await own(m, 8091), 'own');
  await restarted(m);
  assert.ok((await held(m)).includes('0.0.0.0:8091'));
  await step(without);
  for (const port of [8088, 8091]) await m.await(`! curl -s -m 2 http://127.0.0.1:${port}/`);
  assert.ok(!(await held(m)).includes('0.0.0.0:8091'));
  await step(with8091);
  for (const port of [8088, 8091]) await m.await(`curl -sf http://127.0.0.1:${port}/`);
  await restarted(m);
  assert.ok((await held(m)).includes('0.0.0.0:8091'));
});

test('a mistake in the configuration at a start: clients are refused at once, and served when it is fixed', async () => {
  const m = await machine();
  await m.write('/etc/nginx/conf.d/stray.conf', 'servr { }\n');
  assert.notEqual((await m.attempt('systemctl restart nginx')).code, 0);
  await m.await('curl -s -m 1 http://127.0.0.1:8088/; [ $? = 7 ]');
  await m.await("cgipool status | grep 'nginx.service is failed'");
  await m.run('rm /etc/nginx/conf.d/stray.conf');
  await m.await('curl -sf http://localhost/crowd', 70);
  assert.ok((await held(m)).includes('0.0.0.0:80'));
  assertKept(await lost(m, 'kill -9 after that', () => killed(m)));
});

test('an nginx that the administrator stops stays stopped, whoever asks', async () => {
  const m = await machine();
  await m.run('systemctl stop nginx');
  assert.match(await own(m, 80), /refused 7/);
  assert.equal(await m.run('systemctl is-active nginx || true'), 'inactive');
  await m.run('systemctl start nginx');
  await m.await('curl -sf http://localhost/crowd');
  assert.ok((await held(m)).includes('0.0.0.0:80'));
});

test('after a reboot systemd holds them from the first start on', async () => {
  const m = await machine();
  await m.run('systemctl enable --quiet nginx');
  await m.reboot();
  await m.serving('crowd', 4, 60);
  assert.ok((await held(m)).includes('0.0.0.0:80'));
  assertKept(await lost(m, 'kill -9 after a reboot', () => killed(m)));
});

test('a rollback turns it off, without a lost request and without a restart', async () => {
  const m = await machine();
  const pid = await m.run(PID);
  const { failed, summary } = await lost(m, 'turned off', () => m.run('cgipool install --rollback'));
  assert.equal(failed, 0, summary);
  assert.deepEqual(await held(m), []);
  assert.equal(await m.run(PID), pid);
  assert.equal(await m.run('systemctl show -P Type nginx'), 'forking');
  assert.equal(await m.run('ls /etc/systemd/system/nginx.service.wants 2>/dev/null || true'), '');
  await restarted(m);
  assert.equal(await own(m, 8088), 'own');
  await killed(m);
});

test('uninstall puts everything back, and nginx goes on', async () => {
  const m = await machine();
  await m.write(CONF, ON);
  await m.run('cgipool install');
  await restarted(m);
  assert.ok((await held(m)).includes('0.0.0.0:8088'));
  const load = m.load('http://127.0.0.1:8088/', '--rate 100 --seconds 8');
  await m.run('cgipool uninstall');
  const { failed, summary } = await load;
  assert.equal(failed, 0, summary);
  assert.deepEqual(await held(m), []);
  assert.equal(await remains(m), '');
  await m.run('systemctl restart nginx');
  assert.equal(await own(m, 8088), 'own');
});

test.run();
