import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolDescription } from '../../src/cli/describe/report.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: cgipool describe');

const ENV_FILE = '/etc/keys/echo.env';
/** Every way to write a value that systemd knows. */
const VARIABLES = [
  'FILE_PLAIN=a b \t',
  'FILE_PASSWORD=hunter2',
  "FILE_SINGLE='a b' 'c\\n' ",
  'FILE_DOUBLE="a\\"\\$\\n\\\\',
  'b" "c"d',
  'FILE_ESCAPED=a\\nb\\ ',
  'FILE_LONG=1\\\n2',
  'FILE_EMPTY=',
  'FILE_TWICE=1\nFILE_TWICE=2',
  '  FILE_SPACE = 1 ',
  '# FILE_COMMENT=1\n;FILE_COMMENT=2\nFILE-BAD=1\nFILE_PERCENT=p%40ss%i',
  'OVER=of the file',
];
const SERVICE = `[Service]
Environment=URL=db://u:p%%40ss@h "QUOTED=a b" OVER=of_the_line INSTANCE=%i API_TOKEN=hunter3
EnvironmentFile=${ENV_FILE}
EnvironmentFile=-/etc/keys/missing.env
LoadCredential=db-password:${ENV_FILE}
MemoryMax=300M
[Slice]
TasksMax=123
`;

const machine = machineFor(test, 'describe', async m => {
  await bringEcho(m);
  await m.write(ENV_FILE, `${VARIABLES.join('\n')}\n`);
  await m.run(`chmod 600 ${ENV_FILE}`);
  await m.pool('echo', echoPool({ ports: '8000-8009', max: 5, location: '/api' }) + SERVICE);
  await m.install('--no-samples');
  await m.serving('echo', 1);
});

const described = async (m: Machine, before = '', options = ''): Promise<PoolDescription> =>
  JSON.parse(await m.run(`${before} cgipool describe echo --json ${options}`)) as PoolDescription;

const valuesOf = ({ environment }: PoolDescription): Map<string, string | null> =>
  new Map(environment.map(({ name, value }) => [name, value]));

async function environOf(m: Machine, pid: number | null): Promise<Map<string, string>> {
  const text = await m.run(`base64 -w0 /proc/${pid}/environ`);
  const all = Buffer.from(text, 'base64').toString().split('\0').filter(Boolean);
  return new Map(all.map(one => [one.replace(/=.*/s, ''), one.replace(/^[^=]*=/, '')]));
}

const byName = (map: Iterable<[string, string | null]>): [string, string | null][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const ORDINARY = 'runuser -u nobody --';

test('root sees the environment that the process has, to the letter', async () => {
  const m = await machine();
  const found = await described(m, '', '--show-secrets');
  const real = await environOf(m, found.process);
  assert.deepEqual(byName(valuesOf(found)), byName(real));
  assert.equal(real.get('URL'), 'db://u:p%40ss@h');
  assert.equal(real.get('INSTANCE'), String(found.instances[0]?.slot));
  const from = new Map(found.environment.map(one => [one.name, one.from]));
  assert.deepEqual(
    ['PORT', 'URL', 'OVER', 'FILE_LONG', 'INVOCATION_ID'].map(name => from.get(name)),
    ['cgipool', 'Environment=', ENV_FILE, ENV_FILE, 'systemd'],
  );
});

test('secrets are hidden until root asks for them', async () => {
  const m = await machine();
  const found = await described(m);
  const values = valuesOf(found);
  assert.deepEqual(
    ['URL', 'API_TOKEN', 'FILE_PLAIN', 'QUOTED'].map(name => values.get(name)),
    ['db://u:***@h', null, null, 'a b'],
  );
  const text = await m.run('cgipool describe echo');
  for (const shown of [JSON.stringify(found), text]) assert.doesNotMatch(shown, /hunter|p%40ss|of the file/);
  const { code, err } = await m.attempt(`${ORDINARY} cgipool describe echo --show-secrets`);
  assert.deepEqual([code, /use sudo/.test(err)], [1, true]);
});

test('an ordinary user sees what systemd tells everybody, and why not the rest', async () => {
  const m = await machine();
  const found = await described(m, ORDINARY);
  const values = valuesOf(found);
  assert.equal(found.process, null);
  assert.equal(values.get('INSTANCE'), String(found.instances[0]?.slot));
  assert.ok(!values.has('FILE_PLAIN'));
  assert.match(found.notes.join('\n'), new RegExp(`by this user.*\n${ENV_FILE}: only root may read it`));
  assert.doesNotMatch(JSON.stringify(found), /hunter|p%40ss/);
});

test('it says what the pool runs as, its limits, endpoints, units and logs', async () => {
  const m = await machine();
  const found = await described(m);
  assert.deepEqual([found.user, found.dynamicUser], ['cgipool-echo', true]);
  assert.deepEqual(found.command, [process.execPath, '/srv/echo.mjs']);
  assert.deepEqual([found.limits.memoryMax, found.poolLimits.tasksMax], [300 * 2 ** 20, 123]);
  assert.deepEqual([found.slots, found.endpoints], ['8000-8009', [found.instances[0]?.endpoint]]);
  assert.deepEqual(found.credentials, ['db-password']);
  assert.match(await m.run(found.logs[1]?.replace('-u', '-o cat -n 5 -u') ?? 'false'), /Started/);
});

test('whoever may read the journal can run the command that shows the logs', async () => {
  const m = await machine();
  const reader = 'runuser -u nobody -G systemd-journal --';
  const [command = 'false'] = (await described(m, reader)).logs;
  assert.match(await m.run(`${reader} ${command.replace('--follow', '--lines 5')}`), /Started/);
});

test('without a running instance it is what the next one will be given', async () => {
  const m = await machine();
  const before = valuesOf(await described(m, '', '--show-secrets'));
  await m.run('cgipool stop echo --wait');
  const found = await described(m, '', '--show-secrets');
  const values = valuesOf(found);
  assert.equal(found.process, null);
  assert.match(found.notes.join('\n'), /no instance runs/);
  const own = byName(before).filter(([name]) => /^(FILE|URL|QUOTED|OVER|POOL|API)/.test(name));
  assert.ok(own.length > 12);
  assert.deepEqual(
    byName(values).filter(([name]) => own.some(([known]) => known === name)),
    own,
  );
  await m.run('cgipool start echo --wait');
});

test('a program that overwrites its environment is not believed', async () => {
  const m = await machine();
  const [unit] = (await described(m)).instances.map(one => one.unit);
  await m.run('mkdir -p /run/systemd/system/cgipool-echo@.service.d');
  await m.write(
    '/run/systemd/system/cgipool-echo@.service.d/other.conf',
    `[Service]\nExecStart=\nExecStart=/usr/bin/env -i PORT=1 ${process.execPath} -e 'require("http").createServer((_, a) => a.end()).listen(Number(process.argv[1]), "127.0.0.1")' %i\n`,
  );
  await m.run(`systemctl daemon-reload; systemctl restart ${unit}`);
  await m.await(`tr '\\0' '\\n' </proc/$(systemctl show -P MainPID ${unit})/environ | grep -x PORT=1`);
  const found = await described(m);
  assert.equal(found.process, null);
  assert.equal(valuesOf(found).get('PORT'), String(found.instances[0]?.slot));
  assert.match(found.notes.join('\n'), /its program has overwritten it/);
  await m.run('rm -r /run/systemd/system/cgipool-echo@.service.d; systemctl daemon-reload');
});

test('while the controller is down it says what it knows', async () => {
  const m = await machine();
  await m.run('systemctl stop cgipool.service cgipool-autoscale.timer');
  // not on the first slot
  await m.run("systemctl stop 'cgipool-echo@*.service'; systemctl start cgipool-echo@8007.service");
  const found = await described(m);
  assert.deepEqual([found.state, found.instances, found.command.length], [null, [], 2]);
  assert.deepEqual([found.unit, found.process !== null], ['cgipool-echo@8007.service', true]);
  assert.match(found.notes.join('\n'), /the controller does not answer/);
  await m.run('systemctl start cgipool.service cgipool-autoscale.timer');
});

test('a pool that is not installed is named with those that are', async () => {
  const m = await machine();
  const { code, err } = await m.attempt('cgipool describe nothing');
  assert.deepEqual([code, /there is no pool nothing \(installed: echo\)/.test(err)], [1, true]);
});

test.run();
