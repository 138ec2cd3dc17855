import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, behave, code } from './workers/workers.ts';

/* Lines of [Service] and [Unit] that change how instances start, end and come back. */
const test = suite('e2e: lines that change a life');

/** The lines, and how the workers behave: see worker.py. */
type Lines = [more: string, mode: string];

const service = (...lines: string[]): string => `[Service]\n${lines.join('\n')}\n`;
const unit = (...lines: string[]): string => `[Unit]\n${lines.join('\n')}\n`;

/** With these, a pool is as good as without. */
const GOOD: Record<string, Lines> = {
  'restart-sec': [service('RestartSec=20'), 'ok'],
  'restart-no': [service('Restart=no'), 'ok'],
  'on-failure': [service('Restart=on-failure'), 'ok'],
  prevented: [service('RestartPreventExitStatus=SIGKILL SIGTERM'), 'ok'],
  success: [service('Restart=on-failure', 'SuccessExitStatus=SIGKILL'), 'ok'],
  'no-limit': [unit('StartLimitIntervalSec=0'), 'ok'],
  'limit-one': [unit('StartLimitBurst=1'), 'ok'],
  'kill-group': [service('KillMode=control-group', 'KillSignal=SIGINT'), 'ok'],
  'stop-soon': [service('TimeoutStopSec=1', 'RemainAfterExit=no', 'SendSIGKILL=yes'), 'ok'],
  simple: [service('Type=simple'), 'ok'],
  notify: [service('Type=notify', 'TimeoutStartSec=5'), 'ready'],
  watchdog: [service('Type=notify', 'WatchdogSec=2'), 'pings'],
  commands: [service('ExecStartPre=/bin/sleep 0.5', 'ExecStartPost=/bin/true', 'ExecStop=/bin/true'), 'ok'],
  'stop-post': [service('ExecStopPost=/bin/sleep 4'), 'ok'],
};

const SOON = '[Health]\nStartTimeout=2s\n';

/** With these no instance comes up, and what status says. */
const BAD: Record<string, [...Lines, words: RegExp]> = {
  'never-ready': [
    `${SOON}${service('Type=notify')}`,
    'ok',
    /not healthy within 2 s \(systemd waits until it is up \(Type=\)\)/,
  ],
  'slow-command': [
    `${SOON}${service('ExecStartPre=/bin/sleep 60')}`,
    'ok',
    /not healthy within 2 s \(ExecStartPre= has not ended\)/,
  ],
  'bad-command': [
    service('ExecStartPre=/bin/false'),
    'ok',
    /another command of its unit failed \(ExecStartPre=/,
  ],
  'bad-condition': [service('ExecCondition=/bin/false'), 'ok', /a condition did not hold \(ExecCondition=/],
  'no-ping': [service('WatchdogSec=1'), 'ok', /it did not call systemd in time \(WatchdogSec=\)/],
  'ends-early': [
    service('Type=notify'),
    'exit 0',
    /it ended before it told systemd that it is ready|exited with status 0/,
  ],
  'ends-well': [service('Restart=on-failure'), 'exit 0', /it ended with success, or somebody stopped it/],
};

const ALL = { ...GOOD, ...BAD };

const machine = machineFor(test, 'lives', async m => {
  await m.install('--no-samples');
  for (const [i, [name, [more, mode]]] of Object.entries(ALL).entries()) {
    await addPool(m, name, `${8100 + 10 * i}-${8102 + 10 * i}`, more);
    await behave(m, name, mode);
  }
  await m.run('cgipool install --no-wait');
  for (const name of Object.keys(GOOD)) await m.serving(name, 1, 60);
});

/** Does something to the only instance of a pool and awaits that another life serves; how long requests failed, ms. */
async function replaced(m: Machine, name: string, harm: (slot: number) => Promise<unknown>): Promise<number> {
  const [before] = (await m.serving(name, 1, 40)).instances;
  assert.ok(before);
  await harm(before.slot);
  const began = Date.now();
  await m.until(
    name,
    p => p.instances.some(i => i.published && i.state === 'healthy' && i.pid !== before.pid),
    30,
  );
  assert.equal(await code(m, `/${name}`), '200', name);
  return Date.now() - began;
}

for (const signal of ['KILL', 'TERM'])
  test(`a worker that dies of SIG${signal} has a successor soon, whatever the lines`, async () => {
    const m = await machine();
    const took: [string, number][] = [];
    for (const name of Object.keys(GOOD))
      took.push([name, await replaced(m, name, slot => m.signal(signal, name, slot))]);
    // a second for systemd's own restart, and a start; StartTimeout= would end the wait for a slot after ten
    for (const [name, ms] of took) assert.ok(ms < 8_000, `${name}: ${ms} ms`);
  });

test('a rolling restart goes through, whatever the lines', async () => {
  const m = await machine();
  for (const name of Object.keys(GOOD)) await replaced(m, name, () => m.run(`cgipool restart ${name}`));
});

test('status tells no problem of a pool that is well, whatever the lines', async () => {
  const m = await machine();
  for (const name of Object.keys(GOOD)) {
    await m.serving(name, 1, 40);
    assert.deepEqual((await m.poolStatus(name)).problems, [], name);
  }
});

for (const [name, [, , words]] of Object.entries(BAD))
  test(`status says what keeps the instances of ${name} down`, async () => {
    const m = await machine();
    await m.until(name, p => words.test(p.problems.join()), 60);
    assert.equal(
      (await m.poolStatus(name)).instances.some(i => i.published && i.state === 'healthy'),
      false,
    );
  });

test('a pool that no instance of comes up is tried at intervals, whatever the lines', async () => {
  const m = await machine();
  const since = await m.mark();
  await m.until('never-ready', p => /next attempt in/.test(p.problems.join()), 60);
  for (const name of Object.keys(BAD)) {
    const starts = `journalctl -q -o cat -u cgipool.service ${since} | grep -c '^start cgipool-${name}@' || true`;
    assert.ok(Number(await m.run(starts)) < 12, `${name}: ${await m.run(starts)}`);
  }
});

test('when no other slot is free, status says that the pool waits for RestartSec=', async () => {
  const m = await machine();
  await m.run("sed -i 's/^Ports=.*/Ports=8100/' /etc/cgipool/restart-sec.pool; cgipool install");
  await m.serving('restart-sec', 1, 30);
  await m.signal('KILL', 'restart-sec', 8100);
  await m.until('restart-sec', p =>
    /slot 8100: killed by signal 9; systemd waits as long as RestartSec=/.test(p.problems.join()),
  );
  assert.equal((await m.poolStatus('restart-sec')).instances[0]?.state, 'backing-off');
  await m.serving('restart-sec', 1, 30);
});

test('check and install refuse what no pool can live with, with file, line and cure', async () => {
  const m = await machine();
  await m.pool('never', '[Pool]\nExec=/srv/worker.py %i never\nPorts=8990-8991\n[Service]\nType=forking\n');
  for (const command of ['cgipool check', 'cgipool install']) {
    const { code: exit, err } = await m.attempt(command);
    assert.equal(exit, 2, err);
    assert.match(
      err,
      /never\.pool:5: Type=forking .*: have the program stay in the foreground, and use Type=exec/,
    );
  }
  assert.equal(await code(m, '/simple'), '200');
  await m.run('rm /etc/cgipool/never.pool');
});

test.run();
