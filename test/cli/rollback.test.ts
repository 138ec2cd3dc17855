import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { snapshot, write } from './cli.ts';
import { Files, installed, pool, V1 } from './rollback-files.ts';

const test = suite('install --rollback');

const NOTHING_OLDER = /^cgipool: nothing older than what is installed is kept: see .*--rollback --list$/;

/** A change of each kind of key: of the unit, of the controller's record alone, of nginx's texts alone. */
const KINDS: Record<string, [string, string]> = {
  'Min=': ['[Pool]\nMin=2\n', '[Pool]\nMin=3\n'],
  'Set=': ['[Nginx]\nSet=add_header X-A 2\n', '[Nginx]\nSet=add_header X-A 3\n'],
  '[Service]': ['[Service]\nNice=1\n', '[Service]\nNice=2\n'],
  'a comment': ['# 2\n', '# 3\n'],
};

for (const [kind, [second, third]] of Object.entries(KINDS))
  test(`two changes of ${kind} are undone one by one, and then nothing older is left`, async () => {
    const m = await installed({ 'a.pool': V1 });
    const [before, last] = [V1 + second, V1 + third];
    for (const text of [before, last]) await m.install('a.pool', text);
    await m.rollback();
    assert.equal(m.text('a.pool'), before);
    await m.rollback();
    assert.equal(m.text('a.pool'), V1);
    const { code, err } = await m.run('--rollback');
    assert.equal(code, 1);
    assert.match(err, NOTHING_OLDER);
    assert.equal(m.text('a.pool'), V1);
    assert.equal((await m.run()).out, 'nothing to change', 'it was installed');
  });

test('a change of cgipool.conf is undone', async () => {
  const m = await installed({ 'a.pool': V1, 'cgipool.conf': '[Nginx]\nListen=8081\n' });
  await m.install('cgipool.conf', '[Nginx]\nListen=8082\n');
  await m.rollback();
  assert.equal(m.text('cgipool.conf'), '[Nginx]\nListen=8081\n');
});

test('an added pool goes and a removed one comes back, with their units and routes', async () => {
  const m = await installed({ 'a.pool': V1, 'b.pool': pool(8100) });
  rmSync(m.path('b.pool'));
  await m.install('c.pool', pool(8200));
  const said = await m.rollback();
  assert.match(said, /^\S+\/b\.pool: restored the previous version$/m);
  assert.match(
    said,
    /^\S+\/c\.pool: removed, as it was not there; the rejected one is \S+\/c\.pool\.rejected$/m,
  );
  assert.deepEqual(
    [m.text('b.pool'), m.text('c.pool'), m.text('c.pool.rejected')],
    [pool(8100), null, pool(8200)],
  );
  assert.match(m.route(), /\/p8100/);
  assert.doesNotMatch(m.route(), /\/p8200/);
});

test('a new install after a rollback is undone to where it began', async () => {
  const m = await installed({ 'a.pool': V1 });
  for (const n of [2, 3]) await m.install('a.pool', `# ${n}\n${V1}`);
  await m.rollback();
  await m.install('a.pool', `# 4\n${V1}`);
  await m.rollback();
  assert.equal(m.text('a.pool'), `# 2\n${V1}`);
  await m.rollback();
  assert.equal(m.text('a.pool'), V1);
});

test('a rollback is undone by --to and the number that --list shows', async () => {
  const m = await installed({ 'a.pool': V1 });
  for (const n of [2, 3]) await m.install('a.pool', `# ${n}\n${V1}`);
  await m.rollback();
  await m.rollback();
  const { next, snapshots } = await m.list();
  assert.deepEqual(next, []);
  assert.deepEqual(
    snapshots.map(s => [s.number, s.installed, s.changed, s.differs]),
    [
      [3, false, ['a'], ['a']],
      [2, false, ['a'], ['a']],
      [1, true, ['a'], []],
    ],
  );
  assert.ok(snapshots.every(({ at }) => Math.abs(Date.parse(at) - Date.now()) < 60_000));
  await m.rollback('--to', '3');
  assert.equal(m.text('a.pool'), `# 3\n${V1}`);
  assert.deepEqual((await m.list()).next, ['a']);
  await m.rollback();
  assert.equal(m.text('a.pool'), `# 2\n${V1}`);
});

test('one pool is rolled back step by step, and the others stay', async () => {
  const m = await installed({ 'a.pool': V1, 'b.pool': pool(8100) });
  await m.install('a.pool', `# 2\n${V1}`);
  await m.install('b.pool', `# 2\n${pool(8100)}`);
  await m.install('a.pool', `# 3\n${V1}`);
  for (const text of [`# 2\n${V1}`, V1]) {
    await m.rollback('a');
    assert.deepEqual([m.text('a.pool'), m.text('b.pool')], [text, `# 2\n${pool(8100)}`]);
  }
  assert.match((await m.run('--rollback', 'a')).err, /^cgipool: a\.pool: nothing older/);
  await m.rollback();
  assert.deepEqual([m.text('a.pool'), m.text('b.pool')], [V1, pool(8100)], 'what is left of the changes');
  assert.match((await m.run('--rollback', 'z')).err, /^cgipool: there is no pool z \(installed: a, b\)$/);
});

test('--rollback --dry-run prints a unified diff and changes nothing', async () => {
  const m = await installed({ 'a.pool': V1 });
  await m.install('a.pool', V1.replace('[Nginx]', 'Min=3\n[Nginx]'));
  await m.install('b.pool', pool(8100));
  await m.rollback('--to', '2');
  const before = snapshot(m.root);
  const { code, out } = await m.run('--rollback', '--dry-run');
  assert.equal(code, 0);
  const diff = [
    '--- /etc/cgipool/a.pool',
    '+++ /etc/cgipool/a.pool',
    '@@ -1,6 +1,5 @@',
    ' [Pool]',
    ' Exec=/bin/sh %i',
    ' Ports=8000-8009',
    '-Min=3',
    ' [Nginx]',
    ' Location=/p8000',
  ].join('\n');
  assert.equal(out, `${diff}\na: change\n0 files would change (dry run)`);
  assert.deepEqual(snapshot(m.root), before);
  const added = await m.run('--rollback', '--to', '3', '--dry-run');
  assert.match(added.out, /^--- \/dev\/null\n\+\+\+ \/etc\/cgipool\/b\.pool\n@@ -0,0 \+1,5 @@\n\+\[Pool\]/);
});

test('--list shows number, time and pools, and what --rollback would do', async () => {
  const m = new Files({ 'a.pool': V1 });
  assert.equal(await m.rollback('--list'), 'nothing has been installed yet');
  assert.match((await m.run('--rollback')).err, /^cgipool: nothing has been installed yet$/);
  await m.run();
  await m.install('b.pool', pool(8100));
  const lines = (await m.rollback('--list')).split('\n');
  assert.match(lines[0] ?? '', /^NUMBER +TIME +CHANGED +DIFFERS NOW$/);
  assert.match(lines[1] ?? '', /^2 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +b +installed$/);
  assert.match(lines[2] ?? '', /^1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +a +b$/);
  assert.equal(
    lines[3],
    'sudo cgipool install --rollback changes b; with --to NUMBER it restores any of these',
  );
});

test('the first change after an update from 0.1.0 can be undone', async () => {
  const m = await installed({ 'a.pool': V1, 'cgipool.conf': '[Nginx]\nListen=8081\n' });
  rmSync(join(m.root, 'var/lib/cgipool/snapshots.json'));
  const file = join(m.root, 'var/lib/cgipool/installed.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  record.pools[0].previous = '# 0\n';
  write(file, JSON.stringify(record));
  await m.install('a.pool', `# 2\n${V1}`);
  await m.rollback();
  assert.deepEqual([m.text('a.pool'), m.text('cgipool.conf')], [V1, '[Nginx]\nListen=8081\n']);
  assert.match((await m.run('--rollback')).err, NOTHING_OLDER);
});

for (const [args, words] of [
  [['--to', '1'], /--to needs --rollback/],
  [['--list'], /--list needs --rollback/],
  [['--json'], /--json needs --rollback --list/],
  [['--rollback', '--to', 'x'], /--to x is not the number of a snapshot/],
  [['--rollback', 'a', '--list'], /--list takes only --json and --root/],
] as const)
  test(`install ${args.join(' ')} is wrong usage`, async () => {
    const { code, err } = await new Files({ 'a.pool': V1 }).run(...args);
    assert.equal(code, 2);
    assert.match(err, words);
  });

test('a number that is not kept is named', async () => {
  const m = await installed({ 'a.pool': V1 });
  const { code, err } = await m.run('--rollback', '--to', '7');
  assert.deepEqual(
    [code, err],
    [1, 'cgipool: there is no snapshot 7: see cgipool install --rollback --list'],
  );
});

test.run();
