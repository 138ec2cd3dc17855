import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code } from './workers/workers.ts';

const test = suite('e2e: programs that cannot run');
const machine = machineFor(test, 'failures-programs', async m => {
  await addPool(m, 'good', '8000-8003');
  await m.install('--no-samples');
});

const SCRIPT = '/srv/own-$NAME';

/** What is wrong with a program, the pool that has it, the reported problem, and the fix. */
interface Case {
  what: string;
  exec: string;
  service: string;
  prepare: string;
  problem: RegExp;
  cure: string;
}

const fine = (what: string, problem: RegExp, change: Partial<Case>): Case => ({
  what,
  exec: '/srv/worker.py %i NAME',
  service: '',
  prepare: 'true',
  cure: 'true',
  problem,
  ...change,
});

const CASES: Record<string, Case> = {
  missing: fine('a missing program', /cannot execute its program: .*\(see Exec=\)/, {
    exec: `${SCRIPT} %i NAME`,
    cure: `cp /srv/worker.py ${SCRIPT}`,
  }),
  noexec: fine('a program that is not executable', /cannot execute its program: .*not executable/, {
    exec: `${SCRIPT} %i NAME`,
    prepare: `cp /srv/worker.py ${SCRIPT}; chmod 644 ${SCRIPT}`,
    cure: `chmod 755 ${SCRIPT}`,
  }),
  nointerpreter: fine('a missing interpreter', /cannot execute its program: .*interpreter .* is missing/, {
    exec: `${SCRIPT} %i NAME`,
    prepare: `sed '1s,.*,#!/opt/nowhere/python3,' /srv/worker.py >${SCRIPT}; chmod 755 ${SCRIPT}`,
    cure: 'mkdir -p /opt/nowhere; ln -s /usr/bin/python3 /opt/nowhere/python3',
  }),
  nofolder: fine(
    'a wrong WorkingDirectory=',
    /cannot enter its working directory \(see WorkingDirectory=\)/,
    {
      service: 'WorkingDirectory=/srv/folder-of-NAME',
      cure: 'mkdir /srv/folder-of-$NAME',
    },
  ),
  nouser: fine('a wrong User=', /its user does not exist \(see User=\)/, {
    service: 'DynamicUser=no\nUser=nobody-of-NAME',
    cure: 'useradd -r nobody-of-$NAME',
  }),
  nopath: fine('a wrong ReadWritePaths=', /cannot set up its sandbox: .*\(see ReadWritePaths=/, {
    service: 'ReadWritePaths=/srv/data-of-NAME',
    cure: 'mkdir /srv/data-of-$NAME',
  }),
};

async function add(m: Machine, name: string, at: number, { exec, service, prepare }: Case): Promise<void> {
  await addPool(m, name, `${at}-${at + 2}`, `[Service]\n${service.replaceAll('NAME', name)}\n`);
  await m.run(
    `sed -i 's,^Exec=.*,Exec=${exec.replace('$NAME', name).replace('NAME', name)},' /etc/cgipool/${name}.pool`,
  );
  await m.run(`NAME=${name}; ${prepare}`);
}

test('cgipool install warns of programs that cannot be executed, and the other pools serve', async () => {
  const m = await machine();
  for (const [i, [name, each]] of Object.entries(CASES).entries()) await add(m, name, 8100 + 10 * i, each);
  const { code: status, err, out } = await m.attempt('cgipool install');
  assert.equal(status, 1, err);
  for (const name of Object.keys(CASES))
    assert.match(err, new RegExp(`^(cgipool: )?${name} did not come up: `, 'm'));
  assert.match(
    err,
    /warning: missing\.pool: \/srv\/own-missing is not an executable file: install it or fix Exec=/,
  );
  assert.match(err, /warning: noexec\.pool: \/srv\/own-noexec is not an executable file/);
  assert.match(out, /good: 1 of 1 healthy/);
});

for (const [name, { what, problem }] of Object.entries(CASES))
  test(`${what} is reported in status`, async () => {
    const m = await machine();
    const pool = await m.until(name, p => p.problems.length > 0);
    assert.match(pool.problems[0] ?? '', problem);
    assert.match(pool.problems[0] ?? '', new RegExp(`\\(journalctl -u 'cgipool-${name}@\\*'\\)$`));
    assert.equal(pool.state, 'down');
    assert.equal(await code(m, `/${name}`), '503');
  });

test('pools with fixed programs serve by themselves', async () => {
  const m = await machine();
  assert.equal(await code(m, '/good'), '200');
  for (const [name, { cure }] of Object.entries(CASES)) await m.run(`NAME=${name}; ${cure}`);
  for (const name of Object.keys(CASES)) {
    await m.serving(name, 1, 40);
    assert.equal(await code(m, `/${name}`), '200');
  }
});

test.run();
