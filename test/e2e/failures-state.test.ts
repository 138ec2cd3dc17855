import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { MEMORY_SCHEMA } from '../../src/plan/state/memory.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code, underLoad } from './workers/workers.ts';

const test = suite('e2e: a killed controller, a second one, and damaged state files');
const machine = machineFor(test, 'failures-state', async m => {
  await addPool(m, 'good', '8000-8003', '[Scale]\nCPU=none\n');
  await m.run("sed -i 's/^Ports=/Min=2\\nPorts=/' /etc/cgipool/good.pool");
  await m.install('--no-samples');
});

const MEMORY = '/run/cgipool-controller/memory.json';
const STATUS = '/run/cgipool-controller/status.json';
const RESULT = '/run/cgipool-publish/result.json';
const INSTALLED = '/var/lib/cgipool/installed.json';

const workers = (m: Machine): Promise<string> =>
  m.run(
    'systemctl show -P MainPID cgipool-good@8000 cgipool-good@8001; systemctl show -P NRestarts cgipool-good@8000',
  );
const nginxWorkers = (m: Machine): Promise<string> => m.run('pgrep -P $(cat /run/nginx.pid) | sort');
const controllerPid = (m: Machine): Promise<string> => m.run('systemctl show -P MainPID cgipool.service');
const restarts = async (m: Machine): Promise<number> =>
  Number(await m.run('systemctl show -P NRestarts cgipool.service'));

/** Kills the controller, runs a command before systemd restarts it, and waits until it answers. */
async function killController(m: Machine, meanwhile: string): Promise<void> {
  const before = await controllerPid(m);
  await m.run(`kill -KILL ${before}; ${meanwhile}`);
  await m.await(
    `p=$(systemctl show -P MainPID cgipool.service); [ $p -gt 0 ] && [ $p != ${before} ] && cgipool status`,
  );
}

test('a killed controller adopts running workers, without a reload or a lost request', async () => {
  const m = await machine();
  await m.serving('good', 2);
  const before = [await workers(m), await nginxWorkers(m)];
  const load = await underLoad(m, '/good', async () => {
    for (const _ of [1, 2, 3]) await killController(m, 'true');
    await m.serving('good', 2);
    await m.run('cgipool scale good 2');
  });
  assert.deepEqual([await workers(m), await nginxWorkers(m)], before);
  assert.equal(load.failed, 0, load.summary);
  assert.ok(load.total > 50, load.summary);
  await m.run('cgipool scale good 3');
  await m.serving('good', 3);
  assert.notEqual(await nginxWorkers(m), before[1], 'the comparison detects a reload');
  await m.run('cgipool scale good 2');
  await m.serving('good', 2);
});

const DAMAGES: Record<string, string> = {
  'no JSON': '{"version":1,"po',
  'an empty file': '',
  'another value': '[3]',
  'a pool that is a number': '{"version":1,"hasHistory":true,"pools":{"good":3},"publish":{}}',
  'an instance that is null':
    '{"version":1,"hasHistory":true,"publish":{"differsSince":null,"askedAt":0,"generation":0,"failures":0},"pools":{"good":{"range":null,"stopped":false,"restartedAt":0,"target":2,"recommendations":[],"load":{"connections":0,"samples":0,"marks":{},"latest":{}},"decision":null,"instances":{"8000":null},"failures":{"count":0,"lastAt":0,"until":0,"message":""},"slotFailures":{},"outageSince":null,"events":[]}}}',
};

for (const [what, text] of Object.entries(DAMAGES))
  test(`if memory.json is ${what} the controller reports it and keeps the workers`, async () => {
    const m = await machine();
    const before = [await workers(m), await nginxWorkers(m)];
    const since = await m.mark();
    await m.write('/srv/damage', text);
    await killController(m, `cat /srv/damage >${MEMORY}`);
    const count = await restarts(m);
    await m.serving('good', 2);
    const said = `journalctl -q -o cat -u cgipool ${since}`;
    assert.match(
      await m.run(said),
      /memory\.json is damaged or from another version: starting with an empty memory/,
    );
    assert.deepEqual([await workers(m), await nginxWorkers(m)], before);
    assert.equal(await restarts(m), count);
    // rewritten, and complete
    assert.equal(JSON.parse(await m.run(`cat ${MEMORY}`)).version, MEMORY_SCHEMA);
  });

const REPORTS: Record<string, string> = {
  'no JSON': '{"generation":',
  'of wrong types': '{"generation":"x","live":{"good":3},"error":7,"at":null}',
  'without its slots': '{"generation":1,"live":null,"error":null,"at":1}',
};

for (const [what, text] of Object.entries(REPORTS))
  test(`if result.json is ${what} the controller publishes again and keeps the workers`, async () => {
    const m = await machine();
    const before = await workers(m);
    const count = await restarts(m);
    await m.serving('good', 2);
    await m.write('/srv/damage', text);
    const load = await underLoad(m, '/good', async () => {
      await m.run(`cat /srv/damage >${RESULT}`);
      await m.await(`! cmp -s /srv/damage ${RESULT}`);
      await m.serving('good', 2);
    });
    assert.equal(load.failed, 0, load.summary);
    assert.equal(await workers(m), before);
    assert.equal(await restarts(m), count);
  });

test('a damaged status.json is rewritten in the next pass', async () => {
  const m = await machine();
  await m.run(`echo '{"torn' >${STATUS}`);
  await m.await(`node -e 'JSON.parse(require("fs").readFileSync("${STATUS}", "utf8")).pools.length'`);
  const status = JSON.parse(await m.run('curl -s http://localhost/pool-status'));
  assert.equal(status.pools[0].state, 'ok');
});

test('a damaged installed.json is reported once, pools keep serving, and cgipool install restores it', async () => {
  const m = await machine();
  for (const text of ['{"version":1,"pools":[', '{"version":1,"site":{},"pools":{"good":3}}']) {
    const since = await m.mark();
    const before = await controllerPid(m);
    await m.write(INSTALLED, text);
    await m.run(`kill -KILL ${before}`);
    const said = `journalctl -q -o cat -u cgipool ${since}`;
    const words = 'installed.json is missing or damaged: run cgipool install as root';
    await m.await(`${said} | grep '${words}'`);
    const count = await restarts(m);
    assert.equal(await code(m, '/good'), '200');
    const asked = await m.attempt('cgipool status');
    assert.equal(asked.code, 1);
    assert.match(asked.err, /systemctl status cgipool\.service/);
    assert.match((await m.attempt('systemctl status --no-pager cgipool.service')).out, new RegExp(words));
    await m.run('cgipool install');
    await m.serving('good', 2);
    assert.equal(await restarts(m), count);
    assert.equal(await m.run(`${said} | grep -c '${words}'`), '1');
    assert.equal(await code(m, '/good'), '200');
  }
});

test('a second controller exits at once with a message', async () => {
  const m = await machine();
  await m.serving('good', 2);
  const first = await controllerPid(m);
  for (const user of ['root', 'cgipool']) {
    const second = await m.attempt(`timeout 10 runuser -u ${user} -- cgipool controller`);
    assert.equal(second.code, 1, `${user}: ${second.out}`);
    assert.match(second.err, /systemctl status cgipool\.service/);
    assert.equal(second.out, '');
  }
  assert.match(
    (await m.attempt('timeout 10 runuser -u cgipool -- cgipool controller')).err,
    /another controller is already running/,
  );
  assert.equal(await controllerPid(m), first);
  assert.equal(await code(m, '/good'), '200');
  await m.run('cgipool scale good 3');
  await m.serving('good', 3);
});

test.run();
