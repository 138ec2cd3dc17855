import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code } from './workers/workers.ts';

const test = suite('e2e: bad pool files and wrong commands');
const machine = machineFor(test, 'failures-files', async m => {
  await addPool(m, 'good', '8000-8003', '[Health]\nInterval=500ms\n');
  await addPool(m, 'other', '8010-8012');
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nListen=80\nListen=8081\n');
  await m.install('--no-samples');
  await m.run('useradd -r ada; usermod -a -G cgipool ada; useradd -r bob');
});

/** The text of a file in /etc/cgipool. */
const read = (m: Machine, name: string): Promise<string> => m.run(`cat /etc/cgipool/${name}`);

const MISTAKES = `/etc/cgipool/Bad.pool: "Bad" is not a valid pool name
/etc/cgipool/dangling.pool: no such file: fix its name
/etc/cgipool/folder.pool: it is a directory
/etc/cgipool/good.pool:4: there is no section [Nginks]: did you mean [Nginx]?
/etc/cgipool/one.pool:2: Exec=worker %i must begin with the absolute path
/etc/cgipool/one.pool:3: ports 8010-8012 belong to /etc/cgipool/other.pool:4 already
/etc/cgipool/one.pool:5: Max=2 is less than Min=6
/etc/cgipool/one.pool:6: [Pool] has no key Prots=: did you mean Ports=?`.split('\n');

async function spoil(m: Machine): Promise<void> {
  await m.run("sed -i 's/Nginx/Nginks/' /etc/cgipool/good.pool");
  await m.pool('one', '[Pool]\nExec=worker %i\nPorts=8010-8019\nMin=6\nMax=2\nProts=1\n');
  await m.pool('Bad', '[Pool]\nExec=/bin/true\nPorts=9000\n');
  await m.run('mkdir /etc/cgipool/folder.pool; ln -s /nowhere /etc/cgipool/dangling.pool');
}

async function repair(m: Machine): Promise<void> {
  await m.run("sed -i 's/Nginks/Nginx/' /etc/cgipool/good.pool");
  await m.run('cd /etc/cgipool; rm one.pool Bad.pool dangling.pool; rmdir folder.pool');
}

function assertNames(text: string, expected: readonly string[]): void {
  for (const line of expected) assert.ok(text.includes(line), `"${line}" is missing in:\n${text}`);
}

test('every mistake in every pool file is reported in one run, and pools keep serving', async () => {
  const m = await machine();
  await m.serving('good', 1);
  const before = await m.run('systemctl show -P MainPID cgipool-good@8000 cgipool-other@8010');
  await spoil(m);
  await m.run("sed -i 's/^Ports=/Min=2\\nPorts=/' /etc/cgipool/other.pool");
  for (const verb of ['check', 'install --dry-run', 'install']) {
    const { code: status, out, err } = await m.attempt(`cgipool ${verb}`);
    assert.equal(status, 2, `${verb}: ${out}${err}`);
    assertNames(err, MISTAKES);
  }
  // the good change was applied in spite of the bad ones
  await m.serving('other', 2);
  await m.serving('good', 1);
  assert.equal(await code(m, '/good'), '200');
  assert.equal(await m.run('systemctl show -P MainPID cgipool-good@8000 cgipool-other@8010'), before);
});

test('cgipool check --json has the same mistakes', async () => {
  const m = await machine();
  const { code: status, out } = await m.attempt('cgipool check --json');
  assert.equal(status, 2);
  const { version, problems } = JSON.parse(out);
  assert.equal(version, 1);
  const lines = problems.map((p: { file: string; line: number; message: string }) =>
    p.line > 0 ? `${p.file}:${p.line}: ${p.message}` : `${p.file}: ${p.message}`,
  );
  assertNames(lines.join('\n'), MISTAKES);
  await repair(m);
  assert.equal((await m.attempt('cgipool check')).code, 0);
  assert.match(await m.run('cgipool install'), /nothing to change/);
});

test('a mistake in cgipool.conf keeps the installed listens', async () => {
  const m = await machine();
  const conf = await read(m, 'cgipool.conf');
  assert.equal(await m.run('curl -s -o /dev/null -w %{http_code} http://localhost:8081/good'), '200');
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nListen=http\n');
  const bad = await m.attempt('cgipool install');
  assert.equal(bad.code, 2);
  assert.match(bad.err, /cgipool\.conf:2: .*Listen=http/);
  assert.equal(await m.run('curl -s -o /dev/null -w %{http_code} http://localhost:8081/good'), '200');
  await m.write('/etc/cgipool/cgipool.conf', conf);
  await m.run('cgipool install');
});

/** Wrong usage and failures: arguments, exit status, stderr. */
const COMMANDS: [string, number, RegExp][] = [
  ['', 2, /^Usage: cgipool/],
  ['bogus', 2, /unknown command 'bogus'/],
  ['statsu', 2, /Did you mean status\?/],
  ['check --nope', 2, /unknown option '--nope'/],
  ['status a b', 2, /too many arguments for 'status'/],
  ['logs', 2, /missing required argument 'pool'/],
  ['logs good -n many', 2, /--lines many is not a number/],
  ['logs NO_POOL', 2, /NO_POOL is not a valid pool name/],
  ['scale', 2, /missing required argument 'pool'/],
  ['scale good', 2, /missing required argument 'spec'/],
  ...['abc', '-1', '3..x', '1.5', "''"].map((spec): [string, number, RegExp] => [
    `scale good -- ${spec}`,
    2,
    /use a number \(3\), a range \(2\.\.5\) or auto/,
  ]),
  ['scale good 3..2', 1, /the first number is greater than the second/],
  ['scale good 0', 1, /at least 1; to run none, use cgipool stop good/],
  ['scale good 5', 1, /pool good has only 4 slots: widen Ports= or Slots=/],
  ['check nosuch.pool', 2, /^nosuch\.pool: no such file: fix/],
  ['generate nosuch', 2, /there is no valid pool nosuch in \/etc\/cgipool/],
  ...['status', 'why', 'logs', 'restart', 'start', 'stop'].map((verb): [string, number, RegExp] => [
    `${verb} nosuch`,
    1,
    /there is no pool nosuch \(installed: good, other\)/,
  ]),
  ['scale nosuch 2', 1, /there is no pool nosuch \(installed: good, other\)/],
];

for (const [args, status, words] of COMMANDS)
  test(`cgipool ${args} fails with status ${status} and a message, without output`, async () => {
    const ran = await (await machine()).attempt(`cgipool ${args}`);
    assert.equal(ran.code, status, ran.err);
    assert.match(ran.err, words);
    assert.equal(ran.out, '');
    assert.doesNotMatch(ran.err, /^\s+at /m, 'no stack');
  });

const as = (user: string, args: string): string =>
  `setpriv --reuid ${user} --regid ${user} --init-groups cgipool ${args}`;

test('any user may read status; root and the group cgipool may command', async () => {
  const m = await machine();
  for (const args of ['status', 'status good --json', 'why', 'why good'])
    assert.equal((await m.attempt(as('bob', args))).code, 0, args);
  for (const args of ['scale good 2', 'restart good', 'stop good', 'start good']) {
    const refused = await m.attempt(as('bob', args));
    assert.equal(refused.code, 1);
    assert.equal(refused.err, 'cgipool: permission denied: use sudo, or join the group cgipool');
    assert.equal(refused.out, '');
  }
  for (const args of ['install', 'install --dry-run', 'uninstall', 'publish']) {
    const refused = await m.attempt(as('bob', args));
    assert.equal(refused.code, 1);
    assert.match(refused.err, /use sudo cgipool (install|install --dry-run|uninstall|publish)$/);
  }
  await m.serving('good', 1);
  await m.run(as('ada', 'scale good 2'));
  await m.serving('good', 2);
  await m.run(as('ada', 'stop good'));
  await m.until('good', p => p.state === 'stopped' && p.instances.length === 0);
  await m.run(as('ada', 'start good'));
  await m.serving('good', 2);
  await m.run(as('ada', 'scale good auto'));
});

test.run();
