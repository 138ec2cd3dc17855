import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { snapshot, write } from './cli.ts';
import { installed, pool, V1 } from './rollback-files.ts';

const test = suite('install --rollback, and files that are edited, wrong or closed');

test('edits that are not installed are kept under a name of their own', async () => {
  const m = await installed({ 'a.pool': V1 });
  for (const n of [2, 3]) await m.install('a.pool', `# ${n}\n${V1}`);
  const edits = [`# mine\n${V1}`, `# mine too\n${V1}`];
  const names = ['a.pool.rejected', 'a.pool.rejected-2'];
  for (const [i, edit] of edits.entries()) {
    m.edit('a.pool', edit);
    const said = await m.rollback();
    assert.ok(said.includes(`the rejected one is ${m.path(names[i] ?? '')}`), said);
  }
  assert.deepEqual(names.map(m.text), edits);
});

test('edits of a pool that the rollback does not concern stay in its file and are not installed', async () => {
  const m = await installed({ 'a.pool': V1, 'b.pool': pool(8100) });
  await m.install('a.pool', `# 2\n${V1}`);
  const edit = pool(8100).replace('/p8100', '/edited');
  m.edit('b.pool', edit);
  assert.match(await m.rollback(), /^\S+\/b\.pool: has changes that are not installed; they stay there/m);
  assert.deepEqual([m.text('a.pool'), m.text('b.pool'), m.text('b.pool.rejected')], [V1, edit, null]);
  assert.doesNotMatch(m.route(), /edited/);
});

test('a pool file that has never been installed stays, and is not installed', async () => {
  const m = await installed({ 'a.pool': V1 });
  await m.install('a.pool', `# 2\n${V1}`);
  m.edit('new.pool', pool(8100));
  assert.match(await m.rollback(), /^\S+\/new\.pool: has changes that are not installed; they stay there/m);
  assert.deepEqual([m.text('a.pool'), m.text('new.pool')], [V1, pool(8100)]);
  assert.doesNotMatch(m.route(), /p8100/);
  await m.rollback('--to', '1');
  assert.deepEqual([m.text('new.pool'), m.text('new.pool.rejected')], [null, pool(8100)]);
});

test('--to the present number takes back edits that are not installed, also of a file with a mistake', async () => {
  const m = await installed({ 'a.pool': V1 });
  m.edit('a.pool', 'Mni=1\n');
  assert.equal((await m.run()).code, 2);
  await m.rollback('--to', '1');
  assert.deepEqual([m.text('a.pool'), m.text('a.pool.rejected')], [V1, 'Mni=1\n']);
});

test('a file with a mistake does not count as installed', async () => {
  const m = await installed({ 'a.pool': V1 });
  m.edit('a.pool', 'Mni=1\n');
  assert.equal((await m.run()).code, 2);
  await m.install('a.pool', `# 2\n${V1}`);
  assert.deepEqual(
    (await m.list()).snapshots.map(s => s.number),
    [2, 1],
  );
  await m.rollback();
  assert.equal(m.text('a.pool'), V1);
});

test('earlier files that are mistakes by now are named, and nothing is changed', async () => {
  const m = await installed({ 'a.pool': V1 });
  const file = join(m.root, 'var/lib/cgipool/snapshots.json');
  await m.install('a.pool', `# 2\n${V1}`);
  write(file, readFileSync(file, 'utf8').replace('Exec=/bin/sh', 'Exce=/bin/sh'));
  const before = snapshot(m.root);
  const { code, err } = await m.run('--rollback');
  assert.equal(code, 2);
  assert.match(
    err,
    /^\S+\/a\.pool:2: .*Exce.*\ncgipool: the earlier files have mistakes, nothing was changed$/m,
  );
  assert.deepEqual(snapshot(m.root), before);
});

test('an install that fails half-way can be undone', async () => {
  const m = await installed({ 'a.pool': V1 });
  const obstacle = join(m.root, `etc/nginx/cgipool/locations.conf.${process.pid}.tmp`);
  write(join(obstacle, 'file'), '');
  m.edit('a.pool', `${V1}Set=add_header X-A 2\n`);
  await assert.rejects(m.run(), /cannot write .*locations\.conf/);
  rmSync(obstacle, { recursive: true });
  await m.rollback();
  assert.equal(m.text('a.pool'), V1);
  assert.doesNotMatch(m.route(), /X-A 2/);
});

test('a damaged record is no obstacle to an install', async () => {
  const m = await installed({ 'a.pool': V1 });
  write(join(m.root, 'var/lib/cgipool/snapshots.json'), '{"version":1,"curr');
  await m.install('a.pool', `# 2\n${V1}`);
  await m.rollback();
  assert.equal(m.text('a.pool'), V1);
});

test('a pool file that was closed meanwhile stays closed, and so do its copies', async () => {
  const m = await installed({ 'a.pool': V1 });
  m.edit('a.pool', `# 2\n${V1}`);
  chmodSync(m.path('a.pool'), 0o640);
  await m.run();
  rmSync(m.path('a.pool'));
  await m.run();
  await m.rollback('--to', '1');
  assert.deepEqual([m.text('a.pool'), m.mode('a.pool')], [V1, 0o640]);
  assert.equal(statSync(join(m.root, 'var/lib/cgipool/snapshots.json')).mode & 0o777, 0o600);
  m.edit('a.pool', `# 4\n${V1}`);
  await m.run();
  await m.rollback();
  assert.deepEqual([m.mode('a.pool'), m.mode('a.pool.rejected')], [0o640, 0o640]);
});

test.run();
