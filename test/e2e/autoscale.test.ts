import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Why } from '../../src/plan/status/report.ts';
import type { Decision } from '../../src/scale/decision.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: autoscaling');

const POOL = `[Pool]
Description=Search workers
Exec=/usr/local/lib/cgipool/services/search %i
Ports=8000-8009
Min=2
Max=4
[Health]
Path=/?q=health
[Scale]
CPU=none
Concurrency=2
Window=8s
[Nginx]
Location=/api/search`;

const machine = machineFor(test, 'autoscale', async m => {
  await m.install();
  await m.pool('search', POOL);
  await m.run('cgipool install');
});

/** The worker sleeps rather than computes, so the concurrency is the same on a slow machine. */
const WORK = 'http://localhost/api/search?q=x&delay=200';

/** Twenty requests at once: more than Max= can serve, even from a slow client. They end with the test. */
const busy = (m: Machine, seconds: number) => m.load(WORK, `--concurrent 20 --seconds ${seconds}`);

test('the autoscale timer ticks every 5 s without journal entries', async () => {
  const m = await machine();
  await m.serving('search', 2, 40);
  const timer = await m.run('systemctl show cgipool-autoscale.timer -p TimersMonotonic -p AccuracyUSec');
  assert.match(timer, /OnUnitActiveUSec=5s/);
  assert.match(timer, /AccuracyUSec=100ms/);
  const last = 'systemctl show -P LastTriggerUSecMonotonic cgipool-autoscale.timer';
  const first = await m.run(last);
  await m.await(`n=$(${last}); [ "$n" != '${first}' ]`);
  assert.equal(await m.run('journalctl -q --no-pager -u cgipool-autoscale.service'), '');
});

test('a stopped autoscale timer pauses scaling and nothing else', async () => {
  const m = await machine();
  const { instances } = await m.serving('search', 2, 40);
  // the reply comes after the pass that applies the command, and any earlier tick
  await m.run('systemctl stop cgipool-autoscale.timer cgipool-autoscale.service; cgipool start search');
  const decided = await m.run('cgipool why search --json');
  const load = busy(m, 8);
  await m.signal('KILL', 'search', instances[0]?.slot ?? 0);
  await m.until('search', p => p.instances.some(i => i.restarts > 0 && i.state === 'healthy'));
  assert.equal((await load).failed, 0);
  const [before, after] = [decided, await m.run('cgipool why search --json')].map(t => JSON.parse(t)[0]);
  assert.deepEqual(after.decision, before.decision);
  assert.equal(after.desired, 2);
  await m.run('systemctl start cgipool-autoscale.timer');
});

test('a pool grows to Max= under load, shrinks to Min= after Window=, and loses no request', async () => {
  const m = await machine();
  await m.serving('search', 2, 40);
  const load = busy(m, 18);
  await m.serving('search', 4, 15);
  const why = await m.run('cgipool why search');
  assert.match(
    why,
    /-> 4 instances: (concurrency calls for (more|no change|fewer)|a burst of concurrency calls for \d+)/,
  );
  assert.match(why, /concurrency: \d+\.\d+ per instance, target 2\.00 -> \d+/);
  const { failed, total, statuses } = await load;
  assert.ok(total > 100);
  assert.equal(failed, 0, JSON.stringify(statuses));
  await m.serving('search', 2, 40);
  const story = await m.run("journalctl -u cgipool --no-pager -g 'start cgipool-search|stop cgipool-search'");
  assert.match(story, /stop cgipool-search@800\d\.service: \d running, 2 desired; no requests in flight/);
  assert.doesNotMatch(story, /@8004/);
});

test('overloaded workers are neither restarted nor unpublished, and the pool grows', async () => {
  const m = await machine();
  const before = await m.serving('search', 2, 40);
  // a queue of 20 at each of two workers makes a probe wait for four seconds
  const load = m.load(WORK, '--concurrent 40 --seconds 14');
  await m.until('search', p => p.instances.some(i => i.detail.startsWith('busy: ')));
  await m.until('search', p => p.instances.filter(i => i.published).length === 4);
  const { failed, statuses } = await load;
  assert.equal(failed, 0, JSON.stringify(statuses));
  const after = await m.poolStatus('search');
  const lives = (pool: typeof after) => pool.instances.map(i => `${i.slot} ${i.pid}`);
  assert.deepEqual(
    lives(before).filter(life => !lives(after).includes(life)),
    [],
  );
  assert.doesNotMatch(await m.run('cgipool why search'), /unhealthy|fail together/);
});

test('one-at-a-time workers whose requests outlast several probes stay while they serve their queues', async () => {
  const m = await machine();
  await m.run('cgipool scale search 2');
  const before = await m.serving('search', 2, 40);
  const since = await m.mark();
  // at each of two workers a queue of eight, which ends a request in 1.7 s: a probe waits for half a second
  const { failed, summary } = await m.load(WORK.replace('200', '1700'), '--concurrent 16 --seconds 20');
  assert.equal(failed, 0, summary);
  const after = await m.poolStatus('search');
  const lives = (pool: typeof after): number[] => pool.instances.map(i => i.pid);
  assert.deepEqual(lives(after), lives(before));
  const said = await m.run(`journalctl -u cgipool -o cat ${since}`);
  assert.doesNotMatch(said, /unhealthy|replace|restart/);
  await m.run('cgipool scale search auto');
});

test('a pool grows by CPU=', async () => {
  const m = await machine();
  await m.pool('search', POOL.replace('CPU=none', 'CPU=5%').replace('Concurrency=2', 'Concurrency=none'));
  await m.run('cgipool install');
  await m.serving('search', 2, 40);
  const load = m.load('http://localhost/api/search?q=x&burn=50', '--concurrent 4 --seconds 14');
  await m.until('search', p => p.desired === 4, 15);
  assert.match(await m.run('cgipool why search'), /cpu calls for/);
  assert.equal((await load).failed, 0);
});

const decisionsOf = async (m: Machine): Promise<Decision[]> =>
  (JSON.parse(await m.run('cgipool why search --json'))[0] as Why).decisions;

test('after a load step from 1 to 20 the pool is scaled up within two ticks', async () => {
  const m = await machine();
  // twenty requests at two each call for ten instances: eight even of a client that is kept waiting for the CPU
  await m.pool('search', POOL.replace('Min=2', 'Min=1').replace('Max=4', 'Max=8'));
  await m.run('cgipool install');
  await m.serving('search', 1, 40);
  const before = m.load(WORK, '--concurrent 1 --seconds 6');
  await before;
  const began = Number(await m.run('date +%s%3N'));
  const load = m.load(WORK, '--concurrent 20 --seconds 22');
  await m.until('search', p => p.instances.filter(i => i.published).length === 8, 20);
  const enough = (await decisionsOf(m)).find(d => d.at > began && d.to === 8);
  // two ticks of 5.1 s; the time to start depends on the worker
  assert.ok(enough && enough.at - began <= 10_200, `${(enough?.at ?? 0) - began} ms`);
  const { failed, summary } = await load;
  assert.equal(failed, 0, summary);
});

test('under a noisy but steady load the number of instances settles', async () => {
  const m = await machine();
  // a target of one: with two the pool would have fewer instances than the load needs
  const calm = POOL.replace('Min=2', 'Min=5')
    .replace('Max=4', 'Max=10')
    .replace('Concurrency=2', 'Concurrency=0.7');
  await m.pool('search', calm);
  await m.run('cgipool install');
  // what the last test's load calls for is behind it
  await m.until('search', p => p.healthy === 5 && p.desired === 5, 40);
  const began = Number(await m.run('date +%s%3N'));
  // a concurrency of four on average
  const { failed, summary } = await m.load(WORK, '--rate 20 --seconds 30');
  assert.equal(failed, 0, summary);
  const changes = (await decisionsOf(m)).filter(d => d.at > began && d.to !== d.from);
  const shown = JSON.stringify(changes.map(d => [d.from, d.to, d.rule]));

  const downs = changes.filter(d => d.to < d.from);
  assert.ok(downs.length <= 1 && changes.length <= 3, shown);
});

test.run();
